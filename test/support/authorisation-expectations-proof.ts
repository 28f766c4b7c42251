// SPDX-License-Identifier: AGPL-3.0-or-later
import { uuidv7 } from 'uuidv7';
import { expect } from 'vitest';
import { everybody as everyone, testPassword, type PersonName } from './app.ts';
import type { Expectation } from './authorisation-expectations.ts';
import { SoftPasskey } from './soft-passkey.ts';

const administrators = ['administrator'] as const;
const challenge = Buffer.alloc(54, 7).toString('base64url');
const noLinks = () => ({ body: { service: null, rows: [] } });
const key = (url: string) => new SoftPasskey(url);
const everybody = (status: number, call: Expectation['call']): Expectation => ({ may: 'everybody', status, call });
const signedIn = (status: number, call: Expectation['call'], shows?: Expectation['shows']): Expectation => ({
  may: 'signed-in',
  status,
  call,
  ...(shows ? { shows } : {}),
});
/** Everybody but the person herself, whose account opens by its password alone. */
const workers = (status: number, call: Expectation['call']): Expectation => ({
  may: (Object.keys(everyone) as PersonName[]).filter((who) => who !== 'person'),
  status,
  call,
});

/** Second proofs, passkeys, sessions, another service to sign in with, and of whom a second proof is asked. */
export const proofExpectations: Readonly<Record<string, Expectation>> = {
  'POST /api/auth/passkey/options': everybody(200, (_world, client) => client.post('/api/auth/passkey/options')),
  'POST /api/auth/sign-in/passkey': everybody(403, ({ app }, client) =>
    client.post('/api/auth/sign-in/passkey', key(app.url).get({ challenge })),
  ),
  'POST /api/auth/lost-phone': everybody(401, ({ next }, client) =>
    client.post('/api/auth/lost-phone', { username: `nobody.${next()}`, password: 'wrong', code: 'abcde-fghjk' }),
  ),
  'POST /api/auth/oidc/start': everybody(404, (_world, client) => client.post('/api/auth/oidc/start', {})),
  'GET /api/auth/oidc/callback': everybody(303, (_world, client) => client.get('/api/auth/oidc/callback?code=x&state=y')),

  'GET /api/me/second-proof': signedIn(
    200,
    (_world, client) => client.get('/api/me/second-proof'),
    () => ({ body: { missing: null, asked: false, passkeys: [] } }),
  ),
  'POST /api/me/proof/code': signedIn(403, (_world, client) => client.post('/api/me/proof/code', { code: 'abcde-fghjk' })),
  'POST /api/me/proof/password': signedIn(204, (_world, client) => client.post('/api/me/proof/password', { password: testPassword })),
  'POST /api/me/proof/passkey/options': signedIn(200, (_world, client) => client.post('/api/me/proof/passkey/options')),
  'POST /api/me/proof/passkey': signedIn(403, ({ app }, client) => client.post('/api/me/proof/passkey', key(app.url).get({ challenge }))),
  'POST /api/me/app': workers(200, (_world, client) => client.post('/api/me/app')),
  'PUT /api/me/app': workers(403, (_world, client) => client.send('PUT', '/api/me/app', { ticket: 'made-up', code: '123456' })),
  'DELETE /api/me/app': signedIn(404, (_world, client) => client.delete('/api/me/app')),
  'POST /api/me/recovery-codes': workers(200, (_world, client) => client.post('/api/me/recovery-codes')),
  'POST /api/me/passkeys/options': workers(200, (_world, client) => client.post('/api/me/passkeys/options')),
  'POST /api/me/passkeys': workers(403, ({ app }, client) =>
    client.post('/api/me/passkeys', { name: 'Phone', credential: key(app.url).create({ challenge }) }),
  ),
  'DELETE /api/me/passkeys/:id': signedIn(404, (_world, client) => client.delete(`/api/me/passkeys/${uuidv7()}`)),

  'GET /api/me/sessions': signedIn(
    200,
    (_world, client) => client.get('/api/me/sessions'),
    () => ({ body: { rows: expect.arrayContaining([expect.objectContaining({ current: true })]) } }),
  ),
  'DELETE /api/me/sessions/:id': signedIn(404, (_world, client) => client.delete(`/api/me/sessions/${uuidv7()}`)),
  'DELETE /api/me/sessions': signedIn(200, (_world, client) => client.delete('/api/me/sessions')),
  'POST /api/me/lost-phone': signedIn(200, (_world, client) => client.post('/api/me/lost-phone')),
  'GET /api/me/links': signedIn(200, (_world, client) => client.get('/api/me/links'), noLinks),
  'DELETE /api/me/links/:id': signedIn(404, (_world, client) => client.delete(`/api/me/links/${uuidv7()}`)),

  'GET /api/accounts/:id/links': {
    may: administrators,
    status: 200,
    call: ({ app }, client) => client.get(`/api/accounts/${app.accountIds.analyst}/links`),
    shows: noLinks,
  },
  'POST /api/accounts/:id/links': {
    may: administrators,
    status: 404,
    call: ({ app }, client) => client.post(`/api/accounts/${app.accountIds.analyst}/links`, { subject: 'ploy' }),
  },
  'DELETE /api/accounts/:id/links/:linkId': {
    may: administrators,
    status: 404,
    call: ({ app }, client) => client.delete(`/api/accounts/${app.accountIds.analyst}/links/${uuidv7()}`),
  },
  'GET /api/role-policy': {
    may: administrators,
    status: 200,
    call: (_world, client) => client.get('/api/role-policy'),
    shows: () => ({ body: { rows: expect.arrayContaining([{ role: 'case_worker', asked: false }]) } }),
  },
  'PUT /api/role-policy/:role': {
    may: administrators,
    status: 200,
    call: (_world, client) => client.send('PUT', '/api/role-policy/person', { asked: false }),
  },
};

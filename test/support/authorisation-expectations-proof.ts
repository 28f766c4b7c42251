// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { expect } from 'vitest';
import { everybody as everyone, testPassword, type PersonName } from './app.ts';
import type { Expectation } from './authorisation-expectations.ts';
import { nothing } from './authorisation-passing.ts';
import { SoftPasskey } from './soft-passkey.ts';

const administrators = ['administrator'] as const;
const challenge = Buffer.alloc(54, 7).toString('base64url');
const noLinks = () => ({ body: { service: null, rows: [] } });
const key = (url: string) => new SoftPasskey(url);
type Elsewhere = NonNullable<Expectation['elsewhere']>;
const byKey: Elsewhere = { why: 'it takes a passkey that a device has made before', test: 'src/access/server/passkeys.test.ts' };
const byApp: Elsewhere = { why: 'it takes an app that was set up before', test: 'src/access/server/proofs.test.ts' };
const byService: Elsewhere = { why: 'it takes another service to sign in with', test: 'src/access/server/single-sign-on.test.ts' };
/** Ends in a refusal here. */
const refused = (elsewhere: Elsewhere, expectation: Expectation): Expectation => ({ ...expectation, elsewhere });
const challenged = () => ({ body: { challenge: expect.any(String) } });
const everybody = (status: number, call: Expectation['call'], shows?: Expectation['shows']): Expectation => ({
  may: 'everybody',
  status,
  call,
  ...(shows ? { shows } : {}),
});
const signedIn = (status: number, call: Expectation['call'], shows?: Expectation['shows']): Expectation => ({
  may: 'signed-in',
  status,
  call,
  ...(shows ? { shows } : {}),
});
/** Everybody but the person herself, whose account opens by its password alone. */
const workers = (status: number, call: Expectation['call'], shows?: Expectation['shows']): Expectation => ({
  may: (Object.keys(everyone) as PersonName[]).filter((who) => who !== 'person'),
  status,
  call,
  ...(shows ? { shows } : {}),
});
/** Another device on which she is signed in. */
const otherDevice: Expectation['fresh'] = async ({ app }, who) => {
  const id = uuidv7();
  if (who !== 'anonymous')
    await sql`insert into auth."session" ("id", "userId", "token", "expiresAt", "createdAt", "updatedAt")
      values (${id}, ${app.accountIds[who]}, ${id}, now() + interval '1 day', now(), now())`.execute(app.db.owner);
  return { ...nothing, id };
};
const signedOut: Expectation['afterwards'] = async ({ client, fresh }) => {
  const { text } = await client.get('/api/me/sessions');
  expect([text, text.includes('"current":true'), text.includes(fresh.id)]).toEqual([text, true, false]);
};

/** Second proofs, passkeys, sessions, another service to sign in with, and of whom a second proof is asked. */
export const proofExpectations: Readonly<Record<string, Expectation>> = {
  'POST /api/auth/passkey/options': everybody(200, (_world, client) => client.post('/api/auth/passkey/options'), challenged),
  'POST /api/auth/sign-in/passkey': refused(
    byKey,
    everybody(403, ({ app }, client) => client.post('/api/auth/sign-in/passkey', key(app.url).get({ challenge }))),
  ),
  'POST /api/auth/lost-phone': refused(
    byApp,
    everybody(401, ({ next }, client) =>
      client.post('/api/auth/lost-phone', { username: `nobody.${next()}`, password: 'wrong', code: 'abcde-fghjk' }),
    ),
  ),
  'POST /api/auth/oidc/start': refused(
    byService,
    everybody(404, (_world, client) => client.post('/api/auth/oidc/start', {})),
  ),
  'GET /api/auth/oidc/callback': refused(
    byService,
    everybody(303, (_world, client) => client.get('/api/auth/oidc/callback?code=x&state=y')),
  ),

  'GET /api/me/second-proof': signedIn(
    200,
    (_world, client) => client.get('/api/me/second-proof'),
    () => ({ body: { missing: null, asked: false, passkeys: [] } }),
  ),
  'POST /api/me/proof/code': refused(
    byApp,
    signedIn(403, (_world, client) => client.post('/api/me/proof/code', { code: 'abcde-fghjk' })),
  ),
  'POST /api/me/proof/password': signedIn(204, (_world, client) => client.post('/api/me/proof/password', { password: testPassword })),
  'POST /api/me/proof/passkey/options': signedIn(200, (_world, client) => client.post('/api/me/proof/passkey/options'), challenged),
  'POST /api/me/proof/passkey': refused(
    byKey,
    signedIn(403, ({ app }, client) => client.post('/api/me/proof/passkey', key(app.url).get({ challenge }))),
  ),
  'POST /api/me/app': workers(
    200,
    (_world, client) => client.post('/api/me/app'),
    (_world, who) => ({ body: { secret: expect.any(String), ticket: expect.any(String) }, text: [everyone[who].userName] }),
  ),
  'PUT /api/me/app': refused(
    byApp,
    workers(403, (_world, client) => client.send('PUT', '/api/me/app', { ticket: 'made-up', code: '123456' })),
  ),
  'DELETE /api/me/app': refused(
    byApp,
    signedIn(404, (_world, client) => client.delete('/api/me/app')),
  ),
  'POST /api/me/recovery-codes': workers(
    200,
    (_world, client) => client.post('/api/me/recovery-codes'),
    () => ({ body: { recoveryCodes: Array.from({ length: 10 }, () => expect.any(String) as string) } }),
  ),
  'POST /api/me/passkeys/options': workers(200, (_world, client) => client.post('/api/me/passkeys/options'), challenged),
  'POST /api/me/passkeys': refused(
    byKey,
    workers(403, ({ app }, client) => client.post('/api/me/passkeys', { name: 'Phone', credential: key(app.url).create({ challenge }) })),
  ),
  'DELETE /api/me/passkeys/:id': refused(
    byKey,
    signedIn(404, (_world, client) => client.delete(`/api/me/passkeys/${uuidv7()}`)),
  ),

  'GET /api/me/sessions': signedIn(
    200,
    (_world, client) => client.get('/api/me/sessions'),
    () => ({ body: { rows: expect.arrayContaining([expect.objectContaining({ current: true })]) } }),
  ),
  'DELETE /api/me/sessions/:id': {
    ...signedIn(204, (_world, client, _who, { id }) => client.delete(`/api/me/sessions/${id}`)),
    fresh: otherDevice,
    afterwards: signedOut,
  },
  'DELETE /api/me/sessions': {
    ...signedIn(
      200,
      (_world, client) => client.delete('/api/me/sessions'),
      () => ({ body: { ended: expect.any(Number) } }),
    ),
    fresh: otherDevice,
    afterwards: signedOut,
  },
  'POST /api/me/lost-phone': {
    ...signedIn(
      200,
      (_world, client) => client.post('/api/me/lost-phone'),
      () => ({ body: { ended: expect.any(Number), passkeys: 0, app: false } }),
    ),
    fresh: otherDevice,
    afterwards: signedOut,
  },
  'GET /api/me/links': signedIn(200, (_world, client) => client.get('/api/me/links'), noLinks),
  'DELETE /api/me/links/:id': refused(
    byService,
    signedIn(404, (_world, client) => client.delete(`/api/me/links/${uuidv7()}`)),
  ),

  'GET /api/accounts/:id/links': {
    may: administrators,
    status: 200,
    call: ({ app }, client) => client.get(`/api/accounts/${app.accountIds.analyst}/links`),
    shows: noLinks,
  },
  'POST /api/accounts/:id/links': {
    may: administrators,
    status: 404,
    elsewhere: byService,
    call: ({ app }, client) => client.post(`/api/accounts/${app.accountIds.analyst}/links`, { subject: 'ploy' }),
  },
  'DELETE /api/accounts/:id/links/:linkId': {
    may: administrators,
    status: 404,
    elsewhere: byService,
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
    shows: () => ({ body: { rows: expect.arrayContaining([{ role: 'case_worker', asked: false }]) } }),
  },
};

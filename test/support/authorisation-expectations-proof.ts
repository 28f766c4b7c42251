// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { expect } from 'vitest';
import { everybody as everyone, testPassword, type PersonName, type TestApp } from './app.ts';
import {
  appTakenAway,
  comeInByKey,
  confirmApp,
  expectNothingProves,
  freshApp,
  freshKey,
  freshWayIn,
  keepKey,
  keyTakenAway,
  proveByKey,
} from './authorisation-devices.ts';
import type { Expectation } from './authorisation-expectations.ts';
import { nothing, type Fresh } from './authorisation-passing.ts';

const administrators = ['administrator'] as const;
const noLinks = () => ({ body: { service: null, rows: [] } });
type Elsewhere = NonNullable<Expectation['elsewhere']>;
const byLoss: Elsewhere = { why: 'it ends every session of hers', test: 'src/access/server/proofs.test.ts' };
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
/** Who she is at another service, from a time when there was one. */
async function linkOf(app: TestApp, who: PersonName): Promise<Fresh> {
  const id = uuidv7();
  await sql`insert into auth.outside_identity (link_id, account_id, issuer, subject, made_by, made_at)
    values (${id}, ${app.accountIds[who]}, 'https://elsewhere.test', ${id}, ${app.accountIds.administrator}, now())`.execute(app.db.owner);
  return { ...nothing, id };
}
const unlinked: Expectation['afterwards'] = async ({ world, fresh }) => {
  const { rows } = await sql`select from auth.outside_identity where link_id = ${fresh.id}`.execute(world.app.db.owner);
  expect(rows).toEqual([]);
};
const signedOut: Expectation['afterwards'] = async ({ client, fresh }) => {
  const { text } = await client.get('/api/me/sessions');
  expect([text, text.includes('"current":true'), text.includes(fresh.id)]).toEqual([text, true, false]);
};

/** Second proofs, passkeys, sessions, another service to sign in with, and of whom a second proof is asked. */
export const proofExpectations: Readonly<Record<string, Expectation>> = {
  'POST /api/auth/passkey/options': everybody(200, (_world, client) => client.post('/api/auth/passkey/options'), challenged),
  'POST /api/auth/sign-in/passkey': {
    ...everybody(200, comeInByKey, ({ app }, who) => ({ body: { accountId: app.accountIds[who] } })),
    otherwise: { person: 403 },
    fresh: freshWayIn,
  },
  'POST /api/auth/lost-phone': refused(
    byLoss,
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
  'POST /api/me/proof/code': {
    ...signedIn(204, (_world, client, _who, { id }) => client.post('/api/me/proof/code', { code: id })),
    otherwise: { person: 403 },
    fresh: freshApp,
    afterwards: appTakenAway,
  },
  'POST /api/me/proof/password': signedIn(204, (_world, client) => client.post('/api/me/proof/password', { password: testPassword })),
  'POST /api/me/proof/passkey/options': signedIn(200, (_world, client) => client.post('/api/me/proof/passkey/options'), challenged),
  'POST /api/me/proof/passkey': {
    ...signedIn(204, proveByKey),
    otherwise: { person: 403 },
    fresh: freshKey,
    afterwards: keyTakenAway,
  },
  'POST /api/me/app': workers(
    200,
    (_world, client) => client.post('/api/me/app'),
    (_world, who) => ({ body: { secret: expect.any(String), ticket: expect.any(String) }, text: [everyone[who].userName] }),
  ),
  'PUT /api/me/app': {
    ...workers(
      200,
      (_world, client) => confirmApp(client),
      () => ({ text: ['"recoveryCodes"'] }),
    ),
    afterwards: appTakenAway,
  },
  'DELETE /api/me/app': {
    ...signedIn(204, (_world, client) => client.delete('/api/me/app')),
    otherwise: { person: 404 },
    fresh: freshApp,
    afterwards: ({ client }) => expectNothingProves(client),
  },
  'POST /api/me/recovery-codes': workers(
    200,
    (_world, client) => client.post('/api/me/recovery-codes'),
    () => ({ body: { recoveryCodes: Array.from({ length: 10 }, () => expect.any(String) as string) } }),
  ),
  'POST /api/me/passkeys/options': workers(200, (_world, client) => client.post('/api/me/passkeys/options'), challenged),
  'POST /api/me/passkeys': {
    ...workers(
      201,
      (world, client) => keepKey(world, client),
      () => ({ text: ['"recoveryCodes"'] }),
    ),
    afterwards: keyTakenAway,
  },
  'DELETE /api/me/passkeys/:id': {
    ...signedIn(204, (_world, client, _who, { id }) => client.delete(`/api/me/passkeys/${id}`)),
    otherwise: { person: 404 },
    fresh: freshKey,
    afterwards: ({ client }) => expectNothingProves(client),
  },

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
  'DELETE /api/me/links/:id': {
    ...signedIn(204, (_world, client, _who, { id }) => client.delete(`/api/me/links/${id}`)),
    fresh: ({ app }, who) => linkOf(app, who === 'anonymous' ? 'analyst' : who),
    afterwards: unlinked,
  },

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
    status: 204,
    fresh: ({ app }) => linkOf(app, 'analyst'),
    call: ({ app }, client, _who, { id }) => client.delete(`/api/accounts/${app.accountIds.analyst}/links/${id}`),
    afterwards: unlinked,
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

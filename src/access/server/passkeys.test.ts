// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, testPassword, type PersonName, type TestApp } from '../../../test/support/app.ts';
import type { Client } from '../../../test/support/client.ts';
import { SoftPasskey } from '../../../test/support/soft-passkey.ts';
import { setUpApp } from '../../../test/support/second-proof.ts';

let now = new Date('2026-03-01T08:00:00Z');
let app: TestApp;
beforeAll(async () => {
  app = await startApp({ now: () => now, secondProof: true });
});
afterAll(() => app?.close());

type Options = { challenge: string; allowCredentials?: { id: string }[]; excludeCredentials?: { id: string }[]; userVerification?: string };
const refused = (code: string) => expect.objectContaining({ type: `/problems/${code}` });
const later = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000);
};
const signIn = (name: string): Promise<Client> => app.anonymous().signIn(name, testPassword);
const ask = async (client: Client, path: string): Promise<Options> => {
  const answer = await client.post<Options>(path);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return answer.body;
};

async function register(client: Client, name = 'My phone'): Promise<SoftPasskey> {
  const key = new SoftPasskey(app.url);
  const answer = await client.post('/api/me/passkeys', { name, credential: key.create(await ask(client, '/api/me/passkeys/options')) });
  if (answer.status !== 201) throw new Error(answer.text);
  return key;
}
const prove = async (client: Client, key: SoftPasskey, changed: Parameters<SoftPasskey['get']>[1] = {}) =>
  client.post('/api/me/proof/passkey', key.get(await ask(client, '/api/me/proof/passkey/options'), changed));
const enter = async (client: Client, key: SoftPasskey, changed: Parameters<SoftPasskey['get']>[1] = {}) =>
  client.post('/api/auth/sign-in/passkey', key.get(await ask(client, '/api/auth/passkey/options'), changed));

async function refusals(who: PersonName): Promise<unknown[]> {
  const { rows } = await sql<{ detail: unknown }>`
    select detail from waymark.audit_entry where subject = ${app.accountIds[who]} and action in ('access.passkey-refused', 'access.sign-in-refused')
    order by at, entry_id`.execute(app.db.owner);
  return rows.map(({ detail }) => detail);
}

let nokKey: SoftPasskey;

describe('a passkey', () => {
  it('is the second proof of Nok, who has no other', async () => {
    const nok = await signIn('nok');
    nokKey = await register(nok);
    expect((await nok.get('/api/me')).body).toMatchObject({ missing: null });
    const again = await signIn('nok');
    expect((await again.get('/api/accounts')).body).toEqual(refused('second-proof-needed'));
    const options = await ask(again, '/api/me/proof/passkey/options');
    expect(options.allowCredentials).toEqual([{ id: nokKey.id.toString('base64url'), type: 'public-key', transports: ['internal'] }]);
    expect((await prove(again, nokKey)).status).toBe(204);
    expect((await again.get('/api/accounts')).status).toBe(200);
  });

  it('is a way in without a password, where the device has verified her', async () => {
    const nok = app.anonymous();
    expect((await enter(nok, nokKey, { verified: false })).body).toEqual(refused('wrong-proof'));
    expect((await enter(nok, nokKey, { handle: 'somebody else' })).body).toEqual(refused('wrong-proof'));
    const answer = await enter(nok, nokKey, { handle: app.accountIds.administrator });
    expect(answer.body).toEqual({ accountId: app.accountIds.administrator });
    const cookie = answer.headers.getSetCookie().find((line) => line.startsWith('waymark.session_token=')) ?? '';
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    expect((await nok.get('/api/me')).body).toMatchObject({ missing: null, roles: ['administrator'] });
    expect((await nok.post('/api/auth/sign-out')).status).toBe(200);
    expect((await nok.get('/api/me')).status).toBe(401);
  });

  it('of a disabled account opens nothing, and is told in the words for a key that nobody knows', async () => {
    const set = (disabled: boolean) =>
      sql`update waymark.account set disabled_at = ${disabled ? sql`now()` : sql`null`} where user_name = 'nok'`.execute(app.db.owner);
    await set(true);
    const disabled = await enter(app.anonymous(), nokKey),
      unknown = await enter(app.anonymous(), new SoftPasskey(app.url));
    expect({ ...(disabled.body as object), instance: '' }).toEqual({ ...(unknown.body as object), instance: '' });
    await set(false);
  });

  it('whose counter goes back may be a copy: it is refused, and that is written down', async () => {
    nokKey.counter = 1;
    expect((await enter(app.anonymous(), nokKey)).body).toEqual(refused('wrong-proof'));
    expect(await refusals('administrator')).toContainEqual(expect.objectContaining({ reason: 'counter' }));
    nokKey.counter = 100;
    expect((await enter(app.anonymous(), nokKey)).status).toBe(200);
  });

  it('proves nothing for another account, in whichever place its id is put', async () => {
    const mali = await signIn('mali');
    const maliKey = await register(mali);
    const half = await signIn('mali');
    expect((await prove(half, nokKey)).body).toEqual(refused('wrong-proof'));
    expect((await prove(half, nokKey, { id: maliKey.id.toString('base64url') })).body).toEqual(refused('wrong-proof'));
    expect((await enter(app.anonymous(), maliKey, { id: nokKey.id.toString('base64url') })).body).toEqual(refused('wrong-proof'));
    expect((await half.get('/api/places')).body).toEqual(refused('second-proof-needed'));
    expect((await prove(half, maliKey)).status).toBe(204);
  });

  it('is registered once, whoever tries', async () => {
    const dao = await signIn('dao');
    await setUpApp(dao, now);
    const options = await ask(dao, '/api/me/passkeys/options');
    expect((await dao.post('/api/me/passkeys', { name: 'Taken', credential: nokKey.create(options) })).body).toEqual(
      refused('already-there'),
    );
  });
});

describe('a challenge', () => {
  it('is answered once, in time, in the session and for the act it was made for', async () => {
    const nok = await signIn('nok'),
      other = await signIn('nok');
    const options = await ask(nok, '/api/me/proof/passkey/options');
    expect((await other.post('/api/me/proof/passkey', nokKey.get(options))).body).toEqual(refused('wrong-proof'));
    expect((await app.anonymous().post('/api/auth/sign-in/passkey', nokKey.get(options))).body).toEqual(refused('wrong-proof'));
    expect((await nok.post('/api/me/proof/passkey', nokKey.get(options))).status).toBe(204);
    expect((await nok.post('/api/me/proof/passkey', nokKey.get(options))).body).toEqual(refused('wrong-proof'));
    const late = await ask(nok, '/api/me/proof/passkey/options');
    later(301);
    expect((await nok.post('/api/me/proof/passkey', nokKey.get(late))).body).toEqual(refused('wrong-proof'));
    const made = { challenge: Buffer.alloc(54, 1).toString('base64url') };
    expect((await nok.post('/api/me/proof/passkey', nokKey.get(made))).body).toEqual(refused('wrong-proof'));
    later(3600);
  });

  it('answered on the page of another site is refused', async () => {
    const nok = await signIn('nok');
    expect((await prove(nok, nokKey, { origin: 'https://evil.example' })).body).toEqual(refused('wrong-proof'));
    const options = await ask(nok, '/api/me/proof/passkey/options');
    expect((await nok.post('/api/me/proof/passkey', nokKey.get(options), { origin: 'https://evil.example' })).body).toEqual(
      refused('not-allowed'),
    );
    expect((await nok.post('/api/me/proof/passkey', nokKey.get(options))).status).toBe(204);
  });

  it('asked for a thousand times fills no table', async () => {
    const count = async () =>
      (await sql<{ n: number }>`select count(*)::int as n from auth.spent_challenge`.execute(app.db.owner)).rows[0]?.n;
    const before = await count();
    await Promise.all(Array.from({ length: 50 }, () => app.anonymous().post('/api/auth/passkey/options')));
    expect(await count()).toBe(before);
  });
});

describe('what has the wrong shape', () => {
  it('is refused before anybody looks at it', async () => {
    const nok = await signIn('nok');
    const good = nokKey.get(await ask(nok, '/api/me/proof/passkey/options'));
    for (const body of [
      {},
      { ...good, extra: 1 },
      { ...good, id: 'x'.repeat(2000) },
      { ...good, response: { ...good.response, signature: 'ü' } },
      { ...good, response: { ...good.response, clientDataJSON: 'A'.repeat(5000) } },
      { ...good, type: 'password' },
    ])
      expect((await nok.post('/api/me/proof/passkey', body)).body).toEqual(refused('bad-input'));
    expect((await nok.post('/api/me/proof/passkey', { ...good, id: 'x'.repeat(2_000_000) })).body).toEqual(refused('too-large'));
    for (const garbage of ['', 'AAAA', Buffer.from('{}').toString('base64url'), Buffer.from('[1').toString('base64url')])
      expect((await nok.post('/api/me/proof/passkey', { ...good, response: { ...good.response, clientDataJSON: garbage } })).body).toEqual(
        expect.objectContaining({ type: expect.stringMatching(/wrong-proof|account-locked/) }),
      );
    later(3600);
  });
});

describe('keys of a person', () => {
  it('are listed by the names she gave them, and taken away one by one', async () => {
    const chai = await signIn('chai'); // whose role asks for none
    const first = await register(chai, 'Phone of the office');
    const second = await register(chai, 'Key on my ring');
    const { body } = await chai.get<{ passkeys: { passkeyId: string; name: string }[]; recoveryCodesLeft: number }>('/api/me/second-proof');
    expect(body.passkeys.map(({ name }) => name)).toEqual(['Phone of the office', 'Key on my ring']);
    expect(body.recoveryCodesLeft).toBe(10);
    const id = body.passkeys[0]?.passkeyId ?? '';
    expect((await (await app.as('administrator').catch(() => signIn('nok'))).delete(`/api/me/passkeys/${id}`)).status).not.toBe(204);
    expect((await chai.delete(`/api/me/passkeys/${id}`)).status).toBe(204);
    expect((await enter(app.anonymous(), first)).body).toEqual(refused('wrong-proof'));
    expect((await enter(app.anonymous(), second)).status).toBe(200);
    expect((await chai.delete(`/api/me/passkeys/${id}`)).status).toBe(404);
  });
});

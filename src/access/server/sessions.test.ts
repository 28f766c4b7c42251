// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, testPassword, type TestApp } from '../../../test/support/app.ts';
import type { Client } from '../../../test/support/client.ts';
import { codeOf, setUpApp } from '../../../test/support/second-proof.ts';
import { SoftPasskey } from '../../../test/support/soft-passkey.ts';
import type { OpenSession, SecondProof } from '../domain/proof.ts';

let now = new Date('2026-03-01T08:00:00Z');
let app: TestApp;
beforeAll(async () => {
  app = await startApp({ now: () => now });
});
afterAll(() => app?.close());

const refused = (code: string) => expect.objectContaining({ type: `/problems/${code}` });
const phone = 'Mozilla/5.0 (Android 15; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0';
const signIn = async (name: string, agent?: string): Promise<Client> => {
  const client = app.anonymous();
  await client.post('/api/auth/sign-in/username', { username: name, password: testPassword }, agent ? { 'user-agent': agent } : {});
  return client;
};
const sessionsOf = async (client: Client) => (await client.get<{ rows: OpenSession[] }>('/api/me/sessions')).body.rows;

describe('sessions', () => {
  it('are listed by device and time, and hold no address and no version of anything', async () => {
    const [desk, mobile] = [await signIn('mali'), await signIn('mali', phone)];
    const rows = await sessionsOf(mobile);
    expect(rows).toHaveLength(2);
    expect(rows.find(({ current }) => current)).toMatchObject({ browser: 'Firefox', system: 'Android' });
    expect((await sessionsOf(desk)).filter(({ current }) => current)).toHaveLength(1);
    const { rows: stored } = await sql<{
      ipAddress: string;
      userAgent: string;
    }>`select "ipAddress", "userAgent" from auth."session"`.execute(app.db.owner);
    for (const { ipAddress, userAgent } of stored) expect([ipAddress || '', /\d/.test(userAgent)]).toEqual(['', false]);
  });

  it('are ended one by one, and only by their owner', async () => {
    const [desk, mobile, som] = [await signIn('mali'), await signIn('mali', phone), await signIn('som')];
    const theirs = (await sessionsOf(mobile)).find(({ current }) => current)?.sessionId ?? '';
    expect((await som.delete(`/api/me/sessions/${theirs}`)).status).toBe(404);
    expect((await mobile.get('/api/me')).status).toBe(200);
    expect((await desk.delete(`/api/me/sessions/${theirs}`)).status).toBe(204);
    expect((await mobile.get('/api/me')).status).toBe(401);
    expect((await desk.get('/api/me')).status).toBe(200);
  });

  it('are ended all but this one', async () => {
    const [desk, mobile, other] = [await signIn('ploy'), await signIn('ploy', phone), await signIn('som')];
    expect((await desk.delete('/api/me/sessions')).body).toEqual({ ended: 1 });
    expect([(await desk.get('/api/me')).status, (await mobile.get('/api/me')).status, (await other.get('/api/me')).status]).toEqual([
      200, 401, 200,
    ]);
    const { rows } = await sql`select from waymark.audit_entry where action = 'access.sessions-ended' and detail = '{"ended": 1}'`.execute(
      app.db.owner,
    );
    expect(rows).toHaveLength(1);
  });

  it('are seen to ten minutes, not to the click', async () => {
    const desk = await signIn('dao');
    const before = (await sessionsOf(desk))[0]?.seenAt;
    await desk.get('/api/me');
    expect((await sessionsOf(desk))[0]?.seenAt).toBe(before);
    await sql`update auth.session_state set seen_at = seen_at - interval '11 minutes'`.execute(app.db.owner);
    await desk.get('/api/me');
    expect(new Date((await sessionsOf(desk))[0]?.seenAt ?? 0).getTime()).toBeGreaterThanOrEqual(new Date(before ?? '').getTime());
  });
});

describe('a lost phone', () => {
  const lost = (body: object, headers: Record<string, string> = {}) => app.anonymous().post('/api/auth/lost-phone', body, headers);
  let codes: string[] = [];
  let secret = '';
  let thief: Client;
  let key: SoftPasskey;

  beforeAll(async () => {
    thief = await signIn('chai', phone);
    ({ secret, recoveryCodes: codes } = await setUpApp(thief, now));
    key = new SoftPasskey(app.url);
    const options = (await thief.post<{ challenge: string }>('/api/me/passkeys/options')).body;
    expect((await thief.post('/api/me/passkeys', { name: 'Phone', credential: key.create(options) })).status).toBe(201);
  });

  it('is not reported with a wrong password or code, nor from another site, and no session is left of the attempt', async () => {
    const count = async () => (await sql<{ n: number }>`select count(*)::int as n from auth."session"`.execute(app.db.owner)).rows[0]?.n;
    const before = await count();
    expect((await lost({ username: 'chai', password: 'not it', code: codes[0] })).body).toEqual(refused('wrong-credentials'));
    expect((await lost({ username: 'no.such', password: 'not it', code: codes[0] })).body).toEqual(refused('wrong-credentials'));
    expect((await lost({ username: 'chai', password: testPassword, code: 'aaaaa-aaaaa' })).body).toEqual(refused('wrong-proof'));
    // The app is on the phone: its code is what whoever has the phone could show.
    expect((await lost({ username: 'chai', password: testPassword, code: codeOf(secret, now) })).body).toEqual(refused('wrong-proof'));
    expect((await lost({ username: 'chai', password: testPassword, code: codes[0] }, { origin: 'https://evil.example' })).body).toEqual(
      refused('not-allowed'),
    );
    expect(await count()).toBe(before);
    expect((await thief.get('/api/me')).status).toBe(200);
  });

  it('opens nothing any more once it is reported with password and paper', async () => {
    expect((await lost({ username: 'Chai', password: testPassword, code: codes[0] })).body).toEqual({ ended: true });
    expect((await thief.get('/api/me')).status).toBe(401);
    const options = (await app.anonymous().post<{ challenge: string }>('/api/auth/passkey/options')).body;
    expect((await app.anonymous().post('/api/auth/sign-in/passkey', key.get(options))).body).toEqual(refused('wrong-proof'));
    const chai = await signIn('chai');
    expect((await chai.get<SecondProof>('/api/me/second-proof')).body).toMatchObject({ app: false, passkeyCount: 0, recoveryCodesLeft: 9 });
    expect((await lost({ username: 'chai', password: testPassword, code: codes[0] })).body).toEqual(refused('wrong-proof'));
  });

  it('is reported from another device that is signed in, by fresh proof', async () => {
    const desk = await signIn('som'),
      mobile = await signIn('som', phone);
    const { secret: own } = await setUpApp(desk, now);
    now = new Date(now.getTime() + 11 * 60_000);
    expect((await desk.post('/api/me/lost-phone')).body).toEqual(refused('fresh-proof-needed'));
    expect((await desk.post('/api/me/proof/code', { code: codeOf(own, now) })).status).toBe(204);
    expect((await desk.post('/api/me/lost-phone')).body).toMatchObject({ passkeys: 0, app: true });
    expect([(await desk.get('/api/me')).status, (await mobile.get('/api/me')).status]).toEqual([200, 401]);
  });
});

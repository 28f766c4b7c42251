// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { people, startApp, testPassword, type TestApp } from '../../../test/support/app.ts';
import { Failures } from './attempts.ts';

let now = new Date('2026-03-01T08:00:00Z');
let app: TestApp;
beforeAll(async () => {
  app = await startApp({ now: () => now });
});
afterAll(() => app?.close());

const refused = (code: string) => expect.objectContaining({ type: `/problems/${code}` });
const later = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000);
};
const attempt = (username: string, password: string) =>
  app.anonymous().post<{ type?: string }>('/api/auth/sign-in/username', { username, password });

async function auditActions(): Promise<{ action: string; actorId: string; subject: string | null; detail: unknown }[]> {
  const { rows } = await sql<{ action: string; actorId: string; subject: string | null; detail: unknown }>`
    select action, actor_id as "actorId", subject, detail from waymark.audit_entry order by at, entry_id`.execute(app.db.owner);
  return rows;
}

describe('signing in', () => {
  it('Mali signs in, is known, and signs out again', async () => {
    const mali = app.anonymous();
    const answer = await mali.post('/api/auth/sign-in/username', { username: ' Mali ', password: testPassword });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ accountId: app.accountIds.coordinator });
    const cookie = answer.headers.getSetCookie().find((line) => line.startsWith('waymark.session_token=')) ?? '';
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Strict/i);
    expect((await mali.get('/api/me')).body).toMatchObject({
      userName: 'mali',
      displayName: 'Mali',
      roles: ['coordinator'],
      home: { code: 'XA1' },
      demo: false,
    });
    const session = await mali.get('/api/auth/get-session');
    expect(session.body).toMatchObject({ accountId: app.accountIds.coordinator, userName: 'mali' });
    expect(session.text).not.toContain([...mali.cookies.values()][0]?.split('.')[0]);
    expect((await mali.post('/api/auth/sign-out')).status).toBe(200);
    expect((await mali.get('/api/me')).status).toBe(401);
    expect((await mali.get('/api/auth/get-session')).text).toBe('null');
    const actions = await auditActions();
    expect(actions.filter((entry) => entry.subject === app.accountIds.coordinator).map((entry) => [entry.action, entry.actorId])).toEqual([
      ['accounts.create', 'command-line'],
      ['access.sign-in', app.accountIds.coordinator],
      ['access.sign-out', app.accountIds.coordinator],
    ]);
  });

  it('a stolen cookie is worth nothing after its owner signed out', async () => {
    const mali = await app.anonymous().signIn('mali', testPassword);
    const thief = app.anonymous();
    const cookie = [...mali.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    expect((await thief.get('/api/me', { cookie })).status).toBe(200);
    await mali.post('/api/auth/sign-out');
    expect((await thief.get('/api/me', { cookie })).status).toBe(401);
  });

  it('a cookie that was made up or changed is nobody', async () => {
    for (const cookie of [
      'waymark.session_token=abc',
      'waymark.session_token=abc.def',
      'waymark.session_token=%00',
      `waymark.session_token=${'x'.repeat(4000)}`,
    ]) {
      expect((await app.anonymous().get('/api/me', { cookie })).status).toBe(401);
    }
  });

  it('names that do not exist and wrong passwords read the same', async () => {
    const unknown = await attempt('no.such.person', 'whatever it may be');
    const wrong = await attempt('dao', 'whatever it may be');
    expect(unknown.status).toBe(401);
    expect({ ...(unknown.body as object), instance: '' }).toEqual({ ...(wrong.body as object), instance: '' });
    expect(wrong.body).toEqual(refused('wrong-credentials'));
  });

  it('five failures let the name rest, the right password included, and nobody else is touched', async () => {
    for (let i = 0; i < 5; i++) expect((await attempt('chai', 'not it')).body).toEqual(refused('wrong-credentials'));
    expect((await attempt('chai', testPassword)).body).toEqual(refused('account-locked'));
    expect((await attempt('som', testPassword)).status).toBe(200);
    later(31);
    expect((await attempt('chai', 'still not it')).body).toEqual(refused('wrong-credentials'));
    later(31);
    expect((await attempt('chai', testPassword)).body).toEqual(refused('account-locked')); // the second rest is longer
    later(30);
    expect((await attempt('chai', testPassword)).status).toBe(200);
    expect((await attempt('chai', 'a slip')).body).toEqual(refused('wrong-credentials')); // and the count began anew
    expect((await attempt('chai', testPassword)).status).toBe(200);
  });

  it('a name that does not exist rests just the same', async () => {
    for (let i = 0; i < 5; i++) expect((await attempt('ghost', 'not it')).body).toEqual(refused('wrong-credentials'));
    expect((await attempt('ghost', 'not it')).body).toEqual(refused('account-locked'));
  });

  it('thirty guesses at once are counted one by one, and the flood is written down once', async () => {
    await app.anonymous().signIn('dao', testPassword); // and no failure before
    const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => attempt('dao', `guess number ${i}`)));
    expect(answers.filter((answer) => answer.body.type === '/problems/wrong-credentials')).toHaveLength(5);
    expect((await attempt('dao', testPassword)).body).toEqual(refused('account-locked'));
    const reasons = (await auditActions())
      .filter((entry) => entry.subject === app.accountIds.other_coordinator && entry.action === 'access.sign-in-refused')
      .map((entry) => entry.detail);
    expect(reasons.slice(-6)).toEqual([...Array.from({ length: 5 }, () => ({ reason: 'wrong' })), { reason: 'locked' }]);
    later(3600);
  });

  it('no refusal comes sooner for a name that does not exist, one that does, one that rests or is disabled', async () => {
    await sql`update waymark.account set disabled_at = now() where user_name = 'ploy'`.execute(app.db.owner);
    for (let i = 0; i < 5; i++) await attempt('chai', 'not it');
    for (const name of ['nobody.at.all', 'som', 'chai', 'ploy']) {
      const began = performance.now();
      expect([name, (await attempt(name, 'not it')).status]).toEqual([name, name === 'chai' ? 423 : 401]);
      expect([name, performance.now() - began >= 99]).toEqual([name, true]);
    }
    await sql`update waymark.account set disabled_at = null where user_name = 'ploy'`.execute(app.db.owner);
    later(3600);
  });

  it('what was typed is written down nowhere', async () => {
    await attempt('my-password-in-the-wrong-box', 'sesame-open-please');
    const everything = JSON.stringify(await auditActions()) + app.logLines.join('');
    expect(everything).not.toContain('my-password-in-the-wrong-box');
    expect(everything).not.toContain('sesame-open-please');
    expect(everything).not.toContain(testPassword);
  });

  it('what has the wrong shape is refused without a word of it', async () => {
    const answer = await app
      .anonymous()
      .post<{ detail: string }>('/api/auth/sign-in/username', { username: 'mali', password: { $ne: 'sesame' } });
    expect(answer.body).toEqual(refused('bad-input'));
    expect(answer.text).not.toContain('sesame');
    expect((await app.anonymous().post('/api/auth/sign-in/username', { username: 'mali', password: 'x'.repeat(100_000) })).status).toBe(
      400,
    );
    expect((await app.anonymous().post('/api/auth/sign-in/username', { username: 'mali\u0000', password: testPassword })).body).toEqual(
      refused('bad-input'),
    );
  });

  it("none of the library's other doors is there", async () => {
    const mali = await app.as('coordinator');
    for (const path of [
      'sign-up/email',
      'sign-in/email',
      'update-user',
      'change-password',
      'is-username-available',
      'forget-password',
      'delete-user',
      'change-email',
      'revoke-sessions',
    ]) {
      expect([path, (await mali.post(`/api/auth/${path}`, {})).status]).toEqual([path, 404]);
    }
    for (const path of ['list-sessions', 'ok', 'error', 'reference']) expect((await mali.get(`/api/auth/${path}`)).status).toBe(404);
  });

  it('another site cannot sign anybody in or out', async () => {
    const mali = await app.as('coordinator');
    for (const headers of [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'null' },
    ]) {
      expect((await mali.post('/api/auth/sign-out', {}, headers as unknown as Record<string, string>)).body).toEqual(
        refused('not-allowed'),
      );
    }
    expect((await mali.get('/api/me')).status).toBe(200);
  });

  it('a disabled account is out at once, with its open sessions, and its password opens nothing', async () => {
    const som = await app.anonymous().signIn(people.district_officer.userName, testPassword);
    const nok = await app.as('administrator');
    const { rows } = (await nok.get<{ rows: { accountId: string; version: number }[] }>('/api/accounts')).body;
    const version = rows.find((row) => row.accountId === app.accountIds.district_officer)?.version;
    expect((await nok.patch(`/api/accounts/${app.accountIds.district_officer}`, { disabled: true, version })).status).toBe(200);
    expect((await som.get('/api/me')).status).toBe(401);
    expect((await attempt('som', testPassword)).body).toEqual(refused('wrong-credentials'));
    expect(
      (await nok.patch(`/api/accounts/${app.accountIds.district_officer}`, { disabled: false, version: (version ?? 0) + 1 })).status,
    ).toBe(200);
    expect((await som.get('/api/me')).status).toBe(401);
    expect((await attempt('som', testPassword)).status).toBe(200);
  });
});

describe('names under attack', () => {
  let behind: TestApp;
  beforeAll(async () => {
    behind = await startApp({ now: () => now, trustProxy: '127.0.0.1' });
  });
  afterAll(() => behind?.close());
  const from = (address: string, username: string, password: string) =>
    behind.anonymous().post<{ type?: string }>('/api/auth/sign-in/username', { username, password }, { 'x-forwarded-for': address });

  it('rest for the guesser and not for their owners: nobody locks a village out', async () => {
    const village = ['nok', 'mali', 'som', 'ploy', 'dao', 'chai'];
    await Promise.all(
      village.map(async (name) => {
        for (let i = 0; i < 6; i++) await from('198.51.100.7', name, 'not it');
      }),
    );
    for (const name of village) {
      expect([name, (await from('198.51.100.7', name, testPassword)).body]).toEqual([name, refused('account-locked')]);
      expect([name, (await from('203.0.113.20', name, testPassword)).status]).toEqual([name, 200]);
    }
  });

  it('one guesser cannot become many within the addresses of one customer', async () => {
    for (let i = 0; i < 5; i++) await from(`2001:db8:7:${i}::${i}`, 'mali', 'not it');
    expect((await from('2001:db8:7:99::1', 'mali', testPassword)).body).toEqual(refused('account-locked'));
    expect((await from('2001:db8:8::1', 'mali', testPassword)).status).toBe(200);
  });

  it('rest for everybody when twenty networks guess, existing or not, and a new password lifts it', async () => {
    const guess = async (address: string) =>
      Promise.all(
        ['som', 'ghost'].map(async (name) => {
          for (let n = 0; n < 6; n++) await from(address, name, 'not it');
        }),
      );
    for (const address of ['192.0.2.1', '192.0.2.2']) await guess(address);
    const {
      rows: [row],
    } = await sql<{ n: number }>`select failed_sign_ins as n from waymark.account where user_name = 'som'`.execute(behind.db.owner);
    expect(row?.n).toBe(2);
    // Seventeen more, and the last.
    await sql`update waymark.account set failed_sign_ins = 19 where user_name = 'som'`.execute(behind.db.owner);
    for (let n = 2; n < 19; n++) behind.access.unknownNames.failed(['ghost'], now);
    expect((await from('203.0.113.21', 'som', testPassword)).status).toBe(200);
    await sql`update waymark.account set failed_sign_ins = 19 where user_name = 'som'`.execute(behind.db.owner);
    await guess('192.0.2.3');
    expect((await from('203.0.113.21', 'som', testPassword)).body).toEqual(refused('account-locked'));
    expect((await from('203.0.113.21', 'ghost', testPassword)).body).toEqual(refused('account-locked'));
    const nok = await behind.as('administrator');
    const {
      body: { password },
    } = await nok.post<{ password: string }>(`/api/accounts/${behind.accountIds.district_officer}/password`);
    expect((await from('192.0.2.3', 'som', password)).status).toBe(200);
  });

  it('are counted in a bounded memory', () => {
    const failures = new Failures();
    for (let i = 0; i < 25_000; i++) failures.failed([`name ${i}`, 'somewhere'], now);
    expect(failures.size).toBe(10_000);
  });
});

describe('a flood of attempts from one address', () => {
  it('is slowed down', async () => {
    const small = await startApp({ signInsPerMinute: 3, accounts: false });
    try {
      const statuses: number[] = [];
      for (let i = 0; i < 5; i++)
        statuses.push((await small.anonymous().post('/api/auth/sign-in/username', { username: `name${i}`, password: 'x' })).status);
      expect(statuses).toEqual([401, 401, 401, 429, 429]);
    } finally {
      await small.close();
    }
  });
});

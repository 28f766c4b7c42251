// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getMigrations } from 'better-auth/db/migration';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, testPassword, type TestApp } from '../../../test/support/app.ts';
import type { Client } from '../../../test/support/client.ts';
import { openPool } from '../../platform/server/db.ts';
import type { Account, AccountWithPassword, Me, Setup } from '../domain/account.ts';
import { createAccount, disableAccount, listAccounts, sessionSecret } from './index.ts';
import { libraryOptions } from './library.ts';

let app: TestApp;
let nok: Client;
beforeAll(async () => {
  app = await startApp();
  nok = await app.as('administrator');
});
afterAll(() => app?.close());

const refused = (code: string) => expect.objectContaining({ type: `/problems/${code}` });
const make = async (userName: string, more: object = {}): Promise<AccountWithPassword> => {
  const answer = await nok.post<AccountWithPassword>('/api/accounts', { userName, displayName: userName, ...more });
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  return answer.body;
};
const find = async (accountId: string): Promise<Account> => {
  const found = (await nok.get<{ rows: Account[] }>('/api/accounts')).body.rows.find((row) => row.accountId === accountId);
  if (!found) throw new Error('no such account');
  return found;
};

describe('an administrator and the accounts', () => {
  it('makes an account whose password is shown once and works', async () => {
    const { account, password } = await make('arun', { role: 'coordinator', placeId: app.land.east.placeId });
    expect(password).toMatch(/^[2-9a-z]{4}(-[2-9a-z]{4}){3}$/);
    expect(account.posts).toMatchObject([{ role: 'coordinator', place: { code: 'XA11' } }]);
    const arun = await app.anonymous().signIn('arun', password);
    expect((await arun.get<Me>('/api/me')).body).toMatchObject({ home: { code: 'XA11' }, roles: ['coordinator'] });
    const everything = await nok.get('/api/accounts');
    expect(everything.text).not.toContain(password);
    expect(everything.text).not.toContain('accounts.invalid');
    const { rows } = await sql<{
      detail: string;
    }>`select detail::text from waymark.audit_entry where subject = ${account.accountId}`.execute(app.db.owner);
    expect(JSON.stringify(rows)).not.toContain(password);
  });

  it('takes the list away as a file that no spreadsheet runs', async () => {
    const nok = await app.as('administrator');
    await nok.post('/api/accounts', { userName: 'filed.one', displayName: '=Kanya' });
    const file = await nok.post('/api/accounts.csv', {});
    const lines = file.text.split('\r\n');
    expect(lines[0]).toBe('user_name,name,state,made_on,role,place_code,place,organisation');
    expect(lines.find((line) => line.startsWith('filed.one'))).toMatch(/^filed\.one,'=Kanya,active,\d{4}-\d\d-\d\d,,,,$/);
    expect(lines.some((line) => /,coordinator,[^,]+,[^,]+,$/.test(line))).toBe(true);
    expect(file.text).not.toMatch(/argon2|password/i);
  });

  it('cannot take a user name twice, nor one that cannot be typed', async () => {
    await make('twice');
    expect((await nok.post('/api/accounts', { userName: 'twice', displayName: 'T' })).body).toEqual(refused('already-there'));
    for (const userName of ['Twice', 'มะลิ', 'a', 'with space', '1abc', 'a'.repeat(31)]) {
      expect((await nok.post('/api/accounts', { userName, displayName: 'T' })).body).toEqual(refused('bad-input'));
    }
    for (const displayName of ['', '   ', '<b>x</b>', 'a\u0000b', 'x'.repeat(81)]) {
      expect([displayName, (await nok.post('/api/accounts', { userName: 'name.test', displayName })).status]).toEqual([displayName, 400]);
    }
    expect((await nok.post('/api/accounts', { userName: 'name.test', displayName: 'มะลิ ใจดี' })).status).toBe(201);
  });

  it('two at once take one name once', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => nok.post('/api/accounts', { userName: 'race', displayName: 'R' })));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    const made = answers.find((answer) => answer.status === 201)?.body as AccountWithPassword;
    expect((await app.anonymous().signIn('race', made.password)).cookies.size).toBe(1);
  });

  it('nothing is left of an account that was refused half-way', async () => {
    const bad = await nok.post('/api/accounts', {
      userName: 'half.way',
      displayName: 'H',
      role: 'district_officer',
      placeId: app.land.province.placeId,
    });
    expect(bad.body).toEqual(refused('bad-input'));
    const { rows } = await sql`select from auth."user" where username = 'half.way'`.execute(app.db.owner);
    expect(rows).toHaveLength(0);
    await make('half.way', { role: 'district_officer', placeId: app.land.east.placeId });
  });

  it('sees that somebody else was faster', async () => {
    const { account } = await make('versions');
    expect(
      (await nok.patch<Account>(`/api/accounts/${account.accountId}`, { displayName: 'One', version: account.version })).body,
    ).toMatchObject({ displayName: 'One', version: account.version + 1 });
    expect((await nok.patch(`/api/accounts/${account.accountId}`, { displayName: 'Two', version: account.version })).body).toEqual(
      refused('changed-meanwhile'),
    );
    expect((await nok.patch('/api/accounts/nobody-at-all', { displayName: 'Two', version: 1 })).body).toEqual(refused('not-found'));
  });

  it('gives and ends posts, one role an account', async () => {
    const { account, password } = await make('posts');
    const posts = `/api/accounts/${account.accountId}/posts`;
    const give = async (post: object) => nok.post(posts, { ...post, version: (await find(account.accountId)).version });
    const end = async (postId: string) => nok.delete(`${posts}/${postId}?version=${(await find(account.accountId)).version}`);
    const client = await app.anonymous().signIn('posts', password);
    expect((await client.get<Me>('/api/me')).body).toMatchObject({ rights: [], posts: [] });
    expect((await give({ role: 'analyst', placeId: app.land.east.placeId })).status).toBe(201);
    expect((await client.get<Me>('/api/me')).body).toMatchObject({ rights: ['risk.read', 'export'], posts: [{ role: 'analyst' }] });
    expect((await give({ role: 'analyst', placeId: app.land.east.placeId })).body).toEqual(refused('already-there'));
    expect((await give({ role: 'coordinator', placeId: app.land.west.placeId })).body).toEqual(refused('bad-input'));
    expect((await give({ role: 'analyst', placeId: app.land.west.placeId })).status).toBe(201);
    expect((await give({ role: 'analyst', placeId: '01a201a5-0000-7000-8000-000000000000' })).body).toEqual(refused('not-found'));
    expect((await give({ role: 'emperor', placeId: null })).body).toEqual(refused('bad-input'));
    for (const { postId } of (await find(account.accountId)).posts) {
      expect((await end(postId)).status).toBe(200);
      expect((await end(postId)).body).toEqual(refused('not-found'));
    }
    expect((await client.get<Me>('/api/me')).body).toMatchObject({ rights: [], posts: [] });
    expect((await give({ role: 'administrator', placeId: app.land.east.placeId })).body).toEqual(refused('bad-input'));
    expect((await give({ role: 'coordinator', placeId: null })).status).toBe(201);
  });

  it('cannot shut out the last administrator, herself included', async () => {
    const me = await find(app.accountIds.administrator);
    expect((await nok.patch(`/api/accounts/${me.accountId}`, { disabled: true, version: me.version })).body).toEqual(refused('bad-input'));
    expect((await nok.delete(`/api/accounts/${me.accountId}/posts/${me.posts[0]?.postId}?version=${me.version}`)).body).toEqual(
      refused('bad-input'),
    );
    await expect(disableAccount(app.access, 'nok')).rejects.toMatchObject({ code: 'bad-input' });
    const second = await make('second.admin', { role: 'administrator' });
    const twin = await app.anonymous().signIn('second.admin', second.password);
    const other = await find(second.account.accountId);
    // Each retires the other at the same moment: one of them stays.
    const both = await Promise.all([
      nok.patch(`/api/accounts/${other.accountId}`, { disabled: true, version: other.version }),
      twin.patch(`/api/accounts/${me.accountId}`, { disabled: true, version: me.version }),
    ]);
    expect(both.filter((answer) => answer.status === 200)).toHaveLength(1);
    const { rows } = await sql<{
      n: number;
    }>`select count(*)::int as n from waymark.account a join waymark.post o using (account_id) where o.role = 'administrator' and a.disabled_at is null and o.ended_at is null`.execute(
      app.db.owner,
    );
    expect(rows[0]?.n).toBe(1);
    await sql`update waymark.account set disabled_at = null where user_name = 'nok'`.execute(app.db.owner);
    nok = await app.anonymous().signIn('nok', testPassword);
  });

  it('gives a new password, and the old one and its sessions are over', async () => {
    const { account, password } = await make('forgetful');
    const before = await app.anonymous().signIn('forgetful', password);
    for (let i = 0; i < 6; i++) await app.anonymous().post('/api/auth/sign-in/username', { username: 'forgetful', password: 'no idea' });
    const made = await nok.post<AccountWithPassword>(`/api/accounts/${account.accountId}/password`);
    expect(made.status).toBe(200);
    expect((await before.get('/api/me')).status).toBe(401);
    await app.anonymous().signIn('forgetful', made.body.password); // and the lock is lifted
    expect((await app.anonymous().post('/api/auth/sign-in/username', { username: 'forgetful', password })).status).toBe(401);
  });
});

describe("one's own account", () => {
  it('chooses its language and nothing else', async () => {
    const ploy = await app.as('analyst');
    expect((await ploy.patch<Me>('/api/me', { locale: 'th' })).body).toMatchObject({ locale: 'th', userName: 'ploy' });
    expect((await ploy.get<Me>('/api/me')).body.locale).toBe('th');
    expect((await ploy.patch('/api/me', { locale: 'th', roles: ['administrator'] })).body).toEqual(refused('bad-input'));
    expect((await ploy.patch('/api/me', { locale: '../etc' })).body).toEqual(refused('bad-input'));
    expect((await find(app.accountIds.coordinator)).locale).toBe('en');
  });

  it('changes its password, knowing the old one', async () => {
    const { password } = await make('self.help');
    const client = await app.anonymous().signIn('self.help', password);
    const other = await app.anonymous().signIn('self.help', password);
    expect((await client.post('/api/me/password', { current: 'guess', wanted: 'three plain words' })).body).toEqual(
      refused('wrong-credentials'),
    );
    for (const wanted of ['short', 'password12', '1234567890', 'aaaaaaaaaaaa', 'self.help-2026!', 'qwertyuiop1']) {
      expect([wanted, (await client.post('/api/me/password', { current: password, wanted })).body]).toEqual([
        wanted,
        refused('weak-password'),
      ]);
    }
    expect((await client.post('/api/me/password', { current: password, wanted: 'three plain words' })).status).toBe(204);
    expect((await other.get('/api/me')).status).toBe(401);
    await app.anonymous().signIn('self.help', 'three plain words');
  });

  it('has few guesses with a stolen session, which then ends', async () => {
    const { account, password } = await make('watchful');
    const owner = await app.anonymous().signIn('watchful', password);
    const thief = await app.anonymous().signIn('watchful', password);
    const guesses = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        thief.post<{ type: string }>('/api/me/password', { current: `guess ${i}`, wanted: 'three plain words' }),
      ),
    );
    expect(guesses.filter((answer) => answer.body.type === '/problems/wrong-credentials')).toHaveLength(5);
    expect((await thief.get('/api/me')).status).toBe(401);
    expect((await owner.get('/api/me')).status).toBe(401);
    await owner.signIn('watchful', password);
    expect((await owner.post('/api/me/password', { current: password, wanted: 'three plain words' })).status).toBe(204);
    const { rows } = await sql<{
      action: string;
      n: number;
    }>`select action, count(*)::int as n from waymark.audit_entry where actor_id = ${account.accountId} and action like 'accounts.%' group by 1 order by 1`.execute(
      app.db.owner,
    );
    expect(rows).toEqual([
      { action: 'accounts.password', n: 1 },
      { action: 'accounts.password-refused', n: 5 },
    ]);
  });

  it('changes its password, ends its sessions and says so together or not at all', async () => {
    const { account, password } = await make('all.or.nothing');
    const client = await app.anonymous().signIn('all.or.nothing', password);
    const refuseRows = (on: boolean) =>
      sql
        .raw(
          on
            ? `create function public.no_row() returns trigger language plpgsql as $$ begin if new.action like 'accounts.%password' then raise exception 'the record is full'; end if; return new; end $$;
         create trigger no_row before insert on waymark.audit_entry for each row execute function public.no_row()`
            : 'drop function public.no_row() cascade',
        )
        .execute(app.db.owner);
    await refuseRows(true);
    try {
      expect((await client.post('/api/me/password', { current: password, wanted: 'three plain words' })).status).toBe(500);
      expect((await nok.post(`/api/accounts/${account.accountId}/password`)).status).toBe(500);
    } finally {
      await refuseRows(false);
    }
    expect((await client.get('/api/me')).status).toBe(200);
    await app.anonymous().signIn('all.or.nothing', password);
  });
});

describe('the command line', () => {
  it('adds, lists, disables and enables', async () => {
    const made = await createAccount(app.access, {
      userName: 'by.hand',
      displayName: 'By hand',
      role: 'analyst',
      placeId: app.land.province.placeId,
    });
    expect((await listAccounts(app.access)).find((account) => account.accountId === made.accountId)).toMatchObject({
      userName: 'by.hand',
      posts: [{ role: 'analyst' }],
    });
    await disableAccount(app.access, 'by.hand');
    expect((await app.anonymous().post('/api/auth/sign-in/username', { username: 'by.hand', password: made.password })).status).toBe(401);
    await disableAccount(app.access, 'by.hand', false);
    await app.anonymous().signIn('by.hand', made.password);
    await expect(disableAccount(app.access, 'nobody')).rejects.toMatchObject({ code: 'not-found' });
    await expect(createAccount(app.access, { userName: 'weak', displayName: 'W', password: '1234567890' })).rejects.toMatchObject({
      code: 'weak-password',
    });
  });
});

describe('set-up', () => {
  it('lets the first person in make herself administrator, once, even when two try', async () => {
    const fresh = await startApp({ accounts: false });
    try {
      const anybody = fresh.anonymous(),
        code = fresh.server.setupCode ?? '';
      expect(code).toMatch(/^[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}$/);
      expect((await anybody.get<Setup>('/api/setup')).body).toEqual({ needed: true, demo: false, demoAccounts: [], otherService: null });
      expect((await anybody.post('/api/setup', { code, userName: 'first', displayName: 'First', password: 'password123' })).body).toEqual(
        refused('weak-password'),
      );
      for (const wrong of ['', 'abcd-efgh-jkmn', `${code}x`]) {
        expect(
          (await anybody.post('/api/setup', { code: wrong, userName: 'passer.by', displayName: 'P', password: 'rice boat morning' })).body,
        ).toEqual(refused('wrong-code'));
      }
      const tries = await Promise.all(
        ['first', 'second'].map((userName) =>
          fresh
            .anonymous()
            .post('/api/setup', { code: ` ${code.toUpperCase()} `, userName, displayName: userName, password: 'rice boat morning' }),
        ),
      );
      expect(tries.map((answer) => answer.status).sort()).toEqual([201, 409]);
      expect((await anybody.get<Setup>('/api/setup')).body.needed).toBe(false);
      expect((await anybody.post('/api/setup', { code, userName: 'third', displayName: 'T', password: 'rice boat morning' })).body).toEqual(
        refused('already-set-up'),
      );
      const winner = await fresh.anonymous().signIn(tries[0]?.status === 201 ? 'first' : 'second', 'rice boat morning');
      expect((await winner.get<Me>('/api/me')).body).toMatchObject({ roles: ['administrator'], home: { code: 'XA' } });
      expect((await winner.get<{ rows: { action: string }[] }>('/api/audit')).body.rows.map((row) => row.action)).toContain(
        'accounts.set-up',
      );
    } finally {
      await fresh.close();
    }
  });

  it("shows the demo's passwords in a demo and nowhere else", async () => {
    const demoAccounts = [{ userName: 'mali', displayName: 'Mali', password: testPassword, role: 'coordinator' }];
    const demo = await startApp({ demo: true, accounts: false, demoAccounts });
    const real = await startApp({ demo: false, accounts: false, demoAccounts });
    try {
      expect((await demo.anonymous().get<Setup>('/api/setup')).body).toMatchObject({ demo: true, demoAccounts });
      expect((await real.anonymous().get<Setup>('/api/setup')).body).toMatchObject({ demo: false, demoAccounts: [] });
    } finally {
      await demo.close();
      await real.close();
    }
  });
});

describe('the sign-in library', () => {
  it('would create nothing beyond the reviewed migration', async () => {
    const pool = openPool(app.db.urls.auth, { max: 1, searchPath: 'auth' });
    try {
      const { toBeCreated, toBeAdded } = await getMigrations(libraryOptions({ pool, secret: 'x'.repeat(40), publicOrigin: null }));
      expect(toBeCreated).toEqual([]);
      expect(toBeAdded).toEqual([]);
    } finally {
      await pool.end();
    }
  });

  it('signs with a secret that is kept and that nobody else can read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'waymark-secret-'));
    try {
      const secret = sessionSecret(folder, undefined);
      expect(sessionSecret(folder, undefined)).toBe(secret);
      expect(statSync(join(folder, 'session-secret')).mode & 0o777).toBe(0o600);
      expect(readFileSync(join(folder, 'session-secret'), 'utf8')).toBe(secret);
      expect(() => sessionSecret(folder, 'short')).toThrow('32');
      writeFileSync(join(folder, 'session-secret'), 'oops');
      expect(() => sessionSecret(folder, undefined)).toThrow('too short');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, testPassword, type TestApp } from '../../../test/support/app.ts';
import type { Client } from '../../../test/support/client.ts';
import { codeOf, setUpApp } from '../../../test/support/second-proof.ts';
import { resetProof } from './reset-factors.ts';
import type { NewApp, SecondProof } from '../domain/proof.ts';

let now = new Date('2026-03-01T08:00:00Z');
let app: TestApp;
beforeAll(async () => {
  app = await startApp({ now: () => now, secondProof: true, trustProxy: '127.0.0.1' });
});
afterAll(() => app?.close());

const refused = (code: string) => expect.objectContaining({ type: `/problems/${code}` });
const later = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000);
};
const signIn = (name: string): Promise<Client> => app.anonymous().signIn(name, testPassword);
const wholeDoors = ['/api/accounts', '/api/places', '/api/imports', '/api/me/sessions', '/api/me/links', '/api/role-policy', '/api/audit'];

/** What her app shows from now on; waits for a step that was not used. */
const next = (secret: string): string => {
  later(30);
  return codeOf(secret, now);
};

async function actions(accountId: string): Promise<{ action: string; detail: Record<string, unknown> }[]> {
  const { rows } = await sql<{ action: string; detail: Record<string, unknown> }>`
    select action, detail from waymark.audit_entry where subject = ${accountId} and action like 'access.%' order by at, entry_id`.execute(
    app.db.owner,
  );
  return rows;
}

const secrets: string[] = [];

describe('Nok, an administrator without a second proof', () => {
  it('is let into half a session, which opens nothing but setting one up', async () => {
    const nok = await signIn('nok');
    const me = await nok.get('/api/me');
    expect(me.body).toMatchObject({ displayName: 'Nok', missing: 'enrolment', roles: [], rights: [], posts: [], home: null });
    for (const path of wholeDoors) expect([path, (await nok.get(path)).body]).toEqual([path, refused('second-proof-needed')]);
    expect((await nok.patch('/api/me', { locale: 'th' })).body).toEqual(refused('second-proof-needed'));
    expect((await nok.post('/api/me/recovery-codes')).body).toEqual(refused('second-proof-needed'));
    expect((await nok.post('/api/auth/sign-out')).status).toBe(200);
    expect((await nok.get('/api/me')).status).toBe(401);
  });

  it('sets an app up in it, gets ten codes for paper, and is in', async () => {
    const nok = await signIn('nok');
    const { secret, recoveryCodes } = await setUpApp(nok, now);
    secrets.push(secret, ...recoveryCodes);
    expect(recoveryCodes).toHaveLength(10);
    expect(new Set(recoveryCodes).size).toBe(10);
    expect((await nok.get('/api/me')).body).toMatchObject({ missing: null, roles: ['administrator'] });
    expect((await nok.get('/api/accounts')).status).toBe(200);

    const again = await signIn('nok');
    expect((await again.get('/api/me')).body).toMatchObject({ missing: 'proof' });
    expect((await again.get('/api/accounts')).body).toEqual(refused('second-proof-needed'));
    // With half a session nobody puts an app of her own in the place of the one that is asked for.
    for (const path of ['/api/me/app', '/api/me/passkeys/options'])
      expect([path, (await again.post(path)).body]).toEqual([path, refused('second-proof-needed')]);
    expect((await again.get<SecondProof>('/api/me/second-proof')).body).toMatchObject({ app: true, passkeys: [], fresh: false });
    const code = next(secret);
    expect((await again.post('/api/me/proof/code', { code })).status).toBe(204);
    expect((await again.get('/api/accounts')).status).toBe(200);

    const third = await signIn('nok');
    expect((await third.post('/api/me/proof/code', { code })).body).toEqual(refused('wrong-proof')); // used once is used up
    expect((await third.post('/api/me/proof/code', { code: recoveryCodes[0]?.toUpperCase() })).status).toBe(204);
    const fourth = await signIn('nok');
    expect((await fourth.post('/api/me/proof/code', { code: recoveryCodes[0] })).body).toEqual(refused('wrong-proof'));
    expect((await fourth.post('/api/me/proof/code', { code: recoveryCodes[1] })).status).toBe(204);
    expect((await fourth.get<SecondProof>('/api/me/second-proof')).body).toMatchObject({ recoveryCodesLeft: 8, asked: true });
  });

  it('has it all in the record of use, and no code or secret anywhere but where it belongs', async () => {
    const nok = await signIn('nok');
    const { body } = await nok.post<NewApp>('/api/me/app');
    expect(body).toEqual(refused('second-proof-needed'));
    const found = await actions(app.accountIds.administrator);
    expect(found.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['access.sign-in', 'access.app-added', 'access.second-proof', 'access.second-proof-refused']),
    );
    expect(found.find(({ action }) => action === 'access.sign-in')?.detail).toEqual({ missing: 'enrolment' });
    const {
      rows: [row],
    } = await sql<{ sealed: Buffer; codes: Buffer[] }>`
      select sealed, (select array_agg(digest) from auth.recovery_code) as codes from auth.totp`.execute(app.db.owner);
    expect(row?.sealed.length).toBe(12 + 16 + 20);
    expect(row?.codes.every((digest) => digest.length === 32)).toBe(true);
    expect(secrets).toHaveLength(11);
    for (const secret of secrets) expect(JSON.stringify(found) + app.logLines.join('')).not.toContain(secret);
  });
});

describe('codes of an app', () => {
  it('may be half a minute off, and not more', async () => {
    const mali = await signIn('mali');
    const { secret } = await setUpApp(mali, now);
    later(120);
    const attempt = async (seconds: number) => {
      const client = await signIn('mali');
      return (await client.post('/api/me/proof/code', { code: codeOf(secret, new Date(now.getTime() + seconds * 1000)) })).status;
    };
    expect(await attempt(-60)).toBe(403);
    expect(await attempt(60)).toBe(403);
    expect(await attempt(-30)).toBe(204);
    expect(await attempt(30)).toBe(204);
    expect(await attempt(0)).toBe(403); // older than one that was used
  });

  it('five wrong guesses let the account rest for that network, however often the password is right in between, and not for others', async () => {
    const dao = await signIn('dao');
    const { secret } = await setUpApp(dao, now);
    const from = async (address: string, code: string) => {
      const client = app.anonymous(),
        headers = { 'x-forwarded-for': address };
      await client.post('/api/auth/sign-in/username', { username: 'dao', password: testPassword }, headers);
      return (await client.post<{ type: string }>('/api/me/proof/code', { code }, headers)).body?.type;
    };
    for (let i = 0; i < 5; i++) expect(await from('198.51.100.7', '000000')).toBe('/problems/wrong-proof');
    expect(await from('198.51.100.7', codeOf(secret, now))).toBe('/problems/account-locked');
    expect(await from('203.0.113.5', next(secret))).toBeUndefined();
    later(31);
    expect(await from('198.51.100.7', next(secret))).toBeUndefined();
  });

  it('are not forgiven for a right password in between', async () => {
    const dao = await signIn('dao');
    for (let i = 0; i < 5; i++) {
      expect((await dao.post('/api/me/proof/password', { password: testPassword })).status).toBe(204);
      expect((await dao.post('/api/me/proof/code', { code: '000000' })).body).toEqual(refused('wrong-proof'));
    }
    expect((await dao.post('/api/me/proof/code', { code: '000000' })).body).toEqual(refused('account-locked'));
    later(3600);
  });

  it('guesses from twenty networks let it rest for everybody, though whoever guesses knows the password', async () => {
    await sql`update waymark.account set failed_sign_ins = 19 where user_name = 'dao'`.execute(app.db.owner);
    const client = app.anonymous(),
      headers = { 'x-forwarded-for': '192.0.2.99' };
    await client.post('/api/auth/sign-in/username', { username: 'dao', password: testPassword }, headers);
    for (let i = 0; i < 5; i++) await client.post('/api/me/proof/code', { code: '000000' }, headers);
    expect((await app.anonymous().post('/api/auth/sign-in/username', { username: 'dao', password: testPassword })).body).toEqual(
      refused('account-locked'),
    );
    later(3600);
  });

  it('sent many at once are counted one by one', async () => {
    const chai = await signIn('chai');
    await setUpApp(chai, now);
    later(60);
    const half = await signIn('chai');
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => half.post<{ type: string }>('/api/me/proof/code', { code: String(100_000 + i) })),
    );
    expect(answers.filter(({ body }) => body.type === '/problems/wrong-proof')).toHaveLength(5);
    later(3600);
  });
});

describe('what proves', () => {
  it('is changed only by somebody who has just proved it: a session found open is not enough', async () => {
    const som = await signIn('som'); // a district officer: nobody asks her, she wants it herself
    expect((await som.get('/api/me')).body).toMatchObject({ missing: null });
    later(11 * 60);
    expect((await som.post('/api/me/app')).body).toEqual(refused('fresh-proof-needed'));
    expect((await som.post('/api/me/proof/password', { password: 'a guess' })).body).toEqual(refused('wrong-proof'));
    expect((await som.post('/api/me/proof/password', { password: testPassword })).status).toBe(204);
    const { secret } = await setUpApp(som, now);
    later(11 * 60);
    for (const [method, path] of [
      ['POST', '/api/me/app'],
      ['DELETE', '/api/me/app'],
      ['POST', '/api/me/recovery-codes'],
      ['POST', '/api/me/passkeys/options'],
      ['POST', '/api/me/lost-phone'],
    ] as const)
      expect([path, (await som.send(method, path)).body]).toEqual([path, refused('fresh-proof-needed')]);
    // Now that there is a second proof, the password is not enough.
    expect((await som.post('/api/me/proof/password', { password: testPassword })).status).toBe(204);
    expect((await som.delete('/api/me/app')).body).toEqual(refused('fresh-proof-needed'));
    expect((await som.post('/api/me/proof/code', { code: next(secret) })).status).toBe(204);
    expect((await som.post<{ recoveryCodes: string[] }>('/api/me/recovery-codes')).body.recoveryCodes).toHaveLength(10);
    expect((await som.delete('/api/me/app')).status).toBe(204);
    expect((await signIn('som').then((client) => client.get('/api/me'))).body).toMatchObject({ missing: null });
  });

  it('is not taken away altogether where the role asks for it', async () => {
    const ploy = await signIn('ploy');
    const { secret } = await setUpApp(ploy, now);
    const nok = await proveNok();
    expect((await nok.send('PUT', '/api/role-policy/analyst', { asked: true })).status).toBe(200);
    expect((await ploy.post('/api/me/proof/code', { code: next(secret) })).status).toBe(204);
    expect((await ploy.delete('/api/me/app')).body).toEqual(refused('not-allowed'));
    expect((await ploy.get<SecondProof>('/api/me/second-proof')).body.app).toBe(true);
    await nok.send('PUT', '/api/role-policy/analyst', { asked: false });
    expect((await ploy.delete('/api/me/app')).status).toBe(204);
  });

  it('a ticket of one person or session is worth nothing in another, nor after a quarter of an hour', async () => {
    const [ploy, other] = [await signIn('ploy'), await signIn('ploy')];
    const { body } = await ploy.post<NewApp>('/api/me/app');
    const confirm = (client: Client, ticket = body.ticket) => client.send('PUT', '/api/me/app', { ticket, code: codeOf(body.secret, now) });
    expect((await confirm(other)).body).toEqual(refused('fresh-proof-needed'));
    expect((await confirm(ploy, `${body.ticket.slice(0, -2)}${body.ticket.endsWith('AA') ? 'BA' : 'AA'}`)).body).toEqual(
      refused('fresh-proof-needed'),
    );
    expect((await confirm(ploy, 'x')).body).toEqual(refused('fresh-proof-needed'));
    later(16 * 60);
    await ploy.post('/api/me/proof/password', { password: testPassword });
    expect((await confirm(ploy)).body).toEqual(refused('fresh-proof-needed'));
  });
});

describe('what proved, and was never answered', () => {
  const codesOf = async (): Promise<Buffer[]> => {
    const { rows } = await sql<{ digest: Buffer }>`
      select digest from auth.recovery_code where account_id = ${app.accountIds.coordinator} order by digest`.execute(app.db.owner);
    return rows.map(({ digest }) => digest);
  };

  it('is set up once, and its codes for paper come again, because nobody has seen the first', async () => {
    await sql`delete from auth.totp; delete from auth.recovery_code`.execute(app.db.owner);
    const mali = await signIn('mali');
    const { body } = await mali.post<NewApp>('/api/me/app');
    const confirm = () =>
      mali.send<{ recoveryCodes: string[] | null }>('PUT', '/api/me/app', { ticket: body.ticket, code: codeOf(body.secret, now) });
    const lost = (await confirm()).body.recoveryCodes!;
    expect(lost).toHaveLength(10);
    later(20);
    const again = (await confirm()).body.recoveryCodes!;
    expect([again.length, new Set([...lost, ...again]).size, (await codesOf()).length]).toEqual([10, 20, 10]);
    expect((await actions(app.accountIds.coordinator)).filter(({ action }) => action === 'access.app-added')).toHaveLength(2); // one before, here
    const half = await signIn('mali');
    expect((await half.post('/api/me/proof/code', { code: lost[0] })).body).toEqual(refused('wrong-proof'));
    expect((await half.post('/api/me/proof/code', { code: again[0] })).status).toBe(204);
    // One was used, so she has the paper: the same press once more takes nothing from it.
    expect((await confirm()).body).toEqual({ recoveryCodes: null });
    expect((await mali.post<{ recoveryCodes: string[] }>('/api/me/recovery-codes')).body.recoveryCodes).toHaveLength(10);
  });

  it('leaves the paper of an app before it alone', async () => {
    const mali = await signIn('mali');
    await sql`delete from auth.totp where account_id = ${app.accountIds.coordinator}`.execute(app.db.owner);
    const paper = await codesOf();
    expect(paper).toHaveLength(10);
    later(60);
    const { body } = await mali.post<NewApp>('/api/me/app');
    const confirm = () => mali.send('PUT', '/api/me/app', { ticket: body.ticket, code: codeOf(body.secret, now) });
    expect([(await confirm()).body, (await confirm()).body]).toEqual([{ recoveryCodes: null }, { recoveryCodes: null }]);
    expect(await codesOf()).toEqual(paper);
  });

  it('is told as done in the session that it proved, and nowhere else', async () => {
    const mali = await signIn('mali');
    const { body } = await mali.post<NewApp>('/api/me/app');
    expect(body).toEqual(refused('second-proof-needed'));
    await sql`delete from auth.totp where account_id = ${app.accountIds.coordinator}`.execute(app.db.owner);
    const { secret } = await setUpApp(mali, now);
    const paper = (await mali.post<{ recoveryCodes: string[] }>('/api/me/recovery-codes')).body.recoveryCodes;
    for (const code of [next(secret), paper[3]!]) {
      const [one, other] = [await signIn('mali'), await signIn('mali')];
      const prove = (client: Client) => client.post('/api/me/proof/code', { code });
      expect([(await prove(one)).status, (await prove(one)).status]).toEqual([204, 204]);
      expect((await prove(other)).body).toEqual(refused('wrong-proof'));
      expect((await other.get('/api/me')).body).toMatchObject({ missing: 'proof' });
      later(31);
      expect((await prove(one)).status).toBe(204);
      later(11 * 60); // and keeps nothing fresh
      expect((await prove(one)).body).toEqual(refused('wrong-proof'));
      expect((await one.post('/api/me/recovery-codes')).body).toEqual(refused('fresh-proof-needed'));
    }
    const left = await mali.get<SecondProof>('/api/me/second-proof');
    expect(left.body.recoveryCodesLeft).toBe(9);
  });
});

/** Nok as a whole administrator, whatever the tests before did to her app. */
async function proveNok(): Promise<Client> {
  await sql`delete from auth.totp where account_id = ${app.accountIds.administrator}`.execute(app.db.owner);
  const nok = await signIn('nok');
  await setUpApp(nok, now);
  return nok;
}

describe('of whom it is asked', () => {
  it('the administrator says, and it holds from the next request on', async () => {
    const nok = await proveNok(),
      ploy = await signIn('ploy');
    const { body } = await nok.get<{ rows: { role: string; asked: boolean }[] }>('/api/role-policy');
    expect(body.rows.filter(({ asked }) => asked).map(({ role }) => role)).toEqual([
      'administrator',
      'data_protection_officer',
      'coordinator',
      'case_worker',
      'partner_provider',
      'law_enforcement',
      'labour_inspector',
    ]);
    expect((await ploy.get('/api/me/sessions')).status).toBe(200);
    await nok.send('PUT', '/api/role-policy/analyst', { asked: true });
    expect((await ploy.get('/api/me/sessions')).body).toEqual(refused('second-proof-needed'));
    await nok.send('PUT', '/api/role-policy/analyst', { asked: false });
    expect((await ploy.get('/api/me/sessions')).status).toBe(200);
    expect((await nok.send('PUT', '/api/role-policy/emperor', { asked: false })).status).toBe(400);
  });

  it('of nobody in a demo, whose passwords everybody knows', async () => {
    const demo = await startApp({ demo: true, secondProof: true });
    try {
      const nok = await demo.as('administrator');
      expect((await nok.get('/api/me')).body).toMatchObject({ missing: null });
    } finally {
      await demo.close();
    }
  });
});

describe('who has lost phone and paper', () => {
  it('begins anew after a word at the server, signed out everywhere', async () => {
    const nok = await proveNok();
    await resetProof(app.access, 'nok');
    expect((await nok.get('/api/me')).status).toBe(401);
    const again = await signIn('nok');
    expect((await again.get('/api/me')).body).toMatchObject({ missing: 'enrolment' });
    expect((await actions(app.accountIds.administrator)).map(({ action }) => action)).toContain('access.proof-reset');
    await expect(resetProof(app.access, 'no.such')).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a lost data folder', () => {
  it('leaves apps that cannot be read: they prove nothing, paper of the old set neither, and nothing breaks', async () => {
    const chai = await signIn('chai');
    await sql`update auth.totp set sealed = ${Buffer.alloc(48, 7)} where account_id = ${app.accountIds.other_district_officer}`.execute(
      app.db.owner,
    );
    expect((await chai.post('/api/me/proof/code', { code: '123456' })).body).toEqual(refused('wrong-proof'));
  });
});

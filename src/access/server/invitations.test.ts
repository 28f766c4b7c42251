// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import type { Answer, Client } from '../../../test/support/client.ts';
import type { Account, Me } from '../domain/account.ts';
import type { AccountWithSlip, Slip, Volunteer, VolunteerWithSlip } from '../domain/invitation.ts';

let app: TestApp;
/** The administrator, the coordinator of the province, the officer of East Bay, and the coordinator of West Ridge. */
let nok: Client, mali: Client, som: Client, dao: Client;
beforeAll(async () => {
  app = await startApp({ everyRole: true });
  [nok, mali, som, dao] = await Promise.all([
    app.as('administrator'),
    app.as('coordinator'),
    app.as('district_officer'),
    app.as('other_coordinator'),
  ]);
}, 60_000);
afterAll(() => app?.close());

const refused = (code: string) => expect.objectContaining({ type: `/problems/${code}` });
const words = 'rice boat morning';
const reedPond = () => app.land.eastVillages[0].placeId;
const welcome = (userName: string, code: string, more: object = {}): Promise<Answer> =>
  app.anonymous().post('/api/welcome', { userName, code, password: words, ...more });
const invite = async (by: Client, displayName: string, more: object = {}): Promise<VolunteerWithSlip> => {
  const answer = await by.post<VolunteerWithSlip>('/api/volunteers', { displayName, placeId: reedPond(), ...more });
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  return answer.body;
};
const account = async (accountId: string): Promise<Account> =>
  (await nok.get<{ rows: Account[] }>('/api/accounts')).body.rows.find((row) => row.accountId === accountId)!;

describe('Som, the officer of East Bay, invites a volunteer', () => {
  it('whose user name is made from her name, and who chooses her own password and language', async () => {
    const { volunteer, slip } = await invite(som, 'มะลิ ใจดี');
    expect(slip).toMatchObject({ userName: expect.stringMatching(/^[a-z][a-z.]+$/), kind: 'invitation' });
    expect(slip.code).toMatch(/^[2-9a-z]{4}(-[2-9a-z]{4}){3}$/);
    expect(volunteer).toMatchObject({ places: [{ code: 'XA1101' }], code: { kind: 'invitation' }, disabled: false });
    const days = (Date.parse(slip.expiresAt) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(14);
    // No password opens the account before she came in.
    for (const password of ['', slip.code, 'null', words])
      expect(
        (await app.anonymous().post('/api/auth/sign-in/username', { username: slip.userName, password })).status,
      ).toBeGreaterThanOrEqual(400);
    expect(
      (await welcome(slip.userName.toUpperCase(), ` ${slip.code.toUpperCase().replaceAll('-', ' ')} `, { locale: 'th' })).body,
    ).toEqual({ welcome: true });
    const her = await app.anonymous().signIn(slip.userName, words);
    expect((await her.get<Me>('/api/me')).body).toMatchObject({ locale: 'th', roles: ['watch_volunteer'], home: { code: 'XA1101' } });
    // Used once.
    expect((await welcome(slip.userName, slip.code, { password: 'other words entirely' })).body).toEqual(refused('access-code-used'));
    expect((await account(slip.accountId)).code).toBeNull();
  });

  it('and neither the list nor the record holds the code', async () => {
    const { slip } = await invite(som, 'Pim');
    const everything = [await som.get('/api/volunteers'), await nok.get('/api/accounts'), await nok.get('/api/audit')]
      .map((each) => each.text)
      .join();
    expect(everything).not.toContain(slip.code);
    const { rows } = await sql<{ all: string }>`select c::text as all from waymark.access_code c`.execute(app.db.owner);
    for (const { all } of rows) expect(all).not.toContain(slip.code.replaceAll('-', ''));
    expect(app.logLines.join()).not.toContain(slip.code);
  });

  it('in her own villages only, and as a volunteer only', async () => {
    const west = await som.post('/api/volunteers', { displayName: 'Far', placeId: app.land.westVillages[0].placeId });
    expect([west.status, west.body]).toEqual([403, refused('outside-your-area')]);
    expect((await som.post('/api/volunteers', { displayName: 'Wide', placeId: app.land.east.placeId })).body).toEqual(refused('bad-input'));
    expect((await som.post('/api/volunteers', { displayName: 'X', placeId: reedPond(), role: 'administrator' })).body).toEqual(
      refused('bad-input'),
    );
    expect((await som.post('/api/volunteers', { displayName: 'Twin', userName: 'mali', placeId: reedPond() })).body).toEqual(
      refused('already-there'),
    );
    const { rows } = await sql`select from waymark.account where display_name in ('Far', 'Wide', 'Twin')`.execute(app.db.owner);
    expect(rows).toHaveLength(0);
  });

  it('twice: the second code voids the first, and is an invitation still', async () => {
    const { slip: first } = await invite(mali, 'Two Slips');
    const second = await som.post<Slip>(`/api/accounts/${first.accountId}/code`, {});
    expect([second.status, second.body.kind]).toEqual([201, 'invitation']);
    expect((await welcome(first.userName, first.code)).body).toEqual(refused('wrong-access-code'));
    expect((await welcome(first.userName, second.body.code)).status).toBe(200);
  });

  it('and shuts her out again, with whatever code was on its way', async () => {
    const { volunteer, slip } = await invite(som, 'Short Stay');
    expect((await dao.patch(`/api/volunteers/${volunteer.accountId}`, { disabled: true, version: volunteer.version })).body).toEqual(
      refused('not-found'),
    );
    expect((await som.patch(`/api/volunteers/${volunteer.accountId}`, { disabled: true, version: 99 })).body).toEqual(
      refused('changed-meanwhile'),
    );
    const path = `/api/volunteers/${volunteer.accountId}`;
    const shut = await som.patch<Volunteer>(path, { disabled: true, version: volunteer.version });
    expect(shut.body).toMatchObject({ disabled: true, code: null });
    expect((await welcome(slip.userName, slip.code)).body).toEqual(refused('wrong-access-code'));
    expect((await som.post(`/api/accounts/${volunteer.accountId}/code`, {})).body).toEqual(refused('bad-input'));
    await som.patch(path, { disabled: false, version: shut.body.version });
    const again = await som.post<Slip>(`/api/accounts/${volunteer.accountId}/code`, {});
    expect((await welcome(slip.userName, again.body.code)).status).toBe(200);
    expect((await som.patch(`/api/volunteers/${app.accountIds.analyst}`, { disabled: true, version: 1 })).body).toEqual(
      refused('not-found'),
    );
  });
});

describe('a way back', () => {
  it('ends every session, and the old password', async () => {
    const { slip } = await invite(som, 'Lost Words');
    await welcome(slip.userName, slip.code);
    const before = await app.anonymous().signIn(slip.userName, words);
    const back = (await mali.post<Slip>(`/api/accounts/${slip.accountId}/code`, {})).body;
    expect(back.kind).toBe('recovery');
    expect(Math.round((Date.parse(back.expiresAt) - Date.now()) / 3_600_000)).toBe(24);
    expect((await before.get('/api/me')).status).toBe(200);
    expect((await welcome(slip.userName, back.code, { password: 'password12' })).body).toEqual(refused('weak-password'));
    expect((await welcome(slip.userName, back.code, { password: 'another quiet lamp' })).status).toBe(200);
    expect((await before.get('/api/me')).status).toBe(401);
    expect((await app.anonymous().post('/api/auth/sign-in/username', { username: slip.userName, password: words })).status).toBe(401);
    await app.anonymous().signIn(slip.userName, 'another quiet lamp');
    const { rows } = await sql<{ action: string; actor: string; subject: string }>`
      select action, actor_id as actor, subject from waymark.audit_entry
      where subject = ${slip.accountId} and action in ('accounts.invite', 'accounts.issue-code', 'access.code-used') order by at, entry_id`.execute(
      app.db.owner,
    );
    expect(rows.map(({ action, actor }) => [action, actor])).toEqual([
      ['accounts.invite', app.accountIds.district_officer],
      ['access.code-used', slip.accountId],
      ['accounts.issue-code', app.accountIds.coordinator],
      ['access.code-used', slip.accountId],
    ]);
  });

  it('for a lost phone signs whoever has it out at once', async () => {
    const { slip } = await invite(som, 'Lost Phone');
    await welcome(slip.userName, slip.code);
    const phone = await app.anonymous().signIn(slip.userName, words);
    expect((await som.post(`/api/accounts/${slip.accountId}/code`, { phoneLost: true })).status).toBe(201);
    expect((await phone.get('/api/me')).status).toBe(401);
  });

  it('is given by officers to volunteers of their area, by administrators to everybody, by nobody to herself', async () => {
    const ask = async (by: Client, who: keyof TestApp['accountIds']) =>
      (await by.post(`/api/accounts/${app.accountIds[who]}/code`, {})).status;
    expect([await ask(som, 'watch_volunteer'), await ask(mali, 'other_watch_volunteer')]).toEqual([201, 201]);
    expect([await ask(som, 'other_watch_volunteer'), await ask(dao, 'watch_volunteer')]).toEqual([404, 404]);
    for (const who of ['district_officer', 'coordinator', 'administrator', 'case_worker', 'analyst'] as const)
      expect([who, await ask(mali, who)]).toEqual([who, who === 'coordinator' ? 403 : 404]);
    expect(await ask(nok, 'coordinator')).toBe(201);
    expect(await ask(nok, 'administrator')).toBe(403);
    expect(await ask(await app.as('watch_volunteer'), 'other_watch_volunteer')).toBe(403);
  });

  it('runs out', async () => {
    const { slip } = await invite(som, 'Too Late');
    await sql`update waymark.access_code set expires_at = now() - interval '1 second' where account_id = ${slip.accountId}`.execute(
      app.db.owner,
    );
    expect((await welcome(slip.userName, slip.code)).body).toEqual(refused('wrong-access-code'));
    expect(
      (await som.get<{ rows: Volunteer[] }>('/api/volunteers')).body.rows.find((row) => row.accountId === slip.accountId)?.code,
    ).toMatchObject({ kind: 'invitation' });
  });

  it('lasts as long as the installation says, for codes from then on', async () => {
    expect((await nok.get('/api/code-times')).body).toEqual({ invitationDays: 14, recoveryHours: 24 });
    expect((await nok.patch('/api/code-times', { invitationDays: 0, recoveryHours: 24 })).body).toEqual(refused('bad-input'));
    expect((await nok.patch('/api/code-times', { invitationDays: 3, recoveryHours: 2 })).body).toEqual({
      invitationDays: 3,
      recoveryHours: 2,
    });
    const { slip } = await invite(som, 'Quick One');
    expect(Math.round((Date.parse(slip.expiresAt) - Date.now()) / 86_400_000)).toBe(3);
    await nok.patch('/api/code-times', { invitationDays: 14, recoveryHours: 24 });
  });
});

describe('an administrator invites', () => {
  it('anybody to any post, and a new password from her hand voids the code', async () => {
    const made = await nok.post<AccountWithSlip>('/api/accounts/invitations', {
      userName: 'wan',
      displayName: 'Wan',
      role: 'district_officer',
      placeId: app.land.east.placeId,
    });
    expect(made.body.account).toMatchObject({ code: { kind: 'invitation' }, posts: [{ role: 'district_officer' }] });
    const { body } = await nok.post<{ password: string }>(`/api/accounts/${made.body.account.accountId}/password`);
    expect((await welcome('wan', made.body.slip.code)).body).toEqual(refused('wrong-access-code'));
    expect((await account(made.body.account.accountId)).code).toBeNull();
    await app.anonymous().signIn('wan', body.password);
  });
});

describe('guesses at codes', () => {
  it('are answered alike for names that exist, that do not, that are disabled, and that have no code', async () => {
    const { slip, volunteer } = await invite(som, 'Guessed At');
    const { volunteer: out } = await invite(som, 'Shut Out');
    await som.patch(`/api/volunteers/${out.accountId}`, { disabled: true, version: out.version });
    const answers = [];
    for (const name of [slip.userName, 'nobody.at.all', out.userName, 'ploy']) {
      const began = performance.now();
      const answer = await welcome(name, 'aaaa-bbbb-cccc-dddd');
      answers.push([answer.status, answer.text.replace(/"instance":"[^"]*"/, '')]);
      expect(performance.now() - began).toBeGreaterThan(95);
    }
    expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(volunteer.disabled).toBe(false);
  });

  it('let a name rest from the fifth in a row, also with the right code, all at once or one by one', async () => {
    const { slip } = await invite(som, 'Five Guesses');
    const guesses = await Promise.all(Array.from({ length: 9 }, () => welcome(slip.userName, 'aaaa-bbbb-cccc-dddd')));
    expect(guesses.filter((answer) => answer.status === 401)).toHaveLength(5);
    expect(guesses.filter((answer) => answer.status === 423)).toHaveLength(4);
    expect((await welcome(slip.userName, slip.code)).body).toEqual(refused('account-locked'));
    for (let i = 0; i < 6; i++) await welcome('nobody.ever', 'aaaa-bbbb-cccc-dddd');
    expect((await welcome('nobody.ever', 'aaaa-bbbb-cccc-dddd')).body).toEqual(refused('account-locked'));
    // Her officer's next code is a clean slate.
    const next = (await som.post<Slip>(`/api/accounts/${slip.accountId}/code`, {})).body;
    expect((await welcome(slip.userName, next.code)).status).toBe(200);
  });

  it('are written down without a code in them, and a flood once a rest', async () => {
    const { slip } = await invite(som, 'Flooded');
    for (let i = 0; i < 12; i++) await welcome(slip.userName, 'aaaa-bbbb-cccc-dddd');
    const { rows } = await sql<{ reason: string; n: number }>`
      select detail ->> 'reason' as reason, count(*)::int as n from waymark.audit_entry where action = 'access.code-refused' and subject = ${slip.accountId} group by 1`.execute(
      app.db.owner,
    );
    expect(rows).toEqual([{ reason: 'wrong', n: 5 }]);
  });
});

describe('a village behind one address', () => {
  it('is not locked out by guesses, neither hers nor a stranger far away', async () => {
    const far = await startApp({ trustProxy: '127.0.0.1', everyRole: true });
    try {
      const officer = await far.as('district_officer');
      const placeId = far.land.eastVillages[0].placeId;
      const slips: Slip[] = [];
      for (const displayName of ['Aom', 'Bua', 'Chan'])
        slips.push((await officer.post<VolunteerWithSlip>('/api/volunteers', { displayName, placeId })).body.slip);
      const from = (address: string, { userName, code }: { userName: string; code: string }) =>
        far.anonymous().post('/api/welcome', { userName, code, password: words }, { 'x-forwarded-for': address });
      const [aom, bua, chan] = slips as [Slip, Slip, Slip];
      // A stranger who knows the names guesses at all of them; then somebody in the village mistypes her own.
      await Promise.all(
        slips.map(async ({ userName }) => {
          for (let i = 0; i < 6; i++) await from('198.51.100.7', { userName, code: 'aaaa-bbbb-cccc-dddd' });
        }),
      );
      for (let i = 0; i < 6; i++) await from('203.0.113.20', { userName: aom.userName, code: 'aaaa-bbbb-cccc-dddd' });
      expect((await from('203.0.113.20', aom)).status).toBe(423);
      expect((await from('203.0.113.20', bua)).status).toBe(200);
      expect((await from('203.0.113.20', chan)).status).toBe(200);
      // From her phone's own network she comes in at once.
      expect((await from('192.0.2.77', aom)).status).toBe(200);
    } finally {
      await far.close();
    }
  }, 60_000);
});

describe('what an administrator decided', () => {
  const post = (accountId: string, version: number, role: string, placeId: string) =>
    nok.post<Account>(`/api/accounts/${accountId}/posts`, { role, placeId, version });

  it('holds against the officer: the code in her hand opens no other post than the volunteer had', async () => {
    const { slip } = await invite(som, 'Going Up');
    const before = await account(slip.accountId);
    const ended = await nok.delete<Account>(
      `/api/accounts/${slip.accountId}/posts/${before.posts[0]?.postId ?? ''}?version=${before.version}`,
    );
    expect((await post(slip.accountId, ended.body.version, 'coordinator', app.land.province.placeId)).status).toBe(201);
    expect((await welcome(slip.userName, slip.code)).body).toEqual(refused('wrong-access-code'));
    expect((await account(slip.accountId)).code).toBeNull();
  });

  it('holds against the officer: whom an administrator shut out she does not let in again', async () => {
    const { slip, volunteer } = await invite(som, 'Shut Out');
    const change = (by: Client, path: string, disabled: boolean, version: number) =>
      by.patch<{ version: number }>(path, { disabled, version });
    const own = `/api/volunteers/${volunteer.accountId}`;
    const out = await change(som, own, true, volunteer.version);
    const back = await change(som, own, false, out.body.version);
    expect([out.status, back.status]).toEqual([200, 200]);
    expect((await change(nok, `/api/accounts/${slip.accountId}`, true, back.body.version)).status).toBe(200);
    const { version } = await account(slip.accountId);
    expect((await change(som, own, false, version)).body).toEqual(refused('not-allowed'));
    expect((await change(nok, `/api/accounts/${slip.accountId}`, false, version)).status).toBe(200);
  });
});

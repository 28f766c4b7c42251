// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Account, Me } from '../src/access/domain/account.ts';
import type { OwnAccount, OwnAccountWithSlip } from '../src/access/domain/own-account.ts';
import { acts, ownAccountAllowed, speakers, useRefused, useStands, type ConsentEvent } from '../src/people/domain/consent.ts';
import type { OwnPage } from '../src/people/domain/own-page.ts';
import type { PersonRecord } from '../src/people/domain/person-record.ts';
import type { PersonRequest } from '../src/people/domain/request.ts';
import type { DuplicatePage } from '../src/people/domain/duplicate.ts';
import { installInstruments } from '../src/risk/server/index.ts';
import { closeAccessOfBackup, createAccount, findActor } from '../src/access/server/index.ts';
import { withActor } from '../src/platform/server/db.ts';
import type { Tx } from '../src/platform/server/endpoint.ts';
import { aBasis } from './support/basis.ts';
import { startApp, type PersonName, type TestApp } from './support/app.ts';
import { daysFromToday } from './support/days.ts';
import type { Answer, Client } from './support/client.ts';
import { identityOf, mergeBody, writtenTwice, type WrittenTwice } from './support/written-twice.ts';

/** Ratana, case worker, gives people in her care accounts of their own. Made names: nobody is called so. */
let app: TestApp;
let twice: WrittenTwice;
let ratana: Client, som: Client, nok: Client;
let regionId: number;
beforeAll(async () => {
  app = await startApp({ everyRole: true });
  await installInstruments(app.db.owner, uuidv7);
  twice = await writtenTwice(app);
  [ratana, som, nok] = [await app.as('case_worker'), await app.as('district_officer'), await app.as('administrator')];
  ({ regionId } = app.land.east);
}, 90_000);
afterAll(() => app?.close());

const refused = (code: string) => expect.objectContaining({ type: `/problems/${code}` });
const words = 'rice boat morning';
const asked = { wished: true, phoneIsSafe: true };
let made = 0;
/** Somebody of Reed Pond in the care of Ratana. */
async function inCare(more: { bornOn?: string; called?: string } = {}): Promise<string> {
  const name = more.called ?? `Somebody ${String.fromCharCode(97 + (made % 26), 97 + (made++ % 25))}anovich`;
  const { personId } = await twice.register(
    'district_officer',
    app.land.eastVillages[0].placeId,
    identityOf(name, { phones: more.called ? ['081 999 1234'] : [] }),
  );
  const answer = await som.post(`/api/people/${regionId}/${personId}/assignments`, {
    assignmentId: uuidv7(),
    accountId: app.accountIds.case_worker,
  });
  expect(answer.status).toBe(201);
  // She turns out to be a child once she is in care.
  if (more.bornOn) await sql`update waymark.person set born_on = ${more.bornOn} where person_id = ${personId}`.execute(app.db.owner);
  return personId;
}
const path = (personId: string) => `/api/people/${regionId}/${personId}/account`;
const invite = (personId: string, by = ratana): Promise<Answer<OwnAccountWithSlip>> => by.post<OwnAccountWithSlip>(path(personId), asked);
async function comeIn({ body: { slip } }: Answer<OwnAccountWithSlip>): Promise<Client> {
  expect((await app.anonymous().post('/api/welcome', { userName: slip.userName, code: slip.code, password: words })).status).toBe(200);
  return app.anonymous().signIn(slip.userName, words);
}
const isOut = async (her: Client, personId: string): Promise<void> => {
  expect([(await her.get('/api/own')).status, (await her.get(`/api/people/${regionId}/${personId}`)).status]).toEqual([401, 401]);
};
const ended = async (personId: string): Promise<number> => {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from waymark.audit_entry
    where action = 'people.own-account-ended' and subject = ${personId}`.execute(app.db.owner);
  return rows[0]?.n ?? -1;
};
const ask = (her: Client, personId: string, kind: string, more: object = {}) =>
  her.post<PersonRequest[]>(`/api/people/${regionId}/${personId}/requests`, {
    requestId: uuidv7(),
    kind,
    byWhom: 'self',
    ...more,
  });

describe('Ratana, case worker', () => {
  it('gives somebody in her care an account that says nothing of who she is', async () => {
    const personId = await inCare();
    expect((await ratana.get<OwnAccount[]>(path(personId))).body).toEqual([]);
    const invited = await invite(personId);
    expect([invited.status, invited.text]).toEqual([201, expect.any(String)]);
    const { slip, accounts } = invited.body;
    expect(slip).toMatchObject({ userName: expect.stringMatching(/^([a-z]{2}){3}\d{3}$/), displayName: slip.userName, kind: 'invitation' });
    expect(accounts).toMatchObject([{ userName: slip.userName, cameIn: false, code: { kind: 'invitation' } }]);
    const her = await comeIn(invited);
    expect((await her.get<Me>('/api/me')).body).toMatchObject({ roles: ['person'], home: expect.anything(), displayName: slip.userName });
    const { body } = await her.get<OwnPage>('/api/own');
    expect(body).toMatchObject({ record: { personId, assignments: [{ kind: 'self' }] }, caseWorkers: ['Ratana'] });
    expect((await ratana.get<OwnAccount[]>(path(personId))).body).toMatchObject([{ cameIn: true, code: null }]);
    expect((await invite(personId)).body).toEqual(refused('already-there'));
    // Nobody else in the register is hers to see.
    expect((await her.get(`/api/people/${regionId}/${await inCare()}`)).status).toBe(404);
  });

  it('only after asking her both things, and only people in her own care', async () => {
    const personId = await inCare();
    for (const body of [{}, { wished: true }, { wished: true, phoneIsSafe: false }])
      expect((await ratana.post(path(personId), body)).body).toEqual(refused('bad-input'));
    const stranger = await twice.register('district_officer', app.land.eastVillages[0].placeId, identityOf('Somebody Strange'));
    expect((await invite(stranger.personId)).body).toEqual(refused('not-found'));
    for (const by of [som, nok, await app.as('coordinator'), await app.as('watch_volunteer'), await app.as('partner_provider')])
      expect((await invite(personId, by)).body).toEqual(refused('not-allowed'));
  });

  it('gives her a new way in, and whoever runs the accounts does not let herself in', async () => {
    const personId = await inCare();
    const invited = await invite(personId);
    const { accountId } = invited.body.slip;
    const her = await comeIn(invited);
    for (const door of ['code', 'password', 'links'])
      expect(
        (await nok.post(`/api/accounts/${accountId}/${door}`, door === 'links' ? { subject: 'nok' } : {})).status,
      ).toBeGreaterThanOrEqual(403);
    expect((await nok.post(`/api/accounts/${accountId}/code`, {})).body).toEqual(refused('not-allowed'));
    expect((await nok.post(`/api/accounts/${accountId}/password`, {})).body).toEqual(refused('not-allowed'));
    expect((await her.get('/api/own')).status).toBe(200);
    const again = await ratana.post<OwnAccountWithSlip>(`${path(personId)}/code`, { accountId, phoneIsSafe: true });
    expect([again.status, again.body.slip.kind]).toEqual([201, 'recovery']);
    const back = await comeIn(again);
    expect([(await her.get('/api/own')).status, (await back.get('/api/own')).status]).toEqual([401, 200]);
    // The list of accounts tells the administrator a role and a name of chance, and nothing of whose it is.
    const row = (await nok.get<{ rows: Account[] }>('/api/accounts')).body.rows.find((each) => each.accountId === accountId);
    expect(JSON.stringify(row)).not.toMatch(new RegExp(`${personId}|anovich`));
  });

  it('ends it: the person is out at once, and for good', async () => {
    const personId = await inCare();
    const invited = await invite(personId);
    const her = await comeIn(invited);
    expect((await ratana.delete<OwnAccount[]>(path(personId))).body).toEqual([]);
    await isOut(her, personId);
    expect(await ended(personId)).toBe(1);
    const { accountId, userName } = invited.body.slip;
    const stored = (await nok.get<{ rows: Account[] }>('/api/accounts')).body.rows.find((each) => each.accountId === accountId)!;
    expect(stored).toMatchObject({ disabled: true, displayName: '-', posts: [] });
    await nok.patch(`/api/accounts/${accountId}`, { disabled: false, version: stored.version });
    for (const name of [userName, stored.userName])
      expect((await app.anonymous().post('/api/auth/sign-in/username', { username: name, password: words })).status).toBe(401);
    expect((await invite(personId)).status).toBe(201);
  });
});

describe('she', () => {
  it('reads everything, also what is private, and who looked', async () => {
    const personId = await inCare();
    const visit = {
      assessmentId: uuidv7(),
      subjectKind: 'person',
      subjectId: personId,
      regionId,
      instrument: 'household-28',
      answers: { school_attendance: 2, stigma_or_past_exploitation: 3 },
      observedAt: '2026-03-01T09:00:00Z',
    };
    expect((await som.post('/api/assessments', visit)).status).toBeLessThan(300);
    await som.get(`/api/people/${regionId}/${personId}/identity`);
    const her = await comeIn(await invite(personId));
    const printed = await her.get(`/api/people/${regionId}/${personId}/printout`);
    // Two private questions are about the household: what others of it said is not for this page (own-household.test.ts).
    expect(printed.text).toContain('"hidden":2');
    const { readings } = (await her.get<OwnPage>('/api/own')).body;
    expect(readings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ role: 'district_officer', times: 1 }),
        expect.objectContaining({ role: 'person', times: 1 }),
      ]),
    );
  });

  it('takes back what she agreed to, and cannot be made to agree by whoever holds her phone', async () => {
    const personId = await inCare();
    const her = await comeIn(await invite(personId));
    const word = { eventId: uuidv7(), purpose: 'contact' };
    expect((await her.post('/api/own/consents', { ...word, act: 'given' })).body).toEqual(refused('bad-input'));
    expect((await her.post('/api/own/consents', word)).body).toEqual({ accountStands: true });
    expect((await her.post('/api/own/consents', word)).status).toBe(201); // sent twice is once
    const { consents } = (await her.get<PersonRecord>(`/api/people/${regionId}/${personId}`)).body;
    expect(consents.filter(({ purpose }) => purpose === 'contact')).toMatchObject([{ act: 'withdrawn', byWhom: 'self' }, {}]);
    expect((await her.post(`/api/people/${regionId}/${personId}/consents`, { ...word, act: 'given' })).status).toBe(403);
    // Taking back that a record is kept asks for it to be erased, and meanwhile it is used no further; she reads here what is answered.
    expect((await her.post('/api/own/consents', { eventId: uuidv7(), purpose: 'register' })).body).toEqual({ accountStands: true });
    expect((await ratana.get<PersonRecord>(`/api/people/${regionId}/${personId}`)).body).toMatchObject({
      restricted: 'withdrawal',
      may: { assess: false },
    });
    expect((await her.get<PersonRequest[]>(`/api/people/${regionId}/${personId}/requests`)).body).toMatchObject([
      { kind: 'erasure', byWhom: 'self', state: 'open' },
    ]);
  });

  it('asks for something to be set right, takes it back, and decides nothing', async () => {
    const personId = await inCare();
    const her = await comeIn(await invite(personId));
    const [request] = (await ask(her, personId, 'correction', { about: 'birth' })).body;
    const at = `/api/people/${regionId}/${personId}/requests/${request!.requestId}`;
    expect((await her.post(`${at}/done`, { version: 1 })).status).toBe(403);
    expect((await her.post<PersonRequest[]>(`${at}/withdrawn`, { version: 1 })).body).toMatchObject([{ state: 'withdrawn' }]);
  });

  it('ends it herself; her record stays', async () => {
    const personId = await inCare();
    const her = await comeIn(await invite(personId));
    expect((await her.delete('/api/own/account')).status).toBe(204);
    await isOut(her, personId);
    expect((await ratana.get<PersonRecord>(`/api/people/${regionId}/${personId}`)).body.state).toBe('here');
  });

  it('is signed out after a quarter of an hour without a page, and after an hour in any case', async () => {
    const personId = await inCare();
    const invited = await invite(personId);
    const { accountId, userName } = invited.body.slip;
    const her = await comeIn(invited);
    const seenBefore = (minutes: number) =>
      sql`update auth.session_state set seen_at = now() - make_interval(mins => ${minutes})
      where session_id in (select "id" from auth."session" where "userId" = ${accountId})`.execute(app.db.owner);
    await seenBefore(14);
    expect((await her.get('/api/own')).status).toBe(200);
    await seenBefore(16);
    expect((await her.get('/api/own')).status).toBe(401);
    await seenBefore(0);
    expect((await her.get('/api/own')).status).toBe(401); // gone, not asleep
    const later = await app.anonymous().signIn(userName, words);
    await sql`update auth."session" set "createdAt" = now() - interval '61 minutes' where "userId" = ${accountId}`.execute(app.db.owner);
    expect((await later.get('/api/own')).status).toBe(401);
  });
});

describe('her account is shut', () => {
  it.each([
    ['when she objects', (personId: string, her: Client) => ask(her, personId, 'objection')],
    [
      'when she dies',
      async (personId: string) => {
        const { version } = (await som.get<PersonRecord>(`/api/people/${regionId}/${personId}`)).body;
        return som.post(`/api/people/${regionId}/${personId}/state`, { state: 'died', onDate: '2026-01-15', version });
      },
    ],
  ])('%s', async (_, act) => {
    const personId = await inCare();
    const her = await comeIn(await invite(personId));
    const answer = await act(personId, her);
    expect([answer.status < 300, answer.text]).toEqual([true, answer.text]);
    await isOut(her, personId);
    expect(await ended(personId)).toBe(1);
  });

  it('when she is erased', async () => {
    const personId = await inCare();
    const her = await comeIn(await invite(personId));
    const [request] = (await ask(her, personId, 'erasure')).body;
    const kanya = await app.as('data_protection_officer');
    const done = await kanya.post(`/api/data-protection/requests/${regionId}/${request!.requestId}/erase`, {
      version: request!.version,
      number: request!.number,
    });
    expect([done.status < 300, done.text]).toEqual([true, done.text]);
    await isOut(her, personId);
  });

  it('when two records are joined, whichever stays; and what was given since, when they are two again', async () => {
    const [first, second] = [await inCare({ called: 'Kanda Rueangrong' }), await inCare({ called: 'Kanda Rueangrong' })];
    const both = await Promise.all([first, second].map(async (each) => comeIn(await invite(each))));
    await twice.compare();
    const [pair] = (await som.get<DuplicatePage>('/api/people/duplicates')).body.rows.filter(({ a, b }) =>
      [a, b].every(({ personId }) => [first, second].includes(personId)),
    );
    const stays = pair!.a.personId === first ? 'a' : 'b';
    const merged = await som.post<{ mergeId: string }>(`/api/people/duplicates/${pair!.pairId}/merge`, mergeBody(pair!, { stays }));
    expect([merged.status, merged.text]).toEqual([200, merged.text]);
    for (const her of both) await isOut(her, first);
    const anew = await comeIn(await invite(first));
    const back = await som.post(`/api/people/${regionId}/${first}/merges/${merged.body.mergeId}/take-back`, {});
    expect([back.status < 300, back.text]).toEqual([true, back.text]);
    await isOut(anew, first);
    expect((await ratana.get<OwnAccount[]>(path(second))).body).toEqual([]);
  });
});

describe('whoever runs the accounts', () => {
  const doors = ['code', 'password', 'posts'] as const;
  const stored = async (accountId: string): Promise<Account> => {
    const { rows } = (await nok.get<{ rows: Account[] }>('/api/accounts')).body;
    return rows.find((each) => each.accountId === accountId)!;
  };

  it('gives nobody a way to a record, neither by a new account nor by a post', async () => {
    const more = { displayName: 'Somebody', role: 'person' };
    expect((await nok.post('/api/accounts', { ...more, userName: 'somebody.one' })).body).toEqual(refused('bad-input'));
    expect((await nok.post('/api/accounts/invitations', { ...more, userName: 'somebody.two' })).body).toEqual(refused('bad-input'));
    const { account } = (await nok.post<{ account: Account }>('/api/accounts', { userName: 'somebody.three', displayName: 'Somebody' }))
      .body;
    const post = { role: 'person', placeId: null, version: account.version };
    expect((await nok.post(`/api/accounts/${account.accountId}/posts`, post)).body).toEqual(refused('bad-input'));
  });

  it('ends an account with its post, for good, and does not come in by what is left of it', async () => {
    const personId = await inCare();
    const invited = await invite(personId);
    const her = await comeIn(invited);
    const { accountId } = invited.body.slip;
    const { posts, version } = await stored(accountId);
    const to = { userName: 'somebody.four', displayName: 'Somebody' };
    expect((await nok.post(`/api/accounts/${accountId}/posts/${posts[0]!.postId}/hand-over`, { version, to })).status).toBe(400);
    expect((await her.get('/api/own')).status).toBe(200);
    expect((await nok.delete(`/api/accounts/${accountId}/posts/${posts[0]!.postId}?version=${version}`)).status).toBe(200);
    await isOut(her, personId);
    expect([await ended(personId), (await ratana.get<OwnAccount[]>(path(personId))).body]).toEqual([1, []]);
    const left = await stored(accountId);
    expect(left).toMatchObject({ disabled: true, posts: [] });
    await nok.patch(`/api/accounts/${accountId}`, { disabled: false, version: left.version });
    for (const role of ['person', 'analyst'])
      for (const door of doors) {
        const body = door === 'posts' ? { role, placeId: null, version: (await stored(accountId)).version } : {};
        const answer = await nok.post(`/api/accounts/${accountId}/${door}`, body);
        expect([door, answer.status]).toEqual([door, role === 'person' && door === 'posts' ? expect.any(Number) : 403]);
        expect(answer.status).toBeGreaterThanOrEqual(400);
      }
  });
});

describe('when her case worker goes', () => {
  const workers = () => sql<{ accountId: string }>`select account_id as "accountId" from waymark.account where user_name = 'wipa'`;
  /** Wipa, another case worker, with somebody in her care whom she gave an account. */
  async function ofWipa() {
    const password = 'lantern river forty two';
    const { organisationId } = (
      await sql<{ organisationId: string }>`select organisation_id as "organisationId" from waymark.organisation limit 1`.execute(
        app.db.owner,
      )
    ).rows[0]!;
    const known = (await workers().execute(app.db.owner)).rows[0]?.accountId;
    const accountId =
      known ??
      (await createAccount(app.access, { userName: 'wipa', displayName: 'Wipa', role: 'case_worker', organisationId, password })).accountId;
    const wipa = await app.anonymous().signIn('wipa', password);
    const personId = await inCare();
    const assignmentId = uuidv7();
    expect((await som.post(`/api/people/${regionId}/${personId}/assignments`, { assignmentId, accountId })).status).toBe(201);
    const view = async () => (await nok.get<{ rows: Account[] }>('/api/accounts')).body.rows.find((each) => each.accountId === accountId)!;
    return { wipa, accountId, personId, assignmentId, view, invited: await invite(personId, wipa) };
  }

  it('the account she gave ends with her care, and its code with it; the next one invites anew', async () => {
    const { personId, assignmentId, invited } = await ofWipa();
    const { userName, code } = invited.body.slip;
    expect((await som.delete(`/api/people/${regionId}/${personId}/assignments/${assignmentId}`)).status).toBe(200);
    expect((await app.anonymous().post('/api/welcome', { userName, code, password: words })).status).toBeGreaterThanOrEqual(400);
    expect([await ended(personId), (await invite(personId)).status]).toEqual([1, 201]);
  });

  it('so does an account of a colleague for which she gave a new code', async () => {
    const { wipa, personId, assignmentId } = await ofWipa();
    await ratana.delete(path(personId));
    const { accountId } = (await invite(personId)).body.slip;
    const again = await wipa.post<OwnAccountWithSlip>(`${path(personId)}/code`, { accountId, phoneIsSafe: true });
    const her = await comeIn(again);
    await som.delete(`/api/people/${regionId}/${personId}/assignments/${assignmentId}`);
    await isOut(her, personId);
  });

  it('so does every account she gave, when she is shut out or her post ends', async () => {
    const shut = await ofWipa();
    const [hers, ratanas] = [await comeIn(shut.invited), await inCare()];
    const stays = await comeIn(await invite(ratanas));
    const at = `/api/accounts/${shut.accountId}`;
    expect((await nok.patch(at, { disabled: true, version: (await shut.view()).version })).status).toBe(200);
    await isOut(hers, shut.personId);
    await nok.patch(at, { disabled: false, version: (await shut.view()).version });
    const left = await ofWipa();
    const theirs = await comeIn(left.invited);
    const { version, posts } = await left.view();
    expect((await nok.delete(`${at}/posts/${posts[0]!.postId}?version=${version}`)).status).toBe(200);
    await isOut(theirs, left.personId);
    expect((await stays.get('/api/own')).status).toBe(200);
  });
});

describe('somebody who held her phone', () => {
  it('cannot leave a way in behind: her account opens by its password alone', async () => {
    const personId = await inCare();
    const taker = await comeIn(await invite(personId));
    for (const [method, door] of [
      ['POST', 'app'],
      ['PUT', 'app'],
      ['POST', 'passkeys/options'],
      ['POST', 'recovery-codes'],
    ] as const) {
      const body = method === 'PUT' ? { ticket: 'made-up', code: '123456' } : undefined;
      expect([door, (await taker.send(method, `/api/me/${door}`, body)).body]).toEqual([door, refused('not-allowed')]);
    }
    const policy = await nok.send('PUT', '/api/role-policy/person', { asked: true });
    expect(policy.body).toEqual(refused('bad-input'));
  });

  it('is out when a new code is given, and whatever was left behind opens nothing once it is used', async () => {
    const personId = await inCare();
    const invited = await invite(personId);
    const taker = await comeIn(invited);
    const { accountId } = invited.body.slip;
    await sql`insert into auth.outside_identity (link_id, account_id, issuer, subject, made_by, made_at)
      values (${uuidv7()}, ${accountId}, 'https://elsewhere.example', ${personId}, 'set-up', now())`.execute(app.db.owner);
    await sql`insert into auth.recovery_code (account_id, digest) values (${accountId}, 'digest')`.execute(app.db.owner);
    const again = await ratana.post<OwnAccountWithSlip>(`${path(personId)}/code`, { accountId, phoneIsSafe: true });
    expect((await taker.get('/api/own')).status).toBe(401);
    const her = await comeIn(again);
    expect((await her.get('/api/own')).status).toBe(200);
    const { rows } = await sql`select account_id from auth.outside_identity where account_id = ${accountId}
      union all select account_id from auth.recovery_code where account_id = ${accountId}`.execute(app.db.owner);
    expect(rows).toEqual([]);
  });
});

describe('the database itself', () => {
  async function as<T>(who: PersonName, fn: (tx: Tx) => Promise<T>): Promise<T> {
    const actor = await findActor(app.access, app.accountIds[who]);
    if (!actor) throw new Error(`${who} is nobody`);
    return withActor(app.db.app, actor, fn);
  }
  const denied = { code: '42501' };

  it('lets nobody but her case worker make, renew or end such an account, nor see that there is one', async () => {
    const personId = await inCare();
    const { accountId } = (await invite(personId)).body.slip;
    const calls = [
      sql`select waymark.invite_person(${regionId}, ${personId}, ${uuidv7()}, 'x', 'xenia', 'en', ${uuidv7()})`,
      sql`select * from waymark.issue_codes(array[${uuidv7()}]::uuid[], array[${accountId}], array['digest'], false)`,
      sql`select waymark.end_own_accounts(${regionId}, ${personId})`,
    ];
    const others = (Object.keys(app.accountIds) as PersonName[]).filter((who) => who !== 'case_worker');
    for (const who of others) {
      for (const call of calls)
        await expect(
          as(who, (tx) => call.execute(tx)),
          who,
        ).rejects.toMatchObject(denied);
      const seen = await as(who, (tx) => sql`select from waymark.own_accounts(${regionId}, ${personId})`.execute(tx));
      expect([who, seen.rows.length]).toEqual([who, 0]);
    }
    for (const inside of ['close_own_accounts(array[]::text[])', `end_unfounded_own_accounts(${regionId}, '${personId}')`])
      for (const who of ['case_worker', 'administrator', 'person'] as const)
        await expect(
          as(who, (tx) => sql`select waymark.${sql.raw(inside)}`.execute(tx)),
          inside,
        ).rejects.toMatchObject(denied);
  });

  it('shows that there is one to nobody who merely has charge of the area or of the data, and lets none of them end it', async () => {
    const personId = await inCare();
    await invite(personId);
    for (const who of ['district_officer', 'coordinator', 'data_protection_officer', 'administrator'] as const) {
      const seen = await as(who, (tx) =>
        sql`select kind from waymark.assignment where person_id = ${personId} and kind = 'self'`.execute(tx),
      );
      expect([who, seen.rows]).toEqual([who, []]);
    }
    const done = await as('district_officer', (tx) =>
      sql`update waymark.assignment set ended_at = now(), ended_by = waymark.actor_id() where person_id = ${personId} and kind = 'self'`.execute(
        tx,
      ),
    );
    expect(done.numAffectedRows).toBe(0n);
    expect((await som.get<PersonRecord>(`/api/people/${regionId}/${personId}`)).body.assignments).toMatchObject([{ kind: 'case_worker' }]);
  });

  it('gives nobody a post of her role, nor to whoever runs the accounts', async () => {
    await expect(
      as('administrator', (tx) =>
        sql`insert into waymark.post (post_id, account_id, role) values (${uuidv7()}, ${app.accountIds.analyst}, 'person')`.execute(tx),
      ),
    ).rejects.toMatchObject(denied);
  });

  it('writes of her own words nothing but a no, in her own name, on her own record', async () => {
    const [hers, another] = [await inCare(), await inCare()];
    await sql`insert into waymark.assignment (region_id, assignment_id, person_id, kind, account_id, given_by)
      values (${regionId}, ${uuidv7()}, ${hers}, 'self', ${app.accountIds.person}, 'set-up')`.execute(app.db.owner);
    const say = (personId: string, act: string, byWhom: string) =>
      as('person', (tx) =>
        sql`insert into waymark.consent_event (region_id, event_id, person_id, purpose, act, by_whom, way, observed_at, actor_id)
          values (${regionId}, ${uuidv7()}, ${personId}, 'share', ${act}, ${byWhom}, 'written', now(), waymark.actor_id())`.execute(tx),
      );
    await say(hers, 'withdrawn', 'self');
    for (const [personId, act, byWhom] of [
      [hers, 'given', 'self'],
      [hers, 'withdrawn', 'guardian'],
      [another, 'withdrawn', 'self'],
    ] as const)
      await expect(say(personId, act, byWhom)).rejects.toMatchObject(denied);
  });
});

describe('a child', () => {
  const say = (personId: string, byWhom: string, act: string, purpose = 'assist', by = ratana) =>
    by.post(`/api/people/${regionId}/${personId}/consents`, {
      eventId: uuidv7(),
      purpose,
      act,
      byWhom,
      way: 'spoken',
      observedAt: new Date().toISOString(),
    });

  it('has an account when it and its guardian agreed to be helped, and loses it with the no of either', async () => {
    const child = await inCare({ bornOn: '2013-05-01' });
    expect((await invite(child)).body).toEqual(refused('no-consent'));
    await say(child, 'assent', 'given');
    expect((await invite(child)).body).toEqual(refused('no-consent'));
    await say(child, 'guardian', 'given');
    const its = await comeIn(await invite(child));
    expect((await its.post('/api/own/consents', { eventId: uuidv7(), purpose: 'assist' })).body).toEqual({ accountStands: false });
    await isOut(its, child);
    // Nobody accompanies a child against its own word; somebody else asks it, and it is assigned anew.
    expect((await say(child, 'assent', 'given')).status).toBe(404);
    await say(child, 'assent', 'given', 'assist', som);
    const anew = { assignmentId: uuidv7(), accountId: app.accountIds.case_worker };
    expect((await som.post(`/api/people/${regionId}/${child}/assignments`, anew)).status).toBe(201);
    const again = await comeIn(await invite(child));
    await say(child, 'guardian', 'withdrawn');
    await isOut(again, child);
  });

  it('below seven has none', async () => {
    const small = await inCare({ bornOn: `${Number((await daysFromToday(app, 0)).slice(0, 4)) - 5}-05-01` });
    for (const who of ['guardian', 'assent']) await say(small, who, 'given');
    expect((await invite(small)).body).toEqual(refused('no-consent'));
  });

  it('is judged alike by the rule and by the database, whatever was said', async () => {
    const personId = await inCare();
    const [consenting, covering] = [await aBasis(app.db.owner, { needsConsent: true }), await aBasis(app.db.owner)];
    const word = fc.record({ act: fc.constantFrom(...acts), byWhom: fc.constantFrom(...speakers), at: fc.integer({ min: 0, max: 4 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 5 }), fc.option(fc.integer({ min: 0, max: 30 })), async (said, age) => {
        const events: ConsentEvent[] = said.map(({ act, byWhom, at }) => ({
          eventId: uuidv7(),
          purpose: 'assist',
          act,
          byWhom,
          observedAt: Date.UTC(2026, 0, 1 + at),
          recordedAt: Date.UTC(2026, 1, 1),
        }));
        const stands = await app.db.owner.transaction().execute(async (tx) => {
          await sql`delete from waymark.consent_event where person_id = ${personId}`.execute(tx);
          await sql`update waymark.person set born_on = case when ${age}::int is null then null else current_date - make_interval(years => ${age ?? 0}, days => 40) end
            where person_id = ${personId}`.execute(tx);
          for (const { eventId, act, byWhom, observedAt, recordedAt } of events)
            await sql`insert into waymark.consent_event (region_id, event_id, person_id, purpose, act, by_whom, way, observed_at, recorded_at, actor_id)
              values (${regionId}, ${eventId}, ${personId}, 'assist', ${act}, ${byWhom}, 'spoken', ${new Date(observedAt)}, ${new Date(recordedAt)}, 'set-up')`.execute(
              tx,
            );
          const asked = sql`waymark.own_account_stands(${regionId}, ${personId}) as account, waymark.use_stands(${regionId}, ${personId}, 'assist') as care,
              waymark.use_refused(${regionId}, ${personId}, 'assist') as no`;
          const of = async () => (await sql`select ${asked}`.execute(tx)).rows[0];
          const onConsent = await of();
          await sql`update waymark.person set basis_id = ${covering} where person_id = ${personId}`.execute(tx);
          const onAnother = await of();
          await sql`update waymark.person set basis_id = ${consenting} where person_id = ${personId}`.execute(tx);
          return [onConsent, onAnother];
        });
        const account = ownAccountAllowed(events, age) === 'yes';
        const judged = [false, true].map((covered) => ({
          account,
          care: useStands(events, 'assist', age, covered),
          no: useRefused(events, 'assist', age, covered),
        }));
        expect([age, said, stands]).toEqual([age, said, judged]);
      }),
      { numRuns: 60 },
    );
  });
});

// Last of all: nobody is signed in after it.
describe('a restore', () => {
  it('ends every such account, so that none opens again that ended since the backup, and says how many', async () => {
    const personId = await inCare();
    const invited = await invite(personId);
    const her = await comeIn(invited);
    const open = sql<{ n: number }>`select count(*)::int as n from waymark.assignment where kind = 'self' and ended_at is null`;
    const { n } = (await open.execute(app.db.owner)).rows[0]!;
    expect(await closeAccessOfBackup(app.db.owner)).toMatchObject({ ownAccounts: n });
    await isOut(her, personId);
    const name = { username: invited.body.slip.userName, password: words };
    expect((await app.anonymous().post('/api/auth/sign-in/username', name)).status).toBe(401);
    expect([n > 1, (await open.execute(app.db.owner)).rows]).toEqual([true, [{ n: 0 }]]);
  });
});

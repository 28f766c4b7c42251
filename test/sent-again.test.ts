// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Slip, Volunteer, VolunteerWithSlip } from '../src/access/domain/invitation.ts';
import type { UserImport } from '../src/access/domain/user-import.ts';
import { recordNumber } from '../src/platform/domain/record-number.ts';
import type { PersonRecord } from '../src/people/domain/person-record.ts';
import type { PersonRequest } from '../src/people/domain/request.ts';
import { aBasis } from './support/basis.ts';
import { startApp, type TestApp } from './support/app.ts';
import type { Answer } from './support/client.ts';

/** An answer that was lost is asked for again. The same is then once; something else under the same number is never taken for it. */
let app: TestApp;
beforeAll(async () => {
  app = await startApp({ everyRole: true });
}, 60_000);
afterAll(() => app?.close());

async function somebody(householdId: string | null = null): Promise<string> {
  const personId = uuidv7();
  await sql`insert into waymark.person (region_id, person_id, place_id, household_id, sex, born_on, basis_id)
    values (${app.land.east.regionId}, ${personId}, ${app.land.eastVillages[0].placeId}, ${householdId}, 2, '1990-01-01', ${await aBasis(app.db.owner)})`.execute(
    app.db.owner,
  );
  return personId;
}
const at = (personId: string, more = '') => `/api/people/${app.land.east.regionId}/${personId}${more}`;
const som = () => app.as('district_officer');
const kanya = () => app.as('data_protection_officer');
async function noted(action: string, personId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from waymark.audit_entry where action = ${action} and subject = ${personId}`.execute(app.db.owner);
  return rows[0]?.n ?? -1;
}
const statuses = (answers: readonly { status: number }[]) => answers.map(({ status }) => status);
const refused = (code: string) => expect.objectContaining({ type: `/problems/${code}` });
const words = 'rice boat morning';
const welcome = (userName: string, code: string, password = words): Promise<Answer> =>
  app.anonymous().post('/api/welcome', { userName, code, password });

describe('somebody is assigned', () => {
  const assign = async (personId: string, body: object) => (await som()).post<PersonRecord>(at(personId, '/assignments'), body);

  it('once, however often it is sent, whoever sends it, and ended once', async () => {
    const personId = await somebody(),
      accountId = app.accountIds.case_worker;
    const one = { assignmentId: uuidv7(), accountId };
    const answers = await Promise.all([
      ...[one, one, one].map((body) => assign(personId, body)),
      ...Array.from({ length: 3 }, () => assign(personId, { assignmentId: uuidv7(), accountId })),
    ]);
    expect(statuses(answers)).toEqual([201, 201, 201, 201, 201, 201]);
    const { body } = await (await som()).get<PersonRecord>(at(personId));
    expect([body.assignments.length, await noted('people.assign', personId)]).toEqual([1, 1]);
    const end = async () => (await som()).delete<PersonRecord>(at(personId, `/assignments/${body.assignments[0]!.assignmentId}`));
    expect(statuses([await end(), await end()])).toEqual([200, 200]);
    expect(await noted('people.unassign', personId)).toBe(1);
    expect((await (await som()).delete(at(personId, `/assignments/${uuidv7()}`))).status).toBe(404);
    expect((await assign(personId, { assignmentId: uuidv7(), accountId })).body.assignments).toHaveLength(1);
  });

  it('never to another one under the same number', async () => {
    const personId = await somebody(),
      assignmentId = uuidv7();
    const { rows } = await sql<{ id: string }>`select organisation_id as id from waymark.organisation where name = 'Safe Harbour'`.execute(
      app.db.owner,
    );
    const word = { eventId: uuidv7(), purpose: 'share', act: 'given', byWhom: 'self', way: 'spoken' };
    expect((await (await som()).post(at(personId, '/consents'), word)).status).toBe(201);
    expect((await assign(personId, { assignmentId, accountId: app.accountIds.case_worker })).status).toBe(201);
    const other = await assign(personId, { assignmentId, organisationId: rows[0]!.id });
    expect([other.status, other.text]).toEqual([409, expect.stringContaining('already-there')]);
    expect(await noted('people.assign', personId)).toBe(1);
  });
});

describe('an assignment for a while', () => {
  it('is told apart from one for longer, under its own number and under another', async () => {
    const personId = await somebody(),
      accountId = app.accountIds.case_worker;
    const assign = async (assignmentId: string, untilAt?: string) =>
      (await som()).post<PersonRecord>(at(personId, '/assignments'), { assignmentId, accountId, untilAt });
    const [one, june, july] = [uuidv7(), '2099-06-30T17:00:00Z', '2099-07-31T17:00:00Z'];
    expect(statuses([await assign(one, june), await assign(one, '2099-07-01T00:00:00+07:00'), await assign(uuidv7(), june)])).toEqual([
      201, 201, 201,
    ]);
    for (const again of [await assign(one, july), await assign(one), await assign(uuidv7(), july), await assign(uuidv7())])
      expect([again.status, again.body]).toEqual([409, refused('already-there')]);
    const { body } = await (await som()).get<PersonRecord>(at(personId));
    expect(body.assignments.map(({ untilAt }) => untilAt)).toEqual(['2099-06-30T17:00:00.000Z']);
    expect(await noted('people.assign', personId)).toBe(1);
  });
});

describe('a move out of her area', () => {
  const far = () => app.land.westVillages[0].placeId;
  const onDate = '2026-02-01';

  it('is told as done to whoever wrote it down, and as nothing to everybody else', async () => {
    const personId = await somebody();
    const move = async (by = som(), over: object = {}) =>
      (await by).post<{ moved: boolean }>(at(personId, '/move'), { placeId: far(), householdId: null, onDate, version: 1, ...over });
    for (const answer of [...(await Promise.all([move(), move()])), await move()])
      expect([answer.status, answer.body]).toEqual([200, { moved: true }]);
    expect((await (await som()).get(at(personId))).status).toBe(404);
    // Not what she wrote down: another day, another place, another version, somebody else.
    for (const over of [{ onDate: '2026-02-02' }, { placeId: app.land.westVillages[1].placeId }, { version: 2 }])
      expect([over, statuses([await move(som(), over)])]).toEqual([over, [404]]);
    expect(statuses([await move(app.as('watch_volunteer'))])).toEqual([404]);
    expect((await move(app.as('coordinator'))).body).toEqual(refused('changed-meanwhile'));
    expect(await noted('people.move', personId)).toBe(1);
    const { rows } = await sql`select from waymark.person_event where person_id = ${personId} and kind = 'moved'`.execute(app.db.owner);
    expect(rows).toHaveLength(1);
  });

  it('within it too, until she moves once more', async () => {
    const personId = await somebody();
    const move = async (village: 0 | 1, version: number) =>
      (await som()).post(at(personId, '/move'), { placeId: app.land.eastVillages[village].placeId, householdId: null, onDate, version });
    expect(statuses([await move(1, 1), await move(1, 1), await move(0, 2), await move(1, 3), await move(1, 3)])).toEqual([
      200, 200, 200, 200, 200,
    ]);
    const { body } = await (await som()).get<PersonRecord>(at(personId));
    expect([body.version, body.place.placeId, await noted('people.move', personId)]).toEqual([4, app.land.eastVillages[1].placeId, 3]);
  });

  it.each([2, 0])('of a household of %i as well', async (many) => {
    const householdId = uuidv7();
    await sql`insert into waymark.household (region_id, household_id, place_id)
      values (${app.land.east.regionId}, ${householdId}, ${app.land.eastVillages[0].placeId})`.execute(app.db.owner);
    for (let i = 0; i < many; i++) await somebody(householdId);
    const move = async (by = som(), over: object = {}) =>
      (await by).post(`/api/households/${app.land.east.regionId}/${householdId}/move`, { placeId: far(), onDate, version: 1, ...over });
    for (const answer of [...(await Promise.all([move(), move()])), await move()])
      expect([answer.status, answer.body]).toEqual([200, { moved: many }]);
    const [elsewhere, another] = [await move(som(), { placeId: app.land.westVillages[1].placeId }), await move(som(), { version: 2 })];
    expect(statuses([elsewhere, another, await move(app.as('watch_volunteer'))])).toEqual([404, 404, 404]);
    expect(await noted('people.move-household', householdId)).toBe(1);
  });
});

describe('somebody left for good', () => {
  it('is written down once, also where the clock was set right between two tries: then whoever sends it is told that it changed meanwhile', async () => {
    const personId = await somebody();
    const left = async (onDate: string, version = 1) => (await som()).post(at(personId, '/state'), { state: 'left', onDate, version });
    expect(statuses([await left('2026-02-01'), await left('2026-02-01')])).toEqual([200, 200]);
    const [otherDay, read] = [await left('2026-02-02'), await left('2026-02-02', 2)];
    expect([otherDay.status, otherDay.body]).toEqual([409, refused('changed-meanwhile')]);
    // Whoever read that she left cannot say so once more.
    expect([read.status, read.body]).toEqual([400, refused('bad-input')]);
    expect(await noted('people.state', personId)).toBe(1);
  });
});

describe('a volunteer is invited', () => {
  const invite = async (body: object, by = som()) => (await by).post<VolunteerWithSlip>('/api/volunteers', body);
  const called = async (displayName: string) =>
    (await (await som()).get<{ rows: Volunteer[] }>('/api/volunteers')).body.rows.filter((row) => row.displayName === displayName);

  it('once, without a user name; the code that arrived is the good one', async () => {
    const one = { accountId: uuidv7(), displayName: 'มาลี ใจดี', placeId: app.land.eastVillages[0].placeId };
    const [lost, ...more] = [await invite(one), await invite(one), await invite({ ...one, locale: 'th' })];
    expect(statuses([lost, ...more])).toEqual([201, 201, 201]);
    expect((await called(one.displayName)).map(({ accountId }) => accountId)).toEqual([one.accountId]);
    const { slip } = more[1]!.body;
    expect([slip.accountId, slip.userName, slip.kind]).toEqual([one.accountId, lost.body.slip.userName, 'invitation']);
    for (const dead of [lost, more[0]!])
      expect((await welcome(slip.userName, dead.body.slip.code)).body).toEqual(refused('wrong-access-code'));
    expect((await welcome(slip.userName, slip.code)).status).toBe(200);
    expect([await noted('accounts.invite', one.accountId), await noted('accounts.issue-code', one.accountId)]).toEqual([1, 2]);
    // She is in: what arrives late now must not open her account once more.
    expect((await invite(one)).body).toEqual(refused('already-there'));
    await app.anonymous().signIn(slip.userName, words);
  });

  it('at the same moment twice, and never as somebody else under the same number', async () => {
    const one = { accountId: uuidv7(), displayName: 'Pressed Twice', placeId: app.land.eastVillages[0].placeId };
    const answers = await Promise.all([invite(one), invite(one)]);
    expect(statuses(answers)).toEqual([201, 201]);
    const opened = await Promise.all(answers.map(async ({ body: { slip } }) => (await welcome(slip.userName, slip.code)).status));
    expect([(await called(one.displayName)).length, opened.sort()]).toEqual([1, [200, 401]]);
    const two = { ...one, accountId: uuidv7(), userName: 'pressed.name' };
    expect((await invite(two)).status).toBe(201);
    const others = [{ displayName: 'Other' }, { userName: 'other.name' }, { placeId: app.land.eastVillages[1].placeId }];
    for (const over of others) expect((await invite({ ...two, ...over })).body).toEqual(refused('already-there'));
    expect((await invite({ ...two, placeId: app.land.westVillages[0].placeId }, app.as('other_district_officer'))).body).toEqual(
      refused('already-there'),
    );
    expect((await invite({ ...two, accountId: app.accountIds.analyst })).body).toEqual(refused('already-there'));
    expect((await called('Pressed Twice')).length).toBe(2);
  });

  it('although the first try broke between its two halves', async () => {
    const one = { accountId: uuidv7(), displayName: 'Half Made', placeId: app.land.eastVillages[0].placeId };
    await sql`insert into auth."user" ("id", "name", "email", "username", "displayUsername")
      values (${one.accountId}, 'half.left', 'half.left@accounts.invalid', 'half.left', 'half.left')`.execute(app.db.owner);
    const { status, body } = await invite(one);
    expect([status, body.slip?.userName]).toEqual([201, 'half.made']);
    expect((await welcome(body.slip.userName, body.slip.code)).status).toBe(200);
  });
});

describe('a code that was taken', () => {
  const invited = async (displayName: string) =>
    (await (await som()).post<VolunteerWithSlip>('/api/volunteers', { displayName, placeId: app.land.eastVillages[0].placeId })).body.slip;

  it('is taken once more with the same password within minutes, and changes nothing', async () => {
    const { accountId, userName, code } = await invited('Lost Welcome');
    const answers = await Promise.all([welcome(userName, code), welcome(userName, code)]);
    expect(statuses(answers)).toEqual([200, 200]);
    const her = await app.anonymous().signIn(userName, words);
    expect((await welcome(userName, code)).body).toEqual({ welcome: true });
    expect([(await her.get('/api/me')).status, await noted('access.code-used', accountId)]).toEqual([200, 1]);
    // Another password is never taken by it, and after a while neither is this one.
    expect((await welcome(userName, code, 'other quiet words')).body).toEqual(refused('access-code-used'));
    await sql`update waymark.access_code set used_at = now() - interval '11 minutes' where account_id = ${accountId}`.execute(app.db.owner);
    expect((await welcome(userName, code)).body).toEqual(refused('access-code-used'));
    await app.anonymous().signIn(userName, words);
  });

  it('is told as used to nobody who does not hold it, and guesses with it are counted', async () => {
    const { accountId, userName, code } = await invited('Found Slip');
    await welcome(userName, code);
    expect((await welcome(userName, 'aaaa-bbbb-cccc-dddd')).body).toEqual(refused('wrong-access-code'));
    for (let i = 0; i < 4; i++) expect((await welcome(userName, code, `found words ${i} and`)).body).toEqual(refused('access-code-used'));
    expect((await welcome(userName, code)).body).toEqual(refused('account-locked'));
    expect(await noted('access.code-refused', accountId)).toBe(5);
    // A way back that was issued since is the one that counts; the account shut out tells nothing.
    const back = (await (await som()).post<Slip>(`/api/accounts/${accountId}/code`, {})).body;
    expect((await welcome(userName, code, 'words of a finder')).body).toEqual(refused('access-code-used'));
    expect((await welcome(userName, back.code)).status).toBe(200);
    await sql`update waymark.account set disabled_at = now() where account_id = ${accountId}`.execute(app.db.owner);
    expect((await welcome(userName, back.code)).body).toEqual(refused('wrong-access-code'));
  });
});

describe('a file of accounts whose codes were lost', () => {
  const nok = () => app.as('administrator');
  const file = 'name,role,place\nCame In,watch volunteer,XA1101\nNot Yet,watch volunteer,XA1101\nShut Out,watch volunteer,XA1101\n';
  const send = async (content: string, more: Record<string, string> = {}) =>
    (
      await (
        await nok()
      ).upload<UserImport>('/api/accounts/import', [{ field: 'file', name: 'a.csv', content }], { dryRun: 'false', ...more })
    ).body;
  const newCodes = { newCodes: 'true' };

  it('gives new ones to those who have not come in, makes nobody twice, and voids none unasked', async () => {
    const first = await send(file);
    const [inside, not, out] = first.slips;
    expect((await welcome(inside!.userName, inside!.code)).status).toBe(200);
    await sql`update waymark.account set disabled_at = now() where account_id = ${out!.accountId}`.execute(app.db.owner);
    expect(await send(file, { dryRun: 'true' })).toMatchObject({ state: 'tried', waiting: 1, slips: [] });
    expect(await send(file)).toMatchObject({ state: 'nothing-new', waiting: 1, slips: [] });
    expect(await send(file, { dryRun: 'true', ...newCodes })).toMatchObject({ state: 'tried', slips: [] });
    const again = await send(`${file}One More,watch volunteer,XA1101\n`, newCodes);
    expect(again.state).toBe('made');
    expect(again.slips.map(({ userName, kind }) => [userName, kind])).toEqual([
      ['one.more', 'invitation'],
      [not!.userName, 'invitation'],
    ]);
    expect(
      again.slipsCsv
        ?.trim()
        .split('\r\n')
        .map((line) => line.split(',')[5]),
    ).toEqual(['role', 'watch_volunteer', 'watch_volunteer']);
    const fresh = again.slips[1]!;
    expect((await welcome(not!.userName, not!.code)).body).toEqual(refused('wrong-access-code'));
    expect((await welcome(not!.userName, fresh.code)).status).toBe(200);
    await app.anonymous().signIn(inside!.userName, words);
    const { rows: issued } = await sql<{ ids: string[] }>`
      select detail->'accountIds' as ids from waymark.audit_entry where action = 'accounts.issue-code' and detail ? 'accountIds'`.execute(
      app.db.owner,
    );
    expect(issued.map(({ ids }) => ids)).toEqual([[not!.accountId]]);
    const { rows } = await sql`select from waymark.account where display_name in ('Came In', 'Not Yet', 'Shut Out', 'One More')`.execute(
      app.db.owner,
    );
    expect(rows).toHaveLength(4);
    expect(await send(`${file}One More,watch volunteer,XA1101\n`, newCodes)).toMatchObject({
      state: 'made',
      slips: [{ userName: 'one.more' }],
    });
    expect(await send(file, newCodes)).toMatchObject({ state: 'nothing-new', waiting: 0, slips: [] });
  });
});

describe('what somebody asks for', () => {
  const ask = async (personId: string, body: object) =>
    (await som()).post<PersonRequest[]>(at(personId, '/requests'), { byWhom: 'self', saidOn: '2026-03-02', ...body });

  it('is one request, from whomever at the same moment', async () => {
    const personId = await somebody();
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(personId, { requestId: uuidv7(), kind: 'objection' })));
    expect(statuses(answers)).toEqual([201, 201, 201, 201, 201]);
    expect((await ask(personId, { requestId: uuidv7(), kind: 'objection' })).body).toHaveLength(1);
    expect(await noted('requests.asked', personId)).toBe(1);
  });

  it('is never taken for something else that was asked under the same number', async () => {
    const personId = await somebody(),
      requestId = uuidv7();
    expect((await ask(personId, { requestId, kind: 'access' })).status).toBe(201);
    expect((await ask(personId, { requestId, kind: 'access' })).status).toBe(201);
    expect((await ask(personId, { requestId, kind: 'erasure' })).status).toBe(409);
    expect((await ask(personId, { requestId, kind: 'access', byWhom: 'guardian' })).status).toBe(409);
    expect((await ask(personId, { requestId: uuidv7(), kind: 'erasure' })).body.map(({ kind }) => kind).sort()).toEqual([
      'access',
      'erasure',
    ]);
  });
});

describe('Kanya', () => {
  it('holds the record she names, and never believes that she held another', async () => {
    const [one, other] = [await somebody(), await somebody()];
    const hold = { holdId: uuidv7(), citation: 'Court of the demo province, case 12', untilOn: '2099-01-01' };
    const place = async (personId: string, more = {}) =>
      (await kanya()).post('/api/data-protection/holds', { ...hold, number: recordNumber(personId), ...more });
    expect(statuses([await place(one), await place(one), await place(other), await place(one, { untilOn: '2098-01-01' })])).toEqual([
      201, 201, 409, 409,
    ]);
    expect([await noted('retention.hold', one), await noted('retention.hold', other)]).toEqual([1, 0]);
  });

  it('states a basis once, and is told where another one stands under its number', async () => {
    const basis = {
      basisId: uuidv7(),
      title: 'Register of the demo province',
      ground: 'public_task',
      citation: 'Act of the demo province, section 9',
      purposes: ['register'],
      needsConsent: true,
      fromOn: '2026-01-01',
    };
    const state = async (more = {}) => (await kanya()).post('/api/people/bases', { ...basis, ...more });
    expect(statuses([await state(), await state(), await state({ citation: 'Act of the demo province, section 10' })])).toEqual([
      201, 201, 409,
    ]);
  });
});

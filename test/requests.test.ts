// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installInstruments, recount, recountRollups, workOutHistory } from '../src/risk/server/index.ts';
import { daysFromToday } from './support/days.ts';
import { startApp, type PersonName, type TestApp } from './support/app.ts';
import { followEverybody, type Trail } from './support/authorisation-trail.ts';
import { aBasis } from './support/basis.ts';
import { rowsThatHold } from './support/everywhere.ts';
import { heldUp, untilWaiting } from './support/held-up.ts';
import type { Tx } from '../src/platform/server/endpoint.ts';
import { readErasure } from '../src/people/domain/erasure-line.ts';
import type { PersonRecord } from '../src/people/domain/person-record.ts';
import { recordNumber } from '../src/platform/domain/record-number.ts';
import type { Printout } from '../src/people/domain/printout.ts';
import type { PersonRequest, QueuedRequest, RequestPage } from '../src/people/domain/request.ts';
import { household28 } from '../src/risk/domain/instruments/household-28.ts';
import type { ListPage, VisitList } from '../src/risk/domain/people-list.ts';
import type { HouseholdRisk, PersonRisk } from '../src/risk/domain/person-risk.ts';

/** Made names: nobody is called so. */
const canary = 'Xanthippe Quillfeather';
const said = (act = 'given', purpose = 'register') => ({
  eventId: uuidv7(),
  purpose,
  act,
  byWhom: 'self',
  way: 'spoken',
  language: 'th',
  observedAt: '2026-03-01T03:00:00Z',
});

let app: TestApp;
let basisId: string;
let trail: Trail;
beforeAll(async () => {
  app = await startApp({ everyRole: true });
  trail = await followEverybody(app, ['watch_volunteer', 'district_officer', 'data_protection_officer']);
  await installInstruments(app.db.owner, uuidv7);
  basisId = await aBasis(app.db.owner, { needsConsent: true });
}, 60_000);
afterAll(() => app?.close());

interface Registered {
  readonly regionId: number;
  readonly householdId: string;
  readonly ids: readonly string[];
}

async function household(members = 1, bornOn = '1990-05-17', on = basisId): Promise<Registered> {
  const body = {
    householdId: uuidv7(),
    placeId: app.land.eastVillages[0].placeId,
    basisId: on,
    members: Array.from({ length: members }, () => ({
      personId: uuidv7(),
      sex: 2,
      bornOn,
      bornPrecision: 3,
      identity: { names: [{ kind: 'official', full: canary, language: 'en' }], phones: ['081 234 5678'], documents: [] },
      consents: [said()],
    })),
  };
  const answer = await (await app.as('watch_volunteer')).post<{ regionId: number }>('/api/people', body);
  expect(answer.status).toBe(201);
  return { regionId: answer.body.regionId, householdId: body.householdId, ids: body.members.map(({ personId }) => personId) };
}

const at = ({ regionId, ids }: Registered, n = 0) => `/api/people/${regionId}/${ids[n]}`;
const newRequest = (kind: string, more: object = {}) => ({ requestId: uuidv7(), kind, byWhom: 'self', saidOn: '2026-03-02', ...more });
async function ask(who: PersonName, person: Registered, kind: string, more: object = {}) {
  return (await app.as(who)).post<PersonRequest[]>(`${at(person)}/requests`, newRequest(kind, more));
}
/** Lately, so that every answer still counts; always the same, so that of two the one that came in later does. */
const yesterday = new Date(Date.now() - 86_400_000).toISOString();
function visit(person: Registered, subjectKind: 'person' | 'household' = 'person', score = 3) {
  return app.as('watch_volunteer').then((volunteer) =>
    volunteer.post<{ type?: string }>('/api/assessments', {
      assessmentId: uuidv7(),
      subjectKind,
      subjectId: subjectKind === 'person' ? person.ids[0] : person.householdId,
      regionId: person.regionId,
      instrument: 'household-28',
      answers: subjectKind === 'person' ? { school_attendance: score, intention_to_leave: 3 } : { debt: score },
      observedAt: yesterday,
    }),
  );
}
/** What an erasure waits for first: the figures of her region, as while an import counts in them. */
const theFigures = (tx: Tx) =>
  sql`select pg_advisory_xact_lock(hashtext('waymark.risk:household-28'), ${app.land.east.regionId})`.execute(tx);
const kanya = () => app.as('data_protection_officer');
async function openRequest(person: Registered, kind: string): Promise<QueuedRequest> {
  const queue = await (await kanya()).get<RequestPage>('/api/data-protection/requests?limit=200');
  const found = queue.body.rows.find(({ personId, kind: of }) => personId === person.ids[0] && of === kind);
  if (!found) throw new Error(`no ${kind} of hers is open`);
  return found;
}
async function eraseIt(request: QueuedRequest, number = request.number) {
  const { regionId, requestId, version } = request;
  return (await kanya()).post<{ type?: string; detail?: string }>(`/api/data-protection/requests/${regionId}/${requestId}/erase`, {
    version,
    number,
  });
}
async function decide(request: QueuedRequest, body: object) {
  return (await kanya()).post<{ type?: string }>(`/api/data-protection/requests/${request.regionId}/${request.requestId}/decide`, {
    version: request.version,
    ...body,
  });
}

describe('Orn passes on what somebody of her village asks for', () => {
  it('once, answered within thirty days, and Kanya sees the number and the district, never a name', async () => {
    const her = await household();
    const asked = await ask('watch_volunteer', her, 'access');
    expect([asked.status, asked.body]).toMatchObject([201, [{ kind: 'access', state: 'open', saidOn: '2026-03-02', dueOn: '2026-04-01' }]]);
    expect((await ask('watch_volunteer', her, 'access')).body).toHaveLength(1);
    const queue = await (await kanya()).get<RequestPage>('/api/data-protection/requests?limit=200');
    const [row] = queue.body.rows.filter(({ personId }) => personId === her.ids[0]);
    expect(row).toMatchObject({ number: recordNumber(her.ids[0]!), district: { code: app.land.east.code }, held: false });
    expect(queue.text).not.toContain('Quillfeather');
    expect((await ask('other_watch_volunteer', her, 'erasure')).status).toBe(404);
    expect((await ask('analyst', her, 'erasure')).status).toBe(403);
    expect((await ask('watch_volunteer', her, 'erasure', { saidOn: '2099-01-01' })).status).toBe(400);
    expect((await ask('watch_volunteer', her, 'erasure', { saidOn: await daysFromToday(app, 2) })).status).toBe(400);
    expect((await ask('watch_volunteer', her, 'complaint', { about: 'name' })).status).toBe(400);
  });

  it('today, by a phone that is a day ahead or says no day', async () => {
    const her = await household();
    const today = await daysFromToday(app, 0);
    for (const [kind, saidOn] of [
      ['access', await daysFromToday(app, 1)],
      ['objection', undefined],
    ] as const) {
      const asked = await ask('watch_volunteer', her, kind, { saidOn });
      expect([asked.status, asked.body.find((each) => each.kind === kind)]).toMatchObject([201, { saidOn: today }]);
    }
  });

  it('a correction lies with the officer until it is done; a complaint stays with Kanya', async () => {
    const her = await household();
    await ask('watch_volunteer', her, 'correction', { about: 'birth' });
    await ask('watch_volunteer', her, 'complaint');
    const som = await app.as('district_officer');
    const complaint = await openRequest(her, 'complaint');
    // It may be about whoever is near her: nobody but Kanya and whoever wrote it down knows of it, or makes it disappear.
    const kindsSeen = async (who: PersonName): Promise<string[][]> => {
      const client = await app.as(who);
      const queue = (await client.get<RequestPage>('/api/people/requests?state=all')).body.rows.filter(
        ({ personId }) => personId === her.ids[0],
      );
      const [record, printed] = [
        await client.get<PersonRequest[]>(`${at(her)}/requests`),
        await client.get<Printout>(`${at(her)}/printout`),
      ];
      return [queue, record.body, printed.body.requests].map((rows) => rows.map(({ kind }) => kind).sort());
    };
    for (const who of ['district_officer', 'coordinator'] as const) {
      expect([who, await kindsSeen(who)]).toEqual([who, [['correction'], ['correction'], ['correction']]]);
      expect((await (await app.as(who)).get('/api/people/requests.csv')).text).not.toMatch(/complain/iu);
    }
    expect((await kindsSeen('watch_volunteer'))[1]).toEqual(['complaint', 'correction']);
    const end = (request: PersonRequest, as = 'done') =>
      som.post<PersonRequest[]>(`${at(her)}/requests/${request.requestId}/${as}`, { version: request.version });
    for (const as of ['done', 'withdrawn']) expect((await end(complaint, as)).status).toBe(404);
    const correction = await openRequest(her, 'correction');
    expect((await end(correction)).body.find(({ kind }) => kind === 'correction')).toMatchObject({ state: 'done' });
    expect((await end(correction)).status).toBe(409);
    expect((await decide(await openRequest(her, 'complaint'), { decision: 'granted' })).status).toBe(400);
    expect((await decide(await openRequest(her, 'complaint'), { decision: 'done' })).status).toBe(200);
  });
});

describe('the queue', () => {
  it('goes on from page to page by the day an answer is due, either way, and is chosen by what is asked for and what became of it', async () => {
    const days = ['2026-02-20', '2026-01-05', '2026-02-20', '2026-01-31'];
    const people: Registered[] = [];
    for (const saidOn of days) {
      const her = await household();
      people.push(her);
      await ask('watch_volunteer', her, 'correction', { about: 'sex', saidOn });
    }
    const ours = new Set(people.map(({ ids }) => ids[0]));
    const officer = await kanya();
    const all = async (asked: string) => {
      const rows: QueuedRequest[] = [];
      for (let after = ''; ;) {
        const { body } = await officer.get<RequestPage>(`/api/data-protection/requests?limit=1${asked}${after}`);
        rows.push(...body.rows);
        if (body.next === null) return rows.filter(({ personId }) => ours.has(personId));
        after = `&after=${body.next}`;
      }
    };
    const due = await all('&kind=correction');
    expect(due.map(({ saidOn }) => saidOn)).toEqual(['2026-01-05', '2026-01-31', '2026-02-20', '2026-02-20']);
    expect((await all('&kind=correction&latestFirst=true')).map(({ requestId }) => requestId)).toEqual(
      due.map(({ requestId }) => requestId).reverse(),
    );
    expect(await all('&kind=erasure')).toEqual([]);
    const [first] = due;
    expect((await decide(first!, { decision: 'done' })).status).toBe(200);
    expect(await all('&kind=correction')).toHaveLength(3);
    expect(await all('&kind=correction&state=answered')).toMatchObject([{ requestId: first!.requestId, state: 'done' }]);
    expect(await all('&kind=correction&state=refused')).toEqual([]);
    expect(await all('&kind=correction&state=all')).toHaveLength(4);
    expect((await officer.get('/api/data-protection/requests?after=yesterday')).status).toBe(400);
    expect((await officer.get('/api/data-protection/requests?state=perhaps')).status).toBe(400);
  });

  it('is taken away as a file with numbers and districts, which the record of use says', async () => {
    const her = await household();
    await ask('watch_volunteer', her, 'access');
    const [officer, som, other] = [await kanya(), await app.as('district_officer'), await app.as('other_district_officer')];
    const line = new RegExp(`^${recordNumber(her.ids[0]!)},access,,self,2026-03-02,2026-04-01,open,,,,${app.land.east.code},no\\r?$`, 'm');
    const file = await officer.get('/api/data-protection/requests.csv?kind=access');
    expect(file.text).toMatch(line);
    expect(file.text).not.toContain('Quillfeather');
    expect((await som.get('/api/people/requests.csv')).text).toMatch(line);
    expect((await other.get('/api/people/requests.csv')).text).not.toMatch(line);
    const { body } = await officer.get<{ rows: { detail: object }[] }>('/api/audit?action=requests.export&limit=10');
    expect(body.rows).toContainEqual(expect.objectContaining({ detail: expect.objectContaining({ kind: 'access', state: null }) }));
  });
});

const orn = () => app.as('watch_volunteer');
const record = async (person: Registered, n = 0) => (await (await orn()).get<PersonRecord>(at(person, n))).body;
/** What is kept of how each stands, and what her page says of it. */
async function stands(person: Registered, n = 0): Promise<string> {
  const { rows } = await sql<{
    row: string;
    known: number;
  }>`select known, concat_ws(' ', excess, known, band, answers, valid_until) as row from waymark.standing
    where subject_kind = 'person' and subject_id = ${person.ids[n]}`.execute(app.db.owner);
  expect(rows).toHaveLength(1);
  expect(rows[0]!.known).toBeGreaterThan(0);
  const { standing, questions } = (await (await orn()).get<PersonRisk>(`${at(person, n)}/risk`)).body;
  return JSON.stringify([rows[0]!.row, standing, questions.find(({ code }) => code === 'debt')?.score]);
}
const visitList = async (person: Registered) =>
  (
    await (
      await orn()
    ).post<VisitList>('/api/people/visit-list', {
      people: person.ids.map((personId) => ({ regionId: person.regionId, personId })),
      names: false,
    })
  ).body;
const takesBack = async (person: Registered, more: object = {}) =>
  (await orn()).post<PersonRecord>(`${at(person)}/consents`, { ...said('withdrawn'), observedAt: '2026-03-03T03:00:00Z', ...more });

/** Nobody may visit the first of two who live together, nothing new counts for her, and she is counted as she stood. */
async function nothingIsRecordedOf(person: Registered, restricted: 'objection' | 'withdrawal'): Promise<void> {
  const [first, second] = person.ids;
  expect(await record(person)).toMatchObject({ restricted, may: { assess: false } });
  expect(await record(person, 1)).toMatchObject({ restricted: null, may: { assess: true } });
  const refused = await visit(person);
  expect([refused.status, refused.body.type]).toEqual([409, '/problems/restricted']);
  expect(await visitList(person)).toMatchObject({ rows: [{ personId: second }], leftOff: [{ personId: first, restricted }] });
  const village = app.land.eastVillages[0].placeId;
  const list = (await (await orn()).get<ListPage>(`/api/people/list?place=${village}`)).body;
  expect(list.rows.filter(({ personId }) => person.ids.includes(personId)).map((row) => [row.personId, row.restricted])).toEqual(
    expect.arrayContaining([
      [first, restricted],
      [second, null],
    ]),
  );
  // What is said of the household goes on for the other; a correction of what was said before, too.
  const [hers, others] = [await stands(person), await stands(person, 1)];
  expect((await visit(person, 'household', 1)).status).toBe(201);
  expect(await stands(person)).toBe(hers);
  expect(await stands(person, 1)).not.toBe(others);
  const at = `/api/households/${person.regionId}/${person.householdId}/risk`;
  const { members } = (await (await orn()).get<HouseholdRisk>(at)).body;
  expect(members.map((row) => [row.personId, row.restricted])).toEqual(
    expect.arrayContaining([
      [first, restricted],
      [second, null],
    ]),
  );
  expect(await recount(app.db.owner)).toEqual([]);
  await app.db.owner.transaction().execute((tx) => workOutHistory(tx, { months: [], now: new Date() }));
  expect(await stands(person)).toBe(hers);
}

/** She is visited again, and what was said of her household meanwhile counts for her as for the other. */
async function isUsedAgain(person: Registered): Promise<void> {
  const held = await stands(person);
  expect(await record(person)).toMatchObject({ restricted: null, may: { assess: true } });
  expect(held).toBe(await stands(person, 1));
  expect((await visit(person)).status).toBe(201);
  expect(await visitList(person)).toMatchObject({ rows: [{}, {}], leftOff: [], notToContact: [] });
  await takesBack(person, { purpose: 'contact', act: 'refused' });
  expect((await visitList(person)).notToContact).toMatchObject([{ personId: person.ids[0] }]);
}

describe('while somebody objects', () => {
  it('nothing new is recorded of her and nobody visits her; she is counted all the same; a refusal with its ground ends it', async () => {
    const her = await household(2);
    expect((await visit(her, 'household')).status).toBe(201);
    await ask('watch_volunteer', her, 'objection');
    await nothingIsRecordedOf(her, 'objection');
    const request = await openRequest(her, 'objection');
    expect((await decide(request, { decision: 'refused' })).status).toBe(400);
    expect(
      (await decide(request, { decision: 'refused', ground: 'public_interest', citation: 'Act of the demo province, section 7' })).status,
    ).toBe(200);
    await isUsedAgain(her);
    expect((await record(her)).events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['objected', 'objection_ended']));
  });

  it('one that is granted stands until she takes it back', async () => {
    const her = await household();
    await ask('watch_volunteer', her, 'objection');
    await decide(await openRequest(her, 'objection'), { decision: 'granted' });
    expect((await visit(her)).status).toBe(409);
    const [request] = (await (await orn()).get<PersonRequest[]>(`${at(her)}/requests`)).body;
    expect((await (await orn()).post(`${at(her)}/requests/${request!.requestId}/withdrawn`, { version: request!.version })).status).toBe(
      200,
    );
    expect((await visit(her)).status).toBeLessThan(300);
  });
});

describe('a wrong answer of somebody whose record is used no further', () => {
  const answers = { school_attendance: 3, recruiter_contact: 3, stigma_or_past_exploitation: 2 };
  /** What was said of her before, and how Orn would set it right. */
  async function answered() {
    const her = await household();
    const visited = uuidv7();
    const post = async (who: PersonName, more: object) =>
      (await app.as(who)).post<{ type?: string }>('/api/assessments', {
        assessmentId: uuidv7(),
        subjectKind: 'person',
        subjectId: her.ids[0],
        regionId: her.regionId,
        instrument: 'household-28',
        observedAt: yesterday,
        supersedes: visited,
        ...more,
      });
    expect((await post('watch_volunteer', { assessmentId: visited, supersedes: null, answers })).status).toBe(201);
    return { her, visited, post };
  }
  const everything = (answer: unknown) =>
    Object.fromEntries(household28.indicators.filter(({ unit }) => unit === 'person').map(({ code }) => [code, answer]));
  const risk = async (her: Registered, who: PersonName = 'watch_volunteer') =>
    (await (await app.as(who)).get<PersonRisk>(`${at(her)}/risk`)).body;

  it.each([
    ['who objected', 'objection', (her: Registered) => ask('watch_volunteer', her, 'objection')],
    ['whose consent was taken back', 'withdrawal', (her: Registered) => takesBack(her)],
  ] as const)('%s is set right while she asks for that, as a correction, and her record stays used no further', async (_, why, stops) => {
    const { her, visited, post } = await answered();
    expect((await stops(her)).status).toBe(201);
    const setRight = { answers: { school_attendance: 1 } };
    expect([(await post('watch_volunteer', setRight)).status, (await risk(her)).asksToSetRight]).toEqual([409, false]);
    await ask('watch_volunteer', her, 'correction', { about: 'birth' });
    expect((await post('watch_volunteer', setRight)).status).toBe(409);
    await ask('watch_volunteer', her, 'correction', { about: 'answers' });
    // Nothing that was not said, of no other day, nothing by itself; and whoever may not read a private answer does not learn whether there is one.
    for (const [what, more] of Object.entries({
      'a new visit': { supersedes: null, answers: { school_attendance: 1 } },
      'another question': { answers: { school_attendance: 1, life_stage: 2 } },
      'a private question that was answered': { answers: { stigma_or_past_exploitation: 1 } },
      'another day': { ...setRight, observedAt: new Date(Date.parse(yesterday) + 60_000).toISOString() },
    }))
      expect([what, (await post('watch_volunteer', more)).body.type]).toEqual([what, '/problems/restricted']);
    const before = await stands(her);
    expect((await post('watch_volunteer', setRight)).status).toBe(201);
    expect(await stands(her)).not.toBe(before);
    const seen = await risk(her);
    expect([seen.restricted, seen.asksToSetRight, (await risk(her, 'district_officer')).asksToSetRight]).toEqual([why, true, true]);
    expect(seen.questions.find(({ code }) => code === 'school_attendance')).toMatchObject({ score: 1 });
    const told = ({ assessmentId, kind, supersedes }: PersonRisk['timeline'][number]) => [assessmentId === visited, kind, supersedes];
    expect(seen.timeline.map(told)).toEqual(
      expect.arrayContaining([
        [true, 'visit', null],
        [false, 'correction', visited],
      ]),
    );
    const wrong = seen.timeline.find(({ assessmentId }) => assessmentId === visited)!.answers;
    expect(wrong.find(({ code }) => code === 'school_attendance')?.voided).toMatchObject({ takenBack: false, role: 'watch_volunteer' });
    // Taken back, all of it, the private answer too; once it is done nothing is changed any more.
    expect((await post('watch_volunteer', { answers: everything('withdrawn'), observedAt: new Date().toISOString() })).status).toBe(201);
    expect((await risk(her)).questions.find(({ code }) => code === 'recruiter_contact')?.state).toBe('never');
    const taken = (await risk(her)).timeline.find(({ kind }) => kind === 'retraction')!;
    expect(
      (await post('watch_volunteer', { supersedes: taken.assessmentId, answers: { recruiter_contact: 3 }, observedAt: taken.observedAt }))
        .status,
    ).toBe(409);
    const queue = await (await kanya()).get<RequestPage>('/api/data-protection/requests?kind=correction&limit=200');
    const asked = queue.body.rows.find(({ personId, about }) => personId === her.ids[0] && about === 'answers')!;
    expect((await decide(asked, { decision: 'done' })).status).toBe(200);
    expect([(await post('watch_volunteer', setRight)).status, (await risk(her)).asksToSetRight]).toEqual([409, false]);
    expect((await record(her)).restricted).toBe(why);
    expect(await recount(app.db.owner)).toEqual([]);
  });

  it('which is private, by her case worker, who may read it', async () => {
    const { her, post } = await answered();
    await sql`insert into waymark.assignment (region_id, assignment_id, person_id, kind, account_id, given_by)
      values (${her.regionId}, ${uuidv7()}, ${her.ids[0]}, 'case_worker', ${app.accountIds.case_worker}, 'set-up')`.execute(app.db.owner);
    await ask('case_worker', her, 'objection');
    await ask('case_worker', her, 'correction', { about: 'answers' });
    expect((await post('case_worker', { answers: { stigma_or_past_exploitation: 1 } })).status).toBe(201);
    expect((await risk(her, 'case_worker')).questions.find(({ code }) => code === 'stigma_or_past_exploitation')).toMatchObject({
      score: 1,
    });
  });
});

describe('from when somebody takes back that a record is kept of her', () => {
  it('it is used no further, though the law may say that it is kept, until consent stands again', async () => {
    const her = await household(2);
    expect((await visit(her, 'household')).status).toBe(201);
    expect((await takesBack(her)).body).toMatchObject({ restricted: 'withdrawal' });
    await nothingIsRecordedOf(her, 'withdrawal');
    const request = await openRequest(her, 'erasure');
    expect(request).toMatchObject({ byWhom: 'self', saidOn: await daysFromToday(app, 0), dueOn: await daysFromToday(app, 30) });
    const refusal = { decision: 'refused', ground: 'legal_claims', citation: 'Court of the demo province, case 9' };
    expect((await decide(request, refusal)).status).toBe(200);
    expect((await visit(her)).status).toBe(409);
    // Somebody else's yes is none, nor is one that she gave before.
    expect((await takesBack(her, { act: 'given', byWhom: 'guardian' })).body.restricted).toBe('withdrawal');
    expect((await takesBack(her, { act: 'given', observedAt: '2026-03-02T03:00:00Z' })).body.restricted).toBe('withdrawal');
    expect((await takesBack(her, { act: 'given', observedAt: '2026-03-04T03:00:00Z' })).body.restricted).toBeNull();
    await isUsedAgain(her);
    expect((await record(her)).events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['use_ended', 'used_again']));
  });

  it('as it is decided, where the record rests on another basis: used again once the erasure is refused with its ground', async () => {
    const her = await household(2, '1990-05-17', await aBasis(app.db.owner));
    expect((await visit(her, 'household')).status).toBe(201);
    await takesBack(her);
    await nothingIsRecordedOf(her, 'withdrawal');
    const refusal = { decision: 'refused', ground: 'public_interest', citation: 'Act of the demo province, section 7' };
    expect((await decide(await openRequest(her, 'erasure'), refusal)).status).toBe(200);
    await isUsedAgain(her);
    // Said again after that, it counts again, and is to be decided again.
    expect((await takesBack(her, { observedAt: '2026-03-05T03:00:00Z' })).body.restricted).toBe('withdrawal');
    expect((await openRequest(her, 'erasure')).state).toBe('open');
  });

  it('by whatever way the word comes into the database; a child by its own no or that of its guardian', async () => {
    const write = (person: Registered, byWhom: string, act = 'withdrawn', day = '2026-03-03') =>
      sql`insert into waymark.consent_event (region_id, event_id, person_id, purpose, act, by_whom, way, observed_at, recorded_at, actor_id)
        values (${person.regionId}, ${uuidv7()}, ${person.ids[0]}, 'register', ${act}, ${byWhom}, 'on_file', ${day}, ${new Date()}, 'tester')`.execute(
        app.db.owner,
      );
    const grown = await household();
    await write(grown, 'guardian'); // who has no say about her
    expect((await record(grown)).restricted).toBeNull();
    await write(grown, 'self');
    expect([(await record(grown)).restricted, (await visit(grown)).status]).toEqual(['withdrawal', 409]);
    expect(await openRequest(grown, 'erasure')).toMatchObject({ byWhom: 'self' });
    const child = await household(1, await daysFromToday(app, -9 * 365), await aBasis(app.db.owner));
    for (const byWhom of ['guardian', 'assent']) await write(child, byWhom, 'given', '2026-03-01');
    await write(child, 'guardian');
    expect((await record(child)).restricted).toBe('withdrawal');
    expect(await openRequest(child, 'erasure')).toMatchObject({ byWhom: 'guardian' });
    await write(child, 'guardian', 'given', '2026-03-04');
    expect((await record(child)).restricted).toBeNull();
    await write(child, 'assent', 'withdrawn', '2026-03-05');
    expect((await record(child)).restricted).toBe('withdrawal');
    // Born earlier than was thought, she decides alone, and did; born later after all, her no as a child stands.
    for (const [bornOn, restricted] of [
      ['1990-01-01', null],
      [await daysFromToday(app, -9 * 365), 'withdrawal'],
    ] as const) {
      const { version } = await record(child);
      const corrected = await (await app.as('district_officer')).patch<PersonRecord>(at(child), { bornOn, bornPrecision: 3, version });
      expect([corrected.status, corrected.body.restricted]).toEqual([200, restricted]);
    }
  });
});

describe('Kanya erases', () => {
  it('whoever takes back that a record is kept: nothing that holds her id is left but ledger, record of use and lists', async () => {
    const her = await household();
    await visit(her);
    await visit(her, 'household');
    expect((await takesBack(her)).status).toBe(201);
    const request = await openRequest(her, 'erasure');
    expect((await decide(request, { decision: 'granted' })).status).toBe(400);
    expect((await eraseIt(request, 'AAAA-AAAA-AA')).body.detail).toContain('not the number');
    expect((await eraseIt(request)).status).toBe(200);
    expect((await eraseIt(request)).status).toBe(404);
    expect(await rowsThatHold(app.db.owner, her.ids[0]!)).toEqual(['audit_entry', 'erasure']);
    expect(await rowsThatHold(app.db.owner, her.householdId)).toEqual(['audit_entry']);
    expect(await recountRollups(app.db.owner)).toEqual([]);
    expect((await (await orn()).get(at(her))).status).toBe(404);
    for (const path of [join(app.folder, 'erasures.log'), `${app.keyFile}.erasures`]) {
      const lines = readFileSync(path, 'utf8').trim().split('\n').map(readErasure);
      expect(lines).toContainEqual(
        expect.objectContaining({ personId: her.ids[0], requestId: request.requestId, orderedBy: app.accountIds.data_protection_officer }),
      );
      expect(readFileSync(path, 'utf8')).not.toContain('Quillfeather');
    }
    const ledger = await (await kanya()).get<{ number: string; counts: object }[]>('/api/data-protection/erasures');
    expect(ledger.body.find(({ number }) => number === request.number)).toMatchObject({
      counts: { assessments: 1, identities: 1, households: 1, records: 1 },
    });
  });

  it('one of a household: the household and what was said of it stay with the others', async () => {
    const her = await household(2);
    await visit(her, 'household');
    await ask('watch_volunteer', her, 'erasure');
    await eraseIt(await openRequest(her, 'erasure'));
    const { rows } = await sql`select 1 from waymark.assessment where subject_id = ${her.householdId}`.execute(app.db.owner);
    expect(rows).toHaveLength(1);
    const left = await (
      await app.as('watch_volunteer')
    ).get<{ members: { personId: string }[] }>(`/api/households/${her.regionId}/${her.householdId}`);
    expect(left.body.members.map(({ personId }) => personId)).toEqual([her.ids[1]]);
  });

  it('nobody on whom a legal hold stands, and the hold says so until it is ended', async () => {
    const her = await household();
    await ask('watch_volunteer', her, 'erasure');
    const request = await openRequest(her, 'erasure');
    const officer = await kanya();
    const hold = { holdId: uuidv7(), number: request.number, citation: 'Court of the demo province, case 12', untilOn: '2099-01-01' };
    const placed = await officer.post<{ holdId: string; regionId: number; version: number }[]>('/api/data-protection/holds', hold);
    expect(placed.status).toBe(201);
    expect((await openRequest(her, 'erasure')).held).toBe(true);
    const refused = await eraseIt(request);
    expect([refused.status, refused.body.type]).toEqual([409, '/problems/held']);
    const found = placed.body.find(({ holdId }) => holdId === hold.holdId)!;
    expect((await officer.post(`/api/data-protection/holds/${found.regionId}/${hold.holdId}/end`, { version: found.version })).status).toBe(
      200,
    );
    expect((await eraseIt(request)).status).toBe(200);
    expect(await rowsThatHold(app.db.owner, her.ids[0]!)).toEqual(['audit_entry', 'erasure']);
  });

  it('nobody who was put under a hold, or took back what she asked, while the erasure waited its turn; nor stands she in a list', async () => {
    const officer = await kanya(),
      orn = await app.as('watch_volunteer');
    const number = ({ ids }: Registered) => recordNumber(ids[0]!);
    const turns: [string, (her: Registered, asked: QueuedRequest) => Promise<{ status: number }>, string][] = [
      [
        'a hold',
        (her) =>
          officer.post('/api/data-protection/holds', {
            holdId: uuidv7(),
            number: number(her),
            citation: 'Court of the demo province, case 15',
            untilOn: '2099-01-01',
          }),
        '/problems/held',
      ],
      [
        'taken back',
        (her, { requestId, version }) => orn.post(`${at(her)}/requests/${requestId}/withdrawn`, { version }),
        '/problems/changed-meanwhile',
      ],
    ];
    for (const [what, turn, problem] of turns) {
      const her = await household();
      await ask('watch_volunteer', her, 'erasure');
      const asked = await openRequest(her, 'erasure');
      const { erasing } = await heldUp(app.db.owner, theFigures, async () => {
        const erasing = eraseIt(asked);
        await untilWaiting(app.db.owner, 1);
        expect([what, (await turn(her, asked)).status]).toEqual([what, expect.toBeOneOf([200, 201])]);
        return { erasing };
      });
      const refused = await erasing;
      expect([what, refused.status, refused.body.type]).toEqual([what, 409, problem]);
      expect(await rowsThatHold(app.db.owner, her.ids[0]!)).toEqual(expect.arrayContaining(['consent_event', 'identity_key', 'person']));
      expect(await rowsThatHold(app.db.owner, her.ids[0]!)).not.toContain('erasure');
      for (const path of [join(app.folder, 'erasures.log'), `${app.keyFile}.erasures`])
        expect(readFileSync(path, 'utf8')).not.toContain(her.ids[0]);
    }
  });

  it('and nobody where the lists outside cannot be written', async () => {
    const her = await household();
    await ask('watch_volunteer', her, 'erasure');
    const list = join(app.folder, 'erasures.log');
    renameSync(list, `${list}.kept`);
    mkdirSync(list);
    const answer = await eraseIt(await openRequest(her, 'erasure'));
    expect([answer.status, answer.body.type]).toEqual([503, '/problems/erasure-not-noted']);
    rmSync(list, { recursive: true });
    renameSync(`${list}.kept`, list);
    const { rows } = await sql`select 1 from waymark.person where person_id = ${her.ids[0]}`.execute(app.db.owner);
    expect(rows).toHaveLength(1);
  });
});

it('whatever was changed here stands in the record of use', () => {
  expect(trail.silent).toEqual([]);
});

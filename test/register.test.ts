// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installInstruments, recount, shippedInstruments } from '../src/risk/server/index.ts';
import { findActor } from '../src/access/server/index.ts';
import { recordNumber } from '../src/platform/domain/record-number.ts';
import { withActor } from '../src/platform/server/db.ts';
import { daysFromToday } from './support/days.ts';
import { untilWaiting } from './support/held-up.ts';
import { startApp, type PersonName, type TestApp } from './support/app.ts';
import { followEverybody, type Trail } from './support/authorisation-trail.ts';
import { aBasis } from './support/basis.ts';
import type { ImportState } from '../src/places/domain/imports-api.ts';
import { peopleByHand, readRollups, readRows, rollupsByHand } from './support/recount-by-hand.ts';
import type { WordPage } from '../src/people/domain/consent-standing.ts';
import type { FoundPerson, PersonRecord } from '../src/people/domain/person-record.ts';

/** The canary: a name that must stand nowhere but in the vault's answers. */
const canary = 'Xanthippe Quillfeather';
const said = (byWhom: string, act = 'given') => ({
  eventId: uuidv7(),
  purpose: 'register',
  act,
  byWhom,
  way: 'spoken',
  language: 'th',
  observedAt: '2026-03-01T03:00:00Z',
});
const member = (over: object = {}) => ({
  personId: uuidv7(),
  sex: 2,
  bornOn: '1990-05-17',
  bornPrecision: 3,
  identity: { names: [{ kind: 'official', full: canary, language: 'en' }], phones: ['081 234 5678'], documents: [] },
  consents: [said('self')],
  ...over,
});

let app: TestApp;
let asked: string;
let trail: Trail;
beforeAll(async () => {
  app = await startApp({ everyRole: true });
  trail = await followEverybody(app, ['watch_volunteer', 'district_officer', 'administrator', 'data_protection_officer']);
  await installInstruments(app.db.owner, uuidv7);
  asked = await aBasis(app.db.owner, { needsConsent: true });
}, 60_000);
afterAll(() => app?.close());

const household = (members: readonly object[], placeId = app.land.eastVillages[0].placeId) => ({
  householdId: uuidv7(),
  placeId,
  basisId: asked,
  members,
});
async function register(who: PersonName, body: ReturnType<typeof household>) {
  return (await app.as(who)).post<{ regionId: number; registered: boolean; type?: string; detail?: string }>('/api/people', body);
}
const recordAt = (regionId: number, personId: string) => `/api/people/${regionId}/${personId}`;
async function count(table: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from waymark.${sql.raw(table)}`.execute(app.db.owner);
  return rows[0]?.n ?? -1;
}

/** Figures of every place are what the rows say, counted once more by the database and by hand: whoever died or left is in none of them. */
async function figuresAreTrue(): Promise<void> {
  expect(await recount(app.db.owner, new Date())).toEqual([]);
  const rows = await readRows(app.db.owner);
  for (const instrument of shippedInstruments.filter(({ scores }) => scores === 'person')) {
    const byHand = rollupsByHand(rows, instrument, peopleByHand(rows, instrument, Date.now()));
    expect(byHand.bands.size).toBeGreaterThan(0);
    expect(await readRollups(app.db.owner, instrument.code)).toEqual(byHand);
  }
}

describe('Orn, watch volunteer of Reed Pond, registers a household', () => {
  it('once, with what was said, who they are, and a place in the figures', async () => {
    const mother = member(),
      child = member({ bornOn: '2015-08-02', consents: [said('guardian'), said('assent')] });
    const body = household([mother, child]);
    const first = await register('watch_volunteer', body);
    expect([first.status, first.body]).toMatchObject([201, { registered: true }]);
    expect((await register('watch_volunteer', body)).body.registered).toBe(false);
    expect(await count('person')).toBe(2);
    expect(await count("standing where subject_kind = 'person'")).toBe(2);
    const orn = await app.as('watch_volunteer');
    const { body: record } = await orn.get<PersonRecord>(recordAt(first.body.regionId, mother.personId));
    expect(record).toMatchObject({
      state: 'here',
      sex: 2,
      bornOn: '1990-05-17',
      place: { code: 'XA1101' },
      may: { write: true, readIdentity: true },
    });
    expect(record.consents).toMatchObject([{ purpose: 'register', act: 'given', byWhom: 'self' }]);
    expect(record.events.map(({ kind }) => kind)).toEqual(['registered']);
    const identity = await orn.get<{ identity: { names: { full: string }[] } }>(
      `${recordAt(first.body.regionId, mother.personId)}/identity`,
    );
    expect(identity.body.identity.names[0]?.full).toBe(canary);
    const { rows } = await sql<{
      n: number;
    }>`select count(*)::int as n from waymark.audit_entry where action = 'identity.read' and subject = ${mother.personId}`.execute(
      app.db.owner,
    );
    expect(rows[0]?.n).toBe(1);
  });

  it('and later one more of them, once, where the household lives, after she was asked', async () => {
    const body = household([member()]);
    const { body: made } = await register('watch_volunteer', body);
    const at = `/api/households/${made.regionId}/${body.householdId}`;
    const orn = await app.as('watch_volunteer');
    const unasked = { basisId: asked, members: [member({ consents: [] })] };
    expect((await orn.post(`${at}/members`, unasked)).body).toMatchObject({ type: '/problems/no-consent' });
    const later = { basisId: asked, members: [member({ sex: 1 })] };
    expect((await orn.post(`${at}/members`, later)).body).toEqual({ registered: true });
    expect((await orn.post(`${at}/members`, later)).body).toEqual({ registered: false });
    const { body: kept } = await orn.get<{ members: { sex: number }[] }>(at);
    expect(kept.members.map(({ sex }) => sex).sort()).toEqual([1, 2]);
    expect((await (await app.as('other_watch_volunteer')).post(`${at}/members`, later)).status).toBe(404);
  });

  it('however often and however fast her phone sends it before it is answered', async () => {
    const body = household([member(), member()]);
    const answers = await Promise.all(Array.from({ length: 6 }, () => register('watch_volunteer', body)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201, 201]);
    expect(answers.filter((answer) => answer.body.registered)).toHaveLength(1);
    const ids = body.members.map((each) => (each as { personId: string }).personId);
    expect(await count(`audit_entry where action = 'people.register' and detail->'people' ? '${ids[0]}'`)).toBe(1);
  });

  it('but never others under the same number, nor in another household: what differs would be lost in silence', async () => {
    const one = member(),
      body = household([one]);
    const { body: made } = await register('watch_volunteer', body);
    const refused = [409, '/problems/already-there'];
    const other = [
      { ...household([one]) },
      ...[{ sex: 1 }, { bornOn: '1991-05-17' }, { bornOn: null }].map((over) => ({ ...body, members: [{ ...one, ...over }] })),
    ];
    for (const each of other) {
      const { status, body: answer } = await register('watch_volunteer', each);
      expect([status, answer.type]).toEqual(refused);
    }
    const elsewhere = household([member()]);
    await register('watch_volunteer', elsewhere);
    const orn = await app.as('watch_volunteer');
    const added = await orn.post<{ type: string }>(`/api/households/${made.regionId}/${elsewhere.householdId}/members`, {
      basisId: asked,
      members: [one],
    });
    expect([added.status, added.body.type]).toEqual(refused);
    // What was set right and moved since does not make the lost answer another's.
    const som = await app.as('district_officer');
    const at = recordAt(made.regionId, one.personId);
    expect((await som.patch(at, { sex: 1, bornOn: '1991-01-01', bornPrecision: 1, version: 1 })).status).toBe(200);
    const move = { placeId: app.land.eastVillages[0].placeId, householdId: elsewhere.householdId, onDate: '2026-02-01', version: 2 };
    expect((await som.post(`${at}/move`, move)).status).toBe(200);
    const again = await register('watch_volunteer', body);
    expect([again.status, again.body]).toMatchObject([201, { registered: false }]);
  });

  it('by a phone whose clock is some hours ahead, but not weeks', async () => {
    const ahead = (ms: number) => [{ ...said('self'), observedAt: new Date(Date.now() + ms).toISOString() }];
    expect((await register('watch_volunteer', household([member({ consents: ahead(5 * 3_600_000) })]))).status).toBe(201);
    expect((await register('watch_volunteer', household([member({ consents: ahead(20 * 86_400_000) })]))).status).toBe(400);
  });

  it('at the moment of the server, where her phone tells none', async () => {
    const { observedAt: _, ...now } = said('self');
    const one = member({ consents: [now] });
    const before = Date.now();
    const { status, body } = await register('watch_volunteer', household([one]));
    expect(status).toBe(201);
    const { body: record } = await (await app.as('watch_volunteer')).get<PersonRecord>(recordAt(body.regionId, one.personId));
    expect(Date.parse(record.consents[0]?.observedAt ?? '')).toBeGreaterThanOrEqual(before - 1000);
  });

  it('and nobody of whom somebody who must be asked said no, or was not asked', async () => {
    const before = await count('person');
    const refusals: [object, string][] = [
      [member({ consents: [] }), 'herself'],
      [member({ consents: [said('self', 'refused')] }), 'herself'],
      [member({ bornOn: '2015-08-02', consents: [said('guardian')] }), 'assent'],
      [member({ bornOn: '2015-08-02', consents: [said('guardian'), said('assent', 'refused')] }), 'assent'],
      [member({ bornOn: '2015-08-02', consents: [said('assent')] }), 'guardian'],
    ];
    for (const [wrong, missing] of refusals) {
      const answer = await register('watch_volunteer', household([member(), wrong]));
      expect([answer.status, answer.body.type]).toEqual([422, '/problems/no-consent']);
      expect(answer.body.detail).toContain(missing);
      expect(answer.text).not.toContain(canary);
    }
    expect([await count('person'), await count("consent_event where act = 'refused'")]).toEqual([before, 0]);
  });

  it('not in the next village, on no basis, nor with a birth date to come', async () => {
    expect((await register('watch_volunteer', household([member()], app.land.eastVillages[1].placeId))).status).toBe(403);
    expect((await register('watch_volunteer', { ...household([member()]), basisId: uuidv7() })).body.type).toBe(
      '/problems/no-lawful-basis',
    );
    expect((await register('watch_volunteer', household([member({ bornOn: '2999-01-01' })]))).status).toBe(400);
    expect((await register('watch_volunteer', household([member({ bornOn: '1500-01-01' })]))).body.detail).toContain('calendar');
  });
});

describe('what becomes of a record', () => {
  it('is corrected, moves, dies and comes back, with each step to be seen, and figures follow', async () => {
    const one = member();
    const { body: made } = await register('district_officer', household([one]));
    const at = recordAt(made.regionId, one.personId);
    const som = await app.as('district_officer');
    const standings = () => count(`standing where subject_id = '${one.personId}'`);
    expect((await som.patch(at, { sex: 1, bornOn: '1991-01-01', bornPrecision: 1, version: 1 })).body).toMatchObject({
      sex: 1,
      bornOn: '1991-01-01',
      version: 2,
    });
    expect((await som.patch(at, { sex: 2, version: 1 })).body).toMatchObject({ type: '/problems/changed-meanwhile' });
    expect(
      (await som.post(`${at}/move`, { placeId: app.land.eastVillages[1].placeId, householdId: null, onDate: '2026-02-01', version: 2 }))
        .status,
    ).toBe(200);
    const died = await som.post<PersonRecord>(`${at}/state`, { state: 'died', onDate: '2026-02-03', version: 3 });
    expect(died.body).toMatchObject({ state: 'died', place: { code: 'XA1102' }, may: { write: false, assess: false } });
    expect(await standings()).toBe(0);
    await figuresAreTrue();
    const back = await som.post<PersonRecord>(`${at}/state`, { state: 'here', onDate: '2026-02-03', version: 4 });
    expect(back.body.events.map(({ kind }) => kind).sort()).toEqual(['corrected', 'died', 'moved', 'registered', 'returned']);
    expect(await standings()).toBe(1);
    await figuresAreTrue();
  });

  it('takes the day of a phone that is a day ahead for today, and none beyond', async () => {
    const [today, tomorrow, after] = await Promise.all([0, 1, 2].map((days) => daysFromToday(app, days)));
    const [newborn, one] = [member({ bornOn: tomorrow, consents: [said('guardian')] }), member()];
    const body = household([one, newborn]);
    const { body: made } = await register('district_officer', body);
    expect(made.registered).toBe(true);
    const som = await app.as('district_officer');
    const at = recordAt(made.regionId, one.personId);
    expect((await som.get(recordAt(made.regionId, newborn.personId))).body).toMatchObject({ bornOn: today });
    const home = `/api/households/${made.regionId}/${body.householdId}/move`;
    const to = { placeId: app.land.eastVillages[1].placeId, version: 1 };
    const died = { state: 'died', version: 2 };
    for (const [path, told] of [
      [home, to],
      [`${at}/move`, { ...to, householdId: null }],
      [`${at}/state`, { ...died, version: 1 }],
    ] as const)
      expect((await som.post(path, { ...told, onDate: after })).status).toBe(400);
    expect((await som.post(`${at}/move`, { ...to, householdId: null, onDate: tomorrow })).status).toBe(200);
    expect((await som.post(home, { ...to, onDate: tomorrow })).status).toBe(200);
    const { body: record } = await som.post<PersonRecord>(`${at}/state`, { ...died, onDate: tomorrow });
    expect(record.events.map(({ kind, onDate }) => [kind, onDate])).toEqual(
      expect.arrayContaining([
        ['died', today],
        ['moved', today],
      ]),
    );
  });

  it('leaves the officer’s sight when it moves beyond her district, and reaches the other’s', async () => {
    const one = member(),
      body = household([one]);
    const { body: made } = await register('district_officer', body);
    const som = await app.as('district_officer'),
      chai = await app.as('other_district_officer');
    const at = recordAt(made.regionId, one.personId);
    expect((await chai.get(at)).status).toBe(404);
    const move = { placeId: app.land.westVillages[0].placeId, onDate: '2026-02-01', version: 1 };
    expect((await chai.post(`/api/households/${made.regionId}/${body.householdId}/move`, move)).status).toBe(404);
    expect((await som.post(`/api/households/${made.regionId}/${body.householdId}/move`, move)).body).toEqual({ moved: 1 });
    expect([(await som.get(at)).status, (await chai.get(at)).status]).toEqual([404, 200]);
    const { rows } = await sql<{
      place: string;
    }>`select place_id as place from waymark.standing where subject_id = ${one.personId}`.execute(app.db.owner);
    expect(rows[0]?.place).toBe(app.land.westVillages[0].placeId);
    await figuresAreTrue();
  });
});

describe('what is said of a record again, because the answer was lost', () => {
  it('is done once: died, left, and back here on the same day', async () => {
    const one = member();
    const { body: made } = await register('district_officer', household([one]));
    const som = await app.as('district_officer');
    const everything = Object.fromEntries(
      shippedInstruments[0]!.indicators.filter(({ unit }) => unit === 'person').map(({ code }) => [code, 3]),
    );
    const visit = { assessmentId: uuidv7(), subjectKind: 'person', subjectId: one.personId, regionId: made.regionId };
    const told = { ...visit, instrument: shippedInstruments[0]!.code, answers: everything, observedAt: new Date().toISOString() };
    expect((await som.post('/api/assessments', told)).status).toBe(201);
    let version = 1;
    const say = (state: string, onDate: string) =>
      som.post<PersonRecord & { type?: string }>(`${recordAt(made.regionId, one.personId)}/state`, { state, onDate, version });
    for (const [state, day] of [
      ['left', '2026-02-01'],
      ['here', '2026-02-02'],
      ['died', '2026-02-03'],
      ['here', '2026-02-04'],
    ] as const) {
      const answers = [...(await Promise.all([say(state, day), say(state, day)])), await say(state, day)];
      expect(answers.map((answer) => [answer.status, answer.body.state])).toEqual([
        [200, state],
        [200, state],
        [200, state],
      ]);
      version += 1;
      expect(answers[2]?.body.version).toBe(version);
      await figuresAreTrue();
      expect((await say(state, '2026-01-15')).status).toBe(400);
    }
    expect(await count(`audit_entry where action = 'people.state' and subject = '${one.personId}'`)).toBe(4);
    expect(await count(`person_event where kind <> 'registered' and person_id = '${one.personId}'`)).toBe(4);
  });
});

describe('who may see a person without holding a place', () => {
  it('her case worker, and an organisation she agreed to be shared with, until she takes that back', async () => {
    const one = member();
    const { body: made } = await register('district_officer', household([one]));
    const at = recordAt(made.regionId, one.personId);
    const som = await app.as('district_officer'),
      ratana = await app.as('case_worker'),
      duang = await app.as('partner_provider');
    expect([(await ratana.get(at)).status, (await duang.get(at)).status]).toEqual([404, 404]);
    const { body: workers } = await som.get<{ accountId: string }[]>('/api/case-workers');
    const assign = () => som.post(`${at}/assignments`, { assignmentId: uuidv7(), accountId: workers[0]?.accountId });
    expect((await assign()).body).toMatchObject({ type: '/problems/no-consent' });
    await som.post(`${at}/consents`, { ...said('self'), purpose: 'assist' });
    expect((await assign()).status).toBe(201);
    expect([(await ratana.get(at)).status, (await ratana.get(`${at}/identity`)).status]).toEqual([200, 200]);
    const { body: organisations } = await som.get<{ organisationId: string; name: string }[]>('/api/referral-organisations');
    const harbour = organisations.find(({ name }) => name === 'Safe Harbour')?.organisationId;
    const refer = () => som.post(`${at}/assignments`, { assignmentId: uuidv7(), organisationId: harbour });
    expect((await refer()).body).toMatchObject({ type: '/problems/no-consent' });
    await som.post(`${at}/consents`, { ...said('self'), purpose: 'share' });
    expect((await refer()).status).toBe(201);
    expect((await duang.get(`${at}/identity`)).status).toBe(200);
    await som.post(`${at}/consents`, { ...said('self', 'withdrawn'), purpose: 'share', observedAt: '2026-04-01T00:00:00Z' });
    expect((await duang.get(at)).status).toBe(404);
  });
});

describe('a lawful basis that ends', () => {
  const basisId = uuidv7();
  const state = async (fromOn = '2020-01-01', id = basisId) =>
    (await app.as('data_protection_officer')).post('/api/people/bases', {
      basisId: id,
      title: `Act of the school ${id}`,
      ground: 'public_task',
      citation: 'Act of the demo province, section 2',
      purposes: ['register'],
      needsConsent: false,
      fromOn,
    });
  async function bring(no: string, dryRun = false, on = basisId): Promise<ImportState> {
    const mali = await app.as('coordinator');
    const mapping = `kind: people\ncountry: XA\nsource: School\nbasis: ${on}\nplace: { columns: [village] }\nid: { column: no }\nsex: { column: sex, map: { f: female } }\ninstrument: household-28\nobserved: { date: 2026-03-01 }\nindicators:\n  intention_to_leave: { column: leave }\n`;
    const file = { field: 'file', name: 'list.csv', content: `no,village,sex,leave\n${no},${app.land.eastVillages[0].code},f,3\n` };
    const { body } = await mali.upload<{ batchId: string }>('/api/imports', [file], { kind: 'people', mapping, dryRun: String(dryRun) });
    for (;;) {
      const { body: run } = await mali.get<ImportState>(`/api/imports/${body.batchId}`);
      if (run.state !== 'running') return run;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
  const onIt = (over: object = {}) => ({ ...household([member({ consents: [] })]), basisId, ...over });
  const [refused, failed] = [{ type: '/problems/no-lawful-basis' }, { state: 'failed', problem: { code: 'no-lawful-basis' } }];

  it('takes from then on nobody: neither a household, nor one more of it, nor a file, also one that was waiting; who was recorded stays', async () => {
    expect((await state()).status).toBe(201);
    const home = onIt();
    const { body } = await register('watch_volunteer', home);
    expect(body).toMatchObject({ registered: true });
    expect(await bring('B1')).toMatchObject({ state: 'done', report: { rejected: 0 } });
    const [before, kanya] = [await count('person'), await app.as('data_protection_officer')];
    let waiting: Promise<ImportState> | undefined;
    await app.db.owner.transaction().execute(async (tx) => {
      await sql`select pg_advisory_xact_lock(hashtext('waymark.import'))`.execute(tx);
      waiting = bring('B2');
      await untilWaiting(app.db.owner, 1);
      expect((await kanya.post(`/api/people/bases/${basisId}/end`, { version: 1 })).status).toBe(200);
    });
    expect(await waiting).toMatchObject(failed);
    expect((await register('watch_volunteer', onIt())).body).toMatchObject(refused);
    const more = { basisId, members: [member({ consents: [] })] };
    const orn = await app.as('watch_volunteer');
    expect((await orn.post(`/api/households/${body.regionId}/${home.householdId}/members`, more)).body).toMatchObject(refused);
    for (const dryRun of [false, true]) expect(await bring('B3', dryRun)).toMatchObject(failed);
    expect(await count('person')).toBe(before);
    const [{ personId }] = home.members as [{ personId: string }];
    expect((await orn.get<PersonRecord>(recordAt(body.regionId, personId))).body).toMatchObject({ state: 'here', basis: { basisId } });
  });

  it('nor does one that begins tomorrow, until then', async () => {
    const later = uuidv7();
    expect((await state(await daysFromToday(app, 2), later)).status).toBe(201);
    const before = await count('person');
    expect((await register('watch_volunteer', onIt({ basisId: later }))).body).toMatchObject(refused);
    expect(await bring('B4', false, later)).toMatchObject(failed);
    expect(await count('person')).toBe(before);
  });
});

describe('Kanya, data protection officer, reads what people agreed to', () => {
  const kanyaReads = async (query: string) =>
    (await app.as('data_protection_officer')).get<WordPage>(`/api/data-protection/consents?${query}`);
  const told = async (query: string) =>
    (await kanyaReads(query)).body.rows.map(({ byWhom, act, state, why }) => `${byWhom} ${act}: ${why ?? state}`);
  /** Said besides what was said at registration, in its order. */
  async function say(
    personId: string,
    words: readonly (readonly [byWhom: string, act: string, purpose?: string, organisationId?: string | null])[],
  ) {
    for (const [i, [byWhom, act, purpose = 'register', organisationId = null]] of words.entries())
      await sql`insert into waymark.consent_event (region_id, event_id, person_id, purpose, act, by_whom, way, organisation_id, observed_at, recorded_at, actor_id)
        select region_id, ${uuidv7()}, person_id, ${purpose}, ${act}, ${byWhom}, 'spoken', ${organisationId}, '2026-03-02'::timestamptz + ${i} * interval '1 day',
               clock_timestamp(), 'test' from waymark.person where person_id = ${personId}`.execute(app.db.owner);
  }

  it('by the number that somebody said, with what was said at registration, and without a name', async () => {
    const one = member({ bornOn: '2015-08-02', consents: [said('guardian'), said('assent')] });
    await register('watch_volunteer', household([one]));
    await say(one.personId, [
      ['guardian', 'given', 'contact'],
      ['assent', 'refused', 'contact'],
      ['assent', 'withdrawn'],
    ]);
    const number = recordNumber(one.personId);
    const { body, text } = await kanyaReads(`number=${number.toLowerCase().replaceAll('-', '%20')}`);
    expect(body.rows.map(({ byWhom, act, state, why }) => `${byWhom} ${act}: ${why ?? state}`)).toEqual([
      'assent withdrawn: no',
      'assent refused: no',
      'guardian given: child_no',
      expect.stringMatching(/given: (child_no|withdrawn)$/),
      expect.stringMatching(/given: (child_no|withdrawn)$/),
    ]);
    expect(body.rows[4]).toMatchObject({
      number,
      purpose: 'register',
      way: 'spoken',
      language: 'th',
      observedAt: '2026-03-01T03:00:00.000Z',
    });
    expect(body.rows[4]?.district).toMatchObject({ level: 2 });
    expect(text).not.toContain(canary);
    expect(text).not.toContain('2015');
    expect(await told(`number=${one.personId}&purpose=contact&state=no`)).toEqual(['assent refused: no']);
    expect((await kanyaReads('number=0000-0000-01')).body).toEqual({ rows: [], known: false, next: null });
    expect((await kanyaReads('number=malee')).status).toBe(400);
    expect((await kanyaReads('from=2026-05-02&to=2026-05-01')).status).toBe(400);
    expect(await count(`audit_entry where action = 'people.read-consents' and subject = '${one.personId}'`)).toBe(2);
  });

  it('page by page, each word once, also where only some of them count; and by days and as a file, which the record of use says', async () => {
    for (const filter of ['', '&state=stands']) {
      const seen: string[] = [];
      for (let after = ''; ;) {
        const { body } = await kanyaReads(`limit=3${filter}${after && `&after=${encodeURIComponent(after)}`}`);
        seen.push(...body.rows.map(({ eventId }) => eventId));
        if (!body.next) break;
        after = body.next;
      }
      const { rows } = (await kanyaReads(`limit=200${filter}`)).body;
      expect(rows.length).toBeGreaterThan(10);
      expect(seen).toEqual(rows.map(({ eventId }) => eventId));
    }
    expect(await told(`from=${await daysFromToday(app, 1)}`)).toEqual([]);
    expect(await told(`to=${await daysFromToday(app, -1)}`)).toEqual([]);
    const today = await daysFromToday(app, 0);
    expect((await told(`limit=200&from=${today}&to=${today}`)).length).toBe(await count('consent_event'));
    const file = await (await app.as('data_protection_officer')).get('/api/data-protection/consents.csv?state=no');
    const lines = file.text.trim().split('\r\n');
    expect(lines.length - 1).toBe((await told('state=no&limit=200')).length);
    expect(file.text).not.toContain(canary);
    expect(await count(`audit_entry where action = 'people.export-consents' and (detail->>'rows')::integer = ${lines.length - 1}`)).toBe(1);
  });

  it('and each stands where the database acts on it, whatever was said and however old somebody is', async () => {
    const organisation = (await sql<{ id: string }>`select organisation_id as id from waymark.organisation limit 1`.execute(app.db.owner))
      .rows[0]!.id;
    const years = [3, 12, 30, null];
    const pick = <T>(from: readonly T[], at: number): T => from[at % from.length]!;
    for (let i = 0; i < 24; i++) {
      const age = pick(years, i);
      const bornOn = age === null ? null : `${new Date().getUTCFullYear() - age - 1}-01-01`;
      const one = member({
        bornOn,
        consents: age !== null && age < 18 ? [said('guardian'), said('assent')] : [said('self')],
      });
      expect((await register('watch_volunteer', household([one]))).status).toBe(201);
      await say(
        one.personId,
        Array.from({ length: 6 }, (_, j) => {
          const n = i * 31 + j * 17 + i * j;
          const purpose = pick(['register', 'share', 'share', 'contact'], n >> 2);
          const named = purpose === 'share' && n % 2 === 0 ? organisation : null;
          return [
            pick(['self', 'guardian', 'assent'], n),
            pick(['given', 'given', 'given', 'refused', 'withdrawn'], n >> 1),
            purpose,
            named,
          ] as const;
        }),
      );
      const { rows } = (await kanyaReads(`number=${one.personId}`)).body;
      const stands = (purpose: string, named?: string) =>
        rows.some((row) => row.purpose === purpose && row.state === 'stands' && (named === undefined || row.organisation !== null));
      const { rows: acted } = await sql<{ register: boolean; contact: boolean; share: boolean; used: boolean }>`
        select waymark.consent_stands(region_id, person_id, 'register', waymark.age_on(born_on, waymark.today())) as register,
               waymark.consent_stands(region_id, person_id, 'contact', waymark.age_on(born_on, waymark.today())) as contact,
               waymark.sharing_stands(region_id, person_id, ${organisation}) as share, restricted_at is null as used
        from waymark.person where person_id = ${one.personId}`.execute(app.db.owner);
      expect([i, stands('register'), stands('contact')]).toEqual([i, acted[0]!.register, acted[0]!.contact]);
      // No organisation reads a record that is used no further, whatever she said of sharing.
      if (stands('share', 'named')) expect([i, acted[0]!.share]).toEqual([i, acted[0]!.used]);
      if (acted[0]!.share) expect([i, stands('share')]).toEqual([i, true]);
    }
  });

  it('and nobody else does, also not by asking the database', async () => {
    for (const who of ['administrator', 'coordinator', 'analyst', 'watch_volunteer'] as const) {
      expect((await (await app.as(who)).get('/api/data-protection/consents')).status, who).toBe(403);
      const actor = await findActor(app.access, app.accountIds[who]);
      for (const call of [`stages_of('{1}', array[gen_random_uuid()], array[now()])`, `records_called('000000000000', now(), now())`])
        await expect(
          withActor(app.db.app, actor!, (tx) => sql`select waymark.${sql.raw(call)}`.execute(tx)),
          `${who} ${call}`,
        ).rejects.toMatchObject({ code: '42501' });
    }
  });
});

describe('an installation that keeps no people', () => {
  it('takes none, until a basis is stated and an administrator switches it on', async () => {
    const places = await startApp({ everyRole: true, keepsPeople: false });
    try {
      const [nok, kanya, som] = [
        await places.as('administrator'),
        await places.as('data_protection_officer'),
        await places.as('district_officer'),
      ];
      const basisId = uuidv7();
      const body = { householdId: uuidv7(), placeId: places.land.eastVillages[0].placeId, basisId, members: [member()] };
      expect((await nok.send('PUT', '/api/people/settings', { peopleKept: true })).body).toMatchObject({
        type: '/problems/no-lawful-basis',
      });
      const basis = {
        basisId,
        title: 'Consent',
        ground: 'consent',
        citation: 'Act of the demo province',
        purposes: ['register'],
        needsConsent: true,
        fromOn: '2020-01-01',
      };
      expect((await kanya.post('/api/people/bases', { ...basis, needsConsent: false })).status).toBe(400);
      expect((await kanya.post('/api/people/bases', basis)).status).toBe(201);
      expect((await som.post('/api/people', body)).body).toMatchObject({ type: '/problems/people-not-kept' });
      expect((await nok.send('PUT', '/api/people/settings', { peopleKept: true })).status).toBe(200);
      expect((await som.post('/api/people', body)).status).toBe(201);
      expect((await nok.send('PUT', '/api/people/settings', { peopleKept: false })).body).toMatchObject({
        type: '/problems/people-recorded',
      });
    } finally {
      await places.close();
    }
  });
});

it('no name stands in the log, nor in any table', async () => {
  const som = await app.as('district_officer');
  const found = await som.post<{ found: FoundPerson[] }>('/api/people/search', { text: 'Zantippe Quilfether' });
  expect(found.body.found.map(({ name }) => name)).toContain(canary);
  expect(found.body.found.map(({ place, state }) => `${place.code} ${state}`)).toContain('XA1101 here');
  expect(app.logLines.join('\n')).not.toContain('Quillfeather');
  const { rows: tables } = await sql<{
    name: string;
  }>`select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('waymark', 'auth', 'graphile_worker')`.execute(
    app.db.owner,
  );
  for (const { name } of tables) {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${sql.raw(name)} t where t::text ilike '%quillfeather%'`
      .execute(app.db.owner)
      .catch(() => ({ rows: [] }));
    expect([name, rows[0]?.n ?? 0]).toEqual([name, 0]);
  }
});

it('whatever was changed here stands in the record of use', () => {
  expect(trail.silent).toEqual([]);
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type PersonName, type TestApp } from '../../../test/support/app.ts';
import type { TestPlace } from '../../../test/support/demo-land.ts';
import { aHousehold, aPerson } from '../../people/builders.ts';
import { insertHouseholds, insertPeople } from '../../people/server/index.ts';
import { seededId } from '../../platform/builders.ts';
import { score } from '../domain/arithmetic.ts';
import type { HouseholdPage } from '../domain/household-list.ts';
import type { ListPage, Waiting } from '../domain/people-list.ts';
import { household28 } from '../domain/instruments/household-28.ts';
import { urgencyOf, warningsOf } from '../domain/warning.ts';
import { followHouseholds, installInstruments, keepTime, peopleChanged, recountLists } from './index.ts';

let app: TestApp,
  now = new Date('2026-11-22T04:00:00Z');
beforeAll(async () => {
  app = await startApp({ everyRole: true, now: () => now });
  let n = 0;
  await installInstruments(app.db.owner, () => seededId('instrument', ++n));
});
afterAll(() => app?.close());

const { indicators } = household28;
/** Everything answered with 1 but the protected questions, which nobody asked. */
const openOnes = Buffer.from(indicators.map((each) => (each.protected ? 0 : 1)));
/** The first question that warns by itself: of the answers below, whoever has one that does has this one. */
const guardianship = indicators.findIndex(({ code }) => code === 'guardianship');
/** Twenty open answers that add up to this. */
function answersOf(excess: number): Buffer {
  let left = excess,
    given = 0;
  return Buffer.from(
    indicators.map((each) => {
      if (each.protected || given++ >= 20) return 0;
      const more = Math.min(2, left);
      left -= more;
      return 1 + more;
    }),
  );
}

/** One person with a standing of her own making. */
async function settle(
  village: TestPlace,
  seed: string,
  given: { band: number; excess: number; sex?: 1 | 2; age?: number; until?: string | null; seen?: string | null; householdId?: string },
): Promise<string> {
  const { placeId, regionId } = village;
  const person = aPerson({ placeId, regionId, sex: given.sex ?? 2, householdId: given.householdId ?? null }, seed);
  await insertPeople(app.db.owner, [person]);
  await sql`insert into waymark.standing (region_id, instrument_code, subject_kind, subject_id, place_id, sex, age_group, instrument_version, excess, known, applicable, band, answers, observed_at, valid_until, computed_at)
    values (${regionId}, 'household-28', 'person', ${person.personId}, ${placeId}, ${given.sex ?? 2}, ${given.age ?? 4}, 1, ${given.excess}, ${given.band === 0 ? 0 : 20}, 28, ${given.band},
            ${given.band === 0 ? Buffer.alloc(28) : answersOf(given.excess)}, ${given.seen ?? null}, ${given.until ?? null}, now())`.execute(
    app.db.owner,
  );
  return person.personId;
}

const list = async (who: PersonName, query: string): Promise<ListPage> => {
  const answer = await (await app.as(who)).get<ListPage>(`/api/people/list?${query}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
};
const ids = (page: ListPage): string[] => page.rows.map(({ personId }) => personId);

describe('the list of people', () => {
  test('Som of East Bay sees her district by urgency, by renewal and by newest answer, narrowed as she likes', async () => {
    const [pond, well] = app.land.eastVillages;
    const low = await settle(pond, 'low', { band: 1, excess: 4, until: '2027-03-01', seen: '2026-10-01' });
    const high = await settle(well, 'high', { band: 3, excess: 36, until: '2026-12-20', seen: '2026-09-01', sex: 1 });
    const higher = await settle(pond, 'higher', { band: 3, excess: 38, until: '2027-02-01', seen: '2026-11-01', age: 3 });
    const unknown = await settle(pond, 'unknown', { band: 0, excess: 0 });
    await settle(app.land.westVillages[0], 'west', { band: 3, excess: 40 });
    const east = `place=${app.land.east.placeId}`;
    expect(ids(await list('district_officer', east))).toEqual([higher, high, low, unknown]);
    expect(ids(await list('district_officer', `${east}&sort=renewal`))).toEqual([unknown, high, higher, low]);
    expect(ids(await list('district_officer', `${east}&sort=seen`))).toEqual([higher, low, high, unknown]);
    expect(ids(await list('district_officer', `${east}&bands=30`))).toEqual([higher, high, unknown]);
    expect(ids(await list('district_officer', `${east}&sex=1`))).toEqual([high]);
    expect(ids(await list('district_officer', `${east}&ageGroup=3`))).toEqual([higher]);
    expect(ids(await list('district_officer', `${east}&renew=now`))).toEqual([unknown]);
    expect(ids(await list('district_officer', `${east}&renew=2027-01-01`))).toEqual([high, unknown]);
    expect(ids(await list('district_officer', `place=${pond.placeId}`))).toEqual([higher, low, unknown]);
    expect((await list('district_officer', east)).rows[0]).toMatchObject({
      band: 3,
      index: 95,
      low: 90.5,
      high: 95.2,
      validUntil: '2027-02-01',
      place: { name: 'Reed Pond' },
    });
  });

  test('a wrong cursor, day or place is told, and nobody lists another area', async () => {
    const som = await app.as('district_officer'),
      east = `place=${app.land.east.placeId}`;
    for (const query of [
      `${east}&after=abc`,
      `${east}&after=${Buffer.from('["; drop",1,"x"]').toString('base64url')}`,
      `${east}&renew=2027-02-31`,
    ])
      expect((await som.get(`/api/people/list?${query}`)).status).toBe(400);
    expect((await som.get(`/api/people/list?place=${app.land.west.placeId}`)).status).toBe(403);
    expect((await som.get('/api/people/list')).status).toBe(403);
    expect((await som.get(`/api/people/list.csv?place=${app.land.west.placeId}`)).status).toBe(403);
    for (const who of ['analyst', 'administrator', 'law_enforcement', 'programme_manager', 'data_protection_officer'] as const) {
      expect((await (await app.as(who)).get(`/api/people/list?${east}`)).status).toBe(403);
      expect((await (await app.as(who)).get(`/api/people/list.csv?${east}`)).status).toBe(403);
    }
    const orn = await app.as('watch_volunteer');
    expect((await orn.get(`/api/people/list?${east}`)).status).toBe(403);
    expect((await orn.get(`/api/people/list?place=${app.land.eastVillages[0].placeId}`)).status).toBe(200);
    expect((await orn.get(`/api/people/list.csv?place=${app.land.eastVillages[0].placeId}`)).status).toBe(403);
  });

  test('Ratana lists whom she is case worker of, and nobody else', async () => {
    const [pond] = app.land.eastVillages;
    const hers = await settle(pond, 'in her care', { band: 2, excess: 20 });
    await sql`insert into waymark.assignment (region_id, assignment_id, person_id, kind, account_id, given_by)
      values (${pond.regionId}, ${seededId('care')}, ${hers}, 'case_worker', ${app.accountIds.case_worker}, 'set-up')`.execute(
      app.db.owner,
    );
    expect(ids(await list('case_worker', ''))).toEqual([hers]);
    expect((await (await app.as('case_worker')).get(`/api/people/list?place=${pond.placeId}`)).status).toBe(403);
    expect((await (await app.as('person')).get('/api/people/list')).status).toBe(403);
  });
});

describe('paging', () => {
  const walk = async (query: string, each: (page: ListPage) => Promise<void>): Promise<string[]> => {
    const seen: string[] = [];
    for (let after: string | null = ''; after !== null;) {
      const page: ListPage = await list('other_coordinator', `${query}${after ? `&after=${after}` : ''}`);
      seen.push(...ids(page));
      after = page.after;
      if (after) await each(page);
    }
    return seen;
  };

  test('loses nobody and doubles nobody whose standing stays, while others change, come and go', async () => {
    const village = app.land.westVillages[1],
      { placeId, regionId } = village;
    await sql`with made as (insert into waymark.person (region_id, person_id, place_id, sex) select ${regionId}, gen_random_uuid(), ${placeId}, 2 from generate_series(1, 180) returning person_id)
      insert into waymark.standing (region_id, instrument_code, subject_kind, subject_id, place_id, sex, age_group, instrument_version, excess, known, applicable, band, answers, observed_at, valid_until, computed_at)
      select ${regionId}, 'household-28', 'person', person_id, ${placeId}, 2, 4, 1, n, 20, 28, 1 + (n > 13)::integer + (n > 24)::integer, ${openOnes}::bytea,
             timestamptz '2026-01-01' + n * interval '1 day', case when n > 3 then timestamptz '2027-01-01' + n * interval '1 day' end, now()
      from (select person_id, (row_number() over () % 40)::integer as n from made) m`.execute(app.db.owner);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('urgency', 'renewal', 'seen'), fc.integer({ min: 0, max: 39 }), async (sort, moving) => {
        const { rows: before } = await sql<{ id: string; moves: boolean }>`
          select subject_id as id, excess = ${moving} as moves from waymark.standing where place_id = ${placeId}`.execute(app.db.owner);
        const stays = before.filter(({ moves }) => !moves).map(({ id }) => id);
        const seen = await walk(`place=${placeId}&sort=${sort}`, async () => {
          await sql`update waymark.standing set excess = (excess + 17) % 40, observed_at = observed_at + interval '40 days', valid_until = coalesce(valid_until, now()) - interval '90 days'
            where place_id = ${placeId} and subject_id <> all (${stays}::uuid[])`.execute(app.db.owner);
        });
        const staying = new Set(stays),
          counted = seen.filter((id) => staying.has(id));
        expect(counted.length).toBe(stays.length);
        expect(new Set(counted)).toEqual(staying);
      }),
      { numRuns: 6 },
    );
  });

  test('the narrow table is what the standings say, whatever was written', async () => {
    await sql`delete from waymark.standing where place_id = ${app.land.westVillages[1].placeId} and excess % 3 = 0`.execute(app.db.owner);
    const { rows } = await sql`
      select from waymark.standing s full join waymark.listing l on l.region_id = s.region_id and l.instrument_code = s.instrument_code and l.person_id = s.subject_id
      where s.subject_kind is distinct from 'place' and (l.place_id, l.sex, l.age_group, l.urgency, l.renew_by, l.seen_at) is distinct from
        (s.place_id, s.sex, s.age_group, waymark.urgency_of(s.band, s.excess, s.known) + case when get_byte(s.answers, ${guardianship}) = 3 then 10000 else 0 end, coalesce(s.valid_until, '-infinity'), coalesce(s.observed_at, '-infinity'))`.execute(
      app.db.owner,
    );
    expect(rows).toHaveLength(0);
  });

  test('many people are paged as few are: the same order from the sorted indexes as from a sort', async () => {
    const { regionId, placeId } = app.land.westVillages[0];
    await sql`insert into waymark.standing (region_id, instrument_code, subject_kind, subject_id, place_id, sex, age_group, instrument_version, excess, known, applicable, band, answers, observed_at, valid_until, computed_at)
      select ${regionId}, 'household-28', 'person', gen_random_uuid(), ${placeId}, 1 + n % 2, n % 7, 1, n % 41, 20, 28, case when n % 41 >= 24 then 3 when n % 41 > 13 then 2 else 1 end,
             case when n % 7 = 0 then set_byte(${openOnes}::bytea, ${guardianship}, 3) else ${openOnes}::bytea end,
             timestamptz '2026-01-01' + n % 300 * interval '1 day', timestamptz '2026-11-30' + n % 300 * interval '1 day', now()
      from generate_series(1, 5600) n`.execute(app.db.owner);
    const keys = async (
      sort: string,
      bands: number[] | null,
      sex: number | null,
      renewBy: string | null,
      warns: boolean,
      place: TestPlace,
    ): Promise<unknown> => {
      const { rows } = await app.db.app.transaction().execute(async (tx) => {
        await sql`select set_config('waymark.rights', 'people.read', true), set_config('waymark.scope', ${app.land.country.path}, true)`.execute(
          tx,
        );
        return sql`select * from waymark.list_people('household-28', ${place.placeId}, ${bands}::smallint[], ${sex}::smallint, null, ${renewBy}::timestamptz, ${warns}, ${sort}, null, null, null, 60)`.execute(
          tx,
        );
      });
      return rows;
    };
    const sorted = async (
      sort: string,
      bands: number[] | null,
      sex: number | null,
      renewBy: string | null,
      warns: boolean,
      place: TestPlace,
    ): Promise<unknown> => {
      const by = sql.ref(sort === 'renewal' ? 'renew_by' : sort === 'seen' ? 'seen_at' : 'urgency'),
        way = sql.raw(sort === 'renewal' ? 'asc' : 'desc');
      const { rows } =
        await sql`select l.region_id, l.person_id, ${by}::text as sort_key from waymark.listing l join waymark.place p using (place_id)
        where p.path <@ ${place.path}::ltree and (${bands}::smallint[] is null or l.urgency % 10000 / 2000 = any (${bands}::smallint[])) and (not ${warns} or l.urgency >= 10000) and (${sex}::smallint is null or l.sex = ${sex})
          and (${renewBy}::timestamptz is null or l.renew_by <= ${renewBy}) order by ${by} ${way}, l.region_id ${way}, l.person_id ${way} limit 60`.execute(
          app.db.owner,
        );
      return rows;
    };
    for (const place of [app.land.country, app.land.west])
      for (const sort of ['urgency', 'renewal', 'seen'])
        for (const [bands, sex, renewBy, warns] of [
          [null, null, null, false],
          [[3], null, null, false],
          [[3, 0], 1, null, false],
          [null, 2, '2026-12-10', false],
          [[2], null, '2027-06-01', false],
          [null, null, null, true],
          [[1], 2, null, true],
          [null, null, '2027-06-01', true],
        ] as const)
          expect(
            await keys(sort, bands && [...bands], sex, renewBy, warns, place),
            `${place.name} ${sort} ${String(bands)} ${warns}`,
          ).toEqual(await sorted(sort, bands && [...bands], sex, renewBy, warns, place));
  });
});

describe('a warning', () => {
  const day = 86_400_000;
  const families = Array.from({ length: 4 }, (_, i) => ({
    householdId: seededId('household', 'warned', i),
    personId: seededId('person', 'warned', i),
  }));
  const [debtor, violent, papers, calm] = families.map(({ personId }) => personId) as [string, string, string, string];

  /** Four of one village, each in a household of her own, nobody asked yet. */
  async function register(village: TestPlace): Promise<void> {
    const { placeId, regionId } = village;
    await insertHouseholds(
      app.db.owner,
      families.map((_, i) => ({ ...aHousehold({ placeId, regionId }, 'warned'), householdId: families[i]!.householdId })),
    );
    const people = families.map((ids) => ({ ...aPerson({ placeId, regionId, sex: 2 }, ids.personId), ...ids }));
    await insertPeople(app.db.owner, people);
    await app.db.owner.transaction().execute((tx) => peopleChanged(tx, people, now));
  }
  async function say(subjectKind: 'person' | 'household' | 'place', subjectId: string, answers: object, ago: number): Promise<void> {
    const observedAt = new Date(now.getTime() - ago * day).toISOString();
    const visit = {
      assessmentId: uuidv7(),
      subjectKind,
      subjectId,
      regionId: app.land.east.regionId,
      instrument: 'household-28',
      answers,
      observedAt,
    };
    const answer = await (await app.as('district_officer')).post('/api/assessments', visit);
    expect(answer.status, answer.text).toBe(201);
  }

  test('lifts whoever has it to the top, whatever the band, in words; it is filtered, counted, and ends with its answer', async () => {
    const well = app.land.eastVillages[1],
      here = `place=${well.placeId}`;
    await register(well);
    const [first] = families;
    // Whatever is known of the place lifts nobody above her neighbours.
    await say('place', well.placeId, { place_setting: 3 }, 40);
    await say('household', first!.householdId, { debt: 3 }, 170);
    await say('household', families[1]!.householdId, { family_violence: 3 }, 100);
    await say('person', papers, { identity_documents: 3, stigma_or_past_exploitation: 3 }, 1);
    await say(
      'person',
      calm,
      Object.fromEntries(indicators.filter((each) => each.unit === 'person' && !each.warns && !each.bySex).map(({ code }) => [code, 3])),
      1,
    );
    const page = await list('district_officer', here);
    const told = new Map(page.rows.map((row) => [row.personId, [row.band, row.warnings]]));
    const words = (code: string): string => indicators.find((each) => each.code === code)!.reasons[3].en;
    expect(told.get(debtor)).toEqual([0, [words('debt')]]);
    expect(told.get(violent)).toEqual([0, ['private reason']]);
    expect(told.get(papers)).toEqual([0, [words('identity_documents')]]);
    expect(told.get(calm)).toEqual([0, []]);
    // "Unknown" all three, and before somebody of high risk whom nothing warns of.
    const high = await settle(well, 'high without', { band: 3, excess: 36, until: '2026-12-20', seen: '2026-09-01' });
    await sql`update waymark.standing set answers = ${openOnes} where subject_id = ${high}`.execute(app.db.owner);
    const after = ids(await list('district_officer', here));
    expect(new Set(after.slice(0, 3))).toEqual(new Set([debtor, violent, papers]));
    expect(after.indexOf(high)).toBe(3);
    const counted = async (): Promise<Waiting> => {
      const answer = await (await app.as('district_officer')).get<Waiting>(`/api/people/waiting?${here}`);
      expect(answer.status, answer.text).toBe(200);
      return answer.body;
    };
    for (const sort of ['urgency', 'renewal', 'seen'])
      expect(new Set(ids(await list('district_officer', `${here}&warns=now&sort=${sort}`)))).toEqual(new Set([debtor, violent, papers]));
    expect(await counted()).toEqual({
      asOf: '2026-11-22',
      by: '2026-11-27',
      before: '2026-11-28',
      warned: { n: 3, more: false },
      households: { n: 0, more: false },
    });
    const file = (await (await app.as('district_officer')).get(`/api/people/list.csv?${here}&warns=now`)).text.split('\r\n');
    const lineOf = (id: string): string => file.find((line) => line.includes(id)) ?? '';
    expect([file[0]!.includes(',Warns now,'), file.length]).toEqual([true, 5]);
    expect(lineOf(debtor)).toContain(`,"${words('debt')}",`);
    expect(lineOf(papers)).toContain(`,"${words('identity_documents')}",`);
    expect(lineOf(violent)).toContain(',private reason,');

    // Six months after it was said the debt holds no more: nobody asked again, and the clock takes it down.
    now = new Date(now.getTime() + 14 * day);
    expect((await counted()).households).toEqual({ n: 1, more: false });
    await keepTime(app.db.jobs, () => now, 3);
    expect(new Set(ids(await list('district_officer', `${here}&warns=now`)))).toEqual(new Set([violent, papers]));
    expect((await counted()).warned.n).toBe(2);
    // Said again, it is back at once.
    await say('household', first!.householdId, { debt: 3 }, 0);
    expect((await counted()).warned.n).toBe(3);
    expect((await list('district_officer', `${here}&warns=now`)).rows).toHaveLength(3);
  });

  test('is counted for nobody but those who may list these people', async () => {
    const east = `place=${app.land.east.placeId}`;
    expect((await (await app.as('district_officer')).get(`/api/people/waiting?place=${app.land.west.placeId}`)).status).toBe(403);
    for (const who of ['analyst', 'administrator', 'programme_manager', 'law_enforcement'] as const)
      expect((await (await app.as(who)).get(`/api/people/waiting?${east}`)).status).toBe(403);
    const hers = async () => (await (await app.as('case_worker')).get<Waiting>('/api/people/waiting')).body.warned.n;
    const before = await hers();
    await sql`insert into waymark.assignment (region_id, assignment_id, person_id, kind, account_id, given_by)
      values (${app.land.east.regionId}, ${seededId('care', 'warned')}, ${violent}, 'case_worker', ${app.accountIds.case_worker}, 'set-up')`.execute(
      app.db.owner,
    );
    expect(await hers()).toBe(before + 1);
    // Her list is filed and printed like everybody's, and says no more.
    const row = (await list('case_worker', 'warns=now')).rows.find(({ personId }) => personId === violent);
    expect(row?.warnings).toEqual(['private reason']);
  });

  test('counts in the database as in the rules: the order of a list is that of `urgencyOf`, whatever was answered', async () => {
    const { placeId, regionId } = app.land.westVillages[1];
    const all = fc.sample(fc.array(fc.constantFrom(0, 1, 2, 3, 3, 4, 5, 6), { minLength: 28, maxLength: 28 }), { numRuns: 150, seed: 28 });
    const made = all.map((answers, i) => ({ id: seededId('person', 'twin', i), answers, ...score(answers, household28) }));
    const each = JSON.stringify(made.map(({ answers, ...rest }) => ({ ...rest, hex: Buffer.from(answers).toString('hex') })));
    await sql`insert into waymark.standing (region_id, instrument_code, subject_kind, subject_id, place_id, sex, age_group, instrument_version, excess, known, applicable, band, answers, computed_at)
      select ${regionId}, 'household-28', 'person', id, ${placeId}, 2, 4, 1, excess, known, applicable, band, decode(hex, 'hex'), now()
      from jsonb_to_recordset(${each}) as m(id uuid, excess integer, known integer, applicable integer, band smallint, hex text)`.execute(
      app.db.owner,
    );
    const { rows } = await sql<{ id: string; urgency: number; alone: boolean }>`
      select l.person_id as id, l.urgency, w.person_id is not null as alone from waymark.listing l
      left join waymark.private_warnings('household-28', ${made.map(() => regionId)}::integer[], ${made.map(({ id }) => id)}::uuid[]) w using (person_id)
      where l.person_id = any (${made.map(({ id }) => id)}::uuid[])`.execute(app.db.owner);
    const kept = new Map(rows.map(({ id, ...rest }) => [id, rest]));
    for (const { id, answers, band } of made) {
      const { open, hidden } = warningsOf(household28, answers);
      expect(kept.get(id)).toEqual({ urgency: urgencyOf(household28, answers, band), alone: hidden && open.length === 0 });
    }
    expect(new Set(rows.map(({ alone }) => alone)).size).toBe(2);
  });
});

describe('the list of households', () => {
  /** What the server does of itself after a request; the tests write by hand. */
  const counted = () => followHouseholds(app.db.jobs);
  const homes = async (who: PersonName, query: string): Promise<HouseholdPage> => {
    await counted();
    const answer = await (await app.as(who)).get<HouseholdPage>(`/api/households/list?${query}`);
    expect(answer.status, answer.text).toBe(200);
    return answer.body;
  };
  const homeIds = (page: HouseholdPage): string[] => page.rows.map(({ householdId }) => householdId);
  const house = (seed: string) => seededId('household', seed);
  const restrict = (personId: string, why: 'objection' | 'withdrawal' | null) =>
    sql`update waymark.person set restricted_for = ${why}, restricted_at = case when ${why}::text is not null then now() end where person_id = ${personId}`.execute(
      app.db.owner,
    );
  /** Somebody of a household; `warned`: an open answer warns of this one. */
  async function lives(
    village: TestPlace,
    home: string,
    seed: string,
    given: Parameters<typeof settle>[2] & { warned?: true },
  ): Promise<string> {
    const id = await settle(village, `${home} ${seed}`, { until: '2027-05-01', seen: '2026-11-01', ...given, householdId: house(home) });
    const answers = given.warned
      ? sql`set_byte(${openOnes}::bytea, ${guardianship}, 3)`
      : sql`set_byte(${openOnes}::bytea, ${guardianship}, 1)`;
    await sql`update waymark.standing set answers = ${answers} where subject_id = ${id}`.execute(app.db.owner);
    return id;
  }
  const ferry = () => app.land.westVillages[1];
  const here = () => `place=${ferry().placeId}`;
  const who = 'other_district_officer';
  let objector = '';

  test('says of each what is said of whoever there is worst off and may be visited, a warning first', async () => {
    const { placeId, regionId } = ferry();
    const named = ['warned', 'high', 'medium', 'nobody', 'unknown'];
    await insertHouseholds(
      app.db.owner,
      named.map((seed) => aHousehold({ placeId, regionId }, seed)),
    );
    // Worst off is another than whoever the warning is about.
    await lives(ferry(), 'warned', 'a', { band: 1, excess: 2, warned: true, until: '2026-12-25' });
    await lives(ferry(), 'warned', 'b', { band: 2, excess: 20, until: '2027-02-01', seen: '2026-11-09' });
    await lives(ferry(), 'high', 'a', { band: 3, excess: 36, until: '2027-01-20' });
    await lives(ferry(), 'high', 'b', { band: 3, excess: 38 });
    await lives(ferry(), 'high', 'c', { band: 1, excess: 2 });
    await lives(ferry(), 'medium', 'a', { band: 2, excess: 16, until: '2027-04-01' });
    objector = await lives(ferry(), 'medium', 'b', { band: 3, excess: 38, warned: true, until: '2026-12-10' });
    await restrict(objector, 'objection');
    await restrict(await lives(ferry(), 'nobody', 'a', { band: 3, excess: 39, warned: true, until: '2026-12-10' }), 'withdrawal');
    await lives(ferry(), 'unknown', 'a', { band: 0, excess: 0, until: null });
    // Of the household and living elsewhere: said where they live.
    await lives(app.land.westVillages[0], 'unknown', 'away', { band: 3, excess: 38, warned: true });
    const page = await homes(who, here());
    const told = new Map(page.rows.map((row) => [row.householdId, row]));
    expect(homeIds(page)).toEqual(['warned', 'nobody', 'high', 'medium', 'unknown'].map(house));
    const words = indicators[guardianship]!.reasons[3].en;
    expect(told.get(house('warned'))).toMatchObject({
      band: 2,
      high: 0,
      warnings: [words],
      validUntil: '2026-12-25',
      observedOn: '2026-11-09',
      place: { name: 'Old Ferry' },
    });
    expect(told.get(house('high'))).toMatchObject({ band: 3, high: 2, warnings: [], validUntil: '2027-01-20', members: [{}, {}, {}] });
    expect(told.get(house('medium'))).toMatchObject({ band: 2, high: 0, warnings: [], validUntil: '2027-04-01' });
    expect(told.get(house('medium'))?.members.filter(({ restricted }) => restricted === 'objection')).toHaveLength(1);
    expect(told.get(house('nobody'))).toMatchObject({ band: 3, warnings: [], validUntil: null, members: [{ restricted: 'withdrawal' }] });
    expect(told.get(house('unknown'))).toMatchObject({ band: 0, high: 0, warnings: [], validUntil: null, members: [{}] });
  });

  test('is narrowed by band, warning and renewal, and sorted by renewal; nobody to be asked comes last', async () => {
    const of = async (query: string) => new Set(homeIds(await homes(who, `${here()}&${query}`)));
    const set = (...seeds: string[]) => new Set(seeds.map(house));
    expect(await of('bands=3')).toEqual(set('high', 'nobody'));
    expect(await of('bands=20')).toEqual(set('warned', 'medium', 'unknown'));
    expect(await of('warns=now')).toEqual(set('warned'));
    expect(await of('renew=now')).toEqual(set('unknown'));
    expect(await of('renew=2027-01-01')).toEqual(set('unknown', 'warned'));
    expect(await of('renew=2027-02-01&bands=3')).toEqual(set('high'));
    expect(homeIds(await homes(who, `${here()}&sort=renewal`))).toEqual(['unknown', 'warned', 'high', 'medium', 'nobody'].map(house));
  });

  test('is read in pages, each household once, from the sorted indexes as from a sort, in every area', async () => {
    const { regionId } = ferry();
    await sql`with home as (insert into waymark.household (region_id, household_id, place_id)
        select ${regionId}, gen_random_uuid(), ${app.land.westVillages[0].placeId} from generate_series(1, 130) returning household_id),
      made as (insert into waymark.person (region_id, person_id, household_id, place_id, sex)
        select ${regionId}, gen_random_uuid(), household_id, ${app.land.westVillages[0].placeId}, 2 from home, generate_series(1, 2) returning person_id)
      insert into waymark.standing (region_id, instrument_code, subject_kind, subject_id, place_id, sex, age_group, instrument_version, excess, known, applicable, band, answers, valid_until, computed_at)
      select ${regionId}, 'household-28', 'person', person_id, ${app.land.westVillages[0].placeId}, 2, 4, 1, n * 7 % 40, 20, 28, n % 4, case when n % 5 = 0 then set_byte(${openOnes}::bytea, ${guardianship}, 3) else ${openOnes}::bytea end,
             case when n % 9 > 0 then timestamptz '2026-12-01' + n * interval '1 day' end, now()
      from (select *, row_number() over () as n from made) m`.execute(app.db.owner);
    const walk = async (query: string): Promise<string[]> => {
      const seen: string[] = [];
      for (let after: string | null = ''; after !== null;) {
        const page: HouseholdPage = await homes('coordinator', `${query}${after ? `&after=${after}` : ''}`);
        seen.push(...homeIds(page));
        after = page.after;
      }
      return seen;
    };
    const sorted = async (sort: string, where: ReturnType<typeof sql>): Promise<string[]> => {
      const order = sql.raw(
        sort === 'renewal' ? 'renew_by, l.region_id, household_id' : 'urgency desc, l.region_id desc, household_id desc',
      );
      const { rows } = await sql<{ id: string }>`
        select household_id as id from waymark.household_listing l join waymark.place using (place_id) where path <@ ${app.land.west.path}::ltree and ${where} order by ${order}`.execute(
        app.db.owner,
      );
      return rows.map(({ id }) => id);
    };
    // A district of few people is gathered and sorted; one of many is walked in order, as whole provinces are.
    const many = (n: number) =>
      sql`update waymark.rollup set n = n + ${n} where place_id = ${app.land.west.placeId} and band = 0 and sex = 2`.execute(app.db.owner);
    for (const n of [0, 100_000]) {
      await many(n);
      for (const sort of ['urgency', 'renewal'])
        for (const [query, where] of [
          ['', sql`true`],
          ['&bands=31', sql`urgency % 10000 / 2000 in (3, 1)`],
          ['&warns=now', sql`urgency >= 10000`],
          ['&renew=2027-02-01&bands=2', sql`renew_by <= '2027-02-01T00:00:00+07' and urgency % 10000 / 2000 = 2`],
        ] as const) {
          const walked = await walk(`place=${app.land.west.placeId}&sort=${sort}${query}`);
          expect(walked.length).toBeGreaterThan(3);
          expect(walked, `${n} ${sort} ${query}`).toEqual(await sorted(sort, where));
        }
    }
  });

  test('goes into a file that says who is not to be visited, as that of people does, and begins no formula', async () => {
    const sunee = await app.as(who);
    const homeLine = async (home: string, locale = 'en') =>
      (await sunee.get(`/api/households/list.csv?${here()}&locale=${locale}`)).text
        .split('\r\n')
        .find((line) => line.includes(house(home))) ?? '';
    expect(await homeLine('medium')).toContain('No visit: the person objected (1)');
    expect(await homeLine('nobody')).toContain('No visit: consent was taken back (1)');
    expect(await homeLine('medium', 'th')).toContain('ไม่ไปเยี่ยม: เจ้าตัวคัดค้าน (1)');
    const people = (await sunee.get(`/api/people/list.csv?${here()}&bands=3`)).text.split('\r\n');
    expect(people[0]).toContain(',Not to be visited,');
    expect(people.find((line) => line.includes(objector))).toContain(',No visit: the person objected,');
    expect(people.filter((line) => line.includes('No visit'))).toHaveLength(2);
    await sql`update waymark.place set name = '=1+1', names = '{"en": "=1+1"}' where place_id = ${ferry().placeId}`.execute(app.db.owner);
    expect(await homeLine('high')).toContain(",'=1+1,");
  });

  test('leaves whoever is not to be visited out of what the start page counts', async () => {
    const sunee = await app.as(who);
    const told = async () => counted().then(async () => (await sunee.get<Waiting>(`/api/people/waiting?${here()}`)).body);
    const before = await told();
    await restrict(objector, null);
    expect((await told()).warned.n).toBe(before.warned.n + 1);
    await sql`update waymark.standing set valid_until = '2026-11-20' where subject_id = ${objector}`.execute(app.db.owner);
    const due = (await told()).households.n;
    await restrict(objector, 'objection');
    expect((await told()).warned.n).toBe(before.warned.n);
    expect((await told()).households.n).toBe(due - 1);
  });

  test('shows a case worker the household as those in her care stand, and nobody another area', async () => {
    const care = async (home: string, seed: string) =>
      sql`insert into waymark.assignment (region_id, assignment_id, person_id, kind, account_id, given_by)
        values (${ferry().regionId}, ${seededId('care', home, seed)}, ${seededId('person', `${home} ${seed}`)}, 'case_worker', ${app.accountIds.case_worker}, 'set-up')`.execute(
        app.db.owner,
      );
    await care('high', 'c');
    const row = (await homes('case_worker', '')).rows.find(({ householdId }) => householdId === house('high'));
    expect(row).toMatchObject({ householdId: house('high'), band: 1, high: 0, members: [{ personId: seededId('person', 'high c') }] });
    expect(homeIds(await homes('case_worker', 'bands=3'))).toEqual([]);
    for (const path of ['list', 'list.csv'])
      for (const other of ['district_officer', 'case_worker', 'analyst', 'administrator', 'person'] as const)
        expect([path, other, (await (await app.as(other)).get(`/api/households/${path}?${here()}`)).status]).toEqual([path, other, 403]);
    for (const cursor of ['["; drop",1,"x"]', '["infinity",1,"00000000-0000-0000-0000-000000000000"]'])
      expect(
        (await (await app.as(who)).get(`/api/households/list?${here()}&after=${Buffer.from(cursor).toString('base64url')}`)).status,
      ).toBe(400);
  });

  test('is what the list of people says, whoever moves, dies, objects, is joined or erased', async () => {
    const { regionId } = ferry();
    await sql`with home as (insert into waymark.household (region_id, household_id, place_id)
        select ${regionId}, gen_random_uuid(), case when n % 3 = 0 then ${app.land.westVillages[0].placeId}::uuid else ${ferry().placeId}::uuid end from generate_series(1, 60) n returning household_id, place_id),
      made as (insert into waymark.person (region_id, person_id, household_id, place_id, sex) select ${regionId}, gen_random_uuid(), household_id, place_id, 2 from home, generate_series(1, 3) returning person_id, place_id)
      insert into waymark.standing (region_id, instrument_code, subject_kind, subject_id, place_id, sex, age_group, instrument_version, excess, known, applicable, band, answers, valid_until, computed_at)
      select ${regionId}, 'household-28', 'person', person_id, place_id, 2, 4, 1, n * 7 % 40, 20, 28, n % 4, ${openOnes}::bytea, timestamptz '2026-12-01' + n * interval '1 day', now()
      from (select *, row_number() over () as n from made) m`.execute(app.db.owner);
    const { rows: everybody } = await sql<{ id: string }>`
      select person_id as id from waymark.person where household_id is not null order by md5(person_id::text)`.execute(app.db.owner);
    const some = (nth: number) => everybody.filter((_, i) => i % 17 === nth).map(({ id }) => id);
    const another = sql`(select h.household_id from waymark.household h where h.region_id = p.region_id order by md5(h.household_id::text || p.person_id::text) limit 1)`;
    const changes = [
      sql`update waymark.standing set excess = (excess + 13) % 40, band = (band + 1) % 4, valid_until = valid_until - interval '20 days' where subject_id = any (${some(1)})`,
      sql`update waymark.person set restricted_for = 'objection', restricted_at = now() where person_id = any (${some(2)})`,
      sql`update waymark.person set restricted_for = null, restricted_at = null where restricted_at is not null`,
      sql`update waymark.person p set household_id = ${another} where person_id = any (${some(3)})`,
      sql`update waymark.person set household_id = null where person_id = any (${some(4)})`,
      sql`update waymark.standing set place_id = ${ferry().placeId} where subject_id = any (${[...some(5), ...some(6)]})`,
      sql`delete from waymark.standing where subject_id = any (${some(7)})`,
      sql`with gone as (delete from waymark.standing where subject_id = any (${some(8)})) delete from waymark.person where person_id = any (${some(8)})`,
      sql`delete from waymark.person where person_id = any (${some(9)})`,
      sql`update waymark.household set place_id = ${app.land.westVillages[0].placeId} where household_id in (select household_id from waymark.household order by md5(household_id::text) limit 9)`,
    ];
    await sql`analyze waymark.person, waymark.household, waymark.listing, waymark.household_listing`.execute(app.db.owner);
    for (const change of changes) {
      expect(Number((await change.execute(app.db.owner)).numAffectedRows)).toBeGreaterThan(0);
      await counted();
      expect(await recountLists(app.db.owner)).toEqual([]);
    }
    const { rows } = await sql<{ key: string }>`
      update waymark.household_listing set urgency = urgency + 1 where household_id = (select min(household_id::text)::uuid from waymark.household_listing) returning household_id as key`.execute(
      app.db.owner,
    );
    expect(await recountLists(app.db.owner)).toMatchObject([{ what: 'household of the list', ...rows[0] }]);
  });
});

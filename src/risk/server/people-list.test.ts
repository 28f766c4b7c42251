// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type PersonName, type TestApp } from '../../../test/support/app.ts';
import type { TestPlace } from '../../../test/support/demo-land.ts';
import { aPerson } from '../../people/builders.ts';
import { insertPeople } from '../../people/server/index.ts';
import { seededId } from '../../platform/builders.ts';
import type { ListPage } from '../domain/people-list.ts';
import { household28 } from '../domain/instruments/household-28.ts';
import { installInstruments } from './index.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ everyRole: true });
  let n = 0;
  await installInstruments(app.db.owner, () => seededId('instrument', ++n));
});
afterAll(() => app?.close());

const { indicators } = household28;
/** Everything answered with 1 but the protected questions, which nobody asked. */
const openOnes = Buffer.from(indicators.map((each) => (each.protected ? 0 : 1)));
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
  given: { band: number; excess: number; sex?: 1 | 2; age?: number; until?: string | null; seen?: string | null },
): Promise<string> {
  const { placeId, regionId } = village;
  const person = aPerson({ placeId, regionId, sex: given.sex ?? 2 }, seed);
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
        (s.place_id, s.sex, s.age_group, waymark.urgency_of(s.band, s.excess, s.known), coalesce(s.valid_until, '-infinity'), coalesce(s.observed_at, '-infinity'))`.execute(
      app.db.owner,
    );
    expect(rows).toHaveLength(0);
  });

  test('many people are paged as few are: the same order from the sorted indexes as from a sort', async () => {
    const { regionId, placeId } = app.land.westVillages[0];
    await sql`insert into waymark.standing (region_id, instrument_code, subject_kind, subject_id, place_id, sex, age_group, instrument_version, excess, known, applicable, band, answers, observed_at, valid_until, computed_at)
      select ${regionId}, 'household-28', 'person', gen_random_uuid(), ${placeId}, 1 + n % 2, n % 7, 1, n % 41, 20, 28, case when n % 41 >= 24 then 3 when n % 41 > 13 then 2 else 1 end,
             ${openOnes}::bytea, timestamptz '2026-01-01' + n % 300 * interval '1 day', timestamptz '2026-11-30' + n % 300 * interval '1 day', now()
      from generate_series(1, 5600) n`.execute(app.db.owner);
    const keys = async (
      sort: string,
      bands: number[] | null,
      sex: number | null,
      renewBy: string | null,
      place: TestPlace,
    ): Promise<unknown> => {
      const { rows } = await app.db.app.transaction().execute(async (tx) => {
        await sql`select set_config('waymark.rights', 'people.read', true), set_config('waymark.scope', ${app.land.country.path}, true)`.execute(
          tx,
        );
        return sql`select * from waymark.list_people('household-28', ${place.placeId}, ${bands}::smallint[], ${sex}::smallint, null, ${renewBy}::timestamptz, ${sort}, null, null, null, 60)`.execute(
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
      place: TestPlace,
    ): Promise<unknown> => {
      const by = sql.ref(sort === 'renewal' ? 'renew_by' : sort === 'seen' ? 'seen_at' : 'urgency'),
        way = sql.raw(sort === 'renewal' ? 'asc' : 'desc');
      const { rows } =
        await sql`select l.region_id, l.person_id, ${by}::text as sort_key from waymark.listing l join waymark.place p using (place_id)
        where p.path <@ ${place.path}::ltree and (${bands}::smallint[] is null or l.urgency / 10000 = any (${bands}::smallint[])) and (${sex}::smallint is null or l.sex = ${sex})
          and (${renewBy}::timestamptz is null or l.renew_by <= ${renewBy}) order by ${by} ${way}, l.region_id ${way}, l.person_id ${way} limit 60`.execute(
          app.db.owner,
        );
      return rows;
    };
    for (const place of [app.land.country, app.land.west])
      for (const sort of ['urgency', 'renewal', 'seen'])
        for (const [bands, sex, renewBy] of [
          [null, null, null],
          [[3], null, null],
          [[3, 0], 1, null],
          [null, 2, '2026-12-10'],
          [[2], null, '2027-06-01'],
        ] as const)
          expect(await keys(sort, bands && [...bands], sex, renewBy, place), `${place.name} ${sort} ${String(bands)}`).toEqual(
            await sorted(sort, bands && [...bands], sex, renewBy, place),
          );
  });
});

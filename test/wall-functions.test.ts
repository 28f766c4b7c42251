// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findActor } from '../src/access/server/index.ts';
import { withActor } from '../src/platform/server/db.ts';
import type { Tx } from '../src/platform/server/endpoint.ts';
import { closeMonth } from '../src/risk/server/index.ts';
import type { PersonName } from './support/app.ts';
import { makeWorld, type World } from './support/authorisation-world.ts';

/** The wall again, in plain SQL: functions, grants, and places outside one's area. */
let world: World;
beforeAll(async () => {
  world = await makeWorld();
}, 120_000);
afterAll(() => world?.app.close());

async function as<T>(name: PersonName, fn: (tx: Tx) => Promise<T>): Promise<T> {
  const actor = await findActor(world.app.access, world.app.accountIds[name]);
  if (!actor) throw new Error(`${name} is nobody`);
  return withActor(world.app.db.app, actor, fn);
}
const changed = (name: PersonName, statement: ReturnType<typeof sql>) =>
  as(name, async (tx) => Number((await statement.execute(tx)).numAffectedRows ?? 0n));
const denied = { code: '42501' };

describe('scoring by plain query', () => {
  const lookedAt = (kind: string, region: number, id: string) => async (tx: Tx) =>
    (
      await sql<{ n: number }>`
    select waymark.rescore_people_of('household-28', array[${kind}]::text[], array[${region}]::integer[], array[${id}]::uuid[], now()) as n`.execute(
        tx,
      )
    ).rows[0]?.n;

  it('does not tell an analyst or an administrator how many people live in a village', async () => {
    const village = world.app.land.eastVillages[0];
    await expect(as('analyst', lookedAt('place', village.regionId, village.placeId))).rejects.toMatchObject(denied);
    expect(await as('administrator', lookedAt('place', village.regionId, village.placeId))).toBe(0);
  });

  it("reaches nobody outside one's area, and everybody within it", async () => {
    const {
      eastVillages: [east],
      westVillages: [west],
      country,
    } = world.app.land;
    await expect(as('other_coordinator', lookedAt('place', east.regionId, east.placeId))).rejects.toMatchObject(denied);
    await expect(as('coordinator', lookedAt('place', 0, country.placeId))).rejects.toMatchObject(denied);
    await expect(as('other_district_officer', lookedAt('person', east.regionId, world.eastPeople[0] ?? ''))).rejects.toMatchObject(denied);
    await expect(
      as('other_district_officer', (tx) =>
        sql`
      select waymark.rescore_people('household-28', array[${east.regionId}]::integer[], array[${world.eastPeople[0] ?? ''}]::uuid[], '1990-01-01')`.execute(
          tx,
        ),
      ),
    ).rejects.toMatchObject(denied);
    await expect(as('other_coordinator', lookedAt('nonsense', west.regionId, west.placeId))).rejects.toMatchObject(denied);
    expect(await as('other_coordinator', lookedAt('place', west.regionId, west.placeId))).toBe(12);
  });

  it('of places needs the right to record', async () => {
    const score = (tx: Tx) =>
      sql`select waymark.rescore_places('place-secondary-1', array[${world.app.land.east.placeId}]::uuid[], now())`.execute(tx);
    await expect(as('analyst', score)).rejects.toMatchObject(denied);
    await as('other_coordinator', score);
  });

  it('of everybody, and the number of all, is for whoever publishes instruments', async () => {
    const village = world.app.land.eastVillages[0].placeId;
    const reach = (code: string) => async (tx: Tx) =>
      (await sql`select subjects, answered from waymark.reach_of_instrument(${code}, 'person')`.execute(tx)).rows[0];
    const score = (tx: Tx) => sql`select waymark.rescore_people_at('household-28', array[${village}]::uuid[])`.execute(tx);
    const settle = (tx: Tx) => sql`select waymark.settle_first_version('household-28')`.execute(tx);
    for (const who of ['coordinator', 'analyst', 'data_protection_officer'] as const) {
      await expect(as(who, reach('household-28')), who).rejects.toMatchObject(denied);
      await expect(as(who, score), who).rejects.toMatchObject(denied);
      await expect(as(who, settle), who).rejects.toMatchObject(denied);
    }
    // While she publishes a first version, and then alone.
    await expect(as('administrator', settle)).rejects.toMatchObject(denied);
    for (const who of ['analyst', 'data_protection_officer'] as const)
      for (const call of ['hold_instruments()', 'list_waiting_households()'])
        await expect(
          as(who, (tx) => sql`select waymark.${sql.raw(call)}`.execute(tx)),
          `${who} ${call}`,
        ).rejects.toMatchObject(denied);
    expect(await as('administrator', reach('household-28'))).toMatchObject({ subjects: expect.any(Number) });
    expect(await as('administrator', reach('nobody-asked'))).toMatchObject({ answered: 0 });
  });

  it('cannot go around these questions', async () => {
    for (const call of [
      `score_people_anew('household-28', '{}', '{}', now())`,
      `score_places_anew('place-secondary-1', '{}', now())`,
      `score_people('household-28', '{}', '{}', now())`,
      `held_answers('household-28', '{}', '{}', '{}', now(), true)`,
      `close_month('2025-01-31')`,
      `score_places_singly('place-secondary-1', '{}', now())`,
      `people_below(1, gen_random_uuid())`,
      `people_below_after(gen_random_uuid(), null, null, null, 1)`,
    ]) {
      await expect(
        as('coordinator', (tx) => sql`select waymark.${sql.raw(call)}`.execute(tx)),
        call,
      ).rejects.toMatchObject(denied);
    }
  });
});

describe('locks by plain query', () => {
  const lock = (kind: string, region: number, id: string) => (tx: Tx) =>
    sql`
    select waymark.lock_risk('household-28', array[${kind}]::text[], array[${region}]::integer[], array[${id}]::uuid[])`.execute(tx);

  const leave = (kind: string, region: number, id: string) => (tx: Tx) =>
    sql`
    select waymark.leave_to_follow(array[${kind}]::text[], array[${region}]::integer[], array[${id}]::uuid[], array[${uuidv7()}]::uuid[])`.execute(
      tx,
    );

  it('nobody leaves an answer to be followed about somebody outside the area, or without the right to record', async () => {
    const {
      eastVillages: [village],
    } = world.app.land;
    const someone = world.eastPeople[0] ?? '';
    for (const who of ['analyst', 'administrator', 'other_district_officer'] as const)
      await expect(as(who, leave('person', village.regionId, someone)), who).rejects.toMatchObject(denied);
    await expect(as('other_district_officer', leave('person', village.regionId, uuidv7()))).rejects.toMatchObject(denied);
    for (const who of ['analyst', 'other_district_officer', 'other_coordinator'] as const)
      await expect(as(who, leave('place', village.regionId, village.placeId)), who).rejects.toMatchObject(denied);
    await as('district_officer', leave('person', village.regionId, someone));
    await as('district_officer', leave('place', village.regionId, village.placeId));
    await expect(as('district_officer', (tx) => sql`select from waymark.answer_to_follow`.execute(tx))).rejects.toMatchObject(denied);
  });

  it('are for those who record, within their area, and do not tell which ids there are', async () => {
    const {
      east,
      eastVillages: [village],
    } = world.app.land;
    for (const who of ['analyst', 'administrator'] as const)
      await expect(as(who, lock('person', village.regionId, world.eastPeople[0] ?? '')), who).rejects.toMatchObject(denied);
    await expect(as('other_district_officer', lock('place', east.regionId, east.placeId))).rejects.toMatchObject(denied);
    await expect(as('other_district_officer', lock('person', village.regionId, world.eastPeople[0] ?? ''))).rejects.toMatchObject(denied);
    await expect(as('other_district_officer', lock('person', village.regionId, uuidv7()))).rejects.toMatchObject(denied);
    await as('district_officer', lock('person', village.regionId, world.eastPeople[0] ?? ''));
  });

  it('on a record to write about hold only one of their own area', async () => {
    const { regionId } = world.app.land.eastVillages[0];
    const someone = world.eastPeople[0] ?? '';
    const held = (who: PersonName) =>
      as(who, async (tx) => {
        await sql`select waymark.hold_record(${regionId}, ${someone})`.execute(tx);
        const free = await sql`select from waymark.person where person_id = ${someone} for update skip locked`.execute(world.app.db.owner);
        return free.rows.length === 0;
      });
    expect([await held('district_officer'), await held('other_district_officer'), await held('analyst')]).toEqual([true, false, false]);
  });

  it('of a whole instrument are for those who import or publish', async () => {
    const lockAll = (tx: Tx) => sql`select waymark.lock_risk_all('place-secondary-1')`.execute(tx);
    for (const who of ['analyst', 'district_officer'] as const) await expect(as(who, lockAll), who).rejects.toMatchObject(denied);
    await as('coordinator', lockAll);
  });
});

describe('statistics by plain query', () => {
  const line =
    (placeId: string, batchId = world.batchId) =>
    (tx: Tx) =>
      sql`
    select waymark.add_area_lines(${batchId}::uuid, instrument_id, 'measured', array[${world.app.land.west.placeId}, ${placeId}]::uuid[], array['2024-01-01', '2024-01-01']::date[],
      array['2024-01-01', '2024-01-01']::timestamptz[], array[gen_random_uuid(), gen_random_uuid()], array[null, null]::bytea[], array['dependency'], array[0.5, 0.5], array['NaN', 'NaN']::float8[],
      array['NaN', 'NaN']::float8[], null, null, now()) from waymark.instrument where code = 'place-secondary-1' and state = 'live'`.execute(
        tx,
      );
  const there = async () =>
    (
      await sql<{
        n: number;
      }>`select count(*)::int as n from waymark.area_statistic where indicator = 'dependency' and observed_on = '2024-01-01'`.execute(
        world.app.db.owner,
      )
    ).rows[0]?.n;

  it('come in as one statement, or not at all when one place lies outside', async () => {
    const {
      east,
      westVillages: [village],
    } = world.app.land;
    await expect(as('other_coordinator', line(east.placeId))).rejects.toMatchObject(denied);
    await expect(as('other_coordinator', line(village.placeId, uuidv7()))).rejects.toMatchObject(denied);
    await expect(as('other_district_officer', line(village.placeId))).rejects.toMatchObject(denied);
    expect(await there()).toBe(0);
    await as('other_coordinator', line(village.placeId));
    expect(await there()).toBe(2);
  });

  it('and answers, and standings, never of a place, an import or an instrument that is not there', async () => {
    const broken = { code: '23503' },
      { owner } = world.app.db,
      [nowhere, { west }] = [uuidv7(), world.app.land];
    const figure = (placeId: string, batchId: string) =>
      sql`insert into waymark.area_statistic (region_id, place_id, instrument_code, indicator, batch_id, observed_on, value, origin)
      values (${west.regionId}, ${placeId}, 'place-secondary-1', 'x', ${batchId}, '2025-01-01', 0.5, 'measured')`.execute(owner);
    await expect(figure(nowhere, world.batchId)).rejects.toMatchObject(broken);
    await expect(figure(west.placeId, nowhere)).rejects.toMatchObject(broken);
    await expect(sql`update waymark.standing set place_id = ${nowhere}`.execute(owner)).rejects.toMatchObject(broken);
    for (const [instrument, batch] of [
      [nowhere, null],
      [null, nowhere],
    ]) {
      await expect(
        sql`insert into waymark.assessment (region_id, assessment_id, subject_kind, subject_id, instrument_id, answers, observed_at, valid_until, batch_id, actor_id)
        select ${west.regionId}, ${uuidv7()}, 'place', ${west.placeId}, coalesce(${instrument}::uuid, instrument_id), '\\x00', now(), array[now()], ${batch}::uuid, 'x' from waymark.instrument limit 1`.execute(
          owner,
        ),
      ).rejects.toMatchObject(broken);
    }
    await expect(sql`delete from waymark.import_batch where batch_id = ${world.batchId}`.execute(owner)).rejects.toMatchObject({
      code: '23001',
    });
    await expect(sql`delete from waymark.instrument`.execute(owner)).rejects.toMatchObject({ code: '23001' });
    await expect(sql`update waymark.place set place_id = ${nowhere} where place_id = ${west.placeId}`.execute(owner)).rejects.toMatchObject(
      { code: '23001' },
    );
    await sql`insert into waymark.place (place_id, country, code, level, parent_id, path, region_id, names, name, search)
      values (${nowhere}, 'XA', '9100', 3, ${west.placeId}, ${`${west.path}.9100`}::ltree, ${west.regionId}, '{}', 'New', 'new')`.execute(
      owner,
    );
    await figure(nowhere, world.batchId);
    await expect(sql`delete from waymark.place where place_id = ${nowhere}`.execute(owner)).rejects.toMatchObject({
      ...broken,
      table: 'area_statistic',
    });
  });
});

describe('answers by plain query', () => {
  const say = (
    name: PersonName,
    code: string,
    place: { placeId: string; regionId: number },
    observedAt = '2026-01-01',
    recordedAt = '2026-01-02',
  ) =>
    as(name, (tx) =>
      sql`
    insert into waymark.assessment (region_id, assessment_id, subject_kind, subject_id, instrument_id, answers, observed_at, recorded_at, valid_until, actor_id)
    select ${place.regionId}, ${uuidv7()}, 'place', ${place.placeId}, instrument_id, decode(repeat('00', cardinality(indicators)), 'hex'), ${observedAt}, ${recordedAt}, array[now()], ${world.app.accountIds[name]}
    from waymark.instrument where code = ${code} and state = 'live'`.execute(tx),
    );

  it('to what statistics measure need the right to import them', async () => {
    await expect(say('district_officer', 'place-secondary-1', world.app.land.east)).rejects.toMatchObject(denied);
    await say('coordinator', 'place-secondary-1', world.app.land.east);
    await say('district_officer', 'household-28', world.app.land.east);
  });

  it('are of a day that can be believed', async () => {
    for (const day of ['0001-01-01', '1899-12-31', '2026-01-03'])
      await expect(say('district_officer', 'household-28', world.app.land.east, day), day).rejects.toMatchObject(denied);
  });
});

describe('counting people by plain query', () => {
  const readers = ['analyst', 'administrator'] as const;
  const rowsOf =
    <T>(statement: ReturnType<typeof sql<T>>) =>
    async (tx: Tx): Promise<T[]> =>
      (await statement.execute(tx)).rows;

  beforeAll(async () => {
    // Seven more in a village of their own, and a month closed over all of them.
    const [, stone] = world.app.land.eastVillages;
    await sql`insert into waymark.standing (region_id, instrument_code, subject_kind, subject_id, place_id, sex, age_group, instrument_version, excess, known, applicable, band, answers, computed_at)
      select ${stone.regionId}, 'household-28', 'person', gen_random_uuid(), ${stone.placeId}, 1, 5, 1, 20, 20, 28, 2, decode(repeat('02', 28), 'hex'), '2025-01-01' from generate_series(1, 7)`.execute(
      world.app.db.owner,
    );
    await sql`update waymark.standing set computed_at = '2025-01-01' where subject_kind = 'person'`.execute(world.app.db.owner);
    await world.app.db.jobs.transaction().execute((tx) => closeMonth(tx, '2026-01-31'));
  });

  it('is refused, by every function that reads the counts, to whoever may not see exact figures', async () => {
    const { rows } = await sql<{ name: string; types: string[] }>`
      select p.oid::regproc::text as name, array(select format_type(t, null) from unnest(p.proargtypes::oid[]) with ordinality as a (t, n) order by n) as types
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'waymark' and p.proretset and has_function_privilege('waymark_app', p.oid, 'execute')
        and p.prosrc ~ '\\m(rollup|rollup_month|rollup_answer)\\M'
        -- Look at counts to choose their way and answer people and households, to those who may read them (src/risk/server/people-list.test.ts).
        and p.proname not in ('list_people', 'list_households') order by 1`.execute(world.app.db.owner);
    expect(rows.map(({ name }) => name.replace('waymark.', ''))).toEqual([
      'answers_exact',
      'people_exact',
      'people_exact_months',
      'published_months',
    ]);
    const { land } = world.app,
      all = [land.country, land.province, land.east, ...land.eastVillages].map(({ placeId }) => placeId);
    for (const { name, types } of rows) {
      const call = (who: PersonName, place: string, month: string | null) => {
        const texts = name.endsWith('published_months') ? ['household-28', 'XA'] : ['household-28'];
        const values = types.map((type) =>
          type === 'uuid[]'
            ? sql`${all}::uuid[]`
            : type === 'uuid'
              ? sql`${place}::uuid`
              : type === 'text'
                ? sql`${texts.shift() ?? null}::text`
                : type === 'date'
                  ? sql`${month}::date`
                  : type === 'boolean'
                    ? sql`true`
                    : sql`null::${sql.raw(type)}`,
        );
        return as(who, rowsOf(sql<Record<string, unknown>>`select * from ${sql.raw(name)}(${sql.join(values)})`));
      };
      for (const place of all)
        for (const month of [null, '2026-01-31']) {
          for (const who of readers)
            expect([name, who, await call(who, place, month)]).toEqual([
              name,
              who,
              name.endsWith('published_months') ? [{ month_end: '2026-01-31', published: true }] : [],
            ]);
        }
      // The question is a real one: who works with these people is answered, of her own area and of nobody else's.
      expect((await call('district_officer', land.east.placeId, '2026-01-31')).length, name).toBeGreaterThan(0);
      if (!name.endsWith('published_months'))
        expect([name, await call('other_coordinator', land.east.placeId, '2026-01-31')]).toEqual([name, []]);
    }
  });

  it('finds in what was published no figure of 1 to 10, nor that all of a village stand alike', async () => {
    const { land } = world.app,
      [reed, stone] = land.eastVillages;
    for (const who of readers) {
      for (const place of [land.country, land.province, land.east, reed, stone]) {
        const [row] = await as(
          who,
          rowsOf(
            sql<{
              ago: (number | null)[];
              lines: (number | null)[];
            }>`select ago, lines from waymark.published_place('household-28', ${place.placeId})`,
          ),
        );
        expect(
          row!.lines.filter((n) => n !== null && n > 0 && n < 11),
          place.name,
        ).toEqual([]);
        expect(row!.lines.every((n, i) => (row!.ago[Math.floor(i / 5)] === null) === (n === null))).toBe(true);
      }
      const [village] = await as(
        who,
        rowsOf(
          sql<{
            ago: number | null;
            line: number[];
          }>`select ago, line from waymark.published_people('household-28', '2026-01-31', array[${reed.placeId}]::uuid[], 0)`,
        ),
      );
      expect(village).toMatchObject({ ago: null, line: [null, null, null, null, null] });
    }
    expect(await as('other_coordinator', rowsOf(sql`select * from waymark.published_place('household-28', ${reed.placeId})`))).toEqual([]);
    expect(
      await as(
        'other_coordinator',
        rowsOf(sql`select * from waymark.published_people('household-28', '2026-01-31', array[${reed.placeId}]::uuid[], 0)`),
      ),
    ).toEqual([]);
    expect(
      await as('other_coordinator', rowsOf(sql`select * from waymark.published_answers('household-28', array[${reed.placeId}]::uuid[])`)),
    ).toEqual([]);
  });

  it('is no way round: the tables of what was published are read and written by those who publish', async () => {
    for (const table of ['published_month', 'published_figure', 'published_answer', 'rollup', 'rollup_month', 'rollup_answer']) {
      const read = as('analyst', rowsOf(sql`select * from waymark.${sql.raw(table)}`));
      if (table.startsWith('published')) await expect(read).rejects.toMatchObject(denied);
      else expect(await read).toEqual([]);
      await expect(changed('coordinator', sql`delete from waymark.${sql.raw(table)}`), table).rejects.toMatchObject(denied);
    }
    await expect(sql`update waymark.published_figure set lines = '{}'`.execute(world.app.db.jobs)).rejects.toMatchObject(denied);
  });

  it('of statistics of places tells an officer those of her area, of large ones and of those hers lies in', async () => {
    const { land } = world.app,
      ids = [land.country, land.east, land.west, ...land.eastVillages, ...land.westVillages].map(({ placeId }) => placeId);
    const found = await as(
      'district_officer',
      rowsOf(sql<{ name: string }>`
      select p.name from waymark.statistics_of('place-secondary-1', ${ids}::uuid[], '2026-01-01', null) s join waymark.place p using (place_id) order by 1`),
    );
    expect(found.map(({ name }) => name)).toEqual(['East Bay', 'Reed Pond', 'Stone Well', 'West Ridge']);
  });
});

describe('places', () => {
  const { placeOf } = { placeOf: (which: 'east' | 'west') => world.app.land[which].placeId };

  it('are written by an importer in her own area only', async () => {
    expect(
      await changed('other_coordinator', sql`update waymark.place set names = '{"en": "Nowhere"}' where place_id = ${placeOf('east')}`),
    ).toBe(0);
    expect(await changed('other_coordinator', sql`update waymark.place set population = 5 where place_id = ${placeOf('west')}`)).toBe(1);
    expect(
      await changed('other_coordinator', sql`delete from waymark.place where place_id = ${world.app.land.eastVillages[1].placeId}`),
    ).toBe(0);
    expect(await changed('other_coordinator', sql`update waymark.place_level set names = '{}'`)).toBe(0);
    expect(await changed('administrator', sql`update waymark.place set population = 7 where place_id = ${placeOf('east')}`)).toBe(1);
  });

  it("cannot be put into, or moved to, somebody else's area", async () => {
    const { east, west } = world.app.land;
    const child = (
      parent: typeof east,
      label: string,
    ) => sql`insert into waymark.place (place_id, country, code, level, parent_id, path, region_id, names, name, search)
      values (${uuidv7()}, 'XA', ${label}, 3, ${parent.placeId}, ${`${parent.path}.${label}`}::ltree, ${parent.regionId}, '{}', 'New', 'new')`;
    await expect(changed('other_coordinator', child(east, '9001'))).rejects.toMatchObject(denied);
    expect(await changed('other_coordinator', child(west, '9002'))).toBe(1);
    await expect(
      changed('other_coordinator', sql`update waymark.place set path = ${`${east.path}.9002`}::ltree where code = '9002'`),
    ).rejects.toMatchObject(denied);
    const outline = (placeId: string) =>
      sql`insert into waymark.place_boundary (place_id, detail, geometry) values (${placeId}, 0, '{}') on conflict do nothing`;
    await expect(changed('other_coordinator', outline(east.placeId))).rejects.toMatchObject(denied);
    await changed('other_coordinator', outline(west.placeId));
  });
});

describe('who looked at whom, by plain query', () => {
  const functions = [
    'readers()',
    "reading_days('2026-01-01', '2030-01-01')",
    "opened_once('2026-01-01', '2030-01-01', 1)",
    "repeated_readings('2026-01-01', 'infinity', 1)",
    "read_record(null, null, null, null, null, null, 10, 'somebody')",
  ];

  it('is told to the data protection officer alone', async () => {
    const person = world.eastPeople[0] ?? '';
    await as('district_officer', (tx) =>
      sql`insert into waymark.audit_entry (entry_id, actor_id, action, subject) values (${uuidv7()}, waymark.actor_id(), 'identity.read', ${person})`.execute(
        tx,
      ),
    );
    const seen = (tx: Tx) => sql`select from waymark.identity_read where person_id = ${person}`.execute(tx);
    for (const name of Object.keys(world.app.accountIds) as PersonName[]) {
      const officer = name === 'data_protection_officer';
      expect([name, (await as(name, seen)).rows.length]).toEqual([name, officer ? 1 : 0]);
      for (const call of functions) {
        const asked = as(name, (tx) => sql`select from waymark.${sql.raw(call)}`.execute(tx));
        if (officer) await asked;
        else await expect(asked, `${name} ${call}`).rejects.toMatchObject(denied);
      }
    }
  });

  it('cannot be written or made to forget by whoever reads', async () => {
    await expect(changed('data_protection_officer', sql`delete from waymark.identity_read`)).rejects.toMatchObject(denied);
    await expect(changed('district_officer', sql`insert into waymark.identity_read (person_id) values (null)`)).rejects.toMatchObject(
      denied,
    );
    await expect(changed('district_officer', sql`delete from waymark.audit_unsealed`)).rejects.toMatchObject(denied);
  });
});

describe('grants', () => {
  it('let nobody run a function by default', async () => {
    const { rows } = await sql<{ name: string }>`
      select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'waymark' and (p.proacl is null or exists (select from aclexplode(p.proacl) a where a.grantee = 0))`.execute(
      world.app.db.owner,
    );
    expect(rows).toEqual([]);
  });

  it('leave no function of the owner without a path of its own', async () => {
    const { rows } = await sql<{ name: string }>`
      select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'waymark' and p.prosecdef and not coalesce(array_to_string(p.proconfig, ' ') ~ 'search_path=waymark, public, pg_temp', false)`.execute(
      world.app.db.owner,
    );
    expect(rows).toEqual([]);
  });

  it("give the record's time to the database alone", async () => {
    await expect(
      changed(
        'coordinator',
        sql`insert into waymark.audit_entry (entry_id, at, actor_id, action)
      values (${uuidv7()}, '2001-01-01', ${world.app.accountIds.coordinator}, 'test')`,
      ),
    ).rejects.toMatchObject(denied);
  });

  it("let nobody hang a trigger of the owner's on a table of her own", async () => {
    for (const of of ['rollup_after_insert', 'spread_instrument']) {
      await expect(
        as('coordinator', async (tx) => {
          await sql`create temporary table mine (place_id uuid) on commit drop`.execute(tx);
          await sql`create trigger mine after insert on mine for each row execute function ${sql.raw(`waymark.${of}`)}()`.execute(tx);
        }),
      ).rejects.toMatchObject(denied);
    }
    await expect(sql`insert into waymark.assessment (region_id) values (1)`.execute(world.app.db.jobs)).rejects.toMatchObject(denied);
  });
});

describe('erasing by plain query', () => {
  it('is for the data protection officer, when somebody asked; the functions behind it are for nobody', async () => {
    const [her = ''] = world.eastPeople.slice(10);
    const { regionId } = world.app.land.east;
    const erase = (who: PersonName) =>
      as(who, (tx) => sql`select * from waymark.erase_person(${regionId}, ${her}, null, 'left', 1, now())`.execute(tx));
    for (const who of ['coordinator', 'administrator', 'watch_volunteer', 'analyst', 'person'] as const)
      await expect(erase(who)).rejects.toMatchObject(denied);
    await expect(erase('data_protection_officer')).rejects.toMatchObject({ code: 'WM005' });
    for (const call of [
      'destroy_people(array[1], array[$$' + her + '$$::uuid], true, now())',
      `erase_one(array[1], array['${her}'::uuid], null, 'x', now(), now())`,
      `hold_one_to_destroy(1, '${her}')`,
      `hold_to_destroy(array[1], array['${her}'::uuid])`,
      `due_by(1, '${her}', now())`,
    ])
      await expect(as('data_protection_officer', (tx) => sql`select waymark.${sql.raw(call)}`.execute(tx))).rejects.toMatchObject(denied);
    for (const call of [`erase_due(1, '${her}', now())`, `erase_again(1, '${her}', null, 'x', now(), now())`, 'find_retention_due(now())'])
      await expect(as('data_protection_officer', (tx) => sql`select waymark.${sql.raw(call)}`.execute(tx))).rejects.toMatchObject(denied);
  });

  it('nobody takes answers out by saying so in a transaction, nor the ledger, holds or rules of others', async () => {
    for (const table of ['assessment', 'erasure', 'person_request', 'person', 'legal_hold'])
      await expect(
        as('data_protection_officer', async (tx) => {
          await sql`select set_config('waymark.removing', 'people', true)`.execute(tx);
          await sql`delete from waymark.${sql.raw(table)}`.execute(tx);
        }),
      ).rejects.toMatchObject(denied);
    const writes = [
      sql`insert into waymark.retention_rule (rule_id, category, months, action, created_by) values (gen_random_uuid(), 'died', 1, 'erase', waymark.actor_id())`,
      sql`insert into waymark.legal_hold (region_id, hold_id, person_id, citation, until_on, placed_by)
        values (${world.app.land.east.regionId}, gen_random_uuid(), ${world.eastPeople[10]}, 'x', '2099-01-01', waymark.actor_id())`,
    ];
    for (const who of ['coordinator', 'administrator', 'case_worker'] as const)
      for (const write of writes) await expect(as(who, (tx) => write.execute(tx))).rejects.toMatchObject(denied);
    for (const who of ['coordinator', 'analyst', 'administrator'] as const)
      for (const table of ['erasure', 'legal_hold', 'retention_due'])
        expect((await as(who, (tx) => sql`select 1 from waymark.${sql.raw(table)}`.execute(tx))).rows).toEqual([]);
  });

  it('a request is seen and made in one’s own area, under one’s own name; a complaint by nobody else there', async () => {
    const ask = (who: PersonName, personId: string, by = sql`waymark.actor_id()`, kind = 'access') =>
      as(who, (tx) =>
        sql`insert into waymark.person_request (region_id, request_id, person_id, kind, by_whom, said_on, due_on, asked_by)
          values (${world.app.land.east.regionId}, gen_random_uuid(), ${personId}, ${kind}, 'self', '2026-01-01', '2026-02-01', ${by})`.execute(
          tx,
        ),
      );
    await ask('watch_volunteer', world.eastPeople[11]!);
    await expect(ask('watch_volunteer', world.westPeople[0]!)).rejects.toMatchObject(denied);
    await expect(ask('watch_volunteer', world.eastPeople[11]!, sql`'somebody'`)).rejects.toMatchObject(denied);
    await expect(ask('analyst', world.eastPeople[11]!)).rejects.toMatchObject(denied);
    const seen = async (who: PersonName) =>
      (await as(who, (tx) => sql`select 1 from waymark.person_request where person_id = ${world.eastPeople[11]}`.execute(tx))).rows.length;
    expect([
      await seen('watch_volunteer'),
      await seen('data_protection_officer'),
      await seen('other_watch_volunteer'),
      await seen('administrator'),
      await seen('coordinator'),
    ]).toEqual([1, 1, 0, 0, 1]);
    await ask('watch_volunteer', world.eastPeople[11]!, undefined, 'complaint');
    expect([await seen('watch_volunteer'), await seen('data_protection_officer'), await seen('coordinator')]).toEqual([2, 2, 1]);
    const { rows } = await sql<{ region: number; id: string }>`
      select region_id as region, request_id as id from waymark.person_request where person_id = ${world.eastPeople[11]} and kind = 'complaint'`.execute(
      world.app.db.owner,
    );
    const withdraw = (who: PersonName) =>
      as(who, (tx) =>
        sql<{
          version: number;
        }>`select waymark.decide_request(${rows[0]!.region}, ${rows[0]!.id}, 1, 'withdrawn', null, null, now()) as version`.execute(tx),
      );
    for (const who of ['coordinator', 'district_officer'] as const) await expect(withdraw(who)).rejects.toMatchObject(denied);
    expect((await withdraw('watch_volunteer')).rows).toEqual([{ version: 2 }]);
  });
});

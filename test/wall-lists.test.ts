// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everybody, type PersonName } from './support/app.ts';
import type { Tx } from '../src/platform/server/endpoint.ts';
import { household28 } from '../src/risk/domain/instruments/household-28.ts';
import { followHouseholds } from '../src/risk/server/index.ts';
import { answersMasked, answersOfEverybody, fillTables } from './support/authorisation-filled.ts';
import { householdsKnownTo, knownTo, makeWorld, type World } from './support/authorisation-world.ts';
import { asSomebody as as, tablesOfPeople, wallFaults } from './support/wall-tables.ts';

/** The wall again, in plain SQL as everybody: every table that speaks of people, private answers, lists, what was recorded of one, and what is asked. */
let world: World;
beforeAll(async () => {
  world = await makeWorld();
  await fillTables(world);
  await sql`insert into waymark.person_request (region_id, request_id, person_id, kind, about, by_whom, said_on, due_on, asked_by)
    select ${world.app.land.east.regionId}, gen_random_uuid(), id, kind, about, 'self', '2026-01-09', '2026-02-08', ${world.app.accountIds.district_officer}
    from unnest(${everyone()}::uuid[]) id, (values ('complaint', null), ('correction', 'answers')) asked(kind, about)`.execute(
    world.app.db.owner,
  );
  await sql`insert into waymark.consent_event (region_id, event_id, person_id, purpose, act, by_whom, way, observed_at, actor_id)
    select ${world.app.land.east.regionId}, gen_random_uuid(), id, 'assist', 'given', 'self', 'spoken', '2026-01-12', 'set-up'
    from unnest(${everyone()}::uuid[]) id where id not in (${world.eastPeople[7]}, ${world.westPeople[7]})`.execute(world.app.db.owner);
}, 120_000);
afterAll(() => world?.app.close());

const denied = { code: '42501' };
const cast = Object.keys(everybody) as PersonName[];
const everyone = () => [...world.eastPeople, ...world.westPeople];
/** Whose record she may open: nobody by overseeing alone. */
const opened = (who: PersonName): readonly string[] => (who === 'data_protection_officer' ? [] : knownTo(world, who));
const listed = (who: PersonName, placeId: string | null): Promise<string[]> =>
  as(world, who, async (tx) => {
    const { rows } = await sql<{ id: string }>`
      select person_id as id from waymark.list_people('household-28', ${placeId}, null, null, null, null, false, 'urgency', null, null, null, 1000)`.execute(
      tx,
    );
    return rows.map(({ id }) => id).toSorted();
  });

describe('every table that speaks of people', () => {
  it('shows everybody the rows of whom she may know, all of them and no other', async () => {
    expect(await wallFaults(world, cast)).toEqual([]);
  }, 60_000);

  it('would tell if its wall were lower, or higher', async () => {
    const { owner } = world.app.db;
    for (const table of tablesOfPeople) {
      const policy = (kind: string, using: string) =>
        sql`create policy planted on waymark.${sql.raw(table)} as ${sql.raw(kind)} for select to waymark_app using (${sql.raw(using)})`;
      const some: PersonName[] = ['analyst', 'data_protection_officer', 'coordinator', 'case_worker', 'other_partner_provider'];
      for (const [kind, using, says] of [
        ['permissive', 'true', /: analyst sees /],
        ['restrictive', 'false', /does not see /],
      ] as const) {
        await policy(kind, using).execute(owner);
        expect([table, await wallFaults(world, some, table)]).toEqual([table, expect.arrayContaining([expect.stringMatching(says)])]);
        await sql`drop policy planted on waymark.${sql.raw(table)}`.execute(owner);
      }
    }
  }, 60_000);

  it('is found as soon as there is a new one, with people in it or without', async () => {
    const { owner } = world.app.db;
    await sql`create table waymark.planted (region_id integer, person_id uuid, primary key (region_id, person_id))`.execute(owner);
    await sql`grant select on waymark.planted to waymark_app`.execute(owner);
    expect(await wallFaults(world, ['analyst'], 'planted')).toEqual(['planted: nobody stands in it, so nobody was tried']);
    await sql`insert into waymark.planted values (1, ${world.eastPeople[0]})`.execute(owner);
    expect(await wallFaults(world, ['analyst'], 'planted')).toEqual([
      'planted: speaks of people, and who may read it is not written down',
      expect.stringContaining('planted: analyst sees '),
    ]);
    await sql`drop table waymark.planted`.execute(owner);
  });
});

describe('private answers by plain query', () => {
  interface Answers {
    readonly id: string;
    readonly answers: Buffer;
    readonly whole: boolean;
  }
  /** Whether she is one with whom a person shares her private answers, and this person did. */
  const shares = (who: PersonName, id: string) => ['case_worker', 'other_case_worker', 'person'].includes(who) && opened(who).includes(id);
  const expected = (who: PersonName, ids: readonly string[], whole: (id: string) => boolean) =>
    ids.toSorted().map((id) => [who, id, whole(id), (whole(id) ? answersOfEverybody : answersMasked).toString('hex')]);
  const got = (who: PersonName, rows: readonly Answers[]) =>
    rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ id, answers, whole }) => [who, id, whole, answers.toString('hex')]);

  it('that were recorded are whole for her case worker and herself, of both her and her household; hidden from others; others have none', async () => {
    const { rows: all } = await sql<{ regions: number[]; ids: string[] }>`
      select array_agg(region_id) as regions, array_agg(assessment_id) as ids from waymark.assessment where subject_kind <> 'place'`.execute(
      world.app.db.owner,
    );
    const { regions, ids } = all[0]!;
    expect(ids).toHaveLength(27);
    for (const who of cast) {
      const { rows } = await as(world, who, (tx) =>
        sql<Answers>`select a.subject_id as id, x.answers, x.whole from waymark.assessment_answers(${regions}::integer[], ${ids}::uuid[]) x
          join waymark.assessment a using (region_id, assessment_id)`.execute(tx),
      );
      const households = who === 'data_protection_officer' || who === 'person' ? [] : householdsKnownTo(world, who);
      const whole = (id: string) => shares(who, id) || (who.endsWith('case_worker') && households.includes(id));
      expect(got(who, rows)).toEqual(expected(who, [...opened(who), ...households], whole));
    }
  });

  it('that stand now likewise, of people', async () => {
    const regions = everyone().map(() => world.app.land.east.regionId);
    for (const who of cast) {
      const { rows } = await as(world, who, (tx) =>
        sql<Answers>`select subject_id as id, answers, whole from waymark.standing_answers('household-28', ${regions}::integer[], ${everyone()}::uuid[])`.execute(
          tx,
        ),
      );
      // How she stands is told her by her own page.
      expect(got(who, rows)).toEqual(expected(who, who === 'person' ? [] : opened(who), (id) => shares(who, id)));
    }
  });

  it('that alone warn of somebody are told of those whom one may know, and of nobody else', async () => {
    const { owner } = world.app.db;
    const warns = Buffer.from(household28.indicators.map(({ code }) => (code === 'family_violence' ? 3 : 1)));
    const before = await sql<{
      id: string;
      answers: Buffer;
    }>`select subject_id as id, answers from waymark.standing where subject_kind = 'person'`.execute(owner);
    await sql`update waymark.standing set answers = ${warns} where subject_kind = 'person'`.execute(owner);
    const regions = everyone().map(() => world.app.land.east.regionId);
    for (const who of cast) {
      const { rows } = await as(world, who, (tx) =>
        sql<{
          id: string;
        }>`select person_id as id from waymark.private_warnings('household-28', ${regions}::integer[], ${everyone()}::uuid[])`.execute(tx),
      );
      expect([who, rows.map(({ id }) => id).toSorted()]).toEqual([who, who === 'person' ? [] : opened(who).toSorted()]);
    }
    for (const { id, answers } of before.rows)
      await sql`update waymark.standing set answers = ${answers} where subject_id = ${id}`.execute(owner);
  });

  it('are in no column that the application may read', async () => {
    for (const table of ['assessment', 'standing'])
      for (const who of cast)
        await expect(
          as(world, who, (tx) => sql`select answers from waymark.${sql.raw(table)}`.execute(tx)),
          `${who} ${table}`,
        ).rejects.toMatchObject({ code: '42501' });
  });
});

describe('lists by plain query', () => {
  it('hold whom one may know, whatever place one names', async () => {
    const { land } = world.app;
    const places = { east: [land.east, land.eastVillages[0]], west: [land.west, land.westVillages[0]] };
    for (const who of cast) {
      const mine = opened(who);
      // A list says bands that the household's answers make; she reads her own record elsewhere.
      expect([who, await listed(who, null)]).toEqual([who, who === 'person' ? [] : mine.toSorted()]);
      for (const [side, people] of [
        ['east', world.eastPeople],
        ['west', world.westPeople],
      ] as const)
        for (const place of places[side]) {
          const [first] = people;
          // By area the whole village or nobody of it; whoever knows people one by one finds none by naming a place.
          const inArea = first !== undefined && mine.includes(first) && (!who.endsWith('volunteer') || place.level === 3);
          expect([who, place.name, await listed(who, place.placeId)]).toEqual([who, place.name, inArea ? people.toSorted() : []]);
        }
      expect([who, await listed(who, land.country.placeId)]).toEqual([who, []]);
      const all = who === 'coordinator' ? everyone().toSorted() : [];
      expect([who, await listed(who, land.province.placeId)]).toEqual([who, all]);
    }
  });

  it('hold the households of whom one may know, and say of them what they may say to everybody', async () => {
    const { households, eastPeople, westPeople } = world;
    const homes: readonly (readonly [string, readonly string[]])[] = [
      [households.east, eastPeople.slice(2, 5)],
      [households.west, westPeople.slice(2, 5)],
      [households.past, eastPeople.slice(0, 2)],
    ];
    await followHouseholds(world.app.db.jobs);
    for (const who of cast) {
      const mine = who === 'person' ? [] : opened(who);
      const known = homes.filter(([, people]) => people.some((id) => mine.includes(id))).map(([id]) => id);
      const { rows } = await as(world, who, (tx) =>
        sql<{
          id: string;
        }>`select household_id as id from waymark.list_households('household-28', null, null, null, false, 'urgency', null, null, null, 1000)`.execute(
          tx,
        ),
      );
      expect([
        who,
        rows
          .map(({ id }) => id)
          .filter((id) => homes.some(([home]) => home === id))
          .toSorted(),
      ]).toEqual([who, known.toSorted()]);
      const members = await as(world, who, (tx) =>
        sql<{
          id: string;
          answers: Buffer;
        }>`select person_id as id, answers from waymark.listed_members('household-28', ${homes.map(() => world.app.land.east.regionId)}::integer[], ${homes.map(([id]) => id)}::uuid[])`.execute(
          tx,
        ),
      );
      expect([who, members.rows.map(({ id }) => id).toSorted()]).toEqual([
        who,
        homes.flatMap(([, people]) => people.filter((id) => mine.includes(id))).toSorted(),
      ]);
      for (const { answers } of members.rows) expect([who, answers.toString('hex')]).toEqual([who, answersMasked.toString('hex')]);
    }
  });

  it('are the only way to the narrow table, and its helpers are nobody’s to call', async () => {
    const { regionId } = world.app.land.east,
      id = world.eastPeople[6];
    for (const statement of [
      sql`select from waymark.listing`,
      sql`select from waymark.household_listing`,
      sql`select from waymark.household_listing_of_people()`,
      sql`select waymark.list_households_anew('household-28', array[${regionId}]::integer[], array[${world.households.east}]::uuid[])`,
      sql`select from waymark.household_to_list`,
      sql`select waymark.follow_households(1)`,
      sql`select waymark.list_some_households(-1, 1)`,
      sql`select waymark.list_households_of_all(array[${regionId}]::integer[], array[${world.households.east}]::uuid[])`,
      sql`select waymark.list_households_now(array[${regionId}]::integer[], array[${world.households.east}]::uuid[])`,
      sql`select from waymark.listing_terms()`,
      sql`select from waymark.home_on(${regionId}, ${id}, current_date)`,
      sql`select from waymark.past_of('household-28', '{person}', array[${regionId}]::integer[], array[${id}]::uuid[], true, true)`,
      sql`select waymark.role_of_actor('nobody')`,
    ])
      await expect(as(world, 'coordinator', (tx) => statement.execute(tx))).rejects.toMatchObject({ code: '42501' });
  });
});

describe('functions about one person or household', () => {
  interface Asked {
    readonly name: string;
    readonly types: readonly string[];
  }
  /** Whatever the application may ask by a region and an id that changes nothing, from the catalogue. */
  const functions = async () =>
    (
      await sql<Asked>`select name, types from (
        select p.proname::text as name, array(select format_type(t, null) from unnest(p.proargtypes::oid[]) with ordinality as a (t, n) order by n) as types
        from pg_proc p where p.pronamespace = 'waymark'::regnamespace and p.provolatile <> 'v' and p.prorettype <> 'trigger'::regtype
          and has_function_privilege('waymark_app', p.oid, 'execute')) f
      where array_to_string(types, ',') ~ '^(text,)?integer,uuid' order by 1`.execute(world.app.db.owner)
    ).rows;
  /** Of whom it says anything when asked about each: a row that is not null, nor no. Refused altogether: of nobody. */
  async function spokenOf(who: PersonName, { name, types }: Asked, ids: readonly string[]): Promise<string[]> {
    const texts = ['household-28'];
    const values = types.map((type, at) => {
      if (type === 'text') return name === 'subject_in_scope' ? sql`kind` : sql`${texts.shift()}::text`;
      if (type === 'integer') return sql`${world.app.land.east.regionId}::integer`;
      if (type === 'uuid')
        return types.indexOf('uuid') === at ? sql`id` : sql`(select min(organisation_id::text)::uuid from waymark.organisation)`;
      return type === 'date' ? sql`current_date` : type.endsWith('[]') ? sql`array[now()]` : sql`null::${sql.raw(type)}`;
    });
    const query = sql<{ id: string }>`select id::text from unnest(${[...ids]}::uuid[]) id,
        lateral (select case when id = any (${Object.values(world.households)}::uuid[]) then 'household' else 'person' end as kind) k,
        lateral ${sql.raw(`waymark.${name}`)}(${sql.join(values)}) x
      where coalesce(to_json(x)::text, 'null') not in ('null', 'false')`;
    return as(world, who, async (tx) => (await query.execute(tx)).rows.map(({ id }) => id)).catch((error: { code?: string }) => {
      if (error.code === '42501') return [];
      throw error;
    });
  }

  it('say nothing of anybody who is unknown to her, and something to those who may know', async () => {
    const unknowing: Readonly<Record<string, string>> = {
      is_registered: 'whether an id is taken, which nobody can guess: asked before somebody new is written down',
    };
    const ofNobody: Readonly<Record<string, string>> = {
      said_and_left: 'asked by the word that was written down a moment before, and not by a person (test/sharing.test.ts)',
      own_accounts: 'nobody in care has an account here (test/own-account.test.ts)',
    };
    const ids = [...everyone(), ...Object.values(world.households)];
    const faults: string[] = [];
    for (const fn of await functions()) {
      let told = 0;
      for (const who of cast) {
        const known = [...knownTo(world, who), ...householdsKnownTo(world, who)];
        const spoken = await spokenOf(who, fn, ids);
        told += spoken.filter((id) => known.includes(id)).length;
        if (unknowing[fn.name] === undefined && spoken.some((id) => !known.includes(id))) faults.push(`${fn.name} tells ${who} of others`);
      }
      if ((told === 0) !== (ofNobody[fn.name] !== undefined)) faults.push(`${fn.name} spoke of ${told}`);
    }
    expect(faults).toEqual([]);
  }, 60_000);
});

describe('a published instrument by plain query', () => {
  const add =
    (protectedCodes: string, definition = 'definition', version = 99) =>
    (tx: Tx) =>
      sql`insert into waymark.instrument (instrument_id, code, version, scores, definition, indicators, protected_codes, state)
      select ${uuidv7()}::uuid, code, ${version}, scores, ${sql.raw(definition)}, indicators, ${sql.raw(protectedCodes)}, 'retired'
      from waymark.instrument where code = 'household-28' and state = 'live'`.execute(tx);

  it('is changed by nobody, not in what is private either, and never comes back into use', async () => {
    for (const change of [
      `set protected_codes = '{}'`,
      `set definition = '{}'`,
      `set version = version + 7`,
      `set code = code || 'x'`,
      `set created_at = now()`,
    ]) {
      const statement = sql.raw(`update waymark.instrument ${change}`);
      await expect(
        as(world, 'administrator', (tx) => sql`${statement}`.execute(tx)),
        change,
      ).rejects.toMatchObject(denied);
      await expect(
        world.app.db.owner.transaction().execute((tx) => sql`${statement}`.execute(tx)),
        change,
      ).rejects.toMatchObject({ code: '23001' });
    }
    await expect(as(world, 'administrator', (tx) => sql`delete from waymark.instrument`.execute(tx))).rejects.toMatchObject(denied);
    const back = (tx: Tx) =>
      sql`update waymark.instrument set state = 'retired'`
        .execute(tx)
        .then(() => sql`update waymark.instrument set state = 'live'`.execute(tx));
    await expect(as(world, 'administrator', back)).rejects.toMatchObject({ code: '23001' });
    const { numAffectedRows } = await as(world, 'coordinator', (tx) => sql`update waymark.instrument set state = 'retired'`.execute(tx));
    expect(numAffectedRows).toBe(0n);
  });

  it('hides what it says is private, and what any version before hid', async () => {
    await expect(as(world, 'administrator', add(`'{}'`))).rejects.toMatchObject({ code: '23514' });
    const open = `replace(definition::text, '"protected": true', '"protected": false')::jsonb`;
    await expect(as(world, 'administrator', add(`'{}'`, open))).rejects.toMatchObject({ code: '23001' });
    await expect(as(world, 'coordinator', add('protected_codes'))).rejects.toMatchObject(denied);
    // Nor in a version that would stand before it, or in its place.
    const hides = add(
      `protected_codes || '{school_attendance}'`,
      `replace(definition::text, '"code": "school_attendance"', '"protected": true, "code": "school_attendance"')::jsonb`,
    );
    for (const version of [98, 99, 100]) {
      const opened = (tx: Tx) => hides(tx).then(() => add('protected_codes', 'definition', version)(tx));
      await expect(as(world, 'administrator', opened), String(version)).rejects.toMatchObject({ code: version === 99 ? '23505' : '23001' });
    }
    const before = (tx: Tx) => hides(tx).then(() => add(`protected_codes || '{school_attendance}'`, 'definition', 98)(tx));
    await expect(as(world, 'administrator', before)).rejects.toThrow('a version comes after every other');
  });

  it('is scored by while it is published, under its lock, and at no other time', async () => {
    const score = (tx: Tx) =>
      sql`select waymark.rescore_people_at('household-28', array[${world.app.land.eastVillages[0].placeId}]::uuid[])`.execute(tx);
    const next = async (tx: Tx, createdAt = 'now()') => {
      await sql`update waymark.instrument set state = 'retired' where code = 'household-28' and state = 'live'`.execute(tx);
      await sql`insert into waymark.instrument (instrument_id, code, version, scores, definition, indicators, protected_codes, state, created_at)
        select ${uuidv7()}::uuid, code, version + 1, scores, definition, indicators, protected_codes, 'live', ${sql.raw(createdAt)}
        from waymark.instrument where code = 'household-28' order by version desc limit 1`.execute(tx);
    };
    await expect(as(world, 'administrator', score)).rejects.toMatchObject(denied);
    // Nor by what looks like publishing and is none.
    const touched = async (tx: Tx) => {
      await sql`update waymark.instrument set state = state where code = 'household-28'`.execute(tx);
      await score(tx);
    };
    await expect(as(world, 'administrator', touched)).rejects.toMatchObject(denied);
    const another = (tx: Tx) => next(tx, `now() - interval '1 hour'`);
    await expect(as(world, 'administrator', another)).rejects.toMatchObject({ code: '23001' });
    const published = async (tx: Tx) => {
      await next(tx);
      await score(tx);
      const { rows } = await sql`select from pg_locks where locktype = 'advisory' and mode = 'ExclusiveLock' and pid = pg_backend_pid()
        and classid::bigint = hashtext('waymark.risk:household-28') & 4294967295 and objid::bigint = 4294967295`.execute(tx);
      throw new Error(`${rows.length} lock`);
    };
    await expect(as(world, 'administrator', published)).rejects.toThrow('1 lock');
  });

  it('does not tell whoever publishes it that a few have answers, nor that a few have none', async () => {
    /** What is told where so many of everybody have no answers; of nobody it stays so. */
    const told = (without: number) =>
      world.app.db.owner
        .transaction()
        .execute(async (tx) => {
          await sql`alter table waymark.standing disable trigger user`.execute(tx);
          await sql`delete from waymark.standing where instrument_code = 'household-28' and subject_kind = 'person'`.execute(tx);
          const { rows } = await sql<{ n: number }>`select count(*)::integer as n from waymark.person where state = 1`.execute(tx);
          const everybody = rows[0]!.n;
          await sql`insert into waymark.standing (region_id, instrument_code, subject_kind, subject_id, place_id, instrument_version, excess, known,
              applicable, band, answers, observed_at, computed_at)
            select region_id, 'household-28', 'person', person_id, place_id, 1, 0, 0, 1, 0, '', now(), now() from waymark.person
            where state = 1 limit ${everybody - without}`.execute(tx);
          const reach = await sql<{ subjects: number; answered: number | null }>`
            select subjects, answered from waymark.reach_of_instrument('household-28', 'person')`.execute(tx);
          throw Object.assign(new Error('nothing is kept'), {
            told: [reach.rows[0]!.subjects - everybody, reach.rows[0]!.answered, everybody],
          });
        })
        .catch((error: Error & { told?: [number, number | null, number] }) => error.told ?? Promise.reject(error));
    const [, , everybody] = await told(0);
    expect(everybody).toBeGreaterThan(22);
    for (const [without, answered] of [
      [0, everybody],
      [1, null],
      [10, null],
      [11, everybody - 11],
      [everybody - 11, 11],
      [everybody - 10, null],
      [everybody - 1, null],
      [everybody, 0],
    ] as const)
      expect([without, await told(without)]).toEqual([without, [0, answered, everybody]]);
  });
});

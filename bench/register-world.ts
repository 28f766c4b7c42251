// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql, type Kysely } from 'kysely';
import { pino } from 'pino';
import { uuidv7 } from 'uuidv7';
import { createAccount } from '../src/access/server/index.ts';
import { startServer } from '../src/app/server.ts';
import type { Actor } from '../src/platform/domain/actor.ts';
import { startCluster } from '../src/platform/server/cluster.ts';
import { openDb, openPool, withActor, type Urls } from '../src/platform/server/db.ts';
import type { Tx } from '../src/platform/server/endpoint.ts';
import { migrate } from '../src/platform/server/migrate.ts';
import { prepareRoles } from '../src/platform/server/roles.ts';
import { installInstruments } from '../src/risk/server/index.ts';
import { Client } from '../test/support/client.ts';
import { passwordsAreEnough } from '../test/support/second-proof.ts';

export interface Anybody {
  readonly regionId: number;
  readonly personId: string;
  /** Id of the province. */
  readonly province: string;
}

/** A register without names, as large as wanted: 20 provinces, 200 districts, 2,000 sub-districts, 10,000 villages; on the bundled database with fsync on. */
export interface RegisterWorld {
  readonly owner: Kysely<unknown>;
  /** Adds so many people to every village, one assessment each, with standings, lists and figures. */
  settle(perVillage: number): Promise<void>;
  /** As the restricted role, past HTTP. */
  asActor<T>(fn: (tx: Tx) => Promise<T>): Promise<T>;
  readonly actor: Actor;
  placesOf(path: string, level: number): Promise<string[]>;
  /** `n` people anywhere. */
  anybody(n: number): Promise<Anybody[]>;
  /** A server over it, and a coordinator of the country signed in. */
  serve(): Promise<{ client: Client; close(): Promise<void> }>;
  close(): Promise<void>;
}

const actor: Actor = {
  accountId: 'bench',
  userName: 'bench',
  displayName: 'Bench',
  locale: 'en',
  roles: ['coordinator'],
  rights: new Set(['people.read', 'assess.write', 'risk.read', 'figures.exact']),
  scopes: ['B'],
  posts: [{ role: 'coordinator', placeId: null }],
};

async function makePlaces(owner: Kysely<unknown>): Promise<void> {
  await sql`insert into waymark.installation (installation_id, is_demo, people_kept) values (gen_random_uuid(), false, true)`.execute(
    owner,
  );
  await owner.transaction().execute((tx) => installInstruments(tx, uuidv7));
  const level = (n: number, path: string, parent: string, from: string) =>
    sql
      .raw(`insert into waymark.place (place_id, country, code, level, parent_id, path, region_id, names, name, search)
      select gen_random_uuid(), 'XB', 'c' || replace(${path}, '.', '-'), ${n}, p.place_id, (${path})::ltree, ${n === 0 ? '0' : 'split_part(' + path + ", '.', 2)::integer"}, '{}', 'place', 'place'
      from ${from} left join waymark.place p on p.path = (${parent})::ltree`)
      .execute(owner);
  await level(0, `'B'`, `''`, '(values (1)) v');
  await level(1, `'B.' || a`, `'B'`, 'generate_series(1, 20) a');
  await level(2, `'B.' || a || '.' || b`, `'B.' || a`, 'generate_series(1, 20) a cross join generate_series(1, 10) b');
  await level(
    3,
    `'B.' || a || '.' || b || '.' || c`,
    `'B.' || a || '.' || b`,
    'generate_series(1, 20) a cross join generate_series(1, 10) b cross join generate_series(1, 10) c',
  );
  await level(
    4,
    `'B.' || a || '.' || b || '.' || c || '.' || d`,
    `'B.' || a || '.' || b || '.' || c`,
    'generate_series(1, 20) a cross join generate_series(1, 10) b cross join generate_series(1, 10) c cross join generate_series(1, 5) d',
  );
}

const said = {
  few: sql`decode(repeat('010203', 9) || '03', 'hex')`,
  more: sql`decode(repeat('020101', 9) || '03', 'hex')`,
};

/** What scoring makes of each of the two kinds of visits: asked of two people who are then forgotten. */
async function scoredAnswers(owner: Kysely<unknown>): Promise<Buffer[]> {
  const found: Buffer[] = [];
  for (const answers of [said.few, said.more])
    await owner
      .transaction()
      .execute(async (tx) => {
        const { rows } = await sql<{ region: number; id: string }>`
          insert into waymark.person (region_id, person_id, place_id, sex, born_on)
          select region_id, gen_random_uuid(), place_id, 2, '2000-01-01' from waymark.place where level = 4 limit 1 returning region_id as region, person_id as id`.execute(
          tx,
        );
        const { region, id } = rows[0]!;
        await sql`insert into waymark.assessment (region_id, assessment_id, subject_kind, subject_id, instrument_id, answers, observed_at, valid_until, actor_id)
          select ${region}, gen_random_uuid(), 'person', ${id}, i.instrument_id, ${answers}, now(), waymark.valid_untils(i.instrument_id, now()), 'bench'
          from waymark.instrument i where i.code = 'household-28'`.execute(tx);
        const scored = await sql<{
          answers: Buffer;
        }>`select answers from waymark.score_people('household-28', array[${region}::integer], array[${id}::uuid], now())`.execute(tx);
        found.push(scored.rows[0]!.answers);
        throw new Error('forget them');
      })
      .catch((error: unknown) => {
        if ((error as Error).message !== 'forget them') throw error;
      });
  return found;
}

/** So many more people in every village, with an assessment each and standings of every kind; provinces differ, as they do. */
async function settle(owner: Kysely<unknown>, perVillage: number): Promise<void> {
  // Figures are counted at the end, at once: kept row by row they would take most of the time, and are measured elsewhere.
  await sql`alter table waymark.standing disable trigger rollup_after_insert`.execute(owner);
  for (const table of ['assessment', 'person', 'household'])
    await sql`alter table waymark.${sql.raw(table)} disable trigger user`.execute(owner);
  const answers = await scoredAnswers(owner);
  for (let province = 1; province <= 20; province++)
    await sql`
      with home as (select place_id, region_id from waymark.place where level = 4 and path <@ ${`B.${province}`}::ltree),
      -- Five live together.
      roofs as materialized (select h.*, n, gen_random_uuid() as household_id from home h cross join generate_series(0, (${perVillage}::integer - 1) / 5) n),
      built as (insert into waymark.household (region_id, household_id, place_id) select region_id, household_id, place_id from roofs),
      made as (insert into waymark.person (region_id, person_id, household_id, place_id, sex, born_on)
        select r.region_id, gen_random_uuid(), r.household_id, r.place_id, 1 + m % 2, date '2020-01-01' - (random() * 25000)::integer
        from roofs r cross join generate_series(5 * r.n + 1, least(5 * r.n + 5, ${perVillage}::integer)) m
        returning region_id, person_id, place_id, sex, born_on),
      said as materialized (
        select m.*, now() - random() * interval '300 days' as at,
               case when person_id < '80000000-0000-0000-0000-000000000000' then ${said.few} else ${said.more} end as answers
        from made m),
      visited as (insert into waymark.assessment (region_id, assessment_id, subject_kind, subject_id, instrument_id, answers, observed_at, valid_until, actor_id)
        select s.region_id, gen_random_uuid(), 'person', s.person_id, i.instrument_id, s.answers, s.at, waymark.valid_untils(i.instrument_id, s.at), 'bench'
        from said s join waymark.instrument i on i.code = 'household-28')
      insert into waymark.standing (region_id, instrument_code, subject_kind, subject_id, place_id, sex, age_group, instrument_version, excess, known, applicable, band,
                                    answers, observed_at, valid_until, next_change, computed_at)
      select region_id, 'household-28', 'person', person_id, place_id, sex, waymark.age_group_on(born_on, current_date), 1, x.excess, x.known, 28,
             waymark.band_of(x.excess, x.known, 28, 33, 60, 60), (${answers}::bytea[])[1 + (person_id >= '80000000-0000-0000-0000-000000000000')::integer],
             at, case when random() < 0.98 then now() + random() * interval '400 days' end, now() + interval '1 year', now()
      from (select *, random() as r from said) m
      cross join lateral (select 12 + (r * 16)::integer as known, ((r * 7919)::integer % 100 * 0.01 * (0.8 + 0.02 * region_id) * 1.4 * (12 + (r * 16)::integer))::integer as excess) x`.execute(
      owner,
    );
  await sql`alter table waymark.standing enable trigger rollup_after_insert`.execute(owner);
  for (const table of ['assessment', 'person', 'household'])
    await sql`alter table waymark.${sql.raw(table)} enable trigger user`.execute(owner);
  await countFigures(owner);
  await sql`vacuum analyze`.execute(owner);
}

async function countFigures(owner: Kysely<unknown>): Promise<void> {
  await sql`delete from waymark.rollup`.execute(owner);
  await sql`insert into waymark.rollup (region_id, place_id, instrument_code, sex, age_group, band, n)
    select a.region_id, a.place_id, x.instrument_code, x.sex, x.age_group, x.band, sum(x.n)
    from (select s.place_id, s.instrument_code, s.sex, s.age_group, s.band, count(*) as n from waymark.standing s group by 1, 2, 3, 4, 5) x
    join waymark.place p using (place_id) join generate_series(1, nlevel(p.path)) i on true join waymark.place a on a.path = subpath(p.path, 0, i)
    group by 1, 2, 3, 4, 5, 6`.execute(owner);
  await sql`delete from waymark.rollup_answer`.execute(owner);
  await sql`insert into waymark.rollup_answer (region_id, place_id, instrument_code, indicator, score, n)
    select a.region_id, a.place_id, x.code, x.indicator, x.score, sum(x.n)
    from (select s.place_id, i.code, i.indicators[b + 1] as indicator, get_byte(s.answers, b)::smallint as score, sum(s.n) as n
          from (select place_id, answers, count(*) as n from waymark.standing group by 1, 2) s
          join waymark.instrument i on i.code = 'household-28' cross join generate_series(0, length(s.answers) - 1) b
          where get_byte(s.answers, b) between 1 and 3 and i.indicators[b + 1] <> all (i.protected_codes) group by 1, 2, 3, 4) x
    join waymark.place p using (place_id) join generate_series(1, nlevel(p.path)) i on true join waymark.place a on a.path = subpath(p.path, 0, i)
    group by 1, 2, 3, 4, 5`.execute(owner);
}

const who = { userName: 'bench', displayName: 'Bench', role: 'coordinator', password: 'quiet-heron-lamp-7' } as const;

async function serve(urls: Urls, owner: Kysely<unknown>, folder: string) {
  const server = await startServer({
    urls,
    port: 0,
    host: '127.0.0.1',
    dataFolder: folder,
    keyFile: join(folder, 'bench.key'),
    webDir: null,
    signInsPerMinute: 10_000,
    log: pino({ level: 'error' }),
  });
  const {
    rows: [country],
  } = await sql<{ id: string }>`select place_id as id from waymark.place where level = 0`.execute(owner);
  await passwordsAreEnough(owner);
  await createAccount(server.access, { ...who, placeId: country!.id });
  return { client: await new Client(server.url).signIn(who.userName, who.password), close: () => server.close() };
}

export async function openRegisterWorld(): Promise<RegisterWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-bench-'));
  const cluster = await startCluster({ dataFolder: join(folder, 'data') });
  const urls = await prepareRoles(cluster);
  const pools = [openPool(urls.owner, { max: 2 }), openPool(urls.app, { max: 2 })] as const;
  const [owner, app] = [openDb(pools[0]), openDb(pools[1])];
  await migrate(owner);
  await makePlaces(owner);
  return {
    owner,
    actor,
    settle: (perVillage) => settle(owner, perVillage),
    asActor: (fn) => withActor(app, actor, fn),
    async placesOf(path, level) {
      const { rows } = await sql<{
        id: string;
      }>`select place_id as id from waymark.place where level = ${level} and path <@ ${path}::ltree order by md5(place_id::text) limit 40`.execute(
        owner,
      );
      return rows.map(({ id }) => id);
    },
    async anybody(n) {
      const { rows } = await sql<Anybody>`
        select s.region_id as "regionId", s.person_id as "personId", p.place_id as province
        from (select region_id, person_id from waymark.person tablesample system (100.0 * least(1, 4.0 * ${n}::integer / (select greatest(n_live_tup, 1) from pg_stat_user_tables where relid = 'waymark.person'::regclass)))
              order by md5(person_id::text) limit ${n}) s
        join waymark.place p on p.level = 1 and p.region_id = s.region_id`.execute(owner);
      return rows;
    },
    serve: () => serve(urls, owner, folder),
    async close() {
      await Promise.all(pools.map((pool) => pool.end()));
      await cluster.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

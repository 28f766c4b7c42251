// SPDX-License-Identifier: AGPL-3.0-or-later
// `node bench/people-list.ts [people ...]`, such as `node bench/people-list.ts 100000 500000 2000000`: a page of the list of people of a village, a
// district, a province and a whole country, as the restricted role and with row security, words included; one person's risk; and what the list costs
// whoever saves an answer. 20 provinces, 200 districts, 2,000 sub-districts, 10,000 villages; each size is added to the one before.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import type { Actor } from '../src/platform/domain/actor.ts';
import { startCluster } from '../src/platform/server/cluster.ts';
import { openDb, openPool, withActor } from '../src/platform/server/db.ts';
import { migrate } from '../src/platform/server/migrate.ts';
import { prepareRoles } from '../src/platform/server/roles.ts';
import type { ListQuery } from '../src/risk/domain/people-list.ts';
import { installInstruments, recordAssessments } from '../src/risk/server/index.ts';
import { peopleList } from '../src/risk/server/people-list.ts';
import { personRisk } from '../src/risk/server/person-risk.ts';
import { ms, times } from './measure.ts';

const sizes = process.argv.slice(2).map(Number);
if (sizes.length === 0) sizes.push(100_000, 500_000, 2_000_000);
const folder = mkdtempSync(join(tmpdir(), 'waymark-bench-'));
const cluster = await startCluster({ dataFolder: join(folder, 'data') });
const urls = await prepareRoles(cluster);
const [pool, appPool] = [openPool(urls.owner, { max: 2 }), openPool(urls.app, { max: 2 })];
const [owner, app] = [openDb(pool), openDb(appPool)];

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

async function makePlaces(): Promise<void> {
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

/** So many more people in every village, with standings of every kind; provinces differ, as they do. */
async function settle(perVillage: number): Promise<void> {
  // Figures are counted at the end, at once: kept row by row they would take most of the time, and are measured elsewhere.
  await sql`alter table waymark.standing disable trigger rollup_after_insert`.execute(owner);
  for (let province = 1; province <= 20; province++)
    await sql`
      with home as (select place_id, region_id from waymark.place where level = 4 and path <@ ${`B.${province}`}::ltree),
      made as (insert into waymark.person (region_id, person_id, place_id, sex, born_on)
        select h.region_id, gen_random_uuid(), h.place_id, 1 + n % 2, date '2020-01-01' - (random() * 25000)::integer from home h cross join generate_series(1, ${perVillage}::integer) n
        returning region_id, person_id, place_id, sex, born_on)
      insert into waymark.standing (region_id, instrument_code, subject_kind, subject_id, place_id, sex, age_group, instrument_version, excess, known, applicable, band,
                                    answers, observed_at, valid_until, next_change, computed_at)
      select region_id, 'household-28', 'person', person_id, place_id, sex, waymark.age_group_on(born_on, current_date), 1, x.excess, x.known, 28,
             waymark.band_of(x.excess, x.known, 28, 33, 60, 60), decode(repeat(case when person_id < '80000000-0000-0000-0000-000000000000' then '010203' else '020101' end, 9) || '03', 'hex'),
             now() - random() * interval '300 days', case when random() < 0.98 then now() + random() * interval '400 days' end, now() + interval '1 year', now()
      from (select *, random() as r from made) m
      cross join lateral (select 12 + (r * 16)::integer as known, ((r * 7919)::integer % 100 * 0.01 * (0.8 + 0.02 * region_id) * 1.4 * (12 + (r * 16)::integer))::integer as excess) x`.execute(
      owner,
    );
  await sql`alter table waymark.standing enable trigger rollup_after_insert`.execute(owner);
  await sql`delete from waymark.rollup`.execute(owner);
  await sql`insert into waymark.rollup (region_id, place_id, instrument_code, sex, age_group, band, n)
    select a.region_id, a.place_id, x.instrument_code, x.sex, x.age_group, x.band, sum(x.n)
    from (select s.place_id, s.instrument_code, s.sex, s.age_group, s.band, count(*) as n from waymark.standing s group by 1, 2, 3, 4, 5) x
    join waymark.place p using (place_id) join generate_series(1, nlevel(p.path)) i on true join waymark.place a on a.path = subpath(p.path, 0, i)
    group by 1, 2, 3, 4, 5, 6`.execute(owner);
  await sql`vacuum analyze`.execute(owner);
}

const asActor = <T>(fn: (tx: Parameters<Parameters<typeof withActor>[2]>[0]) => Promise<T>): Promise<T> => withActor(app, actor, fn);

async function placesOf(path: string, level: number): Promise<string[]> {
  const { rows } = await sql<{
    id: string;
  }>`select place_id as id from waymark.place where level = ${level} and path <@ ${path}::ltree order by md5(place_id::text) limit 40`.execute(
    owner,
  );
  return rows.map(({ id }) => id);
}

async function lists(size: number): Promise<void> {
  const asked: readonly (readonly [string, Partial<ListQuery>])[] = [
    ['by urgency', {}],
    ['by renewal', { sort: 'renewal' }],
    ['by newest answer', { sort: 'seen' }],
    ['high, boys of 10 to 13', { bands: '3', sex: 1, ageGroup: 2 }],
    ['to renew in 30 days, by urgency', { renew: 'soon' }],
    ['high, by renewal', { bands: '3', sort: 'renewal' }],
  ];
  for (const [word, level] of [
    ['village', 4],
    ['district', 2],
    ['province', 1],
    ['country', 0],
  ] as const) {
    const ids = await placesOf('B', level);
    for (const [what, query] of asked) {
      let after: string | undefined;
      const measured = await times(40, async (i) => {
        const page = await asActor((tx) =>
          peopleList(
            { tx, actor, now: new Date() },
            { place: ids[Math.abs(i) % ids.length]!, ...query, ...(after && level === 0 ? { after } : {}) },
          ),
        );
        after = i % 5 === 0 ? undefined : (page.after ?? undefined); // pages further on, too
      });
      console.log(`| ${size.toLocaleString('en')} | list of a ${word}, ${what} | ${ms(measured.p50)} | ${ms(measured.p95)} |`);
    }
  }
}

/** One answer saved and everything that follows, with the narrow table's triggers and without, in turns. */
async function writes(size: number): Promise<void> {
  const { rows: people } = await sql<{
    region_id: number;
    person_id: string;
  }>`select region_id, person_id from waymark.person order by md5(person_id::text) limit 400`.execute(owner);
  let at = 0;
  const save = () =>
    asActor((tx) => {
      const person = people[at++ % people.length]!;
      return recordAssessments(
        tx,
        [
          {
            assessmentId: uuidv7(),
            subjectKind: 'person',
            subjectId: person.person_id,
            regionId: person.region_id,
            instrument: 'household-28',
            answers: { recruiter_contact: at % 2 ? 3 : 1 },
            observedAt: new Date(),
            actorId: 'bench',
          },
        ],
        new Date(),
      );
    });
  const rounds: Record<'with' | 'without', number[]> = { with: [], without: [] };
  for (let round = 0; round < 6; round++)
    for (const which of ['with', 'without'] as const) {
      await sql`alter table waymark.standing ${sql.raw(which === 'with' ? 'enable' : 'disable')} trigger list_after_update`.execute(owner);
      rounds[which].push((await times(60, async () => void (await save()))).p50);
    }
  await sql`alter table waymark.standing enable trigger list_after_update`.execute(owner);
  const middle = (all: number[]): number => all.toSorted((a, b) => a - b)[3]!;
  const [w, wo] = [middle(rounds.with), middle(rounds.without)];
  console.log(
    `| ${size.toLocaleString('en')} | one answer saved, figures and list following; without the list ${ms(wo)}: ${(w / wo).toFixed(2)} x | ${ms(w)} | |`,
  );
  const risk = await times(60, async (i) => {
    const person = people[Math.abs(i) % people.length]!;
    await asActor((tx) => personRisk({ tx, actor, now: new Date() }, { regionId: person.region_id, personId: person.person_id }, {}));
  });
  console.log(`| ${size.toLocaleString('en')} | one person's risk | ${ms(risk.p50)} | ${ms(risk.p95)} |`);
}

try {
  await migrate(owner);
  await makePlaces();
  console.log(
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, ${cpus()[0]?.model ?? ''}\n\n| People | What | p50 | p95 |\n|---|---|---|---|`,
  );
  let there = 0;
  for (const size of sizes.toSorted((a, b) => a - b)) {
    const from = performance.now();
    await settle(Math.round((size - there) / 10_000));
    console.error(`${size} people after ${Math.round((performance.now() - from) / 1000)} s`);
    there = size;
    await lists(size);
    await writes(size);
  }
  const { rows } = await sql<{
    name: string;
    mb: number;
  }>`select relname as name, pg_relation_size(oid) / 1000000 as mb from pg_class where relname like 'listing%' or relname = 'standing' order by 1`.execute(
    owner,
  );
  console.log(rows.map(({ name, mb }) => `${name} ${mb} MB`).join(', '));
} finally {
  await Promise.all([pool.end(), appPool.end()]);
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
}

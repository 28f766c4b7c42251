// SPDX-License-Identifier: AGPL-3.0-or-later
// `node bench/duplicates.ts [people ...]`: how long it takes to look up with whom somebody new is to be compared, and with whom 150 are after an import,
// by how many are registered.
// People, places and codes are made by the database: names as common and as rare as in the made register, every second family rare.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql, type Kysely } from 'kysely';
import { findCandidates } from '../src/people/server/queries-matching.ts';
import { startCluster } from '../src/platform/server/cluster.ts';
import { openDb, openPool } from '../src/platform/server/db.ts';
import { migrate } from '../src/platform/server/migrate.ts';
import { prepareRoles } from '../src/platform/server/roles.ts';
import { times } from './measure.ts';

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [100_000, 500_000, 2_000_000];
const folder = mkdtempSync(join(tmpdir(), 'waymark-bench-'));
const cluster = await startCluster({ dataFolder: join(folder, 'data') });
const urls = await prepareRoles(cluster);
const [pool, jobsPool] = [openPool(urls.owner, { max: 2 }), openPool(urls.jobs, { max: 2 })];
const [db, jobs] = [openDb(pool), openDb(jobsPool)];

/** One country of four provinces, 48 districts, 384 sub-districts, 3,840 villages. */
async function makePlaces(): Promise<void> {
  await sql`insert into waymark.place (place_id, country, code, level, parent_id, path, region_id, names, name, search)
    values (gen_random_uuid(), 'XT', 'XT', 0, null, 'XT', 0, '{}', 'XT', 'xt')`.execute(db);
  for (const [level, each] of [4, 12, 8, 10].entries()) {
    await sql`insert into waymark.place (place_id, country, code, level, parent_id, path, region_id, names, name, search)
      select gen_random_uuid(), 'XT', p.code || '-' || i, p.level + 1, p.place_id, p.path || ('p' || i)::ltree,
             case when p.level = 0 then i else p.region_id end, '{}', p.code || '-' || i, lower(p.code || i)
      from waymark.place p, generate_series(1, ${each}::integer) i where p.level = ${level}`.execute(db);
  }
}

/** The most common given name is borne by about one in sixty, as in the made register. */
async function makePeople(from: number, to: number): Promise<void> {
  await sql`with village as materialized (select place_id, region_id, row_number() over (order by path) - 1 as nth from waymark.place where level = 4)
    insert into waymark.person (region_id, person_id, place_id, sex, born_on)
    select v.region_id, ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, v.place_id, 1 + i % 2, date '1940-01-01' + (random() * 29000)::integer
    from generate_series(${from}::integer, ${to - 1}::integer) i join village v on v.nth = (i * 2654435761::bigint) % 3840`.execute(db);
  await sql`insert into waymark.identity (region_id, person_id, sealed, kinds, codes, actor_id)
    select p.region_id, p.person_id, '', array_agg(c.kind), array_agg(c.code), 'bench'
    from (select p.*, floor(400 * random() ^ 1.6)::bigint as given, case when random() < 0.5 then floor(300 * random() ^ 1.6)::bigint else 1000 + floor(random() * 200000)::bigint end as family
          from waymark.person p where p.person_id >= ('00000000-0000-7000-8000-' || lpad(to_hex(${from}::integer), 12, '0'))::uuid) p
    cross join lateral (values (1, 10 + p.given), (1, 1000000 + p.family), (1, 5000000 + p.given * 1000000 + p.family),
      (2, 20 + p.given), (2, 2000000 + p.family), (2, 9000000 + p.given), (3, abs(hashtext(p.person_id::text))::bigint / 3)) c(kind, code)
    group by 1, 2`.execute(db);
  // What the job writes when it compares each of them.
  await sql`insert into waymark.duplicate_block (region_id, key, person_id)
    select distinct i.region_id, k.key, i.person_id from waymark.identity i cross join unnest(i.kinds, i.codes) c(kind, code)
    join waymark.person p using (region_id, person_id) join waymark.place l using (place_id)
    cross join lateral unnest(waymark.block_keys(c.code, p.born_on, l.parent_id)) k(key)
    where c.kind = 2 and p.person_id >= ('00000000-0000-7000-8000-' || lpad(to_hex(${from}::integer), 12, '0'))::uuid order by 1, 2, 3`.execute(
    db,
  );
  await sql`vacuum analyze waymark.duplicate_block, waymark.identity, waymark.person, waymark.place`.execute(db);
}

async function somebody(on: Kysely<unknown>, n: number) {
  const { rows } = await sql<{ regionId: number; personId: string; kind: number; code: string }>`
    select i.region_id as "regionId", i.person_id as "personId", c.kind, c.code::text as code
    from waymark.identity i cross join unnest(i.kinds, i.codes) c(kind, code)
    join (select region_id, person_id from waymark.person where person_id >= ('00000000-0000-7000-8000-' || lpad(to_hex(${n}::integer), 12, '0'))::uuid order by person_id limit 1) p
      using (region_id, person_id) where c.kind <> 1`.execute(on);
  // Asked in each of the four regions, as when all are near: the codes of the others are of nobody there or of somebody else.
  return { key: rows[0]!, codes: [1, 2, 3, 4].flatMap((regionId) => rows.map(({ kind, code }) => ({ regionId, kind, code }))) };
}

try {
  await migrate(db);
  await sql`alter table waymark.person disable trigger user`.execute(db);
  await sql`alter table waymark.identity disable trigger user`.execute(db);
  await makePlaces();
  console.log(`${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, ${cpus()[0]?.model ?? ''}\n`);
  console.log(
    '| People | candidates of one, p50 | p95 | p99 | how many on average | at most | of 150 together, each |\n|---|---|---|---|---|---|---|',
  );
  let there = 0;
  for (const size of sizes) {
    await makePeople(there, size);
    there = size;
    const asked: Awaited<ReturnType<typeof somebody>>[] = [];
    for (let i = 0; i < 240; i++) asked.push(await somebody(db, Math.floor(((i + 0.5) / 240) * size)));
    const found: number[] = [];
    const { p50, p95, p99 } = await times(200, async (i) => {
      found.push((await findCandidates(jobs, [asked[i + 40]!], 150))[0]!.length);
    });
    const together = await times(5, async () => void (await findCandidates(jobs, asked.slice(0, 150), 150)), 1);
    const average = Math.round(found.reduce((sum, n) => sum + n, 0) / found.length);
    console.log(
      `| ${size.toLocaleString('en')} | ${[p50, p95, p99].map((each) => `${each.toFixed(1)} ms`).join(' | ')} | ${average} | ${Math.max(...found)} | ${(together.p50 / 150).toFixed(1)} ms |`,
    );
  }
} finally {
  await pool.end();
  await jobsPool.end();
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
}

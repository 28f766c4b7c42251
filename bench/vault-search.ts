// SPDX-License-Identifier: AGPL-3.0-or-later
// Putting identities in, and finding people by name: `node bench/vault-search.ts [people ...]`, each size added to the one before. A database of its own in the system's folder for
// temporary files (2 million people: 4 GB), ten provinces of 20 districts of 50 villages, everybody with a sealed made name and a telephone.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { rights } from '../src/access/domain/rights.ts';
import { MasterKey, putIdentities, searchByName, Vault } from '../src/people/server/index.ts';
import type { Actor } from '../src/platform/domain/actor.ts';
import { startCluster } from '../src/platform/server/cluster.ts';
import { openDb, openPool, withActor } from '../src/platform/server/db.ts';
import { migrate } from '../src/platform/server/migrate.ts';
import { prepareRoles } from '../src/platform/server/roles.ts';
import { madeNames } from './vault-names.ts';

const sizes = process.argv.slice(2).map(Number);
if (sizes.length === 0) sizes.push(100_000, 500_000, 2_000_000);
const folder = mkdtempSync(join(tmpdir(), 'waymark-vault-bench-'));
const cluster = await startCluster({ dataFolder: folder });
const urls = await prepareRoles(cluster);
const [ownerPool, appPool] = [openPool(urls.owner, { max: 2 }), openPool(urls.app, { max: 4 })];
const [owner, app] = [openDb(ownerPool), openDb(appPool)];

async function makeLand(): Promise<void> {
  await migrate(owner);
  await sql`insert into waymark.installation (installation_id, is_demo, people_kept) values (${uuidv7()}, false, true)`.execute(owner);
  await sql`
    with node as (
      select 0 as level, 0 as region, 'c'::text as code, null::text as parent, '1' as path
      union all select 1, p, 'p' || p, 'c', '1.' || (1 + p) from generate_series(1, 10) p
      union all select 2, p, 'd' || p || '_' || d, 'p' || p, '1.' || (1 + p) || '.' || (100 * p + d) from generate_series(1, 10) p, generate_series(1, 20) d
      union all select 3, p, 'v' || p || '_' || d || '_' || v, 'd' || p || '_' || d,
          '1.' || (1 + p) || '.' || (100 * p + d) || '.' || (100000 + p * 10000 + d * 100 + v)
        from generate_series(1, 10) p, generate_series(1, 20) d, generate_series(1, 50) v)
    insert into waymark.place (place_id, country, code, level, parent_id, path, region_id, names, name, search)
    select md5(code)::uuid, 'XB', code, level, md5(parent)::uuid, path::public.ltree, region, '{}', code, code from node order by level`.execute(
    owner,
  );
}

const key = MasterKey.make();
const vault = new Vault({ installationId: uuidv7(), keys: [key], reload: () => [key] });
const coordinator = { accountId: 'bench', rights: new Set(rights), scopes: ['1'], posts: [] } as unknown as Actor;
const personId = (i: number): string =>
  i
    .toString(16)
    .padStart(32, '0')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
const names = madeNames(7);

const met: string[] = [];

/** Everybody from one number to another; remembers some of the names. */
async function putEverybody(first: number, last: number): Promise<void> {
  // One in twenty lives in another province than she was registered in.
  await sql`
    insert into waymark.person (region_id, person_id, place_id, sex)
    select 1 + i % 10, lpad(to_hex(i), 32, '0')::uuid,
      md5('v' || case when i % 20 = 7 then 1 + (i / 10) % 10 else 1 + i % 10 end || '_' || 1 + (i / 10) % 20 || '_' || 1 + (i / 200) % 50)::uuid, 2
    from generate_series(${first}::integer, ${last}::integer) i`.execute(owner);
  await sql`analyze`.execute(owner);
  const began = performance.now();
  for (let from = first; from <= last; from += 20_000) {
    const rows = Array.from({ length: Math.min(20_000, last - from + 1) }, (_, n) => {
      const i = from + n,
        full = names.full();
      if (i % 997 === 0) met.push(full);
      const identity = { names: [{ kind: 'official' as const, full }], phones: [`+855${i}`], documents: [] };
      return { regionId: 1 + (i % 10), personId: personId(i), identity, basedOn: 0 };
    });
    await withActor(app, coordinator, (tx) => putIdentities(tx, vault, rows));
  }
  const took = performance.now() - began;
  console.log(`${last - first + 1} people put in, ${(((last - first + 1) / took) * 1000).toFixed(0)} a second`);
  await sql`vacuum analyze`.execute(owner);
  // As the clock does every hour, and an import at its end.
  const counting = performance.now();
  await sql`select waymark.count_frequent_codes()`.execute(owner);
  console.log(`frequent codes counted in ${(performance.now() - counting).toFixed(0)} ms`);
}

async function searches(
  what: string,
  text: (full: string) => string,
  place: (n: number) => string | null,
  scopes: string[],
): Promise<void> {
  const times: number[] = [];
  let first = 0,
    hits = 0;
  for (let n = 0; n < 105; n++) {
    const full = met[(n * 7919) % met.length]!;
    const began = performance.now();
    const found = await withActor(app, { ...coordinator, scopes }, (tx) =>
      searchByName(tx, vault, { text: text(full), placeId: place(n), limit: 20 }, () => Promise.resolve()),
    );
    if (n >= 5) times.push(performance.now() - began);
    hits += found.length;
    if (found[0]?.likeness === 1) first++;
  }
  times.sort((a, b) => a - b);
  console.log(
    `${what.padEnd(58)} p50 ${times[50]!.toFixed(0).padStart(4)} ms  p95 ${times[95]!.toFixed(0).padStart(4)} ms  (${(hits / 105).toFixed(1)} shown, ${first} with the very name)`,
  );
}

/** As somebody types it who only heard it. */
const misheard = (full: string): string => full.replace('ph', 'p').replace('kh', 'k').replace('aa', 'a').replace('ee', 'i');

try {
  await makeLand();
  const { rows } = await sql<{ id: string; level: number }>`select place_id as id, level from waymark.place order by level, code`.execute(
    owner,
  );
  const at = (level: number) => {
    const ids = rows.filter((row) => row.level === level).map(({ id }) => id);
    return (n: number): string => ids[(n * 31) % ids.length]!;
  };
  let there = 0;
  for (const people of sizes.toSorted((a, b) => a - b)) {
    await putEverybody(there + 1, people);
    there = people;
    console.log(`\n${people.toLocaleString('en')} people`);
    for (const [where, place] of [
      ['village', at(3)],
      ['district', at(2)],
      ['province', at(1)],
      ['country', () => null],
    ] as const) {
      await searches(`whole name, in a ${where}`, (full) => full, place, ['1']);
      await searches(`whole name as heard, in a ${where}`, misheard, place, ['1']);
      await searches(`given name alone, in a ${where}`, (full) => full.split(' ')[1]!, place, ['1']);
      await searches(`family name alone, in a ${where}`, (full) => full.split(' ')[0]!, place, ['1']);
      await searches(`the most frequent family name, in a ${where}`, () => names.family[0]!, place, ['1']);
    }
  }
  const { rows: tables } = await sql<{ name: string; size: string }>`
    select relname as name, pg_size_pretty(pg_total_relation_size(oid)) as size from pg_class where relname in ('identity', 'identity_key', 'identity_codes')`.execute(
    owner,
  );
  console.log(tables.map(({ name, size }) => `${name} ${size}`).join(', '));
} finally {
  await Promise.all([ownerPool.end(), appPool.end()]);
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
}

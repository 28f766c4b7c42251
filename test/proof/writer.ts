// SPDX-License-Identifier: AGPL-3.0-or-later
// Saves numbered rows one by one and says each number only when the database has acknowledged it. Killed from outside.
import { sql } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster } from '../../src/platform/server/cluster.ts';
import { openDb, openPool } from '../../src/platform/server/db.ts';
import { prepareRoles } from '../../src/platform/server/roles.ts';

const cluster = await startCluster({ dataFolder: process.argv[2] ?? '', onRecovered: () => console.log('recovered') });
const urls = await prepareRoles(cluster);
const db = openDb(openPool(urls.owner, { max: 2 }));
await sql`create table if not exists public.proof (n bigint primary key)`.execute(db);
const { rows } = await sql<{ n: number }>`select coalesce(max(n), 0) as n from public.proof`.execute(db);
console.log(`started ${cluster.adopted ? 'adopted' : 'launched'} postmaster=${cluster.pid()}`);
for (let n = (rows[0]?.n ?? 0) + 1; ; n++) {
  try {
    await sql`insert into public.proof (n) values (${n}) on conflict do nothing`.execute(db);
    console.log(`saved ${n} postmaster=${cluster.pid()}`);
  } catch {
    n--; // not acknowledged: say it again once the database is back
    await sleep(50);
  }
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// `node bench/record-reads.ts [rows]`: how fast the data protection officer's questions are answered over millions of readings (two million unless said): sixty
// readers, ninety days, a fifth of the readings lists of twenty people. Against the same from the record itself, without the index of readings.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import {
  listOpenedOnce,
  listReadingDays,
  listReadings,
  listRepeats,
  readSpan,
  type ReadsWanted,
} from '../src/audit/server/queries-reads.ts';
import { startCluster } from '../src/platform/server/cluster.ts';
import { openDb, openPool, withActor } from '../src/platform/server/db.ts';
import type { Tx } from '../src/platform/server/endpoint.ts';
import { migrate } from '../src/platform/server/migrate.ts';
import { prepareRoles } from '../src/platform/server/roles.ts';
import { line, times, type Line } from './measure.ts';

const rows = Number(process.argv[2] ?? 2_000_000);
const folder = mkdtempSync(join(tmpdir(), 'waymark-bench-'));
const cluster = await startCluster({ dataFolder: join(folder, 'data') });
const urls = await prepareRoles(cluster);
const [pool, appPool] = [openPool(urls.owner, { max: 1 }), openPool(urls.app, { max: 1 })];
const [owner, app] = [openDb(pool), openDb(appPool)];
const person = (n: string) => sql.raw(`('00000000-0000-7000-8000-' || lpad((${n})::text, 12, '0'))`);

/** Lists of twenty are a fifth of the readings, single ones the rest. */
async function fill(): Promise<void> {
  const single = Math.round(rows * 0.8);
  await sql`insert into waymark.audit_entry (entry_id, at, actor_id, action, subject)
    select gen_random_uuid(), now() - random() * interval '90 days', 'reader' || (random() * 59)::integer, 'identity.read', ${person('(random() * 200000)::integer')}
    from generate_series(1, ${single}::integer)`.execute(owner);
  await sql`insert into waymark.audit_entry (entry_id, at, actor_id, action, detail)
    select gen_random_uuid(), now() - random() * interval '90 days', 'reader' || (random() * 59)::integer, 'identity.list',
      jsonb_build_object('people', (select jsonb_agg(${person('((random() * 200000)::integer + k) % 200000')}) from generate_series(1, 20) k where n > 0))
    from generate_series(1, ${Math.round((rows - single) / 20)}::integer) n`.execute(owner);
  await sql`select waymark.close_reading_days()`.execute(owner);
  await sql`vacuum analyze`.execute(owner);
}

const officer = {
  accountId: 'officer',
  userName: '',
  displayName: '',
  locale: 'en',
  roles: [],
  rights: new Set(['audit.read', 'audit.read-whole']),
  scopes: [],
  posts: [],
  organisations: [],
};
const ask = (fn: (tx: Tx) => Promise<unknown>) => async (): Promise<void> => void (await withActor(app, officer as never, fn));
const some = () => `00000000-0000-7000-8000-${String(Math.floor(Math.random() * 200_000)).padStart(12, '0')}`;
const readings = (part: () => Partial<ReadsWanted>, days: number) =>
  ask(async (tx) =>
    listReadings(tx, { span: await readSpan(tx, null, null, days), reader: null, people: null, action: null, ...part() }, null, 51),
  );

async function measured(): Promise<Line[]> {
  const withoutIndex = ask((tx) =>
    sql`select count(*) from waymark.read_record(null, null, null, 'identity.*', null, null, 1000000, null) where subject = ${some()} or detail->'people' ? ${some()}`.execute(
      tx,
    ),
  );
  return [
    line(
      'who looked at one person, 90 days',
      await times(
        100,
        readings(() => ({ people: [some()] }), 84),
      ),
      'p95',
      { what: 'from the record itself', value: await times(3, withoutIndex, 1) },
    ),
    line(
      'whom one reader looked at, 90 days, a page',
      await times(
        100,
        readings(() => ({ reader: `reader${Math.floor(Math.random() * 60)}` }), 84),
      ),
      'p95',
    ),
    line(
      'everything of seven days, a page',
      await times(
        100,
        readings(() => ({}), 0),
      ),
      'p95',
    ),
    line(
      'counts by reader and day, seven days',
      await times(
        10,
        ask(async (tx) => listReadingDays(tx, await readSpan(tx, null, null))),
        1,
      ),
      'p95',
    ),
    line(
      'unusual days of seven, with sixty days of the usual',
      await times(
        5,
        ask(async (tx) => {
          const span = await readSpan(tx, null, null);
          await listReadingDays(tx, await readSpan(tx, span.from, span.to, 60));
          await listOpenedOnce(tx, span, 15);
          await listRepeats(tx, span, 10);
        }),
        1,
      ),
      'p95',
    ),
  ];
}

try {
  await migrate(owner);
  await sql`insert into waymark.installation (installation_id, is_demo) values (gen_random_uuid(), false)`.execute(owner);
  const from = performance.now();
  await fill();
  const { rows: counted } = await sql<{
    n: number;
    mb: number;
  }>`select count(*)::integer as n, (pg_total_relation_size('waymark.identity_read') / 1e6)::integer as mb from waymark.identity_read`.execute(
    owner,
  );
  console.log(
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores; ${counted[0]?.n} readings, ${counted[0]?.mb} MB, made in ${((performance.now() - from) / 1000).toFixed(0)} s\n`,
  );
  console.log('| What | Figure | Against | Ratio |\n|---|---|---|---|');
  for (const { what, figure, against, ratio } of await measured()) console.log(`| ${what} | ${figure} | ${against} | ${ratio} |`);
} finally {
  await pool.end();
  await appPool.end();
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
}

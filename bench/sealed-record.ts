// SPDX-License-Identifier: AGPL-3.0-or-later
// `node bench/sealed-record.ts [seconds]`: how much sealing slows writes down. Eight people write one row of the record a transaction, on a database with
// fsync on: without seals, with the queue alone, with the sealer at work, and with the chain inside every write. And how long an examination takes.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql, type Kysely } from 'kysely';
import { pino } from 'pino';
import { examineRecord } from '../src/audit/server/examine-record.ts';
import { HeadLog } from '../src/audit/server/head-log.ts';
import { runSealer, Sealer } from '../src/audit/server/sealer.ts';
import { startCluster } from '../src/platform/server/cluster.ts';
import { openDb, openPool } from '../src/platform/server/db.ts';
import { migrate } from '../src/platform/server/migrate.ts';
import { prepareRoles } from '../src/platform/server/roles.ts';

const seconds = Number(process.argv[2] ?? 5);
const rounds = 5;
const people = 8;
const folder = mkdtempSync(join(tmpdir(), 'waymark-bench-'));
const cluster = await startCluster({ dataFolder: join(folder, 'data') });
const urls = await prepareRoles(cluster);
const [pool, jobsPool] = [openPool(urls.owner, { max: people }), openPool(urls.jobs, { max: 2 })];
const [db, jobs] = [openDb(pool), openDb(jobsPool)];

const entry = sql`insert into waymark.audit_entry (entry_id, actor_id, action, subject, detail)
  values (gen_random_uuid(), 'som', 'assessments.record', gen_random_uuid()::text, '{"instrument": "household-28"}')`;

/** What is not done here: each write waits for the one before, to take its digest. */
async function writeChained(on: Kysely<unknown>): Promise<void> {
  await on.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(42)`.execute(tx);
    await sql`update public.bench_chain set digest = sha256(digest || gen_random_uuid()::text::bytea)`.execute(tx);
    await entry.execute(tx);
  });
}

async function perSecond(write: (on: Kysely<unknown>) => Promise<unknown>): Promise<number> {
  let done = 0;
  const from = performance.now();
  await Promise.all(
    Array.from({ length: people }, async () => {
      while (performance.now() - from < seconds * 1000) {
        await write(db);
        done++;
      }
    }),
  );
  return done / ((performance.now() - from) / 1000);
}

const trigger = (on: boolean) =>
  sql`alter table waymark.audit_entry ${sql.raw(on ? 'enable' : 'disable')} trigger follow_entry`.execute(db);
async function sealing<T>(fn: () => Promise<T>): Promise<T> {
  const sealer = runSealer({ db: jobs, headLog: new HeadLog(folder), log: pino({ level: 'silent' }) });
  try {
    return await fn();
  } finally {
    await sealer.close();
  }
}

const ways: Readonly<Record<string, () => Promise<number>>> = {
  'no seals (the record as it was)': async () => {
    await trigger(false);
    return perSecond((on) => entry.execute(on)).finally(() => trigger(true));
  },
  'queued, nobody seals': () => perSecond((on) => entry.execute(on)),
  'queued and sealed': () => sealing(() => perSecond((on) => entry.execute(on))),
  'chained inside every write': async () => {
    await trigger(false);
    return perSecond(writeChained).finally(() => trigger(true));
  },
};

try {
  await migrate(db);
  await sql`create table public.bench_chain as select sha256('') as digest`.execute(db);
  for (const way of Object.values(ways)) await way(); // warm
  const figures = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round++) for (const [name, way] of Object.entries(ways)) figures.get(name)?.push(await way());
  const middle = (name: string) => figures.get(name)?.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
  const [plain = ''] = Object.keys(ways);
  console.log(
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, ${cpus()[0]?.model ?? ''}; middle of ${rounds} rounds of ${seconds} s, ${people} writers\n`,
  );
  console.log('| Way | Writes a second | Of the first |\n|---|---|---|');
  for (const name of Object.keys(ways))
    console.log(`| ${name} | ${Math.round(middle(name)).toLocaleString('en')} | ${(middle(name) / middle(plain)).toFixed(2)} |`);
  const sealer = new Sealer({ db: jobs, headLog: new HeadLog(folder), log: pino({ level: 'silent' }) });
  await sealer.sealWaiting();
  // What was written without the queue is put into it, so that the examination has everything to look at.
  await sql`insert into waymark.audit_unsealed select entry_id from waymark.audit_entry where entry_id not in (select unnest(entry_ids) from waymark.audit_seal)`.execute(
    db,
  );
  await sealer.sealWaiting();
  await sql`vacuum analyze`.execute(db);
  const from = performance.now();
  const { detail } = await examineRecord(db, folder);
  console.log(
    `\ndoctor: ${((performance.now() - from) / 1000).toFixed(1)} s, ${Math.round(process.memoryUsage().rss / 1e6)} MB: ${detail}`,
  );
} finally {
  await pool.end();
  await jobsPool.end();
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// node bench/import-rows.ts [rows]: how many rows of area statistics a second go from a CSV file to scored places and sums (default 1,000,000 made
// rows, one a village, three indicators), on the bundled database with fsync on. Against: the same text by plain COPY into an unlogged table.
import { createReadStream, createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { sql, type Kysely } from 'kysely';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { uuidv7 } from 'uuidv7';
import { rights } from '../src/access/domain/rights.ts';
import { runImport } from '../src/places/server/index.ts';
import { startCluster } from '../src/platform/server/cluster.ts';
import { openDb, openPool } from '../src/platform/server/db.ts';
import { migrate } from '../src/platform/server/migrate.ts';
import { prepareRoles } from '../src/platform/server/roles.ts';
import { areaStatsKind, installInstruments } from '../src/risk/server/index.ts';

const rows = Number(process.argv[2] ?? 1_000_000);
const perCommune = 100,
  perDistrict = 10_000;

const mapping = `
country: XZ
level: 3
instrument: place-secondary-1
source: made for measuring
code: { column: code, pad: 9 }
observed: { date: "2025-06-30" }
indicators:
  poor_households: { part: num(poor), whole: num(households), sumUp: true }
  no_electricity: { part: num(dark), whole: num(households), sumUp: true }
  international_migration: { part: num(abroad), whole: num(people), sumUp: true }
`;

function* lines(): Generator<string> {
  yield 'code,name,poor,households,dark,abroad,people\n';
  for (let from = 0; from < rows; from += 1_000) {
    let text = '';
    for (let i = from; i < Math.min(rows, from + 1_000); i++) {
      const households = 50 + ((i * 7_919) % 400);
      text += `${100_000_000 + i},Village ${i},${(i * 31) % households},${households},${(i * 17) % households},${(i * 13) % 90},${households * 4}\n`;
    }
    yield text;
  }
}

/** A country of villages, a hundred to a commune and a hundred communes to a district; levels 1 and 2 stand for districts and communes. */
async function makePlaces(owner: Kysely<unknown>): Promise<void> {
  const insert = (level: number, n: number, code: string, parent: string, path: string, region: string) =>
    sql
      .raw(`
    insert into waymark.place (place_id, country, code, level, parent_id, path, region_id, names, name, search)
    select md5('${level} ' || i)::uuid, 'XZ', ${code}, ${level}, ${parent}, (${path})::public.ltree, ${region}, '{"en": "x"}', 'x', 'x' from generate_series(0, ${n - 1}) i`)
      .execute(owner);
  const each = Math.ceil(rows / perDistrict),
    communes = Math.ceil(rows / perCommune);
  const per = perDistrict / perCommune;
  await insert(0, 1, `'XZ'`, 'null', `'z'`, '0');
  await insert(1, each, `'d' || i`, `md5('0 0')::uuid`, `'z.d' || i`, '1 + i');
  await insert(2, communes, `'c' || i`, `md5('1 ' || i / ${per})::uuid`, `'z.d' || i / ${per} || '.c' || i`, `1 + i / ${per}`);
  await insert(
    3,
    rows,
    `(100000000 + i)::text`,
    `md5('2 ' || i / ${perCommune})::uuid`,
    `'z.d' || i / ${perDistrict} || '.c' || i / ${perCommune} || '.v' || i`,
    `1 + i / ${perDistrict}`,
  );
  await sql`analyze`.execute(owner);
}

async function plainCopy(url: string, file: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    'create unlogged table waymark.plain (code text, name text, poor text, households text, dark text, abroad text, people text)',
  );
  const began = performance.now();
  await pipeline(createReadStream(file), client.query(copyFrom('copy waymark.plain from stdin (format csv, header)')));
  const took = performance.now() - began;
  await client.end();
  return took;
}

/** Seconds of processor time that the importer's connections took, where the system tells. On a machine with other work that says more than the clock. */
async function databaseSeconds(app: Kysely<unknown>): Promise<number> {
  const { rows: backends } = await sql<{ pid: number }>`select pid from pg_stat_activity where usename = current_user`.execute(app);
  return backends.reduce((sum, { pid }) => {
    const file = `/proc/${pid}/stat`;
    const fields = existsSync(file) ? readFileSync(file, 'utf8').split(' ') : [];
    return sum + (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) / 100;
  }, 0);
}

const folder = mkdtempSync(join(tmpdir(), 'waymark-bench-rows-'));
const cluster = await startCluster({ dataFolder: join(folder, 'data') });
try {
  const urls = await prepareRoles(cluster);
  const pools = [openPool(urls.owner, { max: 2 }), openPool(urls.app, { max: 4 })];
  const [owner, app] = pools.map(openDb) as [Kysely<unknown>, Kysely<unknown>];
  await migrate(owner);
  await owner.transaction().execute((tx) => installInstruments(tx, uuidv7));
  await makePlaces(owner);
  const file = join(folder, 'made.csv');
  await pipeline(Readable.from(lines()), createWriteStream(file));
  let most = 0,
    phase = '',
    since = performance.now();
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 200);
  const began = performance.now(),
    before = process.cpuUsage();
  const report = await runImport({
    db: app,
    kind: areaStatsKind,
    batchId: uuidv7(),
    files: [{ name: 'made.csv', path: file }],
    mappingText: mapping,
    mappingName: 'made.yaml',
    dryRun: false,
    actor: {
      accountId: 'bench',
      userName: 'bench',
      displayName: 'Bench',
      locale: 'en',
      roles: [],
      rights: new Set(rights),
      scopes: ['z'],
      posts: [],
    },
    rejectedFile: join(folder, 'rejected.csv'),
    newId: uuidv7,
    signal: new AbortController().signal,
    onProgress: (progress) => {
      if (progress.phase === phase) return;
      if (phase) console.error(`${phase}: ${((performance.now() - since) / 1000).toFixed(1)} s`);
      phase = progress.phase;
      since = performance.now();
    },
  });
  const took = performance.now() - began,
    own = process.cpuUsage(before);
  const seconds = { database: await databaseSeconds(app), importer: (own.user + own.system) / 1e6 };
  console.error(`${phase}: ${((performance.now() - since) / 1000).toFixed(1)} s`);
  clearInterval(watch);
  if (report.taken !== rows) throw new Error(`${report.taken} of ${rows} rows were taken`);
  const copied = await plainCopy(urls.owner, file);
  const rate = (milliseconds: number): string => Math.round((rows * 1000) / milliseconds).toLocaleString('en');
  console.log(
    `${cpus().length} cores, ${cpus()[0]?.model ?? ''}; ${rows.toLocaleString('en')} rows, ${(statSync(file).size / 1e6).toFixed(0)} MB, 3 indicators, importer at most ${Math.round(most / 1e6)} MB`,
  );
  console.log(
    `Processor time: database ${seconds.database.toFixed(1)} s, importer ${seconds.importer.toFixed(1)} s; ${Math.round(((seconds.database + seconds.importer) * 1e6) / rows)} microseconds a row.\n`,
  );
  console.log('| What | Rows a second | Against | Ratio |\n|---|---|---|---|');
  console.log(
    `| area statistics, file to scored places and sums | ${rate(took)} | plain COPY of the text into an unlogged table: ${rate(copied)} | ${(took / copied).toFixed(0)} x the time |`,
  );
  await Promise.all(pools.map((pool) => pool.end()));
} finally {
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
}

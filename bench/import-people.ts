// SPDX-License-Identifier: AGPL-3.0-or-later
// node bench/import-people.ts [people] [--no-names]: how long a register takes from a CSV file to people with names in the vault, answers to the 24
// questions that are asked of people and households (the other four of the 28 are answered for the provinces beforehand), standings and counts of
// every place; on the bundled database with fsync on. Against: the same text by plain COPY into an unlogged table.
import { execFileSync } from 'node:child_process';
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { sql, type Kysely } from 'kysely';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { uuidv7 } from 'uuidv7';
import type { makeRegister } from '../scripts/make-register.ts';
import { rights } from '../src/access/domain/rights.ts';
import { MasterKey, Vault } from '../src/people/server/index.ts';
import { filesOf } from '../src/places/domain/mapping.ts';
import { placesKind, placesMapping, runImport } from '../src/places/server/index.ts';
import { startCluster } from '../src/platform/server/cluster.ts';
import { openDb, openPool } from '../src/platform/server/db.ts';
import { migrate } from '../src/platform/server/migrate.ts';
import { prepareRoles } from '../src/platform/server/roles.ts';
import { followPlaces, installInstruments, peopleKind, recordAssessments } from '../src/risk/server/index.ts';

const people = Number(process.argv[2] ?? 1_000_000),
  named = !process.argv.includes('--no-names');

async function databaseSeconds(app: Kysely<unknown>): Promise<number> {
  const { rows: backends } = await sql<{ pid: number }>`select pid from pg_stat_activity where usename = current_user`.execute(app);
  return backends.reduce((sum, { pid }) => {
    const file = `/proc/${pid}/stat`;
    const fields = existsSync(file) ? readFileSync(file, 'utf8').split(' ') : [];
    return sum + (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) / 100;
  }, 0);
}

async function plainCopy(url: string, file: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const [head = ''] = readFileSync(file, { encoding: 'utf8', flag: 'r' }).slice(0, 4_000).split('\n');
  await client.query(
    `create unlogged table waymark.plain (${head
      .split(',')
      .map((name) => `${name} text`)
      .join(', ')})`,
  );
  const began = performance.now();
  await pipeline(createReadStream(file), client.query(copyFrom('copy waymark.plain from stdin (format csv, header)')));
  const took = performance.now() - began;
  await client.end();
  return took;
}

const folder = mkdtempSync(join(tmpdir(), 'waymark-bench-people-'));
const cluster = await startCluster({ dataFolder: join(folder, 'data') });
try {
  const urls = await prepareRoles(cluster);
  const pools = [openPool(urls.owner, { max: 2 }), openPool(urls.app, { max: 4 })];
  const [owner, app] = pools.map(openDb) as [Kysely<unknown>, Kysely<unknown>];
  await migrate(owner);
  await owner.transaction().execute((tx) => installInstruments(tx, uuidv7));
  // In a process of its own, so that the memory measured is the importer's.
  const made = JSON.parse(
    execFileSync(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { makeRegister } from ${JSON.stringify(new URL('../scripts/make-register.ts', import.meta.url).href)};
         console.log(JSON.stringify(await makeRegister(JSON.parse(process.argv[1]))));`,
        JSON.stringify({
          people,
          folder: join(folder, 'made'),
          named,
          // As many in a village as in a register of a million, whose counts are shared by as many.
          villages: Math.min(25, Math.max(1, Math.round(people / 40_000))),
        }),
      ],
      { encoding: 'utf8' },
    ),
  ) as Awaited<ReturnType<typeof makeRegister>>;
  const actor = {
    accountId: 'bench',
    userName: 'bench',
    displayName: 'Bench',
    locale: 'en',
    roles: [],
    rights: new Set(rights),
    scopes: [] as string[],
    posts: [{ role: 'coordinator', placeId: null }],
  };
  const common = {
    db: app,
    dryRun: false,
    rejectedFile: join(folder, 'rejected.csv'),
    newId: uuidv7,
    signal: new AbortController().signal,
  };
  const placesText = readFileSync(made.placesMapping, 'utf8');
  await runImport({
    ...common,
    actor,
    kind: placesKind(followPlaces),
    batchId: uuidv7(),
    mappingText: placesText,
    mappingName: 'places.yaml',
    onProgress: () => {},
    files: filesOf(placesMapping(placesText, 'places.yaml')).map((name) => ({ name, path: join(made.folder, name) })),
  });
  const { rows: roots } = await sql<{ path: string; level: number; placeId: string; regionId: number }>`
    select path::text as path, level, place_id as "placeId", region_id as "regionId" from waymark.place where level <= 1`.execute(owner);
  await sql`insert into waymark.installation (installation_id, is_demo, people_kept) values (${uuidv7()}, false, true) on conflict do nothing`.execute(
    owner,
  );
  await sql`insert into waymark.lawful_basis (basis_id, title, ground, citation, purposes, needs_consent, from_on, created_by)
    values (${uuidv7()}, ${made.basis}, 'public_task', 'made up', '{register}', false, '2020-01-01', 'bench')`.execute(owner);
  await owner.transaction().execute((tx) =>
    recordAssessments(
      tx,
      roots
        .filter(({ level }) => level === 1)
        .map((place) => ({
          assessmentId: uuidv7(),
          instrument: 'household-28',
          subjectKind: 'place' as const,
          regionId: place.regionId,
          subjectId: place.placeId,
          observedAt: new Date('2026-10-01'),
          actorId: 'bench',
          answers: { gender_barriers: 2, legal_channels: 1, place_setting: 2, place_shock: 1 },
        })),
      new Date(),
    ),
  );
  await sql`analyze`.execute(owner);
  const key = MasterKey.make();
  const vault = new Vault({ installationId: uuidv7(), keys: [key], reload: () => [key] });
  let most = 0,
    phase = '',
    since = performance.now();
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 200);
  const began = performance.now(),
    before = process.cpuUsage();
  const report = await runImport({
    ...common,
    actor: { ...actor, scopes: roots.filter(({ level }) => level === 0).map(({ path }) => path) },
    kind: peopleKind(() => Promise.resolve(vault)),
    batchId: uuidv7(),
    files: [{ name: basename(made.register), path: made.register }],
    mappingText: made.mapping,
    mappingName: 'register.yaml',
    onProgress: (progress) => {
      if (progress.phase === phase) return;
      if (phase) console.error(`${phase}: ${((performance.now() - since) / 1000).toFixed(1)} s (${Math.round(most / 1e6)} MB)`);
      phase = progress.phase;
      since = performance.now();
    },
  });
  const took = performance.now() - began,
    own = process.cpuUsage(before);
  const seconds = { database: await databaseSeconds(app), importer: (own.user + own.system) / 1e6 };
  console.error(`${phase}: ${((performance.now() - since) / 1000).toFixed(1)} s`);
  clearInterval(watch);
  if (report.taken !== people) throw new Error(`${report.taken} of ${people} people were taken`);
  const { rows: bands } =
    await sql`select band, count(*)::integer as n from waymark.standing where subject_kind = 'person' group by 1 order by 1`.execute(owner);
  const copied = await plainCopy(urls.owner, made.register);
  console.log(JSON.stringify({ people: report.people, bands }));
  console.log(
    `${cpus().length} cores, ${cpus()[0]?.model ?? ''}; ${people.toLocaleString('en')} people${named ? ' with names' : ''}, 24 + 4 answers each, ${(statSync(made.register).size / 1e6).toFixed(0)} MB; importer at most ${Math.round(most / 1e6)} MB`,
  );
  console.log(`Processor time: database ${seconds.database.toFixed(1)} s, importer ${seconds.importer.toFixed(1)} s.\n`);
  console.log('| What | Seconds | People a second | Against | Ratio |\n|---|---|---|---|---|');
  console.log(
    `| people, file to scored places | ${(took / 1000).toFixed(0)} | ${Math.round((people * 1000) / took).toLocaleString('en')} | plain COPY of the text into an unlogged table: ${(copied / 1000).toFixed(1)} s | ${(took / copied).toFixed(0)} x |`,
  );
  await Promise.all(pools.map((pool) => pool.end()));
} finally {
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql, type Kysely } from 'kysely';
import { pino } from 'pino';
import { uuidv7 } from 'uuidv7';
import { demoAccounts } from '../demo/accounts.ts';
import { seedDemo } from '../demo/seed.ts';
import { rights } from '../src/access/domain/rights.ts';
import { buildWebIfStale } from '../src/app/build-web.ts';
import { startServer } from '../src/app/server.ts';
import { placesKind, runImport, type ImportKind } from '../src/places/server/index.ts';
import { startCluster } from '../src/platform/server/cluster.ts';
import { openDb, openPool, type Urls } from '../src/platform/server/db.ts';
import { migrate } from '../src/platform/server/migrate.ts';
import { prepareRoles } from '../src/platform/server/roles.ts';
import { areaStatsKind, followPlaces } from '../src/risk/server/index.ts';
import { Client } from '../test/support/client.ts';
import { sharedData } from '../test/support/shared-data.ts';

/** A whole Waymark as people run it - bundled database with fsync on, built pages - with the demo and Cambodia in it. */
export interface World {
  readonly url: string;
  readonly urls: Urls;
  readonly owner: Kysely<unknown>;
  as(userName: string): Promise<Client>;
  close(): Promise<void>;
}

const statistics = [
  'idpoor_2010',
  'idpoor_2011',
  'commune_db_2011',
  'int_migration_commune_2011',
  'net_migration_district_2008',
  'domestic_violence_2011',
];

export async function openWorld(say: (line: string) => void): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'waymark-bench-'));
  const cluster = await startCluster({ dataFolder: join(folder, 'data') });
  const urls = await prepareRoles(cluster);
  const pool = openPool(urls.owner, { max: 3 });
  const owner = openDb(pool);
  await migrate(owner);
  say('filling the demo province');
  await seedDemo(urls);
  say('loading Cambodia');
  await loadCambodia(owner);
  await buildWebIfStale();
  const server = await startServer({
    urls,
    port: 0,
    host: '127.0.0.1',
    dataFolder: folder,
    jobs: false,
    signInsPerMinute: 10_000,
    log: pino({ level: 'silent' }),
  });
  return {
    url: server.url,
    urls,
    owner,
    as: (userName) => new Client(server.url).signIn(userName, demoAccounts.find((a) => a.userName === userName)!.password),
    async close() {
      await server.close();
      await pool.end();
      await cluster.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function loadCambodia(owner: Kysely<unknown>): Promise<void> {
  const files = [
    'kh_provinces.csv',
    'kh_districts.csv',
    'kh_communes.csv',
    'kh_provinces.topojson',
    'kh_districts.topojson',
    'idpoor_2010.csv',
    'idpoor_2011.csv',
  ];
  await load(owner, placesKind(followPlaces), files, 'places.yaml');
  // The violence file takes its whole from the commune database, so that one goes first.
  for (const name of statistics) await load(owner, areaStatsKind, [`${name}.csv`], `${name}.yaml`);
}

async function load(owner: Kysely<unknown>, kind: ImportKind, names: readonly string[], mapping: string): Promise<void> {
  const { rows } = await sql<{ path: string }>`select path::text as path from waymark.place where level = 0`.execute(owner);
  await runImport({
    db: owner,
    kind,
    batchId: uuidv7(),
    mappingName: mapping,
    dryRun: false,
    newId: uuidv7,
    signal: new AbortController().signal,
    onProgress: () => {},
    actor: {
      accountId: 'bench',
      userName: 'bench',
      displayName: 'Bench',
      locale: 'en',
      roles: [],
      rights: new Set(rights),
      scopes: rows.map((r) => r.path),
      posts: [{ role: 'administrator', placeId: null }],
    },
    files: names.map((name) => ({ name, path: sharedData('cambodia', name) })),
    mappingText: await readFile(join(import.meta.dirname, '../mappings/cambodia', mapping), 'utf8'),
    rejectedFile: join(tmpdir(), `waymark-bench-${process.pid}.rejected.csv`),
  });
}

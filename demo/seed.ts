// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql, type Kysely } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { rights } from '../src/access/domain/rights.ts';
import { createAccount, openAccess } from '../src/access/server/index.ts';
import type { Vault } from '../src/people/server/index.ts';
import { placesKind, runImport, type ImportKind } from '../src/places/server/index.ts';
import type { Actor } from '../src/platform/domain/actor.ts';
import { dateAt } from '../src/platform/domain/zoned-time.ts';
import { openDb, openPool, type Urls } from '../src/platform/server/db.ts';
import { areaStatsKind, followPlaces, installInstruments, liveInstrument, publishMonths } from '../src/risk/server/index.ts';
import { demoAccounts } from './accounts.ts';
import { makeGeography, type Geography } from './geography.ts';
import { demoSeed, districtCode, filesFolder, villageCodes, villagePopulations } from './make.ts';
import { monthsBefore } from './people.ts';
import { seededRandom } from './random.ts';
import { seedNames } from './seed-names.ts';
import { seedPeople, type SeedVillage } from './seed-people.ts';
import { demoStatistics } from './statistics.ts';

const timeZone = 'Asia/Bangkok';

export interface SeedOptions {
  readonly now?: Date;
  /** Fewer people for tests: this share of each village. Default 1. */
  readonly share?: number;
  readonly onProgress?: (progress: { phase: string; done: number; total: number }) => void;
  /** Opens the vault of the installation of this id; without it nobody gets a name. */
  readonly openVault?: (installationId: string, owner: Kysely<unknown>) => Promise<Vault>;
}

/**
 * Fills an empty, migrated database with the fictional province, its statistics, its people and one account a role. The row in
 * waymark.installation is written last: a database without it was interrupted and is not used (app/installation.ts).
 */
export async function seedDemo(urls: Urls, options: SeedOptions = {}): Promise<void> {
  const now = options.now ?? new Date();
  const say = (phase: string, done = 0, total = 0) => options.onProgress?.({ phase, done, total });
  const pool = openPool(urls.owner, { max: 3, applicationName: 'waymark demo' });
  const owner = openDb(pool);
  try {
    await owner.transaction().execute((tx) => installInstruments(tx, uuidv7));
    const geography = makeGeography(demoSeed);
    const villages = lives(geography, options.share ?? 1);
    say('places');
    await importFiles(
      owner,
      placesKind(followPlaces),
      ['province.csv', 'districts.csv', 'villages.csv', 'boundaries.topojson'].map((name) => ({ name, path: join(filesFolder, name) })),
      await readFile(join(filesFolder, 'places.yaml'), 'utf8'),
      'places.yaml',
    );
    say('accounts');
    await seedAccounts(urls, owner);
    say('statistics');
    await seedStatistics(owner, villages, dateAt(now.getTime(), timeZone));
    await seedVillages(urls, owner, villages, now, (done, total) => say('people', done, total));
    const installationId = uuidv7();
    if (options.openVault) {
      say('names');
      await seedNames(owner, await options.openVault(installationId, owner), everywhere(await countryPaths(owner)));
    }
    await sql`insert into waymark.installation (installation_id, is_demo, time_zone, people_kept) values (${installationId}, true, ${timeZone}, true)`.execute(
      owner,
    );
    say('statistics for the planner');
    await sql`analyze`.execute(owner);
    say('figures for everybody');
    await owner.transaction().execute(publishMonths);
  } finally {
    await pool.end();
  }
}

interface Life {
  readonly code: string;
  readonly district: string;
  readonly population: number;
  readonly hardship: number;
  readonly nearBorder: number;
  readonly diligence: number;
  readonly shockMonthsAgo: number | null;
  readonly warning: string | null;
}

/** What warns in a village, where something does: in every eighth, and in that of Orn. */
const warnings = ['debt', 'recruiter_contact', 'stigma_or_past_exploitation', 'identity_documents', 'family_violence'];

/** What life is like in each village: hardship runs high along the border and in two districts, and one valley was flooded. */
function lives(geography: Geography, share: number): Life[] {
  const random = seededRandom(demoSeed + 1);
  const codes = villageCodes(geography);
  const people = villagePopulations(geography);
  const districtHardship = Array.from({ length: 9 }, () => 0.5 * random.normal());
  const districtDiligence = Array.from({ length: 9 }, () => 0.62 + 0.38 * random.next());
  return geography.villages.map((v, i) => ({
    code: codes[i]!,
    district: districtCode(v.district),
    population: Math.max(12, Math.round(people[i]! * share)),
    hardship: Math.max(-0.9, Math.min(1.5, 0.58 + districtHardship[v.district]! + 0.75 * (v.nearBorder - 0.35) + 0.28 * random.normal())),
    nearBorder: v.nearBorder,
    diligence: Math.max(0.35, Math.min(1, districtDiligence[v.district]! + 0.12 * random.normal())),
    shockMonthsAgo: v.district === 3 && random.next() < 0.7 ? 7 : null,
    warning: i % 8 === 0 || codes[i] === 'XA010301' ? warnings[Math.floor(i / 8) % warnings.length]! : null,
  }));
}

const importer: Actor = {
  accountId: 'demo',
  userName: 'demo',
  displayName: 'Demo',
  locale: 'en',
  roles: ['administrator'],
  rights: new Set(rights),
  scopes: [],
  posts: [{ role: 'administrator', placeId: null }],
};

const everywhere = (scopes: string[]): Actor => ({ ...importer, scopes });

async function countryPaths(owner: Kysely<unknown>): Promise<string[]> {
  const { rows } = await sql<{ path: string }>`select path::text as path from waymark.place where level = 0`.execute(owner);
  return rows.map(({ path }) => path);
}

async function importFiles(
  owner: Kysely<unknown>,
  kind: ImportKind,
  files: { name: string; path: string }[],
  mappingText: string,
  mappingName: string,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'waymark-demo-'));
  try {
    const report = await runImport({
      db: owner,
      actor: everywhere(await countryPaths(owner)),
      kind,
      batchId: uuidv7(),
      files,
      mappingText,
      mappingName,
      dryRun: false,
      rejectedFile: join(folder, 'rejected.csv'),
      newId: uuidv7,
      signal: new AbortController().signal,
      onProgress: () => {},
    });
    if (report.rejected > 0) throw new Error(`the demo's own ${files[0]!.name} has rejected rows: ${report.rejectedRows[0]!.reason}`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function seedAccounts(urls: Urls, owner: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ code: string; place_id: string }>`select code, place_id from waymark.place where level > 0`.execute(owner);
  const byCode = new Map(rows.map((r) => [r.code, r.place_id]));
  const appPool = openPool(urls.app, { max: 2 });
  const access = openAccess({
    urls,
    app: openDb(appPool),
    secret: 'only to make accounts, never to sign in',
    publicOrigin: null,
    now: () => new Date(),
    newId: uuidv7,
  });
  try {
    for (const { place, organisation, ...account } of demoAccounts)
      await createAccount(access, {
        ...account,
        placeId: place === null ? null : byCode.get(place)!,
        organisationId: organisation === undefined ? null : await organisationId(owner, organisation),
      });
  } finally {
    await access.close();
    await appPool.end();
  }
}

async function organisationId(owner: Kysely<unknown>, name: string): Promise<string> {
  const id = uuidv7();
  await sql`insert into waymark.organisation (organisation_id, name, kind) values (${id}, ${name}, 'ngo')`.execute(owner);
  return id;
}

/** On which everybody of the demo is recorded, and asked whenever somebody is added. */
async function seedBasis(owner: Kysely<unknown>): Promise<string> {
  const basisId = uuidv7();
  await sql`insert into waymark.lawful_basis (basis_id, title, ground, citation, purposes, needs_consent, from_on, created_by)
    values (${basisId}, 'Consent of each person', 'consent', 'Made-up data protection act of the demo province, section 19',
            '{register,assist,contact,share}', true, '2020-01-01', 'demo')`.execute(owner);
  return basisId;
}

async function seedStatistics(owner: Kysely<unknown>, villages: readonly Life[], today: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'waymark-demo-'));
  try {
    for (const file of demoStatistics(villages, demoSeed + 2, today)) {
      const path = join(folder, file.name);
      await writeFile(path, file.csv);
      await importFiles(owner, areaStatsKind, [{ name: file.name, path }], file.mapping, file.name.replace('.csv', '.yaml'));
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function seedVillages(
  urls: Urls,
  owner: Kysely<unknown>,
  villages: readonly Life[],
  now: Date,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const { instrumentId, definition } = await liveInstrument(owner, 'household-28');
  const { rows } = await sql<{
    code: string;
    place_id: string;
    region_id: number;
  }>`select code, place_id, region_id from waymark.place where level = 3`.execute(owner);
  const places = new Map(rows.map((r) => [r.code, r]));
  const today = dateAt(now.getTime(), timeZone);
  const basisId = await seedBasis(owner);
  const pool = openPool(urls.owner, { max: 1, applicationName: 'waymark demo' });
  const client = await pool.connect();
  try {
    await client.query('begin');
    await seedPeople(client, {
      instrumentId,
      instrument: definition,
      basisId,
      now,
      timeZone,
      onProgress,
      villages: villages.map((v, i): SeedVillage => ({
        ...v,
        placeId: places.get(v.code)!.place_id,
        regionId: places.get(v.code)!.region_id,
        seed: demoSeed * 1000 + i,
        placeVisits: placeVisits(v, i, today),
      })),
    });
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  } finally {
    client.release();
    await pool.end();
  }
}

/** What the watch group noted of the village itself, three times in two years. */
function placeVisits(v: Life, i: number, today: string): SeedVillage['placeVisits'] {
  const random = seededRandom(demoSeed * 5000 + i);
  const level = (x: number) => (x > 0.9 ? (3 as const) : x > 0.2 ? (2 as const) : (1 as const));
  return [21, 12, 3].map((ago) => {
    const flooded = v.shockMonthsAgo !== null && ago <= v.shockMonthsAgo;
    const women = level(v.hardship + 0.5 * random.normal()),
      men = level(v.hardship - 0.5 + 0.4 * random.normal());
    return {
      visit: {
        on: monthsBefore(today, ago, random.between(1, 27)),
        answers: {
          legal_channels: level(v.hardship + 0.3 + 0.4 * random.normal()),
          place_setting: level(1.4 * v.nearBorder + 0.3 * random.normal()),
          place_shock: flooded ? 3 : random.next() < 0.1 ? 2 : 1,
        },
      },
      bySex: { gender_barriers: women | (men << 4) },
    };
  });
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { join } from 'node:path';
import { sql } from 'kysely';
import type { ImportReport } from '../../src/places/domain/import-report.ts';
import type { MapData } from '../../src/risk/domain/map-data.ts';
import { importStats, withInstruments } from './area-stats.ts';
import { bandsByHand, measure, type ByHand } from './cambodia-by-hand.ts';
import type { Client } from './client.ts';
import type { TestDatabase } from './database.ts';
import { importFolder } from './places-import.ts';

/** In the order in which they are loaded. */
export const statistics = [
  'idpoor_2010',
  'idpoor_2011',
  'commune_db_2011',
  'int_migration_commune_2011',
  'net_migration_district_2008',
  'domestic_violence_2011',
] as const;

export interface Country {
  readonly db: TestDatabase;
  readonly folder: string;
  readonly reports: ReadonlyMap<string, ImportReport>;
}

export const take = ({ db, folder }: Pick<Country, 'db' | 'folder'>, name: string, dryRun = false): Promise<ImportReport> =>
  importStats(db, join(folder, `${name}.csv`), `mappings/cambodia/${name}.yaml`, { dryRun });

/** Places and all six files of statistics, from the whole files or from a part of them. */
export async function loadCambodia(db: TestDatabase, folder: string): Promise<Country> {
  await importFolder(db, 'mappings/cambodia/places.yaml', folder);
  await withInstruments(db);
  const reports = new Map<string, ImportReport>();
  for (const name of statistics) reports.set(name, await take({ db, folder }, name));
  return { db, folder, reports };
}

/** Every value that was measured, a line each; as the database keeps it, and as it is worked out by hand. */
export async function valuesKept({ db }: Country): Promise<string[]> {
  const { rows } = await sql<{ indicator: string; code: string; value: number }>`
    select s.indicator, p.code, s.value from waymark.area_statistic s join waymark.place p using (place_id) where s.origin = 'measured'`.execute(
    db.owner,
  );
  return rows.map(({ indicator, code, value }) => [indicator, code, value.toPrecision(12)].join(' ')).sort();
}

export function valuesByHand({ folder }: Country): string[] {
  return [...measure(folder)]
    .flatMap(([indicator, values]) =>
      [...values].map(([code, { value }]) =>
        [indicator.startsWith('idpoor') ? 'poor_households' : indicator, code, value.toPrecision(12)].join(' '),
      ),
    )
    .sort();
}

export interface Stands {
  readonly code: string;
  readonly level: number;
  readonly band: number;
  readonly known: number;
}

export async function standings({ db }: Country): Promise<Stands[]> {
  const { rows } = await sql<Stands>`
    select p.code, p.level, s.band, s.known from waymark.place p join waymark.standing s on s.place_id = p.place_id and s.subject_kind = 'place'
    where s.instrument_code = 'place-secondary-1' order by p.code`.execute(db.owner);
  return rows;
}

/** Each place's band worked out by hand, with its level. */
export async function bandsOf({
  db,
  folder,
}: Country): Promise<{ byHand: ReadonlyMap<string, number>; level: ReadonlyMap<string, number> }> {
  const { rows } = await sql<{ code: string; level: number; parent: string | null }>`
    select p.code, p.level, a.code as parent from waymark.place p left join waymark.place a on a.place_id = p.parent_id`.execute(db.owner);
  const tree: ByHand = { parent: new Map(rows.map((r) => [r.code, r.parent])), level: new Map(rows.map((r) => [r.code, r.level])) };
  return { byHand: bandsByHand(tree, folder), level: tree.level };
}

/** What a map shows of every place of a level. */
export async function shownOnMap(client: Client, root: string, level: number): Promise<MapData['rows']> {
  const { status, text, body } = await client.get<MapData>(`/api/map?place=${root}&level=${level}&instrument=place-secondary-1`);
  if (status !== 200) throw new Error(`${status}: ${text.slice(0, 500)}`);
  return body.rows;
}

/** "code band" of each place of a level, worked out by hand, sorted. */
export function linesOfLevel({ byHand, level }: Awaited<ReturnType<typeof bandsOf>>, asked: number): string[] {
  return [...byHand]
    .filter(([code]) => level.get(code) === asked)
    .map(([code, band]) => `${code} ${band}`)
    .sort();
}

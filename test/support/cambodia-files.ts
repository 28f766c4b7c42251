// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testFolder } from './folder.ts';
import { sharedData } from './shared-data.ts';

/** Where a row of each file says of which province it is: the first two digits of a code of so many. */
const codes = {
  kh_provinces: ['PROV_CODE', 2],
  kh_districts: ['DIST_CODE', 4],
  kh_communes: ['COMM_CODE', 6],
  idpoor_2010: ['Vil_Code', 8],
  idpoor_2011: ['Vil_Code', 8],
  commune_db_2011: ['NCDD_CodeC', 6],
  int_migration_commune_2011: ['Com_Code', 6],
  net_migration_district_2008: ['NCDD_CodeD', 4],
  domestic_violence_2011: ['NCDD_CodeP', 2],
} as const;
const boundaries = { kh_provinces: 'PROV_CODE', kh_districts: 'DIST_CODE' } as const;

interface Topology {
  objects: Record<string, { geometries: { properties: Record<string, string> }[] }>;
}

export const cellsOf = (line: string): string[] =>
  [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map((m) => m[1]!.replace(/^"|"$/g, ''));
export const linesOf = (text: string): string[] => text.split(/\r\n|\r|\n/).filter((line) => line !== '');

/** The folder of the real files of Cambodia. */
export const wholeOfCambodia = (): string => sharedData('cambodia');

/** The real files, byte for byte, with the rows of some provinces only, in a folder for one test: a country a sixth as large has the same oddities. */
export function partOfCambodia(provinces: readonly string[]): string {
  const whole = wholeOfCambodia(),
    part = testFolder('waymark-cambodia-');
  for (const [name, [column, digits]] of Object.entries(codes)) {
    const [header = '', ...lines] = linesOf(readFileSync(join(whole, `${name}.csv`), 'latin1'));
    const at = cellsOf(header).findIndex((each) => each.endsWith(column));
    const kept = lines.filter((line) => provinces.includes((cellsOf(line)[at] ?? '').padStart(digits, '0').slice(0, 2)));
    writeFileSync(join(part, `${name}.csv`), `${[header, ...kept].join('\r\n')}\r\n`, 'latin1');
  }
  for (const [name, code] of Object.entries(boundaries)) {
    const topology = JSON.parse(readFileSync(join(whole, `${name}.topojson`), 'utf8')) as Topology;
    for (const object of Object.values(topology.objects))
      object.geometries = object.geometries.filter(({ properties }) => provinces.includes(properties[code]!.slice(0, 2)));
    writeFileSync(join(part, `${name}.topojson`), JSON.stringify(topology));
  }
  return part;
}

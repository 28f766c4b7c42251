// SPDX-License-Identifier: AGPL-3.0-or-later
// Makes demo/files/ again: `node demo/make.ts`. Deterministic; demo/demo.test.ts asserts that the files are what this makes.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { districtCount, makeGeography, villageCount, type Geography } from './geography.ts';
import { districtNames, provinceName, villageNames } from './names.ts';

export const demoSeed = 11;
export const filesFolder = join(import.meta.dirname, 'files');
export const districtCode = (district: number) => `XA01${String(district + 1).padStart(2, '0')}`;

/** P-codes of the villages, numbered within their district. */
export function villageCodes(geography: Geography): string[] {
  const next = new Array<number>(districtCount).fill(0);
  return geography.villages.map((v) => `${districtCode(v.district)}${String(++next[v.district]!).padStart(2, '0')}`);
}

/** How many people the village's last count found; the demo's register holds just as many. */
export function villagePopulations(geography: Geography): number[] {
  const weights = geography.villages.map((v, i) => 0.6 + ((i * 7919) % 101) / 101 + 0.25 * v.nearBorder);
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => Math.round((120_000 * w) / sum));
}

/** Every file of the demo's places, by name. */
export function demoFiles(): Record<string, string> {
  const geography = makeGeography(demoSeed);
  const codes = villageCodes(geography);
  const people = villagePopulations(geography);
  const names = villageNames(villageCount);
  const lines = (header: string, rows: string[]) => `${[header, ...rows].join('\n')}\n`;
  const boundaries = structuredClone(geography.boundaries) as unknown as {
    objects: Record<string, { geometries: { properties: Record<string, unknown> }[] }>;
  };
  for (const g of boundaries.objects['villages']!.geometries) g.properties = { code: codes[g.properties['village'] as number] };
  for (const g of boundaries.objects['districts']!.geometries) g.properties = { code: districtCode(g.properties['district'] as number) };
  for (const g of boundaries.objects['province']!.geometries) g.properties = { code: 'XA01' };
  return {
    'province.csv': lines('code,name_en,name_th,population', [
      `XA01,${provinceName[0]},${provinceName[1]},${people.reduce((a, b) => a + b, 0)}`,
    ]),
    'districts.csv': lines(
      'code,name_en,name_th,province,population',
      districtNames.map(([en, th], d) =>
        [districtCode(d), en, th, 'XA01', geography.villages.reduce((sum, v, i) => sum + (v.district === d ? people[i]! : 0), 0)].join(','),
      ),
    ),
    'villages.csv': lines(
      'code,name_en,name_th,district,latitude,longitude,population',
      geography.villages.map((v, i) =>
        [codes[i], names[i]![0], names[i]![1], districtCode(v.district), v.latitude, v.longitude, people[i]].join(','),
      ),
    ),
    'boundaries.topojson': `${JSON.stringify(boundaries)}\n`,
  };
}

if (process.argv[1] === import.meta.filename) {
  mkdirSync(filesFolder, { recursive: true });
  for (const [name, text] of Object.entries(demoFiles())) writeFileSync(join(filesFolder, name), text);
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { monthsBefore } from './people.ts';
import { seededRandom, type Random } from './random.ts';

export interface StatisticsVillage {
  readonly code: string;
  readonly district: string;
  readonly population: number;
  readonly hardship: number;
  readonly nearBorder: number;
}
export interface StatisticsFile {
  readonly name: string;
  readonly csv: string;
  readonly mapping: string;
}

// Share of households at middling hardship, and how much hardship adds.
const shares = {
  poor_households: [0.2, 0.16],
  no_electricity: [0.06, 0.05],
  no_improved_latrine: [0.22, 0.14],
  no_improved_water: [0.25, 0.12],
  small_land: [0.38, 0.15],
} as const;

/** Two rounds of made-up area statistics: villages, and (violence) districts, so that something is handed down. */
export function demoStatistics(villages: readonly StatisticsVillage[], seed: number, today: string): StatisticsFile[] {
  const random = seededRandom(seed);
  return [
    { ago: 14, gone: 0 },
    { ago: 2, gone: 9 },
  ].flatMap(({ ago, gone }, round) => {
    const on = monthsBefore(today, ago, 1);
    // The round before last never reached nine villages of one district: "unknown" is a finding too.
    const reached = gone === 0 ? villages : villages.filter((v) => !(v.district === 'XA0105' && random.next() < 0.6));
    return [villageFile(reached, random, round, on), districtFile(villages, random, round, on)];
  });
}

function villageFile(villages: readonly StatisticsVillage[], random: Random, round: number, on: string): StatisticsFile {
  const names = Object.keys(shares) as (keyof typeof shares)[];
  const header = ['code', 'households', 'population', ...names, 'dependants', 'moved_away', 'abroad'].join(',');
  const rows = villages.map((v) => {
    const households = Math.round(v.population / 3.9);
    const count = (whole: number, mean: number, slope: number) =>
      Math.min(whole, Math.max(0, Math.round(whole * (mean + slope * (v.hardship + 0.5 * random.normal()) - 0.01 * round))));
    return [
      v.code,
      households,
      v.population,
      ...names.map((n) => count(households, shares[n][0], shares[n][1])),
      count(v.population, 0.36, 0.05),
      count(v.population, 0.03, 0.015),
      count(v.population, 0.02 + 0.03 * v.nearBorder, 0.01),
    ].join(',');
  });
  const indicator = (code: string, part: string, whole: string) => `  ${code}: { part: num(${part}), whole: num(${whole}), sumUp: true }`;
  return {
    name: `village-statistics-${on.slice(0, 4)}.csv`,
    csv: `${[header, ...rows].join('\n')}\n`,
    mapping: [
      ...mappingHead(3, on),
      ...names.map((n) => indicator(n, n, 'households')),
      indicator('dependency', 'dependants', 'population'),
      indicator('out_migration', 'moved_away', 'population'),
      indicator('international_migration', 'abroad', 'population'),
      '',
    ].join('\n'),
  };
}

function districtFile(villages: readonly StatisticsVillage[], random: Random, round: number, on: string): StatisticsFile {
  const districts = [...new Set(villages.map((v) => v.district))].toSorted();
  const rows = districts.map((code) => {
    const inside = villages.filter((v) => v.district === code);
    const families = Math.round(inside.reduce((sum, v) => sum + v.population, 0) / 3.9);
    const hardship = inside.reduce((sum, v) => sum + v.hardship, 0) / inside.length;
    return [code, families, Math.max(3, Math.round(families * (0.012 + 0.006 * (hardship + 0.4 * random.normal()) + 0.001 * round)))].join(
      ',',
    );
  });
  return {
    name: `district-violence-${on.slice(0, 4)}.csv`,
    csv: `${['code,families,reported', ...rows].join('\n')}\n`,
    mapping: [...mappingHead(2, on), '  reported_violence: { part: num(reported), whole: num(families), sumUp: true }', ''].join('\n'),
  };
}

function mappingHead(level: number, on: string): string[] {
  return [
    'country: XA',
    `level: ${level}`,
    'instrument: place-secondary-1',
    'source: Waymark demo, made up',
    'code: { column: code }',
    `observed: { date: "${on}" }`,
    'indicators:',
  ];
}

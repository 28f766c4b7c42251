// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cellsOf, linesOf } from './cambodia-files.ts';

/**
 * The Cambodian files worked out once more, in the plainest way and without a line of the importer's code, so that the two can be compared.
 */
export interface ByHand {
  readonly parent: ReadonlyMap<string, string | null>;
  readonly level: ReadonlyMap<string, number>;
}
export type Answer = 1 | 2 | 3;
interface Ratio {
  readonly value: number;
  readonly part: number;
  readonly whole: number;
}

function rowsOf(folder: string, name: string): Record<string, string>[] {
  const [header, ...lines] = linesOf(readFileSync(join(folder, `${name}.csv`), 'latin1')).map(cellsOf);
  return lines.map((cells) => Object.fromEntries(header!.map((name, i) => [name, cells[i] ?? ''])));
}

const n = (text: string | undefined): number => Number((text ?? '').trim() === '' ? Number.NaN : text);

/** Where the list of places numbers communes otherwise, the commune of the same name in the same province is meant. */
function communeOf(code: string, name: string, list: readonly Record<string, string>[]): string | undefined {
  const province = code.slice(0, 2);
  if (!['1209', '1411', '2302'].includes(code.slice(0, 4))) return list.some((c) => c['COMM_CODE'] === code) ? code : undefined;
  const near = (c: Record<string, string>): boolean =>
    c['COMM_CODE']!.startsWith(province) && ['1209', '1411', '1408', '2301', '2302'].includes(c['COMM_CODE']!.slice(0, 4));
  const named = list.filter((c) => near(c) && (c['COMM_NAME']!.trim() === name || (name === 'Snaor' && c['COMM_NAME']!.trim() === 'Snao')));
  return named.length === 1 ? named[0]!['COMM_CODE'] : undefined;
}

/** Every measured value by indicator and code, of the files in a folder. */
export function measure(folder: string): Map<string, Map<string, Ratio>> {
  const table = (name: string) => rowsOf(folder, name);
  const out = new Map<string, Map<string, Ratio>>();
  const put = (indicator: string, code: string | undefined, part: number, whole: number, value = part / whole): void => {
    if (code === undefined || !(value >= 0)) return;
    out.set(indicator, (out.get(indicator) ?? new Map<string, Ratio>()).set(code, { value, part, whole }));
  };
  for (const [file, poor, share] of [
    ['idpoor_2010', 'TOT_HH', 'TOT_Per_HH'],
    ['idpoor_2011', 'TOP_HH', 'TOT_PerHH'],
  ] as const) {
    for (const row of table(file))
      if (n(row[share]) <= 1)
        put(
          file,
          row['Vil_Code']!.padStart(8, '0'),
          n(row[poor]),
          n(row[share]) > 0 ? Math.round(n(row[poor]) / n(row[share])) : 0,
          n(row[share]),
        );
  }
  const communes = table('kh_communes').map((row) =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => [key.replace(/^\W+/, ''), value])),
  );
  for (const row of table('commune_db_2011')) {
    const code = communeOf(row['NCDD_CodeC']!.padStart(6, '0'), row['Commune']!.trim(), communes),
      families = n(row['TT_Family']);
    put('no_electricity', code, Math.round(families * (1 - n(row['Per_HH_El']) / 100)), families);
    put('no_improved_latrine', code, families - n(row['Fami_Impro']), families);
    put('small_land', code, n(row['RLUn_1Ha_N']), families);
  }
  for (const row of table('int_migration_commune_2011')) {
    const people = n(row['TT_Both']);
    if (people === 0) continue;
    const code = communeOf(row['Com_Code']!.padStart(6, '0'), row['Commune']!.trim(), communes);
    put('dependency', code, people - n(row['Both_UP_18']) + n(row['M_UP_61']) + n(row['F_UP_61']), people);
    put('international_migration', code, n(row['Both_IM_18']), people, (n(row['Both_IM_18']) / people) * 1000);
  }
  for (const row of table('net_migration_district_2008'))
    put(
      'out_migration',
      row['NCDD_CodeD']!.padStart(4, '0'),
      n(row['NB_OUTMIGR']),
      n(row['TOTPOP']),
      (n(row['NB_OUTMIGR']) / n(row['TOTPOP'])) * 1000,
    );
  for (const row of table('domestic_violence_2011')) {
    const code = row['NCDD_CodeP']!.padStart(2, '0');
    const families = [...out.get('no_improved_latrine')!]
      .filter(([commune]) => commune.startsWith(code))
      .reduce((sum, [, { whole }]) => sum + whole, 0);
    put('reported_violence', code, n(row['TT_Dom_Vio']), families, (n(row['TT_Dom_Vio']) / families) * 1000);
  }
  return out;
}

/** In which third of `values` a value lies, by how many are smaller. */
function third(value: number, values: readonly number[]): Answer {
  const smaller = values.filter((other) => other < value).length;
  return smaller >= Math.ceil((2 * values.length) / 3) ? 3 : smaller >= Math.ceil(values.length / 3) ? 2 : 1;
}

/** A scale that scores quickly: the smallest value of each third. */
function scale(values: readonly number[]): (value: number) => Answer {
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  const first = distinct.find((value) => third(value, values) >= 2)!,
    second = distinct.find((value) => third(value, values) === 3)!;
  return (value) => (value >= second ? 3 : value >= first ? 2 : 1);
}

function ancestors(code: string, tree: ByHand): string[] {
  const above: string[] = [];
  for (let at = tree.parent.get(code) ?? null; at !== null; at = tree.parent.get(at) ?? null) above.push(at);
  return above;
}

/** Answers by indicator and place: measured, summed upwards, or taken over from above. */
function answersByHand(tree: ByHand, folder: string): Map<string, Map<string, Answer>> {
  const measured = measure(folder),
    answers = new Map<string, Map<string, Answer>>();
  const poor2010 = measured.get('idpoor_2010')!,
    poor2011 = measured.get('idpoor_2011')!;
  const sets: [string, Map<string, Ratio>, number, number][] = [
    ['poor_households', poor2010, 4, 1],
    ['poor_households', poor2011, 4, 1],
  ];
  for (const code of ['no_electricity', 'no_improved_latrine', 'small_land', 'dependency']) sets.push([code, measured.get(code)!, 3, 1]);
  sets.push(
    ['international_migration', measured.get('international_migration')!, 3, 1000],
    ['out_migration', measured.get('out_migration')!, 2, 1000],
    ['reported_violence', measured.get('reported_violence')!, 1, 1000],
  );
  const pools = new Map<string, Map<string, Ratio>>();
  for (const [indicator, figures, level, per] of sets) {
    const pool = new Map([...(pools.get(indicator) ?? []), ...figures]);
    pools.set(indicator, pool);
    const score = scale([...pool.values()].map(({ value }) => value)),
      held = answers.get(indicator) ?? new Map<string, Answer>();
    answers.set(indicator, held);
    for (const [code, { value }] of figures) held.set(code, score(value));
    const touched = new Set([...figures].filter(([, { whole }]) => whole > 0).flatMap(([code]) => ancestors(code, tree)));
    const sums = new Map<string, { part: number; whole: number }>();
    for (const [code, { part, whole }] of pool) {
      if (!(whole > 0)) continue;
      for (const above of ancestors(code, tree)) {
        if (!touched.has(above)) continue;
        const sum = sums.get(above) ?? { part: 0, whole: 0 };
        sums.set(above, { part: sum.part + part, whole: sum.whole + whole });
      }
    }
    for (const [code, { part, whole }] of sums) held.set(code, score((part / whole) * per));
    for (const [code, own] of tree.level) {
      if (own <= level) continue;
      const from = ancestors(code, tree).find((above) => tree.level.get(above) === level && figures.has(above));
      if (from !== undefined && held.has(from)) held.set(code, held.get(from)!);
    }
  }
  return answers;
}

/** 0 unknown, 1 low, 2 medium, 3 high, by place: nine indicators, three fifths of them needed. */
export function bandsByHand(tree: ByHand, folder: string): Map<string, number> {
  const answers = answersByHand(tree, folder);
  return new Map(
    [...tree.level.keys()].map((code) => {
      const known = [...answers.values()].flatMap((held) => (held.has(code) ? [held.get(code)!] : []));
      if (known.length / 9 < 0.6) return [code, 0];
      const index = (known.reduce<number>((sum, answer) => sum + answer - 1, 0) * 50) / known.length;
      return [code, index >= 60 ? 3 : index >= 33 ? 2 : 1];
    }),
  );
}

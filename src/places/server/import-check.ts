// SPDX-License-Identifier: AGPL-3.0-or-later
import { padCode } from '../domain/cells.ts';
import { isDamaged } from '../domain/damaged.ts';
import { outsideWorld } from '../domain/geometry.ts';
import type { PlacesMapping, PlacesStep } from '../domain/mapping.ts';
import { plainName, searchText } from '../domain/names.ts';
import type { Value } from '../../platform/server/tabular.ts';
import type { SourceRow } from './import-read.ts';
import type { StagedRow } from './queries-staging.ts';

export interface Fault {
  readonly column: string | null;
  readonly code: string | null;
  readonly reason: string;
}
export type Checked = { readonly ok: StagedRow } | { readonly bad: Fault };

/** What the checks noticed and put right, told once a file. */
export interface Repairs {
  padded: number;
  firstPadded: string;
  formulas: number;
  moved: number;
  damaged: number;
  readonly firstDamaged: string[];
}

/** Checks one row by itself; what needs other rows is asked of the database afterwards. */
export class RowCheck {
  readonly repairs: Repairs = { padded: 0, firstPadded: '', formulas: 0, moved: 0, damaged: 0, firstDamaged: [] };
  readonly #mapping: PlacesMapping;
  readonly #step: PlacesStep;
  readonly #file: string;
  readonly #columns: Readonly<Record<string, string>>;
  readonly #newId: () => string;

  constructor(mapping: PlacesMapping, step: PlacesStep, file: string, columns: Readonly<Record<string, string>>, newId: () => string) {
    this.#mapping = mapping;
    this.#step = step;
    this.#file = file;
    this.#columns = columns;
    this.#newId = newId;
  }

  check(source: SourceRow): Checked {
    const { values } = source,
      step = this.#step;
    const raw = clean(values['code']),
      code = raw && this.#pad(raw, source.row);
    const fault = (key: string, reason: string): Checked => ({ bad: { column: this.#columns[key] ?? key, code: code ?? null, reason } });
    const broken = source.bad[0];
    if (broken) return { bad: { column: broken.column, code, reason: broken.reason } };
    if (!code) return fault('code', 'the code is empty');
    if (code.length > 60 || /\s/.test(code)) return fault('code', `"${code.slice(0, 80)}" cannot be a code: it has spaces or is too long`);
    const names = this.#names(values, source.row);
    if (Object.keys(names).length === 0) return fault(`name:${Object.keys(step.names)[0]}`, 'the name is empty');
    const long = Object.values(names).find((name) => name.length > 300);
    if (long) return fault(`name:${Object.keys(step.names)[0]}`, `the name is ${long.length} letters long`);
    const parent = this.#parent(values['parent']);
    if (!parent) return fault('parent', 'it does not say in which place it lies');
    if (parent === code) return fault('parent', 'it says that it lies within itself');
    const figures = this.#figures(values);
    if ('bad' in figures) return { bad: { ...figures.bad, code } };
    return {
      ok: {
        place_id: this.#newId(),
        file: this.#file,
        row: source.row,
        code,
        parent_code: parent,
        names,
        name: plainName(names),
        search: searchText(names, code),
        source: step.source ?? this.#mapping.source ?? null,
        ...figures.ok,
      },
    };
  }

  #pad(raw: string, row: number): string {
    const code = padCode(raw, this.#step.pad);
    if (code !== raw && this.repairs.padded++ === 0) this.repairs.firstPadded = `${raw} in row ${row} is ${code}`;
    return code;
  }

  #names(values: SourceRow['values'], row: number): Record<string, string> {
    const names: Record<string, string> = {};
    for (const language of Object.keys(this.#step.names)) {
      const raw = values[`name:${language}`],
        name = clean(raw);
      if (name) names[language] = name;
      if (typeof raw === 'string' && isDamaged(raw) && this.repairs.damaged++ < mostNamed)
        this.repairs.firstDamaged.push(`row ${row}, ${this.#columns[`name:${language}`]}: ${name}`);
    }
    if (Object.values(names).some((name) => /^[=+\-@]/.test(name))) this.repairs.formulas++;
    return names;
  }

  #parent(value: Value | undefined): string | null {
    const { parent } = this.#step;
    if (!parent) return this.#mapping.country;
    const stated = clean(value);
    if (!stated) return null;
    const code = 'column' in parent ? padCode(stated, parent.pad) : stated;
    // A cell may say "constructor": what is looked up must have been written into the mapping.
    if (!parent.instead || !Object.hasOwn(parent.instead, code)) return code;
    this.repairs.moved++;
    return parent.instead[code]!;
  }

  #figures(
    values: SourceRow['values'],
  ): { ok: Pick<StagedRow, 'latitude' | 'longitude' | 'population' | 'population_on'> } | { bad: Omit<Fault, 'code'> } {
    const step = this.#step;
    const at = (key: string, reason: string): { bad: Omit<Fault, 'code'> } => ({ bad: { column: this.#columns[key] ?? null, reason } });
    const number = (key: string): number | null => {
      const value = values[key];
      return typeof value === 'number' ? value : null;
    };
    const latitude = number('latitude'),
      longitude = number('longitude'),
      population = number('population');
    if ((latitude === null) !== (longitude === null))
      return at(latitude === null ? 'latitude' : 'longitude', 'only one of latitude and longitude is there');
    const outside = latitude === null || longitude === null ? undefined : outsideWorld(longitude, latitude);
    if (outside) return at('latitude', `its point ${outside}`);
    if (population !== null && !Number.isInteger(population)) return at('population', `"${population}" is not a whole number`);
    if (population !== null && (population < 0 || population > mostPeople))
      return at('population', `"${population}" cannot be a number of people`);
    const on = step.populationOn,
      date = on && 'date' in on ? on.date : clean(values['populationOn']) || null;
    return { ok: { latitude, longitude, population, population_on: population === null ? null : date } };
  }
}

/** Damaged names that are told one by one; all are counted. */
const mostNamed = 20;

const mostPeople = 2_147_483_647;

function clean(value: Value | undefined): string {
  return (typeof value === 'string' ? value : '')
    .normalize('NFC')
    .replace(/[\p{Cc}\s\u200b\ufeff]+/gu, ' ')
    .trim();
}

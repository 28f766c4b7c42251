// SPDX-License-Identifier: AGPL-3.0-or-later
import { stringify } from 'yaml';
import { Problem } from '../../../platform/domain/problem.ts';
import type { Tx } from '../../../platform/server/endpoint.ts';
import type { Expression, TableOptions } from '../../../platform/server/tabular.ts';
import type { Instrument } from '../../domain/instrument.ts';
import {
  peopleMappingFault,
  type AnyPeopleMapping,
  type Cell,
  type Observed,
  type ObservationsMapping,
  type PeopleMapping,
} from '../../domain/people-mapping.ts';
import { readMappingText } from '../mapping-text.ts';
import { findPrivateCodes } from '../queries-instruments.ts';

/** Reads a mapping of people, or of later rounds. Throws `bad-mapping` that names the line and the key at fault. */
export const readPeopleMapping = (text: string, name: string): PeopleMapping =>
  readMappingText(text, name, (input) => peopleMappingFault(input, 'people'));
export const readObservationsMapping = (text: string, name: string): ObservationsMapping =>
  readMappingText(text, name, (input) => peopleMappingFault(input, 'observations'));

/** Refuses indicators that the instrument does not ask of people or households, and household answers where nothing says which household. */
export function checkAgainstInstrument(mapping: AnyPeopleMapping, instrument: Instrument, name: string): void {
  const fault = (key: string, why: string): never => {
    throw new Problem('bad-mapping', `${key}: ${why}`, { at: { file: name, column: key } });
  };
  if (instrument.scores !== 'person') fault('instrument', `${instrument.code} is not about people`);
  for (const code of Object.keys(mapping.indicators)) {
    const indicator = instrument.indicators.find((one) => one.code === code);
    if (!indicator || indicator.unit === 'place' || indicator.bySex) {
      const asked = instrument.indicators.filter(({ unit, bySex }) => unit !== 'place' && !bySex).map((one) => one.code);
      fault(`indicators.${code}`, `${instrument.code} does not ask it of a person or a household; it asks ${asked.join(', ')}`);
    }
    if (mapping.kind === 'people' && !mapping.household && indicator?.unit === 'household')
      fault(`indicators.${code}`, 'it is asked of a household, and the mapping does not say which column tells households apart');
  }
}

const leftOut = `# Of private questions the column alone stands here. What their values mean is left out: made for a file of few
# people, it would be what they answered. Say it anew for another file.
`;

/**
 * A mapping as others than whoever brought the file read it. In the browser a mapping names the values that the file has; of a file of one person that is
 * her answer.
 */
export async function withoutPrivateValues(tx: Tx, mapping: unknown): Promise<string> {
  const { instrument, indicators } = mapping as AnyPeopleMapping;
  const hidden = (await findPrivateCodes(tx, [instrument])).get(instrument) ?? new Set<string>();
  const asked = Object.entries(indicators);
  if (!asked.some(([code]) => hidden.has(code))) return stringify(mapping);
  const told = asked.flatMap(([code, rule]): [string, unknown][] => {
    if (!hidden.has(code)) return [[code, rule]];
    return 'column' in rule ? [[code, { column: rule.column }]] : [];
  });
  return leftOut + stringify({ ...(mapping as AnyPeopleMapping), indicators: Object.fromEntries(told) });
}

const quoted = (column: string): string => `"${column.replaceAll('"', '""')}"`;
const column = (name: string): Expression => ({ type: 'text', sql: quoted(name) });
const cell = (of: Cell): Expression => ({ type: 'text', sql: 'column' in of ? quoted(of.column) : of.expression });
const number = (of: Cell): Expression => ({ type: 'number', sql: 'column' in of ? `num(${quoted(of.column)})` : of.expression });

function date(of: Observed): Expression | null {
  if ('date' in of) return null;
  if ('expression' in of) return { type: 'date', sql: of.expression };
  return { type: 'date', sql: `${of.era === 'buddhist' ? 'be_date' : 'ce_date'}(${quoted(of.column)})` };
}

/** What is worked out of each row to check it: everything but who somebody is. Indicators are called answer:code. */
export function expressionsOf(mapping: AnyPeopleMapping): Record<string, Expression> {
  const out: Record<string, Expression> = {};
  const add = (name: string, expression: Expression | null | undefined): void => {
    if (expression) out[name] = expression;
  };
  add('where', mapping.where === undefined ? null : { type: 'boolean', sql: mapping.where });
  add('observed', date(mapping.observed));
  add('id', mapping.id && cell(mapping.id));
  if (mapping.kind === 'people') personExpressions(mapping, add);
  for (const [code, rule] of Object.entries(mapping.indicators)) add(`answer:${code}`, cell(rule));
  return out;
}

function personExpressions(mapping: PeopleMapping, add: (name: string, expression: Expression | null | undefined) => void): void {
  const { place, household, sex, born, consent } = mapping;
  if ('columns' in place)
    place.columns.forEach((name, i) => {
      const pad = place.pad?.[i];
      add(`place:${i}`, pad ? { type: 'text', sql: `pad(${quoted(name)}, ${pad})` } : column(name));
    });
  add('household', household && cell(household));
  add('sex', sex && column(sex.column));
  if (born && 'date' in born) add('born', date(born.date));
  if (born && 'year' in born) add('bornYear', number(born.year));
  if (born && 'age' in born) add('age', number(born.age));
  if (!consent) return;
  for (const key of ['given', 'guardian', 'assent'] as const) {
    const sql = consent[key];
    add(`consent:${key}`, sql === undefined ? null : { type: 'boolean', sql });
  }
  add('consented', consent.observed && date(consent.observed));
}

/** The columns that say who somebody is; read apart, straight into the vault. */
export function identityExpressions({ names = [], phones = [], documents = [], address }: PeopleMapping): Record<string, Expression> {
  const out: Record<string, Expression> = {};
  names.forEach((name, i) => {
    for (const part of ['full', 'given', 'family'] as const) if (name[part] !== undefined) out[`name:${i}:${part}`] = column(name[part]);
  });
  phones.forEach((name, i) => {
    out[`phone:${i}`] = column(name);
  });
  documents.forEach(({ number: name }, i) => {
    out[`document:${i}`] = column(name);
  });
  if (address !== undefined) out['address'] = column(address);
  return out;
}

export function tableOptionsOf({ encoding, delimiter, sheet, skipRows, headerRows, decimal }: AnyPeopleMapping): TableOptions {
  return { encoding, delimiter, sheet, skipRows, headerRows, decimal };
}

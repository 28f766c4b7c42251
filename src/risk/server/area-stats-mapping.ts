// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../platform/domain/problem.ts';
import type { Expression } from '../../platform/server/tabular.ts';
import type { Instrument } from '../domain/instrument.ts';
import { mappingFault, type AreaStatsMapping } from '../domain/mapping.ts';
import { readMappingText } from './mapping-text.ts';

/** Reads a mapping file. Throws `bad-mapping` that names the file, its line and the key at fault. */
export function readAreaStatsMapping(text: string, name: string): AreaStatsMapping {
  return readMappingText<AreaStatsMapping>(text, name, mappingFault);
}

/** Refuses indicators that the instrument does not score from measured values. */
export function checkAgainstInstrument(mapping: AreaStatsMapping, instrument: Instrument, name: string): void {
  const measured = instrument.indicators.filter((i) => i.unit === 'place' && i.cuts && !i.bySex).map((i) => i.code);
  const others = Object.values(mapping.indicators).flatMap(({ whole }) =>
    typeof whole === 'object' && 'statistic' in whole ? [whole.statistic] : [],
  );
  for (const code of [...Object.keys(mapping.indicators), ...others]) {
    if (measured.includes(code)) continue;
    throw new Problem(
      'bad-mapping',
      `indicators.${code}: ${instrument.code} has no indicator ${code} that is scored from a measured value; it has ${measured.join(', ') || 'none'}`,
      { at: { file: name, column: `indicators.${code}` } },
    );
  }
}

const quoted = (column: string): string => `"${column.replaceAll('"', '""')}"`;

/** The expressions to evaluate for each row; those of an indicator are called value:code, part:code and whole:code. */
export function expressionsOf(mapping: AreaStatsMapping): Record<string, Expression> {
  const { code, observed } = mapping;
  const out: Record<string, Expression> = {
    code: {
      type: 'text',
      sql:
        'expression' in code ? code.expression : code.pad === undefined ? quoted(code.column) : `pad(${quoted(code.column)}, ${code.pad})`,
    },
  };
  if (mapping.name !== undefined) out['name'] = { type: 'text', sql: quoted(mapping.name) };
  if (mapping.where !== undefined) out['where'] = { type: 'boolean', sql: mapping.where };
  if ('expression' in observed) out['observed'] = { type: 'date', sql: observed.expression };
  if ('column' in observed)
    out['observed'] = { type: 'date', sql: `${observed.era === 'buddhist' ? 'be_date' : 'ce_date'}(${quoted(observed.column)})` };
  for (const [indicator, { value, part, whole }] of Object.entries(mapping.indicators)) {
    if (value !== undefined) out[`value:${indicator}`] = { type: 'number', sql: value };
    if (part !== undefined) out[`part:${indicator}`] = { type: 'number', sql: part };
    if (typeof whole === 'string') out[`whole:${indicator}`] = { type: 'number', sql: whole };
  }
  return out;
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { LineCounter, parseDocument, type Document } from 'yaml';
import { Problem } from '../../platform/domain/problem.ts';
import type { Expression } from '../../platform/server/tabular.ts';
import type { Instrument } from '../domain/instrument.ts';
import { mappingFault, type AreaStatsMapping } from '../domain/mapping.ts';

/** Reads a mapping file. Throws `bad-mapping` that names the file, its line and the key at fault. */
export function readAreaStatsMapping(text: string, name: string): AreaStatsMapping {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, strict: true, uniqueKeys: true });
  const [first] = document.errors;
  if (first) {
    const line = lines.linePos(first.pos[0]).line;
    throw new Problem('bad-mapping', `line ${line}: ${first.message.split('\n')[0]?.replace(/ at line .*$/, '')}`, {
      at: { file: name, row: line },
    });
  }
  const input: unknown = toPlain(document, name);
  const fault = mappingFault(input);
  if (!fault) return input as AreaStatsMapping;
  const key = fault.path.join('.');
  const line = lineOf(document, lines, fault.path);
  throw new Problem('bad-mapping', `line ${line}${key ? `, ${key}` : ''}: ${fault.why}`, {
    at: { file: name, row: line, ...(key ? { column: key } : {}) },
  });
}

/** An alias that multiplies itself is refused by the parser; say it as a fault of the file. */
function toPlain(document: Document, name: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 50 });
  } catch (cause) {
    throw new Problem('bad-mapping', 'it refers to itself too often', { at: { file: name }, cause });
  }
}

/** The line of a key, or of the nearest thing around it that is there. */
function lineOf(document: Document, lines: LineCounter, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined;
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
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

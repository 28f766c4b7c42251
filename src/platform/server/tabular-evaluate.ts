// SPDX-License-Identifier: AGPL-3.0-or-later
import type { BadRow } from './tabular-canonical.ts';
import { helpers } from './tabular-expression.ts';
import type { Compiled } from './tabular-expression.ts';

export type Value = string | number | boolean | null;

/** One row's values by expression name; `bad` names what could not be worked out (those values are null). */
export interface ValueRow {
  readonly row: number;
  readonly values: Readonly<Record<string, Value>>;
  readonly bad: readonly (BadRow & { readonly expression: string })[];
}

const engineTypes = { text: 'varchar', number: 'double', date: 'date', boolean: 'boolean' } as const;

/** A cell as it stands cannot fail: it takes one result cell, where anything worked out takes more. */
const asItStands = (one: Compiled): boolean => one.type === 'text' && /^\(?c\d+\)?$/.test(one.sql);

/** How many result cells an expression takes: its value, whether it failed, then what each helper and column held if so. */
export function shapeOf(one: Compiled): number {
  return asItStands(one) ? 1 : 2 + one.checks.length + one.columns.length;
}

export function statement(compiled: readonly Compiled[]): string {
  const inner = compiled.map((one, i) =>
    asItStands(one) ? `${one.sql} as e${i}` : `try(struct_pack(v := cast((${one.sql}) as ${engineTypes[one.type]}))) as e${i}`,
  );
  const outer = compiled.flatMap((one, i) =>
    asItStands(one)
      ? [`e${i}`]
      : [
          one.type === 'date' ? `cast(e${i}.v as varchar)` : `e${i}.v`,
          `e${i} is null`,
          ...one.checks.map(
            (check) =>
              `case when e${i} is null then case when try(${check.helper}(${check.argumentSql}${check.helper === 'pad' ? ', 1' : ''})) is null then try(cast((${check.argumentSql}) as varchar)) end end`,
          ),
          ...one.columns.map((column) => `case when e${i} is null then c${column} end`),
        ],
  );
  return `select r, ${outer.join(', ')} from (select *, ${inner.join(', ')} from rows)`;
}

export function readValues(
  compiled: readonly Compiled[],
  shapes: readonly number[],
  cells: readonly (Value | bigint)[],
  headers: readonly string[],
): ValueRow {
  const row = Number(cells[0]),
    values: Record<string, Value> = {},
    bad: (BadRow & { expression: string })[] = [];
  let at = 1;
  compiled.forEach((one, i) => {
    const value = cells[at]!;
    values[one.name] = typeof value === 'bigint' ? Number(value) : typeof value === 'number' && !Number.isFinite(value) ? null : value;
    if (shapes[i]! > 1 && cells[at + 1] === true)
      bad.push({ row, expression: one.name, ...explain(one, cells.slice(at + 2, at + shapes[i]!), headers) });
    else if (typeof value === 'number' && !Number.isFinite(value))
      bad.push({
        row,
        expression: one.name,
        column: namesOf(one.columns, headers),
        reason: 'the result is not a finite number (a division by nothing?)',
      });
    at += shapes[i]!;
  });
  return { row, values, bad };
}

function explain(one: Compiled, held: readonly (Value | bigint)[], headers: readonly string[]): { column: string | null; reason: string } {
  for (const [i, check] of one.checks.entries()) {
    const text = held[i];
    if (text !== null)
      return {
        column: namesOf(check.columns, headers),
        reason: `"${String(text)}" is not ${helpers[check.helper]}${hint(check.helper, String(text))}`,
      };
  }
  const cells = one.columns.map(
    (column, i) => `${headers[column]} is ${held[one.checks.length + i] === null ? 'empty' : `"${String(held[one.checks.length + i])}"`}`,
  );
  return { column: namesOf(one.columns, headers), reason: `${one.name} cannot be worked out: ${cells.join(', ')}` };
}

/** What was probably meant: the other sign before the fraction, or a year that only the other calendar has. */
function hint(helper: string, text: string): string {
  const year = /(?:^|\D)(\d{4})(?:\D|$)/.exec(text)?.[1] ?? '';
  if (helper === 'ce_date' && /^2[4-7]/.test(year)) return `; is it of the Buddhist era (${Number(year) - 543})? Say era: buddhist`;
  if (helper === 'be_date' && /^(19|20)/.test(year)) return '; is it of the common era?';
  if (helper.endsWith('date')) return '';
  if (/^[-+]?\d*,\d+ ?%?$/.test(text)) return '; if that is a decimal comma, say decimal: "," in the mapping';
  return /^[-+]?\d*\.\d+ ?%?$/.test(text) ? '; the mapping says that a comma stands before the fraction, and this is a point' : '';
}

export function namesOf(columns: readonly number[], headers: readonly string[]): string | null {
  return columns.length ? columns.map((column) => headers[column]).join(', ') : null;
}

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

/** A cell as it stands cannot fail. */
const asItStands = (one: Compiled): boolean => one.type === 'text' && /^\(?c\d+\)?$/.test(one.sql);

// Cells as they stand come joined in one: the binding hands texts over one by one, which took longer than reading the file.
const between = '\u001f',
  escape = '\u001b',
  none = `${escape}n`;
const textOf = (char: string): string => `chr(${char.codePointAt(0)!})`;

function joined(cells: readonly string[]): string {
  const or = (cell: string): string => `coalesce(${cell}, '${none}')`;
  // Cells that hold one of the two characters themselves are rare enough to look for them in all at once.
  const whole = `concat(${cells.join(', ')})`;
  const escaped = (cell: string): string =>
    or(`replace(replace(${cell}, ${textOf(escape)}, ${textOf(escape)} || 'e'), ${textOf(between)}, ${textOf(escape)} || 's')`);
  return `case when contains(${whole}, ${textOf(escape)}) or contains(${whole}, ${textOf(between)})
    then concat_ws(${textOf(between)}, ${cells.map(escaped).join(', ')}) else concat_ws(${textOf(between)}, ${cells.map(or).join(', ')}) end`;
}

/** The other way round. */
function partedCells(text: string): Value[] {
  const cells = text.split(between);
  if (!text.includes(escape)) return cells;
  const kept = (cell: string): string => cell.replaceAll(`${escape}s`, between).replaceAll(`${escape}e`, escape);
  return cells.map((cell) => (cell === none ? null : cell.includes(escape) ? kept(cell) : cell));
}

/** How many result cells an expression takes beside those that come joined: its value, whether it failed, then what each helper and column held if so. */
export function shapeOf(one: Compiled): number {
  return asItStands(one) ? 0 : 2 + one.checks.length + one.columns.length;
}

export function statement(compiled: readonly Compiled[]): string {
  const inner = compiled.map((one, i) =>
    asItStands(one) ? `${one.sql} as e${i}` : `try(struct_pack(v := cast((${one.sql}) as ${engineTypes[one.type]}))) as e${i}`,
  );
  const outer = compiled.flatMap((one, i) =>
    asItStands(one)
      ? []
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
  const plain = compiled.flatMap((one, i) => (asItStands(one) ? [`e${i}`] : []));
  return `select ${['r', plain.length > 0 ? joined(plain) : "''", ...outer].join(', ')} from (select *, ${inner.join(', ')} from rows)`;
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
  const plain = partedCells(cells[1] as string);
  let at = 2,
    nth = 0;
  compiled.forEach((one, i) => {
    if (shapes[i] === 0) {
      values[one.name] = plain[nth++]!;
      return;
    }
    const value = cells[at]!;
    values[one.name] = typeof value === 'bigint' ? Number(value) : typeof value === 'number' && !Number.isFinite(value) ? null : value;
    if (cells[at + 1] === true) bad.push({ row, expression: one.name, ...explain(one, cells.slice(at + 2, at + shapes[i]!), headers) });
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

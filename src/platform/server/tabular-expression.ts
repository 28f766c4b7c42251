// SPDX-License-Identifier: AGPL-3.0-or-later
import type { DuckDBConnection } from '@duckdb/node-api';
import { Problem } from '../domain/problem.ts';
import { matchHeader } from './tabular-header.ts';

/**
 * A mapping comes from outside, so its expressions are read by the engine's own parser and let through only when every part
 * is on the lists below: scalar work on the row's own cells, nothing that reads, names or makes anything else.
 */
const kinds = new Set(['COLUMN_REF', 'CONSTANT', 'FUNCTION', 'OPERATOR', 'COMPARISON', 'CONJUNCTION', 'CASE', 'CAST', 'BETWEEN']);
const operators = new Set([
  'OPERATOR_NOT',
  'OPERATOR_IS_NULL',
  'OPERATOR_IS_NOT_NULL',
  'OPERATOR_COALESCE',
  'OPERATOR_NULLIF',
  'COMPARE_IN',
  'COMPARE_NOT_IN',
  'OPERATOR_CAST',
  'OPERATOR_TRY',
]);
const functions = new Set([
  '+',
  '-',
  '*',
  '/',
  '//',
  '%',
  '||',
  '~~',
  '!~~',
  '~~*',
  '!~~*',
  'abs',
  'round',
  'floor',
  'ceil',
  'ceiling',
  'trunc',
  'sign',
  'sqrt',
  'least',
  'greatest',
  'nullif',
  'ifnull',
  'coalesce',
  'if',
  'lower',
  'upper',
  'trim',
  'ltrim',
  'rtrim',
  'replace',
  'translate',
  'substr',
  'substring',
  'left',
  'right',
  'length',
  'strlen',
  'concat',
  'concat_ws',
  'split_part',
  'contains',
  'starts_with',
  'ends_with',
  'prefix',
  'suffix',
  'strpos',
  'instr',
  'like_escape',
  'regexp_matches',
  'regexp_full_match',
  'regexp_replace',
  'regexp_extract',
  'strptime',
  'try_strptime',
  'strftime',
  'make_date',
  'year',
  'month',
  'day',
  'date_part',
  'date_trunc',
  'last_day',
  'isnan',
  'isfinite',
]);
/** Ours, defined in tabular-engine.ts; the value is what a text they refuse is not. */
export const helpers: Readonly<Record<string, string>> = {
  num: 'a number',
  deg: 'a number of degrees',
  pct: 'a per cent',
  be_date: 'a date of the Buddhist era (day/month/year, year-month-day or a year)',
  ce_date: 'a date of the common era (day/month/year, year-month-day or a year)',
  pad: 'a code',
};

export type ValueType = 'text' | 'number' | 'date' | 'boolean';

export interface Expression {
  readonly sql: string;
  readonly type: ValueType;
}

/** An expression found to be harmless, with columns as the engine calls them. */
export interface Compiled {
  readonly name: string;
  readonly type: ValueType;
  readonly sql: string;
  /** Positions of the columns it reads. */
  readonly columns: readonly number[];
  /** Where helpers are used: to say which cell was bad when the whole cannot be worked out. */
  readonly checks: readonly { readonly helper: string; readonly argumentSql: string; readonly columns: readonly number[] }[];
  readonly notes: readonly string[];
}

type Node = { [key: string]: unknown };

/** Parses, checks and rewrites one expression. Throws `bad-mapping` saying what is not allowed or which column is missing. */
export async function compileExpression(
  connection: DuckDBConnection,
  name: string,
  expression: Expression,
  headers: readonly string[],
): Promise<Compiled> {
  const refuse = (why: string): never => {
    throw new Problem('bad-mapping', `${name}: ${why} (in "${shorten(expression.sql)}")`);
  };
  if (expression.sql.length > 10_000) refuse('the expression is longer than 10,000 characters');
  if (expression.sql.includes(';')) refuse('only one expression may stand here, without ";"');
  const root = selectedExpression(await serialize(connection, expression.sql), refuse);
  if ((JSON.stringify(root).match(/"function_name":"(regexp_)?replace"/gi)?.length ?? 0) > mostReplacements)
    refuse(`it replaces more than ${mostReplacements} times`);
  const columns = new Set<number>(),
    notes: string[] = [],
    calls: { helper: string; argument: Node }[] = [];
  visit(root, 0, (node) => checkNode(node, headers, columns, notes, calls, refuse), refuse);
  const checks = [];
  for (const call of calls) {
    const used = new Set<number>();
    visit(
      call.argument,
      0,
      (node) => {
        const position = node['waymark_column'];
        if (typeof position === 'number') used.add(position);
      },
      refuse,
    );
    checks.push({ helper: call.helper, argumentSql: await deserialize(connection, call.argument), columns: [...used] });
  }
  return { name, type: expression.type, sql: await deserialize(connection, root), columns: [...columns], checks, notes };
}

function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

async function serialize(connection: DuckDBConnection, expression: string): Promise<Node> {
  const reader = await connection.runAndReadAll('select json_serialize_sql($1::varchar)', [`select (${expression}\n)`]);
  return JSON.parse(String(reader.getRows()[0]?.[0])) as Node;
}

async function deserialize(connection: DuckDBConnection, expression: Node): Promise<string> {
  const empty = await serialize(connection, 'null');
  const statement = (empty['statements'] as Node[])[0]!;
  (statement['node'] as Node)['select_list'] = [expression];
  const text = JSON.stringify(empty, (key, value: unknown) =>
    key === 'query_location' ? 0 : key === 'waymark_column' ? undefined : value,
  );
  const reader = await connection.runAndReadAll('select json_deserialize_sql($1::json)', [text]);
  return String(reader.getRows()[0]?.[0])
    .replace(/^SELECT\s+/i, '')
    .replace(/;\s*$/, '');
}

/** The one expression of the one SELECT; anything around it (FROM, WHERE, a second statement) is refused. */
function selectedExpression(parsed: Node, refuse: (why: string) => never): Node {
  if (parsed['error'] === true)
    refuse(
      `it cannot be read: ${String(parsed['error_message'])}; a column called by several words, or by a word of SQL, stands in double quotes`,
    );
  const statements = parsed['statements'] as Node[];
  const node = statements[0]?.['node'] as Node | undefined;
  if (statements.length !== 1 || node?.['type'] !== 'SELECT_NODE') return refuse('one expression must stand here, not a statement');
  const list = node['select_list'] as Node[];
  const bare =
    (node['from_table'] as Node)['type'] === 'EMPTY' &&
    node['where_clause'] === null &&
    node['having'] === null &&
    node['qualify'] === null &&
    (node['group_expressions'] as unknown[]).length === 0 &&
    (node['modifiers'] as unknown[]).length === 0 &&
    ((node['cte_map'] as Node)['map'] as unknown[]).length === 0;
  if (list.length !== 1 || !bare) return refuse('one expression must stand here, not a query');
  return list[0]!;
}

function visit(value: unknown, depth: number, see: (node: Node) => void, refuse: (why: string) => never): void {
  if (depth > 200) refuse('it is nested too deeply');
  if (Array.isArray(value)) {
    for (const part of value) visit(part, depth + 1, see, refuse);
    return;
  }
  if (value === null || typeof value !== 'object') return;
  const node = value as Node;
  if (typeof node['class'] === 'string') see(node);
  if (node['class'] === 'CONSTANT') return;
  for (const part of Object.values(node)) visit(part, depth + 1, see, refuse);
}

function checkNode(
  node: Node,
  headers: readonly string[],
  columns: Set<number>,
  notes: string[],
  calls: { helper: string; argument: Node }[],
  refuse: (why: string) => never,
): void {
  const kind = String(node['class']);
  if (!kinds.has(kind)) refuse(`${words[kind] ?? kind.toLowerCase()} may not be used; only values worked out from the row's own columns`);
  if (kind === 'OPERATOR' && !operators.has(String(node['type']))) refuse(`the operator ${String(node['type'])} may not be used`);
  if (kind === 'COLUMN_REF') resolveColumn(node, headers, columns, notes, refuse);
  if (kind !== 'FUNCTION') return;
  const called = String(node['function_name']).toLowerCase();
  if (String(node['schema']) !== '' || String(node['catalog']) !== '' || !(functions.has(called) || Object.hasOwn(helpers, called)))
    refuse(`the function ${called} may not be used`);
  if (node['filter'] !== null || node['distinct'] !== false || ((node['order_bys'] as Node)['orders'] as unknown[]).length > 0)
    refuse(`${called} may not be used over many rows`);
  if (called === 'replace' || called === 'regexp_replace') checkReplacement(called, (node['children'] as Node[])[2], refuse);
  const argument = (node['children'] as Node[])[0];
  if (Object.hasOwn(helpers, called) && argument) calls.push({ helper: called, argument });
}

/** Replacing a letter by ten, ten times over, makes ten thousand million of one. */
function checkReplacement(called: string, by: Node | undefined, refuse: (why: string) => never): void {
  const value = by?.['class'] === 'CONSTANT' ? (by['value'] as Node)['value'] : undefined;
  if (typeof value !== 'string' || value.length > longestReplacement)
    refuse(`${called} takes a replacement in quotes of at most ${longestReplacement} letters`);
}
const longestReplacement = 4,
  mostReplacements = 6;

const words: Record<string, string> = {
  SUBQUERY: 'a query within',
  WINDOW: 'a window over other rows',
  STAR: '*',
  LAMBDA: 'a lambda',
  PARAMETER: 'a parameter',
  POSITIONAL_REFERENCE: '#1',
};

function resolveColumn(
  node: Node,
  headers: readonly string[],
  columns: Set<number>,
  notes: string[],
  refuse: (why: string) => never,
): void {
  if (typeof node['waymark_column'] === 'number') return;
  const wanted = (node['column_names'] as string[]).join('.');
  const match = matchHeader(wanted, headers);
  if (match.index < 0)
    throw new Problem(
      'bad-mapping',
      'why' in match ? `${match.why} (columns: ${shorten(headers.join(', '))})` : refuse('a column is missing'),
    );
  if ('exact' in match && !match.exact) notes.push(`The mapping says ${wanted}; the column ${headers[match.index]} was taken for it.`);
  columns.add(match.index);
  node['column_names'] = [`c${match.index}`];
  node['waymark_column'] = match.index;
}

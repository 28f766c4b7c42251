// SPDX-License-Identifier: AGPL-3.0-or-later
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { sql, type Kysely } from 'kysely';

/** A text as a row may hold it: as it is, in whatever case, or as bytes; an id also as its sixteen bytes. */
function shapesOf(text: string): string[] {
  const lower = text.toLowerCase();
  const bytes = [...new Set([text, lower])].map((each) => Buffer.from(each).toString('hex'));
  return [lower, ...bytes, ...(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(lower) ? [lower.replaceAll('-', '')] : [])];
}

/** Tables that hold a text anywhere in any row, whatever kind of column it stands in; also those that come later. Sorted. */
export const rowsThatHold = (owner: Kysely<unknown>, text: string): Promise<string[]> => rowsThatHoldAny(owner, [text]);

/** The same of several texts at once: tables that hold any of them. */
export async function rowsThatHoldAny(owner: Kysely<unknown>, texts: readonly string[]): Promise<string[]> {
  const shapes = [...new Set(texts.flatMap(shapesOf))];
  const { rows } = await sql<{ schema: string; name: string }>`
    select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('waymark', 'auth', 'public', 'graphile_worker') and c.relkind = 'r' and has_table_privilege(c.oid, 'select') order by 2`.execute(
    owner,
  );
  const found: string[] = [];
  for (const { schema, name } of rows) {
    const held = await sql`select 1 from ${sql.table(`${schema}.${name}`)} t, lateral (select lower(t::text) as row) l
      where exists (select from unnest(${shapes}::text[]) shape where position(shape in l.row) > 0) limit 1`.execute(owner);
    if (held.rows.length > 0) found.push(name);
  }
  return found;
}

/** What a file holds; of one that a running database has put away since it was listed, nothing. */
function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

/** Files below a folder that hold a text, in whatever case of letters, or an id as its bytes; by their paths within it. Sorted. */
export function filesThatHold(folder: string, text: string): string[] {
  const shapes = [text, text.toLowerCase()].map((each) => Buffer.from(each));
  if (/^[0-9a-f-]{36}$/.test(text)) shapes.push(Buffer.from(text.replaceAll('-', ''), 'hex'));
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => {
      const held = bytesOf(path);
      return shapes.some((shape) => held.includes(shape));
    })
    .map((path) => relative(folder, path))
    .sort();
}

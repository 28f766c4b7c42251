// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql, type Kysely } from 'kysely';

/** Tables that hold a text anywhere in any row, whatever kind of column it stands in; also those that come later. Sorted. */
export async function rowsThatHold(owner: Kysely<unknown>, text: string): Promise<string[]> {
  const { rows } = await sql<{ schema: string; name: string }>`
    select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('waymark', 'auth', 'public', 'graphile_worker') and c.relkind = 'r' and has_table_privilege(c.oid, 'select') order by 2`.execute(
    owner,
  );
  const found: string[] = [];
  for (const { schema, name } of rows) {
    const held = await sql`select 1 from ${sql.table(`${schema}.${name}`)} t where position(${text} in t::text) > 0 limit 1`.execute(owner);
    if (held.rows.length > 0) found.push(name);
  }
  return found;
}

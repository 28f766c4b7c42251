// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql, type Kysely } from 'kysely';
import { Refusal, exitCode } from './refusal.ts';

export const migrationsFolder = fileURLToPath(new URL('../../../db/migrations/', import.meta.url));

export interface Migration {
  readonly name: string;
  readonly sha256: string;
  readonly text: string;
}
interface Applied {
  readonly name: string;
  readonly sha256: string;
}

const lockKey = 0x7761_796d; // "waym": two starts at once take turns

/** The files of `folder` in order, such as `0001_ground.sql`. */
export function readMigrations(folder = migrationsFolder): Migration[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}_[a-z0-9_-]+\.sql$/.test(name))
    .sort()
    .map((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      return { name, text, sha256: createHash('sha256').update(text).digest('hex') };
    });
}

/**
 * Applies what is missing, each file in a transaction of its own, as waymark_owner. Returns the names applied.
 * Refuses when an applied file has changed since, or is unknown here (the data are newer than this Waymark).
 */
export async function migrate(ownerDb: Kysely<unknown>, migrations: readonly Migration[] = readMigrations()): Promise<string[]> {
  return ownerDb.connection().execute(async (db) => {
    await sql`select pg_advisory_lock(${sql.lit(lockKey)})`.execute(db);
    try {
      await sql`create table if not exists public.waymark_migrations (
        name text primary key, sha256 text not null, applied_at timestamptz not null default now())`.execute(db);
      const missing = compare(await appliedMigrations(db), migrations);
      for (const migration of missing) await apply(db, migration);
      return missing.map((migration) => migration.name);
    } finally {
      await sql`select pg_advisory_unlock(${sql.lit(lockKey)})`.execute(db);
    }
  });
}

/** What has been applied, in order; empty before the first migration. */
export async function appliedMigrations(db: Kysely<unknown>): Promise<Applied[]> {
  const {
    rows: [table],
  } = await sql<{ there: boolean }>`select to_regclass('public.waymark_migrations') is not null as there`.execute(db);
  if (!table?.there) return [];
  return (await sql<Applied>`select name, sha256 from public.waymark_migrations order by name`.execute(db)).rows;
}

/** The migrations still to apply, in order. */
export function compare(applied: readonly Applied[], migrations: readonly Migration[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, sha256 } of applied) {
    const file = known.get(name);
    if (!file)
      throw new Refusal(
        `The database holds the migration ${name}, which this Waymark does not know: use the newer Waymark that applied it.`,
        { exitCode: exitCode.refused },
      );
    if (file.sha256 !== sha256)
      throw new Refusal(
        `db/migrations/${name} was changed after it had been applied: put the old text back and write the change as a new migration.`,
        { exitCode: exitCode.refused },
      );
  }
  const done = new Set(applied.map((migration) => migration.name));
  return migrations.filter((migration) => !done.has(migration.name));
}

async function apply(db: Kysely<unknown>, migration: Migration): Promise<void> {
  try {
    await db.transaction().execute(async (tx) => {
      await sql.raw(migration.text).execute(tx);
      await sql`insert into public.waymark_migrations (name, sha256) values (${migration.name}, ${migration.sha256})`.execute(tx);
    });
  } catch (cause) {
    const { message, position } = cause as { message: string; position?: string };
    const line = position ? ` line ${migration.text.slice(0, Number(position)).split('\n').length}` : '';
    throw new Error(`db/migrations/${migration.name}${line}: ${message}`, { cause });
  }
}

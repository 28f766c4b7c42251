// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { appliedMigrations, compare, migrate, readMigrations } from './migrate.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

const extra = (name: string, text: string) => ({ name, text, sha256: name + text.length });

describe('Migrations', () => {
  it('are all applied in a fresh database, and applying them again does nothing', async () => {
    expect((await appliedMigrations(db.owner)).map((m) => m.name)).toEqual(readMigrations().map((m) => m.name));
    expect(await migrate(db.owner)).toEqual([]);
  });

  it('name the file that was changed after it had been applied', async () => {
    const changed = readMigrations().map((m, i) => (i === 1 ? { ...m, sha256: 'other' } : m));
    await expect(migrate(db.owner, changed)).rejects.toThrow(/db\/migrations\/0002_sign_in\.sql was changed/);
  });

  it('refuse a database that is newer than the program', () => {
    expect(() => compare([{ name: '9999_later.sql', sha256: 'x' }], readMigrations())).toThrow(
      /9999_later\.sql, which this Waymark does not know/,
    );
  });

  it('leave nothing of a file that fails, and say which file and line', async () => {
    const broken = extra('9000_broken.sql', 'create table waymark.half (x integer);\nselect * from nowhere;');
    await expect(migrate(db.owner, [...readMigrations(), broken])).rejects.toThrow(
      /9000_broken\.sql line 2: relation "nowhere" does not exist/,
    );
    const { rows } = await sql<{ there: boolean }>`select to_regclass('waymark.half') is not null as there`.execute(db.owner);
    expect(rows[0]?.there).toBe(false);
  });

  it('take turns when two starts meet', async () => {
    const slow = extra('9001_slow.sql', 'select pg_sleep(0.2); create table waymark.once (x integer);');
    const results = await Promise.all([1, 2].map(() => migrate(db.owner, [...readMigrations(), slow])));
    expect(results.flat()).toEqual(['9001_slow.sql']);
  });
});

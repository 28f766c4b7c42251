// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dateAt } from '../../src/platform/domain/zoned-time.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

const root = resolve(import.meta.dirname, '../..');

/** Tables whose primary key does not begin with region_id, each with the reason. A new table leads with it, or is written down here. */
const withoutRegion: Record<string, string> = {
  account: 'people who sign in: hundreds, and a post may reach the whole installation',
  post: 'of accounts',
  access_code: 'of accounts',
  role_policy: 'a row a role',
  organisation: 'whom people work for: hundreds, and they may work anywhere',
  lawful_basis: 'a handful, the same everywhere',
  retention_rule: 'a handful, the same everywhere',
  installation: 'one row',
  clock_seen: 'one row',
  vault_key: 'one row a master key',
  own_id_key: 'one row, two at most',
  instrument: 'a handful, the same everywhere',
  instrument_indicator: 'of instruments',
  place: 'referred to by its id from everywhere; its path says where it lies',
  place_level: 'ten rows a country',
  place_boundary: 'of a place, read by its id',
  place_previous: 'what an import changed, read by import',
  place_incoming: 'rows of an import that is under way, by import; emptied when it ends',
  import_batch: 'one row a file',
  import_run: 'one row a file',
  frequent_code: 'a code is of one region by itself: made with a key of its own (decision 0009)',
  linkage_estimate: 'a row each time weights were learned',
  linkage_pattern: 'a few thousand ways to agree',
  duplicate_pair: 'two people, perhaps of two regions: led by the region of the first',
  audit_entry: 'ordered by time, and about more than places',
  audit_unsealed: 'entries that wait a second for their seal',
  audit_seal: 'one chain over all entries',
  reading_day: 'as identity_read, one row a reader and day',
  identity_read: 'read by person or by reader over the whole installation; an entry of the record names no region',
  household_to_list: 'households that wait for a moment, taken in the order in which they came',
  published_month: 'one row a month and country',
  published_figure: 'read by place over a whole country at once, and written once a month',
  published_answer: 'as published_figure',
};

/** Tables without a primary key: a set of facts, held once by an index over all that is in them. */
const unkeyed = ['measured_level'];

describe('keys of tables', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await testDatabase();
  });
  afterAll(() => db?.close());
  const leaders = async () =>
    (
      await sql<{ name: string; leads: string }>`
    select c.relname as name, a.attname as leads from pg_class c join pg_index i on i.indrelid = c.oid and i.indisprimary
    join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
    where c.relnamespace = 'waymark'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1`.execute(db.owner)
    ).rows;

  it('every table has a primary key, and it leads with region_id or is excused with a reason', async () => {
    const { rows: bare } = await sql<{
      name: string;
    }>`select relname as name from pg_class c where relnamespace = 'waymark'::regnamespace and relkind in ('r', 'p')
      and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)`.execute(db.owner);
    expect(bare.map(({ name }) => name)).toEqual(unkeyed);
    const apart = (await leaders()).filter(({ leads }) => leads !== 'region_id').map(({ name }) => name);
    expect(apart.filter((name) => withoutRegion[name] === undefined)).toEqual([]);
    expect(
      Object.keys(withoutRegion).filter((name) => !apart.includes(name)),
      'excuses nobody needs',
    ).toEqual([]);
  });

  it('finds a planted table that keeps people without their region', async () => {
    await sql`create table waymark.planted (person_id uuid primary key)`.execute(db.owner);
    expect((await leaders()).filter(({ name, leads }) => leads !== 'region_id' && withoutRegion[name] === undefined)).toEqual([
      { name: 'planted', leads: 'person_id' },
    ]);
    await sql`drop table waymark.planted`.execute(db.owner);
  });
});

describe('days', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await testDatabase();
  });
  afterAll(() => db?.close());

  it('are those of the places, nowhere those of the session', async () => {
    const { rows } = await sql<{ name: string }>`
      select proname as name from pg_proc p where pronamespace = 'waymark'::regnamespace and prokind = 'f'
        and pg_get_functiondef(p.oid) ~* '(current_date|localtimestamp|now\(\)::date|current_timestamp::date)'`.execute(db.owner);
    expect(rows).toEqual([]);
    await sql`insert into waymark.installation (installation_id, is_demo) values (gen_random_uuid(), false)`.execute(db.owner);
    for (const zone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Asia/Bangkok']) {
      const now = Date.now();
      await sql`update waymark.installation set time_zone = ${zone}`.execute(db.owner);
      expect((await sql`select waymark.today()::text as today`.execute(db.app)).rows).toEqual([{ today: dateAt(now, zone) }]);
    }
  });
});

/**
 * PostgreSQL makes the plan of a trigger's statement once a connection, for as many rows as the first time: of a handful, each is compared with each, and so is
 * each of the next thousand. So triggers take what was from what is (`except`, or a sum that comes to nothing).
 */
describe('a trigger', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await testDatabase();
  });
  afterAll(() => db?.close());
  const joins = String.raw`(old_rows|new_rows)(\s+\w+)?\s+((left|full|inner|cross)\s+)?join\s+(old_rows|new_rows)`;

  it('never joins what was with what is', async () => {
    const { rows } = await sql<{
      name: string;
    }>`select proname as name from pg_proc where pronamespace = 'waymark'::regnamespace and prosrc ~* ${joins}`.execute(db.owner);
    expect(rows).toEqual([]);
    expect(
      (
        await sql<{
          both: number;
        }>`select count(*)::integer as both from pg_trigger where tgoldtable is not null and tgnewtable is not null`.execute(db.owner)
      ).rows[0]!.both,
    ).toBeGreaterThan(3);
    expect('from new_rows n join old_rows o using (region_id)').toMatch(new RegExp(joins));
  });
});

/** Statements stand in server/queries*.ts of a room, where the next reader looks for them. */
describe('SQL in rooms', () => {
  const stray = (path: string, text: string): boolean =>
    /^src\/(?!app\/|platform\/)[^/]+\/server\//.test(path) &&
    !/\/queries[^/]*\.ts$|\.test\.ts$/.test(path) &&
    /\bsql(<[^`]*>)?`\s*(select|insert|update|delete|with|call|copy|create|drop|truncate)\b/i.test(text);
  /** Files that came before the rule was tested. None may join them. */
  const known: readonly string[] = ['src/places/server/import-runner.ts'];

  it('stands in files of queries', () => {
    const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => `src/${path}`);
    expect(files.length).toBeGreaterThan(100);
    const found = files.filter((path) => stray(path, readFileSync(join(root, path), 'utf8')));
    expect(found.filter((path) => !known.includes(path))).toEqual([]);
    expect(
      known.filter((path) => !found.includes(path)),
      'files that keep the rule by now',
    ).toEqual([]);
  });

  it('is found where it strays', () => {
    expect(stray('src/risk/server/record.ts', 'const x = await sql<{ n: number }>`\n  select 1`.execute(tx);')).toBe(true);
    expect(stray('src/risk/server/queries-more.ts', 'sql`select 1`')).toBe(false);
    expect(stray('src/risk/server/record.test.ts', 'sql`select 1`')).toBe(false);
    expect(stray('src/risk/server/record.ts', 'throw new Error("sql")')).toBe(false);
  });
});

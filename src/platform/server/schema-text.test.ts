// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { schemaText } from './schema-text.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

describe('db/schema.sql', () => {
  it('says what the migrations make (npm run schema writes it)', async () => {
    expect(await schemaText(db.owner)).toBe(readFileSync('db/schema.sql', 'utf8'));
  });

  it('holds a change of a column, a policy and a grant', async () => {
    const before = await schemaText(db.owner);
    await sql`alter table waymark.place add column motto text not null default 'none'`.execute(db.owner);
    await sql`create policy extra on waymark.place for select to waymark_jobs using (level > 3)`.execute(db.owner);
    await sql`grant delete on waymark.place to waymark_jobs`.execute(db.owner);
    const added = (await schemaText(db.owner)).split('\n').filter((line) => !before.includes(line));
    expect(added).toEqual(
      [
        `  motto text not null default 'none'::text`,
        'policy extra on waymark.place for select to waymark_jobs',
        '  using (level > 3);',
        'grant delete, select on table waymark.place to waymark_jobs;',
      ].map((line) => expect.stringContaining(line.replace(/;$/, ''))),
    );
  });
});

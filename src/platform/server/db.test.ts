// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/support/database.ts';
import type { Actor } from '../domain/actor.ts';
import { withActor } from './db.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

const malee: Actor = {
  accountId: 'acc-1',
  userName: 'malee',
  displayName: 'Malee',
  locale: 'th',
  roles: ['coordinator'],
  rights: new Set(['risk.read', 'people.read']),
  scopes: ['1.2', '1.3'],
  posts: [],
};

describe('What comes out of the database', () => {
  it('is a number where every digit survives, and text where one would be lost', async () => {
    const { rows } =
      await sql`select 42::int8 as small, 9007199254740993::int8 as large, 12.5::numeric as share, 0.1234567890123456789::numeric as exact,
      -0.05::numeric as negative, array[1, null]::int8[] as list`.execute(db.app);
    expect(rows[0]).toEqual({
      small: 42,
      large: '9007199254740993',
      share: 12.5,
      exact: '0.1234567890123456789',
      negative: -0.05,
      list: [1, null],
    });
  });

  it('is a moment for timestamptz and plain text for a date, wherever the server stands', async () => {
    const { rows } = await sql`select '2026-03-01T00:00:00+07'::timestamptz as at, '2026-03-01'::date as day`.execute(db.app);
    expect(rows[0]).toEqual({ at: new Date('2026-02-28T17:00:00Z'), day: '2026-03-01' });
  });
});

describe('A transaction', () => {
  const facts = sql<{
    actor: string | null;
    scope: string;
    may: boolean;
  }>`select waymark.actor_id() as actor, waymark.scope_paths()::text as scope, waymark.has_right('people.read') as may`;

  it('carries who acts, where and with which rights', async () => {
    const { rows } = await withActor(db.app, malee, (tx) => facts.execute(tx));
    expect(rows[0]).toEqual({ actor: 'acc-1', scope: '{1.2,1.3}', may: true });
  });

  it('leaves nothing of that to the next one on the same connection', async () => {
    await db.app.connection().execute(async (one) => {
      await withActor(one, malee, (tx) => facts.execute(tx));
      expect((await facts.execute(one)).rows[0]).toEqual({ actor: null, scope: '{}', may: false });
    });
  });

  it('without rights or scopes denies', async () => {
    const { rows } = await withActor(db.app, { ...malee, rights: new Set(), scopes: [] }, (tx) => facts.execute(tx));
    expect(rows[0]).toEqual({ actor: 'acc-1', scope: '{}', may: false });
  });

  it('that fails leaves nothing', async () => {
    const id = '01890000-0000-7000-8000-000000000001';
    await expect(
      withActor(db.app, malee, async (tx) => {
        await sql`insert into waymark.audit_entry (entry_id, actor_id, action) values (${id}, 'acc-1', 'test.write')`.execute(tx);
        throw new Error('on purpose');
      }),
    ).rejects.toThrow('on purpose');
    const { rows } = await sql`select from waymark.audit_entry where entry_id = ${id}`.execute(db.owner);
    expect(rows).toEqual([]);
  });
});

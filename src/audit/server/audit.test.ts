// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import type { AuditPage } from '../domain/audit-entry.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
  // Twenty-five entries of one and the same microsecond: pages must still neither repeat nor lose one.
  for (let i = 0; i < 25; i++) {
    await sql`insert into waymark.audit_entry (entry_id, at, actor_id, action, detail) values (${uuidv7()}, '2027-01-01T00:00:00.123456Z', 'nok', 'test.page', ${JSON.stringify({ i })}::jsonb)`.execute(app.db.owner);
  }
});
afterAll(() => app?.close());

describe('the record of use', () => {
  it('is read page by page, newest first, each entry once', async () => {
    const nok = await app.as('administrator');
    const seen: string[] = [];
    let after = '';
    do {
      const { status, body } = await nok.get<AuditPage>(`/api/audit?limit=10${after && `&after=${encodeURIComponent(after)}`}`);
      expect(status).toBe(200);
      seen.push(...body.rows.map((row) => row.entryId));
      after = body.next ?? '';
    } while (after !== '');
    const { rows: [row] } = await sql<{ n: number }>`select count(*)::int as n from waymark.audit_entry`.execute(app.db.owner);
    expect(seen).toHaveLength(row?.n ?? -1);
    expect(new Set(seen).size).toBe(seen.length);
    const first = (await nok.get<AuditPage>('/api/audit?limit=1')).body.rows[0];
    expect(first).toMatchObject({ actorId: 'nok', action: 'test.page', at: '2027-01-01T00:00:00.123Z', detail: { i: 24 } });
  });

  it('says what is wrong with a place to read on from, or a length', async () => {
    const nok = await app.as('administrator');
    for (const query of ['after=yesterday', 'after=2027-99-01T00:00:00.000000Z_00000000-0000-0000-0000-000000000000', 'after=2027-01-01T00:00:00.000000Z_------------------------------------', 'limit=0', 'limit=1000', 'limit=ten']) {
      const answer = await nok.get<{ type: string }>(`/api/audit?${query}`);
      expect([query, answer.status, answer.body.type]).toEqual([query, 400, '/problems/bad-input']);
    }
  });
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import { withActor } from '../../platform/server/db.ts';
import type { AuditPage } from '../domain/audit-entry.ts';
import { listEntries } from './queries.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
  // Twenty-five entries of one and the same microsecond: pages must still neither repeat nor lose one.
  for (let i = 0; i < 25; i++) {
    await sql`insert into waymark.audit_entry (entry_id, at, actor_id, action, detail) values (${uuidv7()}, '2099-01-01T00:00:00.123456Z', 'nok', 'test.page', ${JSON.stringify({ i })}::jsonb)`.execute(
      app.db.owner,
    );
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
    const {
      rows: [row],
    } = await sql<{ n: number }>`select count(*)::int as n from waymark.audit_entry`.execute(app.db.owner);
    expect(seen).toHaveLength(row?.n ?? -1);
    expect(new Set(seen).size).toBe(seen.length);
    const first = (await nok.get<AuditPage>('/api/audit?limit=1')).body.rows[0];
    expect(first).toMatchObject({ actorId: 'nok', action: 'test.page', at: '2099-01-01T00:00:00.123Z', detail: { i: 24 } });
  });

  it('says what is wrong with a place to read on from, or a length', async () => {
    const nok = await app.as('administrator');
    for (const query of [
      'after=yesterday',
      'after=2027-99-01T00:00:00.000000Z_00000000-0000-0000-0000-000000000000',
      'after=2027-01-01T00:00:00.000000Z_------------------------------------',
      'limit=0',
      'limit=1000',
      'limit=ten',
    ]) {
      const answer = await nok.get<{ type: string }>(`/api/audit?${query}`);
      expect([query, answer.status, answer.body.type]).toEqual([query, 400, '/problems/bad-input']);
    }
  });

  it('is asked by account, act and days, page by page', async () => {
    await sql`insert into waymark.audit_entry (entry_id, at, actor_id, action) values
      (${uuidv7()}, '2026-03-01T00:00:00Z', 'asked', 'map.export'), (${uuidv7()}, '2026-03-01T23:59:59.999Z', 'asked', 'map.export'), (${uuidv7()}, '2026-03-02T00:00:00Z', 'asked', 'map.export'),
      (${uuidv7()}, '2026-03-01T12:00:00Z', 'asked', 'imports.undo'), (${uuidv7()}, '2026-03-01T12:00:00Z', 'else', 'map.export')`.execute(
      app.db.owner,
    );
    const nok = await app.as('administrator');
    const asked = async (query: string) => (await nok.get<AuditPage>(`/api/audit?${query}`)).body;
    expect((await asked('actor=asked')).rows).toHaveLength(4);
    const day = 'actor=asked&action=map.export&from=2026-03-01T00:00:00Z&until=2026-03-02T00:00:00Z';
    const newest = await asked(`${day}&limit=1`);
    expect(newest.rows.map((row) => row.at)).toEqual(['2026-03-01T23:59:59.999Z']);
    expect(await asked(`${day}&limit=1&after=${encodeURIComponent(newest.next ?? '')}`)).toMatchObject({
      rows: [{ at: '2026-03-01T00:00:00.000Z' }],
      next: null,
    });
    expect((await asked('actor=nobody')).rows).toEqual([]);
    expect((await nok.get('/api/audit?from=2026-03-02T00:00:00Z&until=2026-03-01T00:00:00Z')).status).toBe(400);
    expect((await nok.get("/api/audit?action=' or 1=1")).status).toBe(400);
  });

  it('goes into a file that no spreadsheet runs, and the file is itself on record', async () => {
    await sql`insert into waymark.audit_entry (entry_id, at, actor_id, action, subject) values (${uuidv7()}, '2026-02-01', '=cmd()', 'map.export', '+1')`.execute(
      app.db.owner,
    );
    const nok = await app.as('administrator');
    const file = await nok.get('/api/audit.csv?until=2026-02-02T00:00:00Z&from=2026-02-01T00:00:00Z');
    expect([file.status, file.text.split('\r\n')]).toEqual([
      200,
      ['at,action,account,place,subject,detail,record', "2026-02-01T00:00:00.000Z,map.export,'=cmd(),,'+1,{},", ''],
    ]);
    expect((await nok.get<AuditPage>('/api/audit?action=audit.export')).body.rows[0]).toMatchObject({
      detail: { rows: 1, from: '2026-02-01T00:00:00Z' },
    });
  });

  it('tells an administrator the district of a visit, and neither the village nor the person', async () => {
    const [village, person] = [app.land.eastVillages[0], uuidv7()];
    await sql`insert into waymark.audit_entry (entry_id, at, actor_id, action, place_id, subject, detail) values
      (${uuidv7()}, '2099-02-01', 'mali', 'assessments.record', ${village.placeId}, ${person}, '{"assessmentId": "a-visit", "corrects": null, "instrument": "household-28"}'),
      (${uuidv7()}, '2099-02-02', 'mali', 'map.export', ${village.placeId}, null, '{"format": "csv"}'),
      (${uuidv7()}, '2099-02-03', 'nok', 'accounts.give-post', ${app.land.province.placeId}, 'somebody', '{}'),
      (${uuidv7()}, '2099-02-04', 'mali', 'assessments.record', ${uuidv7()}, ${village.placeId}, '{}')`.execute(app.db.owner);
    const nok = await app.as('administrator');
    const answer = await nok.get<AuditPage>('/api/audit?limit=4');
    expect(answer.body.rows.map(({ action, placeId, subject, detail }) => ({ action, placeId, subject, detail }))).toEqual([
      { action: 'assessments.record', placeId: null, subject: null, detail: {} }, // a place that is there no longer
      { action: 'accounts.give-post', placeId: app.land.province.placeId, subject: 'somebody', detail: {} },
      { action: 'map.export', placeId: app.land.east.placeId, subject: null, detail: { format: 'csv' } },
      { action: 'assessments.record', placeId: app.land.east.placeId, subject: null, detail: { instrument: 'household-28' } },
    ]);
    for (const id of [village.placeId, person, 'a-visit']) expect(answer.text).not.toContain(id);
  });

  it('tells the whole row to somebody who may read people there, and nowhere else', async () => {
    const as = (scopes: string[]) =>
      withActor(
        app.db.app,
        {
          accountId: 'auditor',
          userName: '',
          displayName: '',
          locale: 'en',
          roles: [],
          rights: new Set(['audit.read', 'people.read']),
          scopes,
          posts: [],
        },
        (tx) => listEntries(tx, { actor: null, action: null, subject: null, from: null, until: null }, null, 4),
      );
    const [village] = app.land.eastVillages;
    const pathOf = async (placeId: string) =>
      (await sql<{ path: string }>`select path::text as path from waymark.place where place_id = ${placeId}`.execute(app.db.owner)).rows[0]
        ?.path ?? '';
    expect((await as([await pathOf(app.land.east.placeId)])).at(-1)).toMatchObject({
      placeId: village.placeId,
      subject: expect.any(String),
      detail: { assessmentId: 'a-visit' },
    });
    expect((await as([await pathOf(app.land.west.placeId)])).at(-1)).toMatchObject({ placeId: app.land.east.placeId, subject: null });
  });

  it('is a wall of the database: no query of the application reads more, nor without the right', async () => {
    const as = (rights: string[], text: string) =>
      withActor(
        app.db.app,
        {
          accountId: 'x',
          userName: '',
          displayName: '',
          locale: 'en',
          roles: [],
          rights: new Set(rights),
          scopes: [],
          posts: [],
        },
        (tx) => sql.raw(text).execute(tx),
      );
    for (const column of ['place_id', 'subject', 'detail', '*'])
      await expect(as(['audit.read'], `select ${column} from waymark.audit_entry`)).rejects.toMatchObject({ code: '42501' });
    await expect(
      as(['people.read', 'risk.read'], 'select * from waymark.read_record(null, null, null, null, null, null, 10)'),
    ).rejects.toMatchObject({ code: '42501' });
  });
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import type { Client } from '../../../test/support/client.ts';
import { recordNumber } from '../../platform/domain/record-number.ts';
import type { AuditPage } from '../domain/audit-entry.ts';
import type { ReadersAnswer, ReadingDays, ReadingPage, SealState, UnusualDays } from '../domain/identity-read.ts';
import { closeReadingDays } from './queries-reads.ts';

let app: TestApp, kanya: Client, som: string, chai: string;
const person = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;

async function put(at: string, actor: string, action: string, subject: string | null, people?: readonly string[]): Promise<void> {
  await sql`insert into waymark.audit_entry (entry_id, at, actor_id, action, subject, detail) values (${uuidv7()}, ${at}::timestamptz, ${actor}, ${action}, ${subject},
    ${JSON.stringify(people ? { people } : {})}::jsonb)`.execute(app.db.owner);
}
const opened = (day: string, actor: string, numbers: readonly number[], time = '10:00:00') =>
  Promise.all(numbers.map((n) => put(`${day}T${time}+07:00`, actor, 'identity.read', person(n))));
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

beforeAll(async () => {
  app = await startApp({ everyRole: true });
  kanya = await app.as('data_protection_officer');
  [som, chai] = [app.accountIds.district_officer, app.accountIds.other_district_officer];
  await put('2026-05-04T09:00:00+07:00', som, 'identity.read', person(1));
  await put('2026-05-04T09:05:00+07:00', som, 'identity.search', null, [person(1), person(2), person(2), 'no id at all']);
  await put('2026-05-05T23:30:00+07:00', chai, 'identity.read', person(2));
  await put('2026-05-06T00:30:00+07:00', chai, 'identity.list', null, upTo(30).map(person));
  await put('2026-05-05T10:00:00+07:00', chai, 'identity.keep', person(3)); // written, not read
  await put('2026-05-05T11:00:00+07:00', chai, 'consent.given', person(2));
  await put('2026-05-05T12:00:00+07:00', chai, 'consent.withdrawn', person(2));
});
afterAll(() => app?.close());

const days = 'from=2026-05-04&to=2026-05-06';

describe('who looked at whom', () => {
  const asked = async (query: string) =>
    (await kanya.get<ReadingPage>(`/api/audit/reads?${query}`)).body.rows.map(({ readerId, action, people }) => [readerId, action, people]);

  it('is told act by act, newest first, a list as one', async () => {
    expect(await asked(days)).toEqual([
      [chai, 'identity.list', 30],
      [chai, 'identity.read', 1],
      [som, 'identity.search', 2],
      [som, 'identity.read', 1],
    ]);
    const [list] = (await kanya.get<ReadingPage>(`/api/audit/reads?${days}`)).body.rows;
    expect(list?.personIds).toEqual(upTo(20).map(person));
  });

  it('is asked by person, reader, act and day of the local calendar', async () => {
    expect(await asked(`${days}&person=${person(1)}`)).toEqual([
      [chai, 'identity.list', 1],
      [som, 'identity.search', 1],
      [som, 'identity.read', 1],
    ]);
    expect(await asked(`${days}&reader=${som}&action=identity.read`)).toEqual([[som, 'identity.read', 1]]);
    expect(await asked('from=2026-05-05&to=2026-05-05')).toEqual([[chai, 'identity.read', 1]]);
    expect(await asked(`${days}&person=${person(99)}`)).toEqual([]);
    expect((await kanya.get<ReadingPage>('/api/audit/reads')).body.rows).toEqual([]); // the last seven days
  });

  it('is asked by the number that people say, of all days, and also of a record that is there no longer', async () => {
    const number = recordNumber(person(1));
    const { body } = await kanya.get<ReadingPage>(`/api/audit/reads?person=${number.toLowerCase().replaceAll('-', '%20')}`);
    // Nobody is registered or was erased under it, and months have gone by: what stands is what was read in the days asked for.
    expect(body).toMatchObject({ records: [], rows: [] });
    const inDays = (await kanya.get<ReadingPage>(`/api/audit/reads?${days}&person=${number}`)).body;
    expect(inDays.records).toEqual([person(1)]);
    expect(inDays.rows.map(({ action }) => action)).toEqual(['identity.list', 'identity.search', 'identity.read']);
    await sql`insert into waymark.erasure (region_id, person_id, erased_at, ordered_by) values (1, ${person(1)}, now(), 'kanya')`.execute(
      app.db.owner,
    );
    for (const asked of [number, person(1)]) {
      const ofAllDays = (await kanya.get<ReadingPage>(`/api/audit/reads?person=${asked}`)).body;
      expect([ofAllDays.records, ofAllDays.rows.length, ofAllDays.days.from]).toEqual([[person(1)], 3, '2026-05-04']);
    }
    expect((await kanya.get<ReadingPage>(`/api/audit/reads?person=${recordNumber(person(99))}`)).body.records).toEqual([]);
    const done = (await kanya.get<AuditPage>(`/api/audit?subject=${number}`)).body.rows;
    expect(done.map(({ action, subject }) => [action, subject])).toEqual([['identity.read', person(1)]]);
  });

  it('is read page by page, each act once', async () => {
    const seen: string[] = [];
    for (let after = ''; ;) {
      const { body } = await kanya.get<ReadingPage>(`/api/audit/reads?${days}&limit=1${after && `&after=${encodeURIComponent(after)}`}`);
      seen.push(...body.rows.map(({ entryId }) => entryId));
      if (!body.next) break;
      after = body.next;
    }
    expect([seen.length, new Set(seen).size]).toEqual([4, 4]);
  });

  it('says what cannot be asked', async () => {
    for (const query of [
      'from=2026-13-01',
      'from=2026-05-06&to=2026-05-04',
      'from=2025-01-01&to=2026-05-04',
      'person=malee',
      'action=map.export',
      'after=x',
    ])
      expect([query, (await kanya.get(`/api/audit/reads?${query}`)).status]).toEqual([query, 400]);
  });

  it('goes into a file, one line a person, and the file is itself on record', async () => {
    const file = await kanya.get(`/api/audit/reads.csv?${days}&person=${person(2)}`);
    const lines = file.text.trim().split('\r\n');
    const number = recordNumber(person(2));
    expect(lines.slice(1).map((line) => line.split(',').filter((_cell, i) => i !== 0 && i !== 4))).toEqual([
      [chai, 'identity.list', number, person(2)],
      [chai, 'identity.read', number, person(2)],
      [som, 'identity.search', number, person(2)],
    ]);
    const [entry] = (await kanya.get<AuditPage>('/api/audit?action=audit.export-reads')).body.rows;
    expect(entry).toMatchObject({ subject: person(2), detail: { rows: 3, from: '2026-05-04', to: '2026-05-06' } });
  });

  it('is counted by reader and day, nights by the local clock', async () => {
    const { body } = await kanya.get<ReadingDays>(`/api/audit/reading-days?${days}`);
    expect(body.rows).toEqual([
      { readerId: chai, day: '2026-05-06', people: 30, reads: 30, atNight: 30 },
      { readerId: chai, day: '2026-05-05', people: 1, reads: 1, atNight: 1 },
      { readerId: som, day: '2026-05-04', people: 2, reads: 3, atNight: 0 },
    ]);
    expect((await kanya.get<ReadingDays>(`/api/audit/reading-days?${days}&reader=${som}`)).body.rows).toHaveLength(1);
    expect(await closeReadingDays(app.db.jobs)).toBe(3);
    expect(await closeReadingDays(app.db.jobs)).toBe(0);
    expect((await kanya.get<ReadingDays>(`/api/audit/reading-days?${days}`)).body).toEqual(body);
  });

  it('names the accounts, except those of people in the register', async () => {
    await sql`update waymark.post set role = 'person' where account_id = ${app.accountIds.watch_volunteer}`.execute(app.db.owner);
    const { rows } = (await kanya.get<ReadersAnswer>('/api/audit/readers')).body;
    expect(rows).toContainEqual({ accountId: som, displayName: 'Som', roles: ['district_officer'] });
    expect(rows).toContainEqual({ accountId: app.accountIds.watch_volunteer, displayName: '', roles: ['person'] });
  });
});

describe('unusual reading', () => {
  const reasons = async (query: string) =>
    (await kanya.get<UnusualDays>(`/api/audit/unusual-days?${query}`)).body.rows.map(({ readerId, day, reasons: why }) => [
      readerId,
      day,
      why,
    ]);

  it('is told with its reasons, and ordinary work is not', async () => {
    for (const day of ['01', '02', '03', '04', '05', '06']) {
      await opened(`2026-06-${day}`, som, upTo(4));
      await opened(`2026-06-${day}`, chai, upTo(8));
    }
    await opened('2026-06-08', som, upTo(26));
    await opened('2026-06-08', chai, upTo(8), '23:00:00');
    // Whoever writes about the people she opens is at work.
    for (const n of upTo(15)) await put('2026-06-09T10:00:00+07:00', som, 'assessments.record', person(n));
    expect(await reasons('from=2026-06-07&to=2026-06-08')).toEqual([
      [som, '2026-06-08', [{ kind: 'many', people: 26, own: 4, colleagues: 8 }]],
      [chai, '2026-06-08', [{ kind: 'night', people: 8, own: 0, colleagues: 0 }]],
    ]);
  });

  it('also is asking for many names that are not hers to know, on a day on which nothing was read as well', async () => {
    for (const n of [1, 2, 3, 4, 4, 4]) await put('2026-08-03T10:00:00+07:00', som, 'identity.refused', person(n));
    expect(await reasons('from=2026-08-03&to=2026-08-04')).toEqual([]);
    await put('2026-08-03T11:00:00+07:00', som, 'identity.refused', person(5));
    expect(await reasons('from=2026-08-03&to=2026-08-04')).toEqual([[som, '2026-08-03', [{ kind: 'refused', refused: 5 }]]]);
  });

  it('also is many people opened once about whom nothing was written, and one opened again and again', async () => {
    await opened('2026-07-01', som, upTo(18));
    for (const day of ['01', '02', '03'])
      for (const at of ['10:00:01', '10:00:02', '10:00:03', '10:00:04']) await opened(`2026-07-${day}`, chai, [5], at);
    expect(await reasons('from=2026-07-01&to=2026-07-03')).toEqual([
      [chai, '2026-07-03', [{ kind: 'repeated', personId: person(5), times: 12, days: 3, writes: 0 }]],
      [som, '2026-07-01', [{ kind: 'once', once: 18, opened: 18 }]],
    ]);
    await put('2026-07-02T10:00:00+07:00', chai, 'assessments.record', person(5));
    expect(await reasons('from=2026-07-02&to=2026-07-03')).toEqual([]);
  });
});

describe('the record of use, for the data protection officer', () => {
  it('tells on whom, and is asked by kind of act and by record', async () => {
    const rows = async (query: string) =>
      (await kanya.get<AuditPage>(`/api/audit?${query}`)).body.rows.map(({ action, subject }) => [action, subject]);
    expect(await rows('action=consent.*')).toEqual([
      ['consent.withdrawn', person(2)],
      ['consent.given', person(2)],
    ]);
    expect(await rows('action=erasure.*')).toEqual([]);
    expect(await rows(`subject=${person(2)}&until=2026-05-31T00:00:00Z`)).toEqual([
      ['identity.read', person(2)],
      ['consent.withdrawn', person(2)],
      ['consent.given', person(2)],
    ]);
  });

  it('keeps people out of what an administrator reads, whatever the act', async () => {
    const nok = await app.as('administrator');
    const answer = await nok.get<AuditPage>('/api/audit?until=2026-05-31T00:00:00Z&limit=200');
    expect(answer.body.rows.length).toBeGreaterThanOrEqual(7);
    expect(answer.text).not.toContain('00000000-0000-7000');
    expect((await nok.get(`/api/audit?subject=${person(2)}`)).status).toBe(403);
    expect((await nok.get(`/api/audit/reads?${days}`)).status).toBe(403);
  });

  it('says how far it is sealed', async () => {
    const { body } = await kanya.get<SealState>('/api/audit/seal');
    expect(body).toMatchObject({ sealNo: null, sealedAt: null });
    expect(body.waiting).toBeGreaterThan(100);
    expect(Date.parse(body.oldest ?? '')).toBe(Date.parse('2026-05-04T09:00:00+07:00'));
  });
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeMonth, installInstruments, recountPublished, recountRollups } from '../src/risk/server/index.ts';
import { recordNumber } from '../src/people/domain/record-number.ts';
import type { RequestPage } from '../src/people/domain/request.ts';
import { startApp, type TestApp } from './support/app.ts';
import { aBasis } from './support/basis.ts';
import { rowsThatHold } from './support/everywhere.ts';

/** Whatever happened to somebody before: once she is erased, nothing anywhere holds her id, and the figures are what a recount says. */
let app: TestApp, basisId: string, now: Date;
beforeAll(async () => {
  now = new Date('2026-09-10T02:00:00Z');
  app = await startApp({ everyRole: true, now: () => now });
  await installInstruments(app.db.owner, uuidv7);
  await sql`update waymark.instrument set created_at = '2026-06-01T00:00:00Z'`.execute(app.db.owner);
  basisId = await aBasis(app.db.owner);
}, 60_000);
afterAll(() => app?.close());

interface Living {
  readonly personId: string;
  householdId: string;
  readonly regionId: number;
  mergedInto: Living | null;
}
const path = ({ regionId, personId }: Living) => `/api/people/${regionId}/${personId}`;
const mali = () => app.as('coordinator');

async function register(members: number): Promise<Living[]> {
  const householdId = uuidv7(),
    ids = Array.from({ length: members }, () => uuidv7());
  const answer = await (
    await mali()
  ).post<{ regionId: number }>('/api/people', {
    householdId,
    placeId: app.land.eastVillages[0].placeId,
    basisId,
    members: ids.map((personId, i) => ({
      personId,
      sex: 1 + (i % 2),
      bornOn: '1990-05-17',
      bornPrecision: 3,
      identity: { names: [{ kind: 'official', full: 'Xanthippe Quillfeather' }], phones: ['081 234 5678'], documents: [] },
      consents: [
        { eventId: uuidv7(), purpose: 'register', act: 'given', byWhom: 'self', way: 'spoken', observedAt: '2026-03-01T03:00:00Z' },
      ],
    })),
  });
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
  return ids.map((personId) => ({ personId, householdId, regionId: answer.body.regionId, mergedInto: null }));
}

const happenings = [
  'visit',
  'home-visit',
  'move',
  'apart',
  'correct',
  'die',
  'care',
  'account',
  'refer',
  'object',
  'merge',
  'unmerge',
  'read',
] as const;

async function version(who: Living): Promise<number> {
  const { rows } = await sql<{ version: number }>`select version from waymark.person where person_id = ${who.personId}`.execute(
    app.db.owner,
  );
  return rows[0]?.version ?? 0;
}

async function assess(subjectKind: 'person' | 'household', subjectId: string, regionId: number): Promise<void> {
  await (
    await mali()
  ).post('/api/assessments', {
    assessmentId: uuidv7(),
    subjectKind,
    subjectId,
    regionId,
    instrument: 'household-28',
    answers: subjectKind === 'person' ? { school_attendance: 3, stigma_or_past_exploitation: 2 } : { debt: 3 },
    observedAt: now.toISOString(),
  });
}

async function merge(a: Living, b: Living): Promise<void> {
  const [first, second] = [a, b].sort((x, y) => (x.personId < y.personId ? -1 : 1)) as [Living, Living];
  const placeId = app.land.eastVillages[0].placeId;
  const { rows } = await sql<{ id: string; version: number }>`
    insert into waymark.duplicate_pair as d (region_a, person_a, region_b, person_b, weight, probability, probable, reasons, place_a, place_b, seen_a, seen_b)
    values (${first.regionId}, ${first.personId}, ${second.regionId}, ${second.personId}, 12, 0.95, true, '[]', ${placeId}, ${placeId}, '', '')
    on conflict on constraint duplicate_pair_pkey do update set state = 'open', decided_by = null, decided_at = null returning pair_id as id, version`.execute(
    app.db.owner,
  );
  const body = {
    version: rows[0]!.version,
    stays: first === a ? 'a' : 'b',
    take: [],
    versions: { a: await version(first), b: await version(second) },
  };
  const answer = await (await mali()).post<{ detail?: string }>(`/api/people/duplicates/${rows[0]!.id}/merge`, body);
  if (answer.status < 300) b.mergedInto = a;
}

/** One thing that happens to somebody, or does not, as the rules allow. */
async function happens(what: (typeof happenings)[number], who: Living, all: readonly Living[]): Promise<void> {
  const client = await mali();
  const today = now.toISOString().slice(0, 10);
  const other = all.find((each) => each !== who && each.mergedInto === null);
  if (what === 'visit') await assess('person', who.personId, who.regionId);
  if (what === 'home-visit') await assess('household', who.householdId, who.regionId);
  if (what === 'move') {
    const to = { placeId: app.land.eastVillages[1].placeId, householdId: null, onDate: today, version: await version(who) };
    await client.post(`${path(who)}/move`, to);
  }
  if (what === 'apart' && other)
    await client.post(`${path(who)}/move`, {
      placeId: app.land.eastVillages[0].placeId,
      householdId: other.householdId,
      onDate: today,
      version: await version(who),
    });
  if (what === 'correct') await client.patch(path(who), { sex: 1, version: await version(who) });
  if (what === 'die') await client.post(`${path(who)}/state`, { state: 'died', onDate: today, version: await version(who) });
  if (what === 'care') await client.post(`${path(who)}/assignments`, { assignmentId: uuidv7(), accountId: app.accountIds.case_worker });
  if (what === 'account')
    await sql`insert into waymark.assignment (region_id, assignment_id, person_id, kind, account_id, given_by)
      select ${who.regionId}, ${uuidv7()}, ${who.personId}, 'self', ${app.accountIds.watch_volunteer}, 'set-up'
      where exists (select from waymark.person where person_id = ${who.personId})`.execute(app.db.owner);
  if (what === 'object')
    await client.post(`${path(who)}/requests`, { requestId: uuidv7(), kind: 'objection', byWhom: 'self', saidOn: today });
  if (what === 'merge' && other && who.mergedInto === null) await merge(other, who);
  if (what === 'unmerge') {
    const { rows } = await sql<{
      id: string;
      region: number;
      person: string;
    }>`select merge_id as id, region_id as region, person_id as person from waymark.person_merge
      where undone_at is null and ${who.personId} in (person_id::text, other_id::text) order by nth desc limit 1`.execute(app.db.owner);
    const [last] = rows;
    if (last && (await client.post(`/api/people/${last.region}/${last.person}/merges/${last.id}/take-back`)).status < 300)
      for (const each of all) if (each === who || each.mergedInto === who) each.mergedInto = null;
  }
  if (what === 'read') await client.get(`${path(who)}/identity`);
}

/** Erased as Kanya erases: by a request, with the number of the record. */
async function erase(who: Living): Promise<void> {
  const asked = await (
    await mali()
  ).post(`${path(who)}/requests`, { requestId: uuidv7(), kind: 'erasure', byWhom: 'self', saidOn: '2026-09-01' });
  expect([asked.status, asked.text]).toEqual([201, asked.text]);
  const kanya = await app.as('data_protection_officer');
  const queue = await kanya.get<RequestPage>('/api/data-protection/requests');
  const request = queue.body.rows.find(({ personId, kind }) => personId === who.personId && kind === 'erasure')!;
  const done = await kanya.post(`/api/data-protection/requests/${request.regionId}/${request.requestId}/erase`, {
    version: request.version,
    number: recordNumber(who.personId),
  });
  expect([done.status, done.text]).toEqual([200, done.text]);
}
const published = async () => (await sql`select * from waymark.published_figure order by 1, 2, 3`.execute(app.db.owner)).rows;

describe('erasing somebody', () => {
  it('leaves no row that holds her id but the ledger and the record of use, whatever happened to her before', async () => {
    const story = fc.array(fc.tuple(fc.constantFrom(...happenings), fc.nat(3)), { maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(story, fc.nat(3), fc.integer({ min: 1, max: 2 }), async (steps, chosen, size) => {
        const all = [...(await register(size)), ...(await register(2))];
        for (const [what, n] of steps) await happens(what, all[n % all.length]!, all);
        const her = all[chosen % all.length]!;
        const { rows: joined } = await sql<{
          id: string;
        }>`select o.person_id as id from waymark.records_of_one(${her.regionId}, ${her.personId}) o`.execute(app.db.owner);
        // As far as those of an import are compared, or have to be.
        await sql`insert into waymark.duplicate_sweep (region_id, sweep_id, after, until) values (${her.regionId}, ${uuidv7()}, ${her.personId}, ${uuidv7()}),
          (${her.regionId}, ${uuidv7()}, ${'00000000-0000-0000-0000-000000000000'}, ${her.personId})`.execute(app.db.owner);
        await erase(her);
        for (const { id } of joined)
          expect((await rowsThatHold(app.db.owner, id)).filter((table) => table !== 'identity_read')).toEqual(['audit_entry', 'erasure']);
        expect(await recountRollups(app.db.owner)).toEqual([]);
        const { rows: lonely } = await sql`select 1 from waymark.household h where not exists (select from waymark.person p
          where p.region_id = h.region_id and p.household_id = h.household_id) and not exists (select from waymark.person_event e
          where h.household_id::text in (e.before->>'householdId', e.after->>'householdId'))`.execute(app.db.owner);
        expect(lonely).toEqual([]);
      }),
      { numRuns: 6, endOnFailure: true },
    );
  }, 120_000);

  it('lowers small cells of closed months and leaves larger ones and everything published as they were', async () => {
    const many = [...(await register(9)), ...(await register(9)), ...(await register(9))];
    const few = await register(1);
    await (await mali()).patch(path(few[0]!), { bornOn: '2015-01-01', version: await version(few[0]!) });
    await app.db.jobs.transaction().execute((tx) => closeMonth(tx, '2026-09-30'));
    const before = await published();
    const cells = async () =>
      (
        await sql<{
          place: string;
          age: number;
          sex: number;
          n: number;
        }>`select p.name as place, m.age_group as age, m.sex, sum(m.n)::int as n
          from waymark.rollup_month m join waymark.place p using (place_id) where m.month_end = '2026-09-30' group by 1, 2, 3`.execute(
          app.db.owner,
        )
      ).rows;
    const at = (rows: { place: string; age: number; sex: number; n: number }[], age: number, sex: number) =>
      rows.find((row) => row.place === app.land.eastVillages[0].name && row.age === age && row.sex === sex)?.n ?? 0;
    const was = await cells();
    now = new Date('2026-10-05T02:00:00Z');
    await erase(few[0]!);
    await erase(many[0]!);
    const is = await cells();
    expect([at(was, 2, 1), at(is, 2, 1)]).toEqual([1, 0]);
    expect(at(is, 6, 1)).toBe(at(was, 6, 1));
    expect(await published()).toEqual(before);
    expect(before.length).toBeGreaterThan(0);
    expect(await recountPublished(app.db.owner)).toEqual([]);
    expect(await recountRollups(app.db.owner)).toEqual([]);
  }, 60_000);
});

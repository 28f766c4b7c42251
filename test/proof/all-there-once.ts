// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sql, type Kysely } from 'kysely';
import { expect } from 'vitest';
import { recount } from '../../src/risk/server/index.ts';
import { filesThatHold, rowsThatHoldAny } from '../support/everywhere.ts';
import { type Killable, until } from './killable.ts';
import type { Happenings } from './happening.ts';
import type { Registering, Saved } from './registering.ts';
import type { Sending } from './phone.ts';

type Db = Kysely<unknown>;

/**
 * Whatever was acknowledged is there once, in the record of use too; nobody is there without her name, her consent and her entry in the record,
 * also of those whose answer never arrived; no pair of records is joined by half; nothing is left of whoever was erased; figures equal a recount.
 */
export async function expectOnce(at: Killable, { saved, happened, sending }: Registering): Promise<void> {
  // What a clock gone wrong put off comes round by itself, once it is right again.
  await until(async () => (await at.owner((db) => recount(db))).length === 0, 180_000, 1000).catch(() => {});
  expect(await at.owner((db) => recount(db))).toEqual([]);
  await at.owner(async (db) => {
    await expectSaved(db, saved);
    await expectEntries(db, sending);
    await expectNobodyBare(db);
    await expectHistories(db, happened);
    await expectJoinedWhole(db, happened);
    await expectRequests(db, happened);
    await expectNowhere(db, at, happened);
  });
}

async function expectSaved(db: Db, saved: Saved): Promise<void> {
  for (const [what, from, id] of [
    ['people', 'person', 'person_id::text'],
    ['assessments', 'assessment', 'assessment_id::text'],
    ['consents', 'consent_event', 'event_id::text'],
    ['people', `audit_entry, jsonb_array_elements_text(detail->'people') one where action = 'people.register'`, 'one'],
    ['assessments', `audit_entry where action = 'assessments.record'`, `detail->>'assessmentId'`],
  ] as const) {
    const { rows } = await sql<{ id: string; n: number }>`
      select ${sql.raw(id)} as id, count(*)::int as n from waymark.${sql.raw(from)} group by 1`.execute(db);
    const there = new Map(rows.map((row) => [row.id, row.n]));
    expect([from, [...saved[what]].filter((each) => there.get(each) !== 1)]).toEqual([from, []]);
  }
}

/** As often in the record of use as it was acknowledged; one more at most of what nobody had an answer to. */
async function expectEntries(db: Db, { entries, inTheAir }: Sending): Promise<void> {
  const { rows } = await sql<{ entry: string; n: number }>`
    select case when action in ('erasure.done', 'erasure.replayed') then 'erasure' else action end || ' '
      || case when action = 'assessments.record' then detail->>'assessmentId' else subject end as entry,
      count(*)::int as n from waymark.audit_entry where subject is not null group by 1`.execute(db);
  const there = new Map(rows.map(({ entry, n }) => [entry, n]));
  const wrong = [...entries].filter(([entry, n]) => {
    const more = (there.get(entry) ?? 0) - n;
    return more !== 0 && !(more === 1 && inTheAir.has(entry));
  });
  expect(wrong.map(([entry, n]) => [entry, 'acknowledged', n, 'in the record of use', there.get(entry) ?? 0])).toEqual([]);
}

async function expectNobodyBare(db: Db): Promise<void> {
  const { rows } = await sql<{ bare: number }>`
    select count(*)::int as bare from waymark.person p
    where not exists (select from waymark.identity i where i.person_id = p.person_id)
      or p.batch_id is null and (not exists (select from waymark.consent_event c where c.person_id = p.person_id)
        or not exists (select from waymark.person_event e where e.person_id = p.person_id and e.kind = 'registered')
        or not exists (select from waymark.audit_entry a where a.action = 'people.register' and a.detail->'people' ? p.person_id::text))`.execute(
    db,
  );
  expect(rows[0]?.bare).toBe(0);
}

/** Each move, correction and change of state stands in the person's history once, and the record says what the last of them said. */
async function expectHistories(db: Db, { history, stands, leaving }: Happenings): Promise<void> {
  const lines = history.filter(({ personId }) => !leaving.has(personId));
  const { rows: wrong } = await sql`
    select x.person_id, x.kind, x.after, count(e.event_id)::int as n
    from unnest(${lines.map((line) => line.personId)}::uuid[], ${lines.map((line) => line.kind)}::text[],
                ${lines.map((line) => JSON.stringify(line.after))}::jsonb[]) x(person_id, kind, after)
    left join waymark.person_event e on e.person_id = x.person_id and e.kind = x.kind and e.after @> x.after
    group by 1, 2, 3 having count(e.event_id) <> 1`.execute(db);
  expect(wrong).toEqual([]);
  const { rows } = await sql<{ id: string; now: object }>`
    select p.person_id as id, jsonb_build_object('placeId', p.place_id, 'householdId', p.household_id, 'sex', p.sex, 'bornOn', p.born_on,
      'state', (array['here', 'died', 'left', 'merged'])[p.state]) as now
    from waymark.person p where p.person_id = any (${[...stands.keys()]}::uuid[])`.execute(db);
  expect(new Map(rows.map(({ id, now }) => [id, now]))).toEqual(stands);
}

/**
 * Two records are one in everything or in nothing: in both records, their pair, their histories, and what was copied from one to the other. Once apart
 * their pair waits for somebody's word again, until they are compared again and found unlike, as two who were made up for this are.
 */
async function expectJoinedWhole(db: Db, { merges, leaving }: Happenings): Promise<void> {
  const { rows } = await sql<{ id: string; undone: boolean; whole: boolean }>`
    select m.merge_id as id, m.undone_at is not null as undone,
      case when m.undone_at is null then
        s.state = 1 and o.state = 4 and (o.merged_region, o.merged_into) = (m.region_id, m.person_id) and b.state = 'done' and d.state = 'same'
        and said.merged = 2 and said.unmerged = 0 and copied.answers = original.answers and copied.words = original.words
      else
        s.state = 1 and o.state = 1 and o.merged_into is null and b.state = 'undone' and d.state in ('open', 'gone')
        and said.merged = 2 and said.unmerged = 2 and copied.words = 0
      end as whole
    from waymark.person_merge m
    join waymark.person s on s.region_id = m.region_id and s.person_id = m.person_id
    join waymark.person o on o.region_id = m.other_region and o.person_id = m.other_id
    join waymark.import_batch b on b.batch_id = m.merge_id
    join waymark.duplicate_pair d on d.pair_id = m.pair_id
    cross join lateral (select count(*) filter (where kind = 'merged') as merged, count(*) filter (where kind = 'unmerged') as unmerged
      from waymark.person_event e where e.batch_id = m.merge_id) said
    cross join lateral (select (select count(*) from waymark.assessment a where a.batch_id = m.merge_id) as answers,
      (select count(*) from waymark.consent_event c where c.batch_id = m.merge_id) as words) copied
    cross join lateral (select (select count(*) from waymark.assessment a where a.subject_id = m.other_id and a.batch_id is null) as answers,
      (select count(*) from waymark.consent_event c where c.person_id = m.other_id and c.batch_id is null) as words) original`.execute(db);
  expect(rows.filter(({ whole }) => !whole)).toEqual([]);
  const there = new Map(rows.map(({ id, undone }) => [id, undone]));
  const standing = merges.filter(({ stays }) => !leaving.has(stays));
  expect(standing.filter(({ mergeId, undone }) => !there.has(mergeId) || (undone !== null && there.get(mergeId) !== undone))).toEqual([]);
  const { rows: lonely } = await sql`select person_id from waymark.person p where p.state = 4
    and not exists (select from waymark.person_merge m where m.other_id = p.person_id and m.undone_at is null)`.execute(db);
  expect(lonely).toEqual([]);
}

async function expectRequests(db: Db, { requests }: Happenings): Promise<void> {
  const { rows } = await sql<{ id: string; states: string[] }>`
    select request_id as id, array_agg(state) as states from waymark.person_request group by 1`.execute(db);
  const there = new Map(rows.map(({ id, states }) => [id, states.join()]));
  expect([...requests].filter(([id, state]) => there.get(id) !== state)).toEqual([]);
}

/** Nothing anywhere holds an id or a name of somebody who was erased, but the ledger, the lists beside it and the record of use. */
async function expectNowhere(db: Db, at: Killable, { erased }: Happenings): Promise<void> {
  if (erased.length === 0) return;
  const ids = erased.map(({ personId }) => personId),
    names = erased.flatMap(({ name }) => name ?? []);
  const ledger = ['audit_entry', 'erasure', 'erasure_source', 'identity_read'];
  expect((await rowsThatHoldAny(db, ids)).filter((table) => !ledger.includes(table))).toEqual([]);
  expect(await rowsThatHoldAny(db, names)).toEqual([]);
  const folders = ['audit', 'imports', 'uploads', 'secrets', 'log'].map((name) => join(at.data, name)).filter((path) => existsSync(path));
  for (const each of [...ids, ...names]) expect([each, folders.flatMap((folder) => filesThatHold(folder, each))]).toEqual([each, []]);
}

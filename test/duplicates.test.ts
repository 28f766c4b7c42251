// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installInstruments } from '../src/risk/server/index.ts';
import { startApp, type TestApp } from './support/app.ts';
import { followEverybody, type Trail } from './support/authorisation-trail.ts';
import { ageOn } from '../src/people/domain/age-group.ts';
import { daysFromToday } from './support/days.ts';
import type { DuplicatePage, DuplicatePair, MergeView } from '../src/people/domain/duplicate.ts';
import type { Identity } from '../src/people/domain/identity.ts';
import { at, identityOf, mergeBody, of, said, writtenTwice, type Made, type WrittenTwice } from './support/written-twice.ts';

let app: TestApp;
let village: readonly [string, string];
let twice: WrittenTwice;
let trail: Trail;
beforeAll(async () => {
  app = await startApp({ everyRole: true });
  trail = await followEverybody(app, ['coordinator', 'district_officer']);
  await installInstruments(app.db.owner, uuidv7);
  twice = await writtenTwice(app);
  village = [app.land.eastVillages[0].placeId, app.land.eastVillages[1].placeId];
}, 60_000);
afterAll(() => app?.close());

describe('Som, district officer of East Bay, looks through people written down twice', () => {
  let first: Made, second: Made;
  beforeAll(async () => {
    first = await twice.register('district_officer', village[0], identityOf('Malee Saengthong', { phones: ['081 234 5678'] }));
    second = await twice.register('district_officer', village[1], identityOf('มาลี แสงทอง', { phones: ['+66 81 234 5678'] }));
    await twice.register('district_officer', village[0], identityOf('Prasert Wongsawat'));
    await twice.compare();
  });

  it('finds them, with reasons and without a name, and the record says that nobody in person opened them', async () => {
    const som = await app.as('district_officer');
    const { text, body } = await som.get<DuplicatePage>('/api/people/duplicates');
    const [pair] = of(body, first, second);
    expect(body.rows).toHaveLength(1);
    expect(pair).toMatchObject({
      likely: 'very-likely',
      state: 'open',
      a: { age: ageOn('1990-05-17', await daysFromToday(app, 0)), place: { level: 3 } },
    });
    expect(pair?.reasons.map(({ field, level }) => `${field} ${level}`)).toEqual(expect.arrayContaining(['phone shared', 'birth same']));
    expect(text).not.toMatch(/Malee|มาลี|081/);
    const { rows } = await sql<{ actor: string; opened: number; subject: string | null }>`
      select actor_id as actor, (detail->>'opened')::int as opened, subject from waymark.audit_entry where action = 'people.compare'`.execute(
      app.db.owner,
    );
    expect(rows[0]).toMatchObject({ actor: 'system', opened: 3, subject: null });
  });

  it('is shown only pairs of her own area: what straddles two districts goes to Mali, who holds both', async () => {
    const west = await twice.register(
      'other_district_officer',
      app.land.westVillages[0].placeId,
      identityOf('Malee Saengthong', { phones: ['0812345678'] }),
    );
    await twice.compare();
    expect(of(await twice.queue('district_officer'), west)).toHaveLength(0);
    expect(of(await twice.queue('other_district_officer'), west)).toHaveLength(0);
    const across = of(await twice.queue('coordinator'), west);
    expect(across).toHaveLength(2);
    const som = await app.as('district_officer');
    expect((await som.get(`/api/people/duplicates/${across[0]!.pairId}`)).status).toBe(404);
    expect((await som.post(`/api/people/duplicates/${across[0]!.pairId}/decision`, { decision: 'different', version: 1 })).status).toBe(
      404,
    );
    expect((await som.post(`/api/people/duplicates/${across[0]!.pairId}/merge`, mergeBody(across[0]!))).status).toBe(404);
    const mali = await app.as('coordinator');
    for (const { pairId, version } of across)
      expect((await mali.post(`/api/people/duplicates/${pairId}/decision`, { decision: 'different', version })).status).toBe(200);
  });

  it('leaves a pair she is not sure of, and a pair of two different people does not come back until one of them changes', async () => {
    const som = await app.as('district_officer');
    const [pair] = of(await twice.queue('district_officer'), first, second);
    const decide = (decision: string, version: number) =>
      som.post<DuplicatePair>(`/api/people/duplicates/${pair!.pairId}/decision`, { decision, version });
    const unsure = await decide('unsure', pair!.version);
    expect(unsure.body).toMatchObject({ state: 'open', decidedAt: expect.any(String) as string });
    expect((await decide('different', pair!.version)).status).toBe(409);
    expect((await decide('different', unsure.body.version)).status).toBe(200);
    await sql`select waymark.compare_everybody()`.execute(app.db.owner);
    await twice.compare();
    expect(of(await twice.queue('district_officer'), first, second)).toHaveLength(0);
    const { version } = await twice.recordOf('district_officer', first);
    await som.patch(at(first), { bornOn: '1990-05-18', bornPrecision: 3, version });
    await twice.compare();
    expect(of(await twice.queue('district_officer'), first, second)).toHaveLength(1);
  });

  it('pages through the queue by place', async () => {
    const all = await twice.queue('coordinator', `?placeId=${app.land.east.placeId}`);
    const paged: string[] = [];
    for (let after: string | null = ''; after !== null;) {
      const page: DuplicatePage = await twice.queue(
        'coordinator',
        `?limit=1&placeId=${app.land.east.placeId}${after && `&after=${after}`}`,
      );
      paged.push(...page.rows.map(({ pairId }) => pairId));
      after = page.next;
    }
    expect(paged).toEqual(all.rows.map(({ pairId }) => pairId));
    expect(all.rows.length).toBeGreaterThan(1);
    expect((await twice.queue('coordinator', `?placeId=${app.land.westVillages[1].placeId}`)).rows).toHaveLength(0);
    const wrong = await (await app.as('coordinator')).get('/api/people/duplicates?after=1_2_3');
    expect(wrong.status).toBe(400);
  });
});

const bandOf = async (made: Made) =>
  (
    await sql<{ excess: number; known: number }>`select excess, known from waymark.standing where subject_id = ${made.personId}`.execute(
      app.db.owner,
    )
  ).rows[0];

describe('Mali merges two records, and takes it back', () => {
  it('keeps names, answers, corrections, words and care of both on the one that stays; then everything is as it was', async () => {
    const one = await twice.register('district_officer', village[0], identityOf('Sunisa Kaewmanee', { phones: ['0891112222'] }));
    const two = await twice.register(
      'other_district_officer',
      app.land.westVillages[1].placeId,
      identityOf('Sunisa Keawmanee', {
        names: [
          { kind: 'official', full: 'Sunisa Keawmanee' },
          { kind: 'called', full: 'Nid' },
        ],
        phones: ['089 111 2222', '0893334444'],
        documents: [{ kind: 'passport', number: 'AB 123-456' }],
      }),
      { bornOn: '1990-01-01', bornPrecision: 1 },
    );
    const mali = await app.as('coordinator');
    await mali.post(`${at(one)}/consents`, said({ purpose: 'share', observedAt: '2026-05-01T03:00:00Z' }));
    await mali.post(`${at(two)}/consents`, said({ purpose: 'share', act: 'refused', observedAt: '2026-04-01T03:00:00Z' }));
    await twice.assess(one, { school_attendance: 1 }, '2026-02-01T03:00:00Z');
    const wrong = await twice.assess(two, { school_attendance: 3 }, '2026-05-01T03:00:00Z');
    await twice.assess(two, { school_attendance: 2 }, '2026-05-01T03:00:00Z', wrong);
    const given = await mali.post(`${at(two)}/assignments`, { assignmentId: uuidv7(), accountId: app.accountIds.case_worker });
    expect([given.status, given.text]).toEqual([201, given.text]);
    await twice.compare();
    const [pair] = of(await twice.queue('coordinator'), one, two);
    expect(pair).toBeDefined();
    const before = await twice.picture(one, two);
    const twoBefore = await bandOf(two);

    const stays = pair!.a.personId === one.personId ? 'a' : 'b';
    const body = mergeBody(pair!, { stays, take: ['bornOn'] });
    expect((await mali.post(`/api/people/duplicates/${pair!.pairId}/merge`, { ...body, versions: { a: 77, b: 77 } })).status).toBe(409);
    expect((await mali.post(`/api/people/duplicates/${pair!.pairId}/merge`, { ...body, take: ['household', 'place'] })).status).toBe(200);
    const again = await mali.get<{ merges: MergeView[] }>(`${at(one)}/merges`);
    const [firstMerge] = again.body.merges;
    expect(firstMerge).toMatchObject({ stayed: true, mayTakeBack: true, withPerson: { personId: two.personId } });

    const kept = await twice.recordOf('coordinator', one);
    expect(kept.householdId).toBe(two.householdId);
    expect(await twice.recordOf('coordinator', two)).toMatchObject({ state: 'merged', mergedInto: { personId: one.personId } });
    expect((await twice.recordOf('coordinator', two)).events.map(({ kind }) => kind)).toContain('merged');
    const { body: named } = await mali.get<{ identity: Identity }>(`${at(one)}/identity`);
    expect(named.identity).toMatchObject({
      names: [{ full: 'Sunisa Kaewmanee' }, { kind: 'former', full: 'Sunisa Keawmanee' }, { kind: 'called', full: 'Nid' }],
      phones: ['0891112222', '0893334444'],
      documents: [{ kind: 'passport' }],
    });
    // The newest answer is the other's, as corrected; a "no" weighs more than an older record's "yes".
    expect(await bandOf(one)).toEqual(twoBefore);
    expect(await bandOf(two)).toBeUndefined();
    expect(kept.consents[0]).toMatchObject({ purpose: 'share', act: 'refused' });
    expect(kept.assignments).toMatchObject([{ kind: 'case_worker' }]);
    const ratana = await app.as('case_worker');
    expect((await ratana.get(at(one))).status).toBe(200);
    const imports = await (await app.as('administrator')).get('/api/imports');
    expect(imports.text).not.toContain(firstMerge!.mergeId);

    const other = await mali.get<{ identity: Identity; version: number }>(`${at(two)}/identity`);
    const rename = { identity: { ...other.body.identity, phones: [] }, basedOn: other.body.version };
    expect((await mali.send('PUT', `${at(two)}/identity`, rename)).status).toBe(409);
    const undone = await mali.post<{ merges: MergeView[] }>(`${at(one)}/merges/${firstMerge!.mergeId}/take-back`);
    expect([undone.status, undone.text]).toEqual([200, undone.text]);
    expect(await twice.picture(one, two)).toEqual(before);
    expect((await twice.recordOf('coordinator', one)).events.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['merged', 'unmerged']),
    );
    expect((await mali.post(`${at(one)}/merges/${firstMerge!.mergeId}/take-back`)).status).toBe(409);
    const { rows } = await sql<{
      action: string;
    }>`select action from waymark.audit_entry where subject = ${one.personId} and action like 'people.%merge' order by at`.execute(
      app.db.owner,
    );
    expect(rows.map(({ action }) => action)).toEqual(['people.merge', 'people.unmerge']);
  });
});

it('whatever was changed here stands in the record of use', () => {
  expect(trail.silent).toEqual([]);
});

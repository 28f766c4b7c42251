// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeAudit } from '../src/audit/server/index.ts';
import { installInstruments } from '../src/risk/server/index.ts';
import { startApp, type PersonName, type TestApp } from './support/app.ts';
import { aBasis } from './support/basis.ts';
import type { DuplicatePage, DuplicatePair, MergeView } from '../src/people/domain/duplicate.ts';
import type { Identity } from '../src/people/domain/identity.ts';
import type { PersonRecord } from '../src/people/domain/person-record.ts';
import { compareWaiting } from '../src/people/server/index.ts';

let app: TestApp;
let basisId: string;
beforeAll(async () => {
  app = await startApp({ everyRole: true });
  await installInstruments(app.db.owner, uuidv7);
  basisId = await aBasis(app.db.owner, { needsConsent: true });
}, 60_000);
afterAll(() => app?.close());

const said = (over: object = {}) => ({
  eventId: uuidv7(),
  purpose: 'register',
  act: 'given',
  byWhom: 'self',
  way: 'spoken',
  observedAt: '2026-03-01T03:00:00Z',
  ...over,
});
interface Made {
  readonly regionId: number;
  readonly personId: string;
  readonly householdId: string;
}
const identityOf = (full: string, over: Partial<Identity> = {}): Identity => ({
  names: [{ kind: 'official', full }],
  phones: [],
  documents: [],
  ...over,
});

async function register(who: PersonName, placeId: string, identity: Identity, over: object = {}): Promise<Made> {
  const personId = uuidv7(),
    householdId = uuidv7();
  const member = { personId, sex: 2, bornOn: '1990-05-17', bornPrecision: 3, identity, consents: [said()], ...over };
  const { status, body, text } = await (
    await app.as(who)
  ).post<{ regionId: number }>('/api/people', { householdId, placeId, basisId, members: [member] });
  expect([status, text]).toEqual([201, text]);
  return { regionId: body.regionId, personId, householdId };
}

async function compare(): Promise<void> {
  await compareWaiting(
    { vault: app.server.vault, writeDown: writeAudit },
    { db: app.db.jobs, now: () => new Date(), newId: uuidv7, signal: new AbortController().signal },
  );
}
const queue = async (who: PersonName, query = ''): Promise<DuplicatePage> =>
  (await (await app.as(who)).get<DuplicatePage>(`/api/people/duplicates${query}`)).body;
const of = (page: DuplicatePage, ...people: readonly Made[]): DuplicatePair[] =>
  page.rows.filter(({ a, b }) => people.every(({ personId }) => a.personId === personId || b.personId === personId));
const at = ({ regionId, personId }: Made): string => `/api/people/${regionId}/${personId}`;
const recordOf = async (who: PersonName, made: Made): Promise<PersonRecord> => (await (await app.as(who)).get<PersonRecord>(at(made))).body;
const mergeBody = (pair: DuplicatePair, over: object = {}) => ({
  version: pair.version,
  stays: 'a',
  take: [],
  versions: { a: pair.a.version, b: pair.b.version },
  ...over,
});
const village = (n = 0) => app.land.eastVillages[n]!.placeId;

describe('Som, district officer of East Bay, looks through people written down twice', () => {
  let first: Made, second: Made;
  beforeAll(async () => {
    first = await register('district_officer', village(), identityOf('Malee Saengthong', { phones: ['081 234 5678'] }));
    second = await register('district_officer', village(1), identityOf('มาลี แสงทอง', { phones: ['+66 81 234 5678'] }));
    await register('district_officer', village(), identityOf('Prasert Wongsawat'));
    await compare();
  });

  it('finds them, with reasons and without a name, and the record says that nobody in person opened them', async () => {
    const som = await app.as('district_officer');
    const { text, body } = await som.get<DuplicatePage>('/api/people/duplicates');
    const [pair] = of(body, first, second);
    expect(body.rows).toHaveLength(1);
    expect(pair).toMatchObject({ likely: 'very-likely', state: 'open', a: { age: 36, place: { level: 3 } } });
    expect(pair?.reasons.map(({ field, level }) => `${field} ${level}`)).toEqual(expect.arrayContaining(['phone shared', 'birth same']));
    expect(text).not.toMatch(/Malee|มาลี|081/);
    const { rows } = await sql<{ actor: string; opened: number; subject: string | null }>`
      select actor_id as actor, (detail->>'opened')::int as opened, subject from waymark.audit_entry where action = 'people.compare'`.execute(
      app.db.owner,
    );
    expect(rows[0]).toMatchObject({ actor: 'system', opened: 3, subject: null });
  });

  it('is shown only pairs of her own area: what straddles two districts goes to Mali, who holds both', async () => {
    const west = await register(
      'other_district_officer',
      app.land.westVillages[0].placeId,
      identityOf('Malee Saengthong', { phones: ['0812345678'] }),
    );
    await compare();
    expect(of(await queue('district_officer'), west)).toHaveLength(0);
    expect(of(await queue('other_district_officer'), west)).toHaveLength(0);
    const across = of(await queue('coordinator'), west);
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
    const [pair] = of(await queue('district_officer'), first, second);
    const decide = (decision: string, version: number) =>
      som.post<DuplicatePair>(`/api/people/duplicates/${pair!.pairId}/decision`, { decision, version });
    const unsure = await decide('unsure', pair!.version);
    expect(unsure.body).toMatchObject({ state: 'open', decidedAt: expect.any(String) as string });
    expect((await decide('different', pair!.version)).status).toBe(409);
    expect((await decide('different', unsure.body.version)).status).toBe(200);
    await sql`select waymark.compare_everybody()`.execute(app.db.owner);
    await compare();
    expect(of(await queue('district_officer'), first, second)).toHaveLength(0);
    const { version } = await recordOf('district_officer', first);
    await som.patch(at(first), { bornOn: '1990-05-18', bornPrecision: 3, version });
    await compare();
    expect(of(await queue('district_officer'), first, second)).toHaveLength(1);
  });

  it('pages through the queue by place', async () => {
    const all = await queue('coordinator', `?placeId=${app.land.east.placeId}`);
    const paged: string[] = [];
    for (let after: string | null = ''; after !== null;) {
      const page: DuplicatePage = await queue('coordinator', `?limit=1&placeId=${app.land.east.placeId}${after && `&after=${after}`}`);
      paged.push(...page.rows.map(({ pairId }) => pairId));
      after = page.next;
    }
    expect(paged).toEqual(all.rows.map(({ pairId }) => pairId));
    expect(all.rows.length).toBeGreaterThan(1);
    expect((await queue('coordinator', `?placeId=${app.land.westVillages[1].placeId}`)).rows).toHaveLength(0);
    const wrong = await (await app.as('coordinator')).get('/api/people/duplicates?after=1_2_3');
    expect(wrong.status).toBe(400);
  });
});

/** What must be the same again after a merge was taken back. */
async function picture(...people: readonly Made[]): Promise<unknown> {
  const ids = people.map(({ personId }) => personId);
  const mali = await app.as('coordinator');
  const { rows: persons } = await sql`select person_id, household_id, place_id, sex, born_on, born_precision, state, state_on, merged_into
    from waymark.person where person_id = any (${ids}::uuid[]) order by 1`.execute(app.db.owner);
  const { rows: consents } =
    await sql`select event_id, person_id, purpose, act, by_whom from waymark.consent_event where person_id = any (${ids}::uuid[]) order by 1`.execute(
      app.db.owner,
    );
  const { rows: standings } =
    await sql`select subject_id, instrument_code, place_id, sex, age_group, excess, known, applicable, band, answers, observed_at, valid_until
    from waymark.standing where subject_id = any (${ids}::uuid[]) order by 1, 2`.execute(app.db.owner);
  const { rows: rollups } =
    await sql`select * from waymark.rollup r where (to_jsonb(r)->>'people')::int is distinct from 0 order by r::text`.execute(app.db.owner);
  const { rows: care } =
    await sql`select assignment_id, person_id, kind, account_id, ended_at from waymark.assignment where person_id = any (${ids}::uuid[]) order by 1`.execute(
      app.db.owner,
    );
  const identities = await Promise.all(
    people.map(async (made) => (await mali.get<{ identity: Identity }>(`${at(made)}/identity`)).body.identity),
  );
  return { persons, consents, standings, rollups, care, identities };
}

async function assess(made: Made, answers: Record<string, number>, observedAt: string, supersedes?: string): Promise<string> {
  const assessmentId = uuidv7();
  const { status, text } = await (
    await app.as('coordinator')
  ).post('/api/assessments', {
    assessmentId,
    subjectKind: 'person',
    subjectId: made.personId,
    regionId: made.regionId,
    instrument: 'household-28',
    answers,
    observedAt,
    ...(supersedes && { supersedes }),
  });
  expect([status, text]).toEqual([201, text]);
  return assessmentId;
}

const bandOf = async (made: Made) =>
  (
    await sql<{ excess: number; known: number }>`select excess, known from waymark.standing where subject_id = ${made.personId}`.execute(
      app.db.owner,
    )
  ).rows[0];

describe('Mali merges two records, and takes it back', () => {
  it('keeps names, answers, corrections, words and care of both on the one that stays; then everything is as it was', async () => {
    const one = await register('district_officer', village(), identityOf('Sunisa Kaewmanee', { phones: ['0891112222'] }));
    const two = await register(
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
    await assess(one, { school_attendance: 1 }, '2026-02-01T03:00:00Z');
    const wrong = await assess(two, { school_attendance: 3 }, '2026-05-01T03:00:00Z');
    await assess(two, { school_attendance: 2 }, '2026-05-01T03:00:00Z', wrong);
    const given = await mali.post(`${at(two)}/assignments`, { assignmentId: uuidv7(), accountId: app.accountIds.case_worker });
    expect([given.status, given.text]).toEqual([201, given.text]);
    await compare();
    const [pair] = of(await queue('coordinator'), one, two);
    expect(pair).toBeDefined();
    const before = await picture(one, two);
    const twoBefore = await bandOf(two);

    const stays = pair!.a.personId === one.personId ? 'a' : 'b';
    const body = mergeBody(pair!, { stays, take: ['bornOn'] });
    expect((await mali.post(`/api/people/duplicates/${pair!.pairId}/merge`, { ...body, versions: { a: 77, b: 77 } })).status).toBe(409);
    expect((await mali.post(`/api/people/duplicates/${pair!.pairId}/merge`, { ...body, take: ['household', 'place'] })).status).toBe(200);
    const again = await mali.get<{ merges: MergeView[] }>(`${at(one)}/merges`);
    const [firstMerge] = again.body.merges;
    expect(firstMerge).toMatchObject({ stayed: true, mayTakeBack: true, withPerson: { personId: two.personId } });

    const kept = await recordOf('coordinator', one);
    expect(kept.householdId).toBe(two.householdId);
    expect(await recordOf('coordinator', two)).toMatchObject({ state: 'merged', mergedInto: { personId: one.personId } });
    expect((await recordOf('coordinator', two)).events.map(({ kind }) => kind)).toContain('merged');
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
    expect((await mali.send('PUT', `${at(two)}/identity`, rename)).status).toBe(403);
    const undone = await mali.post<{ merges: MergeView[] }>(`${at(one)}/merges/${firstMerge!.mergeId}/take-back`);
    expect([undone.status, undone.text]).toEqual([200, undone.text]);
    expect(await picture(one, two)).toEqual(before);
    expect((await recordOf('coordinator', one)).events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['merged', 'unmerged']));
    expect((await mali.post(`${at(one)}/merges/${firstMerge!.mergeId}/take-back`)).status).toBe(409);
    const { rows } = await sql<{
      action: string;
    }>`select action from waymark.audit_entry where subject = ${one.personId} and action like 'people.%merge' order by at`.execute(
      app.db.owner,
    );
    expect(rows.map(({ action }) => action)).toEqual(['people.merge', 'people.unmerge']);
  });
});

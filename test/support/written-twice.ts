// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { expect } from 'vitest';
import { writeAudit } from '../../src/audit/server/index.ts';
import type { DuplicatePage, DuplicatePair } from '../../src/people/domain/duplicate.ts';
import type { Identity } from '../../src/people/domain/identity.ts';
import type { PersonRecord } from '../../src/people/domain/person-record.ts';
import { compareWaiting } from '../../src/people/server/index.ts';
import type { PersonName, TestApp } from './app.ts';
import { aBasis } from './basis.ts';

export const said = (over: object = {}) => ({
  eventId: uuidv7(),
  purpose: 'register',
  act: 'given',
  byWhom: 'self',
  way: 'spoken',
  observedAt: '2026-03-01T03:00:00Z',
  ...over,
});
export interface Made {
  readonly regionId: number;
  readonly personId: string;
  readonly householdId: string;
}
export const identityOf = (full: string, over: Partial<Identity> = {}): Identity => ({
  names: [{ kind: 'official', full }],
  phones: [],
  documents: [],
  ...over,
});

export const of = (page: DuplicatePage, ...people: readonly Made[]): DuplicatePair[] =>
  page.rows.filter(({ a, b }) => people.every(({ personId }) => a.personId === personId || b.personId === personId));
export const at = ({ regionId, personId }: Made): string => `/api/people/${regionId}/${personId}`;
export const mergeBody = (pair: DuplicatePair, over: object = {}) => ({
  version: pair.version,
  stays: 'a',
  take: [],
  versions: { a: pair.a.version, b: pair.b.version },
  ...over,
});

/** People of a running Waymark who may be written down twice, and what its screens ask about them. */
export type WrittenTwice = Awaited<ReturnType<typeof writtenTwice>>;
export async function writtenTwice(app: TestApp) {
  const basisId = await aBasis(app.db.owner, { needsConsent: true });
  async function register(who: PersonName, placeId: string, identity: Identity, over: object = {}): Promise<Made> {
    const personId = uuidv7(),
      householdId = uuidv7();
    const member = {
      personId,
      sex: 2,
      bornOn: '1990-05-17',
      bornPrecision: 3,
      identity,
      consents: [said(), said({ purpose: 'assist' }), said({ purpose: 'contact' })],
      ...over,
    };
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
  const recordOf = async (who: PersonName, made: Made): Promise<PersonRecord> =>
    (await (await app.as(who)).get<PersonRecord>(at(made))).body;
  /** What must be the same again after a merge was taken back. */
  async function picture(...people: readonly Made[]): Promise<unknown> {
    const ids = people.map(({ personId }) => personId);
    const mali = await app.as('coordinator');
    const { rows: persons } =
      await sql`select person_id, household_id, place_id, sex, born_on, born_precision, state, state_on, merged_into, restricted_for
    from waymark.person where person_id = any (${ids}::uuid[]) order by 1`.execute(app.db.owner);
    const { rows: consents } =
      await sql`select event_id, person_id, purpose, act, by_whom from waymark.consent_event where person_id = any (${ids}::uuid[]) order by 1`.execute(
        app.db.owner,
      );
    const { rows: standings } =
      await sql`select subject_id, instrument_code, place_id, sex, age_group, excess, known, applicable, band, answers, observed_at, valid_until
    from waymark.standing where subject_id = any (${ids}::uuid[]) order by 1, 2`.execute(app.db.owner);
    const { rows: rollups } = await sql`select * from waymark.rollup r where n <> 0 order by r::text`.execute(app.db.owner);
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

  return { register, compare, queue, recordOf, picture, assess };
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { PlaceRef } from '../../places/domain/place.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { WordsAsked, WordRow, WordStage, Word } from '../domain/consent-standing.ts';
import type { PersonKey } from '../domain/person-record.ts';
import { districtOf } from './erasure/queries-requests.ts';

/** Where a page before ended: microseconds, because an import writes many at one moment. */
export interface WordCursor {
  readonly at: string;
  readonly eventId: string;
}

type Dated = Omit<Word, 'observedAt' | 'recordedAt'> & { readonly observedAt: Date; readonly recordedAt: Date };
export type StoredWord = Word & PersonKey & Pick<WordRow, 'way' | 'language' | 'wording' | 'organisation'> & { readonly cursorAt: string };

const millis = <T extends Dated>(row: T) => ({ ...row, observedAt: row.observedAt.getTime(), recordedAt: row.recordedAt.getTime() });
const word = sql`c.region_id as "regionId", c.person_id as "personId", c.event_id as "eventId", c.purpose, c.act, c.by_whom as "byWhom",
  c.organisation_id as "organisationId", c.observed_at as "observedAt", c.recorded_at as "recordedAt"`;

/** The last written down first. `keys`: of these records alone. */
export async function listWords(
  tx: Tx,
  { purpose, act, from, to }: WordsAsked,
  keys: readonly PersonKey[] | null,
  before: WordCursor | null,
  limit: number,
): Promise<StoredWord[]> {
  const { rows } = await sql<Dated & Omit<StoredWord, keyof Word>>`
    select ${word}, c.way, c.language, c.wording, o.name as organisation,
           to_char(c.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "cursorAt"
    from waymark.consent_event c left join waymark.organisation o on o.organisation_id = c.organisation_id
    where ${purpose === undefined ? sql`true` : sql`c.purpose = ${purpose}`} and ${act === undefined ? sql`true` : sql`c.act = ${act}`}
      and ${from === undefined ? sql`true` : sql`c.recorded_at >= ${from}::date::timestamp at time zone waymark.time_zone()`}
      and ${to === undefined ? sql`true` : sql`c.recorded_at < (${to}::date + 1)::timestamp at time zone waymark.time_zone()`}
      and ${
        keys === null
          ? sql`true`
          : sql`(c.region_id, c.person_id) in (select * from unnest(${keys.map((key) => key.regionId)}::integer[], ${keys.map((key) => key.personId)}::uuid[]))`
      }
      and ${before === null ? sql`true` : sql`(c.recorded_at, c.event_id) < (${before.at}::timestamptz, ${before.eventId}::uuid)`}
    order by c.recorded_at desc, c.event_id desc limit ${limit}`.execute(tx);
  return rows.map(millis);
}

/** Everything that was said of these records. */
export async function findAllWords(tx: Tx, keys: readonly PersonKey[]): Promise<(Word & PersonKey)[]> {
  const { rows } = await sql<Dated & PersonKey>`
    select ${word} from (select distinct * from unnest(${keys.map((key) => key.regionId)}::integer[], ${keys.map((key) => key.personId)}::uuid[])) k (region_id, person_id)
    join waymark.consent_event c using (region_id, person_id)`.execute(tx);
  return rows.map(millis);
}

/** For each word, in order, what is known of the record (waymark.stages_of); undefined where there is none. */
export async function findStages(tx: Tx, words: readonly (Word & PersonKey)[]): Promise<(WordStage | undefined)[]> {
  const { rows } = await sql<{ n: number; state: number; stage_then: number | null; stage_now: number | null }>`
    select n, state, stage_then, stage_now from waymark.stages_of(${words.map((each) => each.regionId)}::integer[], ${words.map((each) => each.personId)}::uuid[],
      ${words.map((each) => new Date(each.observedAt).toISOString())}::timestamptz[])`.execute(tx);
  const found = new Map(rows.map((row) => [row.n, { joined: row.state === 4, before: row.stage_then, today: row.stage_now }]));
  return words.map((_word, i) => found.get(i + 1));
}

/** The district of each, by region and id. */
export async function findDistricts(tx: Tx, keys: readonly PersonKey[]): Promise<ReadonlyMap<string, PlaceRef | null>> {
  const { rows } = await sql<PersonKey & { district: PlaceRef | null }>`
    select k.region_id as "regionId", k.person_id as "personId", ${districtOf('k')} as district
    from (select distinct * from unnest(${keys.map((key) => key.regionId)}::integer[], ${keys.map((key) => key.personId)}::uuid[])) k (region_id, person_id)`.execute(
    tx,
  );
  return new Map(rows.map(({ regionId, personId, district }) => [`${regionId} ${personId}`, district]));
}

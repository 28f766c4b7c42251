// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';

export interface HistoryPlace {
  readonly placeId: string;
  readonly regionId: number;
  readonly path: string;
  readonly people: number;
}

/** Every place, with how many people live in it (not below it), by path. */
export async function findHistoryPlaces(tx: Tx): Promise<HistoryPlace[]> {
  const { rows } = await sql<HistoryPlace>`
    select p.place_id as "placeId", p.region_id as "regionId", p.path::text as path, coalesce(n.people, 0) as people
    from waymark.place p left join (select place_id, count(*) as people from waymark.person group by 1) n using (place_id)
    order by p.path`.execute(tx);
  return rows;
}

export interface HistoryPerson {
  readonly regionId: number;
  readonly personId: string;
  readonly householdId: string | null;
  readonly sex: number;
  readonly bornOn: string | null;
}

export interface RecordedPerson extends HistoryPerson {
  /** What was recorded of her household since does not count for her (db/migrations/0032); null: everything counts. */
  readonly restrictedAt: number | null;
}

export async function findPeopleOfPlace(tx: Tx, placeId: string): Promise<RecordedPerson[]> {
  const { rows } = await sql<RecordedPerson>`
    select region_id as "regionId", person_id as "personId", household_id as "householdId", sex, born_on as "bornOn",
           (extract(epoch from restricted_at) * 1000)::float8 as "restrictedAt"
    from waymark.person where place_id = ${placeId} and state = 1 order by region_id, person_id`.execute(tx);
  return rows;
}

export interface HistoryRow {
  readonly subjectId: string;
  readonly assessmentId: string;
  readonly instrumentId: string;
  readonly answers: Uint8Array;
  readonly observedAt: number;
  readonly recordedAt: number;
  readonly ends: number[];
  readonly supersedes: string | null;
}

const columns = sql`a.subject_id as "subjectId", a.assessment_id as "assessmentId", a.instrument_id as "instrumentId", a.answers, a.supersedes,
  (extract(epoch from a.observed_at) * 1000)::float8 as "observedAt", (extract(epoch from a.recorded_at) * 1000)::float8 as "recordedAt",
  array(select (extract(epoch from e) * 1000)::float8 from unnest(a.valid_until) e) as ends`;
// Asked once a batch, not once a row.
const batches = sql`stands as materialized (
  select h.batch_id from (select distinct batch_id from held where batch_id is not null) h where waymark.batch_stands(h.batch_id))`;
const standing = sql`(a.batch_id is null or a.batch_id in (select batch_id from stands))`;

/** Everything measured of these people or households under some instrument versions, undone batches left out. */
export async function findHistory(
  tx: Tx,
  instrumentIds: readonly string[],
  kind: 'person' | 'household',
  keys: readonly { regionId: number; id: string }[],
): Promise<HistoryRow[]> {
  const { rows } = await sql<HistoryRow>`
    with held as materialized (
      select a.*
      from unnest(${keys.map((k) => k.regionId)}::integer[], ${keys.map((k) => k.id)}::uuid[]) k(region_id, id)
      join waymark.assessment a on a.region_id = k.region_id and a.subject_kind = ${kind} and a.subject_id = k.id
      where a.instrument_id = any (${instrumentIds}::uuid[])
    ), ${batches}
    select ${columns} from held a where ${standing}`.execute(tx);
  return rows;
}

/** Everything measured of places under some instrument versions. */
export async function findPlaceHistory(tx: Tx, instrumentIds: readonly string[]): Promise<HistoryRow[]> {
  const { rows } = await sql<HistoryRow>`
    with held as materialized (
      select a.* from waymark.assessment a
      where a.subject_kind = 'place' and a.origin = 'measured' and a.instrument_id = any (${instrumentIds}::uuid[])
    ), ${batches}
    select ${columns} from held a where ${standing}`.execute(tx);
  return rows;
}

/** A row of waymark.standing of a person; instants in milliseconds. */
export interface StandingRow {
  readonly regionId: number;
  readonly personId: string;
  readonly placeId: string;
  readonly sex: number;
  readonly ageGroup: number;
  readonly excess: number;
  readonly known: number;
  readonly applicable: number;
  readonly band: number;
  readonly answers: Uint8Array;
  readonly observedAt: number | null;
  readonly validUntil: number | null;
  readonly nextChange: number | null;
}

const dates = (all: readonly (number | null)[]): (Date | null)[] => all.map((ms) => (ms === null ? null : new Date(ms)));

/** Puts standings in, as the owner, replacing those that differ; one statement, so the rollups follow once. */
export async function upsertStandings(
  tx: Tx,
  code: string,
  version: number,
  rows: readonly StandingRow[],
  computedAt: Date,
): Promise<void> {
  await sql`
    insert into waymark.standing as s (region_id, instrument_code, subject_kind, subject_id, place_id, sex, age_group, instrument_version, excess, known, applicable,
                                       band, answers, observed_at, valid_until, next_change, computed_at)
    select region_id, ${code}, 'person', subject_id, place_id, sex, age_group, ${version}::integer, excess, known, applicable, band, answers, observed_at, valid_until, next_change, ${computedAt}::timestamptz
    from unnest(${rows.map((r) => r.regionId)}::integer[], ${rows.map((r) => r.personId)}::uuid[], ${rows.map((r) => r.placeId)}::uuid[], ${rows.map((r) => r.sex)}::smallint[],
                ${rows.map((r) => r.ageGroup)}::smallint[], ${rows.map((r) => r.excess)}::integer[], ${rows.map((r) => r.known)}::integer[], ${rows.map((r) => r.applicable)}::integer[],
                ${rows.map((r) => r.band)}::smallint[], ${rows.map((r) => r.answers)}::bytea[], ${dates(rows.map((r) => r.observedAt))}::timestamptz[],
                ${dates(rows.map((r) => r.validUntil))}::timestamptz[], ${dates(rows.map((r) => r.nextChange))}::timestamptz[])
      r(region_id, subject_id, place_id, sex, age_group, excess, known, applicable, band, answers, observed_at, valid_until, next_change)
    order by region_id, subject_id
    on conflict (region_id, instrument_code, subject_kind, subject_id) do update
      set place_id = excluded.place_id, sex = excluded.sex, age_group = excluded.age_group, instrument_version = excluded.instrument_version, excess = excluded.excess,
          known = excluded.known, applicable = excluded.applicable, band = excluded.band, answers = excluded.answers, observed_at = excluded.observed_at,
          valid_until = excluded.valid_until, next_change = excluded.next_change, computed_at = excluded.computed_at
      where (s.place_id, s.sex, s.age_group, s.instrument_version, s.answers, s.observed_at, s.valid_until, s.next_change)
        is distinct from (excluded.place_id, excluded.sex, excluded.age_group, excluded.instrument_version, excluded.answers, excluded.observed_at, excluded.valid_until, excluded.next_change)`.execute(
    tx,
  );
}

/** One cell of the monthly figures of one place, ancestors included. */
export interface MonthCell {
  readonly regionId: number;
  readonly placeId: string;
  readonly monthEnd: string;
  readonly sex: number;
  readonly ageGroup: number;
  readonly band: number;
  readonly n: number;
}

/** Replaces the monthly figures of an instrument for these months, as the owner. */
export async function replaceMonths(tx: Tx, code: string, months: readonly string[], cells: readonly MonthCell[]): Promise<void> {
  await sql`delete from waymark.rollup_month where instrument_code = ${code} and month_end = any (${months}::date[])`.execute(tx);
  const step = 20_000;
  for (let from = 0; from < cells.length; from += step) {
    const part = cells.slice(from, from + step);
    await sql`
      insert into waymark.rollup_month (region_id, place_id, instrument_code, month_end, sex, age_group, band, n)
      select region_id, place_id, ${code}, month_end, sex, age_group, band, n
      from unnest(${part.map((c) => c.regionId)}::integer[], ${part.map((c) => c.placeId)}::uuid[], ${part.map((c) => c.monthEnd)}::date[], ${part.map((c) => c.sex)}::smallint[],
                  ${part.map((c) => c.ageGroup)}::smallint[], ${part.map((c) => c.band)}::smallint[], ${part.map((c) => c.n)}::integer[])
        c(region_id, place_id, month_end, sex, age_group, band, n)`.execute(tx);
  }
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { orProblem } from '../../../people/server/index.ts';
import { bytes, dates, integers, moments, smallints, uuids, words } from '../../../platform/server/arrays.ts';
import type { Tx } from '../../../platform/server/endpoint.ts';
import type { HistoryRow, StandingRow } from '../queries-history.ts';

export interface IntakePlace {
  readonly placeId: string;
  readonly regionId: number;
  readonly code: string;
  readonly level: number;
  readonly path: string;
  /** Within the importer's own area. */
  readonly inside: boolean;
}

export async function findIntakePlaces(tx: Tx, country: string): Promise<IntakePlace[]> {
  const { rows } = await sql<IntakePlace>`
    select place_id as "placeId", region_id as "regionId", code, level, path::text as path,
           path <@ any ((select waymark.scope_paths())::ltree[]) as inside
    from waymark.place where country = ${country} order by path`.execute(tx);
  return rows;
}

export interface StatedBasis {
  readonly basisId: string;
  readonly title: string;
  readonly needsConsent: boolean;
  readonly inForce: boolean;
}

/** Lawful bases of this title, or the one of this id. */
export async function findBases(tx: Tx, stated: string, today: string): Promise<StatedBasis[]> {
  const { rows } = await sql<StatedBasis>`
    select basis_id as "basisId", title, needs_consent as "needsConsent", ended_at is null and from_on <= ${today}::date as "inForce"
    from waymark.lawful_basis where basis_id::text = lower(${stated}) or title = ${stated} order by created_at`.execute(tx);
  return rows;
}

export async function arePeopleKept(tx: Tx): Promise<boolean> {
  const {
    rows: [row],
  } = await sql<{ kept: boolean }>`select waymark.people_kept() as kept`.execute(tx);
  return row?.kept ?? false;
}

/** One import of people at a time; the next waits here. Refuses whoever may not. */
export async function lockImport(tx: Tx, batchId: string): Promise<void> {
  await orProblem(sql`select waymark.lock_people_import(${batchId}::uuid)`.execute(tx));
}

export async function lockScoring(tx: Tx, batchId: string, code: string): Promise<void> {
  await orProblem(sql`select waymark.lock_people_scoring(${batchId}::uuid, ${code})`.execute(tx));
}

/** An id that is taken by a record outside the importer's area, by a closed one or by one that was erased: nothing else is told of it. */
interface ClosedRecord {
  readonly digest: Buffer;
  readonly inside: false;
  /** She was erased: no list brings her back. */
  readonly erased: boolean;
}

export interface KnownPerson {
  readonly digest: Buffer;
  readonly regionId: number;
  readonly personId: string;
  readonly householdId: string | null;
  readonly sex: number;
  readonly bornOn: string | null;
  readonly inside: true;
  readonly erased: false;
  /** She objected: nothing new is recorded about her until that is decided. */
  readonly restricted: boolean;
}

export async function findKnown(
  tx: Tx,
  batchId: string,
  source: string,
  digests: readonly Uint8Array[],
): Promise<(KnownPerson | ClosedRecord)[]> {
  const { rows } = await orProblem(
    sql<KnownPerson | ClosedRecord>`
    select digest, region_id as "regionId", person_id as "personId", household_id as "householdId", sex, born_on as "bornOn", inside, restricted, erased
    from waymark.known_of_source(${batchId}::uuid, ${source}, ${bytes(digests)}::bytea[])`.execute(tx),
  );
  return rows;
}

export interface NewHousehold {
  readonly regionId: number;
  readonly householdId: string;
  readonly placeId: string;
}

export async function insertHomes(tx: Tx, batchId: string, homes: readonly NewHousehold[]): Promise<void> {
  await orProblem(
    sql`select waymark.import_households(${batchId}::uuid, ${integers(homes.map((h) => h.regionId))}::integer[],
      ${uuids(homes.map((h) => h.householdId))}::uuid[], ${uuids(homes.map((h) => h.placeId))}::uuid[])`.execute(tx),
  );
}

export interface NewConsent {
  readonly regionId: number;
  readonly eventId: string;
  readonly personId: string;
  readonly speaker: string;
  readonly at: number;
}

export async function insertConsents(
  tx: Tx,
  batchId: string,
  how: { readonly way: string; readonly language: string | null; readonly wording: string | null; readonly recordedAt: Date },
  consents: readonly NewConsent[],
): Promise<void> {
  if (consents.length === 0) return;
  await orProblem(
    sql`select waymark.import_consents(${batchId}::uuid, ${integers(consents.map((c) => c.regionId))}::integer[],
      ${uuids(consents.map((c) => c.eventId))}::uuid[], ${uuids(consents.map((c) => c.personId))}::uuid[], ${words(consents.map((c) => c.speaker))}::text[],
      ${how.way}, ${how.language}, ${how.wording}, ${moments(consents.map((c) => c.at))}::timestamptz[], ${how.recordedAt}::timestamptz)`.execute(
      tx,
    ),
  );
}

export interface NewPerson {
  readonly regionId: number;
  readonly personId: string;
  readonly householdId: string | null;
  readonly placeId: string;
  readonly sex: number;
  readonly bornOn: string | null;
  readonly precision: number;
  readonly digest: Uint8Array | null;
}

export async function insertPeopleOfFile(
  tx: Tx,
  { batchId, basisId, source, keyId }: { batchId: string; basisId: string; source: string; keyId: string | null },
  people: readonly NewPerson[],
): Promise<void> {
  await orProblem(
    sql`select waymark.import_people(${batchId}::uuid, ${basisId}::uuid, ${integers(people.map((p) => p.regionId))}::integer[],
      ${uuids(people.map((p) => p.personId))}::uuid[], ${uuids(people.map((p) => p.householdId))}::uuid[], ${uuids(people.map((p) => p.placeId))}::uuid[],
      ${smallints(people.map((p) => p.sex))}::smallint[], ${dates(people.map((p) => p.bornOn))}::date[], ${smallints(people.map((p) => p.precision))}::smallint[],
      ${source}, ${keyId}, ${bytes(people.map((p) => p.digest))}::bytea[])`.execute(tx),
  );
}

export interface NewAnswers {
  readonly regionId: number;
  readonly subjectId: string;
  readonly assessmentId: string;
  readonly answers: Uint8Array;
  readonly at: number;
}

export async function insertAnswers(
  tx: Tx,
  { batchId, instrumentId, kind, recordedAt }: { batchId: string; instrumentId: string; kind: 'person' | 'household'; recordedAt: Date },
  lines: readonly NewAnswers[],
): Promise<void> {
  if (lines.length === 0) return;
  await orProblem(
    sql`select waymark.import_answers(${batchId}::uuid, ${instrumentId}::uuid, ${kind}, ${integers(lines.map((l) => l.regionId))}::integer[],
      ${uuids(lines.map((l) => l.subjectId))}::uuid[], ${uuids(lines.map((l) => l.assessmentId))}::uuid[], ${bytes(lines.map((l) => l.answers))}::bytea[],
      ${moments(lines.map((l) => l.at))}::timestamptz[], ${recordedAt}::timestamptz)`.execute(tx),
  );
}

/** What was measured of places, as the batch engine reads it. */
export async function findMeasuredOfPlaces(tx: Tx, batchId: string, instrumentIds: readonly string[]): Promise<HistoryRow[]> {
  const { rows } = await orProblem(
    sql<HistoryRow>`
    select place_id as "subjectId", assessment_id as "assessmentId", instrument_id as "instrumentId", answers, supersedes,
      (extract(epoch from observed_at) * 1000)::float8 as "observedAt", (extract(epoch from recorded_at) * 1000)::float8 as "recordedAt",
      array(select (extract(epoch from e) * 1000)::float8 from unnest(valid_until) e) as ends
    from waymark.import_place_history(${batchId}::uuid, ${instrumentIds}::uuid[])`.execute(tx),
  );
  return rows;
}

/** One statement, so the counts of each place follow once: rows of one place should come together. */
export async function insertStandings(
  tx: Tx,
  { batchId, code, version, at }: { batchId: string; code: string; version: number; at: Date },
  rows: readonly StandingRow[],
): Promise<void> {
  const counts = countAnswers(rows);
  await orProblem(
    sql`select waymark.import_standings(${batchId}::uuid, ${code}, ${version}::integer, ${integers(rows.map((r) => r.regionId))}::integer[],
      ${uuids(rows.map((r) => r.personId))}::uuid[], ${uuids(rows.map((r) => r.placeId))}::uuid[], ${smallints(rows.map((r) => r.sex))}::smallint[],
      ${smallints(rows.map((r) => r.ageGroup))}::smallint[], ${integers(rows.map((r) => r.excess))}::integer[], ${integers(rows.map((r) => r.known))}::integer[],
      ${integers(rows.map((r) => r.applicable))}::integer[], ${smallints(rows.map((r) => r.band))}::smallint[], ${bytes(rows.map((r) => r.answers))}::bytea[],
      ${moments(rows.map((r) => r.observedAt))}::timestamptz[], ${moments(rows.map((r) => r.validUntil))}::timestamptz[],
      ${moments(rows.map((r) => r.nextChange))}::timestamptz[], ${at}::timestamptz,
      ${uuids(counts.map((c) => c.placeId))}::uuid[], ${smallints(counts.map((c) => c.position))}::smallint[],
      ${smallints(counts.map((c) => c.score))}::smallint[], ${integers(counts.map((c) => c.n))}::integer[])`.execute(tx),
  );
}

/** How many people of one place have which answer to the indicator at a position. */
interface AnswerCount {
  readonly placeId: string;
  readonly position: number;
  readonly score: number;
  n: number;
}

function countAnswers(rows: readonly StandingRow[]): AnswerCount[] {
  const counts = new Map<string, AnswerCount[]>();
  for (const { placeId, answers } of rows) {
    let ofPlace = counts.get(placeId);
    if (!ofPlace) {
      ofPlace = Array.from({ length: answers.length * 3 }, (_, at) => ({
        placeId,
        position: Math.floor(at / 3),
        score: (at % 3) + 1,
        n: 0,
      }));
      counts.set(placeId, ofPlace);
    }
    for (let position = 0; position < answers.length; position++) {
      const score = answers[position]!;
      if (score >= 1 && score <= 3) ofPlace[position * 3 + score - 1]!.n++;
    }
  }
  return [...counts.values()].flat().filter(({ n }) => n > 0);
}

/** Whatever of the identities still waits for its index. */
export async function indexCodes(tx: Tx, batchId: string): Promise<void> {
  await orProblem(sql`select waymark.index_imported_codes(${batchId}::uuid)`.execute(tx));
}

export interface TakenBack {
  readonly people: number;
  readonly households: number;
  readonly answers: number;
  readonly stayHeld: number;
  readonly stayAsked: number;
  readonly stayAssessed: number;
  readonly stayChanged: number;
  readonly staySaid: number;
  readonly stayAssigned: number;
}

export async function takePeopleBack(tx: Tx, batchId: string): Promise<TakenBack> {
  const {
    rows: [row],
  } = await orProblem(
    sql<TakenBack>`
    select people, households, answers, stay_held as "stayHeld", stay_asked as "stayAsked",
      stay_assessed as "stayAssessed", stay_changed as "stayChanged", stay_said as "staySaid", stay_assigned as "stayAssigned"
    from waymark.undo_people_import(${batchId}::uuid)`.execute(tx),
  );
  if (!row) throw new Error('undoing an import of people answered nothing');
  return row;
}

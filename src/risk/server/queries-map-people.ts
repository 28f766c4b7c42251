// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';

/** Figures of people as the reader behind the transaction may have them: published ones, and exact ones of her own area (db/migrations/0018, 0019). */

/** Ends of the closed months, oldest first; the last may not be published yet. */
export async function findMonths(tx: Tx, code: string, country: string): Promise<{ monthEnd: string; published: boolean }[]> {
  const { rows } = await sql<{ monthEnd: string; published: boolean }>`
    select month_end as "monthEnd", published from waymark.published_months(${code}, ${country})`.execute(tx);
  return rows;
}

/** A cell as published of a place, its line bands first, then n; and n by itself. Null: not shown. */
export interface PublishedCell {
  readonly placeId: string;
  readonly ago: number | null;
  readonly line: readonly number[];
  readonly aloneAgo: number | null;
  readonly n: number;
}

export async function findPublished(tx: Tx, code: string, month: string, ids: readonly string[], cell: number): Promise<PublishedCell[]> {
  const { rows } = await sql<PublishedCell>`
    select place_id as "placeId", ago, line, n_ago as "aloneAgo", n
    from waymark.published_people(${code}, ${month}::date, ${ids}::uuid[], ${cell}::integer)`.execute(tx);
  return rows;
}

/** Every published month of one place, all its cells. */
export interface PublishedPlace {
  readonly monthEnd: string;
  readonly ago: readonly (number | null)[];
  readonly lines: readonly number[];
}

export async function findPublishedPlace(tx: Tx, code: string, placeId: string): Promise<PublishedPlace[]> {
  const { rows } = await sql<PublishedPlace>`
    select month_end as "monthEnd", ago, lines from waymark.published_place(${code}, ${placeId}::uuid)`.execute(tx);
  return rows;
}

/** Per cent with the worst answer in steps of five, by indicator; null where nobody answered. */
export interface PublishedAnswers {
  readonly placeId: string;
  readonly answeredOn: string;
  readonly indicators: readonly string[];
  readonly fives: readonly (number | null)[];
}

export async function findPublishedAnswers(tx: Tx, code: string, ids: readonly string[]): Promise<PublishedAnswers[]> {
  const { rows } = await sql<PublishedAnswers>`
    select place_id as "placeId", answered_on as "answeredOn", indicators, fives from waymark.published_answers(${code}, ${ids}::uuid[])`.execute(
    tx,
  );
  return rows;
}

export interface ExactQuestion {
  readonly ids: readonly string[];
  readonly month: string | null;
  readonly sex: number | null;
  readonly ageGroup: number | null;
  readonly fine: boolean;
}
export interface ExactCounts {
  readonly placeId: string;
  readonly slots: readonly number[];
  readonly counts: readonly number[];
}

/** Exact counts in the reader's own area; slots are bands unless `fine` (waymark.figure_slot). */
export async function findExact(tx: Tx, code: string, { ids, month, sex, ageGroup, fine }: ExactQuestion): Promise<ExactCounts[]> {
  const { rows } = await sql<ExactCounts>`
    select place_id as "placeId", slots, counts
    from waymark.people_exact(${code}, ${ids}::uuid[], ${month}::date, ${sex}::smallint, ${ageGroup}::smallint, ${fine})`.execute(tx);
  return rows;
}

/** Exact counts by band of one place at the ends of months, oldest first; null: nobody. */
export async function findExactMonths(tx: Tx, code: string, placeId: string): Promise<{ monthEnd: string; counts: (number | null)[] }[]> {
  const { rows } = await sql<{ monthEnd: string; counts: (number | null)[] }>`
    select month_end as "monthEnd", counts from waymark.people_exact_months(${code}, ${placeId}::uuid)`.execute(tx);
  return rows;
}

export interface ExactAnswers {
  readonly placeId: string;
  readonly indicators: readonly string[];
  readonly answered: readonly number[];
  readonly worst: readonly number[];
}

/** How many gave a scored answer, and how many the worst, of one indicator or of all (null); in the reader's own area. */
export async function findExactAnswers(tx: Tx, code: string, ids: readonly string[], indicator: string | null): Promise<ExactAnswers[]> {
  const { rows } = await sql<ExactAnswers>`
    select place_id as "placeId", indicators, answered, worst from waymark.answers_exact(${code}, ${ids}::uuid[], ${indicator}::text)`.execute(
    tx,
  );
  return rows;
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { PublishedState } from '../../platform/domain/disclosure-series.ts';
import { cellsOf } from '../../platform/domain/disclosure-series.ts';
import type { Tx } from '../../platform/server/endpoint.ts';

/**
 * Counting people for the disclosure function, and keeping what it lets through: as waymark_jobs or the owner. The login that
 * answers requests can run none of this.
 */

/** The places of a country, each after its parent: the tree of the lattice. */
export async function findTree(tx: Tx, country: string): Promise<{ placeId: string; parentId: string | null }[]> {
  const { rows } = await sql<{ placeId: string; parentId: string | null }>`
    select place_id as "placeId", parent_id as "parentId" from waymark.place where country = ${country} order by level, place_id`.execute(
    tx,
  );
  return rows;
}

/** Counts of people at a place: `counts[i]` of them in `slots[i]` (waymark.figure_slot). */
export interface Counted {
  readonly placeId: string;
  readonly slots: readonly number[];
  readonly counts: readonly number[];
}

/** Everybody of a country, by place; `month` null: now. */
export async function countPeople(tx: Tx, code: string, country: string, month: string | null): Promise<Counted[]> {
  const from = month === null ? sql`waymark.rollup r` : sql`waymark.rollup_month r`;
  const { rows } = await sql<Counted>`
    select x.place_id as "placeId", array_agg(x.slot) as slots, array_agg(x.n) as counts from (
      select r.place_id, waymark.figure_slot(r.sex, r.age_group, r.band) as slot, sum(r.n)::integer as n
      from ${from} join waymark.place p using (place_id)
      where p.country = ${country} and r.instrument_code = ${code} and ${month === null ? sql`true` : sql`r.month_end = ${month}::date`} and r.n > 0
      group by 1, 2) x
    group by 1`.execute(tx);
  return rows;
}

export interface AnswersCounted {
  readonly placeId: string;
  readonly indicators: readonly string[];
  readonly scores: readonly number[];
  readonly counts: readonly number[];
}

/** How many people of a country gave each scored answer; protected indicators are never counted. */
export async function countAnswers(tx: Tx, code: string, country: string): Promise<AnswersCounted[]> {
  const { rows } = await sql<AnswersCounted>`
    select x.place_id as "placeId", array_agg(x.indicator) as indicators, array_agg(x.score) as scores, array_agg(x.n) as counts from (
      select r.place_id, r.indicator, r.score, sum(r.n)::integer as n
      from waymark.rollup_answer r join waymark.place p using (place_id)
      where p.country = ${country} and r.instrument_code = ${code} and r.n > 0
      group by 1, 2, 3) x
    group by 1`.execute(tx);
  return rows;
}

/** One publisher at a time, for the rest of the transaction. */
export async function lockPublishing(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('waymark.publishing', 0))`.execute(tx);
}

export interface Unpublished {
  readonly code: string;
  readonly country: string;
  readonly months: readonly string[];
  readonly last: string | null;
}

/** Closed months after the last published one (`last`), oldest first, of each instrument and country. */
export async function findUnpublished(tx: Tx): Promise<Unpublished[]> {
  const { rows } = await sql<Unpublished>`
    with closed as (
      select distinct r.instrument_code, p.country, r.month_end
      from waymark.place p join waymark.rollup_month r on r.region_id = p.region_id and r.place_id = p.place_id where p.level = 0
    ), last as (
      select instrument_code, country, max(month_end) as month_end from waymark.published_month group by 1, 2
    )
    select c.instrument_code as code, c.country, array_agg(c.month_end order by c.month_end) as months, l.month_end as last
    from closed c left join last l using (instrument_code, country)
    where l.month_end is null or c.month_end > l.month_end
    group by 1, 2, 4 order by 1, 2`.execute(tx);
  return rows;
}

interface StoredCells {
  readonly placeId: string;
  readonly ago: readonly (number | null)[];
  readonly lines: readonly (number | null)[];
}

/** What was published of a month, laid out over the places of a tree (`at`: their positions). */
export async function findState(
  tx: Tx,
  code: string,
  month: string,
  shape: PublishedState['shape'],
  at: ReadonlyMap<string, number>,
): Promise<PublishedState> {
  const cells = cellsOf(shape),
    width = shape.bands + 1;
  const state = { shape, places: at.size, ago: new Int8Array(at.size * cells).fill(-1), lines: new Int32Array(at.size * cells * width) };
  const { rows } = await sql<StoredCells>`
    select place_id as "placeId", ago, lines from waymark.published_figure where instrument_code = ${code} and month_end = ${month}::date`.execute(
    tx,
  );
  for (const { placeId, ago, lines } of rows) {
    const place = at.get(placeId);
    if (place === undefined) continue;
    ago.forEach((age, cell) => {
      if (age !== null) state.ago[place * cells + cell] = age;
    });
    lines.forEach((n, i) => {
      if (n !== null) state.lines[place * cells * width + i] = n;
    });
  }
  return state;
}

const step = 1000;
const arrayText = (values: readonly (number | null)[]): string => `{${values.map((value) => value ?? 'NULL').join()}}`;

/** The cells of one place as they are kept: nothing where nothing is shown. */
function cellsAt({ shape, ago, lines }: PublishedState, place: number): { ago: string; lines: string } {
  const cells = cellsOf(shape),
    width = shape.bands + 1;
  const ages = Array.from(ago.subarray(place * cells, (place + 1) * cells), (age) => (age < 0 ? null : age));
  const kept = Array.from(lines.subarray(place * cells * width, (place + 1) * cells * width), (n, i) =>
    ages[Math.floor(i / width)] === null ? null : n,
  );
  return { ago: arrayText(ages), lines: arrayText(kept) };
}

/** Keeps a month as published. `ids`: the places of the state, those to be kept (with anybody in them) by position. */
export async function insertState(
  tx: Tx,
  code: string,
  country: string,
  month: string,
  state: PublishedState,
  ids: readonly string[],
  inhabited: readonly number[],
): Promise<void> {
  await sql`insert into waymark.published_month (instrument_code, country, month_end) values (${code}, ${country}, ${month}::date)`.execute(
    tx,
  );
  for (let from = 0; from < inhabited.length; from += step) {
    const part = inhabited.slice(from, from + step),
      rows = part.map((place) => cellsAt(state, place));
    await sql`
      insert into waymark.published_figure (place_id, instrument_code, month_end, ago, lines)
      select place_id, ${code}, ${month}::date, ago::smallint[], lines::integer[]
      from unnest(${part.map((place) => ids[place])}::uuid[], ${rows.map((row) => row.ago)}::text[], ${rows.map((row) => row.lines)}::text[]) x(place_id, ago, lines)`.execute(
      tx,
    );
  }
}

export interface AnswerRow {
  readonly placeId: string;
  readonly indicators: readonly string[];
  readonly fives: readonly (number | null)[];
}

/** Replaces what is published of the answers of a country. */
export async function replaceAnswers(tx: Tx, code: string, country: string, rows: readonly AnswerRow[]): Promise<void> {
  await sql`delete from waymark.published_answer a using waymark.place p where p.place_id = a.place_id and p.country = ${country} and a.instrument_code = ${code}`.execute(
    tx,
  );
  for (let from = 0; from < rows.length; from += step) {
    const part = rows.slice(from, from + step);
    await sql`
      insert into waymark.published_answer (place_id, instrument_code, answered_on, indicators, fives)
      select place_id, ${code}, (now() at time zone waymark.time_zone())::date, indicators::text[], fives::smallint[]
      from unnest(${part.map((row) => row.placeId)}::uuid[], ${part.map((row) => `{${row.indicators.join()}}`)}::text[], ${part.map((row) => arrayText(row.fives))}::text[])
        x(place_id, indicators, fives)`.execute(tx);
  }
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';

/** Something kept that a recount finds otherwise. `kept` and `counted` are null where the row is missing on that side. */
export interface Difference {
  readonly what:
    | 'standing'
    | 'measured level'
    | 'rollup'
    | 'rollup_answer'
    | 'published figure'
    | 'summed statistic'
    | 'line of the list'
    | 'household of the list';
  readonly instrument: string;
  /** A person's or place's id for standings, a place's id and cell for rollups. */
  readonly key: string;
  readonly kept: string | null;
  readonly counted: string | null;
}

// Rows not due are compared as of now, due ones as of just before their time came: between two changes a score is constant.
const momentsOf = (code: string, now: Date) => sql`
  select distinct least(${now}::timestamptz, s.next_change - interval '1 millisecond') as at
  from waymark.standing s join u on u.subject_id = s.subject_id and u.region_id = s.region_id
  where s.instrument_code = ${code} and s.next_change <= ${now}::timestamptz union select ${now}::timestamptz`;

/** Standings of these people that are not what their assessments say, or are missing. */
export async function findPersonDifferences(
  tx: Tx,
  code: string,
  people: readonly { regionId: number; personId: string }[],
  now: Date,
  butWaiting: boolean,
): Promise<Difference[]> {
  const { rows } = await sql<Difference>`
    with u as materialized (
      select * from unnest(${people.map((p) => p.regionId)}::integer[], ${people.map((p) => p.personId)}::uuid[]) u(region_id, subject_id)
    ), moment as materialized (${momentsOf(code, now)}), kept as materialized (
      select u.*, s.subject_id is not null as there, least(${now}::timestamptz, s.next_change - interval '1 millisecond') as at,
             (s.place_id, s.sex, s.age_group, s.instrument_version, s.excess, s.known, s.applicable, s.band, s.answers, s.observed_at, s.valid_until, s.next_change)::text as row
      from u left join waymark.standing s on s.region_id = u.region_id and s.instrument_code = ${code} and s.subject_kind = 'person' and s.subject_id = u.subject_id
    ), counted as (
      select r.region_id, r.person_id, m.at,
             (r.place_id, r.sex, r.age_group, r.version, r.excess, r.known, r.applicable, r.band, r.answers, r.observed_at, r.valid_until, r.next_change)::text as row
      from moment m cross join lateral (
        select array_agg(k.region_id) as regions, array_agg(k.subject_id) as ids from kept k where coalesce(k.at, ${now}::timestamptz) = m.at) g
      cross join lateral waymark.score_people(${code}, coalesce(g.regions, '{}'), coalesce(g.ids, '{}'), m.at) r
    )
    select 'standing' as what, ${code} as instrument, k.subject_id::text as key, case when k.there then k.row end as kept, c.row as counted
    from kept k join counted c on c.region_id = k.region_id and c.person_id = k.subject_id
    where (not k.there or k.row is distinct from c.row) and not (${butWaiting} and ${isWaiting(code)})`.execute(tx);
  return rows;
}

/** Whether `k`, somebody, is concerned by a saved answer that no standing has followed yet. */
const isWaiting = (code: string) => sql`exists (
  select from waymark.answer_to_follow f
  join waymark.assessment a using (region_id, assessment_id) join waymark.instrument i on i.instrument_id = a.instrument_id and i.code = ${code}
  join waymark.person p on p.region_id = k.region_id and p.person_id = k.subject_id
  where case a.subject_kind
    when 'person' then a.region_id = p.region_id and a.subject_id = p.person_id
    when 'household' then a.region_id = p.region_id and a.subject_id = p.household_id
    else exists (select from waymark.place low join waymark.place top on low.path <@ top.path where low.place_id = p.place_id and top.place_id = a.subject_id) end)`;

/** The same for places; a place nothing is known of needs no standing. */
export async function findPlaceDifferences(tx: Tx, code: string, placeIds: readonly string[], now: Date): Promise<Difference[]> {
  const { rows } = await sql<Difference>`
    with u as materialized (
      select p.region_id, p.place_id as subject_id from waymark.place p where p.place_id = any (${placeIds}::uuid[])
    ), moment as materialized (${momentsOf(code, now)}), kept as materialized (
      select u.*, s.subject_id is not null as there, least(${now}::timestamptz, s.next_change - interval '1 millisecond') as at,
             (s.instrument_version, s.excess, s.known, s.applicable, s.band, s.answers, s.sources, s.observed_at, s.valid_until, s.next_change)::text as row
      from u left join waymark.standing s on s.region_id = u.region_id and s.instrument_code = ${code} and s.subject_kind = 'place' and s.subject_id = u.subject_id
    ), counted as (
      select r.place_id, r.next_change, (r.version, r.excess, r.known, r.applicable, r.band, r.answers, r.sources, r.observed_at, r.valid_until, r.next_change)::text as row
      from moment m cross join lateral (select array_agg(k.subject_id) as ids from kept k where coalesce(k.at, ${now}::timestamptz) = m.at) g
      cross join lateral waymark.score_places(${code}, coalesce(g.ids, '{}'), m.at) r
    )
    select 'standing' as what, ${code} as instrument, k.subject_id::text as key, case when k.there then k.row end as kept, c.row as counted
    from kept k join counted c on c.place_id = k.subject_id
    where case when k.there then k.row is distinct from c.row else c.next_change is not null end`.execute(tx);
  return rows;
}

/** Standings of people who are not registered. */
export async function findStrays(tx: Tx, limit: number): Promise<Difference[]> {
  const { rows } = await sql<Difference>`
    select 'standing' as what, s.instrument_code as instrument, s.subject_id::text as key, 'a standing' as kept, null as counted
    from waymark.standing s
    where s.subject_kind = 'person' and not exists (select from waymark.person p where p.region_id = s.region_id and p.person_id = s.subject_id)
    limit ${limit}`.execute(tx);
  return rows;
}

/** Lines of the lists that are not what standings, or those who live with a household, say, or are missing, or have none; but for households that wait to be counted. For the owner: nobody else reads that table whole. */
export async function findListDifferences(tx: Tx, limit: number): Promise<Difference[]> {
  const { rows } = await sql<Difference>`
    select 'line of the list' as what, coalesce(l.instrument_code, w.instrument_code) as instrument, coalesce(l.person_id, w.person_id)::text as key,
           case when l.person_id is not null then l::text end as kept, case when w.person_id is not null then w::text end as counted
    from waymark.listing l full join waymark.listing_of_standings() w
      on w.region_id = l.region_id and w.instrument_code = l.instrument_code and w.person_id = l.person_id
    where (l.place_id, l.home_region, l.sex, l.age_group, l.urgency, l.renew_by, l.seen_at)
      is distinct from (w.place_id, w.home_region, w.sex, w.age_group, w.urgency, w.renew_by, w.seen_at)
    union all
    select 'household of the list', coalesce(l.instrument_code, w.instrument_code), coalesce(l.household_id, w.household_id)::text,
           case when l.household_id is not null then l::text end, case when w.household_id is not null then w::text end
    from waymark.household_listing l full join waymark.household_listing_of_people() w
      on w.region_id = l.region_id and w.instrument_code = l.instrument_code and w.household_id = l.household_id
    where (l.place_id, l.home_region, l.urgency, l.renew_by) is distinct from (w.place_id, w.home_region, w.urgency, w.renew_by)
      and not exists (select from waymark.household_to_list q where q.region_id = coalesce(l.region_id, w.region_id) and q.household_id = coalesce(l.household_id, w.household_id))
    limit ${limit}`.execute(tx);
  return rows;
}

/** Cells of the rollup that are not the sum of the standings at the place and below it. */
export async function findRollupDifferences(tx: Tx, limit: number): Promise<Difference[]> {
  const { rows } = await sql<Difference>`
    with counted as (
      select a.region_id, a.place_id, x.instrument_code, x.sex, x.age_group, x.band, sum(x.n)::integer as n
      from (select place_id, instrument_code, sex, age_group, band, count(*) as n from waymark.standing where subject_kind = 'person' group by 1, 2, 3, 4, 5) x
      join waymark.place p using (place_id)
      join generate_series(1, nlevel(p.path)) i on true join waymark.place a on a.path = subpath(p.path, 0, i)
      group by 1, 2, 3, 4, 5, 6
    )
    select 'rollup' as what, instrument_code as instrument, concat_ws(' ', place_id, 'sex', sex, 'age group', age_group, 'band', band) as key,
           r.n::text as kept, c.n::text as counted
    from waymark.rollup r full join counted c using (region_id, place_id, instrument_code, sex, age_group, band)
    where coalesce(r.n, 0) <> coalesce(c.n, 0) order by 2, 3 limit ${limit}`.execute(tx);
  return rows;
}

/** Counts of scored answers that are not the sum of the standings; protected indicators must not be counted at all. */
export async function findRollupAnswerDifferences(tx: Tx, limit: number): Promise<Difference[]> {
  const { rows } = await sql<Difference>`
    with counted as (
      select a.region_id, a.place_id, x.instrument_code, x.indicator, x.score, sum(x.n)::integer as n
      from (select y.place_id, y.instrument_code, i.indicators[y.b + 1] as indicator, y.score::smallint as score, sum(y.n) as n
            from (select s.place_id, s.instrument_code, s.instrument_version, b, case when b < length(s.answers) then get_byte(s.answers, b) end as score, count(*) as n
                  from waymark.standing s
                  cross join generate_series(0, (select max(length(answers)) - 1 from waymark.standing where subject_kind = 'person')) b
                  where s.subject_kind = 'person' group by 1, 2, 3, 4, 5) y
            join waymark.instrument i on i.code = y.instrument_code and i.version = y.instrument_version
            where y.score between 1 and 3 and i.indicators[y.b + 1] <> all (i.protected_codes)
            group by 1, 2, 3, 4) x
      join waymark.place p using (place_id)
      join generate_series(1, nlevel(p.path)) i on true join waymark.place a on a.path = subpath(p.path, 0, i)
      group by 1, 2, 3, 4, 5
    )
    select 'rollup_answer' as what, instrument_code as instrument, concat_ws(' ', place_id, indicator, score) as key, r.n::text as kept, c.n::text as counted
    from waymark.rollup_answer r full join counted c using (region_id, place_id, instrument_code, indicator, score)
    where coalesce(r.n, 0) <> coalesce(c.n, 0) order by 2, 3 limit ${limit}`.execute(tx);
  return rows;
}

/** Published months by instrument and country, oldest first. */
export async function findPublishedMonths(tx: Tx): Promise<{ code: string; country: string; months: string[] }[]> {
  const { rows } = await sql<{ code: string; country: string; months: string[] }>`
    select instrument_code as code, country, array_agg(month_end order by month_end) as months from waymark.published_month group by 1, 2 order by 1, 2`.execute(
    tx,
  );
  return rows;
}

/** How many people erased since were taken out of small cells of a closed month, by place. */
export async function findTakenOut(tx: Tx, code: string, month: string): Promise<Map<string, number>> {
  const { rows } = await sql<{ placeId: string; n: number }>`
    select place_id as "placeId", n from waymark.rollup_month_erased where instrument_code = ${code} and month_end = ${month}`.execute(tx);
  return new Map(rows.map(({ placeId, n }) => [placeId, n]));
}

/**
 * Sums of areas, the newest by instrument, indicator and level measured, that are not the sum of the newest parts and wholes measured in the area; and figures that
 * are not their part of their whole, or say wrongly how many places of the level measured there are. A sum that a later import within the area has overtaken (by somebody who could not renew it) is left out.
 */
export async function findSumDifferences(tx: Tx, limit: number): Promise<Difference[]> {
  const { rows } = await sql<Difference>`
    with measured as materialized (
      select distinct on (s.instrument_code, s.indicator, s.place_id) s.instrument_code, s.indicator, p.level, p.path, s.part, s.whole, b.started_at
      from waymark.area_statistic s join waymark.place p using (place_id) join waymark.import_batch b on b.batch_id = s.batch_id and b.state = 'done'
      where s.origin = 'measured' and s.part is not null and s.whole > 0 order by 1, 2, s.place_id, s.observed_on desc, b.started_at desc, b.batch_id desc
    ), counted as (
      select a.place_id, m.instrument_code, m.indicator, m.level, sum(m.part) as part, sum(m.whole) as whole, count(*)::integer as places, max(m.started_at) as newest
      from measured m join generate_series(1, nlevel(m.path) - 1) i on true join waymark.place a on a.path = subpath(m.path, 0, i)
      group by 1, 2, 3, 4
    ), there as (
      select subpath(p.path, 0, i) as path, p.level, count(*)::integer as places
      from waymark.place p cross join generate_series(1, nlevel(p.path) - 1) i group by 1, 2
    ), kept as (
      select distinct on (s.place_id, s.instrument_code, s.indicator, b.mapping->>'level')
             s.place_id, s.instrument_code, s.indicator, (b.mapping->>'level')::integer as level, s.part, s.whole, s.places_with as places, b.started_at
      from waymark.area_statistic s join waymark.import_batch b on b.batch_id = s.batch_id and b.state = 'done' and b.mapping ? 'level'
      where s.origin = 'summed' order by 1, 2, 3, b.mapping->>'level', s.observed_on desc, b.started_at desc, b.batch_id desc
    )
    select * from (
      select 'summed statistic' as what, k.instrument_code as instrument, concat_ws(' ', k.place_id, k.indicator) as key,
             concat(k.part, ' of ', k.whole, ' from ', k.places) as kept, concat(c.part, ' of ', c.whole, ' from ', c.places) as counted
      from kept k left join counted c using (place_id, instrument_code, indicator, level)
      where (c.newest is null or c.newest <= k.started_at)
        and (c.place_id is null or k.places <> c.places or abs(k.part - c.part) > 1e-9 * abs(c.part) or abs(k.whole - c.whole) > 1e-9 * abs(c.whole))
      union all
      select 'summed statistic', s.instrument_code, concat_ws(' ', s.place_id, s.indicator), s.value::text, (s.part * m.per / s.whole)::text
      from waymark.area_statistic s
      -- As the last version that asked says: what was dropped since is kept true as well.
      join (select distinct on (1, 2) i.code, d->>'code' as indicator, coalesce((d->'measure'->>'per')::double precision, 1) as per
            from waymark.instrument i cross join jsonb_array_elements(i.definition->'indicators') d order by 1, 2, i.version desc) m
        on m.code = s.instrument_code and m.indicator = s.indicator
      where s.origin = 'summed' and s.whole > 0 and abs(s.value - s.part * m.per / s.whole) > 1e-9 * abs(s.value) + 1e-12
      union all
      select 'summed statistic', s.instrument_code, concat_ws(' ', s.place_id, s.indicator), concat('of ', s.places_all), concat('of ', coalesce(t.places, 0))
      from waymark.area_statistic s join waymark.place a using (place_id) join waymark.import_batch b on b.batch_id = s.batch_id and b.mapping ? 'level'
      left join there t on t.path = a.path and t.level = (b.mapping->>'level')::integer
      where s.origin = 'summed' and s.places_all is distinct from coalesce(t.places, 0)) x
    order by 2, 3 limit ${limit}`.execute(tx);
  return rows;
}

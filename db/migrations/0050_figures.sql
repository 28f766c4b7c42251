-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Reads for figures. What may be published of a place depends on its neighbours in the whole country, so the disclosure function
-- (platform/domain/disclosure.ts) has to count people that its reader may not: these functions are the one way, for callers
-- with risk.read, and give counts by place only. Nothing of them leaves the server before it has passed that function.

-- A slot is ((sex * 7) + age_group) * 4 + band, where sex 0 holds "not known" and "not applicable".
create function waymark.figure_slot(sex smallint, age_group smallint, band smallint) returns smallint language sql immutable parallel safe
  return (((case when sex in (1, 2) then sex else 0 end) * 7 + age_group) * 4 + band)::smallint;

create function waymark.people_lattice(p_code text, p_country text)
  returns table (place_id uuid, slots smallint[], counts integer[])
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select x.place_id, array_agg(x.slot), array_agg(x.n) from (
    select r.place_id, figure_slot(r.sex, r.age_group, r.band) as slot, sum(r.n)::integer as n
    from rollup r join place p using (place_id)
    where has_right('risk.read') and p.country = p_country and r.instrument_code = p_code and r.n > 0
    group by 1, 2) x
  group by 1
$$;

-- Every closed month of a country, and a stamp that changes when one is counted anew.
create function waymark.people_months(p_code text, p_country text)
  returns table (month_end date, stamp text)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select m.month_end, md5(string_agg(concat_ws('.', m.sex, m.age_group, m.band, m.n), ',' order by m.sex, m.age_group, m.band))
  from rollup_month m join place p using (place_id, region_id)
  where has_right('risk.read') and p.country = p_country and p.level = 0 and m.instrument_code = p_code
  group by 1 order by 1
$$;

create function waymark.people_lattice_month(p_code text, p_country text, p_month date)
  returns table (place_id uuid, slots smallint[], counts integer[])
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select x.place_id, array_agg(x.slot), array_agg(x.n) from (
    select r.place_id, figure_slot(r.sex, r.age_group, r.band) as slot, sum(r.n)::integer as n
    from rollup_month r join place p using (place_id)
    where has_right('risk.read') and p.country = p_country and r.instrument_code = p_code and r.month_end = p_month and r.n > 0
    group by 1, 2) x
  group by 1
$$;

-- How many people gave each scored answer; protected indicators were never counted.
create function waymark.people_answers(p_code text, p_country text)
  returns table (place_id uuid, indicators text[], scores smallint[], counts integer[])
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select x.place_id, array_agg(x.indicator), array_agg(x.score), array_agg(x.n) from (
    select r.place_id, r.indicator, r.score, sum(r.n)::integer as n
    from rollup_answer r join place p using (place_id)
    where has_right('risk.read') and p.country = p_country and r.instrument_code = p_code and r.n > 0
    group by 1, 2, 3) x
  group by 1
$$;

-- Exact figures, for those who work with these people: their own area only, whatever is asked for. p_month null: now. Not fine: by band only.
create function waymark.people_exact(p_code text, p_ids uuid[], p_month date, p_sex smallint, p_age_group smallint, p_fine boolean)
  returns table (place_id uuid, slots smallint[], counts integer[])
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  with mine as materialized (
    select p.place_id, p.region_id from place p
    where p.place_id = any (p_ids) and has_right('risk.read') and has_right('figures.exact') and p.path <@ any (scope_paths())
  ), counted as (
    select r.place_id, r.sex, r.age_group, r.band, r.n from mine join rollup r using (place_id, region_id)
      where p_month is null and r.instrument_code = p_code
    union all
    select r.place_id, r.sex, r.age_group, r.band, r.n from mine join rollup_month r using (place_id, region_id)
      where r.month_end = p_month and r.instrument_code = p_code
  )
  select x.place_id, array_agg(x.slot), array_agg(x.n) from (
    select c.place_id, case when p_fine then figure_slot(c.sex, c.age_group, c.band) else c.band end as slot, sum(c.n)::integer as n
    from counted c
    where (p_sex is null or p_sex = case when c.sex in (1, 2) then c.sex else 0 end) and (p_age_group is null or c.age_group = p_age_group)
    group by 1, 2) x
  group by 1
$$;

-- Standings of places as they are kept, walled once a place instead of once a row.
create function waymark.place_standings(p_code text, p_ids uuid[])
  returns table (place_id uuid, excess integer, known integer, applicable integer, band smallint, answers bytea, sources bytea,
                 observed_at timestamptz, valid_until timestamptz, next_change timestamptz)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select s.place_id, s.excess, s.known, s.applicable, s.band, s.answers, s.sources, s.observed_at, s.valid_until, s.next_change
  from place p join standing s on s.region_id = p.region_id and s.instrument_code = p_code and s.subject_kind = 'place' and s.subject_id = p.place_id
  where p.place_id = any (p_ids) and has_right('risk.read') and (p.level <= 2 or p.path <@ any (scope_paths()))
$$;

-- The newest measurement of each indicator at each place of a country at a moment, among imports that stand.
create function waymark.statistics_of(p_code text, p_country text, p_on date)
  returns table (place_id uuid, indicators text[], "values" double precision[], origins text[], dates date[], withs integer[], alls integer[], batches uuid[])
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select s.place_id, array_agg(s.indicator), array_agg(s.value), array_agg(s.origin), array_agg(s.observed_on), array_agg(s.places_with),
         array_agg(s.places_all), array_agg(s.batch_id)
  from (select distinct on (s.place_id, s.indicator) s.*
        from area_statistic s join place p using (place_id) join import_batch b on b.batch_id = s.batch_id and b.state = 'done'
        where has_right('risk.read') and p.country = p_country and s.instrument_code = p_code and s.observed_on <= p_on
        order by s.place_id, s.indicator, (s.origin = 'measured') desc, s.observed_on desc, b.started_at desc, b.batch_id desc) s
  group by 1
$$;

-- Where statistics come from, for people who read them and may not import: names and texts only.
create function waymark.statistics_sources(p_code text, p_country text)
  returns table (batch_id uuid, file_name text, source_text text, imported_on timestamptz, undone boolean)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select b.batch_id, b.file_name, b.mapping->>'source', coalesce(b.finished_at, b.started_at), b.state = 'undone'
  from import_batch b
  where has_right('risk.read') and b.kind = 'area-stats' and b.state in ('done', 'undone') and exists (
    select from area_statistic s join place p using (place_id) where s.batch_id = b.batch_id and s.instrument_code = p_code and p.country = p_country)
  order by b.started_at, b.batch_id
$$;

revoke execute on function waymark.people_lattice, waymark.people_months, waymark.people_lattice_month, waymark.people_answers, waymark.people_exact,
  waymark.place_standings, waymark.statistics_of, waymark.statistics_sources from public;
grant execute on function waymark.people_lattice, waymark.people_months, waymark.people_lattice_month, waymark.people_answers, waymark.people_exact,
  waymark.place_standings, waymark.statistics_of, waymark.statistics_sources to waymark_app;

-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Reads for figures, beside the published ones. What may be shown of a place depends on its neighbours in the whole country, so nobody who
-- only reads figures counts people; exact figures are for those who work with these people, of their own area only, whatever is asked for.

-- A slot is ((sex * 7) + age_group) * 4 + band, where sex 0 holds "not known" and "not applicable".
create function waymark.figure_slot(sex smallint, age_group smallint, band smallint) returns smallint
  language sql immutable parallel safe
  return (((case when sex in (1, 2) then sex else 0 end) * 7 + age_group) * 4 + band)::smallint;
grant execute on function waymark.figure_slot to waymark_app, waymark_jobs;

-- p_month null: now. Not fine: by band only.
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

create function waymark.people_exact_months(p_code text, p_place uuid) returns table (month_end date, counts integer[])
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select m.month_end,
         array[sum(m.n) filter (where m.band = 0), sum(m.n) filter (where m.band = 1),
               sum(m.n) filter (where m.band = 2), sum(m.n) filter (where m.band = 3)]::integer[]
  from place p join rollup_month m on m.region_id = p.region_id and m.place_id = p.place_id and m.instrument_code = p_code
  where p.place_id = p_place and has_right('risk.read') and has_right('figures.exact') and p.path <@ any (scope_paths())
  group by 1 order by 1
$$;

create function waymark.answers_exact(p_code text, p_ids uuid[], p_indicator text)
  returns table (place_id uuid, indicators text[], answered integer[], worst integer[])
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select x.place_id, array_agg(x.indicator), array_agg(x.answered), array_agg(x.worst) from (
    select r.place_id, r.indicator, sum(r.n)::integer as answered, coalesce(sum(r.n) filter (where r.score = 3), 0)::integer as worst
    from place p join rollup_answer r on r.region_id = p.region_id and r.place_id = p.place_id and r.instrument_code = p_code
    where p.place_id = any (p_ids) and has_right('risk.read') and has_right('figures.exact') and p.path <@ any (scope_paths())
      and (p_indicator is null or r.indicator = p_indicator) and r.n > 0
    group by 1, 2) x
  group by 1
$$;

-- Standings of places as they are kept, walled once a place instead of once a row.
create function waymark.place_standings(p_code text, p_ids uuid[])
  returns table (place_id uuid, excess integer, known integer, applicable integer, band smallint, answers bytea, sources bytea,
                 observed_at timestamptz, valid_until timestamptz, next_change timestamptz)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select s.place_id, s.excess, s.known, s.applicable, s.band, s.answers, s.sources, s.observed_at, s.valid_until, s.next_change
  from place p
  join standing s on s.region_id = p.region_id and s.instrument_code = p_code and s.subject_kind = 'place' and s.subject_id = p.place_id
  where p.place_id = any (p_ids) and has_right('risk.read') and (p.level <= 2 or p.path <@ any (scope_paths()))
$$;

-- Places as they stood at another moment, for readers of aggregates: what a map of a past date shows.
create function waymark.place_standings_at(p_code text, p_ids uuid[], p_at timestamptz)
  returns table (region_id integer, place_id uuid, version integer, excess integer, known integer, applicable integer, band smallint,
                 answers bytea, sources bytea, observed_at timestamptz, valid_until timestamptz, next_change timestamptz)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select s.* from score_places(p_code, p_ids, p_at) s where has_right('risk.read') and in_scope_or_large(s.place_id)
$$;

-- Everything that was ever answered about a place and the areas around it, for its standing on past days: risk/domain/fold.ts works it
-- out. What areas around it answered is handed down to it, so whoever may read the place may read that. Its price does not grow with what
-- is known of others.
create function waymark.place_past(p_code text, p_place uuid)
  returns table (assessment_id uuid, level smallint, origin text, instrument_id uuid, answers bytea, observed_at timestamptz,
                 recorded_at timestamptz, valid_until timestamptz[], supersedes uuid)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select a.assessment_id, around.level, a.origin, a.instrument_id, a.answers, a.observed_at, a.recorded_at, a.valid_until, a.supersedes
  from place p
  join place around on around.path @> p.path
  join assessment a on a.region_id = around.region_id and a.subject_kind = 'place' and a.subject_id = around.place_id
  join instrument i on i.instrument_id = a.instrument_id and i.code = p_code
  where p.place_id = p_place and has_right('risk.read') and (p.level <= 2 or p.path <@ any (scope_paths()))
    and not exists (select from import_batch b where b.batch_id = a.batch_id and b.state = 'undone')
$$;
grant execute on function waymark.people_exact, waymark.people_exact_months, waymark.answers_exact,
  waymark.place_standings, waymark.place_standings_at, waymark.place_past to waymark_app;

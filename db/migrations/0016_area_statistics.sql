-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What an area statistic measured, beside the answer it was scored to.
create table waymark.area_statistic (
  region_id   integer not null,
  place_id    uuid not null,                  -- asked for by triggers: 0017_references.sql
  instrument_code text not null,
  indicator   text not null,
  batch_id    uuid not null,                  -- as place_id
  observed_on date not null,
  value       double precision not null,      -- a share (0..1) or a rate, as the indicator says
  part        double precision,               -- numerator, when the file gives both: these sum upwards
  whole       double precision,
  origin      text not null check (origin in ('measured', 'summed')),
  places_with integer,                        -- summed only: from how many places below ...
  places_all  integer,                        -- ... of how many
  primary key (region_id, place_id, instrument_code, indicator, batch_id)
);
create index area_statistic_batch on waymark.area_statistic (batch_id);

alter table waymark.area_statistic enable row level security, force row level security;
create policy owner_all on waymark.area_statistic to waymark_owner using (true) with check (true);
create policy jobs_all on waymark.area_statistic to waymark_jobs using (true) with check (true);
-- In scope, or of large areas.
create policy scope_reads on waymark.area_statistic for select to waymark_app
  using (waymark.has_right('risk.read') and waymark.in_scope_or_large(place_id));
create policy importers_write on waymark.area_statistic for all to waymark_app
  using (waymark.has_right('statistics.import') and waymark.in_scope(place_id))
  with check (waymark.has_right('statistics.import') and waymark.in_scope(place_id));
grant select, insert, delete on waymark.area_statistic to waymark_app;
grant select on waymark.area_statistic to waymark_jobs;

-- An import writes thousands of places a statement: figures and what they answer, one line a place and day; values, parts, wholes and
-- counts hold the figures of one place after another, one for each of p_indicators, NaN where there is none. A line without answers gives
-- no assessment. Asks for right and scope once for all of them, where the policies on the tables would look each row's place up on its own
-- (ten times the time), and refuses the whole statement when one place lies outside. The caller holds the instrument's lock (lock_risk_all)
-- and scores the places afterwards.
create function waymark.add_area_lines(p_batch uuid, p_instrument uuid, p_origin text,
    p_places uuid[], p_days date[], p_moments timestamptz[], p_ids uuid[], p_answers bytea[],
    p_indicators text[], p_values double precision[], p_parts double precision[], p_wholes double precision[],
    p_with integer[], p_all integer[], p_recorded timestamptz) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp set jit = off as $$
declare
  scopes constant ltree[] := scope_paths();
  code constant text := (select i.code from instrument i where i.instrument_id = p_instrument);
  k constant integer := cardinality(p_indicators);
  found integer;
begin
  if not has_right('statistics.import') then
    raise exception 'no right to import statistics' using errcode = 'insufficient_privilege';
  end if;
  if not exists (select from import_batch b where b.batch_id = p_batch and b.kind = 'area-stats' and b.state in ('running', 'done')) then
    raise exception 'no such import of statistics' using errcode = 'insufficient_privilege';
  end if;
  with line as materialized (
    select p.region_id, p.place_id, x.day, x.moment, x.id, x.answers, (x.n - 1) * k as before
    from unnest(p_places, p_days, p_moments, p_ids, p_answers) with ordinality x(place, day, moment, id, answers, n)
    -- "is true" keeps the planner from looking the area up first and finding a million places for each call.
    join place p on p.place_id = x.place and (p.path <@ any (scopes)) is true
  ), figures as (
    insert into area_statistic (region_id, place_id, instrument_code, indicator, batch_id, observed_on,
                                value, part, whole, origin, places_with, places_all)
    select l.region_id, l.place_id, code, p_indicators[i], p_batch, l.day,
           p_values[l.before + i], nullif(p_parts[l.before + i], 'NaN'), nullif(p_wholes[l.before + i], 'NaN'),
           p_origin, p_with[l.before + i], p_all[l.before + i]
    from line l cross join generate_series(1, k) i
    where p_values[l.before + i] <> 'NaN'
  ), ends as materialized (
    select m.moment, valid_untils(p_instrument, m.moment) as until from (select distinct l.moment from line l) m
  ), said as (
    insert into assessment (region_id, assessment_id, subject_kind, subject_id, instrument_id, origin, answers,
                            observed_at, recorded_at, valid_until, batch_id, actor_id)
    select l.region_id, l.id, 'place', l.place_id, p_instrument, p_origin, l.answers, l.moment, p_recorded, e.until, p_batch, actor_id()
    from line l join ends e using (moment)
    where l.answers is not null
  )
  select count(*) into found from line;
  if found <> cardinality(p_places) then
    raise exception 'a place lies outside the area of whoever imports' using errcode = 'insufficient_privilege';
  end if;
end $$;

-- The newest measurement of each place of one level and indicator in the asker's area, among imports that stand: what sums and terciles are
-- made from beside the file. Sums are made of the newest that gives part and whole; one that gives the bare value says nothing of how many
-- there are, and does not put an older count out of the sum. So both are answered with: the newest that gives both, and the newest that
-- does not.
-- started: when its import began, to tell which of the two is newer where they are of one day.
-- later: it goes before a measurement of the same day by the import p_batch.
-- Runs as the owner and asks for right and scope once, not for every row; and never by nested loops, which on a table
-- that has just been filled and not yet counted take hours.
create function waymark.measured_before(p_instrument text, p_country text, p_level integer, p_indicators text[], p_batch uuid)
  returns table (place_id uuid, indicator text, value double precision, part double precision, whole double precision, observed_on date,
                 started double precision, later boolean)
  language sql stable security definer set search_path = waymark, public, pg_temp set enable_nestloop = off set jit = off
as $$
  select distinct on (s.place_id, s.indicator, (s.whole > 0) is true)
         s.place_id, s.indicator, s.value, s.part, s.whole, s.observed_on,
         extract(epoch from b.started_at)::double precision,
         (b.started_at, b.batch_id) > (own.started_at, own.batch_id)
  from area_statistic s
  join place p on p.region_id = s.region_id and p.place_id = s.place_id
    and p.country = p_country and p.level = p_level and p.path <@ any (scope_paths())
  join import_batch b on b.batch_id = s.batch_id and b.state = 'done'
  left join import_batch own on own.batch_id = p_batch
  where s.origin = 'measured' and s.instrument_code = p_instrument and s.indicator = any (p_indicators) and has_right('statistics.import')
  order by s.place_id, s.indicator, (s.whole > 0) is true, s.observed_on desc, b.started_at desc, b.batch_id desc
$$;

-- After thousands of rows were written and before thousands of places are scored: the planner's own counts, or it takes the tables for
-- empty until the next automatic one. Takes a sample, changes nothing.
create function waymark.count_for_planner() returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if not has_right('statistics.import') then
    raise exception 'only an import counts anew' using errcode = 'insufficient_privilege';
  end if;
  analyze place; analyze assessment; analyze area_statistic; analyze standing;
end $$;
grant execute on function waymark.add_area_lines, waymark.measured_before, waymark.count_for_planner to waymark_app;

-- How many places of the level measured lie in an area now, beside every sum of it, also of areas larger than the importer's own.
-- Answers with how many sums said otherwise.
create function waymark.recount_places_of_sums(p_country text) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp set enable_nestloop = off set jit = off as $$
declare changed integer;
begin
  if session_user = 'waymark_app' and not has_right('places.import') then
    raise exception 'no right to import places' using errcode = 'insufficient_privilege';
  end if;
  with summed as materialized (
    select s.region_id, s.place_id, s.instrument_code, s.indicator, s.batch_id, a.path, (b.mapping->>'level')::integer as level
    from area_statistic s join place a on a.region_id = s.region_id and a.place_id = s.place_id and a.country = p_country
    join import_batch b on b.batch_id = s.batch_id
    where s.origin = 'summed' and b.mapping ? 'level'
  ), counted as (
    select subpath(p.path, 0, i) as path, p.level, count(*)::integer as places
    from place p cross join generate_series(1, nlevel(p.path) - 1) i
    where p.country = p_country and p.level in (select level from summed) group by 1, 2
  )
  update area_statistic s set places_all = c.places
  from summed x join counted c on c.path = x.path and c.level = x.level
  where s.region_id = x.region_id and s.place_id = x.place_id and s.instrument_code = x.instrument_code and s.indicator = x.indicator
    and s.batch_id = x.batch_id and s.places_all <> c.places;
  get diagnostics changed = row_count;
  return changed;
end $$;
grant execute on function waymark.recount_places_of_sums to waymark_app;

-- The newest statistics of the places asked for at a moment, among imports that stand, where they may be read: large areas, one's own, and
-- those that one's own lies in, whose figures it takes over.
create function waymark.statistics_of(p_code text, p_ids uuid[], p_on date, p_indicator text)
  returns table (place_id uuid, indicators text[], "values" double precision[], origins text[], dates date[], withs integer[],
                 alls integer[], batches uuid[])
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select s.place_id, array_agg(s.indicator), array_agg(s.value), array_agg(s.origin), array_agg(s.observed_on), array_agg(s.places_with),
         array_agg(s.places_all), array_agg(s.batch_id)
  from (select distinct on (s.place_id, s.indicator) s.*
        from place p join area_statistic s on s.region_id = p.region_id and s.place_id = p.place_id and s.instrument_code = p_code
        join import_batch b on b.batch_id = s.batch_id and b.state = 'done'
        where p.place_id = any (p_ids) and has_right('risk.read')
          and (p.level <= 2 or p.path <@ any (scope_paths()) or p.path @> any (scope_paths()))
          and s.observed_on <= p_on and (p_indicator is null or s.indicator = p_indicator)
        order by s.place_id, s.indicator, (s.origin = 'measured') desc, s.observed_on desc, b.started_at desc, b.batch_id desc) s
  group by 1
$$;

-- Where statistics come from, for people who read them and may not import: names and texts only. An import names its country and instrument
-- in its mapping, so that no row of it has to be looked at but the first.
create function waymark.statistics_sources(p_code text, p_country text)
  returns table (batch_id uuid, file_name text, source_text text, imported_on timestamptz)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select b.batch_id, b.file_name, b.mapping->>'source', coalesce(b.finished_at, b.started_at)
  from import_batch b
  cross join lateral (select from area_statistic s where s.batch_id = b.batch_id and s.instrument_code = p_code limit 1) has
  where has_right('risk.read') and b.kind = 'area-stats' and b.state = 'done' and b.mapping->>'country' = p_country
  order by b.started_at, b.batch_id
$$;
grant execute on function waymark.statistics_of, waymark.statistics_sources to waymark_app;

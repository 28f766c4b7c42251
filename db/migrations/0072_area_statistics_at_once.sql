-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Import of area statistics, thousands of places a statement: what 0040 and 0041 did with two functions and an array a column of every single figure.

-- Writes figures and what they answer, one line a place and day; values, parts, wholes and counts hold the figures of one place after another, one for each of
-- p_indicators, NaN where there is none. A line without answers gives no assessment. Asks for right and scope once for all of them, and refuses the whole
-- statement when one place lies outside. The caller holds the instrument's lock (lock_risk_all) and scores the places afterwards.
create function waymark.add_area_lines(p_batch uuid, p_instrument uuid, p_origin text, p_places uuid[], p_days date[], p_moments timestamptz[],
    p_ids uuid[], p_answers bytea[], p_indicators text[], p_values double precision[], p_parts double precision[], p_wholes double precision[],
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
    insert into area_statistic (region_id, place_id, instrument_code, indicator, batch_id, observed_on, value, part, whole, origin, places_with, places_all)
    select l.region_id, l.place_id, code, p_indicators[i], p_batch, l.day, p_values[l.before + i], nullif(p_parts[l.before + i], 'NaN'), nullif(p_wholes[l.before + i], 'NaN'),
           p_origin, p_with[l.before + i], p_all[l.before + i]
    from line l cross join generate_series(1, k) i
    where p_values[l.before + i] <> 'NaN'
  ), ends as materialized (
    select m.moment, valid_untils(p_instrument, m.moment) as until from (select distinct l.moment from line l) m
  ), said as (
    insert into assessment (region_id, assessment_id, subject_kind, subject_id, instrument_id, origin, answers, observed_at, recorded_at, valid_until, batch_id, actor_id)
    select l.region_id, l.id, 'place', l.place_id, p_instrument, p_origin, l.answers, l.moment, p_recorded, e.until, p_batch, actor_id()
    from line l join ends e using (moment)
    where l.answers is not null
  )
  select count(*) into found from line;
  if found <> cardinality(p_places) then
    raise exception 'a place lies outside the area of whoever imports' using errcode = 'insufficient_privilege';
  end if;
end $$;
drop function waymark.add_area_figures(uuid, text, text, integer[], uuid[], text[], date[], double precision[], double precision[], double precision[], integer[], integer[]);
drop function waymark.add_place_assessments(uuid, uuid, text, integer[], uuid[], uuid[], bytea[], timestamptz[], timestamptz);

-- The newest measurement of each place of one level and indicator in the asker's area, among imports that stand: what sums and terciles are made from beside
-- the file. later: it goes before a measurement of the same day by the import p_batch.
create function waymark.measured_before(p_instrument text, p_country text, p_level integer, p_indicators text[], p_batch uuid)
  returns table (place_id uuid, indicator text, value double precision, part double precision, whole double precision, observed_on date, later boolean)
  language sql stable security definer set search_path = waymark, public, pg_temp set enable_nestloop = off set jit = off as $$
  select distinct on (s.place_id, s.indicator) s.place_id, s.indicator, s.value, s.part, s.whole, s.observed_on, (b.started_at, b.batch_id) > (own.started_at, own.batch_id)
  from area_statistic s
  join place p on p.region_id = s.region_id and p.place_id = s.place_id and p.country = p_country and p.level = p_level and p.path <@ any (scope_paths())
  join import_batch b on b.batch_id = s.batch_id and b.state = 'done'
  left join import_batch own on own.batch_id = p_batch
  where s.origin = 'measured' and s.instrument_code = p_instrument and s.indicator = any (p_indicators) and has_right('statistics.import')
  order by s.place_id, s.indicator, s.observed_on desc, b.started_at desc, b.batch_id desc
$$;
drop function waymark.measured_figures(text, text, integer, text[], uuid);

-- The locks under which answers are written asked for nothing: whoever reached them could make others wait, and could ask which ids there are.
create or replace function waymark.lock_risk(p_code text, p_kinds text[], p_regions integer[], p_ids uuid[]) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare
  family integer := hashtext('waymark.risk:' || p_code);
  homes integer[]; found integer; everything boolean; home integer;
begin
  perform ask_to_score(p_kinds, p_regions, p_ids);
  if session_user = 'waymark_app' and not (has_right('assess.write') or has_right('people.write')) and exists (select from unnest(p_kinds) k where k <> 'place') then
    raise exception 'no right to record anything about people' using errcode = 'insufficient_privilege';
  end if;
  select coalesce(array_agg(distinct region order by region), '{}'), count(distinct (kind, id)), coalesce(bool_or(region = 0), false)
    into homes, found, everything
  from (
    select s.kind, s.id, l.region_id as region from unnest(p_kinds, p_regions, p_ids) s(kind, region_id, id)
      join person p on s.kind = 'person' and p.region_id = s.region_id and p.person_id = s.id join place l on l.place_id = p.place_id
    union all select s.kind, s.id, l.region_id from unnest(p_kinds, p_regions, p_ids) s(kind, region_id, id)
      join household h on s.kind = 'household' and h.region_id = s.region_id and h.household_id = s.id join place l on l.place_id = h.place_id
    union all select s.kind, s.id, l.region_id from unnest(p_kinds, p_regions, p_ids) s(kind, region_id, id)
      join person p on s.kind = 'household' and p.region_id = s.region_id and p.household_id = s.id join place l on l.place_id = p.place_id
    -- Where a person stood until now, when she has just moved.
    union all select s.kind, s.id, l.region_id from unnest(p_kinds, p_regions, p_ids) s(kind, region_id, id)
      join standing w on s.kind = 'person' and w.region_id = s.region_id and w.instrument_code = p_code and w.subject_kind = 'person' and w.subject_id = s.id
      join place l on l.place_id = w.place_id
    union all select s.kind, s.id, l.region_id from unnest(p_kinds, p_regions, p_ids) s(kind, region_id, id)
      join place l on s.kind = 'place' and l.place_id = s.id and l.region_id = s.region_id
  ) r;
  if everything then
    perform pg_advisory_xact_lock(family, -1);
  else
    perform pg_advisory_xact_lock_shared(family, -1);
    foreach home in array homes loop perform pg_advisory_xact_lock(family, home); end loop;
  end if;
  return found;
end $$;
create or replace function waymark.lock_risk_all(p_code text) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if session_user = 'waymark_app' and not (has_right('statistics.import') or has_right('instruments.manage')) then
    raise exception 'only work on a whole country takes a whole instrument' using errcode = 'insufficient_privilege';
  end if;
  perform pg_advisory_xact_lock(hashtext('waymark.risk:' || p_code), -1);
end $$;
grant execute on function waymark.add_area_lines, waymark.measured_before to waymark_app;

-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Places that are brought in or taken back change what is kept of those around them: "from 43 of 45" of a sum, and what a new place takes over from above.
-- Whoever imports places may therefore have them scored and sums recounted. She learns nothing by it: counts of what changed, and levels.
create or replace function waymark.ask_to_score() returns void language plpgsql stable as $$
begin
  if session_user = 'waymark_app' and not (waymark.has_right('assess.write') or waymark.has_right('people.write')
      or waymark.has_right('statistics.import') or waymark.has_right('places.import')) then
    raise exception 'scoring needs the right to record' using errcode = 'insufficient_privilege';
  end if;
end $$;

create or replace function waymark.lock_risk_all(p_code text) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if session_user = 'waymark_app' and not (has_right('statistics.import') or has_right('instruments.manage') or has_right('places.import')) then
    raise exception 'only work on a whole country takes a whole instrument' using errcode = 'insufficient_privilege';
  end if;
  perform pg_advisory_xact_lock(hashtext('waymark.risk:' || p_code), -1);
end $$;

create or replace function waymark.deepest_measured(p_code text, p_countries text[], p_at timestamptz)
  returns table (country text, "position" smallint, level smallint)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select m.country, t.position, max(m.level)
  from instrument live
  join instrument_indicator t on t.instrument_id = live.instrument_id
  join instrument_indicator s on s.instrument_code = live.code and s.code = t.code
  join measured_level m on m.instrument_id = s.instrument_id and m.position = s.position
  where live.code = p_code and live.state = 'live' and m.country = any (p_countries) and m.since <= p_at
    and not exists (select from import_batch u where u.batch_id = m.batch_id and u.state = 'undone')
    and (session_user <> 'waymark_app' or has_right('risk.read') or has_right('assess.write') or has_right('people.write')
      or has_right('statistics.import') or has_right('places.import'))
  group by 1, 2
$$;

-- What is only taken over from around a place goes with it, as what knows nothing did (0077). A place of which anything was said that still stands, be it
-- that the answer has ended, keeps its standing, and with it refuses to go.
create or replace function waymark.drop_empty_standings(p_batch uuid) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare dropped integer;
begin
  if not has_right('places.import') or batch_beyond_scope(p_batch) then
    raise exception 'no right to undo this import of places' using errcode = 'insufficient_privilege';
  end if;
  delete from standing s using place p
  where p.batch_id = p_batch and s.place_id = p.place_id and s.subject_kind = 'place' and not exists (
    select from assessment a left join import_batch b using (batch_id)
    where a.region_id = p.region_id and a.subject_kind = 'place' and a.subject_id = p.place_id and b.state is distinct from 'undone');
  get diagnostics dropped = row_count;
  delete from rollup r using place p where p.batch_id = p_batch and r.place_id = p.place_id and r.n = 0;
  delete from rollup_answer r using place p where p.batch_id = p_batch and r.place_id = p.place_id and r.n = 0;
  return dropped;
end $$;

-- How many places of the level measured lie in an area now, beside every sum of it, also of areas larger than the importer's own. Answers with how many sums said otherwise.
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
revoke execute on function waymark.recount_places_of_sums from public;
grant execute on function waymark.recount_places_of_sums to waymark_app;

select waymark.recount_places_of_sums(country) from waymark.place where level = 0;

-- SPDX-License-Identifier: AGPL-3.0-or-later
-- An import writes thousands of rows a statement. These two ask for right and scope once for all of them, where the policies on the tables
-- would look each row's place up on its own (ten times the time). They refuse the whole statement when one row lies outside.
create function waymark.add_area_figures(p_batch uuid, p_instrument text, p_origin text, p_regions integer[], p_places uuid[], p_indicators text[], p_days date[],
    p_values double precision[], p_parts double precision[], p_wholes double precision[], p_with integer[], p_all integer[]) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp set jit = off as $$
declare written integer;
begin
  if not has_right('statistics.import') then
    raise exception 'no right to import statistics' using errcode = 'insufficient_privilege';
  end if;
  insert into area_statistic (region_id, place_id, instrument_code, indicator, batch_id, observed_on, value, part, whole, origin, places_with, places_all)
  select p.region_id, p.place_id, p_instrument, x.indicator, p_batch, x.day, x.value, x.part, x.whole, p_origin, x.n_with, x.n_all
  from unnest(p_regions, p_places, p_indicators, p_days, p_values, p_parts, p_wholes, p_with, p_all) x(region, place, indicator, day, value, part, whole, n_with, n_all)
  join place p on p.place_id = x.place and p.region_id = x.region and p.path <@ any (scope_paths());
  get diagnostics written = row_count;
  if written <> cardinality(p_places) then
    raise exception 'a place lies outside the area of whoever imports' using errcode = 'insufficient_privilege';
  end if;
end $$;

-- What the figures answer, one assessment a place. The caller holds the instrument's lock (lock_risk_all) and scores the places afterwards.
create function waymark.add_place_assessments(p_batch uuid, p_instrument uuid, p_origin text, p_regions integer[], p_places uuid[], p_ids uuid[],
    p_answers bytea[], p_observed timestamptz[], p_recorded timestamptz) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp set jit = off as $$
declare written integer;
begin
  if not has_right('statistics.import') then
    raise exception 'no right to import statistics' using errcode = 'insufficient_privilege';
  end if;
  insert into assessment (region_id, assessment_id, subject_kind, subject_id, instrument_id, origin, answers, observed_at, recorded_at, valid_until, batch_id, actor_id)
  select p.region_id, x.id, 'place', p.place_id, p_instrument, p_origin, x.answers, x.observed, p_recorded, e.ends, p_batch, actor_id()
  from unnest(p_regions, p_places, p_ids, p_answers, p_observed) x(region, place, id, answers, observed)
  join (select observed, valid_untils(p_instrument, observed) as ends from (select distinct observed from unnest(p_observed) o(observed)) d) e using (observed)
  join place p on p.place_id = x.place and p.region_id = x.region and p.path <@ any (scope_paths());
  get diagnostics written = row_count;
  if written <> cardinality(p_places) then
    raise exception 'a place lies outside the area of whoever imports' using errcode = 'insufficient_privilege';
  end if;
end $$;
revoke execute on function waymark.add_area_figures, waymark.add_place_assessments from public;
grant execute on function waymark.add_area_figures, waymark.add_place_assessments to waymark_app;

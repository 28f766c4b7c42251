-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The newest measurement of each place of one level and indicator, among batches that stand: what sums and terciles are made from.
-- Runs as the owner and asks for right and scope once, not for every row; and never by nested loops, which on a table
-- that has just been filled and not yet counted take hours.
create function waymark.measured_figures(p_instrument text, p_country text, p_level integer, p_indicators text[], p_batch uuid)
  returns table (place_id uuid, indicator text, value double precision, part double precision, whole double precision, observed_on date)
  language sql stable security definer set search_path = waymark, public, pg_temp set enable_nestloop = off set jit = off as $$
  select distinct on (s.place_id, s.indicator) s.place_id, s.indicator, s.value, s.part, s.whole, s.observed_on
  from area_statistic s
  join place p on p.region_id = s.region_id and p.place_id = s.place_id and p.country = p_country and p.level = p_level and p.path <@ any (scope_paths())
  join import_batch b on b.batch_id = s.batch_id and (b.state = 'done' or b.batch_id = p_batch)
  where s.origin = 'measured' and s.instrument_code = p_instrument and s.indicator = any (p_indicators) and has_right('statistics.import')
  order by s.place_id, s.indicator, s.observed_on desc, b.started_at desc, b.batch_id desc
$$;
revoke execute on function waymark.measured_figures from public;
grant execute on function waymark.measured_figures to waymark_app;

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
revoke execute on function waymark.count_for_planner from public;
grant execute on function waymark.count_for_planner to waymark_app;

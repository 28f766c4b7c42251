-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Sums are made of the newest measurement of each place that gives part and whole; one that gives the bare value says nothing of how many there are, and
-- does not put an older count out of the sum. So both are answered with: the newest that gives both, and the newest that does not.
-- started: when its import began, to tell which of the two is newer where they are of one day. Otherwise as in 0072.
drop function waymark.measured_before(text, text, integer, text[], uuid);
create function waymark.measured_before(p_instrument text, p_country text, p_level integer, p_indicators text[], p_batch uuid)
  returns table (place_id uuid, indicator text, value double precision, part double precision, whole double precision, observed_on date, started double precision, later boolean)
  language sql stable security definer set search_path = waymark, public, pg_temp set enable_nestloop = off set jit = off as $$
  select distinct on (s.place_id, s.indicator, (s.whole > 0) is true)
         s.place_id, s.indicator, s.value, s.part, s.whole, s.observed_on, extract(epoch from b.started_at)::double precision, (b.started_at, b.batch_id) > (own.started_at, own.batch_id)
  from area_statistic s
  join place p on p.region_id = s.region_id and p.place_id = s.place_id and p.country = p_country and p.level = p_level and p.path <@ any (scope_paths())
  join import_batch b on b.batch_id = s.batch_id and b.state = 'done'
  left join import_batch own on own.batch_id = p_batch
  where s.origin = 'measured' and s.instrument_code = p_instrument and s.indicator = any (p_indicators) and has_right('statistics.import')
  order by s.place_id, s.indicator, (s.whole > 0) is true, s.observed_on desc, b.started_at desc, b.batch_id desc
$$;
grant execute on function waymark.measured_before to waymark_app;

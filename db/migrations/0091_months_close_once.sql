-- SPDX-License-Identifier: AGPL-3.0-or-later
-- A closed month stays as it was closed: figures that were given out are not counted anew when a server starts again or a visit of that month is
-- brought in late. Otherwise as in 0021.
create or replace function waymark.close_month(p_month_end date) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare
  ends_at timestamptz := ((p_month_end + 1)::timestamp at time zone waymark.time_zone()) - interval '1 millisecond';
  live_code text; regions integer[]; ids uuid[]; written integer := 0; n integer;
begin
  -- Two servers whose clocks strike at once close it once.
  perform pg_advisory_xact_lock(hashtextextended('waymark.close_month', 0));
  for live_code in select i.code from instrument i where i.state = 'live' and i.scores = 'person' order by 1 loop
    continue when exists (select from place p join rollup_month r on r.region_id = p.region_id and r.place_id = p.place_id
                          where p.level = 0 and r.instrument_code = live_code and r.month_end = p_month_end);
    select array_agg(s.region_id), array_agg(s.subject_id) into regions, ids from standing s
      where s.instrument_code = live_code and s.subject_kind = 'person' and (s.computed_at > ends_at or s.next_change <= ends_at);
    insert into rollup_month (region_id, place_id, instrument_code, month_end, sex, age_group, band, n)
    select a.region_id, a.place_id, live_code, p_month_end, x.sex, x.age_group, x.band, sum(x.n)
    from (select place_id, sex, age_group, band, count(*)::integer as n from (
            select s.place_id, s.sex, s.age_group, s.band from standing s
              where s.instrument_code = live_code and s.subject_kind = 'person' and s.computed_at <= ends_at and (s.next_change is null or s.next_change > ends_at)
            union all select s.place_id, s.sex, s.age_group, s.band from score_people(live_code, coalesce(regions, '{}'), coalesce(ids, '{}'), ends_at) s) y
          group by 1, 2, 3, 4) x
    join place p using (place_id)
    join generate_series(1, nlevel(p.path)) i on true
    join place a on a.path = subpath(p.path, 0, i)
    group by 1, 2, 5, 6, 7;
    get diagnostics n = row_count;
    written := written + n;
  end loop;
  return written;
end $$;

-- Months that are over by p_last and not closed, of any instrument: those after its last closed one, and before there is one those since people were
-- registered under it. A server that was off for a quarter has three to close.
create function waymark.months_to_close(p_last date) returns setof date
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select distinct (m + interval '1 month - 1 day')::date from (
    select coalesce(
      (select max(r.month_end) + 1 from place p join rollup_month r on r.region_id = p.region_id and r.place_id = p.place_id
       where p.level = 0 and r.instrument_code = i.code),
      date_trunc('month', greatest(min(i.created_at), (select min(created_at) from person)) at time zone time_zone())::date) as first
    from instrument i where i.scores = 'person' group by i.code having bool_or(i.state = 'live') and exists (select from person)) f
  cross join lateral generate_series(f.first::timestamp, p_last::timestamp - interval '1 day', interval '1 month') m
  where (m + interval '1 month - 1 day')::date <= p_last
  order by 1
$$;
grant execute on function waymark.months_to_close to waymark_jobs;

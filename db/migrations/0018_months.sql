-- SPDX-License-Identifier: AGPL-3.0-or-later
-- A month is closed once it is over: its exact figures are kept (rollup_month) and what everybody may see of them is published.

-- The people's figures as they stood when the month ended (its last moment in the places' time zone). Standings that have not changed since
-- are taken as they are, the others are scored at that moment. Where people live is taken as of today. A closed month stays as it was
-- closed: figures that were given out are not counted anew when a server starts again or a visit of that month is brought in late.
create function waymark.close_month(p_month_end date) returns integer
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
              where s.instrument_code = live_code and s.subject_kind = 'person'
                and s.computed_at <= ends_at and (s.next_change is null or s.next_change > ends_at)
            union all select s.place_id, s.sex, s.age_group, s.band
            from score_people(live_code, coalesce(regions, '{}'), coalesce(ids, '{}'), ends_at) s) y
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

-- Months that are over by p_last and not closed, of any instrument: those after its last closed one, and before there is one those since
-- people were registered under it. A server that was off for a quarter has three to close.
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
grant execute on function waymark.close_month, waymark.months_to_close to waymark_jobs;

-- Figures for everybody are worked out when a month is closed, by whoever closes it, and kept here as they may be shown
-- (docs/decisions/0004). What has been published stays as it was published.
create table waymark.published_month (
  instrument_code text not null,
  country         text not null,
  month_end       date not null,
  published_at    timestamptz not null default now(),
  primary key (instrument_code, country, month_end)
);
-- A place with people in it, at a month's end: platform/domain/disclosure-series.ts's PublishedState. Cells: all; each sex; each age group;
-- sex by age group (figure_slot's order); n by itself.
create table waymark.published_figure (
  place_id        uuid not null references waymark.place,
  instrument_code text not null,
  month_end       date not null,
  ago             smallint[] not null,  -- a cell: how many months ago it was given anew, 0: at this one; null: not shown
  lines           integer[] not null,   -- five a cell: people in band 0 to 3, all of them, as given then; null: not shown
  primary key (place_id, instrument_code, month_end)
);
-- Shares of people with the worst answer, in steps of five per cent, as they stood when the last month was published.
create table waymark.published_answer (
  place_id        uuid not null references waymark.place,
  instrument_code text not null,
  answered_on     date not null,
  indicators      text[] not null,
  fives           smallint[] not null,  -- null: nobody has answered
  primary key (place_id, instrument_code)
);
-- Patterns depend on neighbours, so whoever publishes counts the whole country: waymark_jobs, from the tables. Readers come to them through
-- the functions below.
do $$ declare t text; begin
  foreach t in array array['published_month', 'published_figure', 'published_answer'] loop
    execute format('alter table waymark.%I enable row level security, force row level security', t);
    execute format('create policy owner_all on waymark.%I to waymark_owner using (true) with check (true)', t);
    execute format('create policy jobs_all on waymark.%I to waymark_jobs using (true) with check (true)', t);
    execute format('grant select, insert, delete on waymark.%I to waymark_jobs', t);
  end loop;
end $$;

-- These ask for right and area once a place instead of once a row: one's own area, and large ones.
create function waymark.published_months(p_code text, p_country text) returns table (month_end date, published boolean)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select m.month_end, true from published_month m where has_right('risk.read') and m.instrument_code = p_code and m.country = p_country
  union all
  -- A month that is closed and not published yet, between two breaths of the clock.
  select r.month_end, false
  from place p
  cross join lateral (select x.month_end from rollup_month x
                      where x.region_id = p.region_id and x.place_id = p.place_id and x.instrument_code = p_code
                      order by x.month_end desc limit 1) r
  where has_right('risk.read') and p.country = p_country and p.level = 0
    and r.month_end > coalesce(
      (select max(m.month_end) from published_month m where m.instrument_code = p_code and m.country = p_country), '-infinity')
  order by 1
$$;

create function waymark.published_people(p_code text, p_month date, p_ids uuid[], p_cell integer)
  returns table (place_id uuid, ago smallint, line integer[], n_ago smallint, n integer)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select f.place_id, f.ago[p_cell + 1], f.lines[5 * p_cell + 1 : 5 * p_cell + 5], f.ago[cardinality(f.ago)], f.lines[cardinality(f.lines)]
  from place p join published_figure f on f.place_id = p.place_id and f.instrument_code = p_code and f.month_end = p_month
  where p.place_id = any (p_ids) and has_right('risk.read') and (p.level <= 2 or p.path <@ any (scope_paths()))
$$;

create function waymark.published_place(p_code text, p_place uuid)
  returns table (month_end date, ago smallint[], lines integer[])
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select f.month_end, f.ago, f.lines
  from place p join published_figure f on f.place_id = p.place_id and f.instrument_code = p_code
  where p.place_id = p_place and has_right('risk.read') and (p.level <= 2 or p.path <@ any (scope_paths()))
$$;

create function waymark.published_answers(p_code text, p_ids uuid[])
  returns table (place_id uuid, answered_on date, indicators text[], fives smallint[])
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select a.place_id, a.answered_on, a.indicators, a.fives
  from place p join published_answer a on a.place_id = p.place_id and a.instrument_code = p_code
  where p.place_id = any (p_ids) and has_right('risk.read') and (p.level <= 2 or p.path <@ any (scope_paths()))
$$;
grant execute on function waymark.published_months, waymark.published_people, waymark.published_place, waymark.published_answers
  to waymark_app;

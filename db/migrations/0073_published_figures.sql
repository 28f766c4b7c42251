-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Figures for everybody are worked out when a month is closed, by whoever closes it, and kept here as they may be shown (docs/decisions/0004).
-- What has been published stays as it was published, also where the exact month is counted anew later.

create table waymark.published_month (
  instrument_code text not null,
  country         text not null,
  month_end       date not null,
  published_at    timestamptz not null default now(),
  primary key (instrument_code, country, month_end)
);
-- A place with people in it, at a month's end: platform/domain/disclosure-series.ts's PublishedState. Cells: all; each sex; each age group;
-- sex by age group (0050's order); n by itself.
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
do $$ declare t text; begin
  foreach t in array array['published_month', 'published_figure', 'published_answer'] loop
    execute format('alter table waymark.%I enable row level security', t);
    execute format('alter table waymark.%I force row level security', t);
    execute format('create policy owner_all on waymark.%I to waymark_owner using (true) with check (true)', t);
    execute format('create policy jobs_all on waymark.%I to waymark_jobs using (true) with check (true)', t);
    execute format('grant select, insert, delete on waymark.%I to waymark_jobs', t);
  end loop;
end $$;

-- Readers come to them through functions, which ask for right and area once a place instead of once a row: one's own area, and large ones.
create function waymark.published_months(p_code text, p_country text) returns table (month_end date, published boolean)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select m.month_end, true from published_month m where has_right('risk.read') and m.instrument_code = p_code and m.country = p_country
  union all
  -- A month that is closed and not published yet, from before this migration or between two breaths of the clock.
  select r.month_end, false
  from place p
  cross join lateral (select x.month_end from rollup_month x where x.region_id = p.region_id and x.place_id = p.place_id and x.instrument_code = p_code
                      order by x.month_end desc limit 1) r
  where has_right('risk.read') and p.country = p_country and p.level = 0
    and r.month_end > coalesce((select max(m.month_end) from published_month m where m.instrument_code = p_code and m.country = p_country), '-infinity')
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

-- Exact figures, beside people_exact: for those who work with these people, of their own area only.
create function waymark.people_exact_months(p_code text, p_place uuid) returns table (month_end date, counts integer[])
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select m.month_end, array[sum(m.n) filter (where m.band = 0), sum(m.n) filter (where m.band = 1), sum(m.n) filter (where m.band = 2), sum(m.n) filter (where m.band = 3)]::integer[]
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

-- Statistics of the places asked for, where they may be read: large areas, one's own, and those that one's own lies in, whose figures it takes over.
drop function waymark.statistics_of(text, text, date);
create function waymark.statistics_of(p_code text, p_ids uuid[], p_on date, p_indicator text)
  returns table (place_id uuid, indicators text[], "values" double precision[], origins text[], dates date[], withs integer[], alls integer[], batches uuid[])
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select s.place_id, array_agg(s.indicator), array_agg(s.value), array_agg(s.origin), array_agg(s.observed_on), array_agg(s.places_with),
         array_agg(s.places_all), array_agg(s.batch_id)
  from (select distinct on (s.place_id, s.indicator) s.*
        from place p join area_statistic s on s.region_id = p.region_id and s.place_id = p.place_id and s.instrument_code = p_code
        join import_batch b on b.batch_id = s.batch_id and b.state = 'done'
        where p.place_id = any (p_ids) and has_right('risk.read') and (p.level <= 2 or p.path <@ any (scope_paths()) or p.path @> any (scope_paths()))
          and s.observed_on <= p_on and (p_indicator is null or s.indicator = p_indicator)
        order by s.place_id, s.indicator, (s.origin = 'measured') desc, s.observed_on desc, b.started_at desc, b.batch_id desc) s
  group by 1
$$;

-- Nobody who only reads figures counts people any more: what the disclosure function needs of a whole country, waymark_jobs reads from the tables.
drop function waymark.people_lattice(text, text);
drop function waymark.people_lattice_month(text, text, date);
drop function waymark.people_months(text, text);
drop function waymark.people_answers(text, text);

grant execute on function waymark.published_months, waymark.published_people, waymark.published_place, waymark.published_answers, waymark.people_exact_months,
  waymark.answers_exact, waymark.statistics_of to waymark_app;

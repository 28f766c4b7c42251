-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The arithmetic of risk/domain/{fold,standing,arithmetic}.ts over a set, straight from the assessments. The two say the same
-- to the last digit (src/risk/server/same-numbers.test.ts). Functions that read answers are for the owner and the clock only;
-- what the application may call (rescore_*) writes standings and says how many, never what.

-- An indicator at its position, so that no query has to open the definition. Filled by the trigger below.
create table waymark.instrument_indicator (
  instrument_id   uuid not null references waymark.instrument,
  instrument_code text not null,
  position        smallint not null,           -- byte of assessment.answers, from 0
  code            text not null,
  unit            text not null check (unit in ('person', 'household', 'place')),
  weight          integer not null check (weight > 0),
  by_sex          boolean not null,
  months          smallint not null,
  slot            smallint not null,           -- element of assessment.valid_until, from 1
  primary key (instrument_id, position),
  unique (instrument_id, code)
);
create index instrument_indicator_code on waymark.instrument_indicator (instrument_code);
alter table waymark.instrument_indicator enable row level security;
alter table waymark.instrument_indicator force row level security;
create policy owner_all on waymark.instrument_indicator to waymark_owner using (true) with check (true);
create policy jobs_read on waymark.instrument_indicator for select to waymark_jobs using (true);
create policy everyone_reads on waymark.instrument_indicator for select to waymark_app using (waymark.actor_id() is not null);
grant select on waymark.instrument_indicator to waymark_app, waymark_jobs;

create function waymark.spread_instrument() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if tg_op = 'UPDATE' then
    if (new.code, new.version, new.scores, new.definition, new.indicators) is distinct from (old.code, old.version, old.scores, old.definition, old.indicators) then
      raise exception 'a published instrument never changes; publish a new version' using errcode = 'restrict_violation';
    end if;
    return new;
  end if;
  insert into instrument_indicator
  select new.instrument_id, new.code, i.n - 1, i.d->>'code', i.d->>'unit', (i.d->>'weight')::integer, (i.d->>'bySex')::boolean,
         (i.d->>'months')::smallint, dense_rank() over (order by (i.d->>'months')::integer)
  from jsonb_array_elements(new.definition->'indicators') with ordinality i(d, n);
  if new.indicators <> array(select code from instrument_indicator where instrument_id = new.instrument_id order by position) then
    raise exception 'the indicators beside a definition are not those of the definition' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger spread_instrument after insert or update on waymark.instrument for each row execute function waymark.spread_instrument();

create index assessment_supersedes on waymark.assessment (region_id, supersedes) where supersedes is not null;
create index assessment_of_places on waymark.assessment (instrument_id) where subject_kind = 'place';
create index person_lives on waymark.person (place_id, region_id, person_id);

create function waymark.time_zone() returns text language sql stable parallel safe
  return coalesce((select time_zone from waymark.installation), 'Asia/Bangkok');

-- The ends of an assessment's answers, one a distinct validity: the same time of day so many months later, clamped to the month's end.
create function waymark.valid_untils(instrument uuid, observed_at timestamptz) returns timestamptz[] language sql stable parallel safe
  return (select array_agg(((observed_at at time zone z) + make_interval(months => m)) at time zone z order by m)
          from waymark.time_zone() z,
               (select distinct months as m from waymark.instrument_indicator i where i.instrument_id = instrument) x);

-- people/domain/age-group.ts. Born on 29 February: birthday on 1 March in other years.
create function waymark.age_on(born_on date, on_date date) returns integer language sql immutable parallel safe
  return extract(year from on_date)::integer - extract(year from born_on)::integer
    - case when (extract(month from on_date), extract(day from on_date)) < (extract(month from born_on), extract(day from born_on)) then 1 else 0 end;
create function waymark.age_group_on(born_on date, on_date date) returns smallint language sql immutable parallel safe
  return case when born_on is null then 0
    else 1 + (select count(*) from unnest(array[10, 14, 18, 26, 36]) b where waymark.age_on(born_on, on_date) >= b) end;
create function waymark.next_age_group_date(born_on date, on_date date) returns date language sql immutable parallel safe
  return (select make_date(extract(year from born_on)::integer + min(b), extract(month from born_on)::integer, 1) + (extract(day from born_on)::integer - 1)
          from unnest(array[10, 14, 18, 26, 36]) b where b > waymark.age_on(born_on, on_date));

-- Exact band: integers only. per_cent rounds half up to one decimal (whole numbers divide downwards), as the domain's perCent.
create function waymark.band_of(excess integer, known integer, applicable integer, medium integer, high integer, coverage integer)
  returns smallint language sql immutable parallel safe
  return case when known = 0 or 100 * known::bigint < coverage * applicable::bigint then 0
              when 50 * excess::bigint >= high * known::bigint then 3
              when 50 * excess::bigint >= medium * known::bigint then 2 else 1 end;
create function waymark.per_cent(part integer, whole integer) returns numeric language sql immutable parallel safe
  return round(((2000 * part::bigint + whole) / (2 * whole::bigint)) / 10.0, 1);

-- The answer of each holder to each indicator of the live version of `p_code` at `p_at`, whatever version it was written under:
-- the latest that is not voided, if its end has not come. Side 0 is for females and for everybody, side 1 for males.
create function waymark.held_answers(p_code text, p_kinds text[], p_regions integer[], p_ids uuid[], p_at timestamptz, p_measured boolean)
  returns table (kind text, id uuid, "position" smallint, side integer, two_sided boolean, answer integer, observed_at timestamptz, ends_at timestamptz, origin text)
  language plpgsql stable set search_path = waymark, public, pg_temp as $$
#variable_conflict use_column
begin
  return query
  with source as materialized (
    select si.instrument_id, si.position as at_byte, si.by_sex, si.slot, t.position, t.unit,
           bool_or(si.by_sex) over (partition by t.position) as two_sided
    from instrument live
    join instrument_indicator t on t.instrument_id = live.instrument_id
    join instrument_indicator si on si.instrument_code = p_code and si.code = t.code
    where live.code = p_code and live.state = 'live'
  ), said as materialized (
    select a.*, exists (select from assessment c where c.region_id = a.region_id and c.supersedes = a.assessment_id) as corrected
    from unnest(p_kinds, p_regions, p_ids) h(kind, region_id, id)
    join assessment a on a.region_id = h.region_id and a.subject_kind = h.kind and a.subject_id = h.id
    where a.observed_at <= p_at and (a.origin = 'measured' or not p_measured)
      and (a.batch_id is null or not exists (select from import_batch b where b.batch_id = a.batch_id and b.state = 'undone'))
  ), answered as (
    select distinct on (s.subject_kind, s.subject_id, so.position, d.side)
           s.subject_kind, s.subject_id, so.position, d.side, so.two_sided, b.answer, s.observed_at, s.valid_until[so.slot] as ends_at, s.origin
    from said s
    join source so on so.instrument_id = s.instrument_id and so.unit = s.subject_kind and get_byte(s.answers, so.at_byte) <> 0
    join (values (0), (1)) d(side) on d.side = 0 or so.two_sided
    cross join lateral (select case when not so.by_sex then get_byte(s.answers, so.at_byte)
                                    when d.side = 0 then get_byte(s.answers, so.at_byte) & 15
                                    else get_byte(s.answers, so.at_byte) >> 4 end as answer) b
    where b.answer between 1 and 6
      and not (s.corrected and exists (
        select from assessment c
        join source cs on cs.instrument_id = c.instrument_id and cs.position = so.position
        where c.region_id = s.region_id and c.supersedes = s.assessment_id
          and case when not cs.by_sex then get_byte(c.answers, cs.at_byte)
                   when d.side = 0 then get_byte(c.answers, cs.at_byte) & 15
                   else get_byte(c.answers, cs.at_byte) >> 4 end <> 0
          and not exists (select from import_batch b where b.batch_id = c.batch_id and b.state = 'undone')))
    order by s.subject_kind, s.subject_id, so.position, d.side, s.observed_at desc, s.recorded_at desc, s.assessment_id desc
  )
  select subject_kind, subject_id, position, side, two_sided, answer, observed_at, ends_at, origin from answered where ends_at > p_at;
end $$;

-- Everything a standing keeps, for a set of people, as it is at `p_at`. Their place, sex and birth date are today's.
create function waymark.score_people(p_code text, p_regions integer[], p_ids uuid[], p_at timestamptz)
  returns table (region_id integer, person_id uuid, place_id uuid, sex smallint, age_group smallint, version integer,
                 excess integer, known integer, applicable integer, band smallint, answers bytea,
                 observed_at timestamptz, valid_until timestamptz, next_change timestamptz)
  language plpgsql stable set search_path = waymark, public, pg_temp as $$
#variable_conflict use_column
declare
  zone text := waymark.time_zone();
  today date := (p_at at time zone zone)::date;
  kinds text[]; regions integer[]; ids uuid[];
begin
  -- Whose answers are asked for: hers, her household's, those of her place and of the places around it.
  select array_agg(h.kind), array_agg(h.region_id), array_agg(h.id) into kinds, regions, ids from (
    with subject as materialized (
      select p.region_id, p.person_id, p.household_id, p.place_id from unnest(p_regions, p_ids) u(region_id, person_id) join person p using (region_id, person_id))
    select 'person' as kind, region_id, person_id as id from subject
    union all select distinct 'household', region_id, household_id from subject where household_id is not null
    union all select distinct 'place', a.region_id, a.place_id
      from (select distinct place_id from subject) s join place p using (place_id)
      join generate_series(1, nlevel(p.path)) i on true join place a on a.path = subpath(p.path, 0, i)
  ) h;
  return query
  with live as materialized (
    select instrument_id, version, (definition->'bands'->>'medium')::integer as medium, (definition->'bands'->>'high')::integer as high,
           (definition->'bands'->>'coverage')::integer as coverage
    from instrument where code = p_code and state = 'live'
  ), target as materialized (
    select t.position, t.weight from live join instrument_indicator t using (instrument_id)
  ), subject as materialized (
    select p.region_id, p.person_id, p.household_id, p.place_id, p.sex, p.born_on
    from unnest(p_regions, p_ids) u(region_id, person_id) join person p using (region_id, person_id)
  ), held as materialized (
    select * from held_answers(p_code, kinds, regions, ids, p_at, true)
  ), place_held as materialized (
    select distinct on (s.place_id, h.position, h.side) s.place_id, h.*
    from (select distinct place_id from subject) s join place p using (place_id)
    join generate_series(1, nlevel(p.path)) i on true join place a on a.path = subpath(p.path, 0, i)
    join held h on h.kind = 'place' and h.id = a.place_id
    order by s.place_id, h.position, h.side, i desc
  ), picked as (
    select s.region_id, s.person_id, s.sex, h.position, h.side, h.two_sided, h.answer, h.observed_at, h.ends_at
      from subject s join held h on h.kind = 'person' and h.id = s.person_id
    union all select s.region_id, s.person_id, s.sex, h.position, h.side, h.two_sided, h.answer, h.observed_at, h.ends_at
      from subject s join held h on h.kind = 'household' and h.id = s.household_id
    union all select s.region_id, s.person_id, s.sex, h.position, h.side, h.two_sided, h.answer, h.observed_at, h.ends_at
      from subject s join place_held h on h.place_id = s.place_id
  ), joined as (
    -- A by-sex answer counts on the person's side; where her sex is not known both sides must be there and agree.
    select region_id, person_id, position, max(observed_at) as observed_at, min(ends_at) as ends_at,
           case when min(answer) = max(answer) and count(*) = case when bool_or(two_sided) and sex not in (1, 2) then 2 else 1 end
                then min(answer) else 0 end as answer
    from picked where not two_sided or sex not in (1, 2) or side = case sex when 2 then 0 else 1 end
    group by region_id, person_id, position, sex
  ), summed as (
    select s.region_id, s.person_id, s.place_id, s.sex, s.born_on,
           coalesce(sum(t.weight * (j.answer - 1)) filter (where j.answer between 1 and 3), 0)::integer as excess,
           coalesce(sum(t.weight) filter (where j.answer between 1 and 3), 0)::integer as known,
           coalesce(sum(t.weight) filter (where j.answer is distinct from 6), 0)::integer as applicable,
           string_agg(substr('\x00010203040506'::bytea, coalesce(j.answer, 0) + 1, 1), ''::bytea order by t.position) as answers,
           max(j.observed_at) filter (where j.answer in (1, 2, 3, 6)) as observed_at,
           min(j.ends_at) filter (where j.answer in (1, 2, 3, 6)) as valid_until,
           min(j.ends_at) as next_end
    from subject s cross join target t
    left join joined j on j.region_id = s.region_id and j.person_id = s.person_id and j.position = t.position
    group by s.region_id, s.person_id, s.place_id, s.sex, s.born_on
  )
  select r.region_id, r.person_id, r.place_id, r.sex, age_group_on(r.born_on, today), l.version, r.excess, r.known, r.applicable,
         band_of(r.excess, r.known, r.applicable, l.medium, l.high, l.coverage), r.answers, r.observed_at, r.valid_until,
         least(r.next_end, next_age_group_date(r.born_on, today)::timestamp at time zone zone)
  from summed r cross join live l;
end $$;

-- The deepest level at which each country has measured each indicator. An answer whose end has come still says at which level data are made.
create function waymark.deepest_measured(p_code text, p_countries text[], p_at timestamptz)
  returns table (country text, "position" smallint, level smallint)
  language plpgsql stable security definer set search_path = waymark, public, pg_temp as $$
#variable_conflict use_column
begin
  return query
  with source as materialized (
    select si.instrument_id, si.position as at_byte, si.by_sex, t.position
    from instrument live join instrument_indicator t on t.instrument_id = live.instrument_id
    join instrument_indicator si on si.instrument_code = p_code and si.code = t.code
    where live.code = p_code and live.state = 'live'
  )
  select p.country, so.position, max(p.level)
  from source so
  join assessment a on a.instrument_id = so.instrument_id and a.subject_kind = 'place'
  join place p on p.place_id = a.subject_id
  cross join lateral (select get_byte(a.answers, so.at_byte) as byte) b
  where p.country = any (p_countries) and a.origin = 'measured' and a.observed_at <= p_at
    and (case when so.by_sex then b.byte & 15 in (1, 2, 3, 4, 5, 6) or b.byte >> 4 in (1, 2, 3, 4, 5, 6) else b.byte between 1 and 6 end)
    and (a.batch_id is null or not exists (select from import_batch u where u.batch_id = a.batch_id and u.state = 'undone'))
  group by 1, 2;
end $$;

-- The same for a set of places under an instrument that scores places. A place's own answer counts, measured or summed; below the deepest
-- level measured in its country it takes over the answer measured there. At or above that level a gap stays a gap.
-- sources: one byte an indicator: 0 nothing, 1 measured here, 2 summed from below, 16 + level: taken over from the area of that level.
create function waymark.score_places(p_code text, p_ids uuid[], p_at timestamptz)
  returns table (region_id integer, place_id uuid, version integer, excess integer, known integer, applicable integer, band smallint,
                 answers bytea, sources bytea, observed_at timestamptz, valid_until timestamptz, next_change timestamptz)
  language plpgsql stable set search_path = waymark, public, pg_temp as $$
#variable_conflict use_column
declare kinds text[]; regions integer[]; ids uuid[];
begin
  select array_agg('place'::text), array_agg(a.region_id), array_agg(a.place_id) into kinds, regions, ids
  from (select distinct a.region_id, a.place_id from unnest(p_ids) u(place_id) join place p using (place_id)
        join generate_series(1, nlevel(p.path)) i on true join place a on a.path = subpath(p.path, 0, i)) a;
  return query
  with live as materialized (
    select instrument_id, version, (definition->'bands'->>'medium')::integer as medium, (definition->'bands'->>'high')::integer as high,
           (definition->'bands'->>'coverage')::integer as coverage
    from instrument where code = p_code and state = 'live'
  ), target as materialized (
    select t.position, t.weight from live join instrument_indicator t using (instrument_id)
  ), subject as materialized (
    select p.region_id, p.place_id, p.path, p.level, p.country from unnest(p_ids) u(place_id) join place p using (place_id)
  ), deepest as materialized (
    select * from deepest_measured(p_code, (select array_agg(distinct country) from subject), p_at)
  ), own as materialized (
    select * from held_answers(p_code, kinds, regions, ids, p_at, false)
  ), measured as materialized (
    select h.*, a.path, a.level, a.country from held_answers(p_code, kinds, regions, ids, p_at, true) h join place a on a.place_id = h.id
    join deepest d on d.country = a.country and d.position = h.position and d.level = a.level
  ), picked as (
    select s.place_id, h.position, h.side, h.two_sided, h.answer, h.observed_at, h.ends_at, case h.origin when 'measured' then 1 else 2 end as source
      from subject s join own h on h.id = s.place_id
    union all select s.place_id, h.position, h.side, h.two_sided, h.answer, h.observed_at, h.ends_at, 16 + h.level
      from subject s join generate_series(1, nlevel(s.path) - 1) i on true
      join measured h on h.path = subpath(s.path, 0, i) and h.level < s.level
      where not exists (select from own o where o.id = s.place_id and o.position = h.position and o.side = h.side)
  ), joined as (
    select place_id, position, max(observed_at) as observed_at, min(ends_at) as ends_at,
           case when min(answer) = max(answer) and count(*) = case when bool_or(two_sided) then 2 else 1 end then min(answer) else 0 end as answer,
           (array_agg(source order by side))[1] as source
    from picked group by place_id, position
  ), summed as (
    select s.region_id, s.place_id,
           coalesce(sum(t.weight * (j.answer - 1)) filter (where j.answer between 1 and 3), 0)::integer as excess,
           coalesce(sum(t.weight) filter (where j.answer between 1 and 3), 0)::integer as known,
           coalesce(sum(t.weight) filter (where j.answer is distinct from 6), 0)::integer as applicable,
           string_agg(substr('\x00010203040506'::bytea, coalesce(j.answer, 0) + 1, 1), ''::bytea order by t.position) as answers,
           string_agg(set_byte('\x00'::bytea, 0, case when j.answer > 0 then j.source else 0 end), ''::bytea order by t.position) as sources,
           max(j.observed_at) filter (where j.answer in (1, 2, 3, 6)) as observed_at,
           min(j.ends_at) filter (where j.answer in (1, 2, 3, 6)) as valid_until,
           min(j.ends_at) as next_change
    from subject s cross join target t left join joined j on j.place_id = s.place_id and j.position = t.position
    group by s.region_id, s.place_id
  )
  select r.region_id, r.place_id, l.version, r.excess, r.known, r.applicable,
         band_of(r.excess, r.known, r.applicable, l.medium, l.high, l.coverage), r.answers, r.sources, r.observed_at, r.valid_until, r.next_change
  from summed r cross join live l;
end $$;

alter table waymark.standing add column sources bytea;   -- places only: score_places

-- Places as they stood at another moment, for readers of aggregates: what a map of a past date shows.
create function waymark.place_standings_at(p_code text, p_ids uuid[], p_at timestamptz)
  returns table (region_id integer, place_id uuid, version integer, excess integer, known integer, applicable integer, band smallint,
                 answers bytea, sources bytea, observed_at timestamptz, valid_until timestamptz, next_change timestamptz)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select s.* from score_places(p_code, p_ids, p_at) s where has_right('risk.read') and in_scope_or_large(s.place_id)
$$;

revoke execute on function waymark.held_answers, waymark.score_people, waymark.score_places, waymark.deepest_measured, waymark.place_standings_at from public;
grant execute on function waymark.held_answers, waymark.score_people, waymark.score_places, waymark.deepest_measured to waymark_jobs;
grant execute on function waymark.deepest_measured, waymark.place_standings_at to waymark_app;

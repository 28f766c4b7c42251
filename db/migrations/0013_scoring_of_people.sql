-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The arithmetic of risk/domain/{fold,standing,arithmetic}.ts over a set, straight from the assessments. The two say the same
-- to the last digit (src/risk/server/same-numbers.test.ts). Functions that read answers are for the owner and the clock only;
-- what the application may call (rescore_*) writes standings and says how many, never what.

-- The answer of each holder to each indicator of the live version of `p_code` at `p_at`, whatever version it was written under:
-- the latest that is not voided, if its end has not come. Side 0 is for females and for everybody, side 1 for males.
-- The assessments of a subject are ranked once (few rows), so that the many single answers are sorted by small numbers instead of by
-- text, ids and dates. enable_nestloop is said because score_places_singly turns it off.
create function waymark.held_answers(p_code text, p_kinds text[], p_regions integer[], p_ids uuid[], p_at timestamptz, p_measured boolean)
  returns table (kind text, id uuid, "position" smallint, side integer, two_sided boolean, answer integer, observed_at timestamptz,
                 ends_at timestamptz, origin text)
  language plpgsql stable set search_path = waymark, public, pg_temp set enable_nestloop = on as $$
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
  ), route as materialized (
    select so.*, d.side from source so join (values (0), (1)) d(side) on d.side = 0 or so.two_sided
  ), said as materialized (
    select h.n, a.region_id, a.assessment_id, a.subject_kind, a.instrument_id, a.answers, a.observed_at, a.valid_until, a.origin,
           exists (select from assessment c where c.region_id = a.region_id and c.supersedes = a.assessment_id) as corrected,
           row_number() over (partition by h.n order by a.observed_at desc, a.recorded_at desc, a.assessment_id desc)::integer as nth
    from unnest(p_kinds, p_regions, p_ids) with ordinality h(kind, region_id, id, n)
    join assessment a on a.region_id = h.region_id and a.subject_kind = h.kind and a.subject_id = h.id
    where a.observed_at <= p_at and (a.origin = 'measured' or not p_measured)
      and (a.batch_id is null or not exists (select from import_batch b where b.batch_id = a.batch_id and b.state = 'undone'))
  ), answered as (
    select distinct on (s.n, r.position, r.side)
           s.n, s.subject_kind, r.position, r.side, r.two_sided, b.answer, s.observed_at, s.valid_until[r.slot] as ends_at, s.origin
    from said s
    join route r on r.instrument_id = s.instrument_id and r.unit = s.subject_kind
    cross join lateral (select get_byte(s.answers, r.at_byte) as byte offset 0) g
    cross join lateral (select case when not r.by_sex then g.byte when r.side = 0 then g.byte & 15 else g.byte >> 4 end as answer) b
    where g.byte <> 0 and b.answer between 1 and 6
      and not (s.corrected and exists (
        select from assessment c
        join source cs on cs.instrument_id = c.instrument_id and cs.position = r.position
        where c.region_id = s.region_id and c.supersedes = s.assessment_id
          and case when not cs.by_sex then get_byte(c.answers, cs.at_byte)
                   when r.side = 0 then get_byte(c.answers, cs.at_byte) & 15
                   else get_byte(c.answers, cs.at_byte) >> 4 end <> 0
          and not exists (select from import_batch b where b.batch_id = c.batch_id and b.state = 'undone')))
    order by s.n, r.position, r.side, s.nth
  )
  select subject_kind, p_ids[n], position, side, two_sided, answer, observed_at, ends_at, origin from answered where ends_at > p_at;
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
      select p.region_id, p.person_id, p.household_id, p.place_id
      from unnest(p_regions, p_ids) u(region_id, person_id) join person p using (region_id, person_id))
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
grant execute on function waymark.held_answers, waymark.score_people to waymark_jobs;

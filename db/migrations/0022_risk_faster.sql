-- SPDX-License-Identifier: AGPL-3.0-or-later
-- held_answers as in 0020, faster for many subjects: the assessments of a subject are ranked once (few rows), so that the many
-- single answers are sorted by small numbers instead of by text, ids and dates.
create or replace function waymark.held_answers(p_code text, p_kinds text[], p_regions integer[], p_ids uuid[], p_at timestamptz, p_measured boolean)
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
    select distinct on (s.n, r.position, r.side) s.n, s.subject_kind, r.position, r.side, r.two_sided, b.answer, s.observed_at, s.valid_until[r.slot] as ends_at, s.origin
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

-- The age functions as plain expressions, which the planner writes into the query instead of calling them for each person.
-- A date as one number, 20261122: born + 100000 <= today says "ten years old", and 29 February waits for 1 March.
create function waymark.date_key(d date) returns integer language sql immutable parallel safe
  return extract(year from d)::integer * 10000 + extract(month from d)::integer * 100 + extract(day from d)::integer;
create or replace function waymark.age_group_on(born_on date, on_date date) returns smallint language sql immutable parallel safe
  return case when born_on is null then 0::smallint
    else (case when waymark.date_key(on_date) - waymark.date_key(born_on) >= 360000 then 6
               when waymark.date_key(on_date) - waymark.date_key(born_on) >= 260000 then 5
               when waymark.date_key(on_date) - waymark.date_key(born_on) >= 180000 then 4
               when waymark.date_key(on_date) - waymark.date_key(born_on) >= 140000 then 3
               when waymark.date_key(on_date) - waymark.date_key(born_on) >= 100000 then 2 else 1 end)::smallint end;
-- The first of the month so many years on, and the day added to it: 29 February rolls over to 1 March.
create or replace function waymark.next_age_group_date(born_on date, on_date date) returns date language sql immutable parallel safe
  return make_date(extract(year from born_on)::integer + case waymark.age_group_on(born_on, on_date) when 1 then 10 when 2 then 14 when 3 then 18 when 4 then 26 when 5 then 36 end,
                   extract(month from born_on)::integer, 1) + (extract(day from born_on)::integer - 1);

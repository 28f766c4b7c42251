-- SPDX-License-Identifier: AGPL-3.0-or-later
-- As 0013_scoring_of_people.sql, for a set of places under an instrument that scores places, at a price that does not grow with what
-- else is known. A place's own answer counts, measured or summed; below the deepest level measured in its country it takes over the answer
-- measured there. At or above that level a gap stays a gap.
-- sources: one byte an indicator: 0 nothing, 1 measured here, 2 summed from below, 16 + level: taken over from the area of that level.

-- Each of these places by itself. Only areas of a level that hands answers down are looked at. Sets are hashed together and never paired
-- row by row (the planner cannot know how many rows a function returns); what lies in a large table is looked up by array.
create function waymark.score_places_singly(p_code text, p_ids uuid[], p_at timestamptz)
  returns table (region_id integer, place_id uuid, version integer, excess integer, known integer, applicable integer, band smallint,
                 answers bytea, sources bytea, observed_at timestamptz, valid_until timestamptz, next_change timestamptz)
  language plpgsql stable set search_path = waymark, public, pg_temp set enable_nestloop = off set jit = off as $$
#variable_conflict use_column
declare regions integer[]; ids uuid[]; countries text[]; above ltree[]; handing uuid[];
begin
  select array_agg(p.region_id), array_agg(p.place_id), array_agg(distinct p.country) into regions, ids, countries
  from place p where p.place_id = any (p_ids);
  select array_agg(distinct subpath(p.path, 0, i)) into above
  from place p cross join generate_series(1, nlevel(p.path) - 1) i
  where p.place_id = any (p_ids) and p.level > (select min(level) from deepest_measured(p_code, countries, p_at));
  select array_agg(a.place_id) into handing from place a
  where a.path = any (above) and (a.country, a.level) in (select country, level from deepest_measured(p_code, countries, p_at));
  return query
  with live as materialized (
    select instrument_id, version, (definition->'bands'->>'medium')::integer as medium, (definition->'bands'->>'high')::integer as high,
           (definition->'bands'->>'coverage')::integer as coverage
    from instrument where code = p_code and state = 'live'
  ), target as materialized (
    select t.position, t.weight from live join instrument_indicator t using (instrument_id)
  ), subject as materialized (
    select p.region_id, p.place_id, p.path, p.level from place p where p.place_id = any (ids)
  ), own as materialized (
    select * from held_answers(p_code, array_fill('place'::text, array[coalesce(cardinality(ids), 0)]), regions, ids, p_at, false)
  ), area as materialized (
    select a.region_id, a.place_id, a.path, a.level, a.country from place a where a.place_id = any (handing)
  ), measured as materialized (
    select h.*, a.path, a.level
    from area a join deepest_measured(p_code, countries, p_at) d on d.country = a.country and d.level = a.level
    join held_answers(p_code,
        (select array_agg('place'::text) from area), (select array_agg(region_id) from area), (select array_agg(place_id) from area),
        p_at, true) h
      on h.id = a.place_id and h.position = d.position
  ), picked as (
    select o.id as place_id, o.position, o.side, o.two_sided, o.answer, o.observed_at, o.ends_at,
           case o.origin when 'measured' then 1 else 2 end as source
      from own o
    union all select s.place_id, h.position, h.side, h.two_sided, h.answer, h.observed_at, h.ends_at, 16 + h.level
      from subject s cross join generate_series(1, nlevel(s.path) - 1) i
      join measured h on h.path = subpath(s.path, 0, i) and h.level < s.level
      where handing is not null and not exists (select from own o where o.id = s.place_id and o.position = h.position and o.side = h.side)
  ), joined as (
    select place_id, position, max(observed_at) as observed_at, min(ends_at) as ends_at,
           case when min(answer) = max(answer) and count(*) = case when bool_or(two_sided) then 2 else 1 end
                then min(answer) else 0 end as answer,
           (array_agg(source order by side))[1] as source
    from picked group by place_id, position
  ), summed as (
    select s.region_id, s.place_id,
           coalesce(sum(t.weight * (j.answer - 1)) filter (where j.answer between 1 and 3), 0)::integer as excess,
           coalesce(sum(t.weight) filter (where j.answer between 1 and 3), 0)::integer as known,
           coalesce(sum(t.weight) filter (where j.answer is distinct from 6), 0)::integer as applicable,
           string_agg(substr('\x00010203040506'::bytea, coalesce(j.answer, 0) + 1, 1), ''::bytea order by t.position) as answers,
           string_agg(set_byte('\x00'::bytea, 0, case when j.answer > 0 then j.source else 0 end),
                      ''::bytea order by t.position) as sources,
           max(j.observed_at) filter (where j.answer in (1, 2, 3, 6)) as observed_at,
           min(j.ends_at) filter (where j.answer in (1, 2, 3, 6)) as valid_until,
           min(j.ends_at) as next_change
    from subject s cross join target t left join joined j on j.place_id = s.place_id and j.position = t.position
    group by s.region_id, s.place_id
  )
  select r.region_id, r.place_id, l.version, r.excess, r.known, r.applicable,
         band_of(r.excess, r.known, r.applicable, l.medium, l.high, l.coverage),
         r.answers, r.sources, r.observed_at, r.valid_until, r.next_change
  from summed r cross join live l;
end $$;

-- The same, each kind of place once: places of one level and country, with the same areas handing down to them and the same answers given
-- at the same times, stand alike. A million villages of one list are a few hundred kinds. A place with a corrected answer is a kind of its
-- own.
create function waymark.score_places(p_code text, p_ids uuid[], p_at timestamptz)
  returns table (region_id integer, place_id uuid, version integer, excess integer, known integer, applicable integer, band smallint,
                 answers bytea, sources bytea, observed_at timestamptz, valid_until timestamptz, next_change timestamptz)
  language plpgsql stable set search_path = waymark, public, pg_temp set jit = off as $$
#variable_conflict use_column
declare
  levels smallint[] := array(select distinct d.level
    from deepest_measured(p_code, array(select distinct p.country from place p where p.place_id = any (p_ids)), p_at) d);
  undone uuid[] := array(select b.batch_id from import_batch b where b.state = 'undone');
  ids uuid[]; regions integer[]; firsts uuid[];
begin
  select array_agg(k.id), array_agg(k.region), array_agg(k.first) into ids, regions, firsts from (
    select unnest(array_agg(h.place_id)) as id, unnest(array_agg(h.region_id)) as region, (array_agg(h.place_id))[1] as first
    from (
      select p.place_id, p.region_id, p.country, p.level,
             case when p.level > any (levels) then array(
               select a.place_id from generate_series(1, nlevel(p.path) - 1) i join place a on a.path = subpath(p.path, 0, i)
               where a.level = any (levels) order by a.level, a.place_id) end as around,
             -- In the order of held_answers. The instrument says how long the answers and their ends are,
             -- so no two histories look the same.
             string_agg(uuid_send(a.instrument_id) || timestamptz_send(a.observed_at) || array_send(a.valid_until)
                        || convert_to(a.origin, 'UTF8') || a.answers, ''::bytea
                        order by a.observed_at desc, a.recorded_at desc, a.assessment_id desc) as past,
             bool_or((select true from assessment c
                      where c.region_id = a.region_id and c.supersedes = a.assessment_id limit 1)) as corrected
      from place p
      left join assessment a on a.region_id = p.region_id and a.subject_kind = 'place' and a.subject_id = p.place_id
        and a.observed_at <= p_at
        and (a.batch_id = any (undone)) is not true
      where p.place_id = any (p_ids)
      group by p.place_id) h
    group by h.country, h.level, h.around, h.past, case when h.corrected then h.place_id end) k;
  return query
  select k.region, k.id, s.version, s.excess, s.known, s.applicable, s.band,
         s.answers, s.sources, s.observed_at, s.valid_until, s.next_change
  from unnest(ids, regions, firsts) k(id, region, first)
  join score_places_singly(p_code, array(select distinct f from unnest(firsts) f), p_at) s on s.place_id = k.first;
end $$;
grant execute on function waymark.score_places_singly, waymark.score_places to waymark_jobs;

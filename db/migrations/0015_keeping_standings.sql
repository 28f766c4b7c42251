-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The write path. Whoever may record an answer in a village may not read her neighbour's member who moved away, nor write the
-- province's figures, and yet these must follow: so these functions run as the owner, return counts only, and do nothing but
-- bring standings in line with the assessments.

-- They ask all the same: otherwise whoever reached them could count the people of any village (they say how many they looked at) and have
-- anybody scored as of any day. The clock and the owner act for nobody; the application always acts for somebody.
-- Places that are brought in or taken back change what is kept of those around them: "from 43 of 45" of a sum, and what a new place takes
-- over from above. Whoever imports places may therefore have them scored and sums recounted. She learns nothing by it: counts of what
-- changed, and levels.
create function waymark.ask_to_score() returns void language plpgsql stable as $$
begin
  if session_user = 'waymark_app' and not (waymark.has_right('assess.write') or waymark.has_right('people.write')
      or waymark.has_right('statistics.import') or waymark.has_right('places.import')) then
    raise exception 'scoring needs the right to record' using errcode = 'insufficient_privilege';
  end if;
end $$;
create function waymark.ask_to_score(p_kinds text[], p_regions integer[], p_ids uuid[]) returns void
  language plpgsql stable as $$
begin
  perform waymark.ask_to_score();
  if session_user = 'waymark_app' and exists (
    select from unnest(p_kinds, p_regions, p_ids) s(kind, region, id)
    where not coalesce(waymark.subject_in_scope(s.kind, s.region, s.id), false)) then
    raise exception 'somebody to be scored lies outside the area' using errcode = 'insufficient_privilege';
  end if;
end $$;
grant execute on function waymark.ask_to_score(), waymark.ask_to_score(text[], integer[], uuid[]) to waymark_app, waymark_jobs;

-- One writer a region (the level-1 area where the subject lives) and instrument at a time, so that no two transactions score from histories
-- that do not see each other; an answer about a whole country takes all of its instrument. Call it before reading or writing, once a
-- transaction, for everything that the transaction will touch: locks are taken in one order, so writers queue and never deadlock.
-- It asks, too: otherwise whoever reached it could make others wait, and could ask which ids there are.
create function waymark.lock_risk(p_code text, p_kinds text[], p_regions integer[], p_ids uuid[]) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare
  family integer := hashtext('waymark.risk:' || p_code);
  homes integer[]; found integer; everything boolean; home integer;
begin
  perform ask_to_score(p_kinds, p_regions, p_ids);
  if session_user = 'waymark_app' and not (has_right('assess.write') or has_right('people.write'))
     and exists (select from unnest(p_kinds) k where k <> 'place')
  then
    raise exception 'no right to record anything about people' using errcode = 'insufficient_privilege';
  end if;
  select coalesce(array_agg(distinct region order by region), '{}'), count(distinct (kind, id)), coalesce(bool_or(region = 0), false)
    into homes, found, everything
  from (
    select s.kind, s.id, l.region_id as region from unnest(p_kinds, p_regions, p_ids) s(kind, region_id, id)
      join person p on s.kind = 'person' and p.region_id = s.region_id and p.person_id = s.id join place l on l.place_id = p.place_id
    union all select s.kind, s.id, l.region_id from unnest(p_kinds, p_regions, p_ids) s(kind, region_id, id)
      join household h on s.kind = 'household' and h.region_id = s.region_id and h.household_id = s.id
      join place l on l.place_id = h.place_id
    union all select s.kind, s.id, l.region_id from unnest(p_kinds, p_regions, p_ids) s(kind, region_id, id)
      join person p on s.kind = 'household' and p.region_id = s.region_id and p.household_id = s.id join place l on l.place_id = p.place_id
    -- Where a person stood until now, when she has just moved.
    union all select s.kind, s.id, l.region_id from unnest(p_kinds, p_regions, p_ids) s(kind, region_id, id)
      join standing w on s.kind = 'person' and w.region_id = s.region_id
        and w.instrument_code = p_code and w.subject_kind = 'person' and w.subject_id = s.id
      join place l on l.place_id = w.place_id
    union all select s.kind, s.id, l.region_id from unnest(p_kinds, p_regions, p_ids) s(kind, region_id, id)
      join place l on s.kind = 'place' and l.place_id = s.id and l.region_id = s.region_id
  ) r;
  if everything then
    perform pg_advisory_xact_lock(family, -1);
  else
    perform pg_advisory_xact_lock_shared(family, -1);
    foreach home in array homes loop perform pg_advisory_xact_lock(family, home); end loop;
  end if;
  return found;
end $$;

create function waymark.lock_risk_all(p_code text) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if session_user = 'waymark_app' and not
       (has_right('statistics.import') or has_right('instruments.manage') or has_right('places.import'))
  then
    raise exception 'only work on a whole country takes a whole instrument' using errcode = 'insufficient_privilege';
  end if;
  perform pg_advisory_xact_lock(hashtext('waymark.risk:' || p_code), -1);
end $$;
grant execute on function waymark.lock_risk, waymark.lock_risk_all to waymark_app, waymark_jobs;

-- Standings of these people at `p_at`, without asking; rows that do not change are not touched. Returns how many changed.
create function waymark.score_people_anew(p_code text, p_regions integer[], p_ids uuid[], p_at timestamptz) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare changed integer;
begin
  insert into standing as s (region_id, instrument_code, subject_kind, subject_id, place_id, sex, age_group, instrument_version,
                             excess, known, applicable, band, answers, observed_at, valid_until, next_change, computed_at)
  select r.region_id, p_code, 'person', r.person_id, r.place_id, r.sex, r.age_group, r.version,
         r.excess, r.known, r.applicable, r.band, r.answers, r.observed_at, r.valid_until, r.next_change, p_at
  from score_people(p_code, p_regions, p_ids, p_at) r
  order by r.region_id, r.person_id
  on conflict (region_id, instrument_code, subject_kind, subject_id) do update
    set place_id = excluded.place_id, sex = excluded.sex, age_group = excluded.age_group, instrument_version = excluded.instrument_version,
        excess = excluded.excess, known = excluded.known, applicable = excluded.applicable,
        band = excluded.band, answers = excluded.answers, observed_at = excluded.observed_at, valid_until = excluded.valid_until,
        next_change = excluded.next_change, computed_at = excluded.computed_at
    where (s.place_id, s.sex, s.age_group, s.instrument_version, s.excess, s.known, s.applicable, s.band, s.answers,
           s.observed_at, s.valid_until, s.next_change)
      is distinct from (excluded.place_id, excluded.sex, excluded.age_group, excluded.instrument_version, excluded.excess,
                        excluded.known, excluded.applicable, excluded.band, excluded.answers,
                        excluded.observed_at, excluded.valid_until, excluded.next_change);
  get diagnostics changed = row_count;
  return changed;
end $$;

-- The same for places.
create function waymark.score_places_anew(p_code text, p_ids uuid[], p_at timestamptz) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare changed integer;
begin
  insert into standing as s (region_id, instrument_code, subject_kind, subject_id, place_id, instrument_version, excess, known,
                             applicable, band, answers, sources, observed_at, valid_until, next_change, computed_at)
  select r.region_id, p_code, 'place', r.place_id, r.place_id, r.version, r.excess, r.known, r.applicable, r.band, r.answers, r.sources,
         r.observed_at, r.valid_until, r.next_change, p_at
  from score_places(p_code, p_ids, p_at) r
  order by r.region_id, r.place_id
  on conflict (region_id, instrument_code, subject_kind, subject_id) do update
    set instrument_version = excluded.instrument_version, excess = excluded.excess, known = excluded.known,
        applicable = excluded.applicable, band = excluded.band, answers = excluded.answers, sources = excluded.sources,
        observed_at = excluded.observed_at, valid_until = excluded.valid_until,
        next_change = excluded.next_change, computed_at = excluded.computed_at
    where (s.instrument_version, s.excess, s.known, s.applicable, s.band, s.answers, s.sources, s.observed_at, s.valid_until, s.next_change)
      is distinct from (excluded.instrument_version, excluded.excess, excluded.known, excluded.applicable, excluded.band, excluded.answers,
                        excluded.sources, excluded.observed_at, excluded.valid_until, excluded.next_change);
  get diagnostics changed = row_count;
  return changed;
end $$;
grant execute on function waymark.score_people_anew, waymark.score_places_anew to waymark_jobs;

create function waymark.rescore_people(p_code text, p_regions integer[], p_ids uuid[], p_at timestamptz) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  perform ask_to_score(array_fill('person'::text, array[coalesce(cardinality(p_ids), 0)]), p_regions, p_ids);
  return score_people_anew(p_code, p_regions, p_ids, p_at);
end $$;

-- Everybody whose standing an answer on these subjects can change, for an instrument that scores people: the person; the members of the
-- household, wherever they live; all who live in the place or below it. Whom an answer reaches is not the asker's to choose: members of a
-- household in her area may live elsewhere. Returns how many were looked at.
create function waymark.rescore_people_of(p_code text, p_kinds text[], p_regions integer[], p_ids uuid[], p_at timestamptz) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare regions integer[]; ids uuid[]; n integer; from_n integer := 1; step constant integer := 4000;
begin
  perform ask_to_score(p_kinds, p_regions, p_ids);
  select array_agg(a.region_id order by a.region_id, a.person_id), array_agg(a.person_id order by a.region_id, a.person_id)
    into regions, ids from (
    select s.region_id, s.id as person_id from unnest(p_kinds, p_regions, p_ids) s(kind, region_id, id) where s.kind = 'person'
    union select p.region_id, p.person_id from unnest(p_kinds, p_regions, p_ids) s(kind, region_id, id)
      join person p on s.kind = 'household' and p.region_id = s.region_id and p.household_id = s.id
    union select p.region_id, p.person_id from unnest(p_kinds, p_regions, p_ids) s(kind, region_id, id)
      join place top on s.kind = 'place' and top.place_id = s.id
      join place low on low.path <@ top.path join person p on p.place_id = low.place_id
  ) a;
  n := coalesce(cardinality(ids), 0);
  while from_n <= n loop
    perform score_people_anew(p_code, regions[from_n : from_n + step - 1], ids[from_n : from_n + step - 1], p_at);
    from_n := from_n + step;
  end loop;
  -- An importer of statistics without a right to people sets them right and is not told how many there are.
  return case when session_user = 'waymark_app' and not has_right('people.read') then 0 else n end;
end $$;

-- Places are scored over a whole country (what is handed down depends on all of it), and how many there are everybody may know: the right
-- is enough.
create function waymark.rescore_places(p_code text, p_ids uuid[], p_at timestamptz) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  perform ask_to_score();
  return score_places_anew(p_code, p_ids, p_at);
end $$;

-- The places whose standing these places' answers can change: themselves and all below, which take answers over.
create function waymark.rescore_places_of(p_code text, p_ids uuid[], p_at timestamptz) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare ids uuid[];
begin
  select array_agg(distinct low.place_id) into ids from unnest(p_ids) s(id)
    join place top on top.place_id = s.id join place low on low.path <@ top.path;
  perform rescore_places(p_code, ids, p_at);
  return coalesce(cardinality(ids), 0);
end $$;
grant execute on function waymark.rescore_people, waymark.rescore_people_of, waymark.rescore_places, waymark.rescore_places_of
  to waymark_app, waymark_jobs;

-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The write path. Whoever may record an answer in a village may not read her neighbour's member who moved away, nor write the
-- province's figures, and yet these must follow: so these functions run as the owner, return counts only, and do nothing but
-- bring standings in line with the assessments.

-- One writer a region (the level-1 area where the subject lives) and instrument at a time, so that no two transactions score from histories
-- that do not see each other; an answer about a whole country takes all of its instrument. Call it before reading or writing, once a transaction,
-- for everything that the transaction will touch: locks are taken in one order, so writers queue and never deadlock.
create function waymark.lock_risk(p_code text, p_kinds text[], p_regions integer[], p_ids uuid[]) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare
  family integer := hashtext('waymark.risk:' || p_code);
  homes integer[]; found integer; everything boolean; home integer;
begin
  select coalesce(array_agg(distinct region order by region), '{}'), count(distinct (kind, id)), coalesce(bool_or(region = 0), false)
    into homes, found, everything
  from (
    select s.kind, s.id, l.region_id as region from unnest(p_kinds, p_regions, p_ids) s(kind, region_id, id)
      join person p on s.kind = 'person' and p.region_id = s.region_id and p.person_id = s.id join place l on l.place_id = p.place_id
    union all select s.kind, s.id, l.region_id from unnest(p_kinds, p_regions, p_ids) s(kind, region_id, id)
      join household h on s.kind = 'household' and h.region_id = s.region_id and h.household_id = s.id join place l on l.place_id = h.place_id
    union all select s.kind, s.id, l.region_id from unnest(p_kinds, p_regions, p_ids) s(kind, region_id, id)
      join person p on s.kind = 'household' and p.region_id = s.region_id and p.household_id = s.id join place l on l.place_id = p.place_id
    -- Where a person stood until now, when she has just moved.
    union all select s.kind, s.id, l.region_id from unnest(p_kinds, p_regions, p_ids) s(kind, region_id, id)
      join standing w on s.kind = 'person' and w.region_id = s.region_id and w.instrument_code = p_code and w.subject_kind = 'person' and w.subject_id = s.id
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

create function waymark.lock_risk_all(p_code text) returns void language sql security definer set search_path = waymark, public, pg_temp
  as $$ select pg_advisory_xact_lock(hashtext('waymark.risk:' || p_code), -1) $$;

-- Standings of these people at `p_at`; rows that do not change are not touched. Returns how many changed.
create function waymark.rescore_people(p_code text, p_regions integer[], p_ids uuid[], p_at timestamptz) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare changed integer;
begin
  insert into standing as s (region_id, instrument_code, subject_kind, subject_id, place_id, sex, age_group, instrument_version, excess, known,
                             applicable, band, answers, observed_at, valid_until, next_change, computed_at)
  select r.region_id, p_code, 'person', r.person_id, r.place_id, r.sex, r.age_group, r.version, r.excess, r.known, r.applicable, r.band, r.answers,
         r.observed_at, r.valid_until, r.next_change, p_at
  from score_people(p_code, p_regions, p_ids, p_at) r
  order by r.region_id, r.person_id
  on conflict (region_id, instrument_code, subject_kind, subject_id) do update
    set place_id = excluded.place_id, sex = excluded.sex, age_group = excluded.age_group, instrument_version = excluded.instrument_version,
        excess = excluded.excess, known = excluded.known, applicable = excluded.applicable, band = excluded.band, answers = excluded.answers,
        observed_at = excluded.observed_at, valid_until = excluded.valid_until, next_change = excluded.next_change, computed_at = excluded.computed_at
    where (s.place_id, s.sex, s.age_group, s.instrument_version, s.excess, s.known, s.applicable, s.band, s.answers, s.observed_at, s.valid_until, s.next_change)
      is distinct from (excluded.place_id, excluded.sex, excluded.age_group, excluded.instrument_version, excluded.excess, excluded.known, excluded.applicable,
                        excluded.band, excluded.answers, excluded.observed_at, excluded.valid_until, excluded.next_change);
  get diagnostics changed = row_count;
  return changed;
end $$;

create function waymark.rescore_places(p_code text, p_ids uuid[], p_at timestamptz) returns integer
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
    set instrument_version = excluded.instrument_version, excess = excluded.excess, known = excluded.known, applicable = excluded.applicable,
        band = excluded.band, answers = excluded.answers, sources = excluded.sources, observed_at = excluded.observed_at,
        valid_until = excluded.valid_until, next_change = excluded.next_change, computed_at = excluded.computed_at
    where (s.instrument_version, s.excess, s.known, s.applicable, s.band, s.answers, s.sources, s.observed_at, s.valid_until, s.next_change)
      is distinct from (excluded.instrument_version, excluded.excess, excluded.known, excluded.applicable, excluded.band, excluded.answers,
                        excluded.sources, excluded.observed_at, excluded.valid_until, excluded.next_change);
  get diagnostics changed = row_count;
  return changed;
end $$;

-- Everybody whose standing an answer on these subjects can change, for an instrument that scores people: the person; the members of the
-- household, wherever they live; all who live in the place or below it. Returns how many were looked at.
create function waymark.rescore_people_of(p_code text, p_kinds text[], p_regions integer[], p_ids uuid[], p_at timestamptz) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare regions integer[]; ids uuid[]; n integer; from_n integer := 1; step constant integer := 4000;
begin
  select array_agg(a.region_id order by a.region_id, a.person_id), array_agg(a.person_id order by a.region_id, a.person_id) into regions, ids from (
    select s.region_id, s.id as person_id from unnest(p_kinds, p_regions, p_ids) s(kind, region_id, id) where s.kind = 'person'
    union select p.region_id, p.person_id from unnest(p_kinds, p_regions, p_ids) s(kind, region_id, id)
      join person p on s.kind = 'household' and p.region_id = s.region_id and p.household_id = s.id
    union select p.region_id, p.person_id from unnest(p_kinds, p_regions, p_ids) s(kind, region_id, id)
      join place top on s.kind = 'place' and top.place_id = s.id join place low on low.path <@ top.path join person p on p.place_id = low.place_id
  ) a;
  n := coalesce(cardinality(ids), 0);
  while from_n <= n loop
    perform rescore_people(p_code, regions[from_n : from_n + step - 1], ids[from_n : from_n + step - 1], p_at);
    from_n := from_n + step;
  end loop;
  return n;
end $$;

-- The places whose standing these places' answers can change: themselves and all below, which take answers over.
create function waymark.rescore_places_of(p_code text, p_ids uuid[], p_at timestamptz) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare ids uuid[];
begin
  select array_agg(distinct low.place_id) into ids from unnest(p_ids) s(id) join place top on top.place_id = s.id join place low on low.path <@ top.path;
  perform rescore_places(p_code, ids, p_at);
  return coalesce(cardinality(ids), 0);
end $$;

revoke execute on function waymark.lock_risk, waymark.lock_risk_all, waymark.rescore_people, waymark.rescore_places, waymark.rescore_people_of, waymark.rescore_places_of from public;
grant execute on function waymark.lock_risk, waymark.lock_risk_all, waymark.rescore_people, waymark.rescore_places, waymark.rescore_people_of, waymark.rescore_places_of
  to waymark_app, waymark_jobs;

-- Standings are written by these functions alone.
drop policy scope_writes on waymark.standing;
revoke insert, update, delete on waymark.standing from waymark_app, waymark_jobs;

-- Rollups: as in 0005, but looking only at rows whose figures changed, and one country and instrument at a time: nearly every write moves the country's own
-- rows anyway, and taking them in turn is what keeps two provinces from deadlocking there.
do $do$ declare source text; op text; begin
  foreach op in array array['insert', 'update', 'delete'] loop
    source := case op
      when 'insert' then $q$select s.place_id, s.instrument_code, s.instrument_version, s.sex, s.age_group, s.band, s.answers, 1 as d, true as moved, true as said
                            from new_rows s where s.subject_kind = 'person'$q$
      when 'delete' then $q$select s.place_id, s.instrument_code, s.instrument_version, s.sex, s.age_group, s.band, s.answers, -1 as d, true as moved, true as said
                            from old_rows s where s.subject_kind = 'person'$q$
      else $q$select x.place_id, x.instrument_code, x.instrument_version, x.sex, x.age_group, x.band, x.answers, x.d,
                     (o.place_id, o.sex, o.age_group, o.band) is distinct from (n.place_id, n.sex, n.age_group, n.band) as moved,
                     (o.place_id, o.instrument_version, o.answers) is distinct from (n.place_id, n.instrument_version, n.answers) as said
              from old_rows o join new_rows n using (region_id, instrument_code, subject_kind, subject_id)
              cross join lateral (values (o.place_id, instrument_code, o.instrument_version, o.sex, o.age_group, o.band, o.answers, -1),
                                         (n.place_id, instrument_code, n.instrument_version, n.sex, n.age_group, n.band, n.answers, 1))
                x(place_id, instrument_code, instrument_version, sex, age_group, band, answers, d)
              where subject_kind = 'person'$q$ end;
    execute format($fn$
      create or replace function waymark.rollup_after_%1$s() returns trigger
        language plpgsql security definer set search_path = waymark, public, pg_temp as $body$
      declare code text; country text;
      begin
        for code, country in select distinct s.instrument_code, p.country from (%2$s) s join place p using (place_id) where s.moved or s.said order by 1, 2 loop
          perform pg_advisory_xact_lock(hashtext('waymark.rollup:' || code), hashtext(country));
        end loop;
        if not found then return null; end if;

        insert into rollup as r (region_id, place_id, instrument_code, sex, age_group, band, n)
        select a.region_id, a.place_id, x.instrument_code, x.sex, x.age_group, x.band, sum(x.n)
        from (select place_id, instrument_code, sex, age_group, band, sum(d)::integer as n from (%2$s) s where s.moved
              group by 1, 2, 3, 4, 5 having sum(d) <> 0) x
        join place p using (place_id)
        join generate_series(1, nlevel(p.path)) i on true
        join place a on a.path = subpath(p.path, 0, i)
        group by 1, 2, 3, 4, 5, 6 having sum(x.n) <> 0
        order by 1, 2, 3, 4, 5, 6
        on conflict (region_id, place_id, instrument_code, sex, age_group, band) do update set n = r.n + excluded.n;

        insert into rollup_answer as r (region_id, place_id, instrument_code, indicator, score, n)
        select a.region_id, a.place_id, x.instrument_code, x.indicator, x.score, sum(x.n)
        from (select s.place_id, s.instrument_code, ins.indicators[i + 1] as indicator, get_byte(s.answers, i)::smallint as score,
                     sum(s.d)::integer as n
              from (%2$s) s
              join instrument ins on ins.code = s.instrument_code and ins.version = s.instrument_version
              join generate_series(0, length(s.answers) - 1) i on true
              where s.said and get_byte(s.answers, i) between 1 and 3 and ins.indicators[i + 1] <> all (ins.protected_codes)
              group by 1, 2, 3, 4 having sum(s.d) <> 0) x
        join place p using (place_id)
        join generate_series(1, nlevel(p.path)) i on true
        join place a on a.path = subpath(p.path, 0, i)
        group by 1, 2, 3, 4, 5 having sum(x.n) <> 0
        order by 1, 2, 3, 4, 5
        on conflict (region_id, place_id, instrument_code, indicator, score) do update set n = r.n + excluded.n;
        return null;
      end $body$;
    $fn$, op, source);
  end loop;
end $do$;

-- The people's figures as they stood when the month ended (its last moment in the places' time zone). Standings that have not changed since
-- are taken as they are, the others are scored at that moment. Where people live is taken as of today. Twice is once.
create function waymark.close_month(p_month_end date) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare
  ends_at timestamptz := ((p_month_end + 1)::timestamp at time zone waymark.time_zone()) - interval '1 millisecond';
  live_code text; regions integer[]; ids uuid[]; written integer := 0; n integer;
begin
  for live_code in select i.code from instrument i where i.state = 'live' and i.scores = 'person' order by 1 loop
    delete from rollup_month where instrument_code = live_code and month_end = p_month_end;
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
revoke execute on function waymark.close_month from public;
grant execute on function waymark.close_month to waymark_jobs;

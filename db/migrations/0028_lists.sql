-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Lists of people by urgency, by renewal, by newest answer, of a village as of a whole country; and one person or household as it stood on
-- any past day. What a list is sorted and filtered by is kept narrow beside the standings, by trigger, so that a page of fifty is read from
-- an index whatever the size of the place (bench/README.md says what that costs a write).

-- Which answers warn by themselves, beside what else SQL needs of a definition.
alter table waymark.instrument_indicator add column warns boolean not null default false;
update waymark.instrument_indicator x set warns = coalesce((i.definition->'indicators'->x.position::integer->>'warns')::boolean, false)
from waymark.instrument i where i.instrument_id = x.instrument_id;
create or replace function waymark.spread_instrument() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if tg_op = 'UPDATE' then
    if (new.code, new.version, new.scores, new.definition, new.indicators)
       is distinct from (old.code, old.version, old.scores, old.definition, old.indicators)
    then
      raise exception 'a published instrument never changes; publish a new version' using errcode = 'restrict_violation';
    end if;
    return new;
  end if;
  insert into instrument_indicator
  select new.instrument_id, new.code, i.n - 1, i.d->>'code', i.d->>'unit', (i.d->>'weight')::integer, (i.d->>'bySex')::boolean,
         (i.d->>'months')::smallint, dense_rank() over (order by (i.d->>'months')::integer), coalesce((i.d->>'warns')::boolean, false)
  from jsonb_array_elements(new.definition->'indicators') with ordinality i(d, n);
  if new.indicators <> array(select code from instrument_indicator where instrument_id = new.instrument_id order by position) then
    raise exception 'the indicators beside a definition are not those of the definition' using errcode = 'check_violation';
  end if;
  return new;
end $$;

create table waymark.listing (
  region_id       integer not null,             -- of registration, as the standing's
  instrument_code text not null,
  person_id       uuid not null,
  place_id        uuid not null,                -- where she lives
  home_region     integer not null,             -- the level-1 area of that place: what the sorted indexes begin with
  sex             smallint not null,            -- 0 holds "not known" and "not applicable"
  age_group       smallint not null,
  -- band * 2000 + the index of the answers that are not protected, in tenths: 6667 is "high, 66.7"; 10000 more while a warning of hers or her
  -- household's holds, so that it stands before everybody without one (risk/domain/warning.ts).
  urgency         smallint not null,
  renew_by        timestamptz not null,         -- standing.valid_until; -infinity: nothing is known any more
  seen_at         timestamptz not null,         -- standing.observed_at; -infinity: never
  primary key (region_id, instrument_code, person_id)
);
create index listing_urgency on waymark.listing (instrument_code, home_region, urgency, region_id, person_id)
  include (place_id, sex, age_group, renew_by);
create index listing_renewal on waymark.listing (instrument_code, home_region, renew_by, region_id, person_id)
  include (place_id, sex, age_group, urgency);
create index listing_seen on waymark.listing (instrument_code, home_region, seen_at, region_id, person_id)
  include (place_id, sex, age_group, urgency, renew_by);
create index listing_place on waymark.listing (place_id, instrument_code);
alter table waymark.listing enable row level security, force row level security;
create policy owner_all on waymark.listing to waymark_owner using (true) with check (true);

create function waymark.urgency_of(band smallint, excess integer, known integer) returns smallint language sql immutable parallel safe
  return (band * 2000 + case when known = 0 then 0 else (1000 * excess::bigint + known) / (2 * known::bigint) end)::smallint;
grant execute on function waymark.urgency_of to waymark_app, waymark_jobs;

-- What a list sorts by: whether a warning holds, then the band, which counts every answer, and within it the index of the answers that are not
-- protected. An order by all of them would tell who answered what (docs/decisions/0013-protected-answers.md). Sums of all, less what the
-- protected ones add. `warning`: where the answers stand of which a 3 warns by itself.
create function waymark.open_urgency(band smallint, excess integer, known integer, answers bytea, positions smallint[], weights integer[], warning smallint[])
  returns smallint language plpgsql immutable parallel safe as $$
declare b integer; p smallint; lift smallint := 0;
begin
  for i in 1 .. cardinality(positions) loop
    b := get_byte(answers, positions[i]);
    if b between 1 and 3 then
      known := known - weights[i];
      excess := excess - weights[i] * (b - 1);
    end if;
  end loop;
  foreach p in array warning loop
    if get_byte(answers, p) = 3 then
      lift := 10000;
      exit;
    end if;
  end loop;
  return lift + waymark.urgency_of(band, excess, known);
end $$;
-- What of each version a list needs to know: the protected questions and their weights, and the questions about a person or her household
-- that warn. What warns of a place says something of everybody who lives there, and lifts nobody above her neighbours.
create function waymark.listing_terms()
  returns table (instrument_code text, instrument_version integer, positions smallint[], weights integer[], warning smallint[], open_warning smallint[])
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select i.code, i.version, coalesce(array_agg(x.position order by x.position) filter (where x.code = any (i.protected_codes)), '{}'),
         coalesce(array_agg(x.weight order by x.position) filter (where x.code = any (i.protected_codes)), '{}'),
         coalesce(array_agg(x.position order by x.position) filter (where x.warns and x.unit <> 'place'), '{}'),
         coalesce(array_agg(x.position order by x.position) filter (where x.warns and x.unit <> 'place' and x.code <> all (i.protected_codes)), '{}')
  from instrument i join instrument_indicator x using (instrument_id) where i.scores = 'person' group by i.instrument_id
$$;

-- The list as the standings say it is: what the triggers below keep, and what an examination compares with.
create function waymark.listing_of_standings() returns setof waymark.listing
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select s.region_id, s.instrument_code, s.subject_id, s.place_id, p.region_id, case when s.sex in (1, 2) then s.sex else 0 end,
         coalesce(s.age_group, 0), open_urgency(s.band, s.excess, s.known, s.answers, h.positions, h.weights, h.warning),
         coalesce(s.valid_until, '-infinity'), coalesce(s.observed_at, '-infinity')
  from standing s join place p using (place_id) join (select * from listing_terms() offset 0) h using (instrument_code, instrument_version)
  where s.subject_kind = 'person'
$$;

-- A new standing never has a line yet: plain rows take a quarter less than rows that might be there.
do $do$ declare op text; known text; begin
  foreach op in array array['insert', 'update'] loop
    known := case op when 'insert' then '' else $q$
      on conflict (region_id, instrument_code, person_id) do update
        set place_id = excluded.place_id, home_region = excluded.home_region, sex = excluded.sex, age_group = excluded.age_group,
            urgency = excluded.urgency, renew_by = excluded.renew_by, seen_at = excluded.seen_at
        where (l.place_id, l.sex, l.age_group, l.urgency, l.renew_by, l.seen_at)
          is distinct from (excluded.place_id, excluded.sex, excluded.age_group, excluded.urgency, excluded.renew_by, excluded.seen_at)$q$ end;
    execute format($fn$
      create function waymark.list_after_%1$s() returns trigger
        language plpgsql security definer set search_path = waymark, public, pg_temp as $body$
      begin
        if not exists (select from new_rows) then return null; end if;
        insert into listing as l (region_id, instrument_code, person_id, place_id, home_region, sex, age_group, urgency, renew_by, seen_at)
        select n.region_id, n.instrument_code, n.subject_id, n.place_id, p.region_id, case when n.sex in (1, 2) then n.sex else 0 end,
               coalesce(n.age_group, 0), open_urgency(n.band, n.excess, n.known, n.answers, h.positions, h.weights, h.warning),
               coalesce(n.valid_until, '-infinity'), coalesce(n.observed_at, '-infinity')
        from new_rows n join place p using (place_id) join (select * from listing_terms() offset 0) h using (instrument_code, instrument_version)
        where n.subject_kind = 'person'
        order by 1, 3 %2$s;
        return null;
      end $body$;
      create trigger list_after_%1$s after %1$s on waymark.standing
        referencing new table as new_rows for each statement execute function waymark.list_after_%1$s();
    $fn$, op, known);
  end loop;
end $do$;

create function waymark.list_after_delete() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  delete from listing l using old_rows o
  where l.region_id = o.region_id and l.instrument_code = o.instrument_code and l.person_id = o.subject_id and o.subject_kind = 'person';
  return null;
end $$;
create trigger list_after_delete after delete on waymark.standing
  referencing old table as old_rows for each statement execute function waymark.list_after_delete();

insert into waymark.listing select * from waymark.listing_of_standings();

-- Whom of these, as far as whoever asks may read them, a protected answer alone lifts: beside a warning that may be told in words nothing is
-- told of one that may not (docs/decisions/0013-protected-answers.md).
create function waymark.private_warnings(p_code text, p_regions integer[], p_ids uuid[]) returns table (region_id integer, person_id uuid)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select s.region_id, s.subject_id
  from unnest(p_regions, p_ids) k(region_id, subject_id)
  join standing s on s.region_id = k.region_id and s.instrument_code = p_code and s.subject_kind = 'person' and s.subject_id = k.subject_id
  join (select * from listing_terms() offset 0) h using (instrument_code, instrument_version)
  where exists (select from unnest(h.warning) w where get_byte(s.answers, w) = 3)
    and not exists (select from unnest(h.open_warning) w where get_byte(s.answers, w) = 3)
    and (session_user <> 'waymark_app'
      or (has_right('people.read') or has_right('assigned.read')) and subject_in_scope('person', s.region_id, s.subject_id))
$$;
grant execute on function waymark.private_warnings to waymark_app;

-- A page of the list, as keys. With a place: everybody who lives there or below, for readers of people in their area. Without: everybody in
-- the reader's area, or in her care. Few people are gathered and sorted; of many, and of whole provinces, each province gives its first so many
-- in order, from an index. What is rare among many (a band, a warning, a renewal date) is gathered by that. `p_warns`: only for whom one holds. `p_key` is the sort key of the last row of the page before.
create function waymark.list_people(p_code text, p_place uuid, p_bands smallint[], p_sex smallint, p_age_group smallint, p_renew_by timestamptz,
    p_warns boolean, p_sort text, p_key text, p_region integer, p_person uuid, p_limit integer)
  returns table (region_id integer, person_id uuid, sort_key text)
  language plpgsql stable security definer set search_path = waymark, public, pg_temp set jit = off as $$
#variable_conflict use_column
declare
  few constant integer := 5000;
  sort_by text := case p_sort when 'renewal' then 'renew_by' when 'seen' then 'seen_at' else 'urgency' end;
  kind text := case p_sort when 'renewal' then 'timestamptz' when 'seen' then 'timestamptz' else 'smallint' end;
  way text := case p_sort when 'renewal' then 'asc' else 'desc' end;
  filter text := 'l.instrument_code = $1';
  sorted text; page text; source text; paths ltree[]; homes integer[]; within text := '';
  -- Between which urgencies those lie who are wanted: of whom a warning holds, and of the others.
  lowest integer; highest integer; steps integer[]; range text := '';
  total bigint; in_bands bigint; due bigint; warned bigint; whole boolean;
begin
  sorted := format('l.%1$I %2$s, l.region_id %2$s, l.person_id %2$s', sort_by, way);
  if p_bands is not null then filter := filter || ' and l.urgency % 10000 / 2000 = any ($2)'; end if;
  if p_bands is not null or p_warns then
    select coalesce(min(b), 0) * 2000, coalesce(max(b), 3) * 2000 + 1999 into lowest, highest from unnest(p_bands) b;
    steps := case when p_warns then '{10000}' else '{10000,0}' end::integer[];
    select ' and (' || string_agg(format('l.urgency between %s and %s', lowest + s, highest + s), ' or ') || ')' into range from unnest(steps) s;
  end if;
  -- Nobody is sent to whoever is not to be visited.
  if p_warns then filter := filter || ' and l.urgency >= 10000 and not exists (select from person r
    where r.region_id = l.region_id and r.person_id = l.person_id and r.restricted_at is not null)'; end if;
  if p_sex is not null then filter := filter || ' and l.sex = $3'; end if;
  if p_age_group is not null then filter := filter || ' and l.age_group = $4'; end if;
  if p_renew_by is not null then filter := filter || ' and l.renew_by <= $5'; end if;
  if p_key is not null then
    filter := filter || format(' and (l.%I, l.region_id, l.person_id) %s ($6::%s, $7, $8)', sort_by, case way when 'asc' then '>' else '<' end, kind);
  end if;
  page := format('select l.region_id, l.person_id, l.%1$I::text from %%s order by %2$s limit $9', sort_by, sorted);

  if has_right('people.read') then
    paths := array(select p.path from place p where (p_place is null and p.path = any (scope_paths())) or (p.place_id = p_place and p.path <@ any (scope_paths())));
    if cardinality(paths) = 0 then return; end if;
    select sum(r.n), sum(r.n) filter (where p_bands is null or r.band = any (p_bands)) into total, in_bands
    from place p join rollup r on r.region_id = p.region_id and r.place_id = p.place_id and r.instrument_code = p_code
    where p.path = any (paths);
    whole := not exists (select from place p where p.path = any (paths) and p.level > 1);
  elsif p_place is null and has_right('assigned.read') then
    total := null;
  else
    return;
  end if;

  if paths is null then
    source := format('(select distinct a.region_id, a.person_id from assignment a
      where a.ended_at is null and (a.account_id = actor_id() or a.organisation_id = any (organisation_ids()))
        and assigned_to_me(a.region_id, a.person_id)) m join listing l using (region_id, person_id) where %s', filter);
  elsif not whole and coalesce(total, 0) <= few then
    -- "offset 0" keeps the planner from beginning with an index over the whole country.
    source := format('place p cross join lateral (
      select * from listing x where x.place_id = p.place_id and x.instrument_code = $1 offset 0) l where p.path <@ any ($10) and %s', filter);
  else
    homes := array(
      select p.region_id from place p where p.path = any (paths) and p.level > 0
      union select q.region_id from place p join place q on q.country = p.country and q.level <= 1 and q.path <@ p.path
        where p.path = any (paths) and p.level = 0);
    -- Whole provinces need no look at where in them somebody lives; people who live at "the country" itself share the region 0.
    if not whole then
      within := ' and exists (select from place p where p.place_id = l.place_id and p.path <@ any ($10))';
    else
      within := ' and (l.home_region <> 0 or exists (select from place p where p.place_id = l.place_id and p.path <@ any ($10)))';
    end if;
    if p_renew_by is not null and p_sort <> 'renewal' then
      select count(*) into due from (
        select from unnest(homes) h(home) cross join lateral (
          select from listing l where l.instrument_code = p_code and l.home_region = h.home and l.renew_by <= p_renew_by limit few + 1) x
        limit few + 1) y;
    end if;
    if p_warns and p_sort <> 'urgency' then
      select count(*) into warned from (
        select from unnest(homes) h(home) cross join lateral (
          select from listing l where l.instrument_code = p_code and l.home_region = h.home and l.urgency >= 10000 limit few + 1) x
        limit few + 1) y;
    end if;
    if due <= few or warned <= few or (p_bands is not null and p_sort <> 'urgency' and in_bands <= few) then
      source := format('listing l where l.home_region = any ($11) and %s%s%s', filter, range, within);
    elsif sort_by = 'urgency' and steps is not null then
      -- Each step by itself: one range over both would lead through everybody between them.
      source := format('unnest($11) h(home) cross join unnest($12) w(step) cross join lateral (
        select * from listing l where l.home_region = h.home and l.urgency between $13 + w.step and $14 + w.step and %s%s order by %s limit $9) l',
        filter, within, sorted);
    else
      -- No range here: it would lead the planner away from the sorted index.
      source := format('unnest($11) h(home) cross join lateral (
        select * from listing l where l.home_region = h.home and %s%s order by %s limit $9) l', filter, within, sorted);
    end if;
  end if;
  return query execute format(page, source)
    using p_code, p_bands, p_sex, p_age_group, p_renew_by, p_key, p_region, p_person, p_limit, paths, homes, steps, lowest, highest;
end $$;
grant execute on function waymark.list_people to waymark_app;

-- Where a person lived and in whose household on a day: what the first change after it says was before, else what holds now.
create function waymark.home_on(p_region integer, p_person uuid, p_on date) returns table (place_id uuid, household_id uuid)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  with later as materialized (
    select e.before, e.on_date, e.recorded_at, e.event_id from person_event e
    where e.region_id = p_region and e.person_id = p_person and e.on_date > p_on and e.kind in ('moved', 'household')
      and not exists (select from import_batch b where b.batch_id = e.batch_id and b.state = 'undone'))
  select coalesce((select (l.before->>'placeId')::uuid from later l where l.before ? 'placeId' order by on_date, recorded_at, event_id limit 1),
                  p.place_id),
         case when exists (select from later l where l.before ? 'householdId')
              then (select (l.before->>'householdId')::uuid from later l where l.before ? 'householdId' order by on_date, recorded_at, event_id limit 1)
              else p.household_id end
  from person p where p.region_id = p_region and p.person_id = p_person
$$;

create index person_event_from_household on waymark.person_event (region_id, (before->>'householdId')) where kind in ('moved', 'household');

-- Whether she was alive and here on a day: what was last said by then of dying, leaving and coming back; else what the first word after it says
-- was before; else what holds now.
create function waymark.was_here(p_region integer, p_person uuid, p_on date) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  with said as materialized (
    select e.kind, e.before, e.on_date, e.recorded_at, e.event_id from person_event e
    where e.region_id = p_region and e.person_id = p_person and e.kind in ('died', 'left', 'returned'))
  select (p.state in (1, 2, 3) or coalesce(p.state_on > p_on, false)) and coalesce(
    (select s.kind = 'returned' from said s where s.on_date <= p_on order by on_date desc, recorded_at desc, event_id desc limit 1),
    (select s.before->>'state' = 'here' from said s where s.on_date > p_on order by on_date, recorded_at, event_id limit 1),
    p.state = 1 or coalesce(p.state_on > p_on, false))
  from person p where p.region_id = p_region and p.person_id = p_person
$$;

create function waymark.may_read_person(p_region integer, p_person uuid) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select (has_right('people.read') or has_right('assigned.read') or has_right('own.read')) and subject_in_scope('person', p_region, p_person)
$$;
create function waymark.may_read_household(p_region integer, p_household uuid) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select (has_right('people.read') or has_right('assigned.read') or has_right('own.read')) and subject_in_scope('household', p_region, p_household)
$$;
grant execute on function waymark.may_read_person, waymark.may_read_household to waymark_app;

-- Who lived in a household on a day, as far as whoever asks may see them now: not those who came later, by birth, by moving in or into the register, nor
-- those who had died, left or moved out by then.
create function waymark.household_members_on(p_region integer, p_household uuid, p_on date) returns table (person_id uuid)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select p.person_id from person p
  where p.region_id = p_region and p.state <> 5
    and p.person_id in (
      select m.person_id from person m where m.region_id = p_region and m.household_id = p_household
      union select e.person_id from person_event e
      where e.region_id = p_region and e.kind in ('moved', 'household') and e.before->>'householdId' = p_household::text)
    and (select h.household_id from home_on(p_region, p.person_id, p_on) h) = p_household
    and was_here(p_region, p.person_id, p_on) and coalesce(p.born_on <= p_on, true)
    and not exists (select from person_event e where e.region_id = p_region and e.person_id = p.person_id and e.kind = 'registered' and e.on_date > p_on)
    and (session_user <> 'waymark_app' or may_read_person(p_region, p.person_id))
  order by p.born_on nulls last, p.person_id
$$;
grant execute on function waymark.household_members_on to waymark_app;

-- Whoever reads by the account for her own record reads what was said of herself. Not what others said of the household they share, nor figures that follow from
-- it: who lives with a person who told of violence would learn that she did.
create function waymark.reads_only_own() returns boolean language sql stable
  return session_user = 'waymark_app' and waymark.has_right('own.read') and not (waymark.has_right('people.read') or waymark.has_right('assigned.read'));
grant execute on function waymark.reads_only_own to waymark_app;

-- One person as she stood at each of these moments, in the place and household of that day: score_people, which knows only today's. Protected
-- answers as whoever asks may see them; the sums are of all. For herself, by her own account: what her own answers make. No row for a moment at which she was not counted any more.
create function waymark.person_scored_at(p_code text, p_region integer, p_person uuid, p_moments timestamptz[])
  returns table (moment timestamptz, place_id uuid, household_id uuid, age_group smallint, excess integer, known integer, applicable integer,
                 band smallint, answers bytea, whole boolean, observed_at timestamptz, valid_until timestamptz)
  language plpgsql stable security definer set search_path = waymark, public, pg_temp set jit = off as $$
#variable_conflict use_column
declare
  zone text := waymark.time_zone(); m timestamptz; today date; who person; home uuid; house uuid; sees boolean; sees_home boolean;
  kinds text[]; regions integer[]; ids uuid[]; until timestamptz[];
begin
  if session_user = 'waymark_app' and not may_read_person(p_region, p_person) then return; end if;
  sees := session_user <> 'waymark_app' or (has_right('protected.read') and assigned_to_me(p_region, p_person));
  select * into who from person p where p.region_id = p_region and p.person_id = p_person;
  if who.person_id is null then return; end if;
  foreach m in array p_moments loop
    today := (m at time zone zone)::date;
    continue when not was_here(p_region, p_person, today);
    select h.place_id, h.household_id into home, house from home_on(p_region, p_person, today) h;
    -- Of a household that she has left, the private answers are not her case worker's to read (person_past), so no sum of hers counts them.
    sees_home := sees and (session_user <> 'waymark_app' or house is null or reads_only_own() or household_assigned_to_me(p_region, house));
    select array_agg(h.kind), array_agg(h.region), array_agg(h.id) into kinds, regions, ids from (
      select 'person' as kind, p_region as region, p_person as id
      union all select 'household', p_region, house where house is not null and not reads_only_own()
      union all select 'place', a.region_id, a.place_id from place p join place a on a.path @> p.path where p.place_id = home and not reads_only_own()) h;
    -- Of her household, as score_people: nothing that was recorded while her record is used no further.
    select array_agg(case when k = 'household' then who.restricted_at end order by n) into until from unnest(kinds) with ordinality x(k, n);
    return query
    with live as materialized (
      select instrument_id, (definition->'bands'->>'medium')::integer as medium, (definition->'bands'->>'high')::integer as high,
             (definition->'bands'->>'coverage')::integer as coverage
      from instrument where code = p_code and state = 'live'
    ), held as materialized (
      select * from held_answers(p_code, kinds, regions, ids, m, true, until)
    ), nearest as (
      select distinct on (h.position, h.side) h.* from held h join place a on a.place_id = h.id
      where h.kind = 'place' order by h.position, h.side, a.level desc
    ), joined as (
      select x.position, max(x.observed_at) as observed_at, min(x.ends_at) as ends_at,
             case when min(x.answer) = max(x.answer) and count(*) = case when bool_or(x.two_sided) and who.sex not in (1, 2) then 2 else 1 end
                  then min(x.answer) else 0 end as answer
      from (select * from held where kind <> 'place' union all select * from nearest) x
      where not x.two_sided or who.sex not in (1, 2) or x.side = case who.sex when 2 then 0 else 1 end
      group by x.position
    ), summed as (
      select l.instrument_id, l.medium, l.high, l.coverage,
             coalesce(sum(t.weight * (j.answer - 1)) filter (where j.answer between 1 and 3), 0)::integer as excess,
             coalesce(sum(t.weight) filter (where j.answer between 1 and 3), 0)::integer as known,
             coalesce(sum(t.weight) filter (where j.answer is distinct from 6), 0)::integer as applicable,
             string_agg(substr('\x00010203040506'::bytea, coalesce(j.answer, 0) + 1, 1), ''::bytea order by t.position) as answers,
             max(j.observed_at) filter (where j.answer in (1, 2, 3, 6)) as observed_at,
             min(j.ends_at) filter (where j.answer in (1, 2, 3, 6)) as valid_until
      from live l join instrument_indicator t using (instrument_id) left join joined j on j.position = t.position
      group by l.instrument_id, l.medium, l.high, l.coverage
    )
    select m, home, house, age_group_on(who.born_on, today), r.excess, r.known, r.applicable,
           band_of(r.excess, r.known, r.applicable, r.medium, r.high, r.coverage),
           case when sees_home then r.answers else masked_answers(r.answers, protected_positions(r.instrument_id)) end, sees_home,
           r.observed_at, r.valid_until
    from summed r;
  end loop;
end $$;
grant execute on function waymark.person_scored_at to waymark_app;

-- The role in which somebody recorded an answer; who it was, the record of use knows.
create function waymark.role_of_actor(p_actor text) returns text
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select coalesce((select o.role from post o where o.account_id = p_actor order by o.ended_at nulls first, o.given_at desc limit 1),
                  case when p_actor like 'import%' then 'import' end)
$$;

-- Everything recorded under an instrument about some holders of answers, undone batches left out.
create function waymark.past_of(p_code text, p_kinds text[], p_regions integer[], p_ids uuid[], p_sees_person boolean, p_sees_household boolean)
  returns table (assessment_id uuid, subject_kind text, subject_id uuid, level smallint, origin text, instrument_id uuid, answers bytea, whole boolean,
                 observed_at timestamptz, recorded_at timestamptz, valid_until timestamptz[], supersedes uuid, role text, imported boolean)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select a.assessment_id, a.subject_kind, a.subject_id, p.level, a.origin, a.instrument_id,
         case when s.sees then a.answers else masked_answers(a.answers, protected_positions(a.instrument_id)) end, s.sees,
         a.observed_at, a.recorded_at, a.valid_until, a.supersedes, role_of_actor(a.actor_id), a.batch_id is not null
  from unnest(p_kinds, p_regions, p_ids) k(kind, region_id, id)
  join assessment a on a.region_id = k.region_id and a.subject_kind = k.kind and a.subject_id = k.id and a.origin = 'measured'
  join instrument i on i.instrument_id = a.instrument_id and i.code = p_code
  left join place p on k.kind = 'place' and p.place_id = k.id
  cross join lateral (select case k.kind when 'person' then p_sees_person when 'household' then p_sees_household else true end as sees) s
  where not exists (select from import_batch b where b.batch_id = a.batch_id and b.state = 'undone')
$$;

-- What was recorded of a person, of the household she was in on a day (not since her record is used no further), and of the place she lived in
-- then and those around it.
create function waymark.person_past(p_code text, p_region integer, p_person uuid, p_on date)
  returns table (assessment_id uuid, subject_kind text, subject_id uuid, level smallint, origin text, instrument_id uuid, answers bytea, whole boolean,
                 observed_at timestamptz, recorded_at timestamptz, valid_until timestamptz[], supersedes uuid, role text, imported boolean)
  language plpgsql stable security definer set search_path = waymark, public, pg_temp as $$
declare home uuid; house uuid; kinds text[]; regions integer[]; ids uuid[]; sees boolean;
begin
  if session_user = 'waymark_app' and not may_read_person(p_region, p_person) then return; end if;
  select h.place_id, h.household_id into home, house from home_on(p_region, p_person, p_on) h;
  select array_agg(h.kind), array_agg(h.region), array_agg(h.id) into kinds, regions, ids from (
    select 'person' as kind, p_region as region, p_person as id
    union all select 'household', p_region, house where house is not null and not reads_only_own()
    union all select 'place', a.region_id, a.place_id from place p join place a on a.path @> p.path where p.place_id = home and not reads_only_own()) h;
  sees := session_user <> 'waymark_app' or has_right('protected.read');
  return query select a.* from past_of(p_code, kinds, regions, ids,
      session_user <> 'waymark_app' or (sees and assigned_to_me(p_region, p_person)),
      session_user <> 'waymark_app' or (sees and house is not null and household_assigned_to_me(p_region, house))) a
    where a.subject_kind <> 'household' or a.recorded_at <= coalesce(
      (select p.restricted_at from person p where p.region_id = p_region and p.person_id = p_person), 'infinity');
end $$;
create function waymark.household_past(p_code text, p_region integer, p_household uuid)
  returns table (assessment_id uuid, subject_kind text, subject_id uuid, level smallint, origin text, instrument_id uuid, answers bytea, whole boolean,
                 observed_at timestamptz, recorded_at timestamptz, valid_until timestamptz[], supersedes uuid, role text, imported boolean)
  language plpgsql stable security definer set search_path = waymark, public, pg_temp as $$
begin
  if session_user = 'waymark_app' and not may_read_household(p_region, p_household) then return; end if;
  return query select * from past_of(p_code, array['household'], array[p_region], array[p_household], false,
    session_user <> 'waymark_app' or (has_right('protected.read') and household_assigned_to_me(p_region, p_household)));
end $$;
-- What was recorded of a place and of those around it, whose answers are handed down to it: for whoever may answer for it.
create function waymark.said_of_place(p_code text, p_place uuid)
  returns table (assessment_id uuid, subject_kind text, subject_id uuid, level smallint, origin text, instrument_id uuid, answers bytea, whole boolean,
                 observed_at timestamptz, recorded_at timestamptz, valid_until timestamptz[], supersedes uuid, role text, imported boolean)
  language plpgsql stable security definer set search_path = waymark, public, pg_temp as $$
declare regions integer[]; ids uuid[];
begin
  if session_user = 'waymark_app' and not (has_right('assess.write') and in_scope(p_place)) then return; end if;
  select array_agg(a.region_id), array_agg(a.place_id) into regions, ids from place p join place a on a.path @> p.path where p.place_id = p_place;
  return query select * from past_of(p_code, array_fill('place'::text, array[cardinality(ids)]), regions, ids, false, false);
end $$;
-- How many people an answer about a place concerns. Whoever may read each of them may count them; others are told nothing.
create function waymark.people_concerned(p_code text, p_place uuid) returns integer
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select coalesce(sum(r.n), 0)::integer from rollup r
  where r.instrument_code = p_code and r.place_id = p_place
  having session_user <> 'waymark_app' or (has_right('assess.write') and has_right('people.read') and in_scope(p_place))
$$;
grant execute on function waymark.person_past, waymark.household_past, waymark.said_of_place, waymark.people_concerned to waymark_app;

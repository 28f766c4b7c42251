-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Lists of households by urgency and by renewal, of a village as of a whole country. A household is counted as those who live with it stand in the lists
-- of people: nothing is known of it here that is not known of them. Kept narrow beside `listing`, for the same reasons (0028), and a moment behind it: a
-- line is made of several people, so whoever wrote about one of them would wait for whoever writes about another, be it an import.
create table waymark.household_listing (
  region_id       integer not null,             -- of registration, as the household's
  instrument_code text not null,
  household_id    uuid not null,
  place_id        uuid not null,                -- where the household lives
  home_region     integer not null,             -- the level-1 area of that place: what the sorted indexes begin with
  -- band * 2000 + index of the open answers in tenths, of whoever is worst off; 10000 more while a warning of one of them holds. Of those who may be
  -- visited: a household goes first because somebody should go there. Where nobody may be visited, of all, and no warning lifts it.
  urgency         smallint not null,
  renew_by        timestamptz not null,         -- the earliest of theirs; infinity: nobody there is to be asked
  primary key (region_id, instrument_code, household_id)
);
create index household_listing_urgency on waymark.household_listing (instrument_code, home_region, urgency, region_id, household_id)
  include (place_id, renew_by);
create index household_listing_renewal on waymark.household_listing (instrument_code, home_region, renew_by, region_id, household_id)
  include (place_id, urgency);
create index household_listing_place on waymark.household_listing (place_id, instrument_code);
alter table waymark.household_listing enable row level security, force row level security;
create policy owner_all on waymark.household_listing to waymark_owner using (true) with check (true);

-- Households of whom the list of people says something else now: whoever writes about people leaves a line here, and waits for nobody. They are counted
-- again right after (risk/server/follow-households.ts), and what writes about very many counts them at its end. One at a time does so, so that each sees
-- what the other wrote; whoever counts at its end waits for that last, and holds everything else it needs by then.
create table waymark.household_to_list (
  line_id      bigint generated always as identity primary key,
  region_id    integer not null,
  household_id uuid not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
create index household_to_list_of on waymark.household_to_list (region_id, household_id);
alter table waymark.household_to_list enable row level security, force row level security;
create policy owner_all on waymark.household_to_list to waymark_owner using (true) with check (true);

-- What a household is by those who live with it, once for all households (what an examination compares with) and once for some, of one instrument.
-- Who is of the household and lives elsewhere is not counted: whoever reads of one place need not know of the other.
do $do$ declare line constant text := $q$
  select h.region_id, l.instrument_code, h.household_id, h.place_id, l.home_region,
         (coalesce(max(l.urgency %% 10000) filter (where p.restricted_at is null), max(l.urgency %% 10000))
          + case when bool_or(l.urgency >= 10000 and p.restricted_at is null) then 10000 else 0 end)::smallint as urgency,
         coalesce(min(l.renew_by) filter (where p.restricted_at is null), 'infinity') as renew_by
  from %s join person p on p.region_id = h.region_id and p.household_id = h.household_id
  %s
  group by 1, 2, 3, 4, 5 $q$;
begin
  execute format($fn$
    create function waymark.household_listing_of_people() returns setof waymark.household_listing
      language sql stable security definer set search_path = waymark, public, pg_temp as $body$ %s $body$;
  $fn$, format(line, 'household h cross join (select distinct code from instrument where scores = ''person'') i',
    'join listing l on l.region_id = p.region_id and l.person_id = p.person_id and l.place_id = h.place_id and l.instrument_code = i.code'));
  execute format($fn$
    create function waymark.list_households_anew(p_code text, p_regions integer[], p_households uuid[]) returns void
      language plpgsql security definer set search_path = waymark, public, pg_temp set jit = off set enable_nestloop = on as $body$
    begin
      with wanted as materialized (select distinct * from unnest(p_regions, p_households) w(region_id, household_id)),
      counted as materialized (%s),
      gone as (
        -- By the key, as below; taken from each other and not compared, which for thousands is each with each.
        delete from household_listing k where k.ctid = any (array(
          select l.ctid from (select region_id, household_id from wanted except select region_id, household_id from counted) w
          cross join lateral (select x.ctid from household_listing x
                              where x.region_id = w.region_id and x.instrument_code = p_code and x.household_id = w.household_id offset 0) l)))
      insert into household_listing as k select * from counted c order by c.region_id, c.household_id
      on conflict (region_id, instrument_code, household_id) do update
        set place_id = excluded.place_id, home_region = excluded.home_region, urgency = excluded.urgency, renew_by = excluded.renew_by
        where (k.place_id, k.urgency, k.renew_by) is distinct from (excluded.place_id, excluded.urgency, excluded.renew_by);
    end $body$;
  $fn$, format(line, 'wanted w join household h using (region_id, household_id)',
    -- One by one, by the key: after very many were written the planner knows nothing of them, and would look through everybody of the place.
    'cross join lateral (select * from listing x where x.region_id = p.region_id and x.instrument_code = p_code and x.person_id = p.person_id offset 0) l where l.place_id = h.place_id'));
end $do$;

-- What was is taken from what is rather than joined with it (0030).
-- Of everybody whose line in the list of people is another now; who came into a household or left it, may be visited no more or again, or is in the
-- register no longer; and households that moved.
do $do$ declare op text; begin
  foreach op in array array['insert', 'update', 'delete'] loop
    execute format($fn$
      create function waymark.leave_households_after_%1$s() returns trigger
        language plpgsql security definer set search_path = waymark, public, pg_temp as $body$
      begin
        insert into household_to_list (region_id, household_id)
        select distinct p.region_id, p.household_id
        from changed x cross join lateral (
          select p.region_id, p.household_id from person p where p.region_id = x.region_id and p.person_id = x.person_id offset 0) p
        where p.household_id is not null;
        return null;
      end $body$;
      create trigger leave_households_after_%1$s after %1$s on waymark.listing
        referencing %2$s table as changed for each statement execute function waymark.leave_households_after_%1$s();
    $fn$, op, case op when 'delete' then 'old' else 'new' end);
  end loop;
end $do$;
create function waymark.leave_households_of_changed_people() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  insert into household_to_list (region_id, household_id)
  with was as (select region_id, person_id, household_id, restricted_at is null as free from old_rows),
       now as (select region_id, person_id, household_id, restricted_at is null as free from new_rows)
  select distinct region_id, household_id from ((table was except table now) union all (table now except table was)) x where household_id is not null;
  return null;
end $$;
create trigger leave_households_of_changed_people after update on waymark.person
  referencing old table as old_rows new table as new_rows for each statement execute function waymark.leave_households_of_changed_people();
create function waymark.leave_households_of_people_gone() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  insert into household_to_list (region_id, household_id) select distinct o.region_id, o.household_id from old_rows o where o.household_id is not null;
  return null;
end $$;
create trigger leave_households_of_people_gone after delete on waymark.person
  referencing old table as old_rows for each statement execute function waymark.leave_households_of_people_gone();
create function waymark.leave_households_moved() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  insert into household_to_list (region_id, household_id)
  select region_id, household_id from (select region_id, household_id, place_id from new_rows except select region_id, household_id, place_id from old_rows) x;
  return null;
end $$;
create trigger leave_households_moved after update on waymark.household
  referencing old table as old_rows new table as new_rows for each statement execute function waymark.leave_households_moved();

-- Counts these under every instrument. Only for whoever holds the list.
create function waymark.list_households_of_all(p_regions integer[], p_households uuid[]) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare code text;
begin
  if p_households is null then return; end if;
  for code in select distinct i.code from instrument i where i.scores = 'person' order by 1 loop
    perform list_households_anew(code, p_regions, p_households);
  end loop;
end $$;
-- Some of those that wait, after this line: up to which. Null: none waits. Lines that are gone in this transaction are not looked at once more.
create function waymark.list_some_households(p_after bigint, p_most integer) returns bigint
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare last bigint; regions integer[]; ids uuid[];
begin
  -- Up to which line, and then all up to it: joined with those it is about to take, each would be compared with each, because the planner knows the
  -- list as it is most of the time, empty.
  select max(x.line_id) into last from (select q.line_id from household_to_list q where q.line_id > p_after order by q.line_id limit p_most) x;
  if last is null then return null; end if;
  with taken as (delete from household_to_list q where q.line_id > p_after and q.line_id <= last returning q.region_id, q.household_id)
  select array_agg(t.region_id), array_agg(t.household_id) into regions, ids from taken t;
  perform list_households_of_all(regions, ids);
  return last;
end $$;
-- For the server, right after what was written: some of them, unless somebody else is at it, who does the same. Whether others may wait.
create function waymark.follow_households(p_most integer) returns boolean
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if not exists (select from household_to_list) or not pg_try_advisory_xact_lock(hashtext('waymark.households')) then return false; end if;
  perform list_some_households(-1, p_most);
  return exists (select from household_to_list);
end $$;
grant execute on function waymark.follow_households to waymark_jobs;
-- All of them, by what changed very many, last of all in its transaction. It tells nothing.
create function waymark.list_waiting_households() returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare last bigint := -1;
begin
  if session_user = 'waymark_app' and not (has_right('people.import') or has_right('instruments.manage')) then
    raise exception 'counting households at once is for imports and for whoever publishes an instrument' using errcode = 'insufficient_privilege';
  end if;
  perform pg_advisory_xact_lock(hashtext('waymark.households'));
  loop
    last := list_some_households(last, 4000);
    exit when last is null;
  end loop;
end $$;
grant execute on function waymark.list_waiting_households to waymark_app, waymark_jobs;
-- These at once: nothing of whoever was erased stays for a moment longer (0032).
create function waymark.list_households_now(p_regions integer[], p_households uuid[]) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if p_households is null then return; end if;
  perform pg_advisory_xact_lock(hashtext('waymark.households'));
  delete from household_to_list q using unnest(p_regions, p_households) h(region, id) where q.region_id = h.region and q.household_id = h.id;
  perform list_households_of_all(p_regions, p_households);
end $$;

insert into waymark.household_listing select * from waymark.household_listing_of_people();

-- A page of the list, as keys: list_people of 0028 for households. With a place: those that live there or below, for readers of people in their area. Without:
-- those of the reader's area, or in which somebody is in her care, as those in her care stand: of the others she reads nothing, here neither.
create function waymark.list_households(p_code text, p_place uuid, p_bands smallint[], p_renew_by timestamptz, p_warns boolean, p_sort text,
    p_key text, p_region integer, p_household uuid, p_limit integer)
  returns table (region_id integer, household_id uuid, sort_key text)
  language plpgsql stable security definer set search_path = waymark, public, pg_temp set jit = off as $$
#variable_conflict use_column
declare
  few constant integer := 5000;                 -- households; of people, four times as many
  sort_by text := case p_sort when 'renewal' then 'renew_by' else 'urgency' end;
  kind text := case p_sort when 'renewal' then 'timestamptz' else 'smallint' end;
  way text := case p_sort when 'renewal' then 'asc' else 'desc' end;
  filter text := 'l.instrument_code = $1';
  sorted text; page text; source text; paths ltree[]; homes integer[]; within text := '';
  lowest integer; highest integer; steps integer[]; range text := '';
  total bigint; in_bands bigint; due bigint; warned bigint; whole boolean;
begin
  sorted := format('l.%1$I %2$s, l.region_id %2$s, l.household_id %2$s', sort_by, way);
  if p_bands is not null then filter := filter || ' and l.urgency % 10000 / 2000 = any ($2)'; end if;
  if p_bands is not null or p_warns then
    select coalesce(min(b), 0) * 2000, coalesce(max(b), 3) * 2000 + 1999 into lowest, highest from unnest(p_bands) b;
    steps := case when p_warns then '{10000}' else '{10000,0}' end::integer[];
    select ' and (' || string_agg(format('l.urgency between %s and %s', lowest + s, highest + s), ' or ') || ')' into range from unnest(steps) s;
  end if;
  if p_warns then filter := filter || ' and l.urgency >= 10000'; end if;
  if p_renew_by is not null then filter := filter || ' and l.renew_by <= $3'; end if;
  if p_key is not null then
    filter := filter || format(' and (l.%I, l.region_id, l.household_id) %s ($4::%s, $5, $6)', sort_by, case way when 'asc' then '>' else '<' end, kind);
  end if;
  page := format('select l.region_id, l.household_id, l.%1$I::text from %%s order by %2$s limit $7', sort_by, sorted);

  if has_right('people.read') then
    paths := array(select p.path from place p where (p_place is null and p.path = any (scope_paths())) or (p.place_id = p_place and p.path <@ any (scope_paths())));
    if cardinality(paths) = 0 then return; end if;
    select sum(r.n), sum(r.n) filter (where p_bands is null or r.band = any (p_bands)) into total, in_bands
    from place p join rollup r on r.region_id = p.region_id and r.place_id = p.place_id and r.instrument_code = p_code
    where p.path = any (paths);
    whole := not exists (select from place p where p.path = any (paths) and p.level > 1);
  elsif p_place is not null or not has_right('assigned.read') then
    return;
  end if;

  if paths is null then
    source := format('(select p.region_id, x.instrument_code, p.household_id,
        coalesce(max(x.urgency %% 10000) filter (where p.restricted_at is null), max(x.urgency %% 10000))
        + case when bool_or(x.urgency >= 10000 and p.restricted_at is null) then 10000 else 0 end as urgency,
        coalesce(min(x.renew_by) filter (where p.restricted_at is null), ''infinity'') as renew_by
      from (select distinct a.region_id, a.person_id from assignment a
        where a.ended_at is null and (a.account_id = actor_id() or a.organisation_id = any (organisation_ids()))
          and assigned_to_me(a.region_id, a.person_id)) m
      join person p using (region_id, person_id) join household h using (region_id, household_id)
      join listing x on x.region_id = p.region_id and x.instrument_code = $1 and x.person_id = p.person_id and x.place_id = h.place_id
      group by 1, 2, 3) l where %s', filter);
  elsif not whole and coalesce(total, 0) <= 4 * few then
    source := format('place p cross join lateral (
      select * from household_listing x where x.place_id = p.place_id and x.instrument_code = $1 offset 0) l where p.path <@ any ($8) and %s', filter);
  else
    homes := array(
      select p.region_id from place p where p.path = any (paths) and p.level > 0
      union select q.region_id from place p join place q on q.country = p.country and q.level <= 1 and q.path <@ p.path
        where p.path = any (paths) and p.level = 0);
    if not whole then
      within := ' and exists (select from place p where p.place_id = l.place_id and p.path <@ any ($8))';
    else
      within := ' and (l.home_region <> 0 or exists (select from place p where p.place_id = l.place_id and p.path <@ any ($8)))';
    end if;
    if p_renew_by is not null and p_sort <> 'renewal' then
      select count(*) into due from (
        select from unnest(homes) h(home) cross join lateral (
          select from household_listing l where l.instrument_code = p_code and l.home_region = h.home and l.renew_by <= p_renew_by limit few + 1) x
        limit few + 1) y;
    end if;
    if p_warns and p_sort <> 'urgency' then
      select count(*) into warned from (
        select from unnest(homes) h(home) cross join lateral (
          select from household_listing l where l.instrument_code = p_code and l.home_region = h.home and l.urgency >= 10000 limit few + 1) x
        limit few + 1) y;
    end if;
    -- A household of a band has somebody in it who is of that band.
    if due <= few or warned <= few or (p_bands is not null and p_sort <> 'urgency' and in_bands <= few) then
      source := format('household_listing l where l.home_region = any ($9) and %s%s%s', filter, range, within);
    elsif sort_by = 'urgency' and steps is not null then
      source := format('unnest($9) h(home) cross join unnest($10) w(step) cross join lateral (
        select * from household_listing l where l.home_region = h.home and l.urgency between $11 + w.step and $12 + w.step and %s%s order by %s limit $7) l',
        filter, within, sorted);
    else
      source := format('unnest($9) h(home) cross join lateral (
        select * from household_listing l where l.home_region = h.home and %s%s order by %s limit $7) l', filter, within, sorted);
    end if;
  end if;
  return query execute format(page, source)
    using p_code, p_bands, p_renew_by, p_key, p_region, p_household, p_limit, paths, homes, steps, lowest, highest;
end $$;
grant execute on function waymark.list_households to waymark_app;

-- Who lives with these households, as far as whoever asks may see them, and how they stand, private answers masked for everybody: what is listed is
-- filed, too. Asks for right and area once a household: person by person, by policy, a page took three times as long. `n`: which household of those asked for.
create function waymark.listed_members(p_code text, p_regions integer[], p_households uuid[])
  returns table (n integer, region_id integer, person_id uuid, household_id uuid, place_id uuid, sex smallint, age_group smallint, band smallint,
                 answers bytea, warns_privately boolean, observed_at timestamptz, valid_until timestamptz, restricted_for text)
  language sql stable security definer set search_path = waymark, public, pg_temp set jit = off as $$
  with terms as materialized (select * from listing_terms() where instrument_code = p_code),
  homes as materialized (
    select k.n::integer as n, h.region_id, h.household_id, h.place_id,
           session_user <> 'waymark_app' or has_right('people.read') and l.path <@ any (scope_paths()) as all_of_it
    from unnest(p_regions, p_households) with ordinality k(region_id, household_id, n)
    join household h on h.region_id = k.region_id and h.household_id = k.household_id join place l using (place_id)
  )
  select h.n, p.region_id, p.person_id, p.household_id, h.place_id, coalesce(s.sex, 0::smallint), coalesce(s.age_group, 0::smallint), s.band,
         masked_answers(s.answers, t.positions),
         exists (select from unnest(t.warning) w where get_byte(s.answers, w) = 3)
           and not exists (select from unnest(t.open_warning) w where get_byte(s.answers, w) = 3),
         s.observed_at, s.valid_until, p.restricted_for
  from homes h
  cross join lateral (select * from person q where q.region_id = h.region_id and q.household_id = h.household_id offset 0) p
  cross join lateral (select * from standing x where x.region_id = p.region_id and x.instrument_code = p_code and x.subject_kind = 'person' and x.subject_id = p.person_id offset 0) s
  join terms t on t.instrument_version = s.instrument_version
  where s.place_id = h.place_id and (h.all_of_it or has_right('assigned.read') and assigned_to_me(p.region_id, p.person_id))
  order by h.n, p.person_id
$$;
grant execute on function waymark.listed_members to waymark_app;

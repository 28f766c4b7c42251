-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The identity vault: who people are, sealed with a key of each person's own, which is wrapped by a master key that is never in here
-- (docs/decisions/0009). What may be asked for stands beside it as keyed codes; the database can compare them and not read them.

-- Which master keys there were. The check value tells a key from any other; the key does not follow from it.
create table waymark.vault_key (
  key_id      text primary key,
  check_value bytea not null check (length(check_value) = 16),
  -- coming: people are being moved from the current key to it. gone: nothing is sealed under it any more, but older backups are.
  state       text not null check (state in ('current', 'coming', 'gone')),
  made_at     timestamptz not null default now()
);
create unique index vault_key_one_of_a_kind on waymark.vault_key (state) where state <> 'gone';
alter table waymark.vault_key enable row level security, force row level security;
create policy owner_all on waymark.vault_key to waymark_owner using (true) with check (true);
create trigger never_removed before delete or update of key_id, check_value on waymark.vault_key
  for each statement execute function waymark.refuse_removal();

create table waymark.identity_key (
  region_id     integer not null,
  person_id     uuid not null,
  master_key_id text not null,                 -- of vault_key; asked for by put_identities
  wrapped       bytea not null check (length(wrapped) = 61),
  primary key (region_id, person_id)           -- of a person: asked for and followed by the triggers below, once a statement (as in 0017)
);

-- An identity cannot be without its key: when the key is destroyed it goes too.
create table waymark.identity (
  region_id  integer not null,
  person_id  uuid not null,
  sealed     bytea not null,
  kinds      smallint[] not null,              -- of each of the codes by which she is found
  codes      bigint[] not null,
  version    integer not null default 1,
  updated_at timestamptz not null default now(),
  actor_id   text not null,
  primary key (region_id, person_id),
  constraint a_kind_for_each_code check (cardinality(kinds) = cardinality(codes))
);

-- Codes are 64 bits under a key of each region and kind: a code alone says which region and kind it is of (docs/decisions/0009). So one list a
-- person is enough, and the index keeps each code once, however many share it: a row a code took eight times as long to write, and five times
-- the room. Kinds: 1 exact, 2 sound, 3 phone, 4 document (people/server/vault/master-key.ts).
create index identity_codes on waymark.identity using gin (codes);
-- Codes that many share, and about how many do: counted every hour and after an import, from a sample of the same size whatever the size of
-- the register (half a second). What is not in it is rare. Counting when somebody searches would open each of their rows.
create table waymark.frequent_code (
  code bigint primary key,
  n    integer not null
);
alter table waymark.frequent_code enable row level security, force row level security;
create policy owner_all on waymark.frequent_code to waymark_owner using (true) with check (true);
create function waymark.count_frequent_codes() returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp set work_mem = '64MB' set jit = off as $$
declare
  share constant double precision := least(1, 48.0 * 1024 * 1024 / greatest(1, pg_relation_size('identity')));
  -- Met twice in a twentieth of the register, which the sample is of two million people: fewer say nothing.
  least_known constant integer := 40;
begin
  -- One counts at a time; whoever finds another at it has nothing to add.
  if not pg_try_advisory_xact_lock(hashtext('waymark.frequent_code')) then return; end if;
  delete from frequent_code;
  insert into frequent_code
  select code, (count(*) / share)::integer from identity tablesample system (100 * share), unnest(codes) code
  group by 1 having count(*) / share >= least_known;
end $$;
grant execute on function waymark.count_frequent_codes to waymark_jobs;

-- No key without a person, no identity without a key; what goes takes with it what hangs on it.
create function waymark.refuse_keys_of_nobody() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if exists (select from new_rows n where not exists (
      select from person p where p.region_id = n.region_id and p.person_id = n.person_id)) then
    raise exception 'a key of nobody in the register' using errcode = 'foreign_key_violation', table = 'identity_key';
  end if;
  return null;
end $$;
-- 'waymark.importing': the import of people has asked itself, for all it writes at once (0030).
create trigger of_a_person after insert on waymark.identity_key
  referencing new table as new_rows for each statement
  when (coalesce(current_setting('waymark.importing', true), '') <> 'people') execute function waymark.refuse_keys_of_nobody();
create function waymark.refuse_identities_without_key() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if exists (select from new_rows n where not exists (
      select from identity_key k where k.region_id = n.region_id and k.person_id = n.person_id)) then
    raise exception 'an identity without a key' using errcode = 'foreign_key_violation', table = 'identity';
  end if;
  return null;
end $$;
create trigger with_its_key after insert on waymark.identity
  referencing new table as new_rows for each statement
  when (coalesce(current_setting('waymark.importing', true), '') <> 'people') execute function waymark.refuse_identities_without_key();
create function waymark.follow_identity_key() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  delete from identity i using old_rows o where i.region_id = o.region_id and i.person_id = o.person_id;
  return null;
end $$;
create trigger takes_identity_along after delete on waymark.identity_key
  referencing old table as old_rows for each statement execute function waymark.follow_identity_key();
create function waymark.forget_removed_people() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  delete from identity_key k using old_rows o where k.region_id = o.region_id and k.person_id = o.person_id;
  return null;
end $$;
create trigger takes_key_along after delete on waymark.person
  referencing old table as old_rows for each statement execute function waymark.forget_removed_people();

-- Names of people in one's area, of those in one's care, one's own. Nobody else: not the analyst, not who runs the accounts, not the data
-- protection officer. As the owner, so that it does not depend on what else of the person the asker may read.
create function waymark.may_read_identity(p_region integer, p_person uuid) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select case
    when has_right('identity.read') and exists (
      select from person p join place l using (place_id)
      where p.region_id = p_region and p.person_id = p_person and l.path <@ any (scope_paths())) then true
    else (has_right('assigned.read') or has_right('own.read')) and assigned_to_me(p_region, p_person) end
$$;
grant execute on function waymark.may_read_identity to waymark_app;

alter table waymark.identity_key enable row level security, force row level security;
create policy owner_all on waymark.identity_key to waymark_owner using (true) with check (true);
create policy mine_to_know on waymark.identity_key for select to waymark_app using (waymark.may_read_identity(region_id, person_id));
grant select on waymark.identity_key to waymark_app;
alter table waymark.identity enable row level security, force row level security;
create policy owner_all on waymark.identity to waymark_owner using (true) with check (true);
create policy mine_to_know on waymark.identity for select to waymark_app using (waymark.may_read_identity(region_id, person_id));
grant select on waymark.identity to waymark_app;
-- The same for many at once: the place of each is looked up by joining, not one by one.
create function waymark.sealed_identities(p_regions integer[], p_persons uuid[])
  returns table (region_id integer, person_id uuid, master_key_id text, wrapped bytea, sealed bytea, version integer)
  language sql stable security definer set search_path = waymark, public, pg_temp set jit = off as $$
  select x.region_id, x.person_id, k.master_key_id, k.wrapped, i.sealed, i.version
  from unnest(p_regions, p_persons) x(region_id, person_id)
  -- "offset 0": the people first, by their ids; the planner would rather look through everybody in the area.
  cross join lateral (select q.place_id from person q where q.region_id = x.region_id and q.person_id = x.person_id offset 0) p
  join identity i on i.region_id = x.region_id and i.person_id = x.person_id
  join identity_key k on k.region_id = x.region_id and k.person_id = x.person_id
  join place l on l.place_id = p.place_id
  where (select has_right('identity.read')) and (l.path <@ any ((select scope_paths())::ltree[])) is true
    or (select has_right('assigned.read') or has_right('own.read')) and assigned_to_me(x.region_id, x.person_id)
$$;
grant execute on function waymark.sealed_identities to waymark_app;
-- Whether anything is kept that is lost with the master key: an identity; digests by which people are known to lists (0032 replaces it).
create function waymark.anything_under_a_key() returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as 'select exists (select from identity_key)';
-- Which keys there are, and whether anybody is kept under them: numbers and check values, no secret.
create function waymark.vault_keys() returns table (key_id text, check_value bytea, state text, anybody boolean)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select k.key_id, k.check_value, k.state, (select anything_under_a_key()) from vault_key k order by k.made_at, k.key_id
$$;

-- The first key, when somebody's identity is first written; of two who come at once the second finds the first's, and must have it.
-- A key under which nobody was ever sealed, and which was lost, makes room.
create function waymark.begin_vault(p_key text, p_check bytea) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if session_user <> 'waymark_owner' and not has_right('people.write') then
    raise exception 'no right to write who people are' using errcode = 'insufficient_privilege';
  end if;
  perform pg_advisory_xact_lock(hashtext('waymark.vault'));
  if exists (select from vault_key k where k.key_id = p_key and k.state <> 'gone') or anything_under_a_key() then
    return;
  end if;
  update vault_key set state = 'gone' where state <> 'gone';
  delete from own_id_key;                       -- wrapped under what was lost, and nobody is known by a digest of theirs (0030)
  insert into vault_key (key_id, check_value, state) values (p_key, p_check, 'current')
  on conflict on constraint vault_key_pkey do update set state = 'current';
end $$;
grant execute on function waymark.vault_keys to waymark_app, waymark_jobs;
grant execute on function waymark.begin_vault to waymark_app;

-- Writes identities, all or none: one line a person; kinds and codes as lists with commas; p_versions is the version each was based on, 0
-- for a new one. Asks for right and scope once for all of them. Answers with how many it wrote; fewer than were given: somebody else was
-- faster, and the caller takes everything back.
create function waymark.put_identities(p_key text, p_regions integer[], p_persons uuid[], p_wrapped bytea[], p_sealed bytea[],
    p_kinds text[], p_codes text[], p_versions integer[]) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp set jit = off
  set plan_cache_mode = force_custom_plan as $$
declare
  scopes constant ltree[] := scope_paths();
  counted integer;
begin
  -- What an import has asked for itself is asked for here, whatever the session says.
  perform set_config('waymark.importing', '', true);
  if not has_right('people.write') then
    raise exception 'no right to write who people are' using errcode = 'insufficient_privilege';
  end if;
  -- Held until the end of the transaction: a change of the master key waits for it, and what comes after that change is told so here.
  perform from vault_key k where k.key_id = p_key and k.state <> 'gone' for share;
  if not found then
    raise exception 'the master key % is no longer in use', p_key using errcode = 'object_not_in_prerequisite_state';
  end if;
  -- The people first, by their ids: the planner would rather look through everybody who lives in the area.
  with theirs as materialized (
    select p.place_id from unnest(p_regions, p_persons) x(region, person)
    cross join lateral (select q.place_id from person q where q.region_id = x.region and q.person_id = x.person and q.state <> 5 offset 0) p
  )
  select count(*) into counted from theirs t join place l on l.place_id = t.place_id and (l.path <@ any (scopes)) is true;
  if counted <> cardinality(p_persons) then
    raise exception 'a person lies outside the area of whoever writes' using errcode = 'insufficient_privilege';
  end if;
  -- Nobody changes or destroys these until we are done; what was changed or destroyed before is seen by its version.
  perform from identity_key k join unnest(p_regions, p_persons) x(region, person) on k.region_id = x.region and k.person_id = x.person
    order by k.region_id, k.person_id for update of k;
  select count(*) into counted
  from unnest(p_regions, p_persons, p_versions) x(region, person, version)
  left join identity i on i.region_id = x.region and i.person_id = x.person
  where coalesce(i.version, 0) = x.version;
  if counted <> cardinality(p_persons) then
    return counted;
  end if;
  -- What waits to be put into the index of codes is read by every search.
  perform set_config('gin_pending_list_limit', '64kB', true);
  insert into identity_key as k (region_id, person_id, master_key_id, wrapped)
  select x.region, x.person, p_key, x.wrapped from unnest(p_regions, p_persons, p_wrapped) x(region, person, wrapped)
  on conflict on constraint identity_key_pkey do update set master_key_id = excluded.master_key_id, wrapped = excluded.wrapped;
  insert into identity as i (region_id, person_id, sealed, kinds, codes, version, actor_id)
  select x.region, x.person, x.sealed, string_to_array(x.kinds, ',')::smallint[], string_to_array(x.codes, ',')::bigint[],
         x.version + 1, actor_id()
  from unnest(p_regions, p_persons, p_sealed, p_kinds, p_codes, p_versions) x(region, person, sealed, kinds, codes, version)
  on conflict on constraint identity_pkey do update set sealed = excluded.sealed, kinds = excluded.kinds, codes = excluded.codes,
    version = excluded.version, updated_at = now(), actor_id = excluded.actor_id
    where i.version = excluded.version - 1;
  get diagnostics counted = row_count;
  return counted;
end $$;

-- Destroys the keys of people, and with them all that was sealed and every code. What the database's files and older backups still hold of
-- them cannot be opened any more, once the old wrapped keys in them are gone: docs/decisions/0009.
create function waymark.destroy_identities(p_regions integer[], p_persons uuid[]) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare gone integer;
begin
  if session_user not in ('waymark_owner', 'waymark_jobs') and not has_right('erasure.order') then
    raise exception 'no right to erase' using errcode = 'insufficient_privilege';
  end if;
  delete from identity_key k using unnest(p_regions, p_persons) x(region, person)
  where k.region_id = x.region and k.person_id = x.person;
  get diagnostics gone = row_count;
  return gone;
end $$;
grant execute on function waymark.put_identities to waymark_app;
grant execute on function waymark.destroy_identities to waymark_app, waymark_jobs;

-- Who is found by codes: ids, and how many of the codes asked for each has, and how many of these are not only of the sound. The most
-- fitting first, p_limit at most. Line n of the four lists is one code in one region of registration; p_nth says which of the codes of what
-- was typed it is. Who was merged into another record is not found, the other is. Asks for right and scope itself.
--   few live there:  everybody there is compared (a village, or the people in one's care);
--   otherwise:       everybody with a rare code, and where those are few also who shares two of the common ones, and some who share one.
-- Each row of an identity is opened once, and where people live is asked of the most fitting until there are enough.
create function waymark.find_by_codes(p_place uuid, p_regions integer[], p_kinds smallint[], p_codes bigint[], p_nth smallint[],
    p_limit integer)
  returns table (region_id integer, person_id uuid, shared integer, exact integer)
  language plpgsql stable security definer set search_path = waymark, public, pg_temp set jit = off
  -- The planner does not know how frequent a code is: it would rather read everybody, or (hence "region_id + 0") a whole region.
  set plan_cache_mode = force_custom_plan set enable_seqscan = off as $$
declare
  few constant integer := 2000;
  targets ltree[];
  near_regions integer[];
  living bigint;
  rare bigint[];
  reach bigint;
  one bigint[];
  other bigint[];
begin
  if cardinality(p_codes) > 20000 then
    raise exception 'too many codes at once' using errcode = 'program_limit_exceeded';
  end if;
  if not has_right('identity.read') then
    if not (has_right('assigned.read') or has_right('own.read')) then
      raise exception 'no right to know who people are' using errcode = 'insufficient_privilege';
    end if;
    return query
    with asked as materialized (select * from unnest(p_regions, p_kinds, p_codes, p_nth) a(region, kind, code, nth)),
    mine as materialized (
      select distinct a.region_id, a.person_id from assignment a
      where a.ended_at is null and (a.account_id = actor_id() or a.organisation_id = any (organisation_ids()))
        and assigned_to_me(a.region_id, a.person_id)
        and (p_place is null or exists (select from person p join place l using (place_id) join place t on t.place_id = p_place
          where p.region_id = a.region_id and p.person_id = a.person_id and l.path <@ t.path)))
    select i.region_id, i.person_id, count(*)::integer, (count(*) filter (where a.kind <> 2))::integer
    from mine m join identity i using (region_id, person_id) cross join lateral unnest(i.kinds, i.codes) x(kind, code)
    join asked a on a.region = i.region_id and a.kind = x.kind and a.code = x.code
    group by 1, 2 order by 4 desc, 3 desc, 1, 2 limit p_limit;
    return;
  end if;

  targets := case when p_place is null then scope_paths()
    else array (select p.path from place p where p.place_id = p_place and p.path <@ any (scope_paths())) end;
  if p_place is not null and targets = '{}' then
    raise exception 'outside the area of whoever asks' using errcode = 'insufficient_privilege';
  end if;
  select count(*) into living from (
    select from place l join person p using (place_id) where l.path <@ any (targets) limit few + 1) x;

  if living <= few then
    return query
    with asked as materialized (select * from unnest(p_regions, p_kinds, p_codes, p_nth) a(region, kind, code, nth)),
    here as materialized (
      select p.region_id, p.person_id from place l join person p using (place_id) where l.path <@ any (targets) and p.state <> 4)
    select i.region_id, i.person_id, count(*)::integer, (count(*) filter (where a.kind <> 2))::integer
    from here h join identity i using (region_id, person_id) cross join lateral unnest(i.kinds, i.codes) x(kind, code)
    join asked a on a.region = i.region_id and a.kind = x.kind and a.code = x.code
    group by 1, 2 order by 4 desc, 3 desc, 1, 2 limit p_limit;
    return;
  end if;

  -- Most of those who live somewhere were registered there.
  select case when bool_or(p.level = 0) then p_regions else array_agg(distinct p.region_id) end into near_regions
  from place p where p.path = any (targets);

  -- The rarest first, as long as all of them together are not too many; of the others pairs, the rarest first, and each with itself last.
  with asked as materialized (
    select a.region, a.code, a.nth, coalesce(f.n, 0) as n
    from unnest(p_regions, p_codes, p_nth) a(region, code, nth) left join frequent_code f using (code)
  ), held as materialized (
    select h.nth, h.n, sum(h.n) over (order by h.n, h.nth) as reach from (select a.nth, sum(a.n) as n from asked a group by 1) h
  ), common as materialized (
    select h.nth, row_number() over (order by h.n, h.nth) as rank from held h where h.n > few or h.reach > 2 * few
  ), pair as (
    select a.code as one, b.code as other, x.rank = y.rank as alone, y.rank as last, x.rank as first
    from common x join common y on x.rank <= y.rank and y.rank <= 5
    join asked a on a.nth = x.nth and a.region = any (near_regions) join asked b on b.nth = y.nth and b.region = a.region
  )
  select (select array_agg(a.code) from asked a join held h using (nth) where h.n <= few and h.reach <= 2 * few),
         (select coalesce(max(h.reach), 0) from held h where h.n <= few and h.reach <= 2 * few),
         (select array_agg(p.one order by p.alone, p.last, p.first, p.one) from pair p),
         (select array_agg(p.other order by p.alone, p.last, p.first, p.one) from pair p)
  into rare, reach, one, other;

  return query
  with gathered as materialized (
    -- Counts are estimates and may be of yesterday: hence the limit.
    (select c.region_id, c.person_id, c.kinds, c.codes from identity c where c.codes && rare limit 8 * few)
    union all
    (select c.region_id, c.person_id, c.kinds, c.codes from unnest(one, other) p(one, other)
     cross join lateral (select k.* from identity k where k.codes @> array[p.one, p.other] limit few) c
     where reach < few limit 2 * few)
  ), scored as (
    -- A code says by itself of which region and kind it is.
    select distinct on (g.region_id, g.person_id) g.region_id, g.person_id, h.shared, h.exact
    from gathered g cross join lateral (
      select count(*) as shared, count(*) filter (where x.kind <> 2) as exact
      from unnest(g.kinds, g.codes) x(kind, code) where x.code = any (p_codes)) h
    order by g.region_id, g.person_id
  )
  select s.region_id, s.person_id, s.shared::integer, s.exact::integer
  from (select * from scored s order by s.exact desc, s.shared desc, s.region_id, s.person_id) s
  cross join lateral (
    select from person q join place l using (place_id)
    where q.region_id = s.region_id and q.person_id = s.person_id and q.state <> 4 and l.path <@ any (targets) offset 0) here
  order by s.exact desc, s.shared desc, s.region_id, s.person_id limit p_limit;
end $$;
grant execute on function waymark.find_by_codes to waymark_app;

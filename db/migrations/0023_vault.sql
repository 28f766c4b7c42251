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
  primary key (region_id, person_id),
  foreign key (region_id, person_id) references waymark.person on delete cascade
);

-- An identity cannot be without its key: when the key is destroyed it goes too.
create table waymark.identity (
  region_id  integer not null,
  person_id  uuid not null,
  sealed     bytea not null,
  kinds      smallint[] not null,              -- the codes by which she is found: what identity_code holds, to find it by person
  codes      bigint[] not null,
  version    integer not null default 1,
  updated_at timestamptz not null default now(),
  actor_id   text not null,
  primary key (region_id, person_id),
  foreign key (region_id, person_id) references waymark.identity_key on delete cascade,
  constraint a_kind_for_each_code check (cardinality(kinds) = cardinality(codes))
);

-- The same codes the other way round. Kinds: 1 exact, 2 sound, 3 phone, 4 document (people/server/vault/master-key.ts).
create table waymark.identity_code (
  region_id integer not null,
  kind      smallint not null check (kind between 1 and 4),
  code      bigint not null,
  person_id uuid not null,
  primary key (region_id, kind, code, person_id)
);

-- Kept by the database itself, so that no writer can forget a code, nor leave one behind.
create function waymark.follow_identity() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp set enable_mergejoin = off as $$
begin
  if tg_op <> 'INSERT' then
    delete from identity_code c using old_rows o cross join lateral unnest(o.kinds, o.codes) x(kind, code)
    where c.region_id = o.region_id and c.kind = x.kind and c.code = x.code and c.person_id = o.person_id;
  end if;
  if tg_op <> 'DELETE' then
    insert into identity_code (region_id, kind, code, person_id)
    select n.region_id, x.kind, x.code, n.person_id from new_rows n cross join lateral unnest(n.kinds, n.codes) x(kind, code)
    order by 1, 2, 3, 4
    on conflict do nothing;
  end if;
  return null;
end $$;
create trigger codes_insert after insert on waymark.identity
  referencing new table as new_rows for each statement execute function waymark.follow_identity();
create trigger codes_update after update on waymark.identity
  referencing old table as old_rows new table as new_rows for each statement execute function waymark.follow_identity();
create trigger codes_delete after delete on waymark.identity
  referencing old table as old_rows for each statement execute function waymark.follow_identity();

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
-- Nobody reads codes: whoever could compare them all would learn how many share a name.
alter table waymark.identity_code enable row level security, force row level security;
create policy owner_all on waymark.identity_code to waymark_owner using (true) with check (true);

-- Which keys there are, and whether anybody's identity is kept at all: numbers and check values, no secret.
create function waymark.vault_keys() returns table (key_id text, check_value bytea, state text, anybody boolean)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select k.key_id, k.check_value, k.state, exists (select from identity_key) from vault_key k order by k.made_at, k.key_id
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
  if exists (select from vault_key k where k.key_id = p_key and k.state <> 'gone') or exists (select from identity_key) then
    return;
  end if;
  update vault_key set state = 'gone' where state <> 'gone';
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
  language plpgsql security definer set search_path = waymark, public, pg_temp set jit = off as $$
declare
  scopes constant ltree[] := scope_paths();
  counted integer;
begin
  if not has_right('people.write') then
    raise exception 'no right to write who people are' using errcode = 'insufficient_privilege';
  end if;
  -- Held until the end of the transaction: a change of the master key waits for it, and what comes after that change is told so here.
  perform from vault_key k where k.key_id = p_key and k.state <> 'gone' for share;
  if not found then
    raise exception 'the master key % is no longer in use', p_key using errcode = 'object_not_in_prerequisite_state';
  end if;
  select count(*) into counted
  from unnest(p_regions, p_persons) x(region, person) join person p on p.region_id = x.region and p.person_id = x.person
    and p.state <> 5
  join place l on l.place_id = p.place_id and (l.path <@ any (scopes)) is true;
  if counted <> cardinality(p_persons) then
    raise exception 'a person lies outside the area of whoever writes' using errcode = 'insufficient_privilege';
  end if;
  with line as materialized (
    select * from unnest(p_regions, p_persons, p_wrapped, p_sealed, p_kinds, p_codes, p_versions)
      x(region_id, person_id, wrapped, sealed, kinds, codes, version)
  ), fit as materialized (
    select x.* from line x left join identity i using (region_id, person_id) where coalesce(i.version, 0) = x.version
  ), keys as (
    insert into identity_key as k (region_id, person_id, master_key_id, wrapped)
    select f.region_id, f.person_id, p_key, f.wrapped from fit f
    on conflict on constraint identity_key_pkey do update set master_key_id = excluded.master_key_id, wrapped = excluded.wrapped
    returning k.region_id, k.person_id
  ), put as (
    insert into identity as i (region_id, person_id, sealed, kinds, codes, version, actor_id)
    select f.region_id, f.person_id, f.sealed, string_to_array(f.kinds, ',')::smallint[], string_to_array(f.codes, ',')::bigint[],
           f.version + 1, actor_id()
    from fit f join keys using (region_id, person_id)
    on conflict on constraint identity_pkey do update set sealed = excluded.sealed, kinds = excluded.kinds, codes = excluded.codes,
      version = excluded.version, updated_at = now(), actor_id = excluded.actor_id
      where i.version = excluded.version - 1
    returning 1
  )
  select count(*) into counted from put;
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

-- Who is found by codes: ids, and how many of the words asked for each fits, exactly or at all. The most fitting first, p_limit at most.
-- Line n of the four lists is one code: p_words says which word of what was typed it stands for; a word has several codes, one by one
-- region of registration. Who was merged into another record is not found, the other is. Asks for right and scope itself.
--   few live there:     everybody there is compared (a village, or the people in one's care);
--   a rare word:        everybody with it, then where they live;
--   common words only:  those who have the two rarest of them; of one word alone as many as are looked at.
create function waymark.find_by_codes(p_place uuid, p_regions integer[], p_kinds smallint[], p_codes bigint[], p_words smallint[],
    p_limit integer)
  returns table (region_id integer, person_id uuid, words integer, exact integer)
  language plpgsql stable security definer set search_path = waymark, public, pg_temp set jit = off
  set plan_cache_mode = force_custom_plan as $$
declare
  few constant integer := 5000;
  targets ltree[];
  places uuid[];
  near_regions integer[];
  rare smallint[];
  common smallint[];
  living bigint;
begin
  if cardinality(p_codes) > 20000 then
    raise exception 'too many codes at once' using errcode = 'program_limit_exceeded';
  end if;
  if not has_right('identity.read') then
    if not (has_right('assigned.read') or has_right('own.read')) then
      raise exception 'no right to know who people are' using errcode = 'insufficient_privilege';
    end if;
    return query
    with asked as materialized (select * from unnest(p_regions, p_kinds, p_codes, p_words) a(region, kind, code, word)),
    mine as materialized (
      select distinct a.region_id, a.person_id from assignment a
      where a.ended_at is null and (a.account_id = actor_id() or a.organisation_id = any (organisation_ids()))
        and assigned_to_me(a.region_id, a.person_id)
        and (p_place is null or exists (select from person p join place l using (place_id) join place t on t.place_id = p_place
          where p.region_id = a.region_id and p.person_id = a.person_id and l.path <@ t.path)))
    select i.region_id, i.person_id, count(distinct a.word)::integer, (count(distinct a.word) filter (where a.kind <> 2))::integer
    from mine m join identity i using (region_id, person_id) cross join lateral unnest(i.kinds, i.codes) x(kind, code)
    join asked a on a.region = i.region_id and a.kind = x.kind and a.code = x.code
    group by 1, 2 order by 3 desc, 4 desc, 1, 2 limit p_limit;
    return;
  end if;

  targets := case when p_place is null then scope_paths()
    else array (select p.path from place p where p.place_id = p_place and p.path <@ any (scope_paths())) end;
  if p_place is not null and targets = '{}' then
    raise exception 'outside the area of whoever asks' using errcode = 'insufficient_privilege';
  end if;
  select array_agg(p.place_id), array_agg(distinct p.region_id) into places, near_regions from place p where p.path <@ any (targets);
  select count(*) into living from (select from person p where p.place_id = any (places) limit few + 1) x;

  if living <= few then
    return query
    with asked as materialized (select * from unnest(p_regions, p_kinds, p_codes, p_words) a(region, kind, code, word)),
    here as materialized (select p.region_id, p.person_id from person p where p.place_id = any (places) and p.state <> 4)
    select i.region_id, i.person_id, count(distinct a.word)::integer, (count(distinct a.word) filter (where a.kind <> 2))::integer
    from here h join identity i using (region_id, person_id) cross join lateral unnest(i.kinds, i.codes) x(kind, code)
    join asked a on a.region = i.region_id and a.kind = x.kind and a.code = x.code
    where i.codes && p_codes
    group by 1, 2 order by 3 desc, 4 desc, 1, 2 limit p_limit;
    return;
  end if;

  with held as (
    select a.word, sum(c.n) as n
    from unnest(p_regions, p_kinds, p_codes, p_words) a(region, kind, code, word)
    cross join lateral (
      select count(*) as n from (
        select from identity_code c where c.region_id = a.region and c.kind = a.kind and c.code = a.code limit few + 1) x) c
    group by 1
  )
  select array_agg(h.word order by h.n, h.word) filter (where h.n <= few), array_agg(h.word order by h.n, h.word) filter (where h.n > few)
  into rare, common from held h;

  return query
  with asked as materialized (
    select * from unnest(p_regions, p_kinds, p_codes, p_words) a(region, kind, code, word)
  ), began as materialized (
    select c.region_id, c.person_id, a.word, bool_or(a.kind <> 2) as exact
    from asked a join identity_code c on c.region_id = a.region and c.kind = a.kind and c.code = a.code
    where rare is not null and a.word = any (rare)
    group by 1, 2, 3
    union all
    (select f.region_id, f.person_id, f.word, f.exact from (
        select c.region_id, c.person_id, a.word, a.kind <> 2 as exact
        from asked a join identity_code c on c.region_id = a.region and c.kind = a.kind and c.code = a.code
        where rare is null and a.word = common[1]
          and (common[2] is null or exists (
            select from asked b join identity_code d on d.region_id = b.region and d.kind = b.kind and d.code = b.code
            where b.word = common[2] and d.region_id = c.region_id and d.person_id = c.person_id))
        order by a.region = any (near_regions) desc, a.kind
        limit few) f)
  ), first as materialized (
    select b.region_id, b.person_id, count(distinct b.word) as words, count(distinct b.word) filter (where b.exact) as exact
    from began b group by 1, 2 order by 3 desc, 4 desc, b.region_id = any (near_regions) desc limit few
  ), here as materialized (
    select f.* from first f join person p on p.region_id = f.region_id and p.person_id = f.person_id
    where p.place_id = any (places) and p.state <> 4
  ), also as (
    select h.region_id, h.person_id, count(distinct a.word) as words, count(distinct a.word) filter (where a.kind <> 2) as exact
    from here h join asked a on a.region = h.region_id and a.word = any (common)
    join identity_code c on c.region_id = a.region and c.kind = a.kind and c.code = a.code and c.person_id = h.person_id
    where rare is not null
    group by 1, 2
  )
  select h.region_id, h.person_id, (h.words + coalesce(a.words, 0))::integer, (h.exact + coalesce(a.exact, 0))::integer
  from here h left join also a on a.region_id = h.region_id and a.person_id = h.person_id
  order by 3 desc, 4 desc, 1, 2 limit p_limit;
end $$;
grant execute on function waymark.find_by_codes to waymark_app;

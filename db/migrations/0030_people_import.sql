-- SPDX-License-Identifier: AGPL-3.0-or-later
-- People and answers from files. An import writes a million people in one transaction: so its functions ask for right and area once for
-- many rows, where the policies on the tables would look each row's place up on its own (ten times the time), and refuse all of them when one
-- lies outside. Each asks for the batch too: what is written belongs to an import that runs now and is the asker's own.

alter table waymark.import_batch drop constraint import_batch_kind_check,
  add constraint import_batch_kind_check check (kind in ('places', 'area-stats', 'people', 'observations', 'merge'));
alter table waymark.import_run drop constraint import_run_kind_check,
  add constraint import_run_kind_check check (kind in ('places', 'area-stats', 'people', 'observations'));

create function waymark.may_import(kind text) returns boolean
  language sql stable parallel safe
  return waymark.has_right(case kind when 'places' then 'places.import' when 'area-stats' then 'statistics.import' else 'people.import' end);
create or replace function waymark.sees_import(kind text, actor text, reach text) returns boolean
  language sql stable parallel safe
  return waymark.may_import(kind) and (actor = waymark.actor_id() or waymark.reach_within(reach));
grant execute on function waymark.may_import to waymark_app, waymark_jobs;

-- Whoever imports places reads of batches of statistics, as before; of imports of people only who may import people.
drop policy importers_all on waymark.import_batch;
create policy importers_all on waymark.import_batch for all to waymark_app
  using (case when kind in ('places', 'area-stats') then waymark.has_right('places.import') or waymark.has_right('statistics.import')
              else waymark.has_right('people.import') end)
  with check (case when kind in ('places', 'area-stats') then waymark.has_right('places.import') or waymark.has_right('statistics.import')
              else waymark.has_right('people.import') end);

-- The key of the digests by which people are known to lists of somebody else's: random, wrapped by the master key and wrapped anew when that
-- changes, so that digests outlive the change (docs/decisions/0009). It stands open nowhere in here. More than one only after a restore: of
-- the backup, and of the lists of erased people.
create table waymark.own_id_key (
  key_id        text primary key,
  master_key_id text not null,                  -- of vault_key
  wrapped       bytea not null check (length(wrapped) = 61),
  made_at       timestamptz not null default now()
);
alter table waymark.own_id_key enable row level security, force row level security;
create policy owner_all on waymark.own_id_key to waymark_owner using (true) with check (true);

-- By what somebody is called in a file of somebody else's: a keyed digest, never the id itself (people/server/vault/own-ids.ts).
-- The same file again, or a later round, finds the same people by it.
create table waymark.person_source (
  region_id integer not null,
  person_id uuid not null,                      -- written beside the person, removed with her
  source    text not null check (length(source) between 1 and 200),
  digest    bytea not null check (length(digest) = 16),
  key_id    text not null,                      -- of own_id_key
  batch_id  uuid not null,                      -- asked for by a trigger below
  primary key (region_id, person_id, source, digest)   -- two of one list after a joined record was tidied away (0032)
);
-- Looked for without a region: nobody knows yet where she was registered.
create unique index person_source_digest on waymark.person_source (digest, source);
alter table waymark.person_source enable row level security, force row level security;
create policy owner_all on waymark.person_source to waymark_owner using (true) with check (true);

-- References of people asked for once a statement instead of once a row, as in 0017: five foreign keys a person were a tenth of the database's
-- time of an import. They promise the same: nobody lives at a place, in a household or by a basis that is not there.
-- Figures are written by triggers on standings, whose places are asked for.
alter table waymark.rollup drop constraint rollup_place_id_fkey;
alter table waymark.rollup_answer drop constraint rollup_answer_place_id_fkey;
alter table waymark.household drop constraint household_place_id_fkey;
alter table waymark.person drop constraint person_place_id_fkey, drop constraint person_region_id_household_id_fkey,
  drop constraint person_basis_id_fkey;
do $$ declare t text; begin
  foreach t in array array['household', 'person'] loop
    execute format('create trigger unknown_places_insert after insert on waymark.%I
      referencing new table as new_rows for each statement execute function waymark.refuse_unknown_places()', t);
    execute format('create trigger unknown_places_update after update on waymark.%I
      referencing new table as new_rows for each statement execute function waymark.refuse_unknown_places()', t);
  end loop;
end $$;
create trigger unknown_batches_insert after insert on waymark.person_source
  referencing new table as new_rows for each statement execute function waymark.refuse_unknown_batches();
create function waymark.refuse_inhabited_places() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if exists (select from household h join old_rows o using (place_id)) then
    raise exception 'a household stands on a place that is to be removed' using errcode = 'foreign_key_violation', table = 'household';
  end if;
  if exists (select from person p join old_rows o using (place_id)) then
    raise exception 'a person lives at a place that is to be removed' using errcode = 'foreign_key_violation', table = 'person';
  end if;
  if exists (select from rollup r join old_rows o using (region_id, place_id))
     or exists (select from rollup_answer r join old_rows o using (region_id, place_id)) then
    raise exception 'people are counted at a place that is to be removed' using errcode = 'foreign_key_violation', table = 'rollup';
  end if;
  return null;
end $$;
create trigger refuse_inhabited_places after delete on waymark.place
  referencing old table as old_rows for each statement execute function waymark.refuse_inhabited_places();

-- Households may go while somebody moves in: whoever writes holds the households of the statement, and finds them or waits.
create function waymark.refuse_people_of_no_household() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare held integer; named integer;
begin
  perform from household h join (select distinct n.region_id, n.household_id from new_rows n where n.household_id is not null) n
    using (region_id, household_id) order by region_id, household_id for key share of h;
  get diagnostics held = row_count;
  select count(*) into named from (select distinct n.region_id, n.household_id from new_rows n where n.household_id is not null) n;
  if held <> named then
    raise exception 'a person of a household that is not there' using errcode = 'foreign_key_violation', table = 'person';
  end if;
  if exists (select from (select distinct n.basis_id from new_rows n) n
             where n.basis_id is not null and not exists (select from lawful_basis b where b.basis_id = n.basis_id)) then
    raise exception 'a person by a basis that is not there' using errcode = 'foreign_key_violation', table = 'person';
  end if;
  return null;
end $$;
create trigger household_there_insert after insert on waymark.person
  referencing new table as new_rows for each statement execute function waymark.refuse_people_of_no_household();
create trigger household_there_update after update on waymark.person
  referencing new table as new_rows for each statement execute function waymark.refuse_people_of_no_household();
create function waymark.refuse_homeless_people() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if exists (select from person p join old_rows o using (region_id, household_id)) then
    raise exception 'somebody is of a household that is to be removed' using errcode = 'foreign_key_violation', table = 'household';
  end if;
  return null;
end $$;
create trigger refuse_homeless_people after delete on waymark.household
  referencing old table as old_rows for each statement execute function waymark.refuse_homeless_people();
create trigger never_renumbered before update of region_id, household_id on waymark.household
  for each statement execute function waymark.refuse_removal();
-- A basis is ended, never removed.
create trigger never_removed before delete or update of basis_id on waymark.lawful_basis
  for each statement execute function waymark.refuse_removal();
-- Said by person_lives as well: a place lies in one region of registration, or few.
drop index waymark.person_place;

-- Counts of places as in 0012: of many people at once, the answers are counted by their numbers and get their codes once counted, which takes a
-- fraction of the time. It is never known beforehand how many rows a statement wrote: sorted rather than hashed, a million answers take long.
-- What was is taken from what is, and what did not change adds up to nothing: joined, a connection would keep the plan of its first handful of rows,
-- and compare each of a thousand with each.
do $do$ declare source text; touched text; said text; op text; begin
  foreach op in array array['insert', 'update', 'delete'] loop
    source := case op
      when 'insert' then $q$select s.*, 1 as d from new_rows s where s.subject_kind = 'person'$q$
      when 'delete' then $q$select s.*, -1 as d from old_rows s where s.subject_kind = 'person'$q$
      else $q$select s.*, -1 as d from old_rows s where s.subject_kind = 'person'
              union all select s.*, 1 from new_rows s where s.subject_kind = 'person'$q$ end;
    touched := case op when 'update' then format($q$
              select place_id, instrument_code from (%s) s
              group by place_id, instrument_code, instrument_version, sex, age_group, band, answers having sum(d) <> 0$q$, source) else source end;
    said := case op when 'update' then format($q$
                      select place_id, instrument_code, instrument_version, answers, sum(d) as d from (%s) s
                      group by 1, 2, 3, 4 having sum(d) <> 0$q$, source) else source end;
    execute format($fn$
      create or replace function waymark.rollup_after_%1$s() returns trigger
        language plpgsql security definer set search_path = waymark, public, pg_temp set enable_sort = off as $body$
      declare code text; country text;
      begin
        for code, country in select distinct s.instrument_code, p.country
            from (%3$s) s join place p using (place_id) order by 1, 2 loop
          perform pg_advisory_xact_lock(hashtext('waymark.rollup:' || code), hashtext(country));
        end loop;
        if not found then return null; end if;

        -- Each place's own lineage once, by the index ("offset 0"): the planner takes a path for a thousand, and would read every place for one answer.
        with x as materialized (
          select place_id, instrument_code, sex, age_group, band, sum(d)::integer as n from (%2$s) s
          group by 1, 2, 3, 4, 5 having sum(d) <> 0
        ), around as materialized (
          select p.place_id as home, a.region_id, a.place_id
          from (select distinct place_id from x) h join place p using (place_id)
          join generate_series(1, nlevel(p.path)) i on true
          cross join lateral (select q.region_id, q.place_id from place q where q.path = subpath(p.path, 0, i) offset 0) a)
        insert into rollup as r (region_id, place_id, instrument_code, sex, age_group, band, n)
        select a.region_id, a.place_id, x.instrument_code, x.sex, x.age_group, x.band, sum(x.n)
        from x join around a on a.home = x.place_id
        group by 1, 2, 3, 4, 5, 6 having sum(x.n) <> 0
        order by 1, 2, 3, 4, 5, 6
        on conflict (region_id, place_id, instrument_code, sex, age_group, band) do update set n = r.n + excluded.n;

        -- Whoever imports has counted the answers and adds them itself (import_standings).
        if '%1$s' = 'insert' and current_setting('waymark.importing', true) = 'counted' then return null; end if;
        with x as materialized (
          select c.place_id, c.instrument_code, ins.indicators[c.i + 1] as indicator, c.score, c.n
          from (select e.place_id, e.instrument_code, e.instrument_version, e.i, get_byte(e.answers, e.i)::smallint as score,
                       sum(e.d)::integer as n
                from (select s.place_id, s.instrument_code, s.instrument_version, s.answers, s.d,
                             generate_series(0, length(s.answers) - 1) as i
                      from (%4$s) s) e
                where get_byte(e.answers, e.i) between 1 and 3
                group by 1, 2, 3, 4, 5 having sum(e.d) <> 0) c
          join instrument ins on ins.code = c.instrument_code and ins.version = c.instrument_version
          where ins.indicators[c.i + 1] <> all (ins.protected_codes)
        ), around as materialized (
          select p.place_id as home, a.region_id, a.place_id
          from (select distinct place_id from x) h join place p using (place_id)
          join generate_series(1, nlevel(p.path)) i on true
          cross join lateral (select q.region_id, q.place_id from place q where q.path = subpath(p.path, 0, i) offset 0) a)
        insert into rollup_answer as r (region_id, place_id, instrument_code, indicator, score, n)
        select a.region_id, a.place_id, x.instrument_code, x.indicator, x.score, sum(x.n)
        from x join around a on a.home = x.place_id
        group by 1, 2, 3, 4, 5 having sum(x.n) <> 0
        order by 1, 2, 3, 4, 5
        on conflict (region_id, place_id, instrument_code, indicator, score) do update set n = r.n + excluded.n;
        return null;
      end $body$;
    $fn$, op, source, touched, said);
  end loop;
end $do$;

create function waymark.ask_to_import_people(p_batch uuid) returns void
  language plpgsql stable security definer set search_path = waymark, public, pg_temp as $$
begin
  if not has_right('people.import') then
    raise exception 'no right to import people' using errcode = 'insufficient_privilege';
  end if;
  if not people_kept() then
    raise exception 'this installation keeps no people' using errcode = 'WM003';
  end if;
  if not exists (select from import_batch b where b.batch_id = p_batch and b.kind in ('people', 'observations') and b.state = 'running'
                 and b.actor_id = actor_id()) then
    raise exception 'no such import of people' using errcode = 'insufficient_privilege';
  end if;
end $$;

create function waymark.import_households(p_batch uuid, p_regions integer[], p_ids uuid[], p_places uuid[]) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp set jit = off as $$
declare scopes constant ltree[] := scope_paths(); n integer;
begin
  perform ask_to_import_people(p_batch);
  insert into household (region_id, household_id, place_id, batch_id)
  select p.region_id, x.id, p.place_id, p_batch
  from unnest(p_regions, p_ids, p_places) x(region, id, place)
  join place p on p.place_id = x.place and p.region_id = x.region and (p.path <@ any (scopes)) is true;
  get diagnostics n = row_count;
  if n <> cardinality(p_ids) then
    raise exception 'a household lies outside the area of whoever imports' using errcode = 'insufficient_privilege';
  end if;
end $$;

-- Before the people they are about, who must not be there yet.
create function waymark.import_consents(p_batch uuid, p_regions integer[], p_events uuid[], p_persons uuid[], p_speakers text[], p_way text,
    p_language text, p_wording text, p_moments timestamptz[], p_recorded timestamptz) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp set jit = off as $$
begin
  perform ask_to_import_people(p_batch);
  if exists (select from unnest(p_regions, p_persons) x(region, id) join person p on p.region_id = x.region and p.person_id = x.id) then
    raise exception 'an import brings the consent of those it brings' using errcode = 'insufficient_privilege';
  end if;
  insert into consent_event (region_id, event_id, person_id, purpose, act, by_whom, way, language, wording, observed_at, recorded_at, actor_id, batch_id)
  select x.region, x.event, x.person, 'register', 'given', x.speaker, p_way, p_language, p_wording, x.moment, p_recorded, actor_id(), p_batch
  from unnest(p_regions, p_events, p_persons, p_speakers, p_moments) x(region, event, person, speaker, moment);
end $$;

-- p_digests: null where the file gives no id of its own.
create function waymark.import_people(p_batch uuid, p_basis uuid, p_regions integer[], p_ids uuid[], p_households uuid[], p_places uuid[],
    p_sexes smallint[], p_born date[], p_precisions smallint[], p_source text, p_key text, p_digests bytea[]) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp set jit = off as $$
declare scopes constant ltree[] := scope_paths(); n integer;
begin
  perform ask_to_import_people(p_batch);
  insert into person (region_id, person_id, household_id, place_id, sex, born_on, born_precision, basis_id, batch_id)
  select x.region, x.id, x.household, p.place_id, x.sex, x.born, x.known_to, p_basis, p_batch
  from unnest(p_regions, p_ids, p_households, p_places, p_sexes, p_born, p_precisions) x(region, id, household, place, sex, born, known_to)
  join place p on p.place_id = x.place and (p.path <@ any (scopes)) is true;
  get diagnostics n = row_count;
  if n <> cardinality(p_ids) then
    raise exception 'a person lies outside the area of whoever imports' using errcode = 'insufficient_privilege';
  end if;
  insert into person_source (region_id, person_id, source, digest, key_id, batch_id)
  select x.region, x.id, p_source, x.digest, p_key, p_batch
  from unnest(p_regions, p_ids, p_digests) x(region, id, digest) where x.digest is not null;
end $$;

-- Who the people of this import are, whose area was asked for when it brought them: put_identities for those who have no identity yet. kinds
-- and codes: one list a person, written as an array.
create function waymark.import_identities(p_batch uuid, p_key text, p_regions integer[], p_ids uuid[], p_wrapped bytea[], p_sealed bytea[],
    p_kinds text[], p_codes text[]) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp set jit = off set work_mem = '64MB' as $$
declare n integer; writer constant text := actor_id();
begin
  perform ask_to_import_people(p_batch);
  if not has_right('people.write') then
    raise exception 'no right to write who people are' using errcode = 'insufficient_privilege';
  end if;
  -- As in put_identities: a change of the master key waits until the import ends.
  perform from vault_key k where k.key_id = p_key and k.state <> 'gone' for share;
  if not found then
    raise exception 'the master key % is no longer in use', p_key using errcode = 'object_not_in_prerequisite_state';
  end if;
  -- One by one ("offset 0"): nothing tells the planner how many this import has brought, and it would read all of them for every block.
  select count(*) into n from unnest(p_regions, p_ids) x(region, id)
  cross join lateral (select from person p where p.region_id = x.region and p.person_id = x.id and p.batch_id = p_batch offset 0) p;
  if n <> cardinality(p_ids) then
    raise exception 'an import names those it brings' using errcode = 'insufficient_privilege';
  end if;
  perform set_config('waymark.importing', 'people', true);
  insert into identity_key (region_id, person_id, master_key_id, wrapped)
  select x.region, x.id, p_key, x.wrapped from unnest(p_regions, p_ids, p_wrapped) x(region, id, wrapped);
  insert into identity (region_id, person_id, sealed, kinds, codes, actor_id)
  select x.region, x.id, x.sealed, x.kinds::smallint[], x.codes::bigint[], writer
  from unnest(p_regions, p_ids, p_sealed, p_kinds, p_codes) x(region, id, sealed, kinds, codes);
  perform set_config('waymark.importing', '', true);
  insert into duplicate_sweep as s (region_id, sweep_id, batch_id, until)
  select x.region, p_batch, p_batch, (array_agg(x.id order by x.id desc))[1] from unnest(p_regions, p_ids) x(region, id) group by 1 order by 1
  on conflict on constraint duplicate_sweep_pkey do update set until = greatest(s.until, excluded.until);
end $$;
-- The codes that still wait, into their index: until then every search reads them one by one. Then how many share them.
create function waymark.index_imported_codes(p_batch uuid) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp set work_mem = '64MB' as $$
begin
  perform ask_to_import_people(p_batch);
  perform gin_clean_pending_list('identity_codes'::regclass);
  perform pg_advisory_xact_lock(hashtext('waymark.frequent_code'));
  perform count_frequent_codes();
end $$;

-- Who of a source is here already. `inside`: in the asker's area and here; of others nothing is told but that the id is taken. `restricted`:
-- she objected (0032), so nothing new is recorded about her. `erased`: she was, and no list brings her back (0032). Nobody knows any more
-- where in her region she lived: whoever brings later answers learns it of regions that lie in her area whole, elsewhere as little as of anybody.
create function waymark.known_of_source(p_batch uuid, p_source text, p_digests bytea[])
  returns table (digest bytea, region_id integer, person_id uuid, household_id uuid, sex smallint, born_on date, inside boolean,
                 restricted boolean, erased boolean)
  language plpgsql stable security definer set search_path = waymark, public, pg_temp set jit = off as $$
#variable_conflict use_column
declare scopes constant ltree[] := scope_paths(); everywhere boolean;
begin
  perform ask_to_import_people(p_batch);
  select b.kind = 'people' into everywhere from import_batch b where b.batch_id = p_batch;
  return query
  with gone as materialized (
    select e.digest, bool_or(everywhere or exists (
        select from place l where l.region_id = e.region_id and l.level = 1 and (l.path <@ any (scopes)) is true)) as told
    from unnest(p_digests) d(digest) join erasure_source e on e.digest = d.digest
    where not exists (select from erasure_lifted x where x.region_id = e.region_id and x.person_id = e.person_id) group by 1
  )
  select g.digest, null::integer, null::uuid, null::uuid, null::smallint, null::date, false, false, true from gone g where g.told
  union all
  select k.digest, h.region_id, h.person_id, h.household_id, h.sex, h.born_on, h.person_id is not null, h.restricted_at is not null, false
  from unnest(p_digests) d(digest) join person_source k on k.digest = d.digest and k.source = p_source
  left join (person h join place l using (place_id))
    on h.region_id = k.region_id and h.person_id = k.person_id and h.state = 1 and (l.path <@ any (scopes)) is true
  where not exists (select from gone g where g.digest = d.digest);
end $$;

-- The keys of digests, wrapped, the one to write under first; and the check value of the master key that opens each.
create function waymark.own_id_keys() returns table (key_id text, master_key_id text, check_value bytea, wrapped bytea)
  language plpgsql stable security definer set search_path = waymark, public, pg_temp as $$
#variable_conflict use_column
begin
  if session_user not in ('waymark_owner', 'waymark_jobs') and not has_right('people.import') and not has_right('erasure.order') then
    raise exception 'no right to the keys of lists' using errcode = 'insufficient_privilege';
  end if;
  return query select k.key_id, k.master_key_id, v.check_value, k.wrapped from own_id_key k left join vault_key v on v.key_id = k.master_key_id
    order by k.made_at, k.key_id;
end $$;
grant execute on function waymark.own_id_keys to waymark_app, waymark_jobs;
-- The first one, by the first import that needs it; imports of people come one at a time.
create function waymark.begin_own_ids(p_batch uuid, p_key text, p_master text, p_wrapped bytea) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  perform ask_to_import_people(p_batch);
  -- As in put_identities: a change of the master key waits until the import ends.
  perform from vault_key k where k.key_id = p_master and k.state <> 'gone' for share;
  if not found then
    raise exception 'the master key % is no longer in use', p_master using errcode = 'object_not_in_prerequisite_state';
  end if;
  if not exists (select from own_id_key) then
    insert into own_id_key (key_id, master_key_id, wrapped) values (p_key, p_master, p_wrapped);
  end if;
end $$;
grant execute on function waymark.begin_own_ids to waymark_app;

-- With which import somebody came into the register, for whoever may read her record: the first line of what happened to it.
create function waymark.came_with(p_region integer, p_person uuid) returns table (batch_id uuid, source text, at timestamptz)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select b.batch_id, b.mapping->>'source', p.created_at from person p join import_batch b using (batch_id)
  where p.region_id = p_region and p.person_id = p_person and may_read_person(p_region, p_person)
$$;
grant execute on function waymark.came_with to waymark_app;

-- One assessment a line, of people or of households, who are in the asker's area. The caller scores afterwards.
create function waymark.import_answers(p_batch uuid, p_instrument uuid, p_kind text, p_regions integer[], p_subjects uuid[], p_ids uuid[],
    p_answers bytea[], p_moments timestamptz[], p_recorded timestamptz) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp set jit = off as $$
declare scopes constant ltree[] := scope_paths(); inside integer;
begin
  perform ask_to_import_people(p_batch);
  if exists (select from unnest(p_moments) m where m > p_recorded or m < '1900-01-01T00:00:00Z') then
    raise exception 'an answer of another time' using errcode = 'check_violation';
  end if;
  if p_kind = 'person' then
    select count(*) into inside from unnest(p_regions, p_subjects) x(region, id)
    join person p on p.region_id = x.region and p.person_id = x.id join place l on l.place_id = p.place_id and (l.path <@ any (scopes)) is true;
  else
    select count(*) into inside from unnest(p_regions, p_subjects) x(region, id)
    join household h on h.region_id = x.region and h.household_id = x.id join place l on l.place_id = h.place_id and (l.path <@ any (scopes)) is true;
  end if;
  if inside <> cardinality(p_subjects) then
    raise exception 'somebody lies outside the area of whoever imports' using errcode = 'insufficient_privilege';
  end if;
  with ends as materialized (
    select m.moment, valid_untils(p_instrument, m.moment) as until from (select distinct m.moment from unnest(p_moments) m(moment)) m
  )
  insert into assessment (region_id, assessment_id, subject_kind, subject_id, instrument_id, origin, answers, observed_at, recorded_at,
                          valid_until, batch_id, actor_id)
  select x.region, x.id, p_kind, x.subject, p_instrument, 'measured', x.answers, x.moment, p_recorded, e.until, p_batch, actor_id()
  from unnest(p_regions, p_ids, p_subjects, p_answers, p_moments) x(region, id, subject, answers, moment) join ends e using (moment);
end $$;

-- What was answered of the places people of this import live in and of those around them, for scoring them; for nobody else.
create function waymark.import_place_history(p_batch uuid, p_instruments uuid[])
  returns table (place_id uuid, path text, assessment_id uuid, instrument_id uuid, answers bytea, observed_at timestamptz,
                 recorded_at timestamptz, valid_until timestamptz[], supersedes uuid)
  language plpgsql stable security definer set search_path = waymark, public, pg_temp set jit = off as $$
#variable_conflict use_column
begin
  perform ask_to_import_people(p_batch);
  return query
  select l.place_id, l.path::text, a.assessment_id, a.instrument_id, a.answers, a.observed_at, a.recorded_at, a.valid_until, a.supersedes
  from assessment a join place l on l.place_id = a.subject_id
  where a.subject_kind = 'place' and a.origin = 'measured' and a.instrument_id = any (p_instruments)
    and (a.batch_id is null or not exists (select from import_batch b where b.batch_id = a.batch_id and b.state = 'undone'));
end $$;

-- Standings of people this import brought, of whom nothing else is known: worked out by the batch engine (risk/server/history.ts), which
-- gives the same numbers as score_people. The caller holds the instrument's lock. p_count_places and after: how many of them have which
-- answer, by place: doctor recounts them.
create function waymark.import_standings(p_batch uuid, p_code text, p_version integer, p_regions integer[], p_ids uuid[], p_places uuid[],
    p_sexes smallint[], p_groups smallint[], p_excess integer[], p_known integer[], p_applicable integer[], p_bands smallint[],
    p_answers bytea[], p_observed timestamptz[], p_until timestamptz[], p_next timestamptz[], p_at timestamptz,
    p_count_places uuid[], p_positions smallint[], p_scores smallint[], p_counts integer[]) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp set jit = off set work_mem = '64MB' as $$
declare n integer;
begin
  perform ask_to_import_people(p_batch);
  perform set_config('waymark.importing', 'counted', true);
  insert into standing (region_id, instrument_code, subject_kind, subject_id, place_id, sex, age_group, instrument_version, excess, known,
                        applicable, band, answers, observed_at, valid_until, next_change, computed_at)
  select x.region, p_code, 'person', x.id, x.place, x.sex, x.age_group, p_version, x.excess, x.known, x.applicable, x.band, x.answers,
         x.observed, x.until, x.next, p_at
  from unnest(p_regions, p_ids, p_places, p_sexes, p_groups, p_excess, p_known, p_applicable, p_bands, p_answers, p_observed, p_until, p_next)
    x(region, id, place, sex, age_group, excess, known, applicable, band, answers, observed, until, next)
  cross join lateral (
    select from person p where p.region_id = x.region and p.person_id = x.id and p.batch_id = p_batch and p.place_id = x.place offset 0) p;
  get diagnostics n = row_count;
  if n <> cardinality(p_ids) then
    raise exception 'an import scores those it brings' using errcode = 'insufficient_privilege';
  end if;
  perform set_config('waymark.importing', '', true);
  if exists (
    select from (select c.place_id, sum(c.n) as n, min(c.n) as least from unnest(p_count_places, p_positions, p_counts) c(place_id, i, n) group by c.place_id, c.i) c
    left join (select l.place_id, count(*) as people from unnest(p_places) l(place_id) group by 1) l using (place_id)
    where c.least <= 0 or c.n > coalesce(l.people, 0)) then
    raise exception 'more answers than people' using errcode = 'check_violation';
  end if;
  -- Counting them here takes a quarter of what writing the standings does, and the engine has them in its hands.
  with x as materialized (
    select c.place_id, ins.indicators[c.i + 1] as indicator, c.score, c.n
    from unnest(p_count_places, p_positions, p_scores, p_counts) c(place_id, i, score, n)
    join instrument ins on ins.code = p_code and ins.version = p_version
    where ins.indicators[c.i + 1] <> all (ins.protected_codes) and c.score between 1 and 3
  ), around as materialized (
    select p.place_id as home, a.region_id, a.place_id
    from (select distinct place_id from x) h join place p using (place_id)
    join generate_series(1, nlevel(p.path)) i on true
    cross join lateral (select q.region_id, q.place_id from place q where q.path = subpath(p.path, 0, i) offset 0) a)
  insert into rollup_answer as r (region_id, place_id, instrument_code, indicator, score, n)
  select a.region_id, a.place_id, p_code, x.indicator, x.score, sum(x.n)
  from x join around a on a.home = x.place_id
  group by 1, 2, 3, 4, 5
  order by 1, 2, 3, 4, 5
  on conflict (region_id, place_id, instrument_code, indicator, score) do update set n = r.n + excluded.n;
end $$;

create function waymark.lock_people_import(p_batch uuid) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  perform ask_to_import_people(p_batch);
  perform pg_advisory_xact_lock(hashtext('waymark.import'));
  perform pg_advisory_xact_lock_shared(hashtext('waymark.instruments'));  -- 0046
end $$;
-- Nobody else writes answers to this instrument until the import ends.
create function waymark.lock_people_scoring(p_batch uuid, p_code text) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  perform ask_to_import_people(p_batch);
  perform pg_advisory_xact_lock(hashtext('waymark.risk:' || p_code), -1);
end $$;
grant execute on function waymark.ask_to_import_people, waymark.import_households, waymark.import_consents, waymark.import_people,
  waymark.import_identities, waymark.index_imported_codes,
  waymark.known_of_source, waymark.import_answers, waymark.import_place_history, waymark.import_standings, waymark.lock_people_import,
  waymark.lock_people_scoring to waymark_app;

-- Where people of a batch live counts among the places it reached.
create or replace function waymark.batch_beyond_scope(p_batch uuid) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select not reaches_all() and exists (
    select from place p where not p.path <@ any (scope_paths()) and p.place_id in (
      select place_id from place where batch_id = p_batch
      union all select place_id from place_previous where batch_id = p_batch
      union all select place_id from place_boundary where batch_id = p_batch
      union all select place_id from area_statistic where batch_id = p_batch
      union all select place_id from household where batch_id = p_batch
      union all select place_id from person where batch_id = p_batch
      union all select subject_id from assessment where batch_id = p_batch and subject_kind = 'place'
      union all select h.place_id from assessment a join household h on h.region_id = a.region_id and h.household_id = a.subject_id
        where a.batch_id = p_batch and a.subject_kind = 'household'
      union all select h.place_id from assessment a join person h on h.region_id = a.region_id and h.person_id = a.subject_id
        where a.batch_id = p_batch and a.subject_kind = 'person'))
$$;

-- Answers are only ever appended. Those of people who are taken out of the register go with them, through functions of the owner that say so.
drop trigger append_only on waymark.assessment;
create trigger append_only before update on waymark.assessment for each statement execute function waymark.refuse_change();
create trigger removed_on_purpose before delete on waymark.assessment for each statement
  when (coalesce(current_setting('waymark.removing', true), '') <> 'people') execute function waymark.refuse_change();

-- Takes an import of people back: whoever it brought goes, with her answers, consents, sources, standings and the key of her identity,
-- unless something else hangs on her: a legal hold or a decision to keep her, a request about her (0032), or what was recorded since. Her
-- household goes when nobody is left in it. Answers with how many went, and who stays for what, each counted once.
create function waymark.undo_people_import(p_batch uuid)
  returns table (people integer, households integer, answers integer, stay_held integer, stay_asked integer, stay_assessed integer,
                 stay_changed integer, stay_said integer, stay_assigned integer)
  language plpgsql security definer set search_path = waymark, public, pg_temp set jit = off set enable_nestloop = off as $$
begin
  if not has_right('people.import') or batch_beyond_scope(p_batch) then
    raise exception 'no right to undo this import of people' using errcode = 'insufficient_privilege';
  end if;
  if not exists (select from import_batch b where b.batch_id = p_batch and b.kind = 'people') then
    raise exception 'no such import of people' using errcode = 'insufficient_privilege';
  end if;
  -- Whoever writes about them holds their records while she does (0043): what she saved is seen below, and whoever comes later finds nobody.
  perform from household h where h.batch_id = p_batch order by h.region_id, h.household_id for update;
  perform from person p where p.batch_id = p_batch order by p.region_id, p.person_id for update;
  create temporary table going on commit drop as
  select p.region_id, p.person_id,
         case when exists (select from legal_hold h where h.region_id = p.region_id and h.person_id = p.person_id)
                or exists (select from retention_due d where d.region_id = p.region_id and d.person_id = p.person_id and d.kept_by is not null) then 'held'
              when exists (select from person_request r where r.region_id = p.region_id and r.person_id = p.person_id) then 'asked'
              when exists (select from assessment a left join import_batch b using (batch_id)
                 where a.region_id = p.region_id and a.subject_kind = 'person' and a.subject_id = p.person_id
                   and a.batch_id is distinct from p_batch and b.state is distinct from 'undone') then 'assessed'
              when p.version > 1 or p.state <> 1 or coalesce((select i.version from identity i where i.region_id = p.region_id and i.person_id = p.person_id), 1) > 1
                or exists (select from person_event e where e.region_id = p.region_id and e.person_id = p.person_id and e.batch_id is distinct from p_batch)
                or exists (select from person m where m.merged_region = p.region_id and m.merged_into = p.person_id) then 'changed'
              when exists (select from consent_event e where e.region_id = p.region_id and e.person_id = p.person_id and e.batch_id is distinct from p_batch) then 'said'
              when exists (select from assignment g where g.region_id = p.region_id and g.person_id = p.person_id) then 'assigned'
         end as stays
  from person p where p.batch_id = p_batch;
  select count(*) filter (where g.stays = 'held'), count(*) filter (where g.stays = 'asked'), count(*) filter (where g.stays = 'assessed'),
         count(*) filter (where g.stays = 'changed'), count(*) filter (where g.stays = 'said'), count(*) filter (where g.stays = 'assigned')
  into stay_held, stay_asked, stay_assessed, stay_changed, stay_said, stay_assigned from going g;
  delete from going g where g.stays is not null;
  perform set_config('waymark.removing', 'people', true);
  delete from standing s using going g where s.region_id = g.region_id and s.subject_kind = 'person' and s.subject_id = g.person_id;
  delete from assessment a using going g
  where a.region_id = g.region_id and a.subject_kind = 'person' and a.subject_id = g.person_id;
  get diagnostics answers = row_count;
  delete from consent_event e using going g where e.region_id = g.region_id and e.person_id = g.person_id;
  delete from person_source k using going g where k.region_id = g.region_id and k.person_id = g.person_id;
  -- The key goes with the person, and with the key all that was sealed (0023).
  delete from person p using going g where p.region_id = g.region_id and p.person_id = g.person_id;
  get diagnostics people = row_count;
  delete from duplicate_sweep s where s.batch_id = p_batch and not exists (select from person p where p.batch_id = p_batch);
  create temporary table empty_homes on commit drop as
  select h.region_id, h.household_id from household h
  where h.batch_id = p_batch and h.version = 1
    and not exists (select from person p where p.region_id = h.region_id and p.household_id = h.household_id)
    and not exists (select from assessment a left join import_batch b using (batch_id)
                    where a.region_id = h.region_id and a.subject_kind = 'household' and a.subject_id = h.household_id
                      and a.batch_id is distinct from p_batch and b.state is distinct from 'undone');
  delete from assessment a using empty_homes e
  where a.region_id = e.region_id and a.subject_kind = 'household' and a.subject_id = e.household_id;
  delete from household h using empty_homes e where h.region_id = e.region_id and h.household_id = e.household_id;
  get diagnostics households = row_count;
  perform set_config('waymark.removing', '', true);
  drop table going;
  drop table empty_homes;
  return next;
end $$;
grant execute on function waymark.undo_people_import to waymark_app;

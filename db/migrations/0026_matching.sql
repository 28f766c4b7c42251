-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Two records of one person: pairs that look alike wait for somebody to decide, and what she decided can be taken back
-- (people/domain/{linkage,merge}.ts, docs/decisions/0011-matching.md). No name stands in here: reasons are codes, people are ids.

-- From what the weights of pairs were worked out: the shares of each level of each field, learned from so many compared pairs.
create table waymark.linkage_estimate (
  estimate_id uuid primary key,
  made_at     timestamptz not null default now(),
  pairs       bigint not null,
  decided     bigint not null,                  -- of them, pairs somebody had decided
  prior       double precision not null,
  m           jsonb not null,
  u           jsonb not null
);
-- How many compared pairs agreed in which way: one character a field, '-' where either record leaves it open.
create table waymark.linkage_pattern (
  pattern text not null check (pattern ~ '^[0-9-]{1,20}$'),
  decided text not null default '' check (decided in ('', 'one', 'two')),
  n       bigint not null,
  primary key (pattern, decided)
);

create table waymark.duplicate_pair (
  region_a    integer not null,
  person_a    uuid not null,
  region_b    integer not null,
  person_b    uuid not null,
  pair_id     uuid not null default gen_random_uuid(),
  weight      real not null,                    -- sum of log2(m/u)
  probability real not null,
  probable    boolean not null,
  reasons     jsonb not null,                   -- [{"field": "birth", "level": "same", "weight": 5.1}, ...]
  estimate_id uuid references waymark.linkage_estimate,   -- null: the weights it starts from
  place_a     uuid not null,                    -- where they live now
  place_b     uuid not null,
  seen_a      text not null,                    -- what was compared, as a digest: a pair found different comes back when it changes
  seen_b      text not null,
  state       text not null default 'open' check (state in ('open', 'same', 'different', 'gone')),
  found_at    timestamptz not null default now(),
  decided_by  text,
  decided_at  timestamptz,
  version     integer not null default 1,
  primary key (region_a, person_a, region_b, person_b),
  foreign key (region_a, person_a) references waymark.person on delete cascade,
  foreign key (region_b, person_b) references waymark.person on delete cascade,
  constraint pair_in_order check ((region_a, person_a) < (region_b, person_b))
);
create unique index duplicate_pair_id on waymark.duplicate_pair (pair_id);
create index duplicate_pair_b on waymark.duplicate_pair (region_b, person_b);
create index duplicate_pair_queue on waymark.duplicate_pair (probability desc, weight desc, pair_id desc) where state = 'open';
create index duplicate_pair_places on waymark.duplicate_pair (place_a, place_b) where state = 'open';

-- Who is to be compared with the others. It stands here and not in a process, so that a restart loses nobody.
create table waymark.duplicate_check (
  region_id integer not null,
  person_id uuid not null,
  bulk      boolean not null,                   -- of a change of the master key: after those whose record changed
  ticket    integer not null default 1,         -- changed again meanwhile: compared again
  asked_at  timestamptz not null default now(),
  primary key (region_id, person_id)
);
create index duplicate_check_next on waymark.duplicate_check (bulk, asked_at, region_id, person_id);

-- Many who are to be compared, in the order of their ids, after all who stand above: those whom one import named, or everybody. A line a person
-- would be an eighth of what writing an import takes.
create table waymark.duplicate_sweep (
  region_id integer not null,
  sweep_id  uuid not null,                      -- of an import: its batch
  batch_id  uuid,                               -- null: everybody of the region
  after     uuid not null default '00000000-0000-0000-0000-000000000000',  -- compared up to here
  until     uuid not null default 'ffffffff-ffff-ffff-ffff-ffffffffffff',
  asked_at  timestamptz not null default now(),
  primary key (region_id, sweep_id)
);

-- The keys under which people are compared, and whose they are: written by the job when it compares them (duplicate_candidates).
create table waymark.duplicate_block (
  region_id integer not null,
  key       bigint not null,
  person_id uuid not null,
  primary key (region_id, key, person_id)
);
create table waymark.duplicate_blocks_of (
  region_id integer not null,
  person_id uuid not null,
  keys      bigint[] not null,
  primary key (region_id, person_id)
);

create table waymark.person_merge (
  region_id    integer not null,                -- of registration of the record that stays
  merge_id     uuid not null references waymark.import_batch,
  person_id    uuid not null,
  other_region integer not null,
  other_id     uuid not null,
  pair_id      uuid not null,
  nth          bigint generated always as identity,
  taken        text[] not null,                 -- what was taken from the other: sex, bornOn, place, household
  before       jsonb not null,
  after        jsonb not null,
  added        jsonb not null,                  -- which names, numbers and documents of the other were added, by their places in its lists
  merged_by    text not null,
  merged_at    timestamptz not null,
  undone_by    text,
  undone_at    timestamptz,
  primary key (region_id, merge_id)
);
create index person_merge_of on waymark.person_merge (region_id, person_id);
create index person_merge_other on waymark.person_merge (other_region, other_id);

alter table waymark.assignment
  add column batch_id uuid,                     -- came with a merge, as the assignment copy_of of the other record
  add column copy_of uuid,
  add column ended_batch uuid;                  -- ended by a merge
create index assignment_merged on waymark.assignment (batch_id) where batch_id is not null;
create index assignment_ended_by_merge on waymark.assignment (ended_batch) where ended_batch is not null;

alter table waymark.import_batch drop constraint import_batch_kind_check;
alter table waymark.import_batch add constraint import_batch_kind_check check (kind in ('places', 'area-stats', 'people', 'observations', 'merge'));
-- A merge is no import: nobody reads it among them, starts or ends it by hand.
create policy merges_apart on waymark.import_batch as restrictive to waymark_app using (kind <> 'merge') with check (kind <> 'merge');

-- Whether what a batch brought stands, also for those who may not read about imports.
create function waymark.batch_stands(p_batch uuid) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select p_batch is null or not exists (select from import_batch where batch_id = p_batch and state = 'undone')
$$;
grant execute on function waymark.batch_stands to waymark_app, waymark_jobs;

alter table waymark.linkage_estimate enable row level security, force row level security;
create policy owner_all on waymark.linkage_estimate to waymark_owner using (true) with check (true);
create policy jobs_all on waymark.linkage_estimate to waymark_jobs using (true) with check (true);
create policy deciders_read on waymark.linkage_estimate for select to waymark_app using (waymark.has_right('people.merge'));
grant select, insert on waymark.linkage_estimate to waymark_jobs;
grant select on waymark.linkage_estimate to waymark_app;
alter table waymark.linkage_pattern enable row level security, force row level security;
create policy owner_all on waymark.linkage_pattern to waymark_owner using (true) with check (true);
create policy jobs_all on waymark.linkage_pattern to waymark_jobs using (true) with check (true);
grant select, insert, update on waymark.linkage_pattern to waymark_jobs;
alter table waymark.duplicate_pair enable row level security, force row level security;
create policy owner_all on waymark.duplicate_pair to waymark_owner using (true) with check (true);
create policy jobs_all on waymark.duplicate_pair to waymark_jobs using (true) with check (true);
-- Both people live in the area of whoever decides: pairs across two districts are for who holds both.
create policy both_in_scope on waymark.duplicate_pair for select to waymark_app
  using (waymark.has_right('people.merge') and waymark.in_scope(place_a) and waymark.in_scope(place_b));
create policy both_in_scope_decides on waymark.duplicate_pair for update to waymark_app
  using (waymark.has_right('people.merge') and state in ('open', 'different') and waymark.in_scope(place_a) and waymark.in_scope(place_b))
  with check (waymark.has_right('people.merge') and state in ('open', 'different') and decided_by = waymark.actor_id()
    and waymark.in_scope(place_a) and waymark.in_scope(place_b));
grant select on waymark.duplicate_pair to waymark_app;
grant update (state, decided_by, decided_at, version) on waymark.duplicate_pair to waymark_app;
grant select, insert, update on waymark.duplicate_pair to waymark_jobs;
alter table waymark.duplicate_check enable row level security, force row level security;
create policy owner_all on waymark.duplicate_check to waymark_owner using (true) with check (true);
create policy jobs_all on waymark.duplicate_check to waymark_jobs using (true) with check (true);
grant select, delete on waymark.duplicate_check to waymark_jobs;
alter table waymark.duplicate_sweep enable row level security, force row level security;
create policy owner_all on waymark.duplicate_sweep to waymark_owner using (true) with check (true);
create policy jobs_all on waymark.duplicate_sweep to waymark_jobs using (true) with check (true);
grant select, update (after), delete on waymark.duplicate_sweep to waymark_jobs;
alter table waymark.duplicate_block enable row level security, force row level security;
create policy owner_all on waymark.duplicate_block to waymark_owner using (true) with check (true);
alter table waymark.duplicate_blocks_of enable row level security, force row level security;
create policy owner_all on waymark.duplicate_blocks_of to waymark_owner using (true) with check (true);
alter table waymark.person_merge enable row level security, force row level security;
create policy owner_all on waymark.person_merge to waymark_owner using (true) with check (true);
create policy reads on waymark.person_merge for select to waymark_app using (
  (waymark.has_right('people.read') or waymark.has_right('assigned.read') or waymark.has_right('own.read'))
  and waymark.subject_in_scope('person', region_id, person_id) and waymark.subject_in_scope('person', other_region, other_id));
grant select on waymark.person_merge to waymark_app;

-- Who was named, renamed, moved, corrected or came back is compared anew; who is here no longer waits in no queue.
create function waymark.ask_to_compare() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  insert into duplicate_check as c (region_id, person_id, bulk)
  select n.region_id, n.person_id, false
  from new_rows n join person p using (region_id, person_id) where p.state = 1
  order by 1, 2
  on conflict on constraint duplicate_check_pkey do update set ticket = c.ticket + 1, bulk = false;
  return null;
end $$;
create function waymark.ask_to_compare_renamed() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if exists (select from (select region_id, person_id, sealed from new_rows except select region_id, person_id, sealed from old_rows) n
             join person p using (region_id, person_id) where p.state = 4) then
    raise exception 'merged into another record: that one is changed' using errcode = 'insufficient_privilege';
  end if;
  -- The codes alone change with the master key, and the keys of comparing with them; nobody waits for that.
  insert into duplicate_check as c (region_id, person_id, bulk)
  select x.region_id, x.person_id, count(distinct x.sealed) = 1 from (table old_rows union all table new_rows) x
  group by 1, 2 having count(distinct x.sealed) > 1 or count(distinct x.codes) > 1
  order by 1, 2
  on conflict on constraint duplicate_check_pkey do update set ticket = c.ticket + 1, bulk = c.bulk and excluded.bulk;
  return null;
end $$;
create trigger compare_named after insert on waymark.identity
  referencing new table as new_rows for each statement
  when (coalesce(current_setting('waymark.importing', true), '') <> 'people') execute function waymark.ask_to_compare();
create trigger compare_renamed after update on waymark.identity
  referencing old table as old_rows new table as new_rows for each statement execute function waymark.ask_to_compare_renamed();

-- The one whose name is kept with the highest id below this one, of the same region.
create function waymark.id_before(p_region integer, p_person uuid) returns uuid
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select coalesce((select i.person_id from identity i where i.region_id = p_region and i.person_id < p_person
                   order by i.region_id desc, i.person_id desc limit 1), '00000000-0000-0000-0000-000000000000')
$$;
-- Whose name is destroyed is compared no more.
create function waymark.forget_blocks() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  with gone as (
    delete from duplicate_blocks_of d using old_rows o where d.region_id = o.region_id and d.person_id = o.person_id
    returning d.region_id, d.person_id, d.keys)
  delete from duplicate_block b using (select g.region_id, g.person_id, unnest(g.keys) as key from gone g) g
  where b.region_id = g.region_id and b.key = g.key and b.person_id = g.person_id;
  delete from duplicate_check c using old_rows o where c.region_id = o.region_id and c.person_id = o.person_id;
  -- Nor does a sweep say her id: it goes on after, or up to, the one before her.
  update duplicate_sweep s set
    after = case when exists (select from old_rows o where o.region_id = s.region_id and o.person_id = s.after) then id_before(s.region_id, s.after) else s.after end,
    until = case when exists (select from old_rows o where o.region_id = s.region_id and o.person_id = s.until) then id_before(s.region_id, s.until) else s.until end
  where exists (select from old_rows o where o.region_id = s.region_id and o.person_id in (s.after, s.until));
  return null;
end $$;
create trigger compare_no_more after delete on waymark.identity
  referencing old table as old_rows for each statement execute function waymark.forget_blocks();

-- What was is taken from what is: joined, the plan of a connection's first handful would compare each of a thousand with each.
create function waymark.follow_pairs() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  delete from duplicate_pair d using new_rows n
  where n.state = 5 and (d.region_a, d.person_a) = (n.region_id, n.person_id);
  delete from duplicate_pair d using new_rows n
  where n.state = 5 and (d.region_b, d.person_b) = (n.region_id, n.person_id);
  update duplicate_pair d set place_a = n.place_id, state = case when n.state <> 1 and d.state = 'open' then 'gone' else d.state end,
    version = d.version + 1
  from (select region_id, person_id, place_id, state from new_rows except select region_id, person_id, place_id, state from old_rows) n
  where d.region_a = n.region_id and d.person_a = n.person_id;
  update duplicate_pair d set place_b = n.place_id, state = case when n.state <> 1 and d.state = 'open' then 'gone' else d.state end,
    version = d.version + 1
  from (select region_id, person_id, place_id, state from new_rows except select region_id, person_id, place_id, state from old_rows) n
  where d.region_b = n.region_id and d.person_b = n.person_id;
  insert into duplicate_check as c (region_id, person_id, bulk)
  select n.region_id, n.person_id, false
  from (select region_id, person_id, state, place_id, sex, born_on, household_id from new_rows
        except select region_id, person_id, state, place_id, sex, born_on, household_id from old_rows) n
  where n.state = 1
  order by 1, 2
  on conflict on constraint duplicate_check_pkey do update set ticket = c.ticket + 1, bulk = false;
  return null;
end $$;
create trigger compare_changed after update on waymark.person
  referencing old table as old_rows new table as new_rows for each statement execute function waymark.follow_pairs();

-- What the job compares: only those who are here. `seen` tells whether anything of it changed. Nobody is behind the job, so it
-- writes down itself how many it opened.
create function waymark.people_to_match(p_regions integer[], p_persons uuid[])
  returns table (region_id integer, person_id uuid, household_id uuid, place_id uuid, path text, sex smallint, born_on date, seen text,
                 master_key_id text, wrapped bytea, sealed bytea)
  language sql stable security definer set search_path = waymark, public, pg_temp set jit = off as $$
  select p.region_id, p.person_id, p.household_id, p.place_id, l.path::text, p.sex, p.born_on,
         md5(concat_ws('|', p.sex, coalesce(p.born_on::text, '-'), p.born_precision, p.place_id, coalesce(p.household_id::text, '-'), i.version)),
         k.master_key_id, k.wrapped, i.sealed
  from unnest(p_regions, p_persons) x(region_id, person_id)
  cross join lateral (select q.* from person q where q.region_id = x.region_id and q.person_id = x.person_id and q.state = 1 offset 0) p
  join place l on l.place_id = p.place_id
  join identity i on i.region_id = x.region_id and i.person_id = x.person_id
  join identity_key k on k.region_id = x.region_id and k.person_id = x.person_id
$$;
-- The others of their households.
create function waymark.members_to_match(p_regions integer[], p_households uuid[])
  returns table (region_id integer, person_id uuid, household_id uuid)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select p.region_id, p.person_id, p.household_id
  from (select distinct * from unnest(p_regions, p_households)) x(region_id, household_id)
  cross join lateral (select q.* from person q where q.region_id = x.region_id and q.household_id = x.household_id and q.state = 1
                      order by q.person_id limit 12) p
$$;

-- By which keys somebody is compared with others (people/domain/linkage-blocking.ts): how her name sounds, as a keyed code, together with the
-- year of her birth, or with the place around hers. Digests of codes, so nothing can be read here either.
create function waymark.block_keys(p_code bigint, p_born date, p_near uuid) returns bigint[]
  language sql immutable parallel safe
  return array_remove(array[
    hashint8extended(p_code, case when extract(year from p_born) > 2400 then extract(year from p_born) - 543 else extract(year from p_born) end::bigint),
    uuid_hash_extended(p_near, p_code)], null);

-- With whom each of some people is compared: who shares a telephone or document, or a key as above. They are asked about together, because most of
-- what is asked is common to neighbours. Lines of the four lists are the codes of the person with that number, under the key of each region looked in. A key
-- that more than 150 share is no reason: those few that matter share another. Their own keys are written down first, so that who is compared later
-- finds them; of two it is always the later one that finds the other, also of two who are asked about together.
create function waymark.duplicate_candidates(p_regions integer[], p_persons uuid[], p_numbers integer[], p_code_regions integer[], p_kinds smallint[],
    p_codes bigint[], p_limit integer)
  returns table (number integer, region_id integer, person_id uuid)
  language plpgsql security definer set search_path = waymark, public, pg_temp set jit = off
  set plan_cache_mode = force_custom_plan set enable_seqscan = off set enable_mergejoin = off as $$
#variable_conflict use_column
declare
  most constant integer := 150;
  together constant integer := cardinality(p_persons);
  numbers integer[]; regions integer[]; keys bigint[];
begin
  -- Under which keys each of them is looked for, in each region: all in one list, made once.
  select array_agg(k.number order by k.region, k.key), array_agg(k.region order by k.region, k.key), array_agg(k.key order by k.region, k.key)
    into numbers, regions, keys from (
    select distinct c.number, c.region, k.key
    from unnest(p_regions, p_persons) with ordinality x(region, person, number)
    cross join lateral (select q.born_on, q.place_id from person q where q.region_id = x.region and q.person_id = x.person offset 0) p
    cross join lateral (select l.parent_id from place l where l.place_id = p.place_id offset 0) l
    join unnest(p_numbers, p_code_regions, p_kinds, p_codes) c(number, region, kind, code) on c.number = x.number and c.kind = 2
    cross join lateral unnest(block_keys(c.code, p.born_on, l.parent_id)) k(key)) k;
  delete from duplicate_block b using (
    select d.region_id, unnest(d.keys) as key, d.person_id from unnest(p_regions, p_persons) x(region, person)
    cross join lateral (select * from duplicate_blocks_of d where d.region_id = x.region and d.person_id = x.person offset 0) d) o
  where b.region_id = o.region_id and b.key = o.key and b.person_id = o.person_id;
  with mine as materialized (
    select p_regions[a.number] as region, a.key, p_persons[a.number] as person
    from unnest(numbers, regions, keys) a(number, region, key) where a.region = p_regions[a.number]
  ), put as (
    insert into duplicate_block (region_id, key, person_id) select m.region, m.key, m.person from mine m order by 1, 2, 3 on conflict do nothing
  )
  insert into duplicate_blocks_of (region_id, person_id, keys)
  select x.region, x.person, coalesce(m.keys, '{}') from unnest(p_regions, p_persons) x(region, person)
  left join (select m.region, m.person, array_agg(m.key) as keys from mine m group by 1, 2) m on m.region = x.region and m.person = x.person
  order by 1, 2
  on conflict on constraint duplicate_blocks_of_pkey do update set keys = excluded.keys;
  return query
  with together as materialized (
    select x.region, x.person, x.number::integer as number from unnest(p_regions, p_persons) with ordinality x(region, person, number)
  ), asked as materialized (
    select a.region, a.key, array_agg(a.number) as numbers from unnest(numbers, regions, keys) a(number, region, key) group by 1, 2
  ), sharing as (
    select a.region, a.key, a.numbers, b.person_id, t.number as also
    from asked a cross join lateral (
      select array_agg(x.person_id) as people from (
        select b.person_id from duplicate_block b where b.region_id = a.region and b.key = a.key limit most + together + 1) x) h
    cross join lateral unnest(h.people) b(person_id)
    left join together t on t.region = a.region and t.person = b.person_id
    where cardinality(h.people) <= most + together
  ), held as (
    select n.number, s.region, s.person_id, s.also, false as by_number,
           -- As many as shared it when it was her turn: whoever comes later is not there yet.
           count(*) over (partition by s.region, s.key, n.number) as sharers
    from sharing s cross join lateral unnest(s.numbers) n(number) where s.also is null or s.also <= n.number
    union all
    select n.number, c.region, h.person_id, t.number, true, cardinality(f.people)
    from (
      select array_agg(distinct c.number) as numbers, c.region, c.code from unnest(p_numbers, p_code_regions, p_kinds, p_codes) c(number, region, kind, code)
      where c.kind in (3, 4) group by 2, 3) c
    cross join lateral (
      select array_agg(x.person_id) as people from (
        select i.person_id from identity i where i.codes @> array[c.code] and i.region_id + 0 = c.region limit most + 1) x) f
    cross join lateral unnest(f.people) h(person_id)
    cross join lateral unnest(c.numbers) n(number)
    left join together t on t.region = c.region and t.person = h.person_id
  )
  select r.number, r.region, r.person_id from (
    select g.*, row_number() over (partition by g.number order by g.by_number desc, g.shared desc, g.region, g.person_id) as nth from (
      select h.number, h.region, h.person_id, bool_or(h.by_number) as by_number, count(*) as shared
      from held h where h.sharers <= most and h.also is distinct from h.number
      group by 1, 2, 3) g
    where exists (select from person p where p.region_id = g.region and p.person_id = g.person_id and p.state = 1)) r
  where r.nth <= p_limit order by r.number, r.nth;
end $$;

-- The six nearest regions of registration of each, as far as it is known where they lie.
create function waymark.regions_near(p_regions integer[]) returns table (region_id integer, near integer)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select a.region_id, b.region_id from place a cross join lateral (
    select c.region_id from place c
    where c.level = 1 and c.country = a.country and c.region_id <> a.region_id and c.latitude is not null and c.longitude is not null
    order by (c.latitude - a.latitude) ^ 2 + ((c.longitude - a.longitude) * cos(radians(a.latitude))) ^ 2 limit 6) b
  where a.level = 1 and a.region_id = any (p_regions) and a.latitude is not null and a.longitude is not null
$$;

-- Whom to compare next: whoever was written down or changed by hand first, with a ticket; then those of a sweep, all of one; then whose codes alone changed.
create function waymark.next_to_compare(p_limit integer)
  returns table (region_id integer, person_id uuid, ticket integer, sweep_id uuid)
  language plpgsql security definer set search_path = waymark, public, pg_temp set jit = off as $$
#variable_conflict use_column
declare s duplicate_sweep;
begin
  return query select c.region_id, c.person_id, c.ticket, null::uuid from duplicate_check c where not c.bulk
    order by c.asked_at, c.region_id, c.person_id limit p_limit;
  if found then return; end if;
  for s in select * from duplicate_sweep d order by d.asked_at, d.region_id, d.sweep_id loop
    return query select p.region_id, p.person_id, null::integer, s.sweep_id from person p
      where p.region_id = s.region_id and p.person_id > s.after and p.person_id <= s.until and p.state = 1
        and (s.batch_id is null or p.batch_id = s.batch_id)
        and exists (select from identity i where i.region_id = p.region_id and i.person_id = p.person_id)
      order by p.region_id, p.person_id limit p_limit;
    if found then return; end if;
    delete from duplicate_sweep d where d.region_id = s.region_id and d.sweep_id = s.sweep_id;
  end loop;
  return query select c.region_id, c.person_id, c.ticket, null::uuid from duplicate_check c
    order by c.bulk, c.asked_at, c.region_id, c.person_id limit p_limit;
end $$;

-- Everybody once more: after new weights, or where comparing was switched off. Returns in how many regions of registration.
create function waymark.compare_everybody() returns bigint
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare asked bigint;
begin
  insert into duplicate_sweep (region_id, sweep_id)
  select k.region_id, gen_random_uuid() from (select distinct region_id from identity_key) k;
  get diagnostics asked = row_count;
  return asked;
end $$;
grant execute on function waymark.people_to_match, waymark.members_to_match, waymark.duplicate_candidates, waymark.regions_near,
  waymark.next_to_compare, waymark.compare_everybody to waymark_jobs;

-- Whether records still wait to be compared; how many is not for everybody to know.
create function waymark.is_comparing() returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select has_right('people.merge') and (exists (select from duplicate_check) or exists (select from duplicate_sweep))
$$;
grant execute on function waymark.is_comparing to waymark_app;

create function waymark.fields_of(p waymark.person) returns jsonb
  language sql immutable
  return jsonb_build_object('sex', p.sex, 'bornOn', p.born_on, 'bornPrecision', p.born_precision, 'placeId', p.place_id, 'householdId', p.household_id);

-- Two records become one. As the owner, because whole answers are copied that whoever decides may not read; it asks for right, scope and
-- versions itself. p_versions: of the record that stays and of the other. Answers come along in a batch of kind 'merge', which taking back undoes.
create function waymark.merge_people(p_merge uuid, p_pair uuid, p_pair_version integer, p_stays_a boolean, p_versions integer[],
    p_taken text[], p_added jsonb, p_at timestamptz) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare
  pair duplicate_pair; stays person; other person; changed person;
  today constant date := (p_at at time zone time_zone())::date;
begin
  if not (has_right('people.merge') and has_right('people.write')) then
    raise exception 'no right to merge' using errcode = 'insufficient_privilege';
  end if;
  select * into pair from duplicate_pair where pair_id = p_pair for update;
  if pair.pair_id is null or pair.version <> p_pair_version or pair.state <> 'open' then
    raise exception 'the pair changed meanwhile' using errcode = 'WM005';
  end if;
  -- Both in one order, whoever stays.
  perform from person p where (p.region_id, p.person_id) in ((pair.region_a, pair.person_a), (pair.region_b, pair.person_b))
    order by p.region_id, p.person_id for update;
  select * into stays from person p where (p.region_id, p.person_id)
    = (case when p_stays_a then pair.region_a else pair.region_b end, case when p_stays_a then pair.person_a else pair.person_b end);
  select * into other from person p where (p.region_id, p.person_id)
    = (case when p_stays_a then pair.region_b else pair.region_a end, case when p_stays_a then pair.person_b else pair.person_a end);
  if not (in_scope(stays.place_id) and in_scope(other.place_id)) then
    raise exception 'one of them lies outside the area of whoever merges' using errcode = 'insufficient_privilege';
  end if;
  if stays.state <> 1 or other.state <> 1 or stays.version <> p_versions[1] or other.version <> p_versions[2] then
    raise exception 'one of them changed meanwhile' using errcode = 'WM005';
  end if;
  if 'household' = any (p_taken) and other.region_id <> stays.region_id then
    raise exception 'that household is of another region' using errcode = 'WM006';
  end if;
  insert into import_batch (batch_id, kind, file_name, file_sha256, mapping_name, mapping, mapping_sha256, state, actor_id, finished_at, reach)
  values (p_merge, 'merge', '', p_merge::text, '', '{}', '', 'done', actor_id(), p_at, '');

  update person p set
    sex = case when 'sex' = any (p_taken) then other.sex else p.sex end,
    born_on = case when 'bornOn' = any (p_taken) then other.born_on else p.born_on end,
    born_precision = case when 'bornOn' = any (p_taken) then other.born_precision else p.born_precision end,
    place_id = case when 'place' = any (p_taken) then other.place_id else p.place_id end,
    household_id = case when 'household' = any (p_taken) then other.household_id else p.household_id end,
    version = p.version + 1
  where p.region_id = stays.region_id and p.person_id = stays.person_id returning * into changed;
  update person p set state = 4, state_on = today, merged_into = stays.person_id, merged_region = stays.region_id, version = p.version + 1
  where p.region_id = other.region_id and p.person_id = other.person_id;

  with said as (
    select a.*, row_number() over (order by a.recorded_at, a.assessment_id) as nth
    from assessment a where a.region_id = other.region_id and a.subject_kind = 'person' and a.subject_id = other.person_id
      and batch_stands(a.batch_id)
  ), ids as (
    select id, row_number() over (order by id) as nth from (select gen_random_uuid() as id from generate_series(1, (select count(*) from said))) r
  ), named as (
    select s.*, i.id from said s join ids i using (nth)
  )
  insert into assessment (region_id, assessment_id, subject_kind, subject_id, instrument_id, origin, answers, observed_at, recorded_at,
                          valid_until, supersedes, batch_id, actor_id)
  select stays.region_id, n.id, 'person', stays.person_id, n.instrument_id, n.origin, n.answers, n.observed_at, p_at, n.valid_until,
         (select o.id from named o where o.assessment_id = n.supersedes), p_merge, actor_id()
  from named n;

  -- Whether the two are one, somebody thought; with an account of her own she would read another's record if they are not. She is invited anew.
  update assignment a set ended_at = p_at, ended_by = actor_id(), version = a.version + 1
  where (a.region_id, a.person_id) in ((stays.region_id, stays.person_id), (other.region_id, other.person_id)) and a.kind = 'self' and a.ended_at is null;
  insert into assignment (region_id, assignment_id, person_id, kind, account_id, organisation_id, consent_id, given_at, given_by, until_at,
                          batch_id, copy_of)
  select stays.region_id, gen_random_uuid(), stays.person_id, a.kind, a.account_id, a.organisation_id, a.consent_id, a.given_at, a.given_by,
         a.until_at, p_merge, a.assignment_id
  from assignment a where a.region_id = other.region_id and a.person_id = other.person_id and a.ended_at is null;
  update assignment a set ended_at = p_at, ended_by = actor_id(), ended_batch = p_merge, version = a.version + 1
  where a.region_id = other.region_id and a.person_id = other.person_id and a.ended_at is null;

  insert into person_merge (region_id, merge_id, person_id, other_region, other_id, pair_id, taken, before, after, added, merged_by, merged_at)
  values (stays.region_id, p_merge, stays.person_id, other.region_id, other.person_id, p_pair, p_taken, fields_of(stays), fields_of(changed),
          p_added, actor_id(), p_at);
  insert into person_event (region_id, event_id, person_id, kind, on_date, before, after, actor_id, batch_id, recorded_at) values
    (stays.region_id, gen_random_uuid(), stays.person_id, 'merged', today, fields_of(stays), fields_of(changed), actor_id(), p_merge, p_at),
    (other.region_id, gen_random_uuid(), other.person_id, 'merged', today, '{"state": "here"}', '{"state": "merged"}', actor_id(), p_merge, p_at);
  update duplicate_pair set state = 'same', decided_by = actor_id(), decided_at = p_at, version = version + 1 where pair_id = p_pair;
end $$;

-- Somebody's "no" to sharing, on either record, ends the referrals of the record that stays.
create function waymark.end_referrals_of_merge(p_region integer, p_merge uuid, p_organisation uuid, p_at timestamptz) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  update assignment a set ended_at = p_at, ended_by = actor_id(), ended_batch = p_merge, version = a.version + 1
  from person_merge m
  where m.region_id = p_region and m.merge_id = p_merge and m.merged_by = actor_id() and m.merged_at = p_at and m.undone_at is null
    and a.region_id = m.region_id and a.person_id = m.person_id and a.kind = 'referral' and a.ended_at is null
    and (p_organisation is null or a.organisation_id = p_organisation);
end $$;

-- The two are two again. What was added to the record that stays since, stays with it. The last merge first.
create function waymark.take_back_merge(p_region integer, p_merge uuid, p_at timestamptz) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare
  m person_merge; stays person; other person; restored person;
  today constant date := (p_at at time zone time_zone())::date;
begin
  if not (has_right('people.merge') and has_right('people.write')) then
    raise exception 'no right to take a merge back' using errcode = 'insufficient_privilege';
  end if;
  select * into m from person_merge p where p.region_id = p_region and p.merge_id = p_merge for update;
  perform from person p where (p.region_id, p.person_id) in ((m.region_id, m.person_id), (m.other_region, m.other_id))
    order by p.region_id, p.person_id for update;
  select * into stays from person p where p.region_id = m.region_id and p.person_id = m.person_id;
  select * into other from person p where p.region_id = m.other_region and p.person_id = m.other_id;
  if not coalesce(in_scope(stays.place_id) and in_scope(other.place_id), false) then
    raise exception 'one of them lies outside the area of whoever asks' using errcode = 'insufficient_privilege';
  end if;
  if m.undone_at is not null then
    raise exception 'taken back already' using errcode = 'WM005';
  end if;
  if stays.state not in (1, 2, 3) or other.state <> 4 or (other.merged_region, other.merged_into) <> (stays.region_id, stays.person_id)
     or exists (select from person_merge l where l.region_id = m.region_id and l.person_id = m.person_id and l.undone_at is null and l.nth > m.nth)
  then
    raise exception 'a later merge stands on it' using errcode = 'WM007';
  end if;
  update import_batch set state = 'undone', undone_at = p_at, undone_by = actor_id() where batch_id = p_merge;
  update person p set
    sex = case when 'sex' = any (m.taken) and p.sex = (m.after->>'sex')::smallint then (m.before->>'sex')::smallint else p.sex end,
    born_on = case when 'bornOn' = any (m.taken) and (p.born_on, p.born_precision) is not distinct from ((m.after->>'bornOn')::date, (m.after->>'bornPrecision')::smallint)
              then (m.before->>'bornOn')::date else p.born_on end,
    born_precision = case when 'bornOn' = any (m.taken) and (p.born_on, p.born_precision) is not distinct from ((m.after->>'bornOn')::date, (m.after->>'bornPrecision')::smallint)
              then (m.before->>'bornPrecision')::smallint else p.born_precision end,
    place_id = case when 'place' = any (m.taken) and p.place_id = (m.after->>'placeId')::uuid then (m.before->>'placeId')::uuid else p.place_id end,
    household_id = case when 'household' = any (m.taken) and p.household_id is not distinct from (m.after->>'householdId')::uuid
              then (m.before->>'householdId')::uuid else p.household_id end,
    version = p.version + 1
  where p.region_id = m.region_id and p.person_id = m.person_id returning * into restored;
  update person p set state = 1, state_on = null, merged_into = null, merged_region = null, version = p.version + 1
  where p.region_id = m.other_region and p.person_id = m.other_id;

  -- Whose account it would be from now on, nobody can say from here.
  update assignment a set ended_at = p_at, ended_by = actor_id(), version = a.version + 1
  where a.region_id = m.region_id and a.person_id = m.person_id and a.kind = 'self' and a.ended_at is null;
  -- The words of the other still stand with it; on the record that stays they were copies.
  delete from consent_event c where c.region_id = m.region_id and c.person_id = m.person_id and c.batch_id = p_merge;
  -- Care that was ended meanwhile stays ended.
  update assignment a set ended_at = c.ended_at, ended_by = c.ended_by, ended_batch = null, version = a.version + 1
  from assignment c
  where c.batch_id = p_merge and a.region_id = m.other_region and a.assignment_id = c.copy_of and a.ended_batch = p_merge
    and c.ended_at is not null and c.ended_batch is distinct from p_merge;
  -- What only the words of the other ended begins again; what its own record said no to meanwhile ended by that (0047).
  update assignment a set ended_batch = null, version = a.version + 1,
    taken_back_by = no_to_it_since(a.region_id, a.person_id, a.kind, a.organisation_id, m.merged_at)
  where a.ended_batch = p_merge and a.batch_id is distinct from p_merge
    and no_to_it_since(a.region_id, a.person_id, a.kind, a.organisation_id, m.merged_at) is not null;
  update assignment a set ended_at = null, ended_by = null, ended_batch = null, taken_back_by = null, version = a.version + 1
  where a.ended_batch = p_merge and a.batch_id is distinct from p_merge;
  delete from assignment c where c.batch_id = p_merge;
  -- Whoever had no name before has none again.
  if m.added ? 'whole' then
    delete from identity_key k where k.region_id = m.region_id and k.person_id = m.person_id;
  end if;

  insert into person_event (region_id, event_id, person_id, kind, on_date, before, after, actor_id, batch_id, recorded_at) values
    (stays.region_id, gen_random_uuid(), stays.person_id, 'unmerged', today, fields_of(stays), fields_of(restored), actor_id(), p_merge, p_at),
    (other.region_id, gen_random_uuid(), other.person_id, 'unmerged', today, '{"state": "merged"}', '{"state": "here"}', actor_id(), p_merge, p_at);
  update person_merge p set undone_by = actor_id(), undone_at = p_at where p.region_id = p_region and p.merge_id = p_merge;
  update duplicate_pair set state = 'open', decided_by = null, decided_at = null, version = version + 1 where pair_id = m.pair_id;
end $$;
grant execute on function waymark.merge_people, waymark.end_referrals_of_merge, waymark.take_back_merge to waymark_app;

-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The record of use is sealed: a queue of entries that wait for it, the chain of seals, and an index of who looked at whom
-- (docs/decisions/0008).

-- Entries not sealed yet. Filled with the entry itself, in its transaction; emptied by the sealer with the seal, in one of its own.
create table waymark.audit_unsealed (
  entry_id uuid primary key
);
-- Rows come and go within a second: without this the queue would grow on rows long gone.
alter table waymark.audit_unsealed set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_analyze_scale_factor = 0,
  autovacuum_analyze_threshold = 50000);

-- Each seal binds its entries, in this order, to all seals before (audit/domain/seal.ts).
create table waymark.audit_seal (
  seal_no   bigint primary key check (seal_no > 0),
  entry_ids uuid[] not null check (cardinality(entry_ids) > 0),
  digest    bytea not null unique check (length(digest) = 32),
  previous  bytea not null unique check (length(previous) = 32),
  sealed_at timestamptz not null
);
create trigger append_only before update or delete or truncate on waymark.audit_seal for each statement execute function waymark.refuse_change();
create trigger not_emptied before truncate on waymark.audit_entry for each statement execute function waymark.refuse_change();

-- Who looked at whom: an entry that lists fifty people is fifty rows here. Ids only. An entry names no region, and this is asked by person or by
-- reader over the whole installation.
create table waymark.identity_read (
  person_id uuid not null,
  at        timestamptz not null,
  entry_id  uuid not null,
  actor_id  text not null,
  action    text not null,
  primary key (person_id, at, entry_id)
);
create index identity_read_actor on waymark.identity_read (actor_id, at, person_id);
create index identity_read_at on waymark.identity_read (at desc, entry_id desc, person_id desc);
create trigger append_only before update or delete or truncate on waymark.identity_read for each statement execute function waymark.refuse_change();

-- All that was done on one record.
create index audit_entry_subject on waymark.audit_entry (subject, at desc, entry_id desc) where subject is not null;

-- The people whose identity an entry says was read. Other acts on an identity (it was kept, corrected, destroyed) are no reading.
create function waymark.people_read(action text, subject text, detail jsonb) returns setof uuid
  language sql immutable parallel safe
as $$
  select distinct id::uuid from (
    select subject as id
    union all
    select jsonb_array_elements_text(case jsonb_typeof(detail -> 'people') when 'array' then detail -> 'people' else '[]' end)
  ) listed
  where action in ('identity.read', 'identity.search', 'identity.list', 'identity.print', 'identity.export')
    and id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
$$;

create function waymark.follow_entry() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp
as $$
begin
  insert into audit_unsealed (entry_id) select entry_id from added;
  if exists (select from added where action like 'identity.%') then
    insert into identity_read (person_id, at, entry_id, actor_id, action)
    select person_id, a.at, a.entry_id, a.actor_id, a.action
    from added a cross join lateral people_read(a.action, a.subject, a.detail) as person_id;
  end if;
  return null;
end $$;
create trigger follow_entry after insert on waymark.audit_entry referencing new table as added for each statement execute function waymark.follow_entry();

-- What was written before there were seals waits for the first one.
insert into waymark.audit_unsealed (entry_id) select entry_id from waymark.audit_entry;
insert into waymark.identity_read (person_id, at, entry_id, actor_id, action)
select person_id, a.at, a.entry_id, a.actor_id, a.action
from waymark.audit_entry a cross join lateral waymark.people_read(a.action, a.subject, a.detail) as person_id;

-- For the sealer alone: takes entries out of the queue, oldest first, every field as the text that its digest is made of.
create function waymark.take_unsealed(p_most integer)
  returns table (entry_id uuid, at text, actor_id text, action text, place_id uuid, subject text, detail text)
  language sql volatile security definer set search_path = waymark, public, pg_temp
as $$
  with taken as (
    delete from audit_unsealed q where q.entry_id in (
      select u.entry_id from audit_unsealed u where exists (select from audit_entry a where a.entry_id = u.entry_id) order by u.entry_id limit p_most)
    returning q.entry_id
  )
  select a.entry_id, to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), a.actor_id, a.action, a.place_id, a.subject, a.detail::text
  from taken join audit_entry a using (entry_id) order by a.entry_id
$$;
grant execute on function waymark.take_unsealed to waymark_jobs;

-- How far the record is sealed, for whoever may read it.
create function waymark.seal_state() returns table (seal_no bigint, sealed_at timestamptz, waiting integer, oldest timestamptz)
  language plpgsql stable security definer set search_path = waymark, public, pg_temp
as $$
begin
  if not has_right('audit.read') then
    raise exception 'the record of use is not yours to read' using errcode = 'insufficient_privilege';
  end if;
  return query
  select s.seal_no, s.sealed_at, q.waiting, q.oldest
  from (select count(*)::integer as waiting, min(a.at) as oldest from audit_unsealed u left join audit_entry a using (entry_id)) q
  left join (select l.seal_no, l.sealed_at from audit_seal l order by l.seal_no desc limit 1) s on true;
end $$;

-- The accounts that entries speak of, for whoever reads who looked at whom. The account of a person in the register has no name here: it would be
-- hers.
create function waymark.readers() returns table (account_id text, display_name text, roles text[])
  language plpgsql stable security definer set search_path = waymark, public, pg_temp
as $$
begin
  if not has_right('audit.read-whole') then
    raise exception 'who looked at whom is not yours to read' using errcode = 'insufficient_privilege';
  end if;
  return query
  select a.account_id, case when 'person' = any (held.roles) then '' else a.display_name end, held.roles
  from account a
  cross join lateral (select coalesce(array_agg(distinct p.role order by p.role), '{}') as roles from post p
    where p.account_id = a.account_id and p.ended_at is null) held
  order by a.account_id;
end $$;
-- How much each reader read on each day that is over: what is usual is asked of weeks, and counting them anew each time would take minutes in a
-- country. Days of the installation's calendar; a day is counted once, an hour after it ended.
create table waymark.reading_day (
  actor_id text not null,
  day      date not null,
  people   integer not null,      -- different ones
  reads    integer not null,
  at_night integer not null,      -- different people between ten in the evening and five in the morning
  primary key (actor_id, day)
);
create index reading_day_day on waymark.reading_day (day);
alter table waymark.reading_day enable row level security, force row level security;
create policy owner_all on waymark.reading_day to waymark_owner using (true) with check (true);

-- For the owner's functions: counts from the index of readings.
create function waymark.count_readings(p_from timestamptz, p_until timestamptz, p_actor text)
  returns table (actor_id text, day date, people integer, reads integer, at_night integer)
  language sql stable set plan_cache_mode = force_custom_plan
as $$
  select d.actor_id, d.day, count(*)::integer, sum(d.times)::integer, (count(*) filter (where d.night))::integer
  from (
    select r.actor_id, w.wall::date as day, r.person_id, count(*) as times, bool_or(extract(hour from w.wall) >= 22 or extract(hour from w.wall) < 5) as night
    from waymark.identity_read r cross join lateral (select r.at at time zone z.zone as wall from (select waymark.time_zone() as zone offset 0) z) w
    where r.at >= p_from and r.at < p_until and (p_actor is null or r.actor_id = p_actor)
    group by 1, 2, 3
  ) d
  group by 1, 2
$$;

-- The first moment that is not counted yet.
create function waymark.readings_open_from() returns timestamptz
  language sql stable
  return coalesce((select (max(day) + 1)::timestamp at time zone waymark.time_zone() from waymark.reading_day), '-infinity');

-- For the clock: counts the days that are over. Returns how many lines it wrote.
create function waymark.close_reading_days() returns integer
  language plpgsql volatile security definer set search_path = waymark, public, pg_temp
as $$
declare
  written integer;
begin
  perform pg_advisory_xact_lock(hashtext('waymark.reading_days'));
  insert into reading_day (actor_id, day, people, reads, at_night)
  select * from count_readings(readings_open_from(), date_trunc('day', (now() - interval '1 hour') at time zone time_zone()) at time zone time_zone(), null)
  on conflict do nothing;
  get diagnostics written = row_count;
  return written;
end $$;
grant execute on function waymark.close_reading_days to waymark_jobs;

-- Who looked at how many people on which day, from p_from until before p_until, both the beginning of a day. Days not closed yet are counted now.
create function waymark.reading_days(p_from timestamptz, p_until timestamptz, p_actor text default null)
  returns table (actor_id text, day date, people integer, reads integer, at_night integer)
  language plpgsql stable security definer set search_path = waymark, public, pg_temp
as $$
declare
  zone constant text := time_zone();
begin
  if not has_right('audit.read-whole') then
    raise exception 'who looked at whom is not yours to read' using errcode = 'insufficient_privilege';
  end if;
  return query
  select r.actor_id, r.day, r.people, r.reads, r.at_night from reading_day r
  where r.day >= (p_from at time zone zone)::date and r.day < (p_until at time zone zone)::date and (p_actor is null or r.actor_id = p_actor)
  union all
  select * from count_readings(greatest(p_from, readings_open_from()), p_until, p_actor)
  order by 2 desc, 3 desc, 1;
end $$;

-- People opened one by one on a day, and how many of them exactly once without the reader writing anything about them on that day or in the
-- week after; where at least p_least were opened once.
create function waymark.opened_once(p_from timestamptz, p_until timestamptz, p_least integer)
  returns table (actor_id text, day date, opened integer, once integer)
  language plpgsql stable security definer set search_path = waymark, public, pg_temp set plan_cache_mode = force_custom_plan
as $$
declare
  zone constant text := time_zone();
begin
  if not has_right('audit.read-whole') then
    raise exception 'who looked at whom is not yours to read' using errcode = 'insufficient_privilege';
  end if;
  return query
  with written as materialized (
    select distinct w.actor_id as reader, w.subject, (w.at at time zone zone)::date as on_day from audit_entry w
    where w.at >= p_from and w.at < p_until + interval '8 days' and w.subject is not null and w.action not like 'identity.%'
  ), days as (
    select r.actor_id as reader, (r.at at time zone zone)::date as on_day, r.person_id::text as person, count(*) as times
    from identity_read r where r.at >= p_from and r.at < p_until and r.action = 'identity.read'
    group by 1, 2, 3
  ), many as (
    select d.reader, d.on_day from days d group by 1, 2 having count(*) filter (where d.times = 1) >= p_least
  ), busy as (
    select d.reader, d.on_day, d.person from days d join written w on w.reader = d.reader and w.subject = d.person and w.on_day between d.on_day and d.on_day + 7
    where d.times = 1 group by 1, 2, 3
  )
  select d.reader, d.on_day, count(*)::integer, (count(*) filter (where d.times = 1 and b.person is null))::integer
  from days d join many m using (reader, on_day) left join busy b using (reader, on_day, person)
  group by 1, 2;
end $$;

-- One record opened by one reader at least p_least times in these days, and how much she wrote about it meanwhile.
create function waymark.repeated_readings(p_from timestamptz, p_until timestamptz, p_least integer)
  returns table (actor_id text, person_id uuid, times integer, days integer, last_day date, writes integer)
  language plpgsql stable security definer set search_path = waymark, public, pg_temp set plan_cache_mode = force_custom_plan
as $$
begin
  if not has_right('audit.read-whole') then
    raise exception 'who looked at whom is not yours to read' using errcode = 'insufficient_privilege';
  end if;
  return query
  select o.reader, o.person, o.times, o.days, o.last_day, (select count(*)::integer from audit_entry w
    where w.subject = o.person::text and w.actor_id = o.reader and w.action not like 'identity.%' and w.at >= p_from and w.at < p_until)
  from (
    select r.actor_id as reader, r.person_id as person, count(*)::integer as times, count(distinct (r.at at time zone time_zone())::date)::integer as days,
           max((r.at at time zone time_zone())::date) as last_day
    from identity_read r where r.at >= p_from and r.at < p_until and r.action = 'identity.read'
    group by 1, 2 having count(*) >= p_least
  ) o;
end $$;
grant execute on function waymark.seal_state, waymark.readers, waymark.reading_days, waymark.opened_once, waymark.repeated_readings
  to waymark_app;

alter table waymark.audit_unsealed enable row level security, force row level security;
alter table waymark.audit_seal enable row level security, force row level security;
alter table waymark.identity_read enable row level security, force row level security;
create policy owner_all on waymark.audit_unsealed to waymark_owner using (true) with check (true);
create policy owner_all on waymark.audit_seal to waymark_owner using (true) with check (true);
create policy owner_all on waymark.identity_read to waymark_owner using (true) with check (true);
create policy sealer on waymark.audit_seal to waymark_jobs using (true) with check (true);
grant select, insert on waymark.audit_seal to waymark_jobs;
create policy whole_record on waymark.identity_read for select to waymark_app using ((select waymark.has_right('audit.read-whole')));
grant select on waymark.identity_read to waymark_app;

-- The record as before, and also: by record (p_subject), by kind of act ('consent.*'), and whole for the data protection officer, who asks who
-- looked at whom. For everybody else only the acts of rooms that are about accounts and files say on what; all others, also those that come later, are
-- told without the ids of people, visits and consents.
drop function waymark.read_record;
create function waymark.read_record(p_at timestamptz, p_id uuid, p_actor text, p_action text, p_from timestamptz, p_until timestamptz,
    p_limit integer, p_subject text default null)
  returns table (entry_id uuid, at timestamptz, actor_id text, action text, place_id uuid, subject text, detail jsonb)
  language plpgsql stable security definer set search_path = waymark, public, pg_temp set plan_cache_mode = force_custom_plan
as $$
declare
  wanted text[];
begin
  if not has_right('audit.read') then
    raise exception 'the record of use is not yours to read' using errcode = 'insufficient_privilege';
  end if;
  if p_subject is not null and not has_right('audit.read-whole') then
    raise exception 'what was done on one record is not yours to read' using errcode = 'insufficient_privilege';
  end if;
  if p_action like '%.*' then
    -- From one kind of act to the next by the index: there are dozens among millions of rows.
    wanted := array(
      with recursive kinds (kind) as (
        select min(a.action) from audit_entry a
        union all
        select (select min(a.action) from audit_entry a where a.action > kinds.kind) from kinds where kinds.kind is not null
      )
      select kind from kinds where starts_with(kind, left(p_action, -1)));
  elsif p_action is not null then
    wanted := array[p_action];
  end if;
  return query
  select e.entry_id, e.at, e.actor_id, e.action, case when seen.near then e.place_id else seen.district end,
         case when seen.near or seen.open then e.subject end,
         case when seen.near or seen.open then e.detail else (
           select coalesce(jsonb_object_agg(d.key, d.value), '{}') from jsonb_each(e.detail - 'assessmentId' - 'corrects') d
           where jsonb_typeof(d.value) in ('number', 'boolean')
             or (jsonb_typeof(d.value) = 'string' and length(d.value #>> '{}') <= 60 and d.value #>> '{}' !~ '^[0-9a-f-]{16,}$')) end
  from (
    select a.* from audit_entry a
    where (a.at, a.entry_id) < (coalesce(p_at, 'infinity'), coalesce(p_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      and (p_actor is null or a.actor_id = p_actor) and (wanted is null or a.action = any (wanted))
      and (p_subject is null or a.subject = p_subject)
      and (p_from is null or a.at >= p_from) and (p_until is null or a.at < p_until)
    order by a.at desc, a.entry_id desc limit p_limit
  ) e
  left join place p on p.place_id = e.place_id
  cross join lateral (
    select has_right('audit.read-whole') or coalesce(has_right('people.read') and p.path <@ any (scope_paths()), false) as near,
           split_part(e.action, '.', 1) in ('access', 'accounts', 'imports', 'map', 'instruments', 'places', 'statistics',
             'organisations', 'installation') as open,
           (select up.place_id from place up where p.path <@ up.path and up.level = least(p.level, 2)) as district
  ) seen
  order by e.at desc, e.entry_id desc;
end $$;
grant execute on function waymark.read_record to waymark_app;

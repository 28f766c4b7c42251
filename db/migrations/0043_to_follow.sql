-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Answers that are saved and not yet followed by standings and figures. Whoever saves an answer about a person or household waits neither for an
-- import that holds the instrument nor for a hundred others who save at the same moment: the answer and a line here are written together, and the
-- server brings everybody on the list in line at once, right after (risk/server/follow-answers.ts). A line goes in the transaction in which
-- what it asks for is done, so a crash at any moment leaves it either waiting or done. An answer about a place concerns everybody who lives there:
-- where they are many they are counted again some at a time, and the line says up to whom.
create table waymark.answer_to_follow (
  region_id     integer not null,
  assessment_id uuid not null,
  asked_at      timestamptz not null default now(),
  people        integer not null default 1,     -- how many it concerned when it was saved
  done_place    uuid,                           -- counted again up to this person of this place; null: nobody yet
  done_region   integer,
  done_person   uuid,
  done_at       timestamptz,
  primary key (region_id, assessment_id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
alter table waymark.answer_to_follow enable row level security, force row level security;
create policy owner_all on waymark.answer_to_follow to waymark_owner using (true) with check (true);
create policy jobs_all on waymark.answer_to_follow to waymark_jobs using (true) with check (true);
grant select, update, delete on waymark.answer_to_follow to waymark_jobs;

-- How many people live in a place or below it, as the figures have it: everybody stands in the figures of every instrument for people. Of those
-- not counted yet some more may live there; they are counted with the answer from the beginning.
create function waymark.people_below(p_region integer, p_place uuid) returns integer
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select coalesce(max(x.n), 0)::integer from (
    select sum(r.n) as n from rollup r where r.region_id = p_region and r.place_id = p_place group by r.instrument_code) x
$$;

-- Called before the answers are written, in their transaction. Asks what lock_risk asks, and holds the subjects instead of their regions: a
-- merge or an erasure waits until the answers are written, or they until it is done. `there`: how many of the subjects exist; `reached`: how
-- many people will be looked at (nothing for those who may not read people).
create function waymark.leave_to_follow(p_kinds text[], p_regions integer[], p_ids uuid[], p_assessments uuid[], out there integer, out reached integer)
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare people integer; households integer; members integer; places integer; residents integer;
begin
  perform ask_to_score(p_kinds, p_regions, p_ids);
  if session_user = 'waymark_app' and not (has_right('assess.write') or has_right('people.write')) then
    raise exception 'no right to record anything about people' using errcode = 'insufficient_privilege';
  end if;
  perform from unnest(p_kinds, p_regions, p_ids) s(kind, region, id)
    join household h on s.kind = 'household' and h.region_id = s.region and h.household_id = s.id
  order by s.region, s.id for share of h;
  get diagnostics households = row_count;
  perform from unnest(p_kinds, p_regions, p_ids) s(kind, region, id)
    join person p on s.kind = 'person' and p.region_id = s.region and p.person_id = s.id
  order by s.region, s.id for share of p;
  get diagnostics people = row_count;
  perform from unnest(p_kinds, p_regions, p_ids) s(kind, region, id)
    join place p on s.kind = 'place' and p.region_id = s.region and p.place_id = s.id
  order by s.region, s.id for key share of p;
  get diagnostics places = row_count;
  -- One that is sent again was followed then: everybody of a province is not counted for it once more.
  insert into answer_to_follow (region_id, assessment_id, people)
  select s.region, s.assessment, case s.kind when 'place' then people_below(s.region, s.id) else 1 end
  from unnest(p_kinds, p_regions, p_ids, p_assessments) s(kind, region, id, assessment)
  where s.kind <> 'place' or not exists (select from assessment a where a.region_id = s.region and a.assessment_id = s.assessment)
  order by 1, 2 on conflict do nothing;
  members := case when households = 0 then 0 else (
    select count(*) from unnest(p_kinds, p_regions, p_ids) s(kind, region, id)
    join person p on s.kind = 'household' and p.region_id = s.region and p.household_id = s.id and p.state = 1) end;
  residents := case when places = 0 then 0 else (
    select sum(people_below(s.region, s.id)) from unnest(p_kinds, p_regions, p_ids) s(kind, region, id) where s.kind = 'place') end;
  there := people + households + places;
  reached := case when session_user = 'waymark_app' and not has_right('people.read') then 0 else people + members + residents end;
end $$;
grant execute on function waymark.leave_to_follow to waymark_app, waymark_jobs;

-- The people who live in a place or below it, some at a time: those after this person of this place, in the order of their places' ids and theirs.
create function waymark.people_below_after(p_place uuid, p_after_place uuid, p_after_region integer, p_after_person uuid, p_limit integer)
  returns table (place_id uuid, region_id integer, person_id uuid)
  language plpgsql stable set search_path = waymark, public, pg_temp as $$
#variable_conflict use_column
declare low uuid; n integer; left_over integer := p_limit;
begin
  for low in select l.place_id from place top join place l on l.path <@ top.path
             where top.place_id = p_place and (p_after_place is null or l.place_id >= p_after_place) order by l.place_id loop
    return query select p.place_id, p.region_id, p.person_id from person p
      where p.place_id = low and p.state = 1 and (low is distinct from p_after_place or (p.region_id, p.person_id) > (p_after_region, p_after_person))
      order by p.region_id, p.person_id limit left_over;
    get diagnostics n = row_count;
    left_over := left_over - n;
    exit when left_over <= 0;
  end loop;
end $$;
grant execute on function waymark.people_below_after to waymark_jobs;

-- Called before a word, a request, care or a name is written about somebody, in the transaction that writes it: a merge, an erasure or an import
-- that is taken back waits until it is written, or it until that is done. Whoever asks then looks whether the record is still there.
create function waymark.hold_record(p_region integer, p_person uuid) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if subject_in_scope('person', p_region, p_person) then
    perform from person p where p.region_id = p_region and p.person_id = p_person for no key update;
  end if;
end $$;
grant execute on function waymark.hold_record to waymark_app;

-- The record that somebody's was joined to, and that one to another: where it ended.
create function waymark.record_that_stays(p_region integer, p_person uuid) returns table (region_id integer, person_id uuid)
  language sql stable set search_path = waymark, public, pg_temp as $$
  with recursive up as (
    select p.region_id, p.person_id, p.merged_region, p.merged_into from person p where p.region_id = p_region and p.person_id = p_person
    union select p.region_id, p.person_id, p.merged_region, p.merged_into from up
      join person p on p.region_id = up.merged_region and p.person_id = up.merged_into
  )
  select up.region_id, up.person_id from up where up.merged_into is null
$$;

-- Whatever is written on a record that was joined with another would count for nothing and be read by nobody: it is refused, and whoever writes is
-- told where it belongs, if she may see that. What is asked for stands on every record of one person (0032), so it is taken down where
-- she may not: better on this record than nowhere. Only what is written by a person: a merge itself says so on both records.
create function waymark.refuse_on_joined() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare was person; stays record; seen boolean;
begin
  if tg_table_name = 'assessment' then
    select p.* into was from new_rows n
      cross join lateral (select * from person p where p.region_id = n.region_id and p.person_id = n.subject_id and p.state = 4 offset 0) p
      where n.subject_kind = 'person' limit 1;
  else
    select p.* into was from new_rows n
      cross join lateral (select * from person p where p.region_id = n.region_id and p.person_id = n.person_id and p.state = 4 offset 0) p limit 1;
  end if;
  if was.person_id is null then return null; end if;
  select s.region_id, s.person_id into stays from record_that_stays(was.region_id, was.person_id) s;
  seen := coalesce(subject_in_scope('person', stays.region_id, stays.person_id), false);
  if tg_table_name = 'person_request' and not seen then return null; end if;
  raise exception 'joined with another record' using errcode = 'WM022',
    detail = case when seen then jsonb_build_object('regionId', stays.region_id, 'personId', stays.person_id) else '{}' end::text;
end $$;
create trigger not_on_joined after insert on waymark.assessment referencing new table as new_rows
  for each statement when (current_user = 'waymark_app') execute function waymark.refuse_on_joined();
create trigger not_on_joined after insert on waymark.consent_event referencing new table as new_rows
  for each statement when (current_user = 'waymark_app') execute function waymark.refuse_on_joined();
create trigger not_on_joined after insert on waymark.person_event referencing new table as new_rows
  for each statement when (current_user = 'waymark_app') execute function waymark.refuse_on_joined();
create trigger not_on_joined after insert on waymark.person_request referencing new table as new_rows
  for each statement when (current_user = 'waymark_app') execute function waymark.refuse_on_joined();
create trigger not_on_joined after insert on waymark.assignment referencing new table as new_rows
  for each statement when (current_user = 'waymark_app') execute function waymark.refuse_on_joined();

-- A published definition is large and never changes: whoever has read it once knows it again by this.
alter table waymark.instrument add column digest text not null generated always as (md5(definition::text)) stored;

-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Answers that are saved and not yet followed by standings and figures. Whoever saves an answer about a person or household waits neither for an
-- import that holds the instrument nor for a hundred others who save at the same moment: the answer and a line here are written together, and the
-- server brings everybody on the list in line at once, right after (risk/server/follow-answers.ts). A line goes in the transaction in which
-- what it asks for is done, so a crash at any moment leaves it either waiting or done.
create table waymark.answer_to_follow (
  region_id     integer not null,
  assessment_id uuid not null,
  asked_at      timestamptz not null default now(),
  primary key (region_id, assessment_id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
alter table waymark.answer_to_follow enable row level security, force row level security;
create policy owner_all on waymark.answer_to_follow to waymark_owner using (true) with check (true);
create policy jobs_all on waymark.answer_to_follow to waymark_jobs using (true) with check (true);
grant select, update, delete on waymark.answer_to_follow to waymark_jobs;

-- Called before the answers are written, in their transaction. Asks what lock_risk asks, and holds the subjects instead of their regions: a
-- merge or an erasure waits until the answers are written, or they until it is done. `there`: how many of the subjects exist; `reached`: how
-- many people will be looked at (nothing for those who may not read people).
create function waymark.leave_to_follow(p_kinds text[], p_regions integer[], p_ids uuid[], p_assessments uuid[], out there integer, out reached integer)
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare people integer; households integer;
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
  insert into answer_to_follow (region_id, assessment_id)
  select r, a from unnest(p_regions, p_assessments) x(r, a) order by 1, 2 on conflict do nothing;
  there := people + households;
  reached := case when session_user = 'waymark_app' and not has_right('people.read') then 0 else people + case when households = 0 then 0 else (
    select count(*) from unnest(p_kinds, p_regions, p_ids) s(kind, region, id)
    join person p on s.kind = 'household' and p.region_id = s.region and p.household_id = s.id and p.state = 1) end end;
end $$;
grant execute on function waymark.leave_to_follow to waymark_app, waymark_jobs;

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

-- A published definition is large and never changes: whoever has read it once knows it again by this.
alter table waymark.instrument add column digest text not null generated always as (md5(definition::text)) stored;

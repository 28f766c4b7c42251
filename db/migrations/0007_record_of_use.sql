-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Append-only record of writes and of reads of identity. Ids and counts only, never names or answers.
create table waymark.audit_entry (
  entry_id    uuid primary key,
  at          timestamptz not null default now(),
  actor_id    text not null,
  action      text not null,
  place_id    uuid,
  subject     text,
  detail      jsonb not null default '{}'
);
create index audit_entry_at on waymark.audit_entry (at desc, entry_id desc);
create index audit_entry_actor on waymark.audit_entry (actor_id, at desc, entry_id desc);
create index audit_entry_action on waymark.audit_entry (action, at desc, entry_id desc);
create trigger append_only before update or delete on waymark.audit_entry for each statement execute function waymark.refuse_change();

alter table waymark.audit_entry enable row level security, force row level security;
create policy owner_all on waymark.audit_entry to waymark_owner using (true) with check (true);
create policy audit_write on waymark.audit_entry for insert to waymark_app with check (actor_id = waymark.actor_id());
create policy audit_read on waymark.audit_entry for select to waymark_app using (waymark.has_right('audit.read'));
create policy audit_jobs on waymark.audit_entry for insert to waymark_jobs with check (true);
-- What sign-in does and the row that says so are one transaction: the login that keeps passwords and sessions writes those rows, and no
-- others.
create policy audit_sign_in on waymark.audit_entry for insert to waymark_auth
  with check (action like 'access.%' or action in ('accounts.password', 'accounts.password-refused', 'accounts.new-password'));
-- The time of an entry is the database's, not the writer's.
grant insert (entry_id, actor_id, action, place_id, subject, detail) on waymark.audit_entry to waymark_app, waymark_jobs, waymark_auth;
-- The record of use says who did what, when and in which district. Where exactly, and about whom, only somebody reads who may read
-- people there: otherwise whoever runs the accounts could count the visits to a village, or to one person (docs/decisions/0006).
grant select (entry_id, at, actor_id, action) on waymark.audit_entry to waymark_app;

-- The record by account, kind of act and days (null: any), newest first; (p_at, p_id) is the last row of the page before, or null.
-- p_from is the first moment, p_until the first moment after.
create function waymark.read_record(p_at timestamptz, p_id uuid, p_actor text, p_action text, p_from timestamptz, p_until timestamptz,
    p_limit integer)
  returns table (entry_id uuid, at timestamptz, actor_id text, action text, place_id uuid, subject text, detail jsonb)
  language plpgsql stable security definer set search_path = waymark, public, pg_temp set plan_cache_mode = force_custom_plan
as $$
begin
  if not has_right('audit.read') then
    raise exception 'the record of use is not yours to read' using errcode = 'insufficient_privilege';
  end if;
  return query
  select e.entry_id, e.at, e.actor_id, e.action, case when seen.near then e.place_id else seen.district end,
         case when seen.near or e.action not like 'assessments.%' then e.subject end,
         case when seen.near or e.action not like 'assessments.%' then e.detail else e.detail - 'assessmentId' - 'corrects' end
  from (
    select a.* from audit_entry a
    where (a.at, a.entry_id) < (coalesce(p_at, 'infinity'), coalesce(p_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      and (p_actor is null or a.actor_id = p_actor) and (p_action is null or a.action = p_action)
      and (p_from is null or a.at >= p_from) and (p_until is null or a.at < p_until)
    order by a.at desc, a.entry_id desc limit p_limit
  ) e
  left join place p on p.place_id = e.place_id
  cross join lateral (
    select coalesce(has_right('people.read') and p.path <@ any (scope_paths()), false) as near,
           (select up.place_id from place up where p.path <@ up.path and up.level = least(p.level, 2)) as district
  ) seen
  order by e.at desc, e.entry_id desc;
end $$;
grant execute on function waymark.read_record to waymark_app;

-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The record of use, asked by account, kind of act and days (null: any). Replaces 0078's function; what is left out of a row stays the same.
create index audit_entry_actor on waymark.audit_entry (actor_id, at desc, entry_id desc);
create index audit_entry_action on waymark.audit_entry (action, at desc, entry_id desc);

drop function waymark.read_record(timestamptz, uuid, integer);
-- Newest first; (p_at, p_id) is the last row of the page before, or null. p_from is the first moment, p_until the first moment after.
create function waymark.read_record(p_at timestamptz, p_id uuid, p_actor text, p_action text, p_from timestamptz, p_until timestamptz, p_limit integer)
  returns table (entry_id uuid, at timestamptz, actor_id text, action text, place_id uuid, subject text, detail jsonb)
  language plpgsql stable security definer set search_path = waymark, public, pg_temp set plan_cache_mode = force_custom_plan as $$
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

-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Where no people are kept, nothing of people is written by whoever serves requests: neither new nor changed, in none of their tables.
drop trigger kept on waymark.household;
do $$ declare name text; begin
  foreach name in array array['person', 'household', 'person_event', 'assignment', 'identity', 'identity_key', 'person_source', 'duplicate_pair',
                              'person_merge'] loop
    execute format('create trigger kept before insert or update on waymark.%I for each statement execute function waymark.refuse_people_where_none_are_kept()', name);
  end loop;
end $$;

-- Somebody may be registering at this very moment: whoever switches off waits for her, and then finds her.
create or replace function waymark.set_people_kept(p_kept boolean) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if not has_right('settings.manage') then
    raise exception 'the settings are not yours to change' using errcode = 'insufficient_privilege';
  end if;
  if p_kept and not exists (select from lawful_basis where ended_at is null and from_on <= today()) then
    raise exception 'no lawful basis is stated' using errcode = 'WM001';
  end if;
  if not p_kept then
    lock table person in share mode;
    if exists (select from person) then
      raise exception 'people are recorded' using errcode = 'WM002';
    end if;
  end if;
  update installation set people_kept = p_kept;
end $$;

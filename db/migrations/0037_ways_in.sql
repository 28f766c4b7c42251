-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What an officer may do with the accounts of her volunteers ends where an administrator has decided.

-- Who was given another post is no volunteer any more: a code that somebody else holds for her would open the new post to whoever holds it.
-- Codes of today's administrators, who could give themselves any post, and those that came with the post itself stay good.
create function waymark.void_codes_of_officers() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  update access_code c set voided_at = now()
  from new_rows n
  where c.account_id = n.account_id and n.role <> 'watch_volunteer' and c.used_at is null and c.voided_at is null and c.issued_at < now()
    and exists (select from account i where i.account_id = c.issued_by
      and not (i.disabled_at is null and exists (select from post o where o.account_id = i.account_id and o.role = 'administrator' and o.ended_at is null)));
  return null;
end $$;
create trigger codes_of_officers after insert on waymark.post
  referencing new table as new_rows for each statement execute function waymark.void_codes_of_officers();

-- Whose post ends, or who is shut out, keeps no key to anybody: codes she handed out, or kept, and that were not used, end with it.
create function waymark.void_codes_issued_by() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  update access_code c set voided_at = now()
  where c.issued_by = new.account_id and c.used_at is null and c.voided_at is null and c.issued_at < now();
  return null;
end $$;
create trigger codes_of_issuer after update of ended_at on waymark.post for each row
  when (new.ended_at is not null and old.ended_at is null) execute function waymark.void_codes_issued_by();
create trigger codes_of_issuer after update of disabled_at on waymark.account for each row
  when (new.disabled_at is not null and old.disabled_at is null) execute function waymark.void_codes_issued_by();
create index access_code_issued on waymark.access_code (issued_by) where used_at is null and voided_at is null;

-- Whom an administrator shut out, an officer does not let in again.
alter table waymark.account add column disabled_by text;
create function waymark.note_who_disabled() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if new.disabled_at is null then
    new.disabled_by := null;
  elsif old.disabled_at is null then
    new.disabled_by := actor_id();
  end if;
  return new;
end $$;
create trigger who_disabled before update of disabled_at on waymark.account for each row execute function waymark.note_who_disabled();

create or replace function waymark.set_volunteer_disabled(p_account text, p_disabled boolean, p_version integer) returns boolean
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if not may_invite(p_account) then
    raise exception 'not a volunteer of yours' using errcode = 'insufficient_privilege';
  end if;
  if not p_disabled and exists (select from account a where a.account_id = p_account and a.disabled_at is not null
      and not exists (select from post o where o.account_id = a.disabled_by and o.role <> 'administrator')) then
    raise exception 'shut out by an administrator' using errcode = 'WM010';
  end if;
  update account set disabled_at = case when p_disabled then coalesce(disabled_at, now()) end, version = version + 1
  where account_id = p_account and version = p_version;
  return found;
end $$;

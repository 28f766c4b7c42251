-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Invitations and ways back in by a code that somebody hands over, and officers who look after the volunteers of their own area
-- (access/domain/codes.ts states the same rules).
alter table waymark.installation
  add column invitation_days smallint not null default 14 check (invitation_days between 1 and 60),
  add column recovery_hours smallint not null default 24 check (recovery_hours between 1 and 168);

create function waymark.set_code_times(p_days integer, p_hours integer) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if not has_right('settings.manage') then
    raise exception 'how long codes last is not yours to set' using errcode = 'insufficient_privilege';
  end if;
  update installation set invitation_days = p_days, recovery_hours = p_hours;
end $$;
grant execute on function waymark.set_code_times to waymark_app;

-- What somebody types once to choose her own password. Only a keyed digest is kept. One code of an account is good at a time.
create table waymark.access_code (
  code_id    uuid primary key,
  account_id text not null references waymark.account,
  kind       text not null check (kind in ('invitation', 'recovery')),
  hash       text not null,
  phone_lost boolean not null default false,   -- her second factors end with the old password
  issued_by  text not null,
  issued_at  timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at    timestamptz,
  voided_at  timestamptz
);
create unique index access_code_good on waymark.access_code (account_id) where used_at is null and voided_at is null;

-- Whether this account is one that whoever asks may look after because it works in her area alone: every post it holds, and at least
-- one, is a volunteer's below her scope. As the owner, because policies of the very tables ask it.
create function waymark.may_invite(p_account text) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select has_right('accounts.invite') and p_account is distinct from actor_id()
    and exists (select from post where account_id = p_account and ended_at is null)
    and not exists (
      select from post o left join place p on p.place_id = o.place_id
      where o.account_id = p_account and o.ended_at is null
        and (o.role <> 'watch_volunteer' or o.organisation_id is not null or not coalesce(p.path <@ any (scope_paths()), false)))
$$;
grant execute on function waymark.may_invite to waymark_app;

create policy officer_reads on waymark.account for select to waymark_app
  using (waymark.has_right('accounts.invite') and waymark.may_invite(account_id));
create policy officer_reads on waymark.post for select to waymark_app
  using (waymark.has_right('accounts.invite') and waymark.may_invite(account_id));

alter table waymark.access_code enable row level security, force row level security;
create policy owner_all on waymark.access_code to waymark_owner using (true) with check (true);
create policy gate_all on waymark.access_code to waymark_auth using (true) with check (true);
create policy issuer_reads on waymark.access_code for select to waymark_app
  using (waymark.has_right('accounts.manage') or waymark.may_invite(account_id));
grant select, update (used_at) on waymark.access_code to waymark_auth;
grant select (code_id, account_id, kind, phone_lost, issued_by, issued_at, expires_at, used_at, voided_at) on waymark.access_code to waymark_app;
-- Whoever comes in by a code says in which language, before anybody is signed in.
grant update (locale) on waymark.account to waymark_auth;

-- Codes for these accounts, one each; what was issued before is void from now. Whoever has not come in yet is invited again, everybody
-- else has a shorter while to come back.
create function waymark.issue_codes(p_codes uuid[], p_accounts text[], p_hashes text[], p_phone_lost boolean)
  returns table (account_id text, kind text, expires_at timestamptz)
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
#variable_conflict use_column
declare
  moment timestamptz := statement_timestamp();
  invited text[];
begin
  -- Into the account of a person in the register nobody lets herself who merely runs the accounts (0041).
  if actor_id() is null or actor_id() = any (p_accounts)
     or exists (select from unnest(p_accounts) t (id) where case when is_own_account(t.id) then not accompanies_owner(t.id)
                  else not has_right('accounts.manage') and not may_invite(t.id) end) then
    raise exception 'not an account that you may give a code' using errcode = 'insufficient_privilege';
  end if;
  -- In one order, so that two who issue for many wait for each other instead of for ever; and after a code that is being used.
  perform from account a where a.account_id = any (p_accounts) order by a.account_id for update;
  select array_agg(c.account_id) into invited from access_code c
  where c.account_id = any (p_accounts) and c.kind = 'invitation' and c.used_at is null and c.voided_at is null;
  update access_code c set voided_at = moment where c.account_id = any (p_accounts) and c.used_at is null and c.voided_at is null;
  return query
  insert into access_code (code_id, account_id, kind, hash, phone_lost, issued_by, issued_at, expires_at)
  select t.code_id, t.id, k.kind, t.hash, p_phone_lost, actor_id(), moment,
         moment + case k.kind when 'invitation' then make_interval(days => i.invitation_days) else make_interval(hours => i.recovery_hours) end
  from unnest(p_codes, p_accounts, p_hashes) t (code_id, id, hash) join account a on a.account_id = t.id cross join installation i
  cross join lateral (
    select case when a.created_at = now() or a.account_id = any (invited) then 'invitation' else 'recovery' end as kind) k
  returning account_id, kind, expires_at;
end $$;

-- A volunteer of one's own area and her post. Officers write accounts in no other way.
create function waymark.invite_volunteer(p_account text, p_user_name text, p_display_name text, p_locale text, p_post uuid, p_place uuid)
  returns void language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if not has_right('accounts.invite') or not in_scope(p_place)
     or not exists (select from place p where p.place_id = p_place and p.level >= 3) then
    raise exception 'not a village of yours' using errcode = 'insufficient_privilege';
  end if;
  insert into account (account_id, user_name, display_name, locale) values (p_account, p_user_name, p_display_name, p_locale);
  insert into post (post_id, account_id, role, place_id) values (p_post, p_account, 'watch_volunteer', p_place);
end $$;

-- The volunteers of whoever asks, all at once: asked account by account, five thousand took two seconds.
create function waymark.volunteers_of_mine()
  returns table (account_id text, user_name text, display_name text, disabled_at timestamptz, version integer, places uuid[],
                 code_kind text, code_until timestamptz)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select a.account_id, a.user_name, a.display_name, a.disabled_at, a.version, held.places, c.kind, c.expires_at
  from (select o.account_id, array_agg(o.place_id) as places,
               bool_and(o.role = 'watch_volunteer' and o.organisation_id is null and coalesce(p.path <@ any (scope_paths()), false)) as mine
        from post o left join place p on p.place_id = o.place_id where o.ended_at is null group by o.account_id) held
  join account a on a.account_id = held.account_id
  left join access_code c on c.account_id = a.account_id and c.used_at is null and c.voided_at is null
  where held.mine and has_right('accounts.invite') and a.account_id is distinct from actor_id()
$$;
grant execute on function waymark.volunteers_of_mine to waymark_app;

-- Shuts a volunteer of one's own area out, or lets her in again, at the version that was on the screen. False: it is another one.
create function waymark.set_volunteer_disabled(p_account text, p_disabled boolean, p_version integer) returns boolean
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if not may_invite(p_account) then
    raise exception 'not a volunteer of yours' using errcode = 'insufficient_privilege';
  end if;
  update account set disabled_at = case when p_disabled then coalesce(disabled_at, now()) end, version = version + 1
  where account_id = p_account and version = p_version;
  return found;
end $$;

-- No code of this account is good any more: it has a password from elsewhere, or is shut out.
create function waymark.void_codes(p_account text) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if not has_right('accounts.manage') and not may_invite(p_account) then
    raise exception 'not an account of yours' using errcode = 'insufficient_privilege';
  end if;
  update access_code set voided_at = now() where account_id = p_account and used_at is null and voided_at is null;
end $$;

-- How many people an account accompanies as a case worker, and for how many of them that ends where its post is handed over, because they agree to it
-- no more or their record is used no further (0047): what whoever hands it over is told, and nothing else of them.
create function waymark.count_assignments(p_account text, out assignments integer, out ending integer)
  language plpgsql stable security definer set search_path = waymark, public, pg_temp as $$
begin
  if not has_right('accounts.manage') then
    raise exception 'not yours to count' using errcode = 'insufficient_privilege';
  end if;
  select count(*) filter (where use_stands(region_id, person_id, 'assist')), count(*) filter (where not use_stands(region_id, person_id, 'assist'))
  into assignments, ending
  from assignment where account_id = p_account and kind = 'case_worker' and ended_at is null and (until_at is null or until_at > now());
end $$;

-- The people of one case worker go to another: the old assignments end, and new ones say who handed them over. A new one needs what any other does:
-- that being accompanied stands now. `moved` is how many went along, and `ended` of how many the care ended.
create function waymark.hand_over_assignments(p_from text, p_to text, out moved integer, out ended integer)
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if not has_right('accounts.manage') or actor_id() is null or p_from = p_to
     or not exists (select from post where account_id = p_to and role = 'case_worker' and ended_at is null) then
    raise exception 'not yours to hand over, or not to a case worker' using errcode = 'insufficient_privilege';
  end if;
  -- Like whoever writes down a no: one that is said meanwhile is seen here, or ends the new care.
  perform from person p where (p.region_id, p.person_id) in (select a.region_id, a.person_id from assignment a
      where a.account_id = p_from and a.kind = 'case_worker' and a.ended_at is null)
    order by p.region_id, p.person_id for no key update;
  with old as (
    update assignment set ended_at = now(), ended_by = actor_id(), version = version + 1
    where account_id = p_from and kind = 'case_worker' and ended_at is null and (until_at is null or until_at > now())
    returning region_id, person_id, consent_id, until_at, use_stands(region_id, person_id, 'assist') as stands
  ), new as (
    insert into assignment (region_id, assignment_id, person_id, kind, account_id, consent_id, given_by, until_at)
    select o.region_id, gen_random_uuid(), o.person_id, 'case_worker', p_to, o.consent_id, actor_id(), o.until_at from old o
    where o.stands and not exists (select from assignment a where a.region_id = o.region_id and a.person_id = o.person_id and a.account_id = p_to
                                     and a.kind = 'case_worker' and a.ended_at is null)
    returning 1
  )
  select count(*) filter (where stands), count(*) filter (where not stands) into moved, ended from old;
end $$;
grant execute on function waymark.issue_codes, waymark.invite_volunteer, waymark.set_volunteer_disabled, waymark.void_codes,
  waymark.count_assignments, waymark.hand_over_assignments to waymark_app;

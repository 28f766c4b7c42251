-- SPDX-License-Identifier: AGPL-3.0-or-later
-- All roles of the field, the organisations people work for, and who is assigned to whom (access/domain/roles.ts).
create table waymark.organisation (
  organisation_id uuid primary key,
  name            text not null check (length(name) between 1 and 200),
  kind            text not null check (kind in ('authority', 'ngo', 'community', 'international', 'provider', 'other')),
  place_id        uuid constraint organisation_place references waymark.place,   -- where it sits; opens nothing
  ended_at        timestamptz,
  created_at      timestamptz not null default now(),
  version         integer not null default 1
);
create unique index organisation_name on waymark.organisation (lower(name)) where ended_at is null;
alter table waymark.organisation enable row level security, force row level security;
create policy owner_all on waymark.organisation to waymark_owner using (true) with check (true);
create policy gate_read on waymark.organisation for select to waymark_auth using (true);
-- Which organisations there are is no secret among those who work here.
create policy signed_in_reads on waymark.organisation for select to waymark_app using (waymark.actor_id() is not null);
create policy admin_write on waymark.organisation for all to waymark_app
  using (waymark.has_right('accounts.manage')) with check (waymark.has_right('accounts.manage'));
grant select, insert, update on waymark.organisation to waymark_app;
grant select on waymark.organisation to waymark_auth;

alter table waymark.post drop constraint post_role_check;
alter table waymark.post add constraint post_role_check check (role in (
  'administrator', 'data_protection_officer', 'coordinator', 'district_officer', 'watch_volunteer', 'case_worker', 'partner_provider',
  'law_enforcement', 'labour_inspector', 'hotline_operator', 'analyst', 'programme_manager', 'person'));
alter table waymark.post add column organisation_id uuid constraint post_organisation references waymark.organisation;

-- The organisations of the person behind this transaction, beside her scope (platform/server/db.ts).
create function waymark.organisation_ids() returns uuid[]
  language sql stable parallel safe
  return coalesce(string_to_array(nullif(current_setting('waymark.organisations', true), ''), ',')::uuid[], '{}');
grant execute on function waymark.organisation_ids to waymark_app, waymark_jobs;

-- Who may see a person without holding a place: her case worker, an organisation she was referred to, she herself.
create table waymark.assignment (
  region_id       integer not null,             -- of registration, as the person's
  assignment_id   uuid not null,
  person_id       uuid not null,
  kind            text not null check (kind in ('case_worker', 'referral', 'self')),
  account_id      text references waymark.account,
  organisation_id uuid references waymark.organisation,
  consent_id      uuid,                         -- a referral reaches as far as the consent it names
  given_at        timestamptz not null default now(),
  given_by        text not null,
  until_at        timestamptz,
  ended_at        timestamptz,
  ended_by        text,
  version         integer not null default 1,
  primary key (region_id, assignment_id),
  foreign key (region_id, person_id) references waymark.person on delete cascade,
  -- A case worker and the person herself are somebody; a referral goes to an organisation.
  constraint assignment_to check (case kind when 'referral' then organisation_id is not null and account_id is null
                                  else account_id is not null and organisation_id is null end)
);
create index assignment_person on waymark.assignment (region_id, person_id) where ended_at is null;
create index assignment_account on waymark.assignment (account_id, region_id, person_id) where ended_at is null and account_id is not null;
create index assignment_organisation on waymark.assignment (organisation_id, region_id, person_id)
  where ended_at is null and organisation_id is not null;

-- Whether this person is in the care of whoever asks. As the owner, because policies of the person's own table ask it.
create function waymark.assigned_to_me(p_region integer, p_person uuid) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select exists (select from assignment a
    where a.region_id = p_region and a.person_id = p_person and a.ended_at is null and (a.until_at is null or a.until_at > now())
      and case a.kind
        when 'self' then has_right('own.read') and a.account_id = actor_id()
        when 'case_worker' then has_right('assigned.read') and a.account_id = actor_id()
        -- What was referred to an organisation is for those who provide there, not for every case worker of it.
        else has_right('referred.read') and a.organisation_id = any (organisation_ids()) end)
$$;
-- A household in whose care whoever asks has a member. Nobody by the account for his own record: what one of them says of the household at home
-- (violence, plans to leave) is not for the others to read.
create function waymark.household_assigned_to_me(p_region integer, p_household uuid) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select exists (select from assignment a join person p using (region_id, person_id)
    where a.region_id = p_region and p.household_id = p_household and a.kind <> 'self' and a.ended_at is null and assigned_to_me(a.region_id, a.person_id))
$$;
grant execute on function waymark.assigned_to_me, waymark.household_assigned_to_me to waymark_app, waymark_jobs;

alter table waymark.assignment enable row level security, force row level security;
create policy owner_all on waymark.assignment to waymark_owner using (true) with check (true);
-- That somebody has an account of her own, nobody learns here but herself.
create policy mine_or_in_scope on waymark.assignment for select to waymark_app using (
  account_id = waymark.actor_id() or (kind <> 'self' and (waymark.has_right('consent.read')
  or (waymark.has_right('people.assign') and waymark.subject_in_scope('person', region_id, person_id)))));
create policy in_scope_writes on waymark.assignment for insert to waymark_app
  with check (waymark.has_right('people.assign') and waymark.subject_in_scope('person', region_id, person_id) and given_by = waymark.actor_id());
-- What a colleague gave may be ended by whoever is in charge now.
create policy in_scope_ends on waymark.assignment for update to waymark_app
  using (kind <> 'self' and waymark.has_right('people.assign') and waymark.subject_in_scope('person', region_id, person_id))
  with check (waymark.has_right('people.assign') and waymark.subject_in_scope('person', region_id, person_id) and ended_by = waymark.actor_id());
grant select, insert, update on waymark.assignment to waymark_app;

-- People and their households, also for those in whose care they are. The right is asked first, so that nobody else pays for it.
create policy assigned_reads on waymark.person for select to waymark_app using (
  (waymark.has_right('assigned.read') or waymark.has_right('own.read')) and waymark.assigned_to_me(region_id, person_id));
create policy assigned_reads on waymark.household for select to waymark_app using (
  waymark.has_right('assigned.read') and waymark.household_assigned_to_me(region_id, household_id));
create policy assigned_reads on waymark.standing for select to waymark_app using (
  subject_kind = 'person' and waymark.has_right('assigned.read')
  and waymark.assigned_to_me(region_id, subject_id));

create policy assigned_reads on waymark.assessment for select to waymark_app using (
  subject_kind <> 'place' and (waymark.has_right('assigned.read') or waymark.has_right('own.read'))
  and case subject_kind when 'person' then waymark.assigned_to_me(region_id, subject_id)
                        else waymark.household_assigned_to_me(region_id, subject_id) end);

-- As in 0004 and 0010, in a language whose plans a connection keeps, and as the owner: policies ask for them row by row, and planning them
-- anew in every statement, with the policies of the tables they read inside, took longer than what they guard.
create or replace function waymark.in_scope(place uuid) returns boolean
  language plpgsql stable parallel safe security definer set search_path = waymark, public, pg_temp as $$
begin
  return exists (select from place p where p.place_id = in_scope.place and p.path <@ any (scope_paths()));
end $$;
create or replace function waymark.in_scope_or_large(place uuid) returns boolean
  language plpgsql stable parallel safe security definer set search_path = waymark, public, pg_temp as $$
begin
  return exists (select from place p where p.place_id = in_scope_or_large.place and (p.level <= 2 or p.path <@ any (scope_paths())));
end $$;
-- In the area, or in one's care: whom somebody may record answers about. Who may neither read nor write people hears of nobody in her area;
-- the rights that open it for care are asked inside.
create or replace function waymark.subject_in_scope(kind text, region integer, subject uuid) returns boolean
  language plpgsql stable parallel safe security definer set search_path = waymark, public, pg_temp as $$
begin
  if kind = 'place' then return in_scope(subject); end if;
  if session_user <> 'waymark_app' or has_right('people.read') or has_right('people.write') then
    if kind = 'person' and exists (
        select from person p join place l using (place_id)
        where p.region_id = region and p.person_id = subject and l.path <@ any (scope_paths())) then return true; end if;
    if kind = 'household' and exists (
        select from household h join place l using (place_id)
        where h.region_id = region and h.household_id = subject and l.path <@ any (scope_paths())) then return true; end if;
  end if;
  return case kind when 'person' then assigned_to_me(region, subject) when 'household' then household_assigned_to_me(region, subject) else false end;
end $$;

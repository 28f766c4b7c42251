-- SPDX-License-Identifier: AGPL-3.0-or-later
-- An account for the person herself. It lives by the assignment 'self' (0021): while one stands, she reads her record; when the last one
-- ends, for whatever reason, the account is shut for good. Another invitation makes another account.

-- Whether somebody may have an account of her own (people/domain/consent.ts says the same; test/own-account.test.ts holds the two together).
-- Whoever decides for herself may. A child is asked, with its guardian, as about all help by a case worker; younger than that, nobody could
-- ask it. Not after she died, nor while an objection stands. Whoever took back that a record is kept reads in it what is answered.
create function waymark.own_account_stands(p_region integer, p_person uuid) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select coalesce((
    select p.state in (1, 3) and p.restricted_for is distinct from 'objection' and case
        when a.age is null or a.age >= 18 then true
        when a.age < 7 then false
        else consent_stands(p.region_id, p.person_id, 'assist', a.age) end
    from person p cross join lateral (select age_on(p.born_on, today()) as age) a
    where p.region_id = p_region and p.person_id = p_person), false)
$$;
grant execute on function waymark.own_account_stands to waymark_jobs;

-- Also where it ended: nobody comes in by it ever again.
create function waymark.is_own_account(p_account text) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select exists (select from post where account_id = p_account and role = 'person')
$$;
grant execute on function waymark.is_own_account to waymark_auth;

-- It is given by invite_person alone: whoever runs the accounts gives nobody a way to a record.
create policy not_the_person on waymark.post as restrictive for insert to waymark_app with check (role <> 'person');

-- Whether whoever asks accompanies the person whose account this is.
create function waymark.accompanies_owner(p_account text) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select has_right('own.invite') and exists (
    select from assignment a where a.account_id = p_account and a.kind = 'self' and a.ended_at is null and assigned_to_me(a.region_id, a.person_id))
$$;

-- Makes the account, the post and the link to the record, in one. Nothing in it says who she is.
create function waymark.invite_person(p_region integer, p_person uuid, p_assignment uuid, p_account text, p_user_name text, p_locale text, p_post uuid)
  returns void language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if not has_right('own.invite') or not assigned_to_me(p_region, p_person) then
    raise exception 'not a person in your care' using errcode = 'insufficient_privilege';
  end if;
  -- Of two who invite her at once, one waits here and finds the other's.
  perform from person p where p.region_id = p_region and p.person_id = p_person and p.state = 1 for update;
  if not found or not own_account_stands(p_region, p_person) then
    raise exception 'she cannot have an account' using errcode = 'WM004';
  end if;
  if exists (select from assignment a where a.region_id = p_region and a.person_id = p_person and a.kind = 'self' and a.ended_at is null) then
    raise exception 'she has one' using errcode = 'unique_violation';
  end if;
  insert into account (account_id, user_name, display_name, locale) values (p_account, p_user_name, p_user_name, p_locale);
  insert into post (post_id, account_id, role) values (p_post, p_account, 'person');
  insert into assignment (region_id, assignment_id, person_id, kind, account_id, given_by)
  values (p_region, p_assignment, p_person, 'self', p_account, actor_id());
end $$;

-- What her case worker sees of it: whether she came in, and nothing of what she does there.
create function waymark.own_accounts(p_region integer, p_person uuid)
  returns table (account_id text, user_name text, given_at timestamptz, disabled boolean, came_in boolean, code_kind text, code_until timestamptz)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select t.account_id, t.user_name, a.given_at, t.disabled_at is not null,
         exists (select from access_code c where c.account_id = t.account_id and c.used_at is not null), g.kind, g.expires_at
  from assignment a join account t on t.account_id = a.account_id
  left join access_code g on g.account_id = t.account_id and g.used_at is null and g.voided_at is null
  where a.region_id = p_region and a.person_id = p_person and a.kind = 'self' and a.ended_at is null
    and has_right('own.invite') and assigned_to_me(p_region, p_person)
  order by a.given_at
$$;

-- Ends what whoever accompanies her, or she herself, wants ended. Returns how many accounts that were.
create function waymark.end_own_accounts(p_region integer, p_person uuid) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare n integer;
begin
  if not (has_right('own.invite') or has_right('own.speak')) or not assigned_to_me(p_region, p_person) then
    raise exception 'not an account of yours' using errcode = 'insufficient_privilege';
  end if;
  update assignment a set ended_at = now(), ended_by = actor_id(), version = a.version + 1
  where a.region_id = p_region and a.person_id = p_person and a.kind = 'self' and a.ended_at is null;
  get diagnostics n = row_count;
  return n;
end $$;
grant execute on function waymark.invite_person, waymark.own_accounts, waymark.end_own_accounts to waymark_app;

-- Accounts that lost their last record.
create function waymark.shut_own_accounts() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare lost record;
begin
  for lost in
    select distinct n.person_id, n.account_id, coalesce(n.ended_by, session_user) as by_whom from new_rows n
    where n.kind = 'self' and n.ended_at is not null and is_own_account(n.account_id)
      and not exists (select from assignment a where a.account_id = n.account_id and a.kind = 'self' and a.ended_at is null)
  loop
    perform close_own_accounts(array[lost.account_id]);
    insert into audit_entry (entry_id, actor_id, action, subject) values (gen_random_uuid(), lost.by_whom, 'people.own-account-ended', lost.person_id::text);
  end loop;
  return null;
end $$;
create trigger shut_own_accounts after update on waymark.assignment
  referencing new table as new_rows for each statement execute function waymark.shut_own_accounts();

-- Her post is her account: whoever ends the one ends the other.
create function waymark.shut_own_account_of_post() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  update assignment a set ended_at = now(), ended_by = coalesce(nullif(actor_id(), ''), session_user), version = a.version + 1
  where a.account_id = new.account_id and a.kind = 'self' and a.ended_at is null;
  return null;
end $$;
create trigger own_account after update of ended_at on waymark.post for each row
  when (new.role = 'person' and new.ended_at is not null and old.ended_at is null) execute function waymark.shut_own_account_of_post();

-- Whoever gave the account, or a code for it, knows a way in. It ends with that care; whoever accompanies her next invites her anew.
-- p_person null: of everybody in that care.
create index assignment_own on waymark.assignment (given_by) where kind = 'self' and ended_at is null;
create function waymark.end_own_accounts_given_by(p_worker text, p_region integer, p_person uuid) returns void
  language plpgsql set search_path = waymark, public, pg_temp as $$
declare given uuid[];
begin
  select array_agg(a.assignment_id) into given from assignment a
  where a.kind = 'self' and a.ended_at is null and (p_person is null or (a.region_id = p_region and a.person_id = p_person))
    and (a.given_by = p_worker or exists (select from access_code c where c.account_id = a.account_id and c.issued_by = p_worker));
  if given is null then return; end if;
  update assignment a set ended_at = now(), ended_by = coalesce(nullif(actor_id(), ''), session_user), version = a.version + 1
  where a.assignment_id = any (given) and a.kind = 'self' and a.ended_at is null;
end $$;

create function waymark.note_own_accounts_of_care() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare care record;
begin
  for care in select distinct n.account_id, n.region_id, n.person_id from new_rows n
    where n.kind = 'case_worker' and n.ended_at is not null and not exists (
      select from assignment a where a.region_id = n.region_id and a.person_id = n.person_id and a.account_id = n.account_id
        and a.kind = 'case_worker' and a.ended_at is null)
  loop
    perform end_own_accounts_given_by(care.account_id, care.region_id, care.person_id);
  end loop;
  return null;
end $$;
create trigger own_accounts_of_care after update on waymark.assignment
  referencing new table as new_rows for each statement execute function waymark.note_own_accounts_of_care();

create function waymark.note_own_accounts_of_worker() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  perform end_own_accounts_given_by(new.account_id, null, null);
  return null;
end $$;
create trigger own_accounts_of_worker after update of ended_at on waymark.post for each row
  when (new.role = 'case_worker' and new.ended_at is not null and old.ended_at is null) execute function waymark.note_own_accounts_of_worker();
create trigger own_accounts_of_worker after update of disabled_at on waymark.account for each row
  when (new.disabled_at is not null and old.disabled_at is null) execute function waymark.note_own_accounts_of_worker();

create function waymark.end_unfounded_own_accounts(p_region integer, p_person uuid) returns void
  language sql set search_path = waymark, public, pg_temp as $$
  update assignment a set ended_at = now(), ended_by = coalesce(nullif(actor_id(), ''), session_user), version = a.version + 1
  where a.region_id = p_region and a.person_id = p_person and a.kind = 'self' and a.ended_at is null
    and not own_account_stands(p_region, p_person)
$$;

-- She died, objected, turns out to be a child, or her record was joined to another.
create function waymark.note_own_account_of_person() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  perform end_unfounded_own_accounts(new.region_id, new.person_id);
  return null;
end $$;
create trigger own_account after update of state, restricted_for, born_on on waymark.person for each row
  when (old.state is distinct from new.state or old.restricted_for is distinct from new.restricted_for or old.born_on is distinct from new.born_on)
  execute function waymark.note_own_account_of_person();

-- A child, or its guardian, does not want it any more.
create function waymark.note_own_account_of_words() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare said record;
begin
  for said in select distinct n.region_id, n.person_id from new_rows n where n.purpose = 'assist' and n.act <> 'given' loop
    perform end_unfounded_own_accounts(said.region_id, said.person_id);
  end loop;
  return null;
end $$;
create trigger own_account after insert on waymark.consent_event
  referencing new table as new_rows for each statement execute function waymark.note_own_account_of_words();

-- What she agreed to she may take back herself. To agree takes somebody who asks her: her phone may be in other hands.
create policy own_takes_back on waymark.consent_event for insert to waymark_app with check (
  actor_id = waymark.actor_id() and observed_at <= recorded_at and waymark.has_right('own.speak')
  and act = 'withdrawn' and by_whom in ('self', 'assent') and waymark.assigned_to_me(region_id, person_id));

-- Her start page: which record is hers, and who accompanies her. The name of her case worker is no secret from her.
create function waymark.own_record() returns table (region_id integer, person_id uuid, case_workers text[])
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select a.region_id, a.person_id, coalesce((
    select array_agg(t.display_name order by c.given_at) from assignment c join account t on t.account_id = c.account_id
    where c.region_id = a.region_id and c.person_id = a.person_id and c.kind = 'case_worker' and c.ended_at is null
      and (c.until_at is null or c.until_at > now())), '{}')
  from assignment a
  where has_right('own.read') and a.account_id = actor_id() and a.kind = 'self' and a.ended_at is null
  order by a.given_at desc, a.assignment_id limit 1
$$;
grant execute on function waymark.own_record to waymark_app;

-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Moving. Whoever leaves a district leaves the area of the officer who writes that down, so the row she writes is one she may not see
-- afterwards: these functions ask whether the person is hers to move, and then may set her down anywhere.

-- Every live instrument's standings of these people, behind every other writer of the regions they left and came to.
create function waymark.follow_people(p_regions integer[], p_ids uuid[], p_from uuid[], p_at timestamptz) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare code text; home integer; changed integer := 0;
begin
  perform pg_advisory_xact_lock_shared(hashtext('waymark.instruments'));  -- 0046
  for code in select i.code from instrument i where i.state = 'live' and i.scores = 'person' order by 1 loop
    perform pg_advisory_xact_lock_shared(hashtext('waymark.risk:' || code), -1);
    for home in
      select distinct l.region_id from place l where l.place_id = any (p_from)
      union select distinct l.region_id from unnest(p_regions, p_ids) u(region_id, person_id) join person p using (region_id, person_id)
        join place l on l.place_id = p.place_id
      order by 1
    loop
      perform pg_advisory_xact_lock(hashtext('waymark.risk:' || code), home);
    end loop;
    changed := changed + score_people_anew(code, p_regions, p_ids, p_at);
  end loop;
  return changed;
end $$;

-- One person to another place, on her own or into a household of her region that the asker may see. Returns the new version; null where the
-- version is not the one on the screen.
create function waymark.move_person(p_region integer, p_person uuid, p_version integer, p_place uuid, p_household uuid, p_at timestamptz)
  returns integer language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare was uuid; now_at integer;
begin
  if not (has_right('people.write') and subject_in_scope('person', p_region, p_person)) then
    raise exception 'she is not yours to move' using errcode = 'insufficient_privilege';
  end if;
  if p_household is not null and not exists (
    select from household h where h.region_id = p_region and h.household_id = p_household and in_scope(h.place_id)) then
    raise exception 'that household is not yours to see' using errcode = 'insufficient_privilege';
  end if;
  select place_id into was from person where region_id = p_region and person_id = p_person and version = p_version and state = 1 for update;
  if was is null then return null; end if;
  update person set place_id = p_place, household_id = p_household, version = version + 1
    where region_id = p_region and person_id = p_person returning version into now_at;
  perform follow_people(array[p_region], array[p_person], array[was], p_at);
  return now_at;
end $$;

-- A household and every member who lives with it. Returns whom it moved.
create function waymark.move_household(p_region integer, p_household uuid, p_version integer, p_place uuid, p_at timestamptz)
  returns table (region_id integer, person_id uuid) language plpgsql security definer set search_path = waymark, public, pg_temp as $$
#variable_conflict use_column
declare was uuid; ids uuid[];
begin
  if not (has_right('people.write') and subject_in_scope('household', p_region, p_household)) then
    raise exception 'that household is not yours to move' using errcode = 'insufficient_privilege';
  end if;
  select h.place_id into was from household h
    where h.region_id = p_region and h.household_id = p_household and h.version = p_version for update;
  if was is null then
    raise exception 'changed meanwhile' using errcode = 'WM005';
  end if;
  update household h set place_id = p_place, version = version + 1 where h.region_id = p_region and h.household_id = p_household;
  with moved as (
    update person p set place_id = p_place, version = version + 1
    where p.region_id = p_region and p.household_id = p_household and p.place_id = was and p.state = 1 returning p.person_id)
  select array_agg(m.person_id) into ids from moved m;
  if ids is not null then
    perform follow_people(array_fill(p_region, array[cardinality(ids)]), ids, array[was], p_at);
  end if;
  return query select p_region, unnest(ids);
end $$;

-- Whether whoever asks wrote this very move down before, from this version: what is sent again because its answer was lost finds a record that
-- may lie out of sight by now. It tells her nothing but her own deed. Of two at once the second waits for the first.
create function waymark.person_was_moved(p_region integer, p_person uuid, p_version integer, p_place uuid, p_household uuid, p_on date)
  returns boolean language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  perform from person p where p.region_id = p_region and p.person_id = p_person and p.version = p_version
    and has_right('people.write') and subject_in_scope('person', p_region, p_person) for update;
  return has_right('people.write') and exists (
    select from person p join person_event e using (region_id, person_id)
    where p.region_id = p_region and p.person_id = p_person and p.version > p_version and e.actor_id = actor_id()
      and e.kind in ('moved', 'household') and e.on_date = p_on
      and e.after->>'placeId' = p_place::text and e.after->>'householdId' is not distinct from p_household::text);
end $$;

-- The same of a household: how many moved with it, null where she wrote no such move down. One in which nobody lives has no event, so the
-- record of use is asked.
create function waymark.household_was_moved(p_region integer, p_household uuid, p_version integer, p_place uuid, p_on date)
  returns integer language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  perform from household h where h.region_id = p_region and h.household_id = p_household and h.version = p_version
    and has_right('people.write') and subject_in_scope('household', p_region, p_household) for update;
  return (
    select jsonb_array_length(a.detail->'people') from household h join audit_entry a on a.subject = h.household_id::text
    where has_right('people.write') and h.region_id = p_region and h.household_id = p_household and h.version > p_version
      and a.action = 'people.move-household' and a.actor_id = actor_id() and a.place_id = p_place and a.detail->>'onDate' = p_on::text
    order by a.at desc limit 1);
end $$;
grant execute on function waymark.move_person, waymark.move_household, waymark.person_was_moved, waymark.household_was_moved to waymark_app;

-- Case workers somebody may be assigned to, and nothing else of their accounts.
create function waymark.case_workers() returns table (account_id text, display_name text, organisation text)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select a.account_id, a.display_name, g.name
  from account a join post o using (account_id) left join organisation g using (organisation_id)
  where has_right('people.assign') and o.role = 'case_worker' and o.ended_at is null and a.disabled_at is null
  order by 2, 1
$$;
grant execute on function waymark.case_workers to waymark_app;

-- A record is asked for by the number people say aloud: the last group of its id (people/domain/record-number.ts).
create index person_number on waymark.person (right(person_id::text, 12));

-- A consent to share that is withdrawn ends the referrals that rested on it, whoever writes it down.
create function waymark.end_referrals(p_region integer, p_person uuid, p_organisation uuid) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare ended integer;
begin
  if not ((has_right('consent.write') or has_right('own.speak')) and subject_in_scope('person', p_region, p_person)) then
    raise exception 'she is not yours to speak for' using errcode = 'insufficient_privilege';
  end if;
  update assignment set ended_at = now(), ended_by = actor_id(), version = version + 1, taken_back_by = (
    select c.by_whom from consent_event c where c.region_id = p_region and c.person_id = p_person and c.purpose = 'share' and c.act <> 'given'
    order by c.recorded_at desc, c.event_id desc limit 1)
  where region_id = p_region and person_id = p_person and kind = 'referral' and ended_at is null
    and (p_organisation is null or organisation_id = p_organisation);
  get diagnostics ended = row_count;
  return ended;
end $$;
grant execute on function waymark.end_referrals to waymark_app;

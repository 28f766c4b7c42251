-- SPDX-License-Identifier: AGPL-3.0-or-later
-- A referral reaches as far as the person's own word: asked whenever the record is read, so that no way of writing the word down, and no way
-- of writing the referral, gets around it.

-- Whether she agrees to be shared with this organisation, by people/domain/consent.ts: everybody who has to be asked said yes, and a child's
-- own no counts at any age. A no to one organisation is not undone by a yes to sharing in general; a yes to one is, by a later no in general.
-- Nobody reads a record that is used no further (0032).
create function waymark.sharing_stands(p_region integer, p_person uuid, p_organisation uuid) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  with latest as (
    select distinct on (by_whom, organisation_id is null) by_whom, organisation_id is not null as named, act, observed_at, recorded_at, event_id
    from consent_event
    where region_id = p_region and person_id = p_person and purpose = 'share' and (organisation_id is null or organisation_id = p_organisation)
    order by by_whom, organisation_id is null, observed_at desc, recorded_at desc, event_id desc
  ), word as (
    select coalesce(n.by_whom, g.by_whom) as by_whom,
           coalesce(n.act = 'given', g.act = 'given') and not coalesce(n.act = 'given' and g.act <> 'given'
             and (g.observed_at, g.recorded_at, g.event_id) > (n.observed_at, n.recorded_at, n.event_id), false) as yes
    from (select * from latest where named) n full join (select * from latest where not named) g on g.by_whom = n.by_whom
  ), aged as (
    select age_on(p.born_on, today()) as age from person p where p.region_id = p_region and p.person_id = p_person and p.restricted_at is null
  )
  select coalesce((select case
    when age is null or age >= 18 then exists (select from word where by_whom = 'self' and yes)
    else exists (select from word where by_whom = 'guardian' and yes)
      and (age < 7 or exists (select from word where by_whom in ('assent', 'self') and yes))
      and not exists (select from word where by_whom in ('assent', 'self') and not yes) end
    from aged), false)
$$;

create or replace function waymark.assigned_to_me(p_region integer, p_person uuid) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select exists (select from assignment a
    where a.region_id = p_region and a.person_id = p_person and a.ended_at is null and (a.until_at is null or a.until_at > now())
      and case a.kind
        when 'self' then has_right('own.read') and a.account_id = actor_id()
        when 'case_worker' then has_right('assigned.read') and a.account_id = actor_id()
        -- What was referred to an organisation is for those who provide there, not for every case worker of it.
        else has_right('referred.read') and a.organisation_id = any (organisation_ids())
          and sharing_stands(a.region_id, a.person_id, a.organisation_id) end)
$$;

-- The same for whoever refers people of her area.
create function waymark.may_refer(p_region integer, p_person uuid, p_organisation uuid) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select has_right('people.assign') and subject_in_scope('person', p_region, p_person) and sharing_stands(p_region, p_person, p_organisation)
$$;
grant execute on function waymark.may_refer to waymark_app;

-- Whose own record it is, no officer says; and nobody is referred without her word.
create policy own_and_shared on waymark.assignment as restrictive for insert to waymark_app with check (
  kind = 'case_worker' or (kind = 'referral' and waymark.may_refer(region_id, person_id, organisation_id)));
-- What was given is ended, and not made into something else.
revoke update on waymark.assignment from waymark_app;
grant update (ended_at, ended_by, version) on waymark.assignment to waymark_app;

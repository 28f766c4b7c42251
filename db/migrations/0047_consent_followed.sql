-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What follows from consent to be accompanied (`assist`) and to be called or written to (`contact`): who may be assigned, what ends when somebody
-- says no, and whose telephone number is shown (people/domain/consent.ts says the same; test/own-account.test.ts holds the two together).

-- Whether the basis of the record, in force today, says by itself that it is used so: then nobody is asked first.
create function waymark.basis_covers(p_region integer, p_person uuid, p_purpose text) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select exists (select from person p join lawful_basis b using (basis_id)
    where p.region_id = p_region and p.person_id = p_person
      and not b.needs_consent and p_purpose = any (b.purposes) and b.ended_at is null and b.from_on <= today())
$$;

-- Whether somebody said no to it whose no counts at her age. From eighteen (and where no age is known) her own; younger her own at any age, and a
-- guardian's where people are asked at all: where a law lets a child be helped without its guardian, the guardian may be the one it is helped against.
create function waymark.use_refused(p_region integer, p_person uuid, p_purpose text) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select coalesce((
    select exists (
      select from (
        select distinct on (c.by_whom) c.by_whom, c.act from consent_event c
        where c.region_id = p.region_id and c.person_id = p.person_id and c.purpose = p_purpose
        order by c.by_whom, c.observed_at desc, c.recorded_at desc, c.event_id desc) w
      where w.act <> 'given' and case when a.age is null or a.age >= 18 then w.by_whom = 'self'
        else w.by_whom <> 'guardian' or not basis_covers(p.region_id, p.person_id, p_purpose) end)
    from person p cross join lateral (select age_on(p.born_on, today()) as age) a
    where p.region_id = p_region and p.person_id = p_person), false)
$$;

-- Whether the record may be used so today: not while it is used no further (0032).
create function waymark.use_stands(p_region integer, p_person uuid, p_purpose text) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select coalesce((
    select p.restricted_at is null and case
      when basis_covers(p.region_id, p.person_id, p_purpose) then not use_refused(p.region_id, p.person_id, p_purpose)
      else consent_stands(p.region_id, p.person_id, p_purpose, age_on(p.born_on, today())) end
    from person p where p.region_id = p_region and p.person_id = p_person), false)
$$;
grant execute on function waymark.use_stands to waymark_jobs;

-- For whoever assigns people of her area. On a record that was joined with another it is said where it belongs instead (0043).
create function waymark.may_accompany(p_region integer, p_person uuid) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select has_right('people.assign') and subject_in_scope('person', p_region, p_person)
    and (use_stands(p_region, p_person, 'assist') or exists (select from person p where p.region_id = p_region and p.person_id = p_person and p.state = 4))
$$;
grant execute on function waymark.may_accompany to waymark_app;
alter policy own_and_shared on waymark.assignment with check (
  (kind = 'case_worker' and waymark.may_accompany(region_id, person_id))
  or (kind = 'referral' and waymark.may_refer(region_id, person_id, organisation_id)));

-- By whose word care or a referral ended, where it ended by one: it stands in the queue of whoever gave it and of whoever had it.
alter table waymark.assignment add column taken_back_by text check (taken_back_by in ('self', 'guardian', 'assent'));
create index assignment_taken_back on waymark.assignment (ended_at) where taken_back_by is not null;

-- A no to being accompanied, whoever writes it and by whatever way, ends the care in the moment in which it is written. Brought by a merge, it ends
-- with the merge (0026).
create function waymark.note_word_on_assist() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare said record; care record;
begin
  for said in
    select distinct on (n.region_id, n.person_id) n.region_id, n.person_id, n.act, n.by_whom, n.recorded_at, n.actor_id, n.batch_id
    from new_rows n where n.purpose = 'assist' and n.act <> 'given'
    order by n.region_id, n.person_id, n.by_whom = 'guardian', n.observed_at desc, n.recorded_at desc, n.event_id
  loop
    continue when not use_refused(said.region_id, said.person_id, 'assist');
    for care in
      update assignment a set ended_at = said.recorded_at, ended_by = said.actor_id, taken_back_by = said.by_whom, ended_batch = said.batch_id,
        version = a.version + 1
      where a.region_id = said.region_id and a.person_id = said.person_id and a.kind = 'case_worker' and a.ended_at is null
      returning a.account_id
    loop
      insert into audit_entry (entry_id, actor_id, action, subject, detail)
      values (gen_random_uuid(), said.actor_id, 'people.unassign', said.person_id::text,
              jsonb_build_object('kind', 'case_worker', 'to', care.account_id, 'consent', said.act, 'byWhom', said.by_whom));
    end loop;
  end loop;
  return null;
end $$;
create trigger word_on_assist after insert on waymark.consent_event
  referencing new table as new_rows for each statement execute function waymark.note_word_on_assist();

-- By whose no somebody's care, or a referral, does not begin again when two records are two again (0026): one that stands now, or was said since then
-- and would have ended it. Also where a yes came after it: whom she agrees to then, is given to her anew.
create function waymark.no_to_it_since(p_region integer, p_person uuid, p_kind text, p_organisation uuid, p_since timestamptz) returns text
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select c.by_whom from consent_event c join person p using (region_id, person_id) cross join lateral (select age_on(p.born_on, today()) as age) a
  where c.region_id = p_region and c.person_id = p_person and c.act <> 'given'
    and c.purpose = case p_kind when 'referral' then 'share' else 'assist' end
    and (p_kind <> 'referral' or c.organisation_id is null or c.organisation_id = p_organisation)
    and (p_kind = 'referral' or case when a.age is null or a.age >= 18 then c.by_whom = 'self'
      else c.by_whom <> 'guardian' or not basis_covers(p_region, p_person, 'assist') end)
    and (c.recorded_at >= p_since or (p_kind <> 'referral' and use_refused(p_region, p_person, 'assist')))
    -- A no of long ago that is written down after a later yes ends nothing.
    and not exists (select from consent_event y where y.region_id = c.region_id and y.person_id = c.person_id and y.purpose = c.purpose
      and y.by_whom = c.by_whom and y.act = 'given' and y.organisation_id is not distinct from c.organisation_id
      and y.observed_at > c.observed_at and y.recorded_at <= c.recorded_at)
  order by c.by_whom = 'guardian', c.observed_at desc, c.recorded_at desc, c.event_id limit 1
$$;

-- Whether a word that was written down just now is the one that closed the record to whoever wrote it: a case worker who is told "no more" reads
-- nothing of it from there on, and is answered all the same, also when the phone sends it again.
create function waymark.said_and_left(p_region integer, p_event uuid, p_person uuid) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select has_right('consent.write') and exists (select from consent_event c
      where c.region_id = p_region and c.event_id = p_event and c.person_id = p_person and c.actor_id = actor_id() and c.act <> 'given')
    and exists (select from assignment a where a.region_id = p_region and a.person_id = p_person and a.account_id = actor_id()
      and a.kind = 'case_worker' and a.taken_back_by is not null)
$$;

-- Of these people, those who are not to be called or written to. `p_said`: only where somebody said so.
create function waymark.not_to_contact(p_regions integer[], p_persons uuid[], p_said boolean) returns table (region_id integer, person_id uuid)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select x.region, x.person from unnest(p_regions, p_persons) x(region, person)
  where (has_right('people.read') or has_right('assigned.read')) and subject_in_scope('person', x.region, x.person)
    and case when p_said then use_refused(x.region, x.person, 'contact') else not use_stands(x.region, x.person, 'contact') end
$$;

-- Whether her own record, with every number in it, is told to whoever asks whatever was said of calling: to herself, and to whoever hands it over to
-- her while she asks to see it. Of a child too young to be asked its guardian does; anybody else who asks for her may be whom no number is told for.
-- Never to an organisation that she was referred to: it reads what she agrees to, and passes on nothing that she asks for.
create function waymark.may_hand_over_numbers(p_region integer, p_person uuid) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select may_read_identity(p_region, p_person) and (has_right('own.read')
    or (has_right('erasure.ask') and not has_right('referred.read') and exists (
      select from records_of_one(p_region, p_person) o join person_request q on q.region_id = o.region_id and q.person_id = o.person_id
      join person p on p.region_id = p_region and p.person_id = p_person
      where q.kind = 'access' and q.state = 'open'
        and q.by_whom = case when age_on(p.born_on, today()) < 7 then 'guardian' else 'self' end)))
$$;
grant execute on function waymark.said_and_left, waymark.not_to_contact, waymark.may_hand_over_numbers to waymark_app;

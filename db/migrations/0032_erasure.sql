-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What is owed to the people recorded: their requests, erasure with a ledger that outlives backups, legal holds, and how long records are kept
-- (people/domain/{request,retention}.ts, docs/decisions/0012-erasure.md).

-- Whose record is used no further: she objected, or the consent to keep it was taken back (0022 has the columns).
create index person_restricted on waymark.person (region_id, person_id) where restricted_at is not null;

create table waymark.person_request (
  region_id  integer not null,
  request_id uuid not null,
  person_id  uuid not null,
  kind       text not null check (kind in ('access', 'erasure', 'objection', 'correction', 'complaint')),
  by_whom    text not null check (by_whom in ('self', 'guardian', 'other')),
  about      text check (about in ('name', 'birth', 'sex', 'place', 'household', 'answers', 'other')),  -- what is to be corrected
  said_on    date not null,
  due_on     date not null,                     -- answered by
  state      text not null default 'open' check (state in ('open', 'granted', 'refused', 'done', 'withdrawn')),
  asked_by   text not null,
  asked_at   timestamptz not null default now(),
  decided_by text,
  decided_at timestamptz,
  ground     text check (ground in ('legal_obligation', 'public_interest', 'legal_claims', 'identity_not_proved', 'already_done', 'unfounded', 'other')),
  citation   text check (length(citation) between 1 and 2000),  -- which law or decision, without names
  consent_id uuid,                              -- the word by which it was asked, where nobody asked otherwise
  version    integer not null default 1,
  primary key (region_id, request_id),
  foreign key (region_id, person_id) references waymark.person on delete cascade,
  constraint request_due_later check (due_on >= said_on),
  constraint request_decided check ((state = 'open') = (decided_at is null))
);
create index person_request_of on waymark.person_request (region_id, person_id);
create index person_request_open on waymark.person_request (due_on) where state = 'open';
alter table waymark.person_request enable row level security, force row level security;
create policy owner_all on waymark.person_request to waymark_owner using (true) with check (true);
-- A complaint may be about whoever is near her: it is for the data protection officer, for whoever wrote it down, and for herself.
create policy reads on waymark.person_request for select to waymark_app using (
  waymark.has_right('erasure.order')
  or (waymark.has_right('erasure.ask') and waymark.subject_in_scope('person', region_id, person_id)
      and (kind <> 'complaint' or asked_by = waymark.actor_id() or waymark.has_right('own.speak'))));
create policy asks on waymark.person_request for insert to waymark_app with check (
  waymark.has_right('erasure.ask') and waymark.subject_in_scope('person', region_id, person_id)
  and asked_by = waymark.actor_id() and state = 'open' and decided_at is null);
grant select, insert on waymark.person_request to waymark_app;

create table waymark.legal_hold (
  region_id integer not null,
  hold_id   uuid not null,
  person_id uuid not null,
  citation  text not null check (length(citation) between 1 and 2000),
  until_on  date not null,
  placed_by text not null,
  placed_at timestamptz not null default now(),
  ended_at  timestamptz,
  ended_by  text,
  version   integer not null default 1,
  primary key (region_id, hold_id),
  foreign key (region_id, person_id) references waymark.person   -- nobody is removed while it stands
);
create index legal_hold_of on waymark.legal_hold (region_id, person_id);
alter table waymark.legal_hold enable row level security, force row level security;
create policy owner_all on waymark.legal_hold to waymark_owner using (true) with check (true);
create policy officer_reads on waymark.legal_hold for select to waymark_app
  using (waymark.has_right('retention.hold') or waymark.has_right('erasure.order'));
create policy officer_places on waymark.legal_hold for insert to waymark_app
  with check (waymark.has_right('retention.hold') and placed_by = waymark.actor_id() and ended_at is null);
create policy officer_ends on waymark.legal_hold for update to waymark_app
  using (waymark.has_right('retention.hold') and ended_at is null) with check (waymark.has_right('retention.hold') and ended_by = waymark.actor_id());
grant select, insert, update (ended_at, ended_by, version) on waymark.legal_hold to waymark_app;

create table waymark.retention_rule (
  rule_id    uuid primary key,
  category   text not null check (category in ('not_assessed', 'died', 'left', 'merged', 'withdrawn')),
  months     smallint not null check (months between 1 and 600),
  action     text not null check (action in ('review', 'erase')),
  created_by text not null,
  created_at timestamptz not null default now(),
  ended_at   timestamptz,
  ended_by   text
);
create unique index retention_rule_one on waymark.retention_rule (category) where ended_at is null;
alter table waymark.retention_rule enable row level security, force row level security;
create policy owner_all on waymark.retention_rule to waymark_owner using (true) with check (true);
create policy signed_in_reads on waymark.retention_rule for select to waymark_app using (waymark.actor_id() is not null);
create policy officer_writes on waymark.retention_rule for insert to waymark_app
  with check (waymark.has_right('retention.hold') and created_by = waymark.actor_id() and ended_at is null);
create policy officer_ends on waymark.retention_rule for update to waymark_app
  using (waymark.has_right('retention.hold') and ended_at is null) with check (waymark.has_right('retention.hold') and ended_by = waymark.actor_id());
grant select, insert, update (ended_at, ended_by) on waymark.retention_rule to waymark_app;

-- Whose time is over by a rule; and, by none, whose record rests on a basis that was ended (`basis_ended`), or on a consent that stands no more
-- because she came of an age at which others are asked (`consent_lapsed`). The clock writes it, the data protection officer decides.
create table waymark.retention_due (
  region_id  integer not null,
  person_id  uuid not null,
  category   text not null,
  since_on   date not null,                     -- what the months are counted from
  found_at   timestamptz not null,
  keep_until date,                              -- decided: not before then
  kept_by    text,
  citation   text check (length(citation) between 1 and 2000),
  version    integer not null default 1,
  primary key (region_id, person_id, category),
  foreign key (region_id, person_id) references waymark.person on delete cascade
);
alter table waymark.retention_due enable row level security, force row level security;
create policy owner_all on waymark.retention_due to waymark_owner using (true) with check (true);
create policy officer_reads on waymark.retention_due for select to waymark_app
  using (waymark.has_right('retention.hold') or waymark.has_right('erasure.order'));
create policy officer_keeps on waymark.retention_due for update to waymark_app
  using (waymark.has_right('retention.hold')) with check (waymark.has_right('retention.hold') and kept_by = waymark.actor_id());
grant select, update (keep_until, kept_by, citation, version) on waymark.retention_due to waymark_app;

-- Who was erased: ids only. It stays for good, and beside the data folder and the master key too, so that no older backup brings her back.
create table waymark.erasure (
  region_id  integer not null,
  person_id  uuid not null,
  erased_at  timestamptz not null,
  request_id uuid,                              -- null: a rule of retention
  ordered_by text not null,
  counts     jsonb not null default '{}',
  primary key (region_id, person_id)
);
create trigger append_only before update or delete or truncate on waymark.erasure for each statement execute function waymark.refuse_change();
alter table waymark.erasure enable row level security, force row level security;
create policy owner_all on waymark.erasure to waymark_owner using (true) with check (true);
create policy officer_reads on waymark.erasure for select to waymark_app using (waymark.has_right('erasure.order'));
grant select on waymark.erasure to waymark_app;

-- By which keyed digests (0030) lists of others knew whoever was erased: no such row of a later list is taken. Who has neither the id nor the
-- key goes back from none. Read by functions of the owner alone.
create table waymark.erasure_source (
  region_id integer not null,
  person_id uuid not null,
  digest    bytea not null check (length(digest) = 16),
  key_id    text not null,                      -- of own_id_key
  primary key (region_id, person_id, digest)
);
create index erasure_source_digest on waymark.erasure_source (digest);
create trigger append_only before update or delete or truncate on waymark.erasure_source for each statement execute function waymark.refuse_change();
alter table waymark.erasure_source enable row level security, force row level security;
create policy owner_all on waymark.erasure_source to waymark_owner using (true) with check (true);
-- She came back and agreed: a list may bring her again, as somebody new.
create table waymark.erasure_lifted (
  region_id integer not null,
  person_id uuid not null,
  lifted_at timestamptz not null,
  lifted_by text not null,
  primary key (region_id, person_id),
  foreign key (region_id, person_id) references waymark.erasure
);
create trigger append_only before update or delete or truncate on waymark.erasure_lifted for each statement execute function waymark.refuse_change();
alter table waymark.erasure_lifted enable row level security, force row level security;
create policy owner_all on waymark.erasure_lifted to waymark_owner using (true) with check (true);
create policy officer_reads on waymark.erasure_lifted for select to waymark_app using (waymark.has_right('erasure.order'));
create policy officer_lifts on waymark.erasure_lifted for insert to waymark_app
  with check (waymark.has_right('erasure.order') and lifted_by = waymark.actor_id());
grant select, insert on waymark.erasure_lifted to waymark_app;
-- Which of the erased no list brings back, for the data protection officer.
create function waymark.erased_of_lists() returns table (region_id integer, person_id uuid)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select distinct e.region_id, e.person_id from erasure_source e where has_right('erasure.order')
    and not exists (select from erasure_lifted x where x.region_id = e.region_id and x.person_id = e.person_id)
$$;
grant execute on function waymark.erased_of_lists to waymark_app;
create or replace function waymark.anything_under_a_key() returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select exists (select from identity_key) or exists (select from person_source) or exists (select from erasure_source)
$$;

-- How many were taken out of small cells of a closed month, by place and not by cell: what `doctor` needs to compare what was published with
-- what is kept.
create table waymark.rollup_month_erased (
  region_id       integer not null,
  place_id        uuid not null,
  instrument_code text not null,
  month_end       date not null,
  n               integer not null,
  primary key (region_id, place_id, instrument_code, month_end)
);
alter table waymark.rollup_month_erased enable row level security, force row level security;
create policy owner_all on waymark.rollup_month_erased to waymark_owner using (true) with check (true);
create policy jobs_read on waymark.rollup_month_erased for select to waymark_jobs using (true);
grant select on waymark.rollup_month_erased to waymark_jobs;

-- Answers are appended, and taken out by functions of the owner alone that say so in the transaction (0030): whoever merely says so is refused.
create function waymark.refuse_removal_of_answers() returns trigger language plpgsql as $$
begin
  if current_user = 'waymark_owner' and current_setting('waymark.removing', true) = 'people' then
    return null;
  end if;
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
drop trigger removed_on_purpose on waymark.assessment;
create trigger removed_on_purpose before delete on waymark.assessment
  for each statement execute function waymark.refuse_removal_of_answers();

-- Her record is used no further: nothing new is recorded about her until that is decided. What she asks to have set right is set right all the
-- same. What stands on a record that is joined to hers was recorded before. Answers about her household are the others' too; they count for
-- everybody but her (score_people, 0022).
create function waymark.refuse_answers_of_restricted() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if exists (select from new_rows n cross join lateral (
               select from person p where p.region_id = n.region_id and p.person_id = n.subject_id and p.restricted_at is not null offset 0) p
             where n.subject_kind = 'person'
               and not exists (select from import_batch b where b.batch_id = n.batch_id and b.kind = 'merge')
               and not (n.supersedes is not null and asks_to_set_right(n.region_id, n.subject_id) and only_sets_right(n))) then
    raise exception 'somebody whose record is used no further' using errcode = 'WM020';
  end if;
  return null;
end $$;
create trigger not_of_restricted after insert on waymark.assessment
  referencing new table as new_rows for each statement execute function waymark.refuse_answers_of_restricted();

-- One person with every record that was joined to hers: down from the record the others were joined to.
create function waymark.records_of_one(p_region integer, p_person uuid) returns table (region_id integer, person_id uuid)
  language sql stable set search_path = waymark, public, pg_temp as $$
  with recursive up as (
    select p.region_id, p.person_id, p.merged_region, p.merged_into from person p where p.region_id = p_region and p.person_id = p_person
    union select p.region_id, p.person_id, p.merged_region, p.merged_into from up
      join person p on p.region_id = up.merged_region and p.person_id = up.merged_into
  ), down as (
    select up.region_id, up.person_id from up
    union select p.region_id, p.person_id from down join person p on p.merged_region = down.region_id and p.merged_into = down.person_id
  )
  select d.region_id, d.person_id from down d
$$;
create index person_merged on waymark.person (merged_region, merged_into) where merged_into is not null;

-- Whether she, or who speaks for her, asks to have an answer set right: for whoever may record answers about her.
create function waymark.asks_to_set_right(p_region integer, p_person uuid) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select (session_user <> 'waymark_app' or (has_right('assess.write') and subject_in_scope('person', p_region, p_person)))
    and exists (select from records_of_one(p_region, p_person) o join person_request q on q.region_id = o.region_id and q.person_id = o.person_id
                where q.kind = 'correction' and q.about = 'answers' and q.state = 'open')
$$;
grant execute on function waymark.asks_to_set_right to waymark_app;

-- Whether an assessment does no more than set right or take back what another said of the same person: the same questions, the same moment. Of
-- a private question whoever may not read its answer takes back only: else she would learn by trying whether it was answered.
create function waymark.only_sets_right(n waymark.assessment) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select exists (
    select from assessment o
    where o.region_id = n.region_id and o.assessment_id = n.supersedes and o.subject_kind = n.subject_kind and o.subject_id = n.subject_id
      and not exists (
        select from instrument_indicator i left join instrument_indicator was on was.instrument_id = o.instrument_id and was.code = i.code
        cross join lateral (select get_byte(n.answers, i.position) as said, coalesce(get_byte(o.answers, was.position), 0) as had) b
        cross join lateral (values (b.said & 15, b.had & 15), (b.said >> 4, b.had >> 4)) side(said, had)
        where i.instrument_id = n.instrument_id and side.said between 1 and 6
          and not (date_trunc('milliseconds', n.observed_at) = date_trunc('milliseconds', o.observed_at) and side.had between 1 and 6
                   and (i.position <> all (protected_positions(i.instrument_id)) or session_user <> 'waymark_app'
                        or (has_right('protected.read') and assigned_to_me(n.region_id, n.subject_id))))))
$$;

-- Whether the consent to keep her record was taken back, by the latest word of anybody who may speak of it, and consent stands no more. A record
-- that rests on consent stays so until consent stands again: a law may say that it is kept, none that it is used. One that rests on another
-- basis, of which nobody has to be asked, is used again once the erasure that follows from the word is refused or asked for no longer.
create function waymark.withdrawal_stands(p_region integer, p_person uuid) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select coalesce((
    select n.said_at is not null and not consent_stands(p.region_id, p.person_id, 'register', age_on(p.born_on, today()))
      and (coalesce(b.needs_consent, true) or not exists (
        select from records_of_one(p.region_id, p.person_id) o join person_request q on q.region_id = o.region_id and q.person_id = o.person_id
        where q.kind = 'erasure' and q.state in ('refused', 'withdrawn') and q.decided_at >= n.said_at))
    from person p left join lawful_basis b using (basis_id)
    cross join lateral (
      select max(w.recorded_at) as said_at from (
        select distinct on (c.by_whom) c.act, c.recorded_at from consent_event c
        where c.region_id = p.region_id and c.person_id = p.person_id and c.purpose = 'register'
        order by c.by_whom, c.observed_at desc, c.recorded_at desc, c.event_id desc) w
      -- Recorded in spite of her "no", on a basis of which nobody is asked, she may object.
      where w.act = 'withdrawn' or (w.act = 'refused' and coalesce(b.needs_consent, true))) n
    where p.region_id = p_region and p.person_id = p_person), false)
$$;

-- Brings what the record says of its use in line with what was said and decided; of an objection, also what was said of a record joined to it.
create function waymark.settle_restriction(p_region integer, p_person uuid, p_at timestamptz, p_by text) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare who person; why text;
begin
  select * into who from person p where p.region_id = p_region and p.person_id = p_person for update;
  if who.person_id is null then return; end if;
  why := case
    when exists (select from records_of_one(p_region, p_person) o join person_request q on q.region_id = o.region_id and q.person_id = o.person_id
                 where q.kind = 'objection' and q.state in ('open', 'granted')) then 'objection'
    when withdrawal_stands(p_region, p_person) then 'withdrawal' end;
  if why is not distinct from who.restricted_for then return; end if;
  update person p set restricted_for = why, restricted_at = case when why is not null then coalesce(p.restricted_at, p_at) end
  where p.region_id = p_region and p.person_id = p_person;
  if 'withdrawal' in (why, who.restricted_for) then
    insert into person_event (region_id, event_id, person_id, kind, on_date, recorded_at, actor_id)
    values (p_region, gen_random_uuid(), p_person, case why when 'withdrawal' then 'use_ended' else 'used_again' end,
            (p_at at time zone time_zone())::date, p_at, p_by);
  end if;
  -- What was recorded of her household meanwhile counts for her from here on.
  if why is null then
    insert into answer_to_follow (region_id, assessment_id)
    select distinct on (a.instrument_id) a.region_id, a.assessment_id from assessment a
    where a.region_id = p_region and a.subject_kind = 'household' and a.subject_id = who.household_id and a.recorded_at > who.restricted_at
    on conflict do nothing;
  end if;
end $$;

create function waymark.note_objection() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare one record;
begin
  insert into person_event (region_id, event_id, person_id, kind, on_date, recorded_at, actor_id)
  values (new.region_id, gen_random_uuid(), new.person_id, 'objected', new.said_on, new.asked_at, new.asked_by);
  for one in select o.* from records_of_one(new.region_id, new.person_id) o order by 1, 2 loop
    perform settle_restriction(one.region_id, one.person_id, new.asked_at, new.asked_by);
  end loop;
  return null;
end $$;
create trigger note_objection after insert on waymark.person_request for each row when (new.kind = 'objection') execute function waymark.note_objection();

-- A word on whether the record may be kept, whoever writes it and by whatever way: taken back, the record is used no further from that moment,
-- and that asks for it to be erased; said again, it is used again.
create function waymark.note_word_on_register() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare said record; request uuid; today constant date := today();
begin
  for said in
    select distinct on (n.region_id, n.person_id) n.region_id, n.person_id, n.event_id, n.act, n.by_whom, n.recorded_at, n.actor_id
    from new_rows n where n.purpose = 'register' and (n.act <> 'given'
      or exists (select from person p where p.region_id = n.region_id and p.person_id = n.person_id and p.restricted_at is not null))
    order by n.region_id, n.person_id, n.act = 'given', n.recorded_at desc, n.event_id
  loop
    perform settle_restriction(said.region_id, said.person_id, said.recorded_at, said.actor_id);
    continue when said.act = 'given' or not withdrawal_stands(said.region_id, said.person_id)
      or exists (select from records_of_one(said.region_id, said.person_id) o join person_request q on q.region_id = o.region_id and q.person_id = o.person_id
                 where q.kind = 'erasure' and q.state = 'open');
    request := gen_random_uuid();
    insert into person_request (region_id, request_id, person_id, kind, by_whom, said_on, due_on, asked_by, asked_at, consent_id)
    values (said.region_id, request, said.person_id, 'erasure', case said.by_whom when 'guardian' then 'guardian' else 'self' end,
            today, today + 30, said.actor_id, said.recorded_at, said.event_id);
    insert into audit_entry (entry_id, actor_id, action, subject, detail)
    values (gen_random_uuid(), said.actor_id, 'requests.asked', said.person_id::text,
            jsonb_build_object('kind', 'erasure', 'byWhom', case said.by_whom when 'guardian' then 'guardian' else 'self' end, 'requestId', request));
  end loop;
  return null;
end $$;
create trigger word_on_register after insert on waymark.consent_event
  referencing new table as new_rows for each statement execute function waymark.note_word_on_register();

-- Words that came with a record that was joined to this one and is apart again: what was asked by them is asked no longer.
create function waymark.note_words_gone() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare gone record; writer constant text := coalesce(nullif(actor_id(), ''), session_user);
begin
  if current_setting('waymark.removing', true) = 'people' then return null; end if;  -- whoever they were about goes too
  for gone in
    select distinct o.region_id, o.person_id from old_rows o join person p on p.region_id = o.region_id and p.person_id = o.person_id and p.restricted_at is not null
    where o.purpose = 'register' order by 1, 2
  loop
    update person_request q set state = 'withdrawn', decided_by = writer, decided_at = now(), version = q.version + 1
    where q.region_id = gone.region_id and q.person_id = gone.person_id and q.state = 'open'
      and q.consent_id in (select o.event_id from old_rows o where o.region_id = gone.region_id);
    perform settle_restriction(gone.region_id, gone.person_id, now(), writer);
  end loop;
  return null;
end $$;
create trigger words_gone after delete on waymark.consent_event
  referencing old table as old_rows for each statement execute function waymark.note_words_gone();

-- Two records became one, or two again; or she turns out to be of an age at which others are asked.
create function waymark.note_use_of_person() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare one record; writer constant text := coalesce(nullif(actor_id(), ''), session_user);
begin
  for one in
    select o.* from records_of_one(new.region_id, new.person_id) o
    union select o.* from records_of_one(old.merged_region, old.merged_into) o order by 1, 2
  loop
    perform settle_restriction(one.region_id, one.person_id, now(), writer);
  end loop;
  return null;
end $$;
create trigger use_of_person after update of merged_into, born_on on waymark.person for each row
  when (old.merged_into is distinct from new.merged_into or old.born_on is distinct from new.born_on) execute function waymark.note_use_of_person();

-- Decides or ends a request. Null: there is none with that version open to the asker. An erasure is granted by erase_person alone. An
-- objection that is granted keeps standing; one that is refused or taken back lets the record be used again. What a refused erasure means for
-- the use of the record, withdrawal_stands says.
create function waymark.decide_request(p_region integer, p_request uuid, p_version integer, p_state text, p_ground text, p_citation text, p_at timestamptz)
  returns integer language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare r person_request; near boolean; one record;
begin
  select * into r from person_request q where q.region_id = p_region and q.request_id = p_request for update;
  near := r.request_id is not null and has_right('erasure.ask') and subject_in_scope('person', r.region_id, r.person_id)
    and (r.kind <> 'complaint' or r.asked_by = actor_id() or has_right('own.speak'));
  if not (has_right('erasure.order') or near) then
    raise exception 'requests are not yours to decide' using errcode = 'insufficient_privilege';
  end if;
  if r.request_id is null or r.version <> p_version then return null; end if;
  -- Somebody may take back an objection that was granted; everything else is decided once.
  if not (r.state = 'open' or (r.state = 'granted' and r.kind = 'objection' and p_state = 'withdrawn')) then return null; end if;
  if r.kind = 'erasure' and p_state in ('granted', 'done') then
    raise exception 'an erasure is not decided without being done' using errcode = 'insufficient_privilege';
  end if;
  if not (case p_state
      when 'withdrawn' then near
      when 'done' then has_right('erasure.order') or (near and r.kind in ('access', 'correction') and (has_right('people.write') or has_right('assigned.read')))
      else has_right('erasure.order') end) then
    raise exception 'requests are not yours to decide' using errcode = 'insufficient_privilege';
  end if;
  update person_request q set state = p_state, decided_by = actor_id(), decided_at = p_at, ground = p_ground, citation = p_citation,
    version = q.version + 1 where q.region_id = p_region and q.request_id = p_request;
  if r.kind = 'objection' and not exists (select from person_request o where o.region_id = r.region_id and o.person_id = r.person_id
      and o.kind = 'objection' and o.state in ('open', 'granted')) then
    insert into person_event (region_id, event_id, person_id, kind, on_date, recorded_at, actor_id)
    values (r.region_id, gen_random_uuid(), r.person_id, 'objection_ended', (p_at at time zone time_zone())::date, p_at, actor_id());
  end if;
  if r.kind in ('objection', 'erasure') then
    for one in select o.* from records_of_one(r.region_id, r.person_id) o order by 1, 2 loop
      perform settle_restriction(one.region_id, one.person_id, p_at, actor_id());
    end loop;
  end if;
  return r.version + 1;
end $$;
grant execute on function waymark.decide_request to waymark_app;

-- What the data protection officer is told of somebody beside her number: the district, and no more.
create function waymark.district_of_person(p_region integer, p_person uuid) returns uuid
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select up.place_id from person p join place l using (place_id) join place up on up.path @> l.path and up.level = least(l.level, 2)
  where p.region_id = p_region and p.person_id = p_person and (has_right('erasure.order') or has_right('retention.hold') or subject_in_scope('person', p_region, p_person))
$$;
-- Records of a number as people say it (people/domain/record-number.ts), for whoever holds them.
create function waymark.records_of_number(p_group text) returns table (region_id integer, person_id uuid)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select p.region_id, p.person_id from person p where has_right('retention.hold') and right(p.person_id::text, 12) = p_group limit 5
$$;
grant execute on function waymark.district_of_person, waymark.records_of_number to waymark_app;

create function waymark.held(p_region integer, p_person uuid) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select exists (select from legal_hold h where h.region_id = p_region and h.person_id = p_person and h.ended_at is null
    and h.until_on >= (now() at time zone time_zone())::date)
$$;
grant execute on function waymark.held to waymark_jobs;

-- Closed months in which these were counted: small cells (below eleven) are lowered, because who is known to be one of three would be
-- seen in them; larger ones stay as they were counted, and so does all that was published. Worked out as she would be scored at the end of
-- each month, in the place of that day. Returns how many cells it lowered.
create function waymark.lower_small_cells(p_regions integer[], p_persons uuid[]) returns integer
  language plpgsql set search_path = waymark, public, pg_temp set jit = off as $$
declare who record; closed record; s record; home uuid; lowered integer := 0; n integer;
begin
  for who in select p.* from unnest(p_regions, p_persons) x(region_id, person_id) join person p using (region_id, person_id) loop
    -- Somebody who is here no longer is scored as of when she was.
    if who.state <> 1 then
      update person p set state = 1, merged_into = null, merged_region = null where p.region_id = who.region_id and p.person_id = who.person_id;
    end if;
    for closed in
      select i.code, r.month_end, ((r.month_end + 1)::timestamp at time zone time_zone()) - interval '1 millisecond' as ends_at
      from instrument i cross join place c
      cross join lateral (select distinct m.month_end from rollup_month m
                          where m.region_id = c.region_id and m.place_id = c.place_id and m.instrument_code = i.code) r
      where i.state = 'live' and i.scores = 'person' and c.level = 0 and c.country = (select l.country from place l where l.place_id = who.place_id)
        and (who.state = 1 or who.state_on is null or who.state_on > r.month_end)
        and who.created_at <= coalesce((select m.published_at from published_month m
          where m.instrument_code = i.code and m.country = c.country and m.month_end = r.month_end), (r.month_end + 2)::timestamp at time zone time_zone())
      order by 1, 2
    loop
      select * into s from score_people(closed.code, array[who.region_id], array[who.person_id], closed.ends_at);
      continue when s.person_id is null;
      select h.place_id into home from home_on(who.region_id, who.person_id, closed.month_end) h;
      with one as (
        update rollup_month r set n = r.n - 1
        from place p join place a on a.path @> p.path
        where p.place_id = coalesce(home, s.place_id) and r.region_id = a.region_id and r.place_id = a.place_id and r.instrument_code = closed.code
          and r.month_end = closed.month_end and r.sex = s.sex and r.age_group = s.age_group and r.band = s.band and r.n between 1 and 10
        returning r.region_id, r.place_id
      )
      insert into rollup_month_erased as e (region_id, place_id, instrument_code, month_end, n)
      select o.region_id, o.place_id, closed.code, closed.month_end, 1 from one o
      on conflict on constraint rollup_month_erased_pkey do update set n = e.n + 1;
      get diagnostics n = row_count;
      lowered := lowered + n;
      delete from rollup_month r using place p join place a on a.path @> p.path
      where p.place_id = coalesce(home, s.place_id) and r.region_id = a.region_id and r.place_id = a.place_id and r.instrument_code = closed.code
        and r.month_end = closed.month_end and r.n <= 0;
    end loop;
  end loop;
  return lowered;
end $$;

-- Her own account, if she had one: nobody signs in with it, and it is called nothing (also where it ends otherwise, 0041).
create function waymark.close_own_accounts(p_accounts text[]) returns void
  language plpgsql set search_path = waymark, public, pg_temp as $$
declare t text; their text;
begin
  if coalesce(cardinality(p_accounts), 0) = 0 then return; end if;
  update post set ended_at = now() where account_id = any (p_accounts) and ended_at is null;
  update account set disabled_at = coalesce(disabled_at, now()), display_name = '-', user_name = 'ended.' || md5(account_id), version = version + 1
    where account_id = any (p_accounts);
  update access_code set voided_at = now() where account_id = any (p_accounts) and used_at is null and voided_at is null;
  update auth."user" set "name" = '-', "email" = md5("id") || '@ended.invalid', "username" = 'ended.' || md5("id"), "displayUsername" = null, "image" = null
    where "id" = any (p_accounts);
  foreach t in array array['session', 'account', 'totp', 'passkey', 'recovery_code', 'outside_identity'] loop
    their := case when t in ('session', 'account') then 'userId' else 'account_id' end;
    if to_regclass(format('auth.%I', t)) is not null then execute format('delete from auth.%I where %I = any ($1)', t, their) using p_accounts; end if;
  end loop;
end $$;

-- Behind every other writer of their regions and records, in the one order (0031). That may take as long as an import: whatever an erasure rests
-- on is asked again once these are held, because in the meantime somebody may have been told that it is decided otherwise.
create function waymark.hold_to_destroy(p_regions integer[], p_persons uuid[]) returns void
  language plpgsql set search_path = waymark, public, pg_temp as $$
declare code text; home integer;
begin
  perform pg_advisory_xact_lock_shared(hashtext('waymark.instruments'));  -- 0046
  for code in select i.code from instrument i where i.state = 'live' and i.scores = 'person' order by 1 loop
    perform pg_advisory_xact_lock_shared(hashtext('waymark.risk:' || code), -1);
    for home in
      select distinct l.region_id from unnest(p_regions, p_persons) x(region_id, person_id) join person p using (region_id, person_id) join place l using (place_id)
      order by 1
    loop
      perform pg_advisory_xact_lock(hashtext('waymark.risk:' || code), home);
    end loop;
  end loop;
  perform from person p join unnest(p_regions, p_persons) x(region_id, person_id) using (region_id, person_id) order by p.region_id, p.person_id for update of p;
end $$;

-- Everything kept about these people goes. `copies`: also what a merge copied of them to somebody who stays. For the functions below, which hold
-- them and ask first; it asks nothing itself and no login may run it.
create function waymark.destroy_people(p_regions integer[], p_persons uuid[], p_copies boolean, p_at timestamptz) returns jsonb
  language plpgsql set search_path = waymark, public, pg_temp set jit = off as $$
#variable_conflict use_column
declare
  t text; merges uuid[]; houses_r integer[]; houses uuid[]; emptied_r integer[]; emptied uuid[]; accounts text[];
  counts jsonb; n integer; gone jsonb := '{}';
begin
  -- Before cells are lowered, which forgets to whom a record was joined.
  if not p_copies then
    -- Only a record goes, and the person stays: by what a list calls her, she is found where she is now.
    update person_source k set region_id = p.merged_region, person_id = p.merged_into
    from unnest(p_regions, p_persons) x(region, person) join person p on p.region_id = x.region and p.person_id = x.person
    where k.region_id = p.region_id and k.person_id = p.person_id and p.merged_into is not null;
  end if;
  -- Of records joined to these that stay, none is left pointing at nobody.
  update person p set merged_region = o.merged_region, merged_into = o.merged_into,
    state = case when o.merged_into is null then 1 else 4 end
  from unnest(p_regions, p_persons) x(region, person) join person o on o.region_id = x.region and o.person_id = x.person
  where p.merged_region = o.region_id and p.merged_into = o.person_id
    and not exists (select from unnest(p_regions, p_persons) y(region, person) where y.region = p.region_id and y.person = p.person_id);
  gone := jsonb_build_object('cells', lower_small_cells(p_regions, p_persons));
  if to_regclass('waymark.person_merge') is not null then
    execute 'select array_agg(m.merge_id) from person_merge m join unnest($1, $2) x(region, person)
      on (m.region_id, m.person_id) = (x.region, x.person) or (m.other_region, m.other_id) = (x.region, x.person)' into merges using p_regions, p_persons;
    execute 'delete from person_merge m using unnest($1, $2) x(region, person)
      where (m.region_id, m.person_id) = (x.region, x.person) or (m.other_region, m.other_id) = (x.region, x.person)' using p_regions, p_persons;
  end if;
  if not p_copies then merges := '{}'; end if;
  -- Households she lived in, now or before.
  select array_agg(h.region_id), array_agg(h.household_id) into houses_r, houses from (
    select p.region_id, p.household_id from unnest(p_regions, p_persons) x(region_id, person_id) join person p using (region_id, person_id) where p.household_id is not null
    union select e.region_id, v.id::uuid from unnest(p_regions, p_persons) x(region_id, person_id) join person_event e using (region_id, person_id)
      cross join lateral (values (e.before->>'householdId'), (e.after->>'householdId')) v(id) where v.id is not null) h
    join household k on k.region_id = h.region_id and k.household_id = h.household_id;
  select array_agg(distinct a.account_id) into accounts from unnest(p_regions, p_persons) x(region_id, person_id)
    join assignment a using (region_id, person_id) join post o on o.account_id = a.account_id and o.role = 'person' where a.kind = 'self';

  delete from standing s using unnest(p_regions, p_persons) x(region, person)
  where s.region_id = x.region and s.subject_kind = 'person' and s.subject_id = x.person;
  perform set_config('waymark.removing', 'people', true);
  delete from assessment a using unnest(p_regions, p_persons) x(region, person)
  where a.region_id = x.region and a.subject_kind = 'person' and a.subject_id = x.person;
  get diagnostics n = row_count;
  delete from assessment a where a.batch_id = any (merges);
  gone := gone || jsonb_build_object('assessments', n);
  delete from consent_event c using unnest(p_regions, p_persons) x(region, person) where c.region_id = x.region and c.person_id = x.person;
  get diagnostics n = row_count;
  perform set_config('waymark.removing', '', true);
  gone := gone || jsonb_build_object('consents', n);
  delete from person_event e using unnest(p_regions, p_persons) x(region, person) where e.region_id = x.region and e.person_id = x.person;
  get diagnostics n = row_count;
  gone := gone || jsonb_build_object('events', n);
  if cardinality(merges) > 0 then
    delete from consent_event c where c.batch_id = any (merges);
    delete from person_event e where e.batch_id = any (merges);
    delete from assignment a where a.batch_id = any (merges);
  end if;
  foreach t in array array['person_source', 'duplicate_check'] loop
    if to_regclass('waymark.' || t) is not null then
      execute format('delete from %I t using unnest($1, $2) x(region, person) where t.region_id = x.region and t.person_id = x.person', t) using p_regions, p_persons;
    end if;
  end loop;
  delete from identity_key k using unnest(p_regions, p_persons) x(region, person) where k.region_id = x.region and k.person_id = x.person;
  get diagnostics n = row_count;
  gone := gone || jsonb_build_object('identities', n);
  delete from legal_hold h using unnest(p_regions, p_persons) x(region, person) where h.region_id = x.region and h.person_id = x.person;
  delete from person p using unnest(p_regions, p_persons) x(region, person) where p.region_id = x.region and p.person_id = x.person;
  get diagnostics n = row_count;
  gone := gone || jsonb_build_object('records', n);

  -- What was said of a household is said of its members; of nobody once none is left.
  select array_agg(h.region), array_agg(h.id) into emptied_r, emptied from unnest(houses_r, houses) h(region, id)
  where not exists (select from person p where p.region_id = h.region and p.household_id = h.id)
    and not exists (select from person_event e where e.region_id = h.region
      and (e.before->>'householdId' = h.id::text or e.after->>'householdId' = h.id::text));
  perform set_config('waymark.removing', 'people', true);
  delete from assessment a using unnest(emptied_r, emptied) h(region, id)
  where a.region_id = h.region and a.subject_kind = 'household' and a.subject_id = h.id;
  perform set_config('waymark.removing', '', true);
  delete from household k using unnest(emptied_r, emptied) h(region, id) where k.region_id = h.region and k.household_id = h.id;
  get diagnostics n = row_count;
  gone := gone || jsonb_build_object('households', n);
  if p_copies then perform close_own_accounts(accounts); end if;
  -- Last of all: who holds the list of households holds it for a moment (0048).
  perform list_households_now(houses_r, houses);
  return gone;
end $$;

-- One person, with every record joined to hers, held to be erased. Null: she is not in the register. What is asked of her holds next.
create function waymark.hold_one_to_destroy(p_region integer, p_person uuid, out regions integer[], out persons uuid[])
  language plpgsql set search_path = waymark, public, pg_temp as $$
declare seen uuid[];
begin
  select array_agg(o.region_id order by o.region_id, o.person_id), array_agg(o.person_id order by o.region_id, o.person_id)
    into regions, seen from records_of_one(p_region, p_person) o;
  if seen is null then return; end if;
  perform hold_to_destroy(regions, seen);
  select array_agg(o.region_id order by o.region_id, o.person_id), array_agg(o.person_id order by o.region_id, o.person_id)
    into regions, persons from records_of_one(p_region, p_person) o;
  if persons is distinct from seen then
    raise exception 'her records were joined or taken apart meanwhile' using errcode = 'WM005';
  end if;
end $$;

-- Erases one person whose records are held, and writes it into the ledger, with the digests by which lists knew her (`sources`: the key's number,
-- a colon, the digest).
create function waymark.erase_one(p_regions integer[], p_persons uuid[], p_request uuid, p_by text, p_at timestamptz, p_holds_since timestamptz)
  returns table (region_id integer, person_id uuid, counts jsonb, sources text[])
  language plpgsql set search_path = waymark, public, pg_temp as $$
#variable_conflict use_column
declare gone jsonb;
begin
  if p_persons is null then return; end if;
  if exists (select from unnest(p_regions, p_persons) x(region, person) join legal_hold h on h.region_id = x.region and h.person_id = x.person
             where h.ended_at is null and h.until_on >= (p_at at time zone time_zone())::date and h.placed_at >= p_holds_since) then
    raise exception 'a legal hold stands on this record' using errcode = 'WM021';
  end if;
  insert into erasure_source as e (region_id, person_id, digest, key_id)
  select k.region_id, k.person_id, k.digest, k.key_id from unnest(p_regions, p_persons) x(region, person)
  join person_source k on k.region_id = x.region and k.person_id = x.person
  on conflict on constraint erasure_source_pkey do nothing;
  gone := destroy_people(p_regions, p_persons, true, p_at);
  insert into erasure as e (region_id, person_id, erased_at, request_id, ordered_by, counts)
  select x.region, x.person, p_at, p_request, p_by, gone from unnest(p_regions, p_persons) x(region, person)
  on conflict on constraint erasure_pkey do nothing;
  return query select x.region, x.person, gone, array(
      select k.key_id || ':' || encode(k.digest, 'hex') from erasure_source k where k.region_id = x.region and k.person_id = x.person order by 1)
    from unnest(p_regions, p_persons) x(region, person);
end $$;

-- By order of the data protection officer: p_request is what was asked, or p_category the rule of retention that let her look at the record, at
-- the version on her screen.
create function waymark.erase_person(p_region integer, p_person uuid, p_request uuid, p_category text, p_version integer, p_at timestamptz)
  returns table (region_id integer, person_id uuid, counts jsonb, sources text[])
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
#variable_conflict use_column
declare regions integer[]; persons uuid[];
begin
  if session_user <> 'waymark_owner' and not has_right('erasure.order') then
    raise exception 'no right to erase' using errcode = 'insufficient_privilege';
  end if;
  select h.regions, h.persons into regions, persons from hold_one_to_destroy(p_region, p_person) h;
  if p_request is null then
    perform from retention_due d where d.region_id = p_region and d.person_id = p_person and d.category = p_category and d.version = p_version for update;
  else
    perform from person_request r where r.region_id = p_region and r.request_id = p_request and r.person_id = any (persons) and r.version = p_version
      and r.kind in ('erasure', 'objection') and r.state = 'open' for update;
  end if;
  if not found and persons is not null then
    raise exception 'nobody asks for this erasure' using errcode = 'WM005';
  end if;
  return query select * from erase_one(regions, persons, p_request, coalesce(nullif(actor_id(), ''), session_user), p_at, '-infinity');
end $$;
grant execute on function waymark.erase_person to waymark_app;

-- By which rule the clock erases somebody, if it does: one that says "erase" has made her due, and nobody kept her.
create function waymark.due_by(p_region integer, p_person uuid, p_at timestamptz) returns text
  language sql stable set search_path = waymark, public, pg_temp as $$
  select d.category from retention_due d join retention_rule r on r.category = d.category and r.ended_at is null and r.action = 'erase'
  where d.region_id = p_region and d.person_id = p_person and coalesce(d.keep_until, '-infinity') < (p_at at time zone time_zone())::date
  order by (d.category = 'merged') limit 1
$$;
-- By the clock. A record that was joined to another is tidied away by itself: the person stays, so it stands in no ledger (`tidied`). No row: it is
-- not due, or is held or kept by now.
create function waymark.erase_due(p_region integer, p_person uuid, p_at timestamptz)
  returns table (region_id integer, person_id uuid, counts jsonb, sources text[], tidied boolean)
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
#variable_conflict use_column
declare why text; regions integer[]; persons uuid[];
begin
  if due_by(p_region, p_person, p_at) is null then return; end if;
  select h.regions, h.persons into regions, persons from hold_one_to_destroy(p_region, p_person) h;
  perform from retention_due d where d.region_id = p_region and d.person_id = p_person for update;
  why := due_by(p_region, p_person, p_at);
  if why is null or exists (select from unnest(regions, persons) x(region, person) where held(x.region, x.person)) then return; end if;
  if why = 'merged' then
    -- What she asked for on that record is answered on the one it was joined to, and an objection stands on it.
    update person_request q set region_id = p.merged_region, person_id = p.merged_into from person p
    where p.region_id = p_region and p.person_id = p_person and q.region_id = p.region_id and q.person_id = p.person_id
      and (q.state = 'open' or (q.kind = 'objection' and q.state = 'granted'));
    return query select p_region, p_person, destroy_people(array[p_region], array[p_person], false, p_at), array[]::text[], true;
    return;
  end if;
  return query select e.region_id, e.person_id, e.counts, e.sources, false from erase_one(regions, persons, null, 'retention', p_at, '-infinity') e;
end $$;
grant execute on function waymark.erase_due to waymark_jobs;

-- After an older backup was brought back: whoever stands in the lists is erased again. For the owner alone. A hold placed before she was
-- erased had ended by then; one placed since keeps her, and is told.
create function waymark.erase_again(p_region integer, p_person uuid, p_request uuid, p_by text, p_erased_at timestamptz, p_at timestamptz)
  returns table (region_id integer, person_id uuid, counts jsonb, sources text[])
  language plpgsql set search_path = waymark, public, pg_temp as $$
#variable_conflict use_column
declare regions integer[]; persons uuid[];
begin
  insert into erasure (region_id, person_id, erased_at, request_id, ordered_by) values (p_region, p_person, p_erased_at, p_request, p_by)
  on conflict on constraint erasure_pkey do nothing;
  select h.regions, h.persons into regions, persons from hold_one_to_destroy(p_region, p_person) h;
  return query select * from erase_one(regions, persons, p_request, p_by, p_at, p_erased_at);
end $$;

-- Whose time is over, by the rules in force, or whose record rests on nothing any more. Whoever is found stays in the queue for as long as that
-- is so; returns how many are new.
create function waymark.find_retention_due(p_at timestamptz) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp set jit = off as $$
declare today constant date := (p_at at time zone time_zone())::date; found_now integer;
begin
  perform pg_advisory_xact_lock(hashtext('waymark.retention'));
  -- Counted forwards, as people/domain/retention.ts does: a month after the 28th of February is the 28th of March. `near` lets an index help.
  with rule as (
    select r.category, make_interval(months => r.months) as after, (today - make_interval(months => r.months))::date + 4 as near
    from retention_rule r where r.ended_at is null),
  over_now as materialized (
  select p.region_id, p.person_id, 'not_assessed'::text as category, d.since_on
  from rule join person p on rule.category = 'not_assessed' and p.state = 1 and p.created_at < rule.near
  left join lateral (select (a.observed_at at time zone time_zone())::date as on_day from assessment a
    where a.region_id = p.region_id and a.subject_kind = 'person' and a.subject_id = p.person_id order by a.observed_at desc limit 1) l on true
  cross join lateral (select coalesce(l.on_day, (p.created_at at time zone time_zone())::date) as since_on) d
  where (d.since_on + rule.after)::date < today
  union all
  select p.region_id, p.person_id, rule.category, p.state_on from rule join person p
    on p.state = case rule.category when 'died' then 2 when 'left' then 3 when 'merged' then 4 end and p.state_on < rule.near
      and (p.state_on + rule.after)::date < today
  union all
  select w.region_id, w.person_id, 'withdrawn', w.on_day from rule cross join lateral (
    select distinct on (c.region_id, c.person_id, c.by_whom) c.region_id, c.person_id, c.act, (c.observed_at at time zone time_zone())::date as on_day
    from consent_event c where c.purpose = 'register' order by c.region_id, c.person_id, c.by_whom, c.observed_at desc, c.recorded_at desc, c.event_id desc) w
  join person p on p.region_id = w.region_id and p.person_id = w.person_id and p.state = 1
  where rule.category = 'withdrawn' and w.act = 'withdrawn' and (w.on_day + rule.after)::date < today
  union all
  select p.region_id, p.person_id, 'basis_ended', (b.ended_at at time zone time_zone())::date
  from lawful_basis b join person p using (basis_id) where b.ended_at <= p_at and p.state = 1
  union all
  -- At seven she is asked besides her guardian, at eighteen alone. Asked one by one only where such a birthday, or something that was set
  -- right, lies behind the record; whoever said no has a case of her own.
  select p.region_id, p.person_id, 'consent_lapsed', case when a.age >= 18 then a.at_18 when a.age >= 7 then a.at_7 else (p.created_at at time zone time_zone())::date end
  from lawful_basis b join person p using (basis_id)
  cross join lateral (select age_on(p.born_on, today) as age, (p.born_on + interval '7 years')::date as at_7, (p.born_on + interval '18 years')::date as at_18) a
  where b.needs_consent and p.state = 1 and p.restricted_for is distinct from 'withdrawal'
    and (p.version > 1 or a.at_7 between p.created_at::date and today or a.at_18 between p.created_at::date and today)
    and case when not consent_stands(p.region_id, p.person_id, 'register', a.age) then not withdrawal_stands(p.region_id, p.person_id) else false end
  ), gone as (
    delete from retention_due d where not exists (
      select from over_now o where (o.region_id, o.person_id, o.category) = (d.region_id, d.person_id, d.category))
  )
  insert into retention_due as d (region_id, person_id, category, since_on, found_at)
  select o.region_id, o.person_id, o.category, min(o.since_on), p_at from over_now o group by 1, 2, 3
  on conflict on constraint retention_due_pkey do nothing;
  get diagnostics found_now = row_count;
  return found_now;
end $$;
-- Of them, whom the clock erases.
create function waymark.due_to_erase(p_at timestamptz, p_limit integer) returns table (region_id integer, person_id uuid)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select distinct d.region_id, d.person_id from retention_due d join retention_rule r on r.category = d.category and r.ended_at is null and r.action = 'erase'
  where coalesce(d.keep_until, '-infinity') < (p_at at time zone time_zone())::date
    and not exists (select from records_of_one(d.region_id, d.person_id) o where held(o.region_id, o.person_id))
  order by 1, 2 limit p_limit
$$;
grant execute on function waymark.find_retention_due, waymark.due_to_erase to waymark_jobs;

-- Numbers for the data protection impact page: counts, no person.
create function waymark.impact_numbers() returns jsonb
  language plpgsql stable security definer set search_path = waymark, public, pg_temp as $$
declare today constant date := (now() at time zone time_zone())::date;
begin
  if not has_right('basis.manage') then
    raise exception 'that is for the data protection officer' using errcode = 'insufficient_privilege';
  end if;
  return jsonb_build_object(
    'people', (select count(*) from person where state = 1),
    'records', (select count(*) from person),
    'households', (select count(*) from household),
    'identities', (select count(*) from identity),
    'assessments', (select count(*) from assessment where subject_kind <> 'place'),
    'readings30', (select count(*) from identity_read where at >= now() - interval '30 days'),
    'readers30', (select count(distinct actor_id) from identity_read where at >= now() - interval '30 days'),
    'open', (select count(*) from person_request where state = 'open'),
    'overdue', (select count(*) from person_request where state = 'open' and due_on < today),
    'restricted', (select count(*) from person where restricted_at is not null),
    'erased', (select count(*) from erasure),
    'holds', (select count(*) from legal_hold where ended_at is null and until_on >= today),
    'due', (select count(*) from retention_due where coalesce(keep_until, '-infinity') < today),
    'unfounded', (select count(*) from person p left join lawful_basis b using (basis_id) where p.state = 1 and (b.basis_id is null or b.ended_at is not null)),
    'organisations', (select count(distinct organisation_id) from assignment where kind = 'referral' and ended_at is null),
    'referred', (select count(distinct person_id) from assignment where kind = 'referral' and ended_at is null),
    'vaultKey', (select jsonb_build_object('id', key_id, 'madeAt', made_at) from vault_key where state <> 'gone' order by made_at desc limit 1),
    'accounts', (select coalesce(jsonb_object_agg(r.role, r.n), '{}') from (select o.role, count(distinct o.account_id) as n from post o
       join account a using (account_id) where o.ended_at is null and a.disabled_at is null group by 1) r),
    'demo', (select is_demo from installation), 'peopleKept', people_kept());
end $$;
grant execute on function waymark.impact_numbers to waymark_app;

-- Who looked at somebody, for herself and those who may read who she is: days and roles, no account.
create function waymark.readings_of(p_region integer, p_person uuid) returns table (day date, role text, action text, times integer)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select (r.at at time zone time_zone())::date, role_of_actor(r.actor_id), r.action, count(*)::integer
  from identity_read r where r.person_id = p_person and may_read_identity(p_region, p_person)
  group by 1, 2, 3 order by 1 desc, 2, 3 limit 1000
$$;
grant execute on function waymark.readings_of to waymark_app;

-- With whom her record is or was shared, for the same readers.
create function waymark.shared_with(p_region integer, p_person uuid)
  returns table (organisation_id uuid, given_at timestamptz, until_at timestamptz, ended_at timestamptz)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select a.organisation_id, a.given_at, a.until_at, a.ended_at from assignment a
  where a.region_id = p_region and a.person_id = p_person and a.kind = 'referral' and may_read_identity(p_region, p_person)
$$;
-- Which roles must prove a second time: no secret, and the data protection officer answers for it.
create function waymark.proof_policy() returns table (role text, asked boolean)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select p.role, p.second_proof from role_policy p where has_right('basis.manage')
$$;
grant execute on function waymark.shared_with, waymark.proof_policy to waymark_app;

-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The register of people: on which lawful basis, with whose consent, and what became of whom (people/domain/{basis,consent,state}.ts).

-- An installation can run on places and alerts alone. Nobody is recorded until that is switched on, and before that a basis is stated.
-- Which day it is where the places are: the session's own is that of no village.
create function waymark.today() returns date language sql stable parallel safe
  return (now() at time zone waymark.time_zone())::date;
grant execute on function waymark.today to waymark_app, waymark_jobs, waymark_auth;

alter table waymark.installation add column people_kept boolean not null default false;
update waymark.installation set people_kept = is_demo or exists (select from waymark.person);

create table waymark.lawful_basis (
  basis_id      uuid primary key,
  title         text not null check (length(title) between 1 and 200),
  -- The grounds that laws on personal data know; which law, the citation says.
  ground        text not null check (ground in ('consent', 'legal_obligation', 'vital_interests', 'public_task', 'legitimate_interests')),
  citation      text not null check (length(citation) between 1 and 2000),
  purposes      text[] not null check (cardinality(purposes) > 0),
  needs_consent boolean not null,               -- whether each person (and a child's guardian) is asked as well
  from_on       date not null,
  ended_at      timestamptz,
  created_by    text not null,
  created_at    timestamptz not null default now(),
  version       integer not null default 1,
  constraint consent_is_asked check (ground <> 'consent' or needs_consent)
);
alter table waymark.lawful_basis enable row level security, force row level security;
create policy owner_all on waymark.lawful_basis to waymark_owner using (true) with check (true);
create policy signed_in_reads on waymark.lawful_basis for select to waymark_app using (waymark.actor_id() is not null);
create policy officer_writes on waymark.lawful_basis for all to waymark_app
  using (waymark.has_right('basis.manage')) with check (waymark.has_right('basis.manage'));
grant select, insert, update on waymark.lawful_basis to waymark_app;

create function waymark.people_kept() returns boolean
  language sql stable parallel safe
  return coalesce((select people_kept from waymark.installation), false);
grant execute on function waymark.people_kept to waymark_app, waymark_jobs;

-- On needs a stated basis, off an empty register: nobody's record is left lying where nobody may look after it.
create function waymark.set_people_kept(p_kept boolean) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if not has_right('settings.manage') then
    raise exception 'the settings are not yours to change' using errcode = 'insufficient_privilege';
  end if;
  if p_kept and not exists (select from lawful_basis where ended_at is null and from_on <= today()) then
    raise exception 'no lawful basis is stated' using errcode = 'WM001';
  end if;
  if not p_kept and exists (select from person) then
    raise exception 'people are recorded' using errcode = 'WM002';
  end if;
  update installation set people_kept = p_kept;
end $$;
grant execute on function waymark.set_people_kept to waymark_app;

alter table waymark.household add column batch_id uuid, add column ended_on date;
alter table waymark.person
  add column state          smallint not null default 1 check (state between 1 and 5), -- 1 here, 2 died, 3 left, 4 merged into another, 5 erased
  add column state_on       date,
  add column merged_into    uuid,                  -- of the same installation, its region in merged_region
  add column merged_region  integer,
  add column born_precision smallint not null default 2 check (born_precision between 1 and 3), -- born_on is known to the year, month, day
  add column basis_id       uuid references waymark.lawful_basis,
  add column batch_id       uuid,
  add column restricted_at  timestamptz,           -- since then the record is kept and used no further (0032)
  add column restricted_for text check (restricted_for in ('objection', 'withdrawal')),
  add constraint restricted_for_something check ((restricted_at is null) = (restricted_for is null)),
  add constraint merged_somewhere check ((state = 4) = (merged_into is not null and merged_region is not null));
create index person_batch on waymark.person using brin (batch_id) with (pages_per_range = 32);
create index household_batch on waymark.household using brin (batch_id) with (pages_per_range = 32);

-- Whether there is such a person anywhere; says nothing else.
create function waymark.is_registered(p_region integer, p_person uuid) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select exists (select from person where region_id = p_region and person_id = p_person)
    and (has_right('consent.write') or has_right('people.import'))
$$;
grant execute on function waymark.is_registered to waymark_app;

-- What a person (or her guardian) said about the use of what is known of her. Never changed: withdrawing is one more row.
create table waymark.consent_event (
  region_id   integer not null,
  event_id    uuid not null,
  person_id   uuid not null,
  purpose     text not null check (purpose in ('register', 'assist', 'share', 'contact', 'research')),
  act         text not null check (act in ('given', 'refused', 'withdrawn')),
  by_whom     text not null check (by_whom in ('self', 'guardian', 'assent')),
  way         text not null check (way in ('spoken', 'written', 'thumbprint', 'on_file')),
  language    text,
  wording     text,                             -- which version of the text was read out
  organisation_id uuid references waymark.organisation,   -- with whom it is shared, where that was said
  observed_at timestamptz not null,
  recorded_at timestamptz not null default now(),
  actor_id    text not null,
  batch_id    uuid,
  primary key (region_id, event_id)
);
create index consent_of on waymark.consent_event (region_id, person_id, observed_at);
create trigger append_only before update on waymark.consent_event for each statement execute function waymark.refuse_change();
alter table waymark.consent_event enable row level security, force row level security;
create policy owner_all on waymark.consent_event to waymark_owner using (true) with check (true);
create policy reads on waymark.consent_event for select to waymark_app using (
  waymark.has_right('consent.read')
  or (waymark.has_right('people.read') or waymark.has_right('assigned.read') or waymark.has_right('own.read'))
     and waymark.subject_in_scope('person', region_id, person_id));
-- Consent comes before the person it is about, in the same transaction, so that the person may be written at all.
create policy writes on waymark.consent_event for insert to waymark_app with check (
  actor_id = waymark.actor_id() and observed_at <= recorded_at
  and (waymark.has_right('consent.write') or waymark.has_right('people.import'))
  and (waymark.subject_in_scope('person', region_id, person_id) or not waymark.is_registered(region_id, person_id)));
grant select, insert on waymark.consent_event to waymark_app;
create policy jobs_read on waymark.consent_event for select to waymark_jobs using (true);
grant select on waymark.consent_event to waymark_jobs;

-- What happened to a record: registered, moved, corrected, died ... Never changed; a mistake is one more row.
create table waymark.person_event (
  region_id   integer not null,
  event_id    uuid not null,
  person_id   uuid not null,
  kind        text not null check (kind in ('registered', 'moved', 'household', 'corrected', 'identity', 'died', 'left', 'returned',
                                            'merged', 'unmerged', 'objected', 'objection_ended', 'use_ended', 'used_again')),
  on_date     date not null,
  before      jsonb,                            -- place, household, sex, birth date, state: what changed, never a name
  after       jsonb,
  recorded_at timestamptz not null default now(),
  actor_id    text not null,
  batch_id    uuid,
  primary key (region_id, event_id)
);
create index person_event_of on waymark.person_event (region_id, person_id, on_date, recorded_at);
create trigger append_only before update on waymark.person_event for each statement execute function waymark.refuse_change();
alter table waymark.person_event enable row level security, force row level security;
create policy owner_all on waymark.person_event to waymark_owner using (true) with check (true);
create policy reads on waymark.person_event for select to waymark_app using (
  (waymark.has_right('people.read') or waymark.has_right('assigned.read') or waymark.has_right('own.read'))
  and waymark.subject_in_scope('person', region_id, person_id));
create policy writes on waymark.person_event for insert to waymark_app with check (
  actor_id = waymark.actor_id() and waymark.has_right('people.write') and waymark.subject_in_scope('person', region_id, person_id));
grant select, insert on waymark.person_event to waymark_app;
create policy jobs_read on waymark.person_event for select to waymark_jobs using (true);
grant select on waymark.person_event to waymark_jobs;

-- Whether what was said allows the record, by people/domain/consent.ts: the latest word of everybody who has to be asked is "given".
-- From eighteen (and where no age is known) she herself; younger, a guardian, and from seven her own assent too.
create function waymark.consent_stands(p_region integer, p_person uuid, p_purpose text, p_age integer) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  with latest as (
    select distinct on (by_whom) by_whom, act from consent_event
    where region_id = p_region and person_id = p_person and purpose = p_purpose
    order by by_whom, observed_at desc, recorded_at desc, event_id desc)
  select case
    when p_age is null or p_age >= 18 then exists (select from latest where by_whom = 'self' and act = 'given')
    else exists (select from latest where by_whom = 'guardian' and act = 'given')
      and (p_age < 7 or exists (select from latest where by_whom in ('assent', 'self') and act = 'given'))
      and not exists (select from latest where by_whom in ('assent', 'self') and act <> 'given') end
$$;
grant execute on function waymark.consent_stands to waymark_jobs;

-- No basis, no record; and where the basis asks people, no record without their word. The owner (tests, tools, a restore) is not asked;
-- whoever serves requests is, whatever way the row takes.
create function waymark.refuse_unfounded_people() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare today constant date := today();
begin
  if session_user <> 'waymark_app' then return null; end if;
  if not people_kept() then
    raise exception 'this installation keeps no people' using errcode = 'WM003';
  end if;
  if exists (select from new_rows n left join lawful_basis b using (basis_id)
             where b.basis_id is null or b.ended_at is not null or b.from_on > today) then
    raise exception 'a person without a lawful basis that is in force' using errcode = 'WM001';
  end if;
  if exists (select from new_rows n join lawful_basis b using (basis_id)
             where b.needs_consent and not consent_stands(n.region_id, n.person_id, 'register', age_on(n.born_on, today))) then
    raise exception 'a person without consent' using errcode = 'WM004';
  end if;
  return null;
end $$;
create trigger founded after insert on waymark.person
  referencing new table as new_rows for each statement execute function waymark.refuse_unfounded_people();

create function waymark.refuse_people_where_none_are_kept() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if session_user = 'waymark_app' and not people_kept() then
    raise exception 'this installation keeps no people' using errcode = 'WM003';
  end if;
  return null;
end $$;
create trigger kept before insert on waymark.household for each statement execute function waymark.refuse_people_where_none_are_kept();
create trigger kept before insert on waymark.consent_event for each statement execute function waymark.refuse_people_where_none_are_kept();

create function waymark.refuse_answers_of_nobody() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if session_user = 'waymark_app' and not people_kept() and exists (select from new_rows where subject_kind <> 'place') then
    raise exception 'this installation keeps no people' using errcode = 'WM003';
  end if;
  return null;
end $$;
create trigger kept after insert on waymark.assessment
  referencing new table as new_rows for each statement execute function waymark.refuse_answers_of_nobody();

-- Protected answers count, and are read by nobody but the person and her case worker: nobody reads the packed answers themselves.
-- Everybody else gets them with each protected byte replaced by the worst of them, 2 or 3 (or nothing): enough for one "private reason"
-- (risk/domain/drivers.ts), and no more.
do $$ declare t text; begin
  foreach t in array array['assessment', 'standing'] loop
    execute format('revoke select on waymark.%I from waymark_app', t);
    execute (select format('grant select (%s) on waymark.%I to waymark_app', string_agg(quote_ident(attname), ', '), t)
             from pg_attribute where attrelid = format('waymark.%I', t)::regclass and attnum > 0 and not attisdropped and attname <> 'answers');
  end loop;
end $$;

create function waymark.masked_answers(p_answers bytea, p_protected smallint[]) returns bytea
  language plpgsql immutable parallel safe as $$
declare worst integer := 0; at smallint; b integer; masked bytea := p_answers;
begin
  foreach at in array p_protected loop
    b := get_byte(p_answers, at);
    if b in (2, 3) then worst := greatest(worst, b); end if;
  end loop;
  foreach at in array p_protected loop masked := set_byte(masked, at, worst); end loop;
  return masked;
end $$;

-- Of a version, the bytes that hold protected answers: also to a question that only another version marks, such as a later one; what was said of it is the same.
create function waymark.protected_positions(p_instrument uuid) returns smallint[]
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select coalesce(array_agg(x.position order by x.position), '{}') from instrument_indicator x
  where x.instrument_id = p_instrument and exists (select from instrument v where v.code = x.instrument_code and x.code = any (v.protected_codes))
$$;
grant execute on function waymark.masked_answers, waymark.protected_positions to waymark_app, waymark_jobs;

-- The answers of assessments, as whoever asks may see them; those she may not see at all are left out.
create function waymark.assessment_answers(p_regions integer[], p_ids uuid[])
  returns table (region_id integer, assessment_id uuid, answers bytea, whole boolean)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  with asked as materialized (
    select a.region_id, a.assessment_id, a.subject_kind, a.subject_id, a.instrument_id, a.answers,
           session_user <> 'waymark_app' or has_right('protected.read') and case a.subject_kind when 'person' then assigned_to_me(a.region_id, a.subject_id)
             when 'household' then household_assigned_to_me(a.region_id, a.subject_id) else false end as whole
    from unnest(p_regions, p_ids) k(region_id, assessment_id) join assessment a using (region_id, assessment_id)
  )
  select a.region_id, a.assessment_id,
         case when a.whole or a.subject_kind = 'place' then a.answers else masked_answers(a.answers, protected_positions(a.instrument_id)) end,
         a.whole or a.subject_kind = 'place'
  from asked a
  where session_user <> 'waymark_app' or case a.subject_kind
    when 'place' then has_right('risk.read') and in_scope_or_large(a.subject_id)
    else (has_right('people.read') or has_right('assigned.read') or has_right('own.read'))
      and subject_in_scope(a.subject_kind, a.region_id, a.subject_id) end
$$;
-- The same of standings of people.
create function waymark.standing_answers(p_code text, p_regions integer[], p_ids uuid[])
  returns table (region_id integer, subject_id uuid, answers bytea, whole boolean)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  with hidden as materialized (
    select instrument_version, protected_positions(instrument_id) as positions
    from (select i.version as instrument_version, i.instrument_id from instrument i where i.code = p_code) v
  ), asked as materialized (
    select s.region_id, s.subject_id, s.instrument_version, s.answers,
           session_user <> 'waymark_app' or has_right('protected.read') and assigned_to_me(s.region_id, s.subject_id) as whole
    from unnest(p_regions, p_ids) k(region_id, subject_id)
    join standing s on s.region_id = k.region_id and s.instrument_code = p_code and s.subject_kind = 'person' and s.subject_id = k.subject_id
  )
  select a.region_id, a.subject_id, case when a.whole then a.answers else masked_answers(a.answers, h.positions) end, a.whole
  from asked a join hidden h using (instrument_version)
  where session_user <> 'waymark_app'
    or (has_right('people.read') or has_right('assigned.read')) and subject_in_scope('person', a.region_id, a.subject_id)
$$;
grant execute on function waymark.assessment_answers, waymark.standing_answers to waymark_app;

-- As in 0009, in a language whose plans a connection keeps: asked for every answer that is saved.
create or replace function waymark.valid_untils(instrument uuid, observed_at timestamptz) returns timestamptz[]
  language plpgsql stable parallel safe as $$
declare z constant text := waymark.time_zone();
begin
  return (select array_agg(((valid_untils.observed_at at time zone z) + make_interval(months => m)) at time zone z order by m)
          from (select distinct months as m from waymark.instrument_indicator i where i.instrument_id = instrument) x);
end $$;
create or replace function waymark.made_of_statistics(p_instrument uuid) returns boolean
  language plpgsql stable parallel safe set search_path = waymark, public, pg_temp as $$
begin
  return (select jsonb_path_exists(i.definition, '$.indicators[*].cuts') from instrument i where i.instrument_id = p_instrument);
end $$;

-- As in 0013, where p_until may say for each holder that what was recorded later counts for nothing, and p_as under which other id its answers are
-- given: a household as it is held for one of its members whose record is used no further (0032).
drop function waymark.held_answers(text, text[], integer[], uuid[], timestamptz, boolean);
create function waymark.held_answers(p_code text, p_kinds text[], p_regions integer[], p_ids uuid[], p_at timestamptz, p_measured boolean,
    p_until timestamptz[] default null, p_as uuid[] default null)
  returns table (kind text, id uuid, "position" smallint, side integer, two_sided boolean, answer integer, observed_at timestamptz,
                 ends_at timestamptz, origin text)
  language plpgsql stable set search_path = waymark, public, pg_temp set enable_nestloop = on as $$
#variable_conflict use_column
begin
  return query
  with source as materialized (
    select si.instrument_id, si.position as at_byte, si.by_sex, si.slot, t.position, t.unit,
           bool_or(si.by_sex) over (partition by t.position) as two_sided
    from instrument live
    join instrument_indicator t on t.instrument_id = live.instrument_id
    join instrument_indicator si on si.instrument_code = p_code and si.code = t.code
    where live.code = p_code and live.state = 'live'
  ), route as materialized (
    select so.*, d.side from source so join (values (0), (1)) d(side) on d.side = 0 or so.two_sided
  ), said as materialized (
    select h.n, a.region_id, a.assessment_id, a.subject_kind, a.instrument_id, a.answers, a.observed_at, a.valid_until, a.origin,
           exists (select from assessment c where c.region_id = a.region_id and c.supersedes = a.assessment_id) as corrected,
           row_number() over (partition by h.n order by a.observed_at desc, a.recorded_at desc, a.assessment_id desc)::integer as nth
    from unnest(p_kinds, p_regions, p_ids) with ordinality h(kind, region_id, id, n)
    join assessment a on a.region_id = h.region_id and a.subject_kind = h.kind and a.subject_id = h.id
    where a.observed_at <= p_at and (a.origin = 'measured' or not p_measured) and (p_until is null or a.recorded_at <= coalesce(p_until[h.n], 'infinity'))
      and (a.batch_id is null or not exists (select from import_batch b where b.batch_id = a.batch_id and b.state = 'undone'))
  ), answered as (
    select distinct on (s.n, r.position, r.side)
           s.n, s.subject_kind, r.position, r.side, r.two_sided, b.answer, s.observed_at, s.valid_until[r.slot] as ends_at, s.origin
    from said s
    join route r on r.instrument_id = s.instrument_id and r.unit = s.subject_kind
    cross join lateral (select get_byte(s.answers, r.at_byte) as byte offset 0) g
    cross join lateral (select case when not r.by_sex then g.byte when r.side = 0 then g.byte & 15 else g.byte >> 4 end as answer) b
    where g.byte <> 0 and b.answer between 1 and 6
      and not (s.corrected and exists (
        select from assessment c
        join source cs on cs.instrument_id = c.instrument_id and cs.position = r.position
        where c.region_id = s.region_id and c.supersedes = s.assessment_id and (p_until is null or c.recorded_at <= coalesce(p_until[s.n], 'infinity'))
          and case when not cs.by_sex then get_byte(c.answers, cs.at_byte)
                   when r.side = 0 then get_byte(c.answers, cs.at_byte) & 15
                   else get_byte(c.answers, cs.at_byte) >> 4 end <> 0
          and not exists (select from import_batch b where b.batch_id = c.batch_id and b.state = 'undone')))
    order by s.n, r.position, r.side, s.nth
  )
  select subject_kind, coalesce(p_as[n], p_ids[n]), position, side, two_sided, answer, observed_at, ends_at, origin from answered where ends_at > p_at;
end $$;
grant execute on function waymark.held_answers to waymark_jobs;

-- Scoring, as it was (0013, 0015), of those who are here: whoever died, left or was merged has no standing.
-- The places around a place are looked up by their paths, one by one: by an index that holds what is asked for, in place of the one that finds
-- whole subtrees, which the planner took for it and which takes six times as long.
alter table waymark.place drop constraint place_path_key, add constraint place_path_key unique (path) include (region_id, place_id);
-- Everything a standing keeps, for a set of people, as it is at `p_at`. Their place, sex and birth date are today's. The planner does not know
-- how many they are, and would compare each with each ("enable_nestloop"); "offset 0" says what is looked up by an index all the same.
create or replace function waymark.score_people(p_code text, p_regions integer[], p_ids uuid[], p_at timestamptz)
  returns table (region_id integer, person_id uuid, place_id uuid, sex smallint, age_group smallint, version integer,
                 excess integer, known integer, applicable integer, band smallint, answers bytea,
                 observed_at timestamptz, valid_until timestamptz, next_change timestamptz)
  language plpgsql stable set search_path = waymark, public, pg_temp set enable_nestloop = off as $$
#variable_conflict use_column
declare
  zone text := waymark.time_zone();
  today date := (p_at at time zone zone)::date;
  kinds text[]; regions integer[]; ids uuid[]; named uuid[]; until timestamptz[];
  ahead_ids uuid[]; ahead_at timestamptz[];
begin
  -- Whose answers are asked for: hers, her household's, those of her place and of the places around it. For somebody whose record is used no
  -- further, what was recorded of her household since counts for nothing: hers is asked for apart, under her own id.
  select array_agg(h.kind), array_agg(h.region_id), array_agg(h.id), array_agg(h.named), array_agg(h.until) into kinds, regions, ids, named, until from (
    with subject as materialized (
      select p.region_id, p.person_id, p.household_id, p.place_id, p.restricted_at,
             case when p.restricted_at is null then p.household_id else p.person_id end as named
      from unnest(p_regions, p_ids) u(region_id, person_id)
      cross join lateral (select * from person p where p.region_id = u.region_id and p.person_id = u.person_id and p.state = 1 offset 0) p)
    select 'person' as kind, region_id, person_id as id, person_id as named, null::timestamptz as until from subject
    union all select distinct 'household', region_id, household_id, named, restricted_at from subject where household_id is not null
    union all select distinct 'place', a.region_id, a.place_id, a.place_id, null::timestamptz
      from (select distinct place_id from subject) s cross join lateral (select p.path from place p where p.place_id = s.place_id offset 0) p
      join generate_series(1, nlevel(p.path)) i on true
      -- One by one, by the index: else every place there is would be read for one person.
      cross join lateral (select q.region_id, q.place_id from place q where q.path = subpath(p.path, 0, i) offset 0) a
  ) h;
  if array_remove(until, null) = '{}' then until := null; named := null; end if;
  -- What was told while a clock was ahead of this one counts when its moment comes, and then by itself.
  select array_agg(coalesce(h.named, h.id)), array_agg(a.observed_at) into ahead_ids, ahead_at
  from unnest(kinds, regions, ids, named, until) h(kind, region_id, id, named, until)
  cross join lateral (
    select a.observed_at from assessment a join instrument v on v.instrument_id = a.instrument_id and v.code = p_code
    where a.region_id = h.region_id and a.subject_kind = h.kind and a.subject_id = h.id and a.observed_at > p_at and a.origin = 'measured'
      and a.recorded_at <= coalesce(h.until, 'infinity')
      and (a.batch_id is null or not exists (select from import_batch b where b.batch_id = a.batch_id and b.state = 'undone'))
    order by a.observed_at limit 1) a;
  return query
  with live as materialized (
    select instrument_id, version, (definition->'bands'->>'medium')::integer as medium, (definition->'bands'->>'high')::integer as high,
           (definition->'bands'->>'coverage')::integer as coverage
    from instrument where code = p_code and state = 'live'
  ), target as materialized (
    select t.position, t.weight from live join instrument_indicator t using (instrument_id)
  ), subject as materialized (
    select p.region_id, p.person_id, case when p.restricted_at is null then p.household_id else p.person_id end as household_id, p.place_id, p.sex, p.born_on
    from unnest(p_regions, p_ids) u(region_id, person_id)
    cross join lateral (select * from person p where p.region_id = u.region_id and p.person_id = u.person_id and p.state = 1 offset 0) p
  ), held as materialized (
    select * from held_answers(p_code, kinds, regions, ids, p_at, true, until, named)
  ), place_held as materialized (
    select distinct on (s.place_id, h.position, h.side) s.place_id, h.*
    from (select distinct place_id from subject) s cross join lateral (select p.path from place p where p.place_id = s.place_id offset 0) p
    join generate_series(1, nlevel(p.path)) i on true
    cross join lateral (select q.region_id, q.place_id from place q where q.path = subpath(p.path, 0, i) offset 0) a
    join held h on h.kind = 'place' and h.id = a.place_id
    order by s.place_id, h.position, h.side, i desc
  ), picked as (
    select s.region_id, s.person_id, s.sex, h.position, h.side, h.two_sided, h.answer, h.observed_at, h.ends_at
      from subject s join held h on h.kind = 'person' and h.id = s.person_id
    union all select s.region_id, s.person_id, s.sex, h.position, h.side, h.two_sided, h.answer, h.observed_at, h.ends_at
      from subject s join held h on h.kind = 'household' and h.id = s.household_id
    union all select s.region_id, s.person_id, s.sex, h.position, h.side, h.two_sided, h.answer, h.observed_at, h.ends_at
      from subject s join place_held h on h.place_id = s.place_id
  ), joined as (
    -- A by-sex answer counts on the person's side; where her sex is not known both sides must be there and agree.
    select region_id, person_id, position, max(observed_at) as observed_at, min(ends_at) as ends_at,
           case when min(answer) = max(answer) and count(*) = case when bool_or(two_sided) and sex not in (1, 2) then 2 else 1 end
                then min(answer) else 0 end as answer
    from picked where not two_sided or sex not in (1, 2) or side = case sex when 2 then 0 else 1 end
    group by region_id, person_id, position, sex
  ), summed as (
    select s.region_id, s.person_id, s.place_id, s.sex, s.born_on,
           coalesce(sum(t.weight * (j.answer - 1)) filter (where j.answer between 1 and 3), 0)::integer as excess,
           coalesce(sum(t.weight) filter (where j.answer between 1 and 3), 0)::integer as known,
           coalesce(sum(t.weight) filter (where j.answer is distinct from 6), 0)::integer as applicable,
           string_agg(substr('\x00010203040506'::bytea, coalesce(j.answer, 0) + 1, 1), ''::bytea order by t.position) as answers,
           max(j.observed_at) filter (where j.answer in (1, 2, 3, 6)) as observed_at,
           min(j.ends_at) filter (where j.answer in (1, 2, 3, 6)) as valid_until,
           min(j.ends_at) as next_end
    from subject s cross join target t
    left join joined j on j.region_id = s.region_id and j.person_id = s.person_id and j.position = t.position
    group by s.region_id, s.person_id, s.place_id, s.sex, s.born_on
  )
  select r.region_id, r.person_id, r.place_id, r.sex, age_group_on(r.born_on, today), l.version, r.excess, r.known, r.applicable,
         band_of(r.excess, r.known, r.applicable, l.medium, l.high, l.coverage), r.answers, r.observed_at, r.valid_until,
         least(r.next_end, next_age_group_date(r.born_on, today)::timestamp at time zone zone,
               case when ahead_ids is not null then (
                 select min(f.at) from unnest(ahead_ids, ahead_at) f(id, at)
                 where f.id = r.person_id or f.id = (select p.household_id from person p where p.region_id = r.region_id and p.person_id = r.person_id and p.restricted_at is null)
                    or exists (select from place p join place q on p.path <@ q.path where p.place_id = r.place_id and q.place_id = f.id)) end)
  from summed r cross join live l;
end $$;

create or replace function waymark.score_people_anew(p_code text, p_regions integer[], p_ids uuid[], p_at timestamptz) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare changed integer; gone integer := 0;
begin
  -- Answers are counted, whatever the session says: only an import counts its own (0030).
  perform set_config('waymark.importing', '', true);
  -- Who died, left for good or was found to be somebody already known is counted no longer.
  if exists (select from unnest(p_regions, p_ids) u(region_id, person_id)
      where not exists (select from person p where p.region_id = u.region_id and p.person_id = u.person_id and p.state = 1)) then
    delete from standing s using unnest(p_regions, p_ids) u(region_id, person_id)
    where s.region_id = u.region_id and s.instrument_code = p_code and s.subject_kind = 'person' and s.subject_id = u.person_id
      and not exists (select from person p where p.region_id = u.region_id and p.person_id = u.person_id and p.state = 1);
    get diagnostics gone = row_count;
  end if;
  insert into standing as s (region_id, instrument_code, subject_kind, subject_id, place_id, sex, age_group, instrument_version,
                             excess, known, applicable, band, answers, observed_at, valid_until, next_change, computed_at)
  select r.region_id, p_code, 'person', r.person_id, r.place_id, r.sex, r.age_group, r.version,
         r.excess, r.known, r.applicable, r.band, r.answers, r.observed_at, r.valid_until, r.next_change, p_at
  from score_people(p_code, p_regions, p_ids, p_at) r
  order by r.region_id, r.person_id
  on conflict (region_id, instrument_code, subject_kind, subject_id) do update
    set place_id = excluded.place_id, sex = excluded.sex, age_group = excluded.age_group, instrument_version = excluded.instrument_version,
        excess = excluded.excess, known = excluded.known, applicable = excluded.applicable,
        band = excluded.band, answers = excluded.answers, observed_at = excluded.observed_at, valid_until = excluded.valid_until,
        next_change = excluded.next_change, computed_at = excluded.computed_at
    where (s.place_id, s.sex, s.age_group, s.instrument_version, s.excess, s.known, s.applicable, s.band, s.answers,
           s.observed_at, s.valid_until, s.next_change)
      is distinct from (excluded.place_id, excluded.sex, excluded.age_group, excluded.instrument_version, excluded.excess,
                        excluded.known, excluded.applicable, excluded.band, excluded.answers,
                        excluded.observed_at, excluded.valid_until, excluded.next_change);
  get diagnostics changed = row_count;
  return changed + gone;
end $$;


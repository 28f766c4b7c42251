-- SPDX-License-Identifier: AGPL-3.0-or-later
-- One visit, one imported row: the answers to one instrument on one subject at one moment. Each non-zero byte of
-- `answers` is one observation (assessment_id, position), so 28 observations stand in one row of about 200 bytes.
-- A byte: 0 not asked, 1 2 3 scores, 4 unknown, 5 refused, 6 not applicable, 7 withdrawn (only with supersedes).
-- Where an indicator holds one answer per sex: low four bits for females, high four bits for males.
-- A correction or retraction names the assessment it supersedes; each non-zero byte of it voids that one's answer
-- at the same position, for good.
create table waymark.assessment (
  region_id     integer not null,
  assessment_id uuid not null,
  subject_kind  text not null check (subject_kind in ('person', 'household', 'place')),
  subject_id    uuid not null,
  instrument_id uuid not null,            -- asked for by triggers: 0017_references.sql
  origin        text not null default 'measured' check (origin in ('measured', 'summed')), -- summed: from the places below
  answers       bytea not null,
  observed_at   timestamptz not null,
  recorded_at   timestamptz not null default now(),
  valid_until   timestamptz[] not null,   -- one a distinct validity of the instrument, ascending in months; set once
  supersedes    uuid,
  batch_id      uuid,                     -- as instrument_id
  actor_id      text not null,
  primary key (region_id, assessment_id)
);
create index assessment_subject on waymark.assessment (region_id, subject_kind, subject_id, observed_at desc);
create index assessment_supersedes on waymark.assessment (region_id, supersedes) where supersedes is not null;
-- Answers of one import lie together, because an import writes them at once: a range of pages finds them as well as an entry a row, and
-- costs nothing to keep.
create index assessment_batch on waymark.assessment using brin (batch_id) with (pages_per_range = 32);
create trigger append_only before update or delete on waymark.assessment for each statement execute function waymark.refuse_change();

create function waymark.subject_in_scope(kind text, region integer, subject uuid) returns boolean
  language sql stable parallel safe
  return case kind
    when 'place' then waymark.in_scope(subject)
    when 'household' then exists (
      select from waymark.household h where h.region_id = region and h.household_id = subject and waymark.in_scope(h.place_id))
    when 'person' then exists (
      select from waymark.person p where p.region_id = region and p.person_id = subject and waymark.in_scope(p.place_id))
    else false end;
grant execute on function waymark.subject_in_scope to waymark_app, waymark_jobs;

alter table waymark.assessment enable row level security, force row level security;
create policy owner_all on waymark.assessment to waymark_owner using (true) with check (true);
create policy jobs_all on waymark.assessment to waymark_jobs using (true) with check (true);
create policy scope_reads on waymark.assessment for select to waymark_app using (
  case subject_kind
    when 'place' then waymark.has_right('risk.read') and waymark.in_scope_or_large(subject_id)
    else waymark.has_right('people.read') and waymark.subject_in_scope(subject_kind, region_id, subject_id) end);
-- What nobody can take back must be believable when it comes in. Answers scored from statistics come with the file that measured them, not
-- from somebody who may record visits; and nobody saw anything before 1900 or later than it is written down.
create policy scope_writes on waymark.assessment for insert to waymark_app with check (
  case when waymark.made_of_statistics(instrument_id) then subject_kind = 'place' and waymark.has_right('statistics.import')
    else waymark.has_right('assess.write') or (subject_kind = 'place' and waymark.has_right('statistics.import')) end
  and waymark.subject_in_scope(subject_kind, region_id, subject_id) and actor_id = waymark.actor_id()
  and observed_at >= '1900-01-01T00:00:00Z' and observed_at <= recorded_at);
grant select, insert on waymark.assessment to waymark_app;
grant select on waymark.assessment to waymark_jobs;

-- At which levels a country measured each indicator, and since when: one row for an import, one for all that was recorded by hand.
-- Assessments are only ever appended, so this only gains; what an undone import brought stays and is passed over when read.
create table waymark.measured_level (
  instrument_id uuid not null references waymark.instrument,
  position      smallint not null,                       -- byte of assessment.answers
  country       text not null,
  level         smallint not null,
  batch_id      uuid references waymark.import_batch,    -- null: recorded by hand
  since         timestamptz not null,                    -- the earliest observation
  constraint measured_level_once unique nulls not distinct (instrument_id, position, country, level, batch_id)
);
alter table waymark.measured_level enable row level security, force row level security;
create policy owner_all on waymark.measured_level to waymark_owner using (true) with check (true);
create policy jobs_read on waymark.measured_level for select to waymark_jobs using (true);
grant select on waymark.measured_level to waymark_jobs;

-- Does this byte answer anything, on either side? Withdrawn (7) is no answer.
create function waymark.answers_at(answers bytea, at_byte smallint, by_sex boolean) returns boolean language sql immutable parallel safe
  return case when by_sex then get_byte(answers, at_byte) & 15 between 1 and 6 or get_byte(answers, at_byte) >> 4 between 1 and 6
              else get_byte(answers, at_byte) between 1 and 6 end;
grant execute on function waymark.answers_at to waymark_jobs;

create function waymark.note_measured_levels() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  insert into measured_level as m (instrument_id, position, country, level, batch_id, since)
  select s.instrument_id, i.position, s.country, s.level, s.batch_id, min(s.since)
  from (select n.instrument_id, n.batch_id, p.country, p.level, n.answers, min(n.observed_at) as since
        from new_rows n join place p on p.place_id = n.subject_id
        where n.subject_kind = 'place' and n.origin = 'measured'
          and n.instrument_id in (select instrument_id from instrument where scores = 'place')
        group by 1, 2, 3, 4, 5) s
  join instrument_indicator i on i.instrument_id = s.instrument_id and answers_at(s.answers, i.position, i.by_sex)
  -- What is known already takes no lock.
  where not exists (select from measured_level k
    where k.instrument_id = s.instrument_id and k.position = i.position and k.country = s.country
                    and k.level = s.level and k.batch_id is not distinct from s.batch_id and k.since <= s.since)
  group by 1, 2, 3, 4, 5
  order by 1, 2, 3, 4, 5
  on conflict on constraint measured_level_once do update set since = least(m.since, excluded.since);
  return null;
end $$;
create trigger note_measured_levels after insert on waymark.assessment
  referencing new table as new_rows for each statement execute function waymark.note_measured_levels();

-- The deepest level at which each country has measured each indicator. An answer whose end has come still says at which level data are
-- made. For whoever may read figures or have anything scored.
create function waymark.deepest_measured(p_code text, p_countries text[], p_at timestamptz)
  returns table (country text, "position" smallint, level smallint)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select m.country, t.position, max(m.level)
  from instrument live
  join instrument_indicator t on t.instrument_id = live.instrument_id
  join instrument_indicator s on s.instrument_code = live.code and s.code = t.code
  join measured_level m on m.instrument_id = s.instrument_id and m.position = s.position
  where live.code = p_code and live.state = 'live' and m.country = any (p_countries) and m.since <= p_at
    and not exists (select from import_batch u where u.batch_id = m.batch_id and u.state = 'undone')
    and (session_user <> 'waymark_app' or has_right('risk.read') or has_right('assess.write') or has_right('people.write')
      or has_right('statistics.import') or has_right('places.import'))
  group by 1, 2
$$;
grant execute on function waymark.deepest_measured to waymark_jobs, waymark_app;

-- The same at several moments at once.
create function waymark.deepest_measured_on(p_code text, p_country text, p_moments timestamptz[])
  returns table (moment timestamptz, "position" smallint, level smallint)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select m.moment, d.position, d.level
  from unnest(p_moments) m(moment)
  cross join lateral deepest_measured(p_code, array[p_country], m.moment) d
$$;
grant execute on function waymark.deepest_measured_on to waymark_app;

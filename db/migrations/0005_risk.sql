-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Instruments are versioned data. definition is risk/domain/instrument.ts's Instrument, whole; the columns beside it
-- are what SQL needs of it.
create table waymark.instrument (
  instrument_id uuid primary key,
  code          text not null,
  version       integer not null check (version > 0),
  scores        text not null check (scores in ('person', 'place')),   -- what it gives a standing to
  definition    jsonb not null,
  indicators    text[] not null,               -- the code at each position
  protected_codes text[] not null default '{}',
  state         text not null check (state in ('live', 'retired')),
  created_at    timestamptz not null default now(),
  unique (code, version)
);
create unique index instrument_one_live on waymark.instrument (code) where state = 'live';

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
  instrument_id uuid not null references waymark.instrument,
  origin        text not null default 'measured' check (origin in ('measured', 'summed')), -- summed: from the places below
  answers       bytea not null,
  observed_at   timestamptz not null,
  recorded_at   timestamptz not null default now(),
  valid_until   timestamptz[] not null,   -- one a distinct validity of the instrument, ascending in months; set once
  supersedes    uuid,
  batch_id      uuid references waymark.import_batch,
  actor_id      text not null,
  primary key (region_id, assessment_id)
);
create index assessment_subject on waymark.assessment (region_id, subject_kind, subject_id, observed_at desc);
create index assessment_batch on waymark.assessment (batch_id) where batch_id is not null;

-- What is known of a subject now, kept at write time. index = 100 * excess / (2 * known), low = 100 * excess /
-- (2 * applicable), high = 100 * (excess + 2 * (applicable - known)) / (2 * applicable), coverage = known / applicable:
-- three integers hold them all exactly.
create table waymark.standing (
  region_id       integer not null,
  instrument_code text not null,
  subject_kind    text not null check (subject_kind in ('person', 'place')),
  subject_id      uuid not null,
  place_id        uuid not null references waymark.place,
  sex             smallint,                     -- people only: ISO 5218
  age_group       smallint,                     -- people only: people/domain/age-group.ts
  instrument_version integer not null,
  excess          integer not null,             -- sum of w * (s - 1) over known answers
  known           integer not null,             -- sum of w over known answers
  applicable      integer not null,             -- sum of w over all answers that are not "not applicable"
  band            smallint not null check (band between 0 and 3),  -- 0 unknown, 1 low, 2 medium, 3 high
  answers         bytea not null,               -- the answers that counted, one plain byte an indicator
  observed_at     timestamptz,                  -- the newest answer that counted
  valid_until     timestamptz,                  -- the earliest expiry among them: renew by then
  next_change     timestamptz,                  -- when the clock alone changes this row: an expiry or a birthday
  computed_at     timestamptz not null,
  primary key (region_id, instrument_code, subject_kind, subject_id)
);
create index standing_place on waymark.standing (region_id, place_id, instrument_code, subject_kind, band);
create index standing_next_change on waymark.standing (next_change) where next_change is not null;

-- How many people of each kind stand in each band, for every place and each of its ancestors. Kept by the trigger below;
-- nobody else writes it, so it cannot drift from the standings.
create table waymark.rollup (
  region_id       integer not null,
  place_id        uuid not null references waymark.place,
  instrument_code text not null,
  sex             smallint not null,
  age_group       smallint not null,
  band            smallint not null,
  n               integer not null,
  primary key (region_id, place_id, instrument_code, sex, age_group, band)
);
create index rollup_instrument on waymark.rollup (instrument_code, place_id);
-- How many people gave each scored answer; protected indicators are never counted here.
create table waymark.rollup_answer (
  region_id       integer not null,
  place_id        uuid not null references waymark.place,
  instrument_code text not null,
  indicator       text not null,
  score           smallint not null check (score between 1 and 3),
  n               integer not null,
  primary key (region_id, place_id, instrument_code, indicator, score)
);
-- The rollup as it stood at the end of each month, for history and for maps of a past date.
create table waymark.rollup_month (
  region_id       integer not null,
  place_id        uuid not null references waymark.place,
  instrument_code text not null,
  month_end       date not null,
  sex             smallint not null,
  age_group       smallint not null,
  band            smallint not null,
  n               integer not null,
  primary key (region_id, place_id, instrument_code, month_end, sex, age_group, band)
);

-- What an area statistic measured, beside the answer it was scored to.
create table waymark.area_statistic (
  region_id   integer not null,
  place_id    uuid not null references waymark.place,
  instrument_code text not null,
  indicator   text not null,
  batch_id    uuid not null references waymark.import_batch,
  observed_on date not null,
  value       double precision not null,      -- a share (0..1) or a rate, as the indicator says
  part        double precision,               -- numerator, when the file gives both: these sum upwards
  whole       double precision,
  origin      text not null check (origin in ('measured', 'summed')),
  places_with integer,                        -- summed only: from how many places below ...
  places_all  integer,                        -- ... of how many
  primary key (region_id, place_id, instrument_code, indicator, batch_id)
);
create index area_statistic_batch on waymark.area_statistic (batch_id);

do $$ declare t text; begin
  foreach t in array array['instrument', 'assessment', 'standing', 'rollup', 'rollup_answer', 'rollup_month', 'area_statistic'] loop
    execute format('alter table waymark.%I enable row level security', t);
    execute format('alter table waymark.%I force row level security', t);
    execute format('create policy owner_all on waymark.%I to waymark_owner using (true) with check (true)', t);
    execute format('create policy jobs_all on waymark.%I to waymark_jobs using (true) with check (true)', t);
    execute format('grant select on waymark.%I to waymark_app, waymark_jobs', t);
  end loop;
  -- Figures of people and of statistics: in scope, or of large areas.
  foreach t in array array['rollup', 'rollup_answer', 'rollup_month', 'area_statistic'] loop
    execute format('create policy scope_reads on waymark.%I for select to waymark_app using (waymark.has_right(''risk.read'') and waymark.in_scope_or_large(place_id))', t);
  end loop;
end $$;
create policy everyone_reads on waymark.instrument for select to waymark_app using (waymark.actor_id() is not null);
create policy managers_write on waymark.instrument for all to waymark_app
  using (waymark.has_right('instruments.manage')) with check (waymark.has_right('instruments.manage'));
grant insert, update on waymark.instrument to waymark_app;

-- A standing of a place is an aggregate; a standing of a person is hers, and only in scope.
create policy scope_reads on waymark.standing for select to waymark_app using (
  case subject_kind
    when 'place' then waymark.has_right('risk.read') and waymark.in_scope_or_large(place_id)
    else waymark.has_right('people.read') and waymark.in_scope(place_id) end);
create policy scope_writes on waymark.standing for all to waymark_app
  using ((waymark.has_right('assess.write') or waymark.has_right('statistics.import')) and waymark.in_scope(place_id))
  with check ((waymark.has_right('assess.write') or waymark.has_right('statistics.import')) and waymark.in_scope(place_id));
grant insert, update on waymark.standing to waymark_app;
grant insert, update, delete on waymark.standing to waymark_jobs;

create function waymark.subject_in_scope(kind text, region integer, subject uuid) returns boolean
  language sql stable parallel safe
  return case kind
    when 'place' then waymark.in_scope(subject)
    when 'household' then exists (select from waymark.household h where h.region_id = region and h.household_id = subject and waymark.in_scope(h.place_id))
    when 'person' then exists (select from waymark.person p where p.region_id = region and p.person_id = subject and waymark.in_scope(p.place_id))
    else false end;
create policy scope_reads on waymark.assessment for select to waymark_app using (
  case subject_kind
    when 'place' then waymark.has_right('risk.read') and waymark.in_scope_or_large(subject_id)
    else waymark.has_right('people.read') and waymark.subject_in_scope(subject_kind, region_id, subject_id) end);
create policy scope_writes on waymark.assessment for insert to waymark_app with check (
  (waymark.has_right('assess.write') or (subject_kind = 'place' and waymark.has_right('statistics.import')))
  and waymark.subject_in_scope(subject_kind, region_id, subject_id) and actor_id = waymark.actor_id());
grant insert on waymark.assessment to waymark_app, waymark_jobs;

create policy importers_write on waymark.area_statistic for all to waymark_app
  using (waymark.has_right('statistics.import') and waymark.in_scope(place_id))
  with check (waymark.has_right('statistics.import') and waymark.in_scope(place_id));
grant insert, delete on waymark.area_statistic to waymark_app;
grant insert, update, delete on waymark.rollup_month to waymark_jobs;

-- Rollups follow every statement on standing, in the same transaction, for the place and each of its ancestors. One
-- function a kind of statement, because a trigger with transition tables serves one only. Security definer: a person
-- who records an answer in her village may not write her province's figures, and yet they must follow.
do $do$ declare source text; op text; tables text; begin
  foreach op in array array['insert', 'update', 'delete'] loop
    source := concat_ws(' union all ',
      case when op <> 'delete' then $q$select *, 1 as d from new_rows where subject_kind = 'person'$q$ end,
      case when op <> 'insert' then $q$select *, -1 as d from old_rows where subject_kind = 'person'$q$ end);
    tables := concat_ws(' ',
      case when op <> 'insert' then 'old table as old_rows' end,
      case when op <> 'delete' then 'new table as new_rows' end);
    execute format($fn$
      create function waymark.rollup_after_%1$s() returns trigger
        language plpgsql security definer set search_path = waymark, public, pg_temp as $body$
      begin
        insert into rollup as r (region_id, place_id, instrument_code, sex, age_group, band, n)
        select a.region_id, a.place_id, x.instrument_code, x.sex, x.age_group, x.band, sum(x.n)
        from (select place_id, instrument_code, sex, age_group, band, sum(d)::integer as n from (%2$s) s
              group by 1, 2, 3, 4, 5 having sum(d) <> 0) x
        join place p using (place_id)
        join generate_series(1, nlevel(p.path)) i on true
        join place a on a.path = subpath(p.path, 0, i)
        group by 1, 2, 3, 4, 5, 6 having sum(x.n) <> 0
        order by 1, 2, 3, 4, 5, 6
        on conflict (region_id, place_id, instrument_code, sex, age_group, band) do update set n = r.n + excluded.n;

        insert into rollup_answer as r (region_id, place_id, instrument_code, indicator, score, n)
        select a.region_id, a.place_id, x.instrument_code, x.indicator, x.score, sum(x.n)
        from (select s.place_id, s.instrument_code, ins.indicators[i + 1] as indicator, get_byte(s.answers, i)::smallint as score,
                     sum(s.d)::integer as n
              from (%2$s) s
              join instrument ins on ins.code = s.instrument_code and ins.version = s.instrument_version
              join generate_series(0, length(s.answers) - 1) i on true
              where get_byte(s.answers, i) between 1 and 3 and ins.indicators[i + 1] <> all (ins.protected_codes)
              group by 1, 2, 3, 4 having sum(s.d) <> 0) x
        join place p using (place_id)
        join generate_series(1, nlevel(p.path)) i on true
        join place a on a.path = subpath(p.path, 0, i)
        group by 1, 2, 3, 4, 5 having sum(x.n) <> 0
        order by 1, 2, 3, 4, 5
        on conflict (region_id, place_id, instrument_code, indicator, score) do update set n = r.n + excluded.n;
        return null;
      end $body$;
      create trigger rollup_after_%1$s after %1$s on waymark.standing
        referencing %3$s for each statement execute function waymark.rollup_after_%1$s();
    $fn$, op, source, tables);
  end loop;
end $do$;

-- Append-only means append-only, for the owner too.
create function waymark.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger append_only before update or delete on waymark.assessment for each statement execute function waymark.refuse_change();
create trigger append_only before update or delete on waymark.audit_entry for each statement execute function waymark.refuse_change();

-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What is known of a subject now, kept at write time. index = 100 * excess / (2 * known), low = 100 * excess /
-- (2 * applicable), high = 100 * (excess + 2 * (applicable - known)) / (2 * applicable), coverage = known / applicable:
-- three integers hold them all exactly. Written by the functions of 0015_keeping_standings.sql alone.
create table waymark.standing (
  region_id       integer not null,
  instrument_code text not null,
  subject_kind    text not null check (subject_kind in ('person', 'place')),
  subject_id      uuid not null,
  place_id        uuid not null,                -- asked for by triggers: 0017_references.sql
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
  sources         bytea,                        -- places only: score_places
  primary key (region_id, instrument_code, subject_kind, subject_id)
);
-- None by place: nobody reads by it, and every change of a band would have to be written into it.
create index standing_next_change on waymark.standing (next_change) where next_change is not null;

alter table waymark.standing enable row level security, force row level security;
create policy owner_all on waymark.standing to waymark_owner using (true) with check (true);
create policy jobs_all on waymark.standing to waymark_jobs using (true) with check (true);
-- A standing of a place is an aggregate; a standing of a person is hers, and only in scope.
create policy scope_reads on waymark.standing for select to waymark_app using (
  case subject_kind
    when 'place' then waymark.has_right('risk.read') and waymark.in_scope_or_large(place_id)
    else waymark.has_right('people.read') and waymark.in_scope(place_id) end);
grant select on waymark.standing to waymark_app, waymark_jobs;

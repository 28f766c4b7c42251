-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Households and people as the risk engine needs them: no name, no document, no phone. Identity will live in the vault.
create table waymark.household (
  region_id    integer not null,
  household_id uuid not null,
  place_id     uuid not null references waymark.place,
  created_at   timestamptz not null default now(),
  version      integer not null default 1,
  primary key (region_id, household_id)
);
create index household_place on waymark.household (region_id, place_id, household_id);
alter table waymark.household enable row level security, force row level security;
create policy owner_all on waymark.household to waymark_owner using (true) with check (true);
create policy jobs_read on waymark.household for select to waymark_jobs using (true);
create policy in_scope_reads on waymark.household for select to waymark_app
  using (waymark.has_right('people.read') and waymark.in_scope(place_id));
create policy in_scope_writes on waymark.household for all to waymark_app
  using (waymark.has_right('people.write') and waymark.in_scope(place_id))
  with check (waymark.has_right('people.write') and waymark.in_scope(place_id));
grant select, insert, update on waymark.household to waymark_app;
grant select on waymark.household to waymark_jobs;

create table waymark.person (
  region_id    integer not null,
  person_id    uuid not null,
  household_id uuid,
  place_id     uuid not null references waymark.place,  -- where the person lives now
  sex          smallint not null default 0 check (sex in (0, 1, 2, 9)),  -- ISO 5218
  born_on      date,                                    -- first of the month when only the month is known
  created_at   timestamptz not null default now(),
  version      integer not null default 1,
  primary key (region_id, person_id),
  foreign key (region_id, household_id) references waymark.household
);
create index person_place on waymark.person (region_id, place_id, person_id);
create index person_household on waymark.person (region_id, household_id);
create index person_lives on waymark.person (place_id, region_id, person_id);
alter table waymark.person enable row level security, force row level security;
create policy owner_all on waymark.person to waymark_owner using (true) with check (true);
create policy jobs_read on waymark.person for select to waymark_jobs using (true);
create policy in_scope_reads on waymark.person for select to waymark_app
  using (waymark.has_right('people.read') and waymark.in_scope(place_id));
create policy in_scope_writes on waymark.person for all to waymark_app
  using (waymark.has_right('people.write') and waymark.in_scope(place_id))
  with check (waymark.has_right('people.write') and waymark.in_scope(place_id));
grant select, insert, update on waymark.person to waymark_app;
grant select on waymark.person to waymark_jobs;

-- people/domain/age-group.ts. Born on 29 February: birthday on 1 March in other years.
create function waymark.age_on(born_on date, on_date date) returns integer language sql immutable parallel safe
  return extract(year from on_date)::integer - extract(year from born_on)::integer
    - case when (extract(month from on_date), extract(day from on_date)) < (extract(month from born_on), extract(day from born_on))
           then 1 else 0 end;
-- The groups are plain expressions, which the planner writes into the query instead of calling them for each person.
-- A date as one number, 20261122: born + 100000 <= today says "ten years old", and 29 February waits for 1 March.
create function waymark.date_key(d date) returns integer language sql immutable parallel safe
  return extract(year from d)::integer * 10000 + extract(month from d)::integer * 100 + extract(day from d)::integer;
create function waymark.age_group_on(born_on date, on_date date) returns smallint language sql immutable parallel safe
  return case when born_on is null then 0::smallint
    else (case when waymark.date_key(on_date) - waymark.date_key(born_on) >= 360000 then 6
               when waymark.date_key(on_date) - waymark.date_key(born_on) >= 260000 then 5
               when waymark.date_key(on_date) - waymark.date_key(born_on) >= 180000 then 4
               when waymark.date_key(on_date) - waymark.date_key(born_on) >= 140000 then 3
               when waymark.date_key(on_date) - waymark.date_key(born_on) >= 100000 then 2 else 1 end)::smallint end;
-- The first of the month so many years on, and the day added to it: 29 February rolls over to 1 March.
create function waymark.next_age_group_date(born_on date, on_date date) returns date language sql immutable parallel safe
  return make_date(
      extract(year from born_on)::integer
        + case waymark.age_group_on(born_on, on_date) when 1 then 10 when 2 then 14 when 3 then 18 when 4 then 26 when 5 then 36 end,
      extract(month from born_on)::integer, 1)
    + (extract(day from born_on)::integer - 1);
grant execute on function waymark.age_on, waymark.date_key, waymark.age_group_on, waymark.next_age_group_date to waymark_app, waymark_jobs;

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

do $$ declare t text; begin
  foreach t in array array['household', 'person'] loop
    execute format('alter table waymark.%I enable row level security', t);
    execute format('alter table waymark.%I force row level security', t);
    execute format('create policy owner_all on waymark.%I to waymark_owner using (true) with check (true)', t);
    execute format('create policy jobs_read on waymark.%I for select to waymark_jobs using (true)', t);
    execute format('create policy in_scope_reads on waymark.%I for select to waymark_app using (waymark.has_right(''people.read'') and waymark.in_scope(place_id))', t);
    execute format('create policy in_scope_writes on waymark.%I for all to waymark_app using (waymark.has_right(''people.write'') and waymark.in_scope(place_id)) with check (waymark.has_right(''people.write'') and waymark.in_scope(place_id))', t);
    execute format('grant select, insert, update on waymark.%I to waymark_app', t);
    execute format('grant select on waymark.%I to waymark_jobs', t);
  end loop;
end $$;

-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Rows of the level being imported, while its set-wise checks run. They live and die within one transaction, so nothing
-- of them needs to survive a crash.
create unlogged table waymark.place_incoming (
  batch_id   uuid not null,
  place_id   uuid not null,                      -- its id, should it turn out to be new
  file       text not null,
  row        integer not null,
  code       text not null,
  parent_code text not null,
  names      jsonb not null,
  name       text not null,
  search     text not null,
  latitude   double precision,
  longitude  double precision,
  population integer,
  population_on date,
  source     text,
  primary key (batch_id, place_id)
);
create index place_incoming_code on waymark.place_incoming (batch_id, code);
alter table waymark.place_incoming enable row level security, force row level security;
create policy owner_all on waymark.place_incoming to waymark_owner using (true) with check (true);
create policy importers_all on waymark.place_incoming to waymark_app
  using (waymark.has_right('places.import')) with check (waymark.has_right('places.import'));
grant select, insert, update, delete on waymark.place_incoming to waymark_app;

-- What a batch found before it changed a place, so that undoing gives it back. geometry by detail, when boundaries changed.
create table waymark.place_previous (
  batch_id   uuid not null references waymark.import_batch,
  place_id   uuid not null references waymark.place on delete cascade,
  place      jsonb,                              -- the columns before, null when only boundaries changed
  version    integer not null,                   -- the place's version after this batch
  boundaries jsonb,                              -- [{detail, geometry, batch_id}], null when they did not change
  primary key (batch_id, place_id)
);
create index place_previous_place on waymark.place_previous (place_id);
alter table waymark.place_previous enable row level security, force row level security;
create policy owner_all on waymark.place_previous to waymark_owner using (true) with check (true);
create policy importers_all on waymark.place_previous to waymark_app
  using (waymark.has_right('places.import')) with check (waymark.has_right('places.import'));
grant select, insert, update, delete on waymark.place_previous to waymark_app;

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

do $$ declare t text; begin
  foreach t in array array['place_incoming', 'place_previous'] loop
    execute format('alter table waymark.%I enable row level security', t);
    execute format('alter table waymark.%I force row level security', t);
    execute format('create policy owner_all on waymark.%I to waymark_owner using (true) with check (true)', t);
    execute format('create policy importers_all on waymark.%I to waymark_app using (waymark.has_right(''places.import'')) with check (waymark.has_right(''places.import''))', t);
    execute format('grant select, insert, update, delete on waymark.%I to waymark_app', t);
  end loop;
end $$;

-- Boundaries are only ever handed out as they came: text that is copied, not parsed and written anew at every read.
alter table waymark.place_boundary alter column geometry type json using geometry::json;
create index place_boundary_batch on waymark.place_boundary (batch_id);
-- Names and codes are searched from their first letters, too.
create index place_search_prefix on waymark.place (search text_pattern_ops);

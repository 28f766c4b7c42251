-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Administrative areas. Level 0 is the country (a hierarchy's root), level 1 the largest area within it.
-- Codes are text (P-codes), unique within one country; parents are stated by the file, never guessed from a prefix.
create sequence waymark.place_label_seq as bigint;
create sequence waymark.region_seq as integer;
grant usage on sequence waymark.place_label_seq, waymark.region_seq to waymark_app;

create table waymark.place (
  place_id   uuid primary key,
  country    text not null,                      -- ISO 3166-1 alpha-2, or 'X' + letter for a fictional country
  code       text not null,
  level      smallint not null check (level between 0 and 9),
  parent_id  uuid references waymark.place,
  path       public.ltree not null unique,       -- labels from place_label_seq, root first
  region_id  integer not null,                   -- the level-1 area it was registered in; 0 for a country
  names      jsonb not null,                     -- {"en": "Thung Saeng", "th": "..."}; BCP 47 keys
  name       text not null,                      -- the name to show where the reader's language has none
  search     text not null,                      -- all names and the code, folded: platform/domain/fold.ts
  latitude   double precision,
  longitude  double precision,
  population integer check (population >= 0),
  population_on date,
  source     text,
  batch_id   uuid references waymark.import_batch,
  version    integer not null default 1,
  created_at timestamptz not null default now(),
  constraint a_country_has_no_parent check ((level = 0) = (parent_id is null)),
  constraint code_is_unique_in_its_country unique (country, code)
);
create index place_parent on waymark.place (parent_id);
create index place_path on waymark.place using gist (path);
create index place_by_level on waymark.place (country, level, place_id);
create index place_search on waymark.place using gin (search public.gin_trgm_ops);
-- Names and codes are searched from their first letters, too.
create index place_search_prefix on waymark.place (search text_pattern_ops);
create index place_batch on waymark.place (batch_id);

-- What a country calls its levels: {"en": "district", "th": "อำเภอ"}.
create table waymark.place_level (
  country text not null,
  level   smallint not null,
  names   jsonb not null,
  primary key (country, level)
);

-- Boundaries simplified per zoom, so that a read never simplifies: detail 0 = for a country, 1 = a province, 2 = as imported.
create table waymark.place_boundary (
  place_id uuid not null references waymark.place on delete cascade,
  detail   smallint not null check (detail between 0 and 2),
  -- GeoJSON Polygon or MultiPolygon, WGS 84, RFC 7946 winding. Boundaries are only ever handed out as they came: json is text that is
  -- copied, not parsed and written anew at every read.
  geometry json not null,
  batch_id uuid references waymark.import_batch,
  primary key (place_id, detail)
);
create index place_boundary_batch on waymark.place_boundary (batch_id);

-- The wall as one predicate, used by every policy on rows that lie in a place.
create function waymark.in_scope(place uuid) returns boolean
  language sql stable parallel safe
  return exists (select from waymark.place p where p.place_id = place and p.path operator(public.<@) any (waymark.scope_paths()));
-- Outside her scope a reader sees aggregates of large areas only (DOMAIN, "aggregates of others"): levels 0 to 2.
create function waymark.in_scope_or_large(place uuid) returns boolean
  language sql stable parallel safe
  return exists (select from waymark.place p where p.place_id = place
    and (p.level <= 2 or p.path operator(public.<@) any (waymark.scope_paths())));
grant execute on function waymark.in_scope, waymark.in_scope_or_large to waymark_app, waymark_jobs;

-- Names, codes and boundaries of areas are public reference data, and the gate lets only signed-in people ask for them. A policy that
-- tests each row, even for something that is the same for all rows, forbids every index whose operator is not leakproof: all of ltree,
-- LIKE and trigrams. Over 12,000 places a search that takes 40 ms took a minute. A policy that is plainly true costs nothing.
alter table waymark.place enable row level security, force row level security;
create policy owner_all on waymark.place to waymark_owner using (true) with check (true);
create policy jobs_read on waymark.place for select to waymark_jobs using (true);
create policy everyone_reads on waymark.place for select to waymark_app using (true);
-- The gate reads a post's place to know its path.
create policy gate_read on waymark.place for select to waymark_auth using (true);
-- Everybody reads places; an importer writes those of her own area.
create policy importers_insert on waymark.place for insert to waymark_app
  with check (waymark.has_right('places.import') and (waymark.reaches_all() or path operator(public.<@) any (waymark.scope_paths())));
create policy importers_update on waymark.place for update to waymark_app
  using (waymark.has_right('places.import') and (waymark.reaches_all() or path operator(public.<@) any (waymark.scope_paths())))
  with check (waymark.has_right('places.import') and (waymark.reaches_all() or path operator(public.<@) any (waymark.scope_paths())));
create policy importers_delete on waymark.place for delete to waymark_app
  using (waymark.has_right('places.import') and (waymark.reaches_all() or path operator(public.<@) any (waymark.scope_paths())));
grant select, insert, update, delete on waymark.place to waymark_app;
grant select on waymark.place to waymark_jobs, waymark_auth;

alter table waymark.place_boundary enable row level security, force row level security;
create policy owner_all on waymark.place_boundary to waymark_owner using (true) with check (true);
create policy jobs_read on waymark.place_boundary for select to waymark_jobs using (true);
create policy everyone_reads on waymark.place_boundary for select to waymark_app using (true);
create policy importers_insert on waymark.place_boundary for insert to waymark_app
  with check (waymark.has_right('places.import') and (waymark.reaches_all() or waymark.in_scope(place_id)));
create policy importers_update on waymark.place_boundary for update to waymark_app
  using (waymark.has_right('places.import') and (waymark.reaches_all() or waymark.in_scope(place_id)))
  with check (waymark.has_right('places.import') and (waymark.reaches_all() or waymark.in_scope(place_id)));
create policy importers_delete on waymark.place_boundary for delete to waymark_app
  using (waymark.has_right('places.import') and (waymark.reaches_all() or waymark.in_scope(place_id)));
grant select, insert, update, delete on waymark.place_boundary to waymark_app;
grant select on waymark.place_boundary to waymark_jobs;

alter table waymark.place_level enable row level security, force row level security;
create policy owner_all on waymark.place_level to waymark_owner using (true) with check (true);
create policy jobs_read on waymark.place_level for select to waymark_jobs using (true);
create policy everyone_reads on waymark.place_level for select to waymark_app using (true);
-- What a whole country calls its levels is for those who work on the whole.
create policy importers_write on waymark.place_level for all to waymark_app
  using (waymark.has_right('places.import') and waymark.reaches_all())
  with check (waymark.has_right('places.import') and waymark.reaches_all());
grant select, insert, update, delete on waymark.place_level to waymark_app;
grant select on waymark.place_level to waymark_jobs;

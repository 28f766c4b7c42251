-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Administrative areas. Level 0 is the country (a hierarchy's root), level 1 the largest area within it.
-- Codes are text (P-codes), unique within one country; parents are stated by the file, never guessed from a prefix.
create sequence waymark.place_label_seq as bigint;
create sequence waymark.region_seq as integer;

create table waymark.import_batch (
  batch_id     uuid primary key,
  kind         text not null check (kind in ('places', 'area-stats')),
  file_name    text not null,
  file_sha256  text not null,
  mapping_name text not null,
  mapping      jsonb not null,
  mapping_sha256 text not null,
  state        text not null check (state in ('running', 'done', 'failed', 'cancelled', 'undone')),
  report       jsonb not null default '{}',
  actor_id     text not null,
  started_at   timestamptz not null default now(),
  finished_at  timestamptz,
  undone_at    timestamptz,
  undone_by    text
);
-- Twice is once: the same file under the same mapping is one batch while that batch stands.
create unique index import_batch_once on waymark.import_batch (kind, file_sha256, mapping_sha256) where state = 'done';
create index import_batch_started on waymark.import_batch (started_at desc, batch_id desc);

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
  geometry jsonb not null,                       -- GeoJSON Polygon or MultiPolygon, WGS 84, RFC 7946 winding
  batch_id uuid references waymark.import_batch,
  primary key (place_id, detail)
);

-- Reference data: every signed-in person may read it; only importers write it.
do $$ declare t text; begin
  foreach t in array array['place', 'place_level', 'place_boundary', 'import_batch'] loop
    execute format('alter table waymark.%I enable row level security', t);
    execute format('alter table waymark.%I force row level security', t);
    execute format('create policy owner_all on waymark.%I to waymark_owner using (true) with check (true)', t);
    execute format('create policy jobs_read on waymark.%I for select to waymark_jobs using (true)', t);
    execute format('grant select, insert, update, delete on waymark.%I to waymark_app', t);
    execute format('grant select on waymark.%I to waymark_jobs', t);
  end loop;
  foreach t in array array['place', 'place_level', 'place_boundary'] loop
    execute format('create policy everyone_reads on waymark.%I for select to waymark_app using (waymark.actor_id() is not null)', t);
    execute format('create policy importers_write on waymark.%I for all to waymark_app using (waymark.has_right(''places.import'')) with check (waymark.has_right(''places.import''))', t);
  end loop;
end $$;
create policy importers_all on waymark.import_batch for all to waymark_app
  using (waymark.has_right('places.import') or waymark.has_right('statistics.import'))
  with check (waymark.has_right('places.import') or waymark.has_right('statistics.import'));
-- The gate reads a post's place to know its path.
create policy gate_read on waymark.place for select to waymark_auth using (true);
grant select on waymark.place to waymark_auth;
grant usage on sequence waymark.place_label_seq, waymark.region_seq to waymark_app;
alter table waymark.post add constraint post_place foreign key (place_id) references waymark.place;
revoke delete on waymark.import_batch from waymark_app;

-- The wall as one predicate, used by every policy on rows that lie in a place.
create function waymark.in_scope(place uuid) returns boolean
  language sql stable parallel safe
  return exists (select from waymark.place p where p.place_id = place and p.path operator(public.<@) any (waymark.scope_paths()));
-- Outside her scope a reader sees aggregates of large areas only (DOMAIN, "aggregates of others"): levels 0 to 2.
create function waymark.in_scope_or_large(place uuid) returns boolean
  language sql stable parallel safe
  return exists (select from waymark.place p where p.place_id = place
    and (p.level <= 2 or p.path operator(public.<@) any (waymark.scope_paths())));

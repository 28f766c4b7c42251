-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Runs as waymark_owner, who owns the database and is not a superuser. The login roles
-- (waymark_app, waymark_auth, waymark_jobs) exist before the first migration: platform/server/roles.ts.
create extension if not exists ltree;
create extension if not exists pg_trgm;
create extension if not exists unaccent;

create schema waymark;
revoke all on schema public from public;
-- The extensions' types and operators live in public; using them gives no right to any table.
grant usage on schema public to waymark_app, waymark_auth, waymark_jobs;
grant usage on schema waymark to waymark_app, waymark_jobs, waymark_auth;

-- Everybody may run a function until somebody says otherwise. Said here, once and for what is to come: each function is granted by name.
-- Those that read as the asker are for the two roles whose queries and policies use them; those of the owner (security definer) ask for
-- right and scope themselves; triggers are for tables, not for people.
alter default privileges revoke execute on functions from public;

-- Row security is the second wall: what the database refuses by itself, should the gate ever forget to ask. It binds the owner of a table
-- too: owner_all, on each table that has it, is for migrations, backups and the owner's functions. Logins hold what they use; standings
-- and months are written through functions alone.

-- What the gate says about the person behind this transaction (set_config(..., true): gone at commit).
-- No setting means no scope and no right, so a forgotten call denies.
create function waymark.scope_paths() returns public.ltree[]
  language sql stable parallel safe
  return coalesce(string_to_array(nullif(current_setting('waymark.scope', true), ''), ',')::public.ltree[], '{}');

create function waymark.has_right(wanted text) returns boolean
  language sql stable parallel safe
  return coalesce(wanted = any (string_to_array(current_setting('waymark.rights', true), ',')), false);

create function waymark.actor_id() returns text
  language sql stable parallel safe
  return nullif(current_setting('waymark.actor', true), '');

-- A post without a place reaches the whole installation, also the country that this very transaction brings in and that therefore
-- lies in nobody's scope yet. platform/server/db.ts sets it beside the scope.
create function waymark.reaches_all() returns boolean
  language sql stable parallel safe
  return coalesce(current_setting('waymark.everywhere', true) = 'on', false);
grant execute on function waymark.scope_paths, waymark.has_right, waymark.actor_id, waymark.reaches_all to waymark_app, waymark_jobs;

-- One row an installation: facts that code needs before it may serve.
create table waymark.installation (
  only_row       boolean primary key default true check (only_row),
  installation_id uuid not null,
  is_demo        boolean not null,
  time_zone      text not null default 'Asia/Bangkok',
  created_at     timestamptz not null default now()
);
grant select on waymark.installation to waymark_app, waymark_jobs, waymark_auth;
grant insert on waymark.installation to waymark_app;

create function waymark.time_zone() returns text language sql stable parallel safe
  return coalesce((select time_zone from waymark.installation), 'Asia/Bangkok');
grant execute on function waymark.time_zone to waymark_app, waymark_jobs;

-- Append-only means append-only, for the owner too.
create function waymark.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;

-- The job queue keeps its tables in a schema of its own and upgrades them itself, as waymark_jobs. The first table it would make is made
-- here, because making it is what it would ask the right to create schemas for.
create schema graphile_worker;
grant usage, create on schema graphile_worker to waymark_jobs;
create table graphile_worker.migrations (
  id int primary key,
  ts timestamptz not null default now(),
  breaking boolean not null default false
);
grant select, insert, update on graphile_worker.migrations to waymark_jobs;

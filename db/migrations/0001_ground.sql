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
grant usage on schema waymark to waymark_app, waymark_jobs;

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

-- One row an installation: facts that code needs before it may serve.
create table waymark.installation (
  only_row       boolean primary key default true check (only_row),
  installation_id uuid not null,
  is_demo        boolean not null,
  time_zone      text not null default 'Asia/Bangkok',
  created_at     timestamptz not null default now()
);
grant select on waymark.installation to waymark_app, waymark_jobs;
grant insert on waymark.installation to waymark_app;

-- Append-only record of writes and of reads of identity. Ids and counts only, never names or answers.
create table waymark.audit_entry (
  entry_id    uuid primary key,
  at          timestamptz not null default now(),
  actor_id    text not null,
  action      text not null,
  place_id    uuid,
  subject     text,
  detail      jsonb not null default '{}'
);
create index audit_entry_at on waymark.audit_entry (at desc, entry_id desc);
alter table waymark.audit_entry enable row level security;
alter table waymark.audit_entry force row level security;
create policy owner_all on waymark.audit_entry to waymark_owner using (true) with check (true);
create policy audit_write on waymark.audit_entry for insert to waymark_app
  with check (actor_id = waymark.actor_id());
create policy audit_read on waymark.audit_entry for select to waymark_app
  using (waymark.has_right('audit.read'));
create policy audit_jobs on waymark.audit_entry for insert to waymark_jobs with check (true);
grant select, insert on waymark.audit_entry to waymark_app;
grant insert on waymark.audit_entry to waymark_jobs;

-- SPDX-License-Identifier: AGPL-3.0-or-later
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

-- A person may choose the language of her own account and nothing else about it.
create function waymark.set_own_locale(wanted text) returns void
  language sql security definer set search_path = waymark, public, pg_temp
begin atomic
  update waymark.account set locale = wanted where account_id = waymark.actor_id();
end;
revoke all on function waymark.set_own_locale(text) from public;
grant execute on function waymark.set_own_locale(text) to waymark_app;

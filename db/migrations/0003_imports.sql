-- SPDX-License-Identifier: AGPL-3.0-or-later
-- An import of places or of statistics: what was written (import_batch) and how it was asked for and went (import_run).
-- reach, in both: how far whoever asked could write: paths with commas between, '*' the whole installation.
create table waymark.import_batch (
  batch_id     uuid primary key,
  kind         text not null check (kind in ('places', 'area-stats')),
  file_name    text not null,
  file_sha256  text not null,
  mapping_name text not null,
  mapping      jsonb not null,
  mapping_sha256 text not null,
  state        text not null check (state in ('running', 'done', 'failed', 'cancelled', 'undone')),
  report       jsonb not null default '{}',      -- figures only, which other rooms read
  actor_id     text not null,
  started_at   timestamptz not null default now(),
  finished_at  timestamptz,
  undone_at    timestamptz,
  undone_by    text,
  reach        text not null default '*'
);
-- Twice is once: the same file under the same mapping is one batch while that batch stands. Two people with different areas take different
-- rows of the same file: it is the same import only for the same area.
create unique index import_batch_once on waymark.import_batch (kind, file_sha256, mapping_sha256, reach) where state = 'done';
create index import_batch_started on waymark.import_batch (started_at desc, batch_id desc);

alter table waymark.import_batch enable row level security, force row level security;
create policy owner_all on waymark.import_batch to waymark_owner using (true) with check (true);
create policy jobs_read on waymark.import_batch for select to waymark_jobs using (true);
create policy importers_all on waymark.import_batch for all to waymark_app
  using (waymark.has_right('places.import') or waymark.has_right('statistics.import'))
  with check (waymark.has_right('places.import') or waymark.has_right('statistics.import'));
-- What a killed process left running is told so by the next one, which acts for nobody.
create policy jobs_end on waymark.import_batch for update to waymark_jobs using (state = 'running') with check (state = 'failed');
grant select, insert, update on waymark.import_batch to waymark_app;
grant select, update (state, finished_at) on waymark.import_batch to waymark_jobs;

-- Every import that was asked for, dry runs too: waiting, running, ended. It stands here and not in a process, so that a restart loses
-- none. What it found stands here alone, because that quotes the rows of a file: import_batch keeps the figures, which other rooms read.
create table waymark.import_run (
  batch_id     uuid primary key,
  kind         text not null check (kind in ('places', 'area-stats')),
  dry_run      boolean not null,
  file_name    text not null,
  files        text[] not null default '{}',     -- their names; they lie in the data folder under 0, 1, 2 ... until the import has ended
  mapping_name text not null,
  mapping_text text,                             -- null: run at the command line, which waits for it
  actor_id     text not null,
  reach        text not null,
  state        text not null check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  stop_asked   boolean not null default false,
  attempts     smallint not null default 0,
  progress     jsonb,
  report       jsonb,
  problem      jsonb,
  asked_at     timestamptz not null default now(),
  finished_at  timestamptz
);
create index import_run_open on waymark.import_run (batch_id) where state in ('waiting', 'running');

-- Whether all that an import could have written lies in the asker's own area.
create function waymark.reach_within(reach text) returns boolean
  language sql stable parallel safe
  return waymark.reaches_all() or (reach not in ('*', '') and not exists (
    select from unnest(string_to_array(reach, ',')::public.ltree[]) r(path)
    where not r.path operator(public.<@) any (waymark.scope_paths())));

-- One's own imports, and those of people who could write nowhere else than oneself.
create function waymark.sees_import(kind text, actor text, reach text) returns boolean
  language sql stable parallel safe
  return waymark.has_right(case kind when 'places' then 'places.import' else 'statistics.import' end)
    and (actor = waymark.actor_id() or waymark.reach_within(reach));
grant execute on function waymark.reach_within, waymark.sees_import to waymark_app, waymark_jobs;

alter table waymark.import_run enable row level security, force row level security;
create policy owner_all on waymark.import_run to waymark_owner using (true) with check (true);
create policy jobs_all on waymark.import_run to waymark_jobs using (true) with check (true);
create policy importers_see on waymark.import_run for select to waymark_app using (waymark.sees_import(kind, actor_id, reach));
create policy importers_ask on waymark.import_run for insert to waymark_app
  with check (actor_id = waymark.actor_id() and waymark.sees_import(kind, actor_id, reach));
create policy importers_stop on waymark.import_run for update to waymark_app
  using (waymark.sees_import(kind, actor_id, reach)) with check (waymark.sees_import(kind, actor_id, reach));
grant select, insert, update (state, stop_asked, progress, report, problem, finished_at) on waymark.import_run to waymark_app;
grant select, update, delete on waymark.import_run to waymark_jobs;

-- SPDX-License-Identifier: AGPL-3.0-or-later
-- How late the clock has been. Machines in the field lose their battery and are set by hand: what was worked out for a moment that is still to
-- come (an answer taken for ended, a birthday that was not yet) is worked out again once the clock is set back, by the clock's own job.
create table waymark.clock_seen (
  only_row boolean primary key default true check (only_row),
  seen_at  timestamptz not null
);
alter table waymark.clock_seen enable row level security, force row level security;
create policy owner_all on waymark.clock_seen to waymark_owner using (true) with check (true);
create policy jobs_all on waymark.clock_seen to waymark_jobs using (true) with check (true);
grant select, insert, update on waymark.clock_seen to waymark_jobs;

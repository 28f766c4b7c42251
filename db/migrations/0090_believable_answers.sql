-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What nobody can take back must be believable when it comes in. Answers scored from statistics come with the file that measured them, not
-- from somebody who may record visits; and nobody saw anything before 1900 or later than it is written down.

create function waymark.made_of_statistics(p_instrument uuid) returns boolean
  language sql stable parallel safe set search_path = waymark, public, pg_temp
  return (select jsonb_path_exists(i.definition, '$.indicators[*].cuts') from waymark.instrument i where i.instrument_id = p_instrument);
grant execute on function waymark.made_of_statistics to waymark_app, waymark_jobs;

drop policy scope_writes on waymark.assessment;
create policy scope_writes on waymark.assessment for insert to waymark_app with check (
  case when waymark.made_of_statistics(instrument_id) then subject_kind = 'place' and waymark.has_right('statistics.import')
    else waymark.has_right('assess.write') or (subject_kind = 'place' and waymark.has_right('statistics.import')) end
  and waymark.subject_in_scope(subject_kind, region_id, subject_id) and actor_id = waymark.actor_id()
  and observed_at >= '1900-01-01T00:00:00Z' and observed_at <= recorded_at);

-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Profiles of places at a price that does not grow with what is known of others.

-- Everything that was ever answered about a place and the areas around it, for its standing on past days: risk/domain/fold.ts works it out. What
-- areas around it answered is handed down to it, so whoever may read the place may read that.
create function waymark.place_past(p_code text, p_place uuid)
  returns table (assessment_id uuid, level smallint, origin text, instrument_id uuid, answers bytea, observed_at timestamptz, recorded_at timestamptz,
                 valid_until timestamptz[], supersedes uuid)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select a.assessment_id, around.level, a.origin, a.instrument_id, a.answers, a.observed_at, a.recorded_at, a.valid_until, a.supersedes
  from place p
  join place around on around.path @> p.path
  join assessment a on a.region_id = around.region_id and a.subject_kind = 'place' and a.subject_id = around.place_id
  join instrument i on i.instrument_id = a.instrument_id and i.code = p_code
  where p.place_id = p_place and has_right('risk.read') and (p.level <= 2 or p.path <@ any (scope_paths()))
    and not exists (select from import_batch b where b.batch_id = a.batch_id and b.state = 'undone')
$$;

-- At which level each indicator was measured deepest, at several moments at once.
create function waymark.deepest_measured_on(p_code text, p_country text, p_moments timestamptz[])
  returns table (moment timestamptz, "position" smallint, level smallint)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select m.moment, d.position, d.level from unnest(p_moments) m(moment) cross join lateral deepest_measured(p_code, array[p_country], m.moment) d
$$;

-- An import names its country and instrument in its mapping, so that no row of it has to be looked at but the first.
drop function waymark.statistics_sources(text, text);
create function waymark.statistics_sources(p_code text, p_country text)
  returns table (batch_id uuid, file_name text, source_text text, imported_on timestamptz)
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select b.batch_id, b.file_name, b.mapping->>'source', coalesce(b.finished_at, b.started_at)
  from import_batch b
  cross join lateral (select from area_statistic s where s.batch_id = b.batch_id and s.instrument_code = p_code limit 1) has
  where has_right('risk.read') and b.kind = 'area-stats' and b.state = 'done' and b.mapping->>'country' = p_country
  order by b.started_at, b.batch_id
$$;

grant execute on function waymark.place_past, waymark.deepest_measured_on, waymark.statistics_sources to waymark_app;

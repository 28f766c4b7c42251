-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What the data protection officer asks by a record number, and of all consents (people/domain/consent-standing.ts). By number alone: no name,
-- no birth date, and of the place the district.

-- Which records a number means (platform/domain/record-number.ts), for whoever reads who looked at whom: those kept and those erased; where there is
-- none, what was read in these days under it. A record that was tidied away, or taken back with its import, stands in no other list.
create function waymark.records_called(p_group text, p_from timestamptz, p_until timestamptz) returns setof uuid
  language plpgsql stable security definer set search_path = waymark, public, pg_temp as $$
begin
  if not has_right('audit.read-whole') then
    raise exception 'who looked at whom is not yours to read' using errcode = 'insufficient_privilege';
  end if;
  return query
  select p.person_id from person p where right(p.person_id::text, 12) = p_group
  union select e.person_id from erasure e where right(e.person_id::text, 12) = p_group;
  if not found then
    return query
    select distinct r.person_id from identity_read r where r.at >= p_from and r.at < p_until and right(r.person_id::text, 12) = p_group;
  end if;
end $$;

-- Days on which somebody asked for the names of at least so many people that were not hers to know (`identity.refused`).
create function waymark.refused_days(p_from timestamptz, p_until timestamptz, p_least integer)
  returns table (actor_id text, day date, refused integer)
  language plpgsql stable security definer set search_path = waymark, public, pg_temp as $$
#variable_conflict use_column
begin
  if not has_right('audit.read-whole') then
    raise exception 'who looked at whom is not yours to read' using errcode = 'insufficient_privilege';
  end if;
  return query
  select e.actor_id, (e.at at time zone time_zone())::date, count(distinct e.subject)::integer from audit_entry e
  where e.action = 'identity.refused' and e.at >= p_from and e.at < p_until
  group by 1, 2 having count(distinct e.subject) >= p_least;
end $$;

-- Consents in the order in which they were written down.
create index consent_recorded on waymark.consent_event (recorded_at, event_id);

-- What decides whether a word still counts: the stages of age at which other people are asked (0, 7, 18; null where no age is known), at the moments
-- given and today, and what became of the record. No birth date.
create function waymark.stages_of(p_regions integer[], p_persons uuid[], p_moments timestamptz[])
  returns table (n integer, state smallint, stage_then integer, stage_now integer)
  language plpgsql stable security definer set search_path = waymark, public, pg_temp as $$
begin
  if not has_right('consent.read') then
    raise exception 'all consents are not yours to read' using errcode = 'insufficient_privilege';
  end if;
  return query
  select x.n::integer, p.state, case when a.before >= 18 then 18 when a.before >= 7 then 7 when a.before is not null then 0 end,
         case when a.now >= 18 then 18 when a.now >= 7 then 7 when a.now is not null then 0 end
  from unnest(p_regions, p_persons, p_moments) with ordinality x(region, person, moment, n)
  join person p on p.region_id = x.region and p.person_id = x.person
  cross join lateral (select age_on(p.born_on, (x.moment at time zone time_zone())::date) as before, age_on(p.born_on, today()) as now) a;
end $$;
grant execute on function waymark.records_called, waymark.stages_of, waymark.refused_days to waymark_app;

-- SPDX-License-Identifier: AGPL-3.0-or-later
-- A brake on opening names page by page: how many different people one account may open, and how often it may search. Generous for work
-- with people; who means to copy a district meets it (people/domain/reading-limits.ts).
alter table waymark.installation
  add column people_in_ten_minutes integer not null default 1000 check (people_in_ten_minutes between 50 and 1000000),
  add column people_in_a_day       integer not null default 5000 check (people_in_a_day between 50 and 1000000),
  add column searches_in_a_minute  integer not null default 60 check (searches_in_a_minute between 5 and 100000);

create function waymark.set_reading_limits(p_ten_minutes integer, p_day integer, p_searches integer) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if not has_right('settings.manage') then
    raise exception 'how much may be opened is not yours to set' using errcode = 'insufficient_privilege';
  end if;
  update installation set people_in_ten_minutes = p_ten_minutes, people_in_a_day = p_day, searches_in_a_minute = p_searches;
end $$;

-- Which limit whoever asks would go beyond by opening these people too (none given: she searches, and may find anybody), and whether
-- the record says so since ten minutes; no row: none.
-- Whom she opened in the same time already does not count again; whom she asked for and was not told counts, so that nobody finds out who is
-- recorded by trying. By the record itself, so that it holds over all servers.
create function waymark.reading_brake(p_persons uuid[]) returns table (reached text, noted boolean)
  language plpgsql security definer set search_path = waymark, public, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
  may installation;
  me constant text := actor_id();
  lately integer; today integer;
begin
  if session_user <> 'waymark_app' or me is null then return; end if;
  -- One after the other, until it is committed what each of them opened: who asks sixteen times at once is counted sixteen times.
  perform pg_advisory_xact_lock(hashtextextended('waymark.reading ' || me, 0));
  noted := exists (select from audit_entry a where a.actor_id = me and a.action = 'identity.braked' and a.at > now() - interval '10 minutes');
  select * into may from installation;
  if cardinality(p_persons) = 0 and (select count(*) from audit_entry a
      where a.actor_id = me and a.action = 'identity.search' and a.at > now() - interval '1 minute') >= may.searches_in_a_minute then
    reached := 'searches';
    return next;
    return;
  end if;
  with asked as (
    select r.person_id, r.at from identity_read r where r.actor_id = me and r.at > now() - interval '1 day'
    union all
    select a.subject::uuid, a.at from audit_entry a where a.actor_id = me and a.action = 'identity.refused' and a.at > now() - interval '1 day'
  ), read as (
    select r.person_id, max(r.at) as at from asked r group by 1
    union all
    select x.person_id, now() from (select distinct unnest(p_persons)) x(person_id)
    where not exists (select from asked r where r.at > now() - interval '10 minutes' and r.person_id = x.person_id)
  )
  select count(distinct person_id) filter (where at > now() - interval '10 minutes'), count(distinct person_id) into lately, today from read;
  -- A search opens at least one: at the limit it is over for her, too.
  if cardinality(p_persons) = 0 then lately := lately + 1; today := today + 1; end if;
  reached := case when lately > may.people_in_ten_minutes then 'ten-minutes' when today > may.people_in_a_day then 'day' end;
  if reached is not null then return next; end if;
end $$;
grant execute on function waymark.set_reading_limits, waymark.reading_brake to waymark_app;

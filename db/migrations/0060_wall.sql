-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The second wall, made whole: what the database refuses by itself, should the gate ever forget to ask.

-- A post without a place reaches the whole installation, also the country that this very transaction brings in and that therefore
-- lies in nobody's scope yet. platform/server/db.ts sets it beside the scope.
create function waymark.reaches_all() returns boolean
  language sql stable parallel safe
  return coalesce(current_setting('waymark.everywhere', true) = 'on', false);

-- Everybody reads places; an importer writes those of her own area.
drop policy importers_write on waymark.place;
create policy importers_insert on waymark.place for insert to waymark_app
  with check (waymark.has_right('places.import') and (waymark.reaches_all() or path operator(public.<@) any (waymark.scope_paths())));
create policy importers_update on waymark.place for update to waymark_app
  using (waymark.has_right('places.import') and (waymark.reaches_all() or path operator(public.<@) any (waymark.scope_paths())))
  with check (waymark.has_right('places.import') and (waymark.reaches_all() or path operator(public.<@) any (waymark.scope_paths())));
create policy importers_delete on waymark.place for delete to waymark_app
  using (waymark.has_right('places.import') and (waymark.reaches_all() or path operator(public.<@) any (waymark.scope_paths())));
drop policy importers_write on waymark.place_boundary;
create policy importers_insert on waymark.place_boundary for insert to waymark_app
  with check (waymark.has_right('places.import') and (waymark.reaches_all() or waymark.in_scope(place_id)));
create policy importers_update on waymark.place_boundary for update to waymark_app
  using (waymark.has_right('places.import') and (waymark.reaches_all() or waymark.in_scope(place_id)))
  with check (waymark.has_right('places.import') and (waymark.reaches_all() or waymark.in_scope(place_id)));
create policy importers_delete on waymark.place_boundary for delete to waymark_app
  using (waymark.has_right('places.import') and (waymark.reaches_all() or waymark.in_scope(place_id)));
-- What a whole country calls its levels is for those who work on the whole.
drop policy importers_write on waymark.place_level;
create policy importers_write on waymark.place_level for all to waymark_app
  using (waymark.has_right('places.import') and waymark.reaches_all()) with check (waymark.has_right('places.import') and waymark.reaches_all());

-- Whether an import reached places beyond the asker's area. Undoing it there would be a write there; and the policies above, which leave
-- foreign rows alone without a word, would undo it by half.
create function waymark.batch_beyond_scope(p_batch uuid) returns boolean
  language sql stable security definer set search_path = waymark, public, pg_temp as $$
  select not reaches_all() and exists (
    select from place p where not p.path <@ any (scope_paths()) and p.place_id in (
      select place_id from place where batch_id = p_batch
      union all select place_id from place_previous where batch_id = p_batch
      union all select place_id from place_boundary where batch_id = p_batch
      union all select place_id from area_statistic where batch_id = p_batch
      union all select subject_id from assessment where batch_id = p_batch and subject_kind = 'place'))
$$;

-- Exact counts by plain query are for those who may see them; everybody else's figures come through 0050 and the disclosure function.
do $$ declare t text; begin
  foreach t in array array['rollup', 'rollup_answer', 'rollup_month'] loop
    execute format('drop policy scope_reads on waymark.%I', t);
    execute format('create policy scope_reads on waymark.%I for select to waymark_app
      using (waymark.has_right(''risk.read'') and waymark.has_right(''figures.exact'') and waymark.in_scope(place_id))', t);
  end loop;
end $$;

-- The functions that bring standings in line asked for nothing: whoever reached them could count the people of any village (they say how many
-- they looked at) and have anybody scored as of any day. The clock and the owner act for nobody; the application always acts for somebody.
create function waymark.ask_to_score() returns void language plpgsql stable as $$
begin
  if session_user = 'waymark_app' and not (waymark.has_right('assess.write') or waymark.has_right('people.write') or waymark.has_right('statistics.import')) then
    raise exception 'scoring needs the right to record' using errcode = 'insufficient_privilege';
  end if;
end $$;
create function waymark.ask_to_score(p_kinds text[], p_regions integer[], p_ids uuid[]) returns void language plpgsql stable as $$
begin
  perform waymark.ask_to_score();
  if session_user = 'waymark_app' and exists (
    select from unnest(p_kinds, p_regions, p_ids) s(kind, region, id) where not coalesce(waymark.subject_in_scope(s.kind, s.region, s.id), false)) then
    raise exception 'somebody to be scored lies outside the area' using errcode = 'insufficient_privilege';
  end if;
end $$;

alter function waymark.rescore_people(text, integer[], uuid[], timestamptz) rename to score_people_anew;
alter function waymark.rescore_places(text, uuid[], timestamptz) rename to score_places_anew;
create function waymark.rescore_people(p_code text, p_regions integer[], p_ids uuid[], p_at timestamptz) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  perform ask_to_score(array_fill('person'::text, array[coalesce(cardinality(p_ids), 0)]), p_regions, p_ids);
  return score_people_anew(p_code, p_regions, p_ids, p_at);
end $$;
-- Whom an answer reaches is not the asker's to choose: members of a household in her area may live elsewhere.
create or replace function waymark.rescore_people_of(p_code text, p_kinds text[], p_regions integer[], p_ids uuid[], p_at timestamptz) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare regions integer[]; ids uuid[]; n integer; from_n integer := 1; step constant integer := 4000;
begin
  perform ask_to_score(p_kinds, p_regions, p_ids);
  select array_agg(a.region_id order by a.region_id, a.person_id), array_agg(a.person_id order by a.region_id, a.person_id) into regions, ids from (
    select s.region_id, s.id as person_id from unnest(p_kinds, p_regions, p_ids) s(kind, region_id, id) where s.kind = 'person'
    union select p.region_id, p.person_id from unnest(p_kinds, p_regions, p_ids) s(kind, region_id, id)
      join person p on s.kind = 'household' and p.region_id = s.region_id and p.household_id = s.id
    union select p.region_id, p.person_id from unnest(p_kinds, p_regions, p_ids) s(kind, region_id, id)
      join place top on s.kind = 'place' and top.place_id = s.id join place low on low.path <@ top.path join person p on p.place_id = low.place_id
  ) a;
  n := coalesce(cardinality(ids), 0);
  while from_n <= n loop
    perform score_people_anew(p_code, regions[from_n : from_n + step - 1], ids[from_n : from_n + step - 1], p_at);
    from_n := from_n + step;
  end loop;
  -- An importer of statistics without a right to people sets them right and is not told how many there are.
  return case when session_user = 'waymark_app' and not has_right('people.read') then 0 else n end;
end $$;
-- Places are scored over a whole country (what is handed down depends on all of it), and how many there are everybody may know: the right is enough.
create function waymark.rescore_places(p_code text, p_ids uuid[], p_at timestamptz) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  perform ask_to_score();
  return score_places_anew(p_code, p_ids, p_at);
end $$;
revoke execute on function waymark.score_people_anew, waymark.score_places_anew from waymark_app;
grant execute on function waymark.rescore_people, waymark.rescore_places to waymark_app, waymark_jobs;

-- Everybody may run a function until somebody says otherwise. Said here, once and for what is to come: those that read as the asker
-- stay with the two roles whose queries and policies use them; triggers are for tables, not for people.
do $$ declare f regprocedure; begin
  for f in select p.oid from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'waymark' and not p.prosecdef and p.prorettype <> 'trigger'::regtype
      and (p.proacl is null or exists (select from aclexplode(p.proacl) a where a.grantee = 0)) loop
    execute format('grant execute on function %s to waymark_app, waymark_jobs', f);
  end loop;
  for f in select p.oid from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'waymark' loop
    execute format('revoke execute on function %s from public', f);
  end loop;
end $$;
alter default privileges revoke execute on functions from public;
grant execute on function waymark.batch_beyond_scope to waymark_app;

-- Logins hold what they use. Sign-in counts failures and makes no accounts; the clock writes through functions; and the time of an
-- entry in the record is the database's, not the writer's.
revoke insert, update on waymark.account from waymark_auth;
grant update (failed_sign_ins, locked_until) on waymark.account to waymark_auth;
revoke insert on waymark.assessment from waymark_jobs;
revoke insert, update, delete on waymark.rollup_month from waymark_jobs;
revoke insert on waymark.audit_entry from waymark_app, waymark_jobs;
grant insert (entry_id, actor_id, action, place_id, subject, detail) on waymark.audit_entry to waymark_app, waymark_jobs;

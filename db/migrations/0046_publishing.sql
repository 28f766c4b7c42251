-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Publishing a version of an instrument (risk/server/publish.ts): all of it in one transaction, by whoever holds instruments.manage.

-- As in 0028, and of what is published nothing changes but that it is in use no more: also not which answers are protected, which SQL reads beside the
-- definition. Nobody goes back to a retired version, whose scores would be wrong, and what was answered in confidence stays so in every version after.
create or replace function waymark.spread_instrument() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare opened text;
begin
  if tg_op = 'UPDATE' then
    if (to_jsonb(new) - 'state') is distinct from (to_jsonb(old) - 'state') or (old.state = 'retired' and new.state <> 'retired') then
      raise exception 'a published instrument never changes; publish a new version' using errcode = 'restrict_violation';
    end if;
    return new;
  end if;
  if exists (select from instrument v where v.code = new.code and v.version >= new.version and v.instrument_id <> new.instrument_id) then
    raise exception 'a version comes after every other of its instrument' using errcode = 'restrict_violation';
  end if;
  if session_user = 'waymark_app' and new.created_at <> now() then
    raise exception 'a version is published when it is published' using errcode = 'restrict_violation';
  end if;
  insert into instrument_indicator
  select new.instrument_id, new.code, i.n - 1, i.d->>'code', i.d->>'unit', (i.d->>'weight')::integer, (i.d->>'bySex')::boolean,
         (i.d->>'months')::smallint, dense_rank() over (order by (i.d->>'months')::integer), coalesce((i.d->>'warns')::boolean, false)
  from jsonb_array_elements(new.definition->'indicators') with ordinality i(d, n);
  if new.indicators <> array(select code from instrument_indicator where instrument_id = new.instrument_id order by position) then
    raise exception 'the indicators beside a definition are not those of the definition' using errcode = 'check_violation';
  end if;
  if exists (select from jsonb_array_elements(new.definition->'indicators') d
             where (d->>'protected')::boolean is true and d->>'code' <> all (new.protected_codes)) then
    raise exception 'the protected indicators beside a definition are not those of the definition' using errcode = 'check_violation';
  end if;
  select x.code into opened from instrument_indicator x
  where x.instrument_id = new.instrument_id and x.code <> all (new.protected_codes)
    and exists (select from instrument v where v.code = new.code and x.code = any (v.protected_codes))
  limit 1;
  if found then
    raise exception 'answers to % were given in confidence', opened using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
revoke update on waymark.instrument from waymark_app;
grant update (state) on waymark.instrument to waymark_app;

-- Everybody who lives in exactly these places, as of this moment, under a version that this very transaction publishes. Whoever publishes sets them right and
-- is told nothing of them.
create function waymark.rescore_people_at(p_code text, p_places uuid[]) returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare regions integer[]; ids uuid[]; from_n integer := 1; step constant integer := 4000;
begin
  if session_user = 'waymark_app' and not has_right('instruments.manage') then
    raise exception 'scoring everybody is for whoever publishes an instrument' using errcode = 'insufficient_privilege';
  end if;
  -- By the row and by its day: taking a version out of use and into it again would make the row new as well.
  if not exists (select from instrument v where v.code = p_code and v.state = 'live' and v.created_at = now() and v.xmin = pg_current_xact_id()::xid) then
    raise exception 'everybody is scored anew while a version is published, and then alone' using errcode = 'insufficient_privilege';
  end if;
  perform lock_risk_all(p_code);
  select array_agg(p.region_id order by p.region_id, p.person_id), array_agg(p.person_id order by p.region_id, p.person_id) into regions, ids
  from person p where p.place_id = any (p_places) and p.state = 1;
  while from_n <= coalesce(cardinality(ids), 0) loop
    perform score_people_anew(p_code, regions[from_n : from_n + step - 1], ids[from_n : from_n + step - 1], clock_timestamp());
    from_n := from_n + step;
  end loop;
end $$;

-- How many people or places a version would be scored for, and how many of them have answers that count now. Of people, fewer than 11 are no number
-- (null), nor is one that tells of fewer than 11 that they have none.
create function waymark.reach_of_instrument(p_code text, p_scores text) returns table (subjects integer, answered integer)
  language plpgsql stable security definer set search_path = waymark, public, pg_temp as $$
begin
  if session_user = 'waymark_app' and not has_right('instruments.manage') then
    raise exception 'counting everybody is for whoever publishes an instrument' using errcode = 'insufficient_privilege';
  end if;
  if p_scores = 'place' then
    return query select (select count(*) from place)::integer,
      (select count(*) from standing s where s.instrument_code = p_code and s.subject_kind = 'place' and s.observed_at is not null)::integer;
  else
    return query select case when n.everybody between 1 and 10 then null else n.everybody end,
        case when n.known between 1 and 10 or abs(n.everybody - n.known) between 1 and 10 then null else n.known end
      from (select (select count(*) from person p where p.state = 1)::integer as everybody,
                   (select count(*) from standing s where s.instrument_code = p_code and s.subject_kind = 'person' and s.observed_at is not null)::integer as known) n;
  end if;
end $$;
grant execute on function waymark.rescore_people_at, waymark.reach_of_instrument to waymark_app, waymark_jobs;

-- The first version of an instrument comes into use unseen: until it is committed nobody who registers, moves or erases somebody knows that there is a
-- standing to write or to take out under it. Whoever changes who is in the register holds this, shared, from before she reads which instruments are in
-- use until her transaction ends. Whoever publishes takes it whole for a moment, last of all, and looks again; she tries until nobody holds it, because
-- others would queue behind her while she waits.
create function waymark.hold_instruments() returns void
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if session_user = 'waymark_app' and not (has_right('people.write') or has_right('assess.write') or has_right('people.import')) then
    raise exception 'no right to record anything about people' using errcode = 'insufficient_privilege';
  end if;
  perform pg_advisory_xact_lock_shared(hashtext('waymark.instruments'));
end $$;

-- Everybody who came, went or changed while a first version was being published stands under it as she is now. Nobody has answered any of its questions
-- yet, so a standing is wrong only by what the record says. False: somebody is changing the register at this moment, so try again.
create function waymark.settle_first_version(p_code text) returns boolean
  language plpgsql security definer set search_path = waymark, public, pg_temp set jit = off as $$
declare zone constant text := time_zone(); today constant date := today(); regions integer[]; ids uuid[]; from_n integer := 1; step constant integer := 4000;
begin
  if session_user = 'waymark_app' and not has_right('instruments.manage') then
    raise exception 'scoring everybody is for whoever publishes an instrument' using errcode = 'insufficient_privilege';
  end if;
  if not exists (select from instrument v where v.code = p_code and v.version = 1 and v.created_at = now() and v.xmin = pg_current_xact_id()::xid) then
    raise exception 'people are looked at again while a first version is published, and then alone' using errcode = 'insufficient_privilege';
  end if;
  if not pg_try_advisory_xact_lock(hashtext('waymark.instruments')) then return false; end if;
  select array_agg(x.region_id order by x.region_id, x.id), array_agg(x.id order by x.region_id, x.id) into regions, ids from (
    select coalesce(p.region_id, s.region_id) as region_id, coalesce(p.person_id, s.subject_id) as id
    from (select * from person where state = 1) p
    full join (select * from standing where instrument_code = p_code and subject_kind = 'person') s on s.region_id = p.region_id and s.subject_id = p.person_id
    where p.person_id is null or s.subject_id is null
      or (s.place_id, s.sex, s.age_group, s.next_change)
        is distinct from (p.place_id, p.sex, age_group_on(p.born_on, today), next_age_group_date(p.born_on, today)::timestamp at time zone zone)) x;
  while from_n <= coalesce(cardinality(ids), 0) loop
    perform score_people_anew(p_code, regions[from_n : from_n + step - 1], ids[from_n : from_n + step - 1], clock_timestamp());
    from_n := from_n + step;
  end loop;
  return true;
end $$;
grant execute on function waymark.hold_instruments, waymark.settle_first_version to waymark_app, waymark_jobs;

-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Three references that were foreign keys, asked for once a statement instead of once a row. A foreign key looks its row up and locks it for every
-- row written: of an import of a million places that was more than half the work (bench/README.md). What they promise is the same: nothing speaks of a
-- place, an import or an instrument that is not there, whoever writes at the same time.
alter table waymark.area_statistic drop constraint area_statistic_place_id_fkey, drop constraint area_statistic_batch_id_fkey;
alter table waymark.assessment drop constraint assessment_batch_id_fkey, drop constraint assessment_instrument_id_fkey;
alter table waymark.standing drop constraint standing_place_id_fkey;

-- Imports and instruments are never removed, nor given another id; so what was there when it was written stays there.
create function waymark.refuse_removal() returns trigger language plpgsql as $$
begin
  raise exception 'a row of % is never removed and keeps its id', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger never_removed before delete or update of batch_id on waymark.import_batch for each statement execute function waymark.refuse_removal();
create trigger never_removed before delete or update of instrument_id on waymark.instrument for each statement execute function waymark.refuse_removal();
create trigger never_renumbered before update of place_id on waymark.place for each statement execute function waymark.refuse_removal();

-- Places may be removed (an import of places taken back). Whoever removes some waits for all who are writing about any, and then looks; whoever writes
-- about some while others are being removed waits for that, and then looks.
create function waymark.remove_places_alone() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtext('waymark.places'));
  return null;
end $$;
create trigger remove_places_alone before delete on waymark.place for each statement execute function waymark.remove_places_alone();

create function waymark.refuse_missed_places() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if exists (select from area_statistic s join old_rows o using (region_id, place_id)) then
    raise exception 'statistics stand on a place that is to be removed' using errcode = 'foreign_key_violation', table = 'area_statistic';
  end if;
  if exists (select from standing s join old_rows o using (place_id)) then
    raise exception 'a standing stands on a place that is to be removed' using errcode = 'foreign_key_violation', table = 'standing';
  end if;
  return null;
end $$;
create trigger refuse_missed_places after delete on waymark.place
  referencing old table as old_rows for each statement execute function waymark.refuse_missed_places();

create function waymark.refuse_unknown_places() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  perform pg_advisory_xact_lock_shared(hashtext('waymark.places'));
  if exists (select from (select distinct n.place_id from new_rows n) n where not exists (select from place p where p.place_id = n.place_id)) then
    raise exception 'a row of % speaks of a place that is not there', tg_table_name using errcode = 'foreign_key_violation', table = tg_table_name;
  end if;
  return null;
end $$;
create function waymark.refuse_unknown_batches() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if exists (select from (select distinct n.batch_id from new_rows n) n
             where n.batch_id is not null and not exists (select from import_batch b where b.batch_id = n.batch_id)) then
    raise exception 'a row of % speaks of an import that is not there', tg_table_name using errcode = 'foreign_key_violation', table = tg_table_name;
  end if;
  return null;
end $$;
create function waymark.refuse_unknown_instruments() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if exists (select from (select distinct n.instrument_id from new_rows n) n where not exists (select from instrument i where i.instrument_id = n.instrument_id)) then
    raise exception 'a row of % speaks of an instrument that is not there', tg_table_name using errcode = 'foreign_key_violation', table = tg_table_name;
  end if;
  return null;
end $$;
do $$ declare t text; what text; event text; begin
  foreach t in array array['area_statistic place', 'area_statistic batch', 'standing place', 'assessment batch', 'assessment instrument'] loop
    foreach event in array array['insert', 'update'] loop
      -- Assessments are never updated.
      continue when split_part(t, ' ', 1) = 'assessment' and event = 'update';
      what := case split_part(t, ' ', 2) when 'batch' then 'batches' else split_part(t, ' ', 2) || 's' end;
      execute format('create trigger unknown_%1$s_%3$s after %3$s on waymark.%2$I referencing new table as new_rows for each statement execute function waymark.refuse_unknown_%1$s()',
        what, split_part(t, ' ', 1), event);
    end loop;
  end loop;
end $$;

-- Nobody reads by it, and every change of a band had to be written into it.
drop index waymark.standing_place;

-- Answers of one import lie together, because an import writes them at once: a range of pages finds them as well as an entry a row, and costs nothing to keep.
drop index waymark.assessment_batch;
create index assessment_batch on waymark.assessment using brin (batch_id) with (pages_per_range = 32);

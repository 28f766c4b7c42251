-- SPDX-License-Identifier: AGPL-3.0-or-later
-- References asked for once a statement instead of once a row, where very many rows are written: from area_statistic, standing and
-- assessment to places, imports and instruments. A foreign key looks its row up and locks it for every row written: of an import of a
-- million places that was more than half the work (bench/README.md). What they promise is the same: nothing speaks of a place, an import
-- or an instrument that is not there, whoever writes at the same time.

-- Imports and instruments are never removed, nor given another id; so what was there when it was written stays there.
create function waymark.refuse_removal() returns trigger language plpgsql as $$
begin
  raise exception 'a row of % is never removed and keeps its id', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger never_removed before delete or update of batch_id on waymark.import_batch
  for each statement execute function waymark.refuse_removal();
create trigger never_removed before delete or update of instrument_id on waymark.instrument
  for each statement execute function waymark.refuse_removal();
create trigger never_renumbered before update of place_id on waymark.place
  for each statement execute function waymark.refuse_removal();

-- Places may be removed (an import of places taken back). Whoever removes some waits for all who are writing about any, and then looks;
-- whoever writes about some while others are being removed waits for that, and then looks.
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
  if exists (select from (select distinct n.place_id from new_rows n) n
             where not exists (select from place p where p.place_id = n.place_id)) then
    raise exception 'a row of % speaks of a place that is not there', tg_table_name
      using errcode = 'foreign_key_violation', table = tg_table_name;
  end if;
  return null;
end $$;
create trigger unknown_places_insert after insert on waymark.area_statistic
  referencing new table as new_rows for each statement execute function waymark.refuse_unknown_places();
create trigger unknown_places_update after update on waymark.area_statistic
  referencing new table as new_rows for each statement execute function waymark.refuse_unknown_places();
create trigger unknown_places_insert after insert on waymark.standing
  referencing new table as new_rows for each statement execute function waymark.refuse_unknown_places();
create trigger unknown_places_update after update on waymark.standing
  referencing new table as new_rows for each statement execute function waymark.refuse_unknown_places();

create function waymark.refuse_unknown_batches() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if exists (select from (select distinct n.batch_id from new_rows n) n
             where n.batch_id is not null and not exists (select from import_batch b where b.batch_id = n.batch_id)) then
    raise exception 'a row of % speaks of an import that is not there', tg_table_name
      using errcode = 'foreign_key_violation', table = tg_table_name;
  end if;
  return null;
end $$;
create trigger unknown_batches_insert after insert on waymark.area_statistic
  referencing new table as new_rows for each statement execute function waymark.refuse_unknown_batches();
create trigger unknown_batches_update after update on waymark.area_statistic
  referencing new table as new_rows for each statement execute function waymark.refuse_unknown_batches();
-- Assessments are never updated.
create trigger unknown_batches_insert after insert on waymark.assessment
  referencing new table as new_rows for each statement execute function waymark.refuse_unknown_batches();

create function waymark.refuse_unknown_instruments() returns trigger
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
begin
  if exists (select from (select distinct n.instrument_id from new_rows n) n
             where not exists (select from instrument i where i.instrument_id = n.instrument_id)) then
    raise exception 'a row of % speaks of an instrument that is not there', tg_table_name
      using errcode = 'foreign_key_violation', table = tg_table_name;
  end if;
  return null;
end $$;
create trigger unknown_instruments_insert after insert on waymark.assessment
  referencing new table as new_rows for each statement execute function waymark.refuse_unknown_instruments();

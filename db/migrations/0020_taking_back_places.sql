-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Whether an import reached places beyond the asker's area. Undoing it there would be a write there; and the policies on the tables, which
-- leave foreign rows alone without a word, would undo it by half.
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

-- Places whose statistics were undone keep standings that say "nothing known", and rollups that count nobody: empty rows that would stand
-- in the way of undoing the places themselves. They go with them, and so does what is only taken over from around a place. A place of which
-- anything was said that still stands, be it that the answer has ended, keeps its standing, and with it refuses to go; so does one with a
-- count of anybody.
create function waymark.drop_empty_standings(p_batch uuid) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare dropped integer;
begin
  if not has_right('places.import') or batch_beyond_scope(p_batch) then
    raise exception 'no right to undo this import of places' using errcode = 'insufficient_privilege';
  end if;
  delete from standing s using place p
  where p.batch_id = p_batch and s.place_id = p.place_id and s.subject_kind = 'place' and not exists (
    select from assessment a left join import_batch b using (batch_id)
    where a.region_id = p.region_id and a.subject_kind = 'place' and a.subject_id = p.place_id and b.state is distinct from 'undone');
  get diagnostics dropped = row_count;
  delete from rollup r using place p where p.batch_id = p_batch and r.place_id = p.place_id and r.n = 0;
  delete from rollup_answer r using place p where p.batch_id = p_batch and r.place_id = p.place_id and r.n = 0;
  return dropped;
end $$;
grant execute on function waymark.batch_beyond_scope, waymark.drop_empty_standings to waymark_app;

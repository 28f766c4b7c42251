-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Places whose statistics were undone keep standings that say "nothing known", and rollups that count nobody: empty rows that stood in the way
-- of undoing the places themselves. They go with them; a standing that knows something, or a count of anybody, still refuses.
create function waymark.drop_empty_standings(p_batch uuid) returns integer
  language plpgsql security definer set search_path = waymark, public, pg_temp as $$
declare dropped integer;
begin
  if not has_right('places.import') or batch_beyond_scope(p_batch) then
    raise exception 'no right to undo this import of places' using errcode = 'insufficient_privilege';
  end if;
  delete from standing s using place p where p.batch_id = p_batch and s.place_id = p.place_id and s.subject_kind = 'place' and s.known = 0;
  get diagnostics dropped = row_count;
  delete from rollup r using place p where p.batch_id = p_batch and r.place_id = p.place_id and r.n = 0;
  delete from rollup_answer r using place p where p.batch_id = p_batch and r.place_id = p.place_id and r.n = 0;
  return dropped;
end $$;
revoke execute on function waymark.drop_empty_standings from public;
grant execute on function waymark.drop_empty_standings to waymark_app;

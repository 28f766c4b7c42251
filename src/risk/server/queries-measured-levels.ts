// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { Difference } from './queries-recount.ts';

/**
 * Levels at which something was measured, as they are kept and as every assessment of a place tells them. What was taken back counts for
 * nothing, and places it spoke of may be gone: it is left out. To run as the owner or as waymark_jobs.
 */
export async function findLevelDifferences(tx: Tx, limit: number): Promise<Difference[]> {
  const { rows } = await sql<Difference>`
    with counted as (
      select a.instrument_id, i.position, p.country, p.level, a.batch_id, min(a.observed_at) as since
      from waymark.assessment a join waymark.instrument ins on ins.instrument_id = a.instrument_id and ins.scores = 'place'
      join waymark.place p on p.place_id = a.subject_id
      join waymark.instrument_indicator i on i.instrument_id = a.instrument_id and waymark.answers_at(a.answers, i.position, i.by_sex)
      where a.subject_kind = 'place' and a.origin = 'measured' group by 1, 2, 3, 4, 5)
    select 'measured level' as what, i.instrument_code as instrument, concat_ws(' ', i.code, x.country, 'level', x.level, x.batch_id) as key, x.kept, x.counted
    from (select instrument_id, position, country, level, batch_id, max(since) filter (where kept)::text as kept, max(since) filter (where not kept)::text as counted
          from (select *, true as kept from waymark.measured_level union all select *, false from counted) both_ways
          where not exists (select from waymark.import_batch b where b.batch_id = both_ways.batch_id and b.state = 'undone') group by 1, 2, 3, 4, 5) x
    join waymark.instrument_indicator i using (instrument_id, position)
    where x.kept is distinct from x.counted order by 2, 3 limit ${limit}`.execute(tx);
  return rows;
}

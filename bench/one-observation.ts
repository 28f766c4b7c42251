// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import type { MapData } from '../src/risk/domain/map-data.ts';
import { line, times, type Line } from './measure.ts';
import type { World } from './world.ts';

/**
 * Mali records one answer about somebody, and asks for the map of the province until it shows it (it always does at once: the figures are
 * kept in the same transaction). Against: counting the bands of the province from the people's standings when the map is asked for.
 */
export async function oneObservation(world: World): Promise<Line[]> {
  const mali = await world.as('mali');
  const { rows: people } = await sql<{ region_id: number; person_id: string; place_id: string }>`
    select region_id, person_id, place_id from waymark.person order by person_id limit 260`.execute(world.owner);
  const {
    rows: [province],
  } = await sql<{ place_id: string }>`select place_id from waymark.place where code = 'XA01'`.execute(world.owner);
  const ask = async () => (await mali.get<MapData>(`/api/map?place=${province!.place_id}&instrument=household-28`)).body;
  let at = 0;
  const record = async (recruiter: 1 | 3) => {
    const person = people[at++ % people.length]!;
    const answer = await mali.post('/api/assessments', {
      assessmentId: uuidv7(),
      subjectKind: 'person',
      subjectId: person.person_id,
      regionId: person.region_id,
      instrument: 'household-28',
      answers: { recruiter_contact: recruiter, intention_to_leave: recruiter },
      observedAt: new Date().toISOString(),
    });
    if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
  };
  const saved = await times(200, () => record(3));
  const shown = await times(200, async () => {
    await record(1);
    await ask();
  });
  const counted = await times(20, async () => {
    await record(3);
    await sql`select s.place_id, s.sex, s.age_group, s.band, count(*) from waymark.standing s join waymark.place p using (place_id) join waymark.place a on p.path <@ a.path
      where s.instrument_code = 'household-28' and s.subject_kind = 'person' and a.level >= 1 group by 1, 2, 3, 4`.execute(world.owner);
  });
  return [
    line('one answer saved (HTTP, figures of village to country kept)', saved, 'p99'),
    line('one answer saved and the map that shows it fetched', shown, 'p99', {
      what: 'saved, and the figures counted from the people',
      value: counted,
    }),
  ];
}

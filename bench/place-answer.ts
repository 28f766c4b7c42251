// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import type { Client } from '../test/support/client.ts';
import { ms, timesOf } from './measure.ts';
import type { RegisterWorld } from './register-world.ts';

/**
 * An answer about the whole country: how long whoever saves it waits, how long until it counts for everybody in it, and how long those wait who save
 * an answer about one person meanwhile.
 */
export async function placeAnswer(client: Client, { owner, anybody }: RegisterWorld, size: number): Promise<void> {
  const {
    rows: [country],
  } = await sql<{ id: string }>`select place_id as id from waymark.place where level = 0`.execute(owner);
  const people = await anybody(60);
  const save = async (subjectKind: 'person' | 'place', subjectId: string, regionId: number, answers: Record<string, number>) => {
    const from = performance.now();
    const answer = await client.post('/api/assessments', {
      assessmentId: uuidv7(),
      subjectKind,
      subjectId,
      regionId,
      instrument: 'household-28',
      answers,
      observedAt: new Date().toISOString(),
    });
    if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
    return performance.now() - from;
  };
  const counted = async (): Promise<number> =>
    (
      await sql<{
        n: number;
      }>`select count(*)::integer as n from waymark.standing s join waymark.instrument i on i.code = s.instrument_code and i.state = 'live'
        where s.instrument_code = 'household-28' and get_byte(s.answers, array_position(i.indicators, 'place_shock') - 1) = 3`.execute(
        owner,
      )
    ).rows[0]!.n;
  const waiting = async (): Promise<boolean> =>
    (await sql`select from waymark.answer_to_follow where people > 1`.execute(owner)).rows.length > 0;
  const from = performance.now();
  let answered = false;
  const acknowledged = save('place', country!.id, 0, { place_shock: 3 }).finally(() => (answered = true));
  const others: number[] = [];
  for (const { personId, regionId } of people) {
    others.push(await save('person', personId, regionId, { recruiter_contact: 2 }));
    if (answered && !(await waiting())) break;
  }
  const waited = await acknowledged;
  while (await waiting()) await new Promise((done) => setTimeout(done, 200));
  const all = performance.now() - from;
  if ((await counted()) !== size) throw new Error('it does not count for everybody');
  const { p50, p95 } = timesOf(others);
  const row = (what: string, ...figures: string[]) => console.log(`| ${size.toLocaleString('en')} | ${what} | ${figures.join(' | ')} |`);
  row('an answer about the whole country saved', ms(waited), '');
  row('until it counts for everybody in it', ms(all), '');
  row(`an answer about one person saved meanwhile (${others.length})`, ms(p50), ms(p95));
}

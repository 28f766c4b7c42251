// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withInstruments } from '../../../../test/support/area-stats.ts';
import { testDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { insertPlace } from '../../../../test/support/demo-land.ts';
import { importPeopleFile, keepPeople } from '../../../../test/support/people-import.ts';
import { sharedData } from '../../../../test/support/shared-data.ts';
import type { ImportReport } from '../../../places/domain/import-report.ts';

const file = sharedData('bangladesh-youth', 'youth.csv');
const mapping = readFileSync('mappings/bangladesh-youth/youth.yaml', 'utf8');

/** Counts of each value of a column, by code that knows nothing of Waymark: the file quotes cells with commas, and no cell holds a line break. */
function countsByHand(column: string): Record<string, number> {
  const [head = '', ...lines] = readFileSync(file, 'utf8')
    .replace(/^\uFEFF/, '')
    .trim()
    .split(/\r?\n/);
  const cells = (line: string): string[] =>
    [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell = '']) => cell.replace(/^"|"$/g, ''));
  const at = cells(head).indexOf(column);
  const counts: Record<string, number> = {};
  for (const line of lines) {
    const value = cells(line)[at] ?? '';
    counts[value] = (counts[value] ?? 0) + 1;
  }
  return counts;
}

describe('A researcher hands over a survey of young people that asked nobody where they live', () => {
  let db: TestDatabase;
  let report: ImportReport;
  beforeAll(async () => {
    db = await testDatabase();
    await insertPlace(db.owner, { country: 'BD', code: 'BD', names: { en: 'Bangladesh' }, parent: null });
    await withInstruments(db);
    await keepPeople(db, 'Bangladesh youth migration survey 2025');
    report = await importPeopleFile(db, file, mapping);
    await sql`analyze`.execute(db.owner);
  }, 120_000);
  afterAll(() => db.close());

  it('takes all 2,614, without a household, a name or an age that nobody stated', async () => {
    expect(report).toMatchObject({ rows: 2_614, taken: 2_614, rejected: 0, people: { new: 2_614, known: 0, households: 0, named: 0 } });
    const { rows } = await sql<{ sex: number; n: number }>`
      select sex, count(*)::integer as n from waymark.person where household_id is null and born_on is null group by sex order by sex`.execute(
      db.owner,
    );
    const { Male: men, Female: women } = countsByHand('Gender');
    expect(rows).toEqual([
      { sex: 1, n: men },
      { sex: 2, n: women },
    ]);
    expect((await sql`select from waymark.identity`.execute(db.owner)).rows).toHaveLength(0);
  });

  it('answers four indicators as the columns say, counted apart', () => {
    const ages = countsByHand('Age'),
      work = countsByHand('Occupation'),
      decided = countsByHand('Migration_Decision'),
      aware = countsByHand('Program_Awareness');
    expect(report.indicators.map(({ code, scores, unknown, empty }) => [code, ...scores, unknown, empty])).toEqual([
      ['life_stage', ages['40 or above'], 0, ages['18-24'], ages['25-30']! + ages['31-40']!, 0],
      ['school_attendance', work['Student'], 0, 0, 0, 2_614 - work['Student']!],
      ['intention_to_leave', decided['No'], decided['Yes']! + decided['Not sure yet']!, 0, 0, 0],
      ['migration_knowledge', 0, aware['Yes'], aware['No'], aware['Maybe'], 0],
    ]);
  });

  it('says "unknown" of everybody, then and now, and how wide the index could be', async () => {
    const then = await sql<{ band: number; known: number; n: number }>`
      select s.band, s.known, count(*)::integer as n
      from waymark.score_people('household-28', (select array_agg(region_id order by person_id) from waymark.person),
                                (select array_agg(person_id order by person_id) from waymark.person), '2025-09-04') s
      group by 1, 2 order by 2`.execute(db.owner);
    expect(then.rows.map(({ band }) => band)).toEqual(then.rows.map(() => 0));
    // 28 questions, at most four of them answered: nobody's coverage comes near 60 per cent.
    expect(then.rows.map(({ known, n }) => [known, n])).toEqual(knownByHand());
    const now = await sql<{ band: number; n: number }>`
      select band, count(*)::integer as n from waymark.standing where subject_kind = 'person' group by 1`.execute(db.owner);
    expect(now.rows).toEqual([{ band: 0, n: 2_614 }]);
    const { rows } = await sql<{ n: number }>`
      select sum(n)::integer as n from waymark.rollup r join waymark.place p using (place_id) where p.code = 'BD' and r.band = 0`.execute(
      db.owner,
    );
    expect(rows).toEqual([{ n: 2_614 }]);
  });

  it('gives in memory the same standings that the database works out', async () => {
    const { rows } = await sql<{ differ: number }>`
      select count(*)::integer as differ
      from waymark.score_people('household-28', (select array_agg(region_id order by person_id) from waymark.person),
             (select array_agg(person_id order by person_id) from waymark.person), (select max(computed_at) from waymark.standing)) r
      join waymark.standing s on s.subject_id = r.person_id and s.subject_kind = 'person'
      where (s.excess, s.known, s.applicable, s.band, s.answers, s.observed_at, s.valid_until, s.next_change, s.age_group)
        is distinct from (r.excess, r.known, r.applicable, r.band, r.answers, r.observed_at, r.valid_until, r.next_change, r.age_group)`.execute(
      db.owner,
    );
    expect(rows).toEqual([{ differ: 0 }]);
  });
});

/** How many people have how many scored answers, from the file's own words. */
function knownByHand(): [number, number][] {
  const lines = readFileSync(file, 'utf8')
    .replace(/^\uFEFF/, '')
    .trim()
    .split(/\r?\n/)
    .slice(1);
  const counts = new Map<number, number>();
  for (const line of lines) {
    const [, age, , work, , decision, , aware] = line.split(',');
    const known =
      Number(age === '18-24' || age === '40 or above') +
      Number(work === 'Student') +
      Number(['Yes', 'No', 'Not sure yet'].includes(decision ?? '')) +
      Number(aware === 'Yes' || aware === 'No');
    counts.set(known, (counts.get(known) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a - b);
}

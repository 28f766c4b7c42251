// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withInstruments } from '../../../../test/support/area-stats.ts';
import { testDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { insertPlace } from '../../../../test/support/demo-land.ts';
import { coordinatorOf, importPeopleFile, keepPeople } from '../../../../test/support/people-import.ts';
import { sharedData } from '../../../../test/support/shared-data.ts';
import type { ImportReport } from '../../../places/domain/import-report.ts';
import { withActor } from '../../../platform/server/db.ts';
import { shown } from '../../domain/arithmetic.ts';
import { household28 } from '../../domain/instruments/household-28.ts';
import { peopleList, type Asking } from '../people-list.ts';
import { personRisk } from '../person-risk.ts';

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

  it('answers four indicators as the columns say, counted apart; of the private one the report says only that all answered', async () => {
    const ages = countsByHand('Age'),
      work = countsByHand('Occupation'),
      decided = countsByHand('Migration_Decision'),
      aware = countsByHand('Program_Awareness');
    expect(report.indicators.map(({ code, scores, unknown, empty }) => [code, ...scores, unknown, empty])).toEqual([
      ['life_stage', ages['40 or above'], 0, ages['18-24'], ages['25-30']! + ages['31-40']!, 0],
      ['school_attendance', work['Student'], 0, 0, 0, 2_614 - work['Student']!],
      ['migration_knowledge', 0, aware['Yes'], aware['No'], aware['Maybe'], 0],
    ]);
    expect(report.privateQuestions).toMatchObject([{ code: 'intention_to_leave', values: 2_614, empty: 0 }]);
    const position = household28.indicators.findIndex(({ code }) => code === 'intention_to_leave');
    const { rows: kept } = await sql<{ answer: number; n: number }>`
      select get_byte(answers, ${position}) as answer, count(*)::integer as n from waymark.assessment group by 1 order by 1`.execute(
      db.owner,
    );
    expect(kept).toEqual([
      { answer: 1, n: decided['No'] },
      { answer: 2, n: decided['Yes']! + decided['Not sure yet']! },
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

  it('shows of each of them how low and how high the index could be, had everything been asked', async () => {
    const { rows } = await sql<Sums>`
      select s.excess, s.known, s.applicable
      from waymark.score_people('household-28', (select array_agg(region_id order by person_id) from waymark.person),
                                (select array_agg(person_id order by person_id) from waymark.person), '2025-09-04') s`.execute(db.owner);
    const byHand = answersByHand().map((scores) => intervalByHand(Object.values(scores), 28));
    expect(tally(rows.map((sums) => Object.values(shown(sums))))).toEqual(tally(byHand));
    // Of a student of 18 to 24 who has not decided and knows the programmes: 3, 1, 2 and 2 of 28 questions.
    expect(byHand).toContainEqual([50, 7.1, 92.9, 14.3]);
    for (const [, low, high] of byHand) expect(high! - low!).toBeGreaterThan(85);
  });

  it('tells a coordinator the same of the answers that are hers to read, of the day of the survey and of today', async () => {
    const mali = await coordinatorOf(db),
      now = new Date('2026-11-23T05:00:00Z');
    const asked = <T>(work: (asking: Asking) => Promise<T>): Promise<T> => withActor(db.app, mali, (tx) => work({ tx, actor: mali, now }));
    const { rows } = await sql<{ regionId: number; personId: string; answers: Buffer }>`
      select distinct on (answers) region_id as "regionId", subject_id as "personId", answers from waymark.assessment
      where subject_kind = 'person' and observed_at < '2025-09-01' order by answers, subject_id`.execute(db.owner);
    expect(rows.length).toBeGreaterThan(15);
    const open = household28.indicators.map(({ protected: hidden }) => !hidden);
    for (const { answers, ...key } of rows) {
      const { standing, questions, privateQuestions } = await asked((asking) => personRisk(asking, key, { on: '2025-09-04' }));
      const scores = [...answers].filter((answer, at) => open[at] && answer >= 1 && answer <= 3);
      const [index, low, high, coverage] = intervalByHand(scores, 21);
      expect(standing).toMatchObject({ band: 0, index, low, high, coverage });
      const never = [...answers].filter((answer, at) => open[at] && answer === 0).length;
      expect([questions.filter(({ state }) => state === 'never').length, privateQuestions]).toEqual([never, 7]);
    }
    const today = await asked((asking) => peopleList(asking, {}, 3_000));
    expect(
      tally(today.rows.map(({ band, index, low, high, coverage, reasons }) => [band, index, low, high, coverage, reasons.length])),
    ).toEqual(new Map([['[0,null,0,100,0,0]', 2_614]]));
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

type Sums = Parameters<typeof shown>[0];

/** What each of them answered, from the file's own words. */
function answersByHand(): Readonly<Record<string, number>>[] {
  const lines = readFileSync(file, 'utf8')
    .replace(/^\uFEFF/, '')
    .trim()
    .split(/\r?\n/)
    .slice(1);
  return lines.map((line) => {
    const [, age, , work, , decision, , aware] = line.split(',');
    return {
      ...(age === '18-24' ? { stage: 3 } : age === '40 or above' ? { stage: 1 } : {}),
      ...(work === 'Student' ? { school: 1 } : {}),
      ...(decision === 'No' ? { leave: 1 } : ['Yes', 'Not sure yet'].includes(decision ?? '') ? { leave: 2 } : {}),
      ...(aware === 'Yes' ? { knows: 2 } : aware === 'No' ? { knows: 3 } : {}),
    };
  });
}

/** How many people have how many scored answers. */
function knownByHand(): [number, number][] {
  const counts = new Map<number, number>();
  for (const scores of answersByHand()) {
    const known = Object.keys(scores).length;
    counts.set(known, (counts.get(known) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a - b);
}

/** Index, the index if every question that is missing were answered 1, or 3, and coverage: the design's own words, question by question. */
function intervalByHand(scores: readonly number[], questions: number): (number | null)[] {
  const tenth = (value: number): number => Math.round(10 * value) / 10;
  const index = (all: readonly number[]): number => tenth((100 * (all.reduce((sum, s) => sum + s, 0) / all.length - 1)) / 2);
  const filled = (missing: number): number[] => [...scores, ...Array.from({ length: questions - scores.length }, () => missing)];
  return [scores.length ? index(scores) : null, index(filled(1)), index(filled(3)), tenth((100 * scores.length) / questions)];
}

/** How often each stands in a list. */
function tally(list: readonly unknown[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of list.map((each) => JSON.stringify(each)).sort()) counts.set(one, (counts.get(one) ?? 0) + 1);
  return counts;
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { importMadeStats, statistician, undoStats, withInstruments, type StatsRun } from '../../../test/support/area-stats.ts';
import { testDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { makeWorld, type WorldPlace } from '../../../test/support/risk-world.ts';
import type { ImportReport } from '../../places/domain/import-report.ts';

const poor = `
country: XT
level: 3
instrument: place-secondary-1
source: a list made for this test
code: { column: code }
observed: { date: "2025-06-30" }
indicators:
  poor_households: { part: num(poor), whole: num(households), sumUp: true }
`;
const villages = ['XT111', 'XT112', 'XT121', 'XT122', 'XT211', 'XT212', 'XT221', 'XT222'];
const list = (change: (code: string, i: number) => string = (code, i) => `${code},${i + 1},100`): string =>
  ['code,poor,households', ...villages.map(change)].join('\n');

describe('A coordinator imports a list that has its faults', () => {
  let db: TestDatabase, world: Map<string, WorldPlace>;
  beforeAll(async () => {
    db = await testDatabase();
    world = await makeWorld(db.owner);
    await withInstruments(db);
  });
  afterAll(() => db.close());
  // Assessments cannot be deleted, so each test takes back what it imported.
  beforeEach(async () => {
    const { rows } = await sql<{ id: string }>`select batch_id as id from waymark.import_batch where state = 'done'`.execute(db.owner);
    for (const { id } of rows) await undoStats(db, id);
  });

  const take = (content: string | Buffer, mapping = poor, options: StatsRun = {}): Promise<ImportReport> =>
    importMadeStats(db, content, mapping, options);
  const problem = async (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'no problem',
      (error: unknown) => error,
    );
  const refusals = (report: ImportReport): unknown[] =>
    report.rejectedRows.map(({ row, column, code, reason }) => [row, column, code, reason]);
  const count = async (table: string): Promise<number> =>
    (await sql<{ n: number }>`select count(*)::integer as n from ${sql.table(`waymark.${table}`)}`.execute(db.owner)).rows[0]!.n;
  const answers = async (code: string): Promise<number[]> => {
    const { rows } = await sql<{
      answers: Buffer;
    }>`select answers from waymark.standing where subject_id = ${world.get(code)!.placeId} and instrument_code = 'place-secondary-1'`.execute(
      db.owner,
    );
    return [...(rows[0]?.answers ?? [])];
  };

  it('scores by thirds, sums upwards, and says it all in the report', async () => {
    const report = await take(list());
    expect(report).toMatchObject({ rows: 8, taken: 8, rejected: 0, rejectedFile: null, sameAs: null });
    expect(report.levels.map(({ level, known, matched }) => [level, known, matched])).toEqual([
      [0, 1, 1],
      [1, 2, 2],
      [2, 4, 4],
      [3, 8, 8],
    ]);
    expect(report.indicators).toEqual([
      {
        code: 'poor_households',
        title: { en: 'Poor households', th: 'ครัวเรือนยากจน', km: 'គ្រួសារក្រីក្រ' },
        values: 8,
        empty: 0,
        cuts: [0.04, 0.07],
        scores: [3, 3, 2],
        summedTo: [
          { level: 0, places: 1 },
          { level: 1, places: 2 },
          { level: 2, places: 4 },
        ],
      },
    ]);
    expect([await answers('XT111'), await answers('XT122'), await answers('XT222')].map((a) => a[0])).toEqual([1, 2, 3]);
    const { rows } =
      await sql`select p.code, s.value, s.places_with, s.places_all from waymark.area_statistic s join waymark.place p using (place_id) where s.origin = 'summed' order by p.code`.execute(
        db.owner,
      );
    expect(rows[0]).toEqual({ code: 'XT', value: 36 / 800, places_with: 8, places_all: 8 });
  });

  it('names orphans, with the place that was meant where it can tell', async () => {
    const report = await take(list((code, i) => [code, 'xt-112', '0XT121', 'XT12', 'XT999', code, code, code][i] + `,${i + 1},100`));
    expect(refusals(report)).toEqual([
      [3, 'code', 'xt-112', 'no level 3 has the code xt-112; did you mean XT112 XT112?'],
      [4, 'code', '0XT121', 'no level 3 has the code 0XT121; did you mean XT121 XT121?'],
      [5, 'code', 'XT12', 'XT12 is a level 2, not a level 3'],
      [6, 'code', 'XT999', 'no level 3 has the code XT999'],
    ]);
    expect(report).toMatchObject({ rows: 8, taken: 4, rejected: 4 });
  });

  it('rejects both rows of a village with two figures, and takes one of two that say the same', async () => {
    const report = await take(`${list()}\nXT111,50,100\nXT112,2,100\nXT111,1,100\n`);
    const why = (other: number): string => `rows 2 and ${other} give different figures for this place`;
    expect(refusals(report)).toEqual([
      [2, 'poor, households', 'XT111', why(10)],
      [10, 'poor, households', 'XT111', why(10)],
      [12, 'poor, households', 'XT111', why(12)],
    ]);
    expect(readFileSync(report.rejectedFile!, 'utf8')).toContain(
      'made.csv,2,"poor, households",XT111,rows 2 and 10 give different figures',
    );
    expect(report).toMatchObject({ rows: 11, taken: 8, rejected: 3 });
    expect(report.notes).toContain('1 rows repeat another with the same figures and count once: XT112 in rows 3 and 11.');
    expect(await answers('XT111')).toSatisfy((a: number[]) => (a[0] ?? 0) === 0);
  });

  it('names row and column of each cell that cannot be', async () => {
    const report = await take(
      'code,poor,households\nXT111,many,100\nXT112,3,0\nXT121,120,100\nXT122,-1,100\n,1,100\nXT211,,\nXT212,1,\nXT221,"1,5",100\nXT222,7,100,x\n',
    );
    expect(refusals(report)).toEqual([
      [10, null, null, 'the row has 4 cells, the header 3; is a text with a "," in it missing its quotes?'],
      [2, 'poor', 'XT111', '"many" is not a number'],
      [3, 'households', 'XT112', 'poor_households: the whole is 0, so there is nothing to be a part of'],
      [4, 'poor, households', 'XT121', 'poor_households: 120 of 100 is more than all'],
      [5, 'poor', 'XT122', 'poor_households: -1 is less than nothing'],
      [6, 'code', null, 'the row has no code'],
      [7, 'poor, households', 'XT211', 'the row has no figure'],
      [8, 'poor, households', 'XT212', 'the row has no figure'],
      [9, 'poor', 'XT221', '"1,5" is not a number; if that is a decimal comma, say decimal: "," in the mapping'],
    ]);
    expect(report).toMatchObject({ rows: 9, taken: 0, rejected: 9 });
  });

  it('writes all rejected rows to a file in which no cell is a formula', async () => {
    const report = await take('code,poor,households\n"=cmd|calc",1,2\n@x,1,2\n');
    const lines = readFileSync(report.rejectedFile!, 'utf8').split('\n');
    expect(lines[1]).toContain("'=cmd|calc");
    expect(lines[2]).toContain("'@x");
  });

  it('reads CR only, a byte-order mark, decimal commas and codes without their nought', async () => {
    const codes = `${poor.replace('{ column: code }', '{ expression: "\'XT\' || pad(code, 3)" }')}decimal: ","\ndelimiter: ";"\n`;
    const content = Buffer.from(
      `\ufeff${['code;poor;households', ...villages.map((code, i) => `${code.slice(2)};${i + 1},5;100`)].join('\r')}`,
    );
    expect(await take(content, codes)).toMatchObject({ taken: 8, rejected: 0, indicators: [{ cuts: [0.045, 0.075] }] });
  });

  it('reads dates of the Buddhist era only where the mapping says so', async () => {
    const dated = (era: string): string => poor.replace('{ date: "2025-06-30" }', `{ column: day, era: ${era} }`);
    const content = ['code,poor,households,day', ...villages.map((code, i) => `${code},${i + 1},100,30/06/2568`)].join('\n');
    expect(await take(content, dated('buddhist'))).toMatchObject({ taken: 8 });
    const { rows } = await sql`select distinct observed_on from waymark.area_statistic`.execute(db.owner);
    expect(rows).toEqual([{ observed_on: '2025-06-30' }]);
    expect(refusals(await take(`${content}\n`, dated('common')))[0]).toEqual([
      2,
      'day',
      'XT111',
      '"30/06/2568" is not a date of the common era (day/month/year, year-month-day or a year); is it of the Buddhist era (2025)? Say era: buddhist',
    ]);
  });

  it.each([
    ['a header a letter apart', list().replace('poor', 'pour'), poor, 'no column poor; did you mean pour?'],
    [
      'an indicator the instrument has not',
      list(),
      poor.replace('poor_households', 'poverty'),
      'indicators.poverty: place-secondary-1 has no indicator poverty',
    ],
    [
      'a key that does not exist',
      list(),
      poor.replace('sumUp', 'sum_up'),
      'line 9, indicators.poor_households.sum_up: there is no such key here; did you mean sumUp?',
    ],
    [
      'a part without its whole',
      list(),
      poor.replace(', whole: num(households), sumUp: true', ''),
      'line 9, indicators.poor_households: say the value, or the part and the whole',
    ],
    [
      'a day that is none',
      list(),
      poor.replace('2025-06-30', '2025-02-30'),
      'line 7, observed.date: 2025-02-30 is not a day of the calendar',
    ],
    ['broken YAML', list(), `${poor}\n  x: [1`, 'line '],
    [
      'SQL that reaches out',
      list(),
      poor.replace('num(poor)', "(select count(*) from read_csv('/etc/passwd'))"),
      'a query within may not be used',
    ],
    ['a level without places', list(), poor.replace('level: 3', 'level: 4'), 'There are no places of level 4 in XT yet'],
    ['a country without places', list(), poor.replace('XT', 'XQ'), 'There are no places of level 3 in XQ yet'],
    ['a date to come', list(), poor.replace('2025-06-30', '2999-06-30'), '2999-06-30'],
  ])('refuses %s, and leaves nothing', async (_, content, mapping, said) => {
    const before = [await count('area_statistic'), await count('assessment')];
    const why = await problem(take(content, mapping));
    expect(why).toMatchObject({ name: 'Problem', detail: expect.stringContaining(said) as string });
    expect([await count('area_statistic'), await count('assessment')]).toEqual(before);
  });

  it('a dry run tells the same and leaves nothing', async () => {
    const before = [await count('area_statistic'), await count('assessment')];
    const rehearsed = await take(list(), poor, { dryRun: true });
    expect(rehearsed).toMatchObject({ dryRun: true, batchId: null, taken: 8, indicators: [{ scores: [3, 3, 2] }] });
    expect([await count('area_statistic'), await count('assessment')]).toEqual(before);
  });

  it('cancelled half-way it leaves nothing and says so', async () => {
    const before = [await count('area_statistic'), await count('assessment')];
    const stop = new AbortController(),
      batchId = uuidv7();
    const why = await problem(
      take(list(), poor, {
        batchId,
        signal: stop.signal,
        onProgress: ({ phase }) => {
          if (phase === 'Writing figures') stop.abort();
        },
      }),
    );
    expect(why).toMatchObject({ code: 'cancelled' });
    expect([await count('area_statistic'), await count('assessment')]).toEqual(before);
    const { rows } = await sql`select state from waymark.import_batch where batch_id = ${batchId}`.execute(db.owner);
    expect(rows).toEqual([{ state: 'cancelled' }]);
  });

  it('cut off from the database half-way it leaves nothing, and the next import succeeds', async () => {
    const before = [await count('area_statistic'), await count('assessment')];
    const kill = (): Promise<unknown> =>
      sql`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'waymark_app' and datname = current_database()`
        .execute(db.owner)
        .catch(() => undefined);
    const { rows: may } = await sql<{
      may: boolean;
    }>`select pg_has_role('waymark_owner', 'pg_signal_backend', 'usage') or pg_has_role('waymark_owner', 'waymark_app', 'usage') as may`.execute(
      db.owner,
    );
    let killed: Promise<unknown> = Promise.resolve();
    const run = problem(
      take(list(), poor, {
        onProgress: ({ phase }) => {
          if (phase === 'Writing figures') killed = may[0]!.may ? kill() : endOwn(db);
        },
      }),
    );
    const why = await run;
    await killed;
    expect(why).not.toBe('no problem');
    expect([await count('area_statistic'), await count('assessment')]).toEqual(before);
    expect(await take(list())).toMatchObject({ taken: 8 });
  });

  it('rejects places outside the area of whoever imports, and sums only within it', async () => {
    const actor = await statistician(db, [world.get('XT1')!.path]);
    const report = await take(list(), poor, { actor });
    expect(report).toMatchObject({ taken: 4, rejected: 4, levels: [{ matched: 0 }, { matched: 1 }, { matched: 2 }, { matched: 4 }] });
    expect(report.rejectedRows[0]).toMatchObject({
      row: 6,
      column: 'code',
      code: 'XT211',
      reason: 'the place lies outside the area you work in',
    });
  });

  it('thirds of a second list are those of the country, and taking the first back corrects the sums of the second', async () => {
    const first = await take(list().split('\n').slice(0, 5).join('\n'));
    const second = await take(['code,poor,households', ...villages.slice(4).map((code, i) => `${code},${90 + i},100`)].join('\n'), poor);
    expect(second.indicators[0]!.cuts).toEqual([0.04, 0.92]);
    expect(second.notes).toContain('poor_households: thirds are drawn from this file together with 4 places measured before.');
    expect((await answers('XT'))[0]).toBe(2);
    await undoStats(db, first.batchId!);
    const { rows } =
      await sql`select s.part, s.whole, s.places_with, s.places_all from waymark.area_statistic s where s.origin = 'summed' and s.place_id = ${world.get('XT')!.placeId}`.execute(
        db.owner,
      );
    expect(rows).toEqual([{ part: 366, whole: 400, places_with: 4, places_all: 8 }]);
    expect([(await answers('XT'))[0], (await answers('XT111'))[0]]).toEqual([2, 0]);
    await undoStats(db, second.batchId!);
    expect([await count('area_statistic'), (await answers('XT'))[0], (await answers('XT221'))[0]]).toEqual([0, 0, 0]);
  });

  it('leaves out rows by the mapping, replaces codes, takes values without wholes, and looks wholes up', async () => {
    await take(list());
    const other = `
country: XT
level: 2
instrument: place-secondary-1
source: reports
code: { column: code, instead: { OLD: XT22 } }
observed: { date: "2025-06-30" }
where: year = '2025'
indicators:
  reported_violence: { part: num(cases), whole: { statistic: poor_households }, sumUp: true }
  dependency: { value: pct(share) }
`;
    const report = await take(
      'code,year,cases,share\nXT11,2025,2,40%\nXT12,2025,4,\nXT21,2025,6,50\nOLD,2025,8,60\nXT11,2024,9,1\n',
      other,
    );
    expect(report).toMatchObject({
      rows: 4,
      taken: 4,
      rejected: 0,
      indicators: [
        { code: 'dependency', values: 3, empty: 1 },
        { code: 'reported_violence', cuts: [30, 40], values: 4 },
      ],
    });
    expect(report.notes).toContain('1 rows were left out, as the mapping\'s "where" says.');
    const { rows } =
      await sql`select value from waymark.area_statistic where indicator = 'reported_violence' and place_id = ${world.get('XT')!.placeId}`.execute(
        db.owner,
      );
    expect(rows).toEqual([{ value: 25 }]);
    await undoStats(db, report.batchId!);
    const lone = other.replace('statistic: poor_households', 'place: population');
    expect((await take('code,year,cases,share\nXT11,2025,2,40%\n', lone)).rejectedRows[0]).toMatchObject({
      column: 'cases',
      reason: 'reported_violence: the population of this place is not known here: import it with the places first',
    });
  });
});

/** Ends the importer's own connection from within, where no other role may. */
async function endOwn(db: TestDatabase): Promise<unknown> {
  return sql`select pg_terminate_backend(pid) from pg_stat_activity where usename = current_user and datname = current_database() and pid <> pg_backend_pid()`
    .execute(db.app)
    .catch(() => undefined);
}

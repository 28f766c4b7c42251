// SPDX-License-Identifier: AGPL-3.0-or-later
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql, type RawBuilder } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importMadeStats, undoStats, withInstruments } from '../../test/support/area-stats.ts';
import { testDatabase, type TestDatabase } from '../../test/support/database.ts';
import { makeWorld, placeOf, type WorldPlace } from '../../test/support/risk-world.ts';
import { aPerson } from '../people/builders.ts';
import { insertPeople } from '../people/server/index.ts';
import { closeMonth, peopleChanged } from '../risk/server/index.ts';
import { examine, type Finding } from './examination.ts';

let db: TestDatabase, world: Map<string, WorldPlace>, dataFolder: string;
const mapping = () => `
country: XT
level: 3
instrument: place-secondary-1
source: a list made for this test
code: { column: code }
observed: { date: "2025-06-30" }
indicators:
  poor_households: { part: num(poor), whole: num(households), sumUp: true }
`;
const list = (plus: number, codes = ['XT111', 'XT112', 'XT121', 'XT122', 'XT211', 'XT212']) =>
  ['code,poor,households', ...codes.map((code, i) => `${code},${3 * i + plus},${90 + i}`)].join('\n');

const examined = (full = false): Promise<Finding[]> =>
  examine({ urls: db.urls, dataFolder, database: 'server', cluster: null, close: async () => {} }, { full });
const ills = async (full = false) =>
  (await examined(full)).filter(({ state }) => state === 'ill').map(({ what, detail }) => `${what}: ${detail}`);

beforeAll(async () => {
  db = await testDatabase();
  dataFolder = mkdtempSync(join(tmpdir(), 'waymark-doctor-'));
  world = await makeWorld(db.owner);
  await withInstruments(db);
  const people = ['XT111', 'XT112', 'XT211'].flatMap((code, village) =>
    Array.from({ length: 40 }, (_, i) => {
      const { placeId, regionId } = placeOf(world, code);
      return aPerson({ placeId, regionId, sex: i % 2 ? 2 : 1 }, 100 * village + i);
    }),
  );
  await db.owner.transaction().execute(async (tx) => {
    await insertPeople(tx, people);
    await peopleChanged(tx, people, new Date('2026-06-01T00:00:00Z'));
  });
  for (const month of ['2026-06-30', '2026-07-31']) await db.jobs.transaction().execute((tx) => closeMonth(tx, month));
  await importMadeStats(db, list(5), mapping());
});
afterAll(async () => {
  rmSync(dataFolder, { recursive: true, force: true });
  await db?.close();
});

describe('an examination', () => {
  it('of a sound installation finds nothing, also the full one, and names what it looked at', async () => {
    expect(await ills(true)).toEqual([]);
    expect((await examined()).map(({ what }) => what)).toEqual([
      'versions',
      'database',
      'disk',
      'data folder',
      'migrations',
      'roles',
      'row security',
      'record of use',
      'identity vault',
      'erasures',
      'saved answers',
      'rollups',
      'lists of people',
      'published months',
      'summed statistics',
    ]);
  });

  /** What somebody with the owner's login could do to the tables, and how to undo it. */
  const root = () => placeOf(world, 'XT').placeId;
  type Ill = [RawBuilder<unknown>, RawBuilder<unknown>];
  const planted: [string, () => Ill, RegExp][] = [
    [
      'a figure of people that is one too many',
      () => [1, -1].map((by) => sql`update waymark.rollup set n = n + ${by} where place_id = ${root()} and sex = 2`) as Ill,
      /^rollups: \d+ differ, such as rollup /,
    ],
    [
      'somebody who stands elsewhere in the lists than her standing says',
      () =>
        [1, -1].map(
          (by) =>
            sql`update waymark.listing set urgency = urgency + ${by} where person_id = (select person_id from waymark.listing order by 1 limit 1)`,
        ) as Ill,
      /^lists of people: 1 differ, such as line of the list /,
    ],
    [
      'somebody whom no list shows',
      () =>
        [1, -1].map(
          (by) => sql`update waymark.listing set region_id = region_id + ${by * 90_000}
            where person_id = (select person_id from waymark.listing order by 1 limit 1)`,
        ) as Ill,
      /^lists of people: 2 differ/,
    ],
    [
      'a household of a list in which nobody lives',
      () => [
        sql`insert into waymark.household_listing values (1, 'household-28', ${root()}, ${root()}, 1, 6000, now())`,
        sql`delete from waymark.household_listing where household_id = ${root()}`,
      ],
      /^lists of people: 1 differ, such as household of the list /,
    ],
    [
      'a closed month counted otherwise later',
      () =>
        [1, -1].map(
          (by) => sql`update waymark.rollup_month set n = n + ${by} where place_id = ${root()} and sex = 2 and month_end = '2026-06-30'`,
        ) as Ill,
      /^published months: \d+ differ, such as published figure .* of 2026-06-30: /,
    ],
    [
      'a published figure',
      () =>
        [100, -100].map(
          (by) =>
            sql`update waymark.published_figure set lines[5] = lines[5] + ${by} where place_id = ${root()} and month_end = '2026-07-31'`,
        ) as Ill,
      /^published months: 1 differ, such as published figure .* of 2026-07-31: people/,
    ],
    [
      'the part of a sum',
      () =>
        [1, -1].map(
          (by) => sql`update waymark.area_statistic set part = part + ${by} where origin = 'summed' and place_id = ${root()}`,
        ) as Ill,
      /^summed statistics: .*summed statistic .* poor_households/,
    ],
    [
      'the share of a sum',
      () =>
        [2, 0.5].map(
          (by) => sql`update waymark.area_statistic set value = value * ${by} where origin = 'summed' and place_id = ${root()}`,
        ) as Ill,
      /^summed statistics: 1 differ/,
    ],
    [
      'of how many places a sum is said to be made',
      () =>
        [1, -1].map(
          (by) => sql`update waymark.area_statistic set places_all = places_all + ${by} where origin = 'summed' and place_id = ${root()}`,
        ) as Ill,
      /^summed statistics: 1 differ/,
    ],
    [
      'what was measured, under its sums',
      () =>
        [1, -1].map(
          (by) =>
            sql`update waymark.area_statistic set whole = whole + ${by} where origin = 'measured' and place_id = ${placeOf(world, 'XT111').placeId}`,
        ) as Ill,
      /^summed statistics: 3 differ/,
    ],
    [
      'an entry of the record of use that waits for its seal and is gone',
      () => [
        sql`insert into waymark.audit_unsealed (entry_id) values ('00000000-0000-4000-8000-000000000000')`,
        sql`delete from waymark.audit_unsealed where entry_id = '00000000-0000-4000-8000-000000000000'`,
      ],
      /^record of use: entry 00000000-0000-4000-8000-000000000000 waits to be sealed and is gone$/,
    ],
    [
      'a migration with another text',
      () =>
        ['x', ''].map(
          (mark) => sql`update public.waymark_migrations set sha256 = ${mark} || ltrim(sha256, 'x') where name = '0010_assessments.sql'`,
        ) as Ill,
      /^migrations: .*0010_assessments\.sql was changed after it had been applied/,
    ],
    [
      'a migration that a newer Waymark applied',
      () => [
        sql`insert into public.waymark_migrations (name, sha256) values ('9999_later.sql', 'x')`,
        sql`delete from public.waymark_migrations where name = '9999_later.sql'`,
      ],
      /^migrations: .*9999_later\.sql/,
    ],
    [
      'row security off',
      () => [sql`alter table waymark.person disable row level security`, sql`alter table waymark.person enable row level security`],
      /^row security: not forced on person$/,
    ],
    [
      'row security that its owner may pass',
      () => [sql`alter table waymark.assessment no force row level security`, sql`alter table waymark.assessment force row level security`],
      /^row security: not forced on assessment$/,
    ],
  ];
  it.each(planted)('names %s, and nothing else', async (_what, make, words) => {
    const [plant, mend] = make();
    await plant.execute(db.owner);
    const found = await ills();
    await mend.execute(db.owner);
    expect(found).toEqual([expect.stringMatching(words)]);
    expect(await ills()).toEqual([]);
  });

  it('names a data folder that others may enter', async () => {
    chmodSync(dataFolder, 0o755);
    expect(await ills()).toEqual([expect.stringContaining('data folder: others may enter')]);
    chmodSync(dataFolder, 0o700);
  });

  it('names answers that nobody followed', async () => {
    await sql`insert into waymark.answer_to_follow (region_id, assessment_id, asked_at) values (1, ${uuidv7()}, now() - interval '2 minutes')`.execute(
      db.owner,
    );
    expect(await ills()).toEqual([expect.stringMatching(/^saved answers: 1 are saved and wait to be followed/)]);
    // Of two places one is at work, and the other has its turn after it.
    await sql`update waymark.answer_to_follow set people = 5000`.execute(db.owner);
    await sql`insert into waymark.answer_to_follow (region_id, assessment_id, asked_at, people, done_at) values (1, ${uuidv7()}, now() - interval '2 minutes', 5000, now())`.execute(
      db.owner,
    );
    expect(await ills()).toEqual([]);
    await sql`update waymark.answer_to_follow set done_at = done_at - interval '90 seconds'`.execute(db.owner);
    expect(await ills()).toEqual([expect.stringMatching(/^saved answers: 2 are saved .*, 2 of them for more than a minute/)]);
    await sql`delete from waymark.answer_to_follow`.execute(db.owner);
  });

  it('only the full one scores everybody anew, and names a standing that somebody bettered', async () => {
    const better = (by: number) =>
      sql`update waymark.standing set excess = excess + ${by} where subject_kind = 'person' and ctid = (select ctid from waymark.standing where subject_kind = 'person' order by subject_id limit 1)`.execute(
        db.owner,
      );
    await better(1);
    expect(await ills()).toEqual([]);
    expect(await ills(true)).toEqual([expect.stringMatching(/^standings: 1 differ, such as standing /)]);
    await better(-1);
  });

  it('takes sums as they are after a second file and after one is taken back', async () => {
    const report = await importMadeStats(db, list(9, ['XT111', 'XT222']), mapping().replace('2025-06-30', '2025-12-31'));
    expect(report).toMatchObject({ taken: 2 });
    expect(await ills()).toEqual([]);
    await undoStats(db, report.batchId ?? '');
    expect(await ills()).toEqual([]);
  });

  it('of an installation whose clock was ahead names the month that was closed before it was over', async () => {
    await db.jobs.transaction().execute((tx) => closeMonth(tx, '2099-01-31'));
    const found = (await examined()).find(({ what }) => what === 'published months');
    expect(found).toMatchObject({ state: 'note', detail: expect.stringMatching(/^2099-01: closed before it was over/) });
  });
});

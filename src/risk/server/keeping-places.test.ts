// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { statistician, withInstruments } from '../../../test/support/area-stats.ts';
import { testDatabase, type TestDatabase } from '../../../test/support/database.ts';
import {
  answerIn,
  around,
  inOrder,
  type PlaceFact,
  placesByHand,
  readKept,
  readRows,
  type Rows,
} from '../../../test/support/recount-by-hand.ts';
import { placesImport } from '../../../test/support/places-import.ts';
import { lockBatch, undoLocked, type ImportKind } from '../../places/server/index.ts';
import { seededId } from '../../platform/builders.ts';
import { Problem } from '../../platform/domain/problem.ts';
import { withActor } from '../../platform/server/db.ts';
import type { Instrument } from '../domain/instrument.ts';
import { areaStatsKind, publishInstrument, recount, recountSums, rescoreAll, shippedInstruments, tickClock } from './index.ts';

const instrument = shippedInstruments.find(({ code }) => code === 'place-secondary-1')!;
const aDay = 86_400_000;
const standing: { batchId: string; country: string }[] = [];
let db: TestDatabase,
  clock = Date.UTC(2021, 2, 15, 3);
beforeAll(async () => {
  db = await testDatabase();
  await sql`insert into waymark.installation (installation_id, is_demo, time_zone, people_kept) values (${seededId('installation')}, false, 'Asia/Bangkok', true)`.execute(
    db.owner,
  );
  await withInstruments(db);
});
afterAll(() => db?.close());

/** A country of two or three levels below it; `fans`: how many places lie in each, none here and there. */
async function settle(country: string, depth: number, fans: readonly number[]): Promise<void> {
  let made = 0,
    regions = 0;
  const add = async (code: string, level: number, parent: { id: string; path: string; region: number } | null): Promise<void> => {
    const id = seededId('place', country, code),
      label = `${country}${++made}`,
      path = parent ? `${parent.path}.${label}` : label;
    const region = level === 1 ? Number.parseInt(country, 36) * 100 + ++regions : (parent?.region ?? 0);
    await sql`insert into waymark.place (place_id, country, code, level, parent_id, path, region_id, names, name, search)
      values (${id}, ${country}, ${code}, ${level}, ${parent?.id ?? null}, ${path}::ltree, ${region}, ${JSON.stringify({ en: code })}, ${code}, ${code.toLowerCase()})`.execute(
      db.owner,
    );
    const many = level === 0 ? 2 + (fans[0]! % 2) : fans[made % fans.length]!;
    if (level < depth) for (let i = 1; i <= many; i++) await add(`${code}${i}`, level + 1, { id, path, region });
  };
  await add(country, 0, null);
}

/** A file about the places of one level: of each question parts of wholes, summed or not, or bare values; a place may lack a row, a row a cell. */
const file = fc.record({
  kind: fc.constant('import' as const),
  level: fc.nat(5),
  questions: fc.uniqueArray(
    fc.record({ at: fc.nat(8), gives: fc.constantFrom('sums' as const, 'sums' as const, 'parts' as const, 'values' as const) }),
    { minLength: 3, maxLength: 6, selector: ({ at }) => at },
  ),
  cells: fc.array(fc.record({ part: fc.nat(100), gap: fc.nat(9).map((n) => n < 2), missing: fc.nat(9).map((n) => n < 3) }), {
    minLength: 25,
    maxLength: 25,
  }),
  daysAgo: fc.array(fc.oneof(fc.nat(2_000), fc.integer({ min: 6_500, max: 7_600 })), { minLength: 2, maxLength: 2 }),
});
type MadeFile = typeof file extends fc.Arbitrary<infer T> ? T : never;
/** Places of one level that an import brings, each within some place one level up: `under` says which. */
const newcomers = fc.record({
  kind: fc.constant('bring' as const),
  level: fc.nat(5),
  under: fc.array(fc.nat(50), { minLength: 1, maxLength: 4 }),
});
const step = fc.oneof(
  { weight: 6, arbitrary: file },
  { weight: 4, arbitrary: newcomers },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('undo' as const), which: fc.nat(20) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), days: fc.integer({ min: 20, max: 900 }) }) },
);
const life = fc.record({
  depth: fc.constantFrom(2, 3),
  fans: fc.array(fc.nat(3), { minLength: 5, maxLength: 9 }),
  steps: fc.array(step, { minLength: 6, maxLength: 12 }),
});

const asked = (n: number) => [0, 1, 2].map((at) => ({ at: at + n, gives: 'sums' as const }));
const full = (n: number) => Array.from({ length: 25 }, (_, i) => ({ part: (i * 7 + n) % 100, gap: i % 6 === 5, missing: false }));
/** Once at least everything happens often enough, whatever chance makes of the others. */
const fullLife = {
  depth: 2 as const,
  fans: [1, 2, 1, 2, 1],
  steps: [0, 1, 2].flatMap((n) => [
    { kind: 'import' as const, level: n, questions: asked(n), cells: full(n), daysAgo: [100 + n, 200 + n] },
    { kind: 'undo' as const, which: 0 },
    { kind: 'bring' as const, level: 0, under: [n, n + 1] },
  ]),
};
const day = (ms: number): string => new Date(ms + 7 * 3_600_000).toISOString().slice(0, 10);

function madeFile(
  country: string,
  places: readonly PlaceFact[],
  { questions, cells, daysAgo }: MadeFile,
  level: number,
): { content: string; mapping: string } {
  const asked = questions.map(({ at, gives }) => ({ code: instrument.indicators[at]!.code, gives }));
  const rows = places.flatMap((place, i) => {
    const cell = (k: number) => cells[(i * 5 + k * 7) % cells.length]!;
    if (cell(0).missing) return [];
    const given = asked.map(({ gives }, k) =>
      cell(k).gap ? ['', ''] : gives === 'values' ? [String(cell(k).part / 100), ''] : [String(cell(k).part), '100'],
    );
    // A row without any figure would be rejected, and rightly.
    if (given.every(([value]) => value === '')) return [];
    return [[place.code, day(clock - daysAgo[i % 2]! * aDay), ...given.flat()].join(',')];
  });
  const lines = asked.map(
    ({ code, gives }) =>
      `  ${code}: { ${gives === 'values' ? `value: num(${code})` : `part: num(${code}), whole: num(${code}_of), sumUp: ${gives === 'sums'}`} }`,
  );
  return {
    content: [['code', 'day', ...asked.flatMap(({ code }) => [code, `${code}_of`])].join(','), ...rows].join('\n'),
    mapping: [
      `country: ${country}`,
      `level: ${level}`,
      'instrument: place-secondary-1',
      'source: made for a test',
      'code: { column: code }',
      'observed: { column: day }',
      'indicators:',
      ...lines,
    ].join('\n'),
  };
}

/** Imports as the command line does, at the moment the clock of the test shows. */
async function take(kind: ImportKind, content: string, mapping: string, scopes?: readonly string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-keeping-')),
    batchId = uuidv7(),
    path = join(folder, 'made.csv');
  writeFileSync(path, content);
  const actor = await statistician(db, scopes),
    now = new Date(clock),
    kept = kind.checkMapping(mapping, 'made.yaml');
  await sql`insert into waymark.import_batch (batch_id, kind, file_name, file_sha256, mapping_name, mapping, mapping_sha256, state, actor_id)
    values (${batchId}, ${kind.kind}, 'made.csv', ${batchId}, 'made.yaml', ${JSON.stringify(kept)}::jsonb, 's', 'running', ${actor.accountId})`.execute(
    db.owner,
  );
  await withActor(db.app, actor, async (tx) => {
    const report = await kind.run({
      tx,
      actor,
      batchId,
      files: [{ name: 'made.csv', path }],
      mappingText: mapping,
      mappingName: 'made.yaml',
      dryRun: false,
      rejectedFile: join(folder, 'rejected.csv'),
      now,
      newId: uuidv7,
      signal: new AbortController().signal,
      onProgress: () => {},
    });
    rmSync(folder, { recursive: true });
    expect(report.rejectedRows).toEqual([]);
    await sql`update waymark.import_batch set state = 'done', report = ${JSON.stringify(report)}::jsonb where batch_id = ${batchId}`.execute(
      tx,
    );
  });
  return batchId;
}

const importNow = ({ content, mapping }: { content: string; mapping: string }): Promise<string> => take(areaStatsKind, content, mapping);

/** Brings places in: codes with the code of the place each lies in. */
const bringNow = (
  country: string,
  level: number,
  places: readonly (readonly [code: string, parent: string])[],
  scopes?: readonly string[],
): Promise<string> =>
  take(
    placesImport,
    ['code,within', ...places.map((place) => place.join(','))].join('\n'),
    [
      `country: ${country}`,
      `names: { en: ${country} }`,
      `levels: [{ en: country }${', { en: area }'.repeat(level)}]`,
      `steps: [{ level: ${level}, file: made.csv, code: code, names: { en: code }${level > 1 ? ', parent: { column: within }' : ''} }]`,
    ].join('\n'),
    scopes,
  );

/** Undoes either kind of import as the endpoint does. */
async function undoNow(batchId: string): Promise<void> {
  const actor = await statistician(db);
  await withActor(db.app, actor, async (tx) => {
    const batch = (await lockBatch(tx, batchId))!;
    const kind = batch.kind === 'places' ? placesImport : areaStatsKind;
    await undoLocked(tx, actor, kind, batch, { now: new Date(clock), newId: uuidv7 });
  });
}

/** False where the undoing is refused, because something later hangs on the places; then nothing has changed. */
const undoIfFree = (batchId: string): Promise<boolean> =>
  undoNow(batchId).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Problem && error.code === 'changed-meanwhile') return false;
      throw error;
    },
  );

/** Lets days pass, and answers how many standings they changed. */
async function wait(days: number): Promise<number> {
  clock += days * aDay;
  for (let all = 0; ;) {
    const due = await db.jobs.transaction().execute((tx) => tickClock(tx, new Date(clock), 50));
    if (due === 0) return all;
    all += due;
  }
}

async function publish(version: Instrument): Promise<void> {
  await db.owner.transaction().execute(async (tx) => {
    await publishInstrument(tx, version, uuidv7);
    await rescoreAll(tx, version.code, new Date(clock));
  });
}

interface Statistic {
  readonly placeId: string;
  readonly indicator: string;
  readonly batchId: string;
  readonly started: Date;
  readonly observedOn: string;
  readonly value: number;
  readonly part: number | null;
  readonly whole: number | null;
  readonly origin: string;
  readonly placesWith: number | null;
  readonly placesAll: number | null;
  readonly level: number;
  readonly summed: boolean;
  readonly cuts: readonly { code: string; cuts: [number, number] | null }[];
}

async function readStatistics(): Promise<Statistic[]> {
  const { rows } = await sql<Statistic>`
    select s.place_id as "placeId", s.indicator, s.batch_id as "batchId", b.started_at as started, s.observed_on::text as "observedOn", s.value, s.part, s.whole, s.origin,
           s.places_with as "placesWith", s.places_all as "placesAll", (b.mapping->>'level')::integer as level, coalesce((b.mapping->'indicators'->s.indicator->>'sumUp')::boolean, false) as summed,
           b.report->'indicators' as cuts
    from waymark.area_statistic s join waymark.import_batch b using (batch_id) where b.state = 'done'`.execute(db.owner);
  return rows;
}

function newest(list: readonly Statistic[], key: (one: Statistic) => string): Map<string, Statistic> {
  const order = ({ observedOn, started, batchId }: Statistic): string => `${observedOn} ${started.toISOString()} ${batchId}`;
  return new Map([...list].sort((a, b) => (order(a) < order(b) ? -1 : 1)).map((one) => [key(one), one]));
}

const said = (
  place: PlaceFact,
  indicator: string,
  level: number,
  part: number,
  whole: number,
  has: number,
  of: number,
  on: string,
  value: number,
): string => `${place.code} ${indicator} of level ${level}: ${part}/${whole} from ${has} of ${of}, ${on}, ${value.toPrecision(12)}`;

/** Each area's sum, from the newest part and whole of each place within, one by one; where an import that stands summed any of them. */
function sumsByHand(rows: Rows, statistics: readonly Statistic[]): string[] {
  const sums = new Map<string, { area: PlaceFact; level: number; of: Statistic[] }>(),
    counts = statistics.filter(({ origin, whole }) => origin === 'measured' && whole !== null && whole > 0);
  const within = new Map<string, number>();
  for (const place of rows.places.values())
    for (const { placeId } of around(rows, place.placeId))
      within.set(`${placeId} ${place.level}`, 1 + (within.get(`${placeId} ${place.level}`) ?? 0));
  const wanted = new Set(
    counts
      .filter(({ summed }) => summed)
      .flatMap((one) => around(rows, one.placeId).map(({ placeId }) => `${placeId} ${one.indicator} ${one.level}`)),
  );
  for (const one of newest(counts, ({ placeId, indicator }) => `${placeId} ${indicator}`).values()) {
    for (const area of around(rows, one.placeId).slice(1)) {
      const key = `${area.placeId} ${one.indicator} ${one.level}`;
      if (!wanted.has(key)) continue;
      const sum = sums.get(key) ?? { area, level: one.level, of: [] };
      sum.of.push(one);
      sums.set(key, sum);
    }
  }
  return [...sums.values()]
    .map(({ area, level, of }) => {
      const part = of.reduce((sum, one) => sum + one.part!, 0),
        whole = of.reduce((sum, one) => sum + one.whole!, 0),
        { indicator } = of[0]!;
      const { measure } = instrument.indicators.find(({ code }) => code === indicator)!,
        per = measure?.kind === 'rate' ? measure.per : 1;
      return said(
        area,
        indicator,
        level,
        part,
        whole,
        of.length,
        within.get(`${area.placeId} ${level}`)!,
        of
          .map(({ observedOn }) => observedOn)
          .sort()
          .at(-1)!,
        (per * part) / whole,
      );
    })
    .sort();
}

function sumsKept(statistics: readonly Statistic[]): Statistic[] {
  return [
    ...newest(
      statistics.filter(({ origin }) => origin === 'summed'),
      ({ placeId, indicator, level }) => `${placeId} ${indicator} ${level}`,
    ).values(),
  ];
}

/** What a figure answers, by the borders that the import's report gives. All indicators of this instrument are worse the higher they are. */
function answerOf({ indicator, value, cuts }: Statistic): number | null {
  const borders = cuts.find(({ code }) => code === indicator)?.cuts;
  return borders ? (value >= borders[1] ? 3 : value >= borders[0] ? 2 : 1) : null;
}

/** The answers that stand of a batch for a place and question. */
function answersOf(rows: Rows, { placeId, batchId, indicator, origin }: Statistic): string[] {
  return (rows.said.get(placeId) ?? [])
    .filter((one) => one.batchId === batchId && one.origin === origin)
    .flatMap((one) => {
      const answer = answerIn(one, indicator, 'female'),
        corrected = (rows.corrections.get(one.assessmentId) ?? []).some((correction) => answerIn(correction, indicator, 'female') !== 0);
      return answer === 0 || answer === 7 || corrected ? [] : [`${answer} ${day(one.observedAt.getTime())}`];
    });
}

async function compare(live: Instrument, country: string | null = null): Promise<void> {
  const rows = await readRows(db.owner, country),
    statistics = (await readStatistics()).filter(({ placeId }) => rows.places.has(placeId)),
    sums = sumsKept(statistics);
  expect(
    sums
      .map((s) =>
        said(rows.places.get(s.placeId)!, s.indicator, s.level, s.part!, s.whole!, s.placesWith!, s.placesAll!, s.observedOn, s.value),
      )
      .sort(),
  ).toEqual(sumsByHand(rows, statistics));
  const figures = [...statistics.filter(({ origin }) => origin === 'measured'), ...sums],
    which = (one: Statistic): string => `${rows.places.get(one.placeId)!.code} ${one.indicator} ${one.origin}: `;
  expect(figures.map((figure) => which(figure) + answersOf(rows, figure).join(' and '))).toEqual(
    figures.map((figure) => which(figure) + (answerOf(figure) === null ? '' : `${answerOf(figure)} ${figure.observedOn}`)),
  );
  const byHand = inOrder(placesByHand(rows, live, clock)),
    kept = new Map((await readKept(db.owner, live.code, 'place')).filter(({ id }) => rows.places.has(id)).map((one) => [one.id, one]));
  // A place of which nothing was ever known needs no row.
  expect(inOrder([...kept.values()])).toEqual(byHand.filter(({ id, nextChange }) => kept.has(id) || nextChange !== null));
}

describe('what is kept of places equals what is counted by hand', () => {
  test(
    'after any sequence of imports at several levels, imports taken back in any order, and years that pass',
    { timeout: 120_000 },
    async () => {
      let country = 0;
      const seen = { imports: 0, brought: 0, undone: 0, ended: 0 };
      await fc.assert(
        fc.asyncProperty(life, async ({ depth, fans, steps }) => {
          const name = `X${String.fromCharCode(65 + country++)}`,
            batches: string[] = [];
          await settle(name, depth, fans);
          for (const s of steps) {
            if (s.kind === 'wait') {
              seen.ended += await wait(s.days);
            } else if (s.kind === 'undo') {
              const batchId = batches[s.which % Math.max(1, batches.length)];
              if (batchId && (await undoIfFree(batchId))) {
                batches.splice(batches.indexOf(batchId), 1);
                seen.undone++;
              }
            } else if (s.kind === 'bring') {
              const level = 1 + (s.level % (depth + 1)),
                above = [...(await readRows(db.owner, name)).places.values()].filter((place) => place.level === level - 1);
              if (above.length === 0) continue;
              const made = s.under.map((n, i) => [`${name}n${seen.brought}x${i}`, above[n % above.length]!.code] as const);
              batches.push(await bringNow(name, level, made));
              seen.brought++;
            } else {
              const { places } = await readRows(db.owner, name),
                level = 1 + (s.level % depth);
              const there = [...places.values()].filter((place) => place.level === level);
              if (there.length === 0) continue;
              batches.push(await importNow(madeFile(name, there, s, level)));
              seen.imports++;
            }
            await compare(instrument, name);
          }
          standing.push(...batches.map((batchId) => ({ batchId, country: name })));
          expect(await recount(db.owner, new Date(clock))).toEqual([]);
          expect(await recountSums(db.owner)).toEqual([]);
        }),
        { numRuns: 7, examples: [[fullLife]], endOnFailure: true },
      );
      await compare(instrument);
      expect(Math.min(seen.imports, seen.brought, seen.undone)).toBeGreaterThan(2);
    },
  );

  const poor = (
    country: string,
    daysAgo: number,
    parts: readonly number[],
    given = 'part: num(poor), whole: num(of), sumUp: true',
    { indicator = 'poor_households', first = 1 } = {},
  ): { content: string; mapping: string } => ({
    content: ['code,day,poor,of', ...parts.map((part, i) => `${country}1${i + first},${day(clock - daysAgo * aDay)},${part},100`)].join(
      '\n',
    ),
    mapping: `country: ${country}\nlevel: 2\ninstrument: place-secondary-1\nsource: made for a test\ncode: { column: code }\nobserved: { column: day }\nindicators:\n  ${indicator}: { ${given} }`,
  });
  const sumOf = async (code: string): Promise<number[]> =>
    sumsKept(await readStatistics())
      .filter(({ placeId }) => placeId === seededId('place', code.slice(0, 2), code))
      .map(({ part }) => part!);

  test('when the newest of three lists is taken back, no sum of an older one that held its figures comes to light', async () => {
    await settle('YA', 2, [3]);
    const first = await importNow(poor('YA', 1, [10, 20, 30]));
    await importNow(poor('YA', 900, [40, 50, 60]));
    await importNow(poor('YA', 900, [70, 80, 90]));
    await undoNow(first);
    expect(await sumOf('YA1')).toEqual([240]);
    await compare(instrument, 'YA');
    expect(await recountSums(db.owner)).toEqual([]);
  });

  test.each([
    ['a bare share', 'value: num(poor) / 100', [60]],
    ['a count that is not summed', 'part: num(poor), whole: num(of)', [90]],
  ])('%s that comes later leaves the sums around it true', async (_, given, sum) => {
    const country = given.startsWith('value') ? 'YB' : 'YC';
    await settle(country, 2, [3]);
    await importNow(poor(country, 900, [10, 20, 30]));
    const later = await importNow(poor(country, 1, [40], given));
    expect(await sumOf(`${country}1`)).toEqual(sum);
    await compare(instrument, country);
    expect(await recountSums(db.owner)).toEqual([]);
    await undoNow(later);
    expect(await sumOf(`${country}1`)).toEqual([60]);
    await compare(instrument, country);
  });

  const nothingDiffers = async (country: string): Promise<void> => {
    await compare(instrument, country);
    expect(await recount(db.owner, new Date(clock))).toEqual([]);
    expect(await recountSums(db.owner)).toEqual([]);
  };
  const madeOf = async (code: string): Promise<string[]> =>
    sumsKept(await readStatistics())
      .filter(({ placeId }) => placeId === seededId('place', code.slice(0, 2), code))
      .map(({ placesWith, placesAll }) => `from ${placesWith} of ${placesAll}`);
  const knownOf = async (country: string, code: string): Promise<number | undefined> => {
    const place = [...(await readRows(db.owner, country)).places.values()].find((one) => one.code === code)!;
    return (await readKept(db.owner, instrument.code, 'place')).find(({ id }) => id === place.placeId)?.known;
  };

  test('places brought in later are counted in the sums around them and take over what is handed down, until they are taken back', async () => {
    await settle('YD', 2, [3]);
    await importNow(poor('YD', 900, [10, 20, 30]));
    expect([await madeOf('YD1'), await madeOf('YD')]).toEqual([['from 3 of 3'], ['from 3 of 9']]);
    const villages = await bringNow('YD', 2, [
      ['YD14', 'YD1'],
      ['YD24', 'YD2'],
    ]);
    expect([await madeOf('YD1'), await madeOf('YD')]).toEqual([['from 3 of 4'], ['from 3 of 11']]);
    await nothingDiffers('YD');
    const hamlets = await bringNow('YD', 3, [
      ['YD111', 'YD11'],
      ['YD141', 'YD14'],
    ]);
    expect([await knownOf('YD', 'YD111'), await knownOf('YD', 'YD141')]).toEqual([1, 0]);
    await nothingDiffers('YD');
    expect([await undoIfFree(villages), await undoIfFree(hamlets), await undoIfFree(villages)]).toEqual([false, true, true]);
    expect([await madeOf('YD1'), await madeOf('YD')]).toEqual([['from 3 of 3'], ['from 3 of 9']]);
    await nothingDiffers('YD');
  });

  test('whoever brings places into one province has the sum of the whole country follow', async () => {
    await settle('YE', 2, [3]);
    await importNow(poor('YE', 900, [10, 20, 30]));
    const { rows } = await sql<{ path: string }>`select path::text as path from waymark.place where code = 'YE1'`.execute(db.owner);
    await bringNow(
      'YE',
      2,
      [['YE14', 'YE1']],
      rows.map(({ path }) => path),
    );
    expect([await madeOf('YE1'), await madeOf('YE')]).toEqual([['from 3 of 4'], ['from 3 of 10']]);
    await nothingDiffers('YE');
  });

  test('places of which something was said since are not taken back, and nothing changes', async () => {
    await settle('YF', 2, [3]);
    const villages = await bringNow('YF', 2, [['YF14', 'YF1']]);
    const list = await importNow(poor('YF', 7_000, [10, 20, 30, 40]));
    await wait(1); // the list has ended by now
    expect(await undoIfFree(villages)).toBe(false);
    expect(await madeOf('YF1')).toEqual(['from 4 of 4']);
    await nothingDiffers('YF');
    await undoNow(list);
    expect(await undoIfFree(villages)).toBe(true);
    await nothingDiffers('YF');
  });

  test('the oldest figure of a list was of a place that is gone: nothing differs once both are taken back', async () => {
    await settle('YI', 2, [3]);
    const villages = await bringNow('YI', 2, [['YI14', 'YI1']]);
    const { content, mapping } = poor('YI', 900, [10, 20, 30]);
    const list = await importNow({ content: `${content}\nYI14,${day(clock - 2_000 * aDay)},40,100`, mapping });
    await undoNow(list);
    expect(await undoIfFree(villages)).toBe(true);
    await nothingDiffers('YI');
    expect(await recount(db.owner, new Date(clock))).toEqual([]);
  });

  test(
    'and under a second version, with other weights and borders, in another order and without one of the questions',
    { timeout: 120_000 },
    async () => {
      const next: Instrument = {
        ...instrument,
        version: 2,
        bands: { medium: 25, high: 50, coverage: 30 },
        indicators: instrument.indicators
          .toReversed()
          .filter(({ code }) => code !== 'small_land')
          .map((one, i) => ({ ...one, weight: 1 + (i % 3), months: i % 2 ? 60 : 120 })),
      };
      await settle('YG', 2, [3]);
      const dropped = { indicator: 'small_land' };
      const first = await importNow(poor('YG', 900, [10, 20], undefined, dropped));
      await importNow(poor('YG', 800, [90], undefined, { ...dropped, first: 3 }));
      await publish(next);
      await compare(next);
      // The later list holds sums of both under a question that is not asked any more.
      expect(await sumOf('YG1')).toEqual([120]);
      await undoNow(first);
      expect(await sumOf('YG1')).toEqual([90]);
      await compare(next, 'YG');
      expect(await recountSums(db.owner)).toEqual([]);
      // What was imported under the first version is taken back under the second.
      for (const { batchId, country } of standing.filter((_, i) => i % 2 === 0)) {
        await undoIfFree(batchId);
        await compare(next, country);
      }
      expect(await wait(366 * 22)).toBeGreaterThan(0); // everything has ended by now
      await compare(next);
      expect(new Set((await readKept(db.owner, next.code, 'place')).map(({ known, band }) => `${known} ${band}`))).toEqual(
        new Set(['0 0']),
      );
      expect(await recount(db.owner, new Date(clock))).toEqual([]);
    },
  );

  test('and under a third, which asks again what the second did not', async () => {
    await settle('YH', 2, [3]);
    const dropped = { indicator: 'small_land' };
    const asksAgain = { ...instrument, version: 3 };
    await publish(asksAgain);
    await compare(asksAgain);
    const first = await importNow(poor('YH', 900, [10, 20], undefined, dropped));
    await importNow(poor('YH', 800, [90], undefined, { ...dropped, first: 3 }));
    const without = { ...instrument, version: 4, indicators: instrument.indicators.filter(({ code }) => code !== 'small_land') };
    await publish(without);
    await undoNow(first);
    await compare(without, 'YH');
    const again = { ...instrument, version: 5 };
    await publish(again);
    await compare(again);
    expect(await recount(db.owner, new Date(clock))).toEqual([]);
  });
});

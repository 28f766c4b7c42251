// SPDX-License-Identifier: AGPL-3.0-or-later
import { parse } from 'csv-parse/sync';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, testPassword, type TestApp } from '../../../test/support/app.ts';
import type { Client } from '../../../test/support/client.ts';
import { insertPlace, type TestPlace } from '../../../test/support/demo-land.ts';
import { around, peopleByHand, readRows, type Kept } from '../../../test/support/recount-by-hand.ts';
import { createAccount } from '../../access/server/index.ts';
import { insertHouseholds, insertPeople } from '../../people/server/index.ts';
import { seededId } from '../../platform/builders.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { Answer } from '../domain/pack.ts';
import type { Report } from '../domain/report.ts';
import type { WhereFirst } from '../domain/where-first.ts';
import { closeMonth, installInstruments, peopleChanged, recordAssessments, shippedInstruments, type NewAssessment } from './index.ts';

/**
 * A made land of five levels (country, province, district, sub-district, village), its people, and what was said of them. Every figure of a report
 * and of the ranking is counted once more here, from the rows as they were written, by nothing of the rooms' own arithmetic.
 */
const instrument = shippedInstruments.find(({ code }) => code === 'household-28')!;
const now = new Date('2026-11-23T05:00:00Z');
const [may, october] = ['2026-05-31', '2026-10-31'] as const;
/** The last moment of a day in Bangkok. */
const endOf = (day: string): number => Date.parse(`${day}T17:00:00Z`) - 1;

let app: TestApp, coordinator: Client, analyst: Client;
const land: TestPlace[] = [];
/** What must be kept of everybody, by the day the figures speak of ('' is now), then by every place at or above home. */
const kept = new Map<string, ReadonlyMap<string, readonly Kept[]>>();

/** The same numbers every time, without a library's help. */
let state = 20_261_123;
function chance(below: number): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

const level = (n: number): TestPlace[] => land.filter((place) => place.level === n);
const asOwner = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => app.db.owner.transaction().execute(work);

async function makeLand(): Promise<void> {
  for (const [n, name] of ['country', 'province', 'district', 'sub-district', 'village'].entries())
    await sql`insert into waymark.place_level (country, level, names) values ('XF', ${n}, ${JSON.stringify({ en: name })}::jsonb)`.execute(
      app.db.owner,
    );
  const grow = async (code: string, parent: TestPlace | null): Promise<void> => {
    const place = await insertPlace(app.db.owner, { country: 'XF', code, names: { en: `Place ${code}` }, parent });
    land.push(place);
    if (place.level < 4) for (let i = 1; i <= (place.level === 3 ? 3 : 2); i++) await grow(`${code}${i}`, place);
  };
  await grow('XF', null);
}

interface Somebody {
  readonly personId: string;
  readonly regionId: number;
  readonly householdId: string | null;
  readonly place: TestPlace;
}
const people: Somebody[] = [];

/** So many people, most of them in a village, some known by their sub-district alone; households of about four. */
async function settle(many: number): Promise<void> {
  const homes = [...level(4), ...level(4), ...level(4), ...level(3)];
  const made = Array.from({ length: many }, (_, i) => {
    const place = homes[chance(homes.length)]!,
      n = people.length + i;
    const householdId = chance(12) ? seededId('household', `${place.code} ${chance(6)}`) : null;
    const born = `${1950 + chance(76)}-${String(1 + chance(12)).padStart(2, '0')}-${String(1 + chance(28)).padStart(2, '0')}`;
    return {
      person: {
        regionId: place.regionId,
        personId: seededId('somebody', n),
        householdId,
        placeId: place.placeId,
        sex: ([0, 1, 1, 2, 2, 2, 9] as const)[chance(7)]!,
        bornOn: chance(9) && born < '2026-01-01' ? born : null,
      },
      place,
    };
  });
  const households = new Map(
    made.flatMap(({ person: { householdId, regionId, placeId } }) =>
      householdId ? [[householdId, { householdId, regionId, placeId }] as const] : [],
    ),
  );
  await asOwner(async (tx) => {
    const { rows } = await sql<{ id: string }>`select household_id as id from waymark.household`.execute(tx);
    const there = new Set(rows.map(({ id }) => id));
    await insertHouseholds(
      tx,
      [...households.values()].filter(({ householdId }) => !there.has(householdId)),
    );
    await insertPeople(
      tx,
      made.map(({ person }) => person),
    );
    await peopleChanged(
      tx,
      made.map(({ person }) => person),
      now,
    );
  });
  people.push(...made.map(({ person, place }) => ({ ...person, place })));
}

let visits = 0;
/** How many of twenty answers are worse than usual: those who live together are alike, so that in every sub-district every band has many people. */
const manners = [-7, 1, 12, -7, 1, 12, 'hardly asked'] as const;

/** What is said on a visit: worse in some places than in others, so that areas differ; some questions stay open. */
function visit(
  kind: 'person' | 'household' | 'place',
  subjectId: string,
  place: TestPlace,
  from: string,
  days: number,
  home = subjectId,
): NewAssessment {
  const manner = kind === 'place' ? 1 : manners[Number.parseInt(home.slice(-4), 16) % manners.length]!;
  const worse = Number(place.code.at(-1)) + Number(place.code.at(3) ?? 1) * 2 + (manner === 'hardly asked' ? 0 : manner);
  const one = (): Answer => {
    const drawn = chance(20);
    if (drawn < 1) return 'unknown';
    if (drawn === 1) return 'refused';
    if (drawn === 3) return 'not-applicable';
    return drawn < 4 + worse ? 3 : drawn < 8 + worse ? 2 : 1;
  };
  const open = manner === 'hardly asked' ? 10 : chance(10);
  const asked = instrument.indicators.filter(({ unit }) => unit === kind).filter(() => open < 9 || chance(3) === 0);
  return {
    assessmentId: seededId('visit', ++visits),
    subjectKind: kind,
    subjectId,
    regionId: place.regionId,
    instrument: instrument.code,
    answers: Object.fromEntries(
      (asked.length ? asked : instrument.indicators.filter(({ unit }) => unit === kind)).map(({ code }) => [code, one()]),
    ),
    observedAt: new Date(Date.parse(`${from}T03:00:00Z`) + chance(days) * 86_400_000),
    actorId: 'tester',
  };
}

async function visitThem(whom: readonly Somebody[], from: string, days: number): Promise<void> {
  const households = new Map(whom.flatMap(({ householdId, place }) => (householdId ? [[householdId, place] as const] : [])));
  const said = [
    ...whom
      .filter(() => chance(16) > 0)
      .map(({ personId, householdId, place }) => visit('person', personId, place, from, days, householdId ?? personId)),
    ...[...households].map(([id, place]) => visit('household', id, place, from, days)),
    ...[...level(4), ...level(3)].filter(() => chance(4) === 0).map((place) => visit('place', place.placeId, place, from, days)),
  ];
  await asOwner((tx) => recordAssessments(tx, said, now));
}

/** People who moved, died, left, and one who is back. */
async function change(): Promise<void> {
  await asOwner(async (tx) => {
    const some = people.filter(() => chance(9) === 0);
    for (const [i, { regionId, personId }] of some.entries()) {
      const home = level(4)[chance(24)]!;
      if (i % 3 === 0)
        await sql`update waymark.person set place_id = ${home.placeId}, household_id = null, version = version + 1
          where region_id = ${regionId} and person_id = ${personId} and state = 1`.execute(tx);
      else
        await sql`update waymark.person set state = ${i % 3 === 1 ? 2 : 3}, state_on = '2026-11-01', version = version + 1
          where region_id = ${regionId} and person_id = ${personId}`.execute(tx);
    }
    await sql`update waymark.person set state = 1, state_on = null where person_id = ${some[1]!.personId}`.execute(tx);
    await peopleChanged(tx, some, now);
  });
}

async function countByHand(day: string, at: number): Promise<void> {
  const rows = await readRows(app.db.owner);
  const everywhere = new Map<string, Kept[]>(land.map(({ placeId }) => [placeId, []]));
  for (const one of peopleByHand(rows, instrument, at))
    for (const { placeId } of around(rows, one.place)) everywhere.get(placeId)!.push(one);
  kept.set(day, everywhere);
}
const close = (day: string) => app.db.jobs.transaction().execute((tx) => closeMonth(tx, day));

beforeAll(async () => {
  app = await startApp({ now: () => now });
  await installInstruments(app.db.owner, uuidv7);
  await makeLand();
  const wide = { password: testPassword, placeId: null } as const;
  await createAccount(app.access, { ...wide, userName: 'wide', displayName: 'Wide', role: 'coordinator' });
  await createAccount(app.access, { ...wide, userName: 'afar', displayName: 'Afar', role: 'analyst' });
  [coordinator, analyst] = [await app.anonymous().signIn('wide', testPassword), await app.anonymous().signIn('afar', testPassword)];
  await settle(700);
  await visitThem(people, '2026-02-01', 110);
  await countByHand(may, endOf(may));
  await close(may);
  await settle(90);
  await visitThem(
    people.filter(() => chance(2) === 0),
    '2026-06-02',
    140,
  );
  await change();
  await countByHand(october, endOf(october));
  await close(october);
  await change();
  await visitThem(people.slice(0, 40), '2026-11-02', 20);
  await countByHand('', now.getTime());
}, 120_000);
afterAll(() => app?.close());

/** Those who live at a place or below it. */
const thoseAt = (day: string, { placeId }: TestPlace): readonly Kept[] => kept.get(day)!.get(placeId)!;
/** Rows of a file without its headings. */
const inCells = (text: string): string[][] => parse(text, { bom: true }).slice(1);

interface Filter {
  readonly sex?: number;
  readonly ageGroup?: number;
}
const counted = { n: 0, unknown: 0, low: 0, medium: 0, high: 0 };
type Counts = typeof counted;
const bandNames = ['unknown', 'low', 'medium', 'high'] as const;

/** How many stand where, of those at or below a place. */
function counts(day: string, place: TestPlace, { sex, ageGroup }: Filter = {}): Counts {
  const sum = { ...counted };
  for (const one of thoseAt(day, place)) {
    const its = one.sex === 1 || one.sex === 2 ? one.sex : 0;
    if ((sex !== undefined && its !== sex) || (ageGroup !== undefined && one.ageGroup !== ageGroup)) continue;
    sum.n++;
    sum[bandNames[one.band]!]++;
  }
  return sum;
}
/** Per cent to one decimal, half up, by whole numbers. */
const cent = (of: number, all: number): number => Math.floor((2_000 * of + all) / (2 * all)) / 10;
const missing = ({ n, unknown }: Counts): number | null => (n === 0 ? null : cent(unknown, n));
const below = (place: TestPlace, n: number): TestPlace[] =>
  level(n)
    .filter(({ path }) => path === place.path || path.startsWith(`${place.path}.`))
    .sort((a, b) => (a.code < b.code ? -1 : 1));

const some = (): TestPlace[] => [0, 1, 2, 3, 4].map((n) => level(n).at(-1)!);
const dates = [
  ['', ''],
  [may, '&date=2026-06-15'],
  [october, `&date=${october}`],
] as const;
const filters: readonly (readonly [string, Filter])[] = [
  ['', {}],
  ['&sex=2&ageGroup=6', { sex: 2, ageGroup: 6 }],
  ['&sex=0&ageGroup=0', { sex: 0, ageGroup: 0 }],
];
async function ask<T>(who: Client, path: string): Promise<T> {
  const answer = await who.get<T>(path);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
}

describe('a report of people', () => {
  test.each(dates)('by place, at every level and of every area, is what was written (%s)', async (day, asked) => {
    expect(counts(day, land[0]!).n).toBeGreaterThan(300);
    for (const place of some())
      for (let n = place.level; n <= 4; n++)
        for (const [filter, of] of filters) {
          const report = await ask<Report>(coordinator, `/api/people/report?place=${place.placeId}&by=place&level=${n}${filter}${asked}`);
          const rows = below(place, n).map((each) => ({ code: each.code, counts: counts(day, each, of) }));
          const what = `${place.code} ${n} ${filter} ${day}`;
          expect(
            report.rows.map((row) => ({ code: row.place!.code, counts: row.counts })).sort((a, b) => (a.code < b.code ? -1 : 1)),
            what,
          ).toEqual(rows);
          expect([report.total.counts, report.exact, report.asOf], what).toEqual([counts(day, place, of), true, day || '2026-11-23']);
          for (const row of report.rows) expect(row.missing).toBe(missing(row.counts as Counts));
        }
  });

  test.each(dates)('by age and by sex too (%s)', async (day, asked) => {
    for (const place of some()) {
      const path = `/api/people/report?place=${place.placeId}${asked}`;
      for (const sex of [undefined, 1]) {
        const report = await ask<Report>(coordinator, `${path}&by=age${sex === undefined ? '' : `&sex=${sex}`}`);
        const of = (ageGroup: number) => ({ ageGroup, ...(sex === undefined ? {} : { sex }) });
        expect(report.rows.map(({ ageGroup, counts: its }) => [ageGroup, its])).toEqual(
          [1, 2, 3, 4, 5, 6, 0].map((group) => [group, counts(day, place, of(group))]),
        );
        expect(report.total.counts).toEqual(counts(day, place, sex === undefined ? {} : { sex }));
      }
      for (const ageGroup of [undefined, 4]) {
        const of = ageGroup === undefined ? {} : { ageGroup };
        const report = await ask<Report>(coordinator, `${path}&by=sex${ageGroup === undefined ? '' : `&ageGroup=${ageGroup}`}`);
        expect(report.rows.map(({ sex, counts: its }) => [sex, its])).toEqual(
          [2, 1, 0].map((sex) => [sex, counts(day, place, { ...of, sex })]),
        );
      }
    }
  });

  test('of a day before the first month was closed says nothing', async () => {
    for (const by of ['place', 'age', 'sex'])
      for (const who of [coordinator, analyst]) {
        const report = await ask<Report>(who, `/api/people/report?place=${land[0]!.placeId}&by=${by}&date=2026-05-30`);
        expect(report.total).toMatchObject({ cover: 'no-data', counts: counted, missing: null });
      }
  });

  test.each(dates)('as a file says the same of the month it speaks of, as far as it may say it (%s)', async (_day, asked) => {
    let shown = 0,
      whole = 0;
    const check = (line: readonly string[], of: (day: string) => Counts): void => {
      const [, , n, low, medium, high, unknown, share, , day] = line;
      const then = of(day!);
      for (const [text, is] of [
        [n, then.n],
        [low, then.low],
        [medium, then.medium],
        [high, then.high],
        [unknown, then.unknown],
      ] as const) {
        if (text === '') continue;
        expect(Number(text), line.join()).toBe(is);
        expect(is === 0 || is >= 11, line.join()).toBe(true);
        shown++;
      }
      if (share !== '') expect(Number(share), line.join()).toBe(missing(then));
    };
    for (const [who, place] of [
      [coordinator, land[0]!],
      [analyst, level(1)[0]!],
    ] as const) {
      const file = async (query: string): Promise<string[][]> =>
        inCells((await who.get(`/api/people/report.csv?place=${place.placeId}&locale=en&${query}${asked}`)).text);
      for (let n = place.level; n <= 4; n++) {
        const parts = below(place, n);
        const lines = await file(`by=place&level=${n}`);
        expect(lines).toHaveLength(parts.length + 1);
        for (const part of parts)
          check(
            lines.find(([code]) => code === part.code)!,
            (day) => counts(day, part),
          );
        if (n === 3)
          whole += parts.filter(({ code }) =>
            lines
              .find((line) => line[0] === code)!
              .slice(2, 7)
              .every((text) => text !== ''),
          ).length;
        check(lines.at(-1)!, (day) => counts(day, place));
      }
      for (const [i, line] of (await file('by=age')).entries())
        check(line, (day) => counts(day, place, i < 7 ? { ageGroup: (i + 1) % 7 } : {}));
      for (const [i, line] of (await file('by=sex')).entries()) check(line, (day) => counts(day, place, i < 3 ? { sex: 2 - i } : {}));
    }
    // Sub-districts with every band among them, each of eleven people and more: with "not shown" alone nothing would have been checked.
    expect([shown > 90, whole > 5]).toEqual([true, true]);
  });
});

describe('where to act first', () => {
  /** Open questions by how many of those who answered gave the worst answer; the instrument's order where that is the same. */
  function reasons(place: TestPlace): { code: string; text: string; score: number }[] {
    const here = thoseAt('', place);
    const shares = instrument.indicators.flatMap((indicator, at) => {
      const answered = here.filter(({ answers }) => [1, 2, 3].includes(answers[at]!)).length,
        worst = here.filter(({ answers }) => answers[at] === 3).length;
      return indicator.protected || worst === 0 ? [] : [{ indicator, at, share: worst / answered }];
    });
    return shares
      .sort((a, b) => (Math.abs(b.share - a.share) > 1e-12 ? b.share - a.share : a.at - b.at))
      .slice(0, 3)
      .map(({ indicator }) => ({ code: indicator.code, text: indicator.reasons[3].en!, score: 3 }));
  }
  const share = (day: string, place: TestPlace, of: Filter): number | null => {
    const { n, high, unknown } = counts(day, place, of);
    return n === unknown ? null : cent(high, n - unknown);
  };
  const tenth = (value: number): number => Math.round(value * 10) / 10;
  /** Since six months before: of October that is a day before the first month was closed. */
  const moved = (day: string, place: TestPlace, of: Filter): number | null => {
    const [is, was] = [share(day, place, of), day === '' ? share(may, place, of) : null];
    return is === null || was === null ? null : tenth(is - was);
  };
  /** No place of this land has a centre: the others of the same parent lie around it. */
  function aroundIt(place: TestPlace, parts: readonly TestPlace[], day: string, of: Filter): number | null {
    const parent = place.path.split('.').slice(0, -1).join('.');
    const others = parts
      .filter((each) => each !== place && each.path.split('.').slice(0, -1).join('.') === parent)
      .flatMap((each) => moved(day, each, of) ?? []);
    return others.length === 0 ? null : tenth(others.reduce((sum, each) => sum + each, 0) / others.length);
  }

  /** The ranking of the places of a level as it must be, of a day and of some people; its reasons are those of everybody now. */
  function rankedByHand(parts: readonly TestPlace[], day: string, of: Filter) {
    const ranked = parts.filter((part) => share(day, part, of) !== null);
    const values = ranked.map((part) => share(day, part, of)!);
    return ranked
      .map((part) => {
        const its = counts(day, part, of),
          value = share(day, part, of)!;
        return {
          code: part.code,
          rank: 1 + values.filter((other) => other > value).length,
          counts: its,
          value,
          low: cent(its.high, its.n),
          high: cent(its.high + its.unknown, its.n),
          coverage: cent(its.n - its.unknown, its.n),
          reasons: reasons(part),
          change: moved(day, part, of),
          neighbours: aroundIt(part, parts, day, of),
          figuresOf: day || '2026-11-23',
          carriedFrom: null,
        };
      })
      .sort((a, b) => b.value - a.value || b.coverage - a.coverage || (a.code < b.code ? -1 : 1));
  }
  const asWritten = ({ rows }: WhereFirst) =>
    rows.map(({ placeId: _id, name: _name, names: _names, band: _band, movedNextDoor: _moved, ...row }) => row);

  test('gives every area its rank, how sure that is, its true reasons, and how it moved', async () => {
    let ties = 0,
      told = 0,
      wide = 0;
    for (const place of [land[0]!, ...level(1), ...level(2), level(3)[0]!])
      for (let n = place.level + 1; n <= 4; n++) {
        const ranking = await ask<WhereFirst>(coordinator, `/api/where-first?place=${place.placeId}&level=${n}&locale=en`);
        const parts = below(place, n),
          expected = rankedByHand(parts, '', {});
        expect(asWritten(ranking), `${place.code} ${n}`).toEqual(expected);
        expect([ranking.notRanked, ranking.comparedWith, ranking.exact, ranking.reasonsOfToday]).toEqual([
          parts.length - expected.length,
          may,
          true,
          false,
        ]);
        ties += expected.length - new Set(expected.map(({ rank }) => rank)).size;
        told += new Set(expected.map(({ reasons: why }) => JSON.stringify(why))).size;
        wide += expected.filter(({ low, value, high }) => low < value && value < high).length;
      }
    // Otherwise nothing would have been asked of ties, of reasons that differ, of what is not known.
    expect([ties > 0, told > 20, wide > 20]).toEqual([true, true, true]);
  });

  test.each([
    ['', '&sex=2', { sex: 2 }],
    ['', '&sex=1&ageGroup=6', { sex: 1, ageGroup: 6 }],
    [october, `&date=${october}`, {}],
    [october, '&date=2026-11-15&ageGroup=6', { ageGroup: 6 }],
  ] as const)(
    'does so of an earlier month and of some people too, and gives the reasons of everybody now (%s %s)',
    async (day, asked, of) => {
      for (const [place, n] of [
        [land[0]!, 3],
        [level(1)[0]!, 4],
      ] as const) {
        const ranking = await ask<WhereFirst>(coordinator, `/api/where-first?place=${place.placeId}&level=${n}&locale=en${asked}`);
        const expected = rankedByHand(below(place, n), day, of);
        expect(expected.length).toBeGreaterThan(5);
        expect(asWritten(ranking)).toEqual(expected);
        expect(ranking).toMatchObject({
          sex: null,
          ageGroup: null,
          ...of,
          asOf: day || '2026-11-23',
          comparedWith: day === '' ? may : null,
          reasonsOfToday: true,
        });
      }
    },
  );

  test('whoever sees published figures is told of each area of which day they are', async () => {
    const ranking = await ask<WhereFirst>(analyst, `/api/where-first?place=${land[0]!.placeId}&level=3`);
    expect([ranking.asOf, ranking.exact, ranking.rows.length > 2]).toEqual([october, false, true]);
    for (const { code, counts: its, figuresOf, carriedFrom } of ranking.rows) {
      expect(its, code).toEqual(
        counts(
          figuresOf,
          land.find((each) => each.code === code)!,
        ),
      );
      expect(carriedFrom).toBe(figuresOf === october ? null : figuresOf);
    }
    // Figures that hardly changed are repeated: without one of these, nothing would have been asked.
    expect(ranking.rows.filter(({ figuresOf }) => figuresOf === may).length).toBeGreaterThan(0);
  });

  test('as a file gives what may be given of the last month, and of no area more', async () => {
    let shown = 0;
    for (const place of [land[0]!, ...level(1)])
      for (let by = place.level + 1; by <= 4; by++) {
        const { text } = await coordinator.get(`/api/where-first.csv?place=${place.placeId}&level=${by}&locale=en`);
        const lines = inCells(text);
        shown += lines.length;
        for (const line of lines) {
          const [, code, , value, low, high, n, coverage] = line;
          const part = land.find((each) => each.code === code)!,
            day = line[11]!;
          const its = counts(day, part);
          expect([value, low, high, n, coverage].map(Number), line.join()).toEqual([
            cent(its.high, its.n - its.unknown),
            cent(its.high, its.n),
            cent(its.high + its.unknown, its.n),
            its.n,
            cent(its.n - its.unknown, its.n),
          ]);
        }
      }
    expect(shown).toBeGreaterThan(1);
  });
});

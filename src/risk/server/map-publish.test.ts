// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import { settlePeople } from '../../../test/support/settle-people.ts';
import { publishSeries } from '../../platform/domain/disclosure-series.ts';
import type { MapData } from '../domain/map-data.ts';
import type { Profile } from '../domain/profile.ts';
import { installInstruments, publishMonths } from './index.ts';
import { layOut, loadTree, peopleShape } from './map-lattice.ts';
import { bandCounts } from './map-people.ts';
import { countPeople } from './queries-published.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
  await installInstruments(app.db.owner, uuidv7);
});
afterAll(() => app?.close());

const months = [
  '2025-07-31',
  '2025-08-31',
  '2025-09-30',
  '2025-10-31',
  '2025-11-30',
  '2025-12-31',
  '2026-01-31',
  '2026-02-28',
  '2026-03-31',
  '2026-04-30',
  '2026-05-31',
  '2026-06-30',
  '2026-07-31',
  '2026-08-31',
];

/** Counts of a village by sex (0 to 2), age group (0 to 2) and band at a month's end, for it and everything around it. */
async function close(month: string, villages: readonly (readonly number[])[]): Promise<void> {
  const all = [...app.land.eastVillages, ...app.land.westVillages];
  for (const [i, counts] of villages.entries()) {
    await sql`
      insert into waymark.rollup_month as r (region_id, place_id, instrument_code, month_end, sex, age_group, band, n)
      select a.region_id, a.place_id, 'household-28', ${month}::date, (c.at / 12)::smallint, (c.at / 4 % 3)::smallint, (c.at % 4)::smallint, c.n
      from unnest(${counts}::integer[]) with ordinality u(n, nth) cross join lateral (select (u.nth - 1)::integer as at, u.n) c
      join waymark.place v on v.place_id = ${all[i]!.placeId} join waymark.place a on a.path @> v.path
      where c.n > 0
      on conflict (region_id, place_id, instrument_code, month_end, sex, age_group, band) do update set n = r.n + excluded.n`.execute(
      app.db.owner,
    );
  }
}
const publish = () => app.db.jobs.transaction().execute(publishMonths);
const forget = async () => {
  for (const table of ['published_month', 'published_figure', 'published_answer', 'rollup_month'])
    await sql`delete from waymark.${sql.raw(table)}`.execute(app.db.owner);
};
const profileOf = async (placeId: string, who: 'analyst' | 'coordinator' = 'analyst') =>
  (await (await app.as(who)).get<Profile>(`/api/places/${placeId}/profile?instrument=household-28`)).body;

describe('What is published when a month is closed', () => {
  const start = fc.array(
    fc.oneof(
      { weight: 2, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 10 }) },
      { weight: 4, arbitrary: fc.integer({ min: 11, max: 60 }) },
    ),
    { minLength: 36, maxLength: 36 },
  );
  const steps = fc.array(
    fc.array(
      fc.oneof(
        { weight: 8, arbitrary: fc.constant(0) },
        { weight: 2, arbitrary: fc.integer({ min: -9, max: 9 }) },
        { weight: 1, arbitrary: fc.integer({ min: -40, max: 40 }) },
      ),
      { minLength: 144, maxLength: 144 },
    ),
    { minLength: months.length - 1, maxLength: months.length - 1 },
  );

  it(
    'month by month, each worked out from what was published of the one before, is what the whole series together is',
    { timeout: 120_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.tuple(start, start, start, start), steps, async (first, changes) => {
          await forget();
          let now = first.map((counts) => [...counts]);
          for (const [at, month] of months.entries()) {
            if (at > 0) now = now.map((counts, village) => counts.map((n, i) => Math.max(0, n + changes[at - 1]![village * 36 + i]!)));
            await close(month, now);
            expect(await publish()).toBe(1);
          }
          const tree = await loadTree(app.db.owner, 'XA'),
            last = months.length - 1;
          const series = publishSeries(
            await Promise.all(
              months.map(async (month) => layOut(tree, peopleShape, await countPeople(app.db.owner, 'household-28', 'XA', month))),
            ),
          );
          for (const { placeId } of [app.land.province, app.land.east, ...app.land.eastVillages, ...app.land.westVillages]) {
            const place = tree.at.get(placeId)!,
              { history, sexAge } = await profileOf(placeId);
            expect(history.map(({ date, counts, carriedFrom }) => [date, counts, carriedFrom])).toEqual(
              months.map((month, at) => {
                const { n, bands, carriedFrom } = series.figure(at, place, null, null);
                return [month, bandCounts(n, bands), carriedFrom === null ? null : months[carriedFrom]];
              }),
            );
            for (const { sex, ageGroup, counts } of sexAge!) {
              const { n, bands } = series.figure(last, place, sex, ageGroup);
              expect([sex, ageGroup, counts]).toEqual([sex, ageGroup, bandCounts(n, bands)]);
            }
          }
        }),
        { numRuns: 4 },
      );
    },
  );

  it('is published once: neither again nor otherwise when the exact month is counted anew', async () => {
    await forget();
    const village = (high: number) => Array.from({ length: 36 }, (_, i) => (i < 4 ? [20, 60, 40, high][i]! : 0));
    await close(months[0]!, [village(30), village(40)]);
    expect(await publish()).toBe(1);
    expect(await publish()).toBe(0);
    await sql`update waymark.rollup_month set n = n + 15 where band = 3`.execute(app.db.owner);
    const [reed] = app.land.eastVillages;
    expect((await profileOf(reed.placeId)).history.map(({ counts }) => counts!.high)).toEqual([30]);
    expect((await profileOf(reed.placeId, 'coordinator')).history.map(({ counts }) => counts!.high)).toEqual([45]);
    // The next month is compared with what readers were given, not with what is counted now: 33 after 30 is too small a change, 45 counted or not.
    await close(months[1]!, [village(33), village(40)]);
    expect(await publish()).toBe(1);
    expect((await profileOf(reed.placeId)).history.at(-1)).toMatchObject({ counts: { high: 30 }, carriedFrom: months[0] });
  });

  it('holds the reasons too: an answer given afterwards is the coordinator’s at once and the analyst’s when the next month is closed', async () => {
    await forget();
    const {
      east,
      eastVillages: [reed, stone],
    } = app.land;
    await settlePeople(app, reed, [20, 60, 40, 30]);
    await settlePeople(app, stone, [30, 80, 50, 40]);
    const counts = (n: number[]) => Array.from({ length: 36 }, (_, i) => n[i] ?? 0);
    await close(months[0]!, [counts([20, 60, 40, 30]), counts([30, 80, 50, 40])]);
    await publish();
    const share = async (who: 'analyst' | 'coordinator') =>
      (
        await (
          await app.as(who)
        ).get<MapData>(`/api/map?place=${east.placeId}&instrument=household-28&measure=indicator&indicator=school_to_work`)
      ).body.total.value;
    const before = [await share('analyst'), await share('coordinator')];
    expect(before).toEqual([20, 20]);
    await settlePeople(app, reed, [0, 0, 0, 70]);
    expect([await share('analyst'), await share('coordinator')]).toEqual([20, 33.3]);
    await close(months[1]!, [counts([20, 60, 40, 100]), counts([30, 80, 50, 40])]);
    expect([await share('analyst'), await share('coordinator')]).toEqual([35, 33.3]);
  });
});

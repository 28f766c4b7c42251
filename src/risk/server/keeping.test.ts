// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { makeWorld, placeOf, type WorldPlace } from '../../../test/support/risk-world.ts';
import { aHousehold, aPerson } from '../../people/builders.ts';
import { seededId } from '../../platform/builders.ts';
import { insertHouseholds, insertPeople } from '../../people/server/index.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { Answers } from '../domain/pack.ts';
import {
  closeMonth,
  installInstruments,
  type NewAssessment,
  peopleChanged,
  recordAssessments,
  recount,
  rescoreBatch,
  shippedInstruments,
  tickClock,
  workOutHistory,
} from './index.ts';

let database: TestDatabase, world: Map<string, WorldPlace>;
const begin = Date.UTC(2026, 0, 1);
const villages = ['XT111', 'XT112', 'XT121', 'XT122', 'XT211', 'XT212', 'XT221', 'XT222'];
const place = (code: string): string => placeOf(world, code).placeId;
const asOwner = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => database.owner.transaction().execute(work);

beforeAll(async () => {
  database = await testDatabase();
  world = await makeWorld(database.owner);
  await asOwner(async (tx) => {
    let n = 0;
    await installInstruments(tx, () => seededId('instrument', ++n));
    const households = villages.map((v, i) => aHousehold({ placeId: place(v), regionId: placeOf(world, v).regionId }, i));
    const people = Array.from({ length: 40 }, (_, i) => {
      const home = households[i % 8] as (typeof households)[number];
      return aPerson(
        {
          placeId: home.placeId,
          regionId: home.regionId,
          householdId: home.householdId,
          sex: ([0, 1, 2, 9] as const)[i % 4] ?? 0,
          bornOn: i % 7 ? `${1985 + i}-0${1 + (i % 9)}-15` : null,
        },
        i,
      );
    });
    await insertHouseholds(tx, households);
    await insertPeople(tx, people);
    await peopleChanged(tx, people, new Date(begin));
  });
});
afterAll(() => database?.close());

const region = (n: number): number => (n % 8 < 4 ? 1 : 2);
const word = fc.constantFrom(1 as const, 2 as const, 3 as const, 'unknown' as const, 'not-applicable' as const);

/** One step of a random life: something is said, corrected, moved, undone, or time passes. */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('say' as const),
      who: fc.constantFrom('person' as const, 'person' as const, 'household' as const, 'place' as const),
      n: fc.nat(39),
      answers: fc.array(fc.tuple(fc.nat(27), word), { minLength: 1, maxLength: 10 }),
      corrects: fc.boolean(),
      batch: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 120 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('move' as const), n: fc.nat(39), to: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('undo' as const) }) },
);

function answersOf(kind: 'person' | 'household' | 'place', given: readonly (readonly [number, Answers[string]])[]): Answers {
  const fitting = shippedInstruments[0]?.indicators.filter((i) => i.unit === kind) ?? [];
  return Object.fromEntries(given.map(([at, answer]) => [fitting[at % fitting.length]?.code ?? '', answer]));
}

describe('what is kept equals what is counted', () => {
  test('after any sequence of visits, corrections, moves, undone batches and passing time', { timeout: 120_000 }, async () => {
    let clock = begin,
      n = 0;
    const said: NewAssessment[] = [];
    const batches: string[] = [];
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        for (const s of steps) {
          const now = new Date(clock);
          if (s.kind === 'wait') {
            clock += s.days * 86_400_000;
            while ((await database.jobs.transaction().execute((tx) => tickClock(tx, new Date(clock), 7))) > 0);
          } else if (s.kind === 'move') {
            const personId = seededId('person', s.n);
            await asOwner(async (tx) => {
              await sql`update waymark.person set place_id = ${place(villages[s.to] ?? 'XT111')} where person_id = ${personId}`.execute(tx);
              await peopleChanged(tx, [{ regionId: region(s.n), personId }], now);
            });
          } else if (s.kind === 'undo') {
            const batchId = batches.pop();
            if (batchId)
              await asOwner(async (tx) => {
                await sql`update waymark.import_batch set state = 'undone' where batch_id = ${batchId}`.execute(tx);
                await rescoreBatch(tx, batchId, now);
              });
          } else {
            const places = [...world.values()];
            const target = s.who === 'place' ? (places[s.n % places.length] as WorldPlace) : null;
            const subjectId = target ? target.placeId : s.who === 'person' ? seededId('person', s.n) : seededId('household', s.n % 8);
            const old = s.corrects ? said.findLast((a) => a.subjectId === subjectId) : undefined;
            const batchId = s.batch ? seededId('batch', ++n) : null;
            const visit: NewAssessment = {
              assessmentId: seededId('visit', ++n),
              subjectKind: s.who,
              subjectId,
              regionId: target ? target.regionId : region(s.n),
              instrument: 'household-28',
              answers: answersOf(s.who, s.answers),
              observedAt: old?.observedAt ?? new Date(clock - (s.n % 3) * 86_400_000),
              actorId: 'tester',
              supersedes: old?.assessmentId ?? null,
              batchId,
            };
            await asOwner(async (tx) => {
              if (batchId)
                await sql`insert into waymark.import_batch (batch_id, kind, file_name, file_sha256, mapping_name, mapping, mapping_sha256, state, actor_id)
              values (${batchId}, 'area-stats', 'f', ${batchId}, 'm', '{}', 's', 'done', 'tester')`.execute(tx);
              await recordAssessments(tx, [visit], now);
            });
            if (batchId) batches.push(batchId);
            said.push(visit);
          }
        }
        expect(await asOwner((tx) => recount(tx, new Date(clock)))).toEqual([]);
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });

  test('the batch engine works out the same standings, rollups and months from the history', { timeout: 120_000 }, async () => {
    // What the random lives of the test above left behind, in 2026 and later: by-sex answers, corrections, undone batches, people who moved.
    const months = ['2026-01-31', '2026-03-31', '2026-06-30', '2027-02-28', '2028-02-29'];
    const figures = (tx: Tx) => sql`select * from waymark.rollup_month order by 1, 2, 3, 4, 5, 6, 7`.execute(tx).then((r) => r.rows);
    await expect(
      asOwner(async (tx) => {
        for (const month of months) await closeMonth(tx, month);
        const kept = await figures(tx);
        expect(kept.length).toBeGreaterThan(100);
        await sql`delete from waymark.standing`.execute(tx);
        const now = new Date(Date.UTC(2027, 0, 10));
        await workOutHistory(tx, { months, now });
        expect(await figures(tx)).toEqual(kept);
        expect(await recount(tx, now)).toEqual([]);
        throw new Error('roll back');
      }),
    ).rejects.toThrow('roll back');
  });

  test('writers on one village at once neither deadlock nor lose an answer', { timeout: 120_000 }, async () => {
    const now = new Date(Date.UTC(2040, 0, 1));
    const write = (i: number): Promise<unknown> => {
      const kind = (['person', 'person', 'household', 'place'] as const)[i % 4] ?? 'person';
      const subjectId =
        kind === 'person'
          ? seededId('person', (i % 5) * 8)
          : kind === 'household'
            ? seededId('household', 0)
            : place(i % 8 === 3 ? 'XT111' : 'XT1');
      const fitting = shippedInstruments[0]?.indicators.filter((x) => x.unit === kind) ?? [];
      return asOwner((tx) =>
        recordAssessments(
          tx,
          [
            {
              assessmentId: seededId('parallel', i),
              subjectKind: kind,
              subjectId,
              regionId: 1,
              instrument: 'household-28',
              actorId: 'tester',
              answers: { [fitting[i % fitting.length]?.code ?? '']: (1 + (i % 3)) as 1 | 2 | 3 },
              observedAt: now,
            },
          ],
          now,
        ),
      );
    };
    await Promise.all(Array.from({ length: 120 }, (_, i) => write(i)));
    expect(await asOwner((tx) => recount(tx, now))).toEqual([]);
  });

  test('a difference is found and named', async () => {
    await expect(
      asOwner(async (tx) => {
        await sql`update waymark.rollup set n = n + 1 where place_id = ${place('XT111')}`.execute(tx);
        await sql`update waymark.standing set known = known + 1 where subject_id = ${seededId('person', 0)}`.execute(tx);
        const found = await recount(tx, new Date(Date.UTC(2040, 0, 1)));
        expect(found.map((d) => d.what)).toContain('rollup');
        expect(found.find((d) => d.what === 'standing')?.key).toBe(seededId('person', 0));
        throw new Error('roll back');
      }),
    ).rejects.toThrow('roll back');
  });
});

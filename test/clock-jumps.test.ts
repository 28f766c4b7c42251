// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installInstruments, keepTime, recount } from '../src/risk/server/index.ts';
import { startApp, type TestApp } from './support/app.ts';
import { aBasis } from './support/basis.ts';

/** The clock of a machine in the field: it loses its battery, is set by hand, and is set right again. */
let now = new Date('2026-11-22T04:00:00Z');
let app: TestApp, basisId: string;
beforeAll(async () => {
  app = await startApp({ now: () => now });
  await installInstruments(app.db.owner, uuidv7);
  basisId = await aBasis(app.db.owner);
}, 60_000);
afterAll(() => app?.close());

/** As the clock's own job does, every minute. */
const aMinute = () => keepTime(app.db.jobs, () => now, 3);
const jumps = ['2026-11-22T04:00:00Z', '2027-12-31T23:59:59Z', '2026-11-20T04:00:00Z', '2000-01-01T00:00:00Z', '2026-11-22T04:10:00Z'];

it('whatever the clock says, what Som saves is there once, and figures are what a recount finds', async () => {
  const som = await app.as('district_officer');
  const saved: { personId: string; assessmentIds: string[] }[] = [];
  const refused: string[] = [];
  for (const at of jumps) {
    now = new Date(at);
    const personId = uuidv7(),
      assessmentIds = [uuidv7(), uuidv7()];
    const household = {
      householdId: uuidv7(),
      placeId: app.land.eastVillages[0].placeId,
      basisId,
      members: [
        {
          personId,
          sex: 1,
          bornOn: '1985-02-03',
          bornPrecision: 3,
          identity: { names: [{ kind: 'official', full: 'Invented' }], phones: [], documents: [] },
          consents: [],
        },
      ],
    };
    const made = await som.post<{ regionId: number; detail?: string }>('/api/people', household);
    // A clock before anybody was born is told, and nothing is half done.
    if (made.status !== 201) {
      refused.push(`${at.slice(0, 4)} ${made.status}`);
      continue;
    }
    const first = saved[0]?.personId ?? personId;
    for (const [i, assessmentId] of assessmentIds.entries()) {
      const visit = {
        assessmentId,
        subjectKind: 'person',
        // Now and then somebody else was seen under another clock before.
        subjectId: i === 0 ? personId : first,
        regionId: made.body.regionId,
        instrument: 'household-28',
        answers: { school_attendance: i === 0 ? 1 : 3 },
        observedAt: now.toISOString(),
      };
      expect((await som.post('/api/assessments', visit)).status).toBe(201);
      expect((await som.post('/api/assessments', visit)).body).toMatchObject({ recorded: false });
    }
    saved.push({ personId, assessmentIds });
    await aMinute();
  }
  expect(refused).toEqual([]);
  const { rows } = await sql<{ people: number; visits: number }>`
    select (select count(*)::int from waymark.person) as people, (select count(*)::int from waymark.assessment) as visits`.execute(
    app.db.owner,
  );
  expect(rows).toEqual([{ people: saved.length, visits: 2 * saved.length }]);
  // Once the clock is right again the figures come round by themselves: what a clock gone wrong put ahead of time counts when its day comes.
  now = new Date('2026-11-22T05:00:00Z');
  await aMinute();
  expect(await recount(app.db.owner, now)).toEqual([]);
  now = new Date('2028-01-01T00:00:00Z');
  await aMinute();
  expect(await recount(app.db.owner, now)).toEqual([]);
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Profile } from '../src/risk/domain/profile.ts';
import { installInstruments } from '../src/risk/server/index.ts';
import { startApp, type TestApp } from './support/app.ts';
import { settlePeople } from './support/settle-people.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
  await installInstruments(app.db.owner, uuidv7);
  const village = app.land.eastVillages[0];
  await settlePeople(app, village, [40, 60, 60, 40]);
  await sql`delete from waymark.rollup_answer`.execute(app.db.owner);
  // 24 and 26 of a hundred: the same to whoever sees steps of five.
  for (const [indicator, worst] of [
    ['life_stage', 48],
    ['guardianship', 52],
  ] as const) {
    for (const place of [village, app.land.east, app.land.province, app.land.country]) {
      await sql`insert into waymark.rollup_answer (region_id, place_id, instrument_code, indicator, score, n)
        values (${place.regionId}, ${place.placeId}, 'household-28', ${indicator}, 1, ${200 - worst}), (${place.regionId}, ${place.placeId}, 'household-28', ${indicator}, 3, ${worst})`.execute(
        app.db.owner,
      );
    }
  }
}, 60_000);
afterAll(() => app?.close());

it('does not tell an analyst which of two nearly equal reasons is ahead by four answers; the coordinator it does', async () => {
  const reasons = async (who: 'analyst' | 'coordinator') =>
    (await (await app.as(who)).get<Profile>(`/api/places/${app.land.east.placeId}/profile?instrument=household-28`)).body.drivers.map(
      ({ code, value, n }) => [code, value, n],
    );
  expect(await reasons('coordinator')).toEqual([
    ['guardianship', 0.26, 200],
    ['life_stage', 0.24, 200],
  ]);
  expect(await reasons('analyst')).toEqual([
    ['life_stage', 0.25, null],
    ['guardianship', 0.25, null],
  ]);
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findActor } from '../src/access/server/index.ts';
import { withActor } from '../src/platform/server/db.ts';
import type { Tx } from '../src/platform/server/endpoint.ts';
import type { PersonName } from './support/app.ts';
import { makeWorld, type World } from './support/authorisation-world.ts';

/** The wall again, in plain SQL: lists of people and what was recorded of one. */
let world: World;
beforeAll(async () => {
  world = await makeWorld();
}, 120_000);
afterAll(() => world?.app.close());

async function as<T>(name: PersonName, fn: (tx: Tx) => Promise<T>): Promise<T> {
  const actor = await findActor(world.app.access, world.app.accountIds[name]);
  if (!actor) throw new Error(`${name} is nobody`);
  return withActor(world.app.db.app, actor, fn);
}
const listed = (who: PersonName, placeId: string | null): Promise<string[]> =>
  as(who, async (tx) => {
    const { rows } = await sql<{ id: string }>`
      select person_id as id from waymark.list_people('household-28', ${placeId}, null, null, null, null, 'urgency', null, null, null, 1000)`.execute(
      tx,
    );
    return rows.map(({ id }) => id).toSorted();
  });
const counted = (who: PersonName, from: ReturnType<typeof sql>): Promise<number> =>
  as(who, async (tx) => (await sql`select from ${from}`.execute(tx)).rows.length);

describe('lists by plain query', () => {
  it('hold whom one may know, whatever place one names', async () => {
    const { land } = world.app,
      east = world.eastPeople.toSorted(),
      west = world.westPeople.toSorted();
    expect(await listed('coordinator', land.province.placeId)).toEqual([...east, ...west].toSorted());
    expect(await listed('watch_volunteer', land.eastVillages[0].placeId)).toEqual(east);
    expect(await listed('watch_volunteer', null)).toEqual(east);
    for (const place of [land.east, land.eastVillages[1], land.westVillages[0], land.country])
      expect(await listed('watch_volunteer', place.placeId)).toEqual([]);
    expect(await listed('other_coordinator', land.east.placeId)).toEqual([]);
    expect(await listed('case_worker', null)).toEqual(world.eastPeople.slice(3, 4));
    expect(await listed('partner_provider', null)).toEqual(world.eastPeople.slice(4, 5));
    // A list says bands that the household's answers make; she reads her own record elsewhere.
    expect(await listed('person', null)).toEqual([]);
    for (const who of ['case_worker', 'analyst', 'administrator', 'law_enforcement', 'data_protection_officer'] as const)
      expect(await listed(who, land.eastVillages[0].placeId)).toEqual([]);
  });

  it('are the only way to the narrow table, and its helpers are nobody’s to call', async () => {
    const { regionId } = world.app.land.east,
      id = world.eastPeople[6];
    for (const statement of [
      sql`select from waymark.listing`,
      sql`select from waymark.home_on(${regionId}, ${id}, current_date)`,
      sql`select waymark.was_here(${regionId}, ${id}, current_date)`,
      sql`select from waymark.past_of('household-28', '{person}', array[${regionId}]::integer[], array[${id}]::uuid[], true, true)`,
      sql`select waymark.role_of_actor('nobody')`,
    ])
      await expect(as('coordinator', (tx) => statement.execute(tx))).rejects.toMatchObject({ code: '42501' });
  });

  it('what stands and stood is for those who may know her alone', async () => {
    const { regionId } = world.app.land.east,
      id = world.eastPeople[6] ?? '';
    const scored = sql`waymark.person_scored_at('household-28', ${regionId}, ${id}, array[now()])`,
      past = sql`waymark.person_past('household-28', ${regionId}, ${id}, current_date)`;
    const home = uuidv7();
    await sql`insert into waymark.household (region_id, household_id, place_id)
      select region_id, ${home}, place_id from waymark.person where person_id = ${id}`.execute(world.app.db.owner);
    await sql`update waymark.person set household_id = ${home} where person_id = ${id}`.execute(world.app.db.owner);
    const members = sql`waymark.household_members_on(${regionId}, ${home}, current_date)`;
    expect([await counted('watch_volunteer', scored), await counted('watch_volunteer', members)]).toEqual([1, 1]);
    for (const who of [
      'other_coordinator',
      'other_watch_volunteer',
      'case_worker',
      'partner_provider',
      'person',
      'analyst',
      'administrator',
    ] as const) {
      expect(await counted(who, scored), who).toBe(0);
      expect(await counted(who, past), who).toBe(0);
      expect(await counted(who, members), who).toBe(0);
    }
  });
});

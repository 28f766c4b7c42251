// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { expect } from 'vitest';
import type { PersonName } from './app.ts';
import type { Expectation } from './authorisation-expectations.ts';
import { asOne, changing, freshMerge, freshPair, readsBack } from './authorisation-fresh.ts';
import type { Fresh } from './authorisation-passing.ts';
import { isWest, knownTo, outsider, whom, type World } from './authorisation-world.ts';
import type { Answer, Client } from './client.ts';

const deciders = ['coordinator', 'district_officer', 'other_coordinator', 'other_district_officer'] as const;
const readers = [
  ...deciders,
  'watch_volunteer',
  'other_watch_volunteer',
  'case_worker',
  'partner_provider',
  'other_case_worker',
  'other_partner_provider',
  'person',
] as const;

const sideOf = (world: World, who: string) => (isWest(who) ? world.westPeople : world.eastPeople);
const villageOf = ({ app }: World, who: string) => (isWest(who) ? app.land.westVillages : app.land.eastVillages)[0];

/** Everybody in the pairs that are hers to decide (test/support/authorisation-filled.ts): of both places, or of neither. */
function pairsOf({ eastPeople, westPeople }: World, who: PersonName): readonly string[] {
  const [east, west] = [[3, 7, 8, 9].map((n) => eastPeople[n] ?? ''), westPeople.slice(7, 9)];
  if (who === 'coordinator') return [...east, ...west, ...eastPeople.slice(10, 11), ...westPeople.slice(10, 11)];
  return isWest(who) ? west : east;
}

/** Two people of one village who look alike; the same pair each time. */
async function pairOf(world: World, who: string): Promise<string> {
  const people = sideOf(world, who);
  const [a = '', b = ''] = [people[7] ?? '', people[8] ?? ''].sort();
  const { regionId, placeId } = villageOf(world, who);
  const { rows } = await sql<{ id: string }>`
    insert into waymark.duplicate_pair as d (region_a, person_a, region_b, person_b, weight, probability, probable, reasons, place_a, place_b, seen_a, seen_b)
    values (${regionId}, ${a}, ${regionId}, ${b}, 12, 0.95, true, '[{"field": "name", "level": "same", "weight": 6}]', ${placeId}, ${placeId}, '', '')
    on conflict on constraint duplicate_pair_pkey do update set seen_a = '' returning pair_id as id`.execute(world.app.db.owner);
  return rows[0]?.id ?? '';
}

function aboutPair(status: number, ask: (client: Client, path: string) => Promise<Answer>, shows?: Expectation['shows']): Expectation {
  const path = async (world: World, who: string) => `/api/people/duplicates/${await pairOf(world, who)}`;
  return {
    may: deciders,
    status,
    ...(shows ? { shows } : {}),
    call: async (world, client, who) => ask(client, await path(world, who)),
    fromOutside: { status: 404, code: 'not-found', call: async (world, client) => ask(client, await path(world, 'east')) },
  };
}

const merges = ({ app }: World, personId: string) => `/api/people/${app.land.east.regionId}/${personId}/merges`;

const decided = ({ id, personId, otherId, version }: Fresh) => ({
  pairId: id,
  state: 'different',
  version: version + 1,
  a: { personId },
  b: { personId: otherId },
});
const takenBack = ({ id, otherId }: Fresh) => ({
  mergeId: id,
  stayed: true,
  withPerson: { personId: otherId },
  undoneAt: expect.any(String),
  mayTakeBack: false,
});

/** Records that may be one person: for whoever may decide in the place where both live. */
export const matchingExpectations: Readonly<Record<string, Expectation>> = {
  'GET /api/people/duplicates': {
    may: deciders,
    status: 200,
    call: (_world, client) => client.get('/api/people/duplicates'),
    shows: (world, who) => ({ people: pairsOf(world, who), named: [] }),
  },
  'GET /api/people/duplicates/:pairId': aboutPair(
    200,
    (client, path) => client.get(path),
    (world, who) => ({ people: sideOf(world, who).slice(7, 9), named: [], body: { state: 'open' } }),
  ),
  'POST /api/people/duplicates/:pairId/decision': changing(
    deciders,
    200,
    (client, _path, { id, version }) => client.post(`/api/people/duplicates/${id}/decision`, { decision: 'different', version }),
    {
      fresh: freshPair,
      shows: (_world, _who, fresh) => ({ body: decided(fresh) }),
      afterwards: readsBack((_world, { id }) => `/api/people/duplicates/${id}`, decided),
    },
  ),
  'POST /api/people/duplicates/:pairId/merge': changing(
    deciders,
    200,
    (client, _path, { id, version }) => client.post(`/api/people/duplicates/${id}/merge`, asOne(version)),
    {
      fresh: freshPair,
      shows: (_world, _who, { personId }) => ({ body: { mergeId: expect.any(String), personId } }),
      afterwards: readsBack(
        (world, { otherId }) => merges(world, otherId),
        ({ personId }) => ({ merges: [{ stayed: false, withPerson: { personId }, undoneAt: null, mayTakeBack: true }] }),
      ),
    },
  ),
  'GET /api/people/:regionId/:personId/merges': {
    may: readers,
    status: 200,
    call: (world, client, who) => client.get(merges(world, whom(world, who, 7))),
    // With whom she was merged is told to whoever may know both: nobody's case worker hears of the other record.
    shows: (world, who) => ({
      people: knownTo(world, who).includes(sideOf(world, who)[7] ?? '') ? sideOf(world, who).slice(8, 9) : [],
      named: [],
    }),
    fromOutside: { status: 404, code: 'not-found', call: (world, client, who) => client.get(merges(world, outsider(world, who))) },
  },
  'POST /api/people/:regionId/:personId/merges/:mergeId/take-back': changing(
    deciders,
    200,
    (client, path, { id }) => client.post(`${path}/merges/${id}/take-back`),
    {
      fresh: freshMerge,
      shows: (_world, _who, fresh) => ({ body: { merges: [takenBack(fresh)] } }),
      afterwards: readsBack(
        (world, { otherId }) => `/api/people/${world.app.land.east.regionId}/${otherId}`,
        ({ otherId }) => ({ personId: otherId, state: 'here', mergedInto: null }),
      ),
    },
  ),
};

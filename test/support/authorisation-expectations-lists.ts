// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { expect } from 'vitest';
import { visitWeek } from '../../src/risk/domain/warning.ts';
import type { PersonName } from './app.ts';
import type { Expectation } from './authorisation-expectations.ts';
import { householdOf, isWest, knownTo, outsider, whom, type World } from './authorisation-world.ts';

const officers = ['coordinator', 'district_officer', 'other_coordinator', 'other_district_officer'] as const;
const areaReaders = [...officers, 'watch_volunteer', 'other_watch_volunteer'] as const;
const carers = ['case_worker', 'partner_provider', 'other_case_worker', 'other_partner_provider'] as const;
const figureReaders = ['administrator', 'analyst', 'programme_manager', ...officers] as const;

const village = ({ app }: World, who: string): string => (isWest(who) ? app.land.westVillages : app.land.eastVillages)[0].placeId;
/** Whoever sees people one by one names no place. */
const placeOf = (world: World, who: string): string => ([...carers, 'person'].includes(who) ? '' : `place=${village(world, who)}`);

const district = ({ app }: World, who: string): string => app.land[isWest(who) ? 'west' : 'east'].placeId;
/** Of whom a list of the village speaks, or of those in care. */
const ofVillage = (world: World, who: PersonName): readonly string[] =>
  (carers as readonly string[]).includes(who) ? knownTo(world, who) : isWest(who) ? world.westPeople : world.eastPeople;
/** As many as are registered there by now: other calls of the walk register people too. */
async function livingIn({ app }: World, placeId: string): Promise<number> {
  const { rows } = await sql`select from waymark.person where place_id = ${placeId} and state = 1`.execute(app.db.owner);
  return rows.length;
}
/** Chosen for a round of visits: some who are hers, and some who are not. */
const chosen = (world: World, who: PersonName | 'anonymous'): string[] => [
  ...new Set([whom(world, who), outsider(world, who), world.eastPeople[7] ?? '', world.westPeople[8] ?? '']),
];
/** Who lives with one of the households. */
const together = ({ eastPeople, westPeople }: World): readonly string[] => [...eastPeople.slice(0, 5), ...westPeople.slice(2, 5)];
const householdRiskOf = ({ app }: World, householdId: string): string => `/api/households/${app.land.east.regionId}/${householdId}/risk`;
const riskOf = (world: World, personId: string): string => `/api/people/${world.app.land.east.regionId}/${personId}/risk`;

/** Whoever works with the people of an area reads its figures as they are. */
const exact = (who: string): boolean => (officers as readonly string[]).includes(who);

function figures(address: (placeId: string) => string, shows?: Expectation['shows']): Expectation {
  return {
    may: figureReaders,
    status: 200,
    ...(shows ? { shows } : {}),
    call: ({ app }, client, who) => client.get(address(app.land[isWest(who) ? 'west' : 'east'].placeId)),
    fromOutside: {
      status: 403,
      code: 'outside-your-area',
      call: ({ app }, client) => client.get(address(app.land.eastVillages[0].placeId)),
    },
  };
}

/** Lists of people, one person's risk, reports and rankings. */
export const listExpectations: Readonly<Record<string, Expectation>> = {
  'GET /api/people/list': {
    may: [...areaReaders, ...carers],
    status: 200,
    call: (world, client, who) => client.get(`/api/people/list?${placeOf(world, who)}`),
    shows: (world, who) => ({ people: ofVillage(world, who), named: [] }),
    fromOutside: {
      status: 403,
      code: 'outside-your-area',
      call: (world, client) => client.get(`/api/people/list?place=${world.app.land.eastVillages[0].placeId}`),
    },
  },
  'GET /api/people/waiting': {
    may: [...areaReaders, ...carers],
    status: 200,
    call: (world, client, who) => client.get(`/api/people/waiting?${placeOf(world, who)}`),
    // Counted once more, with whoever was registered on this walk: nothing that warns was answered, and of most nothing is known that still holds.
    shows: async (world, who) => {
      const { owner } = world.app.db;
      const { rows: days } = await sql<{ today: string }>`select (now() at time zone waymark.time_zone())::date::text as today`.execute(
        owner,
      );
      const { rows } = await sql<{ n: number }>`
        select count(distinct coalesce(p.household_id, p.person_id))::integer as n from waymark.person p
        join waymark.standing s on s.region_id = p.region_id and s.subject_id = p.person_id
        where case when ${(carers as readonly string[]).includes(who)} then p.person_id = any (${ofVillage(world, who)}::uuid[]) else p.place_id = ${village(world, who)} end
          and coalesce(s.valid_until, '-infinity') <= ${visitWeek(days[0]!.today).before}::timestamp at time zone waymark.time_zone()`.execute(
        owner,
      );
      return { body: { warned: { n: 0, more: false }, households: { n: rows[0]?.n, more: false } }, people: [], named: [] };
    },
    fromOutside: {
      status: 403,
      code: 'outside-your-area',
      call: (world, client) => client.get(`/api/people/waiting?place=${world.app.land.eastVillages[0].placeId}`),
    },
  },
  'GET /api/people/list.csv': {
    may: officers,
    status: 200,
    call: (world, client, who) => client.get(`/api/people/list.csv?place=${village(world, who)}`),
    shows: (world, who) => ({ people: ofVillage(world, who), named: [], text: ['Index without private answers'] }),
    fromOutside: {
      status: 403,
      code: 'outside-your-area',
      call: (world, client) => client.get(`/api/people/list.csv?place=${world.app.land.eastVillages[0].placeId}`),
    },
  },
  'GET /api/households/list': {
    may: [...areaReaders, ...carers],
    status: 200,
    call: (world, client, who) => client.get(`/api/households/list?${placeOf(world, who)}`),
    shows: (world, who) => ({ people: ofVillage(world, who).filter((id) => together(world).includes(id)), named: [] }),
    fromOutside: {
      status: 403,
      code: 'outside-your-area',
      call: (world, client) => client.get(`/api/households/list?place=${world.app.land.eastVillages[0].placeId}`),
    },
  },
  'GET /api/households/list.csv': {
    may: officers,
    status: 200,
    call: (world, client, who) => client.get(`/api/households/list.csv?place=${village(world, who)}`),
    shows: (world, who) => ({
      people: [],
      named: [],
      text: ['People living there', isWest(who) ? world.households.west : world.households.east],
      hides: [isWest(who) ? world.households.east : world.households.west],
    }),
    fromOutside: {
      status: 403,
      code: 'outside-your-area',
      call: (world, client) => client.get(`/api/households/list.csv?place=${world.app.land.eastVillages[0].placeId}`),
    },
  },
  'POST /api/people/visit-list': {
    may: [...areaReaders, ...carers],
    status: 200,
    call: (world, client, who) =>
      client.post('/api/people/visit-list', {
        people: chosen(world, who).map((personId) => ({ regionId: world.app.land.east.regionId, personId })),
        names: false,
      }),
    shows: (world, who) => ({ people: chosen(world, who).filter((id) => knownTo(world, who as PersonName).includes(id)), named: [] }),
  },
  'GET /api/people/:regionId/:personId/risk': {
    may: [...areaReaders, ...carers, 'person'],
    status: 200,
    call: (world, client, who) => client.get(riskOf(world, whom(world, who))),
    // What is private is told to whoever accompanies her and to herself alone.
    shows: (world, who) => ({
      people: [whom(world, who)],
      named: [],
      body: { personId: whom(world, who), whole: who === 'person' || who.endsWith('case_worker'), place: { placeId: village(world, who) } },
    }),
    fromOutside: { status: 404, code: 'not-found', call: (world, client, who) => client.get(riskOf(world, outsider(world, who))) },
  },
  'GET /api/households/:regionId/:householdId/risk': {
    may: [...areaReaders, ...carers, 'person'],
    status: 200,
    // What others of her household answered is not hers to read.
    otherwise: { person: 404 },
    call: (world, client, who) => client.get(householdRiskOf(world, householdOf(world, who))),
    shows: (world, who) => ({
      people: knownTo(world, who).filter(
        (id) =>
          [...world.eastPeople.slice(2, 5), ...world.westPeople.slice(2, 5)].includes(id) && isWest(who) === world.westPeople.includes(id),
      ),
      named: [],
      body: { householdId: householdOf(world, who), whole: who.endsWith('case_worker') },
    }),
    fromOutside: {
      status: 404,
      code: 'not-found',
      call: (world, client, who) => client.get(householdRiskOf(world, isWest(who) ? world.households.east : world.households.past)),
    },
  },
  'GET /api/places/:placeId/risk': {
    // A case worker answers for people, wherever they live, and for no place.
    may: [...areaReaders, 'case_worker', 'other_case_worker'],
    status: 200,
    otherwise: { case_worker: 403, other_case_worker: 403 },
    call: (world, client, who) => client.get(`/api/places/${village(world, who)}/risk`),
    shows: async (world, who) => ({
      named: [],
      body: { placeId: village(world, who), people: await livingIn(world, village(world, who)), timeline: [] },
    }),
    fromOutside: {
      status: 403,
      code: 'outside-your-area',
      call: ({ app }, client) => client.get(`/api/places/${app.land.eastVillages[0].placeId}/risk`),
    },
  },
  'GET /api/people/report': figures(
    (place) => `/api/people/report?place=${place}&by=age`,
    // The twelve of the village are of one age; whoever else is registered meanwhile is of another.
    (world, who) => ({
      body: {
        exact: exact(who),
        place: { placeId: district(world, who) },
        rows: expect.arrayContaining([
          expect.objectContaining({ ageGroup: 4, counts: expect.objectContaining({ n: exact(who) ? 12 : null }) }),
        ]),
      },
      people: [],
    }),
  ),
  'GET /api/people/report.csv': figures(
    (place) => `/api/people/report.csv?place=${place}&by=sex`,
    () => ({ text: ['Code,Group,People', ',everybody,'], people: [] }),
  ),
  'GET /api/people/report.xlsx': figures((place) => `/api/people/report.xlsx?place=${place}&by=place&level=3`),
  'GET /api/where-first': figures(
    (place) => `/api/where-first?place=${place}&instrument=household-28`,
    (world, who) => ({
      body: {
        exact: exact(who),
        place: { placeId: district(world, who) },
        rows: exact(who) ? [{ placeId: village(world, who), rank: 1, counts: { n: expect.any(Number) } }] : [],
      },
      people: [],
    }),
  ),
  'GET /api/where-first.csv': figures(
    (place) => `/api/where-first.csv?place=${place}&instrument=household-28`,
    () => ({ text: ['Rank,Code,Name'], people: [] }),
  ),
};

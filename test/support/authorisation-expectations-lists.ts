// SPDX-License-Identifier: AGPL-3.0-or-later
import { uuidv7 } from 'uuidv7';
import type { PersonName } from './app.ts';
import type { Expectation } from './authorisation-expectations.ts';
import type { World } from './authorisation-world.ts';

const officers = ['coordinator', 'district_officer', 'other_coordinator', 'other_district_officer'] as const;
const areaReaders = [...officers, 'watch_volunteer', 'other_watch_volunteer'] as const;
const carers = ['case_worker', 'partner_provider'] as const;
const figureReaders = ['administrator', 'analyst', 'programme_manager', ...officers] as const;

const village = ({ app }: World, who: string): string =>
  (who.startsWith('other_') ? app.land.westVillages : app.land.eastVillages)[0].placeId;
/** Whoever sees people one by one names no place. */
const placeOf = (world: World, who: string): string => ([...carers, 'person'].includes(who) ? '' : `place=${village(world, who)}`);

function whom({ eastPeople, westPeople }: World, who: PersonName | 'anonymous'): string {
  const inCare: Partial<Record<string, number>> = { person: 2, case_worker: 3, partner_provider: 4 };
  return (who.startsWith('other_') ? westPeople : eastPeople)[inCare[who] ?? 6] ?? '';
}
const riskOf = (world: World, personId: string): string => `/api/people/${world.app.land.east.regionId}/${personId}/risk`;

function figures(address: (placeId: string) => string): Expectation {
  return {
    may: figureReaders,
    status: 200,
    call: ({ app }, client, who) => client.get(address(app.land[who.startsWith('other_') ? 'west' : 'east'].placeId)),
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
    fromOutside: {
      status: 403,
      code: 'outside-your-area',
      call: (world, client) => client.get(`/api/people/list?place=${world.app.land.eastVillages[0].placeId}`),
    },
  },
  'GET /api/people/list.csv': {
    may: officers,
    status: 200,
    call: (world, client, who) => client.get(`/api/people/list.csv?place=${village(world, who)}`),
    fromOutside: {
      status: 403,
      code: 'outside-your-area',
      call: (world, client) => client.get(`/api/people/list.csv?place=${world.app.land.eastVillages[0].placeId}`),
    },
  },
  'POST /api/people/visit-list': {
    may: [...areaReaders, ...carers],
    status: 200,
    call: (world, client, who) =>
      client.post('/api/people/visit-list', {
        people: [
          { regionId: world.app.land.east.regionId, personId: whom(world, who) },
          { regionId: world.app.land.east.regionId, personId: world.eastPeople[7] },
        ],
        names: false,
      }),
  },
  'GET /api/people/:regionId/:personId/risk': {
    may: [...areaReaders, ...carers, 'person'],
    status: 200,
    call: (world, client, who) => client.get(riskOf(world, whom(world, who))),
    fromOutside: { status: 404, code: 'not-found', call: (world, client) => client.get(riskOf(world, world.eastPeople[6] ?? '')) },
  },
  'GET /api/households/:regionId/:householdId/risk': {
    may: [...areaReaders, ...carers, 'person'],
    status: 404,
    call: ({ app }, client) => client.get(`/api/households/${app.land.east.regionId}/${uuidv7()}/risk`),
  },
  'GET /api/people/report': figures((place) => `/api/people/report?place=${place}&by=age`),
  'GET /api/people/report.csv': figures((place) => `/api/people/report.csv?place=${place}&by=sex`),
  'GET /api/people/report.xlsx': figures((place) => `/api/people/report.xlsx?place=${place}&by=place&level=3`),
  'GET /api/where-first': figures((place) => `/api/where-first?place=${place}&instrument=household-28`),
  'GET /api/where-first.csv': figures((place) => `/api/where-first.csv?place=${place}&instrument=household-28`),
};

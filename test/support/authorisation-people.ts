// SPDX-License-Identifier: AGPL-3.0-or-later
import { uuidv7 } from 'uuidv7';
import type { PersonName } from './app.ts';
import type { Expectation } from './authorisation-expectations.ts';
import type { World } from './authorisation-world.ts';
import type { Answer, Client } from './client.ts';

const officers = ['coordinator', 'district_officer', 'other_coordinator', 'other_district_officer'] as const;
const volunteers = ['watch_volunteer', 'other_watch_volunteer'] as const;
const writers = [...officers, ...volunteers];
const readers = [...writers, 'case_worker', 'partner_provider', 'person'] as const;
const dpo = ['data_protection_officer'] as const;

/** Somebody whom this role may know: one of her area, the one in her care, herself. */
function whom({ eastPeople, westPeople }: World, who: PersonName | 'anonymous'): string {
  const inCare: Partial<Record<string, number>> = { person: 2, case_worker: 3, partner_provider: 4 };
  return (who.startsWith('other_') ? westPeople : eastPeople)[inCare[who] ?? 6] ?? '';
}

const regionOf = ({ app }: World) => app.land.east.regionId; // one province, one region of registration
const village = ({ app }: World, who: string) => (who.startsWith('other_') ? app.land.westVillages : app.land.eastVillages)[0].placeId;

/** About one person: allowed for those who may know her, not found for everybody else's. */
function aboutOne(
  may: readonly PersonName[],
  status: number,
  ask: (client: Client, path: string, world: World, who: string) => Promise<Answer>,
  refused = 404,
): Expectation {
  return {
    may,
    status,
    call: (world, client, who) => ask(client, `/api/people/${regionOf(world)}/${whom(world, who)}`, world, who),
    fromOutside: {
      status: refused,
      ...(refused === 404 ? { code: 'not-found' } : {}),
      call: (world, client, who) => ask(client, `/api/people/${regionOf(world)}/${world.eastPeople[6] ?? ''}`, world, who),
    },
  };
}

const consent = (purpose = 'contact') => ({
  eventId: uuidv7(),
  purpose,
  act: 'given',
  byWhom: 'self',
  way: 'spoken',
  observedAt: '2026-01-15T09:00:00Z',
});

const person = () => ({
  personId: uuidv7(),
  sex: 1,
  bornOn: '1980-01-01',
  bornPrecision: 1,
  identity: { names: [{ kind: 'official', full: 'Somebody New' }], phones: [], documents: [] },
  consents: [consent('register')],
});

function registering(placeOf: (world: World, who: string) => string) {
  return (world: World, client: Client, who: string): Promise<Answer> =>
    client.post('/api/people', {
      householdId: uuidv7(),
      placeId: placeOf(world, who),
      basisId: world.basisId,
      members: [person()],
    });
}

/** The register: whose record, whose name, whose consent is whose. */
export const peopleExpectations: Readonly<Record<string, Expectation>> = {
  'POST /api/people': {
    may: writers,
    status: 201,
    call: registering(village),
    fromOutside: { status: 403, code: 'outside-your-area', call: registering((world) => village(world, 'east')) },
  },
  'GET /api/people/:regionId/:personId': aboutOne(readers, 200, (client, path) => client.get(path)),
  'GET /api/people/:regionId/:personId/identity': aboutOne(readers, 200, (client, path) => client.get(`${path}/identity`)),
  'PUT /api/people/:regionId/:personId/identity': aboutOne(writers, 409, (client, path) =>
    client.send('PUT', `${path}/identity`, { identity: person().identity, basedOn: 77 }),
  ),
  'PATCH /api/people/:regionId/:personId': aboutOne(writers, 409, (client, path) => client.patch(path, { sex: 2, version: 77 })),
  'POST /api/people/:regionId/:personId/move': aboutOne(writers, 409, (client, path, world, who) =>
    client.post(`${path}/move`, { placeId: village(world, who), householdId: null, onDate: '2026-01-15', version: 77 }),
  ),
  'POST /api/people/:regionId/:personId/state': aboutOne(writers, 409, (client, path) =>
    client.post(`${path}/state`, { state: 'left', onDate: '2026-01-15', version: 77 }),
  ),
  'POST /api/people/:regionId/:personId/consents': aboutOne([...writers, 'case_worker'], 201, (client, path) =>
    client.post(`${path}/consents`, consent()),
  ),
  'POST /api/people/:regionId/:personId/assignments': aboutOne(officers, 400, (client, path) =>
    client.post(`${path}/assignments`, { assignmentId: uuidv7() }),
  ),
  'DELETE /api/people/:regionId/:personId/assignments/:assignmentId': aboutOne(officers, 404, (client, path) =>
    client.delete(`${path}/assignments/${uuidv7()}`),
  ),
  'GET /api/households/:regionId/:householdId': {
    may: [...writers, 'case_worker', 'partner_provider'],
    status: 404,
    call: (world, client) => client.get(`/api/households/${regionOf(world)}/${uuidv7()}`),
  },
  'POST /api/households/:regionId/:householdId/move': {
    may: writers,
    status: 404,
    call: (world, client, who) =>
      client.post(`/api/households/${regionOf(world)}/${uuidv7()}/move`, {
        placeId: village(world, who),
        onDate: '2026-01-15',
        version: 1,
      }),
  },
  'POST /api/people/names': {
    may: readers,
    status: 200,
    // Asks for everybody; the walk finds in the answer nobody whom the asker may not know.
    call: (world, client) =>
      client.post('/api/people/names', {
        people: [...world.eastPeople, ...world.westPeople].map((personId) => ({ regionId: regionOf(world), personId })),
      }),
  },
  'POST /api/people/search': {
    may: readers,
    status: 200,
    call: (_world, client) => client.post('/api/people/search', { text: 'Canary', limit: 50 }),
  },
  'POST /api/households/:regionId/:householdId/members': {
    may: writers,
    status: 404,
    call: (world, client) =>
      client.post(`/api/households/${regionOf(world)}/${uuidv7()}/members`, { basisId: world.basisId, members: [person()] }),
  },
  'GET /api/referral-organisations': { may: officers, status: 200, call: (_world, client) => client.get('/api/referral-organisations') },
  'GET /api/case-workers': { may: officers, status: 200, call: (_world, client) => client.get('/api/case-workers') },
  'GET /api/people/settings': { may: 'signed-in', status: 200, call: (_world, client) => client.get('/api/people/settings') },
  'PUT /api/people/settings': {
    may: ['administrator'],
    status: 200,
    call: (_world, client) => client.send('PUT', '/api/people/settings', { peopleKept: true }),
  },
  'GET /api/people/reading-limits': {
    may: ['administrator'],
    status: 200,
    call: (_world, client) => client.get('/api/people/reading-limits'),
  },
  'PATCH /api/people/reading-limits': {
    may: ['administrator'],
    status: 200,
    call: (_world, client) =>
      client.patch('/api/people/reading-limits', { peopleInTenMinutes: 1000, peopleInADay: 5000, searchesInAMinute: 60 }),
  },
  'POST /api/people/bases': {
    may: dpo,
    status: 201,
    call: (_world, client) =>
      client.post('/api/people/bases', {
        basisId: uuidv7(),
        title: 'Consent',
        ground: 'consent',
        citation: 'Act of the demo province',
        purposes: ['register'],
        needsConsent: true,
        fromOn: '2020-01-01',
      }),
  },
  'POST /api/people/bases/:basisId/end': {
    may: dpo,
    status: 409,
    call: (_world, client) => client.post(`/api/people/bases/${uuidv7()}/end`, { version: 1 }),
  },
};

// SPDX-License-Identifier: AGPL-3.0-or-later
import { uuidv7 } from 'uuidv7';
import { expect } from 'vitest';
import type { PersonName } from './app.ts';
import type { Expectation } from './authorisation-expectations.ts';
import { householdOf, isWest, knownTo, outsider, whom, type World } from './authorisation-world.ts';
import type { Answer, Client } from './client.ts';

const officers = ['coordinator', 'district_officer', 'other_coordinator', 'other_district_officer'] as const;
const volunteers = ['watch_volunteer', 'other_watch_volunteer'] as const;
const writers = [...officers, ...volunteers];
const caseWorkers = ['case_worker', 'other_case_worker'] as const;
const carers = [...caseWorkers, 'partner_provider', 'other_partner_provider'] as const;
const readers = [...writers, ...carers, 'person'] as const;
const dpo = ['data_protection_officer'] as const;

const regionOf = ({ app }: World) => app.land.east.regionId; // one province, one region of registration
const village = ({ app }: World, who: string) => (isWest(who) ? app.land.westVillages : app.land.eastVillages)[0].placeId;

/** About one person: allowed for those who may know her, not found for everybody else's. */
function aboutOne(
  may: readonly PersonName[],
  status: number,
  ask: (client: Client, path: string, world: World, who: string) => Promise<Answer>,
  shows?: Expectation['shows'],
): Expectation {
  return {
    may,
    status,
    ...(shows ? { shows } : {}),
    call: (world, client, who) => ask(client, `/api/people/${regionOf(world)}/${whom(world, who)}`, world, who),
    fromOutside: {
      status: 404,
      code: 'not-found',
      call: (world, client, who) => ask(client, `/api/people/${regionOf(world)}/${outsider(world, who)}`, world, who),
    },
  };
}

/** Of the household of whoever asks; from outside of one in which nobody is hers, or not any more. */
function aboutHousehold(
  may: readonly PersonName[],
  status: number,
  ask: (client: Client, path: string, world: World, who: string) => Promise<Answer>,
  shows?: Expectation['shows'],
): Expectation {
  const path = (world: World, householdId: string) => `/api/households/${regionOf(world)}/${householdId}`;
  return {
    may,
    status,
    ...(shows ? { shows } : {}),
    call: (world, client, who) => ask(client, path(world, householdOf(world, who)), world, who),
    fromOutside: {
      status: 404,
      code: 'not-found',
      call: ({ households, ...world }, client, who) =>
        ask(client, path({ households, ...world }, isWest(who) ? households.east : households.past), { households, ...world }, who),
    },
  };
}
const membersKnown = (world: World, who: PersonName) =>
  knownTo(world, who).filter((id) => (isWest(who) ? world.westPeople : world.eastPeople).slice(2, 5).includes(id));

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
  'GET /api/people/:regionId/:personId': aboutOne(
    readers,
    200,
    (client, path) => client.get(path),
    (world, who) => ({
      people: [whom(world, who)],
      named: [],
      body: {
        personId: whom(world, who),
        place: { placeId: village(world, who) },
        consents: expect.arrayContaining([expect.objectContaining({ purpose: 'contact', act: 'refused' })]),
        events: expect.arrayContaining([expect.objectContaining({ kind: 'corrected', onDate: '2026-01-09' })]),
        may: {
          write: (writers as readonly string[]).includes(who),
          readIdentity: true,
          assign: (officers as readonly string[]).includes(who),
        },
      },
    }),
  ),
  'GET /api/people/:regionId/:personId/identity': aboutOne(
    readers,
    200,
    (client, path) => client.get(`${path}/identity`),
    (world, who) => ({ people: [whom(world, who)], named: [whom(world, who)] }),
  ),
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
  'POST /api/people/:regionId/:personId/consents': aboutOne([...writers, ...caseWorkers], 201, (client, path) =>
    client.post(`${path}/consents`, consent()),
  ),
  'POST /api/people/:regionId/:personId/assignments': aboutOne(officers, 400, (client, path) =>
    client.post(`${path}/assignments`, { assignmentId: uuidv7() }),
  ),
  'DELETE /api/people/:regionId/:personId/assignments/:assignmentId': aboutOne(officers, 404, (client, path) =>
    client.delete(`${path}/assignments/${uuidv7()}`),
  ),
  'GET /api/households/:regionId/:householdId': aboutHousehold(
    [...writers, ...carers],
    200,
    (client, path) => client.get(path),
    // Whoever knows one of a household learns that it is one, and of the others nothing.
    (world, who) => ({
      people: membersKnown(world, who),
      named: [],
      body: { householdId: householdOf(world, who), place: { placeId: village(world, who) } },
    }),
  ),
  'POST /api/households/:regionId/:householdId/move': aboutHousehold(writers, 409, (client, path, world, who) =>
    client.post(`${path}/move`, { placeId: village(world, who), onDate: '2026-01-15', version: 77 }),
  ),
  'POST /api/people/names': {
    may: readers,
    status: 200,
    // Asks for everybody; the walk finds in the answer nobody whom the asker may not know.
    call: (world, client) =>
      client.post('/api/people/names', {
        people: [...world.eastPeople, ...world.westPeople].map((personId) => ({ regionId: regionOf(world), personId })),
      }),
    shows: (world, who) => ({ people: knownTo(world, who), named: knownTo(world, who) }),
  },
  'POST /api/people/search': {
    may: readers,
    status: 200,
    call: (_world, client) => client.post('/api/people/search', { text: 'Canary', limit: 50 }),
    shows: (world, who) => ({ people: knownTo(world, who), named: knownTo(world, who) }),
  },
  'POST /api/households/:regionId/:householdId/members': aboutHousehold(writers, 201, (client, path, world) =>
    client.post(`${path}/members`, { basisId: world.basisId, members: [person()] }),
  ),
  'GET /api/referral-organisations': {
    may: officers,
    status: 200,
    call: (_world, client) => client.get('/api/referral-organisations'),
    shows: () => ({ text: ['"Safe Harbour"', '"Hill Lantern"'] }),
  },
  'GET /api/people/care-ended': {
    may: [...officers, ...carers, ...dpo],
    status: 200,
    call: (_world, client) => client.get('/api/people/care-ended'),
    // To whoever accompanied or was referred somebody, the record is closed; she is told when, and not of whom.
    shows: (world, who) => {
      const knows = [...officers, ...dpo].some((each) => each === who);
      const reaches = (id: string) => who === 'data_protection_officer' || knownTo(world, who).includes(id);
      const people = [world.eastPeople[7] ?? '', world.westPeople[7] ?? ''].filter((id) => knows && reaches(id));
      return { people, numbered: people, named: [], text: who.includes('case_worker') ? ['"mine":true'] : [] };
    },
  },
  'GET /api/case-workers': {
    may: officers,
    status: 200,
    call: (_world, client) => client.get('/api/case-workers'),
    shows: ({ app }) => ({
      body: [
        { accountId: app.accountIds.case_worker, displayName: 'Ratana', organisation: 'Safe Harbour' },
        { accountId: app.accountIds.other_case_worker, displayName: 'Sunee', organisation: 'Hill Lantern' },
      ],
    }),
  },
  'GET /api/people/settings': {
    may: 'signed-in',
    status: 200,
    call: (_world, client) => client.get('/api/people/settings'),
    shows: ({ basisId }) => ({ body: { peopleKept: true, bases: expect.arrayContaining([expect.objectContaining({ basisId })]) } }),
  },
  'PUT /api/people/settings': {
    may: ['administrator'],
    status: 200,
    call: (_world, client) => client.send('PUT', '/api/people/settings', { peopleKept: true }),
  },
  'GET /api/people/reading-limits': {
    may: ['administrator'],
    status: 200,
    call: (_world, client) => client.get('/api/people/reading-limits'),
    shows: () => ({ body: { peopleInTenMinutes: 1000, peopleInADay: 5000, searchesInAMinute: 60 } }),
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

// SPDX-License-Identifier: AGPL-3.0-or-later
import { uuidv7 } from 'uuidv7';
import { expect } from 'vitest';
import type { PersonName } from './app.ts';
import type { Expectation } from './authorisation-expectations.ts';
import {
  caseWorkerOf,
  changing,
  expectRead,
  freshAssignment,
  freshBasis,
  freshHousehold,
  freshId,
  ofFreshPerson,
  overseer,
  pathOf,
  readsBack,
} from './authorisation-fresh.ts';
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
const villages = ({ app }: World, who: string) =>
  (isWest(who) ? app.land.westVillages : app.land.eastVillages).map(({ placeId }) => placeId);
const village = (world: World, who: string) => villages(world, who)[0] ?? '';
/** Where nobody lives: whoever moves there is brought back, so that lists stay as other calls expect them. */
const emptyVillage = (world: World, who: string) => villages(world, who)[1] ?? '';

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

const householdPath = (world: World, householdId: string) => `/api/households/${regionOf(world)}/${householdId}`;

/** Of the household of whoever asks; from outside of one in which nobody is hers, or not any more. */
function aboutHousehold(
  may: readonly PersonName[],
  status: number,
  ask: (client: Client, path: string, world: World, who: string) => Promise<Answer>,
  shows?: Expectation['shows'],
): Expectation {
  return {
    may,
    status,
    ...(shows ? { shows } : {}),
    call: (world, client, who) => ask(client, householdPath(world, householdOf(world, who)), world, who),
    fromOutside: {
      status: 404,
      code: 'not-found',
      call: ({ households, ...world }, client, who) =>
        ask(
          client,
          householdPath({ households, ...world }, isWest(who) ? households.east : households.past),
          { households, ...world },
          who,
        ),
    },
  };
}
const membersKnown = (world: World, who: PersonName) =>
  knownTo(world, who).filter((id) => (isWest(who) ? world.westPeople : world.eastPeople).slice(2, 5).includes(id));

const saidAt = '2026-01-15T09:00:00.000Z';
const consent = (purpose = 'contact') => ({
  eventId: uuidv7(),
  purpose,
  act: 'given',
  byWhom: 'self',
  way: 'spoken',
  observedAt: saidAt,
});

const person = () => ({
  personId: uuidv7(),
  sex: 1,
  bornOn: '1980-01-01',
  bornPrecision: 1,
  identity: { names: [{ kind: 'official', full: 'Somebody New' }], phones: [], documents: [] },
  consents: [consent('register')],
});

/** Said of somebody whose name was written wrongly. */
const renamed = { names: [{ kind: 'official', full: 'Somebody Put Right' }], phones: [], documents: [] };

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
    shows: (world) => ({ body: { regionId: regionOf(world), householdId: expect.any(String), registered: true } }),
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
  'PUT /api/people/:regionId/:personId/identity': changing(
    writers,
    200,
    (client, path, { version }) => client.send('PUT', `${path}/identity`, { identity: renamed, basedOn: version }),
    {
      shows: (_world, _who, { version }) => ({ body: { version: version + 1 } }),
      afterwards: readsBack(
        (world, fresh) => `${pathOf(world, fresh)}/identity`,
        ({ personId, version }) => ({ personId, identity: renamed, version: version + 1 }),
      ),
    },
  ),
  'PATCH /api/people/:regionId/:personId': changing(writers, 200, (client, path, { version }) => client.patch(path, { sex: 2, version }), {
    shows: (_world, _who, { personId, version }) => ({ body: { personId, sex: 2, version: version + 1 } }),
    afterwards: readsBack(pathOf, ({ personId }) => ({ personId, sex: 2 })),
  }),
  'POST /api/people/:regionId/:personId/move': changing(
    writers,
    200,
    (client, path, { version }, world, who) =>
      client.post(`${path}/move`, { placeId: emptyVillage(world, who), householdId: null, onDate: '2026-01-15', version }),
    {
      shows: () => ({ body: { moved: true } }),
      async afterwards({ world, who, fresh }) {
        const mali = await overseer(world, who);
        const there = { householdId: null, place: { placeId: emptyVillage(world, who) }, version: fresh.version + 1 };
        await expectRead(mali, pathOf(world, fresh), 200, there);
        const back = { placeId: village(world, who), householdId: null, onDate: '2026-01-16', version: there.version };
        expect((await mali.post(`${pathOf(world, fresh)}/move`, back)).body).toEqual({ moved: true });
      },
    },
  ),
  'POST /api/people/:regionId/:personId/state': changing(
    writers,
    200,
    (client, path, { version }) => client.post(`${path}/state`, { state: 'left', onDate: '2026-01-15', version }),
    {
      shows: (_world, _who, { personId }) => ({ body: { personId, state: 'left', stateOn: '2026-01-15' } }),
      afterwards: readsBack(pathOf, ({ personId }) => ({ personId, state: 'left' })),
    },
  ),
  'POST /api/people/:regionId/:personId/consents': aboutOne(
    [...writers, ...caseWorkers],
    201,
    (client, path) => client.post(`${path}/consents`, consent()),
    (world, who) => ({
      people: [whom(world, who)],
      named: [],
      body: {
        personId: whom(world, who),
        consents: expect.arrayContaining([expect.objectContaining({ purpose: 'contact', act: 'given', observedAt: saidAt })]),
      },
    }),
  ),
  'POST /api/people/:regionId/:personId/assignments': changing(
    officers,
    201,
    (client, path, { id }, { app }, who) =>
      client.post(`${path}/assignments`, { assignmentId: id, accountId: app.accountIds[caseWorkerOf(who as PersonName)] }),
    {
      fresh: ofFreshPerson(),
      shows: (_world, _who, { personId, id }) => ({
        body: { personId, assignments: [{ assignmentId: id, kind: 'case_worker', mine: false }] },
      }),
      // The record is open to the case worker from now on, until whoever gave it ends that again.
      async afterwards({ world, client, who, fresh }) {
        const ratana = await world.app.as(caseWorkerOf(who));
        await expectRead(ratana, pathOf(world, fresh), 200, { personId: fresh.personId, assignments: [{ mine: true }] });
        expect((await client.delete(`${pathOf(world, fresh)}/assignments/${fresh.id}`)).status).toBe(200);
        await expectRead(ratana, pathOf(world, fresh), 404);
      },
    },
  ),
  'DELETE /api/people/:regionId/:personId/assignments/:assignmentId': changing(
    officers,
    200,
    (client, path, { id }) => client.delete(`${path}/assignments/${id}`),
    {
      fresh: freshAssignment,
      shows: (_world, _who, { personId }) => ({ body: { personId, assignments: [] } }),
      afterwards: async ({ world, who, fresh }) => expectRead(await world.app.as(caseWorkerOf(who)), pathOf(world, fresh), 404),
    },
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
  'POST /api/households/:regionId/:householdId/move': changing(
    writers,
    200,
    (client, _path, fresh, world, who) =>
      client.post(`${householdPath(world, fresh.id)}/move`, {
        placeId: emptyVillage(world, who),
        onDate: '2026-01-15',
        version: fresh.version,
      }),
    {
      fresh: freshHousehold,
      shows: () => ({ body: { moved: 2 } }),
      async afterwards({ world, who, fresh }) {
        const [mali, path] = [await overseer(world, who), householdPath(world, fresh.id)];
        const there = { place: { placeId: emptyVillage(world, who) }, version: fresh.version + 1 };
        await expectRead(mali, path, 200, { ...there, members: [{ elsewhere: null }, { elsewhere: null }] });
        const back = { placeId: village(world, who), onDate: '2026-01-16', version: there.version };
        expect((await mali.post(`${path}/move`, back)).body).toEqual({ moved: 2 });
      },
    },
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
  'POST /api/households/:regionId/:householdId/members': aboutHousehold(
    writers,
    201,
    (client, path, world) => client.post(`${path}/members`, { basisId: world.basisId, members: [person()] }),
    () => ({ body: { registered: true } }),
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
    shows: () => ({ body: { peopleKept: true } }),
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
    shows: () => ({ body: { peopleInTenMinutes: 1000, peopleInADay: 5000, searchesInAMinute: 60 } }),
  },
  'POST /api/people/bases': {
    may: dpo,
    status: 201,
    fresh: freshId,
    shows: (_world, _who, { id }) => ({
      body: expect.arrayContaining([expect.objectContaining({ basisId: id, ground: 'consent', needsConsent: true, endedAt: null })]),
    }),
    call: (_world, client, _who, { id }) =>
      client.post('/api/people/bases', {
        basisId: id,
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
    status: 200,
    fresh: freshBasis,
    call: (_world, client, _who, { id, version }) => client.post(`/api/people/bases/${id}/end`, { version }),
    shows: (_world, _who, { id, version }) => ({
      body: expect.arrayContaining([expect.objectContaining({ basisId: id, endedAt: expect.any(String), version: version + 1 })]),
    }),
    afterwards: readsBack(
      () => '/api/people/settings',
      ({ id }) => ({ bases: expect.arrayContaining([expect.objectContaining({ basisId: id, endedAt: expect.any(String) })]) }),
    ),
  },
};

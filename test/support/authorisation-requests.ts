// SPDX-License-Identifier: AGPL-3.0-or-later
import { uuidv7 } from 'uuidv7';
import { expect } from 'vitest';
import type { PersonName } from './app.ts';
import type { Expectation } from './authorisation-expectations.ts';
import { knownTo, outsider, whom, type World } from './authorisation-world.ts';
import type { Answer, Client } from './client.ts';

const officers = ['coordinator', 'district_officer', 'other_coordinator', 'other_district_officer'] as const;
const writers = [...officers, 'watch_volunteer', 'other_watch_volunteer'] as const;
const askers = [...writers, 'case_worker', 'other_case_worker', 'person'] as const;
const readers = [...askers, 'partner_provider', 'other_partner_provider'] as const;
const dpo = ['data_protection_officer'] as const;

/** Somebody whom this role may know; another for each officer and volunteer: the same request once more is no new one. */
const hers = (world: World, who: PersonName | 'anonymous'): string =>
  whom(world, who, ({ district_officer: 10, watch_volunteer: 11 } as Partial<Record<string, number>>)[who.replace('other_', '')] ?? 9);
const regionOf = ({ app }: World) => app.land.east.regionId;

function aboutOne(
  may: readonly PersonName[],
  status: number,
  ask: (client: Client, path: string) => Promise<Answer>,
  shows?: Expectation['shows'],
): Expectation {
  return {
    may,
    status,
    ...(shows ? { shows } : {}),
    call: (world, client, who) => ask(client, `/api/people/${regionOf(world)}/${hers(world, who)}`),
    fromOutside: {
      status: 404,
      code: 'not-found',
      call: (world, client, who) => ask(client, `/api/people/${regionOf(world)}/${outsider(world, who)}`),
    },
  };
}
const onlyOfficer = (
  status: number,
  ask: (client: Client, world: World) => Promise<Answer>,
  shows?: Expectation['shows'],
): Expectation => ({
  may: dpo,
  status,
  ...(shows ? { shows } : {}),
  call: (world, client) => ask(client, world),
});
/** Whose requests stand in a list: everybody's whom she may know asked once to see what is recorded. */
const theirs: Expectation['shows'] = (world, who) => ({ numbered: knownTo(world, who), named: [] });
const everybodys: Expectation['shows'] = (world) => ({ numbered: [...world.eastPeople, ...world.westPeople], named: [] });
const request = (kind = 'complaint') => ({ requestId: uuidv7(), kind, byWhom: 'self', saidOn: '2026-01-15' });

/** Requests of people, erasure, holds and how long records are kept. */
export const requestExpectations: Readonly<Record<string, Expectation>> = {
  'POST /api/people/:regionId/:personId/requests': aboutOne(askers, 201, (client, path) => client.post(`${path}/requests`, request())),
  'GET /api/people/:regionId/:personId/requests': aboutOne(
    askers,
    200,
    (client, path) => client.get(`${path}/requests`),
    () => ({ body: expect.arrayContaining([expect.objectContaining({ kind: 'access', saidOn: '2026-01-09', state: 'open' })]) }),
  ),
  'GET /api/people/requests': { may: askers, status: 200, call: (_world, client) => client.get('/api/people/requests'), shows: theirs },
  'GET /api/people/requests.csv': {
    may: askers,
    status: 200,
    call: (_world, client) => client.get('/api/people/requests.csv'),
    shows: theirs,
  },
  'POST /api/people/:regionId/:personId/requests/:requestId/withdrawn': aboutOne(askers, 404, (client, path) =>
    client.post(`${path}/requests/${uuidv7()}/withdrawn`, { version: 1 }),
  ),
  'POST /api/people/:regionId/:personId/requests/:requestId/done': aboutOne(askers, 404, (client, path) =>
    client.post(`${path}/requests/${uuidv7()}/done`, { version: 1 }),
  ),
  'GET /api/people/:regionId/:personId/printout': aboutOne(
    readers,
    200,
    (client, path) => client.get(`${path}/printout?locale=th`),
    (world, who) => ({ people: [hers(world, who)], named: [hers(world, who)], body: { record: { personId: hers(world, who) } } }),
  ),
  'GET /api/people/:regionId/:personId/printout.csv': aboutOne(
    readers,
    200,
    (client, path) => client.get(`${path}/printout.csv`),
    (world, who) => ({ numbered: [hers(world, who)], named: [hers(world, who)], text: ['consent (spoken),contact,refused'] }),
  ),

  'GET /api/data-protection/requests': onlyOfficer(200, (client) => client.get('/api/data-protection/requests'), everybodys),
  'GET /api/data-protection/requests.csv': onlyOfficer(200, (client) => client.get('/api/data-protection/requests.csv'), everybodys),
  'POST /api/data-protection/requests/:regionId/:requestId/decide': onlyOfficer(404, (client, world) =>
    client.post(`/api/data-protection/requests/${regionOf(world)}/${uuidv7()}/decide`, { version: 1, decision: 'done' }),
  ),
  'POST /api/data-protection/requests/:regionId/:requestId/erase': onlyOfficer(404, (client, world) =>
    client.post(`/api/data-protection/requests/${regionOf(world)}/${uuidv7()}/erase`, { version: 1, number: 'AAAA-AAAA-AA' }),
  ),
  'GET /api/data-protection/consents': onlyOfficer(
    200,
    (client) => client.get('/api/data-protection/consents?purpose=contact&limit=200'),
    everybodys,
  ),
  'GET /api/data-protection/consents.csv': onlyOfficer(200, (client) => client.get('/api/data-protection/consents.csv'), everybodys),
  'GET /api/data-protection/erasures': onlyOfficer(200, (client) => client.get('/api/data-protection/erasures'), everybodys),
  'POST /api/data-protection/erasures/:regionId/:personId/lift': onlyOfficer(409, (client, world) =>
    client.post(`/api/data-protection/erasures/${regionOf(world)}/${uuidv7()}/lift`),
  ),
  'GET /api/data-protection/holds': onlyOfficer(200, (client) => client.get('/api/data-protection/holds'), everybodys),
  'POST /api/data-protection/holds': onlyOfficer(404, (client) =>
    client.post('/api/data-protection/holds', {
      holdId: uuidv7(),
      number: '0000-0000-01',
      citation: 'Act, section 3',
      untilOn: '2099-01-01',
    }),
  ),
  'POST /api/data-protection/holds/:regionId/:holdId/end': onlyOfficer(409, (client, world) =>
    client.post(`/api/data-protection/holds/${regionOf(world)}/${uuidv7()}/end`, { version: 1 }),
  ),
  'GET /api/data-protection/retention': onlyOfficer(200, (client) => client.get('/api/data-protection/retention'), everybodys),
  'PUT /api/data-protection/retention/:category': onlyOfficer(200, (client) =>
    client.send('PUT', '/api/data-protection/retention/died', { months: 600, action: 'review' }),
  ),
  'DELETE /api/data-protection/retention/:category': onlyOfficer(200, (client) => client.delete('/api/data-protection/retention/left')),
  'POST /api/data-protection/retention/:regionId/:personId/:category/keep': onlyOfficer(409, (client, world) =>
    client.post(`/api/data-protection/retention/${regionOf(world)}/${world.eastPeople[9]}/died/keep`, {
      version: 1,
      untilOn: '2099-01-01',
      citation: 'Act, section 3',
    }),
  ),
  'POST /api/data-protection/retention/:regionId/:personId/:category/erase': onlyOfficer(400, (client, world) =>
    client.post(`/api/data-protection/retention/${regionOf(world)}/${world.eastPeople[9]}/died/erase`, {
      version: 1,
      number: 'AAAA-AAAA-AA',
    }),
  ),
  'GET /api/data-protection/impact': onlyOfficer(
    200,
    (client) => client.get('/api/data-protection/impact'),
    ({ basisId }) => ({
      people: [],
      body: {
        bases: expect.arrayContaining([expect.objectContaining({ basisId })]),
        roles: expect.arrayContaining([
          expect.objectContaining({ role: 'data_protection_officer', decides: true, reads: ['audit.read-whole'] }),
        ]),
      },
      // Somebody is there who decides.
      hides: ['no-officer'],
    }),
  ),
};

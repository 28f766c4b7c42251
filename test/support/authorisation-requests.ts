// SPDX-License-Identifier: AGPL-3.0-or-later
import { uuidv7 } from 'uuidv7';
import type { PersonName } from './app.ts';
import type { Expectation } from './authorisation-expectations.ts';
import type { World } from './authorisation-world.ts';
import type { Answer, Client } from './client.ts';

const officers = ['coordinator', 'district_officer', 'other_coordinator', 'other_district_officer'] as const;
const writers = [...officers, 'watch_volunteer', 'other_watch_volunteer'] as const;
const askers = [...writers, 'case_worker', 'person'] as const;
const readers = [...askers, 'partner_provider'] as const;
const dpo = ['data_protection_officer'] as const;

/** Somebody whom this role may know: one of her area, the one in her care, herself. Another for each: the same request once more is no new one. */
function whom({ eastPeople, westPeople }: World, who: PersonName | 'anonymous'): string {
  const one: Partial<Record<string, number>> = {
    person: 2,
    case_worker: 3,
    partner_provider: 4,
    district_officer: 10,
    watch_volunteer: 11,
  };
  return (who.startsWith('other_') ? westPeople : eastPeople)[one[who.replace('other_', '')] ?? 9] ?? '';
}
const regionOf = ({ app }: World) => app.land.east.regionId;

function aboutOne(may: readonly PersonName[], status: number, ask: (client: Client, path: string) => Promise<Answer>): Expectation {
  return {
    may,
    status,
    call: (world, client, who) => ask(client, `/api/people/${regionOf(world)}/${whom(world, who)}`),
    fromOutside: {
      status: 404,
      code: 'not-found',
      call: (world, client) => ask(client, `/api/people/${regionOf(world)}/${world.eastPeople[9] ?? ''}`),
    },
  };
}
const onlyOfficer = (status: number, ask: (client: Client, world: World) => Promise<Answer>): Expectation => ({
  may: dpo,
  status,
  call: (world, client) => ask(client, world),
});
const request = (kind = 'complaint') => ({ requestId: uuidv7(), kind, byWhom: 'self', saidOn: '2026-01-15' });

/** Requests of people, erasure, holds and how long records are kept. */
export const requestExpectations: Readonly<Record<string, Expectation>> = {
  'POST /api/people/:regionId/:personId/requests': aboutOne(askers, 201, (client, path) => client.post(`${path}/requests`, request())),
  'GET /api/people/:regionId/:personId/requests': aboutOne(askers, 200, (client, path) => client.get(`${path}/requests`)),
  'GET /api/people/requests': { may: askers, status: 200, call: (_world, client) => client.get('/api/people/requests') },
  'GET /api/people/requests.csv': { may: askers, status: 200, call: (_world, client) => client.get('/api/people/requests.csv') },
  'POST /api/people/:regionId/:personId/requests/:requestId/withdrawn': aboutOne(askers, 404, (client, path) =>
    client.post(`${path}/requests/${uuidv7()}/withdrawn`, { version: 1 }),
  ),
  'POST /api/people/:regionId/:personId/requests/:requestId/done': aboutOne(askers, 404, (client, path) =>
    client.post(`${path}/requests/${uuidv7()}/done`, { version: 1 }),
  ),
  'GET /api/people/:regionId/:personId/printout': aboutOne(readers, 200, (client, path) => client.get(`${path}/printout?locale=th`)),
  'GET /api/people/:regionId/:personId/printout.csv': aboutOne(readers, 200, (client, path) => client.get(`${path}/printout.csv`)),

  'GET /api/data-protection/requests': onlyOfficer(200, (client) => client.get('/api/data-protection/requests')),
  'GET /api/data-protection/requests.csv': onlyOfficer(200, (client) => client.get('/api/data-protection/requests.csv')),
  'POST /api/data-protection/requests/:regionId/:requestId/decide': onlyOfficer(404, (client, world) =>
    client.post(`/api/data-protection/requests/${regionOf(world)}/${uuidv7()}/decide`, { version: 1, decision: 'done' }),
  ),
  'POST /api/data-protection/requests/:regionId/:requestId/erase': onlyOfficer(404, (client, world) =>
    client.post(`/api/data-protection/requests/${regionOf(world)}/${uuidv7()}/erase`, { version: 1, number: 'AAAA-AAAA-AA' }),
  ),
  'GET /api/data-protection/erasures': onlyOfficer(200, (client) => client.get('/api/data-protection/erasures')),
  'GET /api/data-protection/holds': onlyOfficer(200, (client) => client.get('/api/data-protection/holds')),
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
  'GET /api/data-protection/retention': onlyOfficer(200, (client) => client.get('/api/data-protection/retention')),
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
  'GET /api/data-protection/impact': onlyOfficer(200, (client) => client.get('/api/data-protection/impact')),
};

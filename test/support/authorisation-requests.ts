// SPDX-License-Identifier: AGPL-3.0-or-later
import { uuidv7 } from 'uuidv7';
import { expect } from 'vitest';
import type { PersonName } from './app.ts';
import { recordNumber } from '../../src/platform/domain/record-number.ts';
import type { Expectation } from './authorisation-expectations.ts';
import {
  changing,
  expectRead,
  freshCorrection,
  freshDue,
  freshErased,
  freshHold,
  freshRequest,
  ofFreshPerson,
  overseer,
  pathOf,
  readsBack,
} from './authorisation-fresh.ts';
import { nothing, type Fresh } from './authorisation-passing.ts';
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
  ask: (client: Client, world: World, fresh: Fresh) => Promise<Answer>,
  shows?: Expectation['shows'],
  more: Pick<Expectation, 'fresh' | 'afterwards'> = {},
): Expectation => ({
  may: dpo,
  status,
  ...(shows ? { shows } : {}),
  ...more,
  call: (world, client, _who, fresh) => ask(client, world, fresh),
});
/** A row of the answer, or of a list in it. */
const row = (shown: object) => expect.arrayContaining([expect.objectContaining(shown)]) as unknown as object;
/** Somebody is gone: whoever worked with her finds nobody, and the list of the erased has her. */
const isGone: Expectation['afterwards'] = async ({ world, client, who, fresh }) => {
  await expectRead(await overseer(world, who), pathOf(world, fresh), 404);
  await expectRead(client, '/api/data-protection/erasures', 200, row({ personId: fresh.personId }));
};
/** What she asked for has ended so, and she is told by whom she asked through. */
const ended = (state: 'withdrawn' | 'done'): Expectation =>
  changing(askers, 200, (client, path, { id, version }) => client.post(`${path}/requests/${id}/${state}`, { version }), {
    fresh: freshCorrection,
    shows: (_world, _who, { id, version }) => ({ body: row({ requestId: id, state, version: version + 1 }) }),
    afterwards: readsBack(
      (world, fresh) => `${pathOf(world, fresh)}/requests`,
      ({ id }) => row({ requestId: id, state }),
    ),
    // That something was set right, whoever sets it right says.
    ...(state === 'done' ? { otherwise: { person: 403 } } : {}),
  });
/** Whose requests stand in a list: everybody's whom she may know asked once to see what is recorded. */
const theirs: Expectation['shows'] = (world, who) => ({ numbered: knownTo(world, who), named: [] });
const everybodys: Expectation['shows'] = (world) => ({ numbered: [...world.eastPeople, ...world.westPeople], named: [] });
const request = (kind = 'complaint') => ({ requestId: uuidv7(), kind, byWhom: 'self', saidOn: '2026-01-15' });

/** Requests of people, erasure, holds and how long records are kept. */
export const requestExpectations: Readonly<Record<string, Expectation>> = {
  'POST /api/people/:regionId/:personId/requests': aboutOne(
    askers,
    201,
    (client, path) => client.post(`${path}/requests`, request()),
    (world, who) => ({ body: row({ personId: hers(world, who), kind: 'complaint', saidOn: '2026-01-15', state: 'open' }) }),
  ),
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
  'POST /api/people/:regionId/:personId/requests/:requestId/withdrawn': ended('withdrawn'),
  'POST /api/people/:regionId/:personId/requests/:requestId/done': ended('done'),
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
  'POST /api/data-protection/requests/:regionId/:requestId/decide': onlyOfficer(
    200,
    (client, world, { id, version }) =>
      client.post(`/api/data-protection/requests/${regionOf(world)}/${id}/decide`, { version, decision: 'done' }),
    // What is answered is no longer among those that wait.
    (world, _who, { id }) => ({ numbered: [...world.eastPeople, ...world.westPeople], hides: [id] }),
    {
      fresh: freshRequest('complaint'),
      afterwards: readsBack(
        () => '/api/data-protection/requests?state=done&limit=200',
        ({ id, personId }) => ({ rows: row({ requestId: id, personId, state: 'done' }) }),
      ),
    },
  ),
  'POST /api/data-protection/requests/:regionId/:requestId/erase': onlyOfficer(
    200,
    (client, world, { id, personId, version }) =>
      client.post(`/api/data-protection/requests/${regionOf(world)}/${id}/erase`, { version, number: recordNumber(personId) }),
    (world, _who, { personId }) => ({ numbered: [...world.eastPeople, ...world.westPeople], hides: [personId] }),
    { fresh: freshRequest('erasure'), afterwards: isGone },
  ),
  'GET /api/data-protection/consents': onlyOfficer(
    200,
    (client) => client.get('/api/data-protection/consents?purpose=contact&limit=200'),
    everybodys,
  ),
  'GET /api/data-protection/consents.csv': onlyOfficer(200, (client) => client.get('/api/data-protection/consents.csv'), everybodys),
  'GET /api/data-protection/erasures': onlyOfficer(200, (client) => client.get('/api/data-protection/erasures'), everybodys),
  'POST /api/data-protection/erasures/:regionId/:personId/lift': onlyOfficer(
    200,
    (client, world, { personId }) => client.post(`/api/data-protection/erasures/${regionOf(world)}/${personId}/lift`),
    (_world, _who, { personId }) => ({ body: row({ personId, keptOut: false }) }),
    { fresh: freshErased },
  ),
  'GET /api/data-protection/holds': onlyOfficer(200, (client) => client.get('/api/data-protection/holds'), everybodys),
  'POST /api/data-protection/holds': onlyOfficer(
    201,
    (client, _world, { id, personId }) =>
      client.post('/api/data-protection/holds', {
        holdId: id,
        number: recordNumber(personId),
        citation: 'Act, section 3',
        untilOn: '2099-01-01',
      }),
    (_world, _who, { id, personId }) => ({ body: row({ holdId: id, personId, untilOn: '2099-01-01', endedAt: null }) }),
    { fresh: ofFreshPerson() },
  ),
  'POST /api/data-protection/holds/:regionId/:holdId/end': onlyOfficer(
    200,
    (client, world, { id, version }) => client.post(`/api/data-protection/holds/${regionOf(world)}/${id}/end`, { version }),
    (_world, _who, { id, personId }) => ({ body: row({ holdId: id, personId, endedAt: expect.any(String) }) }),
    { fresh: freshHold },
  ),
  'GET /api/data-protection/retention': onlyOfficer(200, (client) => client.get('/api/data-protection/retention'), everybodys),
  'PUT /api/data-protection/retention/:category': onlyOfficer(
    200,
    (client) => client.send('PUT', '/api/data-protection/retention/died', { months: 600, action: 'review' }),
    () => ({ body: { rules: row({ category: 'died', months: 600, action: 'review' }) } }),
  ),
  'DELETE /api/data-protection/retention/:category': onlyOfficer(
    200,
    (client) => client.delete('/api/data-protection/retention/left'),
    () => ({ body: { rules: expect.not.arrayContaining([expect.objectContaining({ category: 'left' })]) } }),
    {
      async fresh({ app }) {
        const kanya = await app.as('data_protection_officer');
        const rule = await kanya.send('PUT', '/api/data-protection/retention/left', { months: 600, action: 'review' });
        expect([rule.status, rule.body]).toMatchObject([200, { rules: row({ category: 'left' }) }]);
        return nothing;
      },
    },
  ),
  'POST /api/data-protection/retention/:regionId/:personId/:category/keep': onlyOfficer(
    200,
    (client, world, { personId, version }) =>
      client.post(`/api/data-protection/retention/${regionOf(world)}/${personId}/died/keep`, {
        version,
        untilOn: '2099-01-01',
        citation: 'Act, section 3',
      }),
    (_world, _who, { personId, version }) => ({
      body: { due: row({ personId, category: 'died', keepUntil: '2099-01-01', version: version + 1 }) },
    }),
    { fresh: freshDue },
  ),
  'POST /api/data-protection/retention/:regionId/:personId/:category/erase': onlyOfficer(
    200,
    (client, world, { personId, version }) =>
      client.post(`/api/data-protection/retention/${regionOf(world)}/${personId}/died/erase`, {
        version,
        number: recordNumber(personId),
      }),
    (_world, _who, { personId }) => ({ body: { due: expect.any(Array) }, hides: [personId] }),
    { fresh: freshDue, afterwards: isGone },
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

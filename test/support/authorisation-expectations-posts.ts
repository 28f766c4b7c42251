// SPDX-License-Identifier: AGPL-3.0-or-later
import { uuidv7 } from 'uuidv7';
import { expect } from 'vitest';
import type { Expectation } from './authorisation-expectations.ts';
import { readsBack } from './authorisation-fresh.ts';
import { nothing } from './authorisation-passing.ts';
import { isWest, type World } from './authorisation-world.ts';
import type { Answer, Client } from './client.ts';

/** Who has an account and which post: invitations, codes, volunteers, organisations, handing over, files of accounts. */
const administrators = ['administrator'] as const;
const inviters = ['coordinator', 'district_officer', 'other_coordinator', 'other_district_officer'] as const;

type Spare = Awaited<ReturnType<World['spareAccount']>>;
const spare =
  (act: (client: Client, account: Spare, world: World) => Promise<Answer>): Expectation['call'] =>
  async (world, client, who) =>
    act(client, who === 'administrator' ? await world.spareAccount() : { accountId: uuidv7(), postId: uuidv7(), version: 1 }, world);

/** A volunteer of the village of whoever asks, invited by somebody else of there. */
const freshVolunteer: Expectation['fresh'] = async (world, who, from) => {
  const west = from === 'inside' && isWest(who);
  const officer = await world.app.as(west ? 'other_district_officer' : 'district_officer');
  const village = (west ? world.app.land.westVillages : world.app.land.eastVillages)[0];
  const { body } = await officer.post<{ volunteer: { accountId: string; version: number } }>('/api/volunteers', {
    displayName: `Volunteer ${world.next()}`,
    placeId: village.placeId,
  });
  return { ...nothing, id: body.volunteer.accountId, version: body.volunteer.version };
};

/** What is handed over on paper, and to whom. */
const slip = (displayName: string) => ({ displayName, kind: 'invitation', code: expect.any(String) });
const freshOrganisation: Expectation['fresh'] = async ({ app, next }) => {
  const nok = await app.as('administrator');
  const { body } = await nok.post<{ organisationId: string; version: number }>('/api/organisations', {
    name: `House ${next()}`,
    kind: 'ngo',
  });
  return { ...nothing, id: body.organisationId, version: body.version };
};

export const postExpectations: Readonly<Record<string, Expectation>> = {
  'POST /api/welcome': {
    may: 'everybody',
    status: 401,
    elsewhere: {
      why: 'it ends in a session of somebody else, and each takes a password to be hashed',
      test: 'src/access/server/invitations.test.ts',
    },
    call: ({ next }, client) =>
      client.post('/api/welcome', { userName: `nobody.${next()}`, code: 'aaaa-bbbb-cccc-dddd', password: 'rice boat morning' }),
  },
  'POST /api/accounts/invitations': {
    may: administrators,
    status: 201,
    call: ({ next }, client) => client.post('/api/accounts/invitations', { userName: `invited.${next()}`, displayName: 'Invited' }),
    shows: () => ({ body: { account: { displayName: 'Invited', posts: [] }, slip: slip('Invited') } }),
  },
  'POST /api/accounts/import': {
    may: administrators,
    status: 200,
    call: (_world, client) =>
      client.upload('/api/accounts/import', [{ field: 'file', name: 'a.csv', content: 'name,role\nAna,analyst\n' }], { dryRun: 'true' }),
    shows: () => ({ body: { state: expect.stringMatching(/tried|refused/), rows: [{}], slips: [] } }),
  },
  'POST /api/accounts/:id/code': {
    may: [...administrators, ...inviters],
    status: 201,
    fresh: freshVolunteer,
    call: (_world, client, _who, { id }) => client.post(`/api/accounts/${id}/code`, {}),
    shows: () => ({ body: { kind: 'invitation', code: expect.any(String), displayName: expect.stringMatching(/^Volunteer/) } }),
    fromOutside: {
      status: 404,
      code: 'not-found',
      call: (_world, client, _who, { id }) => client.post(`/api/accounts/${id}/code`, {}),
    },
  },
  'GET /api/code-times': {
    may: administrators,
    status: 200,
    call: (_world, client) => client.get('/api/code-times'),
    shows: () => ({ body: { invitationDays: 14, recoveryHours: 24 } }),
  },
  'PATCH /api/code-times': {
    may: administrators,
    status: 200,
    call: (_world, client) => client.patch('/api/code-times', { invitationDays: 14, recoveryHours: 24 }),
    shows: () => ({ body: { invitationDays: 14, recoveryHours: 24 } }),
  },
  'GET /api/volunteers': {
    may: inviters,
    status: 200,
    call: (_world, client) => client.get('/api/volunteers'),
    // Those of her area: of the province both, of a district its own.
    shows: ({ app }, who) => {
      const [east, west] = [app.accountIds.watch_volunteer, app.accountIds.other_watch_volunteer];
      return who === 'coordinator'
        ? { text: [east, west] }
        : isWest(who)
          ? { text: [west], hides: [east, 'Orn'] }
          : { text: [east], hides: [west, 'Lek'] };
    },
  },
  'POST /api/volunteers': {
    may: inviters,
    status: 201,
    call: ({ app, next }, client, who) =>
      client.post('/api/volunteers', {
        displayName: `Made ${next()}`,
        placeId: (isWest(who) ? app.land.westVillages[1] : app.land.eastVillages[1]).placeId,
      }),
    shows: ({ app }, who) => ({
      body: {
        volunteer: {
          displayName: expect.stringMatching(/^Made/),
          places: [{ placeId: (isWest(who) ? app.land.westVillages[1] : app.land.eastVillages[1]).placeId }],
        },
        slip: { kind: 'invitation', code: expect.any(String) },
      },
    }),
    fromOutside: {
      status: 403,
      code: 'outside-your-area',
      call: ({ app }, client) => client.post('/api/volunteers', { displayName: 'Not hers', placeId: app.land.eastVillages[1].placeId }),
    },
  },
  'PATCH /api/volunteers/:id': {
    may: inviters,
    status: 200,
    fresh: freshVolunteer,
    call: (_world, client, _who, { id, version }) => client.patch(`/api/volunteers/${id}`, { disabled: true, version }),
    shows: () => ({ body: { displayName: expect.stringMatching(/^Volunteer/), disabled: true } }),
    fromOutside: {
      status: 404,
      code: 'not-found',
      call: (_world, client, _who, { id, version }) => client.patch(`/api/volunteers/${id}`, { disabled: true, version }),
    },
  },
  'GET /api/organisations': {
    may: administrators,
    status: 200,
    call: (_world, client) => client.get('/api/organisations'),
    shows: () => ({
      body: {
        rows: expect.arrayContaining(
          ['Hill Lantern', 'Safe Harbour'].map((name) => expect.objectContaining({ name, accounts: 2, ended: false })),
        ),
      },
    }),
  },
  'POST /api/organisations': {
    may: administrators,
    status: 201,
    call: ({ next }, client) => client.post('/api/organisations', { name: `House ${next()}`, kind: 'ngo' }),
    shows: () => ({ body: { name: expect.stringMatching(/^House/), kind: 'ngo', accounts: 0, ended: false } }),
  },
  'PATCH /api/organisations/:organisationId': {
    may: administrators,
    status: 200,
    fresh: freshOrganisation,
    call: (_world, client, _who, { id, version }) => client.patch(`/api/organisations/${id}`, { name: 'Renamed', version }),
    shows: (_world, _who, { id, version }) => ({ body: { organisationId: id, name: 'Renamed', ended: false, version: version + 1 } }),
    afterwards: readsBack(
      () => '/api/organisations',
      ({ id }) => ({ rows: expect.arrayContaining([expect.objectContaining({ organisationId: id, name: 'Renamed' })]) }),
    ),
  },
  'GET /api/accounts/:id/posts/:postId/hand-over': {
    may: administrators,
    status: 200,
    call: spare((client, { accountId, postId }) => client.get(`/api/accounts/${accountId}/posts/${postId}/hand-over`)),
    shows: () => ({ body: { assignments: 0, ending: 0 } }),
  },
  'POST /api/accounts/:id/posts/:postId/hand-over': {
    may: administrators,
    status: 200,
    call: spare((client, { accountId, postId, version }, { next }) =>
      client.post(`/api/accounts/${accountId}/posts/${postId}/hand-over`, {
        version,
        to: { userName: `successor.${next()}`, displayName: 'Successor' },
        withAssignments: false,
      }),
    ),
    shows: () => ({
      body: {
        from: { posts: [] },
        to: { displayName: 'Successor', posts: [{ role: 'analyst' }] },
        slip: slip('Successor'),
        assignments: 0,
      },
    }),
  },
};

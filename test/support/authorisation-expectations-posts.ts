// SPDX-License-Identifier: AGPL-3.0-or-later
import { uuidv7 } from 'uuidv7';
import { expect } from 'vitest';
import type { PersonName } from './app.ts';
import type { Expectation } from './authorisation-expectations.ts';
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

/** A volunteer of the village of whoever asks; as another one, so that the walk's own clients stay signed in. */
async function volunteer(world: World, who: PersonName | 'anonymous'): Promise<{ accountId: string; version: number }> {
  const { app } = world;
  if (!(inviters as readonly string[]).includes(who) && who !== 'administrator')
    return { accountId: app.accountIds.watch_volunteer, version: 1 };
  const officer = await app.as(isWest(who) ? 'other_district_officer' : 'district_officer');
  const village = isWest(who) ? app.land.westVillages[0] : app.land.eastVillages[0];
  const { body } = await officer.post<{ volunteer: { accountId: string; version: number } }>('/api/volunteers', {
    displayName: `Volunteer ${world.next()}`,
    placeId: village.placeId,
  });
  return body.volunteer;
}

export const postExpectations: Readonly<Record<string, Expectation>> = {
  'POST /api/welcome': {
    may: 'everybody',
    status: 401,
    call: ({ next }, client) =>
      client.post('/api/welcome', { userName: `nobody.${next()}`, code: 'aaaa-bbbb-cccc-dddd', password: 'rice boat morning' }),
  },
  'POST /api/accounts/invitations': {
    may: administrators,
    status: 201,
    call: ({ next }, client) => client.post('/api/accounts/invitations', { userName: `invited.${next()}`, displayName: 'Invited' }),
  },
  'POST /api/accounts/import': {
    may: administrators,
    status: 200,
    call: (_world, client) =>
      client.upload('/api/accounts/import', [{ field: 'file', name: 'a.csv', content: 'name,role\nAna,analyst\n' }], { dryRun: 'true' }),
  },
  'POST /api/accounts/:id/code': {
    may: [...administrators, ...inviters],
    status: 201,
    call: async (world, client, who) => client.post(`/api/accounts/${(await volunteer(world, who)).accountId}/code`, {}),
    fromOutside: {
      status: 404,
      code: 'not-found',
      call: ({ app }, client) => client.post(`/api/accounts/${app.accountIds.watch_volunteer}/code`, {}),
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
    fromOutside: {
      status: 403,
      code: 'outside-your-area',
      call: ({ app }, client) => client.post('/api/volunteers', { displayName: 'Not hers', placeId: app.land.eastVillages[1].placeId }),
    },
  },
  'PATCH /api/volunteers/:id': {
    may: inviters,
    status: 200,
    call: async (world, client, who) => {
      const { accountId, version } = await volunteer(world, who);
      return client.patch(`/api/volunteers/${accountId}`, { disabled: true, version });
    },
    fromOutside: {
      status: 404,
      code: 'not-found',
      call: ({ app }, client) => client.patch(`/api/volunteers/${app.accountIds.watch_volunteer}`, { disabled: true, version: 1 }),
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
  },
  'PATCH /api/organisations/:organisationId': {
    may: administrators,
    status: 404,
    call: (_world, client) => client.patch(`/api/organisations/${uuidv7()}`, { name: 'Renamed', version: 1 }),
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
  },
};

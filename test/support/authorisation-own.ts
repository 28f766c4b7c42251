// SPDX-License-Identifier: AGPL-3.0-or-later
import { uuidv7 } from 'uuidv7';
import type { OwnAccountWithSlip } from '../../src/access/domain/own-account.ts';
import { testPassword } from './app.ts';
import type { Expectation } from './authorisation-expectations.ts';
import type { World } from './authorisation-world.ts';
import type { Answer, Client } from './client.ts';

const caseWorker = ['case_worker'] as const,
  herself = ['person'] as const;
const asked = { wished: true, phoneIsSafe: true };
/** Of whoever is in Ratana's care. */
const account = ({ app, eastPeople }: World) => `/api/people/${app.land.east.regionId}/${eastPeople[3] ?? ''}/account`;

/** Somebody else's own account, made and come into, so that ending it takes nothing from Fah. */
async function endsAnother(world: World): Promise<Answer> {
  const ratana = await world.app.as('case_worker');
  await ratana.delete(account(world));
  const { slip } = (await ratana.post<OwnAccountWithSlip>(account(world), asked)).body;
  await world.app.anonymous().post('/api/welcome', { userName: slip.userName, code: slip.code, password: testPassword });
  const her = await world.app.anonymous().signIn(slip.userName, testPassword);
  return her.delete('/api/own/account');
}

/** The account of a person for her own record: given by whoever accompanies her, used by herself alone. */
export const ownExpectations: Readonly<Record<string, Expectation>> = {
  'GET /api/people/:regionId/:personId/account': {
    may: caseWorker,
    status: 200,
    call: (world, client) => client.get(account(world)),
  },
  'POST /api/people/:regionId/:personId/account': {
    may: caseWorker,
    status: 201,
    call: async (world, client: Client) => {
      await client.delete(account(world));
      return client.post(account(world), asked);
    },
  },
  'POST /api/people/:regionId/:personId/account/code': {
    may: caseWorker,
    status: 404,
    call: (world, client) => client.post(`${account(world)}/code`, { accountId: uuidv7(), phoneIsSafe: true }),
  },
  'DELETE /api/people/:regionId/:personId/account': {
    may: caseWorker,
    status: 200,
    call: async (world, client) => {
      await client.post(account(world), asked);
      return client.delete(account(world));
    },
  },
  'GET /api/own': { may: herself, status: 200, call: (_world, client) => client.get('/api/own') },
  'POST /api/own/consents': {
    may: herself,
    status: 201,
    call: (_world, client) => client.post('/api/own/consents', { eventId: uuidv7(), purpose: 'contact' }),
  },
  'DELETE /api/own/account': {
    may: herself,
    status: 204,
    call: (world, client, who) => (who === 'person' ? endsAnother(world) : client.delete('/api/own/account')),
  },
};

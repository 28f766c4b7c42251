// SPDX-License-Identifier: AGPL-3.0-or-later
import { uuidv7 } from 'uuidv7';
import { expect } from 'vitest';
import type { OwnAccount, OwnAccountWithSlip } from '../../src/access/domain/own-account.ts';
import { testPassword, type PersonName } from './app.ts';
import type { Expectation } from './authorisation-expectations.ts';
import { readsBack } from './authorisation-fresh.ts';
import { outsider, whom, type World } from './authorisation-world.ts';
import type { Answer, Client } from './client.ts';

const caseWorker = ['case_worker', 'other_case_worker'] as const,
  herself = ['person'] as const;
type OwnAccounts = readonly OwnAccount[];
/** One way in, on paper. */
const withSlip = { accounts: [{ accountId: expect.any(String) }], slip: { code: expect.any(String) } };
const asked = { wished: true, phoneIsSafe: true };
const accountOf = ({ app }: World, personId: string) => `/api/people/${app.land.east.regionId}/${personId}/account`;
/** Of whoever is in her care: Ratana's, where it matters to nobody. */
const account = (world: World, who: PersonName | 'anonymous' = 'case_worker') =>
  accountOf(world, whom(world, who.endsWith('case_worker') ? who : 'case_worker'));

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
    call: async (world, client, who) => {
      if (who.endsWith('case_worker')) await client.post(account(world, who), asked);
      return client.get(account(world, who));
    },
    shows: () => ({ body: [expect.objectContaining({ accountId: expect.any(String) })] }),
    fromOutside: { status: 404, code: 'not-found', call: (world, client, who) => client.get(accountOf(world, outsider(world, who))) },
  },
  'POST /api/people/:regionId/:personId/account': {
    may: caseWorker,
    status: 201,
    call: async (world, client: Client, who) => {
      await client.delete(account(world, who));
      return client.post(account(world, who), asked);
    },
    shows: () => ({ body: withSlip }),
    fromOutside: {
      status: 404,
      code: 'not-found',
      call: (world, client, who) => client.post(accountOf(world, outsider(world, who)), asked),
    },
  },
  'POST /api/people/:regionId/:personId/account/code': {
    may: caseWorker,
    status: 201,
    call: async (world, client, who) => {
      if (who.endsWith('case_worker')) await client.post(account(world, who), asked);
      const there = who.endsWith('case_worker') ? await client.get<OwnAccounts>(account(world, who)) : null;
      return client.post(`${account(world, who)}/code`, { accountId: there?.body[0]?.accountId ?? uuidv7(), phoneIsSafe: true });
    },
    shows: () => ({ body: withSlip }),
    fromOutside: {
      status: 404,
      code: 'not-found',
      call: (world, client, who) =>
        client.post(`${accountOf(world, outsider(world, who))}/code`, { accountId: world.app.accountIds.person, phoneIsSafe: true }),
    },
  },
  'DELETE /api/people/:regionId/:personId/account': {
    may: caseWorker,
    status: 200,
    call: async (world, client, who) => {
      await client.post(account(world, who), asked);
      return client.delete(account(world, who));
    },
    shows: () => ({ body: [] }),
    fromOutside: { status: 404, code: 'not-found', call: (world, client, who) => client.delete(accountOf(world, outsider(world, who))) },
  },
  'GET /api/own': {
    may: herself,
    status: 200,
    call: (_world, client) => client.get('/api/own'),
    shows: (world, who) => ({
      people: [whom(world, who)],
      named: [],
      body: {
        record: { personId: whom(world, who), consents: expect.arrayContaining([expect.objectContaining({ purpose: 'contact' })]) },
        readings: expect.arrayContaining([expect.objectContaining({ role: 'coordinator' })]),
      },
    }),
  },
  'POST /api/own/consents': {
    may: herself,
    status: 201,
    call: (_world, client) => client.post('/api/own/consents', { eventId: uuidv7(), purpose: 'contact' }),
    shows: () => ({ body: { accountStands: true } }),
    afterwards: readsBack(
      () => '/api/own',
      () => ({
        record: { consents: expect.arrayContaining([expect.objectContaining({ purpose: 'contact', act: 'withdrawn', way: 'written' })]) },
      }),
    ),
  },
  'DELETE /api/own/account': {
    may: herself,
    status: 204,
    call: (world, client, who) => (who === 'person' ? endsAnother(world) : client.delete('/api/own/account')),
  },
};

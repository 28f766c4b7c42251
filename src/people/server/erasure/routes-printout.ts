// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { writeCsv } from '../../../platform/server/csv.ts';
import { endpoint, type Ctx, type Endpoint } from '../../../platform/server/endpoint.ts';
import type { PersonKey } from '../../domain/person-record.ts';
import { Printout, printoutLines } from '../../domain/printout.ts';
import { keptUntil } from '../../domain/retention.ts';
import { findMembers } from '../queries-register.ts';
import { wholeRecord } from '../register.ts';
import { personParams } from '../routes-register.ts';
import type { PeopleSetup } from '../setup.ts';
import { getIdentities } from '../vault/doors.ts';
import { findReadings, findShared, mayHandOverNumbers } from './queries-printout.ts';
import { findRequests } from './queries-requests.ts';
import { findRetentionDays, listRules } from './queries-retention.ts';

const readers = { may: 'identity.read', or: ['assigned.read', 'own.read'] } as const;
const query = Type.Object({ locale: Type.Optional(Type.String({ maxLength: 35 })) });

/**
 * Gathers everything and writes down that it was read, once, with the names and whether all numbers were told: `identity.print`. Numbers follow
 * consent as on every other page, except where her own record is handed to her.
 */
async function gather(ctx: Ctx<PersonKey, { locale?: string }>, { vault, told }: PeopleSetup): Promise<Printout> {
  const { tx, params, actor, now, audit } = ctx;
  const record = await wholeRecord(ctx, params);
  const numbers = (await mayHandOverNumbers(tx, params)) ? 'all' : 'agreed';
  const printed = () => audit({ action: 'identity.print', placeId: record.place.placeId, subject: params.personId, detail: { numbers } });
  const [known] = await getIdentities(tx, await vault.forRequest(), [params], printed, { numbers });
  const instruments = await told.answersOf(ctx, params, ctx.query.locale ?? actor.locale);
  const facts = { state: record.state, stateOn: record.stateOn, ...(await findRetentionDays(tx, params)) };
  return {
    madeAt: now.toISOString(),
    record,
    identity: known?.identity ?? null,
    numbersWithheld: known?.numbersWithheld ?? false,
    members: record.householdId === null ? 0 : (await findMembers(tx, record.regionId, record.householdId)).length,
    instruments,
    shared: await findShared(tx, params),
    readings: await findReadings(tx, params),
    requests: actor.rights.has('erasure.ask') ? await findRequests(tx, params) : [],
    kept: keptUntil(await listRules(tx), facts),
  };
}

export const printoutEndpoints = (setup: PeopleSetup): readonly Endpoint[] => [
  endpoint({
    method: 'GET',
    path: '/api/people/:regionId/:personId/printout',
    tag: 'People',
    summary: 'Everything kept about somebody, to be handed to her; kept in the record of use',
    rule: readers,
    params: personParams,
    query,
    response: Printout,
    problems: ['not-found', 'vault-closed'],
    handle: (ctx) => gather(ctx, setup),
  }),
  endpoint({
    method: 'GET',
    path: '/api/people/:regionId/:personId/printout.csv',
    tag: 'People',
    summary: 'The same as a table that other programs read',
    rule: readers,
    params: personParams,
    query,
    response: Type.Any(),
    files: ['text/csv'],
    problems: ['not-found', 'vault-closed'],
    async handle(ctx) {
      const printout = await gather(ctx, setup);
      return {
        kind: 'file',
        contentType: 'text/csv',
        fileName: 'record.csv',
        body: writeCsv([['part', 'what', 'value', 'when', 'by'], ...printoutLines(printout)]),
      };
    },
  }),
];

// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type Endpoint, type Tx } from '../../platform/server/endpoint.ts';
import { NewOrganisation, Organisation, OrganisationChange } from '../domain/organisation.ts';
import { manage } from './account-endpoint.ts';
import { findPlaceRef } from './queries.ts';
import {
  endPostsOf,
  findOrganisationToChange,
  insertOrganisation,
  isNameTaken,
  listStoredOrganisations,
  updateOrganisation,
  type StoredOrganisation,
} from './queries-organisations.ts';

const tag = 'organisations';
const taken = () => new Problem('already-there', 'There is an organisation with this name.');

async function getOrganisation(tx: Tx, organisationId: string): Promise<StoredOrganisation> {
  const stored = await findOrganisationToChange(tx, organisationId);
  if (!stored) throw new Problem('not-found', 'There is no such organisation.');
  return stored;
}

/** Whom people work for. */
export function organisationEndpoints(): readonly Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/api/organisations',
      tag,
      summary: 'Every organisation, and how many accounts hold a post in it',
      rule: manage,
      response: Type.Object({ rows: Type.Array(Organisation) }),
      handle: async ({ tx }) => ({ rows: await listStoredOrganisations(tx) }),
    }),
    endpoint({
      method: 'POST',
      path: '/api/organisations',
      tag,
      summary: 'Add an organisation',
      rule: manage,
      body: NewOrganisation,
      response: Organisation,
      status: 201,
      problems: ['already-there', 'not-found'],
      async handle({ tx, body, newId, audit }) {
        const placeId = body.placeId ?? null;
        if (placeId !== null && !(await findPlaceRef(tx, placeId))) throw new Problem('not-found', 'There is no such place.');
        const organisationId = newId();
        if (!(await insertOrganisation(tx, { organisationId, name: body.name.trim(), kind: body.kind, placeId }))) throw taken();
        await audit({ action: 'organisations.create', subject: organisationId, placeId, detail: { kind: body.kind } });
        return getOrganisation(tx, organisationId);
      },
    }),
    changeEndpoint(),
  ];
}

function changeEndpoint(): Endpoint {
  return endpoint({
    method: 'PATCH',
    path: '/api/organisations/:organisationId',
    tag,
    summary: 'Rename an organisation, or end it and every post in it',
    rule: manage,
    params: Type.Object({ organisationId: Type.String({ format: 'uuid' }) }),
    body: OrganisationChange,
    response: Organisation,
    problems: ['not-found', 'already-there', 'changed-meanwhile'],
    async handle({ tx, params: { organisationId }, body, now, audit }) {
      const stored = await getOrganisation(tx, organisationId);
      if (stored.version !== body.version) throw new Problem('changed-meanwhile');
      if (stored.ended) throw new Problem('bad-input', 'This organisation has ended.');
      const name = body.name?.trim() ?? stored.name;
      if (await isNameTaken(tx, name, organisationId)) throw taken();
      await updateOrganisation(tx, organisationId, { name, kind: body.kind ?? stored.kind, endedAt: body.ended ? now : null });
      const accounts = body.ended ? await endPostsOf(tx, organisationId, now) : [];
      await audit({
        action: body.ended ? 'organisations.end' : 'organisations.change',
        subject: organisationId,
        ...(body.ended ? { detail: { accounts } } : {}),
      });
      return getOrganisation(tx, organisationId);
    },
  });
}

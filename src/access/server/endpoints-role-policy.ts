// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type Endpoint, type Tx } from '../../platform/server/endpoint.ts';
import { RoleProof } from '../domain/proof.ts';
import { reachOf, roles, type Role } from '../domain/roles.ts';
import { asksProof } from '../domain/second-proof.ts';
import { putPolicy, readPolicy } from './proofs/queries-proofs.ts';

const rule = { may: 'accounts.manage' } as const;
const Rows = Type.Object({ rows: Type.Array(RoleProof) });

async function rowsOf(tx: Tx): Promise<{ rows: { role: string; asked: boolean }[] }> {
  const { policy, demo } = await readPolicy(tx);
  return { rows: roles.filter((role) => reachOf(role) !== 'self').map((role) => ({ role, asked: asksProof(role, policy, demo) })) };
}

/** Of which roles this installation asks a second proof. It is asked from the next request on. */
export const rolePolicyEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/role-policy',
    tag: 'second proof',
    summary: 'Which roles must prove a second time who they are',
    rule,
    response: Rows,
    handle: ({ tx }) => rowsOf(tx),
  }),
  endpoint({
    method: 'PUT',
    path: '/api/role-policy/:role',
    tag: 'second proof',
    summary: 'Ask a second proof of everybody with a role, or ask it no more',
    rule,
    params: Type.Object({ role: Type.Unsafe<Role>(Type.Enum([...roles])) }),
    body: Type.Object({ asked: Type.Boolean() }),
    response: Rows,
    async handle({ tx, params, body, audit }) {
      if (body.asked && reachOf(params.role) === 'self')
        throw new Problem('bad-input', 'An account for the own record opens by its password alone.');
      await putPolicy(tx, params.role, body.asked);
      await audit({ action: 'access.role-policy', subject: params.role, detail: { asked: body.asked } });
      return rowsOf(tx);
    },
  }),
];

// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type Endpoint, type Tx } from '../../platform/server/endpoint.ts';
import { OutsideLink } from '../domain/proof.ts';
import type { Access } from './access.ts';
import { demandFresh } from './proofs/standing.ts';
import { findSignedIn } from './queries.ts';
import { refuseOwnAccount } from './refuse-own-account.ts';
import { record } from './sign-in.ts';
import { deleteLink, insertLink, listLinks } from './single-sign-on/queries-links.ts';

const tag = 'single sign-on';
const Links = Type.Object({ service: Type.Union([Type.String(), Type.Null()]), rows: Type.Array(OutsideLink) });
const Id = Type.String({ maxLength: 100 });
const LinkId = Type.String({ format: 'uuid' });

/** Who I am at the other service; for administrators, who somebody is. Nothing is ever linked by an e-mail address. */
export function linkEndpoints(access: Access): readonly Endpoint[] {
  return [...ownLinks(access), ...linksOfOthers(access)];
}

async function linksOf(access: Access, accountId: string) {
  const service = access.provider?.settings ?? null;
  const rows = service ? await listLinks(access.auth, accountId, service.issuer) : [];
  return {
    service: service?.label ?? null,
    rows: rows.map(({ madeAt, usedAt, ...row }) => ({ ...row, madeAt: madeAt.toISOString(), usedAt: usedAt?.toISOString() ?? null })),
  };
}

async function unlink(access: Access, tx: Tx, by: string, { accountId, linkId }: { accountId: string; linkId: string }): Promise<void> {
  if (!(await deleteLink(tx, accountId, linkId))) throw new Problem('not-found');
  await record(access, tx, by, { action: 'access.link-ended', subject: accountId, detail: { linkId } });
}

function ownLinks(access: Access): readonly Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/api/me/links',
      tag,
      summary: 'Who I am at the other sign-in service',
      rule: { may: 'signed-in' },
      response: Links,
      handle: ({ actor }) => linksOf(access, actor.accountId),
    }),
    endpoint({
      method: 'DELETE',
      path: '/api/me/links/:id',
      tag,
      summary: 'End a link of mine to the other service',
      rule: { may: 'signed-in' },
      params: Type.Object({ id: LinkId }),
      response: Type.Null(),
      status: 204,
      problems: ['not-found', 'fresh-proof-needed'],
      async handle({ actor, params }) {
        await access.auth.transaction().execute(async (tx) => {
          await demandFresh(access, tx, actor);
          await unlink(access, tx, actor.accountId, { accountId: actor.accountId, linkId: params.id });
        });
        return null;
      },
    }),
  ];
}

const rule = { may: 'accounts.manage' } as const;

function linksOfOthers(access: Access): readonly Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/api/accounts/:id/links',
      tag,
      summary: 'Who somebody is at the other sign-in service',
      rule,
      params: Type.Object({ id: Id }),
      response: Links,
      handle: ({ params }) => linksOf(access, params.id),
    }),
    linkingSomebody(access),
    endpoint({
      method: 'DELETE',
      path: '/api/accounts/:id/links/:linkId',
      tag,
      summary: "End somebody's link to the other service",
      rule,
      params: Type.Object({ id: Id, linkId: LinkId }),
      response: Type.Null(),
      status: 204,
      problems: ['not-found'],
      async handle({ actor, params }) {
        await access.auth
          .transaction()
          .execute((tx) => unlink(access, tx, actor.accountId, { accountId: params.id, linkId: params.linkId }));
        return null;
      },
    }),
  ];
}

function linkingSomebody(access: Access): Endpoint {
  return endpoint({
    method: 'POST',
    path: '/api/accounts/:id/links',
    tag,
    summary: 'Link an account to the other service by the subject that the service gives',
    rule,
    params: Type.Object({ id: Id }),
    body: Type.Object({ subject: Type.String({ minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' }) }),
    response: Links,
    status: 201,
    problems: ['not-found', 'already-there'],
    async handle({ actor, params, body }) {
      const { issuer } = access.provider?.settings ?? {};
      if (issuer === undefined) throw new Problem('not-found', 'This installation has no other sign-in service.');
      await access.auth.transaction().execute(async (tx) => {
        const found = await findSignedIn(tx, params.id);
        if (!found) throw new Problem('not-found');
        await refuseOwnAccount(tx, params.id);
        const made = {
          linkId: access.newId(),
          accountId: params.id,
          issuer,
          subject: body.subject,
          madeBy: actor.accountId,
          now: access.now(),
        };
        if (!(await insertLink(tx, made))) throw new Problem('already-there');
        await record(access, tx, actor.accountId, { action: 'access.link-made', subject: params.id, detail: { linkId: made.linkId } });
      });
      return linksOf(access, params.id);
    },
  });
}

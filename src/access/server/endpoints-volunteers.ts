// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type Ctx, type Endpoint, type Tx } from '../../platform/server/endpoint.ts';
import { invitedOtherwise, NewVolunteer, Volunteer, VolunteerWithSlip } from '../domain/invitation.ts';
import { checkNewPost } from '../domain/posts.ts';
import { invitedRole } from '../domain/roles.ts';
import type { Access } from './access.ts';
import { Id } from './account-endpoint.ts';
import { codeView } from './accounts.ts';
import { issueSlips } from './codes.ts';
import { findPlaceRef } from './queries.ts';
import { inviteVolunteer, listNamesLike, listVolunteers, setVolunteerDisabled, voidCodes, type StoredVolunteer } from './queries-codes.ts';
import { deleteSessions, insertLogin } from './queries-sign-in.ts';
import { suggestUserName } from './suggest-user-name.ts';

const tag = 'volunteers';
const invite = { may: 'accounts.invite' } as const;

/** The officer's side of accounts: the volunteers who work in villages of her own area, and nobody else. */
export function volunteerEndpoints(access: Access): readonly Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/api/volunteers',
      tag,
      summary: 'The watch volunteers of my area',
      rule: invite,
      response: Type.Object({ rows: Type.Array(Volunteer) }),
      handle: async ({ tx }) => ({ rows: (await listVolunteers(tx, null)).map(view) }),
    }),
    inviteEndpoint(access),
    endpoint({
      method: 'PATCH',
      path: '/api/volunteers/:id',
      tag,
      summary: 'Shut a volunteer out, or let her in again',
      rule: invite,
      params: Id,
      body: Type.Object({ disabled: Type.Boolean(), version: Type.Integer({ minimum: 1 }) }),
      response: Volunteer,
      problems: ['not-found', 'changed-meanwhile'],
      async handle({ tx, params, body, audit }) {
        const before = await getVolunteer(tx, params.id);
        if (!(await setVolunteerDisabled(tx, params.id, body.disabled, body.version))) throw new Problem('changed-meanwhile');
        if (body.disabled) {
          await voidCodes(tx, params.id);
          await deleteSessions(access.auth, params.id);
        }
        const placeId = before.places[0]?.placeId ?? null;
        await audit({ action: body.disabled ? 'accounts.disable' : 'accounts.enable', subject: params.id, placeId });
        return view(await getVolunteer(tx, params.id));
      },
    }),
  ];
}

function inviteEndpoint(access: Access): Endpoint {
  return endpoint({
    method: 'POST',
    path: '/api/volunteers',
    tag,
    summary: 'Invite a watch volunteer for a village of my area; the code is in this answer and nowhere else',
    rule: { ...invite, place: { in: 'body', field: 'placeId' } },
    body: NewVolunteer,
    response: VolunteerWithSlip,
    status: 201,
    problems: ['already-there'],
    async handle({ tx, body: { displayName, placeId, locale = 'en', ...body }, newId, audit }) {
      const again = body.accountId === undefined ? undefined : (await listVolunteers(tx, body.accountId))[0];
      if (again) return inviteAgain(access, { tx, audit }, again, { ...body, displayName, placeId });
      const place = await findPlaceRef(tx, placeId);
      checkNewPost([], { role: invitedRole, placeId, level: place?.level ?? null });
      const userName = body.userName ?? (await suggestUserName(access, displayName));
      if ((await listNamesLike(access.auth, userName)).has(userName))
        throw new Problem('already-there', 'There is an account with this user name.');
      const accountId = body.accountId ?? newId();
      await inviteVolunteer(tx, { accountId, userName, displayName, locale, postId: newId(), placeId });
      const [slip] = await issueSlips(access, tx, [{ accountId, userName, displayName }]);
      if (!slip) throw new Error('No code was issued.');
      await audit({ action: 'accounts.invite', subject: accountId, placeId, detail: { role: invitedRole, kind: slip.kind } });
      await access.auth.transaction().execute((auth) => insertLogin(auth, { accountId, userName, passwordHash: null }));
      return { volunteer: view(await getVolunteer(tx, accountId)), slip };
    },
  });
}

/**
 * The same invitation, sent again because its answer was lost: nobody is made, and a new code comes for the same account. No code is kept to be
 * told again, so the one in the answer that was lost is dead; only while she has not come in, lest what arrives late open her account anew. In
 * which language the officer's page stood at either time says nothing of whom she invites.
 */
async function inviteAgain(
  access: Access,
  { tx, audit }: Pick<Ctx, 'tx' | 'audit'>,
  was: StoredVolunteer,
  asked: Pick<NewVolunteer, 'displayName' | 'userName' | 'placeId'>,
): Promise<VolunteerWithSlip> {
  const isSame =
    was.displayName === asked.displayName &&
    was.userName === (asked.userName ?? was.userName) &&
    was.places.length === 1 &&
    was.places[0]?.placeId === asked.placeId;
  if (!isSame || was.disabled || was.code?.kind !== 'invitation') throw new Problem('already-there', invitedOtherwise);
  const [slip] = await issueSlips(access, tx, [was]);
  if (!slip) throw new Error('No code was issued.');
  await audit({
    action: 'accounts.issue-code',
    subject: was.accountId,
    placeId: asked.placeId,
    detail: { kind: slip.kind, phoneLost: false },
  });
  return { volunteer: view(await getVolunteer(tx, was.accountId)), slip };
}

async function getVolunteer(tx: Tx, accountId: string): Promise<StoredVolunteer> {
  const [stored] = await listVolunteers(tx, accountId);
  if (!stored) throw new Problem('not-found', 'There is no such volunteer in your area.');
  return stored;
}

function view(stored: StoredVolunteer): Volunteer {
  return { ...stored, code: codeView(stored.code) };
}

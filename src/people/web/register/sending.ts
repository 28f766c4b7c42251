// SPDX-License-Identifier: AGPL-3.0-or-later
import { api, unanswered, type FailureCode } from '../../../platform/web/api.ts';
import type { NewHousehold, NewMembers } from '../../domain/registration.ts';
import { memberToSend, type AskingBasis, type Draft } from './draft.ts';

/** The household as it stands, or those who come into one. Made once and sent again as it is: each try with other consents would be another. */
export function bodyOf({ joins, householdId, place, members }: Draft, basisId: string, basis: AskingBasis): NewHousehold | NewMembers {
  const sent = members.map((member) => memberToSend(member, basis));
  return joins ? { basisId, members: sent } : { householdId, placeId: place?.placeId ?? '', basisId, members: sent };
}

export async function send({ joins, householdId }: Draft, body: NewHousehold | NewMembers): Promise<NonNullable<Draft['saved']>> {
  if (joins) {
    await api.post(`/households/${joins.regionId}/${joins.householdId}/members`, body);
    return joins;
  }
  const { regionId } = await api.post<{ regionId: number }>('/people', body);
  return { regionId, householdId };
}

/** Answered before the household was looked at: of an earlier try this says nothing. */
const notLookedAt: readonly FailureCode[] = [
  'not-signed-in',
  'second-proof-needed',
  'too-many-requests',
  'busy',
  'storage-full',
  'vault-closed',
];

/** Whether the household may be saved all the same. `before`: an earlier try may have arrived. */
export const mayHaveArrived = (code: FailureCode, before: boolean): boolean =>
  unanswered.includes(code) || (before && notLookedAt.includes(code));

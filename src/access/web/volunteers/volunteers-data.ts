// SPDX-License-Identifier: AGPL-3.0-or-later
import { api } from '../../../platform/web/api.ts';
import type { Volunteer } from '../../domain/invitation.ts';

export const listVolunteers = async (signal: AbortSignal): Promise<Volunteer[]> =>
  (await api.get<{ rows: Volunteer[] }>('/volunteers', undefined, { signal })).rows;

export const volunteerPath = ({ accountId }: Volunteer): string => `/volunteers/${encodeURIComponent(accountId)}`;

const folded = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** Those whose name, user name or village, in any script or by its code, holds every word typed. */
export function findVolunteers(all: readonly Volunteer[], text: string): Volunteer[] {
  const words = folded(text).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...all];
  return all.filter(({ displayName, userName, places }) => {
    const held = folded(
      [displayName, userName, ...places.flatMap(({ code, name, names }) => [code, name, ...Object.values(names)])].join(' '),
    );
    return words.every((word) => held.includes(word));
  });
}

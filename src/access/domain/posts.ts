// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../platform/domain/problem.ts';
import { largestAreaOf, reachOf, type Role } from './roles.ts';

export interface HeldPost {
  readonly role: string;
  readonly placeId: string | null;
  readonly organisationId?: string | null;
}

export interface WantedPost {
  readonly role: Role;
  readonly placeId: string | null;
  /** Of the place; null without one. */
  readonly level: number | null;
  readonly organisationId?: string | null;
}

/**
 * Whether this post may be given to somebody who holds those. Throws Problem `bad-input` with a sentence for the administrator.
 * One account, one role: somebody with two jobs has two accounts, so that no right of one job reaches into the area of the other.
 */
export function checkNewPost(held: readonly HeldPost[], wanted: WantedPost): void {
  if (held.some((post) => post.role !== wanted.role)) {
    throw new Problem(
      'bad-input',
      'This account already holds another role. End that post first, or make a second account for the second job.',
    );
  }
  const organisationId = wanted.organisationId ?? null;
  if (held.some((post) => post.placeId === wanted.placeId && (post.organisationId ?? null) === organisationId)) {
    throw new Problem('already-there', 'This account already holds this role here.');
  }
  checkReach(wanted, organisationId);
}

/** A post names what its role reaches over, and nothing that would mislead about it. */
function checkReach({ role, placeId, level }: WantedPost, organisationId: string | null): void {
  switch (reachOf(role)) {
    case 'installation':
      if (placeId !== null) throw new Problem('bad-input', 'This role is held for the whole installation; leave the place empty.');
      return;
    case 'area':
      return checkArea(largestAreaOf(role), placeId, level);
    case 'organisation':
      if (organisationId === null) throw new Problem('bad-input', 'This role is held in an organisation: say which.');
      return;
    case 'self':
      throw new Problem('bad-input', 'This role is given on the page of the person.');
  }
}

function checkArea(largest: number | null, placeId: string | null, level: number | null): void {
  if (largest === null) return;
  if (placeId === null) throw new Problem('bad-input', 'This role needs an area to work in.');
  if (level === null || level >= largest) return;
  throw new Problem(
    'bad-input',
    largest >= 3
      ? 'This role is held in a village or another area below the district.'
      : largest === 2
        ? 'This role is held in a district or a smaller area, not in a whole province or country.'
        : 'This role is held in a province or a smaller area, not in a whole country.',
  );
}

/** The first administrator must never lock everybody out: somebody who can manage accounts has to remain. */
export function checkAdministratorRemains(others: number): void {
  if (others > 0) return;
  throw new Problem('bad-input', 'This is the last administrator. Make another administrator first.');
}

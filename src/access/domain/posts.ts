// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../platform/domain/problem.ts';
import type { Role } from './rights.ts';

export interface HeldPost {
  readonly role: string;
  readonly placeId: string | null;
}

/**
 * Whether this post may be given to somebody who holds those. Throws Problem `bad-input` with a sentence for the administrator.
 * One account, one role: somebody with two jobs has two accounts, so that no right of one job reaches into the area of the other.
 */
export function checkNewPost(held: readonly HeldPost[], wanted: { role: Role; placeId: string | null; level: number | null }): void {
  const other = held.find((post) => post.role !== wanted.role);
  if (other) {
    throw new Problem(
      'bad-input',
      'This account already holds another role. End that post first, or make a second account for the second job.',
    );
  }
  if (held.some((post) => post.placeId === wanted.placeId)) {
    throw new Problem('already-there', 'This account already holds this role here.');
  }
  switch (wanted.role) {
    case 'administrator':
      if (wanted.placeId !== null) throw new Problem('bad-input', 'An administrator runs the whole installation; leave the place empty.');
      return;
    case 'district_officer':
      if (wanted.placeId === null) throw new Problem('bad-input', 'A district officer needs a district to work in.');
      if (wanted.level !== null && wanted.level < 2)
        throw new Problem('bad-input', 'A district officer works in a district or a smaller area, not in a whole province or country.');
      return;
    case 'coordinator':
    case 'analyst':
      return;
  }
}

/** The first administrator must never lock everybody out: somebody who can manage accounts has to remain. */
export function checkAdministratorRemains(others: number): void {
  if (others > 0) return;
  throw new Problem('bad-input', 'This is the last administrator. Make another administrator first.');
}

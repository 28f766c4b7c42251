// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem, type JoinedRecord, type ProblemCode } from '../../platform/domain/problem.ts';

const refusals: Readonly<Record<string, ProblemCode>> = {
  '42501': 'outside-your-area',
  WM001: 'no-lawful-basis',
  WM002: 'people-recorded',
  WM003: 'people-not-kept',
  WM004: 'no-consent',
  WM005: 'changed-meanwhile',
  WM020: 'restricted',
  WM021: 'held',
};

/** The record was joined with another (db/migrations/0043): what was to be written on it belongs there. */
function joinedElsewhere(detail: string | undefined, cause: unknown): Problem {
  const joined = JSON.parse(detail ?? '{}') as Partial<JoinedRecord>;
  if (joined.regionId === undefined || joined.personId === undefined)
    return new Problem(
      'changed-meanwhile',
      'This record was joined with one outside your area; ask whoever works there to write this down.',
      {
        cause,
      },
    );
  const { regionId, personId } = joined;
  return new Problem('changed-meanwhile', 'This record was joined with another; what you write belongs on the one that is kept.', {
    cause,
    joined: { regionId, personId },
  });
}

/** What the database refuses about people (row security, db/migrations/0022, 0032), as problems in words. */
export async function orProblem<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const { code, detail } = cause as { code?: string; detail?: string };
    if (code === 'WM022') throw joinedElsewhere(detail, cause);
    const problem = refusals[code ?? ''];
    if (problem) throw new Problem(problem, undefined, { cause });
    throw cause;
  }
}

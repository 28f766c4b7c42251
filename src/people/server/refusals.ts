// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem, type ProblemCode } from '../../platform/domain/problem.ts';

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

/** What the database refuses about people (row security, db/migrations/0022, 0032), as problems in words. */
export async function orProblem<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const problem = refusals[(cause as { code?: string }).code ?? ''];
    if (problem) throw new Problem(problem, undefined, { cause });
    throw cause;
  }
}

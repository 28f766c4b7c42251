// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import type { Answer } from '../../domain/pack.ts';

/** The answers that every question takes, in words. */
export function answerWords(answer: Answer): string {
  switch (answer) {
    case 'unknown':
      return t`Not known`;
    case 'refused':
      return t`Would rather not say`;
    case 'not-applicable':
      return t`Does not apply`;
    case 'withdrawn':
      return t`Taken back`;
    default:
      return String(answer);
  }
}

/** In which role somebody wrote an answer down; the room of access has longer names for the same. */
export function roleWords(role: string): string {
  switch (role) {
    case 'watch_volunteer':
      return t`watch volunteer`;
    case 'district_officer':
      return t`district officer`;
    case 'coordinator':
      return t`coordinator`;
    case 'case_worker':
      return t`case worker`;
    case 'administrator':
      return t`administrator`;
    default:
      return t`another role`;
  }
}

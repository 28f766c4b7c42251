// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import type { WordReason, WordRow, WordState } from '../domain/consent-standing.ts';

const states: Readonly<Record<WordState, () => string>> = {
  stands: () => t`Stands`,
  lapsed: () => t`Lapsed with age`,
  unfinished: () => t`Not enough alone`,
  replaced: () => t`Over: a later word counts`,
  no: () => t`A no that holds`,
};

export const wordStateWord = (state: WordState): string => states[state]();

const reasons: Readonly<Record<WordReason, () => string>> = {
  turned_seven: () => t`Lapsed: the child is seven or older now, and was not asked`,
  of_age: () => t`Lapsed: the person is of age now, or the age is not known, and did not agree in person`,
  child_not_asked: () => t`Not enough alone: the child was not asked`,
  child_no: () => t`Does not count: the child said no`,
  guardian_not_asked: () => t`Not enough alone: no parent or guardian was asked`,
  guardian_no: () => t`Does not count: the parent or guardian said no`,
  withdrawn: () => t`Over: taken back since`,
  refused: () => t`Over: a no was said since`,
  said_again: () => t`Over: agreed again since`,
  joined: () => t`Over: the record was joined with another, where it was copied to`,
};

/** Whether a word still counts, and if not why. */
export const standingWords = ({ state, why }: Pick<WordRow, 'state' | 'why'>): string => (why ? reasons[why]() : states[state]());

// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import type { ImportStanding } from '../../domain/imports-api.ts';
import type { Batch } from './imports-data.ts';

const states: Readonly<Record<Exclude<ImportStanding, 'dry-run'>, () => string>> = {
  waiting: () => t`Waiting`,
  running: () => t`Running`,
  done: () => t`Done`,
  failed: () => t`Failed, nothing changed`,
  cancelled: () => t`Cancelled, nothing changed`,
  undone: () => t`Undone`,
};

export function stateWord({ state, waiting, dryRun }: Pick<Batch, 'state' | 'waiting' | 'dryRun'>): string {
  if (dryRun && state === 'done') return t`Dry run, nothing changed`;
  return states[waiting ? 'waiting' : state]();
}
/** What can be asked for, in a word each. */
export const standings = (): { value: ImportStanding; label: string }[] => [
  { value: 'waiting', label: t`Waiting` },
  { value: 'running', label: t`Running` },
  { value: 'done', label: t`Done` },
  { value: 'failed', label: t`Failed` },
  { value: 'cancelled', label: t`Cancelled` },
  { value: 'undone', label: t`Undone` },
  { value: 'dry-run', label: t`Dry runs` },
];
const kinds: Readonly<Record<string, () => string>> = {
  places: () => t`Places and boundaries`,
  people: () => t`People`,
  observations: () => t`Later answers of people`,
};
export const kindWord = (kind: string): string => kinds[kind]?.() ?? t`Statistics about places`;

const phases: readonly (readonly [RegExp, () => string])[] = [
  [/^(Opening|Reading)/, () => t`Reading the file`],
  [/^Checking/, () => t`Checking`],
  [/^Writing/, () => t`Writing`],
  [/^Simplifying/, () => t`Simplifying the boundaries`],
  [/^Scoring/, () => t`Working out the index`],
  [/^Waiting/, () => t`Waiting for another import to end`],
];

/** What an import is busy with. The server says it in English and at length; here it is in the reader's language. */
export function phaseWord(phase: string): string {
  return phases.find(([pattern]) => pattern.test(phase))?.[1]() ?? t`Starting…`;
}

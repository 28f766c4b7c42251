// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import type { Batch } from './imports-data.ts';

type BatchState = Batch['state'];

const states: Readonly<Record<BatchState, () => string>> = {
  running: () => t`Running`,
  done: () => t`Done`,
  failed: () => t`Failed, nothing changed`,
  cancelled: () => t`Cancelled, nothing changed`,
  undone: () => t`Undone`,
};

export const stateWord = (state: BatchState): string => states[state]();
export const kindWord = (kind: string): string => kind === 'places' ? t`Places and boundaries` : t`Statistics about places`;

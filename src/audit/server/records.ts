// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../platform/domain/problem.ts';
import { isWholeId, lastGroupOf } from '../../platform/domain/record-number.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import { findRecordsCalled, type Span } from './queries-reads.ts';

/** The whole ids that are meant by a record number as people say it, or by a whole id. Problem `bad-input` where it is neither. */
export async function recordsOf(tx: Tx, asked: string, lookedThrough: Pick<Span, 'start' | 'end'>): Promise<string[]> {
  const group = lastGroupOf(asked);
  if (group === null) throw new Problem('bad-input', 'person: a record number has ten letters and figures, such as 7K2M-9QXA-4T.');
  return isWholeId(asked) ? [asked.trim().toLowerCase()] : findRecordsCalled(tx, group, lookedThrough);
}

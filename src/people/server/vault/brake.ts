// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../../platform/domain/problem.ts';
import type { Tx } from '../../../platform/server/endpoint.ts';
import { sentenceOfLimit } from '../../domain/reading-limits.ts';
import { findReachedLimit } from './queries-brake.ts';

/**
 * Before names are opened: refuses whoever opened more people lately than work with people needs. Without ids: before a search, which may
 * find anybody. Throws Problem 'too-many-requests'; the first time in ten minutes the record of use says so.
 */
export async function brake(tx: Tx, personIds: readonly string[] = []): Promise<void> {
  const found = await findReachedLimit(tx, personIds);
  if (!found) return;
  const { reached, noted } = found;
  throw new Problem(
    'too-many-requests',
    sentenceOfLimit(reached),
    noted ? {} : { record: { action: 'identity.braked', detail: { limit: reached } } },
  );
}

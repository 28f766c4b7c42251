// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../platform/domain/problem.ts';

/** `2026-11-22T04:30:00.123456Z_<uuid>`: microseconds, because two entries of one millisecond must not fall between two pages. */
export function readCursor(after: string | undefined): { at: string; entryId: string } | null {
  if (after === undefined) return null;
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)_([0-9a-f-]{36})$/.exec(after);
  if (!match?.[1] || !match[2] || Number.isNaN(Date.parse(match[1])))
    throw new Problem('bad-input', 'after: use the value of "next" from the page before.');
  return { at: match[1], entryId: match[2] };
}

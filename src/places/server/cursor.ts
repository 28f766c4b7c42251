// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../platform/domain/problem.ts';

type Part = string | number;

/** Where a page ended, as text that a browser hands back unread. */
export function writeCursor(parts: readonly Part[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** Throws `bad-input` unless it is a cursor of ours with parts of these kinds. */
export function readCursor<T extends readonly ('string' | 'number')[]>(
  text: string,
  kinds: T,
): { [K in keyof T]: T[K] extends 'string' ? string : number } {
  try {
    const parts = JSON.parse(Buffer.from(text, 'base64url').toString()) as Part[];
    if (Array.isArray(parts) && parts.length === kinds.length && parts.every((part, i) => typeof part === kinds[i])) {
      return parts as unknown as { [K in keyof T]: T[K] extends 'string' ? string : number };
    }
  } catch {
    /* said below */
  }
  throw new Problem('bad-input', 'after: is not where a page of ours ended.');
}

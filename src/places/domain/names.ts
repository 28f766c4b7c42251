// SPDX-License-Identifier: AGPL-3.0-or-later
import { fold } from '../../platform/domain/fold.ts';

export type Names = Readonly<Record<string, string>>;

/** The name shown where the reader's language has none: English, else the first there is. */
export function plainName(names: Names): string {
  return names['en'] ?? Object.values(names)[0] ?? '';
}

/** What a search looks through: each name once, folded, then the code. */
export function searchText(names: Names, code: string): string {
  return [...new Set([...Object.values(names).map(fold), fold(code)])].filter((part) => part !== '').join('\n');
}

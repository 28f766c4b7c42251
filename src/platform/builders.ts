// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash } from 'node:crypto';

/** The same seed makes the same id, so that a failing test fails the same way again. Version 8 (RFC 9562): our own scheme. */
export function seededId(...seed: readonly (string | number)[]): string {
  const hex = createHash('sha256').update(seed.join(' ')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

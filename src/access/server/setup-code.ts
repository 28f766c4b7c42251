// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHmac, timingSafeEqual } from 'node:crypto';

const letters = 'abcdefghjkmnpqrstuvwxyz23456789'; // none that is taken for another

/**
 * What the first administrator shows to prove that she may look at the machine: the terminal or the log says it until somebody has an
 * account. Made from the session secret, so that it is the same after every restart and kept nowhere. `abcd-efgh-jkmn`, 59 bits.
 */
export function setupCode(secret: string): string {
  const bytes = createHmac('sha256', secret).update('waymark set-up').digest();
  const code = Array.from({ length: 12 }, (_, i) => letters[bytes.readUInt16BE(i * 2) % letters.length]).join('');
  return code.replace(/(.{4})(?=.)/g, '$1-');
}

/** Whether this is the code, however it was typed: capitals, blanks and hyphens do not count. */
export function isSetupCode(typed: string, code: string): boolean {
  const bare = (text: string) => Buffer.from(text.toLowerCase().replace(/[^a-z0-9]/g, ''));
  const [one, other] = [bare(typed), bare(code)];
  return one.length === other.length && timingSafeEqual(one, other);
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What signs the session cookies: WAYMARK_SESSION_SECRET where several servers share it, else a file in the data folder that is made
 * once and that only its owner can read. Losing it signs everybody out, and code apps and recovery codes have to be set up anew: what is kept of
 * them is sealed with keys made from it (proofs/keys.ts).
 */
export function sessionSecret(dataDir: string, fromEnvironment: string | undefined): string {
  if (fromEnvironment !== undefined && fromEnvironment !== '') {
    if (fromEnvironment.length < 32) throw new Error('WAYMARK_SESSION_SECRET needs at least 32 characters.');
    return fromEnvironment;
  }
  const path = join(dataDir, 'session-secret');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(path, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const secret = readFileSync(path, 'utf8').trim();
  if (secret.length < 32) throw new Error(`${path} is too short to sign sessions with; remove it and start again.`);
  return secret;
}

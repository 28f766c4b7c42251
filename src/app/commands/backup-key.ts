// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { Refusal, exitCode } from '../../platform/server/refusal.ts';

/** The passphrase from a file (its first line) or from WAYMARK_BACKUP_PASSPHRASE; never from the command line, which others can see. */
export function passphraseFrom(file: string | undefined): string | null {
  const text = file === undefined ? process.env['WAYMARK_BACKUP_PASSPHRASE'] : readFileSync(file, 'utf8').split(/\r?\n/)[0];
  if (file !== undefined && !text) throw new Refusal(`${file} holds no passphrase on its first line.`, { exitCode: exitCode.usage });
  return text || null;
}

/** A private key from a file as age-keygen writes it: the line that is no comment. */
export function identityFrom(file: string): string {
  const line = readFileSync(file, 'utf8')
    .split(/\r?\n/)
    .find((each) => each.startsWith('AGE-SECRET-KEY-'));
  if (!line) throw new Refusal(`${file} holds no private key (a line that begins with AGE-SECRET-KEY-).`, { exitCode: exitCode.usage });
  return line.trim();
}

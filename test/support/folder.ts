// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for one test. It goes with the room of the whole run (test/support/global-setup.ts). */
export function testFolder(prefix: string): string {
  return mkdtempSync(join(tmpdir(), prefix));
}

/** The same for databases, and nothing that is started as a program: in memory where the machine has room there. */
export function databaseFolder(prefix: string): string {
  return mkdtempSync(join(process.env['WAYMARK_TEST_QUICK'] ?? tmpdir(), prefix));
}

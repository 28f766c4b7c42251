// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** A real file that lies beside the repository, never in it. Fails with one line when it is not there. */
export function sharedData(...parts: string[]): string {
  const folder = resolve(process.env['WAYMARK_SHARED_DATA'] ?? '../shared/data');
  const path = resolve(folder, ...parts);
  if (!existsSync(path)) {
    throw new Error(`The file ${path} is not there: lay the shared data beside the repository, or name its folder in WAYMARK_SHARED_DATA.`);
  }
  return path;
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// `npm run proof`: what is slow by nature (kill loops, a full disk, other users, other servers). `npm run proof -- disk` runs one.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const { status } = spawnSync(process.execPath, [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--config', join(root, 'test', 'proof', 'vitest.config.ts'), ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' });
process.exitCode = status ?? 1;

// SPDX-License-Identifier: AGPL-3.0-or-later
// Loaded into a server under proof before anything else (--import): where the file WAYMARK_PROOF_STOP is there, the next erasure stops when it stands in
// both lists outside the database and is not committed, for as long as `<file>.reached` is there. Whoever kills then kills between the two.
import { existsSync, renameSync } from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

const asked = process.env['WAYMARK_PROOF_STOP'] ?? '',
  reached = `${asked}.reached`,
  plainOpen = promises.open;

async function stopHere(): Promise<void> {
  try {
    renameSync(asked, reached);
  } catch {
    return; // nobody asks for it now
  }
  while (existsSync(reached)) await sleep(10);
}

promises.open = async (path, ...more) => {
  const file = await plainOpen(path, ...more);
  if (asked === '' || !String(path).endsWith('.erasures')) return file;
  const plainSync = file.sync.bind(file);
  file.sync = async () => {
    await plainSync();
    await stopHere();
  };
  return file;
};
syncBuiltinESMExports();

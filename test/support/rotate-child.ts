// SPDX-License-Identifier: AGPL-3.0-or-later
// A change of the master key as a process of its own, so that a test can end it at any moment: node rotate-child.ts URL KEY-FILE INSTALLATION.
import { rotateMasterKey } from '../../src/people/server/index.ts';
import { openDb, openPool } from '../../src/platform/server/db.ts';

const [url = '', keyFile = '', installationId = ''] = process.argv.slice(2);
const pool = openPool(url, { max: 2 });
process.stdout.write('begun\n');
const done = await rotateMasterKey({
  owner: openDb(pool),
  keyFile,
  installationId,
  batch: 10,
  onProgress: ({ done: people }) => process.stdout.write(`${people}\n`),
});
process.stdout.write(`${JSON.stringify(done)}\n`);
await pool.end();

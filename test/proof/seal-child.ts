// SPDX-License-Identifier: AGPL-3.0-or-later
// Seals as a server does, and ends itself by SIGKILL at one step, so that nothing after it is done: no rollback, no close, no flush.
import { pino } from 'pino';
import { HeadLog } from '../../src/audit/server/head-log.ts';
import { runSealer } from '../../src/audit/server/sealer.ts';
import { openDb, openPool } from '../../src/platform/server/db.ts';

const [url = '', folder = '', step = '', nth = '1'] = process.argv.slice(2);
let seen = 0;
runSealer({
  db: openDb(openPool(url, { max: 2 })),
  headLog: new HeadLog(folder),
  log: pino({ level: 'silent' }),
  restMs: 5,
  onStep(at) {
    if (at === step && ++seen === Number(nth)) process.kill(process.pid, 'SIGKILL');
  },
});
console.log('sealing');

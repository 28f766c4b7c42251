// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, it } from 'vitest';
import { exitCode } from '../platform/server/refusal.ts';
import { explain } from './terminal.ts';

describe('a command whose database is gone', () => {
  it.each([
    ['that was killed with kill -9', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })],
    ['that was killed in the midst of an answer', new Error('Connection terminated unexpectedly')],
    ['that was killed between two questions', new Error('Client has encountered a connection error and is not queryable')],
    ['one of whose processes was killed', Object.assign(new Error('terminating connection because of crash'), { code: '57P02' })],
    ['that was stopped', Object.assign(new Error('connect ENOENT /run/.s.PGSQL.5432'), { code: 'ENOENT', syscall: 'connect' })],
    ['that takes nobody in', new Error('timeout exceeded when trying to connect')],
    ['that does not run', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })],
  ])('%s, says that it does not answer', (_, error) => {
    expect(explain(error)).toEqual({ line: expect.stringMatching(/^The database does not answer at the moment/), code: exitCode.notReady });
  });

  it('and nothing of it where something else broke', () => {
    expect(explain(new Error('a fault of ours'))).toMatchObject({
      line: expect.stringContaining('went wrong on our side'),
      code: exitCode.failed,
    });
  });
});

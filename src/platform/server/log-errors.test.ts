// SPDX-License-Identifier: AGPL-3.0-or-later
import { Writable } from 'node:stream';
import pg from 'pg';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { withoutRows } from './log-errors.ts';

const row = 'Failing row contains (33, 0190-aa, 2, \\x010203)';
const refused = () =>
  Object.assign(new pg.DatabaseError('new row for relation "standing" violates check constraint "known"', 80, 'error'), {
    severity: 'ERROR',
    code: '23514',
    table: 'standing',
    constraint: 'known',
    detail: row,
    where: `PL/pgSQL function f(): ${row}`,
    internalQuery: `insert ${row}`,
    query: row,
  });

function written(log: (to: ReturnType<typeof withoutRows>) => void): string {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  log(withoutRows(pino({ level: 'info' }, stream)));
  return lines.join('');
}

it.each([
  ['an error', () => refused()],
  ['its cause', () => new Error('the round failed', { cause: refused() })],
  ['several thrown as one', () => new AggregateError([refused(), new Error('more', { cause: refused() })], 'both failed')],
])('%s keeps its name and loses the row', (_what, made) => {
  for (const line of [written((log) => log.error({ err: made() }, 'failed')), written((log) => log.child({ a: 1 }).error(made()))]) {
    expect(line).toMatch(/"constraint":"known".*at |at .*"constraint":"known"/);
    expect(line).not.toMatch(/Failing row|0190-aa|x010203|"(detail|where|internalQuery|query)"/);
  }
});

it('what the database could not read is not repeated, nor is whatever was thrown in place of an error', () => {
  const unread = Object.assign(new pg.DatabaseError('invalid input syntax for type uuid: "Malee\n    at "home""', 60, 'error'), {
    code: '22P02',
  });
  expect(written((log) => log.error({ err: unread }, 'failed'))).toContain('type uuid');
  expect(written((log) => log.error({ err: unread }, 'failed'))).not.toMatch(/Malee|home/);
  expect(written((log) => log.error({ err: { detail: row } }, 'failed'))).not.toContain('Failing row');
});

it('a chain of causes that bites its tail comes to an end', () => {
  const snake = new Error('round');
  snake.cause = snake;
  expect(written((log) => log.error({ err: snake })).split('"round"').length).toBeLessThan(10);
});

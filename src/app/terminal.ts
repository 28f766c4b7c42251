// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { Problem } from '../platform/domain/problem.ts';
import { Refusal, exitCode, refusalFromSystem } from '../platform/server/refusal.ts';

export interface CommonOptions {
  readonly data: string;
  readonly json?: boolean;
}

/** Options every command takes, and its example. */
export function withCommon(command: Command, ...examples: string[]): Command {
  return command
    .option('--data <folder>', 'where the data lie', './data')
    .option('--json', 'answer in JSON, for machines')
    .addHelpText('after', `\nExample:\n${examples.map((line) => `  $ ${line}`).join('\n')}`);
}

/** Answers on stdout; everything on the way there goes to stderr, so that answers can be piped. */
export function answer(options: { json?: boolean }, value: object, lines: readonly string[]): void {
  process.stdout.write(options.json ? `${JSON.stringify(value)}\n` : lines.map((line) => `${line}\n`).join(''));
}

export interface Progress {
  /** A step that takes a while, without a measure. */
  phase(text: string): void;
  /** `done` of `total`, or of an unknown total. */
  at(step: { phase: string; done: number; total: number | null }): void;
  end(): void;
}

/** A bar that redraws itself on a terminal, and a line a step (with one every five seconds) where there is none. */
export function progressOn(stream: NodeJS.WriteStream = process.stderr): Progress {
  let phase = '',
    last = 0;
  const clear = () => {
    if (stream.isTTY && phase) stream.write('\r\x1b[K');
  };
  const line = (text: string) => stream.write(stream.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
  return {
    phase(text) {
      if (text === phase) return;
      phase = text;
      line(`${text} ...`);
    },
    at({ phase: text, done, total }) {
      const now = Date.now(),
        whole = total !== null && done >= total;
      if (text === phase && !whole && now - last < (stream.isTTY ? 100 : 5000)) return;
      if (text === phase && whole && !stream.isTTY) return;
      phase = text;
      last = now;
      line(total ? `${bar(done / total)} ${text} ${Math.floor(100 * Math.min(1, done / total))} %` : `${text} ${done || '...'}`);
    },
    end() {
      clear();
      phase = '';
    },
  };
}

function bar(share: number): string {
  const full = Math.round(24 * Math.min(1, Math.max(0, share)));
  return `[${'#'.repeat(full)}${'.'.repeat(24 - full)}]`;
}

/** It does not answer, it was ended while it worked (also by a crash or kill -9), or it is only starting. */
const databaseGone = new Set(['57P01', '57P02', '57P03', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE']);

/** The same in the words of the driver, which has no code for it. */
const connectionGone = [
  'Connection terminated',
  'Client has encountered a connection error',
  'timeout expired',
  'timeout exceeded when trying to connect',
];

/** One clear line for whatever stopped a command, and the exit code that goes with it. */
export function explain(error: unknown): { line: string; code: number } {
  if (error instanceof Refusal) return { line: error.message, code: error.exitCode };
  if (error instanceof Problem) {
    const at = error.at
      ? ` (${[error.at.file, error.at.row && `row ${error.at.row}`, error.at.column && `column ${error.at.column}`].filter(Boolean).join(', ')})`
      : '';
    // A detail of these two is a whole sentence about what was asked here; the title before it says less.
    const text = error.detail && (error.code === 'not-found' || error.code === 'bad-input') ? error.detail : error.message;
    return {
      line: `${text}${at}.`.replace(/([.!?])\.$/, '$1'),
      code: error.code === 'rejected-rows' ? exitCode.rejectedRows : error.code === 'not-ready' ? exitCode.notReady : exitCode.failed,
    };
  }
  const { code, message, path, syscall } = error as { code?: string; message?: string; path?: string; syscall?: string };
  if (code === '53100' || /No space left on device/.test(message ?? ''))
    return { line: 'The disk is full: free some space, then try again. Nothing that was saved is lost.', code: exitCode.failed };
  // Stopped in good order, it takes its socket along.
  const noSocket = code === 'ENOENT' && syscall === 'connect';
  if (noSocket || databaseGone.has(code ?? '') || connectionGone.some((words) => message?.startsWith(words)))
    return {
      line: 'The database does not answer at the moment: try again shortly, and see data/log/postgres.log.',
      code: exitCode.notReady,
    };
  if (code === 'ENOENT' && path)
    return {
      line: existsSync(dirname(path)) ? `There is no file ${path}.` : `There is no folder ${dirname(path)}.`,
      code: exitCode.failed,
    };
  const system = path ? refusalFromSystem(error, path) : null;
  if (system) return { line: system.message, code: system.exitCode };
  return {
    line: `Something went wrong on our side: ${(message ?? String(error)).split('\n')[0]} (WAYMARK_DEBUG=1 shows where).`,
    code: exitCode.failed,
  };
}

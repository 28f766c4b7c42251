// SPDX-License-Identifier: AGPL-3.0-or-later
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');
export const asRoot = process.getuid?.() === 0;

export interface Run {
  readonly child: ChildProcess;
  readonly lines: string[];
  waitFor(text: string | RegExp, milliseconds?: number): Promise<string>;
  readonly ended: Promise<number | null>;
}

/** Starts a program and gathers what it says, on stdout and stderr alike. */
export function run(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; uid?: number; gid?: number } = {},
): Run {
  const child = spawn(program, args, {
    cwd: options.cwd ?? root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.gid! }),
  });
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream).on('line', (line) => {
      lines.push(line);
      for (const listener of listeners) listener();
    });
  const ended = new Promise<number | null>((resolve) =>
    child.once('close', (code) => {
      for (const listener of listeners) listener();
      resolve(code);
    }),
  );
  return {
    child,
    lines,
    ended,
    waitFor(text, milliseconds = 600_000) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const line = lines.find((each) => (typeof text === 'string' ? each.includes(text) : text.test(each)));
          if (line !== undefined) finish(() => resolve(line));
          else if (child.exitCode !== null || child.signalCode !== null)
            finish(() => reject(new Error(`It ended without saying ${String(text)}:\n${lines.join('\n')}`)));
        };
        const timer = setTimeout(
          () => finish(() => reject(new Error(`It did not say ${String(text)} in time:\n${lines.join('\n')}`))),
          milliseconds,
        );
        const finish = (then: () => void) => {
          clearTimeout(timer);
          listeners.delete(look);
          then();
        };
        listeners.add(look);
        look();
      });
    },
  };
}

export const waymark = (args: readonly string[], options: Parameters<typeof run>[2] = {}): Run =>
  run(process.execPath, [join(root, 'scripts', 'run.mjs'), 'cli', ...args], options);

/** Runs something that must succeed. */
export function must(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

// SPDX-License-Identifier: AGPL-3.0-or-later

/** Exit codes of the command line, documented in `--help`. */
export const exitCode = { ok: 0, failed: 1, usage: 2, rejectedRows: 3, notReady: 4, refused: 5 } as const;

/**
 * A reason why Waymark cannot go on, in one line for the person at the terminal: what is wrong and what to do about it.
 * Printed without a stack; everything else that is thrown is a fault of ours.
 */
export class Refusal extends Error {
  readonly exitCode: number;

  constructor(line: string, options: { exitCode?: number; cause?: unknown } = {}) {
    super(line, { cause: options.cause });
    this.name = 'Refusal';
    this.exitCode = options.exitCode ?? exitCode.failed;
  }
}

/** The line for what the operating system refuses (`EACCES`, `ENOSPC` ...), or null when the error is something else. */
export function refusalFromSystem(error: unknown, path: string): Refusal | null {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  const lines: Record<string, string> = {
    EACCES: `Waymark may not write to ${path}: give your user that folder, or choose another with --data.`,
    EPERM: `Waymark may not write to ${path}: give your user that folder, or choose another with --data.`,
    EROFS: `${path} lies on a disk that can only be read: choose another folder with --data.`,
    ENOSPC: `The disk that holds ${path} is full: free some space, then start again. Nothing that was saved is lost.`,
    EDQUOT: `Your disk quota for ${path} is used up: free some space, then start again. Nothing that was saved is lost.`,
    ENOTDIR: `${path} cannot be made: something on the way to it is a file, not a folder.`,
  };
  const line = code ? lines[code] : undefined;
  return line ? new Refusal(line, { cause: error }) : null;
}

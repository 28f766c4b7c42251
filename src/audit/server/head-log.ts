// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { appendDurably, syncFolder } from '../../platform/server/durable-append.ts';
import { headText, readHead, type HeadLine } from '../domain/head.ts';

/**
 * The chain's end, noted outside the database: whoever cuts or rewrites the chain inside does not reach it. One line a seal, appended
 * and on the disk before anything goes on; full files are put aside as head.1.log (the newest) to head.9.log.
 */
export class HeadLog {
  readonly #folder: string;
  readonly #mostBytes: number;

  constructor(dataFolder: string, mostBytes = 1_000_000) {
    this.#folder = join(dataFolder, 'audit');
    this.#mostBytes = mostBytes;
  }

  async append(line: HeadLine): Promise<void> {
    await this.#rotate();
    await appendDurably(this.#file(0), [headText(line)]);
  }

  /** Every line there is, oldest first; `torn` are those that cannot be read; `there` whether there is a file at all. */
  async read(): Promise<{ lines: HeadLine[]; torn: number; there: boolean }> {
    const lines: HeadLine[] = [];
    let torn = 0,
      there = false;
    for (let age = kept; age >= 0; age--) {
      const text = await readFile(this.#file(age), 'utf8').catch(absent);
      if (text === null) continue;
      there = true;
      for (const each of text.split('\n')) {
        if (each === '') continue;
        const line = readHead(each);
        if (line) lines.push(line);
        else torn++;
      }
    }
    return { lines, torn, there };
  }

  async #rotate(): Promise<void> {
    if (((await sizeOf(this.#file(0))) ?? 0) < this.#mostBytes) return;
    for (let age = kept - 1; age >= 0; age--) await rename(this.#file(age), this.#file(age + 1)).catch(absent);
    await syncFolder(this.#folder);
  }

  #file(age: number): string {
    return join(this.#folder, age === 0 ? 'head.log' : `head.${age}.log`);
  }
}

const kept = 9;

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

async function sizeOf(path: string): Promise<number | null> {
  return (await stat(path).catch(absent))?.size ?? null;
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFile } from 'node:fs/promises';
import { Problem } from '../../../platform/domain/problem.ts';
import { appendDurably } from '../../../platform/server/durable-append.ts';
import { erasureText, readErasure, type ErasureLine } from '../../domain/erasure-line.ts';

export interface ListRead {
  readonly path: string;
  readonly there: boolean;
  readonly lines: readonly ErasureLine[];
  /** Lines that were cut off or changed: who stood there nobody can say. */
  readonly torn: number;
}

/**
 * Who was erased, outside the database: in the data folder, and beside the master key, so that the list is at hand wherever an older backup can
 * be read. A line is on the disk in every list before the erasure is committed.
 */
export class ErasureLists {
  readonly #files: () => Promise<readonly string[]>;

  constructor(files: () => Promise<readonly string[]>) {
    this.#files = files;
  }

  /** Throws Problem `erasure-not-noted` where one of the lists cannot be written: then nobody is erased. */
  async append(lines: readonly ErasureLine[]): Promise<void> {
    if (lines.length === 0) return;
    try {
      for (const path of await this.#files()) await appendTo(path, lines);
    } catch (cause) {
      throw new Problem('erasure-not-noted', undefined, { cause });
    }
  }

  /** Every list, and what stands in each that does not stand in the others is put there. */
  async read(): Promise<ListRead[]> {
    return Promise.all((await this.#files()).map(readList));
  }

  async complete(all: readonly ErasureLine[]): Promise<void> {
    for (const { path, lines } of await this.read()) {
      const there = new Set(lines.map(keyOf));
      const missing = all.filter((line) => !there.has(keyOf(line)));
      if (missing.length > 0) await appendTo(path, missing);
    }
  }
}

export const keyOf = ({ regionId, personId }: Pick<ErasureLine, 'regionId' | 'personId'>): string => `${regionId} ${personId}`;

export async function readList(path: string): Promise<ListRead> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  const written = (text ?? '').split('\n').filter((line) => line.trim() !== '');
  const lines = written.map(readErasure).filter((line) => line !== null);
  return { path, there: text !== null, lines, torn: written.length - lines.length };
}

const appendTo = (path: string, lines: readonly ErasureLine[]): Promise<void> => appendDurably(path, lines.map(erasureText));

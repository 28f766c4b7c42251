// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFile } from 'node:fs/promises';
import { Problem } from '../../../platform/domain/problem.ts';
import { appendDurably } from '../../../platform/server/durable-append.ts';
import { erasureText, ownIdKeyText, readErasure, readOwnIdKey, type ErasureLine, type OwnIdKeyLine } from '../../domain/erasure-line.ts';

export interface ListRead {
  readonly path: string;
  readonly there: boolean;
  readonly lines: readonly ErasureLine[];
  /** By which the digests in the lines are made, the newest last. */
  readonly keys: readonly OwnIdKeyLine[];
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

  /** Throws Problem `erasure-not-noted` where one of the lists cannot be written: then nobody is erased. `keys`: of the digests in the lines. */
  async append(lines: readonly ErasureLine[], keys: readonly OwnIdKeyLine[] = []): Promise<void> {
    if (lines.length === 0) return;
    try {
      for (const path of await this.#files()) await appendTo(path, lines, keys);
    } catch (cause) {
      throw new Problem('erasure-not-noted', undefined, { cause });
    }
  }

  async read(): Promise<ListRead[]> {
    return Promise.all((await this.#files()).map(readList));
  }

  /** What stands in none of the lines of a list is put there. */
  async complete(all: readonly ErasureLine[], keys: readonly OwnIdKeyLine[]): Promise<void> {
    for (const list of await this.read()) {
      const known = new Set(list.keys.map(ownIdKeyText));
      const missing = lacking(list.lines, all),
        missingKeys = keys.filter((key) => !known.has(ownIdKeyText(key)));
      if (missing.length + missingKeys.length > 0) await appendTo(list.path, missing, missingKeys);
    }
  }
}

export const keyOf = ({ regionId, personId }: Pick<ErasureLine, 'regionId' | 'personId'>): string => `${regionId} ${personId}`;

/** Which of these are not among the lines, or with fewer digests there. */
export function lacking(lines: readonly ErasureLine[], all: readonly ErasureLine[]): ErasureLine[] {
  const there = together(lines);
  return all.filter((line) => {
    const found = there.get(keyOf(line));
    return !found || together([found, line]).get(keyOf(line))!.sources.length > found.sources.length;
  });
}

/** One line a person, with every digest that any of the lines has of her; otherwise the first says how it was. */
export function together(lines: readonly ErasureLine[]): Map<string, ErasureLine> {
  const all = new Map<string, ErasureLine>();
  for (const line of lines) {
    const before = all.get(keyOf(line));
    const sources = new Map([...(before?.sources ?? []), ...line.sources].map((source) => [source.digest, source]));
    all.set(keyOf(line), { ...(before ?? line), sources: [...sources.values()] });
  }
  return all;
}

export async function readList(path: string): Promise<ListRead> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  const written = (text ?? '').split('\n').filter((line) => line.trim() !== '');
  const lines = written.map(readErasure).filter((line) => line !== null),
    keys = written.map(readOwnIdKey).filter((key) => key !== null);
  return { path, there: text !== null, lines, keys, torn: written.length - lines.length - keys.length };
}

/** Keys first: a digest is never there without what it was made by. */
const appendTo = (path: string, lines: readonly ErasureLine[], keys: readonly OwnIdKeyLine[]): Promise<void> =>
  appendDurably(path, [...keys.map(ownIdKeyText), ...lines.map(erasureText)]);

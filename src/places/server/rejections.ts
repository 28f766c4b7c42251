// SPDX-License-Identifier: AGPL-3.0-or-later
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { stringify, type Stringifier } from 'csv-stringify';
import { Problem } from '../../platform/domain/problem.ts';
import { harmless } from '../../platform/server/csv.ts';
import type { RejectedRow } from '../domain/import-report.ts';
import { rejectionCode } from '../domain/rejection-codes.ts';
import { rejectedColumns } from './rejected-file.ts';

const shown = 100;

/** Collects what an import does not take: all of it into a CSV file, the first hundred for the report. */
export class Rejections {
  readonly first: RejectedRow[] = [];
  count = 0;
  readonly #path: string;
  #csv: Stringifier | undefined;
  #done: Promise<void> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async add(row: RejectedRow): Promise<void> {
    this.count++;
    if (this.first.length < shown) this.first.push(row);
    this.#csv ??= this.#open();
    const { file, column, code, reason } = row;
    const cells = [file, row.row === null ? '' : String(row.row), column ?? '', code ?? '', reason, rejectionCode(reason)].map(harmless);
    if (!this.#csv.write(cells)) await Promise.race([new Promise((resolve) => this.#csv?.once('drain', resolve)), this.#done]);
  }

  /** Answers with the file's path, or null when everything was taken. */
  async close(): Promise<string | null> {
    if (!this.#csv) return null;
    this.#csv.end();
    await this.#done;
    return this.#path;
  }

  #open(): Stringifier {
    const csv = stringify({ header: true, columns: [...rejectedColumns], bom: true });
    const out = createWriteStream(this.#path, { mode: 0o600 });
    this.#done = finished(csv.pipe(out)).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOSPC'
        ? new Problem('storage-full', 'there is no room for the list of rejected rows', { cause: error })
        : error;
    });
    this.#done.catch(() => {});
    return csv;
  }
}

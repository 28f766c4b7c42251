// SPDX-License-Identifier: AGPL-3.0-or-later
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Identity } from '../../domain/identity.ts';
import { Problem } from '../../../platform/domain/problem.ts';
import type { MasterKey } from './master-key.ts';
import type { Vault } from './vault.ts';

/** Somebody whom an import brings, as her row says who she is. */
export type ToSeal = readonly [regionId: number, personId: string, identity: Identity];

/** Many people sealed, with their codes, as waymark.import_identities takes them. */
export interface SealedBlock {
  readonly count: number;
  readonly regions: Buffer;
  readonly persons: Buffer;
  readonly wrapped: Buffer;
  readonly sealed: Buffer;
  readonly kinds: string;
  readonly codes: string;
}

interface Waiting {
  resolve(block: SealedBlock): void;
  reject(error: unknown): void;
}

/**
 * Cleans, seals and codes who people are in a thread of its own, so that the database and whoever else is served do not wait for it: of an
 * import that is a third of the work. The master key goes there as a key object; its bytes lie in neither heap.
 */
export class SealingThread {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #ended: unknown = null;

  /** `country`: where telephone numbers without a calling code are from. */
  constructor(vault: Vault, key: MasterKey, country: string) {
    this.#worker = new Worker(new URL('./sealing-thread-work.ts', import.meta.url), {
      workerData: { vault: vault.share(key), country },
      // Words and codes it remembers take some seventy megabytes; beyond that only waste would pile up.
      resourceLimits: { maxYoungGenerationSizeMb: 32, maxOldGenerationSizeMb: 128 },
    });
    this.#worker.on('message', (block: SealedBlock) =>
      this.#waiting.shift()?.resolve({
        ...block,
        regions: asBuffer(block.regions),
        persons: asBuffer(block.persons),
        wrapped: asBuffer(block.wrapped),
        sealed: asBuffer(block.sealed),
      }),
    );
    // What went wrong may quote whom it went wrong with.
    const ended = (): void => {
      this.#ended ??= new Problem('internal', 'Sealing the names came to an unexpected end.');
      for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
    };
    this.#worker.on('error', ended).on('exit', ended);
  }

  /** Blocks come back in the order they were given. */
  seal(people: readonly ToSeal[]): Promise<SealedBlock> {
    if (this.#ended) return Promise.reject(this.#ended as Problem);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      // As one text: ten thousand small objects take twice as long to hand over.
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
      this.#worker.postMessage(JSON.stringify(people));
    });
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    const gone = once(this.#worker, 'exit');
    await this.#worker.terminate();
    await gone;
  }
}

/** A message carries bytes, and the driver takes a Buffer. */
const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, byteLength);

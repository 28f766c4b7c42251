// SPDX-License-Identifier: AGPL-3.0-or-later
import { setFlagsFromString } from 'node:v8';

/** By how many per cent of what is in use the heap may grow before it is cleaned. Left alone Node lets it grow to several times as much. */
const growth = 50;
let working = 0;

/**
 * Keeps the memory of long work small through which blocks pass and are done with. Of an import of a million people that is a fifth of its
 * memory, and takes no time that could be measured (bench/README.md).
 */
export async function withLeanHeap<T>(work: () => Promise<T>): Promise<T> {
  if (working++ === 0) setFlagsFromString(`--heap-growing-percent=${growth}`);
  try {
    return await work();
  } finally {
    // 0: as Node likes.
    if (--working === 0) setFlagsFromString('--heap-growing-percent=0');
  }
}

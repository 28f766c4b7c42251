// SPDX-License-Identifier: AGPL-3.0-or-later
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('../../', import.meta.url).pathname,
    include: ['test/proof/**/*.proof.ts'],
    pool: 'forks', maxWorkers: 1, fileParallelism: false,
    testTimeout: 300_000, hookTimeout: 120_000,
  },
});

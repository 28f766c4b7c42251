// SPDX-License-Identifier: AGPL-3.0-or-later
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// As in scripts/run.mjs: what Node makes of a file is made once, also for the many processes that tests start.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules', '.cache', 'waymark-node');

/**
 * The files that take longest come first, in this order, so that no worker is left alone with one of them; then by their size. Of two journeys
 * at the beginning one does without the demo, which the other makes meanwhile.
 */
const slowest = [
  'journeys/every-page',
  'journeys/tiles',
  'journeys/map',
  'journeys/accounts',
  'test/cli',
  'test/vault-commands',
  'area-stats-cambodia',
  'same-numbers',
  'test/authorisation.',
  'import-again',
  'app/upgrade',
  'web/catalogues',
  'keeping-places',
  'intake/people-import',
  'server/cambodia',
  'keeping-two',
];
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = slowest.findIndex((each) => moduleId.includes(each));
      return at < 0 ? slowest.length : at;
    };
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}

// Files of one worker share what they import: loading the server anew for each of them was half of the processor time. With room from
// the start its memory is looked through for what nobody needs any more a quarter as often.
const execArgv = ['--initial-heap-size=1024', '--min-semi-space-size=16', '--max-semi-space-size=32'];
const shared = { pool: 'forks' as const, maxWorkers: 2, isolate: false, environment: 'node' as const, execArgv };

/** What runs behind an answer, or follows a click, has time on a busy machine too: a second is vitest's own limit. */
const patient = { poll: { timeout: 15_000 } };

export default defineConfig({
  test: {
    ...shared,
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { ...shared, name: 'unit', include: ['src/**/domain/**/*.test.ts'], testTimeout: 20_000 } },
      {
        test: {
          ...shared,
          name: 'integration',
          expect: patient,
          globalSetup: ['test/support/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          include: ['src/**/*.test.{ts,tsx}', 'test/**/*.test.ts', 'demo/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: ['src/**/domain/**', 'test/journeys/**', 'test/proof/**', '**/node_modules/**'],
        },
      },
      {
        test: {
          ...shared,
          name: 'journeys',
          expect: patient,
          globalSetup: ['test/support/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          include: ['test/journeys/**/*.test.ts'],
        },
      },
    ],
  },
});

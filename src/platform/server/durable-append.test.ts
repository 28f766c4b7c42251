// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testFolder } from '../../../test/support/folder.ts';
import { appendDurably } from './durable-append.ts';

test('every line stands by itself, whatever a crash left of the one before', async () => {
  const folder = testFolder('waymark-append-');
  let n = 0;
  const line = fc.stringMatching(/^[a-z0-9 ]{1,20}$/);
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 4 }),
      fc.option(line),
      fc.array(line, { minLength: 1, maxLength: 4 }),
      async (whole, torn, more) => {
        const path = join(folder, `list-${n++}.log`);
        writeFileSync(path, `${whole.map((each) => `${each}\n`).join('')}${torn ?? ''}`);
        await appendDurably(path, more);
        expect(readFileSync(path, 'utf8').split('\n')).toEqual([...whole, ...(torn === null ? [] : [torn]), ...more, '']);
      },
    ),
    { numRuns: 30 },
  );
});

test('makes file and folder where there are none, for their owner alone', async () => {
  const path = join(testFolder('waymark-append-'), 'deep', 'down', 'list.log');
  await appendDurably(path, ['one']);
  await appendDurably(path, ['two', 'three']);
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\nthree\n');
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o077).toBe(0);
});

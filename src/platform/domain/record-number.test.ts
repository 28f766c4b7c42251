// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lastGroupOf, recordNumber } from './record-number.ts';

it('a record number leads back to its record, however it is written down', () => {
  fc.assert(
    fc.property(fc.uuid(), (id) => {
      const number = recordNumber(id);
      expect(number).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{2}$/);
      for (const said of [number, number.toLowerCase(), number.replaceAll('-', ' '), number.replaceAll('0', 'O').replaceAll('1', 'l'), id])
        expect(lastGroupOf(said)).toBe(id.slice(-12));
    }),
  );
  for (const nothing of ['', 'Mali', '7K2M-9QXA', '7K2M-9QXA-4U', 'ZZZZ-ZZZZ-ZZ']) expect(lastGroupOf(nothing)).toBeNull();
});

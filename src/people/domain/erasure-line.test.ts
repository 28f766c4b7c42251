// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { erasureText, ownIdKeyText, readErasure, readOwnIdKey, type ErasureLine } from './erasure-line.ts';

const hex = (length: number) => fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const keyId = fc.string({ unit: fc.constantFrom(...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'), minLength: 8, maxLength: 8 });
const line: fc.Arbitrary<ErasureLine> = fc.record({
  regionId: fc.nat(999_999_999),
  personId: fc.uuid(),
  erasedAt: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2999-01-01') }).map((at) => at.toISOString()),
  requestId: fc.option(fc.uuid()),
  orderedBy: fc.string({ unit: 'grapheme', minLength: 1 }).filter((by) => !/\p{Cs}/u.test(by)),
  sources: fc.array(fc.record({ keyId, digest: hex(32) }), { maxLength: 3 }),
});
const key = fc.record({ keyId, masterKeyId: keyId, checkValue: hex(32), wrapped: hex(122) });

describe('a line of the list of erased people', () => {
  it('is read as it was written, also one from before digests were kept, and never taken for one of the other kind', () => {
    fc.assert(
      fc.property(line, key, (erased, own) => {
        expect(readErasure(erasureText(erased))).toEqual(erased);
        expect(readOwnIdKey(ownIdKeyText(own))).toEqual(own);
        expect([readErasure(ownIdKeyText(own)), readOwnIdKey(erasureText(erased))]).toEqual([null, null]);
      }),
    );
    const before = 'WAYMARK-ERASED-1 7 01a2071b-f63b-74ec-b564-b87ac86a0af6 2026-11-20T03:00:00.000Z - kanya';
    expect(readErasure(`${before} 392d464d`)).toMatchObject({ regionId: 7, sources: [] });
  });

  it('is refused where it was cut off or a letter of it changed', () => {
    fc.assert(
      fc.property(line, key, fc.nat(), fc.constantFrom('0', 'z'), (erased, own, at, letter) => {
        for (const [text, read] of [
          [erasureText(erased), readErasure],
          [ownIdKeyText(own), readOwnIdKey],
        ] as const) {
          const n = at % text.length;
          expect(read(text.slice(0, n))).toBeNull();
          if (text[n] !== letter) expect(read(text.slice(0, n) + letter + text.slice(n + 1))).toBeNull();
        }
      }),
    );
  });
});

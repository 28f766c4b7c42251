// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from './fold.ts';

describe('fold', () => {
  it.each([
    ['Phnom Penh', 'phnom penh'],
    ['PHNOM-PENH', 'phnom penh'],
    ['  Phnom   Penh ', 'phnom penh'],
    ["Damnak Chang'aeur", 'damnak changaeur'],
    ['Damnak Chang\u2019aeur', 'damnak changaeur'],
    ['Đà Nẵng', 'da nang'],
    ['São Tomé', 'sao tome'],
    ['ＡＢＣ１', 'abc1'],
    ['Ærø', 'aero'],
    ['İstanbul', 'istanbul'],
    ['Straße', 'strasse'],
    ['01.02', '01 02'],
  ])('%s reads %s', (text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  it('keeps what tells Thai, Khmer, Lao, Burmese and Hindi words apart', () => {
    for (const [a, b] of [
      ['มา', 'ม้า'],
      ['พะเยา', 'พเยา'],
      ['កា', 'កិ'],
      ['ភ្នំ', 'ភនំ'],
      ['ປາ', 'ປ່າ'],
      ['မာ', 'မ'],
      ['कि', 'की'],
    ] as const)
      expect(fold(a)).not.toBe(fold(b));
  });

  it('is the same for every way to write the same letters', () => {
    expect(fold('é')).toBe(fold('e\u0301'));
    expect(fold('กำ')).toBe(fold('ก\u0e4d\u0e32'));
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(fold(fold(text))).toBe(fold(text));
      }),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(fold(fold(text))).toBe(fold(text));
      }),
      { numRuns: 2_000 },
    );
  });
});

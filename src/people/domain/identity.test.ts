// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { asciiDigits, cleanIdentity, cleanText, normalDocument, normalPhone, phoneKey } from './identity-normal.ts';
import { Identity, identityLimits } from './identity.ts';

const malee: Identity = { names: [{ kind: 'official', full: 'มาลี  ใจดี\u200b', language: 'th' }], phones: ['081-234-5678'], documents: [] };

describe('what is written down is cleaned', () => {
  test('marks nobody sees are taken out, and white space is one space', () => {
    expect(cleanText('\u202eMalee\u202c\u200b  \u00a0 Jaidee\n')).toBe('Malee Jaidee');
  });
  test('a joiner that Bengali writes with stays', () => expect(cleanText('র\u200d্যাহেল\u200d A\u200d')).toBe('র\u200d্যাহেল\u200d A'));
  test('cleaning twice changes nothing', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => cleanText(cleanText(text)) === cleanText(text)));
  });
  test.each(['๐๑๒๓๔๕๖๗๘๙', '០១២៣៤៥៦៧៨៩', '໐໑໒໓໔໕໖໗໘໙', '၀၁၂၃၄၅၆၇၈၉', '०१२३४५६७८९', '০১২৩৪৫৬৭৮৯', '٠١٢٣٤٥٦٧٨٩', '0123456789'])(
    'the digits %s are 0123456789',
    (digits) => expect(asciiDigits(digits)).toBe('0123456789'),
  );
});

describe('phones', () => {
  test.each([
    ['081-234-5678', 'TH', '+66812345678'],
    ['๐๘๑ ๒๓๔ ๕๖๗๘', 'TH', '+66812345678'],
    ['+66 (0)81 234 5678', undefined, '+66812345678'],
    ['0066812345678', 'KH', '+66812345678'],
    ['66812345678', 'TH', '+66812345678'],
    ['012 345 678', 'KH', '+85512345678'],
    ['9841234567', 'NP', '+9779841234567'],
    ['01712-345678', 'BD', '+8801712345678'],
    ['0812345678', undefined, '0812345678'],
    ['1669', 'TH', '1669'],
    ['ask her aunt', 'TH', ''],
  ])('%s from %s is %s', (written, country, kept) => expect(normalPhone(written, country)).toBe(kept));
  test('a number with and without its calling code has the same key', () => {
    expect(phoneKey('0812345678')).toBe(phoneKey('+66812345678'));
    expect(phoneKey('1669')).toBe('');
  });
});

test('documents are capital letters and digits', () => {
  expect(normalDocument(' 1-1020-๐๐๓๔๕-67-8 ')).toBe('1102000345678');
  expect(normalDocument('aa 123/456')).toBe('AA123456');
});

describe('an identity', () => {
  test('is cleaned as a whole, and what is empty is left out', () => {
    const cleaned = cleanIdentity(
      {
        ...malee,
        phones: ['081-234-5678', '0812345678', '-'],
        documents: [{ kind: 'other', number: '--' }],
        address: ' ',
        guardian: { name: ' ' },
      },
      'TH',
    );
    expect(cleaned).toEqual({ names: [{ kind: 'official', full: 'มาลี ใจดี', language: 'th' }], phones: ['+66812345678'], documents: [] });
    expect(cleanIdentity(cleaned, 'TH')).toEqual(cleaned);
  });
  test('has a whole name even where only its parts were given', () => {
    const { names } = cleanIdentity({ ...malee, names: [{ kind: 'official', full: ' ', given: 'Malee', family: 'Jaidee' }] });
    expect(names[0]!.full).toBe('Malee Jaidee');
  });
  test('is refused without a name, with an unknown field and above its limits', () => {
    expect(Value.Check(Identity, malee)).toBe(true);
    expect(Value.Check(Identity, { ...malee, names: [] })).toBe(false);
    expect(Value.Check(Identity, { ...malee, religion: 'any' })).toBe(false);
    expect(Value.Check(Identity, { ...malee, phones: Array(identityLimits.phones + 1).fill('1') })).toBe(false);
    expect(Value.Check(Identity, { ...malee, names: [{ kind: 'official', full: 'x'.repeat(identityLimits.nameLength + 1) }] })).toBe(false);
  });
});

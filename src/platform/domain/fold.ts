// SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * Marks that only decorate (Latin, Greek, Cyrillic accents) are dropped; the vowels and tone marks of Thai, Khmer, Lao, Myanmar,
 * Devanagari or Bengali, and the vowel signs of Arabic letters, are part of the word and stay.
 */
const decoration = /(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script_Extensions=Latin}][\u0300-\u036f]*)[\u0300-\u036f]/gu;
const apostrophes = /['`\u00b4\u02b9-\u02bc\u2018\u2019\u201b\u2032]/g;
const separators = /[\s\p{Pd}_.,;:/()[\]{}"\u201c\u201d\u200b-\u200d\ufeff]+/gu;
const special: Record<string, string> = { ø: 'o', đ: 'd', ð: 'd', ł: 'l', ı: 'i', æ: 'ae', œ: 'oe', þ: 'th', ŋ: 'ng', ß: 'ss' };

/** A text as it is compared when people search: one width, no case, no accents, single spaces, no apostrophes. Folding twice changes nothing. */
export function fold(text: string): string {
  const wide = text.normalize('NFKD').toLowerCase().normalize('NFKD').replace(decoration, '');
  return wide
    .replace(/[øđðłıæœþŋß]/g, (letter) => special[letter] ?? letter)
    .replace(apostrophes, '')
    .replace(separators, ' ')
    .trim()
    .normalize('NFC');
}

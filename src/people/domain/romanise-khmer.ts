// SPDX-License-Identifier: AGPL-3.0-or-later

const consonants = 'k kh g kh ng ch chh ch chh nh d th d th n t th t th n b ph p ph m y r l w s s s h l'.split(' ');
/** From U+17A3: the independent vowels. */
const freeVowels = 'a a e ei o ok au ov ri ri li li e ai ao ao au'.split(' ');
/** From U+17B6: the vowel signs. */
const signs = 'a i ei oe eu o u uo ae oea ie e ae ai ao au'.split(' ');

const coeng = '\u17d2';
const isConsonant = (letter: string | undefined): boolean => letter !== undefined && letter >= '\u1780' && letter <= '\u17a2';

function consonant(letter: string): string {
  return letter === '\u17a2' ? '' : (consonants[letter.charCodeAt(0) - 0x1780] ?? '');
}

function sign(letter: string | undefined): string | undefined {
  if (letter === undefined) return undefined;
  if (letter === '\u17c6') return 'am';
  return signs[letter.charCodeAt(0) - 0x17b6];
}

/** The consonants written on top of one another from `at` on. */
function stack(text: string, at: number): string[] {
  const found = [text[at]!];
  for (let next = at + 1; text[next] === coeng && isConsonant(text[next + 1]); next += 2) found.push(text[next + 1]!);
  return found;
}

function startsVowel(letter: string | undefined): boolean {
  return sign(letter) !== undefined;
}

/** How many stacks of consonants stand without a vowel from `at` to the end of the word; 0 when a vowel comes first. */
function bareToEnd(text: string, at: number): number {
  let count = 0;
  for (let end = at; end < text.length; end += stack(text, end).length * 2 - 1, count++) if (!isConsonant(text[end])) return 0;
  return count;
}

/**
 * Khmer as it sounds, roughly: enough for a code of consonants. A consonant without a vowel ends a syllable where it can; `open` reads it
 * as the beginning of one. The last stack of a word speaks only its first letter (ពេជ្រ is pich).
 */
export function romaniseKhmer(given: string, open: boolean): string {
  // Marks of series and length do not change a consonant; a letter under the toandakhiat is silent.
  // ច័ន្ទ, the moon of many names, is chan.
  const spelt = given
    .replace(/ច័?ន្ទ(?![\u17b6-\u17c5])/g, 'ចន')
    .replace(/[\u1780-\u17a2]\u17cd|[\u17b4\u17b5\u17c7-\u17cc\u17ce-\u17d1\u17d3-\u17dd]/g, '');
  // A common name says a k that it does not write: រស្មី is raksmey.
  const text = open ? spelt : spelt.replace(/រស្មី/g, 'រក្ស្មី');
  let out = '';
  let afterVowel = false;
  for (let at = 0; at < text.length;) {
    const letter = text[at]!;
    if (!isConsonant(letter)) {
      const spoken = sign(letter) ?? freeVowels[letter.charCodeAt(0) - 0x17a3] ?? '';
      // The nikahit behind another sign only adds its m: ុំ is om.
      out += letter === '\u17c6' && afterVowel ? 'm' : spoken;
      afterVowel = letter !== '\u17c6';
      at++;
      continue;
    }
    const stacked = stack(text, at);
    at += stacked.length * 2 - 1;
    const sounds = stacked.map(consonant);
    if (startsVowel(text[at])) {
      out += sounds.join('');
      continue;
    }
    const last = at >= text.length;
    const closes = last || stacked.length > 1 || (!open && bareToEnd(text, at) % 2 === 0);
    if (afterVowel && closes) {
      out += last ? sounds[0]! : sounds.join('');
      if (open && stacked.length > 1 && !last) out += 'a';
      afterVowel = open && stacked.length > 1 && !last;
      continue;
    }
    out += last ? sounds.join('') : `${sounds.join('')}a`;
    afterVowel = true;
  }
  return out;
}

// SPDX-License-Identifier: AGPL-3.0-or-later

const onsets = 'k kh g g ng s s z z ny ny t ht d d n t ht d d n p ph b b m y y l w th h l'.split(' ');
const freeVowels: Readonly<Record<string, string>> = { ဣ: 'i', ဤ: 'i', ဥ: 'u', ဦ: 'u', ဧ: 'e', ဩ: 'aw', ဪ: 'aw' };

/** One written syllable: its letter, medials and vowels, and what closes it (a letter under the asat or on top of the next). */
const syllables =
  /([\u1000-\u1021\u103f\u104e])([\u103b-\u103e]*)([\u102b-\u1032\u1036]*\u103a?[\u1037\u1038]*)((?:[\u1000-\u1021][\u1037]?\u103a|[\u1000-\u1021](?=\u1039)|\u1004\u103a\u1039)?)[\u1037-\u1039]*|[\u1023-\u102a][\u102b-\u1032\u1036-\u1038]*/g;

function onset(letter: string, medials: string, pali: boolean, open: boolean): string {
  const has = (medial: string): boolean => medials.includes(medial);
  const glides = has('\u103b') || has('\u103c');
  const w = has('\u103d') ? 'w' : '';
  if (letter === 'အ') return w;
  if (letter === '\u103f') return `${open ? 's' : 'th'}${w}`;
  const softened = has('\u103e') && (letter === 'ရ' || letter === 'ယ' || (letter === 'လ' && glides) || letter === 'သ');
  if (softened) return `sh${w}`;
  if (glides && letter === 'ခ') return `ch${w}`;
  if (letter === 'င' && glides) return `ny${w}`;
  // သ is heard th and written s as well (Thandar, Sandar); ရ is y, but r in words from Pali (ရိ, ရာ) and of the Karen.
  const plain = open && letter === 'သ' ? 's' : letter === 'ရ' ? (pali || open ? 'r' : 'y') : (onsets[letter.charCodeAt(0) - 0x1000] ?? '');
  return `${has('\u103e') ? 'h' : ''}${plain}${glides ? 'y' : ''}${w}`;
}

function vowel(signs: string): string {
  const has = (sign: string): boolean => signs.includes(sign);
  if (has('\u1031')) return has('\u102b') || has('\u102c') ? 'aw' : 'e';
  const high = has('\u102d') || has('\u102e');
  const low = has('\u102f') || has('\u1030');
  if (high && low) return 'o';
  if (high) return 'i';
  if (low) return 'u';
  return has('\u1032') ? 'e' : 'a';
}

const stops = 'ကခဂဃ';
const nasals = 'နမဏ';

/** How a closing letter changes the vowel before it: အောင် is aung, ထက် is htet, စိန် is sein. */
function close(spoken: string, letter: string): string {
  if (letter === '') return spoken;
  if (letter === 'င') return spoken === 'aw' ? 'aung' : spoken === 'o' ? 'aing' : 'in';
  if (letter === 'ဉ') return 'in';
  if (letter === 'ည') return 'i';
  if (letter === 'ယ') return 'e';
  if (stops.includes(letter)) return spoken === 'aw' ? 'auk' : spoken === 'o' ? 'aik' : 'et';
  if (nasals.includes(letter)) return spoken === 'i' ? 'ein' : spoken === 'u' ? 'un' : `${spoken}n`;
  if (letter === 'စ' || letter === 'ဇ') return 'it';
  if ('တပဒဗဋဘဓ'.includes(letter)) return spoken === 'i' ? 'eik' : spoken === 'u' ? 'ok' : `${spoken}t`;
  return spoken;
}

/** Burmese as it is usually romanised, a space between syllables. `open` takes the rarer reading of the letters that have two. */
export function romaniseBurmese(text: string, open: boolean): string {
  const out: string[] = [];
  for (const [whole, letter, medials = '', signs = '', closing = ''] of text.matchAll(syllables)) {
    if (letter === undefined) {
      out.push(freeVowels[whole[0]!] ?? '');
      continue;
    }
    const spoken = close(vowel(signs), closing[0] ?? '');
    const begun = onset(letter, medials, /^[\u102d\u102c]$/.test(signs) && closing === '', open);
    // The w below a letter is the vowel itself where n, m or t closes: ထွန်း is htun.
    if (begun.length > 1 && begun.endsWith('w') && /^a[nt]$/.test(spoken)) out.push(`${begun.slice(0, -1)}u${spoken[1]}`);
    else out.push(begun + (signs.includes('\u1036') ? (spoken === 'u' ? 'on' : `${spoken}n`) : spoken));
  }
  return out.join(' ');
}

// SPDX-License-Identifier: AGPL-3.0-or-later

/*
 * A code of how a word sounds, in the manner of Soundex (Russell 1918) and Metaphone (Philips 1990), made for names that come from Thai, Lao,
 * Khmer, Burmese, Vietnamese, Nepali and Bengali as well as Latin writing and were romanised by ear: vowels are dropped, and consonants that
 * people write for one another share a letter:
 *   P  p ph b bh f     T  t th d dh, and any s, ch, j that ends a syllable     K  k kh g gh c q     S  s sh z x ch j
 *   M  m               N  n ng nh, and l that ends a syllable                  L  l r               W  v w that begin one
 *   A  a vowel or y at the start                                               H  h at the start
 * r, w, y and h that begin no syllable are silent. Words joined by | are coded as one, so that Som|Chai and Somchai are alike.
 */

const isVowel = (letter: string | undefined): boolean =>
  letter === 'a' || letter === 'e' || letter === 'i' || letter === 'o' || letter === 'u' || letter === 'y';
const starts = (word: string, at: number): boolean => at === 0 || word[at - 1] === '|';
const ends = (word: string, at: number): boolean => at >= word.length || word[at] === '|';
const sounded = (letter: string | undefined): boolean =>
  isVowel(letter) || letter === 'r' || letter === 'l' || letter === 'w' || letter === 'v';

/** Letters that begin no sound of their own behind these: h behind a consonant, the second of a pair. */
interface Heard {
  readonly code: string;
  /** How many letters were read. */
  readonly length: number;
}

const silent: Heard = { code: '', length: 1 };
const single = new Map<string, Heard>(['P', 'T', 'K', 'S', 'M', 'N', 'L', 'W'].map((code) => [code, { code, length: 1 }]));
const one = (code: string, length = 1): Heard => (length === 1 ? single.get(code) : undefined) ?? { code, length };

/** How many letters write one s, sh, ch, z or j. */
function sibilantLength(word: string, at: number): number {
  let length = 1;
  if (word[at] === 's' && (word[at + 1] === 's' || (word[at + 1] === 'c' && word[at + 2] === 'h'))) length++;
  while (word[at + length] === 'h') length++;
  return length;
}

function sibilant(word: string, at: number, other: boolean): Heard {
  if (other && word[at] === 'j' && isVowel(word[at + 1])) return silent;
  if (other && word.startsWith('sr', at) && isVowel(word[at + 2])) return one('S', 2);
  if (other && word.startsWith('shr', at) && isVowel(word[at + 3])) return one('S', 3);
  const length = sibilantLength(word, at);
  const next = at + length;
  if (starts(word, at) || sounded(word[next])) return one('S', length);
  if (other && ends(word, next) && word[next - 1] === 'h' && word[next - 2] === 'c') return one('K', length);
  return 'szjc'.includes(word[next] ?? '|') ? one('', length) : one('T', length);
}

function letterC(word: string, at: number, other: boolean): Heard {
  const next = word[at + 1];
  if (next === 'h') return word[at + 2] === 'r' ? one('K', 2) : sibilant(word, at, other);
  if (next === 'k') return one('K', 2);
  return next === 'e' || next === 'i' ? one('S') : one('K');
}

function letterX(word: string, at: number, other: boolean): Heard {
  if (starts(word, at) || !isVowel(word[at - 1])) return one('S');
  return isVowel(word[at + 1]) ? one(other ? 'KS' : 'S') : one('KT');
}

/** How many letters behind n or ng are a stop that no vowel follows, and not heard: Myint, Chand, Vongs. */
function swallowed(word: string, at: number): number {
  const letter = word[at];
  if (letter !== 't' && letter !== 'd' && letter !== 'k' && letter !== 'g' && letter !== 's' && !(letter === 'c' && word[at + 1] === 'h'))
    return 0;
  const end = word[at + 1] === 'h' ? at + 2 : at + 1;
  const next = word[end];
  return sounded(next) || next === 'h' ? 0 : end - at;
}

function letterN(word: string, at: number, other: boolean): Heard {
  let length = 1;
  const soft = other && word[at + 1] === 'g' && (word[at + 2] === 'e' || word[at + 2] === 'i');
  if (word[at + 1] === 'g' && !soft) length = word[at + 2] === 'h' ? 3 : 2;
  return one('N', length + swallowed(word, at + length));
}

function letterG(word: string, at: number, other: boolean): Heard {
  const next = word[at + 1];
  if (next === 'n' && starts(word, at)) return one('N', 2);
  const soft = next === 'y' || (next === 'i' && isVowel(word[at + 2])) || (next === 'e' && (starts(word, at) || word[at - 1] === 'n'));
  return one(other && soft ? 'S' : 'K');
}

/** v and w: W where they begin a syllable. v is b to Bengali and Nepali ears (Vishnu, Bishnu), which is its other reading. */
function letterV(word: string, at: number, other: boolean): Heard {
  const before = starts(word, at) ? undefined : word[at - 1];
  const begins = isVowel(word[at + 1]);
  if (other && word[at] === 'v' && (before === undefined || isVowel(before) || 'rlnm'.includes(before))) return one('P');
  if (!begins || (before !== undefined && !isVowel(before))) return silent;
  // Behind o or u it is only the glide between two vowels: Souvan, Suwan and Suan are one. But not behind ao and au.
  const glide = (before === 'o' || before === 'u') && word[at - 2] !== 'a';
  return glide ? silent : one('W');
}

/** t and d: silent before a sibilant (tch, ts, dj). tr is ch to many in Vietnam, ti before a vowel s in Latin names: the other readings. */
function letterT(word: string, at: number, other: boolean): Heard {
  const next = word[at + 1] === '|' ? at + 2 : at + 1;
  if (other && word[at] === 'd' && word[at + 1] === 'z') return one('T', 2);
  if ('sjz'.includes(word[next] ?? '-') || word.startsWith('ch', next)) return silent;
  if (!other || word[at] === 'd') return one('T');
  if (word[at + 1] === 'r' && starts(word, at)) return one('S', 2);
  return one(word[at + 1] === 'i' && isVowel(word[at + 2]) ? 'S' : 'T');
}

function hear(word: string, at: number, other: boolean): Heard {
  const letter = word[at]!;
  const next = word[at + 1];
  switch (letter) {
    case 'p':
      return word[at - 1] === 'm' && next === 's' ? silent : one('P');
    case 'b':
    case 'f':
      return one('P');
    case 'm':
      return one('M');
    case 'n':
      return letterN(word, at, other);
    case 'l':
      return sounded(next) && next !== 'r' && next !== 'l' ? one('L') : next === 'l' ? silent : one('N');
    case 'r':
      return isVowel(next) || (next === 'h' && isVowel(word[at + 2])) ? one('L') : silent;
    case 't':
    case 'd':
      return letterT(word, at, other);
    case 'k':
      if (other && starts(word, at) && word.startsWith('sh', at + 1)) return silent;
      return one(other && next === 'y' ? 'S' : 'K');
    case 'q':
      return one('K', next === 'u' && isVowel(word[at + 2]) ? 2 : 1);
    case 'g':
      return letterG(word, at, other);
    case 'c':
      return letterC(word, at, other);
    case 'j':
      if (starts(word, at) && next === 'n') return one(other ? 'S' : 'K', 2);
      return sibilant(word, at, other);
    case 's':
    case 'z':
      return sibilant(word, at, other);
    case 'x':
      return letterX(word, at, other);
    case 'v':
    case 'w':
      return letterV(word, at, other);
    default:
      return silent;
  }
}

function start(word: string, other: boolean): string {
  if (isVowel(word[0]) || (other && word[0] === 'j' && isVowel(word[1]))) return 'A';
  return word[0] === 'h' && isVowel(word[1]) ? 'H' : '';
}

/** Whether some letter of a word has a second reading at all. */
export const hasSecond = /[vjx]|[kg]y|g[ei]|s[rh]|tr|dz|ch(?:$|\|)|ti[aeou]/;

/** The code of a word of letters a-z. `other` takes the second reading of the letters that have two. */
export function soundCode(word: string, other: boolean): string {
  let code = start(word, other);
  let last = '';
  for (let at = 0; at < word.length;) {
    if (isVowel(word[at])) {
      // Two equal sounds are one unless a vowel stands between.
      last = '';
      at++;
      continue;
    }
    const heard = hear(word, at, other);
    if (heard.code !== '' && heard.code !== last) code += heard.code;
    if (heard.code !== '') last = heard.code.at(-1)!;
    at += heard.length;
  }
  return code;
}

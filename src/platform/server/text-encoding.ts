// SPDX-License-Identifier: AGPL-3.0-or-later
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { Problem } from '../domain/problem.ts';

/** The encodings a text file may have. windows-874 is Thai; macintosh is Mac Roman. */
export const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-874', 'windows-1252', 'macintosh'] as const;
export type Encoding = (typeof encodings)[number];

export interface EncodingFound {
  readonly encoding: Encoding;
  /** Bytes of a byte-order mark at the start: 0, 2 or 3. */
  readonly markBytes: number;
  /** True when nothing in the file says so and the encoding was told from its letters. */
  readonly guessed: boolean;
}

const synonyms: Record<string, Encoding> = {
  utf8: 'utf-8',
  utf16: 'utf-16le',
  utf16le: 'utf-16le',
  utf16be: 'utf-16be',
  windows874: 'windows-874',
  cp874: 'windows-874',
  tis620: 'windows-874',
  iso885911: 'windows-874',
  windows1252: 'windows-1252',
  cp1252: 'windows-1252',
  latin1: 'windows-1252',
  iso88591: 'windows-1252',
  ascii: 'windows-1252',
  macintosh: 'macintosh',
  macroman: 'macintosh',
  mac: 'macintosh',
};

/** The encoding a person meant by `name` ("UTF8", "Mac Roman", "TIS-620"), or a `bad-mapping` problem that lists what there is. */
export function encodingNamed(name: string): Encoding {
  const found = synonyms[name.toLowerCase().replace(/[^a-z0-9]/g, '')];
  if (!found) throw new Problem('bad-mapping', `The encoding "${name}" is not one of ${encodings.join(', ')}.`);
  return found;
}

const singleByte = ['windows-874', 'windows-1252', 'macintosh'] as const;
const contextsWanted = 20_000;

/** Reads the file once and says how its text is encoded. Never holds more than one chunk of it. */
export async function detectEncoding(path: string, signal?: AbortSignal): Promise<EncodingFound> {
  const runs: Buffer[] = [];
  let utf8 = true,
    first = true,
    carry: Buffer = Buffer.alloc(0);
  let evenNul = 0,
    oddNul = 0,
    seen = 0;
  for await (const piece of createReadStream(path, {
    highWaterMark: pieceLength,
    ...(signal ? { signal } : {}),
  }) as AsyncIterable<Buffer>) {
    if (first) {
      first = false;
      const mark = byteOrderMark(piece);
      if (mark) return mark;
      for (let i = 0; i < Math.min(piece.length, 65_536); i++)
        if (piece[i] === 0) {
          if (i % 2) oddNul++;
          else evenNul++;
        }
      seen = Math.min(piece.length, 65_536);
      if (oddNul > seen / 5 && evenNul < oddNul / 10) return { encoding: 'utf-16le', markBytes: 0, guessed: true };
      if (evenNul > seen / 5 && oddNul < evenNul / 10) return { encoding: 'utf-16be', markBytes: 0, guessed: true };
    }
    const chunk = carry.length ? Buffer.concat([carry, piece]) : piece;
    const whole = utf8 ? wholeCharacters(chunk) : chunk.length;
    if (utf8 && !isUtf8(chunk.subarray(0, whole))) utf8 = false;
    carry = utf8 ? Buffer.from(chunk.subarray(whole)) : Buffer.alloc(0);
    if (runs.length < contextsWanted) collectRuns(chunk, runs);
  }
  if (utf8 && carry.length === 0) return { encoding: 'utf-8', markBytes: 0, guessed: false };
  return { encoding: mostPlausible(runs), markBytes: 0, guessed: true };
}

function byteOrderMark(head: Buffer): EncodingFound | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf-8', markBytes: 3, guessed: false };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', markBytes: 2, guessed: false };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', markBytes: 2, guessed: false };
  return undefined;
}

/** Length of the longest prefix that does not end within a UTF-8 character. */
function wholeCharacters(chunk: Buffer): number {
  for (let back = 1; back <= Math.min(3, chunk.length); back++) {
    const byte = chunk[chunk.length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needs > back ? chunk.length - back : chunk.length;
  }
  return chunk.length;
}

/** Keeps each run of bytes above 127 with one byte either side: enough to judge which letters they are. */
function collectRuns(chunk: Buffer, runs: Buffer[]): void {
  for (let i = 0; i < chunk.length && runs.length < contextsWanted; i++) {
    if (chunk[i]! < 0x80) continue;
    let end = i;
    while (end < chunk.length && chunk[end]! >= 0x80) end++;
    runs.push(Buffer.from(chunk.subarray(Math.max(0, i - 1), Math.min(chunk.length, end + 1))));
    i = end;
  }
}

/** A word of one alphabet speaks for an encoding; a bullet within a word, or a capital after a small letter, against it. */
function mostPlausible(runs: readonly Buffer[]): Encoding {
  let best: Encoding = 'windows-1252',
    bestScore = -Infinity;
  for (const encoding of singleByte) {
    const decoder = new TextDecoder(encoding);
    let score = 0;
    for (const run of runs) score += plausibility(decoder.decode(run));
    if (score > bestScore) {
      best = encoding;
      bestScore = score;
    }
  }
  return best;
}

function plausibility(text: string): number {
  const thai = text.match(/[\u0e01-\u0e5b]/g)?.length ?? 0;
  let score = thai >= 3 ? thai : -thai;
  if (thai > 0 && /[a-zA-Z][\u0e01-\u0e5b]|[\u0e01-\u0e5b][a-zA-Z]/.test(text)) score -= 2;
  const characters = [...text];
  characters.forEach((character, i) => {
    if (character.codePointAt(0)! < 0x80 || /[\u0e01-\u0e5b]/.test(character)) return;
    const before = characters[i - 1] ?? ' ',
      after = characters[i + 1] ?? ' ';
    const inWord = /\p{L}/u.test(before) && /\p{L}/u.test(after);
    if (/[\u0080-\u009f\ufffd]/.test(character)) score -= 5;
    else if (/\p{Lu}/u.test(character)) score += /\p{Ll}/u.test(before) ? -1 : 0.5;
    else if (/\p{L}|\p{M}/u.test(character)) score += /\p{L}/u.test(before + after) ? 1 : 0;
    else if (/[\u2018\u2019\u00b4]/.test(character)) score += 0.2;
    else if (inWord || /\p{L}/u.test(before)) score -= 1;
  });
  return score;
}

/** How people call them. */
export const encodingNames: Readonly<Record<Encoding, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16',
  'windows-874': 'windows-874',
  'windows-1252': 'windows-1252',
  macintosh: 'Mac Roman',
};

/** What stood outside ASCII in a text of one byte a letter: how much of it, and a few words to look at. */
export class OutsideAscii {
  letters = 0;
  readonly words: string[] = [];
  private pieces = 0;

  look(bytes: Buffer, text: string): void {
    const before = this.letters,
      first = this.pieces++ === 0,
      last = bytes.length < pieceLength;
    for (let i = 0; i < bytes.length; i++) if (bytes[i]! > 0x7f) this.letters++;
    if (before === this.letters) return;
    // oxlint-disable-next-line no-control-regex -- ASCII is what ends there
    for (const letter = /[^\x00-\x7f]/g; this.words.length < wordsKept;) {
      const found = letter.exec(text);
      if (!found) return;
      const from = /[^\s,;|"]*$/.exec(text.slice(Math.max(0, found.index - wordLength), found.index))![0],
        to = /^[^\s,;|"]*/.exec(text.slice(found.index, found.index + wordLength))![0];
      // A word that the end of a piece cuts in two is no example.
      const whole = (first || found.index > from.length) && (last || found.index + to.length < text.length);
      // A no-break space is no letter of a word; it must be passed all the same, or it would be found for ever.
      if (whole && to !== '' && !this.words.includes(from + to)) this.words.push(from + to);
      letter.lastIndex = found.index + Math.max(1, to.length);
    }
  }
}
const wordsKept = 3,
  wordLength = 30,
  pieceLength = 1 << 20;

/** The file's text as UTF-8 bytes, in pieces, without its byte-order mark. Invalid UTF-8 stays as it is; `seen` is told of other encodings' letters. */
export async function* utf8Pieces(path: string, found: EncodingFound, signal?: AbortSignal, seen?: OutsideAscii): AsyncGenerator<Buffer> {
  const source = createReadStream(path, {
    start: found.markBytes,
    highWaterMark: pieceLength,
    ...(signal ? { signal } : {}),
  }) as AsyncIterable<Buffer>;
  if (found.encoding === 'utf-8') {
    yield* source;
    return;
  }
  const decoder = new TextDecoder(found.encoding),
    oneByte = !found.encoding.startsWith('utf-');
  for await (const piece of source) {
    const text = decoder.decode(piece, { stream: true });
    if (oneByte) seen?.look(piece, text);
    yield Buffer.from(text, 'utf8');
  }
  const rest = decoder.decode();
  if (rest) yield Buffer.from(rest, 'utf8');
}

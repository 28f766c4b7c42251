// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash } from 'node:crypto';
import type { Share } from '../../domain/shamir.ts';
import { Refusal, exitCode } from '../../../platform/server/refusal.ts';

/** Without I, L, O and U: what is typed from paper is read as it was meant. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const [keyWord, shareWord] = ['WAYMARK-KEY-1', 'WAYMARK-SHARE-1'];
const keyBytes = 32,
  keyLetters = 52,
  idLetters = 8,
  checkLetters = 6;

/** A master key as a line that can be kept in a file, printed, and typed again: its number, the key, and a sum that finds a wrong letter. */
export function writeKey(id: string, key: Uint8Array): string {
  return line(keyWord, id, toLetters(key));
}

/** Null when the line is no key at all. A Refusal says what is wrong with one; it never repeats a letter of the key. */
export function readKey(text: string): { id: string; key: Buffer } | null {
  const body = bodyOf(text, keyWord);
  if (body === null) return null;
  checkLine(body, keyWord, keyLetters, 'key');
  return { id: body.slice(0, idLetters), key: fromLetters(body.slice(idLetters, idLetters + keyLetters)) };
}

export interface KeyShare extends Share {
  /** Of the key it is a part of. */
  readonly id: string;
  readonly needed: number;
}

export function writeShare({ id, needed, number, bytes }: KeyShare): string {
  return line(shareWord, id, pair(needed) + pair(number) + toLetters(bytes));
}

export function readShare(text: string): KeyShare | null {
  const body = bodyOf(text, shareWord);
  if (body === null) return null;
  checkLine(body, shareWord, 4 + keyLetters, 'share');
  const at = (from: number): number => letters.indexOf(body[from]!) * 32 + letters.indexOf(body[from + 1]!);
  return {
    id: body.slice(0, idLetters),
    needed: at(idLetters),
    number: at(idLetters + 2),
    bytes: fromLetters(body.slice(idLetters + 4, idLetters + 4 + keyLetters)),
  };
}

/** 40 bits as eight letters. */
export function letteredId(bytes: Uint8Array): string {
  return toLetters(bytes.subarray(0, 5)).slice(0, idLetters);
}

function line(word: string, id: string, rest: string): string {
  const groups = (id + rest + checkOf(word, id + rest)).match(/.{1,4}/g) ?? [];
  return `${word} ${groups.join('-')}`;
}

function bodyOf(text: string, word: string): string | null {
  const upper = text.trim().toUpperCase();
  if (!upper.startsWith(word)) return null;
  return upper.slice(word.length).replace(/[\s-]/g, '').replace(/[IL]/g, '1').replaceAll('O', '0');
}

function checkLine(body: string, word: string, middle: number, what: string): void {
  const refuse = (why: string): never => {
    throw new Refusal(`This is not a whole ${what} of Waymark: ${why}. Compare it with what was written down.`, {
      exitCode: exitCode.refused,
    });
  };
  const length = idLetters + middle + checkLetters;
  if (body.length !== length) refuse(`it has ${body.length} letters and digits after ${word}, not ${length}`);
  const strange = [...body].findIndex((letter) => !letters.includes(letter));
  if (strange >= 0) refuse(`the ${strange + 1}th letter after ${word} is none of those that are used`);
  if (checkOf(word, body.slice(0, -checkLetters)) !== body.slice(-checkLetters)) refuse('at least one letter or digit is wrong');
}

function checkOf(word: string, body: string): string {
  return toLetters(createHash('sha256').update(`${word} ${body}`).digest().subarray(0, 5)).slice(0, checkLetters);
}

const pair = (n: number): string => letters[n >> 5]! + letters[n & 31]!;

function toLetters(bytes: Uint8Array): string {
  let text = '',
    held = 0,
    bits = 0;
  for (const byte of bytes) {
    held = ((held & 0x1f) << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += letters[(held >> (bits - 5)) & 31];
  }
  return bits > 0 ? text + letters[(held << (5 - bits)) & 31] : text;
}

function fromLetters(text: string): Buffer {
  const bytes = Buffer.alloc(keyBytes);
  let held = 0,
    bits = 0,
    at = 0;
  for (const letter of text) {
    held = ((held & 0xff) << 5) | letters.indexOf(letter);
    bits += 5;
    if (bits >= 8) bytes[at++] = (held >> (bits -= 8)) & 0xff;
  }
  return bytes;
}

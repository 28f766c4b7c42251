// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Messages } from '@lingui/core';

const accented: Readonly<Record<string, string>> = {
  a: 'á',
  b: 'ƀ',
  c: 'ç',
  d: 'ð',
  e: 'é',
  f: 'ƒ',
  g: 'ĝ',
  h: 'ĥ',
  i: 'î',
  j: 'ĵ',
  k: 'ķ',
  l: 'ļ',
  m: 'ɱ',
  n: 'ñ',
  o: 'ö',
  p: 'þ',
  q: 'ǫ',
  r: 'ŕ',
  s: 'š',
  t: 'ţ',
  u: 'û',
  v: 'ṽ',
  w: 'ŵ',
  x: 'ẋ',
  y: 'ý',
  z: 'ž',
  A: 'Å',
  B: 'Ɓ',
  C: 'Ç',
  D: 'Ð',
  E: 'É',
  F: 'Ƒ',
  G: 'Ĝ',
  H: 'Ĥ',
  I: 'Î',
  J: 'Ĵ',
  K: 'Ķ',
  L: 'Ļ',
  M: 'Ṁ',
  N: 'Ñ',
  O: 'Ö',
  P: 'Þ',
  Q: 'Ǫ',
  R: 'Ŕ',
  S: 'Š',
  T: 'Ţ',
  U: 'Û',
  V: 'Ṽ',
  W: 'Ŵ',
  X: 'Ẋ',
  Y: 'Ý',
  Z: 'Ž',
};

function widen(text: string): string {
  return Array.from(text, (letter) => accented[letter] ?? letter).join('');
}

/** Right-to-left override around each word: reads backwards, so that text which was never translated stands out. */
function mirror(text: string): string {
  return text.replace(/\p{L}+/gu, (word) => `\u202e${word}\u202c`);
}

function change(node: unknown, how: (text: string) => string): unknown {
  if (typeof node === 'string') return how(node);
  if (!Array.isArray(node)) return node;
  // A compiled placeholder: [name], [name, kind], [name, 'plural', { one: [...], other: [...] }].
  const [name, kind, choices] = node as [string, string?, Record<string, unknown>?];
  if (typeof choices !== 'object') return node;
  const changed = Object.entries(choices).map(([key, value]) => [key, key === 'offset' ? value : changeAll(value, how)]);
  return [name, kind, Object.fromEntries(changed)];
}

function changeAll(message: unknown, how: (text: string) => string): unknown {
  if (typeof message === 'string') return how(message);
  return Array.isArray(message) ? message.map((node) => change(node, how)) : message;
}

/**
 * English made strange: longer and accented for left to right, mirrored for right to left. Placeholders stay as they are.
 * @param messages a compiled catalogue
 */
export function pseudoMessages(messages: Messages, direction: 'ltr' | 'rtl'): Messages {
  const how = direction === 'rtl' ? mirror : widen;
  const entries = Object.entries(messages).map(([id, message]) => {
    const changed = changeAll(message, how);
    if (direction === 'rtl') return [id, changed];
    const brackets = Array.isArray(changed) ? ['[', ...(changed as unknown[]), ' ~~]'] : `[${String(changed)} ~~]`;
    return [id, brackets];
  });
  return Object.fromEntries(entries) as Messages;
}

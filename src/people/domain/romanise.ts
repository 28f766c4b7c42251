// SPDX-License-Identifier: AGPL-3.0-or-later
import { romaniseBurmese } from './romanise-burmese.ts';
import { romaniseIndic } from './romanise-indic.ts';
import { romaniseKhmer } from './romanise-khmer.ts';
import { romaniseLao, romaniseThai } from './romanise-thai.ts';

/**
 * Letters of any script as plain Latin ones. The rules here read the six scripts of the field themselves, because a table of letters cannot
 * (vowels written before their consonant, silent letters, implied vowels, letters below letters); all else goes through this.
 */
export type Romanise = (text: string) => string;

const runs =
  /[\u0e00-\u0e7f]+|[\u0e80-\u0eff]+|[\u1000-\u109f]+|[\u1780-\u17ff]+|[\u0900-\u097f]+|[\u0980-\u09ff]+|[^\u0900-\u09ff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+/g;

function readRun(run: string, open: boolean, romanise: Romanise): string {
  const point = run.charCodeAt(0);
  if (point >= 0x0e00 && point <= 0x0e7f) return romaniseThai(run, open);
  if (point >= 0x0e80 && point <= 0x0eff) return romaniseLao(run, open);
  if (point >= 0x1000 && point <= 0x109f) return romaniseBurmese(run, open);
  if (point >= 0x1780 && point <= 0x17ff) return romaniseKhmer(run, open);
  if (point >= 0x0900 && point <= 0x097f) return romaniseIndic(run, open, 0x900);
  if (point >= 0x0980 && point <= 0x09ff) return romaniseIndic(run, open, 0x980);
  return romanise(run);
}

const plain = /^[a-z ]*$/;
const hasOwnRules = /[\u0900-\u09ff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]/;

function read(text: string, open: boolean, romanise: Romanise): string {
  if (!hasOwnRules.test(text)) return romanise(text);
  return (text.match(runs) ?? []).map((run) => readRun(run, open, romanise)).join('');
}

function lettersOnly(text: string): string {
  const lower = text.toLowerCase();
  return plain.test(lower) ? lower : lower.replace(/[^a-z ]+/g, '');
}

/**
 * One word in Latin letters, a-z only, in the one or two ways it can be read; the usual one comes first. Burmese, which writes its syllables
 * without spaces, comes back with a space between them.
 */
export function readings(word: string, romanise: Romanise): [string] | [string, string] {
  if (/^[a-z]+$/.test(word)) return [word];
  const usual = lettersOnly(read(word, false, romanise));
  if (!hasOwnRules.test(word)) return [usual];
  const other = lettersOnly(read(word, true, romanise));
  return other === usual ? [usual] : [usual, other];
}

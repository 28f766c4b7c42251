// SPDX-License-Identifier: AGPL-3.0-or-later
import { fold } from '../../platform/domain/fold.ts';

const wordSet = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/));

/** Words that are no part of a name wherever they stand, in each script, folded. A name made of nothing else keeps them. */
const honorifics = wordSet(
  `mr mrs ms miss mister dr prof madam dek dekchai dekying nangsao naang
  นาย นาง นางสาว เด็กชาย เด็กหญิง ดช ดญ นส คุณ ดร สามเณร ທ້າວ ທ່ານ លោក លោកស្រី អ្នកស្រី ဒေါ် daw
  shri shrimati srimati श्री श्रीमती सुश्री
  md mohd mst mosammat musammat mosammot begum bibi janab মোঃ মো মোছাঃ মোসাঃ মোছা মোসা মোছাম্মৎ মোসাম্মৎ বেগম বিবি জনাব শ্রীমতী ডাঃ`,
);

/** Titles that are common words of names as well: dropped only in front of two more. */
const titlesInFront = wordSet(
  'u ko ma maung saw naw sai nan nai nang khun phra sri thao lok neak sir ဦး ကို မ မောင် စော နော် စိုင်း နန်း นาง พระ ນາງ កញ្ញា អ្នក শ্রী',
);

/** Middle names of half of Vietnam; as a last word they are somebody's own name. */
const middles = wordSet('thi van văn thị de del dela');

/** Words that half a country bears: they say little of who somebody is, and count only where there is nothing else. */
const fillers = wordSet(
  `bahadur bdr kumar kumari kumaree prasad bahadoor बहादुर कुमार कुमारी प्रसाद
  mohammad mohammed muhammad mohamed mohamad mohamud muhammed muh মোহাম্মদ মুহাম্মদ
  khatun akter akhter aktar banu খাতুন আক্তার আখতার বানু binti`,
);

// Written to the name without a space between: นายสมชาย, နောင် ... and only where enough of a name follows.
const attached =
  /^(?:นางสาว|เด็กชาย|เด็กหญิง|ด\.ช\.|ด\.ญ\.|น\.ส\.|นาย(?=[ก-ฮเ-ไ][ก-๎]{2})|นาง(?=[ก-ฮเ-ไ][ก-๎]{3})|ທ້າວ|ນາງສາວ|ဒေါ်(?=[က-အ].)|ဦး(?=[က-အ].))\s*/u;

/** Written as one word by some, as two by others. */
const compounds: readonly (readonly [pattern: RegExp, apart: string])[] = [
  [/(?<=\S{2})(?=(?:bahadur|kumari?|prasad|बहादुर|कुमारी?|प्रसाद)(?: |$))/gu, ' '],
  [/(?<=(?:^| )(?:abd[uea][lrs]|dela))(?=[a-z]{4})/gu, ' '],
];

const mayBeCompound = /bahadur|kumar|prasad|abd|dela|बहादुर|कुमा|प्रसाद/;

/** A name with nothing before it, folded: one case, no accents on Latin letters, no punctuation, single spaces. */
export function foldName(name: string): string {
  if (/^[a-z ]*$/i.test(name)) return name.toLowerCase().replace(/ +/g, ' ').trim();
  return fold(
    name
      .replace(/[\u200b-\u200f\u2060\ufeff]/g, '')
      .trim()
      .replace(attached, ''),
  );
}

/**
 * The words of a name, folded, honorifics left out, in the order they are written; `telling` are those that few share. Both have a word at
 * least where the name has one.
 */
export function nameTokens(name: string): { readonly words: readonly string[]; readonly telling: readonly string[] } {
  const folded = foldName(name);
  const apart = mayBeCompound.test(folded)
    ? compounds.reduce((text, [pattern, between]) => text.replace(pattern, between), folded)
    : folded;
  const all = apart.split(' ').filter((word) => word !== '');
  const plain = all.filter((word) => !honorifics.has(word));
  const words = plain.length === 0 ? all : plain.length > 2 && titlesInFront.has(plain[0]!) ? plain.slice(1) : plain;
  const telling = words.filter((word, at) => !fillers.has(word) && (at === words.length - 1 || !middles.has(word)));
  return { words, telling: telling.length === 0 ? words : telling };
}

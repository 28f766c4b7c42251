// SPDX-License-Identifier: AGPL-3.0-or-later

/** Languages of the field, each in its own words: what somebody speaks, and what her name is written in. */
export const spokenLanguages: readonly { readonly code: string; readonly name: string }[] = [
  { code: 'th', name: 'ไทย' },
  { code: 'km', name: 'ខ្មែរ' },
  { code: 'lo', name: 'ລາວ' },
  { code: 'my', name: 'မြန်မာ' },
  { code: 'shn', name: 'လိၵ်ႈတႆး' },
  { code: 'vi', name: 'Tiếng Việt' },
  { code: 'bn', name: 'বাংলা' },
  { code: 'ar', name: 'العربية' },
  { code: 'ms', name: 'Bahasa Melayu' },
  { code: 'en', name: 'English' },
];

const latin = new Set(['en', 'vi', 'ms']);

/** The language a name is written in, as a page and a screen reader need to know it: Thai in Latin letters is `th-Latn`. */
export function writtenIn(language: string, name: string): string {
  const [base = 'en'] = language.split('-');
  return !latin.has(base) && /^[\p{Script=Latin}\p{P}\s]+$/u.test(name) ? `${base}-Latn` : base;
}

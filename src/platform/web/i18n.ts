// SPDX-License-Identifier: AGPL-3.0-or-later
import { setupI18n, type I18n, type Messages } from '@lingui/core';
import { signal } from '@preact/signals';
import { khmerDates, type DateWords } from './khmer-dates.ts';

/** A language of the screens. The two pseudo languages find words that were left out of the catalogue and layouts that lean to the left. */
export interface Language {
  readonly code: string;
  /** In its own words. */
  readonly name: string;
  readonly direction: 'ltr' | 'rtl';
  /** What dates and numbers are written by. */
  readonly format: string;
  readonly pseudo: boolean;
  /** Its own words for dates, where browsers cannot be trusted to have them. */
  readonly dates?: DateWords;
}

export const languages: readonly Language[] = [
  { code: 'en', name: 'English', direction: 'ltr', format: 'en-GB', pseudo: false },
  { code: 'th', name: 'ไทย', direction: 'ltr', format: 'th-TH', pseudo: false },
  // Figures as in English, in Latin digits: so stand they in files, printed lists and codes of places, and a browser without Khmer writes the same.
  { code: 'km', name: 'ខ្មែរ', direction: 'ltr', format: 'en-GB', pseudo: false, dates: khmerDates },
  { code: 'en-XA', name: 'Pseudo-English', direction: 'ltr', format: 'en-GB', pseudo: true },
  { code: 'ar-XB', name: 'Pseudo-Arabic', direction: 'rtl', format: 'en-GB', pseudo: true },
];

export type Loaders = Readonly<Record<string, () => Promise<{ messages: Messages }>>>;

const english = languages[0] as Language;
const core = setupI18n();
const current = signal<Language>(english);
let loaders: Loaders = {};

/**
 * What the macros call. Reading it inside a component ties the component to the language: it repaints when that changes,
 * and nothing else on the page (what is typed, scrolled or open) is lost.
 */
export const i18n: Pick<I18n, '_' | 't'> = {
  _: ((...args: Parameters<I18n['_']>) => {
    void current.value;
    return core._(...args);
  }) as I18n['_'],
  t: ((...args: Parameters<I18n['_']>) => {
    void current.value;
    return core._(...args);
  }) as I18n['t'],
};

/** The language of the screens now; reading it in a component subscribes the component. */
export function language(): Language {
  return current.value;
}

/** The language asked for, or the nearest one there is: `th-TH` gives `th`, anything unknown English. Pseudo languages only by their full code. */
export function findLanguage(wanted: string | null | undefined): Language {
  if (!wanted) return english;
  const exact = languages.find((each) => each.code.toLowerCase() === wanted.toLowerCase());
  const base = wanted.toLowerCase().split('-')[0];
  return exact ?? languages.find((each) => !each.pseudo && each.code === base) ?? english;
}

/** The app says where the catalogues are, once, before the first `speak`. */
export function setCatalogues(catalogues: Loaders): void {
  loaders = catalogues;
}

/** Changes the language of everything on screen. @throws when the catalogue cannot be fetched; the old language then stays. */
export async function speak(code: string): Promise<void> {
  const wanted = findLanguage(code);
  const source = wanted.pseudo ? 'en' : wanted.code;
  const catalogue = await loaders[source]?.();
  if (!catalogue) throw new Error(`no catalogue for ${source}`);
  const messages = wanted.pseudo ? (await import('./pseudo.ts')).pseudoMessages(catalogue.messages, wanted.direction) : catalogue.messages;
  core.loadAndActivate({ locale: wanted.pseudo ? 'en' : wanted.code, locales: [wanted.format], messages });
  document.documentElement.lang = wanted.code;
  document.documentElement.dir = wanted.direction;
  current.value = wanted;
}

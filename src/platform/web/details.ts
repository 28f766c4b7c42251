// SPDX-License-Identifier: AGPL-3.0-or-later
import { signal } from '@preact/signals';
import { language } from './i18n.ts';

/** English sentences of the server beside the same in another language; `{}` stands for what is named in them. */
export type Details = readonly (readonly [english: string, other: string])[];

interface Pattern {
  readonly fits: RegExp;
  readonly other: string;
}

const tables = signal<Readonly<Record<string, readonly Pattern[]>>>({});
const asked = new Set<string>();
let loaders: Readonly<Record<string, () => Promise<{ readonly details: Details }>>> = {};

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Longer sentences first: a short pattern with a hole in it would swallow them. */
export function patternsOf(details: Details): readonly Pattern[] {
  return [...details]
    .sort((a, b) => b[0].length - a[0].length)
    .map(([english, other]) => ({ fits: new RegExp(`^${english.split('{}').map(escaped).join('([\\s\\S]+?)')}$`), other }));
}

function once(patterns: readonly Pattern[], text: string): string | undefined {
  for (const { fits, other } of patterns) {
    const found = fits.exec(text);
    if (!found) continue;
    let next = 1;
    return other.replace(/\{(\d*)\}/g, (_, number: string) => found[number ? Number(number) : next++] ?? '');
  }
  return undefined;
}

/** A sentence, or several joined by semicolons, in other words; what has none there stays as it is. */
export function reworded(patterns: readonly Pattern[], text: string): string {
  return (
    once(patterns, text) ??
    text
      .split('; ')
      .map((part) => once(patterns, part) ?? part)
      .join('; ')
  );
}

/** The app says where the sentences of each language are, once. They are fetched when the first one is shown. */
export function setDetails(languages: typeof loaders): void {
  loaders = languages;
}

/** What the server said in English about something in particular, in the reader's language as far as there are words for it. Reading it in a component subscribes it. */
export function inReadersWords(text: string): string {
  const { code } = language(),
    patterns = tables.value[code];
  if (patterns) return reworded(patterns, text);
  const load = loaders[code];
  if (load && !asked.has(code)) {
    asked.add(code);
    // Without the words the English stands: better read with a dictionary than not at all.
    load().then(
      ({ details }) => {
        tables.value = { ...tables.value, [code]: patternsOf(details) };
      },
      () => asked.delete(code),
    );
  }
  return text;
}

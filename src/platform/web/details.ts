// SPDX-License-Identifier: AGPL-3.0-or-later
import { signal } from '@preact/signals';
import { patternsOf, reworded, type Details, type Pattern } from '../domain/rewording.ts';
import { language } from './i18n.ts';

const tables = signal<Readonly<Record<string, readonly Pattern[]>>>({});
const asked = new Set<string>();
let loaders: Readonly<Record<string, () => Promise<{ readonly details: Details }>>> = {};

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

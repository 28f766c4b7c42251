// SPDX-License-Identifier: AGPL-3.0-or-later
import { fileURLToPath } from 'node:url';
import { createCompiledCatalog, getCatalogs } from '@lingui/cli/api';
import { getConfig } from '@lingui/conf';
import { beforeAll, describe, expect, test } from 'vitest';
import { languages } from './i18n.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

interface Entry {
  readonly translation?: string;
  readonly message?: string;
  readonly obsolete?: boolean;
}
type Words = Readonly<Record<string, Entry>>;

/** Names inside braces, so that a translation can be held against its original. */
/** The word of a form, such as `=0 {alone}`, is no placeholder. */
const placeholders = (text: string): string[] =>
  [
    ...new Set(
      Array.from(
        text.replaceAll(/(?:=\d+|\b(?:zero|one|two|few|many|other)) \{/g, '').matchAll(/\{\s*([A-Za-z0-9_]+)\s*[,}]/g),
        ([, name = '']) => name,
      ),
    ),
  ].sort();

/** Every language but English, by the letters it is written in: add yours here. */
const letters: Readonly<Record<string, RegExp>> = { th: /[\u0e00-\u0e7f]/, km: /[\u1780-\u17ff]/ };

/** What is left in front of a reader's eyes: no placeholders, no forms of plurals. */
const shown = (text: string): string =>
  text.replaceAll(/\{\w+, (?:plural|select|selectordinal),|\{\w+\}|(?:=\d+|zero|one|two|few|many|other) \{/g, '');

async function openCatalogue() {
  const [catalogue] = await getCatalogs(getConfig({ cwd: root, configPath: `${root}lingui.config.ts` }));
  if (!catalogue) throw new Error('lingui.config.ts names no catalogue');
  return catalogue;
}

describe('the words on screen', () => {
  let en: Words;
  let inCode: Words;
  beforeAll(async () => {
    const catalogue = await openCatalogue();
    en = (await catalogue.read('en')) as Words;
    inCode = (await catalogue.collect()) as Words;
  });

  test('every language of the screens has a catalogue, and every catalogue is a language of the screens', () => {
    const spoken = languages.filter(({ pseudo }) => !pseudo).map(({ code }) => code);
    expect(getConfig({ cwd: root, configPath: `${root}lingui.config.ts` }).locales).toEqual(spoken);
    expect(['en', ...Object.keys(letters)]).toEqual(spoken);
  });

  test('the catalogue holds what the code says, no less and no more', () => {
    expect(Object.keys(inCode).length).toBeGreaterThan(100);
    const added = Object.keys(inCode)
      .filter((id) => !en[id] || en[id].obsolete)
      .map((id) => inCode[id]?.message);
    const gone = Object.keys(en)
      .filter((id) => !inCode[id])
      .map((id) => en[id]?.message);
    expect({ added, gone }, 'run `npm run messages`, then translate').toEqual({ added: [], gone: [] });
  });

  describe.each(Object.entries(letters))('in %s', (code, own) => {
    let said: [original: string, translation: string][];
    beforeAll(async () => {
      const words = (await (await openCatalogue()).read(code)) as Words;
      said = Object.keys(en).map((id) => [en[id]?.message ?? id, words[id]?.obsolete ? '' : (words[id]?.translation ?? '')]);
    });

    test('every message has its words', () => {
      const missing = said.filter(([, translation]) => !translation).map(([original]) => original);
      expect(missing, `translate these in src/app/locales/${code}.po`).toEqual([]);
    });

    test('a translation holds the same placeholders as its original, and can be read as a message', () => {
      const wrong = said.filter(([original, translation]) => placeholders(original).join() !== placeholders(translation).join());
      expect(wrong).toEqual([]);
      expect(createCompiledCatalog(code, Object.fromEntries(said), {}).errors).toEqual([]);
    });

    test('is written in its own letters', () => {
      // Names, formats and figures may stay as they are.
      const latinOnly = said.filter(([, translation]) => /[a-z]{4}/i.test(shown(translation)) && !own.test(translation));
      expect(latinOnly.map(([, translation]) => translation).filter((text) => !/^(GeoJSON|Waymark|CSV|Excel|XLSX)/.test(text))).toEqual([]);
    });
  });
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import { fileURLToPath } from 'node:url';
import { getCatalogs } from '@lingui/cli/api';
import { getConfig } from '@lingui/conf';
import { beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

interface Entry {
  readonly translation?: string;
  readonly message?: string;
  readonly obsolete?: boolean;
}
type Words = Readonly<Record<string, Entry>>;

/** Names inside braces, so that a translation can be held against its original. */
const placeholders = (text: string): string[] =>
  [...new Set(Array.from(text.matchAll(/\{\s*([A-Za-z0-9_]+)\s*[,}]/g), ([, name = '']) => name))].sort();

async function openCatalogue() {
  const [catalogue] = await getCatalogs(getConfig({ cwd: root, configPath: `${root}lingui.config.ts` }));
  if (!catalogue) throw new Error('lingui.config.ts names no catalogue');
  return catalogue;
}

describe('the words on screen', () => {
  let en: Words;
  let th: Words;
  let inCode: Words;
  beforeAll(async () => {
    const catalogue = await openCatalogue();
    [en, th] = [(await catalogue.read('en')) as Words, (await catalogue.read('th')) as Words];
    inCode = (await catalogue.collect()) as Words;
  });

  test('every message has its Thai', () => {
    const missing = Object.entries(th)
      .filter(([, entry]) => !entry.obsolete && !entry.translation)
      .map(([id, entry]) => entry.message ?? id);
    expect(missing, 'translate these in src/app/locales/th.po').toEqual([]);
  });

  test('the catalogue holds what the code says, no less and no more', () => {
    expect(Object.keys(inCode).length).toBeGreaterThan(100);
    const added = Object.keys(inCode)
      .filter((id) => !th[id] || th[id].obsolete)
      .map((id) => inCode[id]?.message);
    const gone = Object.keys(en)
      .filter((id) => !inCode[id])
      .map((id) => en[id]?.message);
    expect({ added, gone }, 'run `npm run messages`, then translate').toEqual({ added: [], gone: [] });
  });

  test('a translation holds the same placeholders as its original', () => {
    const wrong = Object.entries(th)
      .filter(([, entry]) => entry.translation && !entry.obsolete)
      .filter(([id, entry]) => placeholders(entry.message ?? id).join() !== placeholders(entry.translation ?? '').join())
      .map(([id, entry]) => `${entry.message ?? id} -> ${entry.translation}`);
    expect(wrong).toEqual([]);
  });

  test('a language that has its own marks is written in its own letters', () => {
    // Names, formats and figures may stay as they are.
    const latinOnly = Object.entries(th).filter(
      ([, entry]) =>
        !entry.obsolete &&
        entry.translation &&
        /[a-z]{4}/i.test(entry.translation.replace(/\{[^}]*\}/g, '')) &&
        !/[\u0e00-\u0e7f]/.test(entry.translation),
    );
    expect(latinOnly.map(([, entry]) => entry.translation).filter((text) => !/^(GeoJSON|Waymark|CSV|Excel|XLSX)/.test(text ?? ''))).toEqual(
      [],
    );
  });
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { requestStates } from '../src/people/domain/request.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Actions that code puts together, and what they may become. */
const putTogether: Readonly<Record<string, readonly string[]>> = {
  'requests.${decision}': requestStates.filter((state) => state !== 'open').map((state) => `requests.${state}`),
  'requests.${state}': ['requests.withdrawn', 'requests.done'],
  'consent.${act}': ['consent.given', 'consent.refused', 'consent.withdrawn'],
};

function* sources(folder: string, ends: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    if (entry.isFile() && entry.name.endsWith(ends) && !entry.name.includes('.test.'))
      yield readFileSync(join(entry.parentPath, entry.name), 'utf8');
}

const code = String.raw`[a-z]+\.[a-z\-]*(?:\$\{\w+\})?`;
/** `action: 'room.verb'`, `const action = a ? 'room.verb' : ...`: whatever is written there up to the next property. */
const inCode = /\baction\s*[:=]\s*([^,;]*?['"`][^,;]*)/g;
const literal = new RegExp(`['"\`](${code})['"\`]`, 'g');
/** A migration that writes into the record itself. */
const inSql = /insert into (?:waymark\.)?audit_entry\b[^;]*/g;

function written(): Set<string> {
  const found = new Set<string>();
  const take = (passage: string) => {
    for (const [, action = ''] of passage.matchAll(literal)) for (const each of putTogether[action] ?? [action]) found.add(each);
  };
  for (const text of sources('src', '.ts')) for (const [passage] of text.matchAll(inCode)) take(passage);
  for (const text of sources('db/migrations', '.sql')) for (const [passage] of text.matchAll(inSql)) take(passage);
  return found;
}

describe('what the record of use holds', () => {
  it('has words for every action that code writes, on the screen and in the list to choose from', () => {
    const all = written();
    expect(all.size).toBeGreaterThan(80);
    expect([...all]).toEqual(
      expect.arrayContaining(['erasure.done', 'retention.tidied', 'requests.refused', 'consent.given', 'imports.try', 'accounts.disable']),
    );
    const words = readFileSync(join(root, 'src/audit/web/action-words.ts'), 'utf8');
    const said = new Set([...words.matchAll(/^ {2}'([a-z.-]+)': \(\) => t`/gm)].map(([, action = '']) => action));
    expect([...all].filter((action) => !said.has(action)).sort(), 'say these in src/audit/web/action-words.ts').toEqual([]);
  });
  it('knows what every action that is put together may become: say new ones above', () => {
    const text = [...sources('src', '.ts')].join('\n');
    const open = [...text.matchAll(inCode)].flatMap(([passage]) => [...passage.matchAll(literal)].map(([, action = '']) => action));
    expect(open.filter((action) => action.includes('${') && !putTogether[action])).toEqual([]);
  });
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { patternsOf, reworded } from '../../platform/web/details.ts';
import { details } from '../locales/details-th.ts';

const thai = patternsOf(details);
const source = fileURLToPath(new URL('../../', import.meta.url));

/** What is said of a mapping or of a request is for whoever writes programs and mappings, who read English terms anyway. */
const forProgrammers = ['bad-mapping', 'bad-input', 'internal'];

/** Every sentence that a Problem is thrown with in so many words, holes as `{}`. */
function thrown(): string[] {
  const found = new Set<string>();
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts') || entry.name.includes('.test.')) continue;
    for (const [, code = '', plain, template] of readFileSync(join(entry.parentPath, entry.name), 'utf8').matchAll(
      /new Problem\(\s*'([a-z-]+)',\s*(?:'((?:[^'\\]|\\.)*)'|`((?:[^`\\$]|\\.|\$\{[^{}]*\})*)`)/g,
    )) {
      if (!forProgrammers.includes(code)) found.add((plain ?? template ?? '').replaceAll("\\'", "'").replaceAll(/\$\{[^{}]*\}/g, '{}'));
    }
  }
  return [...found];
}

describe('what the server says in particular', () => {
  it('is said in Thai, with what it names in place', () => {
    expect(reworded(thai, 'Row 12 has 40 columns; at most 30 can be read.')).toBe('แถว 12 มี 40 คอลัมน์ อ่านได้ไม่เกิน 30 คอลัมน์');
    expect(reworded(thai, 'poor_households: 48 of 37 is more than all; the row has no date')).toBe(
      'poor_households: 48 จาก 37 มากกว่าทั้งหมด; แถวนี้ไม่มีวันที่',
    );
    expect(reworded(thai, 'A sentence nobody foresaw.')).toBe('A sentence nobody foresaw.');
  });
  it.each(details)('%s', (english, other) => {
    const holes = (text: string) => text.match(/\{\d*\}/g)?.length ?? 0;
    expect(holes(other)).toBe(holes(english));
    expect(other).toMatch(/[\u0E00-\u0E7F]|^\{/);
    // Found again by itself, and not swallowed by the hole of another.
    expect(reworded(thai, english.replaceAll('{}', 'x'))).toBe(other.replaceAll('{}', 'x'));
  });
  it('leaves no refusal without words: say new ones in src/app/locales/details-th.ts', () => {
    const all = thrown();
    expect(all.length).toBeGreaterThan(40);
    expect(all.filter((text) => reworded(thai, text.replaceAll('{}', 'x')) === text.replaceAll('{}', 'x'))).toEqual([]);
  });
});

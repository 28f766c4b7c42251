// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rejectedRowsIn } from './rejected-file.ts';
import { Rejections } from './rejections.ts';

describe('The list of rejected rows', () => {
  const details = [
    ['heading: file', 'ไฟล์'],
    ['heading: row', 'แถว'],
    ['heading: column', 'คอลัมน์'],
    ['heading: code', 'รหัส'],
    ['heading: reason', 'เหตุผล'],
    ['the code is empty', 'ไม่มีรหัส'],
    ['"{}" is not a number', '"{}" ไม่ใช่ตัวเลข'],
  ] as const;
  const words = { th: () => Promise.resolve({ details }) };
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waymark-rejected-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function written(reasons: readonly string[], language: string): Promise<string> {
    const path = join(folder, uuidv7());
    const rejections = new Rejections(path);
    for (const [i, reason] of reasons.entries()) await rejections.add({ file: 'a, "b".csv', row: i + 2, column: '=x', code: null, reason });
    await rejections.close();
    let text = '';
    for await (const piece of await rejectedRowsIn(path, language, words)) text += String(piece);
    return text;
  }

  it('says its heads and reasons in the language of its reader, and keeps the codes that programs go by', async () => {
    const lines = (await written(['the code is empty', '"a""\nb" is not a number', 'nobody foresaw this'], 'th')).split('\r\n');
    expect(lines[0]).toBe('\uFEFFไฟล์,แถว,คอลัมน์,รหัส,เหตุผล,reason_code');
    expect(lines[1]).toBe('"a, ""b"".csv",2,\'=x,,ไม่มีรหัส,code-empty');
    expect(lines[2]).toBe('"a, ""b"".csv",3,\'=x,,"""a""""\nb"" ไม่ใช่ตัวเลข",not-a-number');
    expect(lines[3]).toBe('"a, ""b"".csv",4,\'=x,,nobody foresaw this,other');
  });

  it('is English where there are no words in the language, and the same in every length', async () => {
    expect(await written(['the code is empty'], 'km')).toBe(
      '\uFEFFfile,row,column,code,reason,reason_code\n"a, ""b"".csv",2,\'=x,,the code is empty,code-empty\n',
    );
    expect(await written(['the code is empty'], 'constructor')).toContain('the code is empty');
    const many = (
      await written(
        Array.from({ length: 3_000 }, (_, i) => `"${'"'.repeat(i % 40)}${i}" is not a number`),
        'th',
      )
    )
      .trimEnd()
      .split('\r\n');
    expect(many).toHaveLength(3_001);
    many
      .slice(1)
      .forEach((line, i) => expect(line).toBe(`"a, ""b"".csv",${i + 2},'=x,,"""${'""'.repeat(i % 40)}${i}"" ไม่ใช่ตัวเลข",not-a-number`));
  });
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { testFolder } from '../../../test/support/folder.ts';
import { openTable } from './tabular.ts';

const folder = testFolder('waymark-sheets-');
const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships',
  main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const parts: Readonly<Record<string, string>> = {
  '[Content_Types].xml': `${head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
  'xl/workbook.xml': `${head}<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="Villages" sheetId="1" r:id="rId1"/><sheet name="Notes" sheetId="2" r:id="rId2"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `${head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${[1, 2].map((n) => `<Relationship Id="rId${n}" Type="${office}/worksheet" Target="worksheets/sheet${n}.xml"/>`).join('')}</Relationships>`,
  'xl/sharedStrings.xml': `${head}<sst xmlns="${main}" count="3" uniqueCount="3"><si><t>code</t></si><si><t>name</t></si><si><t>Ban Nam</t></si></sst>`,
  'xl/worksheets/sheet1.xml': `${head}<worksheet xmlns="${main}"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>0101</t></is></c><c r="B2" t="s"><v>2</v></c></row></sheetData></worksheet>`,
  'xl/worksheets/sheet2.xml': `${head}<worksheet xmlns="${main}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>other</t></is></c></row></sheetData></worksheet>`,
  'xl/media/image1.png': 'not looked at',
};

/** Packs parts in the order given; `form` says how sizes are written down. */
function pack(names: readonly string[], form: 'plain' | 'after' | 'zip64'): Buffer {
  const out: Buffer[] = [],
    list: Buffer[] = [];
  let at = 0;
  const put = (...pieces: Buffer[]): void => {
    for (const piece of pieces) {
      out.push(piece);
      at += piece.length;
    }
  };
  for (const name of names) {
    const content = Buffer.from(parts[name] ?? ''),
      packed = deflateRawSync(content),
      label = Buffer.from(name),
      offset = at;
    const big = form === 'zip64',
      later = form === 'after';
    const sizes = Buffer.alloc(12);
    sizes.writeUInt32LE(crc32(content), 0);
    sizes.writeUInt32LE(big ? 0xffffffff : packed.length, 4);
    sizes.writeUInt32LE(big ? 0xffffffff : content.length, 8);
    const extra = Buffer.alloc(big ? 28 : 0);
    if (big) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(24, 2);
      extra.writeBigUInt64LE(BigInt(content.length), 4);
      extra.writeBigUInt64LE(BigInt(packed.length), 12);
      extra.writeBigUInt64LE(BigInt(offset), 20);
    }
    const local = Buffer.alloc(30),
      central = Buffer.alloc(46);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(big ? 45 : 20, 4);
    local.writeUInt16LE(later ? 8 : 0, 6);
    local.writeUInt16LE(8, 8);
    if (!later) sizes.copy(local, 14);
    local.writeUInt16LE(label.length, 26);
    local.writeUInt16LE(extra.length, 28);
    put(local, label, extra, packed);
    if (later) put(Buffer.from('504b0708', 'hex'), sizes);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(later ? 8 : 0, 8);
    central.writeUInt16LE(8, 10);
    sizes.copy(central, 16);
    central.writeUInt16LE(label.length, 28);
    central.writeUInt16LE(extra.length, 30);
    central.writeUInt32LE(big ? 0xffffffff : offset, 42);
    list.push(Buffer.concat([central, label, extra]));
  }
  const start = at,
    bytes = Buffer.concat(list);
  put(bytes);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  if (form === 'zip64') {
    const record = Buffer.alloc(56),
      locator = Buffer.alloc(20),
      where = at;
    record.writeUInt32LE(0x06064b50, 0);
    record.writeBigUInt64LE(44n, 4);
    for (const [value, place] of [
      [names.length, 24],
      [names.length, 32],
      [bytes.length, 40],
      [start, 48],
    ] as const)
      record.writeBigUInt64LE(BigInt(value), place);
    locator.writeUInt32LE(0x07064b50, 0);
    locator.writeBigUInt64LE(BigInt(where), 8);
    locator.writeUInt32LE(1, 16);
    put(record, locator);
    end.fill(0xff, 8, 20);
  } else {
    end.writeUInt16LE(names.length, 8);
    end.writeUInt16LE(names.length, 10);
    end.writeUInt32LE(bytes.length, 12);
    end.writeUInt32LE(start, 16);
  }
  put(end);
  return Buffer.concat(out);
}

const names = Object.keys(parts);
const orders: Readonly<Record<string, readonly string[]>> = {
  'as most programs write it': names,
  'with the sheets first': [...names].sort((a, b) => Number(b.includes('sheet')) - Number(a.includes('sheet'))),
  backwards: [...names].reverse(),
  'without shared texts': names.filter((name) => name !== 'xl/sharedStrings.xml'),
};

describe('A spreadsheet', () => {
  it.each(
    Object.entries(orders).flatMap(([order, list]) => (['plain', 'after', 'zip64'] as const).map((form) => [order, form, list] as const)),
  )('%s, sizes %s, is read', async (order, form, list) => {
    const path = join(folder, `${order}-${form}.xlsx`);
    writeFileSync(path, pack(list, form));
    for (const sheet of [undefined, 'Villages', 1]) {
      const table = await openTable(path, { sheet });
      if (order !== 'without shared texts')
        expect([table.columns(), await table.preview(5)]).toEqual([['code', 'name'], [{ row: 2, cells: ['0101', 'Ban Nam'] }]]);
      expect(table.notes).toContain('The sheet "Villages" was read.');
      await table.close();
    }
    const notes = await openTable(path, { sheet: 'Notes' });
    expect(notes.columns()).toEqual(['other']);
    await notes.close();
  });

  it('of the large form that lies about where things are is refused, not followed', async () => {
    const whole = pack(names, 'zip64');
    const record = whole.lastIndexOf('PK\x06\x06', undefined, 'latin1'),
      locator = whole.lastIndexOf('PK\x06\x07', undefined, 'latin1');
    const lies: readonly [number, bigint][] = [
      [record + 32, 9_999_999n],
      [record + 40, 1n << 50n],
      [record + 48, 1n << 60n],
      [locator + 8, 1n << 40n],
      [locator + 8, 5n],
    ];
    for (const [at, value] of lies) {
      const bad = Buffer.from(whole);
      bad.writeBigUInt64LE(value, at);
      const path = join(folder, 'lie.xlsx');
      writeFileSync(path, bad);
      await expect(openTable(path)).rejects.toMatchObject({ code: 'unreadable-file', at: { file: 'lie.xlsx' } });
    }
    for (let cut = 0; cut < whole.length; cut += 97) {
      writeFileSync(join(folder, 'cut.xlsx'), whole.subarray(0, cut));
      await expect(openTable(join(folder, 'cut.xlsx'))).rejects.toMatchObject({ code: 'unreadable-file' });
    }
  });
});

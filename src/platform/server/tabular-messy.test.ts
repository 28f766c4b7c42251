// SPDX-License-Identifier: AGPL-3.0-or-later
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sharedData } from '../../../test/support/shared-data.ts';
import { testFolder } from '../../../test/support/folder.ts';
import { openTable, type TableOptions, type TableRow } from './tabular.ts';

const folder = testFolder('waymark-tables-');
let made = 0;

function file(content: string | Uint8Array, name = 'list.csv'): string {
  const path = join(folder, `${++made}-${name}`);
  writeFileSync(path, content);
  return path;
}

async function read(
  content: string | Uint8Array,
  options: TableOptions = {},
): Promise<{ columns: readonly string[]; rows: TableRow[]; notes: readonly string[]; bad: readonly object[] }> {
  const table = await openTable(file(content), { fileName: 'list.csv', ...options });
  try {
    const rows: TableRow[] = [];
    for await (const batch of table.rows()) rows.push(...batch);
    expect(rows).toHaveLength(table.rowCount);
    return { columns: table.columns(), rows, notes: table.notes, bad: table.badRows };
  } finally {
    await table.close();
  }
}

const problem = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no problem',
    (error: unknown) => error,
  );

describe('A coordinator opens a list that somebody else made', () => {
  it.each([
    ['\r', 'CR only'],
    ['\n', 'LF'],
    ['\r\n', 'CRLF'],
  ])('with line ends %j (%s), and without one at the end', async (end) => {
    const { rows, notes } = await read(['code,name', '01,Ban Noi', '02,Ban Yai'].join(end));
    expect(notes).toEqual(end === '\r' ? ['Its lines end in CR alone, as those of old Mac files do.'] : []);
    expect(rows).toEqual([
      { row: 2, cells: ['01', 'Ban Noi'] },
      { row: 3, cells: ['02', 'Ban Yai'] },
    ]);
  });

  it.each([',', ';', '\t', '|'])('parted by %j, with the others inside cells', async (delimiter) => {
    const { columns, rows } = await read(
      [
        ['code', 'name', 'share'],
        ['01', '"a, b; c | d\te"', '0'],
        ['02', 'b', '1'],
      ]
        .map((r) => r.join(delimiter))
        .join('\n'),
    );
    expect(columns).toEqual(['code', 'name', 'share']);
    expect(rows[0]?.cells[1]).toBe('a, b; c | d\te');
  });

  it('with a byte-order mark, in UTF-8 and UTF-16 of both orders', async () => {
    const text = 'code,name\n01,บ้านน้อย\n';
    const le = Buffer.from(`\ufeff${text}`, 'utf16le'),
      be = Buffer.from(le).swap16();
    const says = [
      'UTF-8, as its byte-order mark says',
      'UTF-16, as its byte-order mark says',
      'UTF-16, as its byte-order mark says',
      'UTF-16, told from its letters',
      'UTF-16, told from its letters',
    ];
    for (const [i, bytes] of [Buffer.from(`\ufeff${text}`), le, be, le.subarray(2), be.subarray(2)].entries()) {
      expect(await read(bytes)).toMatchObject({
        notes: [`The text was read as ${says[i]}.`],
        columns: ['code', 'name'],
        rows: [{ row: 2, cells: ['01', 'บ้านน้อย'] }],
      });
    }
  });

  it('in Thai windows-874, in windows-1252 and in Mac Roman, told by their letters', async () => {
    const thai = Buffer.from([...'code,name\n01,'].map((c) => c.charCodeAt(0)).concat([0xba, 0xe9, 0xd2, 0xb9, 0xb9, 0xe9, 0xcd, 0xc2]));
    expect(await read(thai)).toMatchObject({
      rows: [{ cells: ['01', 'บ้านน้อย'] }],
      notes: ['The text was read as windows-874, told from its letters: 8 letters outside ASCII; check names such as บ้านน้อย.'],
    });
    expect(await read(Buffer.from('name\nCafé à Nîmes\nNîmes;Béziers\n', 'latin1'), { delimiter: ',' })).toMatchObject({
      rows: [{ cells: ['Café à Nîmes'] }, { row: 3 }],
      notes: ['The text was read as windows-1252, told from its letters: 5 letters outside ASCII; check names such as Café, à, Nîmes.'],
    });
    // A megabyte is read at a time; a word that ends one and begins the next is no example.
    const long = Buffer.from(`name\n${`${'x'.repeat(99)}\n`.repeat(10_485)}${'x'.repeat(67)}\ncafé\nNîmes\n`, 'latin1');
    expect((await read(long)).notes).toEqual([
      'The text was read as windows-1252, told from its letters: 2 letters outside ASCII; check names such as Nîmes.',
    ]);
    const mac = Buffer.concat([
      Buffer.from('name\nna'),
      Buffer.from([0x95]),
      Buffer.from('ve caf'),
      Buffer.from([0x8e]),
      Buffer.from('\n'),
    ]);
    expect((await read(mac)).rows[0]?.cells).toEqual(['naïve café']);
    expect((await read(mac, { encoding: 'Mac Roman' })).notes).toEqual([
      'The text was read as Mac Roman, as the mapping says: 2 letters outside ASCII, such as in naïve, café.',
    ]);
  });

  it('with spaces that are outside ASCII, which end a word and are none', async () => {
    const text = (words: string) => Buffer.from(`name\n${words}\n`, 'latin1');
    expect(await read(text('Ban\u00a0Suan'), { encoding: 'windows-1252' })).toMatchObject({
      rows: [{ cells: ['Ban\u00a0Suan'] }],
      notes: ['The text was read as windows-1252, as the mapping says: 1 letter outside ASCII.'],
    });
    expect((await read(text('N\u00eemes\u00a0 \u00a0\u00a0Caf\u00e9\u00a0'))).notes).toEqual([
      'The text was read as windows-1252, told from its letters: 6 letters outside ASCII; check names such as N\u00eemes, Caf\u00e9.',
    ]);
  });

  it('keeps the row numbers of the spreadsheet: blank rows count, a break within quotes does not', async () => {
    const { rows } = await read('code,name\n\n01,"two\r\nlines"\n,\n02,"say ""hi"""\n');
    expect(rows).toEqual([
      { row: 3, cells: ['01', 'two\nlines'] },
      { row: 5, cells: ['02', 'say "hi"'] },
    ]);
  });

  it('takes a short row, and names a long one', async () => {
    const { rows, bad, notes } = await read('a,b,c\n1,2\n1,2,3,4\n1,2,3,\n');
    expect(rows.map(({ row, cells }) => [row, cells])).toEqual([
      [2, ['1', '2', null]],
      [4, ['1', '2', '3']],
    ]);
    expect(bad).toEqual([
      { row: 3, column: null, reason: 'the row has 4 cells, the header 3; is a text with a "," in it missing its quotes?' },
    ]);
    expect(notes).toEqual(['1 rows end before the last column; the missing cells count as empty.']);
  });

  it('skips a title, joins two header rows and heeds "sep="', async () => {
    expect((await read('List of 2011\n,Women,,Men\ncode,18-24,25-35,18-24\n01,1,2,3\n', { skipRows: 1, headerRows: 2 })).columns).toEqual([
      'code',
      'Women / 18-24',
      'Women / 25-35',
      'Men / 18-24',
    ]);
    expect(await read('sep=|\na|b\n1|2,3\n')).toMatchObject({ columns: ['a', 'b'], rows: [{ row: 2, cells: ['1', '2,3'] }] });
  });

  it('tells columns of one name apart and names those without', async () => {
    expect(await read('n,n,,m\n1,2,3,4\n')).toMatchObject({
      columns: ['n', 'n (2)', 'column C', 'm'],
      notes: ['Two columns are called "n"; the later one (column B) goes by "n (2)".'],
    });
  });

  it('names the row of a quote never closed, of NUL bytes, and refuses what is no text', async () => {
    expect(await problem(read('a,b\n1,2\n3,"open\n4,5\n'))).toMatchObject({
      code: 'unreadable-file',
      detail: 'A quote opened in row 3, column b, is never closed.',
      at: { file: 'list.csv', row: 3, column: 'b' },
    });
    const long = `a,b\n1,"${'x'.repeat(3_000)}\n`;
    expect(await problem(read(long, { limits: { cellBytes: 1_000 } }))).toMatchObject({
      code: 'unreadable-file',
      at: { row: 2, column: 'b' },
    });
    expect(await read('a,b\n1,x\0y\n2,z\n')).toMatchObject({
      rows: [{ row: 3 }],
      bad: [{ row: 2, column: 'b', reason: 'the cell holds a NUL character, which no text has' }],
    });
    expect(await problem(read(Buffer.alloc(4_000)))).toMatchObject({ code: 'unreadable-file' });
    expect(await problem(read(''))).toMatchObject({ code: 'unreadable-file', detail: 'The file has no header row: it is empty.' });
  });

  it('says how many columns are too many', async () => {
    const header = Array.from({ length: 10_000 }, (_, i) => `c${i}`).join(',');
    expect(await problem(read(`${header}\n1\n`))).toMatchObject({ code: 'too-large', at: { file: 'list.csv', row: 1 } });
    const wide = Array.from({ length: 2_000 }, (_, i) => `c${i}`);
    expect((await read(`${wide.join(',')}\n${wide.join(',')}\n`)).rows[0]?.cells[1_999]).toBe('c1999');
  });

  it('reads back whatever a careful writer wrote', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'ค', ',', ';', '"', '\n', ' ', '0', '=', "'", '😀') });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 }),
        fc.constantFrom(',', ';', '\t', '|'),
        fc.constantFrom('\n', '\r\n', '\r'),
        async (rows, delimiter, end) => {
          const quoted = rows.map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(delimiter));
          const { rows: back } = await read([['p', 'q', 'r'].join(delimiter), ...quoted].join(end), { delimiter: delimiter as ',' });
          const kept = rows
            .map((row, i) => ({ row: i + 2, cells: row.map((text) => text.replace(/^[ \n]+|[ \n]+$/g, '') || null) }))
            .filter(({ cells }) => cells.some((c) => c !== null));
          expect(back).toEqual(kept);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('reads the real lists: Cambodian ones in Mac Roman with CR, Thai ones in UTF-8', async () => {
    const table = await openTable(sharedData('cambodia', 'commune_db_2011.csv'));
    expect([table.rowCount, table.columns().length, table.notes]).toEqual([
      1_621,
      37,
      [
        'The text was read as Mac Roman, told from its letters: 2 letters outside ASCII; check names such as Khyang´è_.',
        'Its lines end in CR alone, as those of old Mac files do.',
      ],
    ]);
    await table.close();
    const thai = await openTable(sharedData('thailand', 'districts.csv'));
    expect([thai.rowCount, (await thai.preview(1))[0]?.cells[1], thai.notes]).toEqual([929, 'เขตพระนคร', []]);
    await thai.close();
  });
});

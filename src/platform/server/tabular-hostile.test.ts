// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import exceljs from 'exceljs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../domain/problem.ts';
import { engineProblem } from './tabular-engine.ts';
import { testFolder } from '../../../test/support/folder.ts';
import { openTable, type Table, type TableOptions, type ValueRow } from './tabular.ts';
import { zipOf } from '../../../test/support/zip.ts';

const folder = testFolder('waymark-hostile-');
const problem = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no problem',
    (error: unknown) => error,
  );

async function values(table: Table, expressions: Parameters<Table['query']>[0]): Promise<ValueRow[]> {
  const out: ValueRow[] = [];
  for await (const batch of (await table.query(expressions)).rows) out.push(...batch);
  return out;
}

async function first(path: string, options: TableOptions = {}): Promise<Table> {
  return openTable(path, options);
}

describe('Expressions of a mapping', () => {
  let table: Table;
  beforeAll(async () => {
    const path = join(folder, 'poor.csv');
    writeFileSync(
      path,
      'Vil_Code,TOP_HH,Share,When,"TT ""x"" Family"\n1020101,"1,234.5",12%,31/12/2554,7\n2,n/a,,29/02/2012,8\n,"๑๒",101%,2555-02-29,9\n',
    );
    table = await first(path);
  });
  afterAll(() => table.close());

  it('read numbers, per cents, codes and dates of either era', async () => {
    const [a, b, c] = await values(table, {
      code: 'pad(Vil_Code, 8)',
      n: { sql: 'num(TOP_HH)', type: 'number' },
      share: { sql: 'pct(Share)', type: 'number' },
      be: { sql: 'be_date("When")', type: 'date' },
      ce: { sql: 'ce_date("When")', type: 'date' },
      other: { sql: 'num("TT ""x"" Family") * 2', type: 'number' },
    });
    expect(a).toMatchObject({
      row: 2,
      values: { code: '01020101', n: 1234.5, share: 0.12, be: '2011-12-31', ce: null, other: 14 },
      bad: [
        {
          column: 'When',
          reason:
            '"31/12/2554" is not a date of the common era (day/month/year, year-month-day or a year); is it of the Buddhist era (2011)? Say era: buddhist',
        },
      ],
    });
    expect(b).toMatchObject({ values: { code: '00000002', n: null, share: null, ce: '2012-02-29' } });
    expect(b!.bad.map(({ column, reason }) => [column, reason])).toEqual([
      ['TOP_HH', '"n/a" is not a number'],
      ['When', '"29/02/2012" is not a date of the Buddhist era (day/month/year, year-month-day or a year); is it of the common era?'],
    ]);
    expect(c).toMatchObject({ values: { code: null, n: 12, share: 1.01, be: '2012-02-29' } });
  });

  it('heed a decimal comma only where the mapping says so', async () => {
    const path = join(folder, 'comma.csv');
    writeFileSync(path, 'n\n"1.234,5"\n"12,5"\n"1 234,5"\n');
    const comma = await first(path, { decimal: ',' });
    expect((await values(comma, { n: { sql: 'num(n)', type: 'number' } })).map((r) => r.values['n'])).toEqual([1234.5, 12.5, 1234.5]);
    await comma.close();
    const point = await first(path);
    expect((await values(point, { n: { sql: 'num(n)', type: 'number' } })).map((r) => r.bad[0]?.reason)).toEqual([
      '"1.234,5" is not a number',
      '"12,5" is not a number; if that is a decimal comma, say decimal: "," in the mapping',
      '"1 234,5" is not a number',
    ]);
    await point.close();
  });

  it('do not look at a cell that a condition leaves out, and name every cell when the sum itself fails', async () => {
    const rows = await values(table, {
      n: { sql: "case when TOP_HH = 'n/a' then null else num(TOP_HH) end", type: 'number' },
      q: { sql: 'cast(Vil_Code as integer) / num(TOP_HH)', type: 'number' },
    });
    expect(rows[1]).toMatchObject({ values: { n: null } });
    expect(rows[1]!.bad).toMatchObject([{ expression: 'q' }]);
    expect(rows[0]!.bad).toEqual([]);
  });

  it('name the column that was probably meant, and take one that differs in case and spaces', async () => {
    expect(await problem(table.query({ n: 'num(TOT_HH)' }))).toMatchObject({
      code: 'bad-mapping',
      detail: expect.stringContaining('no column TOT_HH; did you mean TOP_HH?') as string,
      at: { file: 'poor.csv' },
    });
    expect((await table.query({ n: 'vil_code' })).notes).toEqual(['The mapping says vil_code; the column Vil_Code was taken for it.']);
  });

  it.each([
    '(select 1)',
    'Vil_Code from rows',
    '1; drop table rows',
    '1) from rows --',
    'sum(TOP_HH)',
    'count(*)',
    'row_number() over ()',
    '*',
    'columns(*)',
    '$1',
    '#1',
    'rows',
    'now()',
    'random()',
    "read_csv('/etc/passwd')",
    "read_text('/etc/passwd')",
    "getenv('HOME')",
    "current_setting('memory_limit')",
    "query('select 1')",
    "nextval('x')",
    "repeat('x', 1000000000)",
    'range(1000000000)',
    'list_transform([1], x -> x)',
    'Vil_Code[1]',
    "'a' collate nocase",
    'exists (select 1)',
    'Vil_Code in (select 1)',
    'try(error(1))',
    "main.read_text('x')",
    'unnest([1])',
    "regexp_extract_all(Vil_Code, '.')",
    '',
    '--',
    'pragma_version()',
    "pragma_table_info('rows')",
  ])('may not be %j', async (sql) => {
    expect(await problem(table.query({ n: sql }))).toMatchObject({ code: 'bad-mapping', at: { file: 'poor.csv' } });
  });

  it.each([
    'constructor(Vil_Code)',
    '__proto__(Vil_Code)',
    'toString(Vil_Code)',
    'hasOwnProperty(Vil_Code)',
    'valueOf()',
    '"__proto__"(1)',
    'constructor',
    '__proto__',
    'waymark_read(Vil_Code)',
    'waymark_date(1, 2, 3)',
    'try_cast(Vil_Code as rows)',
    "read_blob('/etc/passwd')",
    "glob('/*')",
    "read_json('/etc/passwd')",
    "sniff_csv('/etc/passwd')",
    "parquet_metadata('/x')",
    "sqlite_scan('a', 'b')",
    "http_get('http://127.0.0.1')",
    "load_extension('httpfs')",
    "getvariable('x')",
    "set_config('a', 'b')",
    'pragma database_list',
    'duckdb_settings()',
    'duckdb_functions()',
    'current_user',
    'current_database()',
    'version()',
    'txid_current()',
    'uuid()',
    'today()',
    'current_date',
    'current_timestamp',
    'create macro m() as 1',
    "attach 'x'",
    "copy rows to '/tmp/x'",
    '(with a as (select 1) select * from a)',
    '(values (1))',
    '(from rows)',
    '(table rows)',
    'array(select 1)',
    '[x for x in [1]]',
    "{'a': 1}",
    'struct_pack(a := 1)',
    'map([1],[2])',
    "'x'::rows",
    'Vil_Code over ()',
    'first(Vil_Code)',
    'any_value(Vil_Code)',
    'Vil_Code) from (select 1',
    '1 union select 2',
    '1 /* ',
    '1 -- \n) from rows',
    'lpad(Vil_Code, 9)',
    "printf('%d', 1)",
    "format('{}', 1)",
    "json('{}')",
    'error(Vil_Code)',
    'sleep(1)',
    'rows.Vil_Code.x',
    'r',
    'rowid',
    'c0',
    'e0',
    '@1',
    '1 @> 2',
    'Vil_Code ~ 1',
    "eval('1')",
  ])('may not be %j either', async (sql) => {
    expect(await problem(table.query({ n: sql }))).toMatchObject({ code: 'bad-mapping', at: { file: 'poor.csv' } });
  });

  it("say which one is wrong, in the mapping's own words, and never in those of a cell", async () => {
    const secret = join(folder, 'secret.csv');
    writeFileSync(secret, `code,note\n1,the well of Mrs Somebody\n${'2,fine\n'.repeat(3_000)}`);
    const table = await first(secret);
    expect(await problem(table.query({ ok: 'code', 'value:poor': 'left(code)' }))).toMatchObject({
      code: 'bad-mapping',
      detail: expect.stringContaining('value:poor') as string,
    });
    for (const text of [
      "Conversion Error: Could not convert string 'Mrs Somebody' to DOUBLE",
      'INTERNAL Error: Mrs Somebody',
      'Invalid Input Error: Mrs Somebody',
      'IO Error: Mrs Somebody in parquet',
      'Mrs Somebody',
    ]) {
      const made = engineProblem(new Error(text)) as Problem;
      expect([made.message, made.detail, String(made.cause), (made.cause as Error).stack].join(' ')).not.toContain('Somebody');
    }
    await table.close();
  });

  it('that are huge, deep or full of one thing stop with a problem or an answer, soon', async () => {
    const began = Date.now();
    const tries = [
      `'${'x'.repeat(9_990)}'`,
      `1${' + 1'.repeat(2_000)}`,
      `${'('.repeat(3_000)}1${')'.repeat(3_000)}`,
      `${'not '.repeat(2_000)}true`,
      `${'-'.repeat(4_000)}1`,
      `case ${'when true then 1 '.repeat(500)}end`,
      '9'.repeat(9_000),
      `1e${'9'.repeat(400)}`,
      `Vil_Code in (${"'x',".repeat(2_000)}'y')`,
      `concat(${'Vil_Code,'.repeat(1_000)}'')`,
      `regexp_matches(Vil_Code, '${'(a*)*'.repeat(200)}b')`,
      `coalesce(${'null,'.repeat(1_500)}1)`,
      `'${"''".repeat(4_000)}'`,
      `"${'x'.repeat(9_000)}"`,
      '\u0000',
      "'\u0000'",
      '\ud800',
    ];
    for (const sql of tries) {
      const found = await problem(
        table.query({ n: sql }).then(async ({ rows }) => {
          for await (const batch of rows) void batch;
        }),
      );
      expect([sql.slice(0, 30), found === 'no problem' || (found as { code?: string }).code]).toEqual([
        sql.slice(0, 30),
        expect.toSatisfy((code: unknown) => code === true || code === 'bad-mapping' || code === 'too-large'),
      ]);
    }
    expect(Date.now() - began).toBeLessThan(60_000);
    expect(await values(table, { n: 'Vil_Code' })).toHaveLength(3);
  }, 120_000);

  it('that nest without end or eat memory stop with a problem', async () => {
    expect(await problem(table.query({ n: `${'abs('.repeat(500)}1${')'.repeat(500)}` }))).toMatchObject({ code: 'bad-mapping' });
    expect(await problem(values(table, { n: `lpad(Vil_Code, 2000000000, 'x')` }))).toMatchObject({ code: 'bad-mapping' });
    expect((await values(table, { n: 'pad(Vil_Code, 2000000000)' }))[0]?.values['n']).toHaveLength(64);
    const growing = (by: string, times: number): string =>
      Array.from({ length: times }).reduce<string>((sql) => `replace(${sql}, '1', '${by}')`, 'Vil_Code');
    expect(await problem(table.query({ n: growing('1111111111', 2) }))).toMatchObject({ code: 'bad-mapping' });
    expect(await problem(table.query({ n: growing('11', 9) }))).toMatchObject({ code: 'bad-mapping' });
    expect(await problem(table.query({ n: "replace(Vil_Code, '1', Vil_Code)" }))).toMatchObject({ code: 'bad-mapping' });
    expect(await problem(table.query({ n: growing('', 3) }))).toBe('no problem');
    expect(await values(table, { n: 'Vil_Code' })).toHaveLength(3);
  });
});

describe('Files that are not what they seem', () => {
  async function workbook(fill: (sheet: exceljs.Worksheet, book: exceljs.Workbook) => void, name: string): Promise<string> {
    const book = new exceljs.Workbook();
    fill(book.addWorksheet('Data'), book);
    const path = join(folder, name);
    await book.xlsx.writeFile(path);
    return path;
  }

  it('a spreadsheet gives dates, results of formulas and plain text; a formula never calculated is no number', async () => {
    const path = await workbook((sheet, book) => {
      sheet.addRow(['Women', null, 'code']);
      sheet.addRow(['18-24', '25-35', null]);
      sheet.addRow([1, 2.5, '01']);
      sheet.addRow([]);
      sheet.addRow([
        { formula: 'A3+1', result: 2 },
        { formula: 'A3*2' } as exceljs.CellFormulaValue,
        { richText: [{ text: '0' }, { text: '2' }] },
      ]);
      sheet.addRow([new Date(Date.UTC(2011, 11, 31)), { error: '#N/A' }, '03']);
      book.addWorksheet('Hidden').state = 'hidden';
    }, 'dates.xlsx');
    const table = await first(path, { headerRows: 2 });
    expect(table.columns()).toEqual(['Women / 18-24', 'Women / 25-35', 'code']);
    expect(await table.preview(9)).toEqual([
      { row: 3, cells: ['1', '2.5', '01'] },
      { row: 5, cells: ['2', '=A3*2', '02'] },
      { row: 6, cells: ['2011-12-31', '#N/A', '03'] },
    ]);
    expect((await values(table, { n: { sql: 'num("Women / 25-35")', type: 'number' } })).map((r) => r.bad[0]?.reason)).toEqual([
      undefined,
      '"=A3*2" is not a number',
      '"#N/A" is not a number',
    ]);
    await table.close();
    expect(await problem(first(path, { sheet: 'Dat' }))).toMatchObject({ code: 'bad-mapping', detail: 'no sheet Dat; did you mean Data?' });
  });

  it('a spreadsheet cut short, locked, of the old kind, or something else by that name', async () => {
    const whole = await workbook((sheet) => sheet.addRow(['a']), 'whole.xlsx');
    const cut = join(folder, 'cut.xlsx');
    writeFileSync(cut, (await import('node:fs')).readFileSync(whole).subarray(0, 3_000));
    expect(await problem(first(cut))).toMatchObject({ code: 'unreadable-file', detail: expect.stringContaining('damaged') as string });
    const ole = Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), Buffer.alloc(2_000)]);
    const old = join(folder, 'old.xls'),
      locked = join(folder, 'locked.xlsx'),
      pdf = join(folder, 'table.csv'),
      zip = join(folder, 'folder.csv');
    writeFileSync(old, ole);
    writeFileSync(locked, Buffer.concat([ole, Buffer.from('EncryptedPackage', 'utf16le')]));
    writeFileSync(pdf, '%PDF-1.7');
    writeFileSync(zip, zipOf('readme.txt', Buffer.from('hello')));
    expect(await problem(first(old))).toMatchObject({ code: 'unreadable-file', detail: expect.stringContaining('.xls') as string });
    expect(await problem(first(locked))).toMatchObject({ code: 'unreadable-file', detail: expect.stringContaining('password') as string });
    expect(await problem(first(pdf))).toMatchObject({ code: 'unreadable-file', detail: expect.stringContaining('PDF') as string });
    expect(await problem(first(zip))).toMatchObject({
      code: 'unreadable-file',
      detail: expect.stringContaining('not an Excel spreadsheet') as string,
    });
    expect(await problem(first(join(folder, 'nowhere.csv')))).toMatchObject({ code: 'unreadable-file', at: { file: 'nowhere.csv' } });
    mkdirSync(join(folder, 'a-folder.csv'));
    expect(await problem(first(join(folder, 'a-folder.csv')))).toMatchObject({ code: 'unreadable-file' });
  });

  it('a spreadsheet that unpacks to far more than it is', async () => {
    const bomb = join(folder, 'bomb.xlsx');
    writeFileSync(bomb, zipOf('xl/workbook.xml', Buffer.alloc(120_000_000)));
    expect(await problem(first(bomb))).toMatchObject({ code: 'too-large', at: { file: 'bomb.xlsx' } });
    expect(await problem(first(bomb, { limits: { unpackedBytes: 1_000_000, unpackedRatio: 1e9 } }))).toMatchObject({ code: 'too-large' });
  });

  it('a name that the engine would read as a pattern or an address', async () => {
    const db = await DuckDBInstance.create(':memory:');
    const connection = await db.connect();
    for (const name of ["it's [1].parquet", '*.parquet']) {
      const path = join(folder, name);
      await connection.run(
        `copy (select '01' as code, 2.5 as share, date '2011-12-31' as day, null as empty) to '${path.replaceAll("'", "''")}' (format parquet)`,
      );
      const table = await first(path);
      expect(table.columns()).toEqual(['code', 'share', 'day', 'empty']);
      expect(await table.preview(5)).toEqual([{ row: 2, cells: ['01', '2.5', '2011-12-31', null] }]);
      await table.close();
    }
    expect(await problem(first('https://example.org/a.parquet'))).toMatchObject({ code: 'unreadable-file' });
    const fake = join(folder, 'fake.parquet');
    writeFileSync(fake, 'PAR1 and nothing more');
    expect(await problem(first(fake))).toMatchObject({ code: 'unreadable-file' });
  });

  it('stops when asked, and when it takes too long', async () => {
    const path = join(folder, 'many.csv');
    writeFileSync(path, `n\n${'1\n'.repeat(400_000)}`);
    const stop = new AbortController();
    const table = await first(path, { signal: stop.signal });
    const seen = async (): Promise<void> => {
      for await (const batch of table.rows()) {
        if (batch.length) stop.abort();
      }
    };
    expect(await problem(seen())).toMatchObject({ code: 'cancelled' });
    await table.close();
    expect(await problem(first(path, { signal: AbortSignal.abort() }))).toMatchObject({ code: 'cancelled' });
    expect(await problem(first(path, { limits: { milliseconds: 1 } }))).toMatchObject({ code: 'too-large' });
  });
});

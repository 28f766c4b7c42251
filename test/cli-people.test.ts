// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createAccount, openAccess } from '../src/access/server/index.ts';
import { openDb, openPool } from '../src/platform/server/db.ts';
import { aBasis } from './support/basis.ts';
import { commandLineWorld, type CommandLineWorld } from './support/command-line.ts';
import { makeDemoLand } from './support/demo-land.ts';
import { filesThatHold, rowsThatHold } from './support/everywhere.ts';
import { zipOf } from './support/zip.ts';

/** Mali, coordinator of the demo province, brings people in at the terminal. */
vi.setConfig({ testTimeout: 180_000 }); // each step is a process of its own, slow on a machine with much else to do
const secret = 'Xanthippe Quillfeather',
  phone = '0812345678',
  document = 'Q7654321';
let at: CommandLineWorld;
beforeAll(async () => {
  at = await commandLineWorld();
  const land = await makeDemoLand(at.owner);
  const basisId = await aBasis(at.owner);
  const app = openPool(at.urls.app, { max: 2 });
  const access = openAccess({
    urls: at.urls,
    app: openDb(app),
    secret: 'for a test',
    publicOrigin: null,
    now: () => new Date(),
    newId: uuidv7,
  });
  const who = {
    userName: 'mali',
    displayName: 'Mali',
    role: 'coordinator',
    placeId: land.province.placeId,
    password: 'quiet-heron-lamp-7',
  } as const;
  await createAccount(access, who);
  await access.close();
  await app.end();
  const mapping = `kind: people
country: XA
source: Watch group of East Bay
basis: ${basisId}
place: { columns: [village] }
id: { column: number }
names: [{ full: name }]
phones: [phone]
documents: [{ kind: national-id, number: document }]
sex: { column: "=sex", map: { f: female } }
instrument: household-28
observed: { date: "2026-03-01" }
indicators:
  school_attendance: { column: school }
`;
  const files = {
    'people.yaml': mapping,
    'wrong.yaml': mapping.replace('school_attendance', 'favourite_colour'),
    // Of whoever is not taken, no cell stands anywhere; a heading that a spreadsheet would work out is made harmless.
    'people.csv':
      `village,=sex,school,number,name,phone,document\nXA1101,f,3,R-1,${secret},${phone},${document}\nXA1102,=HYPERLINK("${secret}"),1,R-2,${secret},,\n=cmd|'/c calc'!A1,f,1,R-3,,,\n`
        .replaceAll('"', '""')
        .replace(/=HYPERLINK\(.*?\)/, (cell) => `"${cell}"`),
    'later.yaml':
      'kind: observations\nsource: Watch group of East Bay\nid: { column: number }\ninstrument: household-28\nobserved: { date: "2026-06-01" }\nindicators:\n  school_attendance: { column: school }\n',
    'later.csv': `number,school,remark\nR-1,1,${secret}\nR-2,3,${secret}\nR-1,oops,${secret}\n`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(at.folder, name), text);
}, 120_000);
afterAll(() => at?.close());

/** Where in the installation a word of hers stands, as text or bytes: in a table, in a file of Waymark's or of the database's. */
const standsIn = async (word: string): Promise<string[]> => [...(await rowsThatHold(at.owner, word)), ...filesThatHold(at.data, word)];

const people = async (): Promise<number> =>
  (await sql<{ n: number }>`select count(*)::integer as n from waymark.person`.execute(at.owner)).rows[0]!.n;
const bring = (...more: string[]) => at.waymark('import', 'people', 'people.csv', '--mapping', 'people.yaml', '--as', 'mali', ...more);

describe('waymark import people', () => {
  it('tries a list and keeps nobody; what is rejected carries no cell and no formula', async () => {
    const tried = await bring('--dry-run');
    expect([tried.code, tried.err], tried.out).toEqual([3, expect.not.stringMatching(/\n\s+at /)]);
    expect(tried.out).toContain('A dry run: nothing was kept.');
    expect(await people()).toBe(0);
    const rejected = readFileSync(join(at.folder, 'people.csv.rejected.csv'), 'utf8');
    expect(rejected).toMatch(/,3,'=sex,/);
    expect(rejected).not.toMatch(/(^|,)"?[=+@-]/m);
    for (const text of [rejected, tried.out, tried.err]) expect(text).not.toMatch(/Quillfeather|HYPERLINK|calc/);
  });

  it('takes whom it can, once however often', async () => {
    const first = await bring('--json');
    expect(first).toMatchObject({ code: 3, json: { kind: 'people', rows: 3, taken: 1, rejected: 2, people: { new: 1 } } });
    const again = await bring('--json');
    expect(again.json).toMatchObject({ sameAs: (first.json as { batchId: string }).batchId });
    expect(await people()).toBe(1);
  });

  it('leaves who she is in the vault and nowhere else, in no table and no file, nor in the list of rejected rows', async () => {
    // What may be known is found: the name of the file, in its tables and in what the database wrote.
    expect(await standsIn('people.csv')).toEqual(expect.arrayContaining(['import_batch', expect.stringMatching(/^db\//)]));
    for (const word of [secret, 'Quillfeather', phone, phone.slice(1), document])
      expect([word, await standsIn(word), readFileSync(join(at.folder, 'people.csv.rejected.csv'), 'utf8').includes(word)]).toEqual([
        word,
        [],
        false,
      ]);
    const { rows } = await sql`select from waymark.identity`.execute(at.owner);
    expect(rows).toHaveLength(1);
  });

  it('is refused without a name to answer for it, under a wrong mapping, and for a spreadsheet that unpacks to far more than it is', async () => {
    writeFileSync(join(at.folder, 'bomb.xlsx'), zipOf('xl/workbook.xml', Buffer.alloc(120_000_000)));
    const [nobody, unknown, wrong, bomb] = await Promise.all([
      at.waymark('import', 'people', 'people.csv', '--mapping', 'people.yaml'),
      at.waymark('import', 'people', 'people.csv', '--mapping', 'people.yaml', '--as', 'nobody'),
      at.waymark('import', 'people', 'people.csv', '--mapping', 'wrong.yaml', '--as', 'mali'),
      at.waymark('import', 'people', 'bomb.xlsx', '--mapping', 'people.yaml', '--as', 'mali'),
    ]);
    expect([nobody.code, unknown.code, wrong.code, bomb.code]).toEqual([2, 2, 1, 1]);
    expect(unknown.err).toContain('Nobody in use here is called nobody.');
    expect(wrong.err).toContain('favourite_colour');
    expect(bomb.err).toContain('bomb.xlsx');
    for (const { err } of [nobody, unknown, wrong, bomb]) expect(err).not.toMatch(/\n\s+at |Quillfeather/);
    expect(await people()).toBe(1);
  });
});

describe('waymark import observations', () => {
  const later = (...more: string[]) =>
    at.waymark('import', 'observations', 'later.csv', '--mapping', 'later.yaml', '--as', 'mali', ...more);
  const visits = async () =>
    (
      await sql<{ n: number; band: number | null }>`
        select count(*)::integer as n from waymark.assessment where subject_kind = 'person'`.execute(at.owner)
    ).rows[0]!.n;

  it('tries, then brings later answers of whoever came with an earlier list, and of nobody else, once however often', async () => {
    const before = await visits();
    const tried = await later('--dry-run');
    expect([tried.code, tried.out, await visits()]).toEqual([3, expect.stringContaining('A dry run: nothing was kept.'), before]);
    const first = await later('--json');
    expect(first).toMatchObject({ code: 3, json: { kind: 'observations', rows: 3, taken: 1, rejected: 2, people: { new: 0, known: 1 } } });
    expect([await visits(), await people()]).toEqual([before + 1, 1]);
    expect((await later('--json')).json).toMatchObject({ sameAs: (first.json as { batchId: string }).batchId });
    expect(await visits()).toBe(before + 1);
    const rejected = readFileSync(join(at.folder, 'later.csv.rejected.csv'), 'utf8');
    expect(rejected).toContain('nobody of this source has this id here');
    for (const text of [rejected, tried.out, tried.err, first.out, first.err]) expect(text).not.toMatch(/Quillfeather|oops|R-2/);
    expect(await standsIn('Quillfeather')).toEqual([]);
  });

  it('is refused without a name to answer for it, and under a mapping of people', async () => {
    const [nobody, wrong] = await Promise.all([
      at.waymark('import', 'observations', 'later.csv', '--mapping', 'later.yaml'),
      at.waymark('import', 'observations', 'later.csv', '--mapping', 'people.yaml', '--as', 'mali'),
    ]);
    expect([nobody.code, wrong.code]).toEqual([2, 1]);
    for (const { err } of [nobody, wrong]) expect(err).not.toMatch(/\n\s+at |Quillfeather/);
  });
});

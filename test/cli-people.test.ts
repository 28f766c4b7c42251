// SPDX-License-Identifier: AGPL-3.0-or-later
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createAccount, openAccess } from '../src/access/server/index.ts';
import { openDb, openPool } from '../src/platform/server/db.ts';
import { recount } from '../src/risk/server/index.ts';
import { aBasis } from './support/basis.ts';
import { commandLineWorld, type CommandLineWorld } from './support/command-line.ts';
import { makeDemoLand } from './support/demo-land.ts';
import { filesThatHold, rowsThatHold } from './support/everywhere.ts';
import { beforeTheRecordOfUse, heldUp, untilWaiting } from './support/held-up.ts';
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

describe('waymark instrument', () => {
  /** What is in use, what people stand under, and what the record of use says of it. */
  const kept = async () => {
    const { rows } = await sql<{ live: number; versions: number; under: number | null; applicable: number; said: unknown }>`
      select (select version from waymark.instrument where code = 'household-28' and state = 'live') as live,
        (select count(*)::integer from waymark.instrument where code = 'household-28') as versions, s.instrument_version as under, s.applicable,
        (select jsonb_agg(jsonb_build_array(actor_id, detail) order by at) from waymark.audit_entry where action = 'instruments.publish') as said
      from waymark.standing s where instrument_code = 'household-28' and subject_kind = 'person'`.execute(at.owner);
    return rows[0];
  };
  const before = { live: 1, versions: 1, under: 1, applicable: 28, said: null };
  const write = (name: string, change: (text: string) => string) =>
    writeFileSync(join(at.folder, name), change(readFileSync(join(at.folder, 'next.yaml'), 'utf8')));

  it('lists versions, and writes the one in use into a file from which the next is made', async () => {
    const [list, exported, there, unknown, tongue] = await Promise.all([
      at.waymark('instrument', 'list'),
      at.waymark('instrument', 'export', 'household-28', 'next.yaml'),
      at.waymark('instrument', 'export', 'household-28', 'people.yaml'),
      at.waymark('instrument', 'export', 'household-29'),
      at.waymark('instrument', 'export', 'household-28', '--languages', 'en,my'),
    ]);
    expect(list.out).toMatch(/household-28 +version 1 +in use +scores people +28 questions, 7 private +en km th +since \d{4}-/);
    expect([exported.code, exported.out]).toEqual([0, expect.stringContaining('to be changed and published as version 2.')]);
    expect([there.code, unknown.code, unknown.err]).toEqual([5, 1, 'There is no instrument household-29 in use.\n']);
    expect(tongue.err).toBe('household-28 does not speak my; it speaks en, km, th.\n');
  });

  it('refuses a file and says all that is wrong with it; what is no file, too, and what is too large', async () => {
    write('wrong.yaml', (text) =>
      text
        .replace('version: 2', 'version: 1')
        .replace('code: place_setting\n    unit: place', 'code: place_setting\n    unit: place\n    protected: true')
        .replace('code: debt\n    unit: household', 'code: debt\n    unit: person')
        .replace('code: exclusion', 'code: "x\'; drop table waymark.person; --"')
        .replace(/(code: legal_status[^]*?)protected: true/, '$1protected: false')
        .replace('How old is this person?', 'Is this person young?'),
    );
    writeFileSync(join(at.folder, 'large.yaml'), Buffer.alloc(1_500_000, 32));
    // A pipe to which nobody writes.
    execFileSync('mkfifo', [join(at.folder, 'pipe.yaml')]);
    const [same, words, machine, endless, large, pipe] = await Promise.all([
      at.waymark('instrument', 'publish', 'next.yaml'),
      at.waymark('instrument', 'publish', 'wrong.yaml', '--same-meaning', 'intention_to_stay'),
      at.waymark('instrument', 'publish', 'wrong.yaml', '--json'),
      at.waymark('instrument', 'publish', '/dev/zero'),
      at.waymark('instrument', 'publish', 'large.yaml', '--dry-run'),
      at.waymark('instrument', 'publish', 'pipe.yaml'),
    ]);
    expect([same, words, machine, endless, large, pipe].map(({ code }) => code)).toEqual([0, 1, 1, 1, 1, 1]);
    expect(same.out).toBe('It says what version 1 of household-28 says; nothing was published.\n');
    expect(words.out).toBe('');
    expect(words.err.split('\n').map((line) => line.replace(/^ +line \d+, /, ''))).toEqual([
      'wrong.yaml: 5 things are wrong, so nothing was published.',
      expect.stringContaining('question 1 (life_stage).question.en: other words than before (question in en).'),
      expect.stringContaining('question 12 (debt).unit: it was asked about a household, so answers given to debt would mean'),
      expect.stringContaining('question 19 (legal_status).protected: it was answered in confidence, and stays private'),
      expect.stringContaining('question 20.code: must be small letters'),
      expect.stringContaining('question 27 (place_setting).protected: place_setting is answered about a place'),
      '',
    ]);
    expect(machine.json).toMatchObject({ state: 'refused', faults: { length: 5 }, exitCode: 1 });
    expect(endless.err).toBe('/dev/zero is no file.\n');
    expect(pipe.err).toMatch(/pipe\.yaml is no file\.\n$/);
    expect(large.err).toContain('it is larger than 1 MB');
    expect(await kept()).toEqual(before);
  });

  it('says what would change and for how many, and changes nothing; killed in the middle it has changed nothing either', async () => {
    write('next.yaml', (text) =>
      text
        .replace(/(code: school_attendance[^]*?)weight: 1/, '$1weight: 3')
        .replace(/(code: debt[^]*?)warns: true/, '$1warns: true\n    protected: true')
        .replace(/ {2}- code: place_shock[^]*$/, '')
        .replace('high: 60', 'high: 65'),
    );
    const tried = await at.waymark('instrument', 'publish', 'next.yaml', '--dry-run');
    expect([tried.code, tried.err]).toEqual([0, '']);
    expect(tried.out).toBe(`household-28, version 2 after version 1:
  taken out   place_shock: what was answered stays, and counts no longer
  changed     school_attendance: weight 1 becomes 3
  changed     debt: private from now on, also what was answered before
  bands       high 60 becomes 65
Scored by it: fewer than 11 people; how many with answers that count now is not told, so that it points to nobody.
A dry run: nothing was published.
`);
    expect(await kept()).toEqual(before);
    // Held up at its last step: by now the version is written and everybody is scored by it.
    await heldUp(at.owner, beforeTheRecordOfUse, async () => {
      const child = spawn(process.execPath, [resolve('src/app/cli.ts'), 'instrument', 'publish', 'next.yaml'], { cwd: at.folder });
      const ended = new Promise((done) => child.once('exit', (_code, signal) => done(signal)));
      await untilWaiting(at.owner, 1);
      child.kill('SIGKILL');
      expect(await ended).toBe('SIGKILL');
    });
    expect(await kept()).toEqual(before);
  });

  it('publishes it: everybody is scored by it, the record of use says so, and a second time is once', async () => {
    const done = await at.waymark('instrument', 'publish', 'next.yaml', '--json');
    expect(done, done.err).toMatchObject({
      code: 0,
      json: { state: 'published', version: 2, change: { after: 1, removed: ['place_shock'] }, reach: { subjects: null, answered: null } },
    });
    const after = { ...before, live: 2, versions: 2, under: 2, applicable: 29 };
    const said = [['command-line', { code: 'household-28', version: 2, after: 1 }]];
    expect(await kept()).toEqual({ ...after, said });
    expect(await recount(at.owner)).toEqual([]);
    // What was begun from version 1 by somebody else takes nothing back.
    write('late.yaml', (text) => text.replace('high: 65', 'high: 70'));
    const [again, late] = await Promise.all([
      at.waymark('instrument', 'publish', 'next.yaml', '--json'),
      at.waymark('instrument', 'publish', 'late.yaml'),
    ]);
    expect(again).toMatchObject({ code: 0, json: { state: 'there-already' } });
    expect(late.err).toContain('version: the next version is 3: version 2 is published already, and a published version never changes.');
    expect(await kept()).toEqual({ ...after, said });
  });
});

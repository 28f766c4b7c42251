// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Command } from 'commander';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openDb, openPool, withActor } from '../src/platform/server/db.ts';
import type { ImportReport } from '../src/places/domain/import-report.ts';
import type { MapData } from '../src/risk/domain/map-data.ts';
import type { Profile } from '../src/risk/domain/profile.ts';
import { addBackup } from '../src/app/commands/backup.ts';
import { addDoctor } from '../src/app/commands/doctor.ts';
import { addExport } from '../src/app/commands/export.ts';
import { addImport } from '../src/app/commands/import.ts';
import { addInstrument } from '../src/app/commands/instrument.ts';
import { addKey } from '../src/app/commands/key.ts';
import { addRestore } from '../src/app/commands/restore.ts';
import { addRisk } from '../src/app/commands/risk.ts';
import { addStart } from '../src/app/commands/start.ts';
import { addUser } from '../src/app/commands/user.ts';
import { hostOf, mayAnswerOn } from '../src/app/commands/start-address.ts';
import { areaStatsKind } from '../src/risk/server/index.ts';
import { commandLineWorld, launcher, type CommandLineWorld, type Said } from './support/command-line.ts';
import { statistician } from './support/area-stats.ts';

/** The command line as somebody at a terminal meets it: real processes, a real installation. */
vi.setConfig({ testTimeout: 180_000 }); // each step is a process of its own, slow on a machine with much else to do
let at: CommandLineWorld;
beforeAll(async () => {
  at = await commandLineWorld();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(at.folder, name), text);
}, 120_000);
afterAll(() => at?.close());

const villages = ['XT111', 'XT112', 'XT121', 'XT122'];
const files = {
  'p.csv': 'code,name\nXT1,Ban Fa\n',
  'd.csv': 'code,name,within\nXT11,East Bay,XT1\nXT12,West Ridge,XT1\n',
  'v.csv': `code,name,within\n${villages.map((code, i) => `${code},Village ${i + 1},${code.slice(0, 4)}`).join('\n')}\nXT999,Nowhere,XT9\n`,
  'places.yaml': `country: XT
names: { en: Testland }
levels: [{ en: country }, { en: province }, { en: district }, { en: village }]
steps:
  - { level: 1, file: p.csv, code: code, names: { en: name } }
  - { level: 2, file: d.csv, code: code, names: { en: name }, parent: { column: within } }
  - { level: 3, file: v.csv, code: code, names: { en: name }, parent: { column: within } }
`,
  'poor.csv': `code,poor,households\n${villages.map((code, i) => `${code},${10 * (i + 1)},100`).join('\n')}\n`,
  'poor.yaml': `country: XT
level: 3
instrument: place-secondary-1
source: a list made for this test
code: { column: code }
observed: { date: "2025-06-30" }
indicators:
  poor_households: { part: num(poor), whole: num(households), sumUp: true }
`,
};
const lastLine = (said: Said) => said.err.trim().split('\n').at(-1);
const inOneLine = (said: Said) => {
  expect(said.err.trim().split('\n'), said.err).toHaveLength(1);
  expect(said.err).not.toMatch(/\n\s+at /);
  return said.err;
};

describe('--help', () => {
  const whole = (): Command => {
    const program = new Command('waymark');
    for (const add of [addStart, addImport, addInstrument, addRisk, addExport, addUser, addKey, addBackup, addRestore, addDoctor])
      add(program);
    return program;
  };
  const helpOf = (command: Command): string => {
    let text = '';
    command
      .configureOutput({
        writeOut: (part) => {
          text += part;
        },
      })
      .outputHelp();
    return text;
  };
  const below = (command: Command, path: readonly string[] = []): [string, Command][] =>
    command.commands.flatMap((child) => [
      [[...path, child.name()].join(' '), child] as [string, Command],
      ...below(child, [...path, child.name()]),
    ]);

  it.each(below(whole()).map(([name]) => name))('of %s carries an example of it', (name) => {
    expect(helpOf(below(whole()).find(([each]) => each === name)![1])).toContain(`Example:\n  $ ./waymark ${name}`);
  });

  it('of the whole names every command, an example and the exit codes; and is there for each at the terminal', async () => {
    const [all, one] = await Promise.all([at.waymark('--help'), at.waymark('import', 'area-stats', '--help')]);
    expect([all.code, one.code]).toEqual([0, 0]);
    expect([...all.out.slice(all.out.indexOf('Commands:')).matchAll(/^ {2}([a-z-]+)[ |[]/gm)].map(([, name]) => name)).toEqual([
      ...whole().commands.map((command) => command.name()),
      'help',
    ]);
    expect(all.out).toContain('Example:\n  $ ./waymark start');
    for (const each of [0, 1, 2, 3, 4, 5]) expect(all.out).toMatch(new RegExp(`^ {2}${each} {2}\\w`, 'm'));
    expect(one.out).toContain('Example:\n  $ ./waymark import area-stats');
  });
});

describe('what is not understood, not there or not allowed', () => {
  it('ends with a code of its own and one line, and in JSON where machines ask', async () => {
    const [wrong, missing, machine, level, port] = await Promise.all([
      at.waymark('risk', 'shw'),
      at.waymark('doctor', '--data', './nowhere'),
      at.waymark('doctor', '--json', '--data', './nowhere'),
      at.waymark('risk', 'show', '--level', 'x'),
      at.waymark('start', '--port', '99999'),
    ]);
    expect([wrong.code, level.code, port.code]).toEqual([2, 2, 2]);
    expect(missing.code).toBe(4);
    expect(inOneLine(missing)).toMatch(/There is no Waymark in .*nowhere: name its folder with --data\./);
    expect(existsSync(join(at.folder, 'nowhere'))).toBe(false);
    expect(machine).toMatchObject({ code: 4, json: { error: expect.stringContaining('There is no Waymark'), exitCode: 4 } });
    expect(port.err).toContain('A port is a number from 1 to 65535.');
  });

  it('is a taken port, said before anything is started', async () => {
    const taken = createServer();
    const port = await new Promise<number>((done) => {
      taken.listen(0, '127.0.0.1', () => done((taken.address() as AddressInfo).port));
    });
    const said = await at.waymark('start', '--port', String(port), '--data', './never');
    taken.close();
    expect(said).toMatchObject({ code: 1, out: '' });
    expect(inOneLine(said)).toBe(`Port ${port} is taken by another program: stop that one, or choose another with --port.\n`);
    expect(existsSync(join(at.folder, 'never'))).toBe(false);
  });

  it('is a second Waymark on the same folder', async () => {
    const said = await at.waymark('start', '--port', '4731', '--no-demo');
    expect(said.err).toContain('Waymark already runs on');
    expect(said.code).toBe(5);
    expect(said.err).not.toMatch(/\n\s+at /);
  });
});

describe('import, risk and export', () => {
  const rejected = () => join(at.folder, 'p.csv.rejected.csv');

  it('asks for places first', async () => {
    const said = await at.waymark('risk', 'show');
    expect(said.code).toBe(4);
    expect(inOneLine(said)).toContain('There are no places yet');
  });

  it('tries places without keeping any, names the row that cannot be taken, and says so with its code', async () => {
    const said = await at.waymark('import', 'places', 'p.csv', 'd.csv', 'v.csv', '--mapping', 'places.yaml', '--dry-run');
    expect(said.code, said.err).toBe(3);
    expect(said.out).toContain('A dry run: nothing was kept.');
    expect(said.out).toMatch(/rejected: v\.csv, row 6, column within: .*XT9 is not known/);
    expect(readFileSync(rejected(), 'utf8')).toContain('XT999');
    expect((await sql`select 1 from waymark.place`.execute(at.owner)).rows).toEqual([]);
  });

  it('takes them from the folder that the mapping names, once however often', async () => {
    const first = await at.waymark('import', 'places', '.', '--mapping', 'places.yaml', '--json');
    expect(first).toMatchObject({ code: 3, json: { dryRun: false, rows: 8, taken: 7, rejected: 1 } });
    const again = await at.waymark('import', 'places', '.', '--mapping', 'places.yaml', '--json');
    expect((again.json as ImportReport).sameAs).toBe((first.json as ImportReport).batchId);
    expect((await sql<{ n: number }>`select count(*)::integer as n from waymark.place`.execute(at.owner)).rows[0]?.n).toBe(8);
  });

  it('takes statistics, shows and explains them, and takes them away in three kinds of file', async () => {
    const tried = await at.waymark('import', 'area-stats', 'poor.csv', '--mapping', 'poor.yaml', '--dry-run');
    expect([tried.code, tried.err]).toEqual([0, expect.not.stringMatching(/\n\s+at /)]);
    expect(tried.out).toMatch(/A dry run: nothing was kept\.\n4 rows: 4 taken, 0 rejected/);
    const taken = await at.waymark('import', 'area-stats', 'poor.csv', '--mapping', 'poor.yaml', '--json');
    expect(taken).toMatchObject({ code: 0, json: { taken: 4, rejected: 0, indicators: [{ code: 'poor_households', values: 4 }] } });
    const place = ['--place', 'XT1', '--instrument', 'place-secondary-1'];
    const [words, shown, explained, csv, xlsx, geojson] = await Promise.all([
      at.waymark('risk', 'show', ...place, '--level', '3'),
      at.waymark('risk', 'show', ...place, '--json'),
      at.waymark('risk', 'explain', 'XT:XT12', '--instrument', 'place-secondary-1', '--json'),
      at.waymark('export', 'out.csv', ...place),
      at.waymark('export', 'out.xlsx', ...place, '--format', 'xlsx'),
      at.waymark('export', 'out.geojson', ...place, '--format', 'geojson', '--json'),
    ]);
    expect(words.out).toMatch(/XT111 +Village 1 +\w+ +index/);
    expect((shown.json as MapData).rows.map(({ code, index }) => [code, index])).toEqual(
      [
        ['XT11', 25],
        ['XT12', 75],
      ].map((row) => [row[0], expect.any(Number)]),
    );
    expect((explained.json as Profile).drivers[0]).toMatchObject({ code: 'poor_households', value: 0.35 });
    expect([csv.code, xlsx.code, geojson.code]).toEqual([0, 0, 0]);
    expect(readFileSync(join(at.folder, 'out.csv'), 'utf8')).toContain('#adm');
    expect(readFileSync(join(at.folder, 'out.xlsx')).subarray(0, 2).toString()).toBe('PK');
    expect(JSON.parse(readFileSync(join(at.folder, 'out.geojson'), 'utf8'))).toMatchObject({ type: 'FeatureCollection' });
    expect(geojson.json).toEqual({ file: expect.stringMatching(/out\.geojson$/), format: 'geojson' });
    const twice = await at.waymark('export', 'out.csv', ...place);
    expect([twice.code, inOneLine(twice)]).toEqual([5, expect.stringContaining('is there already')]);
  });

  it('shows nothing of an import that was taken back', async () => {
    const {
      rows: [batch],
    } = await sql<{ id: string }>`select batch_id as id from waymark.import_batch where kind = 'area-stats' and state = 'done'`.execute(
      at.owner,
    );
    const pool = openPool(at.urls.app, { max: 1 });
    try {
      const actor = await statistician({ owner: at.owner } as Parameters<typeof statistician>[0]);
      await withActor(openDb(pool), actor, (tx) =>
        areaStatsKind.undo({ tx, actor, batchId: batch?.id ?? '', now: new Date(), newId: uuidv7 }),
      );
    } finally {
      await pool.end();
    }
    const shown = await at.waymark('risk', 'show', '--place', 'XT1', '--instrument', 'place-secondary-1', '--json');
    expect((shown.json as MapData).rows.map(({ index }) => index)).toEqual([null, null]);
  });

  it('names a file, a mapping and a place that are not there', async () => {
    const [file, mapping, place] = await Promise.all([
      at.waymark('import', 'area-stats', 'gone.csv', '--mapping', 'poor.yaml'),
      at.waymark('import', 'area-stats', 'poor.csv', '--mapping', 'gone.yaml'),
      at.waymark('risk', 'explain', 'XT77'),
    ]);
    expect([file.code, mapping.code, place.code]).toEqual([1, 1, 1]);
    expect([lastLine(file), inOneLine(mapping), inOneLine(place)]).toEqual([
      expect.stringContaining('gone.csv'),
      expect.stringContaining('gone.yaml'),
      'There is no place with the code XT77.\n',
    ]);
  });
});

describe('doctor', () => {
  it('says in words and in JSON that all is well, and which is not, with a code that scripts can ask', async () => {
    const well = await at.waymark('doctor', '--full');
    expect([well.code, well.out]).toEqual([0, expect.stringMatching(/^ok {4}rollups: [^]*Waymark is well\.\n$/m)]);
    await sql`alter table waymark.person disable row level security`.execute(at.owner);
    const ill = await at.waymark('doctor', '--json');
    await sql`alter table waymark.person enable row level security`.execute(at.owner);
    expect(ill).toMatchObject({ code: 1, json: { healthy: false } });
    expect(
      (ill.json as { findings: { state: string; what: string; detail: string }[] }).findings.filter(({ state }) => state === 'ill'),
    ).toEqual([{ state: 'ill', what: 'row security', detail: 'not forced on person' }]);
  });
});

describe('user', () => {
  it('adds, lists and disables, and refuses a name twice', async () => {
    const added = await at.waymark('user', 'add', 'malee', '--name', 'Malee', '--role', 'coordinator', '--place', 'XT1', '--json');
    expect(added).toMatchObject({ code: 0, json: { userName: 'malee', password: expect.stringMatching(/\S{10,}/) } });
    const again = await at.waymark('user', 'add', 'malee', '--role', 'analyst');
    expect([again.code, inOneLine(again).length > 10]).toEqual([1, true]);
    expect((await at.waymark('user', 'add', 'nobody', '--role', 'queen')).code).toBe(2);
    expect(await at.waymark('user', 'disable', 'malee', '--json')).toMatchObject({ code: 0, json: { userName: 'malee', disabled: true } });
    expect((await at.waymark('user', 'list', '--json')).json).toMatchObject({
      accounts: [{ userName: 'malee', disabled: true, posts: [{ role: 'coordinator', place: { code: 'XT1' } }] }],
    });
    expect((await at.waymark('user', 'list')).out).toMatch(/^malee +Malee +disabled coordinator at Ban Fa$/m);
    expect((await at.waymark('user', 'disable', 'nobody')).code).toBe(1);
  });
});

describe('the demo', () => {
  it('answers on this machine only, unless somebody says --demo-public', () => {
    expect([hostOf({}), hostOf({ demoPublic: true }), hostOf({ host: '10.0.0.5', demoPublic: true })]).toEqual([
      '127.0.0.1',
      '0.0.0.0',
      '10.0.0.5',
    ]);
    for (const host of ['127.0.0.1', 'localhost', '::1', '127.1.2.3'])
      expect([host, mayAnswerOn(host, { demo: true })]).toEqual([host, true]);
    for (const host of ['0.0.0.0', '10.0.0.5', '::', 'localhost.example.org', '127.0.0.1.example.org']) {
      expect([
        host,
        mayAnswerOn(host, { demo: true }),
        mayAnswerOn(host, { demo: true, demoPublic: true }),
        mayAnswerOn(host, { demo: false }),
      ]).toEqual([host, false, true, true]);
    }
  });

  it('refuses a start that would show it to others, and starts nothing', async () => {
    await sql`update waymark.installation set is_demo = true`.execute(at.owner);
    await at.stop();
    const said = await at.waymark('start', '--host', '0.0.0.0', '--port', '4733');
    expect(said.code).toBe(5);
    expect(lastLine(said)).toBe(
      'This is the demo, whose passwords everybody knows, so it answers on this machine only: leave --host out, or say --demo-public.',
    );
    expect(said.out).toBe('');
  });
});

it('the launcher passes arguments, answers and exit codes through, from any folder', async () => {
  const said = await launcher(at.folder, 'doctor', '--json', '--data', './nowhere');
  expect(said).toMatchObject({ code: 4, json: { exitCode: 4 } });
});

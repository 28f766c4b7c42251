// SPDX-License-Identifier: AGPL-3.0-or-later
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql, type Kysely } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runningCluster } from '../../src/platform/server/cluster.ts';
import { openDb, openPool } from '../../src/platform/server/db.ts';
import { urlsOfRunning } from '../../src/platform/server/roles.ts';
import { Client } from '../support/client.ts';
import { makeDemoLand, type DemoLand } from '../support/demo-land.ts';
import { setUpApp } from '../support/second-proof.ts';
import { examined, ill, password, until } from './killable.ts';
import { root, run, type Run } from './support.ts';

/** What release 0.1.0 was made of: the last before roles, the vault and the register. WAYMARK_PROOF_OLD_RELEASE names a folder where it is installed already. */
const release = '0815c10e102d55c9d45d40316d7d7f923f6ceb4d';
const inHistory = spawnSync('git', ['cat-file', '-e', release], { cwd: root }).status === 0;
const port = 4385,
  address = `http://127.0.0.1:${port}`,
  people = 60;

let folder: string,
  old: string,
  data: string,
  words: string,
  oldBackup: string,
  server: Run | null = null;
let land: DemoLand;
const given: Record<string, string> = {};
const answers = new Set<string>();

const program = (of: string, ...args: string[]): Run =>
  run(process.execPath, [join(of, 'scripts', 'run.mjs'), 'cli', ...args], { cwd: of, env: { WAYMARK_ROOT: of } });
/** Without the launcher, so that a kill meets the program itself. */
const bare = (...args: string[]): Run =>
  run(process.execPath, [join(root, 'src', 'app', 'cli.ts'), ...args], { env: { WAYMARK_ROOT: root } });

async function start(of: string): Promise<void> {
  server = program(
    of,
    'start',
    '--no-demo',
    '--port',
    String(port),
    '--data',
    data,
    ...(of === root ? ['--key-file', join(folder, 'key')] : []),
  );
  await server.waitFor('Waymark is ready');
}
async function stop(): Promise<void> {
  server?.child.kill('SIGINT');
  await server?.ended;
  server = null;
}
async function owner<T>(fn: (db: Kysely<unknown>) => Promise<T>): Promise<T> {
  const pool = openPool(urlsOfRunning(runningCluster(data)!).owner, { max: 1 });
  try {
    return await fn(openDb(pool));
  } finally {
    await pool.end();
  }
}
async function killAll(victim: Run, andDatabase: boolean): Promise<void> {
  const pid = andDatabase ? (runningCluster(data)?.pid ?? null) : null;
  const lock = join(data, 'waymark.lock');
  const program = existsSync(lock) ? (JSON.parse(readFileSync(lock, 'utf8')) as { pid: number }).pid : null;
  for (const each of new Set([victim.child.pid ?? null, program, pid])) {
    try {
      if (each !== null) process.kill(each, 'SIGKILL');
    } catch {
      /* it has ended by itself */
    }
  }
  await victim.ended;
}

beforeAll(async () => {
  if (!inHistory) return;
  folder = mkdtempSync(join(tmpdir(), 'waymark-proof-'));
  data = join(folder, 'data');
  words = join(folder, 'words');
  oldBackup = join(folder, 'old.backup');
  writeFileSync(words, 'seven plain words that nobody else knows\n', { mode: 0o600 });
  old = process.env['WAYMARK_PROOF_OLD_RELEASE'] ?? join(folder, 'release');
  if (existsSync(join(old, 'package.json'))) return;
  mkdirSync(old);
  const packed = join(folder, 'release.tar');
  for (const [command, ...args] of [
    ['git', 'archive', '--output', packed, release],
    ['tar', '-xf', packed, '-C', old],
  ] as const)
    expect(spawnSync(command, args, { cwd: root, encoding: 'utf8' })).toMatchObject({ status: 0 });
}, 60_000);
afterAll(async () => {
  await stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** Som writes what somebody answered, and the answer is there when it is acknowledged. */
async function visit(som: Client, personId: string, score: number): Promise<void> {
  const assessmentId = uuidv7();
  const { status, text } = await som.post('/api/assessments', {
    assessmentId,
    subjectKind: 'person',
    subjectId: personId,
    regionId: land.east.regionId,
    instrument: 'household-28',
    answers: { school_attendance: score },
    observedAt: new Date().toISOString(),
  });
  expect([status, text.slice(0, 300)]).toEqual([201, expect.any(String)]);
  answers.add(assessmentId);
}
const peopleIds = () =>
  owner(async (db) =>
    (await sql<{ id: string }>`select person_id as id from waymark.person order by 1`.execute(db)).rows.map(({ id }) => id),
  );

async function expectEveryAnswerOnce(): Promise<void> {
  const { rows } = await owner((db) => sql<{ id: string }>`select assessment_id as id from waymark.assessment`.execute(db));
  expect(rows.map(({ id }) => id).sort()).toEqual([...answers].sort());
}

describe.runIf(inHistory)('An installation of release 0.1.0', () => {
  it('is set up and written in by the program of that release, and ended by kill -9', async () => {
    await start(old);
    const code = /\S+$/.exec((await server?.waitFor('set-up code')) ?? '')?.[0] ?? '';
    await new Client(address).post('/api/setup', { code, userName: 'nok', displayName: 'Nok', password });
    land = await owner(async (db) => {
      const made = await makeDemoLand(db);
      const { placeId, regionId } = made.eastVillages[0];
      await sql`insert into waymark.person (region_id, person_id, place_id, sex, born_on)
        select ${regionId}, gen_random_uuid(), ${placeId}, 1 + n % 2, date '1960-01-01' + n * 300 from generate_series(1, ${people}::int) n`.execute(
        db,
      );
      return made;
    });
    const nok = await new Client(address).signIn('nok', password);
    for (const [userName, role, placeId] of [
      ['mali', 'coordinator', land.province.placeId],
      ['som', 'district_officer', land.east.placeId],
      ['ploy', 'analyst', land.province.placeId],
    ] as const)
      given[userName] = (
        await nok.post<{ password: string }>('/api/accounts', { userName, displayName: userName, role, placeId })
      ).body.password;
    const som = await new Client(address).signIn('som', given['som']!);
    for (const [n, personId] of (await peopleIds()).entries()) await visit(som, personId, 1 + (n % 3));
    const backup = program(old, 'backup', oldBackup, '--passphrase-file', words, '--data', data);
    expect([await backup.ended, backup.lines.at(-1)]).toEqual([0, expect.any(String)]);
    // And some more, of which the last is acknowledged in the moment before.
    for (const personId of (await peopleIds()).slice(0, 20)) await visit(som, personId, 3);
    await killAll(server!, true);
    server = null;
  }, 600_000);

  it('is backed up first, and an upgrade killed in its midst again and again leads back by that backup and ends well', async () => {
    const backups = () =>
      existsSync(join(data, 'backups')) ? readdirSync(join(data, 'backups')).filter((name) => name.endsWith('.backup')) : [];
    let midst = 0;
    for (const [phase, wait, database] of [
      [/^Starting the database|^Looking whether/, 0, false],
      [/Backing up before the upgrade/, 0, true],
      [/Bringing the database up to date/, 0, false],
      [/Bringing the database up to date/, 250, true],
      [/Bringing the database up to date/, 400, false],
      [/Bringing the database up to date/, 500, true],
      [/Bringing the database up to date/, 700, false],
    ] as const) {
      const upgrading = bare('start', '--no-demo', '--port', String(port), '--data', data, '--key-file', join(folder, 'key'));
      await upgrading.waitFor(phase);
      await sleep(wait);
      await killAll(upgrading, database);
      if (phase.source.startsWith('Bringing')) midst++;
      expect((await fetch(`${address}/healthz`).catch(() => null))?.ok ?? false).toBe(false);
    }
    expect(backups().some((name) => name.startsWith('before-0021'))).toBe(true);
    await start(root);
    // Of what was half changed no backup was made, and none of before was dropped for it.
    expect(backups().filter((name) => !name.startsWith('before-0021'))).toEqual([]);
    expect(existsSync(join(data, 'backups', 'upgrade-under-way'))).toBe(false);
    await expectEveryAnswerOnce();
    console.log(`killed ${midst} times while it changed the database; backups: ${backups().join(', ')}`);
  }, 900_000);

  it('has everybody sign in as before, in the role of before, and shows what was answered', async () => {
    const { rows } = await owner((db) =>
      sql<{ who: string; role: string; path: string | null }>`
        select a.user_name as who, p.role, pl.code as path from waymark.post p join waymark.account a using (account_id)
        left join waymark.place pl on pl.place_id = p.place_id where p.ended_at is null order by 1`.execute(db),
    );
    expect(rows).toEqual([
      { who: 'mali', role: 'coordinator', path: land.province.code },
      { who: 'nok', role: 'administrator', path: null },
      { who: 'ploy', role: 'analyst', path: land.province.code },
      { who: 'som', role: 'district_officer', path: land.east.code },
    ]);
    const som = await new Client(address).signIn('som', given['som']!);
    const [first = ''] = await peopleIds();
    // Her work goes on at once; who sees more proves a second time who they are.
    await visit(som, first, 2);
    expect((await (await new Client(address).signIn('ploy', given['ploy']!)).get('/api/me')).status).toBe(200);
    for (const [userName, word] of [
      ['nok', password],
      ['mali', given['mali']!],
    ] as const) {
      const client = await new Client(address).signIn(userName, word);
      const path = userName === 'nok' ? '/api/accounts' : '/api/imports?limit=5';
      expect([userName, (await client.get(path)).status]).toEqual([userName, 403]);
      await setUpApp(client, new Date());
      expect([userName, (await client.get(path)).status]).toEqual([userName, 200]);
    }
    // A registration waits until the data protection officer has stated on what ground.
    await until(async () => (await owner((db) => sql`select from waymark.answer_to_follow`.execute(db))).rows.length === 0, 60_000);
    const found = await examined(['--data', data, '--key-file', join(folder, 'key'), '--full']);
    expect(ill(found)).toEqual([]);
    console.log(found.map(({ what, detail }) => `${what}: ${detail}`).join('\n'));
  }, 300_000);

  it('can be gone back to with the backup made before the upgrade, by the older program', async () => {
    await stop();
    const [file = ''] = readdirSync(join(data, 'backups')).filter((name) => name.endsWith('.backup'));
    const back = join(folder, 'back');
    const args = [join(data, 'backups', file), '--data', back, '--identity-file', join(data, 'secrets', 'upgrade-backups.key')];
    const restored = program(old, 'restore', ...args);
    expect([await restored.ended, restored.lines.join('\n')]).toEqual([0, expect.stringContaining('Restored')]);
    const doctor = program(old, 'doctor', '--full', '--data', back);
    expect([await doctor.ended, doctor.lines.at(-1)]).toEqual([0, 'Waymark is well.']);
  }, 300_000);

  it('and a backup that the older program made is brought back by this one, up to date', async () => {
    data = join(folder, 'forward');
    const restored = program(root, 'restore', oldBackup, '--passphrase-file', words, '--data', data);
    expect([await restored.ended, restored.lines.join('\n')]).toEqual([0, expect.stringContaining('Restored')]);
    await start(root);
    const { rows } = await owner((db) => sql<{ id: string }>`select assessment_id as id from waymark.assessment`.execute(db));
    expect(rows.length).toBe(people);
    expect(rows.filter(({ id }) => !answers.has(id))).toEqual([]);
    expect((await (await new Client(address).signIn('som', given['som']!)).get('/api/me')).status).toBe(200);
    expect(ill(await examined(['--data', data, '--key-file', join(folder, 'key'), '--full']))).toEqual([]);
  }, 300_000);
});

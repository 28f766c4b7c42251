// SPDX-License-Identifier: AGPL-3.0-or-later
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWebIfStale } from '../../src/app/build-web.ts';
import { asRoot, must, root, run, waymark, type Run } from './support.ts';

const user = 'waymarkproof';
let folder: string,
  uid = 0,
  gid = 0;

beforeAll(async () => {
  await buildWebIfStale();
  folder = mkdtempSync(join(tmpdir(), 'waymark-proof-'));
  chmodSync(folder, 0o711);
  if (!asRoot) return;
  must('useradd', '--no-create-home', user);
  uid = Number(must('id', '-u', user));
  gid = Number(must('id', '-g', user));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  if (asRoot) must('userdel', user);
});

function ownFolder(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  chownSync(path, uid, gid);
  chmodSync(path, 0o700);
  return path;
}

async function expectServes(started: Run, port: number): Promise<void> {
  await started.waitFor('Waymark is ready');
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).ok).toBe(true);
  started.child.kill('SIGTERM');
  expect(await started.ended, started.lines.join('\n')).toBe(0);
}

describe.runIf(asRoot)('Started', () => {
  it('by a plain user, in a folder that only this user may enter', async () => {
    const mine = ownFolder('plain');
    await expectServes(
      waymark(['start', '--no-demo', '--port', '4392', '--data', join(mine, 'data')], { cwd: mine, uid, gid, env: { HOME: mine } }),
      4392,
    );
    expect(JSON.parse(readFileSync(join(mine, 'data', 'cluster.json'), 'utf8'))).toMatchObject({ mode: 'direct' });
    // The same folder, started by root afterwards, stays the user's own.
    await expectServes(waymark(['start', '--no-demo', '--port', '4392', '--data', join(mine, 'data')]), 4392);
    expect(statSync(join(mine, 'data', 'db')).uid).toBe(uid);
  });

  it('by root, from a program folder that only root may enter', async () => {
    const mine = join(folder, 'root-only');
    mkdirSync(mine, { mode: 0o700 });
    must('cp', '-al', root, join(mine, 'clone'));
    rmSync(join(mine, 'clone', 'data'), { recursive: true, force: true });
    const started = run(process.execPath, [join(mine, 'clone', 'scripts', 'run.mjs'), 'start', '--no-demo', '--port', '4393'], {
      cwd: join(mine, 'clone'),
    });
    await expectServes(started, 4393);
    expect(JSON.parse(readFileSync(join(mine, 'clone', 'data', 'cluster.json'), 'utf8'))).toMatchObject({ mode: 'user-namespace' });
  });

  it('by root, with the data in a folder that only a plain user may enter', async () => {
    const theirs = ownFolder('theirs'),
      base = join(folder, 'var-lib');
    await expectServes(
      waymark(['start', '--no-demo', '--port', '4394', '--data', join(theirs, 'data')], { env: { WAYMARK_COPIED_BASE: base } }),
      4394,
    );
    expect(JSON.parse(readFileSync(join(theirs, 'data', 'cluster.json'), 'utf8'))).toMatchObject({ mode: 'copied' });
    expect(existsSync(join(theirs, 'data', 'db'))).toBe(false);
  });

  it('by a plain user, in a folder that is not theirs: one line', async () => {
    mkdirSync(join(folder, 'roots'), { mode: 0o755 });
    const refused = waymark(['start', '--no-demo', '--port', '4392', '--data', join(folder, 'roots', 'data')], { cwd: '/', uid, gid });
    expect(await refused.ended).toBe(1);
    expect(refused.lines.filter((line) => !line.endsWith('...'))).toEqual([
      `Waymark may not write to ${join(folder, 'roots', 'data')}: give your user that folder, or choose another with --data.`,
    ]);
  });
});

describe('Before anything is installed', () => {
  it('an old Node, a missing npm and a read-only folder get one line each', async () => {
    const bare = join(folder, 'bare');
    must('mkdir', '-p', join(bare, 'scripts'));
    for (const name of ['scripts/run.mjs', 'package.json', 'package-lock.json']) must('cp', join(root, name), join(bare, name));
    const withoutNpm = run(process.execPath, [join(bare, 'scripts', 'run.mjs'), 'start'], { env: { PATH: '/nowhere', npm_execpath: '' } });
    expect(await withoutNpm.ended).toBe(1);
    expect(withoutNpm.lines.at(-1)).toMatch(/installs itself with npm, and there is none/);

    writeFileSync(
      join(folder, 'old.mjs'),
      `Object.defineProperty(process.versions, 'node', { value: '18.20.0' });\nawait import(${JSON.stringify(join(bare, 'scripts', 'run.mjs'))});\n`,
    );
    const old = run(process.execPath, [join(folder, 'old.mjs'), 'start']);
    expect(await old.ended).toBe(1);
    expect(old.lines).toEqual([
      "Waymark needs Node 20.19 or newer and this is 18.20.0: install a newer one from your system's packages or nodejs.org.",
    ]);

    if (!asRoot) return; // root's own folders are never read-only to root
    const readOnly = run(process.execPath, [join(bare, 'scripts', 'run.mjs'), 'start'], { uid, gid, cwd: '/' });
    expect(await readOnly.ended).toBe(1);
    expect(readOnly.lines).toEqual([`Waymark is not installed yet, and you may not write to ${bare}: run this once as a user who may.`]);
  });
});

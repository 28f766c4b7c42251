// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAlive } from '../../src/platform/server/process-table.ts';
import { demoAccounts } from '../../demo/accounts.ts';
import { root, run, type Run } from './support.ts';

const port = 4389;
let folder: string, demo: string, file: string, words: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-proof-'));
  demo = join(folder, 'demo');
  file = join(folder, 'demo.backup');
  words = join(folder, 'words');
  writeFileSync(words, 'seven plain words that nobody else knows\n', { mode: 0o600 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Without the launcher, so that a kill meets the program itself. */
const waymark = (...args: string[]): Run =>
  run(process.execPath, [join(root, 'src', 'app', 'cli.ts'), ...args], { env: { WAYMARK_ROOT: root } });
const said = (of: Run) => of.lines.filter((line) => !/ \.\.\.$|%$/.test(line)).join('\n');
const served = async () => (await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null))?.ok ?? false;
const start = (data: string, ...more: string[]) => waymark('start', '--port', String(port), '--data', data, ...more);

async function kill(victim: Run, data: string, database: boolean): Promise<void> {
  const pid = Number(
    existsSync(join(data, 'db', 'postmaster.pid')) && readFileSync(join(data, 'db', 'postmaster.pid'), 'utf8').split('\n')[0],
  );
  victim.child.kill('SIGKILL');
  if (database && pid > 0) process.kill(pid, 'SIGKILL');
  await victim.ended;
  if (database && pid > 0) await expect.poll(() => isAlive(pid), { timeout: 120_000 }).toBe(false);
}

async function expectRefused(what: Run, code: number, line: RegExp): Promise<void> {
  expect([await what.ended, said(what)]).toEqual([code, expect.stringMatching(line)]);
}

describe('A first start that is killed while the demo is filled in', () => {
  // The moments in their order; and whether the database is killed with it.
  const moments: readonly [RegExp, boolean][] = [
    [/^Starting the database/, false],
    [/^Bringing the database up to date/, true],
    [/demo province: places/, false],
    [/demo province: accounts/, true],
    [/demo province: statistics \.\.\.|demo province: statistics$/, false],
    [/people [1-9]/, true],
    [/people [5-9]/, false],
    [/statistics for the planner/, true],
  ];
  for (const [moment, database] of moments) {
    it(`at ${moment.source}${database ? ', the database with it' : ''}: serves nothing, and no command takes the half for the whole`, async () => {
      const first = start(demo);
      await first.waitFor(moment, 600_000);
      expect(await served()).toBe(false);
      await kill(first, demo, database);
      expect(await served()).toBe(false);
      const last = moment.source.includes('planner');
      for (const command of [
        ['user', 'list'],
        ['backup', file, '--passphrase-file', words],
        ['risk', 'show'],
      ]) {
        const asked = waymark(...command, '--data', demo);
        // From the row that says "demo" on, all of it is there.
        if (last && (await asked.ended) === 0) continue;
        await expectRefused(asked, 4, /^(The first start in .* is not finished|There is no Waymark in )/);
      }
      rmSync(file, { force: true });
    });
  }

  it('is made whole by the next one', async () => {
    const next = start(demo);
    await next.waitFor('Waymark is ready', 600_000);
    expect(await served()).toBe(true);
    next.child.kill('SIGTERM');
    expect(await next.ended).toBe(0);
    const users = waymark('user', 'list', '--json', '--data', demo);
    expect(await users.ended).toBe(0);
    const { accounts } = JSON.parse(users.lines.at(-1) ?? '') as { accounts: { userName: string }[] };
    expect(accounts.map((account) => account.userName).sort()).toEqual(demoAccounts.map((account) => account.userName).sort());
    const doctor = waymark('doctor', '--full', '--json', '--data', demo);
    expect([await doctor.ended, doctor.lines.at(-1)]).toEqual([0, expect.stringContaining('"healthy":true')]);
    const shown = waymark('risk', 'show', '--json', '--data', demo);
    expect(await shown.ended).toBe(0);
    expect(JSON.parse(shown.lines.at(-1) ?? '')).toMatchObject({ total: expect.anything() });
  });
});

describe('A backup that is killed', () => {
  const backup = () => waymark('backup', file, '--passphrase-file', words, '--data', demo);

  it('at any moment leaves no file of that name or a whole one, and what lies beside it opens as nothing', async () => {
    for (const [moment, wait] of [
      [/ auth\./, 0],
      [/ waymark\.assessment/, 0],
      [/ waymark\.assessment/, 400],
      [/ waymark\.standing/, 0],
      [/ waymark\.standing/, 200],
      [/ waymark\.standing/, 500],
    ] as const) {
      const writing = backup();
      await writing.waitFor(moment);
      await sleep(wait);
      await kill(writing, demo, false);
      // A quick machine may have finished: then it is whole.
      if (existsSync(file)) {
        await expectRefused(waymark('restore', file, '--check', '--passphrase-file', words), 0, /is whole/);
        rmSync(file);
        continue;
      }
      for (const name of readdirSync(folder).filter((each) => each.startsWith('demo.backup'))) {
        await expectRefused(
          waymark('restore', join(folder, name), '--check', '--passphrase-file', words),
          1,
          /is damaged or was changed since it was written/,
        );
      }
    }
  });

  it('can be made again under the same name, and then nothing lies beside it', async () => {
    rmSync(file, { force: true });
    const again = backup();
    expect([await again.ended, said(again)]).toEqual([0, expect.stringContaining('SHA-256')]);
    const check = waymark('restore', file, '--check', '--passphrase-file', words);
    expect([await check.ended, said(check)]).toEqual([0, expect.stringContaining('is whole')]);
    expect(readdirSync(folder).filter((name) => name.startsWith('demo.backup'))).toEqual(['demo.backup']);
  });
});

describe('A restore that is killed', () => {
  // A backup brings no key: the names in it open with the one that the demo was filled with.
  const key = () => ['--key-file', join(demo, 'waymark-key')];
  const restore = (data: string) => waymark('restore', file, '--passphrase-file', words, '--data', data, ...key());

  it('at any moment leaves a folder that nothing takes for an installation, and that the next restore takes over', async () => {
    const data = join(folder, 'restored');
    for (const [moment, database] of [
      [/ Restoring auth\./, false],
      [/ Restoring waymark\.assessment/, true],
      [/ Restoring waymark\.standing/, false],
      [/how the rows hang together/, true],
    ] as const) {
      const restoring = restore(data);
      await restoring.waitFor(moment, 600_000);
      await kill(restoring, data, database);
      await expectRefused(start(data), 4, /^A restore into .* did not finish: run it again/);
      await expectRefused(waymark('user', 'list', '--data', data), 4, /^A restore into .* did not finish/);
    }
    const whole = restore(data);
    expect([await whole.ended, said(whole)]).toEqual([0, expect.stringContaining('Everybody signs in anew.')]);
    const started = start(data, ...key());
    await started.waitFor('Waymark is ready');
    started.child.kill('SIGTERM');
    expect(await started.ended).toBe(0);
    const doctor = waymark('doctor', '--data', data, ...key());
    expect([await doctor.ended, doctor.lines.at(-1)]).toEqual([0, 'Waymark is well.']);
    await expectRefused(restore(data), 5, /is not empty/);
  });

  it('with a wrong passphrase, a file cut short or changed: one line, and the folder is as it was', async () => {
    const data = join(folder, 'untouched'),
      wrong = join(folder, 'wrong'),
      short = join(folder, 'short.backup'),
      changed = join(folder, 'changed.backup');
    writeFileSync(wrong, 'other words\n');
    const bytes = readFileSync(file);
    writeFileSync(short, bytes.subarray(0, bytes.length / 2));
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    writeFileSync(changed, bytes);
    await expectRefused(
      waymark('restore', file, '--passphrase-file', wrong, '--data', data),
      1,
      /^The passphrase does not open .*\. Nothing was changed\.$/,
    );
    for (const bad of [short, changed])
      await expectRefused(
        waymark('restore', bad, '--passphrase-file', words, '--data', data),
        1,
        /^.* is damaged or was changed since it was written\. Nothing was changed here; use another backup\.$/,
      );
    expect(existsSync(data)).toBe(false);
  });
});

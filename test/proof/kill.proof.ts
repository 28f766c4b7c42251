// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCluster } from '../../src/platform/server/cluster.ts';
import { openDb, openPool } from '../../src/platform/server/db.ts';
import { lockHolder } from '../../src/platform/server/folder-lock.ts';
import { isAlive } from '../../src/platform/server/process-table.ts';
import { prepareRoles } from '../../src/platform/server/roles.ts';
import { run, waymark, type Run } from './support.ts';

const rounds = 10;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-proof-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const startWriter = (data: string): Run => run(process.execPath, [join(import.meta.dirname, 'writer.ts'), data]);
const saved = (writer: Run) => writer.lines.flatMap((line) => /^saved (\d+)/.exec(line)?.[1] ?? []).map(Number);
const postmaster = (writer: Run) =>
  Number(/postmaster=(\d+)/.exec(writer.lines.findLast((line) => line.includes('postmaster=')) ?? '')?.[1]);

async function kept(data: string): Promise<Set<number>> {
  const cluster = await startCluster({ dataFolder: data });
  const pool = openPool((await prepareRoles(cluster)).owner, { max: 1 });
  try {
    const { rows } = await sql<{ n: number }>`select n from public.proof`.execute(openDb(pool));
    return new Set(rows.map((row) => row.n));
  } finally {
    await pool.end();
    await cluster.stop();
  }
}

async function expectAllKept(data: string, acknowledged: readonly number[]): Promise<void> {
  const there = await kept(data);
  expect(acknowledged.filter((n) => !there.has(n))).toEqual([]);
  console.log(`${acknowledged.length} acknowledged rows, none lost`);
}

describe(`Nothing acknowledged is lost in ${rounds} rounds of kill -9`, () => {
  it('of Waymark: the database it left running is adopted', async () => {
    const data = join(folder, 'parent'),
      acknowledged: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const writer = startWriter(data);
      await writer.waitFor(round === 0 ? 'started launched' : 'started adopted');
      await writer.waitFor('saved');
      await sleep(100 + Math.random() * 400);
      writer.child.kill('SIGKILL');
      await writer.ended;
      expect(isAlive(postmaster(writer)), 'the database goes on without its parent').toBe(true);
      acknowledged.push(...saved(writer));
    }
    await expectAllKept(data, acknowledged);
  });

  it('of the database: Waymark brings it back by itself and goes on', async () => {
    const data = join(folder, 'postmaster');
    const writer = startWriter(data);
    for (let round = 0; round < rounds; round++) {
      await writer.waitFor(/^saved/);
      await sleep(200 + Math.random() * 300);
      const killed = postmaster(writer);
      process.kill(killed, 'SIGKILL');
      await expect.poll(() => postmaster(writer), { timeout: 120_000, interval: 50 }).not.toBe(killed);
    }
    writer.child.kill('SIGKILL');
    await writer.ended;
    expect(writer.lines.filter((line) => line === 'recovered')).toHaveLength(rounds);
    await expectAllKept(data, saved(writer));
  });

  it('of both at once: the next start waits for what is left of them', async () => {
    const data = join(folder, 'both'),
      acknowledged: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const writer = startWriter(data);
      await writer.waitFor('saved');
      await sleep(100 + Math.random() * 300);
      const pid = postmaster(writer);
      writer.child.kill('SIGKILL');
      process.kill(pid, 'SIGKILL');
      await writer.ended;
      acknowledged.push(...saved(writer));
    }
    await expectAllKept(data, acknowledged);
  });
});

describe('The whole system', () => {
  it('serves again after kill -9 of the launcher, and after kill -9 of everything', async () => {
    const data = join(folder, 'whole'),
      args = ['start', '--no-demo', '--port', '4391', '--data', data];
    const healthy = async () => (await fetch('http://127.0.0.1:4391/healthz')).ok;
    const first = waymark(args);
    await first.waitFor('Waymark is ready');
    expect(await healthy()).toBe(true);
    first.child.kill('SIGKILL'); // the launcher only: the server notices and stops in order
    await expect.poll(() => healthy().catch(() => false), { timeout: 120_000 }).toBe(false);
    // It answers nobody any more; until the database has stopped in order as well, the folder is its own.
    await expect.poll(() => lockHolder(data), { timeout: 60_000 }).toBeNull();
    const second = waymark(args);
    await second.waitFor('Waymark is ready');
    const { pid } = JSON.parse(await import('node:fs/promises').then((fs) => fs.readFile(join(data, 'waymark.lock'), 'utf8'))) as {
      pid: number;
    };
    second.child.kill('SIGKILL');
    process.kill(pid, 'SIGKILL');
    await second.ended;
    const third = waymark(args);
    await third.waitFor('Waymark is ready');
    expect(await healthy()).toBe(true);
    third.child.kill('SIGINT');
    expect(await third.ended).toBe(0);
  });
});

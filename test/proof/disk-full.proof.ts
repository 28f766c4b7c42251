// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCluster } from '../../src/platform/server/cluster.ts';
import { openDb, openPool } from '../../src/platform/server/db.ts';
import { prepareRoles } from '../../src/platform/server/roles.ts';
import { asRoot, must, waymark } from './support.ts';

let folder: string;
const mounted: string[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-proof-'));
});
afterAll(() => {
  for (const disk of mounted) must('umount', '-l', disk);
  rmSync(folder, { recursive: true, force: true });
});

function disk(name: string, megabytes: number): string {
  const path = join(folder, name);
  mkdirSync(path);
  must('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', path);
  mounted.push(path);
  return path;
}

/** Leaves `megabytes` free. */
function fillUp(path: string, megabytes: number): string {
  const { bavail, bsize } = statfsSync(path),
    file = join(path, 'ballast');
  writeFileSync(file, Buffer.alloc(Math.max(0, bavail * bsize - megabytes * 2 ** 20)));
  return file;
}

const said = (lines: readonly string[]) => lines.filter((line) => !line.endsWith('...'));

describe.runIf(asRoot)('A full disk', () => {
  it('is one line at the first start', async () => {
    const data = join(disk('small', 60), 'data');
    const refused = waymark(['start', '--no-demo', '--port', '4395', '--data', data]);
    expect(await refused.ended).toBe(1);
    expect(said(refused.lines)).toEqual([
      expect.stringMatching(/^The disk that holds .* is full \(\d+ MB left, 200 MB needed\): free some space, then start again\./),
    ]);
  });

  it('is one line when it fills while the database is being made', async () => {
    const path = disk('making', 25);
    await expect(startCluster({ dataFolder: join(path, 'data') })).rejects.toThrow(/^The disk that holds .* is full: free some space/);
  });

  it('loses nothing that was acknowledged while people write, and all goes on once there is room', async () => {
    const path = disk('running', 320),
      data = join(path, 'data');
    const cluster = await startCluster({ dataFolder: data });
    const pool = openPool((await prepareRoles(cluster)).owner, { max: 1 });
    const db = openDb(pool);
    let acknowledged = 0,
      refused: unknown = null;
    try {
      await sql`create table public.proof (n bigint primary key, filler text)`.execute(db);
      await sql`alter table public.proof alter column filler set storage external`.execute(db);
      const ballast = fillUp(path, 20);
      for (let n = 1; n <= 2000 && !refused; n++) {
        try {
          await sql`insert into public.proof (n, filler) values (${n}, repeat('x', 200000))`.execute(db);
          acknowledged = n;
        } catch (error) {
          refused = error;
        }
      }
      expect(refused, 'the disk did fill up').not.toBeNull();
      rmSync(ballast);
      const count = async () =>
        (await sql<{ n: number }>`select count(*) as n from public.proof where n <= ${acknowledged}`.execute(db)).rows[0]?.n;
      for (let attempt = 0; attempt < 100 && (await count().catch(() => null)) === null; attempt++) await sleep(200);
      expect(await count()).toBe(acknowledged);
      await sql`insert into public.proof (n) values (99999)`.execute(db);
      console.log(`${acknowledged} acknowledged rows, none lost; the database said: ${(refused as Error).message}`);
    } finally {
      await pool.end();
      await cluster.stop();
    }
    fillUp(path, 5);
    const later = waymark(['start', '--no-demo', '--port', '4395', '--data', data]);
    expect(await later.ended).toBe(1);
    expect(said(later.lines)).toEqual([expect.stringMatching(/^The disk that holds .* is full \(\d+ MB left, 50 MB needed\)/)]);
  });
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql, type Kysely } from 'kysely';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examineRecord } from '../../src/audit/server/examine-record.ts';
import { startCluster, type Cluster } from '../../src/platform/server/cluster.ts';
import { openDb, openPool, type Urls } from '../../src/platform/server/db.ts';
import { migrate } from '../../src/platform/server/migrate.ts';
import { prepareRoles } from '../../src/platform/server/roles.ts';
import { run } from './support.ts';

/** Seals go on while people write, and are cut off by kill -9: at each step, at any moment, and with the database. */
let folder: string, cluster: Cluster, urls: Urls, pool: pg.Pool, db: Kysely<unknown>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-proof-'));
  cluster = await startCluster({ dataFolder: join(folder, 'data') });
  urls = await prepareRoles(cluster);
  pool = openPool(urls.owner, { max: 4 });
  db = openDb(pool);
  await migrate(db);
});
afterAll(async () => {
  await pool?.end();
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const child = (step = 'never', nth = 1) =>
  run(process.execPath, [join(import.meta.dirname, 'seal-child.ts'), urls.jobs, folder, step, String(nth)]);

/** Writes until told to stop; counts what the database has acknowledged. */
function writing() {
  const stopping = new AbortController();
  let acknowledged = 0;
  const done = (async () => {
    while (!stopping.signal.aborted) {
      await sql`insert into waymark.audit_entry (entry_id, actor_id, action) select gen_random_uuid(), 'som', 'test.write' from generate_series(1, 3)`
        .execute(db)
        .then(
          () => (acknowledged += 3),
          () => sleep(50),
        );
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await done;
      return acknowledged;
    },
  };
}

async function counted() {
  const { rows } = await sql<{ entries: number; sealed: number; placed: number; waiting: number }>`
    select (select count(*)::integer from waymark.audit_entry) as entries, (select count(*)::integer from waymark.audit_unsealed) as waiting,
      count(id)::integer as placed, count(distinct id)::integer as sealed from waymark.audit_seal, unnest(entry_ids) id`.execute(db);
  return rows[0] ?? { entries: 0, sealed: 0, placed: 0, waiting: 0 };
}

async function expectAllThere(acknowledged: number): Promise<void> {
  const { entries, sealed, placed, waiting } = await counted();
  expect(entries).toBeGreaterThanOrEqual(acknowledged);
  expect({ placed, all: sealed + waiting }).toEqual({ placed: sealed, all: entries });
  const { state, detail } = await examineRecord(db, folder);
  expect([state === 'ill', detail]).toEqual([false, detail]);
}

async function expectAllSealed(acknowledged: number): Promise<void> {
  const last = child();
  await expect.poll(async () => (await counted()).waiting, { timeout: 30_000 }).toBe(0);
  await sleep(500);
  last.child.kill('SIGKILL');
  await last.ended;
  expect((await counted()).sealed).toBeGreaterThanOrEqual(acknowledged);
  expect((await examineRecord(db, folder)).state).toBe('well');
  console.log(`${(await counted()).sealed} entries, each sealed once`);
}

describe('A sealer ended by kill -9', () => {
  let all = 0;

  it.each(['taken', 'made', 'inserted', 'committed', 'noted'])('at the step "%s" loses and doubles nothing', async (step) => {
    for (const nth of [1, 2, 7]) {
      const people = writing();
      const sealer = child(step, nth);
      await sealer.ended;
      all += await people.stop();
      await expectAllThere(all);
    }
  });

  it('at any moment loses and doubles nothing, two servers at once', async () => {
    for (let round = 0; round < 15; round++) {
      const people = writing();
      const sealers = [child(), child()];
      await Promise.all(sealers.map((each) => each.waitFor('sealing')));
      await sleep(50 + Math.random() * 300);
      for (const each of sealers) each.child.kill('SIGKILL');
      await Promise.all(sealers.map((each) => each.ended));
      all += await people.stop();
      await expectAllThere(all);
    }
    await expectAllSealed(all);
  });

  it('with the database under it loses and doubles nothing', async () => {
    const people = writing();
    const sealer = child();
    for (let round = 0; round < 5; round++) {
      await sleep(300 + Math.random() * 300);
      const killed = cluster.pid();
      process.kill(killed, 'SIGKILL');
      await expect.poll(() => cluster.pid(), { timeout: 120_000, interval: 50 }).not.toBe(killed);
      await expect
        .poll(
          () =>
            sql`select 1`.execute(db).then(
              () => true,
              () => false,
            ),
          { timeout: 60_000 },
        )
        .toBe(true);
    }
    all += await people.stop();
    sealer.child.kill('SIGKILL');
    await sealer.ended;
    await expectAllThere(all);
    await expectAllSealed(all);
  });
});

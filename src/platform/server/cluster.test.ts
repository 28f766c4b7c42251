// SPDX-License-Identifier: AGPL-3.0-or-later
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseFolder, testFolder } from '../../../test/support/folder.ts';
import { runningCluster, startCluster, type Cluster } from './cluster.ts';
import { lockFolder, lockHolder } from './folder-lock.ts';
import { gone } from './process-table.ts';
import { prepareRoles } from './roles.ts';

let base: string;
beforeAll(() => {
  base = databaseFolder('waymark-cluster-');
  // Where root may make no user namespace, programs and data lie outside the data folder, and somebody else must get there.
  const apart = testFolder('waymark-var-lib-');
  for (const each of [base, apart]) chmodSync(each, 0o711);
  process.env['WAYMARK_COPIED_BASE'] = apart;
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** Where the database of a data folder lies, whichever way it is run on this machine. */
const placesOf = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'cluster.json'), 'utf8')) as { mode: string; db: string; run: string };

async function ask<T>(url: string, text: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows as T[];
  } finally {
    await client.end();
  }
}
const admin = (cluster: Pick<Cluster, 'url'>, text: string) => ask<Record<string, unknown>>(cluster.url('postgres', 'postgres'), text);

describe('The database in the data folder', () => {
  it('is made on the first start, listens on no network address and is private to its owner', async () => {
    const folder = join(base, 'first', 'data');
    const cluster = await startCluster({ dataFolder: folder, unsafeFast: true });
    try {
      expect(cluster.adopted).toBe(false);
      expect(
        await admin(
          cluster,
          `select current_setting('listen_addresses') as listen, current_setting('server_encoding') as encoding, 'ä' < 'z' as codepoints`,
        ),
      ).toEqual([{ listen: '', encoding: 'UTF8', codepoints: false }]);
      for (const part of [folder, placesOf(folder).run, placesOf(folder).db, join(folder, 'log'), join(folder, 'secrets')])
        expect(statSync(part).mode & 0o777, part).toBe(0o700);
      expect(placesOf(folder)).toMatchObject({ mode: cluster.mode });
      expect(runningCluster(folder)?.pid).toBe(cluster.pid());
    } finally {
      await cluster.stop();
    }
    expect(existsSync(join(placesOf(folder).db, 'postmaster.pid'))).toBe(false);
    expect(runningCluster(folder)).toBeNull();
    expect(lockHolder(folder)).toBeNull();
  });

  it('keeps what was saved from one start to the next', async () => {
    const folder = join(base, 'keeps');
    const one = await startCluster({ dataFolder: folder, unsafeFast: true });
    await admin(one, 'create table kept as select 7 as n');
    await one.stop();
    const two = await startCluster({ dataFolder: folder, unsafeFast: true });
    expect(await admin(two, 'select n from kept')).toEqual([{ n: 7 }]);
    await two.stop();
  });

  it('comes back by itself when it is killed, with everything that was acknowledged', async () => {
    const folder = join(base, 'killed');
    let recovered = () => {};
    const back = new Promise<void>((resolve) => {
      recovered = resolve;
    });
    const cluster = await startCluster({ dataFolder: folder, onRecovered: () => recovered() });
    try {
      await admin(cluster, 'create table kept as select 7 as n');
      const before = cluster.pid();
      process.kill(before, 'SIGKILL');
      await back;
      expect(cluster.pid()).not.toBe(before);
      expect(await admin(cluster, 'select n from kept')).toEqual([{ n: 7 }]);
    } finally {
      await cluster.stop();
    }
  });

  it('is brought back as soon as it can be, however often that fails before', async () => {
    const folder = join(base, 'cannot-yet');
    let recovered = () => {};
    const back = new Promise<void>((resolve) => {
      recovered = resolve;
    });
    const cluster = await startCluster({ dataFolder: folder, onRecovered: () => recovered() });
    try {
      await admin(cluster, 'create table kept as select 7 as n');
      const settings = join(placesOf(folder).db, 'postgresql.auto.conf'),
        log = join(folder, 'log', 'postgres.log'),
        failed = () => readFileSync(log, 'utf8').split('could not bring the database back').length - 1;
      writeFileSync(settings, 'shared_buffers = much\n');
      process.kill(cluster.pid(), 'SIGKILL');
      await expect.poll(failed, { timeout: 20_000 }).toBeGreaterThan(1);
      writeFileSync(settings, '');
      await back;
      expect(await admin(cluster, 'select n from kept')).toEqual([{ n: 7 }]);
    } finally {
      await cluster.stop();
    }
    expect(runningCluster(folder)).toBeNull();
  });

  it('is not tried any more once it is stopped', async () => {
    const folder = join(base, 'stopped-meanwhile');
    const cluster = await startCluster({ dataFolder: folder });
    const log = join(folder, 'log', 'postgres.log');
    writeFileSync(join(placesOf(folder).db, 'postgresql.auto.conf'), 'shared_buffers = much\n');
    process.kill(cluster.pid(), 'SIGKILL');
    await expect.poll(() => readFileSync(log, 'utf8'), { timeout: 20_000 }).toContain('could not bring the database back');
    await cluster.stop();
    expect(runningCluster(folder)).toBeNull();
    expect(lockHolder(folder)).toBeNull();
  });

  it('is not held up by the process number of somebody else in postmaster.pid', async () => {
    const folder = join(base, 'reused');
    await (await startCluster({ dataFolder: folder, unsafeFast: true })).stop();
    const { db, run } = placesOf(folder);
    writeFileSync(join(db, 'postmaster.pid'), `${process.ppid}\n${db}\n1\n5432\n${run}\n\n\n`, { mode: 0o600 });
    const cluster = await startCluster({ dataFolder: folder, unsafeFast: true });
    await cluster.stop();
  });

  it('starts over when the very first start was killed half-way', async () => {
    const folder = join(base, 'half');
    mkdirSync(join(folder, 'db.making', 'base'), { recursive: true });
    mkdirSync(join(folder, 'db'));
    const cluster = await startCluster({ dataFolder: folder, unsafeFast: true });
    await cluster.stop();
    expect(readdirSync(dirname(placesOf(folder).db)).filter((name) => name.startsWith('db.making'))).toEqual([]);
  });

  it('finds a short folder for its socket when the path is long', async () => {
    const folder = join(base, 'a-very-long-name-'.repeat(6), 'data');
    const cluster = await startCluster({ dataFolder: folder, unsafeFast: true });
    try {
      expect(await admin(cluster, 'select 1 as n')).toEqual([{ n: 1 }]);
      const { run } = placesOf(folder);
      expect(run.startsWith(tmpdir())).toBe(true);
      expect(statSync(run).mode & 0o777).toBe(0o700);
      rmSync(run, { recursive: true, force: true });
    } finally {
      await cluster.stop();
    }
  });
});

describe('A second start on the same folder', () => {
  it('gets one line that names the first, and changes nothing', async () => {
    const folder = join(base, 'twice');
    const first = await startCluster({ dataFolder: folder, unsafeFast: true });
    try {
      await expect(startCluster({ dataFolder: folder })).rejects.toThrow(`Waymark already runs on ${folder} (process ${process.pid})`);
      expect(await admin(first, 'select 1 as n')).toEqual([{ n: 1 }]);
    } finally {
      await first.stop();
    }
  });

  it('takes over the lock of a start that was killed', () => {
    const folder = join(base, 'stale');
    mkdirSync(folder);
    writeFileSync(join(folder, 'waymark.lock'), JSON.stringify({ pid: 999_999_9, startedAt: '1' }));
    const lock = lockFolder(folder);
    expect(lockHolder(folder)).toBe(process.pid);
    lock.release();
    // The same number, another process: started at another moment.
    writeFileSync(join(folder, 'waymark.lock'), JSON.stringify({ pid: process.pid, startedAt: '1' }));
    expect(lockHolder(folder)).toBeNull();
    lockFolder(folder).release();
    writeFileSync(join(folder, 'waymark.lock'), '');
    lockFolder(folder).release();
    expect(existsSync(join(folder, 'waymark.lock'))).toBe(false);
  });
});

describe('One clear line', () => {
  it('when the folder is a file', async () => {
    writeFileSync(join(base, 'a-file'), '');
    await expect(startCluster({ dataFolder: join(base, 'a-file') })).rejects.toThrow('is a file, not a folder');
    await expect(startCluster({ dataFolder: join(base, 'a-file', 'data') })).rejects.toThrow('something on the way to it is a file');
  });

  it('when the data were made by another PostgreSQL', async () => {
    const folder = join(base, 'older');
    await (await startCluster({ dataFolder: folder, unsafeFast: true })).stop();
    writeFileSync(join(placesOf(folder).db, 'PG_VERSION'), '17\n');
    await expect(startCluster({ dataFolder: folder })).rejects.toThrow(
      /was made by PostgreSQL 17 and this Waymark brings \d+: make a backup/,
    );
    expect(lockHolder(folder)).toBeNull();
  });

  it('when the database does not start, with its own reason', async () => {
    const folder = join(base, 'broken');
    await (await startCluster({ dataFolder: folder, unsafeFast: true })).stop();
    writeFileSync(join(placesOf(folder).db, 'postgresql.auto.conf'), 'shared_buffers = much\n');
    await expect(startCluster({ dataFolder: folder })).rejects.toThrow(/The database does not start: .*\(see .*postgres\.log\)/);
  });
});

describe('As root where user namespaces are forbidden', () => {
  it.runIf(process.getuid?.() === 0)('programs and data are copied out and run by an unprivileged user', async () => {
    const folder = join(base, 'forbidden');
    const first = await startCluster({ dataFolder: folder, unsafeFast: true });
    await admin(first, 'create table kept as select 7 as n');
    await first.stop();
    process.env['WAYMARK_NO_USER_NAMESPACE'] = '1';
    try {
      const cluster = await startCluster({ dataFolder: folder, unsafeFast: true });
      expect(cluster.mode).toBe('copied');
      expect(statSync(`/proc/${cluster.pid()}`).uid).not.toBe(0);
      expect(await admin(cluster, 'select n from kept')).toEqual([{ n: 7 }]);
      expect(existsSync(join(folder, 'db'))).toBe(false);
      await cluster.stop();
    } finally {
      delete process.env['WAYMARK_NO_USER_NAMESPACE'];
    }
    const again = await startCluster({ dataFolder: folder, unsafeFast: true });
    expect(again.mode, 'the data stay where they are').toBe('copied');
    await again.stop();
  });
});

describe('The roles', () => {
  it('log in, and none of them is a superuser or passes row security by', async () => {
    const cluster = await startCluster({ dataFolder: join(base, 'roles'), unsafeFast: true });
    try {
      const urls = await prepareRoles(cluster);
      await prepareRoles(cluster); // a later start
      expect(await ask(urls.app, `select current_user as me, current_database() as db`)).toEqual([{ me: 'waymark_app', db: 'waymark' }]);
      const rows = await ask(
        urls.owner,
        `select rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole from pg_roles where rolname like 'waymark%' order by 1`,
      );
      expect(rows).toEqual(
        ['app', 'auth', 'jobs', 'owner'].map((name) => ({
          rolname: `waymark_${name}`,
          rolsuper: false,
          rolbypassrls: false,
          rolcreatedb: false,
          rolcreaterole: name === 'owner',
        })),
      );
    } finally {
      const pid = cluster.pid();
      await cluster.stop();
      expect(await gone(pid, 0)).toBe(true);
    }
  });
});

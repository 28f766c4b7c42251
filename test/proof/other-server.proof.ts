// SPDX-License-Identifier: AGPL-3.0-or-later
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { must, waymark } from './support.ts';

const programs = '/usr/lib/postgresql/15/bin';
const asPostgres = process.getuid?.() === 0 && existsSync(join(programs, 'postgres'));
const port = 4396;
let folder: string, server: ChildProcess;

// What a provider gives: a login that may create roles and databases and is not a superuser.
const url = `postgresql://provider:let%20me%20in@127.0.0.1:${port}/postgres`;

beforeAll(async () => {
  if (!asPostgres) return;
  folder = mkdtempSync(join(tmpdir(), 'waymark-proof-'));
  chmodSync(folder, 0o711);
  const db = join(folder, 'db');
  mkdirSync(db);
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(must('id', flag, 'postgres'))) as [number, number];
  must('chown', 'postgres', db);
  must(
    'setpriv',
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--clear-groups',
    join(programs, 'initdb'),
    '-D',
    db,
    '-U',
    'postgres',
    '--auth-host=scram-sha-256',
    '--auth-local=trust',
    '-E',
    'UTF8',
  );
  server = spawn(
    join(programs, 'postgres'),
    ['-D', db, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${db}`],
    { uid, gid, cwd: '/', stdio: 'ignore' },
  );
  for (let attempt = 0; ; attempt++) {
    const client = new pg.Client({ host: db, port, user: 'postgres', database: 'postgres' });
    try {
      await client.connect();
      await client.query(`create role provider login createdb createrole password 'let me in'`);
      await client.query(`create role weak login password 'weak'`);
      await client.end();
      break;
    } catch (error) {
      if (attempt > 50) throw error;
      await sleep(100);
    }
  }
});
afterAll(async () => {
  if (!asPostgres) return;
  server.kill('SIGINT');
  await new Promise((resolve) => {
    server.once('exit', resolve);
  });
  rmSync(folder, { recursive: true, force: true });
});

describe.runIf(asPostgres)('On a PostgreSQL 15 that somebody else runs', () => {
  it('Waymark makes its roles and its database, serves, examines itself and starts again', async () => {
    const data = join(folder, 'data'),
      env = { WAYMARK_DATABASE_URL: url };
    for (const round of ['first', 'second']) {
      const started = waymark(['start', '--no-demo', '--port', '4397', '--data', data], { env });
      await started.waitFor('Waymark is ready');
      expect((await fetch('http://127.0.0.1:4397/healthz')).ok, round).toBe(true);
      started.child.kill('SIGTERM');
      expect(await started.ended).toBe(0);
    }
    expect(existsSync(join(data, 'db'))).toBe(false);
    expect(statSync(join(data, 'secrets', 'database-passwords.json')).mode & 0o777).toBe(0o600);
    const doctor = waymark(['doctor', '--data', data], { env });
    expect([await doctor.ended, doctor.lines.at(-1)]).toEqual([0, 'Waymark is well.']);
  });

  it('a backup of it goes into a folder, and its passwords open nothing but their own role', async () => {
    const data = join(folder, 'data'),
      env = { WAYMARK_DATABASE_URL: url, WAYMARK_BACKUP_PASSPHRASE: 'seven plain words' };
    const file = join(folder, 'server.backup');
    expect(await waymark(['user', 'add', 'niran', '--role', 'administrator', '--data', data], { env }).ended).toBe(0);
    const backup = waymark(['backup', file, '--data', data], { env });
    expect(await backup.ended).toBe(0);
    const restore = waymark(['restore', file, '--data', join(folder, 'restored')], { env: { ...env, WAYMARK_DATABASE_URL: '' } });
    expect([await restore.ended, restore.lines]).toEqual([0, expect.arrayContaining([expect.stringMatching(/^Restored \d+ rows/)])]);
    const passwords = JSON.parse(readFileSync(join(data, 'secrets', 'database-passwords.json'), 'utf8')) as Record<string, string>;
    const wrong = new pg.Client({ host: '127.0.0.1', port, user: 'waymark_owner', password: passwords['app']!, database: 'waymark' });
    await expect(wrong.connect()).rejects.toThrow(/password authentication failed/);
  });

  it('and into an empty database of the server, which from then on is Waymark, and never into one that holds something', async () => {
    const provider = new pg.Client({ connectionString: url });
    await provider.connect();
    await provider.query('create database second');
    await provider.end();
    const data = join(folder, 'data'),
      env = { WAYMARK_DATABASE_URL: url.replace(/postgres$/, 'second'), WAYMARK_BACKUP_PASSPHRASE: 'seven plain words' };
    const restore = waymark(['restore', join(folder, 'server.backup'), '--data', data], { env });
    expect([await restore.ended, restore.lines]).toEqual([0, expect.arrayContaining([expect.stringMatching(/^Restored \d+ rows/)])]);
    const doctor = waymark(['doctor', '--data', data], { env });
    expect([await doctor.ended, doctor.lines.at(-1)]).toEqual([0, 'Waymark is well.']);
    const again = waymark(['restore', join(folder, 'server.backup'), '--data', data], { env });
    expect([await again.ended, again.lines.at(-1)]).toEqual([5, expect.stringMatching(/^The database is not empty/)]);
  });

  it('a login that may not create roles, and a wrong password, get one line', async () => {
    const said = async (login: string, database = 'postgres') => {
      const refused = waymark(['start', '--no-demo', '--port', '4397', '--data', join(folder, 'other')], {
        env: { WAYMARK_DATABASE_URL: url.replace('provider:let%20me%20in', login).replace(/postgres$/, database) },
      });
      await refused.ended;
      return refused.lines.filter((line) => !line.endsWith('...'));
    };
    expect(await said('weak:weak')).toEqual([
      expect.stringMatching(/^The role weak in WAYMARK_DATABASE_URL may not make roles and databases/),
    ]);
    expect(await said('provider:let%20me%20in', 'nowhere')).toEqual([
      expect.stringMatching(/has no database of that name: name "postgres" there/),
    ]);
    expect(await said('provider:wrong')).toEqual([
      expect.stringMatching(/^The database server cannot be reached: password authentication failed/),
    ]);
  });
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import pg from 'pg';
import { openDb, openPool, type Urls } from '../../src/platform/server/db.ts';

export interface TestDatabase {
  readonly urls: Urls;
  readonly owner: Kysely<unknown>;
  readonly app: Kysely<unknown>;
  readonly jobs: Kysely<unknown>;
  /** Ends the connections and drops the database. */
  close(): Promise<void>;
}

/** A login on the cluster of this test run (test/support/global-setup.ts). */
export function testUrl(role: string, database: string): string {
  const pattern = process.env['WAYMARK_TEST_CLUSTER'];
  if (!pattern) throw new Error('Tests that use the database run through vitest: npx vitest run <files>.');
  return pattern.replace('ROLE', role).replace('DATABASE', database);
}

/** A fresh copy of the migrated database, for one test file. */
export async function testDatabase(template = 'waymark_template'): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  // Copied as files: by its log, the default, it takes six times the processor time.
  await asAdmin(`create database ${name} template ${template} strategy file_copy owner waymark_owner`);
  const urls = urlsOf(name);
  const pools = [urls.owner, urls.app, urls.jobs].map((url) => openPool(url, { max: 4 }));
  const [owner, app, jobs] = pools.map(openDb) as [Kysely<unknown>, Kysely<unknown>, Kysely<unknown>];
  return {
    urls,
    owner,
    app,
    jobs,
    async close() {
      await Promise.all(pools.map((pool) => pool.end()));
      await asAdmin(`drop database if exists ${name} with (force)`);
    },
  };
}

/** A template of this name, filled by whichever worker asks first and copied by all: what takes seconds to make is made once a run. */
export async function filledTemplate(name: string, fill: (urls: Urls) => Promise<void>): Promise<string> {
  const client = new pg.Client({ connectionString: testUrl('postgres', 'postgres') });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock(hashtext($1))', [name]);
    if ((await client.query('select from pg_database where datname = $1', [name])).rowCount) return name;
    const making = `${name}_making`;
    await client.query(`drop database if exists ${making}`);
    await client.query(`create database ${making} template waymark_template strategy file_copy owner waymark_owner`);
    await fill(urlsOf(making));
    await client.query(`alter database ${making} rename to ${name}`);
    return name;
  } finally {
    await client.end();
  }
}

function urlsOf(database: string): Urls {
  return {
    owner: testUrl('waymark_owner', database),
    app: testUrl('waymark_app', database),
    auth: testUrl('waymark_auth', database),
    jobs: testUrl('waymark_jobs', database),
  };
}

async function asAdmin(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: testUrl('postgres', 'postgres') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

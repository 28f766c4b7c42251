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
  await asAdmin(`create database ${name} template ${template} owner waymark_owner`);
  const urls: Urls = {
    owner: testUrl('waymark_owner', name),
    app: testUrl('waymark_app', name),
    auth: testUrl('waymark_auth', name),
    jobs: testUrl('waymark_jobs', name),
  };
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

async function asAdmin(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: testUrl('postgres', 'postgres') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { demoAccounts } from '../../demo/accounts.ts';
import { seedDemo } from '../../demo/seed.ts';
import { buildWebIfStale } from '../../src/app/build-web.ts';
import { startServer, type ServerOptions } from '../../src/app/server.ts';
import { filledTemplate, testDatabase, type TestDatabase } from '../support/database.ts';

export interface JourneyServer {
  readonly url: string;
  readonly db: TestDatabase;
  /** Of an installation where nobody has an account. */
  readonly setupCode: string;
  close(): Promise<void>;
}

export const demoPassword = 'lantern-river-42';

/** The built application over a database of its own; `fill` puts into it what the journey begins with. */
export async function startJourney(
  fill: (db: TestDatabase) => Promise<void>,
  more: Pick<ServerOptions, 'tilesUrl' | 'tilesAttribution' | 'jobs' | 'singleSignOn'> & { readonly template?: string } = {},
): Promise<JourneyServer> {
  const { template, ...server } = more;
  await buildWebIfStale();
  const db = await testDatabase(template);
  const folder = await mkdtemp(join(tmpdir(), 'waymark-journey-'));
  await fill(db);
  const running = await startServer({
    urls: db.urls,
    port: 0,
    host: '127.0.0.1',
    dataFolder: folder,
    demoAccounts,
    jobs: false,
    signInsPerMinute: 10_000,
    log: pino({ level: 'silent' }),
    ...server,
  });
  return {
    url: running.url,
    db,
    setupCode: running.setupCode ?? '',
    async close() {
      await running.close();
      await db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The demo province with few people, the same every time; made once a run. */
export async function startDemo(): Promise<JourneyServer> {
  const template = await filledTemplate('waymark_demo_few', (urls) => seedDemo(urls, { share: 0.005 }));
  return startJourney(async () => {}, { template });
}

/** Somebody of this village is to be asked again today: on which days of a month that is so in a few people made up is chance. */
export async function oneIsDue({ db }: Pick<JourneyServer, 'db'>, village: string): Promise<void> {
  const { rows } = await sql`
    update waymark.household_listing set renew_by = now() where household_id = (
      select h.household_id from waymark.household_listing h join waymark.place v using (place_id) where v.code = ${village} order by 1 limit 1)
    returning 1`.execute(db.owner);
  if (rows.length === 0) throw new Error(`no household is listed in ${village}`);
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { pino } from 'pino';
import { uuidv7 } from 'uuidv7';
import { createAccount } from '../../src/access/server/index.ts';
import { startServer } from '../../src/app/server.ts';
import { testPassword } from './app.ts';
import { Client } from './client.ts';
import type { TestDatabase } from './database.ts';
import { passwordsAreEnough } from './second-proof.ts';
import { testFolder } from './folder.ts';

/** A server over a database that a test has filled, and the coordinator of a whole country signed in to it. */
export async function serveCountry(db: TestDatabase, country: string): Promise<{ client: Client; root: string; close(): Promise<void> }> {
  await sql`insert into waymark.installation (installation_id, is_demo) values (${uuidv7()}, false) on conflict do nothing`.execute(
    db.owner,
  );
  await passwordsAreEnough(db.owner);
  const { rows } = await sql<{
    id: string;
  }>`select place_id as id from waymark.place where country = ${country} and level = 0`.execute(db.owner);
  const root = rows[0]!.id;
  const server = await startServer({
    urls: db.urls,
    port: 0,
    host: '127.0.0.1',
    dataFolder: testFolder('waymark-country-'),
    webDir: null,
    jobs: false,
    checkAnswers: true,
    log: pino({ level: 'silent' }),
  });
  try {
    await createAccount(server.access, {
      userName: 'sokha',
      displayName: 'Sokha',
      role: 'coordinator',
      placeId: root,
      password: testPassword,
    });
    return { client: await new Client(server.url).signIn('sokha', testPassword), root, close: () => server.close() };
  } catch (error) {
    await server.close();
    throw error;
  }
}

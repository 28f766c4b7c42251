// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql, type Kysely } from 'kysely';
import { Secret, TOTP } from 'otpauth';
import { roles } from '../../src/access/domain/roles.ts';
import type { NewApp } from '../../src/access/domain/proof.ts';
import type { Client } from './client.ts';

/** An installation that asks nobody for a second proof, for tests that are about something else. */
export async function passwordsAreEnough(owner: Kysely<unknown>): Promise<void> {
  await sql`insert into waymark.role_policy (role, second_proof) select unnest(${[...roles]}::text[]), false on conflict do nothing`.execute(
    owner,
  );
}

/** The six digits that an app shows at this moment. */
export function codeOf(secret: string, at: Date): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: at.getTime() });
}

/** Sets up an app for whoever is signed in; answers its secret, and the recovery codes where there were none before. */
export async function setUpApp(client: Client, now: Date): Promise<{ secret: string; recoveryCodes: string[] }> {
  const { body } = await client.post<NewApp>('/api/me/app');
  const answer = await client.send<{ recoveryCodes: string[] | null }>('PUT', '/api/me/app', {
    ticket: body.ticket,
    code: codeOf(body.secret, now),
  });
  if (answer.status !== 200) throw new Error(`The app could not be set up: ${answer.status} ${answer.text}`);
  return { secret: body.secret, recoveryCodes: answer.body.recoveryCodes ?? [] };
}

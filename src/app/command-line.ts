// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql, type Kysely } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { commandLine } from '../access/domain/command-line.ts';
import type { Actor } from '../platform/domain/actor.ts';
import { withActor } from '../platform/server/db.ts';
import type { Endpoint, FileAnswer } from '../platform/server/endpoint.ts';
import { Refusal, exitCode } from '../platform/server/refusal.ts';
import { openInstallation, withDb, type Installation } from './installation.ts';

/** An installation as the person at its own command line meets it: with an administrator's rights over all of it, no more. */
export interface CommandLine {
  readonly installation: Installation;
  readonly owner: Kysely<unknown>;
  /** As waymark_app: row security and the disclosure rules hold here too. */
  readonly app: Kysely<unknown>;
  readonly actor: Actor;
}

/** Opens the installation in `folder` for as long as `fn` runs. */
export async function atCommandLine<T>(folder: string, fn: (line: CommandLine) => Promise<T>): Promise<T> {
  const installation = await openInstallation(folder);
  try {
    return await withDb(installation.urls.owner, (owner) =>
      withDb(installation.urls.app, async (app) => {
        const { rows } = await sql<{ path: string }>`select path::text as path from waymark.place where level = 0`.execute(owner);
        return fn({ installation, owner, app, actor: { ...commandLine, scopes: rows.map((row) => row.path) } });
      }),
    );
  } finally {
    await installation.close();
  }
}

/** Asks one endpoint the way the gate does, without the network: the same handler, the same transaction, the same rules. */
export async function ask<T extends object | FileAnswer>(
  line: CommandLine,
  endpoints: readonly Endpoint[],
  path: Endpoint['path'],
  asked: { params?: object; query?: object },
): Promise<T> {
  const found = endpoints.find((each) => each.method === 'GET' && each.path === path);
  if (!found) throw new Error(`There is no ${path}.`);
  const { writeAudit } = await import('../audit/server/index.ts');
  return withActor(
    line.app,
    line.actor,
    async (tx) =>
      (await found.handle({
        tx,
        actor: line.actor,
        params: asked.params ?? {},
        query: asked.query ?? {},
        body: {},
        now: new Date(),
        newId: uuidv7,
        uploads: [],
        caller: { address: '', origin: 'http://localhost' },
        audit: (entry) => writeAudit(tx, line.actor.accountId, entry, uuidv7),
        afterCommit() {
          throw new Error(`GET ${path} saves nothing`);
        },
      })) as T,
  );
}

/** The id of a place by its code, with its country before it where codes repeat (`KH:0101`); without a code, of the only country there is. */
export async function placeByCode(db: Kysely<unknown>, text: string | undefined): Promise<string> {
  if (text === undefined) {
    const { rows } = await sql<{
      id: string;
      code: string;
    }>`select place_id as id, code from waymark.place where level = 0 order by code`.execute(db);
    if (!rows[0])
      throw new Refusal('There are no places yet: import them first (./waymark import places --help).', { exitCode: exitCode.notReady });
    if (rows.length > 1)
      throw new Refusal(`Say which place: --place ${rows.map((row) => row.code).join(' or --place ')}.`, { exitCode: exitCode.usage });
    return rows[0].id;
  }
  const [, country, code] = /^(?:([A-Z]{2}):)?(.+)$/.exec(text) ?? [];
  const { rows } = await sql<{ id: string; country: string }>`
    select place_id as id, country from waymark.place where code = ${code ?? text} and (${country ?? null}::text is null or country = ${country ?? null}) order by country`.execute(
    db,
  );
  if (rows.length > 1)
    throw new Refusal(
      `The code ${text} is used in ${rows.map((row) => row.country).join(' and ')}: say which, such as ${rows[0]?.country}:${text}.`,
      { exitCode: exitCode.usage },
    );
  if (!rows[0]) throw new Refusal(`There is no place with the code ${text}.`);
  return rows[0].id;
}

/** An organisation by its name, in any case. */
export async function organisationByName(db: Kysely<unknown>, name: string): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    select organisation_id as id from waymark.organisation where lower(name) = lower(${name}) and ended_at is null`.execute(db);
  if (!rows[0]) throw new Refusal(`There is no organisation called ${name}: add it first, on the page of organisations.`);
  return rows[0].id;
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Cluster } from './cluster.ts';
import type { Urls } from './db.ts';
import { Refusal, exitCode } from './refusal.ts';

/** Nobody of these is a superuser or passes row security by; only the owner may make roles and objects. */
const roles = { owner: 'waymark_owner', app: 'waymark_app', auth: 'waymark_auth', jobs: 'waymark_jobs' } as const;
type RoleKey = keyof typeof roles;
const keys = Object.keys(roles) as RoleKey[];

/** Makes (or corrects) the four logins and the database on our own cluster, and says how to reach it as each. */
export async function prepareRoles(cluster: Pick<Cluster, 'url'>, database = 'waymark'): Promise<Urls> {
  await withClient(cluster.url('postgres', 'postgres'), async (client) => {
    await makeRoles(client, null);
    await makeDatabase(client, database, true);
  });
  return urlsOfRunning(cluster, database);
}

/** The logins of a cluster that a running Waymark has prepared already. */
export function urlsOfRunning(cluster: Pick<Cluster, 'url'>, database = 'waymark'): Urls {
  return urlsFor((key) => cluster.url(roles[key], database));
}

/**
 * The same on a server somebody else runs (WAYMARK_DATABASE_URL). `url` logs in a role that may create roles and databases (the second
 * also to hand over a database it has made itself). The four passwords are random and kept in `secretsFolder`, readable by its owner only.
 */
export async function prepareServer(url: string, secretsFolder: string): Promise<Urls> {
  const target = parse(url);
  const named = decodeURIComponent(target.pathname.slice(1));
  const database = named === '' || named === 'postgres' ? 'waymark' : named;
  const passwords = keptPasswords(secretsFolder);
  await withClient(url, async (client) => {
    await refuseOldServer(client);
    await refuseWeakLogin(client);
    await makeRoles(client, passwords);
    await makeDatabase(client, database, database !== named);
  });
  return urlsFor((key) => {
    const mine = new URL(target);
    mine.username = roles[key];
    mine.password = passwords[key];
    mine.pathname = `/${encodeURIComponent(database)}`;
    return mine.href;
  });
}

async function refuseOldServer(client: pg.Client): Promise<void> {
  const {
    rows: [row],
  } = await client.query<{ number: number; version: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version`,
  );
  if (!row || row.number < 150000) {
    throw new Refusal(
      `The server in WAYMARK_DATABASE_URL is PostgreSQL ${row?.version ?? 'of unknown version'}; Waymark needs 15 or newer.`,
      { exitCode: exitCode.refused },
    );
  }
}

async function refuseWeakLogin(client: pg.Client): Promise<void> {
  const {
    rows: [row],
  } = await client.query<{ able: boolean; name: string }>(
    'select rolsuper or (rolcreaterole and rolcreatedb) as able, rolname as name from pg_roles where rolname = current_user',
  );
  if (!row?.able) {
    throw new Refusal(
      `The role ${row?.name ?? ''} in WAYMARK_DATABASE_URL may not make roles and databases: give it CREATEROLE and CREATEDB, or name one that has them.`,
      { exitCode: exitCode.refused },
    );
  }
}

async function makeRoles(client: pg.Client, passwords: Record<RoleKey, string> | null): Promise<void> {
  const {
    rows: [me],
  } = await client.query<{ super: boolean }>('select rolsuper as super from pg_roles where rolname = current_user');
  for (const key of keys) {
    const name = roles[key];
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [name]);
    const password = passwords ? ` password ${client.escapeLiteral(passwords[key])}` : '';
    if (!rowCount) await client.query(`create role ${name}`);
    // Only a superuser may speak of SUPERUSER and BYPASSRLS at all; a new role has neither.
    const never = me?.super ? 'nosuperuser nobypassrls noreplication ' : '';
    await client.query(
      `alter role ${name} with login ${never}nocreatedb inherit ${key === 'owner' ? 'createrole' : 'nocreaterole'}${password}`,
    );
  }
}

async function makeDatabase(client: pg.Client, database: string, mayCreate: boolean): Promise<void> {
  const name = client.escapeIdentifier(database);
  const {
    rows: [there],
  } = await client.query<{ owner: string }>('select pg_get_userbyid(datdba) as owner from pg_database where datname = $1', [database]);
  // Without superuser rights one may hand an object only to a role one belongs to.
  const {
    rows: [me],
  } = await client.query<{ member: boolean }>(`select pg_has_role(current_user, 'waymark_owner', 'member') as member`);
  if (there?.owner !== roles.owner && !me?.member) await client.query(`grant ${roles.owner} to current_user`);
  if (!there) {
    if (!mayCreate) throw new Refusal(`There is no database ${database} on the server in WAYMARK_DATABASE_URL.`);
    await client.query(`create database ${name} owner ${roles.owner} template template0 encoding 'UTF8'`);
  } else if (there.owner !== roles.owner) {
    await client.query(`alter database ${name} owner to ${roles.owner}`);
  }
  await client.query(`revoke all on database ${name} from public`);
  await client.query(`grant connect on database ${name} to ${Object.values(roles).join(', ')}`);
}

function keptPasswords(folder: string): Record<RoleKey, string> {
  const file = join(folder, 'database-passwords.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<RoleKey, string>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const made = { owner: secret(), app: secret(), auth: secret(), jobs: secret() };
  writeFileSync(file, JSON.stringify(made, null, 2) + '\n', { mode: 0o600, flag: 'wx' });
  return made;
}

function secret(): string {
  return randomBytes(24).toString('base64url');
}

function parse(url: string): URL {
  try {
    const parsed = new URL(url);
    if (/^postgres(ql)?:$/.test(parsed.protocol)) return parsed;
  } catch {
    /* said below, without repeating the address: it may hold a password */
  }
  throw new Refusal('WAYMARK_DATABASE_URL does not read as postgresql://role:password@host:5432/database.', { exitCode: exitCode.usage });
}

function urlsFor(of: (key: RoleKey) => string): Urls {
  return { owner: of('owner'), app: of('app'), auth: of('auth'), jobs: of('jobs') };
}

async function withClient<T>(url: string, fn: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 15_000 });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (cause) {
    if ((cause as { code?: string }).code === '3D000')
      throw new Refusal(
        'The server in WAYMARK_DATABASE_URL has no database of that name: name "postgres" there, and Waymark makes its own, called waymark.',
        { exitCode: exitCode.notReady, cause },
      );
    throw new Refusal(`The database server cannot be reached: ${(cause as Error).message || (cause as NodeJS.ErrnoException).code}.`, {
      exitCode: exitCode.notReady,
      cause,
    });
  }
  try {
    return await fn(client);
  } finally {
    await client.end();
  }
}

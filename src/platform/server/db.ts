// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash } from 'node:crypto';
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import type { Actor } from '../domain/actor.ts';
import type { Tx } from './endpoint.ts';

/** One login a job: who owns the objects, who serves people, who signs them in, who works behind. */
export interface Urls {
  readonly owner: string;
  readonly app: string;
  readonly auth: string;
  readonly jobs: string;
}

const int8 = 20,
  numeric = 1700,
  date = 1082,
  int8Array = 1016,
  numericArray = 1231,
  dateArray = 1182;

/** Exact or left as text: a number only where every digit survives (15 significant digits, safe integers). */
function exactNumber(text: string): number | string {
  const value = Number(text);
  const exact =
    Number.isInteger(value) && !text.includes('.') ? Number.isSafeInteger(value) : text.replace(/^-?0*\.?0*|\.|-/g, '').length <= 15;
  return Number.isFinite(value) && exact ? value : text;
}

// The driver knows arrays of text (1009) though its types do not list them.
const list = (pg.types.getTypeParser as (oid: number) => (text: string) => (string | null)[])(1009);
const parsers = new Map<number, (text: string) => unknown>([
  [int8, exactNumber],
  [numeric, exactNumber],
  [date, (text) => text],
  [int8Array, (text) => list(text).map((item) => (item === null ? null : exactNumber(item)))],
  [numericArray, (text) => list(text).map((item) => (item === null ? null : exactNumber(item)))],
  [dateArray, (text) => list(text)],
]);

const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    (format !== 'binary' && parsers.get(oid)) || pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};

const marker = '/* prepared */';
/**
 * Written at the head of a statement that is asked with every request: a connection has it planned once and not each time, which for a statement with
 * row security and a few subqueries is most of its time. Not for those whose best plan depends on what is asked for.
 */
export const prepared = sql.raw(marker);
const names = new Map<string, string>();

/** Gives statements so marked a name, under which the driver and the database know them again. */
class PreparingClient extends pg.Client {
  override query = ((...asked: unknown[]) => {
    const [text, values, ...rest] = asked;
    const ask = super.query as (...all: unknown[]) => unknown;
    if (typeof text !== 'string' || !text.trimStart().startsWith(marker)) return ask.apply(this, asked);
    const name = names.get(text) ?? createHash('sha256').update(text).digest('base64url');
    names.set(text, name);
    return ask.call(this, { name, text, values }, ...rest);
  }) as pg.Client['query'];
}

/**
 * Connections whose search_path is `waymark, public`. int8 and numeric come as numbers where every digit survives and as text
 * otherwise, timestamptz as Date, date as 'YYYY-MM-DD'.
 */
export function openPool(url: string, options: { max?: number; searchPath?: string; applicationName?: string } = {}): pg.Pool {
  const pool = new pg.Pool({
    Client: PreparingClient,
    connectionString: url,
    types,
    max: options.max ?? 10,
    connectionTimeoutMillis: 15_000,
    idleTimeoutMillis: 30_000,
    application_name: options.applicationName ?? 'waymark',
    options: `-c search_path=${options.searchPath ?? 'waymark,public'}`,
  });
  // A database that goes away takes connections along, idle or in use: the next query on one fails with its own error. Without these
  // two, the news itself would end the whole process.
  pool.on('error', () => {});
  pool.on('connect', (client) => {
    client.on('error', () => {});
  });
  return pool;
}

export function openDb(pool: pg.Pool): Kysely<unknown> {
  return new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
}

/** Runs `fn` in one transaction that carries who acts, where and with which rights; row-level security reads them. */
export async function withActor<T>(db: Kysely<unknown>, actor: Actor, fn: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (tx) => {
    await setActor(tx, actor);
    return fn(tx);
  });
}

/** Says for the rest of this transaction who acts. Scopes and rights are our own labels: no comma can occur in them. */
export async function setActor(tx: Tx, actor: Pick<Actor, 'accountId' | 'scopes' | 'rights' | 'posts' | 'organisations'>): Promise<void> {
  const everywhere = actor.posts.some(({ placeId }) => placeId === null) ? 'on' : '';
  await sql`${prepared} select set_config('waymark.actor', ${actor.accountId}, true),
                   set_config('waymark.everywhere', ${everywhere}, true),
                   set_config('waymark.organisations', ${(actor.organisations ?? []).join(',')}, true),
                   set_config('waymark.scope', ${actor.scopes.join(',')}, true),
                   set_config('waymark.rights', ${[...actor.rights].join(',')}, true)`.execute(tx);
}

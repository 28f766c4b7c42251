// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { ApiDocument } from '../../src/platform/server/openapi.ts';
import type { PersonName, TestApp } from './app.ts';
import type { Answer, Client } from './client.ts';

/** Operations that change nothing of which anybody would ask later who did it, and hand out nobody's name; each with why. */
export const leaveNoTrace: Readonly<Record<string, string>> = {
  'POST /api/auth/passkey/options': 'a challenge, kept nowhere',
  'POST /api/me/proof/passkey/options': 'a challenge, kept nowhere',
  'POST /api/me/passkeys/options': 'a challenge, kept nowhere',
  'POST /api/me/app': 'a secret on its way; the first code that proves it is on record',
  'POST /api/accounts/import': 'the walk only tries its file; each account that an import makes is on record',
  'POST /api/imports/preview': 'reads the first rows of a file that the asker brought',
};

/** What requests leave in the record of use, watched while somebody else sends them. */
export class Trail {
  /** Whatever was changed or handed out without a word in the record. */
  readonly faults: string[] = [];
  /** Operations that were let through and changed something, or at least might have. */
  readonly written = new Set<string>();
  readonly traceless = new Set<string>();
  readonly #traced = new Set<string>();
  readonly #db: TestApp['db']['owner'];
  /** What people are called, by their ids. */
  readonly #names: ReadonlyMap<string, string>;
  readonly #operations: readonly { readonly name: string; readonly address: RegExp }[];
  #named = 0;

  constructor(app: TestApp, operations: readonly string[], names: ReadonlyMap<string, string>) {
    this.#db = app.db.owner;
    this.#names = names;
    // An address that is written out comes before one with something in it.
    this.#operations = operations
      .map((name) => ({ name, address: new RegExp(`^${name.replaceAll('.', '\\.').replace(/:\w+/g, '[^/]+')}$`) }))
      .sort((a, b) => a.name.split(':').length - b.name.split(':').length);
  }

  /** How many names were found in answers. */
  get named(): number {
    return this.#named;
  }

  /** Operations that were let through and never once left a trace: for tests in which the same is also sent again, and then changes nothing. */
  get silent(): string[] {
    return [...this.written].filter((name) => !this.#traced.has(name) && !Object.hasOwn(leaveNoTrace, name));
  }

  /** From now on whatever this client sends is looked after. `accountId` null: of a stranger, whose traces bear nobody's name. */
  watch(client: Client, who: string, accountId: string | null): Client {
    const send = client.send.bind(client),
      upload = client.upload.bind(client);
    client.send = (method, path, ...rest) => this.#look(who, accountId, `${method} ${path}`, () => send(method, path, ...rest));
    client.upload = (path, ...rest) => this.#look(who, accountId, `POST ${path}`, () => upload(path, ...rest));
    return client;
  }

  async #look<T>(who: string, accountId: string | null, asked: string, request: () => Promise<Answer<T>>): Promise<Answer<T>> {
    const before = await this.#clock();
    const answer = await request();
    if (answer.status >= 300) return answer;
    const operation = this.#operations.find(({ address }) => address.test(asked.split('?')[0] ?? ''))?.name ?? asked;
    if (!operation.startsWith('GET ')) {
      this.written.add(operation);
      if ((await this.#entries(accountId, before)) === 0) {
        this.traceless.add(operation);
        if (!Object.hasOwn(leaveNoTrace, operation)) this.faults.push(`${who}: ${operation} left no trace`);
      } else this.#traced.add(operation);
    }
    const named = [...this.#names].filter(([, name]) => answer.text.includes(name)).map(([personId]) => personId);
    this.#named += named.length;
    const unsaid = named.length === 0 ? [] : await this.#unsaid(accountId, before, named);
    if (unsaid.length > 0) this.faults.push(`${who}: ${operation} named ${unsaid.length} whose names nobody is said to have read`);
    return answer;
  }

  async #clock(): Promise<string> {
    const { rows } = await sql<{ at: string }>`select clock_timestamp()::text as at`.execute(this.#db);
    return rows[0]!.at;
  }

  async #entries(accountId: string | null, since: string): Promise<number> {
    const { rows } = await sql<{ n: number }>`select count(*)::integer as n from waymark.audit_entry
      where at >= ${since}::timestamptz and (${accountId}::text is null or actor_id = ${accountId})`.execute(this.#db);
    return rows[0]!.n;
  }

  async #unsaid(accountId: string | null, since: string, named: readonly string[]): Promise<string[]> {
    const { rows } = await sql<{ id: string }>`select id::text as id from unnest(${[...named]}::uuid[]) id
      where not exists (select from waymark.identity_read r where r.person_id = id and r.actor_id = ${accountId} and r.at >= ${since}::timestamptz)`.execute(
      this.#db,
    );
    return rows.map(({ id }) => id);
  }
}

/** Looks after what each of these sends from now on, under the names the description of the API has for it. */
export async function followEverybody(
  app: TestApp,
  who: readonly PersonName[],
  names: ReadonlyMap<string, string> = new Map(),
): Promise<Trail> {
  const { paths } = (await app.anonymous().get<ApiDocument>('/api/openapi.json')).body;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  );
  const trail = new Trail(app, operations, names);
  for (const each of who) trail.watch(await app.as(each), each, app.accountIds[each]);
  return trail;
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Readable } from 'node:stream';
import type { Kysely } from 'kysely';
import type { Static, TSchema } from 'typebox';
import type { Actor, Caller } from '../domain/actor.ts';
import type { ProblemCode } from '../domain/problem.ts';

/** A transaction (or, in tests and tools, a connection). Rooms write SQL with Kysely's `sql` template and state the row type. */
export type Tx = Kysely<unknown>;

/**
 * Who may call an endpoint. `public` and `signed-in` are spelled out so that forgetting a rule is a type error.
 * `place` says which parameter or query field names the place the right must reach: checked by the gate before any data is
 * touched; `or` names rights that open the same door; `large` lets aggregates of countries, provinces and districts outside one's area through (DOMAIN, roles).
 */
export type Rule =
  | { readonly may: 'public' }
  /** `half`: also for somebody who has proved the password and must still prove more. */
  | { readonly may: 'signed-in'; readonly half?: true }
  | {
      readonly may: string;
      readonly or?: readonly string[];
      readonly place?: {
        readonly in: 'params' | 'query' | 'body';
        readonly field: string;
        readonly large?: boolean;
        /** Rights that reach person by person: whoever holds one of them names no place. */
        readonly unless?: readonly string[];
      };
    };

export interface AuditEntry {
  readonly action: string; // room.verb, such as `imports.undo`
  readonly placeId?: string | null;
  readonly subject?: string | null; // an id, never a name
  readonly detail?: Record<string, string | number | boolean | null | readonly string[]>;
}

export interface Upload {
  readonly fieldName: string;
  readonly fileName: string;
  readonly path: string;
  readonly bytes: number;
}

export interface Ctx<P = unknown, Q = unknown, B = unknown> {
  readonly tx: Tx;
  /** Absent only on `public` endpoints. */
  readonly actor: Actor;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly now: Date;
  readonly newId: () => string;
  /** Writes the audit row in this transaction. Every endpoint that changes data calls it beside the write. */
  audit(entry: AuditEntry): Promise<void>;
  /** Done once everything is committed and before the answer leaves; not at all where the handler throws. Must not reject: what is saved is saved. */
  afterCommit(work: () => Promise<void>): void;
  /** Multipart only: the uploaded files, already on disk in a private folder that is emptied after the response. */
  readonly uploads: readonly Upload[];
  readonly caller: Caller;
}

/** What a handler may return instead of JSON. */
export interface FileAnswer {
  readonly kind: 'file';
  readonly contentType: string;
  readonly fileName: string;
  readonly body: Readable | Buffer | string;
}

export interface Endpoint<
  P extends TSchema = TSchema,
  Q extends TSchema = TSchema,
  B extends TSchema = TSchema,
  R extends TSchema = TSchema,
> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: `/api/${string}`;
  readonly summary: string;
  readonly tag: string;
  readonly rule: Rule;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly upload?: { readonly maxBytes: number };
  readonly response: R;
  /** Content types of a FileAnswer, for the API description. */
  readonly files?: readonly string[];
  readonly status?: 200 | 201 | 202 | 204;
  /** Beyond those that the gate itself may answer. */
  readonly problems?: readonly ProblemCode[];
  /** Seconds a private cache may keep the answer; with an ETag made by the gate. */
  readonly cacheSeconds?: number;
  handle(ctx: Ctx<Static<P>, Static<Q>, Static<B>>): Promise<Static<R> | FileAnswer>;
}

/** Fixes the types of one endpoint; rooms export arrays of these and `app/server.ts` registers them. */
export function endpoint<P extends TSchema, Q extends TSchema, B extends TSchema, R extends TSchema>(spec: Endpoint<P, Q, B, R>): Endpoint {
  return spec as unknown as Endpoint;
}

// SPDX-License-Identifier: AGPL-3.0-or-later

/** Somebody signed in, as the gate knows them for the length of one request. */
export interface Actor {
  readonly accountId: string;
  readonly userName: string;
  readonly displayName: string;
  readonly locale: string;
  readonly roles: readonly string[];
  /** Names of rights, from access/domain/rights.ts. */
  readonly rights: ReadonlySet<string>;
  /** Place paths (ltree text, such as `1.4`) below which this person may act. */
  readonly scopes: readonly string[];
  /** Posts that open an area; without a place, everything. */
  readonly posts: readonly { readonly role: string; readonly placeId: string | null }[];
  /** Organisations worked for: who was referred to them may be seen. */
  readonly organisations?: readonly string[];
  /** The session behind this request; nobody's for work that goes on without one. */
  readonly sessionId?: string;
  /** Has proved the password and not yet what else is asked: holds no right meanwhile, and few doors are open. */
  readonly missing?: 'proof' | 'enrolment';
}

/** Where a request came from, as far as anybody may use it: to count guesses and to bind keys to the address of the site. */
export interface Caller {
  readonly address: string;
  /** `https://waymark.example.org` */
  readonly origin: string;
}

export type Clock = () => Date;
export type NewId = () => string;

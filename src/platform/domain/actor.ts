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
}

export type Clock = () => Date;
export type NewId = () => string;

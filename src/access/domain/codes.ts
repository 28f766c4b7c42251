// SPDX-License-Identifier: AGPL-3.0-or-later
import { invitedRole, isRole, reachOf } from './roles.ts';

/** What a code is for: coming in for the first time, or coming back after a lost password. */
export type CodeKind = 'invitation' | 'recovery';

/** Who hands a code over, as far as it matters. */
export interface Issuer {
  readonly accountId: string;
  readonly rights: ReadonlySet<string>;
  /** Paths of the areas she works in. */
  readonly scopes: readonly string[];
}

/** For whom: an account and every post it holds now. */
export interface Receiver {
  readonly accountId: string;
  /** `path` of the place of the post; null where it has none. */
  readonly posts: readonly { readonly role: string; readonly path: string | null; readonly organisationId?: string | null }[];
}

/**
 * Whether this somebody may give that one a way in. Whoever manages accounts may for everybody but herself, and so another
 * administrator for an administrator. Officers may for volunteers whose every village lies in their own area: nobody of their own rank,
 * and nobody whose other post would come along. The account of a person in the register is a way to her record: whoever accompanies her
 * gives its codes (endpoints-own.ts), and nobody here. The database asks the same (waymark.may_invite, waymark.accompanies_owner).
 */
export function mayIssue(issuer: Issuer, receiver: Receiver): boolean {
  if (issuer.accountId === receiver.accountId || isOwnAccount(receiver.posts)) return false;
  if (issuer.rights.has('accounts.manage')) return true;
  if (!issuer.rights.has('accounts.invite') || receiver.posts.length === 0) return false;
  return receiver.posts.every(
    ({ role, path, organisationId = null }) =>
      role === invitedRole && organisationId === null && path !== null && issuer.scopes.some((scope) => below(path, scope)),
  );
}

/** Whether it is the account of a person in the register. */
export const isOwnAccount = (posts: readonly { readonly role: string }[]): boolean =>
  posts.some(({ role }) => isRole(role) && reachOf(role) === 'self');

/** `1.4` lies below `1` and below itself; `1.40` does not lie below `1.4`. */
const below = (path: string, scope: string): boolean => path === scope || path.startsWith(`${scope}.`);

/** What is left of a code as people type it from paper: capitals, spaces and other hyphens do not matter. */
export function plainCode(typed: string): string {
  return typed
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

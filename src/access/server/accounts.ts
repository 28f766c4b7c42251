// SPDX-License-Identifier: AGPL-3.0-or-later
import { randomInt } from 'node:crypto';
import { Value } from 'typebox/value';
import { writeAudit } from '../../audit/server/index.ts';
import { Problem } from '../../platform/domain/problem.ts';
import { withActor } from '../../platform/server/db.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import { UserName, type Account } from '../domain/account.ts';
import { commandLine } from '../domain/command-line.ts';
import { checkPassword, makePassword } from '../domain/password.ts';
import { checkAdministratorRemains, checkNewPost } from '../domain/posts.ts';
import { isKeeper } from '../domain/rights.ts';
import type { Role } from '../domain/roles.ts';
import type { Slip } from '../domain/invitation.ts';
import type { Access } from './access.ts';
import { issueSlips } from './codes.ts';
import { hashPassword } from './library.ts';
import {
  countOtherAdministrators,
  findAccountByName,
  findAccountToChange,
  findOrganisation,
  findPlaceRef,
  insertAccount,
  insertPost,
  listPosts,
  listStoredAccounts,
  lockAdministrators,
  updateAccount,
  type StoredAccount,
  type StoredPost,
} from './queries.ts';
import { deleteSessions, insertLogin } from './queries-sign-in.ts';
import { refuseOwnAccount } from './refuse-own-account.ts';

export interface AccountInput {
  readonly userName: string;
  readonly displayName: string;
  readonly locale?: string;
  readonly role?: Role;
  /** Null or absent: the post reaches the whole installation (administrators always; coordinators and analysts may). */
  readonly placeId?: string | null;
  /** For roles that are held in an organisation. */
  readonly organisationId?: string | null;
  /** Left out: one is made. */
  readonly password?: string;
}

/** An account and its first post inside `tx`, whose actor must hold accounts.manage. The half that the sign-in library keeps is still to come. */
async function writeAccount(access: Access, tx: Tx, input: AccountInput): Promise<string> {
  if (!Value.Check(UserName, input.userName)) {
    throw new Problem('bad-input', 'userName: use 3 to 30 small letters, digits, dots, hyphens or underscores, beginning with a letter.');
  }
  if (input.password !== undefined) checkPassword(input.password, input.userName);
  if (await findAccountByName(tx, input.userName)) throw new Problem('already-there', 'There is an account with this user name.');
  const accountId = access.newId();
  await insertAccount(tx, { accountId, userName: input.userName, displayName: input.displayName, locale: input.locale ?? 'en' });
  if (input.role !== undefined) {
    const { role, placeId = null, organisationId = null } = input;
    await givePost(access, tx, accountId, { role, placeId, organisationId });
  }
  return accountId;
}

/**
 * Makes an account with a password. The half that the sign-in library keeps is written last, so that a refusal leaves nothing. Throws
 * Problem already-there, weak-password, bad-input or not-found.
 */
export async function makeAccount(access: Access, tx: Tx, input: AccountInput): Promise<{ accountId: string; password: string }> {
  const password = input.password ?? makePassword(randomInt);
  const accountId = await writeAccount(access, tx, input);
  const passwordHash = await hashPassword(password);
  await access.auth.transaction().execute((auth) => insertLogin(auth, { accountId, userName: input.userName, passwordHash }));
  return { accountId, password };
}

/** Makes an account without a password and a code to choose one with; otherwise as `makeAccount`. */
export async function makeInvited(access: Access, tx: Tx, input: Omit<AccountInput, 'password'>): Promise<Slip> {
  const { userName, displayName } = input;
  const accountId = await writeAccount(access, tx, input);
  const [slip] = await issueSlips(access, tx, [{ accountId, userName, displayName }]);
  if (!slip) throw new Error('No code was issued.');
  await access.auth.transaction().execute((auth) => insertLogin(auth, { accountId, userName, passwordHash: null }));
  return slip;
}

export interface PostInput {
  readonly role: Role;
  readonly placeId: string | null;
  readonly organisationId?: string | null;
}

/** Gives a post; throws Problem bad-input, already-there or not-found as domain/posts.ts says. */
export async function givePost(access: Access, tx: Tx, accountId: string, wanted: PostInput): Promise<string> {
  const place = wanted.placeId === null ? null : await findPlaceRef(tx, wanted.placeId);
  if (wanted.placeId !== null && !place) throw new Problem('not-found', 'There is no such place.');
  const held = (await listPosts(tx, accountId)).map((post) => ({
    role: post.role,
    placeId: post.place?.placeId ?? null,
    organisationId: post.organisation?.organisationId ?? null,
  }));
  const organisationId = wanted.organisationId ?? null;
  if (organisationId !== null && !(await findOrganisation(tx, organisationId)))
    throw new Problem('not-found', 'There is no such organisation.');
  await refuseOwnAccount(access.auth, accountId, 'This is the account of a person in the register, and nothing else.');
  checkNewPost(held, { ...wanted, level: place?.level ?? null });
  const postId = access.newId();
  await insertPost(tx, { postId, accountId, role: wanted.role, placeId: wanted.placeId, organisationId });
  return postId;
}

/** Disables or enables, inside `tx`. A disabled account is signed out everywhere at once. */
export async function changeAccount(
  access: Access,
  tx: Tx,
  stored: StoredAccount,
  change: { displayName?: string; disabled?: boolean },
): Promise<void> {
  if (change.disabled && stored.disabledAt === null) await keepAnAdministrator(tx, stored.accountId);
  const disabledAt = change.disabled === undefined ? stored.disabledAt : change.disabled ? (stored.disabledAt ?? access.now()) : null;
  await updateAccount(tx, stored.accountId, { displayName: change.displayName ?? stored.displayName, disabledAt });
  if (disabledAt !== null) await deleteSessions(access.auth, stored.accountId);
}

/** Refuses when this account is an administrator and the only one who can act. */
export async function keepAnAdministrator(tx: Tx, accountId: string): Promise<void> {
  await lockAdministrators(tx);
  const isOne = (await listPosts(tx, accountId)).some(({ role }) => isKeeper(role));
  if (isOne) checkAdministratorRemains(await countOtherAdministrators(tx, accountId));
}

export function codeView(code: StoredAccount['code']): Account['code'] {
  return code && { kind: code.kind, expiresAt: new Date(code.expiresAt).toISOString() };
}

export function accountView(stored: StoredAccount, posts: readonly StoredPost[]): Account {
  return {
    accountId: stored.accountId,
    userName: stored.userName,
    displayName: stored.displayName,
    locale: stored.locale,
    disabled: stored.disabledAt !== null,
    lockedUntil: stored.lockedUntil?.toISOString() ?? null,
    createdAt: stored.createdAt.toISOString(),
    code: codeView(stored.code),
    version: stored.version,
    posts: posts
      .filter((post) => post.accountId === stored.accountId)
      .map((post) => ({
        postId: post.postId,
        role: post.role as Role,
        place: post.place,
        organisation: post.organisation,
        givenAt: new Date(post.givenAt).toISOString(),
      })),
  };
}

export async function accountsIn(tx: Tx): Promise<Account[]> {
  const [stored, posts] = [await listStoredAccounts(tx), await listPosts(tx, null)];
  return stored.map((account) => accountView(account, posts));
}

/** For the command line and the demo: makes an account, writes the record, returns the password to show once. */
export async function createAccount(access: Access, input: AccountInput): Promise<{ accountId: string; password: string }> {
  return withActor(access.app, commandLine, async (tx) => {
    const made = await makeAccount(access, tx, input);
    await writeAudit(
      tx,
      commandLine.accountId,
      { action: 'accounts.create', subject: made.accountId, placeId: input.placeId ?? null, detail: { role: input.role ?? null } },
      access.newId,
    );
    return made;
  });
}

/** For the command line: every account with its posts, by user name. */
export async function listAccounts(access: Access): Promise<Account[]> {
  return withActor(access.app, commandLine, accountsIn);
}

/** For the command line. Throws Problem not-found, or bad-input for the last administrator. */
export async function disableAccount(access: Access, userName: string, disabled = true): Promise<void> {
  await withActor(access.app, commandLine, async (tx) => {
    const found = await findAccountByName(tx, userName);
    const stored = found && (await findAccountToChange(tx, found.accountId));
    if (!stored) throw new Problem('not-found', 'There is no account with this user name.');
    await changeAccount(access, tx, stored, { disabled });
    await writeAudit(
      tx,
      commandLine.accountId,
      { action: disabled ? 'accounts.disable' : 'accounts.enable', subject: stored.accountId },
      access.newId,
    );
  });
}

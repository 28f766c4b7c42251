// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { Problem } from '../../platform/domain/problem.ts';
import { DisplayName, Locale, UserName } from './account.ts';
import { Slip } from './invitation.ts';
import { checkNewPost } from './posts.ts';
import { isRole, reachOf, type Role } from './roles.ts';
import { freeUserName } from './user-names.ts';

export const mostRows = 5_000;

/** What a file may say of somebody, by the names its columns may have. */
export const importColumns = {
  userName: ['user_name', 'user name', 'username', 'login'],
  displayName: ['display_name', 'display name', 'name', 'full name'],
  role: ['role', 'post'],
  place: ['place_code', 'place code', 'place', 'area'],
  organisation: ['organisation', 'organization'],
  language: ['language', 'locale'],
} as const;
export type ImportColumn = keyof typeof importColumns;
export const needed: readonly ImportColumn[] = ['displayName', 'role'];

/** One row as it stands in the file; `row` counts as a spreadsheet does. */
export type ImportRow = { readonly row: number } & Readonly<Record<ImportColumn, string | null>>;

const Column = Type.Unsafe<ImportColumn>(Type.Enum(Object.keys(importColumns)));
export const RowVerdict = Type.Object({
  row: Type.Integer(),
  displayName: Type.String(),
  userName: Type.String(),
  verdict: Type.Unsafe<'make' | 'there' | 'refused'>(Type.Enum(['make', 'there', 'refused'])),
  column: Type.Union([Column, Type.Null()]),
  reason: Type.Union([Type.String(), Type.Null()]),
});
export type RowVerdict = Static<typeof RowVerdict>;

export const UserImport = Type.Object({
  /** `tried`: a dry run; `refused`: a row cannot be taken, so none was; `made`; `nothing-new`: everybody was there already. */
  state: Type.Unsafe<'tried' | 'refused' | 'made' | 'nothing-new'>(Type.Enum(['tried', 'refused', 'made', 'nothing-new'])),
  rows: Type.Array(RowVerdict),
  notes: Type.Array(Type.String()),
  /** How many of those who are there already have not come in yet: they get new codes where that is asked for. */
  waiting: Type.Integer(),
  /** The codes are in this answer and nowhere else. */
  slips: Type.Array(Slip),
  /** The same for a spreadsheet. */
  slipsCsv: Type.Union([Type.String(), Type.Null()]),
});
export type UserImport = Static<typeof UserImport>;

interface Post {
  readonly role: Role;
  readonly placeId: string | null;
  readonly organisationId: string | null;
}

/** What is there already, as far as a file can meet it. */
export interface Surroundings {
  /** By code, and by country and code. */
  readonly places: ReadonlyMap<string, readonly { readonly placeId: string; readonly level: number }[]>;
  /** By name in small letters. */
  readonly organisations: ReadonlyMap<string, string>;
  readonly accounts: readonly {
    readonly accountId: string;
    readonly userName: string;
    readonly displayName: string;
    /** Invited, and let in when she comes with her code, if she still has it. */
    readonly invited: boolean;
    readonly posts: readonly (Omit<Post, 'role'> & { readonly role: string })[];
  }[];
  /** A name in any script as the beginning of a user name. */
  suggest(displayName: string): string;
}

/** Somebody to be made. */
export interface Newcomer {
  readonly row: number;
  readonly userName: string;
  readonly displayName: string;
  readonly locale: string;
  readonly post: Post;
}

/** Somebody who was made before and has not come in yet. */
export interface Waiting {
  readonly accountId: string;
  readonly userName: string;
  readonly displayName: string;
  readonly post: Pick<Post, 'role'>;
}

export interface Judged {
  readonly verdicts: readonly RowVerdict[];
  readonly newcomers: readonly Newcomer[];
  readonly waiting: readonly Waiting[];
}

/** Why a row cannot be taken, at which column. */
class RowFault {
  readonly column: ImportColumn;
  readonly reason: string;
  constructor(column: ImportColumn, reason: string) {
    this.column = column;
    this.reason = reason;
  }
}

const foldedName = (name: string): string => name.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase();
const sameJob = (displayName: string, { role, placeId, organisationId }: Omit<Post, 'role'> & { role: string }): string =>
  JSON.stringify([foldedName(displayName), role, placeId, organisationId]);

/**
 * What becomes of every row, in the file's order. Somebody who is there already with the same name and post is left alone, so that the
 * same file again makes nothing new; whoever has no user name gets one that nobody has.
 */
export function judgeRows(rows: readonly ImportRow[], around: Surroundings): Judged {
  const byName = new Map(around.accounts.map((account) => [account.userName, account]));
  const jobs = new Map(
    around.accounts.flatMap((account) => account.posts.map((post) => [sameJob(account.displayName, post), account.userName])),
  );
  const taken = new Set<string>([
    ...byName.keys(),
    ...rows.flatMap(({ userName }) => (userName === null ? [] : [userName.trim().toLowerCase()])),
  ]);
  const seenJobs = new Map<string, number>(),
    seenNames = new Map<string, number>();
  const newcomers: Newcomer[] = [],
    waiting = new Map<string, Waiting>();
  const verdicts = rows.map((row): RowVerdict => {
    const displayName = row.displayName ?? '';
    try {
      const asked = readRow(row, around);
      const job = sameJob(asked.displayName, asked.post);
      const there = asked.userName === null ? jobs.get(job) : thereAs(asked.userName, byName, job);
      const account = there === undefined ? undefined : byName.get(there);
      if (account?.invited) waiting.set(account.accountId, { ...account, post: asked.post });
      if (there !== undefined) return { row: row.row, displayName, userName: there, verdict: 'there', column: null, reason: null };
      checkTwice(asked.userName, job, row.row, seenNames, seenJobs);
      const userName = asked.userName ?? freeUserName(around.suggest(asked.displayName), (name) => taken.has(name));
      taken.add(userName);
      newcomers.push({ ...asked, row: row.row, userName });
      return { row: row.row, displayName, userName, verdict: 'make', column: null, reason: null };
    } catch (error) {
      if (!(error instanceof RowFault)) throw error;
      return { row: row.row, displayName, userName: row.userName ?? '', verdict: 'refused', column: error.column, reason: error.reason };
    }
  });
  return { verdicts, newcomers, waiting: [...waiting.values()] };
}

/** The account of this user name, if it is the same person in the same post. */
function thereAs(userName: string, byName: ReadonlyMap<string, Surroundings['accounts'][number]>, job: string): string | undefined {
  const account = byName.get(userName);
  if (!account) return undefined;
  if (account.posts.some((post) => sameJob(account.displayName, post) === job)) return userName;
  throw new RowFault('userName', 'Somebody else has this user name, or the same person holds another post.');
}

function checkTwice(
  userName: string | null,
  job: string,
  row: number,
  seenNames: Map<string, number>,
  seenJobs: Map<string, number>,
): void {
  if (userName !== null) {
    if (seenNames.has(userName)) throw new RowFault('userName', 'Another row has the same user name.');
    seenNames.set(userName, row);
    return;
  }
  if (seenJobs.has(job))
    throw new RowFault('displayName', 'Another row has the same name and post. If these are two people, give both a user name.');
  seenJobs.set(job, row);
}

function readRow(row: ImportRow, around: Surroundings): Omit<Newcomer, 'row' | 'userName'> & { readonly userName: string | null } {
  const displayName = (row.displayName ?? '').trim();
  if (!Value.Check(DisplayName, displayName)) throw new RowFault('displayName', 'A name of 1 to 80 letters is needed, without < or >.');
  const userName = row.userName?.trim().toLowerCase() || null;
  if (userName !== null && !Value.Check(UserName, userName))
    throw new RowFault('userName', 'Use 3 to 30 small letters, digits, dots, hyphens or underscores, beginning with a letter.');
  const locale = row.language?.trim() || 'en';
  if (!Value.Check(Locale, locale)) throw new RowFault('language', 'Write the language as a code, such as en or th.');
  return { displayName, userName, locale, post: readPost(row, readRole(row.role), around) };
}

/** `watch_volunteer`, "Watch volunteer", "provincial coordinator". */
function readRole(text: string | null): Role {
  const word = (text ?? '')
    .trim()
    .toLowerCase()
    .replace(/[^a-z]+/g, '_');
  const role = word === 'provincial_coordinator' ? 'coordinator' : word;
  if (!isRole(role)) throw new RowFault('role', 'There is no such role.');
  if (reachOf(role) === 'self') throw new RowFault('role', 'This role is given on the page of the person.');
  return role;
}

function readPost(row: ImportRow, role: Role, around: Surroundings): Post {
  const place = readPlace(row.place, around);
  const organisation = row.organisation?.trim().toLowerCase() || null;
  const organisationId = organisation === null ? null : (around.organisations.get(organisation) ?? null);
  if (organisation !== null && organisationId === null)
    throw new RowFault('organisation', 'There is no organisation with this name. Add it first.');
  if (organisationId !== null && reachOf(role) !== 'organisation')
    throw new RowFault('organisation', 'This role is not held in an organisation; leave it empty.');
  const post = { role, placeId: place?.placeId ?? null, organisationId };
  try {
    checkNewPost([], { ...post, level: place?.level ?? null });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new RowFault(reachOf(role) === 'organisation' ? 'organisation' : 'place', error.detail ?? '');
  }
  return post;
}

function readPlace(text: string | null, around: Surroundings): { readonly placeId: string; readonly level: number } | null {
  const code = text?.trim() || null;
  if (code === null) return null;
  const found = around.places.get(code) ?? [];
  if (found.length === 0) throw new RowFault('place', 'There is no place with this code.');
  if (found.length > 1) throw new RowFault('place', 'Several countries have this code: write the country before it, such as KH:0101.');
  return found[0] ?? null;
}

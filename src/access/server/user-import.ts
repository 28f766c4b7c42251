// SPDX-License-Identifier: AGPL-3.0-or-later
import { writeCsv } from '../../platform/server/csv.ts';
import { writeAudit } from '../../audit/server/index.ts';
import { withActor } from '../../platform/server/db.ts';
import type { AuditEntry, Tx } from '../../platform/server/endpoint.ts';
import { commandLine } from '../domain/command-line.ts';
import type { Slip } from '../domain/invitation.ts';
import { judgeRows, type Newcomer, type UserImport, type Waiting } from '../domain/user-import.ts';
import type { Access } from './access.ts';
import { issueSlips } from './codes.ts';
import {
  accountsAround,
  insertAccounts,
  insertLogins,
  lockUserImports,
  organisationsByName,
  placesByCode,
  type NewRow,
} from './queries-user-import.ts';
import { plainUserName } from './suggest-user-name.ts';
import { readUserFile } from './user-import-file.ts';

export interface ImportWish {
  readonly path: string;
  readonly name: string;
  readonly dryRun: boolean;
  /** New codes also for those of the file who were made before and have not come in yet; what they were given is void then. */
  readonly newCodes: boolean;
  /** Where people go with their code, for the file of slips. */
  readonly address: string;
}

/**
 * Accounts from a file: all of them or, where one row cannot be taken, none. Everything is judged anew at the moment it is made. The same file
 * again makes nobody; who lost the codes with the answer asks for new ones in so many words, because slips may be on their way already.
 * `tx` must belong to somebody who manages accounts. Throws Problem `unreadable-file` or `too-large`.
 */
export async function importUsers(
  access: Access,
  tx: Tx,
  wish: ImportWish,
  audit: (entry: AuditEntry) => Promise<void>,
): Promise<UserImport> {
  const { rows, broken, notes } = await readUserFile(wish);
  await lockUserImports(tx);
  const { verdicts, newcomers, waiting } = judgeRows(rows, {
    places: await placesByCode(tx, [...new Set(rows.flatMap(({ place }) => place?.trim() || []))]),
    organisations: await organisationsByName(tx),
    accounts: await accountsAround(tx),
    suggest: plainUserName,
  });
  const all = [...verdicts, ...broken].sort((a, b) => a.row - b.row);
  const answer = (state: UserImport['state'], slips: readonly Slip[] = []): UserImport => ({
    state,
    rows: all,
    notes: [...notes],
    waiting: waiting.length,
    slips: [...slips],
    slipsCsv: slips.length > 0 ? slipsCsv(slips, [...newcomers, ...waiting], wish.address) : null,
  });
  if (wish.dryRun) return answer('tried');
  if (all.some(({ verdict }) => verdict === 'refused')) return answer('refused');
  const again = wish.newCodes ? waiting : [];
  if (newcomers.length + again.length === 0) return answer('nothing-new');
  return answer('made', await makeAll(access, tx, { newcomers, again }, audit));
}

async function makeAll(
  access: Access,
  tx: Tx,
  { newcomers, again }: { readonly newcomers: readonly Newcomer[]; readonly again: readonly Waiting[] },
  audit: (entry: AuditEntry) => Promise<void>,
): Promise<Slip[]> {
  const rows = newcomers.map(({ userName, displayName, locale, post }): NewRow => ({
    accountId: access.newId(),
    postId: access.newId(),
    userName,
    displayName,
    locale,
    ...post,
  }));
  await insertAccounts(tx, rows);
  const slips = await issueSlips(access, tx, [...rows, ...again]);
  const ids = (of: readonly { readonly accountId: string }[]) => of.map(({ accountId }) => accountId);
  if (rows.length > 0) await audit({ action: 'accounts.import', detail: { accounts: rows.length, accountIds: ids(rows) } });
  if (again.length > 0) await audit({ action: 'accounts.issue-code', detail: { kind: 'invitation', accountIds: ids(again) } });
  // Last, so that nothing is left of a refusal.
  await access.auth.transaction().execute((auth) => insertLogins(auth, rows));
  return slips;
}

function slipsCsv(slips: readonly Slip[], who: readonly (Newcomer | Waiting)[], address: string): string {
  const byName = new Map(who.map((each) => [each.userName, each]));
  const lines = slips.map(({ displayName, userName, code, expiresAt }) => [
    displayName,
    userName,
    code,
    address,
    expiresAt.slice(0, 10),
    byName.get(userName)?.post.role ?? null,
  ]);
  return writeCsv([['name', 'user_name', 'code', 'address', 'good_until', 'role'], ...lines]);
}

/** For the command line. */
export async function importUserFile(access: Access, wish: ImportWish): Promise<UserImport> {
  return withActor(access.app, commandLine, (tx) =>
    importUsers(access, tx, wish, (entry) => writeAudit(tx, commandLine.accountId, entry, access.newId)),
  );
}

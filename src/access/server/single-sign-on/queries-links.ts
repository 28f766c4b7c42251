// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../../platform/server/endpoint.ts';

/** Statements on who somebody is elsewhere (db/migrations/0024); all run as waymark_auth. */

export interface StoredLink {
  readonly linkId: string;
  readonly subject: string;
  readonly madeAt: Date;
  readonly usedAt: Date | null;
}

export async function listLinks(auth: Tx, accountId: string, issuer: string): Promise<StoredLink[]> {
  const { rows } = await sql<StoredLink>`
    select link_id as "linkId", subject, made_at as "madeAt", used_at as "usedAt" from auth.outside_identity
    where account_id = ${accountId} and issuer = ${issuer} order by made_at, link_id`.execute(auth);
  return rows;
}

/** Whose it is; null where nobody linked it. */
export async function findLinked(auth: Tx, issuer: string, subject: string): Promise<{ accountId: string; linkId: string } | null> {
  const { rows } = await sql<{ accountId: string; linkId: string }>`
    select account_id as "accountId", link_id as "linkId" from auth.outside_identity where issuer = ${issuer} and subject = ${subject}`.execute(
    auth,
  );
  return rows[0] ?? null;
}

interface NewLink {
  readonly linkId: string;
  readonly accountId: string;
  readonly issuer: string;
  readonly subject: string;
  readonly madeBy: string;
  readonly now: Date;
}

/** False where it belongs to an account already, this one or another. */
export async function insertLink(auth: Tx, link: NewLink): Promise<boolean> {
  const { rows } = await sql`
    insert into auth.outside_identity (link_id, account_id, issuer, subject, made_by, made_at)
    values (${link.linkId}, ${link.accountId}, ${link.issuer}, ${link.subject}, ${link.madeBy}, ${link.now})
    on conflict (issuer, subject) do nothing returning link_id`.execute(auth);
  return rows.length > 0;
}

export async function noteLinkUsed(auth: Tx, linkId: string, now: Date): Promise<void> {
  await sql`update auth.outside_identity set used_at = ${now} where link_id = ${linkId}`.execute(auth);
}

export async function deleteLinksOf(auth: Tx, accountId: string): Promise<void> {
  await sql`delete from auth.outside_identity where account_id = ${accountId}`.execute(auth);
}

export async function deleteLink(auth: Tx, accountId: string, linkId: string): Promise<boolean> {
  const { rows } =
    await sql`delete from auth.outside_identity where account_id = ${accountId} and link_id = ${linkId} returning link_id`.execute(auth);
  return rows.length > 0;
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { prepared } from '../../platform/server/db.ts';
import type { Tx } from '../../platform/server/endpoint.ts';

export interface StoredEntry {
  readonly entryId: string;
  readonly at: Date;
  readonly actorId: string;
  readonly action: string;
  readonly placeId: string | null;
  readonly subject: string | null;
  readonly detail: Record<string, unknown>;
}

export async function insertEntry(tx: Tx, entry: Omit<StoredEntry, 'at'>): Promise<void> {
  await sql`${prepared}
    insert into waymark.audit_entry (entry_id, actor_id, action, place_id, subject, detail)
    values (${entry.entryId}, ${entry.actorId}, ${entry.action}, ${entry.placeId}, ${entry.subject}, ${JSON.stringify(entry.detail)}::jsonb)
  `.execute(tx);
}

export interface Asked {
  readonly actor: string | null;
  /** One kind of act, or a room's with `room.*`. */
  readonly action: string | null;
  readonly subject: string | null;
  readonly from: Date | null;
  readonly until: Date | null;
}

/** Newest first; `before` is the last row of the page before. What the reader may not see of a row the database leaves out (db/migrations/0025). */
export async function listEntries(
  tx: Tx,
  asked: Asked,
  before: { at: string; entryId: string } | null,
  limit: number,
): Promise<(StoredEntry & { cursorAt: string })[]> {
  const { rows } = await sql<StoredEntry & { cursorAt: string }>`
    select entry_id as "entryId", at, actor_id as "actorId", action, place_id as "placeId", subject, detail,
           to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "cursorAt"
    from waymark.read_record(${before?.at ?? null}::timestamptz, ${before?.entryId ?? null}::uuid, ${asked.actor}::text, ${asked.action}::text,
      ${asked.from}::timestamptz, ${asked.until}::timestamptz, ${limit}::integer, ${asked.subject}::text)
  `.execute(tx);
  return rows;
}

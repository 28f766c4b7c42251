// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';

/** How many people an account accompanies as their case worker. */
export async function countAssignments(tx: Tx, accountId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select waymark.count_assignments(${accountId}) as n`.execute(tx);
  return rows[0]?.n ?? 0;
}

/** Answers how many people went along. */
export async function handOverAssignments(tx: Tx, fromId: string, toId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select waymark.hand_over_assignments(${fromId}, ${toId}) as n`.execute(tx);
  return rows[0]?.n ?? 0;
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';

/** How many people an account accompanies as their case worker and would go along, and for how many more the care would end. */
export async function countAssignments(tx: Tx, accountId: string): Promise<{ assignments: number; ending: number }> {
  const { rows } = await sql<{ assignments: number; ending: number }>`
    select assignments, ending from waymark.count_assignments(${accountId})`.execute(tx);
  return rows[0] ?? { assignments: 0, ending: 0 };
}

/** Answers how many people went along, and for how many the care ended because being accompanied stands no more (db/migrations/0029). */
export async function handOverAssignments(tx: Tx, fromId: string, toId: string): Promise<{ moved: number; ended: number }> {
  const { rows } = await sql<{ moved: number; ended: number }>`
    select moved, ended from waymark.hand_over_assignments(${fromId}, ${toId})`.execute(tx);
  return rows[0] ?? { moved: 0, ended: 0 };
}

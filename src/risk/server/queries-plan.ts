// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { prepared } from '../../platform/server/db.ts';
import type { Tx } from '../../platform/server/endpoint.ts';

/**
 * For the rest of a transaction that scores thousands at a time. A plan is made for each call: the one PostgreSQL would keep after five of them is made for a
 * handful of people, and pairs thousands row by row. No compiling, which costs more than it saves here; room to sort in memory.
 */
export async function planForMany(tx: Tx): Promise<void> {
  await sql`select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true), set_config('work_mem', '64MB', true)`.execute(
    tx,
  );
}

/** From this many people on, a plan for many pays for being made each time (about 10 ms). */
export const many = 200;

/**
 * The same for a few people: plans that every round of a connection uses again. Making them anew takes longer than the work on thirty people does,
 * and they are told by hand where to look things up (`offset 0` in the migrations), so that they hold for hundreds too.
 */
export async function planForFew(tx: Tx): Promise<void> {
  await sql`${prepared} select set_config('plan_cache_mode', 'force_generic_plan', true), set_config('jit', 'off', true)`.execute(tx);
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql, type Kysely } from 'kysely';
import type { Actor } from '../../platform/domain/actor.ts';
import type { Tx } from '../../platform/server/endpoint.ts';

export type RunState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';

/** One import that was asked for. `undone_at` and `batch_state` are those of its batch, where it made one. */
export interface RunRow {
  readonly batch_id: string;
  readonly kind: string;
  readonly dry_run: boolean;
  readonly file_name: string;
  readonly files: readonly string[];
  readonly mapping_name: string;
  readonly mapping_text: string | null;
  readonly actor_id: string;
  readonly reach: string;
  readonly state: RunState;
  readonly stop_asked: boolean;
  readonly attempts: number;
  readonly progress: unknown;
  readonly report: unknown;
  readonly problem: unknown;
  readonly asked_at: Date;
  readonly finished_at: Date | null;
  readonly batch_state: string | null;
  readonly undone_at: Date | null;
}

export interface NewRun {
  readonly batchId: string;
  readonly kind: string;
  readonly dryRun: boolean;
  readonly files: readonly string[];
  readonly mappingName: string;
  readonly mappingText: string | null;
  readonly actor: Pick<Actor, 'accountId' | 'scopes' | 'posts'>;
}

/** How far somebody can write, as import_run.reach keeps it. */
export function reachOf(actor: Pick<Actor, 'scopes' | 'posts'>): string {
  return actor.posts.some(({ placeId }) => placeId === null) ? '*' : [...actor.scopes].sort().join(',');
}

export async function insertRun(tx: Tx, run: NewRun, state: 'waiting' | 'running'): Promise<void> {
  await sql`insert into waymark.import_run (batch_id, kind, dry_run, file_name, files, mapping_name, mapping_text, actor_id, reach, state)
    values (${run.batchId}, ${run.kind}, ${run.dryRun}, ${run.files.join(', ')}, ${run.files}::text[], ${run.mappingName}, ${run.mappingText}, ${run.actor.accountId}, ${reachOf(run.actor)}, ${state})
    on conflict (batch_id) do nothing`.execute(tx);
}

const columns = sql`select r.*, b.state as batch_state, b.undone_at from waymark.import_run r left join waymark.import_batch b using (batch_id)`;

/** Null also where the asker may not see it. */
export async function findRun(tx: Tx, batchId: string): Promise<RunRow | null> {
  const { rows } = await sql<RunRow>`${columns} where r.batch_id = ${batchId}`.execute(tx);
  return rows[0] ?? null;
}

/** Which imports are wanted. `state`: how they stand, `undone` and `dry-run` included; null: every one but dry runs. */
export interface RunsAsked {
  readonly kinds: readonly string[];
  readonly state: string | null;
  /** Part of the name of a file, in any case. */
  readonly file: string | null;
  readonly oldestFirst: boolean;
}

/** Those that the asker may see; `after` is the last id of the page before (ids are made in order of time). */
export async function listRuns(
  tx: Tx,
  { kinds, state, file, oldestFirst }: RunsAsked,
  after: string | null,
  limit: number,
): Promise<RunRow[]> {
  const wanted = [
    sql`r.kind = any (${kinds})`,
    state === 'dry-run' ? sql`r.dry_run` : sql`not r.dry_run`,
    ...(state === null || state === 'dry-run' ? [] : [sql`case when b.state = 'undone' then 'undone' else r.state end = ${state}`]),
    // Macs write letters with marks in two pieces.
    ...(file === null ? [] : [sql`position(lower(normalize(${file}::text)) in lower(normalize(r.file_name))) > 0`]),
    ...(after === null ? [] : [oldestFirst ? sql`r.batch_id > ${after}::uuid` : sql`r.batch_id < ${after}::uuid`]),
  ];
  const { rows } = await sql<RunRow>`${columns} where ${sql.join(wanted, sql` and `)}
    order by r.batch_id ${oldestFirst ? sql`asc` : sql`desc`} limit ${limit}`.execute(tx);
  return rows;
}

/** Asks a run to stop. One that still waits has ended with that. Answers with its state, null where there is nothing to stop. */
export async function askToStop(tx: Tx, batchId: string): Promise<RunState | null> {
  const { rows } = await sql<{ state: RunState }>`update waymark.import_run set stop_asked = true,
      state = case state when 'waiting' then 'cancelled' else state end, finished_at = case state when 'waiting' then now() end,
      problem = case state when 'waiting' then '{"code": "cancelled", "detail": "It was cancelled before it began; nothing was taken.", "at": null}'::jsonb end
    where batch_id = ${batchId} and state in ('waiting', 'running') returning state`.execute(tx);
  return rows[0]?.state ?? null;
}

/** False for `done` where somebody has asked it to stop: whoever was told that it stops is told the truth. */
export async function finishRun(
  tx: Tx,
  batchId: string,
  state: RunState,
  found: { readonly report?: unknown; readonly problem?: unknown },
): Promise<boolean> {
  const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));
  const done =
    await sql`update waymark.import_run set state = ${state}, report = ${json(found.report)}::jsonb, problem = ${json(found.problem)}::jsonb, progress = null, finished_at = now()
    where batch_id = ${batchId} and state = 'running' and not (stop_asked and ${state} = 'done')`.execute(tx);
  return Number(done.numAffectedRows ?? 0) === 1;
}

/** Held, shared, for as long as an import runs, and gone with the connection: by it the living are told from the dead. */
const lifeline = (batchId: string) => sql`hashtextextended('waymark.import ' || ${batchId}::text, 0)`;

export async function holdLifeline(tx: Tx, batchId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock_shared(${lifeline(batchId)})`.execute(tx);
}

/** Takes the oldest run that waits; `line` is one connection, kept until `releaseRun`. */
export async function claimRun(line: Kysely<unknown>): Promise<RunRow | null> {
  return line.transaction().execute(async (tx) => {
    const {
      rows: [run],
    } = await sql<RunRow>`select *, null as batch_state, null as undone_at from waymark.import_run where state = 'waiting'
      order by batch_id limit 1 for update skip locked`.execute(tx);
    if (!run) return null;
    await sql`select pg_advisory_lock_shared(${lifeline(run.batch_id)})`.execute(tx);
    await sql`update waymark.import_run set state = 'running', attempts = attempts + 1, progress = null where batch_id = ${run.batch_id}`.execute(
      tx,
    );
    return { ...run, attempts: run.attempts + 1 };
  });
}

export async function releaseRun(line: Tx, batchId: string): Promise<void> {
  await sql`select pg_advisory_unlock_shared(${lifeline(batchId)})`.execute(line);
}

/** A run that is taken up anew acts as its account now may, and is seen accordingly. */
export async function setReach(line: Tx, batchId: string, reach: string): Promise<void> {
  await sql`update waymark.import_run set reach = ${reach} where batch_id = ${batchId}`.execute(line);
}

/** Says how far a run is; answers whether somebody asked it to stop. */
export async function tellProgress(line: Tx, batchId: string, progress: unknown): Promise<boolean> {
  const { rows } = await sql<{
    stop: boolean;
  }>`update waymark.import_run set progress = ${JSON.stringify(progress)}::jsonb where batch_id = ${batchId} and state = 'running'
    returning stop_asked as stop`.execute(line);
  return rows[0]?.stop ?? false;
}

/** Stopped by the end of the server, not by a person: it waits for the next start, and this time does not count. */
export async function backToWaiting(line: Tx, batchId: string): Promise<void> {
  await sql`update waymark.import_run set state = 'waiting', progress = null, attempts = greatest(attempts - 1, 0) where batch_id = ${batchId} and state = 'running'`.execute(
    line,
  );
}

const often = 3;

/**
 * Runs and batches that say they are running while nobody holds their lifeline: their process or their database was killed, and their
 * transaction with it, so nothing of them was taken. Runs of the server wait anew, three times; those of a command line have failed.
 * Answers with how many were found.
 */
export async function reviveDead(jobs: Kysely<unknown>): Promise<number> {
  return jobs.transaction().execute(async (tx) => {
    const { rows } = await sql<{
      id: string;
    }>`select batch_id as id from waymark.import_run where state = 'running' union select batch_id from waymark.import_batch where state = 'running'`.execute(
      tx,
    );
    let dead = 0;
    for (const { id } of rows) {
      const {
        rows: [lock],
      } = await sql<{ free: boolean }>`select pg_try_advisory_xact_lock(${lifeline(id)}) as free`.execute(tx);
      if (!lock?.free) continue;
      const why = (detail: string) => JSON.stringify({ code: 'cancelled', detail, at: null });
      const run = await sql`update waymark.import_run set progress = null,
          state = case when stop_asked then 'cancelled' when mapping_text is null or attempts >= ${often} then 'failed' else 'waiting' end,
          finished_at = case when stop_asked or mapping_text is null or attempts >= ${often} then now() end,
          problem = case when stop_asked then ${why('It was cancelled; nothing was taken.')}::jsonb
            when mapping_text is null then ${why('It stopped half-way when Waymark stopped; nothing was taken. Start it again.')}::jsonb
            when attempts >= ${often} then ${why(`Waymark stopped ${often} times while this import ran; nothing was taken. Perhaps the file is too large for this machine.`)}::jsonb end
        where batch_id = ${id} and state = 'running'`.execute(tx);
      const batch =
        await sql`update waymark.import_batch set state = 'failed', finished_at = now() where batch_id = ${id} and state = 'running'`.execute(
          tx,
        );
      // One that ended well since the list was made is free too, and says so.
      if (Number(run.numAffectedRows ?? 0) + Number(batch.numAffectedRows ?? 0) > 0) dead++;
    }
    return dead;
  });
}

/** Of these ids, those whose files are still needed, and those whose list of rejected rows is. */
export async function stillNeeded(jobs: Tx, ids: readonly string[]): Promise<{ open: Set<string>; known: Set<string> }> {
  const { rows } = await sql<{
    id: string;
    open: boolean;
  }>`select batch_id as id, state in ('waiting', 'running') as open from waymark.import_run where batch_id = any (${ids}::uuid[])`.execute(
    jobs,
  );
  return { open: new Set(rows.filter(({ open }) => open).map(({ id }) => id)), known: new Set(rows.map(({ id }) => id)) };
}

/** What a dry run found is of use for a while only. */
export async function forgetDryRuns(jobs: Tx, days: number): Promise<void> {
  await sql`delete from waymark.import_run where dry_run and finished_at < now() - ${days} * interval '1 day'`.execute(jobs);
}

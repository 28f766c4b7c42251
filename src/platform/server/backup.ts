// SPDX-License-Identifier: AGPL-3.0-or-later
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { sealFile, type Sealing } from './backup-file.ts';
import { encodeFrame, TableCounter, type BackupManifest, type SequenceState, type TableName, type TableSum } from './backup-frames.ts';
import { Refusal, exitCode } from './refusal.ts';

export interface BackupProgress {
  readonly phase: string;
  readonly done: number;
  readonly total: number | null;
}

export interface BackupOptions {
  readonly ownerUrl: string;
  readonly file: string;
  readonly sealing: Sealing;
  /** Waymark's own version, for the people who read the backup later. */
  readonly version: string;
  readonly now: Date;
  readonly onProgress?: (step: BackupProgress) => void;
  readonly signal?: AbortSignal;
}

export interface BackupResult extends BackupManifest {
  readonly bytes: number;
  readonly sha256: string;
}

// Who is signed in and which jobs wait belong to the running system, not to its data.
const leftOut = new Set(['auth.session', 'auth.session_state', 'auth.verification', 'public.waymark_migrations']);
const ourSchemas = ['waymark', 'auth', 'public'];

/**
 * Writes everything in the database as of one moment into one sealed file, while people go on working. Rows stream
 * through: no table is held in memory.
 */
export async function writeBackup(options: BackupOptions): Promise<BackupResult> {
  const client = new pg.Client({ connectionString: options.ownerUrl, application_name: 'waymark backup' });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query(`set search_path = ''`);
    await client.query(
      `set datestyle = 'ISO'; set intervalstyle = 'postgres'; set extra_float_digits = 1; set timezone = 'UTC'; set client_encoding = 'UTF8'`,
    );
    await client.query('begin isolation level repeatable read, read only');
    await refuseHiddenRows(client);
    let manifest: BackupManifest = { tables: [], sequences: [] };
    const content = frames(client, options, (whole) => {
      manifest = whole;
    });
    const sealed = await sealFile(options.file, options.sealing, content, options.signal);
    return { ...manifest, ...sealed };
  } finally {
    await client.end().catch(() => {});
  }
}

async function* frames(client: pg.Client, options: BackupOptions, onWhole: (manifest: BackupManifest) => void): AsyncIterable<Buffer> {
  const { rows: migrations } = await client.query<{ name: string; sha256: string }>(
    'select name, sha256 from public.waymark_migrations order by name',
  );
  yield encodeFrame({ kind: 'header', header: { format: 1, waymark: options.version, createdAt: options.now.toISOString(), migrations } });
  const sums: TableSum[] = [];
  for (const { estimate, ...table } of await tablesOf(client)) {
    yield encodeFrame({ kind: 'table', table });
    const counter = new TableCounter(table);
    const rows = client.query(
      copyTo(
        `copy (select ${table.columns.map((name) => client.escapeIdentifier(name)).join(', ')} from ${quoted(client, table)}) to stdout`,
      ),
    );
    let passed = 0;
    for await (const data of together(rows as AsyncIterable<Buffer>)) {
      counter.add(data);
      yield encodeFrame({ kind: 'data', data });
      passed += data.length;
      options.onProgress?.({ phase: `${table.schema}.${table.name}`, done: Math.min(passed, estimate), total: estimate });
    }
    const sum = counter.sum();
    sums.push(sum);
    yield encodeFrame({ kind: 'sum', sum });
  }
  const manifest = { tables: sums, sequences: await sequencesOf(client) };
  onWhole(manifest);
  yield encodeFrame({ kind: 'manifest', manifest });
}

/** COPY gives a row at a time; frames of about 64 kB are cheaper to carry. */
async function* together(rows: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let waiting: Buffer[] = [],
    size = 0;
  for await (const row of rows) {
    waiting.push(row);
    size += row.length;
    if (size < 65_536) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(waiting);
}

/** Every table of ours with the columns that are stored, and about how many bytes it holds. */
async function tablesOf(client: pg.Client): Promise<(TableName & { estimate: number })[]> {
  const { rows } = await client.query<TableName & { estimate: number }>(
    `
    select n.nspname as schema, c.relname as name, greatest(pg_table_size(c.oid), 1)::float8 as estimate,
           array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any ($1) and c.relkind in ('r', 'p') and not c.relispartition
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    order by 1, 2`,
    [ourSchemas],
  );
  return rows.filter((table) => !leftOut.has(`${table.schema}.${table.name}`));
}

async function sequencesOf(client: pg.Client): Promise<SequenceState[]> {
  const { rows } = await client.query<{ schema: string; name: string }>(
    `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = any ($1) and c.relkind = 'S' order by 1, 2`,
    [ourSchemas],
  );
  const states: SequenceState[] = [];
  for (const sequence of rows) {
    const {
      rows: [state],
    } = await client.query<{ value: string; called: boolean }>(
      `select last_value::text as value, is_called as called from ${quoted(client, sequence)}`,
    );
    if (state) states.push({ ...sequence, ...state });
  }
  return states;
}

/** Forced row security binds the owner too; a table without her policy would look empty and be lost in silence. */
async function refuseHiddenRows(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `
    select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any ($1) and c.relforcerowsecurity and not exists (
      select from pg_policies p where p.schemaname = n.nspname and p.tablename = c.relname and p.permissive = 'PERMISSIVE'
        and p.cmd in ('ALL', 'SELECT') and 'waymark_owner' = any (p.roles) and p.qual = 'true')`,
    [ourSchemas],
  );
  if (rows.length > 0)
    throw new Refusal(
      `A backup would miss rows of ${rows.map((row) => row.name).join(', ')}: a migration gave no policy to waymark_owner there.`,
      { exitCode: exitCode.refused },
    );
}

export function quoted(client: pg.Client, { schema, name }: { schema: string; name: string }): string {
  return `${client.escapeIdentifier(schema)}.${client.escapeIdentifier(name)}`;
}

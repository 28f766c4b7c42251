// SPDX-License-Identifier: AGPL-3.0-or-later
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { once } from 'node:events';
import pg from 'pg';
import { from as copyFrom, type CopyStreamQuery } from 'pg-copy-streams';
import { damaged, openFile, type Opening } from './backup-file.ts';
import { decodeFrames, TableCounter, type BackupHeader, type BackupManifest, type Frame, type TableName } from './backup-frames.ts';
import { quoted, type BackupProgress } from './backup.ts';
import { openDb, openPool } from './db.ts';
import { compare, migrate, readMigrations, type Migration } from './migrate.ts';
import { Refusal, exitCode } from './refusal.ts';
import { restoringMark } from './restoring-mark.ts';

export interface CheckedBackup {
  readonly header: BackupHeader;
  readonly manifest: BackupManifest;
  /** Rows of the tables that were to be kept in hand, by column; null stays null. */
  readonly kept: ReadonlyMap<string, readonly Readonly<Record<string, string | null>>[]>;
}

/**
 * Reads the whole file once: checksum, seal, every table against its own sum, and that this Waymark knows its migrations. Touches
 * no database. `keep` names small tables whose rows the caller wants to see (`waymark.installation`). Throws Refusal (one line) for a wrong passphrase and for a file that is damaged, cut short or from a newer Waymark.
 */
export async function checkBackup(
  file: string,
  opening: Opening,
  onProgress?: (step: BackupProgress) => void,
  keep: readonly string[] = [],
): Promise<CheckedBackup> {
  let header: BackupHeader | null = null,
    manifest: BackupManifest | null = null;
  let counter: TableCounter | null = null;
  const kept = new KeptRows(keep);
  for await (const frame of framesOf(file, opening)) {
    kept.see(frame);
    if (manifest) throw damaged(file);
    if (frame.kind === 'header') header = frame.header;
    else if (frame.kind === 'table') {
      counter = new TableCounter(frame.table);
      onProgress?.({ phase: `Checking ${frame.table.schema}.${frame.table.name}`, done: 0, total: null });
    } else if (frame.kind === 'data') counter?.add(frame.data);
    else if (frame.kind === 'sum') {
      if (counter?.sum().sha256 !== frame.sum.sha256) throw damaged(file);
    } else manifest = frame.manifest;
  }
  if (!header || !manifest) throw damaged(file);
  if (header.format !== 1)
    throw new Refusal(`${file} was written by a newer Waymark (${header.waymark}): restore it with that one.`, {
      exitCode: exitCode.refused,
    });
  migrationsOf(header, file);
  return { header, manifest, kept: kept.rows };
}

/** Reads the rows of a few small tables out of what passes by. */
class KeptRows {
  readonly rows = new Map<string, Record<string, string | null>[]>();
  readonly #wanted: readonly string[];
  #table: TableName | null = null;
  #text = '';

  constructor(wanted: readonly string[]) {
    this.#wanted = wanted;
  }

  see(frame: Frame): void {
    if (frame.kind === 'table') {
      this.#table = this.#wanted.includes(`${frame.table.schema}.${frame.table.name}`) ? frame.table : null;
      this.#text = '';
    } else if (frame.kind === 'data' && this.#table) this.#text += frame.data.toString('utf8');
    else if (frame.kind === 'sum' && this.#table) {
      const { schema, name, columns } = this.#table;
      this.rows.set(
        `${schema}.${name}`,
        this.#text
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => Object.fromEntries(line.split('\t').map((field, i) => [columns[i], unescaped(field)]))),
      );
      this.#table = null;
    }
  }
}

/** As COPY writes text. */
function unescaped(field: string): string | null {
  const letters: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', b: '\b', f: '\f', v: '\v' };
  return field === '\\N' ? null : field.replace(/\\(.)/g, (_, letter: string) => letters[letter] ?? letter);
}

/** Is anything in this database that a restore would replace? What a restore that was cut off has left is nobody's yet. */
export async function refuseUsedDatabase(ownerUrl: string): Promise<void> {
  await withClient(ownerUrl, async (client) => {
    const { rows: marked } = await client.query(
      `select from pg_database where datname = current_database() and shobj_description(oid, 'pg_database') = $1`,
      [restoringMark],
    );
    if (marked.length > 0) return;
    const { rows } = await client.query<{ name: string }>(
      `select name from unnest(array['waymark.account', 'waymark.place', 'waymark.person', 'waymark.assessment']) name where to_regclass(name) is not null`,
    );
    for (const { name } of rows) {
      const { rowCount } = await client.query(`select from ${name} limit 1`);
      if (rowCount)
        throw new Refusal(
          'The database is not empty, and a restore replaces nothing: name an empty folder with --data, or an empty database.',
          { exitCode: exitCode.refused },
        );
    }
  });
}

/**
 * Rebuilds an empty database from a checked backup, brings it up to date, and lets `finish` do what must be done before anybody is
 * served. A restore that fails or is killed before all of that is done leaves the database marked, and can be begun again.
 */
export async function restoreBackup(options: {
  ownerUrl: string;
  file: string;
  opening: Opening;
  backup: CheckedBackup;
  onProgress?: (step: BackupProgress) => void;
  finish?: () => Promise<void>;
}): Promise<void> {
  const { ownerUrl, file, backup } = options;
  await refuseUsedDatabase(ownerUrl);
  await withClient(ownerUrl, (client) => markDatabase(client, restoringMark));
  // A start or an earlier attempt may have left empty tables of another version.
  await emptyDatabase(ownerUrl);
  await migrateTo(ownerUrl, migrationsOf(backup.header, file));
  await withClient(ownerUrl, async (client) => {
    await client.query(
      `set search_path = ''; set datestyle = 'ISO'; set intervalstyle = 'postgres'; set timezone = 'UTC'; set client_encoding = 'UTF8'`,
    );
    await client.query('begin');
    const back = await setAside(client, backup.manifest.tables);
    await fill(client, options);
    for (const { value, called, ...name } of backup.manifest.sequences) {
      await client.query('select setval($1::regclass, $2::bigint, $3)', [quoted(client, name), value, called]);
    }
    options.onProgress?.({ phase: 'Checking how the rows hang together', done: 0, total: null });
    for (const statement of back) await client.query(statement);
    await client.query('commit');
    await client.query('analyze');
  });
  await migrateTo(ownerUrl, readMigrations());
  await options.finish?.();
  await withClient(ownerUrl, (client) => markDatabase(client, null));
}

/** Back to before the first migration. The caller knows that nothing in it is anybody's work. */
export async function emptyDatabase(ownerUrl: string): Promise<void> {
  await withClient(ownerUrl, emptyOut);
}

async function markDatabase(client: pg.Client, text: string | null): Promise<void> {
  const {
    rows: [row],
  } = await client.query<{ name: string }>('select current_database() as name');
  await client.query(
    `comment on database ${client.escapeIdentifier(row?.name ?? '')} is ${text === null ? 'null' : client.escapeLiteral(text)}`,
  );
}

async function emptyOut(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select quote_ident(nspname) as name from pg_namespace where pg_get_userbyid(nspowner) = 'waymark_owner'`,
  );
  // What migrations say about functions to come outlives the schemas: back to what a new database says.
  await client.query('alter default privileges grant execute on functions to public');
  await client.query(
    `${rows.length > 0 ? `drop schema ${rows.map((row) => row.name).join(', ')} cascade; ` : ''}drop table if exists public.waymark_migrations`,
  );
}

async function fill(
  client: pg.Client,
  options: { file: string; opening: Opening; backup: CheckedBackup; onProgress?: (step: BackupProgress) => void },
): Promise<void> {
  const expected = new Map(options.backup.manifest.tables.map((sum) => [`${sum.schema}.${sum.name}`, sum]));
  let table: { copy: CopyStreamQuery; counter: TableCounter; name: string; passed: number } | null = null;
  for await (const frame of framesOf(options.file, options.opening)) {
    if (frame.kind === 'table') {
      // What the migrations of this table put in themselves comes again with the rows.
      await client.query(`delete from ${quoted(client, frame.table)}`);
      const columns = frame.table.columns.map((name) => client.escapeIdentifier(name)).join(', ');
      const copy = client.query(copyFrom(`copy ${quoted(client, frame.table)} (${columns}) from stdin`));
      copy.on('error', () => {}); // met by the next write, or by the end
      table = { copy, counter: new TableCounter(frame.table), name: `${frame.table.schema}.${frame.table.name}`, passed: 0 };
    } else if (frame.kind === 'data' && table) {
      table.counter.add(frame.data);
      table.passed += frame.data.length;
      await send(table.copy, frame.data);
      options.onProgress?.({ phase: `Restoring ${table.name}`, done: table.passed, total: expected.get(table.name)?.bytes ?? null });
    } else if (frame.kind === 'sum' && table) {
      const done = finished(table.copy as Writable);
      table.copy.end();
      await done;
      // Read a second time: the file may have been changed since it was checked.
      const sum = expected.get(table.name);
      if (table.counter.sum().sha256 !== sum?.sha256 || table.copy.rowCount !== sum.rows) throw damaged(options.file);
      table = null;
    }
  }
}

async function send(copy: CopyStreamQuery, data: Buffer): Promise<void> {
  if (copy.errored) throw copy.errored;
  if (!copy.write(data)) await once(copy, 'drain');
}

/**
 * Foreign keys go for the time of the filling (tables may refer to each other in a circle, and checking once over all is faster),
 * and so do our triggers (rollups come with the backup) and forced row security (COPY does not fill a table under it).
 * Nobody else sees the tables like this. Returns the statements that put everything back, checked.
 */
async function setAside(client: pg.Client, tables: readonly TableName[]): Promise<string[]> {
  const names = tables.map((table) => quoted(client, table));
  const { rows } = await client.query<{ drop: string; add: string }>(
    `
    select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop,
           format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as add
    from pg_constraint where contype = 'f' and conparentid = 0 and conrelid = any ($1::regclass[]::oid[]) order by 1`,
    [names],
  );
  for (const { drop } of rows) await client.query(drop);
  const { rows: forced } = await client.query<{ name: string }>(
    'select oid::regclass::text as name from pg_class where relforcerowsecurity and oid = any ($1::regclass[]::oid[])',
    [names],
  );
  for (const name of names) await client.query(`alter table ${name} disable trigger user`);
  for (const { name } of forced) await client.query(`alter table ${name} no force row level security`);
  return [
    ...rows.map((row) => row.add),
    ...names.map((name) => `alter table ${name} enable trigger user`),
    ...forced.map(({ name }) => `alter table ${name} force row level security`),
  ];
}

async function* framesOf(file: string, opening: Opening): AsyncIterable<Frame> {
  try {
    yield* decodeFrames(await openFile(file, opening));
  } catch (error) {
    throw error instanceof Refusal ? error : damaged(file, error);
  }
}

/** The migrations the backup was made with, as this Waymark holds them. */
function migrationsOf(header: BackupHeader, file: string): Migration[] {
  const ours = readMigrations();
  try {
    compare(header.migrations, ours);
  } catch (cause) {
    throw new Refusal(`${file} was written by another Waymark (${header.waymark}): ${(cause as Error).message}`, {
      exitCode: exitCode.refused,
      cause,
    });
  }
  const names = new Set(header.migrations.map((migration) => migration.name));
  return ours.filter((migration) => names.has(migration.name));
}

async function migrateTo(ownerUrl: string, migrations: readonly Migration[]): Promise<void> {
  const pool = openPool(ownerUrl, { max: 1 });
  try {
    await migrate(openDb(pool), migrations);
  } finally {
    await pool.end();
  }
}

async function withClient(url: string, fn: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'waymark restore' });
  client.on('error', () => {});
  await client.connect();
  try {
    await fn(client);
  } finally {
    await client.end().catch(() => {});
  }
}

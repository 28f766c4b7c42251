// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundledPostgres, inUserNamespace, unprivileged, userNamespaceWorks, type Launch, type RunMode } from './postgres-binaries.ts';
import { Refusal, refusalFromSystem } from './refusal.ts';

/** Where one cluster's programs, data, socket and logs lie, and how its programs are started. */
export interface Layout {
  readonly dataFolder: string;
  readonly launch: Launch;
  readonly native: string;
  readonly db: string;
  readonly run: string;
  readonly log: string;
}

/** What `data/cluster.json` holds, for people and for the next start. */
interface ClusterRecord {
  readonly mode: RunMode;
  readonly db: string;
  readonly run: string;
  readonly postgres: string;
}

// A socket's address has room for 107 bytes, and the file is called .s.PGSQL.5432 (with .lock beside it).
const longestRunFolder = 107 - '/.s.PGSQL.5432.lock'.length;

/** Makes the data folder, private to its owner, and its parts. Refuses with one line when that cannot be done. */
export function makeDataFolder(path: string): string {
  try {
    if (!existsSync(path)) mkdirSync(path, { recursive: true, mode: 0o700 });
    const folder = realpathSync(path);
    if (!statSync(folder).isDirectory()) throw new Refusal(`${path} is a file, not a folder: choose another with --data.`);
    const probe = join(folder, `.writable.${process.pid}`);
    writeFileSync(probe, 'x');
    rmSync(probe);
    if (statSync(folder).uid === process.getuid?.()) chmodSync(folder, 0o700);
    for (const part of ['log', 'secrets']) mkdirSync(join(folder, part), { recursive: true, mode: 0o700 });
    return folder;
  } catch (error) {
    throw refusalFromSystem(error, path) ?? error;
  }
}

/** Chooses how to run and prepares the folders; `folder` comes from makeDataFolder. */
export function prepareLayout(folder: string): Layout {
  try {
    const native = bundledPostgres();
    const layout = process.getuid?.() === 0 ? layoutForRoot(folder, native) : layoutInside(folder, native, { mode: 'direct', prefix: [] });
    if (layout.launch.mode !== 'as-owner') {
      const record: ClusterRecord = { mode: layout.launch.mode, db: layout.db, run: layout.run, postgres: layout.native };
      writeFileSync(join(folder, 'cluster.json'), JSON.stringify(record, null, 2) + '\n', { mode: 0o600 });
    }
    return layout;
  } catch (error) {
    throw refusalFromSystem(error, folder) ?? error;
  }
}

/** Where a running cluster of this folder listens, without preparing or changing anything; null when none was ever made. */
export function recordedLayout(folder: string): { db: string; run: string; mode: RunMode } | null {
  try {
    return JSON.parse(readFileSync(join(folder, 'cluster.json'), 'utf8')) as ClusterRecord;
  } catch {
    return null;
  }
}

function layoutForRoot(folder: string, native: string): Layout {
  const recorded = recordedLayout(folder);
  const db = join(folder, 'db');
  const owner = existsSync(db) ? lstatSync(db).uid : 0;
  if (owner !== 0) return layoutInside(folder, native, { mode: 'as-owner', prefix: [], uid: owner, gid: lstatSync(db).gid });
  if (recorded?.mode !== 'copied' && userNamespaceWorks(native, folder)) return layoutInside(folder, native, inUserNamespace());
  return layoutCopied(folder, native);
}

function layoutInside(folder: string, native: string, launch: Launch): Layout {
  const db = join(folder, 'db');
  if (launch.mode === 'direct' && existsSync(db) && lstatSync(db).uid !== process.getuid?.()) {
    throw new Refusal(`${db} belongs to another user: start Waymark as that user, or choose another folder with --data.`);
  }
  const inside = join(folder, 'run');
  const run = Buffer.byteLength(inside) <= longestRunFolder ? inside : shortRunFolder(folder);
  const layout: Layout = { dataFolder: folder, launch, native, db, run, log: join(folder, 'log', 'postgres.log') };
  makePrivate(run, launch);
  return layout;
}

/** A folder that only its owner enters, in the machine's folder for temporary files; somebody else's is refused. */
function shortRunFolder(folder: string): string {
  return join(tmpdir(), `waymark-${process.getuid?.() ?? 0}-${fingerprint(folder)}`);
}

function makePrivate(path: string, who: { uid?: number; gid?: number }): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const info = lstatSync(path);
  const wanted = who.uid ?? process.getuid?.();
  if (info.isSymbolicLink() || (info.uid !== process.getuid?.() && info.uid !== wanted)) {
    throw new Refusal(`${path} belongs to somebody else: remove it, then start again.`);
  }
  if (who.uid !== undefined && info.uid !== who.uid) chownSync(path, who.uid, who.gid ?? who.uid);
  chmodSync(path, 0o700);
}

/** Programs and data outside the data folder, because an unprivileged user can neither enter it nor own files in it. */
function layoutCopied(folder: string, native: string): Layout {
  const user = unprivileged();
  const base = join(process.env['WAYMARK_COPIED_BASE'] ?? '/var/lib', `waymark-${fingerprint(folder)}`);
  const programs = join(base, 'postgres');
  mkdirSync(base, { recursive: true, mode: 0o711 });
  chmodSync(base, 0o711);
  if (!sameProgram(native, programs)) {
    rmSync(programs, { recursive: true, force: true });
    const part = `${programs}.part`;
    rmSync(part, { recursive: true, force: true });
    cpSync(native, part, { recursive: true, verbatimSymlinks: true });
    renameSync(part, programs);
  }
  const db = join(base, 'db');
  moveDataOut(join(folder, 'db'), db, user);
  makePrivate(join(base, 'run'), user);
  return {
    dataFolder: folder,
    launch: { mode: 'copied', prefix: [], ...user },
    native: programs,
    db,
    run: join(base, 'run'),
    log: join(folder, 'log', 'postgres.log'),
  };
}

function sameProgram(native: string, copy: string): boolean {
  try {
    const [a, b] = [native, copy].map((root) => statSync(join(root, 'bin', 'postgres')));
    return a?.size === b?.size && readdirSync(join(copy, 'lib')).length === readdirSync(join(native, 'lib')).length;
  } catch {
    return false;
  }
}

/** Data made while user namespaces were allowed follows to the new place; the old copy goes only when the new one is whole. */
function moveDataOut(from: string, to: string, user: { uid: number; gid: number }): void {
  if (!existsSync(from) || existsSync(to)) return;
  const part = `${to}.part`;
  rmSync(part, { recursive: true, force: true });
  cpSync(from, part, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  for (const entry of readdirSync(part, { recursive: true, withFileTypes: true }))
    chownSync(join(entry.parentPath, entry.name), user.uid, user.gid);
  chownSync(part, user.uid, user.gid);
  chmodSync(part, 0o700);
  renameSync(part, to);
  rmSync(from, { recursive: true, force: true });
}

function fingerprint(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 12);
}

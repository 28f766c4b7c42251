// SPDX-License-Identifier: AGPL-3.0-or-later
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { MasterKey, Vault } from '../../src/people/server/index.ts';
import type { Actor } from '../../src/platform/domain/actor.ts';
import { withActor } from '../../src/platform/server/db.ts';
import { rightsOf } from '../../src/access/domain/rights.ts';
import type { ImportReport } from '../../src/places/domain/import-report.ts';
import { runImport, undoLocked, lockBatch, type ImportProgress } from '../../src/places/server/index.ts';
import { observationsKind, peopleKind } from '../../src/risk/server/index.ts';
import type { TestDatabase } from './database.ts';
import { testFolder } from './folder.ts';

/** One master key for all tests of imports, in memory. */
const key = MasterKey.make();
export const testVault = new Vault({ installationId: '0190b3a0-0000-7000-8000-000000000001', keys: [key], reload: () => [key] });
const kindsWith = (vault: Vault) => ({
  people: peopleKind(() => Promise.resolve(vault)),
  observations: observationsKind(() => Promise.resolve(vault)),
});
const kinds = kindsWith(testVault);

/** Mali, coordinator of these places; by default of every country there is. */
export async function coordinatorOf(db: TestDatabase, scopes?: readonly string[]): Promise<Actor> {
  const roots =
    scopes ??
    (await sql<{ path: string }>`select path::text as path from waymark.place where level = 0`.execute(db.owner)).rows.map(
      ({ path }) => path,
    );
  return {
    accountId: 'mali',
    userName: 'mali',
    displayName: 'Mali',
    locale: 'en',
    roles: ['coordinator'],
    rights: new Set(rightsOf('coordinator')),
    scopes: roots,
    posts: [],
  };
}

export interface PeopleRun {
  readonly kind?: 'people' | 'observations';
  readonly dryRun?: boolean;
  readonly actor?: Actor;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly batchId?: string;
  readonly rejectedFile?: string;
  /** Where it is about keys: the vault of one installation. */
  readonly vault?: Vault;
}

/** Imports one file of people as the command line does. */
export async function importPeopleFile(db: TestDatabase, file: string, mapping: string, options: PeopleRun = {}): Promise<ImportReport> {
  return runImport({
    db: db.app,
    actor: options.actor ?? (await coordinatorOf(db)),
    kind: (options.vault ? kindsWith(options.vault) : kinds)[options.kind ?? 'people'],
    batchId: options.batchId ?? uuidv7(),
    files: [{ name: basename(file), path: file }],
    mappingText: mapping,
    mappingName: 'mapping.yaml',
    dryRun: options.dryRun ?? false,
    rejectedFile: options.rejectedFile ?? join(testFolder('waymark-rejected-'), 'rejected.csv'),
    newId: uuidv7,
    signal: options.signal ?? new AbortController().signal,
    onProgress: options.onProgress ?? (() => {}),
  });
}

/** Writes a file made up for one test and imports it. */
export async function importMadePeople(
  db: TestDatabase,
  content: string | Buffer,
  mapping: string,
  options: PeopleRun & { readonly fileName?: string } = {},
): Promise<ImportReport> {
  const file = join(testFolder('waymark-made-'), options.fileName ?? 'made.csv');
  writeFileSync(file, content);
  return importPeopleFile(db, file, mapping, options);
}

/** Takes a batch back as the endpoint does, and answers with what was taken back. */
export async function undoPeopleImport(db: TestDatabase, batchId: string, by?: Actor): Promise<Record<string, number>> {
  const actor = by ?? (await coordinatorOf(db));
  return withActor(db.app, actor, async (tx) => {
    const batch = (await lockBatch(tx, batchId))!;
    const kind = kinds[batch.kind as 'people' | 'observations'];
    let counts: Record<string, number> = {};
    await undoLocked(tx, actor, { ...kind, undo: async (args) => (counts = await kind.undo(args)) }, batch, {
      now: new Date(),
      newId: uuidv7,
    });
    return counts;
  });
}

/** The installation keeps people, on this basis. */
export async function keepPeople(db: TestDatabase, title: string, { needsConsent = false } = {}): Promise<string> {
  await sql`insert into waymark.installation (installation_id, is_demo, people_kept) values (${uuidv7()}, false, true)
    on conflict do nothing`.execute(db.owner);
  await sql`update waymark.installation set people_kept = true`.execute(db.owner);
  const basisId = uuidv7();
  await sql`insert into waymark.lawful_basis (basis_id, title, ground, citation, purposes, needs_consent, from_on, created_by)
    values (${basisId}, ${title}, ${needsConsent ? 'consent' : 'public_task'}, 'A made-up act, section 1', '{register}', ${needsConsent}, '2020-01-01', 'set-up')`.execute(
    db.owner,
  );
  return basisId;
}

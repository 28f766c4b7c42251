// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { withActor } from '../../src/platform/server/db.ts';
import type { Actor } from '../../src/platform/domain/actor.ts';
import type { ImportReport } from '../../src/places/domain/import-report.ts';
import { runImport, type ImportProgress } from '../../src/places/server/index.ts';
import { areaStatsKind, installInstruments } from '../../src/risk/server/index.ts';
import type { TestDatabase } from './database.ts';
import { testFolder } from './folder.ts';

/** Somebody who may import statistics below these places; by default of every country there is. */
export async function statistician(db: TestDatabase, scopes?: readonly string[]): Promise<Actor> {
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
    rights: new Set(['places.import', 'statistics.import', 'risk.read']),
    scopes: roots,
    posts: [],
  };
}

export async function withInstruments(db: TestDatabase): Promise<void> {
  await db.owner.transaction().execute((tx) => installInstruments(tx, uuidv7));
}

export interface StatsRun {
  readonly dryRun?: boolean;
  readonly actor?: Actor;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly batchId?: string;
}

/** Imports one file of statistics as the command line does. */
export async function importStats(db: TestDatabase, file: string, mappingFile: string, options: StatsRun = {}): Promise<ImportReport> {
  return runImport({
    db: db.app,
    actor: options.actor ?? (await statistician(db)),
    kind: areaStatsKind,
    batchId: options.batchId ?? uuidv7(),
    files: [{ name: basename(file), path: file }],
    mappingText: readFileSync(mappingFile, 'utf8'),
    mappingName: basename(mappingFile),
    dryRun: options.dryRun ?? false,
    rejectedFile: join(testFolder('waymark-rejected-'), 'rejected.csv'),
    newId: uuidv7,
    signal: options.signal ?? new AbortController().signal,
    onProgress: options.onProgress ?? (() => {}),
  });
}

/** Writes a file made up for one test beside its mapping and imports it. */
export async function importMadeStats(
  db: TestDatabase,
  content: string | Buffer,
  mapping: string,
  options: StatsRun & { readonly fileName?: string } = {},
): Promise<ImportReport> {
  const folder = testFolder('waymark-made-');
  const file = join(folder, options.fileName ?? 'made.csv');
  writeFileSync(file, content);
  writeFileSync(join(folder, 'made.yaml'), mapping);
  return importStats(db, file, join(folder, 'made.yaml'), options);
}

/** Takes a batch back as the endpoint does. */
export async function undoStats(db: TestDatabase, batchId: string, actor?: Actor): Promise<Record<string, number>> {
  const by = actor ?? (await statistician(db));
  return withActor(db.app, by, (tx) => areaStatsKind.undo({ tx, actor: by, batchId, now: new Date(), newId: uuidv7 }));
}

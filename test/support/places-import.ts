// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import type { Actor } from '../../src/platform/domain/actor.ts';
import type { ImportReport } from '../../src/places/domain/import-report.ts';
import { filesOf } from '../../src/places/domain/mapping.ts';
import { placesImport } from '../../src/app/rooms.ts';
import { placesMapping, runImport } from '../../src/places/server/index.ts';
import type { TestDatabase } from './database.ts';
import { testFolder } from './folder.ts';

export { placesImport };

/** Somebody who may import places: everywhere, or only below the paths given. */
export function importer(scopes: readonly string[] | 'everywhere' = 'everywhere'): Actor {
  const posts = scopes === 'everywhere' ? [{ role: 'coordinator', placeId: null }] : [];
  return {
    accountId: 'somchai',
    userName: 'somchai',
    displayName: 'Somchai',
    locale: 'en',
    roles: ['coordinator'],
    rights: new Set(['places.import', 'statistics.import', 'risk.read']),
    scopes: scopes === 'everywhere' ? [] : scopes,
    posts,
  };
}

export interface RunOptions {
  readonly dryRun?: boolean;
  readonly actor?: Actor;
  readonly signal?: AbortSignal;
  readonly onProgress?: (phase: string) => void;
  readonly batchId?: string;
}

/** Imports the files that a mapping file names from a folder, as the command line does. */
export async function importFolder(db: TestDatabase, mappingFile: string, folder: string, options: RunOptions = {}): Promise<ImportReport> {
  const mappingText = readFileSync(mappingFile, 'utf8'),
    mappingName = basename(mappingFile);
  const files = filesOf(placesMapping(mappingText, mappingName)).map((name) => ({ name, path: join(folder, name) }));
  return runImport({
    db: db.app,
    actor: options.actor ?? importer(),
    kind: placesImport,
    batchId: options.batchId ?? uuidv7(),
    files,
    mappingText,
    mappingName,
    dryRun: options.dryRun ?? false,
    rejectedFile: join(testFolder('waymark-rejected-'), 'rejected.csv'),
    newId: uuidv7,
    signal: options.signal ?? new AbortController().signal,
    onProgress: ({ phase }) => options.onProgress?.(phase),
  });
}

/** Writes files made up for one test, the mapping among them, and imports them. */
export async function importMade(
  db: TestDatabase,
  mapping: string,
  files: Readonly<Record<string, string | Buffer>>,
  options: RunOptions = {},
): Promise<ImportReport> {
  const folder = testFolder('waymark-made-');
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  writeFileSync(join(folder, 'made.yaml'), mapping);
  return importFolder(db, join(folder, 'made.yaml'), dirname(join(folder, 'made.yaml')), options);
}

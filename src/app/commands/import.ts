// SPDX-License-Identifier: AGPL-3.0-or-later
import { randomUUID } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Kysely } from 'kysely';
import { uuidv7 } from 'uuidv7';
import type { ImportReport } from '../../places/domain/import-report.ts';
import { filesOf } from '../../places/domain/mapping.ts';
import type { ImportKind } from '../../places/server/index.ts';
import type { Actor } from '../../platform/domain/actor.ts';
import { withActor, type Urls } from '../../platform/server/db.ts';
import { Refusal, exitCode } from '../../platform/server/refusal.ts';
import type { OpenVault } from '../../risk/server/index.ts';
import { atCommandLine } from '../command-line.ts';
import { withDb } from '../installation.ts';
import { answer, progressOn, withCommon, type CommonOptions } from '../terminal.ts';

interface ImportOptions extends CommonOptions {
  readonly mapping: string;
  readonly dryRun?: boolean;
  readonly rejected?: string;
  readonly as?: string;
  readonly keyFile?: string;
}

export function addImport(program: Command): void {
  const group = program
    .command('import')
    .description('bring in files: places, area-stats, people, observations')
    .addHelpText('after', '\nExample:\n  $ ./waymark import places provinces.geojson --mapping places.yaml --dry-run');
  one(
    group.command('places'),
    'administrative areas and their boundaries (GeoJSON, TopoJSON, CSV)',
    './waymark import places my-country/ --mapping my-country/places.yaml',
    async () => (await import('../rooms.ts')).placesImport,
  );
  one(
    group.command('area-stats'),
    'statistics of places (CSV, XLSX, Parquet)',
    './waymark import area-stats poverty.csv --mapping poverty.yaml --dry-run',
    async () => (await import('../../risk/server/index.ts')).areaStatsKind,
  );
  ofPeople(
    group.command('people'),
    'people, who they are, and what was answered of them (CSV, XLSX, Parquet)',
    './waymark import people register.xlsx --mapping register.yaml --as malee --dry-run',
    async (vault) => (await import('../../risk/server/index.ts')).peopleKind(vault),
  );
  ofPeople(
    group.command('observations'),
    'later answers of people who came with an earlier file',
    './waymark import observations second-round.csv --mapping second-round.yaml --as malee',
    async (vault) => (await import('../../risk/server/index.ts')).observationsKind(vault),
  );
}

/** The machine's own command line may not read or write records of people: somebody who may is named, and is bound by her rights and her area. */
function ofPeople(command: Command, what: string, example: string, kind: (vault: OpenVault) => Promise<ImportKind>): void {
  one(
    command
      .requiredOption('--as <user-name>', 'the coordinator who answers for it; she may write in her area only')
      .option('--key-file <file>', 'the master key of the identity vault (otherwise WAYMARK_KEY_FILE, otherwise its usual place)'),
    what,
    example,
    kind,
  );
}

function one(command: Command, what: string, example: string, kind: (vault: OpenVault) => Promise<ImportKind>): void {
  withCommon(
    command.argument(
      '<files...>',
      'the files, read as one import; for places also the folder in which the files that the mapping names lie',
    ),
    example,
  )
    .description(`bring in ${what}`)
    .requiredOption('--mapping <file>', 'the YAML file that says what the columns mean')
    .option('--dry-run', 'do everything, report, and leave nothing')
    .option('--rejected <file>', 'where to write rejected rows (otherwise here, named after the first file)')
    .action((files: string[], options: ImportOptions) => run(kind, files, options));
}

/** A folder stands for those of its files that the mapping names. */
async function expand(given: readonly string[], mappingText: string, mappingName: string): Promise<string[]> {
  const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (!given.some(isFolder)) return [...given];
  const { placesMapping } = await import('../../places/server/index.ts');
  const named = filesOf(placesMapping(mappingText, mappingName));
  return given.flatMap((path) => (isFolder(path) ? named.map((name) => join(path, name)) : [path]));
}

async function run(makeKind: (vault: OpenVault) => Promise<ImportKind>, given: readonly string[], options: ImportOptions): Promise<void> {
  const mappingText = readFileSync(options.mapping, 'utf8');
  const files = await expand(given, mappingText, basename(options.mapping));
  const cancel = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => cancel.abort());
  const progress = progressOn();
  try {
    const report = await atCommandLine(options.data, async ({ installation, app, actor: itself }) => {
      const actor = options.as === undefined ? itself : await somebody(installation.urls, app, options.as);
      const { VaultAtHand } = await import('../vault.ts');
      const vault = new VaultAtHand({ db: app, dataFolder: options.data, keyFile: options.keyFile });
      const kind = await makeKind(() => vault.open());
      const { endDeadImports, runImport } = await import('../../places/server/index.ts');
      await withDb(installation.urls.jobs, endDeadImports); // of a command line that was killed, where no server has told so yet
      const { writeAudit } = await import('../../audit/server/index.ts');
      const batchId = uuidv7();
      await withActor(app, actor, (tx) =>
        writeAudit(
          tx,
          actor.accountId,
          { action: options.dryRun ? 'imports.try' : 'imports.start', subject: batchId, detail: { kind: kind.kind, files: files.length } },
          uuidv7,
        ),
      );
      return runImport({
        db: app,
        actor,
        kind,
        batchId,
        files: files.map((file) => ({ name: basename(file), path: resolve(file) })),
        mappingText,
        mappingName: basename(options.mapping),
        dryRun: options.dryRun ?? false,
        rejectedFile: resolve(options.rejected ?? `${basename(files[0] ?? 'import')}.rejected.csv`),
        newId: uuidv7,
        signal: cancel.signal,
        onProgress: ({ phase, done, total }) => progress.at({ phase, done, total: total || null }),
      });
    });
    progress.end();
    answer(options, report, lines(report));
    if (report.rejected > 0) process.exitCode = exitCode.rejectedRows;
  } finally {
    progress.end();
  }
}

/** An account as it may act now. */
async function somebody(urls: Urls, app: Kysely<unknown>, userName: string): Promise<Actor> {
  const { findActor, listAccounts, openAccess } = await import('../../access/server/index.ts');
  const access = openAccess({ urls, app, secret: randomUUID(), publicOrigin: null, now: () => new Date(), newId: uuidv7 });
  try {
    const account = (await listAccounts(access)).find((one) => one.userName === userName);
    const actor = account && (await findActor(access, account.accountId));
    if (!actor) throw new Refusal(`Nobody in use here is called ${userName}.`, { exitCode: exitCode.usage });
    return actor;
  } finally {
    await access.close();
  }
}

function lines(report: ImportReport): string[] {
  const said = report.sameAs
    ? [`The same files were imported before, as ${report.sameAs}; nothing was done.`]
    : [report.dryRun ? 'A dry run: nothing was kept.' : `Imported as ${report.batchId}.`];
  said.push(`${report.rows} rows: ${report.taken} taken, ${report.rejected} rejected (${(report.milliseconds / 1000).toFixed(1)} s).`);
  if (report.people) {
    const { new: fresh, known, households, named } = report.people;
    said.push(
      `  ${fresh} new people in ${households} new households${named === undefined ? '' : `, ${named} with a name`}; ${known} were known before.`,
    );
  }
  for (const level of report.levels) {
    said.push(
      `  ${level.country} level ${level.level} (${level.name}): ${level.matched} of ${level.known} places${level.withBoundary === undefined ? '' : `, ${level.withBoundary} with a boundary`}`,
    );
  }
  for (const { code, title, values, empty, cuts, scores, summedTo, unknown } of report.indicators) {
    if (report.people) {
      said.push(
        `  ${title?.en ? `${title.en} (${code})` : code}: ${values} answers, ${empty} not asked; 1/2/3: ${scores.join('/')}; unknown: ${unknown ?? 0}`,
      );
      continue;
    }
    said.push(
      `  ${title?.en ? `${title.en} (${code})` : code}: ${values} values, ${empty} empty; scored 1/2/3: ${scores.join('/')}${cuts ? `; cuts ${cuts.join(', ')}` : ''}${summedTo.map(({ level, places }) => `; summed to ${places} of level ${level}`).join('')}`,
    );
  }
  for (const { code, title, values, empty } of report.privateQuestions ?? [])
    said.push(
      `  ${title?.en ? `${title.en} (${code})` : code}: private${values === null ? '; how many answered is not told of so few' : `, ${values} answers, ${empty} not asked`}`,
    );
  for (const note of report.notes) said.push(`  note: ${note}`);
  for (const row of report.rejectedRows.slice(0, 10))
    said.push(
      `  rejected: ${[row.file, row.row && `row ${row.row}`, row.column && `column ${row.column}`].filter(Boolean).join(', ')}: ${row.reason}`,
    );
  if (report.rejectedFile) said.push(`All rejected rows with their reasons: ${report.rejectedFile}`);
  return said;
}

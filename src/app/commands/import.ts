// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { uuidv7 } from 'uuidv7';
import type { ImportReport } from '../../places/domain/import-report.ts';
import { filesOf } from '../../places/domain/mapping.ts';
import type { ImportKind } from '../../places/server/index.ts';
import { withActor } from '../../platform/server/db.ts';
import { exitCode } from '../../platform/server/refusal.ts';
import { atCommandLine } from '../command-line.ts';
import { withDb } from '../installation.ts';
import { answer, progressOn, withCommon, type CommonOptions } from '../terminal.ts';

interface ImportOptions extends CommonOptions {
  readonly mapping: string;
  readonly dryRun?: boolean;
  readonly rejected?: string;
}

export function addImport(program: Command): void {
  const group = program
    .command('import')
    .description('bring in files: places, area-stats')
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
}

function one(command: Command, what: string, example: string, kind: () => Promise<ImportKind>): void {
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
    .action(async (files: string[], options: ImportOptions) => run(await kind(), files, options));
}

/** A folder stands for those of its files that the mapping names. */
async function expand(given: readonly string[], mappingText: string, mappingName: string): Promise<string[]> {
  const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (!given.some(isFolder)) return [...given];
  const { placesMapping } = await import('../../places/server/index.ts');
  const named = filesOf(placesMapping(mappingText, mappingName));
  return given.flatMap((path) => (isFolder(path) ? named.map((name) => join(path, name)) : [path]));
}

async function run(kind: ImportKind, given: readonly string[], options: ImportOptions): Promise<void> {
  const mappingText = readFileSync(options.mapping, 'utf8');
  const files = await expand(given, mappingText, basename(options.mapping));
  const cancel = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => cancel.abort());
  const progress = progressOn();
  try {
    const report = await atCommandLine(options.data, async ({ installation, app, actor }) => {
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

function lines(report: ImportReport): string[] {
  const said = report.sameAs
    ? [`The same files were imported before, as ${report.sameAs}; nothing was done.`]
    : [report.dryRun ? 'A dry run: nothing was kept.' : `Imported as ${report.batchId}.`];
  said.push(`${report.rows} rows: ${report.taken} taken, ${report.rejected} rejected (${(report.milliseconds / 1000).toFixed(1)} s).`);
  for (const level of report.levels) {
    said.push(
      `  ${level.country} level ${level.level} (${level.name}): ${level.matched} of ${level.known} places${level.withBoundary === undefined ? '' : `, ${level.withBoundary} with a boundary`}`,
    );
  }
  for (const { code, title, values, empty, cuts, scores, summedTo } of report.indicators) {
    said.push(
      `  ${title?.en ? `${title.en} (${code})` : code}: ${values} values, ${empty} empty; scored 1/2/3: ${scores.join('/')}${cuts ? `; cuts ${cuts.join(', ')}` : ''}${summedTo.map(({ level, places }) => `; summed to ${places} of level ${level}`).join('')}`,
    );
  }
  for (const note of report.notes) said.push(`  note: ${note}`);
  for (const row of report.rejectedRows.slice(0, 10))
    said.push(
      `  rejected: ${[row.file, row.row && `row ${row.row}`, row.column && `column ${row.column}`].filter(Boolean).join(', ')}: ${row.reason}`,
    );
  if (report.rejectedFile) said.push(`All rejected rows with their reasons: ${report.rejectedFile}`);
  return said;
}

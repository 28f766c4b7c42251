// SPDX-License-Identifier: AGPL-3.0-or-later
import { constants, existsSync, openSync, closeSync, fstatSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { uuidv7 } from 'uuidv7';
import { withActor } from '../../platform/server/db.ts';
import { Refusal, exitCode } from '../../platform/server/refusal.ts';
import type { InstrumentFault, Publication, VersionLine } from '../../risk/server/index.ts';
import { atCommandLine } from '../command-line.ts';
import { answer, progressOn, withCommon, type CommonOptions } from '../terminal.ts';

interface PublishOptions extends CommonOptions {
  readonly dryRun?: boolean;
  readonly sameMeaning?: string;
}
interface ExportOptions extends CommonOptions {
  readonly languages?: string;
  readonly force?: boolean;
}

const room = () => import('../../risk/server/index.ts');
const listed = (text: string | undefined): string[] => (text ?? '').split(',').flatMap((each) => each.trim() || []);
/** So many faults stand on a screen; --json has all. */
const mostLines = 100;

export function addInstrument(program: Command): void {
  const instrument = program
    .command('instrument')
    .description('questionnaires: list, export, publish')
    .addHelpText('after', '\nExample:\n  $ ./waymark instrument publish household-28.yaml --dry-run');
  withCommon(instrument.command('list'), './waymark instrument list')
    .description('every version of every instrument, and which is in use')
    .action(list);
  withCommon(
    instrument.command('export').argument('<code>', 'of the instrument').argument('[file]', 'the file to write (otherwise it is printed)'),
    './waymark instrument export household-28 household-28.yaml',
    './waymark instrument export household-28 household-28.yaml --languages en,th',
  )
    .description('write the version in use into a file, to start the next one from')
    .option('--languages <list>', 'only these of its languages, and English')
    .option('--force', 'replace a file that is there')
    .action(exportFile);
  withCommon(
    instrument.command('publish').argument('<file>', 'the YAML file that holds the version'),
    './waymark instrument publish household-28.yaml --dry-run',
    './waymark instrument publish household-28.yaml --same-meaning debt,income_shock',
  )
    .description('make a version the one in use, and score everybody by it: all of it or nothing')
    .option('--dry-run', 'say what is wrong, what would change and for how many, and change nothing')
    .option('--same-meaning <codes>', 'questions in other words than before that ask the same as before')
    .action(publish);
}

async function list(options: CommonOptions): Promise<void> {
  await atCommandLine(options.data, async ({ app, actor }) => {
    const { listVersions } = await room();
    const versions = await withActor(app, actor, listVersions);
    answer(
      options,
      { versions },
      versions.map((each) => lineOf(each)),
    );
  });
}

const lineOf = (each: VersionLine): string =>
  [
    each.code.padEnd(24),
    `version ${each.version}`.padEnd(11),
    (each.state === 'live' ? 'in use' : 'retired').padEnd(8),
    `scores ${each.scores === 'person' ? 'people' : 'places'}`,
    `${each.questions} questions${each.private > 0 ? `, ${each.private} private` : ''}`,
    each.languages.join(' '),
    `since ${each.publishedOn}`,
    each.title,
  ].join('  ');

async function exportFile(code: string, file: string | undefined, options: ExportOptions): Promise<void> {
  const path = file === undefined ? null : resolve(file);
  if (path !== null && existsSync(path) && !options.force)
    throw new Refusal(`${path} is there already: choose another name, or say --force.`, { exitCode: exitCode.refused });
  await atCommandLine(options.data, async ({ app, actor }) => {
    const { exportInstrument } = await room();
    const wanted = options.languages === undefined ? undefined : listed(options.languages);
    const { version, text } = await withActor(app, actor, (tx) => exportInstrument(tx, code, wanted));
    if (path === null) {
      if (options.json) answer(options, { code, version, text }, []);
      else process.stdout.write(text);
      return;
    }
    try {
      writeFileSync(`${path}.part`, text);
      renameSync(`${path}.part`, path);
    } catch (error) {
      rmSync(`${path}.part`, { force: true });
      throw error;
    }
    answer(options, { code, version, file: path }, [
      `Wrote version ${version} of ${code} to ${path}, to be changed and published as version ${version + 1}.`,
    ]);
  });
}

/** Not more than an instrument may have, whatever the name stands for: a disk, a pipe without an end. */
function bytesOf(path: string, most: number): Uint8Array {
  // A pipe to which nobody writes would be waited for for ever, before it could be asked what it is.
  const opened = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!fstatSync(opened).isFile()) throw new Refusal(`${path} is no file.`);
    const bytes = Buffer.alloc(most + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(opened, bytes, length, bytes.length - length, null);
    return bytes.subarray(0, length);
  } finally {
    closeSync(opened);
  }
}

async function publish(file: string, options: PublishOptions): Promise<void> {
  const { mostInstrumentBytes, publishFile } = await room();
  const bytes = bytesOf(resolve(file), mostInstrumentBytes);
  const cancel = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => cancel.abort());
  const progress = progressOn();
  try {
    const found = await atCommandLine(options.data, async ({ app, actor }) => {
      const { writeAudit } = await import('../../audit/server/index.ts');
      return withActor(app, actor, (tx) =>
        publishFile({
          tx,
          bytes,
          sameMeaning: listed(options.sameMeaning),
          dryRun: options.dryRun ?? false,
          now: new Date(),
          newId: uuidv7,
          audit: (entry) => writeAudit(tx, actor.accountId, entry, uuidv7),
          signal: cancel.signal,
          onCompared: (compared) => {
            if (!options.json)
              process.stdout.write(
                changeLines(compared)
                  .map((line) => `${line}\n`)
                  .join(''),
              );
          },
          onProgress: (done, total) => progress.at({ phase: 'Scoring', done, total }),
        }),
      );
    });
    progress.end();
    tell(file, options, found);
  } finally {
    progress.end();
  }
}

function tell(file: string, options: PublishOptions, found: Publication): void {
  const { state, code, version, faults } = found;
  if (state === 'refused') {
    const line = `${file}: ${faults.length === 1 ? 'one thing is' : `${faults.length} things are`} wrong, so nothing was published.`;
    process.exitCode = exitCode.failed;
    if (options.json) answer(options, { ...found, error: line, exitCode: exitCode.failed }, []);
    const more = faults.length > mostLines ? [`  and ${faults.length - mostLines} more (--json tells all)`] : [];
    process.stderr.write(
      [line, ...faults.slice(0, mostLines).map((fault) => `  ${faultLine(fault)}`), ...more].map((each) => `${each}\n`).join(''),
    );
    return;
  }
  const end = {
    'there-already': `Version ${version} of ${code} is published already, as it stands in this file; nothing was done.`,
    'nothing-new': `It says what version ${found.change?.after} of ${code} says; nothing was published.`,
    tried: 'A dry run: nothing was published.',
    published: `Published: version ${version} of ${code} is in use, and everybody is scored by it.`,
  }[state];
  answer(options, found, [end]);
}

const faultLine = ({ line, at, why }: InstrumentFault): string =>
  [line === null ? '' : `line ${line}`, at].filter(Boolean).join(', ') + (line === null && at === '' ? why : `: ${why}`);

function changeLines({ code, version, scores, change, reach }: Publication): string[] {
  if (!change) return [];
  const { after, added, removed, changed, bands, languages, words, order } = change;
  const lines = [after === null ? `${code}: a new instrument, version ${version}` : `${code}, version ${version} after version ${after}:`];
  if (after === null) lines.push(`  ${added.length} questions`);
  else for (const each of added) lines.push(`  new         ${each}`);
  for (const each of removed) lines.push(`  taken out   ${each}: what was answered stays, and counts no longer`);
  for (const each of changed) {
    const said = [
      each.weight && `weight ${each.weight[0]} becomes ${each.weight[1]}`,
      each.months && `valid for ${each.months[1]} months instead of ${each.months[0]}, from the next answers on`,
      each.warns !== undefined && (each.warns ? 'an answer of 3 warns' : 'an answer of 3 warns no longer'),
      each.protected && 'private from now on, also what was answered before',
      each.theme && `stands under ${each.theme[1]} instead of ${each.theme[0]}`,
      each.words && `other words: ${each.words.join(', ')}`,
    ];
    lines.push(`  changed     ${each.code}: ${said.filter(Boolean).join('; ')}`);
  }
  for (const { which, was, is } of bands) lines.push(`  bands       ${which} ${was} becomes ${is}`);
  if (languages.removed.length > 0) lines.push(`  languages   without ${languages.removed.join(', ')}`);
  if (after !== null && languages.added.length > 0) lines.push(`  languages   also ${languages.added.join(', ')}`);
  if (words) lines.push('  words       title or description');
  if (order) lines.push('  order       its questions stand in another order');
  if (reach) {
    const answered =
      reach.answered === null && scores === 'person'
        ? 'how many with answers that count now is not told, so that it points to nobody'
        : `${many(reach.answered, scores)} with answers that count now`;
    lines.push(`Scored by it: ${many(reach.subjects, scores)}; ${answered}.`);
  }
  return lines;
}

const many = (n: number | null, scores: Publication['scores']): string =>
  scores === 'place' ? `${n} places` : n === null ? 'fewer than 11 people' : `${n} people`;

// SPDX-License-Identifier: AGPL-3.0-or-later
import { ownIdsOf, type OwnIds, type Vault } from '../../../people/server/index.ts';
import type { ImportReport } from '../../../places/domain/import-report.ts';
import { Rejections, type ImportArgs, type ImportKind } from '../../../places/server/index.ts';
import { Problem } from '../../../platform/domain/problem.ts';
import { dateAt } from '../../../platform/domain/zoned-time.ts';
import { openTable, type Table } from '../../../platform/server/tabular.ts';
import type { AnyPeopleMapping, PeopleMapping } from '../../domain/people-mapping.ts';
import { findTimeZone, liveInstrument, type StoredInstrument } from '../queries-instruments.ts';
import { countsOf, indicatorsOf } from './report.ts';
import { gatherHomes, type Homes } from './homes.ts';
import { checkAgainstInstrument, readObservationsMapping, readPeopleMapping, tableOptionsOf, withoutPrivateValues } from './mapping.ts';
import { IntakePlaces } from './places.ts';
import { listWaitingHouseholds } from '../queries-follow.ts';
import { arePeopleKept, findBases, lockImport, type StatedBasis } from './queries-people.ts';
import { readRows, type Read } from './read.ts';
import { writeNames } from './names.ts';
import { scoreFile } from './score.ts';
import { settleWho, type Settled } from './settle.ts';
import { trialOfPeople } from './trial.ts';
import { undoPeople } from './undo.ts';
import { FileWriting, type WriteContext } from './write.ts';

/** Opens the identity vault; throws Problem 'vault-closed' where its key is not at hand. */
export type OpenVault = () => Promise<Vault>;

type Reading = (text: string, name: string) => AnyPeopleMapping;

function kindOf(kind: 'people' | 'observations', read: Reading, openVault: OpenVault): ImportKind {
  return {
    kind,
    right: 'people.import',
    admits: mustKeepPeople,
    checkMapping: (text, name) => ({ ...read(text, name) }),
    trial: (text, name) => trialOfPeople(read(text, name)),
    mappingForOthers: withoutPrivateValues,
    run: (args) => importPeople(args, read(args.mappingText, args.mappingName), openVault),
    undo: (args) => undoPeople(args, kind),
  };
}

/** People with who they are and what was answered of them, as one kind of import. */
export const peopleKind = (openVault: OpenVault): ImportKind => kindOf('people', readPeopleMapping, openVault);
/** Later answers of people who came with an earlier file of the same source. */
export const observationsKind = (openVault: OpenVault): ImportKind => kindOf('observations', readObservationsMapping, openVault);

async function mustKeepPeople(tx: ImportArgs['tx']): Promise<void> {
  if (!(await arePeopleKept(tx))) throw new Problem('people-not-kept');
}

interface Ready {
  readonly mapping: AnyPeopleMapping;
  readonly stored: StoredInstrument;
  readonly basis: StatedBasis | null;
  readonly places: IntakePlaces | null;
  readonly vault: Vault | null;
  readonly ownIds: readonly OwnIds[];
  readonly timeZone: string;
  readonly today: string;
}

/** The table engine's share of the memory an import takes, and how long one reading of a very large file may go on. */
const limits = { memoryMegabytes: 192, milliseconds: 6 * 3_600_000 };

/**
 * Imports one file of people. Every row is checked before anything is written; a dry run ends there. All is kept or nothing: the caller
 * commits. No cell of the file stands in the report: of a row that is not taken it has the number, the column and the reason.
 */
async function importPeople(args: ImportArgs, mapping: AnyPeopleMapping, openVault: OpenVault): Promise<ImportReport> {
  const began = performance.now();
  const [file, more] = args.files;
  if (!file || more) throw new Problem('bad-input', 'People are imported from one file at a time.');
  const ready = await prepare(args, mapping, openVault);
  const rejections = new Rejections(args.rejectedFile);
  args.onProgress({ done: 0, total: 0, phase: 'Reading the file' });
  const table = await openTable(file.path, { ...tableOptionsOf(mapping), fileName: file.name, limits, signal: args.signal });
  try {
    const read = await readRows({ ...readOptions(args, ready, table, rejections) });
    const settled = await settleWho({
      ...args,
      mapping,
      gathered: read.gathered,
      refuse: (row, reason) => rejections.add({ file: file.name, row, column: columnOfId(mapping), code: null, reason }),
    });
    const homes = gatherHomes(read.gathered, settled.known, ready.stored.definition, mapping.indicators);
    const rejectedFile = await rejections.close();
    const named = args.dryRun ? null : await write(args, ready, table, read, settled, homes);
    return {
      kind: mapping.kind,
      file: file.name,
      mapping: args.mappingName,
      dryRun: args.dryRun,
      sameAs: null,
      batchId: args.dryRun ? null : args.batchId,
      rows: read.rows,
      rejected: rejections.count,
      rejectedRows: rejections.first,
      rejectedFile,
      notes: [...table.notes.map(withoutSamples), ...read.notes, ...settled.notes, ...homes.notes],
      levels: [],
      ...indicatorsOf(mapping, ready.stored.definition, read.gathered, homes),
      ...countsOf(mapping, read.gathered, homes, named),
      milliseconds: Math.round(performance.now() - began),
    };
  } finally {
    await table.close();
    await rejections.close().catch(() => null);
  }
}

const columnOfId = ({ id }: AnyPeopleMapping): string | null => (id && 'column' in id ? id.column : null);

/** How a text was read is told with words of the file as samples, of a list of people names; and with how many letters, which every cell has its part in. */
const withoutSamples = (note: string): string => note.replace(/: \d+ letters? outside ASCII.*$/su, '.');

function readOptions(args: ImportArgs, ready: Ready, table: Table, rejections: Rejections): Parameters<typeof readRows>[0] {
  return {
    table,
    mapping: ready.mapping,
    instrument: ready.stored.definition,
    places: ready.places,
    ownIds: ready.ownIds,
    today: ready.today,
    signal: args.signal,
    refuse: (row, column, reason) => rejections.add({ file: table.fileName, row, column, code: null, reason }),
    onRows: (done) => args.onProgress({ done, total: table.rowCount, phase: 'Reading the file' }),
  };
}

async function prepare(args: ImportArgs, mapping: AnyPeopleMapping, openVault: OpenVault): Promise<Ready> {
  const { tx, batchId, mappingName, now } = args;
  // Once more: it may have been switched off while the file waited.
  await mustKeepPeople(tx);
  const stored = await liveInstrument(tx, mapping.instrument);
  checkAgainstInstrument(mapping, stored.definition, mappingName);
  const timeZone = await findTimeZone(tx);
  const today = dateAt(now.getTime(), timeZone);
  if ('date' in mapping.observed && mapping.observed.date > today)
    throw new Problem('bad-mapping', `observed.date: ${mapping.observed.date} is still to come`, {
      at: { file: mappingName, column: 'observed.date' },
    });
  args.onProgress({ done: 0, total: 0, phase: 'Waiting for another import to end' });
  await lockImport(tx, batchId);
  const people = mapping.kind === 'people' ? mapping : null;
  const vault = mapping.id || people?.names ? await openVault() : null;
  return {
    mapping,
    stored,
    basis: people && (await basisOf(args, people, today)),
    places: people && (await IntakePlaces.load(tx, people, mappingName)),
    vault,
    ownIds: mapping.id && vault ? await ownIdsOf(tx, vault, batchId) : [],
    timeZone,
    today,
  };
}

/** The basis that a mapping names: in force, and asking people only where the file says what they answered. */
async function basisOf({ tx, mappingName }: ImportArgs, { basis, consent }: PeopleMapping, today: string): Promise<StatedBasis> {
  const at = { at: { file: mappingName, column: 'basis' } };
  const found = await findBases(tx, basis, today);
  const inForce = found.filter((one) => one.inForce);
  const [only, more] = inForce;
  if (!only)
    throw new Problem(
      'no-lawful-basis',
      found.length > 0
        ? `${basis} is not in force.`
        : `There is no lawful basis called ${basis}; the data protection officer states it first.`,
      at,
    );
  if (more) throw new Problem('bad-mapping', `basis: ${inForce.length} are called ${basis}; name it by its id`, at);
  if (only.needsConsent && !consent)
    throw new Problem(
      'no-consent',
      `${only.title} asks every person: the mapping must say, under consent, which column holds who agreed.`,
      {
        at: { file: mappingName, column: 'consent' },
      },
    );
  return only;
}

async function write(args: ImportArgs, ready: Ready, table: Table, read: Read, settled: Settled, homes: Homes): Promise<number> {
  const { tx, batchId, now, newId, signal, onProgress } = args;
  const { mapping, stored, places, basis, ownIds, vault, timeZone } = ready;
  const ctx: WriteContext = {
    tx,
    batchId,
    mapping,
    stored,
    gathered: read.gathered,
    known: settled.known,
    homes,
    places,
    basisId: basis?.basisId ?? null,
    ownIds,
    vault,
    timeZone,
    now,
    newId,
    signal,
    onProgress: (progress) => onProgress(progress),
  };
  // On one connection, so that the database has names to write while the next people are prepared and scored, and people while names are sealed.
  // Where one fails the other stops, instead of going on for minutes with what is taken back anyway.
  const failed = new AbortController();
  const each = { ...ctx, signal: AbortSignal.any([signal, failed.signal]) };
  const writing = new FileWriting(each);
  const both = [writeNames(each, table, writing), writing.write().then((written) => scoreFile(each, written))] as const;
  for (const each of both) each.catch(() => failed.abort());
  const ended = await Promise.allSettled(both);
  const reasons = ended.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  if (reasons.length > 0) throw reasons.find((reason) => !isAfterwards(reason)) ?? reasons[0];
  onProgress({ done: 0, total: 0, phase: 'Putting households in order' });
  await listWaitingHouseholds(tx);
  return ended[0].status === 'fulfilled' ? ended[0].value : 0;
}

/** Not why an import failed, but that the other half of it had: it was stopped, or its statement came after one that failed. */
function isAfterwards(error: unknown): boolean {
  if (error instanceof Problem) return error.code === 'cancelled' || isAfterwards(error.cause);
  return (error as { code?: unknown } | null)?.code === '25P02';
}

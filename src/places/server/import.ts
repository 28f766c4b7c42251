// SPDX-License-Identifier: AGPL-3.0-or-later
import { parse } from 'yaml';
import { Problem } from '../../platform/domain/problem.ts';
import type { ImportReport } from '../domain/import-report.ts';
import { formatOf, isMapFormat, readPlacesMapping, type PlacesMapping, type PlacesStep } from '../domain/mapping.ts';
import { plainName, searchText } from '../domain/names.ts';
import { ImportLevel } from './import-level.ts';
import type { ImportArgs, ImportFile } from './import-types.ts';
import { planForSets, waitForTurn } from './queries-batch.ts';
import { countLevels, findCountry, insertCountry, otherLevelNames, updateCountry, writeLevelNames } from './queries-country.ts';
import { Rejections } from './rejections.ts';

/** Reads the text of a mapping. Throws `bad-mapping` that names the mapping and the line or key at fault. */
export function placesMapping(text: string, name: string): PlacesMapping {
  let parsed: unknown;
  try {
    parsed = parse(text);
  } catch (error) {
    throw new Problem('bad-mapping', `it is not YAML: ${(error as Error).message.split('\n')[0]}`, { at: { file: name }, cause: error });
  }
  return readPlacesMapping(parsed, name);
}

/**
 * Imports the places and boundaries of a country, larger areas first. Writes through `args.tx` only, so that all of it is kept or
 * nothing; the caller commits, or rolls back after a dry run. Rows that cannot be taken are left out and listed. Throws a Problem
 * when a file cannot be read, the mapping does not fit, or the signal says stop.
 */
export async function importPlaces(args: ImportArgs): Promise<ImportReport> {
  const began = Date.now();
  const mapping = placesMapping(args.mappingText, args.mappingName);
  const groups = byLevel(mapping, args.files);
  const rejections = new Rejections(args.rejectedFile);
  let rejectedFile: string | null = null;
  try {
    args.onProgress({ done: 0, total: 0, phase: 'Waiting for another import to end' });
    await waitForTurn(args.tx);
    await planForSets(args.tx);
    const totals = { rows: 0, matched: new Map<number, number>([[0, 1]]), notes: await bringCountry(args, mapping) };
    for (const { level, steps } of groups) {
      const done = await new ImportLevel(args, mapping, level, rejections).run(steps);
      totals.rows += done.rows;
      totals.notes.push(...done.notes);
      totals.matched.set(level, done.matched);
    }
    rejectedFile = await rejections.close();
    return {
      kind: 'places',
      file: args.files.map(({ name }) => name).join(', '),
      mapping: args.mappingName,
      dryRun: args.dryRun,
      sameAs: null,
      batchId: args.dryRun ? null : args.batchId,
      rows: totals.rows,
      taken: totals.rows - rejections.count,
      rejected: rejections.count,
      rejectedRows: rejections.first,
      rejectedFile,
      notes: totals.notes,
      levels: await levelsOf(args, mapping, totals.matched),
      indicators: [],
      milliseconds: Date.now() - began,
    };
  } catch (error) {
    await rejections.close().catch(() => null);
    if (args.signal.aborted) throw new Problem('cancelled', undefined, { cause: error });
    throw error;
  }
}

export interface StepWithFiles {
  readonly step: PlacesStep;
  readonly file: ImportFile;
  readonly boundaries: ImportFile | null;
}

/** The steps of each level together: what several files say of one level is compared before any of it is taken. */
function byLevel(mapping: PlacesMapping, files: readonly ImportFile[]): { level: number; steps: StepWithFiles[] }[] {
  const find = (name: string): ImportFile => {
    const found = files.find((file) => file.name === name) ?? files.find((file) => file.name.toLowerCase() === name.toLowerCase());
    if (found) return found;
    throw new Problem(
      'bad-mapping',
      `The mapping speaks of ${name}, which is not among the files given (${files.map((file) => file.name).join(', ')}).`,
      { at: { file: name } },
    );
  };
  const groups = new Map<number, StepWithFiles[]>();
  for (const step of mapping.steps) {
    const boundaries = step.boundaries?.file !== undefined && step.boundaries.file !== step.file ? find(step.boundaries.file) : null;
    if (step.boundaries && !boundaries && !isMapFormat(formatOf(step)))
      throw new Problem('bad-mapping', `${step.file} holds no boundaries`, { at: { file: step.file } });
    groups.set(step.level, [...(groups.get(step.level) ?? []), { step, file: find(step.file), boundaries }]);
  }
  return [...groups].map(([level, steps]) => ({ level, steps }));
}

/** The country itself and what its levels are called. Answers with what of that was left undone. */
async function bringCountry({ tx, actor, batchId, newId }: ImportArgs, mapping: PlacesMapping): Promise<string[]> {
  const { country } = mapping,
    there = await findCountry(tx, country),
    everywhere = actor.posts.some(({ placeId }) => placeId === null);
  const renamed = there ? Object.entries(mapping.names).filter(([language, name]) => there.names[language] !== name) : [];
  if (!there) {
    if (!everywhere)
      throw new Problem(
        'outside-your-area',
        `${plainName(mapping.names)} is not here yet; somebody whose post reaches the whole installation brings a new country in.`,
      );
    await insertCountry(tx, {
      placeId: newId(),
      country,
      names: mapping.names,
      name: plainName(mapping.names),
      search: searchText(mapping.names, country),
      batchId,
    });
  } else if (everywhere && renamed.length > 0) {
    const names = { ...there.names, ...mapping.names };
    await updateCountry(tx, batchId, country, names, plainName(names), searchText(names, country));
  }
  if (everywhere || !there) {
    await writeLevelNames(tx, country, mapping.levels);
    return [];
  }
  const who = 'only somebody whose post reaches the whole installation may change that';
  const levels = await otherLevelNames(tx, country, mapping.levels);
  return [
    ...(renamed.length > 0
      ? [
          `The mapping calls the country ${renamed.map(([language, name]) => `${name} (${language})`).join(', ')}; it is still called ${plainName(there.names)}: ${who}.`,
        ]
      : []),
    ...(levels.length > 0
      ? [
          `The mapping calls ${levels.map(({ level, here, said }) => `level ${level} ${said}, which is called ${here} here`).join('; ')}: ${who}.`,
        ]
      : []),
  ];
}

async function levelsOf({ tx }: ImportArgs, mapping: PlacesMapping, matched: ReadonlyMap<number, number>): Promise<ImportReport['levels']> {
  const counts = await countLevels(tx, mapping.country);
  return counts.map(({ level, names, known, with_boundary }) => ({
    country: mapping.country,
    level,
    name: plainName(names) || plainName(mapping.levels[level] ?? {}),
    names: { ...mapping.levels[level], ...names },
    known,
    matched: matched.get(level) ?? 0,
    withBoundary: with_boundary,
  }));
}

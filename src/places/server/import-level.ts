// SPDX-License-Identifier: AGPL-3.0-or-later
import { degreesOutside } from '../domain/inside.ts';
import type { AreaGeometry } from '../domain/geometry.ts';
import type { PlacesMapping, PlacesStep } from '../domain/mapping.ts';
import { plainName, searchText } from '../domain/names.ts';
import { Problem } from '../../platform/domain/problem.ts';
import type { StepWithFiles } from './import.ts';
import { joinBoundaries, ParentAreas, toldOutside } from './import-boundaries.ts';
import { RowCheck } from './import-check.ts';
import { openSource, type Source } from './import-read.ts';
import type { ImportArgs } from './import-types.ts';
import { readMapFile, type MapFeature } from './map-file.ts';
import { codesOutsideScope, joinTargets, writeBoundaries, type JoinTarget } from './queries-boundaries.ts';
import * as staging from './queries-staging.ts';
import type { Rejections } from './rejections.ts';
import { simplifyTogether } from './simplify.ts';

/** Degrees (about two kilometres): coasts and borders of different sources never quite agree. */
const usualTolerance = 0.02;

export interface LevelDone {
  readonly rows: number;
  readonly matched: number;
  readonly notes: string[];
}

/** Brings in the places of one level, then their boundaries. */
export class ImportLevel {
  readonly #args: ImportArgs;
  readonly #mapping: PlacesMapping;
  readonly #level: staging.Level;
  readonly #rejections: Rejections;
  readonly #name: string;
  readonly #notes: string[] = [];
  /** By file: what its own columns are called, by the key of a value. */
  readonly #columns = new Map<string, Readonly<Record<string, string>>>();
  #rows = 0;

  constructor(args: ImportArgs, mapping: PlacesMapping, level: number, rejections: Rejections) {
    this.#args = args;
    this.#mapping = mapping;
    this.#level = { batchId: args.batchId, country: mapping.country, level };
    this.#rejections = rejections;
    this.#name = plainName(mapping.levels[level] ?? {}) || `level ${level}`;
  }

  async run(steps: readonly StepWithFiles[]): Promise<LevelDone> {
    const { tx, batchId } = this.#args;
    const features: (readonly MapFeature[] | null)[] = [];
    for (const one of steps) features.push(await this.#stageFile(one));
    await this.#refuseTogether();
    for (const { step } of steps) if (step.latitude) await this.#checkPoints(step);
    const areas = new Map<string, AreaGeometry>();
    for (const [i, one] of steps.entries()) if (one.step.boundaries) await this.#join(one, features[i] ?? null, areas);
    const matched = await staging.countStaged(tx, batchId);
    await this.#write();
    if (areas.size > 0) await this.#draw(areas);
    return { rows: this.#rows, matched, notes: this.#notes };
  }

  #progress(done: number, total: number, phase: string): void {
    if (this.#args.signal.aborted) throw new Problem('cancelled');
    this.#args.onProgress({ done, total, phase });
  }

  async #stageFile({ step, file }: StepWithFiles): Promise<readonly MapFeature[] | null> {
    this.#progress(0, 0, `Opening ${file.name}`);
    const source = await openSource(step, file, this.#args.signal);
    try {
      await this.#stageRows(step, source);
      return source.features;
    } finally {
      await source.close();
    }
  }

  async #stageRows(step: PlacesStep, source: Source): Promise<void> {
    const { tx, batchId, newId } = this.#args;
    const check = new RowCheck(this.#mapping, step, source.file, source.columns, newId);
    this.#columns.set(source.file, { ...this.#columns.get(source.file), ...source.columns });
    this.#rows += source.rowCount + source.badCount;
    for (const bad of source.badRows)
      await this.#rejections.add({ file: source.file, row: bad.row, column: bad.column, code: null, reason: bad.reason });
    this.#rejections.count += source.badCount - source.badRows.length;
    let done = 0;
    for await (const batch of source.rows()) {
      const good: staging.StagedRow[] = [];
      for (const row of batch) {
        const checked = check.check(row);
        if ('ok' in checked) good.push(checked.ok);
        else await this.#rejections.add({ file: source.file, row: row.row, ...checked.bad });
      }
      if (good.length > 0) await staging.stage(tx, batchId, good);
      done += batch.length;
      this.#progress(done, source.rowCount, `Reading ${source.file}`);
    }
    const { padded, firstPadded, formulas, moved, damaged, firstDamaged } = check.repairs;
    this.#notes.push(...source.notes);
    if (padded > 0) this.#notes.push(`${source.file}: ${padded} codes had lost their leading zero and got it back (${firstPadded}).`);
    if (formulas > 0) this.#notes.push(`${source.file}: ${formulas} names begin like a formula and were kept as plain text.`);
    if (damaged > 0)
      this.#notes.push(
        `${source.file}: ${damaged} ${damaged === 1 ? 'name holds' : 'names hold'} remains of letters that were lost before this file was made; kept as they are; mend them at the source: ${firstDamaged.join('; ')}${damaged > firstDamaged.length ? ' ...' : ''}.`,
      );
    if (moved > 0) this.#notes.push(`${source.file}: ${moved} rows name a parent that goes by another code, as the mapping says.`);
  }

  async #refuseTogether(): Promise<void> {
    const { tx, actor } = this.#args,
      level = this.#level;
    this.#progress(0, 0, `Checking each ${this.#name}`);
    const { refused, repeats } = await staging.refuseDoubles(tx, level);
    if (repeats > 0) this.#notes.push(`${repeats} rows repeat another ${this.#name} exactly and were taken once.`);
    await this.#refuse(refused);
    await this.#refuse(await staging.refuseLostZeros(tx, level));
    await this.#refuse(await staging.refuseOrphans(tx, level));
    await this.#refuse(await staging.refuseContradictions(tx, level));
    if (!actor.posts.some(({ placeId }) => placeId === null)) await this.#refuse(await staging.refuseOutsideScope(tx, level));
  }

  async #refuse(rows: readonly staging.Refused[]): Promise<void> {
    for (const { keys, ...row } of [...rows].sort((a, b) => a.file.localeCompare(b.file) || a.row - b.row))
      await this.#rejections.add({ ...row, column: this.#columnsOf(row.file, keys) });
  }

  /** What the file calls the values at fault; the names of a place may stand in several columns. */
  #columnsOf(file: string, keys: readonly string[]): string | null {
    const columns = this.#columns.get(file) ?? {};
    const found = keys
      .flatMap((key) => (key === 'names' ? Object.keys(columns).filter((one) => one.startsWith('name:')) : key))
      .flatMap((key) => columns[key] ?? []);
    return [...new Set(found)].join(', ') || null;
  }

  async #checkPoints(step: PlacesStep): Promise<void> {
    const { tx } = this.#args,
      parents = new ParentAreas(tx),
      tolerance = step.tolerance ?? usualTolerance;
    let after: { within_id: string; code: string } | null = null,
      checked = 0;
    const outside: staging.Refused[] = [];
    for (;;) {
      const page: staging.StagedPoint[] = await staging.pointsToCheck(tx, this.#level, after, 5_000);
      for (const point of page) {
        const off = degreesOutside(await parents.get(point.within_id), [point.longitude, point.latitude]);
        if (off > tolerance && point.file === step.file) {
          outside.push({
            file: point.file,
            row: point.row,
            code: point.code,
            keys: ['latitude', 'longitude'],
            reason: `its point (${point.latitude}, ${point.longitude}) lies ${off.toFixed(2)} degrees outside ${point.within_code}`,
          });
        }
      }
      checked += page.length;
      this.#progress(checked, 0, `Checking that each ${this.#name} lies in its parent`);
      const last = page.at(-1);
      if (!last || page.length < 5_000) break;
      after = last;
    }
    this.#notes.push(
      `${checked} points of level "${this.#name}" were checked against the area above; ${outside.length} lie outside${outside.length > 0 && step.outside === 'keep' ? ' and were kept, as the mapping says' : ''}.`,
    );
    if (outside.length === 0) return;
    if (step.outside === 'keep') {
      this.#notes.push(...outside.slice(0, 5).map(({ file, row, code, reason }) => `${file}, row ${row}, ${code}: ${reason}.`));
      return;
    }
    await staging.refuseCodes(
      tx,
      this.#level,
      outside.map(({ code }) => code),
    );
    await this.#refuse(outside);
  }

  async #join(
    { step, file, boundaries }: StepWithFiles,
    own: readonly MapFeature[] | null,
    areas: Map<string, AreaGeometry>,
  ): Promise<void> {
    const { tx } = this.#args,
      by = step.boundaries!,
      from = boundaries ?? file;
    const features = boundaries ? await readMapFile(boundaries, by.object) : own!;
    const targets = await joinTargets(tx, this.#level);
    const joined = await joinBoundaries(
      tx,
      features,
      targets,
      {
        by,
        pad: step.pad,
        tolerance: step.tolerance ?? usualTolerance,
        keepOutside: step.outside === 'keep',
        stagedOnly: boundaries === null,
      },
      (done) => this.#progress(done, features.length, `Checking the boundaries in ${from.name}`),
    );
    if (boundaries) this.#rows += features.length;
    else
      await staging.refuseCodes(
        tx,
        this.#level,
        joined.faults.flatMap(({ code }) => code ?? []),
      );
    for (const { number, ...fault } of joined.faults) await this.#rejections.add({ file: from.name, row: number, ...fault });
    await this.#dropOutsideScope(from.name, joined.areas);
    for (const [code, area] of joined.areas) areas.set(code, area);
    this.#tell(from.name, joined, targets, features.length);
  }

  /** A place outside her area may be named again, unchanged; its boundary may not be drawn anew. */
  async #dropOutsideScope(file: string, areas: Map<string, AreaGeometry>): Promise<void> {
    if (this.#args.actor.posts.some(({ placeId }) => placeId === null)) return;
    for (const code of await codesOutsideScope(this.#args.tx, this.#mapping.country, [...areas.keys()])) {
      areas.delete(code);
      await this.#rejections.add({ file, row: null, column: 'geometry', code, reason: 'this boundary lies outside the area you work in' });
    }
  }

  #tell(file: string, joined: Awaited<ReturnType<typeof joinBoundaries>>, targets: readonly JoinTarget[], features: number): void {
    const without = targets.filter(({ code }) => !joined.areas.has(code));
    this.#notes.push(
      `${file}: ${joined.areas.size} of ${features} boundaries belong to a ${this.#name}; ${without.length} of ${targets.length} have none here${
        without.length > 0
          ? ` (${without
              .slice(0, 5)
              .map(({ code, names }) => `${code} ${plainName(names)}`)
              .join(', ')}${without.length > 5 ? ' ...' : ''})`
          : ''
      }.`,
    );
    this.#notes.push(
      joined.checked > 0
        ? `${file}: ${joined.checked} boundaries were checked to lie within the area above, by area: up to ${toldOutside * 100} % outside counts as another hand's drawing, more than half is refused.`
        : `${file}: the area above has no boundary, so whether these lie within it was not checked.`,
    );
    if (joined.partlyOutside.length > 0)
      this.#notes.push(
        `${file}: ${joined.partlyOutside.length} boundaries lie partly outside the area above and were kept; check them: ${listed(joined.partlyOutside, 20)}.`,
      );
    if (joined.keptOutside.length > 0)
      this.#notes.push(
        `${file}: ${joined.keptOutside.length} boundaries lie outside the area above and were kept, as the mapping says (${listed(joined.keptOutside, 5)}).`,
      );
  }

  async #write(): Promise<void> {
    const { tx, batchId } = this.#args;
    this.#progress(0, 0, `Writing each ${this.#name}`);
    const changed = await staging.updateChanged(tx, this.#level);
    const folded = changed.map(({ place_id, code, names }) => ({ place_id, name: plainName(names), search: searchText(names, code) }));
    for (let i = 0; i < folded.length; i += 5_000) await staging.writeSearch(tx, folded.slice(i, i + 5_000));
    await staging.insertNew(tx, this.#level);
    await staging.clearStaging(tx, batchId);
  }

  async #draw(areas: ReadonlyMap<string, AreaGeometry>): Promise<void> {
    this.#progress(0, areas.size, `Simplifying the boundaries of each ${this.#name}`);
    const details = [...simplifyTogether(areas)].map(([code, shapes]) => ({ code, details: shapes }));
    for (let i = 0; i < details.length; i += 50) {
      await writeBoundaries(this.#args.tx, this.#level, details.slice(i, i + 50));
      this.#progress(Math.min(i + 50, details.length), details.length, `Writing the boundaries of each ${this.#name}`);
    }
  }
}

function listed(all: readonly string[], most: number): string {
  return `${all.slice(0, most).join('; ')}${all.length > most ? ' ...' : ''}`;
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { setTimeout as pause } from 'node:timers/promises';
import { Problem } from '../../platform/domain/problem.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { Instrument } from '../domain/instrument.ts';
import { listWaitingHouseholds } from './queries-follow.ts';
import { findLiveInstruments, holdInstruments, liveInstrument, settleFirstVersion } from './queries-instruments.ts';
import { many, planForMany } from './queries-plan.ts';
import {
  findLevelsOfCountries,
  findPeopleBelow,
  findPlaceByPath,
  findPlacesOfLevel,
  findSubjectsOfBatch,
  lockInstrument,
  lockSubjects,
  rescoreAffected,
  rescorePeopleAt,
  rescorePersons,
  rescorePlaceIds,
  type Subject,
} from './queries.ts';

/** `done` of `total` people or places; total is null where counting would cost as much as the work. */
export interface RescoreOptions {
  readonly onProgress?: (done: number, total: number | null) => void;
  readonly signal?: AbortSignal;
}

const step = 4000;
/** Places that stand alike are scored together, so the more at once the better; a step takes about a second. */
const placeStep = 20_000;

function stopIfAsked(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Problem('cancelled');
}

/**
 * Brings the standings of places in line under an instrument that scores places: of all, or of every place in the countries of `placeIds`
 * (what is handed down depends on the whole country). Returns how many standings changed.
 */
export async function rescorePlaces(
  tx: Tx,
  code: string,
  placeIds: readonly string[] | 'all',
  now: Date,
  { onProgress, signal }: RescoreOptions = {},
): Promise<number> {
  await lockInstrument(tx, code);
  await planForMany(tx);
  const levels = await findLevelsOfCountries(tx, placeIds);
  const total = levels.reduce((n, { places }) => n + places, 0);
  let changed = 0,
    done = 0;
  for (const { country, level } of levels) {
    for (let after: string | null = null; ;) {
      stopIfAsked(signal);
      const ids = await findPlacesOfLevel(tx, country, level, after, placeStep);
      const last = ids.at(-1);
      if (last === undefined) break;
      changed += await rescorePlaceIds(tx, code, ids, now);
      done += ids.length;
      onProgress?.(done, total);
      after = last;
    }
  }
  return changed;
}

/** Certain people of one region of registration, or everybody who lives in a place or below it. */
export type Whom = { readonly regionId: number; readonly personIds: readonly string[] } | { readonly placePath: string };

async function rescoreListed(
  tx: Tx,
  code: string,
  listed: readonly { regionId: number; personId: string }[],
  now: Date,
  { onProgress, signal }: RescoreOptions,
): Promise<number> {
  const people = [...new Map(listed.map((p) => [`${p.regionId} ${p.personId}`, p])).values()];
  await lockSubjects(
    tx,
    code,
    people.map((p) => ({ subjectKind: 'person', regionId: p.regionId, subjectId: p.personId })),
  );
  let changed = 0;
  if (people.length >= many) await planForMany(tx);
  for (let from = 0; from < people.length; from += step) {
    stopIfAsked(signal);
    changed += await rescorePersons(tx, code, people.slice(from, from + step), now);
    onProgress?.(Math.min(from + step, people.length), people.length);
  }
  return changed;
}

async function rescoreBelow(tx: Tx, code: string, path: string | null, now: Date, { onProgress, signal }: RescoreOptions): Promise<number> {
  if (path === null) await lockInstrument(tx, code);
  else {
    const place = await findPlaceByPath(tx, path);
    if (!place) throw new Problem('not-found', `There is no place at ${path}.`);
    await lockSubjects(tx, code, [{ subjectKind: 'place', regionId: place.regionId, subjectId: place.placeId }]);
  }
  let changed = 0,
    done = 0;
  await planForMany(tx);
  for (let after: { regionId: number; personId: string } | null = null; ;) {
    stopIfAsked(signal);
    const people = await findPeopleBelow(tx, path, after, step);
    const last = people.at(-1);
    if (!last) return changed;
    changed += await rescorePersons(tx, code, people, now);
    done += people.length;
    onProgress?.(done, null);
    after = last;
  }
}

/**
 * Brings the standings of people in line under one instrument, and with them every rollup; people seen for the first time get their standing
 * here. Returns how many standings changed. A reader with a scope reaches only those she may read; jobs and tools reach all.
 */
export async function rescorePeople(tx: Tx, code: string, whom: Whom, now: Date, options: RescoreOptions = {}): Promise<number> {
  if ('placePath' in whom) return rescoreBelow(tx, code, whom.placePath, now, options);
  return rescoreListed(
    tx,
    code,
    whom.personIds.map((personId) => ({ regionId: whom.regionId, personId })),
    now,
    options,
  );
}

/** To be called in the transaction in which people were registered, moved, or had their sex, birth date or household changed: every live instrument for people follows. */
export async function peopleChanged(tx: Tx, people: readonly { regionId: number; personId: string }[], now: Date): Promise<number> {
  let changed = 0;
  await holdInstruments(tx);
  for (const { code } of await findLiveInstruments(tx, 'person')) changed += await rescoreListed(tx, code, people, now, {});
  return changed;
}

/** Everybody, or every place, under one instrument: after a new version, or to repair. */
export async function rescoreAll(tx: Tx, code: string, now: Date, options: RescoreOptions = {}): Promise<number> {
  const { definition } = await liveInstrument(tx, code);
  return definition.scores === 'place' ? rescorePlaces(tx, code, 'all', now, options) : rescoreBelow(tx, code, null, now, options);
}

/** People of so many places at once: some thousands, a few seconds. */
const placesWithPeople = 50;
const beforeAnotherTry = 50;

/** The same for whoever publishes a version and may read nobody: everybody, place by place, or every place. */
export async function rescoreForPublishing(
  tx: Tx,
  { code, scores, version }: Pick<Instrument, 'code' | 'scores' | 'version'>,
  now: Date,
  options: RescoreOptions = {},
): Promise<void> {
  if (scores === 'place') return void (await rescorePlaces(tx, code, 'all', now, options));
  const { onProgress, signal } = options;
  await lockInstrument(tx, code);
  await planForMany(tx);
  const levels = await findLevelsOfCountries(tx, 'all');
  const total = levels.reduce((n, { places }) => n + places, 0);
  let done = 0;
  for (const { country, level } of levels) {
    for (let after: string | null = null; ;) {
      stopIfAsked(signal);
      const ids: string[] = await findPlacesOfLevel(tx, country, level, after, placesWithPeople);
      const last = ids.at(-1);
      if (last === undefined) break;
      await rescorePeopleAt(tx, code, ids);
      done += ids.length;
      onProgress?.(done, total);
      after = last;
    }
  }
  if (version > 1) return listWaitingHouseholds(tx);
  // Nobody has waited for this so far, and an erasure must not wait for a list of households that nobody has read: the server counts them right after.
  while (!(await settleFirstVersion(tx, code))) {
    stopIfAsked(signal);
    await pause(beforeAnotherTry);
  }
}

/** After an import batch was marked undone (or was brought back): everybody and every place it spoke of. Returns how many were looked at. */
export async function rescoreBatch(tx: Tx, batchId: string, now: Date): Promise<number> {
  const byCode = new Map<string, { scores: 'person' | 'place'; subjects: Subject[] }>();
  for (const { code, scores, ...subject } of await findSubjectsOfBatch(tx, batchId)) {
    const group = byCode.get(code) ?? { scores, subjects: [] };
    group.subjects.push(subject);
    byCode.set(code, group);
  }
  let rescored = 0;
  for (const [code, { scores, subjects }] of [...byCode].sort(([x], [y]) => (x < y ? -1 : 1))) {
    if (scores === 'place')
      rescored += await rescorePlaces(
        tx,
        code,
        subjects.map((s) => s.subjectId),
        now,
      );
    else {
      await lockSubjects(tx, code, subjects);
      await planForMany(tx);
      rescored += await rescoreAffected(tx, code, 'person', subjects, now);
    }
  }
  return rescored;
}

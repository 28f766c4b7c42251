// SPDX-License-Identifier: AGPL-3.0-or-later
import { setImmediate as turn } from 'node:timers/promises';
import { Problem } from '../../../platform/domain/problem.ts';
import { startOfDate } from '../../../platform/domain/zoned-time.ts';
import type { Tx } from '../../../platform/server/endpoint.ts';
import type { BatchAssessment, Holder } from '../../domain/batch.ts';
import { holderOf } from '../../domain/batch.ts';
import { validUntils } from '../../domain/valid-until.ts';
import { chainOf, engineOf, momentAt, standingsOf, type Engine } from '../history.ts';
import type { HistoryPerson, HistoryPlace, StandingRow } from '../queries-history.ts';
import { findLiveInstruments } from '../queries-instruments.ts';
import { planForMany } from '../queries-plan.ts';
import { rescoreAffected, type Subject } from '../queries.ts';
import { fresh } from './gathered.ts';
import { findMeasuredOfPlaces, insertStandings, lockScoring } from './queries-people.ts';
import { dateOfKey, type WriteContext, type Written } from './write.ts';

const perStatement = 20_000;
/** How many are scored without a look at what else there is to do. */
const perTurn = 2_000;
/** Of people who were here before all they ever answered counts: the database works them out, some thousands at a time. */
const rescoredAtOnce = 4_000;

/**
 * Gives everybody of the file her standing under every instrument for people. Of somebody new all that is known came with the file, so she is
 * scored from memory; those who were here before, and their households, are scored by the database from all their answers.
 */
export async function scoreFile(ctx: WriteContext, written: Written): Promise<void> {
  const { tx, batchId } = ctx;
  await planForMany(tx);
  for (const { code } of await findLiveInstruments(tx, 'person')) {
    await lockScoring(tx, batchId, code);
    if (ctx.mapping.kind === 'people') await scoreNew(ctx, written, code);
    await scoreKnown(ctx, code);
  }
}

/** Whether all that is known of the person at `i` came with this file. */
function isAllNew({ gathered, homes }: WriteContext, i: number): boolean {
  return !gathered.dropped[i] && gathered.known[i] === fresh && !homes.list[gathered.homes[i]!]?.known;
}

async function scoreNew(ctx: WriteContext, written: Written, code: string): Promise<void> {
  const { tx, batchId, gathered, places, now, timeZone, signal, stored } = ctx;
  const engine = await engineOf(tx, code, timeZone, (ids) => findMeasuredOfPlaces(tx, batchId, ids));
  const holders = new Holders(ctx, engine, stored.code === code);
  const moment = momentAt(engine, now.getTime());
  const order = new Uint32Array(gathered.count).map((_, i) => i).filter((i) => isAllNew(ctx, i));
  order.sort((a, b) => gathered.places[a]! - gathered.places[b]! || a - b);
  const byPath = new Map<string, HistoryPlace>(places!.list.map((place) => [place.path, { ...place, people: 0 }]));
  let rows: StandingRow[] = [],
    writing = Promise.resolve();
  const send = async (): Promise<void> => {
    const full = rows;
    rows = [];
    await writing;
    writing = insertStandings(tx, { batchId, code, version: engine.version, at: now }, full);
    writing.catch(() => {});
  };
  try {
    for (let from = 0; from < order.length;) {
      const place = gathered.places[order[from]!]!;
      let to = from;
      while (to < order.length && gathered.places[order[to]!] === place && to - from < perTurn) to++;
      const members = order.subarray(from, to);
      rows.push(...holders.standings(moment, members, written, chainOf(engine, byPath.get(places!.list[place]!.path)!, byPath)));
      from = to;
      if (rows.length >= perStatement) await send();
      // Others have their turn, and what is being sent to the database goes on.
      await turn();
      if (signal.aborted) throw new Problem('cancelled');
      ctx.onProgress({ done: from, total: order.length, phase: 'Scoring people' });
    }
    if (rows.length > 0) await send();
    await writing;
  } finally {
    await writing.catch(() => {});
  }
}

/** What the file says, as the batch engine holds it. */
class Holders {
  readonly #ctx: WriteContext;
  readonly #engine: Engine;
  readonly #version: number;
  readonly #ends = new Map<number, { at: number; ends: number[] }>();

  /** `answered`: the file answers this instrument, not another one. */
  constructor(ctx: WriteContext, engine: Engine, answered: boolean) {
    this.#ctx = ctx;
    this.#engine = engine;
    this.#version = answered ? (engine.versionOf.get(ctx.stored.instrumentId) ?? -1) : -1;
  }

  standings(moment: ReturnType<typeof momentAt>, members: Uint32Array, written: Written, chain: readonly Holder[]): StandingRow[] {
    const { gathered, places } = this.#ctx;
    const persons = new Map<string, Holder>(),
      households = new Map<string, Holder>();
    const people = Array.from(members, (i): HistoryPerson => {
      const personId = written.people.idOf(i)!,
        home = gathered.homes[i]!;
      const householdId = written.households.idOf(home);
      if (householdId !== null && this.#version >= 0 && !households.has(householdId)) {
        const visits = this.#visitsTo(home);
        if (visits) households.set(householdId, visits);
      }
      if (this.#version >= 0) {
        const answers = gathered.answers.subarray(i * gathered.width, (i + 1) * gathered.width);
        persons.set(personId, { kind: 'person', latestFirst: [this.#assessment(answers, gathered.days[i]!)], voided: null });
      }
      return { regionId: written.people.regionOf(i), personId, householdId, sex: gathered.sexes[i]!, bornOn: dateOfKey(gathered.born[i]!) };
    });
    return standingsOf(this.#engine, moment, places!.list[gathered.places[members[0]!]!]!.placeId, people, persons, households, chain);
  }

  #visitsTo(home: number): Holder | null {
    const { visits } = this.#ctx.homes;
    const told = Array.from(visits.ofHome(home), (at) => this.#assessment(visits.answers(at), visits.day(at)));
    return told.length > 0 ? holderOf(this.#engine.plan, 'household', told) : null;
  }

  #assessment(answers: Uint8Array, day: number): BatchAssessment {
    const { gathered, stored, timeZone, now } = this.#ctx;
    let known = this.#ends.get(day);
    if (!known) {
      const at = startOfDate(gathered.dates.list[day]!, timeZone);
      known = { at, ends: validUntils(stored.definition, at, timeZone) };
      this.#ends.set(day, known);
    }
    const { at, ends } = known;
    return {
      assessmentId: '',
      version: this.#version,
      answers,
      observedAt: at,
      recordedAt: now.getTime(),
      validUntil: ends,
      supersedes: null,
    };
  }
}

async function scoreKnown({ tx, gathered, known, homes, now, signal, onProgress }: WriteContext, code: string): Promise<void> {
  const subjects = new Map<string, Subject>();
  for (let i = 0; i < gathered.count; i++) {
    const person = known[gathered.known[i]!];
    if (gathered.dropped[i] || !person) continue;
    subjects.set(person.personId, { subjectKind: 'person', regionId: person.regionId, subjectId: person.personId });
  }
  for (const home of homes.list) {
    if (home?.known)
      subjects.set(home.known.householdId, { subjectKind: 'household', regionId: home.known.regionId, subjectId: home.known.householdId });
  }
  const all = [...subjects.values()];
  for (let from = 0; from < all.length; from += rescoredAtOnce) {
    if (signal.aborted) throw new Problem('cancelled');
    await rescore(tx, code, all.slice(from, from + rescoredAtOnce), now);
    onProgress({ done: from, total: all.length, phase: 'Scoring people' });
  }
}

async function rescore(tx: Tx, code: string, subjects: readonly Subject[], now: Date): Promise<void> {
  await rescoreAffected(tx, code, 'person', subjects, now);
}

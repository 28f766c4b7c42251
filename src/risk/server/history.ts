// SPDX-License-Identifier: AGPL-3.0-or-later
import { ageGroupOfKeys, dateKey, nextAgeGroupDate } from '../../people/domain/age-group.ts';
import { dateAt, startOfDate } from '../../platform/domain/zoned-time.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import { bandOf } from '../domain/arithmetic.ts';
import { type BatchAssessment, cellsFor, type Holder, holderOf, nextTold, planOf, type Plan, type Sums, sumsOf } from '../domain/batch.ts';
import { holderSums, pickFrom, pickPerson, type Picked } from '../domain/batch-person.ts';
import { publishMonths } from './map-publish.ts';
import {
  findHistory,
  findHistoryPlaces,
  findPeopleOfPlace,
  findPlaceHistory,
  type HistoryPerson,
  type HistoryPlace,
  type HistoryRow,
  type RecordedPerson,
  type MonthCell,
  replaceMonths,
  type StandingRow,
  upsertStandings,
} from './queries-history.ts';
import { listWaitingHouseholds } from './queries-follow.ts';
import { findLiveInstruments, findTimeZone, findVersions } from './queries-instruments.ts';
import { lockInstrument } from './queries.ts';

export interface Moment {
  readonly at: number;
  readonly dateKey: number;
  readonly date: string;
}

export interface HistoryOptions {
  /** Ends of months (ISO dates) whose figures are worked out. */
  readonly months: readonly string[];
  /** Also bring every standing in line with this moment. */
  readonly now?: Date;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Everything the batch engine keeps at hand while it goes from place to place. */
export interface Engine {
  readonly plan: Plan;
  readonly code: string;
  readonly version: number;
  readonly versionOf: ReadonlyMap<string, number>;
  readonly zone: string;
  readonly placeHolders: ReadonlyMap<string, Holder>;
  readonly cells: ReturnType<typeof cellsFor>;
  /** Midnights looked up before: many people share a birthday. */
  readonly midnights: Map<string, number>;
  readonly birthdays: Map<string, number | null>;
}

export function grouped(
  engine: Pick<Engine, 'plan' | 'versionOf'>,
  kind: 'person' | 'household' | 'place',
  rows: readonly HistoryRow[],
): Map<string, Holder> {
  const lists = new Map<string, BatchAssessment[]>();
  for (const r of rows) {
    const a: BatchAssessment = {
      assessmentId: r.assessmentId,
      version: engine.versionOf.get(r.instrumentId) ?? 0,
      answers: r.answers,
      observedAt: r.observedAt,
      recordedAt: r.recordedAt,
      validUntil: r.ends,
      supersedes: r.supersedes,
    };
    const list = lists.get(r.subjectId);
    if (list) list.push(a);
    else lists.set(r.subjectId, [a]);
  }
  return new Map([...lists].map(([id, list]) => [id, holderOf(engine.plan, kind, list)]));
}

/** The holders of a place and the places around it, nearest first. */
export function chainOf(engine: Engine, place: HistoryPlace, byPath: ReadonlyMap<string, HistoryPlace>): Holder[] {
  const labels = place.path.split('.');
  const chain: Holder[] = [];
  for (let n = labels.length; n > 0; n--) {
    const holder = engine.placeHolders.get(byPath.get(labels.slice(0, n).join('.'))?.placeId ?? '');
    if (holder) chain.push(holder);
  }
  return chain;
}

const sexes = [0, 1, 2, 9] as const;

/** A person as the inner loop reads her: nothing left to look up. */
interface Counted {
  readonly sexAt: number;
  readonly sex: number;
  readonly born: number | null;
  readonly own: Holder | undefined;
  readonly home: number;
}

function countedOf(people: readonly HistoryPerson[], persons: ReadonlyMap<string, Holder>, homes: ReadonlyMap<string, number>): Counted[] {
  return people.map((p) => ({
    sexAt: sexes.indexOf(p.sex as 0 | 1 | 2 | 9),
    sex: p.sex,
    born: p.bornOn === null ? null : dateKey(p.bornOn),
    own: persons.get(p.personId),
    home: p.householdId === null ? -1 : (homes.get(p.householdId) ?? -1),
  }));
}

const nothing: Sums = { excess: 0, known: 0, notApplicable: 0 };

/** Counts the people of one place at each moment: index ((moment * 4 + sex) * 7 + age group) * 4 + band. */
function countPlace(
  engine: Engine,
  moments: readonly Moment[],
  people: readonly HistoryPerson[],
  persons: ReadonlyMap<string, Holder>,
  households: ReadonlyMap<string, Holder>,
  chain: readonly Holder[],
): Int32Array {
  const { plan, cells } = engine;
  const counts = new Int32Array(moments.length * 4 * 7 * 4);
  const homes = [...households.values()];
  const counted = countedOf(people, persons, new Map([...households.keys()].map((id, i) => [id, i])));
  moments.forEach((moment, m) => {
    const fromPlace = sexes.map((sex) => sumsOf(plan, pickFrom(plan, cells, chain, sex, moment.at).answer));
    const fromHome = new Array<Sums | undefined>(homes.length * 4);
    for (const p of counted) {
      const key = p.home * 4 + p.sexAt;
      const home = p.home < 0 ? nothing : (fromHome[key] ??= holderSums(plan, cells, homes[p.home], p.sex, moment.at));
      const own = holderSums(plan, cells, p.own, p.sex, moment.at);
      const place = fromPlace[p.sexAt] ?? nothing;
      const known = own.known + home.known + place.known;
      const applicable = plan.totalWeight - own.notApplicable - home.notApplicable - place.notApplicable;
      const band = bandOf(own.excess + home.excess + place.excess, known, applicable, plan.instrument.bands);
      const cell = ((m * 4 + p.sexAt) * 7 + ageGroupOfKeys(p.born, moment.dateKey)) * 4 + band;
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
  });
  return counts;
}

function midnightOf(engine: Engine, date: string): number {
  let midnight = engine.midnights.get(date);
  if (midnight === undefined) engine.midnights.set(date, (midnight = startOfDate(date, engine.zone)));
  return midnight;
}

/** When somebody comes into the next age group; null: never, or nobody knows. */
function turnsAt(engine: Engine, bornOn: string | null, date: string): number | null {
  if (bornOn === null) return null;
  const key = `${bornOn} ${date}`;
  let turns = engine.birthdays.get(key);
  if (turns === undefined) {
    const birthday = nextAgeGroupDate(bornOn, date);
    engine.birthdays.set(key, (turns = birthday === null ? null : midnightOf(engine, birthday)));
  }
  return turns;
}

function earliest(moments: readonly (number | null)[]): number | null {
  return moments.reduce<number | null>((first, at) => (at !== null && (first === null || at < first) ? at : first), null);
}

/** The standing of each of these people at one moment. */
export function standingsOf(
  engine: Engine,
  now: Moment,
  placeId: string,
  people: readonly HistoryPerson[],
  persons: ReadonlyMap<string, Holder>,
  households: ReadonlyMap<string, Holder>,
  chain: readonly Holder[],
): StandingRow[] {
  const { plan, cells } = engine;
  const fromPlace = new Map<number, Picked>(sexes.map((sex) => [sex, pickFrom(plan, cells, chain, sex, now.at)]));
  const scratch = { observedAt: new Float64Array(plan.weights.length), changesAt: new Float64Array(plan.weights.length) };
  const toldOfPlace = earliest(chain.map((holder) => nextTold(holder, now.at)));
  return people.map((p) => {
    const holders = [persons.get(p.personId), p.householdId === null ? undefined : households.get(p.householdId)];
    const all = pickPerson(plan, cells, holders, fromPlace.get(p.sex), p.sex, now.at, scratch);
    const { excess, known, notApplicable } = sumsOf(engine.plan, all.answer);
    const applicable = engine.plan.totalWeight - notApplicable;
    let observedAt: number | null = null,
      validUntil: number | null = null,
      nextChange = earliest([toldOfPlace, ...holders.map((holder) => (holder ? nextTold(holder, now.at) : null))]);
    all.answer.forEach((answer, i) => {
      const end = all.changesAt[i] ?? 0;
      if (end > 0) nextChange = Math.min(nextChange ?? end, end);
      if (!((answer >= 1 && answer <= 3) || answer === 6)) return;
      observedAt = Math.max(observedAt ?? 0, all.observedAt[i] ?? 0);
      validUntil = Math.min(validUntil ?? end, end);
    });
    const turns = turnsAt(engine, p.bornOn, now.date);
    return {
      regionId: p.regionId,
      personId: p.personId,
      placeId,
      sex: p.sex,
      ageGroup: ageGroupOfKeys(p.bornOn === null ? null : dateKey(p.bornOn), now.dateKey),
      excess,
      known,
      applicable,
      band: bandOf(excess, known, applicable, engine.plan.instrument.bands),
      answers: all.answer,
      observedAt,
      validUntil,
      nextChange: turns === null ? nextChange : Math.min(nextChange ?? turns, turns),
    };
  });
}

/** `measured` answers with what was measured of places under some versions: who may read it is the caller's to know. */
export async function engineOf(
  tx: Tx,
  code: string,
  zone: string,
  measured: (instrumentIds: readonly string[]) => Promise<readonly HistoryRow[]> = (ids) => findPlaceHistory(tx, ids),
): Promise<Engine> {
  const versions = await findVersions(tx, code);
  const live = versions.find((v) => v.state === 'live');
  if (!live) throw new Error(`no live version of ${code}`);
  const plan = planOf(
    live.definition,
    versions.map((v) => v.definition),
  );
  const versionOf = new Map(versions.map((v, i) => [v.instrumentId, i]));
  const placeHolders = grouped({ plan, versionOf }, 'place', await measured([...versionOf.keys()]));
  return {
    plan,
    code,
    version: live.version,
    versionOf,
    zone,
    placeHolders,
    cells: cellsFor(plan),
    midnights: new Map(),
    birthdays: new Map(),
  };
}

/** Adds the counts of a place to every place around it. */
function addUp(sums: Map<string, Int32Array>, place: HistoryPlace, counts: Int32Array): void {
  const labels = place.path.split('.');
  for (let n = 1; n <= labels.length; n++) {
    const path = labels.slice(0, n).join('.');
    const sum = sums.get(path) ?? new Int32Array(counts.length);
    counts.forEach((c, i) => {
      if (c) sum[i] = (sum[i] ?? 0) + c;
    });
    sums.set(path, sum);
  }
}

function cellsOf(place: HistoryPlace, months: readonly string[], counts: Int32Array): MonthCell[] {
  const cells: MonthCell[] = [];
  counts.forEach((n, i) => {
    if (n === 0) return;
    const band = i % 4,
      ageGroup = Math.floor(i / 4) % 7,
      sex = sexes[Math.floor(i / 28) % 4] ?? 0;
    cells.push({ regionId: place.regionId, placeId: place.placeId, monthEnd: months[Math.floor(i / 112)] ?? '', sex, ageGroup, band, n });
  });
  return cells;
}

export function momentAt({ zone }: Pick<Engine, 'zone'>, at: number): Moment {
  const date = dateAt(at, zone);
  return { at, date, dateKey: dateKey(date) };
}

/** For whoever's record is used no further, her household as it was held until then: under an id of its own, as score_people has it. */
function asHeldForEach(
  recorded: readonly RecordedPerson[],
  ofHomes: readonly HistoryRow[],
): { people: HistoryPerson[]; rows: readonly HistoryRow[] } {
  const before: HistoryRow[] = [];
  const people = recorded.map(({ restrictedAt, ...person }) => {
    if (restrictedAt === null || person.householdId === null) return person;
    for (const row of ofHomes)
      if (row.subjectId === person.householdId && row.recordedAt <= restrictedAt) before.push({ ...row, subjectId: person.personId });
    return { ...person, householdId: person.personId };
  });
  return { people, rows: before.length === 0 ? ofHomes : [...ofHomes, ...before] };
}

async function runInstrument(
  tx: Tx,
  engine: Engine,
  places: readonly HistoryPlace[],
  { months, now, onProgress }: HistoryOptions,
): Promise<void> {
  const byPath = new Map(places.map((p) => [p.path, p]));
  // The last millisecond of each month: one before the next one begins.
  const moments = months.map((end) =>
    momentAt(engine, startOfDate(new Date(Date.parse(end) + 86_400_000).toISOString().slice(0, 10), engine.zone) - 1),
  );
  const instrumentIds = [...engine.versionOf.keys()];
  const sums = new Map<string, Int32Array>();
  const lived = places.filter((p) => p.people > 0);
  for (const [i, place] of lived.entries()) {
    const recorded = await findPeopleOfPlace(tx, place.placeId);
    const homes = new Map(
      recorded.flatMap((p) => (p.householdId === null ? [] : [[p.householdId, { regionId: p.regionId, id: p.householdId }] as const])),
    );
    const persons = grouped(
      engine,
      'person',
      await findHistory(
        tx,
        instrumentIds,
        'person',
        recorded.map((p) => ({ regionId: p.regionId, id: p.personId })),
      ),
    );
    const ofHomes = await findHistory(tx, instrumentIds, 'household', [...homes.values()]);
    const { people, rows } = asHeldForEach(recorded, ofHomes);
    const households = grouped(engine, 'household', rows);
    const chain = chainOf(engine, place, byPath);
    if (months.length) addUp(sums, place, countPlace(engine, moments, people, persons, households, chain));
    if (now)
      await upsertStandings(
        tx,
        engine.code,
        engine.version,
        standingsOf(engine, momentAt(engine, now.getTime()), place.placeId, people, persons, households, chain),
        now,
      );
    onProgress?.(i + 1, lived.length);
  }
  if (months.length)
    await replaceMonths(
      tx,
      engine.code,
      months,
      places.flatMap((p) => {
        const counts = sums.get(p.path);
        return counts ? cellsOf(p, months, counts) : [];
      }),
    );
}

/**
 * Works out, straight from the assessments, the people's figures at the ends of `months`, and with `now` every person's standing (and so the
 * rollups), as the owner. For seeding and for repair: the batch engine needs seconds where rescoring needs minutes, and gives the same numbers.
 */
export async function workOutHistory(ownerTx: Tx, options: HistoryOptions): Promise<void> {
  const zone = await findTimeZone(ownerTx);
  const places = await findHistoryPlaces(ownerTx);
  for (const { code } of await findLiveInstruments(ownerTx, 'person')) {
    await lockInstrument(ownerTx, code);
    await runInstrument(ownerTx, await engineOf(ownerTx, code, zone), places, options);
  }
  await listWaitingHouseholds(ownerTx);
  if (options.months.length > 0) await publishMonths(ownerTx);
}

/** The people's figures at the ends of `months` (ISO dates of last days), replacing what was there. As the owner. */
export async function rollupMonthsFromHistory(ownerTx: Tx, months: readonly string[]): Promise<void> {
  await workOutHistory(ownerTx, { months });
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import type { OwnIds, Vault } from '../../../people/server/index.ts';
import { Problem } from '../../../platform/domain/problem.ts';
import { startOfDate } from '../../../platform/domain/zoned-time.ts';
import type { Tx } from '../../../platform/server/endpoint.ts';
import type { AnyPeopleMapping, PeopleMapping } from '../../domain/people-mapping.ts';
import type { StoredInstrument } from '../queries-instruments.ts';
import { fresh, spoke, type Gathered } from './gathered.ts';
import type { Homes } from './homes.ts';
import { none, PackedSubjects } from './packed-subjects.ts';
import type { IntakePlaces } from './places.ts';
import {
  insertAnswers,
  insertConsents,
  insertHomes,
  insertPeopleOfFile,
  type KnownPerson,
  type NewAnswers,
  type NewConsent,
  type NewHousehold,
  type NewPerson,
} from './queries-people.ts';

export interface WriteContext {
  readonly tx: Tx;
  readonly batchId: string;
  readonly mapping: AnyPeopleMapping;
  readonly stored: StoredInstrument;
  readonly gathered: Gathered;
  readonly known: readonly KnownPerson[];
  readonly homes: Homes;
  readonly places: IntakePlaces | null;
  readonly basisId: string | null;
  readonly ownIds: readonly OwnIds[];
  /** Opened only where the file says who people are. */
  readonly vault: Vault | null;
  readonly timeZone: string;
  readonly now: Date;
  readonly newId: () => string;
  readonly signal: AbortSignal;
  onProgress(progress: { done: number; total: number; phase: string }): void;
}

/** Who became whom: by position of Gathered, and of its households. It fills while the file is written. */
export interface Written {
  readonly people: PackedSubjects;
  readonly households: PackedSubjects;
}

/** How many the database takes at once. */
const step = 5_000;

/** A file that is being written, in the transaction given: households, consents, people, and what was answered of them. */
export class FileWriting {
  readonly #ctx: WriteContext;
  readonly #waiting: { readonly to: number; readonly go: () => void; readonly stop: (error: unknown) => void }[] = [];
  #writer: Writer | null = null;
  #reached = -1;
  #failed: { readonly error: unknown } | null = null;

  constructor(ctx: WriteContext) {
    this.#ctx = ctx;
  }

  /** Resolves once everybody is written whose position is less; rejects where writing fails first. */
  async until(position: number): Promise<Written> {
    if (this.#failed) throw this.#failed.error;
    if (position > this.#reached) await new Promise<void>((go, stop) => this.#waiting.push({ to: position, go, stop }));
    return this.#writer!.written;
  }

  async write(): Promise<Written> {
    try {
      return await this.#write();
    } catch (error) {
      this.#failed = { error };
      for (const { stop } of this.#waiting.splice(0)) stop(error);
      throw error;
    }
  }

  async #write(): Promise<Written> {
    const { gathered, signal, onProgress } = this.#ctx;
    const writer = new Writer(this.#ctx, await writeHouseholds(this.#ctx));
    this.#writer = writer;
    let writing = Promise.resolve();
    try {
      for (let from = 0; from < gathered.count; from += step) {
        if (signal.aborted) throw new Problem('cancelled');
        const to = Math.min(gathered.count, from + step);
        // The next are prepared while the database writes these.
        const write = writer.prepare(from, to);
        await writing;
        this.#reach(from);
        writing = write();
        writing.catch(() => {});
      }
      await writing;
    } finally {
      await writing.catch(() => {});
    }
    this.#reach(gathered.count);
    await writer.writeVisits();
    onProgress({ done: gathered.count, total: gathered.count, phase: 'Writing people' });
    return writer.written;
  }

  #reach(position: number): void {
    this.#reached = position;
    for (const one of this.#waiting.splice(0)) {
      if (one.to <= position) one.go();
      else this.#waiting.push(one);
    }
    this.#ctx.onProgress({ done: position, total: this.#ctx.gathered.count, phase: 'Writing people' });
  }
}

async function writeHouseholds(ctx: WriteContext): Promise<PackedSubjects> {
  const { tx, batchId, gathered, homes, places, newId } = ctx;
  const list = new PackedSubjects(homes.list.length);
  let chunk: NewHousehold[] = [];
  const flush = async (): Promise<void> => {
    if (chunk.length > 0) await insertHomes(tx, batchId, chunk);
    chunk = [];
  };
  for (const [at, home] of homes.list.entries()) {
    if (!home) continue;
    if (home.known) list.put(at, home.known.regionId, home.known.householdId);
    else if (home.hasNew && places) {
      const { placeId, regionId } = places.list[gathered.places[home.first]!]!;
      const made = { regionId, householdId: newId(), placeId };
      list.put(at, regionId, made.householdId);
      if (chunk.push(made) >= step) await flush();
    }
  }
  await flush();
  return list;
}

class Writer {
  readonly #ctx: WriteContext;
  readonly #households: PackedSubjects;
  readonly #named: PackedSubjects;
  readonly #personal: readonly boolean[];
  /** By position of Gathered.dates. */
  readonly #moments: number[] = [];

  constructor(ctx: WriteContext, households: PackedSubjects) {
    this.#ctx = ctx;
    this.#households = households;
    this.#named = new PackedSubjects(ctx.gathered.count);
    this.#personal = ctx.stored.definition.indicators.map(({ unit }) => unit === 'person');
  }

  get written(): Written {
    return { people: this.#named, households: this.#households };
  }

  /** What writes the rows of the file from one position to before another. */
  prepare(from: number, to: number): () => Promise<void> {
    const { tx, batchId, mapping, gathered, now, stored } = this.#ctx;
    const taken: number[] = [];
    for (let i = from; i < to; i++) if (!gathered.dropped[i]) taken.push(i);
    for (const i of taken) this.#name(i);
    const fresher = taken.filter((i) => gathered.known[i] === fresh);
    const writePeople = mapping.kind === 'people' && fresher.length > 0 ? this.#people(mapping, fresher) : null;
    const answers = taken.flatMap((i) => this.#answersOf(i));
    return async () => {
      await writePeople?.();
      await insertAnswers(tx, { batchId, instrumentId: stored.instrumentId, kind: 'person', recordedAt: now }, answers);
    };
  }

  #people(mapping: PeopleMapping, fresher: readonly number[]): () => Promise<void> {
    const { tx, batchId, basisId, ownIds, now } = this.#ctx;
    const { consent } = mapping;
    const consents = consent ? fresher.flatMap((i) => this.#consentsOf(i)) : [];
    const people = fresher.map((i) => this.#personOf(i));
    return async () => {
      if (consent)
        await insertConsents(
          tx,
          batchId,
          { way: consent.way, language: consent.language ?? null, wording: consent.wording ?? null, recordedAt: now },
          consents,
        );
      await insertPeopleOfFile(tx, { batchId, basisId: basisId!, source: mapping.source, keyId: ownIds[0]?.keyId ?? null }, people);
    };
  }

  #name(i: number): void {
    const { gathered, known, places, newId } = this.#ctx;
    const person = known[gathered.known[i]!];
    const home = this.#households.regionOf(gathered.homes[i]!);
    const regionId = person?.regionId ?? (home === none ? places!.list[gathered.places[i]!]!.regionId : home);
    this.#named.put(i, regionId, person?.personId ?? newId());
  }

  #personOf(i: number): NewPerson {
    const { gathered, places } = this.#ctx;
    return {
      regionId: this.#named.regionOf(i),
      personId: this.#named.idOf(i)!,
      householdId: this.#households.idOf(gathered.homes[i]!),
      placeId: places!.list[gathered.places[i]!]!.placeId,
      sex: gathered.sexes[i]!,
      bornOn: dateOfKey(gathered.born[i]!),
      precision: gathered.precision[i]!,
      digest: gathered.digest(i),
    };
  }

  #consentsOf(i: number): NewConsent[] {
    const { gathered, newId } = this.#ctx;
    return (Object.keys(spoke) as (keyof typeof spoke)[])
      .filter((speaker) => gathered.consent[i]! & spoke[speaker])
      .map((speaker) => ({
        regionId: this.#named.regionOf(i),
        eventId: newId(),
        personId: this.#named.idOf(i)!,
        speaker,
        at: this.#momentOf(gathered.consentDays[i]!),
      }));
  }

  #answersOf(i: number): NewAnswers[] {
    const { gathered, newId } = this.#ctx;
    const own = gathered.answers.slice(i * gathered.width, (i + 1) * gathered.width);
    let some = false;
    for (let position = 0; position < own.length; position++) {
      if (!this.#personal[position]) own[position] = 0;
      some ||= own[position] !== 0;
    }
    if (!some) return [];
    const [regionId, subjectId] = [this.#named.regionOf(i), this.#named.idOf(i)!];
    return [{ regionId, subjectId, assessmentId: newId(), answers: own, at: this.#momentOf(gathered.days[i]!) }];
  }

  async writeVisits(): Promise<void> {
    const { tx, batchId, homes, stored, now, newId } = this.#ctx;
    for (let from = 0; from < homes.visits.count; from += step) {
      const lines: NewAnswers[] = [];
      for (let at = from; at < Math.min(homes.visits.count, from + step); at++) {
        const home = homes.visits.home(at),
          subjectId = this.#households.idOf(home);
        if (subjectId === null) continue;
        lines.push({
          regionId: this.#households.regionOf(home),
          subjectId,
          assessmentId: newId(),
          answers: homes.visits.answers(at),
          at: this.#momentOf(homes.visits.day(at)),
        });
      }
      await insertAnswers(tx, { batchId, instrumentId: stored.instrumentId, kind: 'household', recordedAt: now }, lines);
    }
  }

  /** The day's beginning where the places are. */
  #momentOf(day: number): number {
    const { gathered, timeZone } = this.#ctx;
    return (this.#moments[day] ??= startOfDate(gathered.dates.list[day]!, timeZone));
  }
}

/** 20061231 as 2006-12-31; null for 0. */
export function dateOfKey(key: number): string | null {
  if (key === 0) return null;
  const text = String(key).padStart(8, '0');
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { setImmediate } from 'node:timers/promises';
import type { Identity } from '../../../people/domain/identity.ts';
import {
  keyToSealWith,
  putImported,
  sealImported,
  type MasterKey,
  type OwnIds,
  type SealedToPut,
  type Vault,
} from '../../../people/server/index.ts';
import { Problem } from '../../../platform/domain/problem.ts';
import { startOfDate } from '../../../platform/domain/zoned-time.ts';
import type { Tx } from '../../../platform/server/endpoint.ts';
import type { Table } from '../../../platform/server/tabular.ts';
import type { AnyPeopleMapping, PeopleMapping } from '../../domain/people-mapping.ts';
import type { StoredInstrument } from '../queries-instruments.ts';
import { fresh, spoke, type Gathered } from './gathered.ts';
import type { Homes } from './homes.ts';
import { identityOf } from './identity.ts';
import { identityExpressions } from './mapping.ts';
import type { IntakePlaces } from './places.ts';
import {
  indexCodes,
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

/** Who became whom: by position of Gathered, and of its households. */
export interface Written {
  readonly personIds: readonly (string | undefined)[];
  readonly regions: Int32Array;
  readonly households: readonly ({ readonly regionId: number; readonly householdId: string } | undefined)[];
  readonly newHouseholds: number;
  readonly named: number;
}

const step = 10_000;
/** How many are sealed before the database, or anybody else, is answered again. */
const sealedAtOnce = 100;

/** Writes what was checked, in the transaction given: households, consents, people, who they are, and what was answered of them. */
export async function writeFile(ctx: WriteContext, table: Table): Promise<Written> {
  const { gathered, signal } = ctx;
  const households = await writeHouseholds(ctx);
  const writer = new Writer(ctx, households.list, ctx.vault && isNamed(ctx.mapping) ? await keyToSealWith(ctx.tx, ctx.vault) : null);
  let chunk: Sealed[] = [],
    writing = Promise.resolve();
  // One chunk is read and sealed while the one before it is written.
  const send = async (): Promise<void> => {
    const full = chunk;
    chunk = [];
    await writing;
    if (signal.aborted) throw new Problem('cancelled');
    writing = writer.write(full);
    writing.catch(() => {});
  };
  try {
    for await (const line of linesOf(ctx, table)) {
      const sealed = writer.seal(line);
      if (chunk.push(sealed) % sealedAtOnce === 0) await setImmediate();
      if (chunk.length < step) continue;
      await send();
      ctx.onProgress({ done: line.i + 1, total: gathered.count, phase: 'Writing people' });
    }
    await send();
    await writing;
  } finally {
    // Nothing may still be under way when the transaction ends, however it ends.
    await writing.catch(() => {});
  }
  await writer.writeVisits();
  if (writer.written.named > 0) await indexCodes(ctx.tx, ctx.batchId);
  return { ...writer.written, households: households.list, newHouseholds: households.made };
}

const isNamed = (mapping: AnyPeopleMapping): boolean => mapping.kind === 'people' && Object.keys(identityExpressions(mapping)).length > 0;

/** Somebody whose name is sealed already. */
interface Sealed {
  readonly i: number;
  readonly identity: SealedToPut | null;
}

interface Line {
  readonly i: number;
  readonly identity: Identity | null;
}

/** The rows that are taken, each with who it is of; only somebody new is named. */
async function* linesOf({ gathered, mapping }: WriteContext, table: Table): AsyncGenerator<Line> {
  if (mapping.kind !== 'people' || !isNamed(mapping)) {
    for (let i = 0; i < gathered.count; i++) if (!gathered.dropped[i]) yield { i, identity: null };
    return;
  }
  let i = 0;
  for await (const batch of (await table.query(identityExpressions(mapping))).rows) {
    for (const { row, values } of batch) {
      if (gathered.rows[i] !== row || i >= gathered.count) continue;
      const at = i++;
      if (!gathered.dropped[at]) yield { i: at, identity: gathered.known[at] === fresh ? identityOf(mapping, values) : null };
    }
  }
}

async function writeHouseholds(ctx: WriteContext): Promise<{ list: Written['households']; made: number }> {
  const { tx, batchId, gathered, homes, places, newId } = ctx;
  const list: { regionId: number; householdId: string }[] = [];
  let chunk: NewHousehold[] = [],
    made = 0;
  const flush = async (): Promise<void> => {
    if (chunk.length > 0) await insertHomes(tx, batchId, chunk);
    made += chunk.length;
    chunk = [];
  };
  for (const [at, home] of homes.list.entries()) {
    if (!home) continue;
    if (home.known) list[at] = home.known;
    else if (home.hasNew && places) {
      const { placeId, regionId } = places.list[gathered.places[home.first]!]!;
      const made = { regionId, householdId: newId(), placeId };
      list[at] = made;
      if (chunk.push(made) >= step) await flush();
    }
  }
  await flush();
  return { list, made };
}

class Writer {
  readonly #ctx: WriteContext;
  readonly #households: Written['households'];
  readonly #personIds: (string | undefined)[] = [];
  readonly #regions: Int32Array;
  readonly #personal: readonly boolean[];
  /** By position of Gathered.dates. */
  readonly #moments: number[] = [];
  #named = 0;

  readonly #key: MasterKey | null;

  /** `key`: to seal under, where the file says who people are. */
  constructor(ctx: WriteContext, households: Written['households'], key: MasterKey | null) {
    this.#ctx = ctx;
    this.#key = key;
    this.#households = households;
    this.#regions = new Int32Array(ctx.gathered.count);
    this.#personal = ctx.stored.definition.indicators.map(({ unit }) => unit === 'person');
  }

  get written(): Pick<Written, 'personIds' | 'regions' | 'named'> {
    return { personIds: this.#personIds, regions: this.#regions, named: this.#named };
  }

  seal({ i, identity }: Line): Sealed {
    const { vault } = this.#ctx;
    this.#name(i);
    if (!identity || !vault || !this.#key) return { i, identity: null };
    return { i, identity: sealImported(vault, this.#key, { regionId: this.#regions[i]!, personId: this.#personIds[i]! }, identity) };
  }

  async write(lines: readonly Sealed[]): Promise<void> {
    if (lines.length === 0) return;
    const { tx, batchId, mapping, gathered, now, stored } = this.#ctx;
    const people = lines.filter(({ i }) => gathered.known[i] === fresh);
    if (mapping.kind === 'people' && people.length > 0) await this.#writePeople(mapping, people);
    const answers = lines.flatMap(({ i }) => this.#answersOf(i));
    await insertAnswers(tx, { batchId, instrumentId: stored.instrumentId, kind: 'person', recordedAt: now }, answers);
  }

  async #writePeople(mapping: PeopleMapping, lines: readonly Sealed[]): Promise<void> {
    const { tx, batchId, basisId, ownIds, now } = this.#ctx;
    const { consent } = mapping;
    if (consent)
      await insertConsents(
        tx,
        batchId,
        { way: consent.way, language: consent.language ?? null, wording: consent.wording ?? null, recordedAt: now },
        lines.flatMap(({ i }) => this.#consentsOf(i)),
      );
    const of = { batchId, basisId: basisId!, source: mapping.source, keyId: ownIds[0]?.keyId ?? null };
    await insertPeopleOfFile(
      tx,
      of,
      lines.map(({ i }) => this.#personOf(i)),
    );
    const identities = lines.flatMap(({ identity }) => identity ?? []);
    this.#named += identities.length;
    if (this.#key) await putImported(tx, batchId, this.#key, identities);
  }

  #name(i: number): void {
    const { gathered, known, places, newId } = this.#ctx;
    const person = known[gathered.known[i]!];
    const home = this.#households[gathered.homes[i]!];
    this.#personIds[i] = person?.personId ?? newId();
    this.#regions[i] = person?.regionId ?? home?.regionId ?? places!.list[gathered.places[i]!]!.regionId;
  }

  #personOf(i: number): NewPerson {
    const { gathered, places } = this.#ctx;
    return {
      regionId: this.#regions[i]!,
      personId: this.#personIds[i]!,
      householdId: this.#households[gathered.homes[i]!]?.householdId ?? null,
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
        regionId: this.#regions[i]!,
        eventId: newId(),
        personId: this.#personIds[i]!,
        speaker,
        at: this.#momentOf(gathered.consentDays[i]!),
      }));
  }

  #answersOf(i: number): NewAnswers[] {
    const { gathered, newId } = this.#ctx;
    const answers = gathered.answers.subarray(i * gathered.width, (i + 1) * gathered.width);
    const own = answers.map((byte, position) => (this.#personal[position] ? byte : 0));
    if (!own.some((byte) => byte !== 0)) return [];
    const [regionId, subjectId] = [this.#regions[i]!, this.#personIds[i]!];
    return [{ regionId, subjectId, assessmentId: newId(), answers: own, at: this.#momentOf(gathered.days[i]!) }];
  }

  async writeVisits(): Promise<void> {
    const { tx, batchId, homes, stored, now, newId } = this.#ctx;
    for (let from = 0; from < homes.visits.length; from += step) {
      const lines = homes.visits.slice(from, from + step).flatMap(({ home, day, answers }): NewAnswers[] => {
        const is = this.#households[home];
        return is ? [{ regionId: is.regionId, subjectId: is.householdId, assessmentId: newId(), answers, at: this.#momentOf(day) }] : [];
      });
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

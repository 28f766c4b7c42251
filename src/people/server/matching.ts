// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Tx } from '../../platform/server/endpoint.ts';
import { compareRecords, readRecord, type Comparison, type LinkageRecord } from '../domain/linkage.ts';
import { startingParameters, weigher, type LinkageVerdict } from '../domain/linkage-weights.ts';
import type { PersonKey } from '../domain/person-record.ts';
import {
  addPatterns,
  endWaiting,
  dropPairs,
  findCandidates,
  findEstimate,
  findMembersToMatch,
  findRegionsNear,
  findRegionsOfPlaces,
  findToMatch,
  nextWaiting,
  putPairs,
  type CodeIn,
  type FoundPair,
  type Member,
  type RowToMatch,
} from './queries-matching.ts';
import type { WriteDown } from './vault/doors.ts';
import type { MasterKey } from './vault/master-key.ts';
import { codeKinds } from './vault/master-key.ts';
import { knownKeys } from './vault/queries-vault.ts';
import { rememberedHearing } from './vault/remembered-hearing.ts';
import type { Vault } from './vault/vault.ts';

/** More are no better: whoever shares most comes first. */
const mostCandidates = 150;
/** Less likely than this without a look at their households, a pair is not looked at again with them: their names must be opened, too. */
const worthALook = 0.01;

/** As many words as the vault remembers: a province of a million shares some ten thousand names. */
const hearing = rememberedHearing(20_000);

export interface Compared {
  /** How many were compared with the others; 0: nobody waits. */
  readonly people: number;
  readonly opened: number;
  readonly pairs: number;
}

interface Known {
  readonly row: RowToMatch;
  /** Without her household. */
  readonly record: LinkageRecord;
}

/** In the order of their ids. */
interface Pair {
  readonly a: Known;
  readonly b: Known;
}

const keyOf = ({ regionId, personId }: PersonKey): string => `${regionId} ${personId}`;
const homeOf = ({ regionId, householdId }: { readonly regionId: number; readonly householdId: string | null }): string =>
  `${regionId} ${householdId}`;
const inOrder = (a: PersonKey, b: PersonKey): boolean => a.regionId < b.regionId || (a.regionId === b.regionId && a.personId < b.personId);

/** A comparison as one word: the level of each field, '-' where it is open. */
export const patternOf = (comparison: Comparison): string => comparison.map((level) => level ?? '-').join('');

/** Compares some who wait with those they may be, and puts before somebody whoever looks alike. One transaction; done again it finds the same. */
export async function compareSome(tx: Tx, vault: Vault, writeDown: WriteDown, limit: number): Promise<Compared> {
  const waiting = await nextWaiting(tx, limit);
  if (waiting.length === 0) return { people: 0, opened: 0, pairs: 0 };
  const matching = await Matching.begin(tx, vault);
  const asked = [...(await matching.known(waiting)).values()];
  await matching.lookAround(asked);
  const pairs = await matching.compare(asked);
  await matching.end();
  await endWaiting(tx, waiting);
  await writeDown({ action: 'people.compare', detail: { people: waiting.length, opened: matching.opened, pairs } });
  return { people: waiting.length, opened: matching.opened, pairs };
}

class Matching {
  readonly #tx: Tx;
  readonly #vault: Vault;
  readonly #keys: readonly MasterKey[];
  readonly #estimateId: string | null;
  readonly #weigh: (comparison: Comparison) => LinkageVerdict;
  readonly #known = new Map<string, Known>();
  readonly #patterns = new Map<string, number>();
  readonly #near = new Map<number, number[]>();
  #regionOf = new Map<string, number>();

  private constructor(tx: Tx, vault: Vault, keys: readonly MasterKey[], estimate: Awaited<ReturnType<typeof findEstimate>>) {
    this.#tx = tx;
    this.#vault = vault;
    this.#keys = keys;
    this.#estimateId = estimate?.estimateId ?? null;
    this.#weigh = weigher(estimate?.parameters ?? startingParameters);
  }

  static async begin(tx: Tx, vault: Vault): Promise<Matching> {
    const inUse = (await knownKeys(tx)).filter(({ state, anybody }) => state !== 'gone' && anybody);
    return new Matching(
      tx,
      vault,
      inUse.map(({ keyId, checkValue }) => vault.key(keyId, checkValue)),
      await findEstimate(tx),
    );
  }

  get opened(): number {
    return this.#known.size;
  }

  /** Opened once, however often they are compared. */
  async known(keys: readonly PersonKey[]): Promise<Map<string, Known>> {
    const missing = keys.filter((key) => !this.#known.has(keyOf(key)));
    if (missing.length > 0) for (const row of await findToMatch(this.#tx, missing)) this.#known.set(keyOf(row), this.#read(row));
    return new Map(
      keys.flatMap((key) => {
        const known = this.#known.get(keyOf(key));
        return known ? [[keyOf(key), known] as const] : [];
      }),
    );
  }

  #read(row: RowToMatch): Known {
    const identity = this.#vault.open(row);
    const facts = {
      names: identity.names.map(({ full }) => full),
      sex: row.sex,
      bornOn: row.bornOn,
      phones: identity.phones,
      documents: identity.documents.map(({ number }) => number),
      places: row.path.split('.'),
      householdId: row.householdId === null ? null : `${row.regionId} ${row.householdId}`,
      household: [],
    };
    return { row, record: readRecord(facts, hearing) };
  }

  /** In which regions each may have been written down: her own, where she lives now, and those near either. */
  async lookAround(asked: readonly Known[]): Promise<void> {
    this.#regionOf = await findRegionsOfPlaces(this.#tx, [...new Set(asked.map(({ row }) => row.placeId))]);
    const regions = [...new Set([...asked.map(({ row }) => row.regionId), ...this.#regionOf.values()])];
    for (const { regionId, near } of await findRegionsNear(this.#tx, regions)) {
      this.#near.set(regionId, [...(this.#near.get(regionId) ?? []), near]);
    }
  }

  #codes({ row }: Known): CodeIn[] {
    const identity = this.#vault.open(row);
    const home = this.#regionOf.get(row.placeId) ?? row.regionId;
    const regions = new Set([row.regionId, home, ...(this.#near.get(row.regionId) ?? []), ...(this.#near.get(home) ?? [])]);
    return [...regions].flatMap((regionId) =>
      this.#keys.flatMap((key) =>
        this.#vault
          .codesOf(identity, regionId, key)
          .filter(({ kind }) => kind !== codeKinds.exact)
          .map((code) => ({ ...code, regionId })),
      ),
    );
  }

  /** Returns how many pairs of theirs wait for somebody anew. */
  async compare(asked: readonly Known[]): Promise<number> {
    const alike = (await this.#sharing(asked)).filter((pair) => this.#looksAlike(pair));
    const found = alike.length === 0 ? [] : await this.#compareWithHouseholds(alike);
    await dropPairs(
      this.#tx,
      asked.map(({ row }) => row),
      found,
    );
    return putPairs(this.#tx, found, this.#estimateId);
  }

  /** Whom each is compared with; two who share a number and are compared at the same time once. */
  async #sharing(asked: readonly Known[]): Promise<Pair[]> {
    const lists = await findCandidates(
      this.#tx,
      asked.map((each) => ({ key: each.row, codes: this.#codes(each) })),
      mostCandidates,
    );
    const candidates = await this.known(lists.flat());
    const pairs = new Map<string, Pair>();
    for (const [at, list] of lists.entries()) {
      for (const key of list) {
        const [one, other] = [asked[at]!, candidates.get(keyOf(key))];
        if (!other) continue;
        const [a, b] = inOrder(one.row, other.row) ? [one, other] : [other, one];
        pairs.set(`${keyOf(a.row)} ${keyOf(b.row)}`, { a, b });
      }
    }
    return [...pairs.values()];
  }

  /** Counts how the two agree, for learning; members of one household, who share name, phone and village, would teach wrong things. */
  #looksAlike({ a, b }: Pair): boolean {
    const comparison = compareRecords(a.record, b.record);
    if (a.record.householdId === null || a.record.householdId !== b.record.householdId) {
      const pattern = patternOf(comparison);
      this.#patterns.set(pattern, (this.#patterns.get(pattern) ?? 0) + 1);
    }
    return this.#weigh(comparison).probability >= worthALook;
  }

  async #compareWithHouseholds(pairs: readonly Pair[]): Promise<FoundPair[]> {
    const withHousehold = await this.#households([...new Set(pairs.flatMap(({ a, b }) => [a, b]))]);
    return pairs.flatMap(({ a, b }) => {
      const verdict = this.#weigh(compareRecords(withHousehold(a), withHousehold(b)));
      if (verdict.verdict === 'unlikely') return [];
      const { weight, probability, reasons } = verdict;
      return [{ a: a.row, b: b.row, weight, probability, probable: verdict.verdict === 'probable', reasons }];
    });
  }

  /** The records with the names of the others in their households. */
  async #households(people: readonly Known[]): Promise<(known: Known) => LinkageRecord> {
    const members = await findMembersToMatch(
      this.#tx,
      people.flatMap(({ row }) => (row.householdId === null ? [] : [{ regionId: row.regionId, householdId: row.householdId }])),
    );
    const opened = await this.known(members);
    const homes = new Map<string, Member[]>();
    for (const member of members) homes.set(homeOf(member), [...(homes.get(homeOf(member)) ?? []), member]);
    return ({ row, record }) => ({
      ...record,
      household: (homes.get(homeOf(row)) ?? [])
        .filter((member) => keyOf(member) !== keyOf(row))
        .flatMap((member) => opened.get(keyOf(member))?.record.names.slice(0, 1) ?? []),
    });
  }

  end(): Promise<void> {
    return addPatterns(this.#tx, this.#patterns);
  }
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import type { DuplicatePair, MergeView } from '../../src/people/domain/duplicate.ts';
import type { HouseholdRecord, PersonRecord } from '../../src/people/domain/person-record.ts';
import type { PersonRequest, RequestPage } from '../../src/people/domain/request.ts';
import { recordNumber } from '../../src/platform/domain/record-number.ts';
import type { TestPlace } from '../support/demo-land.ts';
import { type Killable, until } from './killable.ts';
import type { Phone, Sending } from './phone.ts';

/** Somebody in the register, and what of her was acknowledged. */
export interface Known {
  readonly regionId: number;
  readonly personId: string;
  /** Null: of an import; her name stands in no list of ours. */
  readonly name: string | null;
  readonly householdId: string;
  readonly placeId: string;
  readonly bornOn: string;
  readonly assessments: readonly string[];
  readonly consents: readonly string[];
}

/** What a record says of somebody. */
export interface Stands {
  readonly placeId: string;
  readonly householdId: string | null;
  readonly sex: number;
  readonly bornOn: string | null;
  readonly state: string;
}

export interface Merged {
  readonly mergeId: string;
  readonly stays: string;
  readonly other: string;
  /** Null: sent, and not answered. */
  undone: boolean | null;
}

const addressOf = ({ regionId, personId }: Known): string => `/api/people/${regionId}/${personId}`;
const today = (): string => new Date().toISOString().slice(0, 10);
const standsAs = ({ place: { placeId }, householdId, sex, bornOn, state }: PersonRecord): Stands => ({
  placeId,
  householdId,
  sex,
  bornOn,
  state,
});
const says = (now: object, what: object): boolean =>
  Object.entries(what).every(([key, value]) => (now as Record<string, unknown>)[key] === value);

interface Change {
  readonly method?: 'PATCH';
  readonly path?: string;
  readonly body: object;
  readonly action: string;
  /** The line of her history that says so. */
  readonly kind: string;
  readonly after: object;
  readonly stands: Partial<Stands>;
}

/** What happens to somebody after she was registered. Each thing is sent until it is acknowledged, and what was acknowledged is kept here. */
export class Happenings {
  /** Lines of people's histories that must be there exactly once. */
  readonly history: { personId: string; kind: string; after: object }[] = [];
  /** How their records stand, of those of whom nothing is being sent. */
  readonly stands = new Map<string, Stands>();
  readonly merges: Merged[] = [];
  readonly requests = new Map<string, PersonRequest['state']>();
  readonly erased: Known[] = [];
  /** Erased, or perhaps erased. */
  readonly leaving = new Set<string>();
  readonly #at: Killable;
  readonly #sending: Sending;
  readonly #mali: Phone;
  readonly #kanya: Phone;
  readonly #villages: readonly TestPlace[];

  constructor(at: Killable, sending: Sending, phones: { readonly mali: Phone; readonly kanya: Phone }, villages: readonly TestPlace[]) {
    this.#at = at;
    this.#sending = sending;
    this.#mali = phones.mali;
    this.#kanya = phones.kanya;
    this.#villages = villages;
  }

  async #record(who: Known): Promise<PersonRecord> {
    const record = await this.#sending.read<PersonRecord>(this.#mali, addressOf(who));
    if (!record) throw new Error(`There is no record of ${who.personId}.`);
    return record;
  }

  async #changes(who: Known, { method, path = '', body, action, kind, after, stands }: Change): Promise<void> {
    const { personId } = who;
    const before = await this.#record(who);
    this.stands.delete(personId);
    await this.#sending.write(this.#mali, {
      ...(method && { method }),
      path: addressOf(who) + path,
      body: { ...body, version: before.version },
      entry: `${action} ${personId}`,
      look: async () => says(standsAs(await this.#record(who)), stands),
    });
    this.history.push({ personId, kind, after });
    this.stands.set(personId, { ...standsAs(before), ...stands });
  }

  #village(who: Known, further: number): string {
    const home = this.#villages.findIndex(({ placeId }) => placeId === who.placeId);
    return this.#villages[(home + further) % this.#villages.length]!.placeId;
  }

  /** Away alone, back into her household, and with all of it to a third village. */
  async moves(who: Known): Promise<void> {
    const { regionId, personId, householdId } = who;
    for (const to of [
      { placeId: this.#village(who, 1), householdId: null },
      { placeId: who.placeId, householdId },
    ])
      await this.#changes(who, {
        path: '/move',
        body: { ...to, onDate: today() },
        action: 'people.move',
        kind: 'moved',
        after: to,
        stands: to,
      });
    const path = `/api/households/${regionId}/${householdId}`,
      placeId = this.#village(who, 2);
    const home = await this.#sending.read<HouseholdRecord & { version: number }>(this.#mali, path);
    const before = this.stands.get(personId)!;
    this.stands.delete(personId);
    await this.#sending.write(this.#mali, {
      path: `${path}/move`,
      body: { placeId, onDate: today(), version: home?.version },
      entry: `people.move-household ${householdId}`,
      look: async () => (await this.#sending.read<HouseholdRecord>(this.#mali, path))?.place.placeId === placeId,
    });
    this.history.push({ personId, kind: 'moved', after: { placeId, householdId } });
    this.stands.set(personId, { ...before, placeId });
  }

  /** What was written down wrongly is set right, twice. */
  async isSetRight(who: Known): Promise<void> {
    const change = { method: 'PATCH', action: 'people.correct', kind: 'corrected' } as const;
    const bornOn = '1991-01-01';
    await this.#changes(who, { ...change, body: { sex: 1 }, after: { sex: 1, bornOn: who.bornOn }, stands: { sex: 1 } });
    await this.#changes(who, { ...change, body: { bornOn }, after: { sex: 1, bornOn }, stands: { bornOn } });
  }

  async comesAndGoes(who: Known): Promise<void> {
    for (const state of ['left', 'here', 'died'])
      await this.#changes(who, {
        path: '/state',
        body: { state, onDate: today() },
        action: 'people.state',
        kind: state === 'here' ? 'returned' : state,
        after: { state },
        stands: { state },
      });
  }

  /** Found to be alike, which the comparing would find within a minute or two. */
  async #pair(one: Known, other: Known): Promise<string> {
    const [a, b] = one.personId < other.personId ? [one, other] : [other, one];
    let pairId = '';
    await until(
      async () => {
        pairId = await this.#at
          .owner(async (db) => {
            const { rows } = await sql<{ id: string }>`
              insert into waymark.duplicate_pair as d (region_a, person_a, region_b, person_b, weight, probability, probable, reasons, place_a, place_b, seen_a, seen_b)
              values (${a.regionId}, ${a.personId}, ${b.regionId}, ${b.personId}, 12, 0.95, true, '[]', ${a.placeId}, ${b.placeId}, '', '')
              on conflict on constraint duplicate_pair_pkey do update set weight = d.weight returning pair_id as id`.execute(db);
            return rows[0]!.id;
          })
          .catch(() => '');
        return pairId !== '';
      },
      120_000,
      100,
    );
    return pairId;
  }

  /** The two become one record; taken back where `isUndone`. */
  async areJoined(stays: Known, other: Known, isUndone: boolean): Promise<void> {
    const path = `/api/people/duplicates/${await this.#pair(stays, other)}`;
    const pair = () => this.#sending.read<DuplicatePair>(this.#mali, path);
    const body = async () => {
      const { a, b, version } = (await pair())!;
      return { version, stays: a.personId === stays.personId ? 'a' : 'b', take: [], versions: { a: a.version, b: b.version } };
    };
    for (const { personId } of [stays, other]) this.stands.delete(personId);
    const merged = await this.#sending.write<{ mergeId: string }>(this.#mali, {
      path: `${path}/merge`,
      body: await body(),
      entry: `people.merge ${stays.personId}`,
      look: async () => (await pair())?.state === 'same',
      reload: body,
    });
    const merges = async () => (await this.#sending.read<{ merges: MergeView[] }>(this.#mali, `${addressOf(stays)}/merges`))!.merges;
    const mergeId = merged?.mergeId ?? (await merges())[0]!.mergeId;
    const one: Merged = { mergeId, stays: stays.personId, other: other.personId, undone: false };
    this.merges.push(one);
    if (!isUndone) return;
    one.undone = null;
    await this.#sending.write(this.#mali, {
      path: `${addressOf(stays)}/merges/${mergeId}/take-back`,
      entry: `people.unmerge ${stays.personId}`,
      look: async () => (await merges()).some((each) => each.mergeId === mergeId && each.undoneAt !== null),
    });
    one.undone = true;
  }

  async #ask(who: Known, kind: PersonRequest['kind'], more: object = {}): Promise<string> {
    const requestId = uuidv7();
    const body = { requestId, kind, byWhom: 'self', saidOn: today(), ...more };
    await this.#sending.write(this.#mali, { path: `${addressOf(who)}/requests`, body, entry: `requests.asked ${who.personId}` });
    this.requests.set(requestId, 'open');
    return requestId;
  }

  /** As Kanya, who sees the queue. */
  async #decide(who: Known, kind: PersonRequest['kind'], requestId: string, decision: 'granted' | 'refused' | 'done'): Promise<void> {
    this.requests.delete(requestId);
    const why = decision === 'refused' ? { ground: 'legal_obligation', citation: 'A made-up act, section 2' } : {};
    await this.#sending.write(this.#kanya, {
      path: `/api/data-protection/requests/${who.regionId}/${requestId}/decide`,
      body: { version: 1, decision, ...why },
      entry: `requests.${decision} ${who.personId}`,
      look: async () => {
        const queue = `/api/data-protection/requests?kind=${kind}&state=all&latestFirst=true&limit=200`;
        const page = await this.#sending.read<RequestPage>(this.#kanya, queue);
        return page?.rows.find((row) => row.requestId === requestId)?.state === decision;
      },
    });
    this.requests.set(requestId, decision);
  }

  /** Three requests: one done, one granted and taken back by herself, one refused. */
  async asks(who: Known): Promise<void> {
    await this.#decide(who, 'correction', await this.#ask(who, 'correction', { about: 'birth' }), 'done');
    const objection = await this.#ask(who, 'objection');
    await this.#decide(who, 'objection', objection, 'granted');
    this.requests.delete(objection);
    const path = `${addressOf(who)}/requests`;
    await this.#sending.write(this.#mali, {
      path: `${path}/${objection}/withdrawn`,
      body: { version: 2 },
      entry: `requests.withdrawn ${who.personId}`,
      look: async () => {
        const asked = await this.#sending.read<PersonRequest[]>(this.#mali, path);
        return asked?.find(({ requestId }) => requestId === objection)?.state === 'withdrawn';
      },
    });
    this.requests.set(objection, 'withdrawn');
    await this.#decide(who, 'erasure', await this.#ask(who, 'erasure'), 'refused');
  }

  /** Erased as Kanya erases, with the records joined to hers. */
  async isErased(who: Known, joined: readonly Known[] = []): Promise<void> {
    const requestId = await this.#ask(who, 'erasure');
    this.requests.delete(requestId);
    const all = [who, ...joined];
    for (const { personId } of all) {
      this.leaving.add(personId);
      this.stands.delete(personId);
    }
    await this.#sending.write(this.#kanya, {
      path: `/api/data-protection/requests/${who.regionId}/${requestId}/erase`,
      body: { version: 1, number: recordNumber(who.personId) },
      entry: `erasure ${who.personId}`,
      look: async () => (await this.#sending.read(this.#mali, addressOf(who))) === null,
    });
    this.erased.push(...all);
  }
}

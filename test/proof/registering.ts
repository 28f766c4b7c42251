// SPDX-License-Identifier: AGPL-3.0-or-later
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { expect } from 'vitest';
import { aBasis } from '../support/basis.ts';
import { Client } from '../support/client.ts';
import { makeDemoLand, type DemoLand } from '../support/demo-land.ts';
import { expectOnce } from './all-there-once.ts';
import { Happenings, type Known } from './happening.ts';
import { Imports, type Killable } from './killable.ts';
import { Phone, PutDown, Sending } from './phone.ts';

const writers = 10;

/** What was acknowledged, by id. */
export interface Saved {
  readonly people: Set<string>;
  readonly assessments: Set<string>;
  readonly consents: Set<string>;
}

const consent = (purpose: string) => ({
  eventId: uuidv7(),
  purpose,
  act: 'given',
  byWhom: 'self',
  way: 'spoken',
  observedAt: '2026-01-15T09:00:00Z',
});

let named = 0;
/** A made name that nobody else has. */
const newName = (): string => `Quill${[...String(named++).padStart(5, '0')].map((digit) => `${'bdfghklmnp'[Number(digit)]}a`).join('')}ne`;

export interface Prepared {
  /** So many come with a list before anything else, so that an answer about their province is followed in pieces. */
  readonly crowd?: number;
  /** Not only do people come: everything happens to them that is ever written down. */
  readonly everything?: boolean;
}

/** Ten phones that register households, visit them and write down what they agree to, each thing sent until it is acknowledged. */
export class Registering {
  readonly saved: Saved = { people: new Set(), assessments: new Set(), consents: new Set() };
  readonly sending = new Sending();
  readonly happened: Happenings;
  readonly #land: DemoLand;
  readonly #basisId: string;
  readonly #mali: Phone;
  readonly #kanya: Phone;
  readonly #everything: boolean;
  /** Of the crowd, whoever has not been erased. */
  readonly #listed: Known[];
  #failed: Promise<unknown> = Promise.resolve(null);
  /** Answers about places. */
  places = 0;

  private constructor(at: Killable, land: DemoLand, basisId: string, phones: { mali: Phone; kanya: Phone }, listed: Known[], all: boolean) {
    this.#land = land;
    this.#basisId = basisId;
    this.#mali = phones.mali;
    this.#kanya = phones.kanya;
    this.#listed = listed;
    this.#everything = all;
    this.happened = new Happenings(at, this.sending, phones, [...land.eastVillages, ...land.westVillages]);
  }

  /** Makes a land where people are kept, and Mali, its coordinator, who is reached at `address` as is Kanya, its data protection officer. */
  static async prepare(at: Killable, address: string, { crowd = 0, everything = false }: Prepared = {}): Promise<Registering> {
    const [land, basisId, listBasis] = await at.owner(async (db) => {
      const made = [await makeDemoLand(db), await aBasis(db, { needsConsent: true }), await aBasis(db)] as const;
      await sql`update waymark.installation set people_kept = true`.execute(db);
      await sql`insert into waymark.installation (installation_id, is_demo, people_kept) values (${uuidv7()}, false, true) on conflict do nothing`.execute(
        db,
      );
      return made;
    });
    const account = async (userName: string, role: string, placeId: string | null): Promise<string> => {
      const asked = { userName, displayName: userName, role, placeId };
      return (await (await at.nok()).post<{ password: string }>('/api/accounts', asked)).body.password;
    };
    const [malis, kanyas] = [
      await account('mali', 'coordinator', land.province.placeId),
      await account('kanya', 'data_protection_officer', null),
    ];
    const phones = { mali: new Phone(address, 'mali', malis), kanya: new Phone(address, 'kanya', kanyas) };
    const listed = crowd === 0 ? [] : await bringCrowd(at, await new Client(at.address).signIn('mali', malis), land, listBasis, crowd);
    return new Registering(at, land, basisId, phones, listed, everything);
  }

  get signIns(): number {
    return this.#mali.signIns + this.#kanya.signIns;
  }

  get sentAgain(): number {
    return this.sending.sentAgain;
  }

  begin(): void {
    this.sending.stopped = false;
    const work = Array.from({ length: writers }, (_, nth) => this.#work(nth));
    if (this.#everything) work.push(this.#erase(), this.#askAboutPlaces());
    this.#failed = Promise.all(
      work.map((each) =>
        each.catch((error: unknown) => {
          this.sending.stopped ||= !(error instanceof PutDown);
          if (!(error instanceof PutDown)) throw error;
        }),
      ),
    ).then(
      () => null,
      (error: unknown) => error,
    );
  }

  /** Why one of them gave up; null where none did. */
  async stop(): Promise<unknown> {
    this.sending.stopped = true;
    return this.#failed;
  }

  /** Somebody alone in a household of her own. */
  async #register(n: number, name = newName()): Promise<Known> {
    const { eastVillages, westVillages, east } = this.#land,
      villages = [...eastVillages, ...westVillages];
    const [personId, householdId, said, bornOn] = [uuidv7(), uuidv7(), consent('register'), '1990-01-01'];
    const identity = { names: [{ kind: 'official', full: name }], phones: [], documents: [] };
    const member = { personId, sex: 2, bornOn, bornPrecision: 1, identity, consents: [said] };
    const placeId = villages[n % villages.length]!.placeId;
    const body = { householdId, placeId, basisId: this.#basisId, members: [member] };
    await this.sending.write(this.#mali, { path: '/api/people', body, entry: `people.register ${householdId}` });
    this.saved.people.add(personId);
    this.saved.consents.add(said.eventId);
    return {
      regionId: east.regionId,
      personId,
      name,
      householdId,
      placeId,
      bornOn,
      assessments: [],
      consents: [said.eventId],
    };
  }

  async #assess(subjectKind: 'person' | 'place', subject: { regionId: number; id: string }, more: object): Promise<string> {
    const assessmentId = uuidv7();
    const body = {
      assessmentId,
      subjectKind,
      subjectId: subject.id,
      regionId: subject.regionId,
      instrument: 'household-28',
      observedAt: new Date().toISOString(),
      ...more,
    };
    await this.sending.write(this.#mali, { path: '/api/assessments', body, entry: `assessments.record ${assessmentId}` });
    this.saved.assessments.add(assessmentId);
    return assessmentId;
  }

  /** Registered, visited three times, and asked once more; the last visit is set right where everything happens. */
  async #meet(n: number): Promise<Known> {
    const who = await this.#register(n);
    const subject = { regionId: who.regionId, id: who.personId };
    const assessments: string[] = [];
    for (const score of [1, 3, 2]) assessments.push(await this.#assess('person', subject, { answers: { school_attendance: score } }));
    const more = consent('contact');
    const path = `/api/people/${who.regionId}/${who.personId}/consents`;
    await this.sending.write(this.#mali, { path, body: more, entry: `consent.given ${who.personId}` });
    this.saved.consents.add(more.eventId);
    if (this.#everything)
      assessments.push(await this.#assess('person', subject, { answers: { school_attendance: 1 }, supersedes: assessments.at(-1) }));
    return { ...who, assessments, consents: [...who.consents, more.eventId] };
  }

  /** Each phone begins with something else. */
  async #work(nth: number): Promise<void> {
    for (let n = nth; !this.sending.stopped; n++) {
      const who = await this.#meet(n);
      if (this.#everything) await this.#happensTo(who, n);
    }
  }

  async #happensTo(who: Known, n: number): Promise<void> {
    const { happened } = this;
    switch (n % 6) {
      case 0:
        return happened.moves(who);
      case 1:
        return happened.isSetRight(who);
      case 2:
        return happened.comesAndGoes(who);
      case 3:
      case 4: {
        const other = await this.#register(n + 1, who.name!);
        await this.#assess('person', { regionId: other.regionId, id: other.personId }, { answers: { stigma_or_past_exploitation: 2 } });
        return happened.areJoined(who, other, n % 6 === 3);
      }
      default:
        return happened.asks(who);
    }
  }

  /** One after the other: somebody whom nothing else happened to, somebody with the record joined to hers, somebody who came with a list. */
  async #erase(): Promise<void> {
    for (let n = 0; !this.sending.stopped; n++) {
      const listed = n % 3 === 2 ? this.#listed.pop() : undefined;
      const who = listed ?? (await this.#meet(n));
      const joined = n % 3 === 1 ? [await this.#register(n + 1, who.name!)] : [];
      for (const other of joined) await this.happened.areJoined(who, other, false);
      for (const { personId, assessments, consents } of [who, ...joined]) {
        this.saved.people.delete(personId);
        for (const each of assessments) this.saved.assessments.delete(each);
        for (const each of consents) this.saved.consents.delete(each);
      }
      await this.happened.isErased(who, joined);
    }
  }

  /** Of a village, a district and the province, each of which concerns everybody there. */
  async #askAboutPlaces(): Promise<void> {
    const { province, east, west, eastVillages } = this.#land;
    for (let n = 0; !this.sending.stopped; n++) {
      const place = [province, east, eastVillages[0], west][n % 4]!;
      await this.#assess('place', { regionId: place.regionId, id: place.placeId }, { answers: { place_shock: 1 + (n % 3) } });
      this.places++;
      await sleep(4000);
    }
  }

  /** Whatever was acknowledged is there once, and nothing is there by half (`all-there-once.ts`). */
  async expectAllThereOnce(at: Killable): Promise<void> {
    await expectOnce(at, this);
  }
}

/** Comes with a list, in households of four, with names and answers. */
async function bringCrowd(at: Killable, mali: Client, land: DemoLand, basisId: string, people: number): Promise<Known[]> {
  const villages = [...land.eastVillages, ...land.westVillages];
  const lines = Array.from({ length: people }, (_, n) => {
    const bornOn = `${1960 + (n % 60)}-${String(1 + (n % 12)).padStart(2, '0')}-11`;
    return `${n},${Math.floor(n / 4)},${villages[Math.floor(n / 4) % 4]!.code},${newName()},${n % 2 ? 'm' : 'f'},${bornOn},${1 + (n % 3)}`;
  });
  const mapping = `kind: people
country: XA
source: Watch group of East Bay
basis: ${basisId}
place: { columns: [village] }
household: { column: house }
id: { column: no }
sex: { column: sex, map: { f: female, m: male } }
born: { date: { column: born } }
names: [{ full: name, language: en }]
instrument: household-28
observed: { date: "${new Date(Date.now() - 30 * 86_400_000).toISOString().slice(0, 10)}" }
indicators:
  school_attendance: { column: school }
`;
  const imports = new Imports(() => Promise.resolve(mali));
  const content = `no,house,village,name,sex,born,school\n${lines.join('\n')}\n`;
  const state = await imports.ends(await imports.send([{ field: 'file', name: 'list.csv', content }], 'people', mapping));
  expect(state).toMatchObject({ state: 'done', report: { taken: people, rejected: 0 } });
  return at.owner(async (db) => {
    const { rows } = await sql<Pick<Known, 'regionId' | 'personId' | 'householdId' | 'placeId' | 'bornOn'>>`
      select region_id as "regionId", person_id as "personId", household_id as "householdId", place_id as "placeId", born_on::text as "bornOn"
      from waymark.person order by person_id limit 200`.execute(db);
    return rows.map((row) => ({ ...row, name: null, assessments: [], consents: [] }));
  });
}

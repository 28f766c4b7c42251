// SPDX-License-Identifier: AGPL-3.0-or-later
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { expect } from 'vitest';
import { recount } from '../../src/risk/server/index.ts';
import { aBasis } from '../support/basis.ts';
import { Client } from '../support/client.ts';
import { makeDemoLand, type DemoLand } from '../support/demo-land.ts';
import { type Killable, until } from './killable.ts';

const writers = 10;

/** What was acknowledged, by id. */
interface Saved {
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

/** Ten phones that register households, visit them and write down what they agree to, each thing sent until it is acknowledged. */
export class Registering {
  readonly saved: Saved = { people: new Set(), assessments: new Set(), consents: new Set() };
  readonly #land: DemoLand;
  readonly #basisId: string;
  readonly #mali: Mali;
  #stopped = false;
  #failed: Promise<unknown> = Promise.resolve(null);
  /** Sent, and no answer came, or one that said "not now". */
  sentAgain = 0;

  private constructor(land: DemoLand, basisId: string, mali: Mali) {
    this.#land = land;
    this.#basisId = basisId;
    this.#mali = mali;
  }

  /** Makes a land where people are kept, and Mali, its coordinator, who is reached at `address`. */
  static async prepare(at: Killable, address: string): Promise<Registering> {
    const [land, basisId] = await at.owner(async (db) => {
      const made = [await makeDemoLand(db), await aBasis(db, { needsConsent: true })] as const;
      await sql`update waymark.installation set people_kept = true`.execute(db);
      await sql`insert into waymark.installation (installation_id, is_demo, people_kept) values (${uuidv7()}, false, true) on conflict do nothing`.execute(
        db,
      );
      return made;
    });
    const asked = { userName: 'mali', displayName: 'Mali', role: 'coordinator', placeId: land.province.placeId };
    const made = await (await at.nok()).post<{ password: string }>('/api/accounts', asked);
    return new Registering(land, basisId, new Mali(address, made.body.password));
  }

  get signIns(): number {
    return this.#mali.signIns;
  }

  begin(): void {
    this.#stopped = false;
    this.#failed = Promise.all(Array.from({ length: writers }, () => this.#work())).then(
      () => null,
      (error: unknown) => error,
    );
  }

  /** Why one of them gave up; null where none did. */
  async stop(): Promise<unknown> {
    this.#stopped = true;
    return this.#failed;
  }

  /** The very same each time, as a phone with a bad connection does. */
  async #insist(path: string, body: object): Promise<boolean> {
    for (;;) {
      const answer = await this.#mali.post(path, body);
      if (answer?.status === 201) return true;
      if (answer !== null && answer.status < 500 && answer.status !== 429) throw new Error(`${path}: ${answer.status} ${answer.text}`);
      this.sentAgain++;
      if (this.#stopped) return false;
      await sleep(50 + Math.random() * 150);
    }
  }

  async #work(): Promise<void> {
    const { eastVillages, westVillages, east } = this.#land,
      villages = [...eastVillages, ...westVillages],
      { regionId } = east;
    for (let n = 0; !this.#stopped; n++) {
      const personId = uuidv7(),
        said = consent('register');
      const identity = { names: [{ kind: 'official', full: `Invented ${n}` }], phones: [], documents: [] };
      const member = { personId, sex: 2, bornOn: '1990-01-01', bornPrecision: 1, identity, consents: [said] };
      const placeId = villages[n % villages.length]?.placeId;
      if (!(await this.#insist('/api/people', { householdId: uuidv7(), placeId, basisId: this.#basisId, members: [member] }))) return;
      this.saved.people.add(personId);
      this.saved.consents.add(said.eventId);
      for (const score of [1, 3, 2] as const) {
        const assessmentId = uuidv7();
        const visit = {
          assessmentId,
          subjectKind: 'person',
          subjectId: personId,
          regionId,
          instrument: 'household-28',
          answers: { school_attendance: score },
          observedAt: new Date().toISOString(),
        };
        if (!(await this.#insist('/api/assessments', visit))) return;
        this.saved.assessments.add(assessmentId);
      }
      const more = consent('contact');
      if (!(await this.#insist(`/api/people/${regionId}/${personId}/consents`, more))) return;
      this.saved.consents.add(more.eventId);
    }
  }

  /**
   * Whatever was acknowledged is there once, in the record of use too; nobody is there without her name, her consent and her entry in the record,
   * also of those whose answer never arrived; figures equal a recount.
   */
  async expectAllThereOnce(at: Killable): Promise<void> {
    for (const [what, from, id] of [
      ['people', 'person', 'person_id::text'],
      ['assessments', 'assessment', 'assessment_id::text'],
      ['consents', 'consent_event', 'event_id::text'],
      ['people', `audit_entry, jsonb_array_elements_text(detail->'people') one where action = 'people.register'`, 'one'],
      ['assessments', `audit_entry where action = 'assessments.record'`, `detail->>'assessmentId'`],
    ] as const) {
      const there = await at.owner(async (db) => {
        const { rows } = await sql<{ id: string; n: number }>`
          select ${sql.raw(id)} as id, count(*)::int as n from waymark.${sql.raw(from)} group by 1`.execute(db);
        return new Map(rows.map((row) => [row.id, row.n]));
      });
      expect([from, [...this.saved[what]].filter((each) => there.get(each) !== 1)]).toEqual([from, []]);
    }
    // What a clock gone wrong put off comes round by itself, once it is right again.
    await until(async () => (await at.owner((db) => recount(db))).length === 0, 180_000, 1000).catch(() => {});
    expect(await at.owner((db) => recount(db))).toEqual([]);
    const { rows } = await at.owner((db) =>
      sql<{ bare: number }>`
      select count(*)::int as bare from waymark.person p
      where not exists (select from waymark.identity i where i.person_id = p.person_id) or not exists (select from waymark.consent_event c where c.person_id = p.person_id)
        or not exists (select from waymark.person_event e where e.person_id = p.person_id and e.kind = 'registered')
        or not exists (select from waymark.audit_entry a where a.action = 'people.register' and a.detail->'people' ? p.person_id::text)`.execute(
        db,
      ),
    );
    expect(rows[0]?.bare).toBe(0);
  }
}

/** Signed in, and signed in anew where the clock has let her session end. */
class Mali {
  readonly #address: string;
  readonly #password: string;
  #client: Client | null = null;
  #signing: Promise<Client | null> | null = null;
  signIns = 0;

  constructor(address: string, password: string) {
    this.#address = address;
    this.#password = password;
  }

  /** Null where no answer came. */
  async post(path: string, body: object): Promise<{ status: number; text: string } | null> {
    const client = this.#client ?? (await (this.#signing ??= this.#signIn()));
    const answer = (await client?.post(path, body).catch(() => null)) ?? null;
    if (answer?.status !== 401) return answer;
    if (this.#client === client) this.#client = null;
    return null;
  }

  async #signIn(): Promise<Client | null> {
    try {
      this.#client = await new Client(this.#address).signIn('mali', this.#password);
      this.signIns++;
      return this.#client;
    } catch {
      return null;
    } finally {
      this.#signing = null;
    }
  }
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recount } from '../../src/risk/server/index.ts';
import { aBasis } from '../support/basis.ts';
import { Client } from '../support/client.ts';
import { makeDemoLand, type DemoLand } from '../support/demo-land.ts';
import { BadLine } from './bad-line.ts';
import { ill, Killable, until, victims } from './killable.ts';

/**
 * A register under load. Killed again and again: the application, the database, both at once. Between the kills the line to people's phones is cut,
 * the connections to the database are, and the server's clock jumps. Every write that was acknowledged is there once, one that was not may be
 * there once or not at all, figures equal a recount, and the record of use is whole and has each write once.
 */
const rounds = Number(process.env['WAYMARK_PROOF_ROUNDS'] ?? 50),
  writers = 10;
const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const clock = join(mkdtempSync(join(tmpdir(), 'waymark-proof-')), 'clock');
const at = new Killable(4386, { NODE_OPTIONS: `--import=${join(import.meta.dirname, 'jumping-clock.ts')}`, WAYMARK_PROOF_CLOCK: clock }),
  line = new BadLine(4386);
let land: DemoLand, basisId: string, mali: Mali;

beforeAll(async () => {
  setClock(0);
  await at.begin();
  await at.owner(async (db) => {
    land = await makeDemoLand(db);
    basisId = await aBasis(db, { needsConsent: true });
    await sql`update waymark.installation set people_kept = true`.execute(db);
    await sql`insert into waymark.installation (installation_id, is_demo, people_kept) values (${uuidv7()}, false, true) on conflict do nothing`.execute(
      db,
    );
  });
  const made = await (
    await at.nok()
  ).post<{ password: string }>('/api/accounts', {
    userName: 'mali',
    displayName: 'Mali',
    role: 'coordinator',
    placeId: land.province.placeId,
  });
  mali = new Mali(await line.open(), made.body.password);
});
afterAll(async () => {
  line.close();
  await at.end();
  rmSync(dirname(clock), { recursive: true, force: true });
});

function setClock(milliseconds: number): void {
  writeFileSync(clock, String(milliseconds));
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

interface Saved {
  readonly people: Set<string>;
  readonly assessments: Set<string>;
  readonly consents: Set<string>;
  /** Sent, and cut off before an answer came. */
  unanswered: number;
}

const consent = (purpose: string) => ({
  eventId: uuidv7(),
  purpose,
  act: 'given',
  byWhom: 'self',
  way: 'spoken',
  observedAt: '2026-01-15T09:00:00Z',
});

/** Sends until it is acknowledged, the very same each time, as a phone with a bad connection does. */
async function insist(path: string, body: object, saved: Saved, stop: () => boolean): Promise<boolean> {
  for (;;) {
    const answer = await mali.post(path, body);
    if (answer?.status === 201) return true;
    if (answer !== null && answer.status < 500 && answer.status !== 429) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    saved.unanswered++;
    if (stop()) return false;
    await sleep(50 + Math.random() * 150);
  }
}

async function work(saved: Saved, stop: () => boolean): Promise<void> {
  const villages = [...land.eastVillages, ...land.westVillages],
    regionId = land.east.regionId;
  for (let n = 0; !stop(); n++) {
    const personId = uuidv7(),
      said = consent('register');
    const identity = { names: [{ kind: 'official', full: `Invented ${n}` }], phones: [], documents: [] };
    const member = { personId, sex: 2, bornOn: '1990-01-01', bornPrecision: 1, identity, consents: [said] };
    const household = { householdId: uuidv7(), placeId: villages[n % villages.length]?.placeId, basisId, members: [member] };
    if (!(await insist('/api/people', household, saved, stop))) return;
    saved.people.add(personId);
    saved.consents.add(said.eventId);
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
      if (!(await insist('/api/assessments', visit, saved, stop))) return;
      saved.assessments.add(assessmentId);
    }
    const more = consent('contact');
    if (!(await insist(`/api/people/${regionId}/${personId}/consents`, more, saved, stop))) return;
    saved.consents.add(more.eventId);
  }
}

/** How far off the server's clock is, one jump after the other; forward beyond the end of a session, and never back by more than a day. */
const jumps = [20 * minute, -3 * hour, 36 * hour, 0, 40 * day, -20 * hour];
let jumped = 0,
  cut = 0;
const disturbances: readonly (() => Promise<unknown> | void)[] = [
  () => void (cut += line.cut()),
  () =>
    at.owner((db) =>
      sql<{ pid: number }>`select pid from pg_stat_activity where application_name like 'waymark%' and pid <> pg_backend_pid()`
        .execute(db)
        .then(({ rows }) => rows.forEach(({ pid }) => process.kill(pid, 'SIGTERM'))),
    ),
  () => setClock(jumps[jumped++ % jumps.length]!),
];

async function kept(table: string, id: string): Promise<Map<string, number>> {
  const { rows } = await at.owner((db) =>
    sql<{ id: string; n: number }>`select ${sql.raw(id)} as id, count(*)::int as n from waymark.${sql.raw(table)} group by 1`.execute(db),
  );
  return new Map(rows.map(({ id: key, n }) => [key, n]));
}

describe(`A register under load, killed ${rounds} times`, () => {
  it('keeps every acknowledged write once, figures that equal a recount, and a whole record of use', async () => {
    const saved: Saved = { people: new Set(), assessments: new Set(), consents: new Set(), unanswered: 0 };
    let stopped = false;
    const failed = Promise.all(Array.from({ length: writers }, () => work(saved, () => stopped))).then(
      () => null,
      (error: unknown) => error,
    );
    for (let round = 0; round < rounds; round++) {
      await sleep(500 + Math.random() * 1500);
      await disturbances[round % disturbances.length]?.();
      await sleep(500 + Math.random() * 1500);
      await at.kill(victims[round % victims.length]!);
    }
    setClock(0);
    await sleep(1000);
    stopped = true;
    expect(await failed).toBeNull();
    for (const [what, table, id] of [
      ['people', 'person', 'person_id::text'],
      ['assessments', 'assessment', 'assessment_id::text'],
      ['consents', 'consent_event', 'event_id::text'],
      ['assessments', `audit_entry where action = 'assessments.record'`, `detail->>'assessmentId'`],
    ] as const) {
      const there = await kept(table, id);
      expect([table, [...saved[what]].filter((each) => there.get(each) !== 1)]).toEqual([table, []]);
    }
    // What a clock gone wrong put off comes round by itself, once it is right again.
    await until(async () => (await at.owner((db) => recount(db))).length === 0, 180_000, 1000).catch(() => {});
    expect(await at.owner((db) => recount(db))).toEqual([]);
    // Nobody without her name, her consent and her entry in the record, also of those whose answer never arrived.
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
    expect(ill(await at.doctor())).toEqual([]);
    console.log(
      `${rounds} kills, ${cut} lines cut, ${jumped} jumps of the clock, ${mali.signIns} sign-ins: ${saved.people.size} people, ${saved.assessments.size} visits, ${saved.consents.size} consents acknowledged, none lost or doubled; ${saved.unanswered} sent again`,
    );
    expect(saved.assessments.size).toBeGreaterThan(rounds * 5);
  }, 1_800_000);
});

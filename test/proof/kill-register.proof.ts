// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runningCluster } from '../../src/platform/server/cluster.ts';
import { openDb, openPool } from '../../src/platform/server/db.ts';
import { urlsOfRunning } from '../../src/platform/server/roles.ts';
import { recount } from '../../src/risk/server/index.ts';
import { aBasis } from '../support/basis.ts';
import { Client } from '../support/client.ts';
import { makeDemoLand, type DemoLand } from '../support/demo-land.ts';
import { passwordsAreEnough } from '../support/second-proof.ts';
import { waymark, type Run } from './support.ts';

/**
 * A register under load, killed again and again: the application, the database, both at once, connections cut. Every write that was
 * acknowledged is there once, one that was not may be there once or not at all, figures equal a recount, and the record of use is whole.
 */
const rounds = Number(process.env['WAYMARK_PROOF_ROUNDS'] ?? 50),
  writers = 6,
  port = 4386,
  address = `http://127.0.0.1:${port}`,
  password = 'quiet-heron-lamp-7';
let folder: string, data: string, server: Run, land: DemoLand, basisId: string;

async function asOwner<T>(fn: (db: ReturnType<typeof openDb>) => Promise<T>): Promise<T> {
  const pool = openPool(urlsOfRunning(runningCluster(data)!).owner, { max: 1 });
  try {
    return await fn(openDb(pool));
  } finally {
    await pool.end();
  }
}

const start = async (): Promise<void> => {
  server = waymark(['start', '--no-demo', '--port', String(port), '--data', data, '--key-file', join(folder, 'key')]);
  await server.waitFor('Waymark is ready');
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-proof-'));
  data = join(folder, 'data');
  await start();
  const code = /\S+$/.exec(await server.waitFor('set-up code'))?.[0] ?? '';
  await new Client(address).post('/api/setup', { code, userName: 'nok', displayName: 'Nok', password });
  await asOwner(async (db) => {
    await passwordsAreEnough(db);
    land = await makeDemoLand(db);
    basisId = await aBasis(db, { needsConsent: true });
    await sql`update waymark.installation set people_kept = true`.execute(db);
    await sql`insert into waymark.installation (installation_id, is_demo, people_kept) values (${uuidv7()}, false, true) on conflict do nothing`.execute(
      db,
    );
  });
  const nok = await new Client(address).signIn('nok', password);
  const made = await nok.post<{ password: string }>('/api/accounts', {
    userName: 'mali',
    displayName: 'Mali',
    role: 'coordinator',
    placeId: land.province.placeId,
  });
  malisPassword = made.body.password;
});
let malisPassword: string;
afterAll(async () => {
  server?.child.kill('SIGINT');
  await server?.ended;
  rmSync(folder, { recursive: true, force: true });
});

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
async function insist(client: Client, path: string, body: object, saved: Saved, stop: () => boolean): Promise<boolean> {
  for (let tries = 0; ; tries++) {
    const answer = await client.post(path, body).catch(() => null);
    if (answer?.status === 201) return true;
    if (answer !== null && answer.status < 500) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    saved.unanswered++;
    if (stop()) return false;
    await sleep(Math.min(50 * 2 ** tries, 1000));
  }
}

async function work(client: Client, saved: Saved, stop: () => boolean): Promise<void> {
  const villages = [...land.eastVillages, ...land.westVillages];
  for (let n = 0; !stop(); n++) {
    const personId = uuidv7(),
      regionId = land.east.regionId,
      said = consent('register');
    const identity = { names: [{ kind: 'official', full: `Invented ${n}` }], phones: [], documents: [] };
    const member = { personId, sex: 2, bornOn: '1990-01-01', bornPrecision: 1, identity, consents: [said] };
    const household = { householdId: uuidv7(), placeId: villages[n % villages.length]?.placeId, basisId, members: [member] };
    if (!(await insist(client, '/api/people', household, saved, stop))) return;
    saved.people.add(personId);
    saved.consents.add(said.eventId);
    for (const score of [1, 3] as const) {
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
      if (!(await insist(client, '/api/assessments', visit, saved, stop))) return;
      saved.assessments.add(assessmentId);
    }
    const more = consent('contact');
    if (!(await insist(client, `/api/people/${regionId}/${personId}/consents`, more, saved, stop))) return;
    saved.consents.add(more.eventId);
  }
}

const pidOfServer = () => (JSON.parse(readFileSync(join(data, 'waymark.lock'), 'utf8')) as { pid: number }).pid;
const healthy = async () => (await fetch(`${address}/healthz`).catch(() => null))?.ok === true;
const wells = { timeout: 120_000, interval: 50 };

const blows: Record<string, () => Promise<void>> = {
  async application() {
    const pid = pidOfServer();
    server.child.kill('SIGKILL');
    process.kill(pid, 'SIGKILL');
    await server.ended;
    await start();
  },
  async database() {
    const before = runningCluster(data)?.pid ?? 0;
    process.kill(before, 'SIGKILL');
    await expect.poll(async () => (runningCluster(data)?.pid ?? before) !== before && (await healthy()), wells).toBe(true);
  },
  async both() {
    const victims = [pidOfServer(), runningCluster(data)?.pid ?? 0];
    for (const victim of victims) process.kill(victim, 'SIGKILL');
    server.child.kill('SIGKILL');
    await server.ended;
    await start();
  },
  async connections() {
    await asOwner(async (db) => {
      await sql`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'waymark_app'`.execute(db).catch(async () => {
        // The owner may end only its own: a connection that loses its socket is the same to the application.
        const { rows } = await sql<{
          pid: number;
        }>`select pid from pg_stat_activity where application_name like 'waymark%' and pid <> pg_backend_pid()`.execute(db);
        for (const { pid } of rows) process.kill(pid, 'SIGTERM');
      });
    });
    await expect.poll(healthy, wells).toBe(true);
  },
};

async function kept(table: string, id: string): Promise<Map<string, number>> {
  const { rows } = await asOwner((db) =>
    sql<{ id: string; n: number }>`select ${sql.ref(id)}::text as id, count(*)::int as n from waymark.${sql.raw(table)} group by 1`.execute(
      db,
    ),
  );
  return new Map(rows.map(({ id: key, n }) => [key, n]));
}

describe(`A register under load, ${rounds} blows`, () => {
  it('keeps every acknowledged write once, figures that equal a recount, and a whole record of use', async () => {
    const saved: Saved = { people: new Set(), assessments: new Set(), consents: new Set(), unanswered: 0 };
    let stopped = false;
    // Signed in once: a session outlives every blow.
    const mali = await new Client(address).signIn('mali', malisPassword);
    const working = Array.from({ length: writers }, () => work(mali, saved, () => stopped));
    const failed = Promise.all(working).then(
      () => null,
      (error: unknown) => error,
    );
    const kinds = Object.keys(blows);
    for (let round = 0; round < rounds; round++) {
      await sleep(150 + Math.random() * 700);
      await blows[kinds[round % kinds.length] ?? 'both']?.();
    }
    await sleep(1000);
    stopped = true;
    expect(await failed).toBeNull();
    for (const [what, table, id] of [
      ['people', 'person', 'person_id'],
      ['assessments', 'assessment', 'assessment_id'],
      ['consents', 'consent_event', 'event_id'],
    ] as const) {
      const there = await kept(table, id);
      expect([...saved[what]].filter((each) => there.get(each) !== 1)).toEqual([]);
    }
    expect(await asOwner((db) => recount(db))).toEqual([]);
    // Nobody without her name, her consent and her entry in the record, also of those whose answer never arrived.
    const { rows } = await asOwner((db) =>
      sql<{ bare: number }>`
      select count(*)::int as bare from waymark.person p
      where not exists (select from waymark.identity i where i.person_id = p.person_id) or not exists (select from waymark.consent_event c where c.person_id = p.person_id)
        or not exists (select from waymark.person_event e where e.person_id = p.person_id and e.kind = 'registered')
        or not exists (select from waymark.audit_entry a where a.action = 'people.register' and a.detail->'people' ? p.person_id::text)`.execute(
        db,
      ),
    );
    expect(rows[0]?.bare).toBe(0);
    const doctor = waymark(['doctor', '--data', data, '--key-file', join(folder, 'key'), '--json']);
    await doctor.ended;
    const { findings } = JSON.parse(doctor.lines.join('\n').replace(/^[^{]*/, '')) as {
      findings: { state: string; what: string; detail: string }[];
    };
    expect(findings.filter(({ state }) => state === 'ill')).toEqual([]);
    console.log(
      `${rounds} blows: ${saved.people.size} people, ${saved.assessments.size} visits, ${saved.consents.size} consents acknowledged, none lost or doubled; ${saved.unanswered} sent again`,
    );
  }, 1_200_000);
});

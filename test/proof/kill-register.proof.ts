// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BadLine } from './bad-line.ts';
import { ill, Killable, victims } from './killable.ts';
import { Registering } from './registering.ts';

/**
 * A register under load. Killed again and again: the application, the database, both at once. Between the kills the line to people's phones is cut,
 * the connections to the database are, and the server's clock jumps. Every write that was acknowledged is there once, one that was not may be
 * there once or not at all, figures equal a recount, and the record of use is whole and has each write once.
 */
const rounds = Number(process.env['WAYMARK_PROOF_ROUNDS'] ?? 50);
const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const clock = join(mkdtempSync(join(tmpdir(), 'waymark-proof-')), 'clock');
const at = new Killable(4386, { NODE_OPTIONS: `--import=${join(import.meta.dirname, 'jumping-clock.ts')}`, WAYMARK_PROOF_CLOCK: clock }),
  line = new BadLine(4386);
let phones: Registering;

beforeAll(async () => {
  setClock(0);
  await at.begin();
  phones = await Registering.prepare(at, await line.open());
});
afterAll(async () => {
  line.close();
  await at.end();
  rmSync(dirname(clock), { recursive: true, force: true });
});

function setClock(milliseconds: number): void {
  writeFileSync(clock, String(milliseconds));
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

describe(`A register under load, killed ${rounds} times`, () => {
  it('keeps every acknowledged write once, figures that equal a recount, and a whole record of use', async () => {
    phones.begin();
    for (let round = 0; round < rounds; round++) {
      await sleep(500 + Math.random() * 1500);
      await disturbances[round % disturbances.length]?.();
      await sleep(500 + Math.random() * 1500);
      await at.kill(victims[round % victims.length]!);
    }
    setClock(0);
    await sleep(1000);
    expect(await phones.stop()).toBeNull();
    await phones.expectAllThereOnce(at);
    expect(ill(await at.doctor())).toEqual([]);
    const { people, assessments, consents } = phones.saved;
    console.log(
      `${rounds} kills, ${cut} lines cut, ${jumped} jumps of the clock, ${phones.signIns} sign-ins: ${people.size} people, ${assessments.size} visits, ${consents.size} consents acknowledged, none lost or doubled; ${phones.sentAgain} sent again`,
    );
    expect(assessments.size).toBeGreaterThan(rounds * 5);
  }, 1_800_000);
});

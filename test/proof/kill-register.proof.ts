// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readList } from '../../src/people/server/erasure/lists.ts';
import { BadLine } from './bad-line.ts';
import { ill, Killable, until, victims, type Victim } from './killable.ts';
import { Registering } from './registering.ts';

/**
 * A register under load, in which everything happens that is ever written down about people. Killed again and again: the application, the database, both
 * at once; each fifth time while somebody is being erased, when she stands in the lists outside the database and that is not committed. Between the kills
 * the line to people's phones is cut, the connections to the database are, and the server's clock jumps. Every write that was acknowledged is there once,
 * one that was not may be there once or not at all, figures and lists equal a recount, and the record of use is whole and has each write once.
 */
const rounds = Number(process.env['WAYMARK_PROOF_ROUNDS'] ?? 50);
const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const folder = mkdtempSync(join(tmpdir(), 'waymark-proof-')),
  clock = join(folder, 'clock'),
  stop = join(folder, 'stop'),
  stopped = `${stop}.reached`;
const loaded = ['jumping-clock.ts', 'stop-before-commit.ts'].map((file) => `--import=${join(import.meta.dirname, file)}`);
const at = new Killable(4386, { NODE_OPTIONS: loaded.join(' '), WAYMARK_PROOF_CLOCK: clock, WAYMARK_PROOF_STOP: stop }),
  line = new BadLine(4386);
let phones: Registering;

beforeAll(async () => {
  setClock(0);
  await at.begin();
  phones = await Registering.prepare(at, await line.open(), { crowd: 1600, everything: true });
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

/** Erased by the next start, because the lists said so; and those whom the database alone forgot, whom somebody had to erase once more. */
const between = { start: 0, again: 0 };

/** How often somebody is in the register, and how often a start erased her. */
const found = (personId: string): Promise<{ here: number; replayed: number }> =>
  at.owner(async (db) => {
    const { rows } = await sql<{ here: number; replayed: number }>`
      select (select count(*)::int from waymark.person where person_id = ${personId}) as here,
        (select count(*)::int from waymark.audit_entry where action = 'erasure.replayed' and subject = ${personId}) as replayed`.execute(
      db,
    );
    return rows[0]!;
  });

/** Kills while somebody's erasure stands in the lists outside the database and is not committed. */
async function killWhileErasing(victim: Victim): Promise<void> {
  writeFileSync(stop, '');
  await until(() => Promise.resolve(existsSync(stopped)), 60_000, 5);
  const { lines } = await readList(`${at.keyFile}.erasures`);
  const { personId } = lines.at(-1)!;
  expect(await found(personId)).toEqual({ here: 1, replayed: 0 });
  const killed = at.kill(victim);
  // The program that waits there is gone, or has lost its database.
  if (victim !== 'the database') await sleep(50);
  else await killed;
  rmSync(stopped);
  await killed;
  if (victim === 'the database') return void between.again++;
  expect([victim, await found(personId)]).toEqual([victim, { here: 0, replayed: 1 }]);
  between.start++;
}

describe(`A register under load, killed ${rounds} times`, () => {
  it('keeps every acknowledged write once, figures that equal a recount, and a whole record of use', async () => {
    phones.begin();
    for (let round = 0; round < rounds; round++) {
      await sleep(500 + Math.random() * 1500);
      await disturbances[round % disturbances.length]?.();
      await sleep(500 + Math.random() * 1500);
      const victim = victims[round % victims.length]!;
      await (round % 5 === 4 ? killWhileErasing(victim) : at.kill(victim));
      if (phones.sending.stopped) break; // one of them gave up: it says why
    }
    setClock(0);
    await sleep(1000);
    expect(await phones.stop()).toBeNull();
    await phones.expectAllThereOnce(at);
    expect(ill(await at.doctor('--full'))).toEqual([]);
    const { people, assessments, consents } = phones.saved;
    const { history, merges, requests, erased } = phones.happened;
    const many = (wanted: string) => history.filter(({ kind }) => kind === wanted).length;
    const undone = merges.filter((each) => each.undone).length;
    console.log(
      `${rounds} kills, ${cut} lines cut, ${jumped} jumps of the clock, ${phones.signIns} sign-ins: ${people.size} people, ${assessments.size} visits (${phones.places} answers about places), ` +
        `${consents.size} consents, ${many('moved')} moves, ${many('corrected')} corrections, ${many('left')} left, ${many('returned')} came back, ${many('died')} died, ${merges.length} pairs joined and ${undone} taken apart, ` +
        `${requests.size} requests with their decision, ${erased.length} records erased (${between.start} by the start after a kill between list and commit, ${between.again} once more after the database's) acknowledged, none lost or doubled; ` +
        `${phones.sentAgain} sent again, ${phones.sending.foundDone} of them found done`,
    );
    expect(assessments.size).toBeGreaterThan(rounds * 5);
    for (const each of [
      many('moved'),
      many('corrected'),
      many('died'),
      undone,
      merges.length - undone,
      requests.size,
      erased.length,
      phones.places,
    ])
      expect(each).toBeGreaterThan(rounds / 5);
  }, 1_800_000);
});

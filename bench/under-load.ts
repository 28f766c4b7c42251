// SPDX-License-Identifier: AGPL-3.0-or-later
import { uuidv7 } from 'uuidv7';
import type { Client } from '../test/support/client.ts';
import { ms, type Times, timesOf } from './measure.ts';
import type { Anybody, RegisterWorld } from './register-world.ts';

const seconds = 20;

async function save(client: Client, person: Anybody, n: number): Promise<void> {
  const answer = await client.post('/api/assessments', {
    assessmentId: uuidv7(),
    subjectKind: 'person',
    subjectId: person.personId,
    regionId: person.regionId,
    instrument: 'household-28',
    answers: { recruiter_contact: 1 + (n % 3), intention_to_leave: 3 - (n % 3) },
    observedAt: new Date().toISOString(),
  });
  if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
}

async function look(client: Client, province: string): Promise<void> {
  const pages = ['/api/map', '/api/where-first'].map((path) => client.get(`${path}?place=${province}&instrument=household-28`));
  for (const { status, text } of await Promise.all(pages)) if (status !== 200) throw new Error(`${status} ${text}`);
}

/** Starts `one` so many times a second, each when its time has come, however long those before it take. */
async function arrive(perSecond: number, one: (n: number, due: number) => Promise<void>): Promise<void> {
  const all: Promise<void>[] = [];
  const from = performance.now();
  for (let n = 0; n < perSecond * seconds; n++) {
    const due = from + (n * 1000) / perSecond;
    const wait = due - performance.now();
    if (wait > 1) await new Promise((done) => setTimeout(done, wait));
    all.push(one(n, due));
  }
  await Promise.all(all);
}

/**
 * Answers arrive over HTTP, so many a second, each about somebody else anywhere in the country; after every twentieth the map and the ranking of
 * her province are asked for at once. Prints how long after it was due an answer was saved, and how long until both showed it.
 */
export async function underLoad(client: Client, { anybody }: RegisterWorld, size: number, rates: readonly number[]): Promise<void> {
  for (const rate of rates) {
    const people = await anybody(rate * seconds);
    const saved: number[] = [],
      shown: number[] = [];
    await arrive(rate, async (n, due) => {
      const person = people[n % people.length]!;
      await save(client, person, n);
      saved.push(performance.now() - due);
      if (n % 20 > 0) return;
      await look(client, person.province);
      shown.push(performance.now() - due);
    });
    const row = (what: string, { p50, p95, p99 }: Times): void =>
      console.log(
        `| ${size.toLocaleString('en')} | ${rate} answers a second for ${seconds} s: ${what} | ${ms(p50)} | ${ms(p95)} | ${ms(p99)} |`,
      );
    row('saved', timesOf(saved));
    row('shown by map and ranking of the province', timesOf(shown));
  }
}

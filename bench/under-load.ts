// SPDX-License-Identifier: AGPL-3.0-or-later
import { Agent, request } from 'node:http';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import type { Client } from '../test/support/client.ts';
import { ms, type Times, timesOf } from './measure.ts';
import type { MapData } from '../src/risk/domain/map-data.ts';
import type { WhereFirst } from '../src/risk/domain/where-first.ts';
import type { Anybody, RegisterWorld } from './register-world.ts';

const seconds = 20,
  warming = 5;

/** With as little work as possible: whoever sends stands on the same two cores here, and elsewhere in life. */
function lightClient(client: Client): {
  get(path: string): Promise<void>;
  post(path: string, body: unknown): Promise<void>;
  close(): void;
} {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const ask = (method: string, path: string, body: string): Promise<void> =>
    new Promise((done, failed) => {
      const headers = { cookie, origin: client.url, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const sent = request(client.url + path, { method, agent, headers }, (answer) => {
        answer.resume();
        answer.on('error', failed);
        answer.on('end', () =>
          answer.statusCode === 200 || answer.statusCode === 201 ? done() : failed(new Error(`${answer.statusCode} ${path}`)),
        );
      });
      sent.on('error', failed);
      sent.end(body);
    });
  return {
    get: (path) => ask('GET', path, ''),
    post: (path, body) => ask('POST', path, JSON.stringify(body)),
    close: () => agent.destroy(),
  };
}
type Light = ReturnType<typeof lightClient>;

function save(client: Light, person: Anybody, n: number): Promise<void> {
  return client.post('/api/assessments', {
    assessmentId: uuidv7(),
    subjectKind: 'person',
    subjectId: person.personId,
    regionId: person.regionId,
    instrument: 'household-28',
    answers: { recruiter_contact: 1 + (n % 3), intention_to_leave: 3 - (n % 3) },
    observedAt: new Date().toISOString(),
  });
}

async function look(client: Light, province: string): Promise<void> {
  await Promise.all(['/api/map', '/api/where-first'].map((path) => client.get(`${path}?place=${province}&instrument=household-28`)));
}

/** What map and ranking of the country now show is what a count of everybody gives. */
async function expectTrue(client: Client, { owner, placesOf }: RegisterWorld): Promise<void> {
  const [country] = await placesOf('B', 0);
  const { rows } = await sql<{ province: string; n: number; high: number }>`
    select p.place_id as province, count(*)::integer as n, count(*) filter (where s.band = 3)::integer as high
    from waymark.standing s join waymark.place l using (place_id) join waymark.place p on p.path = subpath(l.path, 0, 2)
    where s.subject_kind = 'person' and s.instrument_code = 'household-28' group by 1`.execute(owner);
  const counted = new Map(rows.map(({ province, n, high }) => [province, `${n} ${high}`]));
  const asked = `place=${country}&instrument=household-28`;
  const map = (await client.get<MapData>(`/api/map?${asked}`)).body,
    ranking = (await client.get<WhereFirst>(`/api/where-first?${asked}`)).body;
  for (const { placeId, counts } of [...map.rows, ...ranking.rows]) {
    if (`${counts?.n} ${counts?.high}` !== counted.get(placeId))
      throw new Error(`${placeId}: ${JSON.stringify(counts)} is shown, and there are ${counted.get(placeId)}`);
  }
  if (map.rows.length !== counted.size || ranking.rows.length + ranking.notRanked !== counted.size)
    throw new Error('provinces are missing from the map or the ranking');
}

/** Starts `one` so many times a second, each when its time has come, however long those before it take. */
async function arrive(perSecond: number, one: (n: number, due: number) => Promise<void>): Promise<void> {
  const all: Promise<void>[] = [];
  const from = performance.now();
  for (let n = 0; n < perSecond * (warming + seconds); n++) {
    const due = from + (n * 1000) / perSecond;
    const wait = due - performance.now();
    if (wait > 1) await new Promise((done) => setTimeout(done, wait));
    all.push(one(n, due));
  }
  await Promise.all(all);
}

/**
 * Answers arrive over HTTP, so many a second, each about somebody else anywhere in the country; after every hundredth the map and the ranking of
 * her province are asked for at once. Prints how long after it was due an answer was saved, and how long until both showed it,
 * of all but the first five seconds.
 */
export async function underLoad(signedIn: Client, world: RegisterWorld, size: number, rates: readonly number[]): Promise<void> {
  const client = lightClient(signedIn);
  for (const rate of rates) {
    const people = await world.anybody(rate * (warming + seconds));
    const saved: number[] = [],
      shown: number[] = [];
    await arrive(rate, async (n, due) => {
      const person = people[n % people.length]!;
      await save(client, person, n);
      if (n >= rate * warming) saved.push(performance.now() - due);
      if (n % 100 > 0) return;
      await look(client, person.province);
      if (n >= rate * warming) shown.push(performance.now() - due);
    });
    const row = (what: string, { p50, p95, p99 }: Times): void =>
      console.log(
        `| ${size.toLocaleString('en')} | ${rate} answers a second for ${seconds} s: ${what} | ${ms(p50)} | ${ms(p95)} | ${ms(p99)} |`,
      );
    await expectTrue(signedIn, world);
    row('saved', timesOf(saved));
    row('shown by map and ranking of the province', timesOf(shown));
  }
  client.close();
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findActor } from '../src/access/server/index.ts';
import { writeAudit } from '../src/audit/server/index.ts';
import { seededId } from '../src/platform/builders.ts';
import { compareWaiting, insertHouseholds, insertPeople, learnWeights, putIdentities } from '../src/people/server/index.ts';
import type { PersonKey } from '../src/people/domain/person-record.ts';
import { compareSome } from '../src/people/server/matching.ts';
import { findCandidates } from '../src/people/server/queries-matching.ts';
import { withActor } from '../src/platform/server/db.ts';
import type { Tx } from '../src/platform/server/endpoint.ts';
import { startApp, type TestApp } from './support/app.ts';
import { aBasis } from './support/basis.ts';
import { insertPlace, type TestPlace } from './support/demo-land.ts';
import { madeRegister, type MadePerson } from './support/made-register.ts';

/** How large the made register is: `MADE_REGISTER="5000 400" npx vitest run test/duplicates-register.test.ts` for the figures of decision 0011. */
const [size = 360, twice = 50] = (process.env['MADE_REGISTER'] ?? '').split(' ').filter(Boolean).map(Number);

let app: TestApp;
const personId = (n: number): string => seededId('person', n);
let register: MadePerson[];

beforeAll(async () => {
  app = await startApp();
  register = madeRegister({ size, twice, seed: 3 });
  const villages = await settle(register);
  const basisId = await aBasis(app.db.owner);
  const mali = await findActor(app.access, app.accountIds.coordinator);
  const vault = await app.server.vault.forRequest();
  const { regionId } = villages.get('province')!;
  const placeId = ({ places }: MadePerson): string => villages.get(places.at(-1)!)!.placeId;
  const households = new Map(register.map((each) => [seededId('household', each.householdId!), placeId(each)]));
  await withActor(app.db.app, { ...mali!, scopes: [villages.get('country')!.path] }, async (tx) => {
    await insertHouseholds(
      tx,
      [...households].map(([householdId, at]) => ({ regionId, householdId, placeId: at })),
    );
    await insertPeople(
      tx,
      register.map((each, n) => ({
        regionId,
        personId: personId(n),
        householdId: seededId('household', each.householdId!),
        placeId: placeId(each),
        sex: each.sex,
        bornOn: each.bornOn,
        bornPrecision: 3 as const,
        basisId,
      })),
    );
    const identities = register.map(({ names, phones, documents }, n) => ({
      regionId,
      personId: personId(n),
      identity: {
        names: names.map((full) => ({ kind: 'official' as const, full })),
        phones: [...phones],
        documents: documents.map((number) => ({ kind: 'national-id' as const, number })),
      },
      basedOn: 0,
    }));
    await putIdentities(tx, vault, identities);
  });
}, 120_000);
afterAll(() => app?.close());

/** The places of the register, from the country down; villages by the name they have in it. */
async function settle(people: readonly MadePerson[]): Promise<Map<string, TestPlace>> {
  const made = new Map<string, TestPlace>();
  const parents = new Map<string, string | null>(
    people.flatMap(({ places }) => places.map((name, at) => [name, places[at - 1] ?? null] as const)),
  );
  const make = async (name: string): Promise<TestPlace> => {
    const parent = parents.get(name) ?? null;
    const above = parent === null ? null : (made.get(parent) ?? (await make(parent)));
    const place =
      made.get(name) ?? (await insertPlace(app.db.owner, { country: 'XB', code: `XB${made.size}`, names: { en: name }, parent: above }));
    made.set(name, place);
    return place;
  };
  for (const name of parents.keys()) await make(name);
  return made;
}

interface Found {
  readonly a: string;
  readonly b: string;
  readonly probable: boolean;
}
const setup = () => ({ vault: app.server.vault, writeDown: writeAudit });
const job = (signal = new AbortController().signal) => ({ db: app.db.jobs, now: () => new Date(), newId: uuidv7, signal });

it('finds most who were written down twice and puts few others before anybody; cut off, it goes on where it was', async () => {
  const waiting = async () =>
    (await sql<{ n: number }>`select count(*)::int as n from waymark.duplicate_check`.execute(app.db.owner)).rows[0]!.n;
  expect(await waiting()).toBe(register.length);
  const off = new AbortController();
  const cut = compareWaiting({ ...setup(), writeDown: (...entry) => writeAudit(...entry).then(() => off.abort()) }, job(off.signal));
  expect((await cut).people).toBeGreaterThan(0);
  expect(await waiting()).toBe(register.length - (await cut).people);

  const from = performance.now();
  while (await waiting()) await compareWaiting(setup(), job());
  const each = (performance.now() - from) / (register.length - (await cut).people);

  const { rows } = await sql<Found>`select person_a as a, person_b as b, probable from waymark.duplicate_pair where state = 'open'`.execute(
    app.db.owner,
  );
  const whoIs = new Map(register.map(({ who }, n) => [personId(n), who]));
  const right = ({ a, b }: Found): boolean => whoIs.get(a) === whoIs.get(b);
  const figures = (pairs: readonly Found[]) => ({
    pairs: pairs.length,
    precision: pairs.filter(right).length / pairs.length,
    recall: pairs.filter(right).length / twice,
  });
  const [possible, probable] = [figures(rows), figures(rows.filter((pair) => pair.probable))];
  if (process.env['MADE_REGISTER']) console.log({ size, twice, millisecondsEach: each, possible, probable });
  expect(possible.recall).toBeGreaterThan(0.8);
  expect(possible.precision).toBeGreaterThan(0.6);
  expect(probable.precision).toBeGreaterThan(0.85);
}, 600_000);

it('finds the same pairs when some are compared once more, one after the other, as it found many at a time', async () => {
  const pairs = async () =>
    (await sql`select person_a, person_b, weight, state, version from waymark.duplicate_pair order by 1, 2`.execute(app.db.owner)).rows;
  const before = await pairs();
  await sql`select waymark.compare_everybody()`.execute(app.db.jobs);
  // A twelfth of all: their ids are spread evenly.
  await sql`update waymark.duplicate_sweep set until = '15555555-ffff-ffff-ffff-ffffffffffff'`.execute(app.db.owner);
  const vault = await app.server.vault.forRequest();
  let people = 0;
  for (let done = 1; done > 0; people += done)
    done = (await app.db.jobs.transaction().execute((tx) => compareSome(tx, vault, async () => {}, 1))).people;
  expect(people).toBeGreaterThan(register.length / 20);
  expect(await pairs()).toEqual(before);
}, 120_000);

it('of many who are asked about together the later one finds the earlier, while no more than 150 share what they have in common', async () => {
  const { rows: people } = await sql<PersonKey>`
    select p.region_id as "regionId", p.person_id as "personId" from waymark.person p join waymark.place l using (place_id)
    where l.parent_id = (select parent_id from waymark.person join waymark.place using (place_id) group by 1 order by count(*) desc limit 1) order by person_id limit 155`.execute(
    app.db.owner,
  );
  expect(people).toHaveLength(155);
  // All called alike, in one sub-district.
  const asked = people.map((key) => ({ key, codes: [{ regionId: key.regionId, kind: 2, code: '4711' }] }));
  const rolledBack = async (work: (tx: Tx) => Promise<PersonKey[][]>): Promise<PersonKey[][]> => {
    let found: PersonKey[][] = [];
    const gone = app.db.jobs.transaction().execute(async (tx) => {
      found = await work(tx);
      throw new Error('roll back');
    });
    await expect(gone).rejects.toThrow('roll back');
    return found;
  };
  const together = await rolledBack((tx) => findCandidates(tx, asked, 150));
  expect(together[149]).toHaveLength(149);
  expect(together[150]!.length).toBeLessThan(30);
  const singly = await rolledBack(async (tx) => {
    const found: PersonKey[][] = [];
    for (const one of asked) found.push(...(await findCandidates(tx, [one], 150)));
    return found;
  });
  expect(together).toEqual(singly);
}, 120_000);

it('learns weights once enough was compared, and keeps them with how many pairs taught them', async () => {
  expect(await learnWeights(job())).toBe(false);
  await sql`update waymark.linkage_pattern set n = n * 100000`.execute(app.db.owner);
  expect(await learnWeights(job())).toBe(true);
  expect(await learnWeights(job())).toBe(false);
  const { rows } = await sql<{ pairs: number; m: number[][]; u: number[][] }>`select pairs, m, u from waymark.linkage_estimate`.execute(
    app.db.owner,
  );
  expect(rows).toHaveLength(1);
  for (const shares of [...rows[0]!.m, ...rows[0]!.u]) expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
});

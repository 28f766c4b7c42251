// SPDX-License-Identifier: AGPL-3.0-or-later
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRegister } from '../../scripts/make-register.ts';
import type { ImportState } from '../../src/places/domain/imports-api.ts';
import { Client, type UploadFile } from '../support/client.ts';
import { Imports, ill, Killable, victims, type Victim } from './killable.ts';

/** Lists of people with their names, killed at many moments of their import. Made names: nobody is called so. */
const people = 12_000;
const at = new Killable(4387);
let malisPassword = '',
  malis: Promise<Client> | null = null;
const mali = (): Promise<Client> => (malis ??= new Client(at.address).signIn('mali', malisPassword));
const imports = new Imports(mali);

beforeAll(async () => {
  await at.begin();
  const nok = await at.nok();
  const made = await makeRegister({ people: 10, folder: join(at.folder, 'places'), villages: 5 });
  const files = ['provinces.csv', 'districts.csv', 'villages.csv'].map((name) => ({
    field: 'file',
    name,
    content: readFileSync(join(made.folder, name)),
  }));
  const places = new Imports(() => at.nok());
  const placed = await places.ends(await places.send(files, 'places', readFileSync(made.placesMapping, 'utf8')));
  expect(placed).toMatchObject({ state: 'done', report: { rejected: 0 } });
  const land = await at.owner(async (db) => {
    await sql`insert into waymark.installation (installation_id, is_demo) values (${uuidv7()}, false) on conflict do nothing`.execute(db);
    await sql`update waymark.installation set people_kept = true`.execute(db);
    await sql`insert into waymark.lawful_basis (basis_id, title, ground, citation, purposes, needs_consent, from_on, created_by)
      values (${uuidv7()}, ${made.basis}, 'public_task', 'A made-up act, section 1', '{register}', false, '2020-01-01', 'set-up')`.execute(
      db,
    );
    return (await sql<{ id: string }>`select place_id as id from waymark.place where level = 0`.execute(db)).rows[0]!.id;
  });
  const asked = { userName: 'mali', displayName: 'Mali', role: 'coordinator', placeId: land };
  malisPassword = (await nok.post<{ password: string }>('/api/accounts', asked)).body.password;
});
afterAll(() => at.end());

interface List {
  readonly source: string;
  readonly files: UploadFile[];
  readonly mapping: string;
  readonly samples: Readonly<Record<string, string>>;
}

/** A list of a source of its own, so that nobody of it is known from another. */
async function listOf(nth: number): Promise<List> {
  const made = await makeRegister({ people, folder: join(at.folder, `list-${nth}`), villages: 5, seed: 100 + nth });
  const source = `Watch group ${nth}`;
  return {
    source,
    files: [{ field: 'file', name: 'register.csv', content: readFileSync(made.register) }],
    mapping: made.mapping.replace(/^source: .*$/m, `source: ${source}`),
    samples: made.samples,
  };
}

type Counts = Record<'people' | 'households' | 'identities' | 'keys' | 'ids' | 'answers' | 'standings' | 'listed', number>;

/** What of one import, or of all, is committed. */
const kept = (batchId: string | null): Promise<Counts> =>
  at.owner(async (db) => {
    const { rows } = await sql<Counts>`
      with one as (select region_id, person_id from waymark.person where ${batchId}::uuid is null or batch_id = ${batchId}::uuid)
      select (select count(*)::int from one) as people,
        (select count(*)::int from waymark.household where ${batchId}::uuid is null or batch_id = ${batchId}::uuid) as households,
        (select count(*)::int from waymark.identity join one using (region_id, person_id)) as identities,
        (select count(*)::int from waymark.identity_key join one using (region_id, person_id)) as keys,
        (select count(*)::int from waymark.person_source where ${batchId}::uuid is null or batch_id = ${batchId}::uuid) as ids,
        (select count(*)::int from waymark.assessment where subject_kind <> 'place' and (${batchId}::uuid is null or batch_id = ${batchId}::uuid)) as answers,
        (select count(*)::int from waymark.standing s join one on one.region_id = s.region_id and one.person_id = s.subject_id) as standings,
        (select count(*)::int from waymark.listing join one using (region_id, person_id)) as listed`.execute(db);
    return rows[0]!;
  });
const nothing: Counts = { people: 0, households: 0, identities: 0, keys: 0, ids: 0, answers: 0, standings: 0, listed: 0 };

/** Whoever is written down without what belongs to her, and whatever is kept of nobody. */
const strays = (): Promise<Record<string, number>> =>
  at.owner(async (db) => {
    const { rows } = await sql<Record<string, number>>`
      select (select count(*)::int from waymark.person p where not exists (select from waymark.identity i where (i.region_id, i.person_id) = (p.region_id, p.person_id))) as "people without a name",
        (select count(*)::int from waymark.identity i where not exists (select from waymark.person p where (i.region_id, i.person_id) = (p.region_id, p.person_id))) as "names of nobody",
        (select count(*)::int from waymark.identity i where cardinality(i.codes) = 0) as "names without codes",
        (select count(*)::int from waymark.identity i full join waymark.identity_key k using (region_id, person_id) where i.sealed is null or k.wrapped is null) as "names without a key, keys without a name",
        (select count(*)::int from waymark.person p where not exists (select from waymark.standing s where s.region_id = p.region_id and s.subject_id = p.person_id)) as "people without a standing",
        (select count(*)::int from waymark.person_source s where not exists (select from waymark.person p where (s.region_id, s.person_id) = (p.region_id, p.person_id))) as "ids of nobody"`.execute(
      db,
    );
    return rows[0]!;
  });

/** Mali finds somebody of each language by name, and reads it. */
async function expectFound(samples: Readonly<Record<string, string>>): Promise<void> {
  expect(Object.keys(samples).length).toBeGreaterThan(5);
  for (const [language, name] of Object.entries(samples)) {
    const found = await (await mali()).post<{ found: object[] }>('/api/people/search', { text: name });
    expect([language, found.status, found.text.normalize('NFC').includes(name.normalize('NFC'))]).toEqual([language, 200, true]);
  }
}

/** At which phase, and how far into it; each list is killed twice, and a third try is its last. */
const moments: Record<Victim, readonly (readonly [phase: RegExp, share: number, wait: number])[]> = {
  'the application': [
    [/Reading the file/, 0, 0],
    [/Writing people/, 0.4, 0],
  ],
  'the database': [
    [/Writing people/, 0.05, 0],
    [/Scoring people/, 0.3, 0],
  ],
  'both at once': [
    [/Writing people|Scoring people/, 0.8, 0],
    [/Scoring people/, 0.9, 300],
  ],
};

describe(`Lists of ${people.toLocaleString('en')} people with their names, killed in the midst of their import`, () => {
  const done: { batchId: string; list: List }[] = [];

  for (const [nth, victim] of victims.entries()) {
    it(`${victim}, twice: each time nobody is there, and then everybody, once, with her name`, async () => {
      const list = await listOf(nth);
      const batchId = await imports.send(list.files, 'people', list.mapping);
      let killed = 0;
      for (const [phase, share, wait] of moments[victim]) {
        await imports.reaches(batchId, phase, share);
        await sleep(wait);
        await at.kill(victim);
        const { state } = await imports.state(batchId);
        // Killed as it ended: then everybody is there. Otherwise nobody.
        if (state === 'done') break;
        expect(await kept(batchId), `${phase.source}: nobody is half there`).toEqual(nothing);
        killed++;
      }
      const ended = await imports.ends(batchId);
      expect(ended).toMatchObject({
        state: 'done',
        problem: null,
        report: { rows: people, taken: people, rejected: 0, people: { new: people, named: people } },
      });
      expect(await kept(batchId)).toMatchObject({ people, identities: people, keys: people, ids: people, standings: people });
      expect(await strays()).toEqual({
        'people without a name': 0,
        'names of nobody': 0,
        'names without codes': 0,
        'names without a key, keys without a name': 0,
        'people without a standing': 0,
        'ids of nobody': 0,
      });
      await expectFound(list.samples);
      const again = await imports.ends(await imports.send(list.files, 'people', list.mapping));
      expect(again).toMatchObject({ state: 'done', report: { sameAs: batchId } });
      // The same people in a file that is not the same to the byte.
      const [{ content }] = list.files as [UploadFile];
      const longer = [{ ...list.files[0]!, content: `${content.toString()}\n` }];
      const known = await imports.ends(await imports.send(longer, 'people', list.mapping));
      expect(known).toMatchObject({ state: 'done', report: { rows: people, people: { new: 0 } } });
      expect((await kept(null)).people).toBe((nth + 1) * people);
      done.push({ batchId, list });
      console.log(`${victim}: killed ${killed} times in the midst, ${people} people there once`);
    }, 1_200_000);
  }

  it('killed at any moment around the end: everybody or nobody, never a part', async () => {
    for (const [n, victim] of [...victims, ...victims].entries()) {
      const list = await listOf(10 + n);
      const batchId = await imports.send(list.files, 'people', list.mapping);
      await imports.reaches(batchId, /Scoring people/, 0.85);
      await sleep(Math.random() * 1200);
      await at.kill(victim);
      const { people: there, identities, standings } = await kept(batchId);
      expect([there, identities, standings]).toEqual(there === 0 ? [0, 0, 0] : [people, people, people]);
      expect(await imports.ends(batchId)).toMatchObject({ state: 'done', report: { taken: people } });
      expect(await kept(batchId)).toMatchObject({ people, identities: people, keys: people, standings: people });
      done.push({ batchId, list });
      console.log(`${victim}, around the end: ${there} people were there`);
    }
  }, 1_800_000);

  it('leave figures, lists and a record of use in which doctor finds nothing ill', async () => {
    const found = await at.doctor('--full');
    expect(ill(found)).toEqual([]);
    console.log(found.map(({ what, detail }) => `${what}: ${detail}`).join('\n'));
    expect(readdirSync(join(at.data, 'imports')), 'no file waits any more').toEqual([]);
  }, 900_000);

  it('can be taken back, killed in the midst of that too, until nothing is left, nor in the vault', async () => {
    // Of those who came again with a second file later answers are kept: that goes first.
    const { body } = await (await mali()).get<{ rows: ImportState[] }>('/api/imports?limit=100');
    const batches = body.rows.filter(({ kind, state, report }) => kind === 'people' && state === 'done' && report?.sameAs === null);
    expect(batches.length).toBe(done.length + victims.length);
    for (const [n, { batchId }] of batches.entries()) {
      if (n < victims.length) {
        const undoing = mali().then((client) => client.post(`/api/imports/${batchId}/undo`).catch(() => null));
        await sleep(50 + Math.random() * 800);
        await at.kill(victims[n]!);
        await undoing;
        const { people: there, identities } = await kept(batchId);
        expect(identities).toBe(there);
      }
      if ((await imports.state(batchId)).state === 'undone') continue;
      const answer = await (await mali()).post(`/api/imports/${batchId}/undo`);
      expect([answer.status, answer.text.slice(0, 300)]).toEqual([200, expect.any(String)]);
    }
    expect(await kept(null)).toEqual(nothing);
    const left = await at.owner(async (db) => {
      const tables = ['identity', 'identity_key', 'person_source', 'standing', 'listing', 'duplicate_check', 'duplicate_pair'];
      const counts = tables.map(async (table) => {
        const { rows } = await sql<{ n: number }>`select count(*)::int as n from waymark.${sql.raw(table)}`.execute(db);
        return [table, rows[0]?.n] as const;
      });
      return (await Promise.all(counts)).filter(([table, n]) => n !== 0 && table !== 'standing');
    });
    expect(left).toEqual([]);
    expect(ill(await at.doctor('--full'))).toEqual([]);
  }, 1_800_000);
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findActor } from '../src/access/server/index.ts';
import type { ApiDocument } from '../src/platform/server/openapi.ts';
import type { ImportState } from '../src/places/domain/imports-api.ts';
import { seededId } from '../src/platform/builders.ts';
import { withActor } from '../src/platform/server/db.ts';
import { aBasis } from './support/basis.ts';
import { untilWaiting } from './support/held-up.ts';
import { makeWorld, type World } from './support/authorisation-world.ts';
import type { Answer, Client } from './support/client.ts';

/**
 * Where no people are kept, no request and no statement writes about people: not even where records are left in the tables, which no way
 * of switching off allows. Every operation that may write about people is tried here with content that would be taken elsewhere.
 */
let world: World;
let document: ApiDocument;
const keeps = (kept: boolean) => sql`update waymark.installation set people_kept = ${kept}`.execute(world.app.db.owner);
const householdId = uuidv7(),
  assignmentId = uuidv7(),
  pairId = uuidv7();
let mergeId = '';
beforeAll(async () => {
  world = await makeWorld();
  document = (await world.app.anonymous().get<ApiDocument>('/api/openapi.json')).body;
  const { owner } = world.app.db;
  await sql`insert into waymark.household (region_id, household_id, place_id) values (${region()}, ${householdId}, ${village()})`.execute(
    owner,
  );
  await sql`insert into waymark.assignment (region_id, assignment_id, person_id, kind, account_id, given_by)
    values (${region()}, ${assignmentId}, ${who(5)}, 'case_worker', ${world.app.accountIds.case_worker}, 'set-up')`.execute(owner);
  await pair(8, 9, pairId);
  const merged = uuidv7();
  await pair(10, 11, merged);
  const som = await world.app.as('district_officer');
  const done = await som.post<{ mergeId: string }>(`/api/people/duplicates/${merged}/merge`, {
    version: 1,
    stays: 'a',
    take: [],
    versions: { a: 1, b: 1 },
  });
  expect([done.status, done.text]).toEqual([200, done.text]);
  mergeId = done.body.mergeId;
  await sql`insert into waymark.consent_event (region_id, event_id, person_id, purpose, act, by_whom, way, observed_at, actor_id)
    values (${region()}, gen_random_uuid(), ${who(6)}, 'assist', 'given', 'self', 'spoken', '2026-01-09', 'set-up')`.execute(owner);
  await keeps(false);
}, 120_000);
afterAll(() => world?.app.close());

const region = () => world.app.land.east.regionId;
const village = () => world.app.land.eastVillages[0].placeId;
const who = (n: number) => world.eastPeople[n] ?? '';
const about = (n: number, more = '') => `/api/people/${region()}/${who(n)}${more}`;
async function pair(a: number, b: number, id: string): Promise<void> {
  const [first, second] = [who(a), who(b)].sort();
  await sql`insert into waymark.duplicate_pair (pair_id, region_a, person_a, region_b, person_b, weight, probability, probable, reasons, place_a, place_b, seen_a, seen_b)
    values (${id}, ${region()}, ${first}, ${region()}, ${second}, 12, 0.95, true, '[]', ${village()}, ${village()}, '', '')
    on conflict on constraint duplicate_pair_pkey do update set pair_id = excluded.pair_id, version = 1`.execute(world.app.db.owner);
}
const said = () => ({
  eventId: uuidv7(),
  purpose: 'register',
  act: 'given',
  byWhom: 'self',
  way: 'spoken',
  observedAt: '2026-01-15T09:00:00Z',
});
const identity = { names: [{ kind: 'official', full: 'Somebody New' }], phones: [], documents: [] };
const member = () => ({ personId: uuidv7(), sex: 2, bornOn: '1980-01-01', bornPrecision: 1, identity, consents: [said()] });
const day = '2026-01-15';

/** By Som, the officer of East Bay; of accounts for the own record by Ratana, case worker, and by Fah herself. */
const writes: Readonly<Record<string, (som: Client) => Promise<Answer>>> = {
  'POST /api/people': (som) =>
    som.post('/api/people', { householdId: uuidv7(), placeId: village(), basisId: world.basisId, members: [member()] }),
  'POST /api/households/:regionId/:householdId/members': (som) =>
    som.post(`/api/households/${region()}/${householdId}/members`, { basisId: world.basisId, members: [member()] }),
  'POST /api/households/:regionId/:householdId/move': (som) =>
    som.post(`/api/households/${region()}/${householdId}/move`, { placeId: village(), onDate: day, version: 1 }),
  'PATCH /api/people/:regionId/:personId': (som) => som.patch(about(6), { sex: 1, version: 1 }),
  'PUT /api/people/:regionId/:personId/identity': (som) => som.send('PUT', about(6, '/identity'), { identity, basedOn: 1 }),
  'POST /api/people/:regionId/:personId/move': (som) =>
    som.post(about(6, '/move'), { placeId: village(), householdId, onDate: day, version: 1 }),
  'POST /api/people/:regionId/:personId/state': (som) => som.post(about(6, '/state'), { state: 'left', onDate: day, version: 1 }),
  'POST /api/people/:regionId/:personId/consents': (som) => som.post(about(6, '/consents'), said()),
  'POST /api/people/:regionId/:personId/assignments': (som) =>
    som.post(about(6, '/assignments'), { assignmentId: uuidv7(), accountId: world.app.accountIds.case_worker }),
  'DELETE /api/people/:regionId/:personId/assignments/:assignmentId': (som) => som.delete(about(5, `/assignments/${assignmentId}`)),
  'POST /api/people/:regionId/:personId/account': async () =>
    (await world.app.as('case_worker')).post(about(5, '/account'), { wished: true, phoneIsSafe: true }),
  'DELETE /api/people/:regionId/:personId/account': async () => (await world.app.as('case_worker')).delete(about(5, '/account')),
  'POST /api/own/consents': async () => (await world.app.as('person')).post('/api/own/consents', { eventId: uuidv7(), purpose: 'contact' }),
  'DELETE /api/own/account': async () => (await world.app.as('person')).delete('/api/own/account'),
  'POST /api/people/duplicates/:pairId/decision': (som) =>
    som.post(`/api/people/duplicates/${pairId}/decision`, { decision: 'different', version: 1 }),
  'POST /api/people/duplicates/:pairId/merge': (som) =>
    som.post(`/api/people/duplicates/${pairId}/merge`, { version: 1, stays: 'a', take: [], versions: { a: 1, b: 1 } }),
  'POST /api/people/:regionId/:personId/merges/:mergeId/take-back': async (som) => {
    const stays = [who(10), who(11)].sort()[0] ?? '';
    return som.post(`/api/people/${region()}/${stays}/merges/${mergeId}/take-back`, {});
  },
  'POST /api/assessments': (som) =>
    som.post('/api/assessments', {
      assessmentId: uuidv7(),
      subjectKind: 'person',
      subjectId: who(6),
      regionId: region(),
      instrument: 'household-28',
      answers: { school_attendance: 2 },
      observedAt: '2026-01-15T09:00:00Z',
    }),
};
/** Asked by POST so that nothing of it stands in an address; they write nothing but the record of use. */
const reads = ['POST /api/people/names', 'POST /api/people/search', 'POST /api/people/visit-list'];
/** What is owed to somebody who was recorded is owed whatever the installation does now: she may ask, object and have herself erased. */
const owed = [
  'POST /api/people/:regionId/:personId/requests',
  'POST /api/people/:regionId/:personId/requests/:requestId/done',
  'POST /api/people/:regionId/:personId/requests/:requestId/withdrawn',
];
/** About the installation or an account, not about a person. */
const settings = [
  'POST /api/people/:regionId/:personId/account/code',
  'PUT /api/people/settings',
  'POST /api/people/bases',
  'POST /api/people/bases/:basisId/end',
  'PATCH /api/people/reading-limits',
];

/** Tried below, with files of people. */
const files = ['POST /api/imports', 'POST /api/imports/preview'];
/** Brings nobody: what is on its way is stopped, what came is taken away again. */
const takesBack = ['POST /api/imports/:batchId/cancel', 'POST /api/imports/:batchId/undo'];

/** Everything that is known of people, in one word. */
async function everythingKnown(): Promise<string> {
  const tables = [
    'person',
    'household',
    'consent_event',
    'person_event',
    'assignment',
    'identity',
    'identity_key',
    'standing',
    'duplicate_pair',
  ];
  const sums = await Promise.all(
    [...tables.map((table) => `waymark.${table} t`), "waymark.assessment t where subject_kind <> 'place'"].map(async (from) => {
      const { rows } = await sql<{
        sum: string;
      }>`select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as sum from ${sql.raw(from)}`.execute(world.app.db.owner);
      return rows[0]?.sum;
    }),
  );
  return sums.join();
}

describe('an installation that keeps no people', () => {
  it('is tried in every operation that may write about people', () => {
    const named = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([method, { tags }]) => method !== 'get' && tags?.some((tag) => ['People', 'Risk', 'imports'].includes(tag)))
        .map(([method]) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    const left = [...reads, ...settings, ...owed, ...files, ...takesBack];
    expect(named.filter((name) => !left.includes(name)).sort()).toEqual(Object.keys(writes).sort());
  });

  it('refuses each with the same word, and nothing changes', async () => {
    const som = await world.app.as('district_officer');
    const before = await everythingKnown();
    for (const [name, write] of Object.entries(writes)) {
      const answer = await write(som);
      expect([name, answer.status, answer.text]).toEqual([name, 409, expect.stringContaining('/problems/people-not-kept')]);
    }
    expect(await everythingKnown()).toBe(before);
    await keeps(true);
    for (const name of ['PATCH /api/people/:regionId/:personId', 'POST /api/people/:regionId/:personId/consents'])
      expect([name, (await writes[name]?.(som))?.status]).toEqual([name, expect.toSatisfy((status: number) => status < 300)]);
    await keeps(false);
  });

  describe('and is brought files of people', () => {
    const word = 'Quillfeather',
      batches: string[] = [];
    let mali: Client;
    beforeAll(async () => {
      mali = await world.app.as('coordinator');
      await aBasis(world.app.db.owner);
    });
    const head = 'country: XA\nsource: School of Reed Pond\nid: { column: no }\ninstrument: household-28\nobserved: { date: 2026-03-01 }\n';
    const brought = (kind: 'people' | 'observations') => ({
      kind,
      mappingName: 'm.yaml',
      mapping:
        kind === 'people'
          ? `kind: people\n${head}basis: ${seededId('basis', 'not asked')}\nplace: { columns: [village] }\nsex: { column: sex, map: { f: female } }\nnames: [{ full: name }]\nindicators:\n  intention_to_leave: { column: leave }\n`
          : `kind: observations\n${head.replace('country: XA\n', '')}indicators:\n  intention_to_leave: { column: leave }\n`,
    });
    /** A note that no mapping names makes it another file, for the very same one is answered with the report of its first import. */
    const list = (no = 'A1', note = '') => [
      {
        field: 'file',
        name: 'list.csv',
        content: `no,village,name,sex,leave,note\n${no},${world.app.land.eastVillages[0].code},Xanthippe ${word},f,3,${note}\n`,
      },
    ];
    const bring = (kind: 'people' | 'observations', dryRun = false, no = 'A1', note = '') =>
      mali.upload<{ batchId: string }>('/api/imports', list(no, note), { ...brought(kind), dryRun: String(dryRun) });
    const runs = async () =>
      (await sql<{ n: number }>`select count(*)::integer as n from waymark.import_run`.execute(world.app.db.owner)).rows[0]?.n;
    /** Every file below the data folder in which somebody of the list is named. */
    async function kept(): Promise<string[]> {
      // What was uploaded is taken away a moment after the answer, folder and all, perhaps while somebody looks.
      const found = await readdir(world.app.folder, { recursive: true, withFileTypes: true }).catch(() => null);
      if (found === null) return kept();
      const paths = found.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
      const named = await Promise.all(paths.map(async (path) => (await readFile(path).catch(() => '')).includes(word)));
      return paths.filter((_, i) => named[i]);
    }
    async function ended(batchId: string): Promise<ImportState> {
      for (;;) {
        const { body } = await mali.get<ImportState>(`/api/imports/${batchId}`);
        if (body.state !== 'running') return body;
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    }
    const refusal = expect.stringContaining('/problems/people-not-kept');

    it('it refuses them before anything of them is looked into or kept: to try, to import, to see what a mapping makes of them', async () => {
      const before = [await everythingKnown(), await runs()];
      for (const kind of ['people', 'observations'] as const) {
        const asked = [await bring(kind), await bring(kind, true), await mali.upload('/api/imports/preview', list(), brought(kind))];
        for (const { status, text } of asked) expect([kind, status, text]).toEqual([kind, 409, refusal]);
      }
      expect([await everythingKnown(), await runs()]).toEqual(before);
      await expect.poll(kept).toEqual([]);
    });

    it('which it takes as soon as it keeps people', async () => {
      await keeps(true);
      for (const kind of ['people', 'observations'] as const) {
        expect((await mali.upload('/api/imports/preview', list(), brought(kind))).status).toBe(200);
        const { status, body } = await bring(kind);
        expect(status).toBe(202);
        expect(await ended(body.batchId)).toMatchObject({ problem: null, state: 'done', report: { rejected: 0 } });
        batches.push(body.batchId);
      }
      await keeps(false);
    });

    it('nothing becomes of one that waited while it was switched off, and its file is gone', async () => {
      await keeps(true);
      const before = await everythingKnown();
      // Somebody new, and what was brought before, of which there is nothing to write.
      for (const [kind, no] of [
        ['people', 'A2'],
        ['people', 'A1'],
        ['observations', 'A1'],
      ] as const) {
        let batchId = '';
        await world.app.db.owner.transaction().execute(async (tx) => {
          await sql`select pg_advisory_xact_lock(hashtext('waymark.import'))`.execute(tx);
          ({ batchId } = (await bring(kind, false, no, 'again')).body);
          expect(await kept()).not.toEqual([]);
          // It has looked whether people are kept, and they were.
          await untilWaiting(world.app.db.owner, 1);
          await keeps(false);
        });
        expect(await ended(batchId)).toMatchObject({ state: 'failed', problem: { code: 'people-not-kept' } });
        await keeps(true);
      }
      await keeps(false);
      expect(await everythingKnown()).toBe(before);
      await expect.poll(kept).toEqual([]);
    });

    it('what came while it did may still be taken away, and nothing comes by that', async () => {
      const people = async () =>
        (await sql<{ n: number }>`select count(*)::integer as n from waymark.person`.execute(world.app.db.owner)).rows[0]!.n;
      const before = await people();
      for (const batchId of batches.toReversed()) expect((await mali.post(`/api/imports/${batchId}/undo`)).status).toBe(200);
      expect(await people()).toBe(before - 1);
    });
  });

  it('cannot be switched off past somebody who registers at this moment', async () => {
    await keeps(true);
    const basisId = await aBasis(world.app.db.owner);
    const [som, nok] = [
      await findActor(world.app.access, world.app.accountIds.district_officer),
      await findActor(world.app.access, world.app.accountIds.administrator),
    ];
    if (!som || !nok) throw new Error('nobody');
    await sql`delete from waymark.person`.execute(world.app.db.owner);
    let switched: Promise<unknown> = Promise.resolve();
    await withActor(world.app.db.app, som, async (tx) => {
      await sql`insert into waymark.person (region_id, person_id, place_id, sex, basis_id) values (${region()}, ${uuidv7()}, ${village()}, 2, ${basisId})`.execute(
        tx,
      );
      switched = withActor(world.app.db.app, nok, (other) => sql`select waymark.set_people_kept(false)`.execute(other)).catch(
        (error: { code?: string }) => error.code,
      );
      await sql`select pg_sleep(0.3)`.execute(tx);
    });
    expect(await switched).toBe('WM002');
  });
});

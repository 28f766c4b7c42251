// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImportState } from '../src/places/domain/imports-api.ts';
import { withActor } from '../src/platform/server/db.ts';
import type { Tx } from '../src/platform/server/endpoint.ts';
import { makeWorld, type World } from './support/authorisation-world.ts';
import type { Client } from './support/client.ts';

/** What one importer tries on another's work, over HTTP. */
let world: World;
let nok: Client, mali: Client, dao: Client;
beforeAll(async () => {
  world = await makeWorld();
  [nok, mali, dao] = [await world.app.as('administrator'), await world.app.as('coordinator'), await world.app.as('other_coordinator')];
}, 120_000);
afterAll(() => world?.app.close());

const file = (content: string) => [{ field: 'file', name: 'p.csv', content }];
async function ended(client: Client, batchId: string): Promise<ImportState> {
  for (;;) {
    const { body, status, text } = await client.get<ImportState>(`/api/imports/${batchId}`);
    if (status !== 200) throw new Error(text);
    if (body.state !== 'running') return body;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
const villages = `country: XA
names: { en: Demo land }
levels: [{ en: country }, { en: province }, { en: district }, { en: village }]
steps: [{ level: 3, file: p.csv, code: code, names: { en: name }, parent: { column: parent } }]
`;

/** A file with a row for each place that cannot be taken as well. */
async function bring(client: Client, parent: string, code: string, dryRun = false): Promise<string> {
  const { body, text } = await client.upload<{ batchId: string }>(
    '/api/imports',
    file(`code,name,parent\n${code},New,${parent}\n${code}x,A name of its own,nowhere\n`),
    { kind: 'places', mapping: villages, dryRun: String(dryRun) },
  );
  if (!body.batchId) throw new Error(text);
  expect(await ended(client, body.batchId)).toMatchObject({ state: 'done', report: { taken: 1, rejected: 1 } });
  return body.batchId;
}
const doors = (batchId: string) =>
  [
    ['GET', `/api/imports/${batchId}`],
    ['GET', `/api/imports/${batchId}/rejected.csv`],
    ['POST', `/api/imports/${batchId}/cancel`],
    ['POST', `/api/imports/${batchId}/undo`],
  ] as const;

describe("another importer's work", () => {
  it('does not exist for a coordinator of one district where the other could write beyond it: not its state, its rows, its end', async () => {
    const { west } = world.app.land;
    for (const batchId of [
      world.batchId,
      await bring(mali, west.code, 'W70'),
      await bring(mali, west.code, 'W71', true),
      await bring(nok, west.code, 'W72'),
    ]) {
      for (const [method, path] of doors(batchId)) expect([path, (await dao.send(method, path)).status]).toEqual([path, 404]);
    }
    const { rows } = await sql<{ n: number; state: string }>`
      select count(*)::int as n, b.state from waymark.area_statistic join waymark.import_batch b using (batch_id) where batch_id = ${world.batchId} group by 2`.execute(
      world.app.db.owner,
    );
    expect(rows).toEqual([{ n: 6, state: 'done' }]);
    const listed = (await dao.get<{ rows: ImportState[] }>('/api/imports?limit=100')).body.rows;
    expect(listed.map(({ batchId }) => batchId)).toEqual([world.westBatchId]);
  });

  it('is hers to look at, and to undo, where it could reach nothing but her own area', async () => {
    const inWest = await bring(dao, world.app.land.west.code, 'W77');
    for (const client of [mali, nok]) {
      expect((await client.get<ImportState>(`/api/imports/${inWest}`)).body).toMatchObject({
        state: 'done',
        report: { rejectedRows: [{ code: 'W77x' }] },
      });
      expect((await client.get(`/api/imports/${inWest}/rejected.csv`)).text).toContain('W77x');
    }
    expect((await mali.post(`/api/imports/${inWest}/undo`)).status).toBe(200);
    expect((await dao.get<ImportState>(`/api/imports/${inWest}`)).body.state).toBe('undone');
    expect((await dao.post(`/api/imports/${inWest}/undo`)).status).toBe(409);
  });

  it('the database itself keeps from her, and quotes of the file stand nowhere else', async () => {
    const inEast = await bring(mali, world.app.land.east.code, 'E78');
    const rights = new Set(['places.import', 'statistics.import', 'risk.read']);
    const asDao = <T>(fn: (tx: Tx) => Promise<T>): Promise<T> =>
      withActor(
        world.app.db.app,
        {
          accountId: world.app.accountIds.other_coordinator,
          userName: 'dao',
          displayName: 'Dao',
          locale: 'en',
          roles: ['coordinator'],
          rights,
          scopes: [world.app.land.west.path],
          posts: [{ role: 'coordinator', placeId: world.app.land.west.placeId }],
        },
        fn,
      );
    expect((await asDao((tx) => sql`select from waymark.import_run where batch_id = ${inEast}`.execute(tx))).rows).toEqual([]);
    expect(
      (await asDao((tx) => sql`update waymark.import_run set stop_asked = true where batch_id = ${inEast}`.execute(tx))).numAffectedRows,
    ).toBe(0n);
    await expect(
      asDao((tx) =>
        sql`insert into waymark.import_run (batch_id, kind, dry_run, file_name, mapping_name, actor_id, reach, state) values (gen_random_uuid(), 'places', false, 'f', 'm', 'mali', '*', 'waiting')`.execute(
          tx,
        ),
      ),
    ).rejects.toMatchObject({ code: '42501' });
    await expect(asDao((tx) => sql`update waymark.import_run set actor_id = 'nok'`.execute(tx))).rejects.toMatchObject({ code: '42501' });
    const { rows } = await asDao((tx) =>
      sql<{ report: string }>`select report::text from waymark.import_batch where batch_id = ${inEast}`.execute(tx),
    );
    expect(rows[0]?.report).not.toMatch(/E78x|rejectedRows|A name of its own/);
    expect(world.app.logLines.join('\n')).not.toMatch(/E78x|A name of its own/);
  });

  it('does not stand in the way of the same file for another area', async () => {
    const content = 'code,name,parent\nE79,New,XA11\nW79,New,XA12\n';
    const send = async (client: Client) =>
      ended(
        client,
        (await client.upload<{ batchId: string }>('/api/imports', file(content), { kind: 'places', mapping: villages })).body.batchId,
      );
    expect(await send(dao)).toMatchObject({ state: 'done', report: { taken: 1, rejected: 1, sameAs: null } });
    expect(await send(mali)).toMatchObject({ state: 'done', report: { taken: 2, rejected: 0, sameAs: null } });
    const again = await send(mali);
    expect(again.report?.sameAs).toEqual(expect.any(String));
    expect((await mali.get(`/api/imports/${again.report?.sameAs}`)).status).toBe(200);
  });
});

describe('undoing places', () => {
  const statistics =
    'country: XA\nlevel: 3\ninstrument: place-secondary-1\nsource: Made up\ncode: { column: code }\nobserved: { date: "2024-01-01" }\nindicators: { poor_households: { part: num(poor), whole: num(households), sumUp: true } }\n';
  it('waits for their statistics to be undone, and then leaves nothing behind', async () => {
    const { east } = world.app.land;
    const places = await bring(mali, east.code, 'E90');
    const sent = await mali.upload<{ batchId: string }>('/api/imports', file('code,poor,households\nE90,5,100\n'), {
      kind: 'area-stats',
      mapping: statistics,
    });
    expect(await ended(mali, sent.body.batchId)).toMatchObject({ state: 'done', report: { taken: 1 } });
    const refused = await mali.post(`/api/imports/${places}/undo`);
    expect([refused.status, refused.text]).toEqual([
      409,
      expect.stringMatching(/statistics were imported for them|risk figures stand on them/),
    ]);
    expect((await mali.post(`/api/imports/${sent.body.batchId}/undo`)).status).toBe(200);
    expect(
      (await sql`select from waymark.standing s join waymark.place using (place_id) where code = 'E90'`.execute(world.app.db.owner)).rows,
    ).toHaveLength(1);
    const undone = await mali.post<ImportState>(`/api/imports/${places}/undo`);
    expect([undone.status, undone.body.state]).toEqual([200, 'undone']);
    expect((await sql`select from waymark.place where code = 'E90'`.execute(world.app.db.owner)).rows).toEqual([]);
    expect(
      (
        await sql`select from waymark.standing where known = 0 and place_id not in (select place_id from waymark.place)`.execute(
          world.app.db.owner,
        )
      ).rows,
    ).toEqual([]);
  });

  it('drops no empty row for somebody who may not undo them', async () => {
    const places = await bring(mali, world.app.land.east.code, 'E91');
    const drop = (rights: string[], scopes: string[]) =>
      withActor(
        world.app.db.app,
        { accountId: 'x', userName: 'x', displayName: 'X', locale: 'en', roles: [], rights: new Set(rights), scopes, posts: [] },
        (tx) => sql`select waymark.drop_empty_standings(${places})`.execute(tx),
      );
    await expect(drop(['risk.read'], [world.app.land.province.path])).rejects.toMatchObject({ code: '42501' });
    await expect(drop(['places.import'], [world.app.land.west.path])).rejects.toMatchObject({ code: '42501' });
  });
});

describe('many imports at once', () => {
  it('leave everybody else her connections, and may be stopped while they wait, by their own starter', async () => {
    const mapping =
      'country: XQ\nnames: { en: Quellaria }\nlevels: [{ en: country }, { en: province }]\nsteps: [{ level: 1, file: p.csv, code: code, names: { en: name } }]\n';
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const held = world.app.db.owner.transaction().execute(async (tx) => {
      await sql`select pg_advisory_xact_lock(hashtext('waymark.import'))`.execute(tx);
      await released;
    });
    try {
      const started: string[] = [];
      for (let i = 0; i < 20; i++)
        started.push(
          (await nok.upload<{ batchId: string }>('/api/imports', file(`code,name\n${i},A\n`), { kind: 'places', mapping, dryRun: 'true' }))
            .body.batchId,
        );
      expect((await mali.get('/api/countries')).status).toBe(200);
      expect((await mali.post(`/api/imports/${started[19]}/cancel`)).status).toBe(404);
      for (const batchId of started.slice(1)) expect((await nok.post(`/api/imports/${batchId}/cancel`)).status).toBe(200);
      expect(await ended(nok, started[19] ?? '')).toMatchObject({ state: 'cancelled' });
      release();
      expect(await ended(nok, started[0] ?? '')).toMatchObject({ state: 'done', report: { taken: 1 } });
    } finally {
      release();
      await held;
    }
  }, 60_000);
});

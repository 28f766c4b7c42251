// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImportState } from '../src/places/domain/imports-api.ts';
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

describe('undoing', () => {
  it('statistics of a whole province is not for the coordinator of one district', async () => {
    const answer = await dao.post(`/api/imports/${world.batchId}/undo`);
    expect([answer.status, answer.text]).toEqual([403, expect.stringContaining('outside the area you work in')]);
    const { rows } = await sql<{ n: number; state: string }>`
      select count(*)::int as n, b.state from waymark.area_statistic join waymark.import_batch b using (batch_id) where batch_id = ${world.batchId} group by 2`.execute(world.app.db.owner);
    expect(rows).toEqual([{ n: 6, state: 'done' }]);
  });

  it('places of another district is refused; of one\'s own, by whomever they were brought, is not', async () => {
    const { east, west } = world.app.land;
    const bring = async (parent: string, code: string) => {
      const { body, text } = await mali.upload<{ batchId: string }>('/api/imports', file(`code,name,parent\n${code},New,${parent}\n`), { kind: 'places', mapping: villages });
      if (!body.batchId) throw new Error(text);
      expect(await ended(mali, body.batchId)).toMatchObject({ state: 'done', report: { taken: 1 } });
      return body.batchId;
    };
    const [inEast, inWest] = [await bring(east.code, 'E77'), await bring(west.code, 'W77')];
    expect((await dao.post(`/api/imports/${inEast}/undo`)).status).toBe(403);
    expect((await dao.post(`/api/imports/${inWest}/undo`)).status).toBe(200);
    expect((await nok.post(`/api/imports/${inEast}/undo`)).status).toBe(200);
  });
});

describe('many imports at once', () => {
  it('leave everybody else her connections, and may be stopped while they wait, by their own starter', async () => {
    const mapping = 'country: XQ\nnames: { en: Quellaria }\nlevels: [{ en: country }, { en: province }]\nsteps: [{ level: 1, file: p.csv, code: code, names: { en: name } }]\n';
    let release = (): void => {};
    const released = new Promise<void>((resolve) => { release = resolve; });
    const held = world.app.db.owner.transaction().execute(async (tx) => {
      await sql`select pg_advisory_xact_lock(hashtext('waymark.import'))`.execute(tx);
      await released;
    });
    try {
      const started: string[] = [];
      for (let i = 0; i < 20; i++) started.push((await nok.upload<{ batchId: string }>('/api/imports', file(`code,name\n${i},A\n`), { kind: 'places', mapping, dryRun: 'true' })).body.batchId);
      expect((await mali.get('/api/countries')).status).toBe(200);
      expect((await mali.post(`/api/imports/${started[19]}/cancel`)).status).toBe(403);
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

// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImportState } from '../../src/places/domain/imports-api.ts';
import { runningCluster } from '../../src/platform/server/cluster.ts';
import { openDb, openPool } from '../../src/platform/server/db.ts';
import { urlsOfRunning } from '../../src/platform/server/roles.ts';
import { recount } from '../../src/risk/server/index.ts';
import { Client, type UploadFile } from '../support/client.ts';
import { waymark, type Run } from './support.ts';

const port = 4388,
  address = `http://127.0.0.1:${port}`;
const provinces = 20,
  districts = 10,
  villages = 100; // of each other: 20,000 villages
const all = provinces * districts * villages;
let folder: string, data: string, server: Run;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-proof-'));
  data = join(folder, 'data');
  await start();
  const code = /\S+$/.exec(await server.waitFor('set-up code'))?.[0] ?? '';
  await new Client(address).post('/api/setup', { code, userName: 'nok', displayName: 'Nok', password: 'quiet-heron-lamp-7' });
});
afterAll(async () => {
  server?.child.kill('SIGINT');
  await server?.ended;
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  server = waymark(['start', '--no-demo', '--port', String(port), '--data', data]);
  await server.waitFor('Waymark is ready');
}
/** Signs in once: a session outlives every kill. */
let session: Promise<Client> | null = null;
const nok = (): Promise<Client> => (session ??= new Client(address).signIn('nok', 'quiet-heron-lamp-7'));

/** Launcher and server at one blow; the database lives on and is adopted by the next. */
async function killApplication(): Promise<void> {
  const { pid } = JSON.parse(readFileSync(join(data, 'waymark.lock'), 'utf8')) as { pid: number };
  server.child.kill('SIGKILL');
  process.kill(pid, 'SIGKILL');
  await server.ended;
  await start();
}
/** The database alone: the running Waymark brings it back by itself. */
async function killDatabase(): Promise<void> {
  const before = runningCluster(data)?.pid ?? 0;
  process.kill(before, 'SIGKILL');
  await expect
    .poll(async () => (runningCluster(data)?.pid ?? before) !== before && (await fetch(`${address}/healthz`).catch(() => null))?.ok, {
      timeout: 120_000,
    })
    .toBe(true);
}
async function killBoth(): Promise<void> {
  const { pid } = JSON.parse(readFileSync(join(data, 'waymark.lock'), 'utf8')) as { pid: number };
  const postmaster = runningCluster(data)?.pid ?? 0;
  for (const victim of [pid, postmaster]) process.kill(victim, 'SIGKILL');
  server.child.kill('SIGKILL');
  await server.ended;
  await start();
}

/** One answer from the owner's connection: it sees what is committed and nothing else. */
async function ask<T>(statement: ReturnType<typeof sql<T>>): Promise<T> {
  const pool = openPool(urlsOfRunning(runningCluster(data)!).owner, { max: 1 });
  try {
    return (await statement.execute(openDb(pool))).rows[0]!;
  } finally {
    await pool.end();
  }
}
const upload = async (files: readonly UploadFile[], kind: string, mapping: string): Promise<string> => {
  const { body, text } = await (await nok()).upload<{ batchId: string }>('/api/imports', files, { kind, mapping });
  if (!body?.batchId) throw new Error(text);
  return body.batchId;
};
async function stateOf(batchId: string): Promise<ImportState> {
  for (let tries = 0; ; tries++) {
    const answer = await nok()
      .then((client) => client.get<ImportState>(`/api/imports/${batchId}`))
      .catch(() => null);
    if (answer?.status === 200) return answer.body;
    if (tries > 200) throw new Error(answer?.text ?? 'no answer');
    await sleep(200);
  }
}
async function reaches(batchId: string, phase: RegExp): Promise<void> {
  await expect
    .poll(
      async () => {
        const { state, progress } = await stateOf(batchId);
        return state !== 'running' ? state : phase.test(progress?.phase ?? '') || progress?.phase;
      },
      { timeout: 240_000, interval: 60 },
    )
    .toBe(true);
}
async function ends(batchId: string): Promise<ImportState> {
  await expect.poll(async () => (await stateOf(batchId)).state, { timeout: 280_000, interval: 500 }).not.toBe('running');
  return stateOf(batchId);
}

const kills = { 'the application': killApplication, 'the database': killDatabase, 'both at once': killBoth } as const;

describe('Places, killed in the midst of their import', () => {
  const code = (...parts: number[]): string => parts.map((part) => String(part + 1).padStart(3, '0')).join('');
  const mapping = (
    land: string,
  ): string => `country: ${land}\nnames: { en: Land ${land} }\nlevels: [{ en: country }, { en: province }, { en: district }, { en: village }]
steps:
  - { level: 1, file: p.csv, code: code, names: { en: name } }
  - { level: 2, file: d.csv, code: code, names: { en: name }, parent: { column: parent } }
  - { level: 3, file: v.csv, code: code, names: { en: name }, parent: { column: parent } }
`;
  function files(): UploadFile[] {
    const lines: string[][] = [[], [], []];
    for (let p = 0; p < provinces; p++) {
      lines[0]!.push(`${code(p)},Province ${p},`);
      for (let d = 0; d < districts; d++) {
        lines[1]!.push(`${code(p, d)},District ${p} ${d},${code(p)}`);
        for (let v = 0; v < villages; v++) lines[2]!.push(`${code(p, d, v)},Village ${p} ${d} ${v},${code(p, d)}`);
      }
    }
    return ['p.csv', 'd.csv', 'v.csv'].map((name, i) => ({ field: 'file', name, content: `code,name,parent\n${lines[i]!.join('\n')}\n` }));
  }
  const known = (land: string) => ask(sql<{ n: number }>`select count(*)::int as n from waymark.place where country = ${land}`);

  for (const [i, [victim, kill]] of Object.entries(kills).entries()) {
    it(`${victim}, twice: each time nothing is there, and then all of it, once`, async () => {
      const land = ['XA', 'XB', 'XC'][i]!;
      const batchId = await upload(files(), 'places', mapping(land));
      for (const phase of [/Reading|Checking|Comparing/, /Writing|Checking/]) {
        await reaches(batchId, phase);
        await kill();
        expect(await known(land), 'nothing is half there').toEqual({ n: 0 });
      }
      expect(await ends(batchId)).toMatchObject({
        state: 'done',
        problem: null,
        report: { rows: all + provinces * districts + provinces, rejected: 0 },
      });
      expect(await known(land)).toEqual({ n: 1 + provinces + provinces * districts + all });
      expect(await ends(await upload(files(), 'places', mapping(land)))).toMatchObject({ state: 'done', report: { sameAs: batchId } });
      expect(readdirSync(join(data, 'imports')), 'no file waits any more').toEqual([]);
    }, 900_000);
  }
});

describe('Statistics, killed in the midst of their import', () => {
  const poor = (row: number): number => (row * 7) % 50,
    households = (row: number): number => 50 + (row % 150);
  const rows = Array.from({ length: all }, (_, row) => row);
  const mapping = (
    land: string,
  ): string => `country: ${land}\nlevel: 3\ninstrument: place-secondary-1\nsource: Made up\ncode: { column: code }\nobserved: { date: "2024-01-01" }
indicators: { poor_households: { part: num(poor), whole: num(households), sumUp: true } }\n`;
  const code = (row: number): string =>
    [Math.floor(row / villages / districts), Math.floor(row / villages) % districts, row % villages]
      .map((part) => String(part + 1).padStart(3, '0'))
      .join('');
  const file = (land: string): UploadFile[] => [
    {
      field: 'file',
      name: `${land}.csv`,
      content: `code,poor,households\n${rows.map((row) => `${code(row)},${poor(row)},${households(row)}`).join('\n')}\n`,
    },
  ];
  const kept = (land: string) =>
    ask(sql<{ figures: number; answers: number; standings: number }>`
    select (select count(*)::int from waymark.area_statistic s join waymark.place p using (place_id) where p.country = ${land} and s.origin = 'measured') as figures,
           (select count(*)::int from waymark.assessment a join waymark.place p on p.place_id = a.subject_id where p.country = ${land}) as answers,
           (select count(*)::int from waymark.standing s join waymark.place p using (place_id) where p.country = ${land}) as standings`);

  for (const [i, [victim, kill]] of Object.entries(kills).entries()) {
    it(`${victim}, twice: each time nothing is there, and then all of it, with sums that equal a recount`, async () => {
      const land = ['XA', 'XB', 'XC'][i]!;
      const batchId = await upload(file(land), 'area-stats', mapping(land));
      for (const phase of [/Writing figures|Scoring/, /Scoring/]) {
        await reaches(batchId, phase);
        await kill();
        expect(await kept(land), 'nothing is half there').toEqual({ figures: 0, answers: 0, standings: 0 });
      }
      expect(await ends(batchId)).toMatchObject({ state: 'done', problem: null, report: { rows: all, taken: all, rejected: 0 } });
      expect(await kept(land)).toMatchObject({ figures: all, standings: 1 + provinces + provinces * districts + all });
      const [part, whole] = rows.reduce(([a, b], row) => [a! + poor(row), b! + households(row)], [0, 0]);
      expect(
        await ask(
          sql<object>`select part::int, whole::int, places_with from waymark.area_statistic s join waymark.place p using (place_id) where p.country = ${land} and p.level = 0`,
        ),
      ).toEqual({ part, whole, places_with: all });
      expect(await ends(await upload(file(land), 'area-stats', mapping(land)))).toMatchObject({
        state: 'done',
        report: { sameAs: batchId },
      });
    }, 900_000);
  }

  it('leave standings and rollups that equal a recount of everything, and can be undone to the last place', async () => {
    const pool = openPool(urlsOfRunning(runningCluster(data)!).jobs, { max: 1 });
    try {
      expect(
        await openDb(pool)
          .transaction()
          .execute((tx) => recount(tx)),
      ).toEqual([]);
    } finally {
      await pool.end();
    }
    const client = await nok();
    const {
      body: { rows: batches },
    } = await client.get<{ rows: ImportState[] }>('/api/imports?limit=100');
    for (const kind of ['area-stats', 'places']) {
      for (const { batchId } of batches.filter((batch) => batch.kind === kind && batch.state === 'done' && batch.report?.sameAs === null)) {
        const answer = await client.post(`/api/imports/${batchId}/undo`);
        expect([kind, answer.status, answer.text.slice(0, 300)]).toEqual([kind, 200, expect.any(String)]);
      }
    }
    expect(
      await ask(
        sql<object>`select (select count(*)::int from waymark.place) as places, (select count(*)::int from waymark.standing) as standings`,
      ),
    ).toEqual({ places: 0, standings: 0 });
  }, 900_000);
});

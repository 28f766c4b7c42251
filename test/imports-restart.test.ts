// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from '../src/app/server.ts';
import type { ImportState } from '../src/places/domain/imports-api.ts';
import { everybody, startApp, testPassword, type PersonName, type TestApp } from './support/app.ts';
import { Client } from './support/client.ts';

/** Imports of a server that stops, or is killed, while they wait or run. */
let app: TestApp;
let server: RunningServer;
let imports: string;
beforeAll(async () => {
  app = await startApp();
  server = app.server;
  imports = join(app.folder, 'imports');
}, 120_000);
afterAll(async () => {
  await server?.close();
  await app?.close();
});

/** What happens while nobody is there happens between. */
async function restart(between: () => Promise<unknown> = async () => {}): Promise<void> {
  await server.close();
  await between();
  server = await startServer({
    urls: app.db.urls,
    port: 0,
    host: '127.0.0.1',
    dataFolder: app.folder,
    webDir: null,
    jobs: 'asked',
    signInsPerMinute: 10_000,
    checkAnswers: true,
    log: pino({ level: 'silent' }),
  });
}
const as = (name: PersonName): Promise<Client> => new Client(server.url).signIn(everybody[name].userName, testPassword);
const mapping =
  'country: XA\nnames: { en: Demo land }\nlevels: [{ en: country }, { en: province }, { en: district }, { en: village }]\nsteps: [{ level: 3, file: p.csv, code: code, names: { en: name }, parent: { column: parent } }]\n';
async function send(who: PersonName, rows: string, dryRun = false): Promise<string> {
  const { body, text } = await (
    await as(who)
  ).upload<{ batchId: string }>('/api/imports', [{ field: 'file', name: 'p.csv', content: `code,name,parent\n${rows}` }], {
    kind: 'places',
    mapping,
    dryRun: String(dryRun),
  });
  if (!body.batchId) throw new Error(text);
  return body.batchId;
}
async function ended(who: PersonName, batchId: string): Promise<ImportState> {
  const client = await as(who);
  for (;;) {
    const { body, status, text } = await client.get<ImportState>(`/api/imports/${batchId}`);
    if (status !== 200) throw new Error(text);
    if (body.state !== 'running') return body;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
/** While `fn` runs, every import stands still in the midst of its transaction. */
async function held<T>(fn: () => Promise<T>): Promise<T> {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const holding = new Promise<void>((taken, failed) => {
    app.db.owner
      .transaction()
      .execute(async (tx) => {
        await sql`select pg_advisory_xact_lock(hashtext('waymark.import'))`.execute(tx);
        taken();
        await released;
      })
      .catch(failed);
  });
  await holding;
  try {
    return await fn();
  } finally {
    release();
  }
}
const running = async (batchId: string) =>
  expect
    .poll(async () => (await (await as('administrator')).get<ImportState>(`/api/imports/${batchId}`)).body.progress?.phase, {
      timeout: 20_000,
    })
    .toBe('Waiting for another import to end');

describe('an import', () => {
  it('that runs when the server stops runs again at the next start, once, and what waits behind it too', async () => {
    const [first, second, third] = await held(async () => {
      const ids = [
        await send('coordinator', 'R1,One,XA11\n'),
        await send('coordinator', 'R2,Two,XA11\nR3,,XA11\n'),
        await send('coordinator', 'R4,Four,XA11\n'),
      ] as const;
      await running(ids[1]);
      await restart();
      return ids;
    });
    expect(await ended('coordinator', first)).toMatchObject({ state: 'done', report: { taken: 1, rejected: 0 } });
    expect(await ended('coordinator', second)).toMatchObject({ state: 'done', report: { taken: 1, rejected: 1 } });
    expect(await ended('coordinator', third)).toMatchObject({ state: 'done', report: { taken: 1 } });
    const { rows } = await sql<{
      code: string;
      n: number;
    }>`select code, count(*)::int as n from waymark.place where code in ('R1', 'R2', 'R3', 'R4') group by 1 order by 1`.execute(
      app.db.owner,
    );
    expect(rows).toEqual([
      { code: 'R1', n: 1 },
      { code: 'R2', n: 1 },
      { code: 'R4', n: 1 },
    ]);
    await expect.poll(() => readdirSync(imports)).toEqual([`${second}.rejected.csv`]); // files go once the import is over
  }, 60_000);

  it('keeps what a dry run found, and its rejected rows, over a restart', async () => {
    const tried = await send('other_coordinator', 'R5,Five,XA12\nR6,,XA12\n', true);
    const before = await ended('other_coordinator', tried);
    await restart();
    expect(await ended('other_coordinator', tried)).toEqual(before);
    expect((await (await as('other_coordinator')).get(`/api/imports/${tried}/rejected.csv`)).text).toContain(
      'p.csv,3,name,R6,the name is empty',
    );
    await restart(() =>
      sql`update waymark.import_run set finished_at = now() - interval '31 days' where batch_id = ${tried}`.execute(app.db.owner),
    );
    expect((await (await as('other_coordinator')).get(`/api/imports/${tried}`)).status).toBe(404);
    await restart(async () => {
      utimesSync(join(imports, `${tried}.rejected.csv`), new Date(0), new Date(0));
    });
    expect(existsSync(join(imports, `${tried}.rejected.csv`))).toBe(false);
  }, 60_000);

  it('whose server was killed is taken up again, three times at most; cancelled meanwhile, it is not', async () => {
    const die = (batchId: string, attempts: number, stop = false) =>
      sql`update waymark.import_run set state = 'running', attempts = ${attempts}, stop_asked = ${stop} where batch_id = ${batchId}`.execute(
        app.db.owner,
      );
    const ids = await held(async () => {
      const ids = [
        await send('coordinator', 'R7,Seven,XA11\n'),
        await send('coordinator', 'R8,Eight,XA11\n'),
        await send('coordinator', 'R9,Nine,XA11\n'),
      ] as const;
      await restart(async () => {
        await die(ids[0], 1);
        await die(ids[1], 3);
        await die(ids[2], 1, true);
      });
      return ids;
    });
    expect(await ended('coordinator', ids[0])).toMatchObject({ state: 'done', report: { taken: 1 } });
    expect(await ended('coordinator', ids[1])).toMatchObject({
      state: 'failed',
      problem: { code: 'cancelled', detail: expect.stringContaining('nothing was taken') as string },
    });
    expect(await ended('coordinator', ids[2])).toMatchObject({ state: 'cancelled', problem: { code: 'cancelled' } });
    expect((await sql`select from waymark.place where code in ('R8', 'R9')`.execute(app.db.owner)).rows).toEqual([]);
    await expect.poll(() => readdirSync(imports).filter((name) => ids.some((id) => name.startsWith(id)))).toEqual([]);
  }, 60_000);

  it('can be cancelled while it waits and after a restart, and is not run then', async () => {
    const ids = await held(async () => {
      const ids = [
        await send('coordinator', 'S1,One,XA11\n'),
        await send('coordinator', 'S2,Two,XA11\n'),
        await send('coordinator', 'S3,Three,XA11\n'),
      ] as const;
      await restart();
      await running(ids[1]);
      const mali = await as('coordinator');
      // The one at work last: it would make room for one that is not cancelled yet.
      for (const id of ids.toReversed()) expect((await mali.post(`/api/imports/${id}/cancel`)).status).toBe(200);
      expect((await mali.get<ImportState>(`/api/imports/${ids[2]}`)).body.state).toBe('cancelled');
      return ids;
    });
    for (const id of ids) expect(await ended('coordinator', id)).toMatchObject({ state: 'cancelled', report: null });
    await restart();
    expect((await sql`select from waymark.place where code in ('S1', 'S2', 'S3')`.execute(app.db.owner)).rows).toEqual([]);
    await expect.poll(() => readdirSync(imports).filter((name) => ids.some((id) => name.startsWith(id)))).toEqual([]);
  }, 60_000);

  it('acts as its account may when it runs: disabled, moved or without the right, it takes nothing it may not', async () => {
    const wait = (who: PersonName, rows: string) =>
      held(async () => {
        const id = await send(who, rows);
        await server.close();
        return id;
      });
    const disable = (on: boolean) =>
      sql`update waymark.account set disabled_at = ${on ? sql`now()` : null} where user_name = 'dao'`.execute(app.db.owner);
    const disabled = await wait('other_coordinator', 'T1,One,XA12\n');
    await restart(() => disable(true));
    expect(await ended('administrator', disabled)).toMatchObject({
      state: 'failed',
      problem: { code: 'not-allowed', detail: expect.stringContaining('not in use any more') as string },
    });
    await disable(false);
    const moved = await wait('other_coordinator', 'T2,Two,XA12\n');
    await restart(() =>
      sql`update waymark.post set place_id = ${app.land.east.placeId} where account_id = ${app.accountIds.other_coordinator}`.execute(
        app.db.owner,
      ),
    );
    expect(await ended('other_coordinator', moved)).toMatchObject({
      state: 'done',
      report: { taken: 0, rejectedRows: [{ reason: 'this lies outside the area you work in' }] },
    });
    const demoted = await wait('other_coordinator', 'T3,Three,XA11\n');
    await restart(() =>
      sql`update waymark.post set role = 'analyst' where account_id = ${app.accountIds.other_coordinator}`.execute(app.db.owner),
    );
    expect(await ended('administrator', demoted)).toMatchObject({ state: 'failed', problem: { code: 'not-allowed' } });
    expect((await sql`select from waymark.place where code in ('T1', 'T2', 'T3')`.execute(app.db.owner)).rows).toEqual([]);
  }, 60_000);

  it('whose files are gone says so; files that belong to nothing are swept, young ones left alone', async () => {
    const [old, young] = [uuidv7(), uuidv7()];
    const id = await held(async () => {
      const id = await send('coordinator', 'U1,One,XA11\n');
      await restart(async () => {
        rmSync(join(imports, id), { recursive: true });
        for (const name of [old, young]) {
          mkdirSync(join(imports, name));
          writeFileSync(join(imports, name, '0'), 'left');
        }
        utimesSync(join(imports, old), new Date(0), new Date(0));
      });
      return id;
    });
    expect(await ended('coordinator', id)).toMatchObject({
      state: 'failed',
      problem: { code: 'unreadable-file', at: { file: 'p.csv' }, detail: expect.stringContaining('Upload it again') as string },
    });
    expect([existsSync(join(imports, old)), existsSync(join(imports, young))]).toEqual([false, true]);
  }, 60_000);
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync, readdirSync } from 'node:fs';
import { request as open } from 'node:http';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkRoom, uploadRoom } from '../src/platform/server/upload-room.ts';
import { startApp, type TestApp } from './support/app.ts';
import type { Client } from './support/client.ts';

/** A server with four megabytes of room for uploads. */
let app: TestApp;
let mali: Client;
beforeAll(async () => {
  app = await startApp({ uploadsGb: String(4 / 1024) });
  mali = await app.as('coordinator');
}, 120_000);
afterAll(() => app?.close());

const mapping =
  'country: XA\nnames: { en: Demo land }\nlevels: [{ en: country }, { en: province }, { en: district }, { en: village }]\nsteps: [{ level: 3, file: p.csv, code: code, names: { en: name }, parent: { column: parent } }]\n';
const file = (megabytes: number) => [
  { field: 'file', name: 'p.csv', content: `code,name,parent\nV1,One,XA11\n${' '.repeat(megabytes * 1024 * 1024)}` },
];
const send = (megabytes: number) =>
  mali.upload<{ batchId: string }>('/api/imports', file(megabytes), { kind: 'places', mapping, dryRun: 'true' });
const waiting = () => readdirSync(join(app.folder, 'imports')).filter((name) => !name.endsWith('.csv'));

describe('The room for uploads', () => {
  it('is full when files that wait for their import fill it, and free again when they are done', async () => {
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let taken = (): void => {};
    const holding = new Promise<void>((resolve) => {
      taken = resolve;
    });
    const held = app.db.owner.transaction().execute(async (tx) => {
      await sql`select pg_advisory_xact_lock(hashtext('waymark.import'))`.execute(tx);
      taken();
      await released;
    });
    await holding;
    try {
      for (let i = 0; i < 3; i++) expect((await send(1)).status).toBe(202);
      const refused = await send(1);
      expect([refused.status, refused.body]).toMatchObject([
        507,
        { type: '/problems/storage-full', detail: expect.stringContaining('wait for their import') as string },
      ]);
      expect((await mali.upload('/api/imports/preview', file(1))).status).toBe(507);
      expect(waiting()).toHaveLength(3);
      expect((await send(0)).status).toBe(202);
    } finally {
      release();
      await held;
    }
    await expect.poll(waiting, { timeout: 20_000 }).toEqual([]);
    expect((await send(2)).status).toBe(202);
    await expect.poll(() => readdirSync(join(app.folder, 'uploads')), { timeout: 10_000 }).toEqual([]);
  }, 60_000);

  it('is kept too by a sender who does not say how much is coming', async () => {
    const cookie = [...mali.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await new Promise<{ status: number | undefined; text: string }>((resolve) => {
      const request = open(
        `${app.url}/api/imports/preview`,
        {
          method: 'POST',
          headers: { cookie, origin: app.url, 'content-type': 'multipart/form-data; boundary=x', 'transfer-encoding': 'chunked' },
        },
        (response) => {
          let text = '';
          response
            .on('data', (piece: Buffer) => {
              text += piece.toString();
            })
            .on('end', () => {
              resolve({ status: response.statusCode, text });
              request.destroy();
            });
        },
      );
      request.on('error', () => resolve({ status: undefined, text: 'cut off' }));
      request.write('--x\r\ncontent-disposition: form-data; name="file"; filename="p.csv"\r\n\r\n');
      let sent = 0;
      const more = (): void => {
        if (sent++ < 40 && !request.destroyed) request.write('x'.repeat(1024 * 1024), () => setTimeout(more, 5));
        else request.end('\r\n--x--\r\n');
      };
      more();
    });
    expect(answer.status === 507 || answer.text === 'cut off').toBe(true);
    await expect.poll(() => readdirSync(join(app.folder, 'uploads')), { timeout: 10_000 }).toEqual([]);
    expect(existsSync(app.folder)).toBe(true);
  }, 60_000);

  it('leaves the end of the disk to what is saved, and is asked for by a number', async () => {
    await expect(
      checkRoom({ folders: [app.folder], totalBytes: Infinity, keepFreeBytes: Number.MAX_SAFE_INTEGER }, 0),
    ).rejects.toMatchObject({ code: 'storage-full', detail: expect.stringContaining('nearly full') as string });
    await checkRoom({ folders: [app.folder, join(app.folder, 'nowhere')], totalBytes: 2 ** 40, keepFreeBytes: 0 }, 1);
    for (const wrong of ['', 'much', '-1', '0', 'NaN']) expect(() => uploadRoom([], wrong)).toThrow('WAYMARK_UPLOADS_GB');
  });
});

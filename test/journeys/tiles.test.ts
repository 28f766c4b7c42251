// SPDX-License-Identifier: AGPL-3.0-or-later
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32, deflateSync } from 'node:zlib';
import { sql } from 'kysely';
import type { Browser, Page } from 'playwright-core';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccount, openAccess } from '../../src/access/server/index.ts';
import { installInstruments } from '../../src/risk/server/index.ts';
import type { TestDatabase } from '../support/database.ts';
import { makeDemoLand, type TestPlace } from '../support/demo-land.ts';
import { demoPassword, startJourney, type JourneyServer } from './demo-server.ts';
import { barriers, letIn, openBrowser, openWindow, settle } from './support.ts';
import { passwordsAreEnough } from '../support/second-proof.ts';

const attribution = 'Ground drawn by nobody';

/** A tile of 256 by 256 pixels, blue with a white edge: drawn here, so that the picture can be told from the map's own colours. */
function tile(): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]),
      size = Buffer.alloc(4),
      sum = Buffer.alloc(4);
    size.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([size, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(256, 0);
  head.writeUInt32BE(256, 4);
  head.set([8, 2, 0, 0, 0], 8); // eight bits of red, green and blue
  const line = (edge: boolean): Buffer =>
    Buffer.from([0, ...Array.from({ length: 256 }, (_, x) => (edge || x < 3 ? [255, 255, 255] : [60, 110, 200])).flat()]);
  const rows = Array.from({ length: 256 }, (_, y) => line(y < 3));
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

interface TileServer {
  readonly url: string;
  readonly asked: string[];
  close(): Promise<void>;
}

async function startTiles(): Promise<TileServer> {
  const picture = tile(),
    asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(200, { 'content-type': 'image/png', 'access-control-allow-origin': '*' }).end(picture);
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  return {
    asked,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/{z}/{x}/{y}.png`,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

/** Two districts side by side, the one ending and the other beginning at the 180th meridian. */
async function fill(db: TestDatabase): Promise<void> {
  await sql`insert into waymark.installation (installation_id, is_demo) values (${uuidv7()}, false)`.execute(db.owner);
  await passwordsAreEnough(db.owner);
  await installInstruments(db.owner, uuidv7);
  const { east, west } = await makeDemoLand(db.owner);
  const draw = async ({ placeId }: TestPlace, from: number) => {
    const ring = [
      [from, -18],
      [from + 1, -18],
      [from + 1, -16.8],
      [from, -16.8],
      [from, -18],
    ];
    for (const detail of [0, 1, 2]) {
      await sql`insert into waymark.place_boundary (place_id, detail, geometry) values (${placeId}, ${detail}, ${JSON.stringify({ type: 'Polygon', coordinates: [ring] })}::json)`.execute(
        db.owner,
      );
    }
  };
  await draw(east, 179);
  await draw(west, -180);
  const access = openAccess({
    urls: db.urls,
    app: db.app,
    secret: 'only to make an account, never to sign in',
    publicOrigin: null,
    now: () => new Date(),
    newId: uuidv7,
  });
  await createAccount(access, { userName: 'nok', displayName: 'Nok', role: 'administrator', placeId: null, password: demoPassword });
  await access.close();
}

let tiles: TileServer, server: JourneyServer, browser: Browser;
beforeAll(async () => {
  tiles = await startTiles();
  server = await startJourney(fill, { tilesUrl: tiles.url, tilesAttribution: attribution });
  browser = await openBrowser({ webGl: true });
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await server?.close();
  await tiles?.close();
});

async function nokOpens(address: string) {
  const window = await openWindow(browser, server.url);
  await letIn(window, 'nok', demoPassword);
  const {
    rows: [province],
  } = await sql<{ place_id: string }>`select place_id from waymark.place where level = 1`.execute(server.db.owner);
  await window.page.goto(address.replace('PROVINCE', province!.place_id));
  await window.page.locator('.map-panel').waitFor();
  await settle(window.page);
  return window;
}

/** How much of the map is as blue as the tiles are, toned down and shining through the colours. */
async function blueShare(page: Page): Promise<number> {
  const picture = await page.locator('.map-space').screenshot();
  return page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const pen = new OffscreenCanvas(image.width, image.height).getContext('2d')!;
    pen.drawImage(image, 0, 0);
    const { data: pixels } = pen.getImageData(0, 0, image.width, image.height);
    let blue = 0;
    for (let i = 0; i < pixels.length; i += 4) if (pixels[i + 2]! > pixels[i]! + 15) blue++;
    return blue / (pixels.length / 4);
  }, picture.toString('base64'));
}

describe('an installation with background tiles', () => {
  it('draws them below the map, says whose they are, and may load from that host alone', async () => {
    const { page, context, errors } = await nokOpens('/map?place=PROVINCE');
    await page.locator('.map[data-drawing="gl"]').waitFor({ timeout: 60_000 });
    await page.getByText(attribution).waitFor();
    await expect.poll(() => blueShare(page), { timeout: 20_000 }).toBeGreaterThan(0.2);
    expect(tiles.asked.length).toBeGreaterThan(0);
    expect(tiles.asked.every((path) => /^\/\d+\/\d+\/\d+\.png$/.test(path))).toBe(true);
    const policy = (await page.request.get('/')).headers()['content-security-policy'] ?? '';
    const host = new URL(tiles.url.replace(/\{.*/, '')).origin;
    expect(policy).toContain(`img-src 'self' data: blob: ${host};`);
    expect(policy).toContain(`connect-src 'self' ${host};`);
    expect(policy.match(/https?:\/\/[^ ;]+/g)?.every((each) => each === host)).toBe(true);
    expect(await barriers(page)).toEqual([]);
    expect(errors()).toEqual([]);
    await context.close();
  });

  it('stays whole when they cannot be reached, and says so', async () => {
    const { page, context, errors } = await openWindow(browser, server.url);
    await context.route(
      (url) => url.origin === new URL(tiles.url.replace(/\{.*/, '')).origin,
      (route) => route.abort(),
    );
    await letIn({ context }, 'nok', demoPassword);
    await page.goto('/map?level=2');
    await page.locator('.map[data-drawing="gl"]').waitFor({ timeout: 60_000 });
    await page.getByText('The background map cannot be reached.').waitFor();
    expect(await page.locator('.map-label').allInnerTexts()).toEqual(expect.arrayContaining(['East Bay', 'West Ridge']));
    expect(await page.locator('.twin tbody tr').count()).toBe(2);
    await page.locator('.map-stage').focus();
    await page.keyboard.press('Home');
    await page.locator('.place-card').waitFor();
    // The browser's own line about each failed request is not a fault of the page.
    expect(errors().filter((line) => !line.startsWith('Failed to load resource'))).toEqual([]);
    await context.close();
  });
});

describe('a country on both sides of the date line', () => {
  it.each(['svg', 'gl'] as const)('lies in one piece and fills the map, drawn as %s', async (drawing) => {
    const { page, context } = await nokOpens(drawing === 'svg' ? '/map?place=PROVINCE&map=svg' : '/map?place=PROVINCE');
    await page.locator(`.map[data-drawing="${drawing}"]`).waitFor({ timeout: 60_000 });
    const middle = async (name: string) => {
      const box = (await page.locator('.map-label', { hasText: name }).boundingBox())!;
      return box.x + box.width / 2;
    };
    const map = (await page.locator('.map-space').boundingBox())!;
    const apart = async () => ((await middle('West Ridge')) - (await middle('East Bay'))) / map.width;
    await expect.poll(apart, { timeout: 20_000 }).toBeGreaterThan(1 / 5);
    await settle(page);
    expect(await apart()).toBeGreaterThan(1 / 5);
    expect(await apart()).toBeLessThan(0.7);
    await context.close();
  });
});

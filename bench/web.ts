// SPDX-License-Identifier: AGPL-3.0-or-later
import type { CDPSession } from 'playwright-core';
import { openBrowser } from '../test/journeys/support.ts';
import { demoAccounts } from '../demo/accounts.ts';
import type { Line } from './measure.ts';
import type { World } from './world.ts';

/** 400 kbit/s each way, 400 ms, a processor six times slower: an old phone at the edge of the network. */
async function slow(session: CDPSession): Promise<void> {
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 400,
    downloadThroughput: 50_000,
    uploadThroughput: 50_000,
  });
  await session.send('Emulation.setCPUThrottlingRate', { rate: 6 });
}

/**
 * Bytes of script and seconds until a person can act, with nothing cached: the sign-in page, then (with the cookie) the start page, then the
 * map until its table can be read. Against the bar of 85 kB of compressed script for the signed-in start page, the map apart.
 */
export async function web(world: World): Promise<Line[]> {
  const browser = await openBrowser({ webGl: true });
  const mali = demoAccounts.find((a) => a.userName === 'mali')!;
  const lines: Line[] = [];
  try {
    const signedIn = await browser.newContext({ baseURL: world.url });
    const first = await signedIn.newPage();
    await first.goto('/');
    await first.locator('input[autocomplete=username]').fill(mali.userName);
    await first.locator('input[autocomplete=current-password]').fill(mali.password);
    await first.locator('form button[type=submit]').click();
    await first.locator('.frame').waitFor();
    const state = await signedIn.storageState();
    for (const [what, path, ready, cookies] of [
      ['sign-in page', '/', 'form button[type=submit]', false],
      ['signed-in start page', '/', '.frame main h1', true],
      ['map, its table readable', '/map', 'main table tbody tr', true],
    ] as const) {
      const context = await browser.newContext({
        baseURL: world.url,
        viewport: { width: 360, height: 740 },
        ...(cookies ? { storageState: state } : {}),
      });
      const page = await context.newPage();
      const session = await context.newCDPSession(page);
      await slow(session);
      const sent: { script: number; all: number } = { script: 0, all: 0 };
      const scripts = new Set<string>();
      session.on('Network.responseReceived', (e) => {
        if (e.type === 'Script') scripts.add(e.requestId);
      });
      session.on('Network.loadingFinished', (e) => {
        sent.all += e.encodedDataLength;
        if (scripts.has(e.requestId)) sent.script += e.encodedDataLength;
      });
      const from = performance.now();
      await page.goto(path, { waitUntil: 'commit', timeout: 120_000 });
      await page.locator(ready).first().waitFor({ timeout: 120_000 });
      const seconds = (performance.now() - from) / 1000;
      const kB = sent.script / 1000;
      const start = what === 'signed-in start page';
      lines.push({
        what: `${what}: script, compressed, when usable`,
        figure: `${kB.toFixed(1)} kB (of ${(sent.all / 1000).toFixed(0)} kB in all)`,
        against: start ? 'bar: 85 kB' : '',
        ratio: start ? `${(kB / 85).toFixed(2)} of the bar` : '',
      });
      lines.push({ what: `${what}: time to usable`, figure: `${seconds.toFixed(1)} s`, against: '', ratio: '' });
      await context.close();
    }
  } finally {
    await browser.close();
  }
  return lines;
}

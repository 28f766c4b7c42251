// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import type { Browser, Cookie, Page } from 'playwright-core';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccount, openAccess } from '../../src/access/server/index.ts';
import { demoPassword, startDemo, startJourney, type JourneyServer } from './demo-server.ts';
import { address, barriers, letIn, openBrowser, openWindow, settle, type Look } from './support.ts';
import { passwordsAreEnough } from '../support/second-proof.ts';

let server: JourneyServer;
/** The second draws by WebGL in software, a quarter of the work of a page: only for those who look at the map so drawn. */
let browser: Browser, drawing: Browser;
/** Signed in once; every further window starts with the same session. */
const sessions = new Map<string, Cookie[]>();

beforeAll(async () => {
  server = await startDemo();
  [browser, drawing] = await Promise.all([openBrowser(), openBrowser({ webGl: true })]);
}, 300_000);
afterAll(async () => {
  await Promise.all([browser?.close(), drawing?.close()]);
  await server?.close();
});

/** Mali, coordinator of the demo province, signed in and looking at an address. */
async function maliOpens(path: string, look: Look = {}, userName = 'mali') {
  const window = await openWindow(path.includes('map=svg') ? browser : drawing, server.url, look);
  const kept = sessions.get(userName);
  if (kept) await window.context.addCookies(kept);
  else {
    await letIn(window, userName, demoPassword);
    sessions.set(userName, await window.context.cookies());
  }
  await window.page.goto(address(path, look));
  await window.page.locator('.map-panel, .profile').first().waitFor();
  await settle(window.page);
  return window;
}

/** The figures of a row of the table, by the place's name. */
async function rowOf(page: Page, name: string): Promise<string[]> {
  const row = page
    .locator('.twin tbody tr')
    .filter({ has: page.locator('th', { hasText: name }) })
    .first();
  return row.locator('td').allInnerTexts();
}

/** Does something that asks for other figures, and waits until they are on screen. */
async function afterFigures(page: Page, act: () => Promise<unknown>): Promise<void> {
  await Promise.all([page.waitForResponse((response) => new URL(response.url()).pathname === '/api/map'), act()]);
  await settle(page);
}

/** The words that go on paper when something prints: the browser's dialog is kept shut, the page does all it would do. */
async function paperOf(page: Page, print: () => Promise<unknown>, byButton = true): Promise<string> {
  await page.evaluate(() => {
    document.body.removeAttribute('data-printed');
    window.print = () => {
      dispatchEvent(new Event('beforeprint'));
      document.body.setAttribute('data-printed', '');
    };
  });
  await print();
  if (byButton) await page.locator('body[data-printed]').waitFor({ state: 'attached' });
  await page.emulateMedia({ media: 'print' });
  const words = await page.locator('body').innerText();
  await page.emulateMedia({ media: null });
  return words;
}

const drawnBy = (page: Page, drawing: 'gl' | 'svg') => page.locator(`.map[data-drawing="${drawing}"]`).waitFor({ timeout: 60_000 });

describe('Mali, coordinator, looks where risk lies', () => {
  it('sees her province, goes down to a village, and reads the same number on map, table and profile', async () => {
    const { page, context, errors } = await maliOpens('/map?map=svg');
    expect(await page.locator('h1').innerText()).toContain('Thung Saeng');
    expect(await page.locator('.map-areas path').count()).toBe(9);
    expect(await page.locator('.twin tbody tr').count()).toBe(9);

    const first = page.locator('.twin tbody th a').first();
    const district = await first.innerText();
    const figures = await rowOf(page, district);
    const areas = page.locator('.map-areas path');
    // Pointing at each area in turn finds the one with this name, with the number that the table has.
    let card = '';
    for (let i = 0; i < 9 && !card.includes(district); i++) {
      await areas.nth(i).hover({ force: true });
      card = await page
        .locator('.place-card')
        .innerText()
        .catch(() => '');
    }
    expect(card).toContain(district);
    expect(card).toContain(figures[2]!);

    await first.click();
    await page.locator('h1', { hasText: district }).waitFor();
    await settle(page);
    const village = await page.locator('.twin tbody th a').first().innerText();
    const people = (await rowOf(page, village))[2]!;
    expect(people).toMatch(/^\d[\d,]*$/);
    await page.locator('.twin tbody th a').first().click();
    await page.locator('.profile').waitFor();
    expect(await page.locator('h1').innerText()).toBe(village);
    expect(await page.locator('.figure').filter({ hasText: 'People assessed' }).locator('.figure-value').innerText()).toBe(people);
    expect(errors()).toEqual([]);
    await context.close();
  });

  it('comes back to what she saw, and gives a colleague a link to the same view', async () => {
    const { page, context } = await maliOpens('/map?map=svg');
    await afterFigures(page, () => page.getByLabel('Colour by').first().selectOption({ label: 'Share of people at high risk' }));
    expect(page.url()).toContain('measure=share-high');
    await afterFigures(page, () => page.getByLabel('Sex', { exact: true }).selectOption({ label: 'Female' }));
    expect(page.url()).toContain('sex=2');
    const seen = await page.locator('.twin tbody').innerText();
    const link = page.url();
    await afterFigures(page, () => page.goBack());
    expect(page.url()).not.toContain('sex=');
    expect(await page.locator('.twin tbody').innerText()).not.toBe(seen);
    const colleague = await maliOpens(new URL(link).pathname + new URL(link).search);
    expect(await colleague.page.locator('.twin tbody').innerText()).toBe(seen);
    await colleague.context.close();
    await context.close();
  });

  it('finds her way by keyboard alone: down with Enter, up with Backspace', async () => {
    const { page, context } = await maliOpens('/map?map=svg');
    const stage = page.locator('.map-stage');
    await stage.focus();
    await page.keyboard.press('ArrowRight');
    const name = await page.locator('.place-card-name bdi').innerText();
    expect(await page.locator('.map [aria-live=polite]').innerText()).toContain(name);
    await page.keyboard.press('ArrowDown');
    const next = await page.locator('.place-card-name bdi').innerText();
    expect(next).not.toBe(name);
    await page.keyboard.press('Enter');
    await page.locator('h1', { hasText: next }).waitFor();
    await settle(page);
    await stage.focus();
    await page.keyboard.press('Backspace');
    await page.locator('h1', { hasText: 'Thung Saeng' }).waitFor();
    await page.keyboard.press('Escape');
    expect(await page.locator('.place-card').count()).toBe(0);
    await context.close();
  });

  it('prints one A4, whichever way the paper lies', async () => {
    const { page, context } = await maliOpens('/map?map=svg&level=3');
    await paperOf(page, () => page.getByRole('button', { name: 'Print' }).click());
    const paper = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1');
    expect(paper.match(/\/Type\s*\/Page\b(?!s)/g)).toHaveLength(1);
    const [, width = '', height = ''] = /\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/.exec(paper) ?? [];
    expect([Math.round(Number(width)), Math.round(Number(height))].sort()).toEqual([595, 842]);
    await context.close();
  });

  it('takes on paper only what anybody may see, from the map and from a profile, and nothing past the Print button', async () => {
    const { page, context } = await maliOpens('/map?map=svg&level=3');
    const withoutButton = await paperOf(page, () => page.evaluate(() => dispatchEvent(new Event('beforeprint'))), false);
    expect(withoutButton).toContain('Please print with the Print button');
    expect(withoutButton).not.toMatch(/people assessed|person assessed/);
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url().includes('protect=true')),
      paperOf(page, () => page.getByRole('button', { name: 'Print' }).click()),
    ]);
    const sent = (await answer.json()) as { exact: boolean; rows: { counts: Record<string, number | null> }[] };
    expect(sent.exact).toBe(false);
    expect(
      sent.rows.flatMap(({ counts }) => Object.values(counts)).filter((figure) => figure !== null && figure > 0 && figure < 11),
    ).toEqual([]);
    const sheet = await paperOf(page, () => page.getByRole('button', { name: 'Print' }).click());
    expect(sheet).toContain('Figures of fewer than 11 people are not shown.');
    expect(sheet).toContain('Not shown');
    expect(sheet).not.toContain('For your own work only');

    await page.goto((await page.locator('.twin tbody th a').first().getAttribute('href')) ?? '');
    await page.locator('.profile').waitFor();
    await settle(page);
    const exact = await page.locator('.sex-age').innerText();
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.profile').isVisible()).toBe(false);
    expect(await page.locator('main').innerText()).toContain('Please print with the Print button');
    await page.emulateMedia({ media: null });
    await page.evaluate(() => {
      window.print = () => document.body.setAttribute('data-printed', document.querySelector('.sex-age')?.textContent ?? 'nothing');
    });
    await page.getByRole('button', { name: 'Print' }).click();
    await page.locator('body[data-printed]').waitFor({ state: 'attached' });
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.profile').isVisible()).toBe(true);
    const figures = (await page.locator('.sex-age td').allInnerTexts()).flatMap((text) => text.match(/\d+/g) ?? []).map(Number);
    expect(figures.filter((figure) => figure > 0 && figure < 11)).toEqual([]);
    await page.emulateMedia({ media: null });
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    await page.getByText('As on paper').waitFor({ state: 'detached' });
    expect(await page.locator('.sex-age').innerText()).toBe(exact);
    await context.close();
  });

  it('takes away what is on screen as CSV with HXL tags, XLSX and GeoJSON', async () => {
    const { page, context } = await maliOpens('/map?map=svg');
    const take = async (name: RegExp) => {
      await page.getByRole('button', { name: 'Export' }).click();
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()]);
      return readFile(await download.path());
    };
    const csv = (await take(/CSV/)).toString('utf8').split(/\r?\n/);
    expect(csv[1]).toMatch(/#/);
    expect(csv.filter((line) => line.includes('XA01')).length).toBeGreaterThanOrEqual(9);
    expect((await take(/Excel/)).subarray(0, 2).toString()).toBe('PK');
    const geojson = JSON.parse((await take(/GeoJSON/)).toString('utf8')) as { features: unknown[] };
    expect(geojson.features).toHaveLength(9);
    await context.close();
  });

  it('is told when the line drops, keeps what she saw, and tries again', async () => {
    const { page, context } = await maliOpens('/map?map=svg');
    await context.setOffline(true);
    await page.getByLabel('Age', { exact: true }).selectOption({ label: '14 to 17' });
    await page.getByRole('alert').waitFor();
    expect(await page.locator('.map-areas path').count()).toBe(9);
    await context.setOffline(false);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await context.close();
  });

  it('finds a village by a part of its Thai name, within the map', async () => {
    const { page, context } = await maliOpens('/map?map=svg');
    await page.locator('#frame-search').fill('บ้าน');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/at=/);
    await settle(page);
    expect(await page.locator('.map-focus').count()).toBe(1);
    await context.close();
  });
});

describe('the map is drawn by WebGL where there is WebGL, and plainly where there is not', () => {
  it('shows the same places and cards both ways', async () => {
    const gl = await maliOpens('/map');
    await drawnBy(gl.page, 'gl');
    await gl.page.locator('.map-stage').focus();
    await gl.page.keyboard.press('Home');
    const svg = await maliOpens('/map?map=svg');
    await drawnBy(svg.page, 'svg');
    await svg.page.locator('.map-stage').focus();
    await svg.page.keyboard.press('Home');
    // Reasons come a moment after the figures.
    for (const { page } of [gl, svg]) await page.locator('.place-card .place-card-reasons li').first().waitFor();
    expect(await gl.page.locator('.place-card').innerText()).toBe(await svg.page.locator('.place-card').innerText());
    expect(gl.errors()).toEqual([]);
    await gl.context.close();
    await svg.context.close();
  });
});

describe('everybody can use it', () => {
  // Looks that every-page.test.ts does not open.
  const looks: readonly (readonly [string, string, Look])[] = [
    ['the map at night', '/map?map=svg&level=3&measure=share-high', { dark: true }],
    ['the map on a phone', '/map?map=svg', { width: 360 }],
    ['the map in Thai', '/map?map=svg', { locale: 'th' }],
  ];
  it.each(looks)('%s has no barrier that a machine can find, and does not spill sideways', async (_, path, look) => {
    const { page, context, errors } = await maliOpens(path, look);
    expect(await barriers(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
    expect(errors()).toEqual([]);
    await context.close();
  });

  it.each([
    ['on a phone, right to left', { width: 360, locale: 'ar-XB' }],
    ['at night', { dark: true }],
  ] as const)('nor has a profile %s', async (_, look) => {
    const { page, context } = await maliOpens('/map?map=svg', look);
    await page.goto(address((await page.locator('.map-panel-acts a').first().getAttribute('href')) ?? '', look));
    await page.locator('.profile').waitFor();
    await settle(page);
    await page.locator('.history-box svg').first().waitFor();
    expect(await barriers(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
    await context.close();
  });

  it('speaks Thai, by the Buddhist era, and Khmer', async () => {
    const { page, context } = await maliOpens('/map?map=svg', { locale: 'th' });
    expect(await page.locator('h1').innerText()).toContain('ทุ่งแสงรวี');
    expect(await page.locator('.map-panel header').innerText()).toMatch(/25[67]\d/);
    await page.goto(page.url().replace('locale=th', 'locale=km'));
    expect(await page.locator('html[lang=km] .map-panel header').innerText()).toMatch(/[\u1780-\u17ff] 20[2-9]\d/);
    await context.close();
  });
});

describe('an installation without places', () => {
  it('tells its administrator what the map will show, and leads her to the import', async () => {
    const empty = await startJourney(async (db) => {
      await sql`insert into waymark.installation (installation_id, is_demo) values (${uuidv7()}, false)`.execute(db.owner);
      await passwordsAreEnough(db.owner);
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
    });
    const { page, context, errors } = await openWindow(browser, empty.url);
    await letIn({ context }, 'nok', demoPassword);
    await page.goto('/map');
    await page.getByRole('heading', { name: 'No places yet' }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('link', { name: /Load your country/ }).click();
    await page.waitForURL(/\/imports\/new\?kind=places/);
    expect(errors()).toEqual([]);
    await context.close();
    await empty.close();
  });
});

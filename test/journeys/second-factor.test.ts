// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Browser, Page } from 'playwright-core';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccount, openAccess } from '../../src/access/server/index.ts';
import { openDb, openPool } from '../../src/platform/server/db.ts';
import { codeOf } from '../support/second-proof.ts';
import { demoPassword, startJourney, type JourneyServer } from './demo-server.ts';
import { address, barriers, loseAnswer, openBrowser, openWindow, settle } from './support.ts';

type Window = Awaited<ReturnType<typeof openWindow>>;
let server: JourneyServer, browser: Browser, url: string;
/** Nok, an administrator, at her desk and on a phone at night. */
let desk: Window, phone: Window;
let secret = '',
  paper: string[] = [];

beforeAll(async () => {
  server = await startJourney(async (db) => {
    await sql`insert into waymark.installation (installation_id, is_demo) values (${uuidv7()}, false)`.execute(db.owner);
    const pool = openPool(db.urls.app, { max: 2 });
    const access = openAccess({
      urls: db.urls,
      app: openDb(pool),
      secret: 's'.repeat(43),
      publicOrigin: null,
      now: () => new Date(),
      newId: uuidv7,
    });
    await createAccount(access, { userName: 'nok', displayName: 'Nok', role: 'administrator', placeId: null, password: demoPassword });
    await access.close();
    await pool.end();
  });
  // Passkeys belong to a name, not to a number.
  url = server.url.replace('127.0.0.1', 'localhost');
  browser = await openBrowser();
  desk = await openWindow(browser, url);
  phone = await openWindow(browser, url, { width: 360, dark: true, userAgent: 'Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile' });
}, 300_000);
afterAll(async () => {
  for (const window of [desk, phone]) await window?.context.close();
  await browser?.close();
  await server?.close();
});

const sideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const faults = ({ errors }: Window) => errors().filter((line) => !/40[0139]|404|ERR_CONNECTION_RESET/.test(line));

async function enter(page: Page): Promise<void> {
  await page.goto('/');
  await page.locator('input[autocomplete=username]').fill('nok');
  await page.locator('input[autocomplete=current-password]').fill(demoPassword);
  await press(page, 'Sign in');
}

/** Good for everybody: no barrier, nothing to be pushed sideways for. */
async function expectUsable(page: Page): Promise<void> {
  await settle(page);
  expect(await barriers(page)).toEqual([]);
  expect(await sideways(page)).toBeLessThanOrEqual(0);
}

/** A phone's own authenticator, made of code: it answers at once and has verified its owner. */
async function giveAuthenticator(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

describe('Nok signs in for the first time', () => {
  it('is led through setting up a code app, and no page opens before', async () => {
    const { page } = desk;
    await enter(page);
    await page.getByRole('heading', { name: 'Set up a second proof' }).waitFor();
    await page.goto('/accounts');
    await page.getByRole('heading', { name: 'Set up a second proof' }).waitFor();
    await press(page, 'Code app on your phone');
    await page.getByRole('img', { name: 'A picture that a code app scans' }).waitFor();
    await page.getByText('The camera does not work?').click();
    secret = (await page.locator('.proof-key').innerText()).replace(/\s/g, '');
    await expectUsable(page);
    await page.getByLabel('Code', { exact: true }).fill('000000');
    await press(page, 'Set up the app');
    await page.getByText('The code or key is not right, or was used before').waitFor();
    await page.getByLabel('Code', { exact: true }).fill(codeOf(secret, new Date()));
    await loseAnswer(page, '**/api/me/app');
    await press(page, 'Set up the app');
    await page.getByText('Waymark cannot be reached').waitFor();
    await press(page, 'Set up the app');
  });

  it('gets ten codes for paper, and is in only when she says that she has them', async () => {
    const { page } = desk;
    await page.locator('.recovery-codes li').nth(9).waitFor();
    paper = await page.locator('.recovery-codes li').allInnerTexts();
    expect(paper).toHaveLength(10);
    await expectUsable(page);
    expect(await page.getByRole('button', { name: 'Done' }).isDisabled()).toBe(true);
    await page.getByLabel('I have the codes on paper').check();
    await press(page, 'Done');
    await page.getByRole('heading', { name: 'Accounts', level: 1 }).waitFor();
  });
});

describe('Nok comes back on her phone', () => {
  it('is asked for the second proof where she typed the password, told when it is wrong, and let in', async () => {
    const { page } = phone;
    await enter(page);
    await page.getByText('Your password is right. Now show that it is really you.').waitFor();
    await expectUsable(page);
    await page.getByLabel('Code', { exact: true }).fill('123');
    await press(page, 'Go on');
    await page.getByText('Enter the code').waitFor();
    await page.getByLabel('Code', { exact: true }).fill(paper[0] ?? '');
    await press(page, 'Go on');
    await page.locator('.frame').waitFor();
  });

  it('adds a passkey, sees it and her devices on her own page, and comes in with it without a password', async () => {
    const { page } = phone;
    await giveAuthenticator(page);
    await page.goto('/account');
    await page.getByText('9 recovery codes are left on your paper.').waitFor();
    await expectUsable(page);
    await press(page, 'Add a passkey');
    await page.getByLabel('Name of the passkey').fill('My phone');
    await loseAnswer(page, '**/api/me/passkeys');
    await press(page, 'Make the passkey');
    await page.getByText('Waymark cannot be reached').waitFor();
    await press(page, 'Make the passkey');
    await page.getByText('The passkey was kept the first time').waitFor();
    await expectUsable(page);
    await press(page, 'I have the codes on paper');
    await page.locator('.proof-list').getByText('My phone').waitFor();
    expect(await page.getByRole('button', { name: /^Sign out Chrome on Linux, signed in / }).count()).toBe(1);
    await page.getByRole('heading', { name: 'Where you are signed in' }).scrollIntoViewIfNeeded();
    await page.getByRole('main').getByRole('button', { name: 'Sign out', exact: true }).last().click();
    await page.locator('input[autocomplete=username]').waitFor();
    await expectUsable(page);
    await press(page, 'Sign in with a passkey');
    await page.locator('.frame').waitFor();
  });

  it('signs it out from her desk, where it stands in the list: the next click on it asks who she is', async () => {
    const { page } = desk;
    await page.goto('/account');
    const device = page.locator('.proof-list > li').filter({ hasText: 'Chrome on Android' });
    await device.getByText('last seen').waitFor();
    await page.getByRole('listitem').filter({ hasText: 'this device' }).waitFor();
    await device.getByRole('button', { name: /^Sign out Chrome on Android, signed in / }).click();
    await device.waitFor({ state: 'detached' });
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Where you are signed in');
    expect(await barriers(page)).toEqual([]);
    await phone.page.getByRole('link', { name: 'Imports' }).first().click();
    await phone.page.getByRole('heading', { name: 'Sign in again' }).waitFor();
    expect(await barriers(phone.page)).toEqual([]);
    await press(phone.page, 'Leave this page instead');
    await phone.page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor();
    await page.getByRole('link', { name: 'Accounts', exact: true }).click();
    await page.getByRole('heading', { name: 'Accounts', level: 1 }).waitFor();
  });

  it('proves by passkey after her password too', async () => {
    const { page } = phone;
    await page.context().clearCookies();
    await enter(page);
    await press(page, 'Use your passkey');
    await page.locator('.frame').waitFor();
  });

  it('is asked once more before anything that proves is taken away', async () => {
    const { page } = phone;
    await sql`update auth.session_state set proved_at = proved_at - interval '1 hour'`.execute(server.db.owner);
    await page.goto('/account');
    await press(page, 'Take the app away');
    await page.getByRole('dialog').getByRole('button', { name: 'Take the app away' }).click();
    await page.getByRole('dialog').getByText('This is too important to change without it').waitFor();
    expect(await barriers(page)).toEqual([]);
    await press(page, 'Use your passkey');
    await page.getByText('No code app is set up.').waitFor();
    expect(faults(phone)).toEqual([]);
  });
});

describe('Nok has lost her phone', () => {
  it('signs it out from a borrowed computer with password and paper', async () => {
    const borrowed = await openWindow(browser, url, { width: 360, locale: 'ar-XB' });
    const { page } = borrowed;
    await page.goto(address('/lost-phone', { locale: 'ar-XB' }));
    await page.locator('form').waitFor();
    await expectUsable(page);
    await page.goto('/lost-phone?locale=en');
    await press(page, 'Sign the phone out now');
    await page.getByText('Enter your user name').waitFor();
    await page.getByLabel('User name').fill('nok');
    await page.getByLabel('Password', { exact: true }).fill(demoPassword);
    await page.getByRole('textbox', { name: 'Recovery code' }).fill(paper[1] ?? '');
    await press(page, 'Sign the phone out now');
    await page.getByText('You are signed out everywhere').waitFor();
    expect(faults(borrowed)).toEqual([]);
    await borrowed.context.close();
    await phone.page.goto('/');
    await phone.page.locator('input[autocomplete=username]').waitFor();
    await press(phone.page, 'Sign in with a passkey');
    await phone.page.getByText('The code or key is not right, or was used before').waitFor();
  });
});

describe('Nok decides of whom a second proof is asked', () => {
  it('on the page of accounts, and every word of it can be read in another language', async () => {
    const { page } = desk;
    await enter(page);
    await press(page, 'Code app on your phone');
    await page.getByText('The camera does not work?').click();
    secret = (await page.locator('.proof-key').innerText()).replace(/\s/g, '');
    await page.getByLabel('Code', { exact: true }).fill(codeOf(secret, new Date()));
    await press(page, 'Set up the app');
    // Eight codes of her paper are left, so no new ones are shown.
    await page.locator('.frame').waitFor();
    await page.goto('/accounts');
    await page.getByLabel('Analyst').click();
    await expect
      .poll(async () => ((await (await page.request.get('/api/role-policy')).json()) as { rows: { role: string; asked: boolean }[] }).rows)
      .toContainEqual({ role: 'analyst', asked: true });
    await expectUsable(page);
    for (const path of ['/accounts', '/account', '/lost-phone']) {
      await page.goto(address(path, { locale: 'en-XA' }));
      await settle(page);
      expect([path, (await page.locator('h2').allInnerTexts()).filter((text) => /^[\x20-\x7e]+$/.test(text))]).toEqual([path, []]);
    }
    expect(faults(desk)).toEqual([]);
  });
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Browser } from 'playwright-core';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startJourney, type JourneyServer } from './demo-server.ts';
import { comesInAndLeaves, isLinkedBySomebodyElse, linksHerAccount, meetsNoAccount } from './other-service.ts';
import { address, barriers, letIn, openBrowser, openWindow, settle } from './support.ts';
import { passwordsAreEnough } from '../support/second-proof.ts';
import { startSignInService, type SignInService } from '../support/sign-in-service.ts';

const password = 'harbour-candle-58';
let server: JourneyServer, browser: Browser;
/** A sign-in service of the ministry; to it Waymark has a name, and lies elsewhere. */
let service: SignInService, url: string;

beforeAll(async () => {
  const started = await startSignInService();
  ({ service } = started);
  server = await startJourney(
    async (db) => {
      await sql`insert into waymark.installation (installation_id, is_demo) values (${uuidv7()}, false)`.execute(db.owner);
      await passwordsAreEnough(db.owner);
    },
    { singleSignOn: service.settings() },
  );
  url = server.url.replace('127.0.0.1', 'localhost');
  started.allow(url);
  browser = await openBrowser();
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await server?.close();
  await service?.close();
});

describe('the first administrator of an installation without demo', () => {
  it.each([
    ['on a desk', {}],
    ['at night', { dark: true }],
    ['on a phone, right to left', { width: 360, locale: 'ar-XB' }],
  ] as const)('meets a set-up page without barriers %s', async (_, look) => {
    const { page, context } = await openWindow(browser, server.url, look);
    await page.goto(address('/', look));
    await page.locator('input[autocomplete=new-password]').waitFor();
    expect(await barriers(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
    await context.close();
  });

  it('is guided through set-up, told what is wrong, and led to the first step', async () => {
    const { page, context, errors } = await openWindow(browser, server.url);
    await page.goto('/');
    await page.getByRole('heading', { name: 'Set up Waymark' }).waitFor();
    await page.getByRole('button', { name: 'Make my account' }).click();
    for (const words of ['Enter the code', 'Enter your name', /Use 3 to 30 small letters/, 'Enter a password'])
      expect(await page.getByText(words).isVisible()).toBe(true);

    await page.getByLabel('Set-up code').fill('abcd-efgh-jkmn');
    await page.getByLabel('Your name').fill('Niran');
    await page.getByLabel('User name').fill('Niran');
    await page.getByLabel('Password', { exact: true }).fill('password12');
    await page.getByRole('button', { name: 'Make my account' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').innerText()).toContain('This is not the set-up code');
    await page.goto(`/#${server.setupCode}`);
    await page.reload();
    expect(await page.getByLabel('Set-up code').inputValue()).toBe(server.setupCode);
    await page.getByLabel('Your name').fill('Niran');
    await page.getByLabel('User name').fill('Niran');
    await page.getByLabel('Password', { exact: true }).fill('password12');
    await page.getByRole('button', { name: 'Make my account' }).click();
    await page.getByText('The password is too easy to guess').waitFor();
    expect(await page.getByRole('alert').innerText()).toContain('The password is too easy to guess');
    expect(await page.getByLabel('Your name').inputValue()).toBe('Niran');

    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Make my account' }).click();
    await page.locator('.frame').waitFor();
    await page.getByText('Start with your places').waitFor();
    expect(errors().filter((line) => !/40[03]|422/.test(line))).toEqual([]);
    await context.close();
  });

  it('is refused with a wrong password, comes in with the right one, and leaves again', async () => {
    const { page, context } = await openWindow(browser, server.url);
    const enter = async (word: string) => {
      await page.locator('input[autocomplete=username]').fill('niran');
      await page.locator('input[autocomplete=current-password]').fill(word);
      await page.locator('form button[type=submit]').click();
    };
    await page.goto('/');
    expect(await page.getByText('Set up Waymark').count()).toBe(0);
    await enter('not the password');
    await page.getByText('The user name or the password is not right').waitFor();
    expect(await barriers(page)).toEqual([]);
    await enter(password);
    await page.locator('.frame').waitFor();
    await page.goto('/account');
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
    await settle(page);
    expect(await barriers(page)).toEqual([]);
    await page.locator('main').getByRole('button', { name: 'Sign out', exact: true }).click();
    // Not by a field: the page she leaves asks for a password too.
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    expect((await page.request.get('/api/me')).status()).toBe(401);
    await context.close();
  });
});

describe('Niran and the sign-in service of the ministry', () => {
  it('links her account with it, and is told in words while it does not answer', async () => {
    const niran = await openWindow(browser, url, { width: 360 });
    service.subject = 'niran@ministry';
    await linksHerAccount(niran, service, { userName: 'niran', password });
    await comesInAndLeaves(niran);
    expect(niran.errors().filter((line) => !/50\d/.test(line))).toEqual([]);
    await niran.context.close();
  });

  it('opens nothing to somebody whose account is not linked, nor while it keeps silent afterwards', async () => {
    const stranger = await openWindow(browser, url, { width: 360 });
    service.subject = 'stranger@ministry';
    await meetsNoAccount(stranger, service);
    expect(stranger.errors()).toEqual([]);
    await stranger.context.close();
  });

  it('is where she says who somebody else is, and ends it again', async () => {
    const niran = await openWindow(browser, url);
    await letIn(niran, 'niran', password);
    await isLinkedBySomebodyElse(niran, 'niran@ministry');
    await niran.context.close();
  });
});

describe('somebody who guesses the password', () => {
  it('is told to wait after too many wrong passwords, even with the right one', async () => {
    const { page, context } = await openWindow(browser, server.url);
    await page.goto('/');
    const enter = async (word: string) => {
      await page.locator('input[autocomplete=username]').fill('niran');
      await page.locator('input[autocomplete=current-password]').fill(word);
      await Promise.all([
        page.waitForResponse((response) => response.url().includes('/sign-in/')),
        page.locator('form button[type=submit]').click(),
      ]);
      await page.getByRole('alert').waitFor();
    };
    for (let i = 0; i < 5; i++) await enter(`wrong ${i}`);
    await enter(password);
    expect(await page.getByRole('alert').innerText()).toContain('Too many failed attempts');
    expect(await page.getByRole('alert').innerText()).toContain(
      'Wait a few minutes and try again, or ask your administrator for a new password.',
    );
    await context.close();
  });
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Account } from '../../src/access/domain/account.ts';
import type { PlaceRef } from '../../src/places/domain/place.ts';
import { demoPassword, startDemo, type JourneyServer } from './demo-server.ts';
import { handsCareOver } from './hand-over.ts';
import { barriers, letIn, loseAnswer, openBrowser, openWindow, settle, signIn } from './support.ts';

type Window = Awaited<ReturnType<typeof openWindow>>;

let server: JourneyServer, browser: Browser;
/** The administrator at her desk, her colleague signed in with the same post, and the new officer with her phone. */
let niran: Window, colleague: Window, wan: Window;
let district: PlaceRef, neighbour: PlaceRef;
/** What Wan signs in with at the moment. */
let password = '';
const ownWords = 'pepper-orchid-71';

const places = async (page: Page, search: string): Promise<PlaceRef[]> =>
  ((await (await page.request.get('/api/places', { params: { search } })).json()) as { rows: PlaceRef[] }).rows;
const placeOf = async (code: string): Promise<PlaceRef> => (await places(niran.page, code)).find((each) => each.code === code)!;

beforeAll(async () => {
  server = await startDemo();
  browser = await openBrowser();
  niran = await openWindow(browser, server.url);
  await letIn(niran, 'niran', demoPassword);
  colleague = await openWindow(browser, server.url);
  await colleague.context.addCookies(await niran.context.cookies());
  wan = await openWindow(browser, server.url, { width: 360 });
  district = await placeOf('XA0105');
  neighbour = await placeOf('XA0106');
}, 300_000);
afterAll(async () => {
  for (const window of [niran, colleague, wan]) await window?.context.close();
  await browser?.close();
  await server?.close();
});

const dialog = (page: Page) => page.getByRole('dialog');
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const inDialog = (page: Page, name: string) => dialog(page).getByRole('button', { name, exact: true }).click();
/** The accessible name of what has the focus, and what stands beside it in words. */
const focus = (page: Page) =>
  page.evaluate(() => (document.activeElement as HTMLInputElement | null)?.labels?.[0]?.textContent ?? document.activeElement?.textContent);
const toldAt = async (page: Page, label: string): Promise<string> => {
  const ids = (await dialog(page).getByLabel(label, { exact: true }).getAttribute('aria-describedby')) ?? '';
  return page.evaluate(
    (all) =>
      all
        .split(' ')
        .map((id) => document.getElementById(id)?.textContent ?? '')
        .join(' '),
    ids,
  );
};
/** Elsewhere than in her own area she has the protected figures that anybody has. */
const seesExactly = async (page: Page, { placeId }: PlaceRef): Promise<boolean> =>
  ((await (await page.request.get('/api/map', { params: { place: placeId } })).json()) as { exact: boolean }).exact;
const sideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
/** Answers that say no, and lines that were cut on purpose, are no faults of the page. */
const faults = ({ errors }: Window) =>
  errors().filter((line) => !/40[0349]|422|50\d|ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_RESET/.test(line));

async function openAccounts(page: Page, query = ''): Promise<void> {
  await page.goto(`/accounts${query}`);
  await page.locator('table').waitFor();
  await settle(page);
}

async function openWan(page: Page): Promise<void> {
  await openAccounts(page, '?find=wan');
  await page.locator('tbody th a').click();
  await page.getByRole('heading', { name: 'Signing in' }).waitFor();
  await settle(page);
}

async function chooseArea(page: Page, place: PlaceRef): Promise<void> {
  await dialog(page).getByRole('combobox', { name: 'Area' }).fill(place.code);
  await dialog(page).getByRole('option').filter({ hasText: place.name }).first().click();
}

/** Reads the password that is shown once, and says that it has been handed over. */
async function takePassword(page: Page): Promise<void> {
  await page.locator('.credentials-password').waitFor();
  password = (await page.locator('.credentials-password').innerText()).trim();
  await page.getByLabel('I have noted or handed over the password').check();
  await inDialog(page, 'Done');
  await dialog(page).waitFor({ state: 'detached' });
}

async function enter(page: Page, words: string): Promise<void> {
  await page.locator('form input[autocomplete=username]').fill('wan');
  await page.locator('form input[autocomplete=current-password]').fill(words);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

describe('Niran makes an account for a new district officer', () => {
  it('fills it in by keyboard alone; Escape gives the focus back and forgets nothing', async () => {
    const { page } = niran;
    await openAccounts(page);
    await page.getByRole('button', { name: 'Make an account' }).focus();
    await page.keyboard.press('Enter');
    await dialog(page).waitFor();
    await expect.poll(() => focus(page)).toBe('Name');
    await page.keyboard.type('Wan');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Somchai');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowDown');
    expect(
      await dialog(page)
        .getByLabel(/^District officer/)
        .isChecked(),
    ).toBe(true);
    await page.keyboard.press('Tab');
    await expect.poll(() => focus(page)).toBe('Area');
    const found = page.waitForResponse((response) => response.url().includes('XA010'));
    await page.keyboard.type('XA010');
    await found;
    await dialog(page).getByRole('option').nth(3).waitFor();
    const chosen = await dialog(page).getByRole('option').nth(1).locator('.strong').innerText();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp']) await page.keyboard.press(key);
    expect(await dialog(page).getByRole('option', { selected: true }).innerText()).toContain(chosen);
    // The first closes the list of what was found, not the dialog.
    await page.keyboard.press('Escape');
    expect(await dialog(page).getByRole('option').first().isVisible()).toBe(false);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await dialog(page).getByRole('button', { name: 'Choose another' }).waitFor();
    expect(await dialog(page).getByRole('group', { name: 'Area', exact: true }).innerText()).toContain(chosen);
    await expect.poll(() => focus(page)).toBe('Choose another');

    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
    await expect.poll(() => focus(page)).toBe('Make an account');
    await page.keyboard.press('Enter');
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Wan');
    expect(await dialog(page).getByRole('group', { name: 'Area', exact: true }).innerText()).toContain(chosen);
    await inDialog(page, 'Cancel');
  });

  it('is told at the field what is missing or wrong, and loses nothing of what she typed', async () => {
    const { page } = niran;
    await press(page, 'Make an account');
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('');
    await inDialog(page, 'Make the account');
    for (const words of ['Enter a name', 'Use 3 to 30 small letters, digits', 'Choose a role'])
      await dialog(page).getByText(words).waitFor();
    expect(await toldAt(page, 'Name')).toContain('Enter a name');
    await expect.poll(() => focus(page)).toBe('Name');
    expect(await barriers(page)).toEqual([]);

    await page.getByLabel('Name', { exact: true }).fill('Wan');
    await page.getByLabel('User name', { exact: true }).fill('Somchai');
    await dialog(page)
      .getByLabel(/^District officer/)
      .check();
    await inDialog(page, 'Make the account');
    await dialog(page).getByText('Choose an area').waitFor();
    await expect.poll(() => focus(page)).toBe('Area');
    await chooseArea(page, await placeOf('XA01'));
    await dialog(page).getByText('Choose a district or a smaller area').waitFor();
    await inDialog(page, 'Choose another');
    await expect.poll(() => focus(page)).toBe('Area');
    await chooseArea(page, district);
    await inDialog(page, 'Make the account');
    await dialog(page).getByText('Somebody has this user name already').waitFor();
    expect(await toldAt(page, 'User name')).toContain('Somebody has this user name already');
    await expect.poll(() => focus(page)).toBe('User name');
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Wan');
    await page.getByLabel('User name', { exact: true }).fill('wan');
    expect(await dialog(page).getByText('Somebody has this user name already').count()).toBe(0);
    await dialog(page)
      .getByLabel(/^With a password made here/)
      .check();
  });

  it('keeps what she typed while the line is down and while the server fails', async () => {
    const { page, context } = niran;
    const still = async () => [
      await page.getByLabel('Name', { exact: true }).inputValue(),
      await page.getByLabel('User name', { exact: true }).inputValue(),
      await dialog(page).locator('.chosen-place .strong').innerText(),
    ];
    const typed = ['Wan', 'wan', district.name];
    await context.setOffline(true);
    await inDialog(page, 'Make the account');
    await dialog(page).getByText('Waymark cannot be reached').waitFor();
    expect(await still()).toEqual(typed);
    await inDialog(page, 'Choose another');
    await dialog(page).getByRole('combobox').fill('XA01');
    await dialog(page).locator('.combobox-message', { hasText: 'Waymark cannot be reached' }).waitFor();
    await context.setOffline(false);
    await chooseArea(page, district);

    const failing = (url: URL) => url.pathname === '/api/accounts';
    await page.route(failing, (route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }));
    await inDialog(page, 'Make the account');
    await dialog(page).getByText('The answer could not be understood').waitFor();
    expect(await still()).toEqual(typed);
    await page.unroute(failing);
  });

  it('sees the start password once, whatever she presses', async () => {
    const { page } = niran;
    await inDialog(page, 'Make the account');
    await page.getByRole('heading', { name: 'Account made for Wan' }).waitFor();
    await expect.poll(() => focus(page)).toBe('Account made for Wan');
    expect(await barriers(page)).toEqual([]);
    for (let i = 0; i < 4; i++) await page.keyboard.press('Escape');
    await page.mouse.click(5, 5);
    expect(await page.locator('.credentials-password').isVisible()).toBe(true);
    // What a phone's back gesture does in the end.
    await page.evaluate(() => document.querySelector('dialog')?.close());
    await expect.poll(() => page.locator('.credentials-password').isVisible()).toBe(true);
    expect(await dialog(page).getByRole('button', { name: 'Done' }).isEnabled()).toBe(false);
    await takePassword(page);
    await page.getByRole('heading', { name: 'Wan', level: 1 }).waitFor();
    await settle(page);
    await expect.poll(() => focus(page)).toBe('Wan');
    expect(await barriers(page)).toEqual([]);
    expect(await page.content()).not.toContain(password);
    await page.goBack();
    await page.getByRole('heading', { name: 'Accounts', level: 1 }).waitFor();
    await settle(page);
    expect(await dialog(page).count()).toBe(0);
    expect(faults(niran)).toEqual([]);
  });
});

describe('Wan, the new officer, on her phone', () => {
  it('signs in with what she was given and has her district only', async () => {
    const { page } = wan;
    await signIn(page, 'wan', password);
    await page.goto('/map?map=svg');
    await page.getByRole('heading', { name: district.name, level: 1 }).waitFor();
    const { posts, rights } = (await (await page.request.get('/api/me')).json()) as { posts: { place: PlaceRef }[]; rights: string[] };
    expect(posts.map(({ place }) => place.code)).toEqual([district.code]);
    expect(rights).not.toContain('accounts.manage');
    expect([await seesExactly(page, district), await seesExactly(page, neighbour)]).toEqual([true, false]);
    await page.goto('/accounts');
    await page.getByRole('heading', { name: 'This page is not part of your work here' }).waitFor();
  });

  it('chooses a password of her own, told at the field what is wrong with it', async () => {
    const { page } = wan;
    await page.goto('/account');
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
    expect(await page.locator('main').innerText()).toContain(district.name);
    const [current, wanted] = [page.getByLabel('Current password', { exact: true }), page.getByLabel('New password', { exact: true })];
    const change = async (from: string, to: string) => {
      await current.fill(from);
      await wanted.fill(to);
      await press(page, 'Change the password');
      await settle(page);
    };
    await change(password, 'password12');
    await page.locator('.field-wrong', { hasText: 'This is one of the passwords that are tried first' }).waitFor();
    await expect.poll(() => focus(page)).toBe('New password');
    expect(await current.inputValue()).toBe(password);
    await change('not my password', ownWords);
    await page.locator('.field-wrong', { hasText: 'This is not your current password' }).waitFor();
    expect(await wanted.inputValue()).toBe(ownWords);
    expect(await barriers(page)).toEqual([]);
    expect(await sideways(page)).toBeLessThanOrEqual(0);
    await change(password, ownWords);
    await page.getByText('The password is changed').waitFor();
    expect((await page.request.get('/api/me')).status()).toBe(200);
    expect(faults(wan)).toEqual([]);
  });
});

describe('Niran looks after the account', () => {
  it('makes a new password: the session with the old one ends, and Wan goes on where she was', async () => {
    const { page } = niran;
    await openWan(page);
    await press(page, 'Make a new password');
    await inDialog(page, 'Make a new password');
    await page.getByRole('heading', { name: 'New password for Wan' }).waitFor();
    await takePassword(page);
    await expect.poll(() => focus(page)).toBe('Make a new password');
    expect(await page.content()).not.toContain(password);

    await wan.page.locator('main').getByLabel('Language').selectOption('en');
    await wan.page.getByRole('heading', { name: 'Sign in again' }).waitFor();
    await dialog(wan.page).getByLabel('Password', { exact: true }).fill(ownWords);
    await inDialog(wan.page, 'Sign in');
    await dialog(wan.page).getByText('The user name or the password is not right').waitFor();
    expect(await barriers(wan.page)).toEqual([]);
    await dialog(wan.page).getByLabel('Password', { exact: true }).fill(password);
    await inDialog(wan.page, 'Sign in');
    await dialog(wan.page).waitFor({ state: 'detached' });
    await wan.page.getByRole('heading', { name: 'Your account' }).waitFor();
  });

  it('and a colleague rename her at once: the second is told, and nothing typed is lost', async () => {
    await openWan(colleague.page);
    const name = ({ page }: Window) => page.getByRole('textbox', { name: 'Name', exact: true });
    await name(colleague).fill('Wanida');
    await name(niran).fill('Wan Dee');
    await press(niran.page, 'Save the name');
    await niran.page.getByRole('heading', { name: 'Wan Dee', level: 1 }).waitFor();
    await press(colleague.page, 'Save the name');
    await colleague.page.getByRole('alert').filter({ hasText: 'Somebody changed this since you opened it' }).waitFor();
    await colleague.page.getByRole('alert').filter({ hasText: 'The name there now is Wan Dee' }).waitFor();
    expect(await name(colleague).inputValue()).toBe('Wanida');
    await press(colleague.page, 'Save the name');
    await colleague.page.getByRole('heading', { name: 'Wanida', level: 1 }).waitFor();
    await colleague.page.getByRole('alert').waitFor({ state: 'detached' });

    // What Niran has on her screen is old as well.
    await press(niran.page, 'Disable the account');
    await inDialog(niran.page, 'Disable the account');
    await dialog(niran.page).getByText('Somebody changed this since you opened it').waitFor();
    await niran.page.getByRole('heading', { name: 'Wanida', level: 1, includeHidden: true }).waitFor();
    await inDialog(niran.page, 'Cancel');
    expect(await niran.page.getByText('This account is disabled').count()).toBe(0);
  });

  it('changes her post while the colleague does the same', async () => {
    const { page } = niran;
    await press(colleague.page, 'Give a post');
    expect(
      await dialog(colleague.page)
        .getByLabel(/^District officer/)
        .isChecked(),
    ).toBe(true);
    await inDialog(colleague.page, 'Give this post');
    await dialog(colleague.page).getByText('Choose an area').waitFor();
    await chooseArea(colleague.page, neighbour);

    await press(page, 'End this post');
    await inDialog(page, 'End the post');
    await page.getByText('None yet: this person can sign in but sees nothing.').waitFor();
    await expect.poll(() => focus(page)).toBe('Posts');
    await press(page, 'Give a post');
    await dialog(page)
      .getByLabel(/^Analyst/)
      .check();
    await inDialog(page, 'Give this post');
    await page.locator('.posts', { hasText: 'Analyst' }).waitFor();

    await inDialog(colleague.page, 'Give this post');
    await dialog(colleague.page).getByText('Somebody changed this since you opened it').waitFor();
    expect(await dialog(colleague.page).locator('.chosen-place').innerText()).toContain(neighbour.name);
    // Behind the dialog stands by now what Niran did.
    await colleague.page.locator('.posts', { hasText: 'Analyst' }).waitFor();
    await inDialog(colleague.page, 'Cancel');
    await press(colleague.page, 'End this post');
    await inDialog(colleague.page, 'End the post');
    await press(page, 'End this post');
    await inDialog(page, 'End the post');
    await dialog(page).getByText('Somebody changed this since you opened it').waitFor();
    await inDialog(page, 'Cancel');
    await press(page, 'Give a post');
    await dialog(page)
      .getByLabel(/^District officer/)
      .check();
    await chooseArea(page, neighbour);
    await inDialog(page, 'Give this post');
    await page.locator('.posts', { hasText: neighbour.name }).waitFor();
    expect(await barriers(page)).toEqual([]);

    await wan.page.goto('/map?map=svg');
    await wan.page.getByRole('heading', { name: neighbour.name, level: 1 }).waitFor();
    expect([await seesExactly(wan.page, district), await seesExactly(wan.page, neighbour)]).toEqual([false, true]);
  });

  it('disables her: the session ends at the next request, and the sign-in says what to do; then lets her in again', async () => {
    const { page } = niran;
    await wan.page.goto('/account');
    await wan.page.getByLabel('Current password', { exact: true }).fill(password);
    await wan.page.getByLabel('New password', { exact: true }).fill(ownWords);
    await press(page, 'Disable the account');
    await inDialog(page, 'Disable the account');
    await page.getByText('This account is disabled').waitFor();
    await press(wan.page, 'Change the password');
    await wan.page.getByRole('heading', { name: 'Sign in again' }).waitFor();
    await inDialog(wan.page, 'Leave this page instead');
    await wan.page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor();
    await enter(wan.page, password);
    await wan.page.getByRole('alert').filter({ hasText: 'ask your administrator whether your account is disabled' }).waitFor();
    expect(await barriers(wan.page)).toEqual([]);

    await press(page, 'Let this person in again');
    await page.getByText('This account is disabled').waitFor({ state: 'detached' });
    await enter(wan.page, password);
    await wan.page.locator('.frame').waitFor();
    for (const window of [niran, colleague, wan]) expect(faults(window)).toEqual([]);
  });
});

describe('Niran goes through the list of accounts', () => {
  const shown = (page: Page) => page.locator('tbody tr td:nth-child(2)').allInnerTexts();

  async function csvOf(page: Page): Promise<string[][]> {
    const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Take as CSV')]);
    const text = await readFile(await download.path(), 'utf8');
    expect(text.charCodeAt(0)).toBe(0xfeff);
    return text
      .slice(1)
      .trimEnd()
      .split('\r\n')
      .map((line) => line.split(','));
  }

  it('filters and sorts it, and takes away what she sees', async () => {
    const { page } = niran;
    await openAccounts(page);
    const everybody = ['kanya', 'mali', 'niran', 'orn', 'ploy', 'ratana', 'somchai', 'wan'];
    expect((await shown(page)).sort()).toEqual(everybody);
    await press(page, 'User name');
    expect(await shown(page)).toEqual(everybody);
    await press(page, 'User name');
    expect(await shown(page)).toEqual(everybody.toReversed());
    expect(await page.getByRole('columnheader', { name: 'User name' }).getAttribute('aria-sort')).toBe('descending');
    expect((await csvOf(page)).map(([name]) => name)).toEqual(['user_name', ...everybody.toReversed()]);

    const find = page.getByLabel('Find an account');
    await find.fill('district officer');
    expect(await shown(page)).toEqual(['wan', 'somchai']);
    expect(await page.getByRole('status').filter({ hasText: '2 accounts' }).count()).toBe(1);
    expect((await csvOf(page)).map(([name, , , , role]) => `${name} ${role}`)).toEqual([
      'user_name role',
      'wan district_officer',
      'somchai district_officer',
    ]);
    // By code, by name in another script, by state.
    for (const words of [neighbour.code, `${neighbour.names['th'] ?? neighbour.name} wanida`]) {
      await find.fill(words);
      expect(await shown(page)).toEqual(['wan']);
    }
    await find.fill('disabled');
    await page.getByRole('heading', { name: 'Nobody found' }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await press(page, 'Show all accounts');
    expect(await shown(page)).toHaveLength(8);
  });

  it('is told when the file cannot be had, and finds the same list behind a link', async () => {
    const { page, context } = niran;
    await page.getByLabel('Find an account').fill('somchai');
    await context.setOffline(true);
    await press(page, 'Take as CSV');
    await page.getByRole('alert').filter({ hasText: 'Waymark cannot be reached' }).waitFor();
    expect(await shown(page)).toEqual(['somchai']);
    await context.setOffline(false);
    await page.reload();
    await page.locator('table').waitFor();
    expect(await shown(page)).toEqual(['somchai']);
    const { rows } = (await (await page.request.get('/api/accounts')).json()) as { rows: Account[] };
    expect(rows).toHaveLength(8);
    expect(faults(niran)).toEqual([]);
  });
});

describe('By a code on paper', () => {
  /** The coordinator at her desk, and a volunteer with a small phone. */
  let mali: Window, dao: Window;
  let village: PlaceRef;
  beforeAll(async () => {
    mali = await openWindow(browser, server.url);
    await letIn(mali, 'mali', demoPassword);
    dao = await openWindow(browser, server.url, { width: 360 });
    village = await placeOf('XA010101');
  });
  afterAll(async () => {
    for (const window of [mali, dao]) await window?.context.close();
  });

  async function takeCode(page: Page): Promise<string> {
    const code = (await page.locator('.slip-code').innerText()).trim();
    await page.getByLabel('I have noted or handed over the code').check();
    await inDialog(page, 'Done');
    await dialog(page).waitFor({ state: 'detached' });
    return code;
  }

  async function comeIn(page: Page, code: string, words: string): Promise<void> {
    await page.goto('/welcome');
    await page.getByLabel('User name', { exact: true }).fill('dao.nabi');
    await page.getByLabel('Code', { exact: true }).fill(code);
    await page.getByLabel('New password', { exact: true }).fill(words);
    await press(page, 'Choose this password and sign in');
  }

  it('a coordinator invites a volunteer, who chooses her own password on her phone', async () => {
    const { page } = mali;
    await page.goto('/volunteers');
    await press(page, 'Invite a volunteer');
    await inDialog(page, 'Invite');
    await dialog(page).getByText('Choose an area').waitFor();
    await dialog(page).getByLabel('Name', { exact: true }).fill('Dao Nabi');
    await chooseArea(page, village);
    await loseAnswer(page, '**/api/volunteers');
    await inDialog(page, 'Invite');
    await dialog(page).getByText('Waymark cannot be reached').waitFor();
    // Closed and opened again it is the same invitation still.
    await inDialog(page, 'Cancel');
    await press(page, 'Invite a volunteer');
    await inDialog(page, 'Invite');
    await page.locator('.slip').waitFor();
    for (let i = 0; i < 3; i++) await page.keyboard.press('Escape');
    expect(await page.locator('.slip').innerText()).toContain('/welcome');
    expect(await barriers(page)).toEqual([]);
    const code = await takeCode(page);
    await page.locator('tbody tr', { hasText: 'dao.nabi' }).getByText('Invited, until').waitFor();
    expect(await page.locator('tbody tr', { hasText: 'Dao Nabi' }).count()).toBe(1);
    expect(await page.content()).not.toContain(code);

    await comeIn(dao.page, 'aaaa bbbb cccc dddd', ownWords);
    await dao.page.getByText('The user name or the code is not right').waitFor();
    expect(await barriers(dao.page)).toEqual([]);
    expect(await sideways(dao.page)).toBeLessThanOrEqual(0);
    await comeIn(dao.page, code.toUpperCase().replaceAll('-', ' '), 'password12');
    await dao.page.locator('.field-wrong', { hasText: 'one of the passwords that are tried first' }).waitFor();
    await dao.page.getByLabel('New password', { exact: true }).fill(ownWords);
    await loseAnswer(dao.page, '**/api/welcome');
    await press(dao.page, 'Choose this password and sign in');
    await dao.page.getByText('Waymark cannot be reached').waitFor();
    await dao.page.getByLabel('New password', { exact: true }).fill('another idea 38');
    await press(dao.page, 'Choose this password and sign in');
    await dao.page.getByText('Sign in with the password that was chosen with it.').waitFor();
    await dao.page.getByLabel('New password', { exact: true }).fill(ownWords);
    await press(dao.page, 'Choose this password and sign in');
    await dao.page.locator('.frame').waitFor();
    const { posts } = (await (await dao.page.request.get('/api/me')).json()) as { posts: { place: PlaceRef }[] };
    expect(posts.map(({ place }) => place.code)).toEqual([village.code]);
  });

  it('and gives her a new way in when her phone is lost', async () => {
    const { page } = mali;
    await page.reload();
    await page.getByRole('button', { name: 'New code for Dao Nabi' }).click();
    await dialog(page).getByLabel('The phone is lost or stolen').check();
    await inDialog(page, 'Make the code');
    await page.locator('.slip').waitFor();
    expect((await dao.page.request.get('/api/me')).status()).toBe(401);
    await dao.context.clearCookies();
    await comeIn(dao.page, await takeCode(page), 'another orchid 72');
    await dao.page.locator('.frame').waitFor();
    for (const window of [mali, dao]) expect(faults(window)).toEqual([]);
  });

  it('Niran hands the post of Wan over to somebody new', async () => {
    const { page } = niran;
    await openWan(page);
    await page.getByRole('button', { name: 'Hand this post over' }).first().click();
    await dialog(page).getByText('Somebody new').click();
    await dialog(page).getByLabel('Name', { exact: true }).fill('Arun');
    await dialog(page).getByLabel('User name', { exact: true }).fill('arun');
    expect(await barriers(page)).toEqual([]);
    await inDialog(page, 'Hand it over');
    await page.getByRole('heading', { name: 'Invitation for Arun' }).waitFor();
    await takeCode(page);
    await page.getByText('None yet: this person can sign in but sees nothing.').waitFor();
    await openAccounts(page, '?find=arun');
    expect(await page.locator('tbody').innerText()).toContain(`District officer, ${neighbour.name}`);
  });

  it('and the post of Ratana to Wanida: told before, and after, how many go along and whose care ends', () =>
    handsCareOver(niran, mali, server));

  it('Niran brings in a file of people: what is wrong first, then slips for all, then nobody twice', async () => {
    const { page } = niran;
    await page.goto('/accounts/import');
    const choose = (rows: string) =>
      page
        .locator('input[type=file]')
        .setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(`name,role,place\n${rows}`) });
    await choose('Orn,watch volunteer,XA9999\nBua,analyst,XA01\n');
    await page.getByText('1 row cannot be taken').waitFor();
    await page.locator('tbody tr', { hasText: 'Orn' }).getByText('There is no place with this code.').waitFor();
    const good = `Orn,watch volunteer,${village.code}\nBua,analyst,XA01\n`;
    await choose(good);
    await page.getByRole('button', { name: 'Make 2 accounts' }).waitFor();
    await loseAnswer(page, '**/api/accounts/import');
    await press(page, 'Make 2 accounts');
    await page.getByText('Waymark cannot be reached').waitFor();
    await choose(good);
    await page.getByText('Everybody in this file is there already').waitFor();
    expect(await barriers(page)).toEqual([]);
    await press(page, 'Make 2 new codes');
    await page.getByRole('heading', { name: '2 new codes are made' }).waitFor();
    expect(await page.locator('.slip-code').count()).toBe(2);
    expect(await barriers(page)).toEqual([]);
    const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Take as CSV')]);
    expect(await readFile(await download.path(), 'utf8')).toContain('/welcome');
    await page.getByLabel('I have printed or taken all codes').check();
    await press(page, 'Done');
    await choose(good);
    await page.getByText('Everybody in this file is there already').waitFor();
    expect(faults(niran)).toEqual([]);
  });
});

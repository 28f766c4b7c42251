// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { SignInService } from '../support/sign-in-service.ts';
import { address, barriers, settle, type openWindow } from './support.ts';

type Window = Awaited<ReturnType<typeof openWindow>>;

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const sideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
const focus = (page: Page) =>
  page.evaluate(() => (document.activeElement as HTMLInputElement | null)?.labels?.[0]?.textContent ?? document.activeElement?.textContent);
const shots = process.env.WAYMARK_SHOTS;
/** For looking at, when asked for. */
async function picture({ page }: Window, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
}

/** Good for everybody: no barrier, nothing to be pushed sideways for. */
async function expectUsable(window: Window, name: string): Promise<void> {
  await settle(window.page);
  await picture(window, name);
  expect([await barriers(window.page), await sideways(window.page)]).toEqual([[], 0]);
}

/** While the service is down, and then with it. */
export async function linksHerAccount(window: Window, service: SignInService, who: { userName: string; password: string }): Promise<void> {
  const { page } = window;
  service.broken = true;
  await page.goto('/');
  await press(page, 'Sign in with Ministry');
  await page.getByRole('alert').filter({ hasText: 'The other sign-in service does not answer' }).waitFor();
  await page.getByText('Sign in with your user name and password instead.').waitFor();
  await expectUsable(window, 'service-away-360');
  await page.locator('input[autocomplete=username]').fill(who.userName);
  await page.locator('input[autocomplete=current-password]').fill(who.password);
  await press(page, 'Sign in');
  await page.locator('.frame').waitFor();
  await page.goto('/account');
  await press(page, 'Link with Ministry');
  await page.getByRole('alert').filter({ hasText: 'Nothing was linked; try again later.' }).waitFor();
  service.broken = false;
  await press(page, 'Link with Ministry');
  const told = page.getByText('Your account is linked.');
  await told.waitFor();
  // The section stands at the end of a long page: she is taken there, and the address forgets what it said.
  await expect.poll(() => focus(page)).toBe('Sign in with Ministry');
  expect([await told.evaluate((each) => each.getBoundingClientRect().top < innerHeight), new URL(page.url()).search]).toEqual([true, '']);
  await page.getByRole('listitem').filter({ hasText: service.subject }).waitFor();
  await expectUsable(window, 'service-linked-360');
  await page.goto(address('/account', { locale: 'ar-XB' }));
  await expectUsable(window, 'service-section-360-rtl');
}

/** Without a password, and out by the service's own way out. */
export async function comesInAndLeaves({ page }: Window): Promise<void> {
  const leave = () => page.getByRole('main').getByRole('button', { name: 'Sign out', exact: true }).last().click();
  await page.goto('/account');
  await leave();
  await press(page, 'Sign in with Ministry');
  await page.locator('.frame').waitFor();
  expect(((await (await page.request.get('/api/me')).json()) as { userName: string }).userName).toBe('niran');
  await page.goto('/account');
  await page.getByRole('heading', { name: 'Sign in with Ministry' }).waitFor();
  expect(await page.getByText('Your account is linked.').count()).toBe(0);
  await leave();
  await page.getByRole('button', { name: 'Yes' }).click();
  await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor();
  expect((await page.request.get('/api/me')).status()).toBe(401);
}

/** The service knows somebody whom nobody linked here; then it vouches and cannot be asked for whom. */
export async function meetsNoAccount(window: Window, service: SignInService): Promise<void> {
  const { page } = window;
  await page.goto('/');
  await press(page, 'Sign in with Ministry');
  await page.getByText('The other sign-in service knows you, but no account here is open to you through it.').waitFor();
  expect(new URL(page.url()).search).toBe('');
  await expectUsable(window, 'service-unknown-360');
  service.silentAfterwards = true;
  await press(page, 'Sign in with Ministry');
  await page.getByText('The other sign-in service does not answer. Use your user name and password.').waitFor();
  service.silentAfterwards = false;
  // What was said is said in the language that is chosen by then.
  await page.getByLabel('Language').selectOption('th');
  await page.getByText('บริการเข้าใช้อื่นไม่ตอบ').waitFor();
  await page.goto(address('/?sso=unknown', { locale: 'ar-XB' }));
  await expectUsable(window, 'service-unknown-360-rtl');
}

/** On the page of an account: told at the field what is wrong, then linked, then not any more. */
export async function isLinkedBySomebodyElse(window: Window, taken: string): Promise<void> {
  const { page } = window;
  const made = await page.request.post('/api/accounts', {
    data: { userName: 'kanya', displayName: 'Kanya', role: 'data_protection_officer' },
  });
  expect(made.status()).toBe(201);
  const { account } = (await made.json()) as { account: { accountId: string } };
  await page.goto(`/accounts/${account.accountId}`);
  const subject = page.getByLabel('Subject', { exact: true });
  await subject.waitFor();
  for (const typed of ['', 'kanya of the ministry']) {
    await subject.fill(typed);
    await press(page, 'Link the account');
    await page.getByText('Write it as the service does: letters, digits and signs, no spaces').waitFor();
    await expect.poll(() => focus(page)).toBe('Subject');
  }
  await subject.fill(taken);
  await press(page, 'Link the account');
  await page.getByText('This is linked already, with this account or another').waitFor();
  await expect.poll(() => focus(page)).toBe('Subject');
  await page.setViewportSize({ width: 360, height: 740 });
  await expectUsable(window, 'outside-links-360');
  await subject.fill('kanya-4711');
  await press(page, 'Link the account');
  await page.getByRole('listitem').filter({ hasText: 'kanya-4711' }).waitFor();
  expect(await subject.inputValue()).toBe('');
  await expectUsable(window, 'outside-links-linked-360');
  await press(page, 'End the link: kanya-4711');
  await page.getByText('kanya-4711').waitFor({ state: 'detached' });
  await expect.poll(() => focus(page)).toBe('Sign in with Ministry');
  expect(window.errors().filter((line) => !line.includes('409'))).toEqual([]);
  await page.goto(address(`/accounts/${account.accountId}`, { locale: 'ar-XB' }));
  await expectUsable(window, 'outside-links-360-rtl');
}

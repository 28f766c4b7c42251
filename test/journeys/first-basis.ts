// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { barriers, loseAnswer, type openWindow } from './support.ts';

type Window = Awaited<ReturnType<typeof openWindow>>;

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const dialog = (page: Page) => page.getByRole('dialog');
const inDialog = (page: Page, name: string) => dialog(page).getByRole('button', { name, exact: true }).click();
const hasFocus = (page: Page, label: string) =>
  expect
    .poll(() =>
      page.evaluate(
        () => (document.activeElement as HTMLInputElement | null)?.labels?.[0]?.textContent ?? document.activeElement?.textContent,
      ),
    )
    .toBe(label);
const daysAhead = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** The administrator tries to switch records of people on; answers what the page says then. */
async function switchOn({ page }: Window, says: string): Promise<void> {
  await page.goto('/settings');
  await press(page, 'Switch records of people on');
  await inDialog(page, 'Switch on');
  await page.getByText(says).waitFor();
}

/** From an installation where nothing is stated: what is missing is said at its field, and until one is in force nobody can be recorded. */
export async function statesTheFirstBasis(
  kanya: Window,
  niran: Window,
  title: string,
  picture: (name: string) => Promise<void>,
): Promise<void> {
  const { page } = kanya;
  await switchOn(niran, 'No lawful basis is stated on which people may be recorded');
  await page.goto('/data-protection');
  await page.getByRole('heading', { name: 'No lawful basis is stated yet' }).waitFor();
  await press(page, 'State a lawful basis');
  const field = (label: string) => dialog(page).getByLabel(label, { exact: true });
  const day = field('In force from');
  const uses = ['Being in the register', 'Being helped by a case worker', 'Being called or written to'];
  for (const use of uses) await field(use).uncheck();
  await day.fill('');
  await inDialog(page, 'State it');
  for (const words of ['Write a name', 'Say where it is written', 'Choose at least one', 'Choose a day'])
    await dialog(page).getByText(words).waitFor();
  await hasFocus(page, 'Name');
  expect(await barriers(page)).toEqual([]);
  await picture('basis-missing');
  await field('Name').fill(title);
  await field('Law, article or agreement').fill('Act of the demo province, section 1');
  for (const use of uses) await field(use).check();
  // Two digits of a year are a year too, to the browser.
  await day.fill('0026-01-05');
  await inDialog(page, 'State it');
  await dialog(page).getByText('Write the year with four digits').waitFor();
  await hasFocus(page, 'In force from');

  // The year is right by now, and wrong: it is stated all the same, and helps nobody before its day.
  await day.fill(daysAhead(40));
  await dialog(page).getByText('This day is still to come. Nobody can be registered on it before.').waitFor();
  await loseAnswer(page, '**/api/people/bases');
  await inDialog(page, 'State it');
  await dialog(page).getByText('Waymark cannot be reached').waitFor();
  await inDialog(page, 'State it');
  await dialog(page).waitFor({ state: 'detached' });
  const stated = page.getByRole('listitem').filter({ hasText: title });
  await stated.getByText(/^In force from /).waitFor();
  expect(await stated.count()).toBe(1);
  await hasFocus(page, 'Lawful bases');
  await switchOn(niran, 'No lawful basis is stated on which people may be recorded');
  await endBasis(kanya, title);

  await press(page, 'State a lawful basis');
  await field('Name').fill(title);
  await field('Law, article or agreement').fill('Act of the demo province, section 1');
  await day.fill('2020-01-01');
  await inDialog(page, 'State it');
  await stated.getByText('In force since 1 January 2020').waitFor();
  await dialog(page).waitFor({ state: 'detached' });
  expect(await barriers(page)).toEqual([]);
  await picture('basis-stated');
  await switchOn(niran, 'This installation keeps records of people: yes');
}

/** Nobody is recorded on it from then on. */
export async function endBasis({ page }: Window, title: string): Promise<void> {
  await press(page, `End it: ${title}`);
  await dialog(page).getByText('Nobody is registered on it from now on.').waitFor();
  await inDialog(page, 'End it');
  await dialog(page).waitFor({ state: 'detached' });
  await page
    .getByRole('listitem')
    .filter({ hasText: title })
    .filter({ hasText: /From .+ to / })
    .first()
    .waitFor();
  await hasFocus(page, 'Lawful bases');
}

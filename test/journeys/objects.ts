// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect } from 'vitest';
import { recordNumber } from '../../src/platform/domain/record-number.ts';
import { barriers, type openWindow } from './support.ts';

type Window = Awaited<ReturnType<typeof openWindow>>;

/** The second of the list objects, which is written down on her page: there, on her page and on paper it is said that nobody visits her, and why. */
export async function objects(desk: Window, picture: (window: Window, name: string) => Promise<void>): Promise<void> {
  const { page } = desk;
  const row = page.locator('.people-row').nth(1);
  const href = (await row.locator('.people-who').getAttribute('href')) ?? '';
  const personId = href.split('/').at(-1);
  const calls = 'Needs somebody today',
    tells = 'A warning is known, and nobody is sent';
  expect(await row.innerText()).toContain(calls);
  /** Whether she stands where the list is narrowed to whom a warning calls for somebody today. */
  const isCalledFor = async () => {
    await page.goto('/people?warns=now&bands=3');
    await row.waitFor();
    return page.locator(`.people-who[href="${href}"]`).count();
  };
  expect(await isCalledFor()).toBe(1);
  const dialog = page.getByRole('dialog');
  await page.goto(href);
  await page.getByRole('button', { name: 'Write down what the person asks for' }).click();
  await dialog.getByLabel('Asks for').selectOption({ label: 'Objects to being recorded' });
  await picture(desk, 'objecting');
  expect(await barriers(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Write it down' }).click();
  await page.getByText('An objection stands. Nothing new is recorded and nobody visits until it ends.').waitFor();
  const said = 'The person objected. Nobody visits this person';
  await page.getByText(said).waitFor();
  await page.getByRole('link', { name: 'Ask about the household' }).waitFor();
  expect(await page.getByRole('link', { name: /^(Visit|Ask) now$/ }).count()).toBe(0);
  await page.locator('.notice-info', { hasText: tells }).waitFor();
  expect(await page.getByText(calls).count()).toBe(0);
  await page.goto(`${href}/assess`);
  await page.getByText(said).waitFor();
  expect([await page.locator('.question').count(), await barriers(page)]).toEqual([0, []]);
  expect(await isCalledFor()).toBe(0);
  await page.goto('/people?bands=3');
  await row.getByText('No visit: the person objected').waitFor();
  expect([await row.getByRole('link', { name: 'Visit' }).count(), await row.getByRole('checkbox').count()]).toEqual([0, 0]);
  const line = await row.innerText();
  expect([line.includes(tells), line.includes(calls), line.includes('nobody is to be asked')]).toEqual([true, false, true]);
  const all = await page.locator('.people-row').count();
  await page.getByRole('button', { name: 'Print a visit list' }).click();
  await dialog.getByText(`${all - 1} people go on the paper`).waitFor();
  await dialog.getByText('1 person is left off:').waitFor();
  expect(await dialog.getByRole('listitem').allInnerTexts()).toEqual([
    expect.stringContaining(`${recordNumber(personId ?? '')} · No visit: the person objected`),
  ]);
  await picture(desk, 'visit-list-left-off');
  expect(await barriers(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
}

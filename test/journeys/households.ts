// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect } from 'vitest';
import { barriers, settle, type openWindow } from './support.ts';

type Window = Awaited<ReturnType<typeof openWindow>>;

/** The other view of the list: households, and the paper for a round from house to house. */
export async function householdsOf(desk: Window, phone: Window, picture: (window: Window, name: string) => Promise<void>): Promise<void> {
  const { page } = desk;
  await page.goto('/people');
  await page.getByText('Households', { exact: true }).click();
  await settle(page);
  expect(new URL(page.url()).searchParams.get('of')).toBe('households');
  const rows = page.locator('.people-row');
  await rows.first().locator('.people-warns').waitFor();
  await picture(desk, 'households-1280');
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Show more' }).click();
  await page.getByText('100 households shown').waitFor();
  await page.getByRole('button', { name: 'High', exact: true }).click();
  await settle(page);
  expect(await rows.locator('.band-chip-3').count()).toBe(await rows.count());
  const file = await page.getByRole('link', { name: 'CSV without names' }).getAttribute('href');
  expect(file).toMatch(/^\/api\/households\/list\.csv\?.*bands=3/);
  // Everybody of a household stands on the paper under its number.
  const several = rows.filter({ hasText: /[2-9] people/, hasNotText: 'No visit' });
  const chosen = [several.nth(0), several.nth(1)];
  const said = await Promise.all(chosen.map((row) => row.locator('.people-who').innerText()));
  for (const row of chosen) await row.getByRole('checkbox', { name: 'For the visit list' }).check();
  await page.getByRole('button', { name: 'Print a visit list of 2 households' }).click();
  await page.evaluate(() => {
    window.print = () => document.body.setAttribute('data-printed', 'homes');
  });
  await page.getByRole('dialog').getByRole('button', { name: 'Print', exact: true }).click();
  await page.locator('body[data-printed="homes"]').waitFor({ state: 'attached' });
  await page.emulateMedia({ media: 'print' });
  const homes = page.locator('.visit-home');
  expect(await homes.count()).toBe(2);
  for (const [i, text] of said.entries()) {
    const [, number, people] = /^(\S+)\s+(\d+) people$/.exec(text) ?? [];
    expect(await homes.nth(i).locator('h2').innerText()).toBe(`Household ${number}`);
    expect(await homes.nth(i).locator('.visit').count()).toBe(Number(people));
  }
  await picture(desk, 'visit-list-households');
  await page.emulateMedia({ media: 'screen' });
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  await several.nth(1).locator('.people-who').click();
  await page
    .locator('.record-number', { hasText: said[1]!.split(/\s/)[0]! })
    .first()
    .waitFor();
  if (!process.env['WAYMARK_SHOTS']) return;
  await phone.page.goto('/people?of=households');
  await phone.page.locator('.people-row').first().waitFor();
  await picture(phone, 'households-360');
  for (const [window, name] of [
    [desk, 'households-th-1280'],
    [phone, 'households-th-360'],
  ] as const) {
    await window.page.goto('/people?of=households&locale=th');
    await window.page.locator('.people-row').first().waitFor();
    await picture(window, name);
    await window.page.goto('/people?locale=en');
    await settle(window.page);
  }
}

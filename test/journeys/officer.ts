// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { recordNumber } from '../../src/platform/domain/record-number.ts';
import type { JourneyServer } from './demo-server.ts';
import { barriers, settle, type openWindow } from './support.ts';

type Window = Awaited<ReturnType<typeof openWindow>>;
type Picture = (window: Window, name: string) => Promise<void>;

const dialog = (page: Page) => page.getByRole('dialog');
const inDialog = (page: Page, name: string) => dialog(page).getByRole('button', { name, exact: true }).click();
const focusOn = (page: Page, label: string) =>
  expect
    .poll(() =>
      page.evaluate(
        () => (document.activeElement as HTMLInputElement | null)?.labels?.[0]?.textContent ?? document.activeElement?.textContent,
      ),
    )
    .toBe(label);
const dayFromNow = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const kept = '/data-protection/retention';
const asked = '/data-protection/requests';
const due = (page: Page, number: string) =>
  page.getByRole('table', { name: 'Records whose time is over' }).getByRole('row').filter({ hasText: number });

/** Somebody died ten weeks ago; the rule says two months. */
export async function rulesOnTheDead({ page }: Window, server: JourneyServer, orn: Window, dead: string): Promise<void> {
  const { version } = (await (await orn.context.request.get(`/api${dead}`)).json()) as { version: number };
  const died = await orn.context.request.post(`/api${dead}/state`, { data: { state: 'died', onDate: dayFromNow(-70), version } });
  expect([died.status(), await died.text()]).toEqual([200, expect.any(String)]);
  const number = recordNumber(dead.split('/').at(-1) ?? '');
  const rule = page.getByRole('listitem').filter({ hasText: /^Died/ });
  await page.goto(kept);
  await rule.getByText('No rule: kept without an end').waitFor();
  await page.getByRole('button', { name: 'Change: Died' }).click();
  const months = dialog(page).getByLabel('After how many months');
  for (const wrong of ['', '0', '2.5', '601']) {
    await months.fill(wrong);
    await inDialog(page, 'Save');
    await dialog(page).getByText('Write a whole number from 1 to 600').waitFor();
    await focusOn(page, 'After how many months');
  }
  expect(await barriers(page)).toEqual([]);
  await months.fill('2');
  await inDialog(page, 'Save');
  await rule.getByText('After 2 months: you look at each record').waitFor();
  expect(await due(page, number).count()).toBe(0);
  await sql`select waymark.find_retention_due(now())`.execute(server.db.jobs);
  await page.reload();
  await due(page, number).getByText('To be decided').waitFor();
  expect(await due(page, number).innerText()).toContain('Died');
}

async function hold(page: Page, number: string): Promise<void> {
  await page.getByRole('button', { name: 'Hold a record' }).click();
  await dialog(page).getByLabel('Record number').fill(number);
  await dialog(page).getByLabel('Which law, court or case asks for it').fill('Court of the province, case 12');
  await dialog(page).getByLabel('Until').fill(dayFromNow(90));
  await inDialog(page, 'Hold it');
  await dialog(page).waitFor({ state: 'detached' });
}

async function endHold(page: Page, number: string): Promise<void> {
  await page.getByRole('button', { name: `End it: hold on ${number}` }).click();
  await dialog(page).getByText('From then on the record may be erased again.').waitFor();
  await inDialog(page, 'End it');
  await page
    .getByRole('listitem')
    .filter({ hasText: number })
    .getByText(/^Ended on /)
    .waitFor();
  await focusOn(page, 'Legal holds');
}

/** One whose time is over, and one who asked to be erased. */
export async function holdsAndEnds(
  kanya: Window,
  numbers: { readonly asked: string; readonly due: string },
  picture: Picture,
): Promise<void> {
  const { page } = kanya;
  await page.getByRole('button', { name: 'Hold a record' }).click();
  await inDialog(page, 'Hold it');
  for (const words of ['Write the number', 'Say where it is written', 'Choose a day'])
    await dialog(page).getByText(words, { exact: true }).waitFor();
  await focusOn(page, 'Record number');
  expect(await barriers(page)).toEqual([]);
  await dialog(page).getByLabel('Record number').fill('AAAA-AAAA-AA');
  await dialog(page).getByLabel('Which law, court or case asks for it').fill('Court of the province, case 12');
  await dialog(page).getByLabel('Until').fill(dayFromNow(-1));
  await inDialog(page, 'Hold it');
  await dialog(page).getByText('Choose a day that is still to come').waitFor();
  await focusOn(page, 'Until');
  await dialog(page).getByLabel('Until').fill(dayFromNow(90));
  await inDialog(page, 'Hold it');
  await dialog(page).getByText('There is no record of this number.').waitFor();
  await inDialog(page, 'Cancel');

  await hold(page, numbers.due);
  // Said in the list above at once, and nothing there erases the record any more.
  await due(page, numbers.due).getByText('A legal hold stands').waitFor();
  expect(await page.getByRole('button', { name: `Erase ${numbers.due}` }).count()).toBe(0);
  await hold(page, numbers.asked);
  expect(await barriers(page)).toEqual([]);
  await picture(kanya, 'retention-held');

  await page.goto(asked);
  await page.getByRole('row').filter({ hasText: numbers.asked }).getByText('legal hold').waitFor();
  await page.getByRole('button', { name: `Decide about ${numbers.asked}` }).click();
  await dialog(page).getByText('it cannot be erased before the hold ends').waitFor();
  await dialog(page)
    .getByLabel(/^Type the record number/)
    .fill(numbers.asked);
  await inDialog(page, 'Erase for good');
  await dialog(page)
    .getByRole('alert')
    .filter({ hasText: 'A legal hold stands on this record; until it ends nobody may erase it' })
    .waitFor();
  expect(await barriers(page)).toEqual([]);
  await inDialog(page, 'Cancel');

  await page.goto(kept);
  await endHold(page, numbers.asked);
  await endHold(page, numbers.due);
  await page.getByRole('button', { name: `Erase ${numbers.due}` }).waitFor();
  await page.getByRole('button', { name: 'Change: Died' }).click();
  await dialog(page).getByLabel('What happens then').selectOption({ label: 'Nothing: kept without an end' });
  await inDialog(page, 'Save');
  await page.getByRole('listitem').filter({ hasText: /^Died/ }).getByText('No rule: kept without an end').waitFor();
}

/** Not without saying which law says so; whoever visits the person finds it on the page. */
export async function refuses(kanya: Window, orn: Window, who: string, picture: Picture): Promise<void> {
  const { page } = kanya;
  const number = recordNumber(who.split('/').at(-1) ?? '');
  await page.goto(asked);
  await page.getByRole('button', { name: `Decide about ${number}` }).click();
  await dialog(page).getByLabel('Decision').selectOption({ label: 'Refuse, with the ground' });
  await inDialog(page, 'Decide');
  await dialog(page).getByText('Say where it is written').waitFor();
  await focusOn(page, 'Which law or decision says so');
  // Nothing was sent that the server would have to refuse.
  await settle(page);
  expect(await dialog(page).getByRole('alert').count()).toBe(0);
  expect(await barriers(page)).toEqual([]);
  await dialog(page).getByLabel('Ground').selectOption({ label: 'It is needed for a legal claim' });
  await dialog(page).getByLabel('Which law or decision says so').fill('Act of the demo province, section 9');
  await inDialog(page, 'Decide');
  await page.getByRole('row').filter({ hasText: number }).waitFor({ state: 'detached' });
  await focusOn(page, 'Requests');
  await orn.page.goto(who);
  const line = orn.page.getByRole('listitem').filter({ hasText: 'It is needed for a legal claim. Act of the demo province, section 9' });
  await line.getByText(/^Refused · said on /).waitFor();
  await picture(orn, 'request-refused-360');
  expect(await barriers(orn.page)).toEqual([]);
}

/** Orn tries six addresses of people elsewhere by hand, none of them hers to visit: the page of whoever looks after it says so. */
export async function looksForTheUnusual(kanya: Window, orn: Window, server: JourneyServer, picture: Picture): Promise<void> {
  const { rows } = await sql<{ path: string }>`
    select '/api/people/' || p.region_id || '/' || p.person_id || '/identity' as path from waymark.person p join waymark.place v using (place_id)
    where v.code = 'XA010101' and p.state = 1 order by p.person_id limit 6`.execute(server.db.owner);
  const answers = await orn.page.evaluate(
    (paths) => Promise.all(paths.map((path) => fetch(path).then(({ status }) => status))),
    rows.map(({ path }) => path),
  );
  expect(answers).toEqual(rows.map(() => 404));
  const { page } = kanya;
  await page.goto('/audit/reads');
  const unusual = page.getByRole('region', { name: 'Out of the ordinary' });
  const day = unusual.locator('.reading-days > li').filter({ hasText: 'Orn' });
  await day.getByText('Asked for the names of 6 people that were not theirs to know, and was not told.').waitFor();
  await picture(kanya, 'reads-unusual');
  expect(await barriers(page)).toEqual([]);
  await day.getByRole('link', { name: 'Show this day' }).click();
  await page.getByRole('button', { name: 'Show everything' }).waitFor();
  const listed = page.getByRole('table', { name: 'Who looked at whom' }).locator('tbody tr');
  await listed.first().waitFor();
  for (const row of await listed.allInnerTexts()) expect(row).toContain('Orn');
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { recordNumber } from '../../src/platform/domain/record-number.ts';
import { household28 } from '../../src/risk/domain/instruments/household-28.ts';
import type { ListPage } from '../../src/risk/domain/people-list.ts';
import type { Report } from '../../src/risk/domain/report.ts';
import type { WhereFirst } from '../../src/risk/domain/where-first.ts';
import type { JourneyServer } from './demo-server.ts';
import { barriers, settle, tabTo, type openWindow } from './support.ts';

type Window = Awaited<ReturnType<typeof openWindow>>;

/** Mali at her desk and with her phone, before the demo province. */
export interface Look {
  readonly desk: Window;
  readonly phone: Window;
  readonly server: JourneyServer;
  readonly picture: (window: Window, name: string) => Promise<void>;
}

/** What only the person and her case worker read. */
export const privateWords = household28.indicators
  .filter((each) => each.protected)
  .flatMap(({ title, reasons }) => [title.en!, reasons[3].en!, reasons[2].en!]);

/** Prints, and looks at the page as the printer would; `backFromPaper` ends it. */
export async function onPaper(page: Page, print: () => Promise<unknown>): Promise<void> {
  await page.evaluate(() => {
    document.body.removeAttribute('data-printed');
    window.print = () => document.body.setAttribute('data-printed', '');
  });
  await print();
  await page.locator('body[data-printed]').waitFor({ state: 'attached' });
  await page.emulateMedia({ media: 'print' });
}
export async function backFromPaper(page: Page): Promise<void> {
  await page.emulateMedia({ media: 'screen' });
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const plain = (words: string) => words.replaceAll(/\s+/g, ' ').trim();
const told = async <T>({ context }: Window, path: string): Promise<T> => (await (await context.request.get(`/api${path}`)).json()) as T;

/** Districts in their order, with how sure that is; on paper of figures that anybody may see. */
export async function rankedDistricts({ desk, phone, picture }: Look): Promise<void> {
  const { page } = desk;
  await page.goto('/where-first');
  await page.locator('.ranked').first().waitFor();
  await settle(page);
  await picture(desk, 'where-first-1280');
  expect(await barriers(page)).toEqual([]);
  const { placeId } = (await told<{ home: { placeId: string } }>(desk, '/me')).home;
  const path = `/where-first?place=${placeId}&level=2`;
  const share = (value: number) => `${value.toFixed(1)}%`;
  const isOf = async (ranking: WhereFirst): Promise<void> => {
    const shown = (await page.locator('.ranked').allInnerTexts()).map(plain);
    expect(shown).toHaveLength(ranking.rows.length);
    for (const [i, row] of ranking.rows.entries()) {
      expect(shown[i]).toContain(share(row.value));
      expect(shown[i]).toContain(`At high risk: between ${share(row.low!)} and ${share(row.high!)}, depending on those who are not known`);
      expect(shown[i]).toMatch(/\d+% known of \d+ people/);
      for (const { text } of row.reasons) expect(shown[i]).toContain(text);
      expect(row.reasons.length).toBeGreaterThan(0);
    }
  };
  await isOf(await told<WhereFirst>(desk, path));
  // On paper the same, of figures that anybody may see; also where only some on the screen are exact, those of the own province.
  const country = (await told<{ ancestors: { placeId: string }[] }>(desk, `/places/${placeId}`)).ancestors[0]!.placeId;
  for (const of of [path, `/where-first?place=${country}&level=2`]) {
    await page.goto(of);
    await page.locator('.ranked').first().waitFor();
    await settle(page);
    await onPaper(page, () => press(page, 'Print'));
    await isOf(await told<WhereFirst>(desk, `${of}&protect=true`));
    expect(await page.locator('.ranked .people-reasons').first().isVisible()).toBe(true);
    expect(await page.locator('.ranked input').first().isVisible()).toBe(false);
    await picture(desk, 'where-first-paper');
    await backFromPaper(page);
  }
  await phone.page.goto('/where-first');
  await phone.page.locator('.ranked').first().waitFor();
  await picture(phone, 'where-first-360');
  expect(await phone.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(1);
}

/** Areas of a month and of some people; those that are ticked go on one paper. */
export async function chosenPlaces({ desk, server, picture }: Look): Promise<void> {
  const { page } = desk;
  const { placeId } = (await told<{ home: { placeId: string } }>(desk, '/me')).home;
  await page.goto(`/where-first?place=${placeId}&level=2`);
  await page.locator('.ranked').first().waitFor();
  const date = page.getByLabel('As of', { exact: true });
  const monthEnd = (await date.locator('option').nth(2).getAttribute('value')) ?? '';
  await date.selectOption(monthEnd);
  await page.getByLabel('Sex', { exact: true }).selectOption('2');
  await page.locator('.figures-heading', { hasText: 'Female' }).waitFor();
  await settle(page);
  const asked = new URL(page.url()).searchParams;
  expect([asked.get('date'), asked.get('sex')]).toEqual([monthEnd, '2']);
  const ranking = await told<WhereFirst>(desk, `/where-first?${asked}`);
  expect([ranking.asOf, ranking.rows.length > 3]).toEqual([monthEnd, true]);
  const shown = (await page.locator('.ranked').allInnerTexts()).map(plain);
  for (const [i, row] of ranking.rows.entries()) {
    expect(shown[i]).toContain(`${row.value.toFixed(1)}%`);
    expect(shown[i]).toMatch(/Figures of \d+ \w+ 20\d\d/);
    expect(shown[i]).toContain('Main reasons of everybody there, as last known:');
  }
  // By keyboard: all, none, two of them.
  await tabTo(page, `Choose all ${ranking.rows.length}`);
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: `Visit list of ${ranking.rows.length} places` }).waitFor();
  await page.keyboard.press('Space');
  expect(await page.getByRole('button', { name: 'Visit list', exact: true }).isDisabled()).toBe(true);
  const two = [ranking.rows[0]!, ranking.rows[2]!];
  for (const { name } of two) {
    await tabTo(page, `${name}: for the visit list`);
    await page.keyboard.press('Space');
  }
  await picture(desk, 'where-first-chosen-1280');
  // A whole page of the most urgent is not to be visited: the next ones are.
  const urgent = await told<ListPage>(desk, `/people/list?place=${two[0]!.placeId}&sort=urgency&sex=2`);
  expect(urgent.after).not.toBeNull();
  const restricted = (why: 'objection' | null) =>
    sql`update waymark.person set restricted_for = ${why}, restricted_at = case when ${why}::text is not null then now() end
      where person_id = any (${urgent.rows.map(({ personId }) => personId)}::uuid[])`.execute(server.db.owner);
  await restricted('objection');
  await page.getByRole('button', { name: 'Visit list of 2 places' }).click();
  await picture(desk, 'where-first-visit-list');
  expect(await barriers(page)).toEqual([]);
  await onPaper(page, () => page.getByRole('dialog').getByRole('button', { name: 'Print', exact: true }).click());
  const places = page.locator('.visit-place');
  expect(await places.getByRole('heading').allInnerTexts()).toEqual(two.map(({ name }) => name));
  for (const i of [0, 1]) {
    expect(await places.nth(i).locator('.visit').count()).toBe(5);
    for (const line of await places.nth(i).locator('.visit').allInnerTexts()) expect(line).toContain('Female');
  }
  const paper = await page.locator('.visit-sheet').innerText();
  expect(urgent.rows.filter(({ personId }) => paper.includes(recordNumber(personId)))).toEqual([]);
  await restricted(null);
  for (const words of ['only: Female', 'Destroy after use', 'private reason']) expect(paper).toContain(words);
  expect(privateWords.filter((words) => paper.includes(words))).toEqual([]);
  await picture(desk, 'where-first-visit-paper');
  await backFromPaper(page);
  const { rows } = await sql<{ people: number }>`
    select jsonb_array_length(detail->'people') as people from waymark.audit_entry where action = 'people.visit-list' order by entry_id desc limit 1`.execute(
    server.db.owner,
  );
  expect(rows).toEqual([{ people: 10 }]);
  expect(desk.errors()).toEqual([]);
}

/** Reports by age, sex and place, narrowed in the address, at the head of the sheet and in the file. */
export async function narrowedReports({ desk, phone, picture }: Look): Promise<void> {
  const { page } = desk;
  const { placeId } = (await told<{ home: { placeId: string } }>(desk, '/me')).home;
  await page.goto('/people/report');
  await page.getByRole('table').waitFor();
  await picture(desk, 'report-1280');
  await page.getByText('Place', { exact: true }).first().click();
  await settle(page);
  expect(await page.getByRole('row').count()).toBeGreaterThan(5);
  await page.goto('/people/report?by=sex');
  await page.getByRole('rowheader', { name: 'Female' }).waitFor();
  expect(await barriers(page)).toEqual([]);
  const date = page.getByLabel('As of', { exact: true });
  const monthEnd = (await date.locator('option').nth(2).getAttribute('value')) ?? '';
  await date.selectOption(monthEnd);
  await settle(page);
  expect(new URL(page.url()).searchParams.get('date')).toBe(monthEnd);
  await page.getByText(/Figures of \d+ .* 20\d\d/).waitFor();
  // By sex there is no choice of a sex; of an age there is, and the sheet says it at its head.
  expect(await page.getByRole('combobox', { name: 'Sex' }).count()).toBe(0);
  await page.getByRole('combobox', { name: 'Age' }).selectOption('6');
  const heading = page.locator('.figures-heading', { hasText: '36 and over' });
  await heading.waitFor();
  await settle(page);
  const asked = new URL(page.url()).searchParams;
  expect(asked.get('age')).toBe('6');
  const file = page.getByRole('link', { name: 'CSV', exact: true });
  expect(await file.getAttribute('href')).toContain('ageGroup=6');
  const whole = async (more: string) => {
    const { total } = await told<Report>(desk, `/people/report?by=sex&ageGroup=6&place=${placeId}&date=${monthEnd}${more}`);
    return `Everybody ${total.counts.n ?? 'fewer than 11, or held back'}`;
  };
  const [screen, paper] = [await whole(''), await whole('&protect=true')];
  expect(screen).not.toBe(paper);
  const last = async () => plain(await page.getByRole('row').last().innerText());
  expect(await last()).toContain(screen);
  await onPaper(page, () => press(page, 'Print'));
  expect(await heading.isVisible()).toBe(true);
  expect(await last()).toContain(paper);
  await picture(desk, 'report-paper');
  await backFromPaper(page);
  await phone.page.goto(`/people/report?by=place&level=2&sex=2&age=3&date=${monthEnd}`);
  await phone.page.locator('.figures-heading', { hasText: 'Female, 14 to 17' }).waitFor();
  await picture(phone, 'report-360');
  expect(await phone.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(1);
  expect(desk.errors()).toEqual([]);
}

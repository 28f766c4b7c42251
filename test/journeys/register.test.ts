// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { daysFromToday } from '../support/days.ts';
import { diedAndCameBack, householdMoves, joinedMeanwhile, setRight, type Both } from './changes.ts';
import { demoPassword, oneIsDue, startDemo, type JourneyServer } from './demo-server.ts';
import { barriers, letIn, loseAnswer, openBrowser, openWindow, settle } from './support.ts';

type Window = Awaited<ReturnType<typeof openWindow>>;

let server: JourneyServer, browser: Browser;
/** The volunteer on her phone, and the data protection officer at her desk. */
let orn: Window, kanya: Window;
/** The coordinator of the province, who sees to the same people. */
let mali: Window;
const mother = 'Kanlaya Wangfandao',
  child = 'Nari Wangfandao';
let childsNumber: string, mothersNumber: string;

beforeAll(async () => {
  server = await startDemo();
  browser = await openBrowser();
  orn = await openWindow(browser, server.url, { width: 360, timeZone: 'Asia/Bangkok' });
  // Its battery died: to her phone the seventies have just begun. What day it is she hears from the server.
  await orn.page.clock.setFixedTime('1970-01-02T03:00:00Z');
  await letIn(orn, 'orn', demoPassword);
}, 300_000);
afterAll(async () => {
  for (const window of [orn, mali, kanya]) await window?.context.close();
  await browser?.close();
  await server?.close();
});

const shots = process.env.WAYMARK_SHOTS;
/** For looking at, when asked for: on a phone and at a desk, from either side. What is half written would not outlive another language. */
async function picture(name: string): Promise<void> {
  if (!shots) return;
  const { page } = orn;
  for (const dir of ['ltr', 'rtl']) {
    await page.evaluate((side) => (document.documentElement.dir = side), dir);
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 740 });
      await page.screenshot({ path: `${shots}/${name}-${width}-${dir}.png`, fullPage: true });
    }
  }
  await page.evaluate(() => (document.documentElement.dir = 'ltr'));
}
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const step = (page: Page, name: string) => page.getByRole('heading', { name, level: 2 }).waitFor();
const answer = (page: Page, who: string, word: string) =>
  page
    .getByRole('group', { name: new RegExp(`^${who}`) })
    .getByLabel(word, { exact: true })
    .check();
const sideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
const count = async (table: string): Promise<number> => {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from waymark.${sql.raw(table)}`.execute(server.db.owner);
  return rows[0]?.n ?? -1;
};

async function describeHer(page: Page, name: string, sex: string, born: { year?: string; age?: string }): Promise<void> {
  await step(page, 'Who is it?');
  await page.getByLabel('Full name').fill(name);
  await page.getByText(sex, { exact: true }).click();
  if (born.year) await page.getByLabel('Year', { exact: true }).fill(born.year);
  if (born.age) {
    await page.getByText('Only the age').click();
    await page.getByLabel('Age in full years').fill(born.age);
  }
  await press(page, 'Next');
  await step(page, 'Can this person be reached?');
  await press(page, 'Next');
  await step(page, 'Is everybody there?');
}

describe('Orn registers a household on her phone', () => {
  it('asks the mother first, and writes her down', async () => {
    const { page } = orn;
    await oneIsDue(server, 'XA010301');
    await page.goto('/');
    // Her start page says whom to go to, before it says that no request waits.
    await page.getByText(/^[\d,]+ households? needs? a new visit by Friday, /).waitFor();
    await page.getByText('No request about a record is waiting.').waitFor();
    await picture('start-360');
    expect(await sideways(page)).toBe(0);
    expect(await barriers(page)).toEqual([]);
    const before = await count('person');
    await page.goto('/people/new');
    await step(page, 'Where does the household live?');
    await press(page, 'Next');
    await step(page, 'First ask whether this person agrees');
    await press(page, 'Next');
    await page.getByText('Choose one: it says who has to agree').waitFor();
    await page.getByLabel('Language you speak with this person').selectOption('km');
    await page.getByRole('heading', { name: /តើយើងអាចកត់ឈ្មោះ/ }).waitFor();
    await page.getByLabel(/^18 or older/).check();
    expect(await barriers(page)).toEqual([]);
    await answer(page, 'The person', 'Yes, agrees');
    await press(page, 'Next');
    await step(page, 'Who is it?');
    await press(page, 'Next');
    await page.getByText('Write the name', { exact: true }).waitFor();
    await describeHer(page, mother, 'Female', { year: '2530' });
    await page.getByText(`${Number((await daysFromToday(server, 0)).slice(0, 4)) - 1987} years old`).waitFor();
    expect(await barriers(page)).toEqual([]);
    expect([await sideways(page), await count('person')]).toEqual([0, before]);
  });

  it('keeps nothing of the child who says no, and writes it down once it agrees', async () => {
    const { page } = orn;
    const before = await count('consent_event');
    await press(page, 'Add another member');
    await page.getByLabel(/^7 to 17/).check();
    await answer(page, 'A parent or guardian', 'Yes, agrees');
    await answer(page, 'The child', 'No');
    await press(page, 'Next');
    await step(page, 'That is all right');
    await page.getByText('Nothing about this person is kept').waitFor();
    expect(await count('consent_event')).toBe(before);
    // Another day.
    await press(page, 'Ask another member');
    await page.getByLabel(/^7 to 17/).check();
    await answer(page, 'A parent or guardian', 'Yes, agrees');
    await answer(page, 'The child', 'Yes, agrees');
    await press(page, 'Next');
    await describeHer(page, child, 'Female', { age: '11' });
  });

  it('is told that it may have arrived where the answer was lost, and saves the very same again', async () => {
    const { page } = orn;
    const [people, words] = [await count('person'), await count('consent_event')];
    await loseAnswer(page, '**/api/people');
    await press(page, 'Save');
    await page.getByText('It may have arrived. Save again before you change anything.').waitFor();
    const buttons = () => page.locator('main').getByRole('button').allInnerTexts();
    expect(await buttons()).toEqual(['Save again']);
    expect(await page.locator('main').innerText()).not.toContain('Nothing is saved yet');
    await picture('register-unsure');
    expect([await barriers(page), await sideways(page)]).toEqual([[], 0]);
    // A look at another page changes nothing of that.
    await page.getByRole('link', { name: 'Start', exact: true }).click();
    await page.waitForURL((url) => url.pathname === '/');
    await page.goBack();
    await page.getByText('It may have arrived').waitFor();
    await orn.context.setOffline(true);
    await press(page, 'Save again');
    await page.getByText('What you wrote is still here').waitFor();
    expect(await buttons()).toEqual(['Save again']);
    await orn.context.setOffline(false);
    await press(page, 'Save again');
    await step(page, 'The household is registered');
    await picture('register-done');
    expect([await count('person'), await count('consent_event')]).toEqual([people + 2, words + 3]);
    const numbers = await page.locator('.record-number').allInnerTexts();
    expect(numbers).toEqual([expect.stringMatching(/^[\dA-Z]{4}-[\dA-Z]{4}-[\dA-Z]{2}$/), expect.anything()]);
    [mothersNumber = '', childsNumber = ''] = numbers;
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }) + location.href)).not.toContain('Kanlaya');
  });

  it('finds them again by a name she misspells, which never stands in the address', async () => {
    const { page } = orn;
    await page.goto('/people/find');
    await page.getByLabel('Name, telephone, document or record number').fill('Nary Wangfandaw');
    await press(page, 'Find');
    await page.getByRole('link', { name: child }).waitFor();
    expect(page.url()).not.toContain('Nary');
    await page.getByRole('link', { name: child }).click();
    await page.getByRole('heading', { name: /^Person /, level: 1 }).waitFor();
    expect(await page.locator('main').innerText()).not.toContain(child);
    await press(page, 'Show the name');
    await page.locator('.person-name', { hasText: child }).waitFor();
    await settle(page);
    expect(await barriers(page)).toEqual([]);
    expect(await sideways(page)).toBe(0);
  });

  it('writes down that the child moved away; the record goes along', async () => {
    const { page } = orn;
    await press(page, 'Moved');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'New village or quarter' }).fill('XA010302');
    await dialog.getByRole('option').first().click();
    await dialog.getByRole('button', { name: 'Write down the move' }).click();
    await dialog.getByText('the record went along').waitFor();
    await dialog.getByRole('button', { name: 'All right' }).click();
    await page.getByRole('heading', { name: 'Find a person', level: 1 }).waitFor();
    expect(orn.errors().filter((line) => !/404|ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_RESET/.test(line))).toEqual([]);
  });
});

describe('Orn writes down what changed, while Mali has the same records open', () => {
  let both: Both, path: string;
  beforeAll(async () => {
    mali = await openWindow(browser, server.url);
    await letIn(mali, 'mali', demoPassword);
    both = { orn, mali, server, picture };
  });

  it('sets a birth year and a name right, keeps what she typed and what Mali set right, and finds her by the new name alone', async () => {
    path = await setRight(both, mother, mothersNumber, 'Preeda Somsuk');
  });

  it('that she died, which was a mistake, and left, and came back: each time she is on the list or off it', () =>
    diedAndCameBack(both, path));

  it('on a record that Mali joins with another just then: she is led to the one that is kept', () => joinedMeanwhile(both));

  it('that a household moved beyond her village: it leaves her lists with everybody, and stands in those of the other', () =>
    householdMoves(both));
});

describe('Kanya, data protection officer', () => {
  const shown = (page: Page, caption: string) => page.getByRole('table', { name: caption }).locator('tbody tr');

  it('sees who looked, and on which basis people are recorded', async () => {
    kanya = await openWindow(browser, server.url);
    const { page } = kanya;
    await letIn(kanya, 'kanya', demoPassword);
    await page.goto('/data-protection');
    await page.getByText('Consent of each person').waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('link', { name: 'Who looked at whom' }).click();
    await page.locator('main', { hasText: 'Orn' }).waitFor();
    await settle(page);
    expect(await page.locator('main').innerText()).not.toContain(child);
  });

  it('starts from a number that somebody said aloud, and sees who looked at that record and what else was done on it', async () => {
    const { page } = kanya;
    const field = page.getByLabel('Record number');
    await field.fill('aaaa aaaa aa');
    await page.getByText('This is no record number.').waitFor();
    await field.fill('7aaa aaaa aa');
    await page.getByText('No record has the number 7AAA-AAAA-AA').waitFor();
    await field.fill(childsNumber.toLowerCase().replaceAll('-', ' '));
    const looks = shown(page, 'Who looked at whom');
    await looks.filter({ hasText: 'Opened one identity' }).first().waitFor();
    expect(await field.inputValue()).toBe(childsNumber);
    expect(new Set(await looks.locator('.record-number').allInnerTexts())).toEqual(new Set([childsNumber]));
    expect(await page.locator('main').innerText()).not.toMatch(/…[0-9a-f]{8}/);
    await settle(page);
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('link', { name: 'What else was done on this record' }).click();
    await page.getByText(`Only what was done on record ${childsNumber}.`).waitFor();
    await shown(page, 'Record of use').filter({ hasText: 'Wrote down a move' }).getByRole('link', { name: childsNumber }).first().waitFor();
  });

  it('sees what was agreed to when it was registered, and that it counts', async () => {
    const { page } = kanya;
    await page.goto('/data-protection');
    await page.getByRole('link', { name: 'Consents' }).click();
    await page.getByLabel('Record number').fill(childsNumber);
    const words = shown(page, 'What people said about the use of their records');
    const lines = async () => (await words.allInnerTexts()).map((line) => line.split(/\s*\n\s*|\t/).filter((part) => part !== ''));
    await words.nth(1).waitFor();
    await words.nth(2).waitFor({ state: 'detached' });
    const agreed = (who: string) =>
      expect.arrayContaining([childsNumber, `Agreed · ${who}`, 'Being in the register', 'Stands', expect.stringMatching(/^Spoken/)]);
    expect((await lines()).sort((one, other) => one.join().localeCompare(other.join()))).toEqual([
      agreed('A parent or guardian'),
      agreed('The child'),
    ]);
    await settle(page);
    expect([await barriers(page), await page.locator('main').innerText()]).toEqual([[], expect.not.stringContaining(child)]);
    await page.getByLabel('Does it count?').selectOption({ label: 'A no that holds' });
    await page.getByRole('heading', { name: 'Nothing like that' }).waitFor();
    await page.getByLabel('Does it count?').selectOption({ label: 'Stands' });
    await page
      .getByRole('link', { name: `Who looked at ${childsNumber}` })
      .first()
      .click();
    await shown(page, 'Who looked at whom').filter({ hasText: 'Opened one identity' }).first().waitFor();
    expect(kanya.errors()).toEqual([]);
  });
});

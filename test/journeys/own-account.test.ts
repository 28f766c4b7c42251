// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoPassword, startDemo, type JourneyServer } from './demo-server.ts';
import { barriers, letIn, openBrowser, openWindow, settle } from './support.ts';

type Window = Awaited<ReturnType<typeof openWindow>>;

let server: JourneyServer, browser: Browser;
/** Ratana, case worker, at her desk; and Anong, whom she accompanies, on her own phone. */
let ratana: Window, anong: Window;
let her: { regionId: number; personId: string };
let code = '',
  userName = '';
const words = 'mango bicycle harbour';

beforeAll(async () => {
  server = await startDemo();
  const { owner } = server.db;
  const { rows } = await sql<{ regionId: number; personId: string }>`
    select p.region_id as "regionId", p.person_id as "personId" from waymark.person p join waymark.place v on v.place_id = p.place_id
    where v.code = 'XA010301' and p.state = 1 and p.born_on < current_date - interval '20 years' order by p.person_id limit 1`.execute(
    owner,
  );
  if (!rows[0]) throw new Error('nobody grown up lives in the village');
  [her] = rows;
  await sql`insert into waymark.assignment (region_id, assignment_id, person_id, kind, account_id, given_by)
    select ${her.regionId}, ${uuidv7()}, ${her.personId}, 'case_worker', account_id, 'set-up' from waymark.account where user_name = 'ratana'`.execute(
    owner,
  );
  await sql`insert into waymark.consent_event (region_id, event_id, person_id, purpose, act, by_whom, way, observed_at, actor_id)
    values (${her.regionId}, ${uuidv7()}, ${her.personId}, 'contact', 'given', 'self', 'spoken', now() - interval '1 day', 'set-up')`.execute(
    owner,
  );
  browser = await openBrowser();
  ratana = await openWindow(browser, server.url);
  anong = await openWindow(browser, server.url, { width: 360 });
  await letIn(ratana, 'ratana', demoPassword);
}, 300_000);
afterAll(async () => {
  for (const window of [ratana, anong]) await window?.context.close();
  await browser?.close();
  await server?.close();
});

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const sideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
/** As a page for everybody must be, and here: its tab says nothing, its address names nobody. */
async function isCalm(page: Page): Promise<void> {
  await settle(page);
  expect([await barriers(page), await sideways(page), await page.title()]).toEqual([[], 0, 'Start']);
  expect(page.url()).not.toMatch(/[0-9a-f]{8}-/);
}
async function open(page: Page, door: RegExp): Promise<void> {
  await page.getByRole('link', { name: door }).click();
  await isCalm(page);
}
const back = (page: Page) => page.getByRole('link', { name: 'Back', exact: true }).click();

describe('Ratana, case worker', () => {
  it('asks Anong first who else holds her phone, and only then makes a code', async () => {
    const { page } = ratana;
    await page.goto(`/people/${her.regionId}/${her.personId}`);
    await press(page, 'Give the person an account');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Ask who uses, sees or pays for the phone').waitFor();
    await dialog.getByRole('button', { name: 'Make the code' }).click();
    await dialog.getByText('Without this no account is given').waitFor();
    expect(await barriers(page)).toEqual([]);
    await dialog.getByLabel('The person wants it, and nobody else asked for it').check();
    await dialog.getByLabel('We spoke about the phone, alone: nobody else opens it').check();
    await dialog.getByRole('button', { name: 'Make the code' }).click();
    const slip = page.locator('.slip');
    await slip.waitFor();
    [userName = '', code = ''] = (await slip.locator('code').allInnerTexts()).slice(1);
    expect([userName, code]).toEqual([expect.stringMatching(/^[a-z]{6}\d{3}$/), expect.stringMatching(/-/)]);
    await page.getByLabel('I have noted or handed over the code').check();
    await press(page, 'Done');
    await page.getByText('Not come in yet').waitFor();
    expect(ratana.errors()).toEqual([]);
  });
});

describe('Anong, on a phone 360 wide', () => {
  it('comes in with the code, and finds five doors', async () => {
    const { page } = anong;
    await page.goto('/welcome');
    await page.getByLabel('User name').fill(userName);
    await page.getByLabel('Code', { exact: true }).fill(code);
    await page.locator('input[autocomplete=new-password]').fill(words);
    await page.locator('form button[type=submit]').click();
    await page.getByRole('heading', { name: 'Your page' }).waitFor();
    await page.getByText('Ratana', { exact: true }).waitFor();
    await isCalm(page);
    expect(await page.locator('.own-doors li').count()).toBe(5);
  });

  it('reads what is written about her, and that she herself has looked', async () => {
    const { page } = anong;
    await open(page, /^What is written about you/);
    await page.getByRole('heading', { name: 'Who you are' }).waitFor();
    // What is private about the household may have been told by somebody else of it, and is not for a phone.
    expect(await page.getByText('Some private questions are not on this page', { exact: false }).count()).toBe(1);
    await back(page);
    await open(page, /^Who looked/);
    await page.getByText('You yourself').waitFor();
    await back(page);
  });

  it('takes back that she may be called, and asks for her birth date to be set right', async () => {
    const { page } = anong;
    await open(page, /^What you agreed to/);
    await page
      .getByRole('button', { name: /^Take it back/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Yes, I take it back' }).click();
    await page.getByText('You do not agree').first().waitFor();
    await back(page);
    await open(page, /^Ask for something/);
    await press(page, 'Something is wrong: set it right');
    await page.getByLabel('What is wrong').selectOption({ label: 'The birth date' });
    await press(page, 'Ask for it');
    await page.getByText('You get an answer by').first().waitFor();
    await isCalm(page);
    await back(page);
  });

  it('leaves quickly: nothing of it stays behind the button "back"', async () => {
    const { page } = anong;
    await page.route('https://www.wikipedia.org/**', (route) => route.fulfill({ body: 'An encyclopedia' }));
    await press(page, 'Leave this page quickly');
    await page.getByText('An encyclopedia').waitFor();
    expect((await page.request.get(`${server.url}/api/me`)).status()).toBe(401);
    expect(await page.evaluate(() => history.length)).toBeLessThanOrEqual(3);
  });

  it('is signed out when the phone lay aside, and ends her account herself', async () => {
    const { page } = anong;
    const enter = async () => {
      await page.goto(server.url);
      await page.locator('input[autocomplete=username]').fill(userName);
      await page.locator('input[autocomplete=current-password]').fill(words);
      await page.locator('form button[type=submit]').click();
      await page.getByRole('heading', { name: 'Your page' }).waitFor();
    };
    await page.clock.install();
    await enter();
    await page.clock.fastForward('11:00');
    await page.locator('input[autocomplete=username]').waitFor();
    await enter();
    await open(page, /^This account/);
    await press(page, 'End this account');
    await press(page, 'Yes, end it');
    await page.locator('input[autocomplete=username]').waitFor();
    await ratana.page.reload();
    await ratana.page.getByRole('button', { name: 'Give the person an account' }).waitFor();
  });
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccount, openAccess } from '../../src/access/server/index.ts';
import { installInstruments } from '../../src/risk/server/index.ts';
import { makeDemoLand } from '../support/demo-land.ts';
import { passwordsAreEnough } from '../support/second-proof.ts';
import { demoPassword, startJourney, type JourneyServer } from './demo-server.ts';
import { barriers, openBrowser, openWindow, settle, signIn } from './support.ts';

let server: JourneyServer, browser: Browser, context: BrowserContext, page: Page, folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waymark-register-'));
  await writeFile(
    join(folder, 'register.csv'),
    'ลำดับ,ครัวเรือน,รหัสหมู่บ้าน,ชื่อ-สกุล,เพศ,วันเกิด,ยินยอม,school_attendance,debt\n' +
      '1,A,XA1101,สมศรี ใจดี,หญิง,12/3/2530,ใช่,1,มาก\n2,A,XA1101,มานะ ใจดี,ชาย,5/7/2540,ใช่,3,มาก\n3,B,XA9999,ชาลี ทองคำ,ชาย,5/7/2530,ใช่,1,ไม่มี\n',
  );
  server = await startJourney(
    async (db) => {
      await sql`insert into waymark.installation (installation_id, is_demo, people_kept) values (${uuidv7()}, true, true)`.execute(
        db.owner,
      );
      await passwordsAreEnough(db.owner);
      await installInstruments(db.owner, uuidv7);
      const land = await makeDemoLand(db.owner);
      await sql`insert into waymark.lawful_basis (basis_id, title, ground, citation, purposes, needs_consent, from_on, created_by)
        values (${uuidv7()}, 'Consent of each person', 'consent', 'Act of the demo province, section 1', '{register}', true, '2020-01-01', 'set-up')`.execute(
        db.owner,
      );
      const access = openAccess({
        urls: db.urls,
        app: db.app,
        secret: 'only to make an account',
        publicOrigin: null,
        now: () => new Date(),
        newId: uuidv7,
      });
      await createAccount(access, {
        userName: 'mali',
        displayName: 'Mali',
        role: 'coordinator',
        placeId: land.province.placeId,
        password: demoPassword,
      });
      await access.close();
    },
    { jobs: true },
  );
  browser = await openBrowser();
  ({ context, page } = await openWindow(browser, server.url));
  await signIn(page, 'mali', demoPassword);
}, 300_000);
afterAll(async () => {
  await context?.close();
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

const step = (number: number) => page.locator('.step').nth(number - 1);
const goOn = (number: number) => step(number).getByRole('button', { name: 'Go on', exact: true }).click();
/** For looking at, when asked for: SCREENS=folder. */
async function picture(name: string): Promise<void> {
  const to = process.env['SCREENS'];
  if (!to) return;
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    await settle(page);
    await page.screenshot({ path: join(to, `${name}-${width}.png`), fullPage: true });
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

describe('Mali brings in the list of a watch group in the browser', () => {
  it('is asked for the lawful basis first, finds the columns guessed, and says what the values mean', async () => {
    await page.goto('/imports/new?kind=people');
    await page.getByLabel('File', { exact: true }).setInputFiles(join(folder, 'register.csv'));
    await page.getByRole('button', { name: 'Read the first rows' }).click();
    await page.getByText('Nobody is recorded without a lawful basis').waitFor();
    expect(await page.getByLabel('Column with the whole name').inputValue()).toBe('ชื่อ-สกุล');
    expect(await page.getByLabel('Column that tells households apart').inputValue()).toBe('ครัวเรือน');
    expect(await page.getByLabel('“หญิง” means').inputValue()).toBe('female');
    expect(await page.getByLabel('Years are of the Buddhist era').isChecked()).toBe(true);
    await goOn(2);
    await page.getByText('Choose the lawful basis').first().waitFor();
    await page.getByLabel('On which lawful basis?').selectOption({ label: 'Consent of each person' });
    await page.getByLabel('Country').selectOption('XA');
    await page.getByLabel('Whose list it is').fill('Watch group of East Bay');
    await page.getByLabel('Day people were asked', { exact: true }).fill('2026-10-01');
    expect(await page.getByLabel('Value that means yes').inputValue()).toBe('ใช่');
    expect(await barriers(page)).toEqual([]);
    await picture('people-columns');
    await goOn(2);
    await page.getByRole('button', { name: 'Suggest columns by their heads' }).click();
    await page.getByText('2 questions answered').waitFor();
    await page.getByLabel('“มาก” means').selectOption('3');
    await page.getByLabel('“ไม่มี” means').selectOption('1');
    await page.getByText('On the first rows').first().waitFor();
    expect(await barriers(page)).toEqual([]);
    await picture('people-indicators');
    await goOn(3);
  });

  it('tries it, learns which row cannot be taken, and takes the rest', async () => {
    await page.getByRole('button', { name: 'Try it' }).click();
    await page.getByText('no place known here has this code').waitFor();
    await picture('people-dry-run');
    await page.getByRole('button', { name: 'Go on to the import' }).click();
    await page.getByRole('button', { name: 'Import now' }).click();
    await page.getByText('New people: 2, in 1 new households. Known before: 0.').waitFor();
    const { rows } = await sql`select from waymark.identity`.execute(server.db.owner);
    expect(rows).toHaveLength(2);
  });

  it('finds its mapping again for the next list', async () => {
    await page.goto('/imports/new?kind=people');
    await page.getByLabel('File', { exact: true }).setInputFiles(join(folder, 'register.csv'));
    await page.getByRole('button', { name: 'Read the first rows' }).click();
    await page.getByText('Use a mapping file').click();
    await page.getByLabel('Mapping of an earlier import').selectOption({ index: 1 });
    await expect.poll(() => page.getByLabel('Mapping', { exact: true }).inputValue()).toMatch(/kind: people/);
  });
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccount, openAccess } from '../../src/access/server/index.ts';
import { installInstruments } from '../../src/risk/server/index.ts';
import { demoPassword, startJourney, type JourneyServer } from './demo-server.ts';
import { barriers, letIn, openBrowser, openWindow, settle } from './support.ts';
import { passwordsAreEnough } from '../support/second-proof.ts';

let server: JourneyServer, browser: Browser, context: BrowserContext, page: Page, folder: string;
let errors: () => readonly string[];
const file = (name: string): string => join(folder, name);

/** Six districts side by side in two provinces of a country that does not exist. */
async function writeCountry(): Promise<void> {
  const districts = ['XB0101', 'XB0102', 'XB0103', 'XB0201', 'XB0202', 'XB0203'];
  const square = (i: number) => [
    [
      [20 + i, 5],
      [21 + i, 5],
      [21 + i, 6],
      [20 + i, 6],
      [20 + i, 5],
    ],
  ];
  await writeFile(file('a-provinces.csv'), 'code,name\nXB01,Upper Vale\nXB02,Lower Vale\n');
  await writeFile(
    file('b-districts.csv'),
    [
      'code,name,province_code,population',
      ...districts.map((code, i) => `${code},District ${i + 1},${code.slice(0, 4)},${1000 + i}`),
      'XB0999,Stray,XB09,50',
      '',
    ].join('\n'),
  );
  await writeFile(
    file('c-outlines.geojson'),
    JSON.stringify({
      type: 'FeatureCollection',
      features: districts.map((code, i) => ({
        type: 'Feature',
        properties: { code },
        geometry: { type: 'Polygon', coordinates: square(i) },
      })),
    }),
  );
  await writeFile(
    file('poverty.csv'),
    [
      'code,name,poor,households,note',
      ...districts.map((code, i) => `${code},District ${i + 1},${(i + 1) * 10},100,${i === 1 ? 'counted twice' : i}`),
      '',
    ].join('\n'),
  );
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waymark-country-'));
  await writeCountry();
  server = await startJourney(
    async (db) => {
      await sql`insert into waymark.installation (installation_id, is_demo) values (${uuidv7()}, false)`.execute(db.owner);
      await passwordsAreEnough(db.owner);
      await installInstruments(db.owner, uuidv7);
      const access = openAccess({
        urls: db.urls,
        app: db.app,
        secret: 'only to make an account, never to sign in',
        publicOrigin: null,
        now: () => new Date(),
        newId: uuidv7,
      });
      await createAccount(access, {
        userName: 'niran',
        displayName: 'Niran',
        role: 'administrator',
        placeId: null,
        password: demoPassword,
      });
      await access.close();
    },
    { jobs: true },
  );
  browser = await openBrowser();
  ({ context, page, errors } = await openWindow(browser, server.url));
  await letIn({ context }, 'niran', demoPassword);
}, 300_000);
afterAll(async () => {
  await context?.close();
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** For looking at, when asked for: SCREENS=folder. */
async function picture(name: string): Promise<void> {
  const to = process.env['SCREENS'];
  if (to) await page.screenshot({ path: join(to, `${name}.png`) });
}
const step = (number: number) => page.locator('.step').nth(number - 1);
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });

/** The part of the columns' page about one file. */
const about = (name: string) => page.locator('section', { has: page.getByRole('heading', { name, exact: true, level: 3 }) }).last();

const poor = () => page.locator('.indicator').first();

/** What stands beside an indicator once the mapping as it is now has been tried. */
async function triedOf(indicator: Locator, words: string | RegExp): Promise<string> {
  const box = indicator.getByRole('status').filter({ hasText: words });
  await box.waitFor();
  await settle(page);
  return box.innerText();
}

async function tableOf(path: string): Promise<string> {
  await page.goto(path);
  await page.locator('.twin tbody tr').first().waitFor();
  await settle(page);
  return page.locator('.twin tbody').innerText();
}
const poverty = '/map?map=svg&level=2&instrument=place-secondary-1&measure=indicator&indicator=poor_households';

describe('Niran, administrator of a new installation, loads a country', () => {
  it('chooses its files, learns from the dry run which row cannot be taken and why, and runs the import', async () => {
    await page.goto('/imports/new?kind=places');
    expect(await barriers(page)).toEqual([]);
    await page.getByLabel('Files', { exact: true }).setInputFiles(['a-provinces.csv', 'b-districts.csv', 'c-outlines.geojson'].map(file));
    await button('Read the first rows').click();

    await page.getByLabel('Country code').fill('xb');
    await page.getByLabel('Name of the country').fill('Valeland');
    await button('One level less').click();
    await about('b-districts.csv').getByLabel('Boundaries').selectOption('c-outlines.geojson');
    await about('b-districts.csv').getByLabel('Code in c-outlines.geojson').selectOption('code');
    await about('c-outlines.geojson').getByLabel('Each row is one').selectOption('');
    expect(await barriers(page)).toEqual([]);
    await step(2).getByRole('button', { name: 'Go on' }).click();

    await step(3).getByText('Row 2 Upper Vale').waitFor();
    expect(await step(3).locator('section', { hasText: 'b-districts.csv' }).innerText()).toMatch(
      /Code of the area it lies in\s+On the first rows\s+Row 2 XB01\s+Row 3 XB01/,
    );
    expect(await barriers(page)).toEqual([]);
    await step(3).getByRole('button', { name: 'Go on' }).click();

    await button('Try it').click();
    await page.getByText(/1 row is rejected/).waitFor();
    const rejected = await page.getByRole('table', { name: 'Rejected rows' }).innerText();
    expect(rejected).toContain('XB0999');
    expect(rejected).toContain('XB09');
    expect(rejected).toContain('b-districts.csv');
    expect(await barriers(page)).toEqual([]);
    expect((await sql`select from waymark.place`.execute(server.db.owner)).rows).toHaveLength(0);

    await button('Go on to the import').click();
    await button('Import now').click();
    await page.getByText(/rows were taken/).waitFor();
  });

  it('sees it on the map at once', async () => {
    const table = await tableOf('/map?map=svg&level=2');
    expect(await page.locator('h1').innerText()).toContain('Valeland');
    expect(await page.locator('.map-areas path').count()).toBe(6);
    expect(table).toContain('District 1');
    expect(table).not.toContain('Stray');
  });

  it('is shown the outline and the table where a level has no boundaries', async () => {
    await page.goto('/map?map=svg&level=1');
    await page.getByText(/No boundaries are known for this level/).waitFor();
    await page.getByRole('link', { name: 'Figures in the table' }).click();
    expect(await page.locator('.twin tbody tr').count()).toBe(2);
    expect(await barriers(page)).toEqual([]);
  });

  it('chooses columns and sees what they give, or which cell is in the way', async () => {
    await page.goto('/imports/new');
    await page.getByLabel('File', { exact: true }).setInputFiles(file('poverty.csv'));
    await button('Read the first rows').click();
    await page.getByLabel('Country', { exact: true }).selectOption('XB');
    await page.getByLabel('Each row is about one').selectOption('2');
    await page.getByLabel('Figures are of').fill(new Date(Date.now() - 30 * 86_400_000).toISOString().slice(0, 10));
    await page.getByLabel('Source').fill('A count that nobody made');
    await step(2).getByRole('button', { name: 'Go on' }).click();

    await poor().getByLabel('How this file says it').selectOption('part');
    await poor().getByLabel('The part').selectOption('poor');
    await poor().getByLabel('The whole').selectOption('note');
    await triedOf(poor(), /Row 3: "counted twice" is not a number/);
    await poor().getByLabel('The whole').selectOption('households');
    expect(await triedOf(poor(), '10 of 100: 10.0%')).toContain('Row 3 20 of 100: 20.0%');
    expect(await barriers(page)).toEqual([]);
  });

  it('writes a formula instead and sees its values, breaks it and is told which expression fails, and mends it', async () => {
    await poor().getByLabel('How this file says it').selectOption('formula');
    const formula = poor().getByLabel('Formula');
    let asked = 0;
    page.on('request', (request) => {
      if (request.url().endsWith('/api/imports/preview')) asked++;
    });
    await formula.pressSequentially('num("poor") / num("households")');
    expect(await triedOf(poor(), 'Row 2 10.0%')).toMatch(/Row 3 20\.0%\s+Row 4 30\.0%/);
    // Not once for every one of 31 letters, however slowly they come.
    expect(asked).toBeLessThan(20);

    await formula.fill('num("por") / num("households")');
    const broken = await triedOf(poor(), 'The value cannot be worked out.');
    expect(broken).toContain('no column por; did you mean poor?');
    expect(broken).not.toContain('10.0%');
    expect(await formula.getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator('.tried-problem').count()).toBe(1);
    expect(await barriers(page)).toEqual([]);

    await formula.fill('num("poor") / num("households") * 10');
    await triedOf(poor(), /Row 2 100\.0%\s*Row 3 200\.0%: not a share/);
    await formula.fill('num("poor") / num("households")');
    await triedOf(poor(), 'Row 2 10.0%');
    expect(await formula.getAttribute('aria-invalid')).toBeNull();
  });

  it('runs it and finds the figures on the map', async () => {
    await step(3).getByRole('button', { name: 'Go on' }).click();
    await button('Try it').click();
    await page.getByText(/6 rows can be taken/).waitFor();
    await button('Go on to the import').click();
    await button('Import now').click();
    await page.getByText(/6 rows were taken/).waitFor();

    expect(await tableOf(poverty)).toMatch(/District 6\s+XB0203\s+Unknown\s+60\.0%/);
  });

  it('undoes the statistics, and the map says again that nothing is known', async () => {
    await page.goto('/imports');
    await page.getByRole('link', { name: 'poverty.csv' }).first().click();
    await button('Undo this import').click();
    await button('Undo the import').click();
    await page.getByText('This import was undone').first().waitFor();
    expect(await barriers(page)).toEqual([]);
    expect(await tableOf(poverty)).not.toContain('60');
    expect(errors()).toEqual([]);
  });

  it('finds an import again among many by its file, its kind and how it stands, and takes what she found as a file', async () => {
    const files = page.locator('tbody th a');
    await page.goto('/imports');
    await files.first().waitFor();
    expect((await files.allInnerTexts()).length).toBe(2);
    await page.getByLabel('File name').fill('POV');
    await page.waitForURL(/file=POV/);
    await files.nth(1).waitFor({ state: 'detached' });
    expect(await files.allInnerTexts()).toEqual(['poverty.csv']);
    await page.getByLabel('State').selectOption('Undone');
    await page.waitForURL(/state=undone/);
    await page.reload();
    await files.first().waitFor();
    expect(await files.allInnerTexts()).toEqual(['poverty.csv']);
    expect(await page.getByLabel('File name').inputValue()).toBe('POV');

    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Take as CSV' }).click()]);
    expect(download.suggestedFilename()).toBe('imports.csv');
    expect((await readFile(await download.path(), 'utf8')).split('\r\n').filter((line) => line.includes('poverty.csv'))).toHaveLength(1);

    await page.getByLabel('State').selectOption('Failed');
    await page.getByText('No import fits').waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Show all imports' }).click();
    await files.nth(1).waitFor();
    expect(await page.getByLabel('File name').inputValue()).toBe('');
    await page.getByLabel('Order').selectOption('Oldest first');
    await page.waitForURL(/sort=oldest/);
    await page.locator('tbody tr:last-child th a', { hasText: 'poverty.csv' }).waitFor();
    expect(errors()).toEqual([]);
  });
});

describe('Niran decides that records of people are kept', () => {
  const peopleKept = async () =>
    (await sql<{ kept: boolean }>`select people_kept as kept from waymark.installation`.execute(server.db.owner)).rows[0]?.kept;

  it('is told what has to come first, and refused without it', async () => {
    await page.goto('/settings');
    await page.getByText('This installation keeps records of people: no').waitFor();
    await page.getByText('Before it can be switched on, the data protection officer states a lawful basis').waitFor();
    expect(await barriers(page)).toEqual([]);
    await button('Switch records of people on').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Make sure first that the master key is kept apart').waitFor();
    expect(await barriers(page)).toEqual([]);
    await picture('settings-on');
    await dialog.getByRole('button', { name: 'Switch on' }).click();
    await dialog.getByRole('alert').waitFor();
    await picture('settings-refused');
    expect(await peopleKept()).toBe(false);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
  });

  it('switches it on once the officer has stated a basis, and off again while nobody is recorded', async () => {
    await sql`insert into waymark.lawful_basis (basis_id, title, ground, citation, purposes, needs_consent, from_on, created_by)
      values (${uuidv7()}, 'Consent of each person', 'consent', 'Act of Valeland, section 1', '{register}', true, '2020-01-01', 'set-up')`.execute(
      server.db.owner,
    );
    await page.reload();
    await button('Switch records of people on').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Switch on' }).click();
    await page.getByText('This installation keeps records of people: yes').waitFor();
    expect(await peopleKept()).toBe(true);
    expect(await barriers(page)).toEqual([]);
    await picture('settings-yes');
    await button('Switch records of people off').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Switch off' }).click();
    await page.getByText('This installation keeps records of people: no').waitFor();
    const { rows } = await sql`select action from waymark.audit_entry where action like 'people.switched%' order by at`.execute(
      server.db.owner,
    );
    expect([await peopleKept(), rows]).toEqual([false, [{ action: 'people.switched-on' }, { action: 'people.switched-off' }]]);
  });
});

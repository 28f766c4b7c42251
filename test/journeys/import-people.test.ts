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
import { endBasis, statesTheFirstBasis } from './first-basis.ts';
import { barriers, letIn, openBrowser, openWindow, settle } from './support.ts';

let server: JourneyServer, browser: Browser, context: BrowserContext, page: Page, folder: string;
let errors: () => readonly string[];
/** The data protection officer on her phone, and the administrator. */
let kanya: Awaited<ReturnType<typeof openWindow>>, niran: Awaited<ReturnType<typeof openWindow>>;
const basis = 'Consent of each person';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waymark-register-'));
  await writeFile(
    join(folder, 'register.csv'),
    'ลำดับ,ครัวเรือน,รหัสหมู่บ้าน,ชื่อ-สกุล,เพศ,วันเกิด,ยินยอม,school_attendance,debt\n' +
      '1,A,XA1101,สมศรี ใจดี,หญิง,12/3/2530,ใช่,1,มาก\n2,A,XA1101,มานะ ใจดี,ชาย,5/7/2540,ใช่,3,มาก\n3,B,XA9999,ชาลี ทองคำ,ชาย,5/7/2530,ใช่,1,ไม่มี\n',
  );
  // The next list: one of the first is in it again, as another person; the other is new.
  await writeFile(
    join(folder, 'next.csv'),
    'ลำดับ,ครัวเรือน,รหัสหมู่บ้าน,ชื่อ-สกุล,เพศ,วันเกิด,ยินยอม,school_attendance,debt\n' +
      '4,C,XA1102,สมศรี ใจดี,หญิง,12/3/2530,ใช่,1,มาก\n5,D,XA1101,บุญมี ทองคำ,ชาย,9/9/2520,ใช่,1,ไม่มี\n',
  );
  server = await startJourney(
    async (db) => {
      await sql`insert into waymark.installation (installation_id, is_demo, people_kept) values (${uuidv7()}, true, false)`.execute(
        db.owner,
      );
      await passwordsAreEnough(db.owner);
      await installInstruments(db.owner, uuidv7);
      const land = await makeDemoLand(db.owner);
      const access = openAccess({
        urls: db.urls,
        app: db.app,
        secret: 'only to make an account',
        publicOrigin: null,
        now: () => new Date(),
        newId: uuidv7,
      });
      for (const [displayName, role, placeId] of [
        ['Mali', 'coordinator', land.province.placeId],
        ['Kanya', 'data_protection_officer', null],
        ['Niran', 'administrator', null],
      ] as const)
        await createAccount(access, { userName: displayName.toLowerCase(), displayName, role, placeId, password: demoPassword });
      await access.close();
    },
    { jobs: true },
  );
  browser = await openBrowser();
  ({ context, page, errors } = await openWindow(browser, server.url));
  kanya = await openWindow(browser, server.url, { width: 360 });
  niran = await openWindow(browser, server.url);
  for (const [window, who] of [
    [{ context }, 'mali'],
    [kanya, 'kanya'],
    [niran, 'niran'],
  ] as const)
    await letIn(window, who, demoPassword);
}, 300_000);
afterAll(async () => {
  for (const each of [context, kanya?.context, niran?.context]) await each?.close();
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

const step = (number: number) => page.locator('.step').nth(number - 1);
const goOn = (number: number) => step(number).getByRole('button', { name: 'Go on', exact: true }).click();
/** Everything that an import of people writes, counted. */
async function kept(): Promise<unknown> {
  const { rows } =
    await sql`select (select count(*)::int from waymark.person) as person, (select count(*)::int from waymark.identity) as identity,
    (select count(*)::int from waymark.household) as household, (select count(*)::int from waymark.assessment) as assessment,
    (select count(*)::int from waymark.consent_event) as consent`.execute(server.db.owner);
  return rows[0];
}
const counted = async (): Promise<number> =>
  (await sql<{ n: number }>`select count(*)::int as n from waymark.person where state = 1`.execute(server.db.owner)).rows[0]?.n ?? -1;
const waitsForPeople = () =>
  expect
    .poll(
      async () => {
        const { rows } = await sql`select from pg_locks where relation = 'waymark.person'::regclass and not granted`.execute(
          server.db.owner,
        );
        return rows.length;
      },
      { timeout: 20_000 },
    )
    .toBeGreaterThan(0);
const lastTaken = async (): Promise<string> =>
  (
    await sql<{
      id: string;
    }>`select batch_id as id from waymark.import_batch where state = 'done' order by started_at desc limit 1`.execute(server.db.owner)
  ).rows[0]?.id ?? '';
/** For looking at, when asked for: SCREENS=folder. */
async function picture(name: string, shown = page): Promise<void> {
  const to = process.env['SCREENS'];
  if (!to) return;
  if (shown !== page) return void (await shown.screenshot({ path: join(to, `${name}-360.png`), fullPage: true }));
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    await settle(page);
    await page.screenshot({ path: join(to, `${name}-${width}.png`), fullPage: true });
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

describe('Kanya, data protection officer, before anything else', () => {
  it('states the first lawful basis, told at the field what is missing or wrong; only then can Niran switch records of people on', async () => {
    await statesTheFirstBasis(kanya, niran, basis, (name) => picture(name, kanya.page));
  });
});

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
    await page.getByLabel('On which lawful basis?').selectOption({ label: basis });
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
    await page.getByText('New people: 2. New households: 1. Known before: 0.').waitFor();
    const { rows } = await sql`select from waymark.identity`.execute(server.db.owner);
    expect(rows).toHaveLength(2);
  });

  it('finds its mapping again for the next list, and cancels while it runs: nothing of it is left', async () => {
    await page.goto('/imports/new?kind=people');
    await page.getByLabel('File', { exact: true }).setInputFiles(join(folder, 'next.csv'));
    await page.getByRole('button', { name: 'Read the first rows' }).click();
    await page.getByText('Use a mapping file').click();
    await page.getByLabel('Mapping of an earlier import').selectOption({ index: 1 });
    await expect.poll(() => page.getByLabel('Mapping', { exact: true }).inputValue()).toMatch(/kind: people/);
    await goOn(2);
    await goOn(3);
    await page.getByRole('button', { name: 'Try it' }).click();
    await page.getByRole('button', { name: 'Go on to the import' }).click();
    const before = await kept();
    await server.db.owner.transaction().execute(async (tx) => {
      // Somebody else's work is in the way: the import waits in its midst until it is cancelled.
      await sql`lock table waymark.person in exclusive mode`.execute(tx);
      await page.getByRole('button', { name: 'Import now' }).click();
      await waitsForPeople();
      await picture('people-running');
      await step(5).getByRole('button', { name: 'Cancel' }).click();
      await page.getByText('This was cancelled; nothing was changed').waitFor();
    });
    expect(await kept()).toEqual(before);
    expect(await barriers(page)).toEqual([]);
    await picture('people-cancelled');
  });

  it('takes it after all, and reads what came of it', async () => {
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('New people: 2. New households: 2. Known before: 0.').waitFor();
    const answers = page.getByRole('table', { name: 'Questions' });
    expect(await answers.getByRole('row').filter({ hasText: 'debt' }).locator('td').allInnerTexts()).toEqual(['2', '1 / 0 / 1', '0', '0']);
    expect(await kept()).toMatchObject({ person: 4, identity: 4, household: 3 });
    await picture('people-taken');
    await page.getByRole('link', { name: 'Open this import' }).click();
    await page.getByRole('heading', { name: 'next.csv', level: 1 }).waitFor();
  });
});

const round = `kind: observations
source: Watch group of East Bay
id: { column: ลำดับ }
instrument: household-28
observed: { column: วันที่ }
indicators:
  school_attendance: { column: school_attendance }
`;

describe('Mali brings in a later round of answers', () => {
  it('reads it on the page of the person, takes it back, and the person stands as before', async () => {
    const { rows } = await sql<{ path: string }>`
      select '/people/' || p.region_id || '/' || p.person_id as path from waymark.person p where p.born_on = '1997-07-05'`.execute(
      server.db.owner,
    );
    const path = rows[0]?.path ?? '',
      entries = page.locator('.timeline > li'),
      visit = entries.filter({ hasText: 'Asked about the person · 1 November 2026' }),
      standing = page.locator('.risk-now');
    const opened = async () => {
      await page.goto(path);
      await entries.first().waitFor();
      await settle(page);
      return [await standing.innerText(), await entries.count()];
    };
    const before = await opened();
    const file = { name: 'round.csv', mimeType: 'text/csv', buffer: Buffer.from('ลำดับ,วันที่,school_attendance\n2,2026-11-01,1\n') };
    const brought = await page.request.post('/api/imports', { multipart: { kind: 'observations', dryRun: 'false', mapping: round, file } });
    expect([brought.status(), await brought.text()]).toEqual([202, expect.any(String)]);
    const { batchId } = (await brought.json()) as { batchId: string };
    await page.goto(`/imports/${batchId}`);
    await page.getByText('New people: 0. New households: 0. Known before: 1.').waitFor();
    const then = await opened();
    await visit.getByText('From a file').waitFor();
    expect([then[0] === before[0], then[1]]).toEqual([false, Number(before[1]) + 1]);
    await picture('round-on-the-page');

    await page.goto(`/imports/${batchId}`);
    await page.getByRole('button', { name: 'Undo this import' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('The answers it brought count no more').waitFor();
    expect(await barriers(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Undo the import' }).click();
    await page.getByText('This import was undone').first().waitFor();
    await picture('round-undone');
    expect(await opened()).toEqual(before);
    expect(await visit.count()).toBe(0);
    expect(await kept()).toMatchObject({ person: 4 });
  });

  it('has names on the list for two minutes and no longer, whether or not anybody looks', async () => {
    const list = await context.newPage();
    await list.clock.install();
    await list.goto('/people');
    await list.locator('.people-row').first().waitFor();
    const names = list.getByText(/สมศรี ใจดี|มานะ ใจดี|บุญมี ทองคำ/),
      button = list.getByRole('button', { name: 'Show names' });
    expect([await names.count(), await button.getAttribute('aria-pressed')]).toEqual([0, 'false']);
    await button.click();
    await names.first().waitFor();
    expect(await names.count()).toBe(4);
    await list.clock.fastForward(100_000);
    expect([await names.count(), await button.getAttribute('aria-pressed')]).toEqual([4, 'true']);
    await list.clock.fastForward(20_000);
    await expect.poll(() => names.count()).toBe(0);
    expect(await button.getAttribute('aria-pressed')).toBe('false');
    await list.close();
  });
});

describe('Mali looks through people written down twice', () => {
  it('compares two records, opens both names, and joins them', async () => {
    await sql`select graphile_worker.add_job('people:compare', '{}'::json)`.execute(server.db.jobs);
    const pairs = async () => (await sql`select from waymark.duplicate_pair`.execute(server.db.owner)).rows.length;
    await expect.poll(pairs, { timeout: 30_000 }).toBe(1);
    await page.goto('/people/duplicates');
    await page.getByRole('link', { name: /^Compare / }).waitFor();
    await settle(page);
    expect(await barriers(page)).toEqual([]);
    await picture('duplicates');
    expect(await page.locator('main').innerText()).not.toContain('สมศรี');
    await page.getByRole('link', { name: /^Compare / }).click();
    await page.getByRole('heading', { name: 'What speaks for one person' }).waitFor();
    expect(await page.getByRole('region', { name: /^Record [AB]$/ }).count()).toBe(2);
    await page.getByRole('button', { name: 'Open both names' }).click();
    await page.getByText('สมศรี ใจดี').nth(1).waitFor();
    expect(await page.getByText('(different)').count()).toBeGreaterThan(0);
    expect(await barriers(page)).toEqual([]);
    await picture('duplicate-pair');
    await page.getByRole('button', { name: 'The same person' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('From now on there is one record').waitFor();
    expect(await barriers(page)).toEqual([]);
    await picture('duplicate-join');
    await dialog.getByRole('button', { name: 'Join the two records' }).click();
    await page.getByText(/^Joined with another record on /).waitFor();
    expect(await counted()).toBe(3);
  });

  it('takes that back: both are what they were, and she says that they are two', async () => {
    // The day people were asked is the place's, wherever the reader is.
    await page.getByText('Asked about the person · 1 October 2026').first().waitFor();
    await picture('joined');
    await page.getByRole('button', { name: 'Take this merge back' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take this merge back' }).click();
    await page.getByText('Taken apart from another record again').waitFor();
    await expect.poll(() => page.getByText(/^Joined with another record on /).count()).toBe(0);
    expect(await counted()).toBe(4);
    await page.goto('/people/duplicates');
    await page.getByRole('link', { name: /^Compare / }).click();
    await page.getByRole('button', { name: 'Two different people' }).click();
    await page.getByRole('heading', { name: 'Nobody seems to be written down twice' }).waitFor();
  });

  it('undoes the second list: who is new goes, whose record was joined meanwhile stays, and she is told', async () => {
    await page.goto('/imports?kind=people');
    await page.getByRole('link', { name: 'next.csv' }).last().waitFor();
    await page.goto(`/imports/${await lastTaken()}`);
    await page.getByRole('button', { name: 'Undo this import' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Undo the import' }).click();
    await page.getByText('1 person was taken out').waitFor();
    await page.getByText('1 person could not be taken back and stays').waitFor();
    await page.getByText('1 whose record was changed since').waitFor();
    await page.getByText('This import was undone').first().waitFor();
    expect(await counted()).toBe(3);
    expect(await barriers(page)).toEqual([]);
    await picture('people-undone');
    // What a mapping that is not whole yet gives is an answer, not a fault.
    expect(errors().filter((line) => !line.includes('422'))).toEqual([]);
  });
});

describe('Kanya ends the lawful basis', () => {
  it('and no list brings anybody on it any more: whoever tries is told whom to ask', async () => {
    await kanya.page.reload();
    await endBasis(kanya, basis);
    await page.goto('/imports/new?kind=people');
    await page.getByLabel('File', { exact: true }).setInputFiles(join(folder, 'next.csv'));
    await page.getByRole('button', { name: 'Read the first rows' }).click();
    await page.getByText('No lawful basis is stated on which people may be recorded').waitFor();
    expect(await page.getByLabel('On which lawful basis?').locator('option').allInnerTexts()).toEqual(['Choose a basis']);
    expect(await barriers(page)).toEqual([]);
    await page.goto('/people/new');
    await page.getByText('The data protection officer states it under Data protection. Then households can be registered here.').waitFor();
    // The line was cut on purpose, and until the basis was in force nobody could be recorded.
    for (const { errors: all } of [kanya, niran]) expect(all().filter((line) => !/409|422|ERR_CONNECTION_RESET/.test(line))).toEqual([]);
  });
});

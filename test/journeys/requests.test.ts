// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordNumber } from '../../src/platform/domain/record-number.ts';
import { demoPassword, startDemo, type JourneyServer } from './demo-server.ts';
import { holdsAndEnds, looksForTheUnusual, refuses, rulesOnTheDead } from './officer.ts';
import { barriers, letIn, openBrowser, openWindow, settle } from './support.ts';

type Window = Awaited<ReturnType<typeof openWindow>>;

let server: JourneyServer, browser: Browser;
/** The volunteer on her phone, and the data protection officer at her desk. */
let orn: Window, kanya: Window;
/** Somebody of Orn's village, and another who was visited. */
let address: string, number: string, another: string, dead: string;
const shots = process.env.WAYMARK_SHOTS;
const name = 'กัลยา วังฟ้าดาว';
const picture = async (window: Window, name: string): Promise<void> => {
  if (shots) await window.page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
};

beforeAll(async () => {
  server = await startDemo();
  const { rows } = await sql<{ regionId: number; personId: string }>`
    select p.region_id as "regionId", p.person_id as "personId" from waymark.person p join waymark.place v on v.place_id = p.place_id
    where v.code = 'XA010301' and p.state = 1 and p.born_on < current_date - interval '20 years' and exists (select from waymark.assessment a where a.subject_id = p.person_id)
    order by p.person_id limit 3`.execute(server.db.owner);
  const [her, second, third] = rows;
  if (!her || !second || !third) throw new Error('nobody lives in the village of Orn');
  [address, number] = [`/people/${her.regionId}/${her.personId}`, recordNumber(her.personId)];
  another = `/people/${second.regionId}/${second.personId}`;
  dead = `/people/${third.regionId}/${third.personId}`;
  browser = await openBrowser();
  orn = await openWindow(browser, server.url, { width: 360 });
  kanya = await openWindow(browser, server.url);
  await letIn(orn, 'orn', demoPassword);
  const identity = { names: [{ kind: 'official', full: name }], phones: ['+66 81 234 5678'], documents: [] };
  const named = await orn.context.request.put(`/api${address}/identity`, { data: { identity, basedOn: 0 } });
  if (!named.ok()) throw new Error(await named.text());
  // She came with a list once.
  await sql`insert into waymark.person_source (region_id, person_id, source, digest, key_id, batch_id)
    select region_id, person_id, 'Watch group of East Bay', decode(repeat('5a', 16), 'hex'), master_key_id, (select batch_id from waymark.import_batch limit 1)
    from waymark.identity_key where person_id = ${her.personId}`.execute(server.db.owner);
}, 300_000);
afterAll(async () => {
  for (const window of [orn, kanya]) await window?.context.close();
  await browser?.close();
  await server?.close();
});

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
const sideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

async function writeDown(page: Page, what: string, saidOn: string, wrong?: string): Promise<void> {
  await page.getByRole('button', { name: 'Write down what the person asks for' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Asks for').selectOption({ label: what });
  if (wrong) await dialog.getByLabel('What is wrong').selectOption({ label: wrong });
  await dialog.getByLabel('When').fill(saidOn);
  await dialog.getByRole('button', { name: 'Write it down' }).click();
  await dialog.waitFor({ state: 'detached' });
}

describe('Orn asks anew', () => {
  it('what a guardian agreed to, told before the visit and on the page, and writes down the answer', async () => {
    const { page } = orn;
    const of = sql`person_id = ${address.split('/').at(-1)!} and purpose = 'contact'`;
    await sql`delete from waymark.consent_event where ${of}`.execute(server.db.owner);
    await sql`insert into waymark.consent_event (region_id, event_id, person_id, purpose, act, by_whom, way, observed_at, actor_id)
      select region_id, gen_random_uuid(), person_id, 'contact', 'given', 'guardian', 'spoken', '2020-02-02', 'set-up'
      from waymark.person where person_id = ${address.split('/').at(-1)!}`.execute(server.db.owner);
    for (const [path, shot] of [
      [`${address}/assess`, 'consent-lapsed-visit-360'],
      [address, 'consent-lapsed-360'],
    ] as const) {
      await page.goto(path);
      await page.getByText('This person is of age and decides alone now.').waitFor();
      await settle(page);
      await picture(orn, shot);
      expect([await barriers(page), await sideways(page)]).toEqual([[], 0]);
    }
    // Nobody may call while that is open: the page with everything that is kept has no number on it either, and says so on paper too.
    await page.getByRole('link', { name: 'Everything kept about this person' }).click();
    await page.getByText('A telephone number is left out').waitFor();
    await settle(page);
    await picture(orn, 'printout-left-out-360');
    expect([await barriers(page), await sideways(page)]).toEqual([[], 0]);
    expect(await page.locator('.printout').innerText()).toContain('A number is kept and left out here');
    expect(await page.locator('main').innerText()).not.toContain('+668');
    await page.goto(address);
    await page.getByRole('button', { name: 'Renew consent' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('group', { name: 'Being called or written to' }).getByLabel('Yes, agrees').check();
    await picture(orn, 'consent-renewing-360');
    await dialog.getByRole('button', { name: 'Write it down' }).click();
    await page.getByText('Ask for consent again').waitFor({ state: 'detached' });
    const { rows } = await sql`select by_whom, act from waymark.consent_event where ${of} order by recorded_at`.execute(server.db.owner);
    expect(rows).toEqual([
      { by_whom: 'guardian', act: 'given' },
      { by_whom: 'self', act: 'given' },
    ]);
  });
});

describe('Orn writes down what somebody of her village asks for', () => {
  it('on the page of the person, and finds it again among the requests of her village', async () => {
    const { page } = orn;
    await page.goto(address);
    await writeDown(page, 'To see what is kept', daysAgo(32));
    await writeDown(page, 'To be erased', daysAgo(3));
    await page.goto('/people/requests');
    await page.getByRole('link', { name: number }).first().waitFor();
    await settle(page);
    expect([await barriers(page), await sideways(page)]).toEqual([[], 0]);
    expect(await page.getByRole('button', { name: 'Decide' }).count()).toBe(0);
    await page.getByLabel('Asks for').selectOption({ label: 'Complains' });
    await page.getByRole('heading', { name: 'Nothing like that' }).waitFor();
    expect(orn.errors()).toEqual([]);
  });

  it('and takes the person the paper with everything that is kept, with the name, before anybody has decided', async () => {
    const { page } = orn;
    await page.goto(address);
    await page.getByRole('link', { name: 'Everything kept about this person' }).click();
    const sheet = page.locator('.printout');
    await sheet.getByText(name).waitFor();
    await settle(page);
    expect([await barriers(page), await sideways(page)]).toEqual([[], 0]);
    const said = await sheet.innerText();
    const kept = [number, '+66812345678', 'To see what is kept · Open', 'To be erased · Open'];
    for (const words of kept) expect(said).toContain(words);
    expect(said).not.toContain('left out');
    const hint = page.getByText('Private answers are left out');
    expect([await hint.isVisible(), await page.getByText('A telephone number is left out').count()]).toEqual([true, 0]);
    await page.getByLabel('Language of the page').selectOption('th');
    await sheet.getByRole('heading', { name: 'สิทธิของคุณ' }).waitFor();
    await page.getByLabel('ภาษาของหน้า').selectOption('en');
    await sheet.getByRole('heading', { name: 'Your rights' }).waitFor();
    // Each language is read anew, and the person is told so.
    await sheet.getByText(/watch volunteer, [34] times/).waitFor();
    await settle(page);
    await page.evaluate(() => {
      window.print = () => document.body.setAttribute('data-printed', '');
    });
    await page.getByRole('button', { name: 'Print' }).click();
    await page.locator('body[data-printed]').waitFor({ state: 'attached' });
    await page.emulateMedia({ media: 'print' });
    const paper = await sheet.innerText();
    for (const words of [name, ...kept]) expect(paper).toContain(words);
    expect([await page.getByRole('button').count(), await hint.isVisible()]).toEqual([0, false]);
    await page.emulateMedia({ media: null });
    expect(orn.errors()).toEqual([]);
  });

  it('and sets an answer right for somebody who objected and asks for that, while nothing new is recorded', async () => {
    const { page } = orn;
    await page.goto(another);
    await writeDown(page, 'Objects to being recorded', daysAgo(1));
    await page.getByText('If an answer is wrong, the person may have it set right all the same').waitFor();
    // First on the page, where else the button to visit is; nothing there asks anybody to come again.
    await page.getByText('No visit: the person objected').waitFor();
    expect(await page.locator('main').innerText()).not.toMatch(/Visit now|ask(ed)? again/i);
    const correct = page
      .locator('.timeline > li')
      .filter({ hasText: 'Asked about the person' })
      .first()
      .getByRole('link', { name: 'Correct' });
    expect(await correct.count()).toBe(0);
    await writeDown(page, 'To have something set right', daysAgo(1), 'An answer');
    await page.getByText('The person asks to have an answer set right').waitFor();
    await correct.click();
    await page.getByText('What was said that day may be set right or taken out').waitFor();
    await page.locator('.question').waitFor();
    const answers = page.locator('.answer input');
    await page
      .locator('.answer')
      .nth((await answers.nth(0).isChecked()) ? 1 : 0)
      .click();
    if (shots) await page.screenshot({ path: `${shots}/assess-restricted-360.png`, fullPage: true });
    expect([await barriers(page), await sideways(page)]).toEqual([[], 0]);
    await page.getByRole('button', { name: 'Stop here and save' }).click();
    await page.getByRole('button', { name: 'Save the correction' }).click();
    await page.getByRole('heading', { name: 'Saved' }).waitFor();
    await page.goto(another);
    await page.getByText(/^Corrected on .* by: watch volunteer\. Counts no more\.$/).waitFor();
    if (shots) await page.screenshot({ path: `${shots}/person-restricted-360.png`, fullPage: true });
    await page.getByRole('button', { name: 'It is done' }).click();
    await page.getByText('If an answer is wrong, the person may have it set right all the same').waitFor();
    expect(await correct.count()).toBe(0);
    await page.getByRole('button', { name: 'The person takes it back' }).click();
    await page.getByText('This record is used no further').waitFor({ state: 'detached' });
    expect(orn.errors()).toEqual([]);
  });
});

describe('Kanya, data protection officer', () => {
  it('sees what is late first, by number alone, and turns the order round', async () => {
    const { page } = kanya;
    await letIn(kanya, 'kanya', demoPassword);
    await page.goto('/');
    await page.getByText('1 of them is late').waitFor();
    await page.getByRole('link', { name: 'Requests', exact: true }).click();
    const rows = page.locator('tbody tr').filter({ hasText: number });
    await rows.first().getByText('days late').waitFor();
    expect(await rows.allInnerTexts()).toEqual([expect.stringContaining('To see what is kept'), expect.stringContaining('To be erased')]);
    await page.getByRole('button', { name: 'Answer by' }).click();
    await rows.first().getByText('To be erased').waitFor();
    await settle(page);
    expect(await barriers(page)).toEqual([]);
  });

  it('answers the first, and prints the list', async () => {
    const { page } = kanya;
    await page.getByRole('row').filter({ hasText: 'To see what is kept' }).getByRole('button', { name: 'Decide' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Decide' }).click();
    await page.getByRole('row').filter({ hasText: 'To see what is kept' }).waitFor({ state: 'detached' });
    await page.evaluate(() => {
      window.print = () => document.body.setAttribute('data-printed', '');
    });
    await page.getByRole('button', { name: 'Print' }).click();
    await page.locator('body[data-printed]').waitFor({ state: 'attached' });
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('button', { name: 'Decide' }).count()).toBe(0);
    await page.emulateMedia({ media: null });
  });

  it('says how long the records of people who died are kept, and after the night sees whose time is over', async () => {
    await rulesOnTheDead(kanya, server, orn, dead);
  });

  it('holds two records: neither can be erased until she ends the hold', async () => {
    await holdsAndEnds(kanya, { asked: number, due: recordNumber(dead.split('/').at(-1) ?? '') }, picture);
  });

  it('refuses another with the ground, and Orn reads it on the page of whoever asked', async () => {
    await orn.page.goto(another);
    await writeDown(orn.page, 'To be erased', daysAgo(1));
    await refuses(kanya, orn, another, picture);
    expect(orn.errors()).toEqual([]);
  });

  it('erases who asked for it, once the number is typed, and finds all of it in the record of use', async () => {
    const { page } = kanya;
    await page.getByRole('button', { name: `Decide about ${number}` }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/^Type the record number/).fill('AAAA-AAAA-AA');
    await dialog.getByRole('button', { name: 'Erase for good' }).click();
    await dialog.getByRole('alert').waitFor();
    await dialog.getByLabel(/^Type the record number/).fill(number);
    await dialog.getByRole('button', { name: 'Erase for good' }).click();
    await page.getByRole('heading', { name: 'Nothing to answer' }).waitFor();
    await page.getByRole('link', { name: 'Record of use' }).click();
    for (const line of ['Erased a person', 'Did what a person asked for', 'Wrote down what a person asks for'])
      await page.getByRole('rowheader', { name: line }).first().waitFor();
    await page.goto('/data-protection/retention');
    await page.getByRole('rowheader', { name: number }).waitFor();
    await page.getByRole('link', { name: `Who looked at ${number}` }).click();
    const looked = page.locator('tbody tr');
    // Whose number it is comes with the rows, who looked a moment after.
    await looked.first().getByText('Orn').waitFor();
    expect(await looked.locator('[title="identity.print"]').count()).toBe(await looked.count());
    for (const row of await looked.allInnerTexts()) expect(row).toContain('Orn');
    expect(await page.getByLabel('Record number').inputValue()).toBe(number);
    await orn.page.goto(address);
    await orn.page.getByText('There is no such').waitFor();
  });

  it('lets lists bring somebody again who was erased, came back and agrees: once, after being asked whether that is meant', async () => {
    const { page } = kanya;
    await page.goto('/data-protection/retention');
    const row = page.getByRole('row').filter({ hasText: number }),
      again = row.getByRole('button', { name: `May come with a list again: ${number}` }),
      dialog = page.getByRole('dialog', { name: 'May this person come with a list again?' });
    const lifted = async () =>
      (
        await sql<{
          by: string;
        }>`select a.display_name as by from waymark.erasure_lifted l join waymark.account a on a.account_id = l.lifted_by`.execute(
          server.db.owner,
        )
      ).rows;
    await again.click();
    await dialog.getByText(number).waitFor();
    expect(await barriers(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await lifted()).toEqual([]);
    await again.click();
    await dialog.getByRole('button', { name: 'Lists may bring the person' }).click();
    await again.waitFor({ state: 'detached' });
    await dialog.waitFor({ state: 'detached' });
    expect([await lifted(), await row.getByText('The person asked for it').count()]).toEqual([[{ by: 'Kanya' }], 1]);
    await page.reload();
    await row.waitFor();
    expect(await again.count()).toBe(0);
    await page.getByRole('link', { name: 'Record of use' }).click();
    await page.getByRole('rowheader', { name: 'Let lists bring a person again who was erased' }).waitFor();
  });

  it('sees among who looked at whom that Orn asked for the names of many people who are not hers to visit', async () => {
    await looksForTheUnusual(kanya, orn, server, picture);
  });

  it('reads on the impact page what is set at that moment, and another page once it is set otherwise', async () => {
    const { page } = kanya,
      faults = kanya.errors().length;
    const lines = async () => {
      await page.goto('/data-protection/impact');
      await page.getByRole('heading', { name: 'What protects them' }).waitFor();
      return (await page.locator('main').innerText()).split('\n');
    };
    const set = (kept: boolean, [ten, day, searches]: readonly [number, number, number]) =>
      sql`update waymark.installation set people_kept = ${kept}, people_in_ten_minutes = ${ten}, people_in_a_day = ${day}, searches_in_a_minute = ${searches}`.execute(
        server.db.owner,
      );
    const limits = (ten: string, day: string, searches: string) =>
      `One account opens the names of at most ${ten} people in ten minutes and of ${day} in a day, and searches at most ${searches} times a minute.`;
    await set(true, [300, 1200, 60]);
    const before = await lines();
    expect(before).toEqual(
      expect.arrayContaining([limits('300', '1,200', '60'), 'Everybody signs in here; no other service vouches for anybody.']),
    );
    await set(false, [77, 555, 9]);
    const status = await page.evaluate(() =>
      fetch('/api/data-protection/retention/withdrawn', {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ months: 7, action: 'erase' }),
      }).then((answer) => answer.status),
    );
    expect(status).toBe(200);
    const after = await lines();
    // The day on which it was made and how much was read since may differ too.
    expect(after.filter((line) => !before.includes(line) && !/^Made on|^\d/.test(line))).toEqual([
      'Records are kept without an end where no rule says otherwise: Not visited any more, Died, Left for good, Joined with another record of the same person.',
      'This installation is set to keep places and figures only: nobody new is recorded. What was recorded before is still here.',
      'Took back the consent to be recorded: After 7 months: erased, without anybody looking',
      limits('77', '555', '9'),
    ]);
    await set(true, [300, 1200, 60]);
    expect(kanya.errors().slice(faults)).toEqual([]);
  });
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { household28 } from '../../src/risk/domain/instruments/household-28.ts';
import { demoPassword, startDemo, type JourneyServer } from './demo-server.ts';
import { barriers, loseAnswer, openBrowser, openWindow, settle, signIn } from './support.ts';

type Window = Awaited<ReturnType<typeof openWindow>>;

/** Mali, who coordinates the province, at her desk; Mali again with a phone in the village. */
let server: JourneyServer, browser: Browser, desk: Window, phone: Window;
const shots = process.env.WAYMARK_SHOTS;
const picture = async (window: Window, name: string): Promise<void> => {
  if (shots) await window.page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
};

beforeAll(async () => {
  server = await startDemo();
  browser = await openBrowser();
  desk = await openWindow(browser, server.url);
  phone = await openWindow(browser, server.url, { width: 360 });
  await signIn(desk.page, 'mali', demoPassword);
  await phone.context.addCookies(await desk.context.cookies());
}, 300_000);
afterAll(async () => {
  for (const window of [desk, phone]) await window?.context.close();
  await browser?.close();
  await server?.close();
});

const stored = () => phone.page.evaluate(() => Object.entries(localStorage).filter(([key]) => key.startsWith('visit ')));

describe('who to visit next', () => {
  it('stands in a list that is narrowed by what one looks for, and goes on paper without private reasons', async () => {
    const { page } = desk;
    await page.goto('/people');
    await settle(page);
    await page.locator('.people-row').first().waitFor();
    await picture(desk, 'people-1280');
    await page.getByRole('button', { name: 'High', exact: true }).click();
    await settle(page);
    expect(new URL(page.url()).searchParams.get('bands')).toBe('3');
    expect(await page.locator('.people-row .band-chip-3').count()).toBe(await page.locator('.people-row').count());
    const whoTold = page.locator('.people-row').filter({ hasText: 'private reason' }).first();
    await whoTold.getByRole('checkbox', { name: 'For the visit list' }).check();
    await page.evaluate(() => {
      window.print = () => document.body.setAttribute('data-printed', '');
    });
    await page.getByRole('button', { name: 'Print a visit list of 1 person' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Print', exact: true }).click();
    await page.locator('body[data-printed]').waitFor({ state: 'attached' });
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.visit').count()).toBe(1);
    const paper = await page.locator('.visit-sheet').innerText();
    expect(paper).toContain('Destroy after use');
    expect(paper).toContain('private reason');
    const told = household28.indicators
      .filter((each) => each.protected)
      .flatMap(({ title, reasons }) => [title.en, reasons[3].en, reasons[2].en]);
    expect([told.length, told.filter((words) => paper.includes(words))]).toEqual([21, []]);
    await picture(desk, 'visit-list-paper');
    await page.emulateMedia({ media: 'screen' });
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    const { rows } = await sql`select from waymark.audit_entry where action = 'people.visit-list'`.execute(server.db.owner);
    expect(rows).toHaveLength(1);
    expect(await barriers(page)).toEqual([]);
  });

  it('is asked question by question on a phone; a reload and a lost line lose nothing, and nothing is left behind', async () => {
    const { page } = phone;
    await page.clock.setFixedTime('1970-01-02T03:00:00Z'); // the battery died
    await page.goto('/people');
    await page.locator('.people-row').first().waitFor();
    await picture(phone, 'people-360');
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(1);
    await page.getByRole('link', { name: 'Visit', exact: true }).first().click();
    await page.locator('.question').waitFor();
    await picture(phone, 'assess-360');
    expect(await barriers(page)).toEqual([]);
    await page.locator('.answer').first().click();
    await page.getByRole('button', { name: 'Next', exact: true }).click();
    await page.getByText('Would rather not say', { exact: true }).click();
    expect(await stored()).toHaveLength(1);
    await page.clock.setFixedTime(new Date()); // she sets it right
    await page.reload();
    await page.getByText('You began this before').waitFor();
    await page.getByRole('button', { name: 'Stop here and save' }).click();
    await picture(phone, 'assess-end-360');
    const visit = await page.evaluate(() => {
      const key = Object.keys(localStorage).find((each) => each.startsWith('visit '));
      return (JSON.parse(localStorage.getItem(key ?? '') ?? '{}') as { assessmentId?: string }).assessmentId;
    });
    await loseAnswer(page, '**/api/assessments');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Nothing is lost: your answers are kept').waitFor();
    await phone.context.setOffline(true);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Nothing is lost: your answers are kept').waitFor();
    expect(await stored()).toHaveLength(1);
    await phone.context.setOffline(false);
    await page.getByRole('heading', { name: 'Saved' }).waitFor();
    await picture(phone, 'assess-saved-360');
    expect(await stored()).toEqual([]);
    const { rows } = await sql<{ said: number; corrects: string | null; today: boolean }>`
      select octet_length(replace(encode(answers, 'hex'), '00', '')::bytea) / 2 as said, supersedes as corrects,
             observed_at between now() - interval '10 minutes' and now() as today from waymark.assessment
      where ${visit ?? null}::uuid in (assessment_id, supersedes)`.execute(server.db.owner);
    expect(rows).toEqual([{ said: 2, corrects: null, today: true }]);
    await page.getByRole('link', { name: 'Next person' }).click();
    await page.locator('.question').waitFor();
  });
});

describe('figures of people', () => {
  it('rank the districts, with how sure that is', async () => {
    const { page } = desk;
    await page.goto('/where-first');
    await page.locator('.ranked').first().waitFor();
    await settle(page);
    await picture(desk, 'where-first-1280');
    expect(await barriers(page)).toEqual([]);
    await phone.page.goto('/where-first');
    await phone.page.locator('.ranked').first().waitFor();
    await picture(phone, 'where-first-360');
    expect(await phone.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(1);
  });

  it('are reported by age, sex and place', async () => {
    const { page } = desk;
    await page.goto('/people/report');
    await page.getByRole('table').waitFor();
    await picture(desk, 'report-1280');
    await page.getByText('Place', { exact: true }).first().click();
    await settle(page);
    expect(await page.getByRole('row').count()).toBeGreaterThan(5);
    await page.goto('/people/report?by=sex');
    await page.getByRole('rowheader', { name: 'Female' }).waitFor();
    expect(await barriers(page)).toEqual([]);
    const date = page.getByLabel('Date', { exact: true });
    const monthEnd = (await date.locator('option').nth(2).getAttribute('value')) ?? '';
    await date.selectOption(monthEnd);
    await settle(page);
    expect(new URL(page.url()).searchParams.get('date')).toBe(monthEnd);
    await page.getByText(/Figures of \d+ .* 20\d\d/).waitFor();
    expect(desk.errors()).toEqual([]);
  });
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { PersonRisk, ShownScore } from '../../src/risk/domain/person-risk.ts';
import type { JourneyServer } from './demo-server.ts';
import { barriers, settle, type openWindow } from './support.ts';

type Window = Awaited<ReturnType<typeof openWindow>>;

const day = (iso: string, style: 'long' | 'medium' = 'long') =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: style, timeZone: 'UTC' }).format(new Date(`${iso}T12:00:00Z`));

/** Somebody who was visited left for good: her page shows the last day before, and offers nothing to enter. */
export async function hasLeft(
  desk: Window,
  server: JourneyServer,
  picture: (window: Window, name: string) => Promise<void>,
  standing: (score: ShownScore) => string,
): Promise<void> {
  const { page } = desk;
  const { rows } = await sql<{ id: string; region: number; version: number; on: string; before: string }>`
    select p.person_id as id, p.region_id as region, p.version, (max(a.observed_at)::date + 2)::text as on, (max(a.observed_at)::date + 1)::text as before
    from waymark.person p join waymark.place v using (place_id) join waymark.assessment a on a.subject_id = p.person_id
    where v.code = 'XA010302' and p.state = 1 group by 1, 2, 3 having max(a.observed_at) < now() - interval '3 days' order by 1 limit 1`.execute(
    server.db.owner,
  );
  const { id, region, version, on, before } = rows[0]!;
  const path = `/people/${region}/${id}`;
  const stood = ((await (await page.request.get(`${server.url}/api${path}/risk?on=${before}`)).json()) as PersonRisk).standing!;
  const left = await page.request.post(`${server.url}/api${path}/state`, { data: { state: 'left', onDate: on, version } });
  expect(left.status()).toBe(200);
  await page.goto(path);
  await page.getByText(`The person left for good on ${day(on)}. Nothing is asked or entered unless the person comes back`).waitFor();
  await page.getByText(`As it was at the end of ${day(before)}`).waitFor();
  expect((await page.locator('.risk-now').innerText()).replaceAll(/\s+/g, ' ')).toContain(standing(stood));
  expect(await page.locator('.timeline > li').count()).toBeGreaterThan(0);
  const entering = page
    .getByRole('link', { name: /^(Visit now|Ask now|Ask about .*|Correct)$/ })
    .or(page.getByRole('button', { name: 'Take back' }));
  expect(await entering.count()).toBe(0);
  await picture(desk, 'person-left-1280');
  await page.getByText('Look at an earlier day').click();
  await page.getByLabel('As of an earlier day').fill(new Date().toISOString().slice(0, 10));
  await page.getByText('This person was not here any more').waitFor();
  await page.getByLabel('As of an earlier day').fill('2020-01-01');
  await page.getByText('As it was at the end of 1 January 2020').waitFor();
  await page.getByRole('button', { name: 'Back to the last day' }).click();
  await page.getByText(`As it was at the end of ${day(before)}`).waitFor();
  expect([await barriers(page), new URL(page.url()).search, desk.errors()]).toEqual([[], '', []]);
}

/** Begins a visit of a day before the newest answer, in which nothing moves and it is said why; and goes back to a visit of today. */
export async function visitsEarlier(page: Page, { questions }: PersonRisk): Promise<void> {
  const live = () => page.locator('.live').innerText();
  const before = await live();
  const first = questions.find(({ unit }) => unit === 'person')!,
    newest = first.observedOn!;
  const earlier = new Date(Date.parse(newest) - 86_400_000).toISOString().slice(0, 10);
  await page.getByLabel('Day of the visit').fill(earlier);
  const words = `A newer answer of ${day(newest, 'medium')} stands: what you answer for ${day(earlier, 'medium')} is kept`;
  await page.getByText(words).waitFor();
  await page.getByText(/^To \d+ questions? what you answer for /).waitFor();
  // Another answer than the one that stands, so that it would move.
  await page
    .locator('.answer')
    .nth(first.score === 3 ? 0 : 2)
    .click();
  await settle(page);
  expect(await live()).toBe(before);
  expect(await barriers(page)).toEqual([]);
  await page.getByText('Not asked today', { exact: true }).click();
  await page.getByLabel('Day of the visit').fill(await page.evaluate(() => new Date().toLocaleDateString('sv')));
  await page.getByText(words).waitFor({ state: 'detached' });
}

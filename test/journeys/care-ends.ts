// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { expect } from 'vitest';
import type { JourneyServer } from './demo-server.ts';
import { barriers, settle, type openWindow } from './support.ts';

type Window = Awaited<ReturnType<typeof openWindow>>;

interface Look {
  /** The coordinator at her desk, and the case worker with her phone. */
  readonly desk: Window;
  readonly ratana: Window;
  readonly server: JourneyServer;
  readonly picture: (window: Window, name: string) => Promise<void>;
}

/**
 * She takes back that a case worker accompanies her, while that case worker has her page open, and a visit to her begun: whatever is pressed next
 * says so, and nothing of her stays on the screen or on the phone. Then all that ended is read, page by page.
 */
export async function careEnds({ desk, ratana, server, picture }: Look, address: string, number: string): Promise<void> {
  const { page } = ratana;
  const focus = (at = page) => at.evaluate(() => document.activeElement?.textContent);
  await page.goto(address);
  await page.locator('.person-risk .timeline').waitFor();
  const visit = await ratana.context.newPage();
  await visit.goto(`${address}/assess`);
  await visit.locator('.answer').first().click();

  await desk.page.goto(address);
  await desk.page.getByRole('button', { name: 'Takes it back: Being helped by a case worker' }).click();
  const dialog = desk.page.getByRole('dialog');
  await dialog.getByText('The case worker accompanies the person no longer and reads the record no more, at once.').waitFor();
  await picture(desk, 'care-taken-back');
  await dialog.getByRole('button', { name: 'Write down that the person takes it back' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(
    await desk.page
      .locator('section', { has: desk.page.getByRole('heading', { name: 'Who accompanies' }) })
      .getByText('Ratana')
      .count(),
  ).toBe(0);
  // The button that took it back is gone with it.
  await expect.poll(() => focus(desk.page)).toBe('What the person agreed to');

  await page.getByRole('button', { name: 'Show the name' }).click();
  await page.getByRole('heading', { name: 'This record is closed to you', level: 1 }).waitFor();
  await page.getByText('While you had it open your care for this person ended: consent was taken back').waitFor();
  await expect.poll(() => focus()).toBe('This record is closed to you');
  await settle(page);
  await picture(ratana, 'record-closed-360');
  expect(await page.locator('body').innerText()).not.toContain(number);
  expect([await page.locator('.person-risk, .facts').count(), await barriers(page)]).toEqual([0, []]);
  while (!(await visit.getByRole('button', { name: 'Save', exact: true }).isVisible()))
    await visit.getByRole('button', { name: 'Stop here and save' }).click();
  await visit.getByRole('button', { name: 'Save', exact: true }).click();
  await visit.getByText('What you answered was not saved, and nothing of it is left on this device.').waitFor();
  expect(await visit.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('visit ')))).toEqual([]);
  await visit.close();
  await page.getByRole('link', { name: 'What ended, under Requests' }).click();
  const ended = (at = page) =>
    at.locator('section', { has: at.getByRole('heading', { name: 'Care that ended by a no' }) }).getByRole('listitem');
  await ended().getByText('You accompany somebody no longer who was in your care since').first().waitFor();
  expect(await page.locator('main').innerText()).not.toContain(number);

  await sql`insert into waymark.assignment (region_id, assignment_id, person_id, kind, account_id, given_by, ended_at, ended_by, taken_back_by)
    select p.region_id, gen_random_uuid(), p.person_id, 'case_worker', (select account_id from waymark.account where user_name = 'ratana'), 'set-up',
           now() - interval '3 days', 'set-up', 'self' from waymark.person p join waymark.place v using (place_id)
    where v.code like 'XA0103%' and p.state = 1 order by p.person_id limit 60`.execute(server.db.owner);
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from waymark.assignment where taken_back_by is not null`.execute(
    server.db.owner,
  );
  await desk.page.goto('/people/requests');
  const first = ended(desk.page).first();
  await first.getByRole('link', { name: number }).waitFor();
  expect(await first.innerText()).toContain('Ratana accompanies this person no longer.');
  expect(await ended(desk.page).count()).toBe(50);
  await desk.page.getByRole('button', { name: 'Show more' }).click();
  await desk.page.getByRole('button', { name: 'Show more' }).waitFor({ state: 'detached' });
  await settle(desk.page);
  expect([await ended(desk.page).count(), rows[0]!.n > 60]).toEqual([rows[0]!.n, true]);
  await picture(desk, 'care-ended-1280');
  expect([await barriers(desk.page), desk.errors()]).toEqual([[], []]);
}

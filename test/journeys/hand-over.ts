// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { expect } from 'vitest';
import type { JourneyServer } from './demo-server.ts';
import { barriers, settle, type openWindow } from './support.ts';

type Window = Awaited<ReturnType<typeof openWindow>>;
const shots = process.env['WAYMARK_SHOTS'];

/** How many people somebody accompanies. */
async function inCareOf(server: JourneyServer, userName: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from waymark.assignment a join waymark.account w using (account_id)
    where w.user_name = ${userName} and a.kind = 'case_worker' and a.ended_at is null`.execute(server.db.owner);
  return rows[0]!.n;
}

/** The coordinator gives two people into the care of Ratana, who agree; then one of them objects to being recorded. */
async function twoInCare(mali: Window, server: JourneyServer): Promise<void> {
  const { rows } = await sql<{ path: string; worker: string }>`
    select '/api/people/' || p.region_id || '/' || p.person_id as path, (select account_id from waymark.account where user_name = 'ratana') as worker
    from waymark.person p join waymark.place v using (place_id)
    where v.code = 'XA010302' and p.state = 1 and p.restricted_for is null and p.born_on < current_date - interval '20 years'
      and not exists (select from waymark.assignment a where a.person_id = p.person_id) order by p.person_id limit 2`.execute(
    server.db.owner,
  );
  const said = async (path: string, data: object) => {
    const answer = await mali.context.request.post(path, { data });
    if (!answer.ok()) throw new Error(await answer.text());
  };
  for (const { path, worker } of rows) {
    await said(`${path}/consents`, { eventId: uuidv7(), purpose: 'assist', act: 'given', byWhom: 'self', way: 'spoken' });
    await said(`${path}/assignments`, { assignmentId: uuidv7(), accountId: worker });
  }
  await said(`${rows[0]!.path}/requests`, { requestId: uuidv7(), kind: 'objection', byWhom: 'self' });
}

/** Ratana goes; her post goes to somebody who is there already, with the people in her care but one, who no longer agrees. */
export async function handsCareOver(niran: Window, mali: Window, server: JourneyServer): Promise<void> {
  const { page } = niran;
  const dialog = page.getByRole('dialog');
  const people = (n: number, one: string, several: string) => (n === 1 ? `1 ${one}` : `${n} ${several}`);
  await twoInCare(mali, server);
  const along = (await inCareOf(server, 'ratana')) - 1,
    hadAlready = await inCareOf(server, 'wan');
  await page.goto('/accounts?find=ratana');
  await page.locator('tbody th a').click();
  await page.getByRole('button', { name: 'Hand this post over' }).click();
  const goesAlong = dialog.getByLabel(`The ${people(along, 'person in this care goes', 'people in this care go')} along`);
  await goesAlong.waitFor();
  expect(await goesAlong.isChecked()).toBe(true);
  const ends = dialog.getByText(
    'The care of 1 other person ends: being accompanied is not agreed to any more, or the record is used no further.',
  );
  await ends.waitFor();
  if (shots) {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.screenshot({ path: `${shots}/hand-over-360.png` });
    await page.setViewportSize({ width: 1280, height: 800 });
  }
  expect(await barriers(page)).toEqual([]);
  await goesAlong.uncheck();
  await dialog.getByText('Without that nobody accompanies them until they are assigned anew.').waitFor();
  expect(await ends.count()).toBe(0);
  await goesAlong.check();
  await dialog.getByRole('button', { name: 'Hand it over' }).click();
  await dialog.getByText('Choose to whom').waitFor();
  await dialog.getByRole('combobox', { name: 'Name or user name' }).fill('wanida');
  await dialog.getByRole('option').first().click();
  await dialog.getByRole('button', { name: 'Hand it over' }).click();
  await dialog.getByRole('heading', { name: 'Handed over' }).waitFor();
  expect(await dialog.locator('p').allInnerTexts()).toEqual([
    'Wanida holds this post now; Ratana no longer does.',
    `${people(along, 'person', 'people')} in this care went along.`,
    'The care of 1 person ended: being accompanied is not agreed to any more, or the record is used no further.',
  ]);
  if (shots) await page.screenshot({ path: `${shots}/handed-over.png` });
  expect(await barriers(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await page.getByText('None yet: this person can sign in but sees nothing.').waitFor();
  await settle(page);
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Posts');
  expect([await inCareOf(server, 'ratana'), (await inCareOf(server, 'wan')) - hadAlready]).toEqual([0, along]);
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Page } from 'playwright-core';

/** Somebody of the demo in the care of Ratana, without an account of her own. Answers where her record is. */
const inCare = async (page: Page): Promise<string> => {
  const browser = page.context().browser()!,
    baseURL = new URL(page.url()).origin;
  const [officer, worker] = await Promise.all([browser.newContext({ baseURL }), browser.newContext({ baseURL })]);
  try {
    await officer.request.post('/api/auth/sign-in/username', { data: { username: 'somchai', password: 'lantern-river-42' } });
    await worker.request.post('/api/auth/sign-in/username', { data: { username: 'ratana', password: 'lantern-river-42' } });
    const { found } = (await (await officer.request.post('/api/people/search', { data: { text: 'มาลี' } })).json()) as {
      found: readonly { regionId: number; personId: string; age: number | null }[];
    };
    const her = found.filter(({ age }) => age !== null && age >= 18).at(-1);
    const path = `/people/${her?.regionId}/${her?.personId}`;
    const [ratana] = (await (await officer.request.get('/api/case-workers')).json()) as { accountId: string }[];
    const { assignments } = (await (await officer.request.get(`/api${path}`)).json()) as { assignments: readonly unknown[] };
    if (assignments.length === 0)
      await officer.request.post(`/api${path}/assignments`, { data: { assignmentId: crypto.randomUUID(), accountId: ratana?.accountId } });
    await worker.request.delete(`/api${path}/account`);
    return path;
  } finally {
    await officer.close();
    await worker.close();
  }
};

/** The case worker's dialog before she gives an account. */
export const giveAccount = async (page: Page): Promise<void> => {
  await page.goto(`${await inCare(page)}${new URL(page.url()).search}`);
  await page.locator('[aria-labelledby="own-account"] button').first().click();
};

/** In the account of the person herself. */
export const asHerself =
  (path: string) =>
  async (page: Page): Promise<void> => {
    const { search, origin } = new URL(page.url());
    const record = await inCare(page);
    const worker = await page.context().browser()!.newContext({ baseURL: origin });
    await worker.request.post('/api/auth/sign-in/username', { data: { username: 'ratana', password: 'lantern-river-42' } });
    const made = await worker.request.post(`/api${record}/account`, { data: { wished: true, phoneIsSafe: true } });
    const { slip } = (await made.json()) as { slip: { userName: string; code: string } };
    await worker.close();
    await page.request.post('/api/welcome', {
      data: { userName: slip.userName, code: slip.code, password: 'lantern-river-42' },
    });
    await page.request.post('/api/auth/sign-in/username', { data: { username: slip.userName, password: 'lantern-river-42' } });
    await page.goto(`${path}${search}`);
    await page.locator('.own h1').waitFor();
  };

// SPDX-License-Identifier: AGPL-3.0-or-later
import type { APIRequestContext, Page } from 'playwright-core';

interface Key {
  readonly regionId: number;
  readonly personId: string;
}

const ask = async <T>(page: Page, path: string): Promise<T> => (await (await page.request.get(`/api${path}`)).json()) as T;

/** The people of the reader's own area, as her list has them. */
const listed = async (page: Page, query: string): Promise<readonly Key[]> => {
  const { home } = await ask<{ home: { placeId: string } }>(page, '/me');
  return (await ask<{ rows: readonly Key[] }>(page, `/people/list?place=${home.placeId}&locale=en&${query}`)).rows;
};

/** The page in the language and direction in which it is photographed. */
const go = (page: Page, path: string): Promise<unknown> => {
  const { searchParams } = new URL(page.url());
  const locale = searchParams.get('locale');
  return page.goto(locale === null ? path : `${path}${path.includes('?') ? '&' : '?'}locale=${locale}`);
};

/** A4 at 96 dots an inch, without its margins. */
export async function asPaper(page: Page): Promise<void> {
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 720, height: 1050 });
}

/** Does something in the name of somebody else of the demo. */
async function as<T>(page: Page, userName: string, work: (request: APIRequestContext) => Promise<T>): Promise<T> {
  const browser = page.context().browser()!;
  const other = await browser.newContext({ baseURL: new URL(page.url()).origin });
  try {
    await other.request.post('/api/auth/sign-in/username', { data: { username: userName, password: 'lantern-river-42' } });
    return await work(other.request);
  } finally {
    await other.close();
  }
}

/** The household of somebody whom an answer warns of. */
export const warnedHousehold = async (page: Page): Promise<void> => {
  const { regionId, personId } = (await listed(page, 'warns=now'))[0]!;
  const { householdId } = await ask<{ householdId: string }>(page, `/people/${regionId}/${personId}`);
  await go(page, `/households/${regionId}/${householdId}`);
  await page.locator('.household-members').waitFor();
};

/** Questions about the village where the reader works. */
export const assessHerVillage = async (page: Page): Promise<void> => {
  const { home } = await ask<{ home: { placeId: string } }>(page, '/me');
  await go(page, `/places/${home.placeId}/assess`);
  await page.locator('.question').first().waitFor();
};

/** The list of a village where somebody objected: nobody visits her. */
export const withRestricted = async (page: Page): Promise<void> => {
  const { regionId, personId } = (await listed(page, 'bands=3'))[1]!;
  await page.request.post(`/api/people/${regionId}/${personId}/requests`, {
    data: { requestId: crypto.randomUUID(), kind: 'objection', byWhom: 'self', saidOn: '2026-03-02' },
  });
  await page.reload();
  await page.locator('.people-row').first().waitFor();
};

/** As the paper of a round of visits leaves the printer. */
export const visitsOnPaper = async (page: Page): Promise<void> => {
  await page.evaluate("window.print = () => document.body.setAttribute('data-printed', '')");
  const boxes = page.locator('.people-row input[type=checkbox]');
  for (const nth of [0, 1, 2]) await boxes.nth(nth).check();
  await page.locator('main .row button').nth(1).click();
  await page.locator('dialog .dialog-body button').first().click();
  await page.locator('body[data-printed]').waitFor({ state: 'attached' });
  await asPaper(page);
};

/** Two records that may be of one person, side by side. */
export const firstPair = async (page: Page): Promise<void> => {
  await page.locator('main a[href*="/duplicates/pair/"]').first().click();
  await page.locator('main h2').first().waitFor();
};

/** Somebody came with a list, asked to be erased, and was: once, of whoever is left. */
export const withErased = async (page: Page): Promise<void> => {
  const erased = await ask<readonly unknown[]>(page, '/data-protection/erasures');
  if (erased.length > 0) return;
  const her = await as(page, 'somchai', async (request) => {
    const answer = await request.post('/api/people/search', { data: { text: 'สมชาย' } });
    const { found } = (await answer.json()) as { found: readonly Key[] };
    const last = found.at(-1)!;
    await request.post(`/api/people/${last.regionId}/${last.personId}/requests`, {
      data: { requestId: crypto.randomUUID(), kind: 'erasure', byWhom: 'self', saidOn: '2026-03-02' },
    });
    return last;
  });
  const { rows } = await ask<{ rows: readonly (Key & { requestId: string; version: number; number: string })[] }>(
    page,
    '/data-protection/requests?kind=erasure&limit=50',
  );
  const { requestId, version, number } = rows.find((each) => each.personId === her.personId)!;
  await page.request.post(`/api/data-protection/requests/${her.regionId}/${requestId}/erase`, { data: { version, number } });
  await page.reload();
};

/** Somebody agrees to three things and takes one back. */
export const withConsents = async (page: Page): Promise<void> => {
  const { rows } = await ask<{ rows: readonly unknown[] }>(page, '/data-protection/consents?limit=10');
  if (rows.length > 2) return;
  await as(page, 'somchai', async (request) => {
    const answer = await request.post('/api/people/search', { data: { text: 'มาลี' } });
    const { found } = (await answer.json()) as { found: readonly Key[] };
    for (const { regionId, personId } of found.slice(0, 3))
      for (const [purpose, act] of [
        ['register', 'given'],
        ['contact', 'given'],
        ['research', 'refused'],
        ['contact', 'withdrawn'],
      ])
        await request.post(`/api/people/${regionId}/${personId}/consents`, {
          data: { eventId: crypto.randomUUID(), purpose, act, byWhom: 'self', way: 'spoken' },
        });
  });
  await page.reload();
};

// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import type { Browser, Cookie, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordNumber } from '../../src/platform/domain/record-number.ts';
import { demoPassword, startDemo, type JourneyServer } from './demo-server.ts';
import { address, barriers, letIn, openBrowser, openWindow, settle, type Look } from './support.ts';

let server: JourneyServer, browser: Browser;
const sessions = new Map<string, Cookie[]>();

beforeAll(async () => {
  server = await startDemo();
  browser = await openBrowser();
  others = await wordsOfOthers();
  const { rows: someone } = await sql<{ person: string; household: string; place: string }>`
    select '/people/' || p.region_id || '/' || p.person_id as person, '/households/' || p.region_id || '/' || p.household_id as household, '/places/' || p.place_id as place
    from waymark.person p join waymark.place v using (place_id) where v.code = 'XA010301' and p.household_id is not null order by p.person_id limit 1`.execute(
    server.db.owner,
  );
  for (const [shown, path] of [
    [personPage, someone[0]?.person],
    [assessPage, `${someone[0]?.person}/assess`],
    [printoutPage, `${someone[0]?.person}/printout`],
    [householdPage, someone[0]?.household],
    [assessHouseholdPage, `${someone[0]?.household}/assess`],
    [assessPlacePage, `${someone[0]?.place}/assess`],
  ] as const)
    shown.path = path ?? '';
  for (const who of ['niran', 'mali', 'ploy', 'kanya', 'orn']) {
    const context = await browser.newContext({ baseURL: server.url });
    await letIn({ context }, who, demoPassword);
    sessions.set(who, await context.cookies());
    if (who === 'niran') {
      const { rows } = (await (await context.request.get('/api/accounts')).json()) as { rows: { accountId: string; userName: string }[] };
      accountPage.path = `/accounts/${rows.find((each) => each.userName === 'ploy')?.accountId ?? ''}`;
    }
    if (who === 'mali') {
      const { home } = (await (await context.request.get('/api/me')).json()) as { home: { placeId: string } };
      profilePage.path = `/places/${home.placeId}`;
    }
    await context.close();
  }
}, 300_000);
afterAll(async () => {
  for (const { context } of windows.values()) await context.close();
  await browser?.close();
  await server?.close();
});

interface Shown {
  readonly name: string;
  readonly who: string | null;
  path: string;
  /** Where the address names somebody: as the rooms name the page. */
  readonly route?: string;
  /** The page says that it is not there, or not hers: every other page must show what it is opened for. */
  readonly refused?: true;
  /** Buttons of the page that open a dialog, by the names they have in English. */
  readonly dialogs?: readonly (string | RegExp)[];
}
const accountPage: Shown = { name: 'one account', who: 'niran', path: '', route: '/accounts/:id' };
const profilePage: Shown = { name: 'a profile', who: 'mali', path: '', route: '/places/:placeId' };
const personPage: Shown = {
  name: 'a person',
  who: 'mali',
  path: '',
  route: '/people/:regionId/:personId',
  dialogs: [
    'Take back',
    'Moved',
    'Birth date or sex is wrong',
    'Name or telephone is wrong',
    'This person has died',
    'Refer to an organisation',
    'Write down what the person asks for',
  ],
};
const householdPage: Shown = {
  name: 'a household',
  who: 'mali',
  path: '',
  route: '/households/:regionId/:householdId',
  dialogs: ['They moved', 'Take back'],
};
const assessPage: Shown = { name: 'a visit to a person', who: 'mali', path: '', route: '/people/:regionId/:personId/assess' };
const assessHouseholdPage: Shown = {
  name: 'a visit to a household',
  who: 'mali',
  path: '',
  route: '/households/:regionId/:householdId/assess',
};
const assessPlacePage: Shown = { name: 'a visit to a place', who: 'orn', path: '', route: '/places/:placeId/assess' };
const printoutPage: Shown = {
  name: 'what somebody is told of her record',
  who: 'mali',
  path: '',
  route: '/people/:regionId/:personId/printout',
};

/** Opened by somebody whose work they are: at a desk by keyboard, and on a phone. */
const pages: readonly Shown[] = [
  { name: 'sign-in', who: null, path: '/' },
  { name: 'a lost phone', who: null, path: '/lost-phone' },
  { name: 'start', who: 'mali', path: '/' },
  { name: 'start of an analyst', who: 'ploy', path: '/' },
  // Drawn plainly: what lies on a canvas axe cannot weigh letters against; map.test.ts and tiles.test.ts look at WebGL.
  { name: 'the map', who: 'mali', path: '/map?map=svg' },
  profilePage,
  { name: 'imports', who: 'mali', path: '/imports' },
  { name: 'a new import', who: 'mali', path: '/imports/new' },
  { name: 'accounts', who: 'niran', path: '/accounts' },
  { name: 'a new account', who: 'niran', path: '/accounts?new=1' },
  accountPage,
  { name: 'the record of use', who: 'niran', path: '/audit' },
  { name: 'the own account', who: 'mali', path: '/account' },
  { name: 'a page that is not there', who: 'mali', path: '/nowhere', refused: true },
  { name: 'a page that is not hers', who: 'ploy', path: '/accounts', refused: true },
];

/** Of people and of those who keep them: by keyboard at a desk, their dialogs as well, and on a phone. */
const morePages: readonly Shown[] = [
  personPage,
  householdPage,
  assessPage,
  assessHouseholdPage,
  assessPlacePage,
  printoutPage,
  { name: 'people', who: 'mali', path: '/people', dialogs: ['Print a visit list'] },
  { name: 'find a person', who: 'mali', path: '/people/find' },
  { name: 'a new household', who: 'orn', path: '/people/new' },
  { name: 'a report', who: 'mali', path: '/people/report' },
  { name: 'where to act first', who: 'mali', path: '/where-first' },
  { name: 'people who may be one', who: 'mali', path: '/people/duplicates' },
  { name: 'requests of the own area', who: 'orn', path: '/people/requests' },
  { name: 'volunteers', who: 'mali', path: '/volunteers', dialogs: ['Invite a volunteer', 'New code for Orn', 'Disable Orn'] },
  { name: 'accounts from a file', who: 'niran', path: '/accounts/import' },
  {
    name: 'organisations',
    who: 'niran',
    path: '/organisations',
    dialogs: ['Add an organisation', 'Rename Safe Harbour', 'End Safe Harbour'],
  },
  { name: 'settings', who: 'niran', path: '/settings', dialogs: ['Switch records of people off'] },
  { name: 'data protection', who: 'kanya', path: '/data-protection', dialogs: ['State a lawful basis', /^End it: /] },
  { name: 'requests', who: 'kanya', path: '/data-protection/requests' },
  { name: 'all consents', who: 'kanya', path: '/data-protection/consents' },
  { name: 'how long records are kept', who: 'kanya', path: '/data-protection/retention', dialogs: ['Change: Died', 'Hold a record'] },
  { name: 'the impact page', who: 'kanya', path: '/data-protection/impact' },
  { name: 'who looked at whom', who: 'kanya', path: '/audit/reads' },
];

/** Pages that another journey opens, because the demo has nothing to show on them. */
const elsewhere: Readonly<Record<string, string>> = {
  '/imports/:id': 'import.test.ts',
  '/people/duplicates/pair/:pairId': 'import-people.test.ts',
  '/welcome': 'accounts.test.ts',
  '/own/record': 'own-account.test.ts',
  '/own/words': 'own-account.test.ts',
  '/own/looked': 'own-account.test.ts',
  '/own/ask': 'own-account.test.ts',
};

/** One window a person and look, as people keep theirs: what it has fetched it need not fetch again. */
const windows = new Map<string, Awaited<ReturnType<typeof openWindow>>>();

async function windowOf(who: string | null, look: Look): Promise<Awaited<ReturnType<typeof openWindow>>> {
  const key = JSON.stringify([who, look]);
  const open = windows.get(key);
  if (open) return open;
  const opened = await openWindow(browser, server.url, look);
  if (who) await opened.context.addCookies(sessions.get(who) ?? []);
  windows.set(key, opened);
  return opened;
}

async function open({ who, path, refused }: Shown, look: Look): Promise<{ page: Page; errors: () => readonly string[] }> {
  const { page, errors: all } = await windowOf(who, look);
  const before = all().length,
    errors = () => all().slice(before);
  await page.goto(address(path, look));
  await page
    .locator(who ? '.frame main' : 'form')
    .first()
    .waitFor();
  await settle(page);
  // Somebody who may not open it would be shown a page that is faultless, and another.
  if (!refused) expect(await page.locator('main .state-error').allInnerTexts()).toEqual([]);
  return { page, errors };
}

const sideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Words that are not the pages' own: of instruments, places, accounts, languages and the calendar. Longest first. */
let others: readonly string[] = [];

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return value && typeof value === 'object' ? Object.values(value).flatMap(texts) : [];
}

async function wordsOfOthers(): Promise<string[]> {
  const { rows } = await sql<{ texts: unknown }>`
    select jsonb_build_array(names, name) as texts from waymark.place union all select definition from waymark.instrument union all select to_jsonb(names) from waymark.place_level
    union all select to_jsonb(display_name) from waymark.account union all select to_jsonb(file_name) from waymark.import_batch
    union all select to_jsonb(name) from waymark.organisation union all select jsonb_build_array(title, citation) from waymark.lawful_basis`.execute(
    server.db.owner,
  );
  const months = Array.from({ length: 12 }, (_, month) =>
    ['long', 'short'].map((style) => new Intl.DateTimeFormat('en-GB', { month: style as 'long' }).format(new Date(2026, month, 1))),
  ).flat();
  // What the server says it says in the languages it has; of files, their kinds.
  const named = ['Waymark', 'English', 'Arabic', 'Pseudo', 'private reason', 'CSV', 'Excel', 'XLSX'];
  const all = [...rows.flatMap((row) => texts(row.texts)), ...months, ...named];
  return [
    ...new Set(all.flatMap((text) => [text, text.charAt(0).toLowerCase() + text.slice(1), text.charAt(0).toUpperCase() + text.slice(1)])),
  ]
    .filter((text) => text.length > 2)
    .sort((one, other) => other.length - one.length);
}

/** What people say of a record is the same in every language. */
const recordNumbers = /\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{2}\b/g;

/** Words on the page that stand as they were written, where the pseudo language turns each of the pages' own words round. */
const turnedRound = /\u202e[^\u202c]*\u202c/g;
async function untranslated(page: Page): Promise<string[]> {
  const found = await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const all: { where: string; text: string }[] = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const { parentElement: box, textContent: text } = node;
      if (box && text && !box.closest('bdi, code, script, style, noscript, body [lang], textarea, svg, kbd'))
        all.push({ where: `${box.tagName.toLowerCase()}.${box.className}`, text: text.trim() });
    }
    for (const name of ['aria-label', 'placeholder', 'alt']) {
      for (const each of document.querySelectorAll(`[${name}]:not(svg *)`)) all.push({ where: name, text: each.getAttribute(name) ?? '' });
    }
    return all;
  });
  return found
    .map(({ where, text }) => ({
      where,
      text,
      left: others.reduce((left, each) => left.replaceAll(each, ''), text.replaceAll(turnedRound, '').replaceAll(recordNumbers, '')),
    }))
    .filter(({ left }) => /[A-Za-z]{3,}/.test(left))
    .map(({ where, text }) => `${where}: ${text}`);
}

interface Noted {
  readonly nth: string;
  readonly visible: boolean;
  readonly what: string;
}

interface ByKeyboard {
  /** What can be pressed and was never reached. */
  readonly missed: string[];
  /** Where the focus could not be seen. */
  readonly unseen: string[];
  /** Where the focus jumped back, though what it left out still came. */
  readonly astray: string[];
}

/** Presses Tab through the page, or through the dialog that lies over it. */
async function byKeyboard(page: Page): Promise<ByKeyboard> {
  const pressable = await page.evaluate(() => {
    for (const each of document.querySelectorAll<HTMLElement>('[data-nth]')) delete each.dataset['nth'];
    const names = 'a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), summary';
    const all = [...document.querySelectorAll<HTMLElement>(names)];
    const dialog = document.querySelector('dialog[open]');
    // Of answers to choose from one is reached: the chosen one, else the first.
    const inGroup = (each: HTMLElement): boolean => {
      if (!(each instanceof HTMLInputElement) || each.type !== 'radio') return true;
      const group = [...document.querySelectorAll<HTMLInputElement>(`input[type=radio][name="${CSS.escape(each.name)}"]`)];
      return each === (group.find(({ checked }) => checked) ?? group[0]);
    };
    const seen = all.filter(
      (each) =>
        each.checkVisibility({ visibilityProperty: true }) && (!dialog || dialog.contains(each)) && each.tabIndex >= 0 && inGroup(each),
    );
    seen.forEach((each, i) => {
      each.dataset['nth'] = String(i);
    });
    return seen.length;
  });
  await noteFocus(page);
  let noted: readonly Noted[] = [];
  const reached = new Set<number>();
  for (let presses = 0; presses < pressable + 40 && reached.size < pressable;) {
    for (let chunk = 0; chunk < 10; chunk++, presses++) await page.keyboard.press('Tab');
    noted = await page.evaluate(() => (globalThis as unknown as { notes: Noted[] }).notes);
    for (const { nth } of noted) if (nth) reached.add(Number(nth));
  }
  const what = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('[data-nth]')].map((each) => each.outerHTML.slice(0, 120)),
  );
  const order = [...reached],
    // Tab begins where the page put the focus, and after the last comes round to the first once.
    back = order.filter((nth, i) => i > 0 && nth < order[i - 1]!);
  return {
    missed: what.filter((_, i) => !reached.has(i)),
    unseen: noted.filter(({ visible }) => !visible).map((each) => each.what),
    astray: back.slice(1).map((nth) => what[nth]!),
  };
}

/** The page itself notes where the focus comes and whether that can be seen there: asked from here after each key, it would take twice as long. */
const noteFocus = (page: Page) =>
  page.evaluate(() => {
    const notes: Noted[] = [];
    const known = globalThis as { notes?: Noted[] };
    const begun = known.notes !== undefined;
    known.notes = notes;
    if (begun) return;
    document.addEventListener('focusin', ({ target }) => {
      const each = target as HTMLElement;
      // What is kept for ears shows its focus on what stands for it.
      const shown = each.offsetWidth > 1 ? [each] : [each.closest('label'), each.nextElementSibling].filter((one) => one !== null);
      const visible = shown.some((one) => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
        return (outlineStyle !== 'none' && outlineWidth !== '0px') || (one === each && boxShadow !== 'none');
      });
      known.notes!.push({ nth: each.dataset['nth'] ?? '', visible, what: each.outerHTML.slice(0, 120) });
    });
  });

const wholly: ByKeyboard = { missed: [], unseen: [], astray: [] };

/** Opens each dialog of the page by its button, goes through it, and leaves it by Escape: the focus is where it was. */
async function dialogsByKeyboard(page: Page, names: readonly (string | RegExp)[]): Promise<void> {
  const dialog = page.getByRole('dialog');
  for (const name of names) {
    const button = page.locator('main').getByRole('button', { name, exact: true }).first();
    await button.focus();
    await page.keyboard.press('Enter');
    await dialog.waitFor();
    await settle(page);
    expect([name, await dialog.evaluate((each) => each.contains(document.activeElement))]).toEqual([name, true]);
    expect([name, await byKeyboard(page)]).toEqual([name, wholly]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    // With the next picture, not before: so effects are cleaned up.
    await expect
      .poll(() => button.evaluate((each) => each === document.activeElement), { message: String(name), timeout: 2000 })
      .toBe(true);
  }
}

/** Errors of the page itself; that something is not there or not hers is an answer. */
const faults = (errors: readonly string[]) => errors.filter((line) => !/40[34]/.test(line));

it('would notice a word that was never translated', async () => {
  const { page } = await open(pages[0]!, { width: 360, dark: true, locale: 'ar-XB' });
  await page.evaluate(() =>
    document.body.insertAdjacentHTML('beforeend', '<p>Forgotten words</p><button aria-label="Forgotten label"></button>'),
  );
  expect(await untranslated(page)).toEqual(['p.: Forgotten words', 'aria-label: Forgotten label']);
});

it('opens every page that a room has', () => {
  const routes = ['access', 'audit', 'people', 'places', 'risk'].map((room) => readFileSync(`src/${room}/web/index.ts`, 'utf8'));
  const named = [...routes, readFileSync('src/app/web/app.tsx', 'utf8')].flatMap((text) =>
    [...text.matchAll(/path: '([^']+)'/g)].map(([, path]) => path!),
  );
  const opened = new Set([...pages, ...morePages].map(({ path, route }) => route ?? path.replace(/\?.*/, '')));
  expect([...new Set(named)].filter((path) => !opened.has(path) && elsewhere[path] === undefined)).toEqual([]);
});

describe.each(pages.map((each) => [each.name, each] as const))('everybody can use %s at a desk', (_name, shown) => {
  it('by keyboard: everything that can be pressed is reached by Tab, and shows that it is', async () => {
    const { page, errors } = await open(shown, {});
    expect(await barriers(page)).toEqual([]);
    expect(await byKeyboard(page)).toEqual(wholly);
    expect(faults(errors())).toEqual([]);
  });

  it('in another language without spilling sideways', async () => {
    const { page } = await open(shown, { locale: 'en-XA' });
    expect(await sideways(page)).toBeLessThanOrEqual(0);
  });
});

describe.each(morePages.map((each) => [each.name, each] as const))('everybody can use %s at a desk', (_name, shown) => {
  it('by keyboard: everything that can be pressed is reached by Tab, and a dialog is left by Escape', async () => {
    const { page, errors } = await open(shown, {});
    expect(await byKeyboard(page)).toEqual(wholly);
    await dialogsByKeyboard(page, shown.dialogs ?? []);
    expect(faults(errors())).toEqual([]);
  });
});

it('shows what somebody is told of her record, and puts all of it on paper and nothing else', async () => {
  const { page } = await open(printoutPage, {});
  const sheet = page.locator('.printout');
  await sheet.waitFor();
  const said = await sheet.innerText();
  const number = recordNumber(printoutPage.path.split('/')[3] ?? '');
  for (const words of [`Your record has the number ${number}`, 'Who you are', 'What you agreed to', 'Who read your name', 'Your rights'])
    expect(said).toContain(words);
  await page.emulateMedia({ media: 'print' });
  expect(await sheet.innerText()).toBe(said);
  expect([await sheet.isVisible(), await sideways(page)]).toEqual([true, 0]);
  for (const each of ['.top', '.frame nav', '.off-paper'])
    expect([each, await page.locator(each).filter({ visible: true }).count()]).toEqual([each, 0]);
  await page.emulateMedia({ media: null });
});

describe.each([...pages, ...morePages].map((each) => [each.name, each] as const))('everybody can use %s on a phone', (_name, shown) => {
  it('at night, right to left, in another language to the last word', async () => {
    const { page, errors } = await open(shown, { width: 360, dark: true, locale: 'ar-XB' });
    expect(await barriers(page)).toEqual([]);
    expect(await sideways(page)).toBeLessThanOrEqual(0);
    expect(await untranslated(page)).toEqual([]);
    expect(faults(errors())).toEqual([]);
  });
});

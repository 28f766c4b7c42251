// SPDX-License-Identifier: AGPL-3.0-or-later
// `npm run screens`: starts Waymark on the fictional demo and once more without (kept in .cache, so only the first run waits) and photographs
// every page into ./screens: on a phone (360), a tablet (768), a desk (1280), right to left, in the dark, in Thai and (the main pages)
// in Khmer. A page that stays blank is a fault.
// `npm run screens -- map 360-km` shoots only pages whose name begins so, only in that look; WAYMARK_SCREENS_URL shoots a demo that already runs.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { asHerself, giveAccount } from './screens-own.ts';
import * as people from './screens-people.ts';
import { address, openBrowser, openWindow, settle, type Look } from '../test/journeys/support.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const folder = join(root, 'screens');
const port = 4098;

interface DemoAccount {
  readonly userName: string;
  readonly password: string;
  readonly role: string;
}

/** One page to photograph: who opens it, and what they do first. */
interface Shot {
  readonly name: string;
  readonly role?: string;
  readonly path: string;
  /** Of an installation where nobody can sign in yet. */
  readonly empty?: true;
  readonly before?: (page: Page) => Promise<void>;
  /** Only in the look of this name. */
  readonly only?: string;
}

const firstPlace = async (page: Page): Promise<void> => {
  const answer = await page.request.get('/api/me');
  const { home } = (await answer.json()) as { home: { placeId: string } | null };
  await page.goto(`/places/${home?.placeId ?? ''}${new URL(page.url()).search}`);
};

const mapping = `country: XA
names: { en: Demo country (fictional) }
levels: [{ en: country }, { en: province }, { en: district }, { en: village }]
source: made for a picture
steps:
  - level: 3
    file: villages.csv
    code: code
    names: { en: name }
    parent: { column: district }
`;

/** A dry run of made villages that leaves nothing behind, seen on its page. */
const tryVillages = async (page: Page, villages: readonly string[]): Promise<string> => {
  const file = { name: 'villages.csv', mimeType: 'text/csv', buffer: Buffer.from(`code,district,name\n${villages.join('\n')}\n`) };
  const answer = await page.request.post('/api/imports', { multipart: { kind: 'places', dryRun: 'true', mapping, file } });
  if (!answer.ok()) throw new Error(await answer.text());
  const { batchId } = (await answer.json()) as { batchId: string };
  await page.goto(`/imports/${batchId}${new URL(page.url()).search}`);
  return batchId;
};

const tryAnImport = async (page: Page): Promise<void> => {
  await tryVillages(page, ['XA010199,XA0101,Made Village', 'XA010198,XA0177,Lost Village', ',XA0101,No Code']);
  await page.waitForTimeout(3000);
};

/** Long enough at it to be photographed; every picture has names of its own, or it would be known as the same files. */
const startALongImport = (page: Page): Promise<string> => {
  const made = Date.now();
  return tryVillages(
    page,
    Array.from({ length: 60_000 }, (_, i) => `XA9${String(i).padStart(6, '0')},XA0101,Made Village ${made} ${i}`),
  );
};

const cancelALongImport = async (page: Page): Promise<void> => {
  const batchId = await startALongImport(page);
  await page.request.post(`/api/imports/${batchId}/cancel`);
  await page.waitForTimeout(3000);
};

/** As it leaves the printer. The browser itself would not say when its picture can be taken. */
const onPaper = async (page: Page): Promise<void> => {
  await page.waitForTimeout(1500);
  await page.evaluate(() => {
    const done = () => document.body.setAttribute('data-printed', '');
    window.print = () => dispatchEvent(new Event('beforeprint')) && done();
  });
  await page.getByRole('button', { name: 'Print' }).click();
  await page.locator('body[data-printed]').waitFor({ state: 'attached' });
  await people.asPaper(page);
};

const firstAccount = async (page: Page): Promise<void> => {
  await page.locator('.frame main tbody a').first().click();
};

/** The first person of the list: her questions. */
const firstVisit = async (page: Page): Promise<void> => {
  await page.locator('.people-row').first().getByRole('link').last().click();
  await page.locator('.question').first().waitFor();
};

const toConsent = async (page: Page): Promise<void> => {
  await page.locator('main form button[type=submit]').click();
  await page.locator('main .wording').waitFor();
  await page.locator('main .choices input').nth(1).check();
  await page.locator('main .choices').nth(1).waitFor();
};

const toWho = async (page: Page): Promise<void> => {
  await toConsent(page);
  for (const nth of [1, 2]) await page.locator('main .choices').nth(nth).locator('input').first().check();
  await page.locator('main form button[type=submit]').click();
  await page.locator('main .birth-row').waitFor();
};

/** Finds somebody of the demo by a name many bear there. */
const findSomebody = async (page: Page): Promise<void> => {
  await page.locator('main input[type=search]').fill('มาลี');
  await page.locator('main form button[type=submit]').click();
  await page.locator('main .people-list a').first().waitFor();
};

const somebody = async (page: Page): Promise<void> => {
  await findSomebody(page);
  await page.locator('main .people-list a').first().click();
  await page.locator('main .facts').waitFor();
  await page.locator('main .section').first().waitFor();
};

const herHousehold = async (page: Page): Promise<void> => {
  await somebody(page);
  await page.locator('main .facts a[href^="/households/"]').click();
  await page.locator('main .household-members').waitFor();
};

/** Somebody of the demo asks for something, once: the same again changes nothing. */
const withRequests = async (page: Page): Promise<void> => {
  const officer = await page
    .context()
    .browser()!
    .newContext({ baseURL: new URL(page.url()).origin });
  try {
    await officer.request.post('/api/auth/sign-in/username', { data: { username: 'somchai', password: 'lantern-river-42' } });
    const answer = (await (await officer.request.post('/api/people/search', { data: { text: 'มาลี' } })).json()) as {
      found: readonly { regionId: number; personId: string }[];
    };
    const kinds = ['access', 'erasure', 'objection', 'complaint'];
    for (const [i, { regionId, personId }] of answer.found.slice(0, kinds.length).entries())
      await officer.request.post(`/api/people/${regionId}/${personId}/requests`, {
        data: { requestId: crypto.randomUUID(), kind: kinds[i], byWhom: 'self', saidOn: '2026-03-02' },
      });
  } finally {
    await officer.close();
  }
  await page.reload();
};

const decideFirst = async (page: Page): Promise<void> => {
  await withRequests(page);
  await page.locator('main tbody tr button').first().click();
};

const herPrintout = async (page: Page): Promise<void> => {
  await somebody(page);
  await page.locator('main a[href$="/printout"]').click();
  await page.locator('.printout').waitFor();
};

const shots: readonly Shot[] = [
  { name: 'set-up', path: '/', empty: true },
  { name: 'sign-in', path: '/' },
  { name: 'start', role: 'coordinator', path: '/' },
  { name: 'map', role: 'coordinator', path: '/map' },
  { name: 'map-villages', role: 'analyst', path: '/map?level=3&measure=share-high' },
  { name: 'map-statistics', role: 'coordinator', path: '/map?instrument=place-secondary-1&measure=index' },
  { name: 'profile', role: 'coordinator', path: '/account', before: firstPlace },
  { name: 'start-analyst', role: 'analyst', path: '/' },
  { name: 'imports', role: 'coordinator', path: '/imports' },
  { name: 'import-file', role: 'coordinator', path: '/imports/new' },
  { name: 'import-report', role: 'coordinator', path: '/imports', before: tryAnImport },
  { name: 'import-running', role: 'coordinator', path: '/imports', before: async (page) => void (await startALongImport(page)) },
  { name: 'import-cancelled', role: 'coordinator', path: '/imports', before: cancelALongImport },
  { name: 'imports-found', role: 'coordinator', path: '/imports?state=dry-run' },
  { name: 'paper-map', role: 'coordinator', path: '/map', before: onPaper, only: '1280' },
  {
    name: 'paper-profile',
    role: 'coordinator',
    path: '/account',
    before: (page) => firstPlace(page).then(() => onPaper(page)),
    only: '1280',
  },
  { name: 'people', role: 'coordinator', path: '/people' },
  { name: 'households', role: 'coordinator', path: '/people?of=households' },
  { name: 'people-none', role: 'coordinator', path: '/people?bands=3&sex=0&age=0' },
  { name: 'people-restricted', role: 'coordinator', path: '/people?bands=3', before: people.withRestricted },
  { name: 'paper-visits', role: 'coordinator', path: '/people', before: people.visitsOnPaper },
  { name: 'assess', role: 'coordinator', path: '/people', before: firstVisit },
  { name: 'village-assess', role: 'watch_volunteer', path: '/', before: people.assessHerVillage },
  { name: 'duplicates', role: 'coordinator', path: '/people/duplicates' },
  { name: 'pair', role: 'coordinator', path: '/people/duplicates', before: people.firstPair },
  { name: 'report', role: 'coordinator', path: '/people/report' },
  { name: 'report-places', role: 'analyst', path: '/people/report?by=place&level=3' },
  { name: 'where-first', role: 'coordinator', path: '/where-first' },
  { name: 'where-first-statistics', role: 'coordinator', path: '/where-first?instrument=place-secondary-1' },
  { name: 'accounts', role: 'administrator', path: '/accounts' },
  { name: 'account-new', role: 'administrator', path: '/accounts?new=1' },
  { name: 'account-detail', role: 'administrator', path: '/accounts', before: firstAccount },
  { name: 'register-consent', role: 'watch_volunteer', path: '/people/new', before: toConsent },
  { name: 'register-who', role: 'watch_volunteer', path: '/people/new', before: toWho },
  { name: 'find', role: 'watch_volunteer', path: '/people/find', before: findSomebody },
  { name: 'person', role: 'district_officer', path: '/people/find', before: somebody },
  { name: 'household', role: 'watch_volunteer', path: '/people/find', before: herHousehold },
  { name: 'household-warns', role: 'coordinator', path: '/people', before: people.warnedHousehold },
  { name: 'data-protection', role: 'data_protection_officer', path: '/data-protection' },
  { name: 'start-officer', role: 'data_protection_officer', path: '/' },
  { name: 'requests', role: 'data_protection_officer', path: '/data-protection/requests', before: withRequests },
  { name: 'requests-answered', role: 'data_protection_officer', path: '/data-protection/requests?state=answered' },
  { name: 'requests-none', role: 'data_protection_officer', path: '/data-protection/requests?kind=complaint&state=refused' },
  { name: 'request-decide', role: 'data_protection_officer', path: '/data-protection/requests', before: decideFirst },
  { name: 'requests-here', role: 'district_officer', path: '/people/requests' },
  { name: 'consents', role: 'data_protection_officer', path: '/data-protection/consents', before: people.withConsents },
  { name: 'retention', role: 'data_protection_officer', path: '/data-protection/retention', before: people.withErased },
  { name: 'impact', role: 'data_protection_officer', path: '/data-protection/impact' },
  { name: 'printout', role: 'district_officer', path: '/people/find', before: herPrintout },
  {
    name: 'paper-printout',
    role: 'district_officer',
    path: '/people/find',
    before: (page) => herPrintout(page).then(() => people.asPaper(page)),
  },
  { name: 'own-give', role: 'case_worker', path: '/people', before: giveAccount },
  { name: 'own-start', path: '/', before: asHerself('/') },
  { name: 'own-record', path: '/', before: asHerself('/own/record') },
  { name: 'own-words', path: '/', before: asHerself('/own/words') },
  { name: 'own-looked', path: '/', before: asHerself('/own/looked') },
  { name: 'own-ask', path: '/', before: asHerself('/own/ask') },
  { name: 'own-account', path: '/', before: asHerself('/own/account') },
  { name: 'start-district', role: 'district_officer', path: '/' },
  { name: 'start-volunteer', role: 'watch_volunteer', path: '/' },
  { name: 'start-case-worker', role: 'case_worker', path: '/' },
  { name: 'start-administrator', role: 'administrator', path: '/' },
  { name: 'settings', role: 'administrator', path: '/settings' },
  { name: 'audit', role: 'administrator', path: '/audit' },
  { name: 'account', role: 'coordinator', path: '/account' },
  {
    name: 'keys',
    role: 'coordinator',
    path: '/account',
    before: async (page) => {
      await page.keyboard.press('?');
    },
  },
  { name: 'not-found', role: 'coordinator', path: '/nowhere' },
  { name: 'not-allowed', role: 'analyst', path: '/accounts' },
];

/** Enough to see whether the words of a further language fit. */
const mainPages: readonly string[] = [
  'sign-in',
  'start',
  'map',
  'profile',
  'imports',
  'import-report',
  'people',
  'people-restricted',
  'paper-visits',
  'assess',
  'village-assess',
  'pair',
  'register-consent',
  'register-who',
  'person',
  'household',
  'household-warns',
  'printout',
  'paper-printout',
  'data-protection',
  'requests',
  'request-decide',
  'consents',
  'retention',
  'report',
  'where-first',
  'accounts',
  'account',
  'own-give',
  'own-start',
  'own-record',
  'own-words',
  'own-looked',
  'own-ask',
  'audit',
];

const looks: readonly (readonly [name: string, look: Look, pages?: readonly string[]])[] = [
  ['1280', { width: 1280 }],
  ['768', { width: 768 }],
  ['360', { width: 360 }],
  ['1280-rtl', { width: 1280, locale: 'ar-XB' }],
  ['360-rtl', { width: 360, locale: 'ar-XB' }],
  ['1280-dark', { width: 1280, dark: true }],
  ['360-th', { width: 360, locale: 'th' }],
  ['360-km', { width: 360, locale: 'km' }, mainPages],
  ['1280-km', { width: 1280, locale: 'km' }, mainPages],
];

async function waitUntilReady(url: string, server: ChildProcess | undefined): Promise<void> {
  for (;;) {
    if (server && server.exitCode !== null) throw new Error('Waymark did not start; the lines above say why.');
    const ready = await fetch(`${url}/healthz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function start(data: string, at: number, ...more: string[]): { url: string; server: ChildProcess } {
  const server = spawn(
    process.execPath,
    [join(root, 'src/app/cli.ts'), 'start', '--data', join(root, '.cache', data), '--port', String(at), ...more],
    { cwd: root, stdio: 'inherit' },
  );
  return { url: `http://127.0.0.1:${at}`, server };
}

async function shoot(
  browser: Browser,
  url: string,
  shot: Shot,
  [lookName, look]: readonly [string, Look],
  accounts: readonly DemoAccount[],
): Promise<readonly string[]> {
  const { context, page, errors } = await openWindow(browser, url, look);
  const account = accounts.find((each) => each.role === shot.role);
  if (shot.role)
    await context.request.post('/api/auth/sign-in/username', {
      data: { username: account?.userName ?? '', password: account?.password ?? '' },
    });
  const name = `${shot.name}-${lookName}`;
  try {
    await page.goto(address(shot.path, look));
    await settle(page);
    await shot.before?.(page);
    await settle(page);
    // The map draws after its data are there, as SVG first; the profile has none.
    if (shot.name.startsWith('map')) await page.locator('.map[data-drawing="gl"]').waitFor({ timeout: 20_000 });
    if (shot.name.startsWith('map') || shot.name === 'profile') await page.waitForTimeout(1500);
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: shot.name !== 'keys' && shot.name !== 'account-new' });
    const words = await page.evaluate(() => document.querySelector('main, form')?.textContent?.trim().length ?? 0);
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    return [
      ...errors(),
      ...(words < 20 ? ['the page stayed blank'] : []),
      ...(tooWide > 1 ? [`wider than the window by ${tooWide} px`] : []),
    ].map((line) => `${name}: ${line}`);
  } finally {
    await context.close();
  }
}

const named = process.argv.slice(2),
  isLook = (word: string): boolean => looks.some(([name]) => name === word);
const wanted = named.filter((word) => !isLook(word)),
  wantedLooks = named.filter(isLook);
mkdirSync(folder, { recursive: true });
const running = process.env.WAYMARK_SCREENS_URL;
const demo = running ? { url: running, server: undefined } : start('screens-data', port);
const faults: string[] = [];
let browser: Browser | undefined, empty: ReturnType<typeof start> | undefined;
try {
  await waitUntilReady(demo.url, demo.server);
  browser = await openBrowser({ webGl: true });
  const { demoAccounts } = (await (await fetch(`${demo.url}/api/setup`)).json()) as { demoAccounts: DemoAccount[] };
  for (const shot of shots.filter(({ name }) => wanted.length === 0 || wanted.some((each) => name.startsWith(each)))) {
    if (shot.empty && !empty) {
      empty = start('screens-empty', port + 1, '--no-demo');
      await waitUntilReady(empty.url, empty.server);
    }
    const here = looks.filter(([name, , pages]) => name === (shot.only ?? name) && (!pages || pages.includes(shot.name)));
    for (const [name, look] of here.filter(([each]) => wantedLooks.length === 0 || wantedLooks.includes(each)))
      faults.push(...(await shoot(browser, shot.empty ? empty!.url : demo.url, shot, [name, look], demoAccounts)));
    console.log(`${shot.name}: photographed`);
  }
} finally {
  await browser?.close();
  demo.server?.kill('SIGTERM');
  empty?.server.kill('SIGTERM');
}
for (const fault of faults) console.error(fault);
console.log(faults.length === 0 ? 'All pages are in ./screens.' : 'Some pages have faults; they are named above.');
process.exitCode = faults.length === 0 ? 0 : 1;

// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { chromium, type Browser, type BrowserContext, type Page, type Request } from 'playwright-core';

/** Where Debian and its kin put the browser; WAYMARK_CHROMIUM says another place. */
const systemBrowsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome-stable', '/usr/bin/google-chrome'];

/** Quiet (no updates, no calls home), and able to run inside a container. */
const flags = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];
/** WebGL through software draws everything so, a quarter of the work of a page: only for journeys that look at the drawn map. */
const drawing = {
  webGl: ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
  plain: ['--disable-gpu', '--disable-3d-apis'],
} as const;

/**
 * A headless browser: the one that comes with npm's @sparticuz/chromium, else the system's. The first has no windows to keep: it
 * opens and shows a page with a fifth of the work.
 * @throws when there is none, saying how to get one
 */
export async function openBrowser({ webGl = false }: { webGl?: boolean } = {}): Promise<Browser> {
  const args = [...flags, ...drawing[webGl ? 'webGl' : 'plain']];
  const own = process.env.WAYMARK_CHROMIUM;
  if (own) return chromium.launch({ executablePath: own, args });
  try {
    return await openPacked(args);
  } catch (error) {
    const found = systemBrowsers.find((path) => existsSync(path));
    if (found) return chromium.launch({ executablePath: found, args });
    throw new Error('No browser to test with: install one (apt-get install chromium) or name it in WAYMARK_CHROMIUM.', { cause: error });
  }
}

/** Whoever comes first unpacks it for all of this run; whoever comes meanwhile finds a program that is still being written, and waits. */
async function openPacked(args: string[]): Promise<Browser> {
  const { default: packed } = await import('@sparticuz/chromium');
  const until = Date.now() + 30_000;
  for (;;) {
    try {
      // Only the program is theirs: the flags its makers start it with would have it look past what a page may do.
      return await chromium.launch({ executablePath: await packed.executablePath(), args });
    } catch (error) {
      if (!String(error).includes('ETXTBSY') || Date.now() > until) throw error;
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}

export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  /** `ar-XB` shows the pages right to left. */
  readonly locale?: string;
  readonly reducedMotion?: boolean;
  /** How the browser describes itself, where the page tells devices apart. */
  readonly userAgent?: string;
  /** Of the device, IANA; of the machine where none is said. In the evening of UTC it is tomorrow where the demo lies. */
  readonly timeZone?: string;
}

/** A person's own browser window: cookies and storage of its own. Errors of the page fail the test at `errors()`. */
export async function openWindow(
  browser: Browser,
  url: string,
  look: Look = {},
): Promise<{ context: BrowserContext; page: Page; errors: () => readonly string[] }> {
  const width = look.width ?? 1280;
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width, height: look.height ?? (width < 600 ? 740 : 800) },
    locale: 'en-GB',
    ...(look.timeZone ? { timezoneId: look.timeZone } : {}),
    ...(look.userAgent ? { userAgent: look.userAgent } : {}),
    hasTouch: width < 600,
    colorScheme: look.dark ? 'dark' : 'light',
    reducedMotion: look.reducedMotion === false ? 'no-preference' : 'reduce',
  });
  const page = await context.newPage();
  countRequests(page);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    // A 401 before signing in is an answer, not a fault.
    if (message.type() === 'error' && !message.text().includes('401')) errors.push(message.text());
  });
  return { context, page, errors: () => errors };
}

/** An address in the language of the look; the pseudo languages are only had so. */
export function address(path: string, look: Look = {}): string {
  if (!look.locale) return path;
  return `${path}${path.includes('?') ? '&' : '?'}locale=${look.locale}`;
}

/** Signs in as people do. Waits for the frame. */
export async function signIn(page: Page, userName: string, password: string): Promise<void> {
  await page.goto('/');
  await page.locator('input[autocomplete=username]').fill(userName);
  await page.locator('input[autocomplete=current-password]').fill(password);
  await page.locator('form button[type=submit]').click();
  await page.locator('.frame').waitFor();
}

/** The same by the request that the form sends, and no page is opened: for windows whose journey begins elsewhere. */
export async function letIn({ context }: { readonly context: BrowserContext }, userName: string, password: string): Promise<void> {
  const answer = await context.request.post('/api/auth/sign-in/username', { data: { username: userName, password } });
  if (!answer.ok()) throw new Error(`${userName} was not let in: ${await answer.text()}`);
}

/** Presses Tab until what has this accessible name has the focus, as somebody does who has no mouse. */
export async function tabTo(page: Page, name: string): Promise<void> {
  const reached = () =>
    page.evaluate(() => {
      const at = document.activeElement as HTMLInputElement | null;
      return (at?.getAttribute('aria-label') ?? at?.labels?.[0]?.textContent ?? at?.textContent ?? '').trim();
    });
  for (let presses = 0; presses < 120; presses++) {
    await page.keyboard.press('Tab');
    if ((await reached()) === name) return;
  }
  throw new Error(`Tab does not lead to "${name}".`);
}

/** The next time the page asks for this, it arrives and is done, and the line is cut before anybody is told. */
export function loseAnswer(page: Page, path: string): Promise<unknown> {
  return page.route(
    path,
    async (route) => {
      await route.fetch();
      await route.abort('connectionreset');
    },
    { times: 1 },
  );
}

/** Requests of a page that nothing has come back from yet. */
const underWay = new WeakMap<Page, Set<Request>>();

function countRequests(page: Page): void {
  const open = new Set<Request>();
  underWay.set(page, open);
  page.on('request', (request) => open.add(request));
  page.on('requestfinished', (request) => open.delete(request));
  page.on('requestfailed', (request) => open.delete(request));
}

/** Until nothing is being fetched or drawn any more, as a person would wait. */
export async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('load');
  // What comes back may have the page ask for more: only after it drew twice with nothing asked for is it still.
  const until = Date.now() + 30_000;
  for (let quiet = 0; quiet < 3; quiet = underWay.get(page)?.size ? 0 : quiet + 1) {
    if (Date.now() > until) throw new Error(`Still asked for: ${[...(underWay.get(page) ?? [])].map((each) => each.url()).join(', ')}`);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 20)))));
  }
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"], .spinner'), undefined, { timeout: 20_000 });
}

/** What axe finds against WCAG 2.2 AA, with where; empty is good. */
export async function barriers(page: Page): Promise<string[]> {
  // What lies half under the bar at the top is reached by scrolling, and is no small target for it.
  await page.evaluate(() => scrollTo(0, 0));
  // Pages here hold no frames: "legacy" looks at the page within itself, where else a second page is opened for every look.
  if (page.frames().length > 1) throw new Error('A page with frames in it: they would not be looked at.');
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] });
  const { violations } = await axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  return violations.map(
    (each) =>
      `${each.id}: ${each.nodes
        .slice(0, 3)
        .map((node) => node.html.slice(0, 160))
        .join(' | ')}`,
  );
}

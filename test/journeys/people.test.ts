// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Browser, Page } from 'playwright-core';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anIndicator, anInstrument } from '../../src/risk/builders.ts';
import type { HouseholdRisk, PersonRisk, PlaceRisk, ShownScore } from '../../src/risk/domain/person-risk.ts';
import { recordNumber } from '../../src/platform/domain/record-number.ts';
import { publishInstrument } from '../../src/risk/server/instruments.ts';
import { careEnds } from './care-ends.ts';
import { backFromPaper, chosenPlaces, narrowedReports, onPaper, privateWords, rankedDistricts } from './figures.ts';
import { householdsOf } from './households.ts';
import { objects } from './objects.ts';
import { daysFromToday } from '../support/days.ts';
import { demoPassword, oneIsDue, startDemo, type JourneyServer } from './demo-server.ts';
import { hasLeft, visitsEarlier } from './past-days.ts';
import { barriers, letIn, loseAnswer, openBrowser, openWindow, settle, tabTo } from './support.ts';

type Window = Awaited<ReturnType<typeof openWindow>>;

/** Mali, who coordinates the province, at her desk; Mali again with a phone in the village; Ratana, case worker, with hers. */
let server: JourneyServer, browser: Browser, desk: Window, phone: Window, ratana: Window;
/** Somebody of the village of Orn, visited three times, who does not live alone. */
let her: { regionId: number; personId: string; householdId: string };
const shots = process.env.WAYMARK_SHOTS;
const picture = async (window: Window, name: string): Promise<void> => {
  if (shots) await window.page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
};

beforeAll(async () => {
  server = await startDemo();
  browser = await openBrowser();
  desk = await openWindow(browser, server.url);
  phone = await openWindow(browser, server.url, { width: 360 });
  ratana = await openWindow(browser, server.url, { width: 360 });
  await Promise.all([letIn(desk, 'mali', demoPassword), letIn(ratana, 'ratana', demoPassword)]);
  await phone.context.addCookies(await desk.context.cookies());
  const { rows } = await sql<typeof her>`
    select p.region_id as "regionId", p.person_id as "personId", p.household_id as "householdId" from waymark.person p
    join waymark.place v using (place_id) join waymark.assessment a on a.subject_id = p.person_id
    where v.code = 'XA010301' and p.state = 1 and p.born_on < current_date - interval '20 years'
      and exists (select from waymark.person o where o.household_id = p.household_id and o.person_id <> p.person_id)
      -- Whom an answer warns of is visited, objects or is joined with another below.
      and not exists (select from waymark.listing l where l.person_id = p.person_id and l.urgency >= 10000)
    group by 1, 2, 3 having count(*) >= 3 order by 2 limit 1`.execute(server.db.owner);
  if (!rows[0]) throw new Error('nobody in the village was visited three times');
  [her] = rows;
  await oneIsDue(server, 'XA010302');
}, 300_000);
afterAll(async () => {
  for (const window of [desk, phone, ratana]) await window?.context.close();
  await browser?.close();
  await server?.close();
});

const stored = () => phone.page.evaluate(() => Object.entries(localStorage).filter(([key]) => key.startsWith('visit ')));

describe('who to visit next', () => {
  it('begins with whom an answer warns of: counted on the start page, marked and in words in the list, on the page and on paper', async () => {
    const { page } = desk;
    await page.goto('/');
    const counted = page.getByText(/^(More than )?[\d,]+ (person needs|people need) somebody today\.$/);
    await counted.waitFor();
    await page.getByText(/^(More than )?[\d,]+ households? needs? a new visit by Friday, /).waitFor();
    await picture(desk, 'start-1280');
    await page.getByRole('link', { name: 'See who, and why' }).click();
    await settle(page);
    expect(await page.getByRole('button', { name: 'Needs somebody today', exact: true }).getAttribute('aria-pressed')).toBe('true');
    const rows = page.locator('.people-row'),
      marked = page.locator('.people-row .people-warns:has(svg)');
    await marked.first().waitFor();
    expect(await marked.count()).toBe(await rows.count());
    await picture(desk, 'people-warns-1280');
    const said = (await marked.first().innerText()).trim();
    expect(said).toMatch(/^Needs somebody today: ./);
    // Unnarrowed, the same one stands first.
    const first = await rows.first().locator('.people-who').innerText();
    await page.getByRole('button', { name: 'Needs somebody today', exact: true }).click();
    await settle(page);
    expect(await rows.first().locator('.people-who').innerText()).toBe(first);
    await rows.first().locator('.people-who').click();
    await page.locator('.notice-danger', { hasText: 'Needs somebody today' }).waitFor();
    expect(await page.locator('.notice-danger').innerText()).toContain(
      said.replace('Needs somebody today: ', '').replace(/; and \d+ more$/, ''),
    );
    await picture(desk, 'person-warns-1280');
  });

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
    await objects(desk, picture);
    await page.goto('/people?warns=now');
    const whoTold = page.locator('.people-row:has(.people-warns)').filter({ hasText: 'private reason', hasNotText: 'No visit' }).first();
    await whoTold.getByRole('checkbox', { name: 'For the visit list' }).check();
    await page.getByRole('button', { name: 'Print a visit list of 1 person' }).click();
    await onPaper(page, () => page.getByRole('dialog').getByRole('button', { name: 'Print', exact: true }).click());
    expect(await page.locator('.visit').count()).toBe(1);
    const paper = await page.locator('.visit-sheet').innerText();
    expect(paper).toContain('Destroy after use');
    expect(paper).toContain('private reason');
    expect([privateWords.length, privateWords.filter((words) => paper.includes(words))]).toEqual([21, []]);
    // A warning is marked on the paper, too.
    expect(await page.locator('.visit .visit-warns').innerText()).toMatch(/^Needs somebody today: ./);
    await picture(desk, 'visit-list-paper');
    await backFromPaper(page);
    const { rows } = await sql`select from waymark.audit_entry where action = 'people.visit-list'`.execute(server.db.owner);
    expect(rows).toHaveLength(1);
    expect(await barriers(page)).toEqual([]);
  });

  it('is a household, too: in the order of the list, narrowed and paged like it, and on paper household by household', () =>
    householdsOf(desk, phone, picture));

  it('is asked question by question on a phone; a reload and a lost line lose nothing, and nothing is left behind', async () => {
    const { page } = phone;
    await page.clock.setFixedTime('1970-01-02T03:00:00Z'); // the battery died
    await page.goto('/people');
    await page.locator('.people-row').first().waitFor();
    await picture(phone, 'people-360');
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(1);
    // What narrows the list does not stand before whom to visit.
    const high = page.getByRole('button', { name: 'High', exact: true });
    expect(await high.isVisible()).toBe(false);
    await page.getByText('Narrow the list', { exact: true }).click();
    await high.click();
    await page.getByText('Narrow the list: 1 choice', { exact: true }).waitFor();
    await high.click();
    await page.getByText('Narrow the list', { exact: true }).click();
    await settle(page);
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
    await settle(page);
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
    // Whoever leaves at once leaves no answer behind, whether or not the line still carries the sign-out.
    await page.locator('.answer').first().click();
    await expect.poll(stored).toHaveLength(1);
    const nextVisit = page.url();
    await page.route('**/api/auth/sign-out', (route) => route.abort(), { times: 1 });
    await page.route('https://www.wikipedia.org/**', (route) => route.fulfill({ body: '' }));
    await page.locator('button.exit').click();
    await page.waitForURL('https://www.wikipedia.org/');
    await page.goto(nextVisit);
    await page.locator('.question').waitFor();
    expect(await stored()).toEqual([]);
  });

  it('goes on with the same answers on the record that is kept, where this one was joined with it while she asked', async () => {
    const { page } = phone;
    const [, , regionId, joined] = new URL(page.url()).pathname.split('/');
    await page.locator('.answer').first().click();
    const { rows } = await sql<{ personId: string }>`
      with kept as (select person_id from waymark.person where region_id = ${Number(regionId)} and person_id <> ${joined}::uuid and state = 1
        and restricted_at is null and person_id <> ${her.personId}::uuid
        and place_id = (select place_id from waymark.person where person_id = ${joined}::uuid) order by person_id limit 1)
      update waymark.person p set state = 4, state_on = current_date, merged_region = p.region_id, merged_into = kept.person_id, version = version + 1
      from kept where p.person_id = ${joined}::uuid returning kept.person_id as "personId"`.execute(server.db.owner);
    const kept = rows[0]!.personId;
    while (!(await page.getByRole('button', { name: 'Save', exact: true }).isVisible()))
      await page.getByRole('button', { name: 'Stop here and save' }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('This record was joined with another of the same person').waitFor();
    await picture(phone, 'assess-joined-360');
    expect(await barriers(page)).toEqual([]);
    const before = await stored();
    await page.getByRole('button', { name: 'Go on there with the same answers' }).click();
    await page.getByText('You began this before').waitFor();
    expect(new URL(page.url()).pathname).toBe(`/people/${regionId}/${kept}/assess`);
    const answers = (kept: readonly (readonly [string, string])[]) =>
      kept.map(([, draft]) => (JSON.parse(draft) as { answers: object }).answers);
    expect(answers(await stored())).toEqual(answers(before));
    await page.getByRole('button', { name: 'Stop here and save' }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('heading', { name: 'Saved' }).waitFor();
    const { rows: written } = await sql<{ on: string }>`
      select subject_id as on from waymark.assessment where subject_id in (${joined}::uuid, ${kept}::uuid) and actor_id <> 'demo'
        and recorded_at > now() - interval '5 minutes' and batch_id is null order by recorded_at desc limit 1`.execute(server.db.owner);
    expect(written).toEqual([{ on: kept }]);
    expect(await stored()).toEqual([]);
  });
});

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const address = () => `/people/${her.regionId}/${her.personId}`;
const homeAddress = () => `/households/${her.regionId}/${her.householdId}`;
const sideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
const told = async <T>({ context }: Window, path: string): Promise<T> => (await (await context.request.get(`/api${path}`)).json()) as T;
const date = (iso: string, style: 'long' | 'medium') =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: style, timeZone: 'UTC' }).format(new Date(`${iso.slice(0, 10)}T12:00:00Z`));
const bandNames = ['Unknown', 'Low', 'Medium', 'High'];
const figure = (value: number | null) => (value === null ? '' : value.toFixed(1));
/** Band, index and interval as every page writes them. */
const standing = ({ band, index, low, high }: ShownScore) =>
  [bandNames[band], figure(index), `between ${figure(low)} and ${figure(high)}`].filter(Boolean).join(' ');
const plain = (words: string) => words.replaceAll(/\s+/g, ' ').trim();
const entry = (page: Page, title: string) => page.locator('.timeline > li').filter({ has: page.getByText(title, { exact: true }) });
/** The page of somebody or of a household once its risk part is there. */
async function opened(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.locator('.person-risk .timeline').waitFor();
  await settle(page);
}
const reasons = (page: Page) =>
  page.locator('.person-risk h3', { hasText: /^(Why|What makes life harder here)$/ }).locator('xpath=following-sibling::ul[1]/li');

describe('Mali looks after somebody of the village of Orn', () => {
  it('assigns her to Ratana, and refers her once she has agreed', async () => {
    const { page } = desk;
    await opened(page, address());
    const care = page.locator('section', { has: page.getByRole('heading', { name: 'Who accompanies the person' }) });
    await press(page, 'Assign to a case worker');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Case worker').selectOption({ label: 'Ratana, Safe Harbour' });
    expect(await barriers(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Assign', exact: true }).click();
    await dialog.getByText('Without consent nobody is assigned').waitFor();
    await dialog.getByLabel('Asked and agreed: The person').check();
    await dialog.getByRole('button', { name: 'Assign', exact: true }).click();
    await care.getByText('Ratana', { exact: true }).waitFor();
    await press(page, 'Refer to an organisation');
    await dialog.getByLabel('Organisation').selectOption({ label: 'Safe Harbour' });
    await dialog.getByRole('button', { name: 'Refer', exact: true }).click();
    await dialog.getByText('Without consent nobody is referred').waitFor();
    await dialog.getByLabel('Asked and agreed: The person').check();
    await dialog.getByRole('button', { name: 'Refer', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await care.locator('li').allInnerTexts()).toEqual([
      expect.stringMatching(/Ratana\s+Case worker/),
      expect.stringMatching(/Safe Harbour\s+Organisation/),
    ]);
    const { rows } = await sql`select from waymark.consent_event c join waymark.assignment a using (region_id, person_id)
      where c.person_id = ${her.personId} and c.purpose = 'share' and c.act = 'given' and a.kind = 'referral'`.execute(server.db.owner);
    expect(rows).toHaveLength(1);
  });

  it('reads why, and what ends when; sets an answer right by keyboard alone, and the wrong one stays in sight', async () => {
    const { page } = desk;
    const risk = await told<PersonRisk>(desk, `${address()}/risk`);
    expect(await reasons(page).allInnerTexts()).toEqual(risk.reasons.map(({ text }) => text));
    expect(plain(await page.locator('.risk-now').innerText())).toContain(standing(risk.standing!));
    const [first] = risk.questions
      .filter(({ state, validUntil }) => state === 'known' && validUntil)
      .toSorted((a, b) => (a.validUntil! < b.validUntil! ? -1 : 1));
    await page
      .getByRole('listitem')
      .filter({ hasText: `${first!.title}: by ${date(first!.validUntil!, 'medium')}` })
      .waitFor();

    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await tabTo(page, 'Correct');
    await page.keyboard.press('Enter');
    const question = page.locator('.question', { has: page.locator('.answer:not(.answer-other) input:checked') }).first();
    await question.waitFor();
    const old = await question.locator('.answer:has(input:checked)').innerText();
    await question.locator('input:checked').focus();
    await page.keyboard.press('ArrowRight');
    const right = await question.locator('.answer:has(input:checked)').innerText();
    await tabTo(page, 'Save the correction');
    expect(await page.locator('main').innerText()).toContain('1 change');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Saved' }).waitFor();
    await tabTo(page, 'See how this person stands');
    await page.keyboard.press('Enter');
    const struck = page.locator('.timeline del');
    await struck.waitFor();
    expect(await struck.innerText()).toBe(old);
    expect(await struck.evaluate((each) => getComputedStyle(each).textDecorationLine)).toBe('line-through');
    const today = date(await daysFromToday(server, 0), 'medium');
    expect(await struck.locator('xpath=..').innerText()).toContain(`Corrected on ${today} by: coordinator. Counts no more.`);
    const visit = risk.timeline.find(({ about }) => about === 'person')!;
    const correction = entry(page, `Corrected · ${date(visit.observedOn, 'long')}`);
    expect(plain(await correction.innerText())).toMatch(new RegExp(`By: coordinator · written down on ${today}.*${right}`));
    await picture(desk, 'person-corrected-1280');
    expect(await barriers(page)).toEqual([]);
  });

  it('takes an old visit back: it stays as taken back, and is offered for nothing more', async () => {
    const { page } = desk;
    const { timeline } = await told<PersonRisk>(desk, `${address()}/risk`);
    const oldest = timeline.findLast(({ about }) => about === 'person')!;
    await page.getByRole('button', { name: /^Show \d+ earlier entries$/ }).click();
    const visit = entry(page, `Asked about the person · ${date(oldest.observedOn, 'long')}`);
    await visit.getByRole('button', { name: 'Take back' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take it back' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await visit.getByText(/^Taken back on .* by: coordinator\. Counts no more\.$/).waitFor();
    expect(await visit.locator('del').count()).toBe(oldest.answers.length);
    expect(await visit.getByRole('button', { name: 'Take back' }).count()).toBe(0);
    const taken = entry(page, `Taken back · ${date(await daysFromToday(server, 0), 'long')}`);
    expect(plain(await taken.innerText())).toContain(`The answers of ${date(oldest.observedOn, 'long')} count no more.`);
    expect(desk.errors()).toEqual([]);
  });
});

describe('Mali, on a phone in the village', () => {
  it('is told how many people an answer about the village concerns, and answers, corrects and reads it again', async () => {
    const { page } = phone;
    const place = (await told<PersonRisk>(desk, `${address()}/risk`)).place;
    await opened(page, address());
    await page.getByRole('link', { name: `Ask about ${place.name}` }).click();
    await page.locator('.question').waitFor();
    const { people } = await told<PlaceRisk>(desk, `/places/${place.placeId}/risk`);
    const said = `This is about everybody in ${place.name}: ${people!.toLocaleString('en')} people`;
    await page.getByText(said).waitFor();
    // The question with one answer a sex is put twice; then the three others.
    await page.getByText('0 of 5 questions answered').waitFor();
    await page.locator('.answer').nth(2).click();
    await press(page, 'Next');
    await page.locator('.answer').nth(0).click();
    await picture(phone, 'assess-place-360');
    expect([await barriers(page), await sideways(page)]).toEqual([[], 0]);
    await press(page, 'Stop here and save');
    await page.getByText(said).waitFor();
    expect(await page.locator('.summary-line').count()).toBe(2);
    await press(page, 'Save');
    await page.getByRole('link', { name: 'See how the place stands' }).click();
    await page.getByRole('link', { name: 'Ask about this place' }).click();
    await page.getByLabel('Day of the visit').fill('2026-01-02');
    await page.getByText(/^A newer answer of .* stands: what you answer for .* is kept/).waitFor();
    await page.getByText('What was said before').click();
    await page.locator('.timeline').getByRole('link', { name: 'Correct' }).first().click();
    await page.getByText('You correct the visit of').waitFor();
    await page.getByText('2 of 5 questions answered').waitFor();
    await page.locator('.answer').nth(1).click();
    await press(page, 'Stop here and save');
    await press(page, 'Save the correction');
    await page.getByRole('heading', { name: 'Saved' }).waitFor();
    const now = await told<PlaceRisk>(desk, `/places/${place.placeId}/risk`);
    expect([now.female[0]!.score, now.male[0]!.score, now.timeline[0]!.kind, now.timeline[0]!.answers.length]).toEqual([
      2,
      1,
      'correction',
      1,
    ]);
  });
});

describe('Ratana, case worker, on her phone', () => {
  it('sees her as she was on a past day, and the household as it was, and finds back to today', async () => {
    const { page } = ratana;
    const now = await told<PersonRisk>(ratana, `${address()}/risk`);
    // A day of an earlier visit, on which she stood otherwise.
    const last = now.timeline.find(({ about }) => about === 'person')!;
    const point = now.history.findLast((each) => each.date < last.observedOn && each.index !== now.standing!.index);
    const day = point!.date;
    const then = await told<PersonRisk>(ratana, `${address()}/risk?on=${day}`);
    expect(standing(then.standing!)).not.toBe(standing(now.standing!));
    await opened(page, address());
    await page.getByText('You', { exact: true }).waitFor();
    await page.getByText('Look at an earlier day').click();
    await page.getByLabel('As of an earlier day').fill('2090-01-01');
    await page.getByText('That day is still to come').waitFor();
    await page.getByLabel('As of an earlier day').fill(day);
    await page.getByText(`As it was at the end of ${date(day, 'long')}`).waitFor();
    const isThen = async () => {
      await settle(page);
      expect(plain(await page.locator('.risk-now').innerText())).toContain(standing(then.standing!));
      expect(await reasons(page).allInnerTexts()).toEqual(then.reasons.map(({ text }) => text));
      expect(await page.locator('.timeline > li').count()).toBe(then.timeline.length);
      expect(
        await page
          .locator('.person-risk')
          .getByRole('link', { name: /^(Ask now|Correct)$/ })
          .count(),
      ).toBe(0);
    };
    await isThen();
    await picture(ratana, 'person-past-360');
    expect([await barriers(page), await sideways(page)]).toEqual([[], 0]);
    await page.reload();
    await page.locator('.person-risk .timeline').waitFor();
    await isThen();

    await page.getByRole('link', { name: 'The household and who lives in it' }).click();
    await page.getByRole('heading', { name: 'Who lived in it, and how they stood' }).waitFor();
    const home = await told<HouseholdRisk>(ratana, `${homeAddress()}/risk?on=${day}`);
    expect(await reasons(page).allInnerTexts()).toEqual(home.reasons.map(({ text }) => text));
    // Of those who live there she accompanies one.
    const members = page.locator('.household-members > li');
    expect(await members.count()).toBe(1);
    expect(plain(await members.innerText())).toContain(standing(home.members[0]!));
    await settle(page);
    await picture(ratana, 'household-past-360');
    expect([await barriers(page), await sideways(page)]).toEqual([[], 0]);
    await members.getByRole('link').click();
    await page.getByRole('heading', { name: /^Person /, level: 1 }).waitFor();
    await page.locator('.risk-now').waitFor();
    await isThen();
    await press(page, 'Back to today');
    await page.locator('.person-risk').getByRole('link', { name: 'Ask now' }).waitFor();
    expect(new URL(page.url()).search).toBe('');
    expect(plain(await page.locator('.risk-now').innerText())).toContain(standing(now.standing!));
  });

  it('sees the index move as she answers, goes back, takes an answer out again, and saves what stood there', async () => {
    const { page } = ratana;
    await page.locator('.person-risk').getByRole('link', { name: 'Ask now' }).click();
    await page.locator('.question').waitFor();
    const live = async () => plain(await page.locator('.live').innerText());
    const { standing: now } = await told<PersonRisk>(ratana, `${address()}/risk`);
    const before = await live();
    expect(before).toContain(standing(now!));
    const worst = page.locator('.answer').nth(2);
    await visitsEarlier(page, await told<PersonRisk>(ratana, `${address()}/risk`));
    expect(await live()).toBe(before);
    await press(page, 'Next');
    await worst.click();
    // How far she is and the index stay in sight below the bar at the top.
    await page.mouse.wheel(0, 2000);
    const bottom = await page.locator('.top').evaluate((bar) => bar.getBoundingClientRect().bottom);
    await expect
      .poll(() => page.locator('.assess-head').evaluate((head) => head.getBoundingClientRect().top))
      .toBeGreaterThanOrEqual(bottom - 1);
    const moved = await live();
    expect(moved).not.toBe(before);
    await press(page, 'Next');
    await worst.click();
    expect(await live()).not.toBe(moved);
    await press(page, 'Back');
    expect(await worst.locator('input').isChecked()).toBe(true);
    await press(page, 'Next');
    await page.getByText('Not asked today', { exact: true }).click();
    expect(await live()).toBe(moved);
    await picture(ratana, 'assess-live-360');
    expect([await barriers(page), await sideways(page)]).toEqual([[], 0]);
    await press(page, 'Stop here and save');
    expect(await page.locator('.summary-line').count()).toBe(1);
    await press(page, 'Save');
    await page.getByRole('link', { name: 'See how this person stands' }).click();
    await page.locator('.risk-now').waitFor();
    await settle(page);
    expect(moved).toContain(plain(await page.locator('.risk-now').innerText()).replace(/ \d+% known$/, ''));
  });

  it('asks about the household, sees each member she accompanies move, and reads the same of them once it is saved', async () => {
    const { page } = ratana;
    await page.locator('.person-risk').getByRole('link', { name: 'Ask about the household' }).click();
    await page.locator('.question').waitFor();
    const line = page.locator('.assess-head [role=status]');
    const before = plain(await line.innerText());
    const { members } = await told<HouseholdRisk>(ratana, `${homeAddress()}/risk`);
    expect(before).toBe(`Risk of 1 person as answered ${members[0]!.index!.toFixed(1)}`);
    const { questions } = await told<HouseholdRisk>(ratana, `${homeAddress()}/risk`);
    const open = questions.findIndex((each) => !each.private && each.score !== 3),
      hidden = questions.findIndex((each) => each.private);
    await page.getByText('Each of them').click();
    const each = page.locator('.live-members li');
    const moved: string[] = [];
    for (let at = 0; at <= Math.max(open, hidden); at++) {
      if (at === open || at === hidden) {
        await page.locator('.answer').nth(2).click();
        moved.push(plain(await each.innerText()));
      }
      await press(page, 'Next');
    }
    // What is private moves nothing here, though she may read it.
    expect(new Set(moved).size).toBe(open < hidden ? 1 : 2);
    const last = moved.at(-1)!;
    expect(plain(await line.innerText())).not.toBe(before);
    await picture(ratana, 'assess-household-360');
    expect([await barriers(page), await sideways(page)]).toEqual([[], 0]);
    await press(page, 'Stop here and save');
    await press(page, 'Save');
    await page.getByRole('link', { name: 'See how the household stands' }).click();
    const now = plain(await page.locator('.household-members > li').innerText());
    const figures = /\d+\.\d between \d+\.\d and \d+\.\d/;
    expect(figures.exec(now)?.[0]).toBe(figures.exec(last)?.[0]);
    await opened(page, address());
  });

  it('asks the questions of another instrument, and each has its own standing', async () => {
    const { page } = ratana;
    const ask = (code: string, title: string) => anIndicator({ code, title: { en: title }, question: { en: `${title}?` } });
    const indicators = [ask('knows_the_agent', 'Knows who hires'), ask('keeps_own_papers', 'Keeps the own papers')];
    await server.db.owner
      .transaction()
      .execute((tx) => publishInstrument(tx, anInstrument({ code: 'safe-going', title: { en: 'Before going away' }, indicators }), uuidv7));
    const first = plain(await page.locator('.risk-now').innerText());
    await opened(page, address());
    const scored = page.getByRole('group', { name: 'Scored with' });
    await scored.getByText('Before going away').click();
    await page.locator('.risk-now', { hasText: 'Unknown' }).waitFor();
    await picture(ratana, 'person-two-instruments-360');
    expect([await barriers(page), await sideways(page)]).toEqual([[], 0]);
    await page.locator('.person-risk').getByRole('link', { name: 'Ask now' }).click();
    await page.getByText('0 of 2 questions answered').waitFor();
    await page.locator('.answer').nth(2).click();
    await press(page, 'Next');
    await page.locator('.answer').nth(1).click();
    expect(plain(await page.locator('.live').innerText())).toContain('High 75.0');
    await press(page, 'To the end');
    await press(page, 'Save');
    await page.getByRole('link', { name: 'See how this person stands' }).click();
    await page.locator('.risk-now', { hasText: /High\s*75\.0/ }).waitFor();
    await scored.getByText('Household assessment, 28 questions').click();
    await expect.poll(async () => plain(await page.locator('.risk-now').innerText())).toBe(first);
    expect(ratana.errors()).toEqual([]);
  });

  it('is told in plain words that the care ended while she had the page open, and keeps nothing of it; Mali reads all that ended', () =>
    careEnds({ desk, ratana, server, picture }, address(), recordNumber(her.personId)));
});

it('of somebody who left for good is shown how she stood until then, to be read and not to be asked', async () => {
  await hasLeft(desk, server, picture, standing);
});

describe('figures of people', () => {
  it('rank the districts, with how sure that is', () => rankedDistricts({ desk, phone, server, picture }));
  it('are ranked of a month and of some people; the places that are ticked go on one paper, each under its own heading', () =>
    chosenPlaces({ desk, phone, server, picture }));
  it('are reported by age, sex and place', () => narrowedReports({ desk, phone, server, picture }));
});

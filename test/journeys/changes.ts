// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { NamedIdentity, PersonRecord } from '../../src/people/domain/person-record.ts';
import type { Report } from '../../src/risk/domain/report.ts';
import { daysFromToday } from '../support/days.ts';
import type { JourneyServer } from './demo-server.ts';
import { barriers, settle, type openWindow } from './support.ts';

type Window = Awaited<ReturnType<typeof openWindow>>;

/** The volunteer with her phone, and the coordinator, who works on the same records at her desk. */
export interface Both {
  readonly orn: Window;
  readonly mali: Window;
  readonly server: JourneyServer;
  readonly picture: (name: string) => Promise<void>;
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const inDialog = (page: Page, name: string) => page.getByRole('dialog').getByRole('button', { name, exact: true }).click();
const closed = (page: Page) => page.getByRole('dialog').waitFor({ state: 'detached' });
const sideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
const isCalm = async (page: Page): Promise<void> => expect([await barriers(page), await sideways(page)]).toEqual([[], 0]);
const focus = (page: Page) => page.evaluate(() => document.activeElement?.textContent);
const happened = (page: Page) => page.locator('.life-line > li .strong').allInnerTexts();
const day = (date: Date) => new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(date);
const someoneElse = 'Somebody changed this since you opened it';

/** What the coordinator does at her desk while the volunteer has the same record open. */
async function meanwhile({ mali, server }: Both, method: 'post' | 'put' | 'patch', path: string, body: object): Promise<void> {
  const answer = await mali.context.request[method](`${server.url}/api${path}`, { data: body });
  if (!answer.ok()) throw new Error(await answer.text());
}
const told = async <T>({ mali }: Both, path: string): Promise<T> => (await (await mali.context.request.get(`/api${path}`)).json()) as T;

async function find(page: Page, words: string): Promise<void> {
  await page.goto('/people/find');
  await page.getByLabel('Name, telephone, document or record number').fill(words);
  await press(page, 'Find');
  await page.locator('main .people-list').or(page.getByText('Nobody found')).waitFor();
}

/** Her birth year and her name, while the coordinator sets right something else of the same record. Returns where her page is. */
export async function setRight(both: Both, was: string, number: string, now: string): Promise<string> {
  const { orn, picture } = both,
    { page } = orn;
  const dialog = page.getByRole('dialog');
  await find(page, was);
  await page.getByRole('link', { name: was }).click();
  await press(page, 'Show the name');
  await page.locator('.person-name', { hasText: was }).waitFor();
  const path = new URL(page.url()).pathname;

  const { version } = await told<PersonRecord>(both, path);
  await press(page, 'Birth date or sex is wrong');
  const year = dialog.getByLabel('Year', { exact: true });
  expect(await year.inputValue()).toBe('1987');
  await year.fill('1885');
  await inDialog(page, 'Save');
  await dialog.getByText('Nobody is that old; check the year').waitFor();
  await year.fill('1985');
  await meanwhile(both, 'patch', path, { sex: 1, version });
  await inDialog(page, 'Save');
  await dialog.getByText(someoneElse).waitFor();
  await dialog.getByText('It says now: Male, born in 1987. What you entered is still here: save it again if it should stand.').waitFor();
  await picture('person-correct');
  await isCalm(page);
  expect([await year.inputValue(), await dialog.getByLabel('Male', { exact: true }).isChecked()]).toEqual(['1985', true]);
  await inDialog(page, 'Save');
  await closed(page);
  await expect.poll(() => focus(page)).toBe('Birth date or sex is wrong');
  const age = Number((await daysFromToday(both.server, 0)).slice(0, 4)) - 1985;
  expect(await page.locator('.facts').innerText()).toMatch(new RegExp(`${age} years old, born in 1985\\s+Sex\\s+Male`));
  expect((await happened(page)).slice(0, 2)).toEqual(['Set right', 'Set right']);

  await press(page, 'Name or telephone is wrong');
  const full = dialog.getByLabel('Full name');
  await full.fill(' ');
  await inDialog(page, 'Save');
  await dialog.getByText('Write the name', { exact: true }).waitFor();
  await full.fill(now);
  const kept = await told<NamedIdentity>(both, `${path}/identity`);
  const names = [...kept.identity.names, { kind: 'called', full: 'Noi' }];
  await meanwhile(both, 'put', `${path}/identity`, {
    identity: { ...kept.identity, names },
    basedOn: kept.version,
    numbersWithheld: kept.numbersWithheld,
  });
  await inDialog(page, 'Save');
  await dialog.getByText(`It says now: ${was}, Noi.`).waitFor();
  await picture('person-name');
  await isCalm(page);
  expect([await full.inputValue(), await dialog.getByLabel('Called').inputValue()]).toEqual([now, 'Noi']);
  await inDialog(page, 'Save');
  await closed(page);
  // The name that was shown was the wrong one.
  expect(await page.getByText(was).count()).toBe(0);
  await press(page, 'Show the name');
  await page.locator('.person-name', { hasText: now }).waitFor();

  const hers = page.locator('main .people-list li', { hasText: number });
  await find(page, was);
  expect(await hers.count()).toBe(0);
  await find(page, now);
  await hers.getByRole('link', { name: 'Noi' }).click();
  await page.getByRole('heading', { name: `Person ${number}`, level: 1 }).waitFor();
  return path;
}

/** That she died, which was a mistake; that she left for good, and came back. */
export async function diedAndCameBack(both: Both, path: string): Promise<void> {
  const { orn, picture } = both,
    { page } = orn;
  const dialog = page.getByRole('dialog');
  const visit = page.getByRole('link', { name: 'Visit now' });
  const isListed = async () => {
    await page.goto('/people');
    await page.locator('.people-row').first().waitFor();
    await settle(page);
    return page.locator(`.people-who[href="${path}"]`).count();
  };
  expect(await isListed()).toBe(1);
  await page.goto(path);
  await visit.waitFor();
  await press(page, 'This person has died');
  await picture('person-died');
  await isCalm(page);
  const before = new Date(Date.now() - 3 * 86_400_000);
  const { version } = await told<PersonRecord>(both, path);
  await meanwhile(both, 'post', `${path}/state`, { state: 'died', onDate: before.toISOString().slice(0, 10), version });
  await inDialog(page, 'Write it down');
  await dialog.getByRole('heading', { name: 'Somebody wrote this down meanwhile' }).waitFor();
  await dialog.getByText(`Died on ${day(before)}`).waitFor();
  await isCalm(page);
  await inDialog(page, 'All right');
  await closed(page);
  // What opened the dialog is not offered of the dead.
  await expect.poll(() => focus(page)).toMatch(/^Person /);
  expect([await visit.count(), await page.getByRole('button', { name: 'Moved' }).count()]).toEqual([0, 0]);
  expect(await isListed()).toBe(0);

  await page.goto(path);
  await press(page, 'This person is alive');
  await dialog.getByText('The death was written down by mistake.').waitFor();
  await picture('person-alive');
  await isCalm(page);
  await inDialog(page, 'Write it down');
  await closed(page);
  await visit.waitFor();
  expect((await happened(page)).slice(0, 2)).toEqual(['Is back', expect.anything()]);
  expect(await page.getByText(/^Died on/).count()).toBe(0);

  await press(page, 'Left for good');
  await picture('person-left');
  await inDialog(page, 'Write it down');
  await closed(page);
  await page.getByText(`Left for good on ${day(new Date(await daysFromToday(both.server, 0)))}`).waitFor();
  await expect.poll(() => focus(page)).toBe('Something changed');
  await press(page, 'This person is back');
  await dialog.getByText('The person is visited and counted again from now on.').waitFor();
  await inDialog(page, 'This person is back');
  await closed(page);
  await visit.waitFor();
  expect(await isListed()).toBe(1);
}

interface Pair {
  readonly pairId: string;
  readonly stays: string;
  readonly goes: string;
  readonly versions: { readonly a: number; readonly b: number };
}

/** Two of the volunteer's village who may be one person. */
async function alike({ server }: Both): Promise<Pair> {
  const { rows } = await sql<Pair>`
    with two as (select p.* from waymark.person p join waymark.place v using (place_id)
                  where v.code = 'XA010301' and p.state = 1 and p.born_on < '1990-01-01' order by p.person_id desc limit 2),
      pair as (insert into waymark.duplicate_pair (region_a, person_a, region_b, person_b, weight, probability, probable, reasons, place_a, place_b, seen_a, seen_b)
        select a.region_id, a.person_id, b.region_id, b.person_id, 2, 0.55, false, '[{"field": "birth", "level": "same", "weight": 2}]', a.place_id, b.place_id, '', ''
        from two a join two b on a.person_id < b.person_id returning *)
    select pair_id as "pairId", '/people/' || region_a || '/' || person_a as stays, '/people/' || region_b || '/' || person_b as goes,
           jsonb_build_object('a', a.version, 'b', b.version) as versions
    from pair join two a on a.person_id = person_a join two b on b.person_id = person_b`.execute(server.db.owner);
  return rows[0]!;
}

/** The coordinator joins a record with another while the volunteer corrects it, or writes down a death: neither ends up where nobody reads it. */
export async function joinedMeanwhile(both: Both): Promise<void> {
  const { orn, picture } = both,
    { page } = orn;
  const dialog = page.getByRole('dialog');
  for (const what of ['Birth date or sex is wrong', 'This person has died']) {
    const { pairId, stays, goes, versions } = await alike(both);
    await page.goto(goes);
    await press(page, what);
    const isDeath = what === 'This person has died',
      field = isDeath ? dialog.getByLabel('Day of death, as near as known') : dialog.getByLabel('Year', { exact: true }),
      typed = isDeath ? '2026-01-05' : '1979';
    await field.fill(typed);
    await meanwhile(both, 'post', `/people/duplicates/${pairId}/merge`, { version: 1, stays: 'a', take: [], versions });
    for (const tries of [1, 2]) {
      await inDialog(page, isDeath ? 'Write it down' : 'Save');
      await dialog.getByText('Nothing was written on this one.').waitFor();
      expect([tries, await field.inputValue()]).toEqual([tries, typed]);
    }
    await settle(page);
    await picture(isDeath ? 'person-died-joined' : 'person-correct-joined');
    await isCalm(page);
    await dialog.getByRole('link', { name: 'Open the record that is kept' }).click();
    await page.waitForURL(`**${stays}`);
    await closed(page);
    await press(page, what);
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await closed(page);
    await page.goto(goes);
    await page.getByText('Joined with another record of the same person').first().waitFor();
    expect(await page.getByRole('button', { name: what }).count()).toBe(0);
  }
}

interface Home {
  readonly path: string;
  readonly members: readonly string[];
  readonly from: string;
  readonly to: string;
}

/** A household of the volunteer's village in which several people were visited. */
async function homeOf({ server }: Both): Promise<Home> {
  const { rows } = await sql<Home>`
    select '/households/' || p.region_id || '/' || p.household_id as path, array_agg('/people/' || p.region_id || '/' || p.person_id) as members,
           p.place_id::text as from, (select place_id::text from waymark.place where code = 'XA010302') as to
    from waymark.person p join waymark.place v using (place_id)
    where v.code = 'XA010301' and p.state = 1 and p.household_id is not null and exists (select from waymark.assessment a where a.subject_id = p.person_id)
    group by p.region_id, p.household_id, p.place_id having count(*) > 1 order by 1 limit 1`.execute(server.db.owner);
  return rows[0]!;
}

/** Of somebody who came without one: what is known of her stands under no name, and is given one. */
async function isNamed(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await press(page, 'Show the name');
  await page.getByText('No name is kept of this person.').waitFor();
  await press(page, 'Name or telephone is wrong');
  await page.getByRole('dialog').getByLabel('Full name').fill('Somying Thongdaeng');
  await inDialog(page, 'Save');
  await closed(page);
  await press(page, 'Show the name');
  await page.locator('.person-name', { hasText: 'Somying Thongdaeng' }).waitFor();
}

/** The household moves beyond the volunteer's area: everybody goes along, out of her lists into those of the other village. */
export async function householdMoves(both: Both): Promise<void> {
  const { orn, mali, picture } = both,
    { page } = orn;
  const dialog = page.getByRole('dialog');
  const { path, members, from, to } = await homeOf(both);
  const listed = async (window: Window, place: string) => {
    await window.page.goto(`/people?place=${place}`);
    await window.page.locator('.people-row').first().waitFor();
    await settle(window.page);
    const hrefs = await window.page.locator('.people-who').evaluateAll((all) => all.map((each) => each.getAttribute('href')));
    return hrefs.filter((href) => members.includes(href ?? '')).length;
  };
  const counted = async () =>
    Promise.all([from, to].map(async (place) => (await told<Report>(both, `/people/report?by=sex&place=${place}`)).total.counts.n!));
  const [wereFrom = 0, wereTo = 0] = await counted();
  expect([await listed(mali, from), await listed(mali, to)]).toEqual([members.length, 0]);

  await isNamed(page, members[0]!);
  await page.goto(path);
  await press(page, 'They moved');
  await inDialog(page, 'Write down the move');
  await dialog.getByText('Choose a place').waitFor();
  await dialog.getByRole('combobox', { name: 'New village or quarter' }).fill('XA010302');
  await dialog.getByRole('option').first().click();
  await picture('household-moves');
  await isCalm(page);
  await inDialog(page, 'Write down the move');
  await dialog.getByText('The household lives outside your area now, so its records went along.').waitFor();
  await picture('household-moved');
  await inDialog(page, 'All right');
  await page.getByRole('heading', { name: 'Find a person', level: 1 }).waitFor();
  expect(await listed(orn, from)).toBe(0);
  await page.goto(path);
  await page.getByText('There is no such household, or it lies outside your area.').waitFor();
  expect([await listed(mali, from), await listed(mali, to)]).toEqual([0, members.length]);
  expect(await counted()).toEqual([wereFrom - members.length, wereTo + members.length]);
}

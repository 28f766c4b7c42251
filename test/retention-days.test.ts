// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Printout } from '../src/people/domain/printout.ts';
import { recordNumber } from '../src/platform/domain/record-number.ts';
import type { DueReason, DueRecord, RetentionCategory } from '../src/people/domain/retention.ts';
import { installInstruments } from '../src/risk/server/index.ts';
import { startApp, type TestApp } from './support/app.ts';
import { aBasis } from './support/basis.ts';

let app: TestApp, basisId: string, regionId: number;
beforeAll(async () => {
  app = await startApp({ everyRole: true });
  await installInstruments(app.db.owner, uuidv7);
  basisId = await aBasis(app.db.owner);
}, 60_000);
afterAll(() => app?.close());

const orn = () => app.as('watch_volunteer');
async function register({ bornOn = '1990-01-01', on = basisId, words = [] as string[] } = {}): Promise<string> {
  const personId = uuidv7();
  const member = { personId, sex: 1, bornOn: null, bornPrecision: null, identity: { names: [], phones: [], documents: [] }, consents: [] };
  const household = { householdId: uuidv7(), placeId: app.land.eastVillages[0].placeId, basisId: on };
  const said = { purpose: 'register', act: 'given', way: 'spoken' };
  const { status, text, body } = await (
    await orn()
  ).post<{ regionId: number }>('/api/people', {
    ...household,
    members: [
      {
        ...member,
        bornOn,
        bornPrecision: bornOn === '1990-01-01' ? 1 : 3,
        consents: words.map((byWhom) => ({ ...said, byWhom, eventId: uuidv7() })),
        identity: { ...member.identity, names: [{ kind: 'official', full: 'Invented' }] },
      },
    ],
  });
  expect(status, text).toBe(201);
  regionId = body.regionId;
  return personId;
}
const registeredOn = (personId: string, day: string) =>
  sql`update waymark.person set created_at = ${`${day}T20:00:00Z`}::timestamptz - interval '20 hours' where person_id = ${personId}`.execute(
    app.db.owner,
  );
const became = (personId: string, state: number, day: string) =>
  sql`update waymark.person set state = ${state}, state_on = ${day} where person_id = ${personId}`.execute(app.db.owner);
async function says(personId: string, act: string, day: string, byWhom = 'self'): Promise<void> {
  await sql`insert into waymark.consent_event (region_id, event_id, person_id, purpose, act, by_whom, way, observed_at, recorded_at, actor_id)
    values (${regionId}, ${uuidv7()}, ${personId}, 'register', ${act}, ${byWhom}, 'spoken', ${`${day}T05:00:00Z`}, now(), 'tester')`.execute(
    app.db.owner,
  );
}
async function isSeen(personId: string, day: string): Promise<void> {
  const visit = { assessmentId: uuidv7(), subjectKind: 'person', subjectId: personId, regionId, instrument: 'household-28' };
  const answer = await (
    await orn()
  ).post('/api/assessments', { ...visit, answers: { school_attendance: 1 }, observedAt: `${day}T05:00:00Z` });
  expect(answer.status, answer.text).toBe(201);
}

/** Whom the night of a day puts before the data protection officer; taken back again. */
async function dueOn(day: string): Promise<Map<string, DueReason>> {
  const found = new Map<string, DueReason>();
  const back = new Error('back');
  await app.db.owner
    .transaction()
    .execute(async (tx) => {
      await sql`delete from waymark.retention_due`.execute(tx);
      await sql`select waymark.find_retention_due(${`${day}T05:00:00Z`}::timestamptz)`.execute(tx);
      const { rows } = await sql<{
        id: string;
        category: DueReason;
      }>`select person_id as id, category from waymark.retention_due`.execute(tx);
      for (const { id, category } of rows) found.set(id, category);
      throw back;
    })
    .catch((error: unknown) => {
      if (error !== back) throw error;
    });
  return found;
}

const dayAfter = (day: string): string => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);

it('the day that somebody is told is the last one on which no rule asks for her record', async () => {
  const people: { what: string; id: string; category: RetentionCategory | null }[] = [];
  const add = async (what: string, category: RetentionCategory | null, happens: (id: string) => Promise<unknown>): Promise<void> => {
    const id = await register();
    await registeredOn(id, '2024-02-28');
    await happens(id);
    people.push({ what, id, category });
  };
  // Ends of months, where counting forwards and backwards differ.
  for (const day of ['2025-01-31', '2025-02-28', '2024-02-29', '2025-08-15']) {
    await add(`died ${day}`, 'died', (id) => became(id, 2, day));
    await add(`left ${day}`, 'left', (id) => became(id, 3, day));
    await add(`seen ${day}`, 'not_assessed', (id) => isSeen(id, day));
    await add(`took back ${day}`, 'withdrawn', (id) => says(id, 'withdrawn', day));
  }
  await add('never seen', 'not_assessed', () => Promise.resolve());
  await add('took back, and agreed again', 'not_assessed', async (id) => {
    await says(id, 'withdrawn', '2024-05-05');
    await says(id, 'given', '2024-06-05');
  });
  const officer = await app.as('data_protection_officer'),
    som = await app.as('district_officer');
  for (const [category, months] of [
    ['died', 1],
    ['left', 6],
    ['not_assessed', 120],
    ['withdrawn', 1],
  ] as const)
    expect((await officer.send('PUT', `/api/data-protection/retention/${category}`, { months, action: 'review' })).status).toBe(200);
  for (const { what, id, category } of people) {
    const { body } = await som.get<Printout>(`/api/people/${regionId}/${id}/printout`);
    expect([what, body.kept?.category]).toEqual([what, category]);
    const last = body.kept!.on;
    expect([what, (await dueOn(last)).get(id), (await dueOn(dayAfter(last))).get(id)]).toEqual([what, undefined, category]);
  }
});

const yearsAfter = (day: string, years: number): string => `${Number(day.slice(0, 4)) + years}${day.slice(4)}`;

it('a child comes before the officer on the day from which others are asked, until they were; whoever said no has a case of its own', async () => {
  const asked = await aBasis(app.db.owner, { needsConsent: true });
  await (await app.as('data_protection_officer')).delete('/api/data-protection/retention/not_assessed');
  const bornOn = `${new Date().getUTCFullYear() - 6}-01-15`;
  const [seven, eighteen] = [yearsAfter(bornOn, 7), yearsAfter(bornOn, 18)];
  const eve = (day: string): string => new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
  const child = await register({ bornOn, on: asked, words: ['guardian'] }),
    notAsked = await register({ bornOn, words: [] }),
    saysNo = await register({ bornOn, on: asked, words: ['guardian'] });
  const today = new Date().toISOString().slice(0, 10);
  await says(saysNo, 'refused', today, 'assent');
  const found = async (day: string) => {
    const due = await dueOn(day);
    return [child, notAsked, saysNo].map((id) => due.get(id));
  };
  expect(await found(eve(seven))).toEqual([undefined, undefined, undefined]);
  expect(await found(seven)).toEqual(['consent_lapsed', undefined, undefined]);
  await says(child, 'given', today, 'assent');
  expect(await found(eve(eighteen))).toEqual([undefined, undefined, undefined]);
  expect(await found(eighteen)).toEqual(['consent_lapsed', undefined, undefined]);
  await says(child, 'given', today);
  expect(await found(eighteen)).toEqual([undefined, undefined, undefined]);
});

it('records on a basis that was ended wait for the officer, without a rule and however old they are; no clock erases them', async () => {
  const officer = await app.as('data_protection_officer');
  const basis = {
    basisId: uuidv7(),
    title: 'Act that was repealed',
    ground: 'public_task',
    citation: 'Act, section 2',
    purposes: ['register'],
  };
  expect((await officer.post('/api/people/bases', { ...basis, needsConsent: false, fromOn: '2020-01-01' })).status).toBe(201);
  const here = await register({ on: basis.basisId }),
    gone = await register({ on: basis.basisId });
  await became(gone, 3, '2026-01-01');
  const night = () => sql`select waymark.find_retention_due(now())`.execute(app.db.owner);
  const base = '/api/data-protection/retention';
  const due = async () => (await officer.get<{ due: DueRecord[] }>(base)).body.due.filter(({ category }) => category === 'basis_ended');
  await night();
  expect(await due()).toEqual([]);
  expect((await officer.post(`/api/people/bases/${basis.basisId}/end`, { version: 1 })).status).toBe(200);
  await night();
  const today = new Date().toISOString().slice(0, 10);
  expect(await due()).toMatchObject([
    { personId: here, number: recordNumber(here), sinceOn: expect.any(String), keepUntil: null, version: 1 },
  ]);
  expect([today, dayAfter(today)]).toContain((await due())[0]!.sinceOn);
  expect((await officer.send('PUT', `${base}/basis_ended`, { months: 1, action: 'erase' })).status).toBe(400);
  const { rows } = await sql`select from waymark.due_to_erase(now() + interval '9 years', 100) d where d.person_id = ${here}`.execute(
    app.db.owner,
  );
  expect(rows).toEqual([]);
  const at = `${base}/${regionId}/${here}/basis_ended`;
  const kept = await officer.post(`${at}/keep`, { version: 1, untilOn: '2099-01-01', citation: 'Act of the demo province, section 9' });
  expect([kept.status, await due()]).toMatchObject([200, [{ keepUntil: '2099-01-01', version: 2 }]]);
  expect((await officer.post(`${at}/erase`, { version: 2, number: recordNumber(here) })).status).toBe(200);
  expect(await due()).toEqual([]);
});

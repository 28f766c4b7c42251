// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Printout } from '../src/people/domain/printout.ts';
import type { RetentionCategory } from '../src/people/domain/retention.ts';
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
async function register(): Promise<string> {
  const personId = uuidv7();
  const member = { personId, sex: 1, bornOn: null, bornPrecision: null, identity: { names: [], phones: [], documents: [] }, consents: [] };
  const household = { householdId: uuidv7(), placeId: app.land.eastVillages[0].placeId, basisId };
  const { status, text, body } = await (
    await orn()
  ).post<{ regionId: number }>('/api/people', {
    ...household,
    members: [
      {
        ...member,
        bornOn: '1990-01-01',
        bornPrecision: 1,
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
async function says(personId: string, act: string, day: string): Promise<void> {
  await sql`insert into waymark.consent_event (region_id, event_id, person_id, purpose, act, by_whom, way, observed_at, recorded_at, actor_id)
    values (${regionId}, ${uuidv7()}, ${personId}, 'register', ${act}, 'self', 'spoken', ${`${day}T05:00:00Z`}, now(), 'tester')`.execute(
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
async function dueOn(day: string): Promise<Map<string, RetentionCategory>> {
  const found = new Map<string, RetentionCategory>();
  const back = new Error('back');
  await app.db.owner
    .transaction()
    .execute(async (tx) => {
      await sql`delete from waymark.retention_due`.execute(tx);
      await sql`select waymark.find_retention_due(${`${day}T05:00:00Z`}::timestamptz)`.execute(tx);
      const { rows } = await sql<{
        id: string;
        category: RetentionCategory;
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

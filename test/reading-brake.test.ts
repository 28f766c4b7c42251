// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from './support/app.ts';
import type { Client } from './support/client.ts';
import { beforeTheRecordOfUse, heldUp, untilWaiting } from './support/held-up.ts';

/** Whoever opens names page by page to copy them meets a brake; whoever works with people does not. */
let app: TestApp;
let nok: Client, som: Client, mali: Client;
const people = Array.from({ length: 120 }, () => uuidv7());
beforeAll(async () => {
  app = await startApp({ everyRole: true });
  [nok, som, mali] = [await app.as('administrator'), await app.as('district_officer'), await app.as('coordinator')];
  await sql`insert into waymark.person (region_id, person_id, place_id, sex)
    select ${app.land.east.regionId}, id, ${app.land.eastVillages[0].placeId}, 2 from unnest(${people}::uuid[]) id`.execute(app.db.owner);
}, 60_000);
afterAll(() => app?.close());

const limits = { peopleInTenMinutes: 1000, peopleInADay: 5000, searchesInAMinute: 60 };
beforeEach(async () => {
  expect((await nok.patch('/api/people/reading-limits', limits)).status).toBe(200);
});
const braked = expect.objectContaining({ type: '/problems/too-many-requests', detail: expect.stringContaining('very') });
const names = (client: Client, from: number, until: number) =>
  client.post('/api/people/names', {
    people: people.slice(from, until).map((personId) => ({ regionId: app.land.east.regionId, personId })),
  });
const search = (client: Client) => client.post('/api/people/search', { text: 'Somebody' });
async function noted(account: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from waymark.audit_entry
    where action = 'identity.braked' and actor_id = ${account}`.execute(app.db.owner);
  return rows[0]?.n ?? -1;
}

describe('names', () => {
  it('are opened up to the limit, the same ones again and again, and no other beyond it; the record says so once', async () => {
    await nok.patch('/api/people/reading-limits', { ...limits, peopleInTenMinutes: 60 });
    expect((await names(som, 0, 40)).status).toBe(200);
    expect((await names(som, 0, 40)).status).toBe(200);
    expect((await names(som, 20, 60)).status).toBe(200);
    const [more, one, found] = [
      await names(som, 60, 100),
      await som.get(`/api/people/${app.land.east.regionId}/${people[100]}/identity`),
      await search(som),
    ];
    for (const answer of [more, one, found]) expect([answer.status, answer.body]).toEqual([429, braked]);
    expect((await names(som, 10, 50)).status).toBe(200);
    expect(await noted(app.accountIds.district_officer)).toBe(1);
    // Hers alone rests, and only as long as the limit says so.
    expect((await names(mali, 60, 100)).status).toBe(200);
    await nok.patch('/api/people/reading-limits', limits);
    expect((await names(som, 60, 100)).status).toBe(200);
  });

  it('asked for many times in the same moment are no more than one after the other', async () => {
    await nok.patch('/api/people/reading-limits', { ...limits, peopleInTenMinutes: 50 });
    const ratana = await app.as('case_worker');
    // All have asked before any of them is answered.
    const asked = await heldUp(app.db.owner, beforeTheRecordOfUse, async () => {
      const asked = Promise.all(Array.from({ length: 12 }, (_, n) => names(ratana, n * 10, n * 10 + 10)));
      await untilWaiting(app.db.owner, 12);
      return { asked };
    });
    const statuses = (await asked.asked).map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array(5).fill(200), ...Array(7).fill(429)]);
  });

  it('of people who are not hers to know are refused, leave a trace of their own, and reach the limit like others', async () => {
    await nok.patch('/api/people/reading-limits', { ...limits, peopleInTenMinutes: 50 });
    const chai = await app.as('other_district_officer');
    const one = (n: number) => chai.get(`/api/people/${app.land.east.regionId}/${people[n]}/identity`);
    expect((await names(chai, 60, 105)).body).toEqual({ names: [] });
    for (let n = 0; n < 5; n++) expect((await one(n)).status).toBe(404);
    expect((await one(3)).status).toBe(404);
    expect((await one(50)).body).toEqual(braked);
    expect((await names(chai, 51, 52)).body).toEqual(braked);
    const kanya = await app.as('data_protection_officer');
    const { body } = await kanya.get<{ rows: { subject: string; actorId: string }[] }>('/api/audit?action=identity.refused&limit=200');
    expect(new Set(body.rows.map(({ subject }) => subject))).toEqual(new Set(people.slice(0, 5)));
    // Nobody was read: it does not stand among those who looked at her.
    const { rows } =
      await sql`select from waymark.identity_read where actor_id = ${app.accountIds.other_district_officer} and person_id = any (${people.slice(0, 5)}::uuid[])`.execute(
        app.db.owner,
      );
    expect(rows).toEqual([]);
  });

  it('of somebody of hers who has none leave no such trace', async () => {
    const lek = await app.as('watch_volunteer');
    expect((await lek.get(`/api/people/${app.land.east.regionId}/${people[0]}/identity`)).status).toBe(404);
    const { rows } =
      await sql`select from waymark.audit_entry where action = 'identity.refused' and actor_id = ${app.accountIds.watch_volunteer}`.execute(
        app.db.owner,
      );
    expect(rows).toEqual([]);
  });

  it('of a day are counted over the day', async () => {
    await nok.patch('/api/people/reading-limits', { ...limits, peopleInADay: 50 });
    const orn = await app.as('watch_volunteer');
    expect((await names(orn, 0, 50)).status).toBe(200);
    expect((await names(orn, 50, 51)).body).toEqual(braked);
    expect((await names(orn, 0, 50)).status).toBe(200);
  });

  it('are not searched for by trying out names', async () => {
    await nok.patch('/api/people/reading-limits', { ...limits, searchesInAMinute: 5 });
    const dao = await app.as('other_coordinator');
    for (let n = 0; n < 5; n++) expect((await search(dao)).status).toBe(200);
    expect((await search(dao)).body).toEqual(braked);
    // Names of a list that is on the screen are no search.
    expect((await names(dao, 0, 1)).status).toBe(200);
  });
});

describe('the limits', () => {
  it('are set by whoever runs the installation, within bounds, and stand in the record', async () => {
    expect((await som.patch('/api/people/reading-limits', limits)).status).toBe(403);
    expect((await som.get('/api/people/reading-limits')).status).toBe(403);
    expect((await nok.patch('/api/people/reading-limits', { ...limits, peopleInADay: 1 })).status).toBe(400);
    expect((await nok.get('/api/people/reading-limits')).body).toEqual(limits);
    expect((await nok.get('/api/audit?action=settings.reading-limits')).text).toContain('peopleInTenMinutes');
  });
});

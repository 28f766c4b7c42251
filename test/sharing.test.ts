// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findActor } from '../src/access/server/index.ts';
import { withActor } from '../src/platform/server/db.ts';
import type { PersonRecord } from '../src/people/domain/person-record.ts';
import { everybody, startApp, type PersonName, type TestApp } from './support/app.ts';

/** A referral reaches as far as the person's own word, whatever way that word and the referral were written down. */
let app: TestApp;
let harbour: string, pier: string;
beforeAll(async () => {
  app = await startApp({ everyRole: true });
  const { rows } = await sql<{
    id: string;
  }>`select organisation_id as id from waymark.organisation where name = 'Safe Harbour'`.execute(app.db.owner);
  harbour = rows[0]?.id ?? '';
  pier = uuidv7();
  await sql`insert into waymark.organisation (organisation_id, name, kind) values (${pier}, 'Pier House', 'ngo')`.execute(app.db.owner);
}, 60_000);
afterAll(() => app?.close());

const region = () => app.land.east.regionId;
async function somebody(bornOn = '1990-01-01'): Promise<string> {
  const personId = uuidv7();
  await sql`insert into waymark.person (region_id, person_id, place_id, sex, born_on)
    values (${region()}, ${personId}, ${app.land.eastVillages[0].placeId}, 2, ${bornOn}::date)`.execute(app.db.owner);
  return personId;
}
const at = (personId: string, more = '') => `/api/people/${region()}/${personId}${more}`;
const said = (over: object) => ({
  eventId: uuidv7(),
  purpose: 'share',
  act: 'given',
  byWhom: 'self',
  way: 'spoken',
  observedAt: '2026-03-01T03:00:00Z',
  ...over,
});
const say = async (personId: string, over: object = {}) =>
  (await app.as('district_officer')).post<{ type?: string }>(at(personId, '/consents'), said(over));
const refer = async (personId: string, organisationId = harbour) =>
  (await app.as('district_officer')).post<{ type?: string }>(at(personId, '/assignments'), { assignmentId: uuidv7(), organisationId });
const seen = async (personId: string) => (await (await app.as('partner_provider')).get(at(personId))).status;
const asOfficer = async (statement: ReturnType<typeof sql>, who: PersonName = 'district_officer') => {
  const actor = await findActor(app.access, app.accountIds[who]);
  if (!actor) throw new Error(`${everybody[who].displayName} is nobody`);
  return withActor(app.db.app, actor, (tx) => statement.execute(tx));
};

describe('Duang of Safe Harbour', () => {
  it('reads who was referred there, until she takes her word back, in whatever way that is written down', async () => {
    const personId = await somebody();
    expect((await refer(personId)).status).toBe(422);
    expect((await say(personId)).status).toBe(201);
    expect((await refer(personId)).status).toBe(201);
    expect(await seen(personId)).toBe(200);
    await asOfficer(sql`insert into waymark.consent_event (region_id, event_id, person_id, purpose, act, by_whom, way, observed_at, recorded_at, actor_id)
      values (${region()}, ${uuidv7()}, ${personId}, 'share', 'withdrawn', 'self', 'spoken', now(), now(), ${app.accountIds.district_officer})`);
    expect(await seen(personId)).toBe(404);
  });

  it('reads no record that is used no further, until it is used again', async () => {
    const personId = await somebody();
    await say(personId);
    await refer(personId);
    const som = await app.as('district_officer');
    const objection = { requestId: uuidv7(), kind: 'objection', byWhom: 'self' };
    expect((await som.post(at(personId, '/requests'), objection)).status).toBe(201);
    expect([await seen(personId), (await refer(personId, pier)).status]).toEqual([404, 422]);
    expect((await som.post(at(personId, `/requests/${objection.requestId}/withdrawn`), { version: 1 })).status).toBe(200);
    expect(await seen(personId)).toBe(200);
    await say(personId, { purpose: 'register', act: 'withdrawn' });
    expect(await seen(personId)).toBe(404);
    await say(personId, { purpose: 'register', observedAt: '2026-03-02T03:00:00Z' });
    expect(await seen(personId)).toBe(200);
  });

  it('does not read a child who said no, though her guardian says yes afterwards', async () => {
    const personId = await somebody('2014-01-01');
    await say(personId, { byWhom: 'assent', act: 'refused', observedAt: '2026-03-01T03:00:00Z' });
    await say(personId, { byWhom: 'guardian', observedAt: '2026-03-02T03:00:00Z' });
    expect((await refer(personId)).body).toMatchObject({ type: '/problems/no-consent' });
    await say(personId, { byWhom: 'assent', observedAt: '2026-03-03T03:00:00Z' });
    expect((await refer(personId)).status).toBe(201);
    expect(await seen(personId)).toBe(200);
  });

  it('does not read who said no to Safe Harbour, though she agrees to sharing in general later', async () => {
    const personId = await somebody();
    await say(personId, { act: 'refused', organisationId: harbour, observedAt: '2026-03-01T03:00:00Z' });
    await say(personId, { observedAt: '2026-03-02T03:00:00Z' });
    expect((await refer(personId)).status).toBe(422);
    expect((await refer(personId, pier)).status).toBe(201);
    await say(personId, { organisationId: harbour, observedAt: '2026-03-03T03:00:00Z' });
    expect((await refer(personId)).status).toBe(201);
  });
});

describe('a phone whose clock is wrong', () => {
  const anHour = 3_600_000;

  it('does not take away her no: what is said now counts by the clock of the server', async () => {
    const personId = await somebody();
    await say(personId, { observedAt: new Date(Date.now() - 2 * anHour).toISOString() });
    expect((await refer(personId)).status).toBe(201);
    // Twelve hours behind, the phone would have said that she took it back before she gave it.
    const before = Date.now();
    const answer = await say(personId, { act: 'withdrawn', observedAt: undefined });
    expect(answer.status).toBe(201);
    const { consents } = answer.body as unknown as PersonRecord;
    expect(consents[0]).toMatchObject({ act: 'withdrawn', byWhom: 'self' });
    expect(Date.parse(consents[0]!.observedAt)).toBeGreaterThanOrEqual(before - 1000);
    expect([await seen(personId), (await refer(personId)).status]).toEqual([404, 422]);
  });

  it('nor does an old yes, written down late, outweigh a later no', async () => {
    const personId = await somebody();
    await say(personId, { act: 'refused', observedAt: new Date(Date.now() - anHour).toISOString() });
    await say(personId, { observedAt: new Date(Date.now() - 5 * anHour).toISOString() });
    expect((await refer(personId)).status).toBe(422);
  });

  it('nor does a yes that is sent once more, because its answer was lost, after she took it back', async () => {
    const personId = await somebody();
    const yes = said({ observedAt: undefined });
    await say(personId, yes);
    await say(personId, { act: 'withdrawn', observedAt: undefined });
    expect((await say(personId, yes)).status).toBe(201);
    expect((await refer(personId)).status).toBe(422);
  });
});

describe('the database', () => {
  it("lets no officer refer without consent, nor make a record somebody's own", async () => {
    const personId = await somebody();
    const insert = (kind: string, account: string | null, organisation: string | null) =>
      asOfficer(sql`insert into waymark.assignment (region_id, assignment_id, person_id, kind, account_id, organisation_id, given_by)
        values (${region()}, ${uuidv7()}, ${personId}, ${kind}, ${account}, ${organisation}, ${app.accountIds.district_officer})`);
    await expect(insert('referral', null, harbour)).rejects.toMatchObject({ code: '42501' });
    await expect(insert('self', app.accountIds.person, null)).rejects.toMatchObject({ code: '42501' });
    await insert('case_worker', app.accountIds.case_worker, null);
  });
});

describe('a word that was sent twice', () => {
  it('is one; the same number with other content is refused, and ends no referral', async () => {
    const personId = await somebody(),
      other = await somebody(),
      event = said({});
    await say(personId, event);
    await refer(personId);
    expect((await say(personId, event)).status).toBe(201);
    const changed = await say(personId, { ...event, act: 'withdrawn' });
    expect([changed.status, changed.body]).toMatchObject([409, { type: '/problems/already-there' }]);
    expect((await say(other, event)).status).toBe(409);
    expect(await seen(personId)).toBe(200);
  });
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordNumber } from '../src/people/domain/record-number.ts';
import type { PersonRecord } from '../src/people/domain/person-record.ts';
import type { PersonRequest } from '../src/people/domain/request.ts';
import { startApp, type TestApp } from './support/app.ts';

/** An answer that was lost is asked for again. The same is then once; something else under the same number is never taken for it. */
let app: TestApp;
beforeAll(async () => {
  app = await startApp({ everyRole: true });
}, 60_000);
afterAll(() => app?.close());

async function somebody(): Promise<string> {
  const personId = uuidv7();
  await sql`insert into waymark.person (region_id, person_id, place_id, sex, born_on)
    values (${app.land.east.regionId}, ${personId}, ${app.land.eastVillages[0].placeId}, 2, '1990-01-01')`.execute(app.db.owner);
  return personId;
}
const at = (personId: string, more = '') => `/api/people/${app.land.east.regionId}/${personId}${more}`;
const som = () => app.as('district_officer');
const kanya = () => app.as('data_protection_officer');
async function noted(action: string, personId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from waymark.audit_entry where action = ${action} and subject = ${personId}`.execute(app.db.owner);
  return rows[0]?.n ?? -1;
}
const statuses = (answers: readonly { status: number }[]) => answers.map(({ status }) => status);

describe('somebody is assigned', () => {
  const assign = async (personId: string, body: object) => (await som()).post<PersonRecord>(at(personId, '/assignments'), body);

  it('once, however often it is sent, whoever sends it, and ended once', async () => {
    const personId = await somebody(),
      accountId = app.accountIds.case_worker;
    const one = { assignmentId: uuidv7(), accountId };
    const answers = await Promise.all([
      ...[one, one, one].map((body) => assign(personId, body)),
      ...Array.from({ length: 3 }, () => assign(personId, { assignmentId: uuidv7(), accountId })),
    ]);
    expect(statuses(answers)).toEqual([201, 201, 201, 201, 201, 201]);
    const { body } = await (await som()).get<PersonRecord>(at(personId));
    expect([body.assignments.length, await noted('people.assign', personId)]).toEqual([1, 1]);
    const end = async () => (await som()).delete<PersonRecord>(at(personId, `/assignments/${body.assignments[0]!.assignmentId}`));
    expect(statuses([await end(), await end()])).toEqual([200, 200]);
    expect(await noted('people.unassign', personId)).toBe(1);
    expect((await (await som()).delete(at(personId, `/assignments/${uuidv7()}`))).status).toBe(404);
    expect((await assign(personId, { assignmentId: uuidv7(), accountId })).body.assignments).toHaveLength(1);
  });

  it('never to another one under the same number', async () => {
    const personId = await somebody(),
      assignmentId = uuidv7();
    const { rows } = await sql<{ id: string }>`select organisation_id as id from waymark.organisation where name = 'Safe Harbour'`.execute(
      app.db.owner,
    );
    const word = { eventId: uuidv7(), purpose: 'share', act: 'given', byWhom: 'self', way: 'spoken' };
    expect((await (await som()).post(at(personId, '/consents'), word)).status).toBe(201);
    expect((await assign(personId, { assignmentId, accountId: app.accountIds.case_worker })).status).toBe(201);
    const other = await assign(personId, { assignmentId, organisationId: rows[0]!.id });
    expect([other.status, other.text]).toEqual([409, expect.stringContaining('already-there')]);
    expect(await noted('people.assign', personId)).toBe(1);
  });
});

describe('what somebody asks for', () => {
  const ask = async (personId: string, body: object) =>
    (await som()).post<PersonRequest[]>(at(personId, '/requests'), { byWhom: 'self', saidOn: '2026-03-02', ...body });

  it('is one request, from whomever at the same moment', async () => {
    const personId = await somebody();
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(personId, { requestId: uuidv7(), kind: 'objection' })));
    expect(statuses(answers)).toEqual([201, 201, 201, 201, 201]);
    expect((await ask(personId, { requestId: uuidv7(), kind: 'objection' })).body).toHaveLength(1);
    expect(await noted('requests.asked', personId)).toBe(1);
  });

  it('is never taken for something else that was asked under the same number', async () => {
    const personId = await somebody(),
      requestId = uuidv7();
    expect((await ask(personId, { requestId, kind: 'access' })).status).toBe(201);
    expect((await ask(personId, { requestId, kind: 'access' })).status).toBe(201);
    expect((await ask(personId, { requestId, kind: 'erasure' })).status).toBe(409);
    expect((await ask(personId, { requestId, kind: 'access', byWhom: 'guardian' })).status).toBe(409);
    expect((await ask(personId, { requestId: uuidv7(), kind: 'erasure' })).body.map(({ kind }) => kind).sort()).toEqual([
      'access',
      'erasure',
    ]);
  });
});

describe('Kanya', () => {
  it('holds the record she names, and never believes that she held another', async () => {
    const [one, other] = [await somebody(), await somebody()];
    const hold = { holdId: uuidv7(), citation: 'Court of the demo province, case 12', untilOn: '2099-01-01' };
    const place = async (personId: string, more = {}) =>
      (await kanya()).post('/api/data-protection/holds', { ...hold, number: recordNumber(personId), ...more });
    expect(statuses([await place(one), await place(one), await place(other), await place(one, { untilOn: '2098-01-01' })])).toEqual([
      201, 201, 409, 409,
    ]);
    expect([await noted('retention.hold', one), await noted('retention.hold', other)]).toEqual([1, 0]);
  });

  it('states a basis once, and is told where another one stands under its number', async () => {
    const basis = {
      basisId: uuidv7(),
      title: 'Register of the demo province',
      ground: 'public_task',
      citation: 'Act of the demo province, section 9',
      purposes: ['register'],
      needsConsent: true,
      fromOn: '2026-01-01',
    };
    const state = async (more = {}) => (await kanya()).post('/api/people/bases', { ...basis, ...more });
    expect(statuses([await state(), await state(), await state({ citation: 'Act of the demo province, section 10' })])).toEqual([
      201, 201, 409,
    ]);
  });
});

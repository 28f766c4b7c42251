// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findActor } from '../src/access/server/index.ts';
import { withActor } from '../src/platform/server/db.ts';
import type { EndedCare, EndedCarePage, NamedIdentity, PersonRecord } from '../src/people/domain/person-record.ts';
import type { Printout } from '../src/people/domain/printout.ts';
import type { PersonRequest } from '../src/people/domain/request.ts';
import { recordNumber } from '../src/platform/domain/record-number.ts';
import { installInstruments } from '../src/risk/server/index.ts';
import { aBasis } from './support/basis.ts';
import { everybody, startApp, type PersonName, type TestApp } from './support/app.ts';

/** A referral reaches as far as the person's own word, whatever way that word and the referral were written down. */
let app: TestApp;
let harbour: string, pier: string;
beforeAll(async () => {
  app = await startApp({ everyRole: true });
  await installInstruments(app.db.owner, uuidv7);
  const { rows } = await sql<{
    id: string;
  }>`select organisation_id as id from waymark.organisation where name = 'Safe Harbour'`.execute(app.db.owner);
  harbour = rows[0]?.id ?? '';
  pier = uuidv7();
  await sql`insert into waymark.organisation (organisation_id, name, kind) values (${pier}, 'Pier House', 'ngo')`.execute(app.db.owner);
}, 60_000);
afterAll(() => app?.close());

const region = () => app.land.east.regionId;
async function somebody(bornOn = '1990-01-01', needsConsent = true): Promise<string> {
  const personId = uuidv7();
  await sql`insert into waymark.person (region_id, person_id, place_id, sex, born_on, basis_id)
    values (${region()}, ${personId}, ${app.land.eastVillages[0].placeId}, 2, ${bornOn}::date, ${await aBasis(app.db.owner, { needsConsent })})`.execute(
    app.db.owner,
  );
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
const asOfficer = async (
  statement: ReturnType<typeof sql>,
  who: PersonName = 'district_officer',
  but: (rights: Set<string>) => unknown = () => {},
) => {
  const actor = await findActor(app.access, app.accountIds[who]);
  if (!actor) throw new Error(`${everybody[who].displayName} is nobody`);
  const rights = new Set(actor.rights);
  but(rights);
  return withActor(app.db.app, { ...actor, rights }, (tx) => statement.execute(tx));
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

describe('Ratana, case worker', () => {
  const assist = (over: object = {}) => ({ purpose: 'assist', ...over });
  const assign = async (personId: string) =>
    (await app.as('district_officer')).post<{ type?: string }>(at(personId, '/assignments'), {
      assignmentId: uuidv7(),
      accountId: app.accountIds.case_worker,
    });
  const sees = async (personId: string) => (await (await app.as('case_worker')).get(at(personId))).status;
  const endedTold = async (who: PersonName, personId: string) =>
    (await (await app.as(who)).get<{ rows: EndedCare[] }>('/api/people/care-ended')).body.rows.filter((row) => row.personId === personId);

  it('accompanies nobody who was not asked, and ends in the moment of her no, in whatever way that is written down', async () => {
    const personId = await somebody();
    expect((await assign(personId)).body).toMatchObject({ type: '/problems/no-consent' });
    await say(personId, assist());
    expect([(await assign(personId)).status, await sees(personId)]).toEqual([201, 200]);
    // An old no that was followed by a yes ends nothing.
    await say(personId, assist({ act: 'refused', observedAt: '2026-01-01T03:00:00Z' }));
    expect(await sees(personId)).toBe(200);
    await asOfficer(sql`insert into waymark.consent_event (region_id, event_id, person_id, purpose, act, by_whom, way, observed_at, recorded_at, actor_id)
      values (${region()}, ${uuidv7()}, ${personId}, 'assist', 'withdrawn', 'self', 'spoken', now(), now(), ${app.accountIds.district_officer})`);
    expect([await sees(personId), (await assign(personId)).status]).toEqual([404, 422]);
    const { rows } =
      await sql`select actor_id, detail from waymark.audit_entry where action = 'people.unassign' and subject = ${personId}`.execute(
        app.db.owner,
      );
    const detail = { kind: 'case_worker', to: app.accountIds.case_worker, consent: 'withdrawn', byWhom: 'self' };
    expect(rows).toEqual([{ actor_id: app.accountIds.district_officer, detail }]);
    // Whoever gave it, whoever had it and the officer are told, by number; nobody else is.
    const line = { number: recordNumber(personId), kind: 'case_worker', byWhom: 'self' };
    expect(await endedTold('district_officer', personId)).toMatchObject([{ ...line, to: 'Ratana', mine: false }]);
    const hers = await (await app.as('case_worker')).get<{ rows: EndedCare[] }>('/api/people/care-ended');
    expect(hers.body.rows[0]).toMatchObject({ kind: 'case_worker', byWhom: 'self', mine: true, personId: null, number: null });
    expect(hers.text).not.toContain(personId);
    expect(await endedTold('data_protection_officer', personId)).toMatchObject([{ ...line, to: null, mine: false }]);
    for (const who of ['other_district_officer', 'partner_provider'] as const)
      expect([who, await endedTold(who, personId)]).toEqual([who, []]);
    for (const who of ['administrator', 'watch_volunteer', 'analyst'] as const)
      expect([who, (await (await app.as(who)).get('/api/people/care-ended')).status]).toEqual([who, 403]);
  });

  it('writes it down herself, is answered once and again, and reads nothing of the record from there on', async () => {
    const personId = await somebody();
    await say(personId, assist());
    await assign(personId);
    const ratana = await app.as('case_worker');
    const no = said(assist({ act: 'withdrawn', observedAt: undefined }));
    for (const _again of [1, 2]) expect(await ratana.post(at(personId, '/consents'), no)).toMatchObject({ status: 201, body: null });
    expect(await sees(personId)).toBe(404);
    expect((await ratana.post(at(personId, '/consents'), said(assist()))).status).toBe(404);
  });

  it('of a child ends with the no of either; where a law asks no guardian, with its own alone', async () => {
    for (const needsConsent of [true, false]) {
      const personId = await somebody('2014-01-01', needsConsent);
      if (needsConsent) for (const byWhom of ['guardian', 'assent']) await say(personId, assist({ byWhom }));
      expect((await assign(personId)).status).toBe(201);
      await say(personId, assist({ byWhom: 'guardian', act: 'withdrawn', observedAt: undefined }));
      expect([needsConsent, await sees(personId)]).toEqual([needsConsent, needsConsent ? 404 : 200]);
      if (needsConsent) continue;
      await say(personId, assist({ byWhom: 'assent', act: 'refused', observedAt: undefined }));
      expect([await sees(personId), (await assign(personId)).status]).toEqual([404, 422]);
      expect(await endedTold('data_protection_officer', personId)).toMatchObject([{ byWhom: 'assent' }]);
    }
  });

  it('is given nobody whose record is used no further', async () => {
    const personId = await somebody('1990-01-01', false);
    const objection = { requestId: uuidv7(), kind: 'objection', byWhom: 'self' };
    await (await app.as('district_officer')).post(at(personId, '/requests'), objection);
    expect((await assign(personId)).body).toMatchObject({ type: '/problems/restricted' });
  });

  it('is told of all that ended, page by page', async () => {
    const som = await app.as('district_officer');
    const page = async (query: string) => (await som.get<EndedCarePage>(`/api/people/care-ended${query}`)).body;
    // All in one moment, as where one file brings what several people said.
    const ids = await Promise.all(Array.from({ length: 5 }, () => somebody()));
    for (const personId of ids)
      await sql`insert into waymark.assignment (region_id, assignment_id, person_id, kind, account_id, given_by, ended_at, ended_by, taken_back_by)
        values (${region()}, ${uuidv7()}, ${personId}, 'case_worker', ${app.accountIds.case_worker}, 'x', date_trunc('minute', now()) - interval '3599.876543 seconds', 'x', 'self')`.execute(
        app.db.owner,
      );
    const all = (await page('?limit=200')).rows.map(({ assignmentId }) => assignmentId);
    const told: string[] = [];
    for (let next: string | null = ''; next !== null;) {
      const answer: EndedCarePage = await page(`?limit=2${next && `&after=${next}`}`);
      told.push(...answer.rows.map(({ assignmentId }) => assignmentId));
      next = answer.next;
    }
    expect([told.length >= 5, told]).toEqual([true, all]);
    for (const [after, status] of [
      ['x', 400],
      ['1_2', 400],
      [`${'9'.repeat(17)}_${uuidv7()}`, 400],
      [`${'9'.repeat(16)}_${uuidv7()}`, 200],
    ] as const)
      expect([after, (await som.get(`/api/people/care-ended?after=${after}`)).status]).toEqual([after, status]);
  });

  it('and a referral that ends by her no stands in the same list', async () => {
    const personId = await somebody();
    await say(personId);
    await refer(personId);
    await say(personId, { act: 'withdrawn', observedAt: undefined });
    expect(await endedTold('district_officer', personId)).toMatchObject([{ kind: 'referral', to: 'Safe Harbour', byWhom: 'self' }]);
  });
});

describe('her telephone number', () => {
  const names = [{ kind: 'official' as const, full: 'Anong Madeup' }];
  const [first, second, guardian] = ['+66811234567', '+66819876543', { name: 'Somebody Madeup', phone: '+66865550000' }];
  const write = async (personId: string, identity: object, more: object = {}) =>
    (await app.as('district_officer')).send<{ version: number }>('PUT', at(personId, '/identity'), { identity, basedOn: 0, ...more });
  const known = async (personId: string, who: PersonName = 'watch_volunteer') =>
    (await (await app.as(who)).get<NamedIdentity>(at(personId, '/identity'))).body;
  const contact = (act = 'given') => ({ purpose: 'contact', act, observedAt: undefined });

  it('is told only while she agrees to be called, and kept by whoever sets her name right meanwhile', async () => {
    const personId = await somebody();
    await write(personId, { names, phones: [first, second], documents: [], guardian });
    expect(await known(personId)).toMatchObject({
      identity: { names, phones: [], guardian: { name: guardian.name } },
      numbersWithheld: true,
    });
    expect(JSON.stringify(await known(personId))).not.toMatch(/\+66/);
    const other = [{ kind: 'official' as const, full: 'Anong Madeupp' }];
    expect(
      (
        await write(
          personId,
          { names: other, phones: [], documents: [], guardian: { name: guardian.name } },
          { basedOn: 1, numbersWithheld: true },
        )
      ).status,
    ).toBe(200);
    await say(personId, contact());
    expect(await known(personId)).toMatchObject({ identity: { names: other, phones: [first, second], guardian }, numbersWithheld: false });
    await say(personId, contact('withdrawn'));
    expect((await known(personId)).identity.phones).toEqual([]);
    // She is found by it all the same.
    const som = await app.as('district_officer');
    const search = await som.post<{ found: { personId: string }[] }>('/api/people/search', { text: first });
    expect(search.body.found.map((each) => each.personId)).toContain(personId);
    expect((await write(personId, { names, phones: [], documents: [] }, { basedOn: 2, dropNumbers: true })).status).toBe(200);
    await say(personId, contact());
    expect(await known(personId)).toMatchObject({ identity: { phones: [] }, numbersWithheld: false });
  });

  it('is never taken for somebody else’s, or lost: as it was told, or said not to be told, when the name was opened', async () => {
    const personId = await somebody(),
      other = { name: 'Another Madeup' };
    let basedOn = 0;
    const set = async (more: object, identity: object) => {
      const answer = await write(personId, { names, phones: [], documents: [], ...identity }, { basedOn, ...more });
      if (answer.status === 200) basedOn = answer.body.version;
      return answer.status;
    };
    /** All that is kept. */
    const kept = async () => {
      await say(personId, contact());
      const { phones, guardian: by } = (await known(personId)).identity;
      await say(personId, contact('withdrawn'));
      return [phones, by];
    };
    const hidden = { numbersWithheld: true },
      third = '+66811111111';
    expect(await set({}, { phones: [first, second], guardian })).toBe(200);
    // Written down anew, each stays; the first that was kept gives way to them. Another guardian is not called by the number of the former.
    expect(await set(hidden, { phones: [third, '+66822222222'], guardian: other })).toBe(200);
    expect(await kept()).toEqual([[third, '+66822222222', second], other]);
    const five = Array.from({ length: 5 }, (_, i) => `+6681000000${i}`);
    expect([await set(hidden, { phones: five }), await kept()]).toEqual([400, [[third, '+66822222222', second], other]]);
    // Nobody says whether she was told them: neither that they stay nor that they go is right.
    expect([await set({}, { phones: [third] }), await set({}, {})]).toEqual([400, 400]);
    // She took one out while it was shown; that calling was refused in between brings it not back.
    expect(await set({ numbersWithheld: false }, { phones: [second], guardian: { ...other, phone: third } })).toBe(200);
    expect(await kept()).toEqual([[second], { ...other, phone: third }]);
    expect(await set(hidden, { guardian: { ...other, phone: first } })).toBe(200);
    expect(await set(hidden, { guardian: other })).toBe(200);
    expect(await kept()).toEqual([[second], { ...other, phone: first }]);
  });

  it('is told on a basis that covers it until she says no, or the record is used no further', async () => {
    const personId = await somebody('1990-01-01', false);
    await write(personId, { names, phones: [first], documents: [] });
    expect((await known(personId)).identity.phones).toEqual([first]);
    const objection = { requestId: uuidv7(), kind: 'objection', byWhom: 'self' };
    const som = await app.as('district_officer');
    await som.post(at(personId, '/requests'), objection);
    expect((await known(personId)).identity.phones).toEqual([]);
    await som.post(at(personId, `/requests/${objection.requestId}/withdrawn`), { version: 1 });
    expect((await known(personId)).identity.phones).toEqual([first]);
    await say(personId, contact('refused'));
    expect((await known(personId)).identity.phones).toEqual([]);
  });
});

describe('on the page with everything that is kept, her telephone numbers', () => {
  const names = [{ kind: 'official' as const, full: 'Anong Madeup' }];
  const numbers = ['+66811234567', '+66819876543', '+66865550000'];
  const near = ['watch_volunteer', 'district_officer', 'coordinator', 'case_worker', 'partner_provider', 'person'] as const;
  const numbered = async (personId: string) => {
    const identity = { names, phones: numbers.slice(0, 2), documents: [], guardian: { name: 'Somebody Madeup', phone: numbers[2] } };
    const client = await app.as('district_officer');
    expect((await client.send('PUT', at(personId, '/identity'), { identity, basedOn: 0 })).status).toBe(200);
    return personId;
  };
  /** Whether this page, and the same as a file, tell all of them; or none, and say that they do not. */
  async function tells(who: PersonName, personId: string): Promise<boolean> {
    const client = await app.as(who);
    const page = await client.get<Printout>(at(personId, '/printout')),
      file = await client.get(at(personId, '/printout.csv'));
    expect([who, page.status, file.status, page.body.identity?.names]).toEqual([who, 200, 200, names]);
    const found = [page, file].map(({ text }) => numbers.filter((each) => text.includes(each)).length);
    const saysSo = [page.body.numbersWithheld, file.text.includes('phone left out')];
    expect([[3, 3, false, false].join(), [0, 0, true, true].join()], who).toContain([...found, ...saysSo].join());
    return found[0] === 3;
  }
  const told = async (personId: string, whom: readonly PersonName[] = near) => {
    const whoIs: PersonName[] = [];
    for (const who of whom) if (await tells(who, personId)) whoIs.push(who);
    return whoIs;
  };
  const handsOver = async (personId: string, who: PersonName, but?: (rights: Set<string>) => unknown) =>
    (await asOfficer(sql`select waymark.may_hand_over_numbers(${region()}, ${personId}) as may`, who, but)).rows;
  const asks = async (personId: string, byWhom: string, kind = 'access') =>
    (await app.as('district_officer')).post<PersonRequest[]>(at(personId, '/requests'), { requestId: uuidv7(), kind, byWhom });

  it('are for herself, and for whoever may hand it to her while she asks to see it; for no organisation she was referred to', async () => {
    const personId = await numbered(await somebody()),
      som = await app.as('district_officer');
    await say(personId, { purpose: 'assist' });
    await som.post(at(personId, '/assignments'), { assignmentId: uuidv7(), accountId: app.accountIds.case_worker });
    await say(personId);
    await refer(personId);
    await sql`insert into waymark.assignment (region_id, assignment_id, person_id, kind, account_id, given_by)
      values (${region()}, ${uuidv7()}, ${personId}, 'self', ${app.accountIds.person}, 'set-up')`.execute(app.db.owner);
    expect(await told(personId)).toEqual(['person']);
    // Nobody else's asking is hers: it may be whoever she wants no call from.
    for (const byWhom of ['other', 'guardian']) expect((await asks(personId, byWhom)).status).toBe(201);
    await asks(personId, 'self', 'complaint');
    expect(await told(personId)).toEqual(['person']);
    const asked = await asks(personId, 'self');
    expect(await told(personId)).toEqual(near.filter((who) => who !== 'partner_provider'));
    // By plain query as well; whatever rights somebody holds beside it one day.
    for (const who of [...near, 'other_district_officer', 'analyst', 'data_protection_officer', 'administrator'] as const)
      expect([who, await handsOver(personId, who)]).toEqual([who, [{ may: near.includes(who as never) && who !== 'partner_provider' }]]);
    expect(await handsOver(personId, 'partner_provider', (rights) => rights.add('erasure.ask'))).toEqual([{ may: false }]);
    expect(await handsOver(personId, 'watch_volunteer', (rights) => rights.delete('erasure.ask'))).toEqual([{ may: false }]);
    // On every other page nothing changed.
    const opened = await (await app.as('watch_volunteer')).get<NamedIdentity>(at(personId, '/identity'));
    expect(opened.body).toMatchObject({ identity: { phones: [] }, numbersWithheld: true });
    const { requestId } = asked.body.find(({ kind, byWhom }) => kind === 'access' && byWhom === 'self')!;
    expect((await som.post(at(personId, `/requests/${requestId}/done`), { version: 1 })).status).toBe(200);
    expect(await told(personId)).toEqual(['person']);
    // Where she agrees to be called, they are told as on every page.
    await say(personId, { purpose: 'contact' });
    expect(await told(personId)).toEqual(near);
    const { rows } = await sql<{ actor: string; numbers: string }>`select distinct actor_id as actor, detail ->> 'numbers' as numbers
      from waymark.audit_entry where action = 'identity.print' and subject = ${personId} order by 1, 2`.execute(app.db.owner);
    const written = (who: PersonName) => rows.filter(({ actor }) => actor === app.accountIds[who]).map((row) => row.numbers);
    expect((['watch_volunteer', 'partner_provider', 'person'] as const).map(written)).toEqual([['agreed', 'all'], ['agreed'], ['all']]);
  });

  it('of a child are told while it asks itself; while a guardian does, only before it is asked at all', async () => {
    const year = new Date().getFullYear();
    const [small, older] = [await numbered(await somebody(`${year - 4}-01-01`)), await numbered(await somebody(`${year - 9}-01-01`))];
    const orn = ['watch_volunteer'] as const;
    // Nobody of four asks for a page; whoever wrote that down left the choice as it stood.
    await asks(small, 'self');
    expect(await told(small, orn)).toEqual([]);
    for (const child of [small, older]) await asks(child, 'guardian');
    expect([await told(small, orn), await told(older, orn)]).toEqual([orn, []]);
    await asks(older, 'self');
    expect(await told(older, orn)).toEqual(orn);
  });

  it('are on it while she asks, also of a record that is used no further, or that was asked for before two of hers were joined', async () => {
    const personId = await numbered(await somebody('1990-01-01', false)),
      joined = await somebody();
    const orn = ['watch_volunteer'] as const;
    expect(await told(personId, orn)).toEqual(orn);
    await asks(personId, 'self', 'objection');
    expect(await told(personId, orn)).toEqual([]);
    await asks(joined, 'self');
    expect(await told(personId, orn)).toEqual([]);
    await sql`update waymark.person set state = 4, state_on = current_date, merged_region = region_id, merged_into = ${personId}
      where person_id = ${joined}`.execute(app.db.owner);
    expect(await told(personId, orn)).toEqual(orn);
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
  it("lets no officer assign or refer without consent, nor make a record somebody's own", async () => {
    const personId = await somebody();
    const insert = (kind: string, account: string | null, organisation: string | null) =>
      asOfficer(sql`insert into waymark.assignment (region_id, assignment_id, person_id, kind, account_id, organisation_id, given_by)
        values (${region()}, ${uuidv7()}, ${personId}, ${kind}, ${account}, ${organisation}, ${app.accountIds.district_officer})`);
    await expect(insert('referral', null, harbour)).rejects.toMatchObject({ code: '42501' });
    await expect(insert('self', app.accountIds.person, null)).rejects.toMatchObject({ code: '42501' });
    await expect(insert('case_worker', app.accountIds.case_worker, null)).rejects.toMatchObject({ code: '42501' });
    await say(personId, { purpose: 'assist' });
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

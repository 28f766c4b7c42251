// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { erasureLists } from '../src/app/erasures.ts';
import { startServer } from '../src/app/server.ts';
import { told } from '../src/app/told.ts';
import { installInstruments } from '../src/risk/server/index.ts';
import { everybody, startApp, testPassword, type TestApp } from './support/app.ts';
import { followEverybody, type Trail } from './support/authorisation-trail.ts';
import { aBasis } from './support/basis.ts';
import { Client } from './support/client.ts';
import { rowsThatHold } from './support/everywhere.ts';
import { testFolder } from './support/folder.ts';
import { heldUp, untilWaiting } from './support/held-up.ts';
import type { Tx } from '../src/platform/server/endpoint.ts';
import type { Impact } from '../src/people/domain/impact.ts';
import type { Printout } from '../src/people/domain/printout.ts';
import { recordNumber } from '../src/platform/domain/record-number.ts';
import type { DueRecord, RetentionRule } from '../src/people/domain/retention.ts';
import { retentionJob } from '../src/people/server/erasure/retention-job.ts';

let app: TestApp, basisId: string, regionId: number;
let trail: Trail;
beforeAll(async () => {
  app = await startApp({ everyRole: true });
  trail = await followEverybody(app, ['watch_volunteer', 'data_protection_officer']);
  await installInstruments(app.db.owner, uuidv7);
  basisId = await aBasis(app.db.owner);
}, 60_000);
afterAll(() => app?.close());

interface Retention {
  readonly rules: readonly RetentionRule[];
  readonly due: readonly DueRecord[];
}
const base = '/api/data-protection/retention';
const kanya = () => app.as('data_protection_officer');

async function register(): Promise<string> {
  const personId = uuidv7();
  const answer = await (
    await app.as('watch_volunteer')
  ).post<{ regionId: number }>('/api/people', {
    householdId: uuidv7(),
    placeId: app.land.eastVillages[0].placeId,
    basisId,
    members: [
      {
        personId,
        sex: 2,
        bornOn: '1990-05-17',
        bornPrecision: 3,
        identity: { names: [{ kind: 'official', full: '=Xanthippe Quillfeather' }], phones: ['081 234 5678'], documents: [] },
        consents: [
          { eventId: uuidv7(), purpose: 'register', act: 'given', byWhom: 'self', way: 'spoken', observedAt: '2026-03-01T03:00:00Z' },
        ],
      },
    ],
  });
  regionId = answer.body.regionId;
  return personId;
}
/** As it became long ago; nobody waits for years in a test. */
const long = (personId: string, state: number, on: string) =>
  sql`update waymark.person set state = ${state}, state_on = ${on}, created_at = ${on}::date - 100 where person_id = ${personId}`.execute(
    app.db.owner,
  );
async function night(): Promise<void> {
  const lists = erasureLists({ db: app.db.app, dataFolder: app.folder, keyFile: app.keyFile });
  const job = retentionJob({ lists, writeDown: told.writeDown });
  await job.handle({}, { db: app.db.jobs, now: () => new Date(), newId: uuidv7, signal: new AbortController().signal });
}
const due = async (): Promise<readonly DueRecord[]> => (await (await kanya()).get<Retention>(base)).body.due;

describe('how long records are kept', () => {
  it('a rule brings whoever it concerns into the queue, once; kept for a reason she leaves it until that day', async () => {
    const gone = await register(),
      here = await register();
    await long(gone, 3, '2020-01-01');
    const officer = await kanya();
    expect((await officer.send<Retention>('PUT', `${base}/left`, { months: 24, action: 'review' })).body.rules).toMatchObject([
      { category: 'left', months: 24 },
    ]);
    await night();
    await night();
    const [found] = await due();
    expect([found, (await due()).length]).toMatchObject([{ personId: gone, category: 'left', sinceOn: '2020-01-01', held: false }, 1]);
    expect((await due()).map(({ personId }) => personId)).not.toContain(here);
    const keep = (untilOn: string) =>
      officer.post<Retention>(`${base}/${regionId}/${gone}/left/keep`, {
        version: found!.version,
        untilOn,
        citation: 'Act of the demo province, section 9',
      });
    expect((await keep('2020-01-01')).status).toBe(400);
    expect((await keep('2099-01-01')).body.due[0]).toMatchObject({ keepUntil: '2099-01-01', version: 2 });
    expect((await keep('2099-01-01')).status).toBe(409);
    const erase = await officer.post(`${base}/${regionId}/${gone}/left/erase`, { version: 2, number: recordNumber(gone) });
    expect(erase.status).toBe(200);
    expect(await rowsThatHold(app.db.owner, gone)).toEqual(['audit_entry', 'erasure']);
    await officer.delete(`${base}/left`);
  });

  it('a rule that erases does it at night, unless a hold stands; a record joined to another goes alone and the person stays', async () => {
    const dead = await register(),
      heldOne = await register(),
      joined = await register(),
      stays = await register();
    for (const each of [dead, heldOne]) await long(each, 2, '2019-05-05');
    // Said of the record that goes: it is to be answered on the one that stays.
    const objection = { requestId: uuidv7(), kind: 'objection', byWhom: 'self' };
    expect((await (await app.as('watch_volunteer')).post(`/api/people/${regionId}/${joined}/requests`, objection)).status).toBe(201);
    await sql`update waymark.person set state = 4, state_on = '2019-05-05', merged_region = region_id, merged_into = ${stays}::uuid where person_id = ${joined}`.execute(
      app.db.owner,
    );
    const officer = await kanya();
    const hold = { holdId: uuidv7(), number: recordNumber(heldOne), citation: 'Court of the demo province, case 4', untilOn: '2099-01-01' };
    expect((await officer.post('/api/data-protection/holds', hold)).status).toBe(201);
    for (const category of ['died', 'merged']) await officer.send('PUT', `${base}/${category}`, { months: 12, action: 'erase' });
    await night();
    const { rows } = await sql<{
      id: string;
    }>`select person_id as id from waymark.person where person_id in (${dead}, ${heldOne}, ${joined}, ${stays})`.execute(app.db.owner);
    expect(rows.map(({ id }) => id).sort()).toEqual([heldOne, stays].sort());
    expect(await rowsThatHold(app.db.owner, dead)).toEqual(['audit_entry', 'erasure']);
    expect(await rowsThatHold(app.db.owner, joined)).toEqual(['audit_entry']);
    const { rows: asked } =
      await sql`select r.state, p.restricted_for from waymark.person_request r join waymark.person p using (region_id, person_id)
      where r.request_id = ${objection.requestId} and r.person_id = ${stays}`.execute(app.db.owner);
    expect(asked).toEqual([{ state: 'open', restricted_for: 'objection' }]);
    expect((await due()).map(({ personId, held }) => [personId, held])).toEqual([[heldOne, true]]);
    expect(readFileSync(join(app.folder, 'erasures.log'), 'utf8')).toContain(` ${dead} `);
    expect(readFileSync(join(app.folder, 'erasures.log'), 'utf8')).not.toContain(joined);
  });
});

describe('while an erasure waits its turn', () => {
  const figures = (tx: Tx) =>
    sql`select pg_advisory_xact_lock(hashtext('waymark.risk:household-28'), ${app.land.east.regionId})`.execute(tx);
  const there = async (personId: string) =>
    (await sql`select from waymark.person where person_id = ${personId}`.execute(app.db.owner)).rows.length === 1;
  const listed = (personId: string) => readFileSync(join(app.folder, 'erasures.log'), 'utf8').includes(personId);
  const keep = async (personId: string, category: string, version: number) =>
    (await kanya()).post(`${base}/${regionId}/${personId}/${category}/keep`, { version, untilOn: '2099-01-01', citation: 'Section 9' });

  it('whoever is kept for longer, or held, is not erased by the rule that made her due, and nothing says that she was', async () => {
    const kept = await register(),
      held = await register();
    for (const each of [kept, held]) await long(each, 3, '2018-01-01');
    const officer = await kanya();
    await officer.send('PUT', `${base}/left`, { months: 12, action: 'review' });
    await night();
    await officer.send('PUT', `${base}/left`, { months: 12, action: 'erase' });
    const hold = { holdId: uuidv7(), number: recordNumber(held), citation: 'Court of the demo province, case 5', untilOn: '2099-01-01' };
    const { atNight } = await heldUp(app.db.owner, figures, async () => {
      const atNight = night();
      await untilWaiting(app.db.owner, 1);
      expect((await keep(kept, 'left', 1)).status).toBe(200);
      expect((await officer.post('/api/data-protection/holds', hold)).status).toBe(201);
      return { atNight };
    });
    await atNight;
    for (const each of [kept, held]) expect([await there(each), listed(each)]).toEqual([true, false]);
    const { rows } =
      await sql`select from waymark.audit_entry where subject in (${kept}, ${held}) and action in ('erasure.done', 'retention.tidied')`.execute(
        app.db.owner,
      );
    expect(rows).toEqual([]);
    expect((await officer.post(`/api/data-protection/holds/${regionId}/${hold.holdId}/end`, { version: 1 })).status).toBe(200);
    await officer.delete(`${base}/left`);
  });

  it('Kanya who ordered it is told that it was decided otherwise meanwhile', async () => {
    const her = await register();
    await long(her, 3, '2018-01-01');
    const officer = await kanya();
    await officer.send('PUT', `${base}/left`, { months: 12, action: 'review' });
    await night();
    const { ordered } = await heldUp(app.db.owner, figures, async () => {
      const ordered = officer.post<{ type: string }>(`${base}/${regionId}/${her}/left/erase`, { version: 1, number: recordNumber(her) });
      await untilWaiting(app.db.owner, 1);
      expect((await keep(her, 'left', 1)).status).toBe(200);
      return { ordered };
    });
    const { status, body } = await ordered;
    expect([status, body.type, await there(her), listed(her)]).toEqual([409, '/problems/changed-meanwhile', true, false]);
    await officer.delete(`${base}/left`);
    await night();
  });
});

describe('what somebody is told of her record', () => {
  it('everything but private answers by her officer, everything by herself; written down as a print', async () => {
    const her = await register();
    const orn = await app.as('watch_volunteer');
    const visited = await orn.post('/api/assessments', {
      assessmentId: uuidv7(),
      subjectKind: 'person',
      subjectId: her,
      regionId,
      instrument: 'household-28',
      answers: { school_attendance: 3, stigma_or_past_exploitation: 3 },
      observedAt: '2026-03-01T09:00:00Z',
    });
    expect(visited.status).toBeLessThan(300);
    await sql`insert into waymark.assignment (region_id, assignment_id, person_id, kind, account_id, given_by)
      values (${regionId}, ${uuidv7()}, ${her}, 'self', ${app.accountIds.person}, 'set-up')`.execute(app.db.owner);
    const path = `/api/people/${regionId}/${her}/printout`;
    const byOfficer = await orn.get<Printout>(path);
    expect([byOfficer.status, byOfficer.body.identity?.names[0]?.full]).toEqual([200, '=Xanthippe Quillfeather']);
    const fah = await app.as('person');
    const bySelf = await fah.get<Printout>(`${path}?locale=th`);
    // Two private questions about the household are on nobody's page: somebody else of it may have answered (test/own-household.test.ts).
    expect(bySelf.body.instruments[0]!.hidden).toBe(2);
    expect(byOfficer.body.instruments[0]!.hidden).toBeGreaterThan(2);
    const answered = (printout: Printout) => printout.instruments.flatMap(({ answers }) => answers).length;
    expect([answered(byOfficer.body), answered(bySelf.body)]).toEqual([1, 2]);
    expect(bySelf.body.readings).toMatchObject([
      { role: 'person', times: 1 },
      { role: 'watch_volunteer', action: 'identity.print', times: 1 },
    ]);
    const file = await fah.get(`${path}.csv`);
    expect(file.text).toContain("'=Xanthippe Quillfeather");
    const { rows } = await sql<{
      n: number;
    }>`select count(*)::int as n from waymark.audit_entry where action = 'identity.print' and subject = ${her}`.execute(app.db.owner);
    expect(rows[0]?.n).toBe(3);
  });
});

describe('the data protection impact page', () => {
  it('says what is set, what is counted, and what follows from it', async () => {
    const { body, status } = await (await kanya()).get<Impact>('/api/data-protection/impact');
    const inThai = await (await kanya()).get<Impact>('/api/data-protection/impact?locale=th');
    expect(inThai.body.asked.map(({ title }) => title)).toEqual(['แบบประเมินครัวเรือน 28 ข้อ']);
    expect(status).toBe(200);
    const codes = body.risks.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['role-without-second-proof', 'basis-without-consent', 'no-retention-rule']));
    expect(body.asked[0]?.private.length).toBeGreaterThan(3);
    expect(body.numbers).toMatchObject({ holds: 1, demo: false, peopleKept: true });
    expect(body.numbers.vaultKey?.id).toMatch(/./);
  });

  it('is another page under another configuration, value by value, and the same in everything else', async () => {
    const read = async (from: Client) => (await from.get<Impact>('/api/data-protection/impact')).body;
    const officer = await kanya(),
      nok = await app.as('administrator');
    const before = await read(officer);
    expect(before.otherService).toBeNull();
    const limits = { peopleInTenMinutes: 77, peopleInADay: 555, searchesInAMinute: 9 };
    const basis = {
      basisId: uuidv7(),
      title: 'Consent of each',
      ground: 'consent',
      citation: 'Act, section 2',
      purposes: ['register'],
      needsConsent: true,
      fromOn: '2021-01-01',
    };
    for (const done of [
      await officer.send('PUT', `${base}/left`, { months: 36, action: 'erase' }),
      await officer.delete(`${base}/merged`),
      await officer.post('/api/data-protection/holds', {
        holdId: uuidv7(),
        number: recordNumber(await register()),
        citation: 'Court, case 5',
        untilOn: '2099-01-01',
      }),
      await officer.post('/api/people/bases', basis),
      await officer.post(`/api/people/bases/${basisId}/end`, { version: before.bases[0]!.version }),
      await nok.patch('/api/people/reading-limits', limits),
      await nok.send('PUT', '/api/role-policy/case_worker', { asked: true }),
      await nok.patch(`/api/accounts/${app.accountIds.hotline_operator}`, { version: 1, disabled: true }),
    ])
      expect([done.status < 300, done.text]).toEqual([true, done.text]);
    await sql`update waymark.installation set people_kept = false`.execute(app.db.owner);
    const after = await read(officer);
    const { records, people, households, identities } = before.numbers;
    const { hotline_operator: _gone, ...accounts } = before.numbers.accounts;
    const unproved = (impact: Impact) => impact.risks.flatMap((risk) => (risk.code === 'role-without-second-proof' ? [risk.roles] : []))[0];
    expect(after).toEqual({
      ...before,
      madeAt: after.madeAt,
      sealed: after.sealed,
      limits,
      otherService: null,
      rules: [
        { category: 'died', months: 12, action: 'erase', since: expect.any(String) },
        { category: 'left', months: 36, action: 'erase', since: expect.any(String) },
      ],
      bases: expect.toSatisfy((bases: Impact['bases']) =>
        bases.every((each) => (each.basisId === basisId ? each.endedAt !== null : each.title === basis.title && each.needsConsent)),
      ),
      roles: before.roles.map((each) => (each.role === 'case_worker' ? { ...each, secondProof: true } : each)),
      numbers: {
        ...before.numbers,
        accounts,
        peopleKept: false,
        holds: 2,
        records: records + 1,
        people: people + 1,
        households: households + 1,
        identities: identities + 1,
        unfounded: people + 1,
      },
      risks: [
        { code: 'records-without-basis', n: people + 1 },
        { code: 'role-without-second-proof', roles: unproved(before)!.filter((role) => role !== 'case_worker') },
        { code: 'no-retention-rule', categories: ['not_assessed', 'merged', 'withdrawn'] },
        { code: 'due', n: 1 },
      ],
    });
  });

  it.each([
    [['mfa'], true],
    [[], false],
  ])('says which other service vouches for people, and whether %j makes its second proof count', async (countsAsProof, counts) => {
    const singleSignOn = { issuer: 'https://id.example.org', clientId: 'waymark', clientSecret: null, label: 'Ministry', countsAsProof };
    const folder = testFolder('waymark-impact-');
    const server = await startServer({
      urls: app.db.urls,
      port: 0,
      host: '127.0.0.1',
      dataFolder: folder,
      keyFile: app.keyFile,
      webDir: null,
      jobs: false,
      signInsPerMinute: 10_000,
      checkAnswers: true,
      log: pino({ level: 'silent' }),
      singleSignOn,
    });
    try {
      const officer = await new Client(server.url).signIn(everybody.data_protection_officer.userName, testPassword);
      const { body } = await officer.get<Impact>('/api/data-protection/impact');
      expect(body.otherService).toEqual({ label: 'Ministry', countsAsProof: counts });
    } finally {
      await server.close();
    }
  });
});

it('whatever was changed here stands in the record of use', () => {
  expect(trail.silent).toEqual([]);
});

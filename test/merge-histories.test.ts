// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MergeView } from '../src/people/domain/duplicate.ts';
import { mergeFields, type MergeField } from '../src/people/domain/merge.ts';
import type { PersonRequest } from '../src/people/domain/request.ts';
import { installInstruments } from '../src/risk/server/index.ts';
import { startApp, type TestApp } from './support/app.ts';
import type { Client } from './support/client.ts';
import { heldUp, untilWaiting } from './support/held-up.ts';
import { at, identityOf, mergeBody, of, said, writtenTwice, type Made, type WrittenTwice } from './support/written-twice.ts';

let app: TestApp;
let twice: WrittenTwice;
beforeAll(async () => {
  app = await startApp({ everyRole: true });
  await installInstruments(app.db.owner, uuidv7);
  twice = await writtenTwice(app);
}, 60_000);
afterAll(() => app?.close());

const indicators = ['school_attendance', 'birth_registration', 'household_debt'] as const;
const day = fc.integer({ min: 1, max: 28 }).map((on) => `2026-02-${String(on).padStart(2, '0')}T03:00:00Z`);
const step = fc.oneof(
  fc.record({ kind: fc.constant('answer' as const), who: fc.nat(1), day, score: fc.integer({ min: 1, max: 3 }), corrects: fc.boolean() }),
  fc.record({
    kind: fc.constant('word' as const),
    who: fc.nat(1),
    day,
    purpose: fc.constantFrom('share', 'contact', 'register', 'assist'),
    act: fc.constantFrom('given', 'refused', 'withdrawn'),
  }),
);
/** A no of the one to being recorded would keep answers from the other while they are joined. */
const mild = step.filter((each) => each.kind !== 'word' || each.purpose !== 'register');
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function go(people: readonly Made[], steps: readonly Step[]): Promise<void> {
  const mali = await app.as('coordinator');
  const last = new Map<number, { id: string; day: string }>();
  for (const each of steps) {
    const made = people[each.who]!;
    if (each.kind === 'word') {
      const { status } = await mali.post(`${at(made)}/consents`, said({ purpose: each.purpose, act: each.act, observedAt: each.day }));
      expect(status).toBe(201);
      continue;
    }
    // Whose consent was taken back is asked nothing more, also after two records were joined.
    if ((await twice.recordOf('coordinator', made)).restricted) {
      const body = {
        assessmentId: uuidv7(),
        subjectKind: 'person',
        subjectId: made.personId,
        regionId: made.regionId,
        instrument: 'household-28',
      };
      const refused = await mali.post('/api/assessments', { ...body, answers: { [indicators[0]]: each.score }, observedAt: each.day });
      expect(refused.status).toBe(409);
      continue;
    }
    const before = each.corrects ? last.get(each.who) : undefined;
    const id = await twice.assess(made, { [indicators[0]]: each.score }, before?.day ?? each.day, before?.id);
    last.set(each.who, { id, day: before?.day ?? each.day });
  }
}

let nth = 0;
/** Two of the same name and number, in different villages, found to be alike. */
async function twoAlike(more = 0): Promise<Made[]> {
  const phone = `08${String(10_000_000 + nth).padStart(8, '0')}`;
  const name = `Nari${'bcdfghjklm'[nth % 10]}a Thong${'aeiou'[nth++ % 5]}dee`;
  const one = await twice.register('coordinator', app.land.eastVillages[0].placeId, identityOf(name, { phones: [phone] }));
  const others = [];
  for (let i = 0; i <= more; i++)
    others.push(
      await twice.register(
        'coordinator',
        app.land.westVillages[i % 2]!.placeId,
        identityOf(`${name}${i}`, { phones: [phone, `099${phone.slice(3)}`], address: 'by the well' }),
        {
          sex: 0,
        },
      ),
    );
  await twice.compare();
  return [one, ...others];
}

async function merge(stays: Made, other: Made, take: readonly MergeField[]): Promise<string> {
  const mali = await app.as('coordinator');
  const [pair] = of(await twice.queue('coordinator', '?limit=100'), stays, other);
  const body = mergeBody(pair!, { stays: pair!.a.personId === stays.personId ? 'a' : 'b', take });
  const { status, body: merged, text } = await mali.post<{ mergeId: string }>(`/api/people/duplicates/${pair!.pairId}/merge`, body);
  expect([status, text]).toEqual([200, text]);
  return merged.mergeId;
}
const takeBack = async (stays: Made, mergeId: string) =>
  (await app.as('coordinator')).post<{ merges: MergeView[] }>(`${at(stays)}/merges/${mergeId}/take-back`);

it('whatever happened to two records, joined and taken apart they are as they were, and so are the figures', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 6 }), fc.subarray([...mergeFields]), async (steps, take) => {
      const [one, two] = (await twoAlike()) as [Made, Made];
      await go([one, two], steps);
      const before = await twice.picture(one, two);
      const mergeId = await merge(one, two, take);
      expect(await twice.picture(one, two)).not.toEqual(before);
      expect((await takeBack(one, mergeId)).status).toBe(200);
      expect(await twice.picture(one, two)).toEqual(before);
    }),
    { numRuns: 6 },
  );
}, 120_000);

it('what happens to the joined record stays with it, as if it had happened there without the other', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(mild, { maxLength: 3 }), fc.array(mild, { minLength: 1, maxLength: 3 }), async (before, since) => {
      const [one, two] = (await twoAlike()) as [Made, Made];
      await go([one, two], before);
      const mergeId = await merge(one, two, []);
      const later = since.map((each) => ({ ...each, who: 0, corrects: false }));
      await go([one, two], later);
      await takeBack(one, mergeId);
      const apart = (await twice.picture(one, two)) as { standings: { subject_id: string }[]; consents: { person_id: string }[] };
      const [three, four] = (await twoAlike()) as [Made, Made];
      await go([three, four], [...before, ...later]);
      const plain = (await twice.picture(three, four)) as typeof apart;
      const bare = (rows: readonly object[], ids: readonly Made[]) =>
        rows.map((row) => JSON.stringify(row).replaceAll(ids[0]!.personId, 'one').replaceAll(ids[1]!.personId, 'two')).sort();
      expect(bare(apart.standings, [one, two])).toEqual(bare(plain.standings, [three, four]));
      expect(apart.consents.length).toBe(plain.consents.length);
    }),
    { numRuns: 4 },
  );
}, 120_000);

it('a no on one of two records stands on the joined one, and on that one alone when they are two again', async () => {
  const [one, two] = (await twoAlike()) as [Made, Made];
  await go([one, two], [{ kind: 'answer', who: 1, day: '2026-02-03T03:00:00Z', score: 3, corrects: false }]);
  const mali = await app.as('coordinator');
  const restricted = async () => {
    const both = [await twice.recordOf('coordinator', one), await twice.recordOf('coordinator', two)];
    return both.map((each) => each.restricted);
  };
  const requests = async (made: Made) => (await mali.get<PersonRequest[]>(`${at(made)}/requests`)).body;
  const objection = { requestId: uuidv7(), kind: 'objection', byWhom: 'self' };
  expect((await mali.post(`${at(two)}/requests`, objection)).status).toBe(201);
  // The one is accompanied, and the other said no to that.
  const care = { assignmentId: uuidv7(), accountId: app.accountIds.case_worker };
  expect((await mali.post(`${at(one)}/assignments`, care)).status).toBe(201);
  const no = said({ purpose: 'assist', act: 'refused', observedAt: '2026-03-01T03:00:00Z' });
  expect((await mali.post(`${at(two)}/consents`, no)).status).toBe(201);
  const accompanied = async () => (await twice.recordOf('coordinator', one)).assignments.length;
  const before = await twice.picture(one, two);
  const merged = await merge(one, two, []);
  expect([await restricted(), await accompanied()]).toEqual([['objection', 'objection'], 0]);
  await takeBack(one, merged);
  expect(await accompanied()).toBe(1);
  expect(await restricted()).toEqual([null, 'objection']);
  expect(await twice.picture(one, two)).toEqual(before);
  // Taken back where it was said, it ends on both.
  const again = await merge(one, two, []);
  expect((await mali.post(`${at(two)}/requests/${objection.requestId}/withdrawn`, { version: 1 })).status).toBe(200);
  expect(await restricted()).toEqual([null, null]);
  await takeBack(one, again);
  // The same by a word on consent, which is copied; what is asked by it is asked once.
  expect((await mali.post(`${at(two)}/consents`, said({ act: 'withdrawn', observedAt: '2026-03-02T03:00:00Z' }))).status).toBe(201);
  const last = await merge(one, two, []);
  expect(await restricted()).toEqual(['withdrawal', 'withdrawal']);
  expect(await requests(one)).toEqual([]);
  expect((await requests(two)).filter(({ state }) => state === 'open')).toMatchObject([{ kind: 'erasure' }]);
  await takeBack(one, last);
  expect(await restricted()).toEqual([null, 'withdrawal']);
}, 60_000);

it('what she herself said no to meanwhile does not begin again when they are two again, nor where she said yes later', async () => {
  const mali = await app.as('coordinator');
  const { rows } = await sql<{ id: string }>`select organisation_id as id from waymark.organisation where name = 'Safe Harbour'`.execute(
    app.db.owner,
  );
  const organisationId = rows[0]!.id;
  for (const yesAfter of [false, true]) {
    const [one, two] = (await twoAlike()) as [Made, Made];
    const says = async (made: Made, purpose: string, act: string, observedAt?: string) =>
      expect((await mali.post(`${at(made)}/consents`, said({ purpose, act, observedAt }))).status).toBe(201);
    await says(one, 'share', 'given');
    for (const to of [{ accountId: app.accountIds.case_worker }, { organisationId }])
      expect((await mali.post(`${at(one)}/assignments`, { assignmentId: uuidv7(), ...to })).status).toBe(201);
    for (const purpose of ['assist', 'share']) await says(two, purpose, 'refused', '2026-03-05T03:00:00Z');
    const seen = async () =>
      Promise.all((['case_worker', 'partner_provider'] as const).map(async (who) => (await (await app.as(who)).get(at(one))).status));
    expect(await seen()).toEqual([200, 200]);
    const merged = await merge(one, two, []);
    expect(await seen()).toEqual([404, 404]);
    for (const purpose of ['assist', 'share']) await says(one, purpose, 'withdrawn');
    if (yesAfter) for (const purpose of ['assist', 'share']) await says(one, purpose, 'given');
    expect((await takeBack(one, merged)).status).toBe(200);
    expect([yesAfter, await seen()]).toEqual([yesAfter, [404, 404]]);
    const care = await sql`select kind, ended_at is not null as ended, ended_batch, taken_back_by from waymark.assignment
      where person_id = ${one.personId} order by kind`.execute(app.db.owner);
    const ended = { ended: true, ended_batch: null, taken_back_by: 'self' };
    expect(care.rows).toEqual(['case_worker', 'referral'].map((kind) => ({ kind, ...ended })));
  }
}, 60_000);

it('of two merges into one record the later is taken back first, and then nothing is left of either', async () => {
  const [one, two, three] = (await twoAlike(1)) as [Made, Made, Made];
  await go([two, three], [{ kind: 'answer', who: 0, day: '2026-02-03T03:00:00Z', score: 3, corrects: false }]);
  const before = await twice.picture(one, two, three);
  const first = await merge(one, two, ['place', 'bornOn']);
  await twice.compare();
  const second = await merge(one, three, ['sex', 'household']);
  expect((await takeBack(one, first)).status).toBe(409);
  expect((await takeBack(one, second)).status).toBe(200);
  expect((await takeBack(one, first)).status).toBe(200);
  expect(await twice.picture(one, two, three)).toEqual(before);
}, 60_000);

interface Refused {
  readonly type?: string;
  readonly detail?: string;
  readonly joined?: { readonly regionId: number; readonly personId: string };
}
const words = { purpose: 'share', act: 'refused' };
/** Everything that is written on a record, with an id of its own each time. */
const writesOn = (made: Made, client: Client): readonly (readonly [what: string, () => Promise<{ status: number; body: Refused }>])[] => {
  const visit = { assessmentId: uuidv7(), subjectKind: 'person', subjectId: made.personId, regionId: made.regionId };
  const answers = { instrument: 'household-28', answers: { school_attendance: 3 }, observedAt: '2026-02-09T03:00:00Z' };
  const no = said(words),
    request = { requestId: uuidv7(), kind: 'correction', about: 'birth', byWhom: 'self', saidOn: '2026-02-09' };
  const name = { identity: identityOf('Nari Somewhere'), basedOn: 1 };
  return [
    ['answers', () => client.post<Refused>('/api/assessments', { ...visit, ...answers })],
    ['a no', () => client.post<Refused>(`${at(made)}/consents`, no)],
    ['a request', () => client.post<Refused>(`${at(made)}/requests`, request)],
    ['care', () => client.post<Refused>(`${at(made)}/assignments`, { assignmentId: uuidv7(), accountId: app.accountIds.case_worker })],
    ['a name', () => client.send<Refused>('PUT', `${at(made)}/identity`, name)],
  ];
};

describe('on a record that was joined with another', () => {
  it('nothing is written that would count for nothing: whoever was about to is told where it belongs, and sends it there', async () => {
    const [one, two] = (await twoAlike()) as [Made, Made];
    const mali = await app.as('coordinator');
    const before = await twice.recordOf('coordinator', two);
    // The merge stands still where figures follow it, and everybody who writes meanwhile behind it.
    const { merged, written } = await heldUp(
      app.db.owner,
      (tx) => sql`select pg_advisory_xact_lock(hashtext('waymark.risk:household-28'), ${app.land.east.regionId})`.execute(tx),
      async () => {
        const merged = merge(one, two, []);
        await untilWaiting(app.db.owner, 1);
        const writes = writesOn(two, mali);
        const written = Promise.all(writes.map(async ([what, write]) => [what, await write()] as const));
        await untilWaiting(app.db.owner, 1 + writes.length);
        return { merged, written };
      },
    );
    await merged;
    for (const [what, { status, body }] of await written)
      expect([what, status, body.type, body.joined]).toEqual([
        what,
        409,
        '/problems/changed-meanwhile',
        { regionId: one.regionId, personId: one.personId },
      ]);
    const now = await twice.recordOf('coordinator', two);
    expect([now.consents, now.assignments]).toEqual([before.consents, []]);
    const { joined } = (await written)[0]![1].body;
    for (const [what, write] of writesOn({ ...one, ...joined }, mali)) {
      const { status } = await write();
      expect([what, status]).toEqual([what, what === 'a name' ? 409 : 201]);
    }
    const stays = await twice.recordOf('coordinator', one);
    expect(stays.consents).toContainEqual(expect.objectContaining(words));
  }, 60_000);

  it('nor is she corrected, moved, or said to have died or left, from a page that was opened before', async () => {
    const [one, two] = (await twoAlike()) as [Made, Made];
    const mali = await app.as('coordinator');
    const { version } = await twice.recordOf('coordinator', two);
    await merge(one, two, []);
    const before = await twice.recordOf('coordinator', two);
    const onDate = '2026-02-10',
      to = { placeId: app.land.eastVillages[1].placeId, householdId: null };
    // With what the page knew, and once more after it was read anew.
    for (const known of [version, before.version])
      for (const [what, write] of [
        ['birth', () => mali.send<Refused>('PATCH', at(two), { bornOn: '1985-01-01', version: known })],
        ['death', () => mali.post<Refused>(`${at(two)}/state`, { state: 'died', onDate, version: known })],
        ['left', () => mali.post<Refused>(`${at(two)}/state`, { state: 'left', onDate, version: known })],
        ['move', () => mali.post<Refused>(`${at(two)}/move`, { ...to, onDate, version: known })],
      ] as const) {
        const { status, body } = await write();
        expect([what, status, body.joined]).toEqual([what, 409, { regionId: one.regionId, personId: one.personId }]);
      }
    expect(await twice.recordOf('coordinator', two)).toEqual(before);
  }, 60_000);

  it('what had been written before is not refused when it is sent again', async () => {
    const [one, two] = (await twoAlike()) as [Made, Made];
    const mali = await app.as('coordinator');
    const [answers, no] = writesOn(two, mali);
    for (const [, write] of [answers!, no!]) expect((await write()).status).toBe(201);
    await merge(one, two, []);
    for (const [what, write] of [answers!, no!]) expect([what, (await write()).status]).toEqual([what, 201]);
  }, 60_000);

  it('outside her area Dao is not told where, and what somebody asks for is written down all the same', async () => {
    const [one, two] = (await twoAlike()) as [Made, Made];
    await merge(one, two, []);
    const dao = await app.as('other_coordinator');
    const done = [];
    for (const [what, write] of writesOn(two, dao)) {
      const { status, body } = await write();
      done.push([what, status, body.joined]);
      if (status === 409) expect(body.detail).toContain('outside your area');
    }
    expect(done).toEqual([
      ['answers', 409, undefined],
      ['a no', 409, undefined],
      ['a request', 201, undefined],
      ['care', 409, undefined],
      ['a name', 409, undefined],
    ]);
  }, 60_000);

  it('a no that is said while they are being joined stands on the one that stays', async () => {
    const [one, two] = (await twoAlike()) as [Made, Made];
    const merged = await heldUp(
      app.db.owner,
      (tx) => sql`select from waymark.person where person_id = ${two.personId} for update`.execute(tx),
      async (tx) => {
        const merged = merge(one, two, []);
        await untilWaiting(app.db.owner, 1);
        await sql`insert into waymark.consent_event (region_id, event_id, person_id, purpose, act, by_whom, way, observed_at, actor_id)
          values (${two.regionId}, ${uuidv7()}, ${two.personId}, 'share', 'refused', 'self', 'spoken', now(), 'x')`.execute(tx);
        return { merged };
      },
    );
    await merged.merged;
    const { consents } = await twice.recordOf('coordinator', one);
    expect(consents).toContainEqual(expect.objectContaining(words));
  }, 60_000);
});

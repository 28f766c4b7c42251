// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync } from 'node:fs';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRight } from '../src/access/domain/rights.ts';
import type { AuditPage } from '../src/audit/domain/audit-entry.ts';
import { recordNumber } from '../src/platform/domain/record-number.ts';
import { problemCatalogue } from '../src/platform/domain/problem.ts';
import type { Rule } from '../src/platform/server/endpoint.ts';
import type { ApiDocument } from '../src/platform/server/openapi.ts';
import { everybody as cast, type PersonName } from './support/app.ts';
import { Changes } from './support/authorisation-changes.ts';
import { expectations, type Expectation, type From, type Shown } from './support/authorisation-expectations.ts';
import { fillTables } from './support/authorisation-filled.ts';
import { rejectedCode } from './support/authorisation-fresh.ts';
import { nothing, type Fresh } from './support/authorisation-passing.ts';
import { followEverybody, leaveNoTrace, type Trail } from './support/authorisation-trail.ts';
import { householdsKnownTo, knownTo, makeWorld, passingKnownTo, type World } from './support/authorisation-world.ts';
import type { Answer } from './support/client.ts';

/**
 * Every operation that the API describes, walked by everybody: each role at home, somebody of the next district, and a stranger. What is
 * not described cannot be walked, so first of all: what is described is all there is.
 */
let world: World;
let document: ApiDocument;
let trail: Trail;
let changes: Changes;
beforeAll(async () => {
  world = await makeWorld();
  await fillTables(world);
  document = (await world.app.anonymous().get<ApiDocument>('/api/openapi.json')).body;
  trail = await followEverybody(world.app, everybody, world.names);
  changes = await Changes.follow(world.app.db.owner);
}, 120_000);
afterAll(() => world?.app.close());

const everybody = Object.keys(cast) as PersonName[];
const everyone = () => [...world.eastPeople, ...world.westPeople];
const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`,
      operation,
    })),
  );
const problem = (answer: Answer) => answer.body as { type?: string; status?: number } | null;

/** Answers that the walk does not look into; each with why. */
const shownElsewhere: Readonly<Record<string, string>> = {
  'GET /api/people/report.xlsx': 'packed; the same rows as the CSV',
  'GET /api/map.xlsx': 'packed; the same rows as the CSV',
  'GET /api/audit/unusual-days': 'nothing unusual happens within one walk (src/audit/server/reads.test.ts)',
};

/** Writes that are let through and write nothing but the record of use; each with why. */
const writesNothing: Readonly<Record<string, string>> = {
  'POST /api/accounts/import': 'the walk only tries its file (src/access/server/user-import.test.ts)',
  'POST /api/auth/passkey/options': 'a challenge, kept nowhere',
  'POST /api/auth/sign-out': 'said by nobody who is signed in, so that the walk goes on (src/access/server/sign-in.test.ts)',
  'POST /api/imports/preview': 'reads the first rows of a file that the asker brought',
  'POST /api/me/app': 'a secret on its way, kept nowhere before its first code',
  'POST /api/me/passkeys/options': 'a challenge, kept nowhere',
  'POST /api/me/proof/passkey/options': 'a challenge, kept nowhere',
};

/** Whatever is refused tells nothing: no name of a place or of a colleague, no id of a person. */
function expectSilence(answer: Answer, { personId, otherId }: Fresh = nothing): void {
  const { land } = world.app;
  const words = [land.province, land.east, land.west, ...land.eastVillages, ...land.westVillages].map((place) => place.name);
  const colleagues = Object.values(cast).map((person) => `"${person.displayName}"`);
  const never = [
    ...words,
    ...colleagues,
    ...everyone(),
    ...everyone().map(recordNumber),
    ...world.names.values(),
    ...Object.values(world.households),
    rejectedCode,
    ...[personId, otherId].filter(Boolean).flatMap((each) => [each, recordNumber(each)]),
  ];
  expect([never.filter((word) => answer.text.includes(word)), answer.text]).toEqual([[], answer.text]);
}

/** No answer to anybody names people whom she may not know of. */
function expectNoOthers(answer: Answer, who: PersonName): void {
  const known = new Set([...knownTo(world, who), ...passingKnownTo(world, who)]);
  const unknown = [...everyone(), ...world.passing.sides.keys()].filter((id) => !known.has(id));
  const households = Object.values(world.households).filter((id) => !householdsKnownTo(world, who).includes(id));
  // Nobody but those who may read names, whoever may know of the record.
  const unnamed = (who === 'data_protection_officer' ? [...world.names.keys()] : unknown).map((id) => world.names.get(id)!);
  const never = [...unknown, ...unknown.map(recordNumber), ...unnamed, ...households];
  expect([who, never.filter((word) => answer.text.includes(word)), answer.text]).toEqual([who, [], answer.text]);
}

/** An answer holds what it is asked for: whose record, whose name, which figure. */
function expectShown(name: string, who: PersonName, { status, text, body }: Answer, shown: Shown): void {
  const here = `${name} by ${who}`;
  const those = (of: (id: string) => string) => everyone().filter((id) => text.includes(of(id)));
  const inOrder = (ids: readonly string[]) => everyone().filter((id) => ids.includes(id));
  if (shown.body) expect({ here, status, body }).toMatchObject({ here, body: shown.body });
  expect([here, (shown.text ?? []).filter((word) => !text.includes(word))]).toEqual([here, []]);
  expect([here, (shown.hides ?? []).filter((word) => text.includes(word))]).toEqual([here, []]);
  for (const [ids, of] of [
    [shown.people, (id: string) => id],
    [shown.named, (id: string) => world.names.get(id) ?? ''],
    [shown.numbered, recordNumber],
  ] as const)
    if (ids) expect([here, those(of), text]).toEqual([here, inOrder(ids), text]);
}

describe('the description of the API', () => {
  it('states a rule for every operation, with a right that exists', () => {
    expect(document.openapi).toBe('3.1.0');
    for (const { name, operation } of operations()) {
      const rule: Rule | undefined = operation['x-waymark-rule'];
      expect([name, rule?.may]).toEqual([name, expect.any(String)]);
      expect([name, rule?.may === 'public' || rule?.may === 'signed-in' || isRight(rule?.may ?? '')]).toEqual([name, true]);
      expect([name, operation.summary]).toEqual([name, expect.stringMatching(/\S/)]);
    }
  });

  it('and this walk know the same operations', () => {
    for (const { name } of operations())
      expect(Object.keys(expectations), `test/support/authorisation-expectations.ts says nothing of ${name}`).toContain(name);
  });

  it('says what stands in every answer, or why that is tried elsewhere', () => {
    const silent = operations()
      .map(({ name }) => ({ name, ...expectations[name] }))
      .filter(({ status = 0, shows, afterwards }) => status < 300 && !shows && !(status === 204 ? true : afterwards))
      .map(({ name }) => name);
    expect(silent.toSorted()).toEqual(Object.keys(shownElsewhere).toSorted());
  });

  it('is walked to a success by whoever is let through, or says where that is shown', () => {
    for (const { name } of operations()) {
      const { status = 0, elsewhere } = expectations[name] ?? {};
      expect([name, status >= 300, elsewhere?.why]).toEqual([name, elsewhere !== undefined, elsewhere && expect.stringMatching(/\S/)]);
      if (elsewhere) expect([name, elsewhere.test, existsSync(elsewhere.test)]).toEqual([name, elsewhere.test, true]);
    }
  });

  it('documents every problem that there is', async () => {
    const schema = document.components?.schemas?.['Problem'] as { properties: { type: { enum: string[] } } };
    for (const code of Object.keys(problemCatalogue)) {
      expect(schema.properties.type.enum).toContain(`/problems/${code}`);
      const page = await world.app.anonymous().get(`/problems/${code}`);
      expect([code, page.status, page.text.includes(`<code>${code}</code>`)]).toEqual([code, 200, true]);
    }
    expect(schema.properties.type.enum).toHaveLength(Object.keys(problemCatalogue).length);
    expect((await world.app.anonymous().get('/problems/no-such-problem')).status).toBe(404);
  });

  it('can be read by people too', async () => {
    const page = await world.app.anonymous().get('/api');
    expect(page.headers.get('content-type')).toMatch('text/html');
    for (const { name } of operations()) expect(page.text).toContain(`<code>${name.replace(/:(\w+)/g, '{$1}')}</code>`);
    expect(page.text).not.toContain('<script');
  });
});

describe('every operation, by everybody', () => {
  it('lets in whom it should, tells the others nothing, and keeps each to her own area', async () => {
    for (const { name } of operations()) {
      const expected = expectations[name];
      if (!expected) throw new Error(`no expectation for ${name}`);
      // It would do for whoever is let through: everybody else is refused for who she is, and uses nothing up.
      const untouched = await freshFor(expected, 'anonymous');
      await walkStranger(name, expected, untouched);
      for (const who of everybody) await walkPerson(name, expected, who, untouched);
    }
  }, 360_000);

  it('that was let through wrote something, unless it says why not', () => {
    expect([...changed.idle].toSorted()).toEqual(Object.keys(writesNothing).toSorted());
    expect(changed.wrote).toBeGreaterThan(60);
  });

  it('that changed something or told a name stands in the record of use, with who did it and whose name it was', () => {
    expect(trail.faults).toEqual([]);
    expect(trail.written.size).toBeGreaterThan(60);
    expect(trail.named).toBeGreaterThan(100);
    // Whatever leaves a trace after all needs no excuse any more.
    expect(Object.keys(leaveNoTrace).filter((name) => !trail.traceless.has(name))).toEqual([]);
  });
});

const freshFor = async ({ fresh }: Expectation, who: PersonName | 'anonymous', from: From = 'inside'): Promise<Fresh> =>
  fresh ? fresh(world, who, from) : nothing;

/** Writes that were let through and wrote no row, and how many wrote some. */
const changed = { idle: new Set<string>(), wrote: 0 };

/** Asks, and says to which tables that wrote; a question is not watched. */
async function watched(name: string, ask: () => Promise<Answer>): Promise<{ answer: Answer; wrote: readonly string[] }> {
  if (name.startsWith('GET ')) return { answer: await ask(), wrote: [] };
  await changes.sinceLast();
  const answer = await ask();
  return { answer, wrote: await changes.sinceLast() };
}

async function walkStranger(name: string, expected: Expectation, fresh: Fresh): Promise<void> {
  const client = trail.watch(world.app.anonymous(), 'a stranger', null);
  const { answer, wrote } = await watched(name, () => expected.call(world, client, 'anonymous', fresh));
  if (expected.may === 'everybody') {
    expect([name, 'stranger', answer.status, answer.text]).toEqual([name, 'stranger', expected.status, answer.text]);
  } else {
    expect([name, 'stranger', answer.status, problem(answer)?.type]).toEqual([name, 'stranger', 401, '/problems/not-signed-in']);
    expect([name, 'stranger', wrote]).toEqual([name, 'stranger', []]);
  }
  expectSilence(answer, fresh);
}

/** Who knows people one by one: whoever lives in East Bay and is not hers is as far away as West Ridge. */
const oneByOne: ReadonlySet<PersonName> = new Set<PersonName>(['case_worker', 'partner_provider', 'person']);

async function walkPerson(name: string, expected: Expectation, who: PersonName, untouched: Fresh): Promise<void> {
  const client = await world.app.as(who);
  const allowed = typeof expected.may === 'string' || expected.may.includes(who);
  const fresh = allowed ? await freshFor(expected, who) : untouched;
  const { answer, wrote } = await watched(name, () => expected.call(world, client, who, fresh));
  if (!allowed) {
    expect([name, who, answer.status, problem(answer)?.type]).toEqual([name, who, 403, '/problems/not-allowed']);
    expect([name, who, wrote]).toEqual([name, who, []]);
    return expectSilence(answer, fresh);
  }
  const status = expected.otherwise?.[who] ?? expected.status;
  expect([name, who, answer.status, answer.text]).toEqual([name, who, status, answer.text]);
  expectNoOthers(answer, who);
  if (status < 300) {
    if (wrote.length > 0) changed.wrote++;
    else if (!name.startsWith('GET ')) changed.idle.add(name);
    if (expected.shows) expectShown(name, who, answer, await expected.shows(world, who, fresh));
    await expected.afterwards?.({ world, client, who, fresh, answer });
  }
  if (expected.fromOutside && (who.startsWith('other_') || oneByOne.has(who))) await walkFromOutside(name, expected, who);
}

async function walkFromOutside(name: string, { fromOutside, ...expected }: Expectation, who: PersonName): Promise<void> {
  if (!fromOutside) return;
  const client = await world.app.as(who);
  const fresh = await freshFor(expected, who, 'outside');
  const { answer, wrote } = await watched(name, () => fromOutside.call(world, client, who, fresh));
  const here = `${who} from outside`;
  expect([name, here, answer.status, answer.text]).toEqual([name, here, fromOutside.status, answer.text]);
  if (fromOutside.code) expect(problem(answer)?.type).toBe(`/problems/${fromOutside.code}`);
  expect([name, here, wrote]).toEqual([name, here, []]);
  expectSilence(answer, fresh);
}

describe('what no table can say', () => {
  it('other addresses and methods are not there', async () => {
    const nok = await world.app.as('administrator');
    for (const path of ['/api/people', '/api/nothing', '/api/accounts/', '/api/openapi.yaml', '/api/me/..%2faccounts'])
      expect([path, (await nok.get(path)).status]).toEqual([path, 404]);
    for (const method of ['PUT', 'DELETE', 'PATCH'])
      expect([method, (await nok.send(method, '/api/accounts')).status]).toEqual([method, 404]);
  });

  it('what was agreed to, refused and taken back is found by the data protection officer under the name it is written by', async () => {
    const { app, eastPeople } = world;
    const [som, kanya] = [await app.as('district_officer'), await app.as('data_protection_officer')];
    const acts = ['given', 'refused', 'withdrawn'];
    for (const [i, act] of acts.entries()) {
      const said = { eventId: uuidv7(), purpose: 'contact', act, byWhom: 'self', way: 'spoken', observedAt: `2026-01-1${i}T09:00:00Z` };
      expect((await som.post(`/api/people/${app.land.east.regionId}/${eastPeople[8]}/consents`, said)).status).toBe(201);
    }
    const { rows } = (await kanya.get<AuditPage>(`/api/audit?action=consent.*&subject=${eastPeople[8]}`)).body;
    expect(rows.map(({ action, actorId }) => [action, actorId])).toEqual(
      acts.toReversed().map((act) => [`consent.${act}`, app.accountIds.district_officer]),
    );
  });

  it('a post that ends takes its rights along at once', async () => {
    const nok = await world.app.as('administrator');
    const { body } = await nok.post<{ account: { accountId: string; version: number; posts: { postId: string }[] }; password: string }>(
      '/api/accounts',
      {
        userName: 'short.time',
        displayName: 'Short',
        role: 'coordinator',
        placeId: world.app.land.east.placeId,
      },
    );
    const client = await world.app.anonymous().signIn('short.time', body.password);
    expect((await client.get('/api/imports')).status).toBe(200);
    await nok.delete(`/api/accounts/${body.account.accountId}/posts/${body.account.posts[0]?.postId}?version=${body.account.version}`);
    expect((await client.get('/api/imports')).status).toBe(403);
  });
});

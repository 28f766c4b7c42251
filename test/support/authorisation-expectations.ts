// SPDX-License-Identifier: AGPL-3.0-or-later
import { uuidv7 } from 'uuidv7';
import { expect } from 'vitest';
import { everybody, testPassword, type PersonName } from './app.ts';
import type { Answer, Client } from './client.ts';
import type { DemoLand } from './demo-land.ts';
import { listExpectations } from './authorisation-expectations-lists.ts';
import { postExpectations } from './authorisation-expectations-posts.ts';
import { proofExpectations } from './authorisation-expectations-proof.ts';
import { freshImport, freshRejected, freshRunning, readsBack, rejectedCode } from './authorisation-fresh.ts';
import { matchingExpectations } from './authorisation-matching.ts';
import { ownExpectations } from './authorisation-own.ts';
import type { Fresh } from './authorisation-passing.ts';
import { peopleExpectations } from './authorisation-people.ts';
import { requestExpectations } from './authorisation-requests.ts';
import { isWest, outsider, whom, type World } from './authorisation-world.ts';

type Call = (world: World, client: Client, who: PersonName | 'anonymous', fresh: Fresh) => Promise<Answer>;
/** Asked about what is hers, or by somebody of elsewhere. */
export type From = 'inside' | 'outside';
/** What is looked at when a call was answered as it should be. */
export type Afterwards = (done: {
  readonly world: World;
  readonly client: Client;
  readonly who: PersonName;
  readonly fresh: Fresh;
  readonly answer: Answer;
}) => Promise<void>;

/** What an answer must hold. What it must not, the walk knows by itself. */
export interface Shown {
  /** The answer matches this. */
  readonly body?: object;
  /** These words stand in it. */
  readonly text?: readonly string[];
  /** These do not, though they are nobody's name or number. */
  readonly hides?: readonly string[];
  /** Of all people of the world exactly these stand in it, by their ids. */
  readonly people?: readonly string[];
  /** Exactly these are named in it. */
  readonly named?: readonly string[];
  /** Exactly these stand in it by the numbers of their records. */
  readonly numbered?: readonly string[];
}

export interface Expectation {
  /** Who is let through. Written out here a second time on purpose: a slip in the table of rights shows as a difference. */
  readonly may: 'everybody' | 'signed-in' | readonly PersonName[];
  /** About East Bay, its people, or nothing in particular. */
  readonly call: Call;
  /** What an allowed call answers. */
  readonly status: number;
  /** Where it is a refusal: why its success is not walked here, and the test that shows it. */
  readonly elsewhere?: { readonly why: string; readonly test: string };
  /** Makes what a call uses up: for everybody who is let through one of her own, and for all others one that would do. */
  readonly fresh?: (world: World, who: PersonName | 'anonymous', from: From) => Promise<Fresh>;
  /** Who is let through by her role and gets another answer, because nothing of the kind is hers. */
  readonly otherwise?: Partial<Record<PersonName, number>>;
  /** What stands in the answer to whoever is let through. */
  readonly shows?: (world: World, who: PersonName, fresh: Fresh) => Shown | Promise<Shown>;
  /** That what was answered has come to be. */
  readonly afterwards?: Afterwards;
  /** The same about a place of East Bay, asked by somebody of West Ridge alone, or about somebody by whom she is not hers: what they get. Left out where place does not matter. */
  readonly fromOutside?: { readonly call: Call; readonly status: number; readonly code?: string };
}

const administrators = ['administrator'] as const;
const importers = ['administrator', 'coordinator', 'other_coordinator'] as const;
const assessors = [
  'coordinator',
  'district_officer',
  'watch_volunteer',
  'case_worker',
  'other_coordinator',
  'other_district_officer',
  'other_watch_volunteer',
  'other_case_worker',
] as const;
const readers = [
  'administrator',
  'coordinator',
  'district_officer',
  'analyst',
  'programme_manager',
  'other_coordinator',
  'other_district_officer',
] as const;
const recordReaders = ['administrator', 'data_protection_officer'] as const;

const mapping = `country: XA
names: { en: Demo land }
levels: [{ en: country }, { en: province }, { en: district }, { en: village }]
steps: [{ level: 3, file: p.csv, code: code, names: { en: name }, parent: { column: parent } }]
`;
const someone = (who: PersonName | 'anonymous'): PersonName => (who === 'anonymous' ? 'analyst' : who);
const own = (who: string): 'east' | 'west' => (isWest(who) ? 'west' : 'east');
const spare =
  (act: (client: Client, account: Awaited<ReturnType<World['spareAccount']>>, world: World) => Promise<Answer>): Call =>
  async (world, client, who) =>
    act(
      client,
      who === 'administrator' ? await world.spareAccount() : { accountId: world.app.accountIds.analyst, postId: uuidv7(), version: 1 },
      world,
    );

function assess(client: Client, subjectId: string, regionId: number): Promise<Answer> {
  return client.post('/api/assessments', {
    assessmentId: uuidv7(),
    subjectKind: 'person',
    subjectId,
    regionId,
    instrument: 'household-28',
    answers: { school_attendance: 2 },
    observedAt: '2026-01-15T09:00:00Z',
  });
}

/** Every operation of the API, by method and path. The walk fails for one that is not here. */
export const expectations: Readonly<Record<string, Expectation>> = {
  'POST /api/auth/sign-in/username': {
    may: 'everybody',
    status: 200,
    // On another device; whoever was nobody is the analyst from there on.
    call: ({ app }, _client, who) =>
      app.anonymous().post('/api/auth/sign-in/username', { username: everybody[someone(who)].userName, password: testPassword }),
    shows: ({ app }, who) => ({ body: { accountId: app.accountIds[who] } }),
  },
  'POST /api/auth/sign-out': {
    may: 'everybody',
    status: 200,
    call: (world) => world.app.anonymous().post('/api/auth/sign-out'),
    shows: () => ({ body: { signedOut: true, elsewhere: null } }),
  },
  'GET /api/auth/get-session': {
    may: 'everybody',
    status: 200,
    call: (_world, client) => client.get('/api/auth/get-session'),
    shows: herself,
  },
  'GET /api/setup': {
    may: 'everybody',
    status: 200,
    call: (_world, client) => client.get('/api/setup'),
    shows: () => ({ body: { needed: false, demoAccounts: [] } }),
  },
  'POST /api/setup': {
    may: 'everybody',
    status: 409,
    elsewhere: { why: 'it is done once, where nobody has an account', test: 'src/access/server/accounts.test.ts' },
    call: (_world, client) =>
      client.post('/api/setup', { code: 'abcd-efgh-jkmn', userName: 'intruder', displayName: 'I', password: 'rice boat morning' }),
  },

  'GET /api/me': { may: 'signed-in', status: 200, call: (_world, client) => client.get('/api/me'), shows: herself },
  'PATCH /api/me': {
    may: 'signed-in',
    status: 200,
    call: (_world, client) => client.patch('/api/me', { locale: 'en' }),
    shows: ({ app }, who) => ({ body: { accountId: app.accountIds[who], locale: 'en' } }),
  },
  'POST /api/me/password': {
    may: 'signed-in',
    status: 401,
    elsewhere: { why: 'it ends every session of hers', test: 'src/access/server/accounts.test.ts' },
    call: (_world, client) => client.post('/api/me/password', { current: 'a guess', wanted: 'rice boat morning' }),
  },

  'GET /api/accounts': {
    may: administrators,
    status: 200,
    call: (_world, client) => client.get('/api/accounts'),
    shows: ({ app }) => ({ text: Object.values(app.accountIds) }),
  },
  'POST /api/accounts': {
    may: administrators,
    status: 201,
    call: ({ next }, client) => client.post('/api/accounts', { userName: `made.${next()}`, displayName: 'Made' }),
    shows: () => ({ body: { account: { displayName: 'Made', posts: [] }, password: expect.any(String) } }),
  },
  'PATCH /api/accounts/:id': {
    may: administrators,
    status: 200,
    call: spare((client, { accountId, version }) => client.patch(`/api/accounts/${accountId}`, { displayName: 'Renamed', version })),
    shows: () => ({ body: { displayName: 'Renamed', disabled: false } }),
  },
  'POST /api/accounts/:id/password': {
    may: administrators,
    status: 200,
    call: spare((client, { accountId }) => client.post(`/api/accounts/${accountId}/password`)),
    shows: () => ({ body: { account: { displayName: 'Spare' }, password: expect.any(String) } }),
  },
  'POST /api/accounts/:id/posts': {
    may: administrators,
    status: 201,
    call: spare((client, { accountId, version }, { app }) =>
      client.post(`/api/accounts/${accountId}/posts`, { role: 'analyst', placeId: app.land.west.placeId, version }),
    ),
    shows: ({ app }) => ({
      body: {
        posts: [app.land.east, app.land.west].map(({ placeId }) => ({ role: 'analyst', place: { placeId } })),
      },
    }),
  },
  'DELETE /api/accounts/:id/posts/:postId': {
    may: administrators,
    status: 200,
    call: spare((client, { accountId, postId, version }) => client.delete(`/api/accounts/${accountId}/posts/${postId}?version=${version}`)),
    shows: () => ({ body: { displayName: 'Spare', posts: [] } }),
  },
  'GET /api/audit': {
    may: recordReaders,
    status: 200,
    call: (_world, client) => client.get('/api/audit?action=identity.list&limit=200'),
    shows: whoReadWhom,
  },
  'GET /api/audit.csv': {
    may: recordReaders,
    status: 200,
    call: (_world, client) => client.get('/api/audit.csv?action=identity.list'),
    shows: whoReadWhom,
  },
  'GET /api/audit/seal': {
    may: recordReaders,
    status: 200,
    call: (_world, client) => client.get('/api/audit/seal'),
    shows: () => ({ body: { waiting: expect.any(Number) } }),
  },
  'GET /api/audit/readers': wholeRecord('/api/audit/readers', ({ app }) => ({ text: Object.values(app.accountIds) })),
  'GET /api/audit/reads': wholeRecord('/api/audit/reads?action=identity.list&limit=200', (world) => ({
    body: { rows: expect.arrayContaining([expect.objectContaining({ readerId: world.app.accountIds.coordinator, people: 24 })]) },
    named: [],
  })),
  'GET /api/audit/reads.csv': wholeRecord('/api/audit/reads.csv?action=identity.list', whoReadWhom),
  'GET /api/audit/reading-days': wholeRecord('/api/audit/reading-days', ({ app }) => ({
    body: { rows: expect.arrayContaining([expect.objectContaining({ readerId: app.accountIds.coordinator, people: 24 })]) },
  })),
  'GET /api/audit/unusual-days': wholeRecord('/api/audit/unusual-days'),
  'POST /api/accounts.csv': {
    may: administrators,
    status: 200,
    call: (_world, client) => client.post('/api/accounts.csv', {}),
    shows: () => ({ text: Object.values(everybody).map(({ userName }) => userName) }),
  },
  ...postExpectations,
  ...proofExpectations,

  'GET /api/places': {
    may: 'signed-in',
    status: 200,
    call: (_world, client) => client.get('/api/places?search=reed'),
    shows: ({ app }) => ({ body: { rows: [{ placeId: app.land.eastVillages[0].placeId }] } }),
  },
  'GET /api/countries': {
    may: 'signed-in',
    status: 200,
    call: (_world, client) => client.get('/api/countries'),
    shows: ({ app }) => ({ body: [{ placeId: app.land.country.placeId }] }),
  },
  'GET /api/places/:placeId': {
    may: 'signed-in',
    status: 200,
    call: ({ app }, client) => client.get(`/api/places/${app.land.east.placeId}`),
    shows: ({ app }) => ({ body: { placeId: app.land.east.placeId, parentId: app.land.province.placeId } }),
  },
  'GET /api/places/:placeId/children': {
    may: 'signed-in',
    status: 200,
    call: ({ app }, client) => client.get(`/api/places/${app.land.east.placeId}/children`),
    shows: ({ app }) => ({ body: { rows: app.land.eastVillages.map(({ placeId }) => ({ placeId })) } }),
  },
  'GET /api/places/:placeId/boundaries': {
    may: 'signed-in',
    status: 200,
    call: ({ app }, client) => client.get(`/api/places/${app.land.province.placeId}/boundaries`),
    shows: () => ({ body: { type: 'FeatureCollection' } }),
  },

  'POST /api/imports': {
    may: importers,
    status: 202,
    call: ({ app }, client, who) =>
      client.upload(
        '/api/imports',
        [{ field: 'file', name: 'p.csv', content: `code,name,parent\nXA9901,New,${app.land[own(who)].code}\n` }],
        {
          kind: 'places',
          mapping,
          mappingName: 'm.yaml',
          dryRun: 'true',
        },
      ),
    shows: () => ({ body: { batchId: expect.any(String) } }),
    async afterwards({ client, answer }) {
      const { batchId } = answer.body as { batchId: string };
      await expect
        .poll(async () => (await client.get(`/api/imports/${batchId}`)).body, { timeout: 20_000 })
        .toMatchObject({ batchId, dryRun: true, state: 'done', report: { taken: 1, rejected: 0 } });
    },
  },
  'POST /api/imports/preview': {
    may: importers,
    status: 200,
    call: (_world, client) => client.upload('/api/imports/preview', [{ field: 'file', name: 'a.csv', content: 'code,name\n1,One\n' }]),
    shows: () => ({ text: ['"code"', '"name"', '"One"'] }),
  },
  'GET /api/imports': { may: importers, status: 200, call: (_world, client) => client.get('/api/imports'), shows: importsOf },
  'GET /api/imports.csv': {
    may: importers,
    status: 200,
    call: (_world, client) => client.get('/api/imports.csv?state=done'),
    shows: importsOf,
  },
  'GET /api/imports/:batchId': ofOneImport(
    200,
    (client, batchId) => client.get(`/api/imports/${batchId}`),
    (world, who) => ({ body: { batchId: own(who) === 'east' ? world.batchId : world.westBatchId, fileName: 'figures.csv' } }),
  ),
  'GET /api/imports/:batchId/mapping.yaml': ofOneImport(
    200,
    (client, batchId) => client.get(`/api/imports/${batchId}/mapping.yaml`),
    () => ({ text: ['{}'] }),
  ),
  'POST /api/imports/:batchId/cancel': ofFreshImport(
    freshRunning,
    (client, batchId) => client.post(`/api/imports/${batchId}/cancel`),
    (_world, _who, { id }) => ({ body: { batchId: id, state: 'running', waiting: false } }),
  ),
  'POST /api/imports/:batchId/undo': {
    ...ofFreshImport(
      freshImport,
      (client, batchId) => client.post(`/api/imports/${batchId}/undo`),
      (_world, _who, { id }) => ({ body: { batchId: id, state: 'undone', undoneAt: expect.any(String), tookBack: { figures: 1 } } }),
    ),
    afterwards: readsBack(
      (_world, { id }) => `/api/imports/${id}`,
      ({ id }) => ({ batchId: id, state: 'undone' }),
    ),
  },
  'GET /api/imports/:batchId/rejected.csv': ofFreshImport(
    freshRejected,
    (client, batchId) => client.get(`/api/imports/${batchId}/rejected.csv`),
    () => ({ text: ['reason_code', rejectedCode] }),
  ),

  'GET /api/instruments': {
    may: 'signed-in',
    status: 200,
    call: (_world, client) => client.get('/api/instruments'),
    shows: () => ({ text: ['"household-28"', '"place-secondary-1"'] }),
  },
  'GET /api/instruments/:code': {
    may: 'signed-in',
    status: 200,
    call: (_world, client) => client.get('/api/instruments/household-28'),
    shows: () => ({ text: ['"school_attendance"'] }),
  },
  'POST /api/assessments': {
    may: assessors,
    status: 201,
    call: (world, client, who) => assess(client, whom(world, who, 0), world.app.land[own(who)].regionId),
    shows: () => ({ body: { assessmentId: expect.any(String), recorded: true, rescored: expect.any(Number) } }),
    fromOutside: {
      status: 403,
      code: 'outside-your-area',
      call: (world, client, who) => assess(client, outsider(world, who), world.app.land.east.regionId),
    },
  },
  ...matchingExpectations,
  ...peopleExpectations,
  ...ownExpectations,
  ...requestExpectations,
  ...listExpectations,
  'GET /api/map': figures(
    (place) => `/api/map?place=${place}&instrument=household-28`,
    ({ app }, who) => ({ people: [], body: { place: { placeId: app.land[own(who)].placeId } }, text: villagesOf(app.land, who) }),
  ),
  'GET /api/map.csv': figures(
    (place) => `/api/map.csv?place=${place}&instrument=household-28`,
    ({ app }, who) => ({ people: [], text: villagesOf(app.land, who) }),
  ),
  'GET /api/map.xlsx': figures((place) => `/api/map.xlsx?place=${place}&instrument=household-28`),
  'GET /api/map.geojson': figures(
    (place) => `/api/map.geojson?place=${place}&instrument=household-28`,
    ({ app }, who) => ({ people: [], text: villagesOf(app.land, who) }),
  ),
  'GET /api/places/:placeId/profile': figures(
    (place) => `/api/places/${place}/profile?instrument=household-28`,
    ({ app }, who) => ({ people: [], body: { place: { placeId: app.land[own(who)].placeId } } }),
  ),
};

/** Herself, and what she is here. */
function herself({ app }: World, who: PersonName): Shown {
  return { body: { accountId: app.accountIds[who], userName: everybody[who].userName } };
}

/** Mali read the names of everybody; whose they were is told to whoever oversees it, and not to whoever keeps the system in order. */
function whoReadWhom(world: World, who: PersonName): Shown {
  return {
    people: who === 'administrator' ? [] : [...world.eastPeople, ...world.westPeople],
    named: [],
    text: ['identity.list', world.app.accountIds.coordinator],
  };
}

/** Imports of her area: of the whole province none for West Ridge. */
function importsOf({ batchId, westBatchId }: World, who: PersonName): Shown {
  return own(who) === 'east' ? { text: [batchId, westBatchId] } : { text: [westBatchId], hides: [batchId] };
}

const villagesOf = (land: DemoLand, who: PersonName): string[] =>
  (own(who) === 'east' ? land.eastVillages : land.westVillages).map(({ name }) => name);

/** Who looked at whom: for the data protection officer, over the whole installation. */
function wholeRecord(address: string, shows?: Expectation['shows']): Expectation {
  return { may: ['data_protection_officer'], status: 200, call: (_world, client) => client.get(address), ...(shows ? { shows } : {}) };
}

/** Figures: one's own area at any depth; of others, countries, provinces and districts only. */
function figures(address: (placeId: string) => string, shows?: Expectation['shows']): Expectation {
  return {
    may: readers,
    status: 200,
    ...(shows ? { shows } : {}),
    call: ({ app }, client, who) => client.get(address(app.land[own(who)].placeId)),
    fromOutside: {
      status: 403,
      code: 'outside-your-area',
      call: ({ app }, client) => client.get(address(app.land.eastVillages[0].placeId)),
    },
  };
}

/** One's own import, or one of people who can write nowhere else than oneself: an import of the whole province does not exist for West Ridge. */
function ofOneImport(status: number, ask: (client: Client, batchId: string) => Promise<Answer>, shows?: Expectation['shows']): Expectation {
  return {
    may: importers,
    status,
    ...(shows ? { shows } : {}),
    call: ({ batchId, westBatchId }, client, who) => ask(client, own(who) === 'east' ? batchId : westBatchId),
    fromOutside: { status: 404, code: 'not-found', call: ({ batchId }, client) => ask(client, batchId) },
  };
}

/** The same of one that is there for this call alone: of the province, and in West Ridge one of West Ridge. */
function ofFreshImport(
  fresh: NonNullable<Expectation['fresh']>,
  ask: (client: Client, batchId: string) => Promise<Answer>,
  shows: NonNullable<Expectation['shows']>,
): Expectation {
  const call: Call = (_world, client, _who, { id }) => ask(client, id);
  return { may: importers, status: 200, fresh, call, shows, fromOutside: { status: 404, code: 'not-found', call } };
}

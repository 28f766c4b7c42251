// SPDX-License-Identifier: AGPL-3.0-or-later
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import ExcelJS from 'exceljs';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examine } from '../src/app/examination.ts';
import { recordNumber } from '../src/platform/domain/record-number.ts';
import { seededId } from '../src/platform/builders.ts';
import { writeBackup } from '../src/platform/server/backup.ts';
import { checkBackup } from '../src/platform/server/restore.ts';
import type { ImportState } from '../src/places/domain/imports-api.ts';
import type { ApiDocument } from '../src/platform/server/openapi.ts';
import { household28 } from '../src/risk/domain/instruments/household-28.ts';
import type { PersonName } from './support/app.ts';
import type { Answer, Client } from './support/client.ts';
import { answersOf, privateAnswers, twinNow, twinWorld, withoutItsOwn, type TwinWoman, type TwinWorld } from './support/twin-worlds.ts';

/**
 * Two worlds, alike in everything but what was answered to private questions. Whatever anybody asks in the one is asked in the other, and but for
 * a woman's own case worker the answers are the same, letter for letter: people, lists, names, figures, files, paper, queues, the record of use,
 * refusals, the log, the list of a backup, what doctor says.
 */
let quiet: TwinWorld, loud: TwinWorld;
beforeAll(async () => {
  quiet = await twinWorld(false);
  loud = await twinWorld(true);
}, 120_000);
afterAll(async () => {
  for (const world of [quiet, loud]) await world?.app.close();
});

interface Told {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}
type Ask = (world: TwinWorld, client: Client) => Promise<Told>;

/** Every cell of every sheet, with where it stands. */
async function cellsOf(world: TwinWorld, client: Client, path: string): Promise<Told> {
  const response = await fetch(world.app.url + path, {
    headers: { cookie: [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
  });
  const { status, headers } = response;
  if (status !== 200) return { status, headers, text: await response.text() };
  const book = new ExcelJS.Workbook();
  await book.xlsx.load(await response.arrayBuffer());
  const cells: string[] = [];
  for (const sheet of book.worksheets)
    sheet.eachRow((row, r) => row.eachCell((cell, c) => cells.push(`${sheet.name} ${r} ${c} ${JSON.stringify(cell.value)}`)));
  return { status, headers, text: cells.join('\n') };
}

const get =
  (path: string | ((world: TwinWorld) => string)): Ask =>
  (world, client) =>
    client.get(typeof path === 'string' ? path : path(world));
const post =
  (path: string, body: (world: TwinWorld) => object): Ask =>
  (world, client) =>
    client.post(path, body(world));
const sheet =
  (path: (world: TwinWorld) => string): Ask =>
  (world, client) =>
    cellsOf(world, client, path(world));

const reedPond = ({ app }: TwinWorld) => app.land.eastVillages[0].placeId;
const province = ({ app }: TwinWorld) => app.land.province.placeId;
const keysOf = (women: readonly TwinWoman[]) => women.map(({ regionId, personId }) => ({ regionId, personId }));
const codes = household28.indicators.filter(({ protected: isHidden }) => isHidden).map(({ code }) => code);

/** Of one woman: the first, who asked for her data, and the third, who is referred. */
function aboutHer(at: number): Record<string, Ask> {
  const her = (rest: string) => get(({ reed }) => `/api/people/${reed[at]!.regionId}/${reed[at]!.personId}${rest}`);
  const home = (rest: string) => get(({ reed }) => `/api/households/${reed[at]!.regionId}/${reed[at]!.householdId}${rest}`);
  return {
    [`record of ${at}`]: her(''),
    [`name of ${at}`]: her('/identity'),
    [`risk of ${at}`]: her('/risk?instrument=household-28'),
    [`risk of ${at} on a past day`]: her('/risk?instrument=household-28&on=2026-11-10'),
    [`household of ${at}`]: home(''),
    [`risk of the household of ${at}`]: home('/risk?instrument=household-28'),
    [`merges of ${at}`]: her('/merges'),
    [`printout of ${at}`]: her('/printout'),
    [`printout of ${at} as a file`]: her('/printout.csv'),
    [`requests of ${at}`]: her('/requests'),
  };
}

/** Of one who has no private reason in the quiet world, and many in the loud one: whatever does not speak of risk is the same all the same. */
const aboutTwin: Record<string, Ask> = Object.fromEntries(
  ['', '/identity', '/merges', '/requests'].map((rest) => [
    `of her twin: ${rest}`,
    get(({ field }) => `/api/people/${field[0]!.regionId}/${field[0]!.personId}${rest}`),
  ]),
);
aboutTwin['her household'] = get(({ field }) => `/api/households/${field[0]!.regionId}/${field[0]!.householdId}`);

const list = (world: TwinWorld, more = '') => `instrument=household-28&place=${reedPond(world)}${more}`;
const lists: Record<string, Ask> = {
  ...Object.fromEntries(
    ['urgency', 'renewal', 'seen'].map((sort) => [`list by ${sort}`, get((world) => `/api/people/list?${list(world, `&sort=${sort}`)}`)]),
  ),
  ...Object.fromEntries(
    ['0', '1', '2', '3'].map((band) => [`list of band ${band}`, get((world) => `/api/people/list?${list(world, `&bands=${band}`)}`)]),
  ),
  'list of those whom an answer warns of': get((world) => `/api/people/list?${list(world, '&warns=now')}`),
  'how many wait': get((world) => `/api/people/waiting?${list(world)}`),
  'how many wait in care': get('/api/people/waiting'),
  'list to renew': get((world) => `/api/people/list?${list(world, '&renew=2027-06-01')}`),
  'list as a file': get((world) => `/api/people/list.csv?${list(world)}`),
  'list of those in care': get('/api/people/list?instrument=household-28'),
  ...Object.fromEntries(
    ['', '&sort=renewal', '&bands=3', '&bands=21', '&bands=0', '&warns=now', '&renew=2027-06-01'].map((more) => [
      `households${more}`,
      get((world) => `/api/households/list?${list(world, more)}`),
    ]),
  ),
  'households as a file': get((world) => `/api/households/list.csv?${list(world)}`),
  'households of those in care': get('/api/households/list?instrument=household-28'),
  'visit list': post('/api/people/visit-list', ({ reed }) => ({ people: keysOf(reed), names: false })),
  'visit list with names, in Thai': post('/api/people/visit-list', ({ reed }) => ({ people: keysOf(reed), names: true, locale: 'th' })),
  names: post('/api/people/names', ({ reed, field }) => ({ people: keysOf([...reed, ...field]) })),
  'search by name': post('/api/people/search', () => ({ text: 'Quillfeather', limit: 50 })),
  'search by telephone': post('/api/people/search', () => ({ text: '081 234 5610', limit: 50 })),
  'search by a private matter': post('/api/people/search', () => ({ text: 'hiv_and_orphanhood', limit: 50 })),
  duplicates: get('/api/people/duplicates'),
  'a pair': get(({ pairId }) => `/api/people/duplicates/${pairId}`),
  'requests of the area': get('/api/people/requests'),
  'requests of the area as a file': get('/api/people/requests.csv'),
};

function figuresOf(where: 'province' | 'west'): Record<string, Ask> {
  const at = ({ app }: TwinWorld) => `place=${app.land[where].placeId}&level=3&instrument=household-28`;
  return {
    ...Object.fromEntries(['map', 'where-first'].map((what) => [`${what} of ${where}`, get((world) => `/api/${what}?${at(world)}`)])),
    [`map of ${where} with reasons, for paper`]: get((world) => `/api/map?${at(world)}&reasons=true&protect=true`),
    [`map of ${where} as a table`]: get((world) => `/api/map.csv?${at(world)}`),
    [`map of ${where} as a spreadsheet`]: sheet((world) => `/api/map.xlsx?${at(world)}`),
    [`map of ${where} with boundaries`]: get((world) => `/api/map.geojson?${at(world)}`),
    [`where first in ${where} as a table`]: get((world) => `/api/where-first.csv?${at(world)}`),
    [`profile of ${where}`]: get((world) => `/api/places/${world.app.land[where].placeId}/profile?instrument=household-28`),
    ...Object.fromEntries(
      ['age', 'sex', 'place'].flatMap((by): [string, Ask][] => {
        const asked = (world: TwinWorld) => `?place=${world.app.land[where].placeId}&by=${by}${by === 'place' ? '&level=3' : ''}`;
        return [
          [`report of ${where} by ${by}`, get((world) => `/api/people/report${asked(world)}`)],
          [`report of ${where} by ${by} as a table`, get((world) => `/api/people/report.csv${asked(world)}`)],
          [`report of ${where} by ${by} as a spreadsheet`, sheet((world) => `/api/people/report.xlsx${asked(world)}`)],
        ];
      }),
    ),
  };
}
const figures: Record<string, Ask> = { ...figuresOf('province'), ...figuresOf('west') };
for (const code of codes)
  figures[`map of ${code}`] = get(
    (world) => `/api/map?place=${province(world)}&instrument=household-28&measure=indicator&indicator=${code}`,
  );
const fewFigures = Object.fromEntries(
  Object.entries(figures).filter(([what]) => /^(map|where-first|profile) of province$|province by age/.test(what)),
);

const proof: Record<string, Ask> = {
  'requests for the officer': get('/api/data-protection/requests?state=all'),
  'requests for the officer as a file': get('/api/data-protection/requests.csv?state=all'),
  impact: get('/api/data-protection/impact'),
  'record of use': get('/api/audit?limit=200'),
  'record of use as a file': get('/api/audit.csv'),
  'who looked at whom': get('/api/audit/reads?limit=200'),
  'who looked at whom as a file': get('/api/audit/reads.csv'),
};

/** Who asks for what, and how much of it is answered at all: the rest is refused, in both worlds alike. */
const walks: readonly (readonly [who: PersonName, asked: Readonly<Record<string, Ask>>, answered: number])[] = [
  ['coordinator', { ...aboutHer(0), ...aboutHer(2), ...lists, ...figures }, 83],
  ['district_officer', { ...aboutHer(0), ...lists, ...fewFigures }, 45],
  ['watch_volunteer', { ...aboutHer(0), ...lists }, 35],
  ['partner_provider', { ...aboutHer(0), ...aboutHer(2), ...lists }, 18],
  ['case_worker', { ...aboutHer(0), ...lists }, 11],
  ['other_coordinator', { ...aboutHer(0), ...aboutTwin, ...lists, ...figuresOf('west') }, 31],
  ['analyst', { ...lists, ...figures }, 34],
  ['programme_manager', { ...lists, ...fewFigures }, 6],
  ['law_enforcement', { ...aboutHer(0), ...lists, ...fewFigures, ...proof }, 0],
  ['labour_inspector', { ...aboutHer(0), ...lists, ...fewFigures, ...proof }, 0],
  // Last, so that the record of use tells of all the others.
  ['administrator', { ...aboutHer(0), ...lists, ...fewFigures, ...proof }, 8],
  ['data_protection_officer', { ...aboutHer(0), ...lists, ...proof }, 7],
];

type Compared = readonly [status: number, text: string];

/** Letter by letter; says where two answers part. */
function expectAlike(what: readonly string[], [status, text]: Compared, [otherStatus, other]: Compared): void {
  let at = 0;
  while (at < text.length && text[at] === other[at]) at++;
  const around = (whole: string) => whole.slice(Math.max(0, at - 120), at + 120);
  expect([...what, otherStatus, other === text ? '' : around(other)]).toEqual([...what, status, other === text ? '' : around(text)]);
}

/** Every line above an answer of the quiet world. */
const heads = new Set<string>();

/** Asks both worlds the same and compares; answers with how many told something. */
async function compare(who: PersonName, asked: Readonly<Record<string, Ask>>): Promise<number> {
  let told = 0;
  const clients = [await quiet.app.as(who), await loud.app.as(who)] as const;
  for (const [what, ask] of Object.entries(asked)) {
    const [one, other] = await Promise.all([ask(quiet, clients[0]), ask(loud, clients[1])]);
    expectAlike([who, what], [one.status, withoutItsOwn(one.text, quiet)], [other.status, withoutItsOwn(other.text, loud)]);
    if (one.status === 200) told++;
    for (const [name, value] of one.headers) heads.add(`${name}: ${value}`);
  }
  return told;
}

describe('in two worlds that differ in private answers alone', () => {
  it.each(walks)('%s is told the same, in whatever list, figure, file or queue', async (who, asked, answered) => {
    expect(await compare(who, asked)).toBe(answered);
  });

  it('nobody’s name, number or id stands in the name of a file, or in any other line above an answer', () => {
    const files = [...heads].flatMap((head) => /^content-disposition: attachment; filename="([^"]+)"/.exec(head)?.[1] ?? []);
    expect(new Set(files).size).toBe(26);
    // A fixed name, or the code of a place, what it is a file of, and the day.
    for (const file of files)
      expect(file).toMatch(
        /^(record|requests|record-of-use|who-looked-at-whom|waymark-(people|households)-household-28-2026-11-22|waymark-XA12?(-report-(age|sex|place)|-where-first)?-household-28-2026-11-22)\.(csv|xlsx|geojson)$/,
      );
    const women = [...quiet.reed, ...quiet.field].flatMap(({ personId, householdId }) => [personId, householdId, recordNumber(personId)]);
    for (const never of ['Invented', 'Quillfeather', '0812345', '812345', '081 234', ...women])
      expect([never, [...heads].filter((head) => decodeURIComponent(head).includes(never))]).toEqual([never, []]);
  });

  it('nobody’s name can be asked for in an address: what is written freely there is about other things', async () => {
    const [{ body }] = (await Promise.all([quiet, loud].map(({ app }) => app.anonymous().get<ApiDocument>('/api/openapi.json')))) as [
      Answer<ApiDocument>,
      unknown,
    ];
    const figures = 'households map map.csv map.geojson map.xlsx people places where-first where-first.csv';
    const free = new Map<string, Set<string>>();
    for (const [path, methods] of Object.entries(body.paths))
      for (const { parameters = [] } of Object.values(methods))
        for (const { name, schema } of parameters as readonly { name: string; schema: Record<string, unknown> }[])
          if (schema['type'] === 'string' && !('format' in schema) && !('pattern' in schema) && !('enum' in schema))
            free.set(name, (free.get(name) ?? new Set()).add(path.split('/')[2]!));
    expect(Object.fromEntries([...free].map(([name, rooms]) => [name, [...rooms].sort().join(' ')]))).toEqual({
      id: 'accounts me volunteers',
      code: 'instruments',
      instrument: figures,
      indicator: 'map map.csv map.geojson map.xlsx',
      locale: `data-protection ${figures}`,
      search: 'places',
      file: 'imports imports.csv',
      // Accounts by their ids, records by theirs, and where the page before ended.
      actor: 'audit audit.csv',
      reader: 'audit',
      subject: 'audit audit.csv',
      person: 'audit',
      number: 'data-protection',
      after: 'audit data-protection households people places',
    });
  });

  it('her case worker alone is told what she said', async () => {
    const risk = async (world: TwinWorld) => {
      const { regionId, personId } = world.reed[3]!;
      const { status, text } = await (
        await world.app.as('case_worker')
      ).get(`/api/people/${regionId}/${personId}/risk?instrument=household-28`);
      expect(status).toBe(200);
      return withoutItsOwn(text, world);
    };
    expect(await risk(quiet)).not.toBe(await risk(loud));
  });

  it('a file of people, and a later round of one of them, leave the same behind for whoever reads of them, and so does the record of use', async () => {
    /** Of both worlds the same, but for what is private: in the quiet one rows of one household differ, and other values are named in the mapping. */
    const fileOf = (isLoud: boolean): string => {
      const rows = Array.from({ length: 12 }, (_, nth) => {
        const [violence, papers] = isLoud ? ['beaten', 'none'] : [nth % 2 ? 'never' : 'shouted', nth % 3 ? 'unsaid' : 'all'];
        return `${nth},home ${nth >> 1},XA1201,${nth % 2 ? 'some' : 'much'},${violence},${papers}`;
      });
      const [odd, other] = isLoud ? ['bruised', 'stateless'] : ['kind', 'born here'];
      return [
        'no,home,village,debt,violence,papers',
        ...rows,
        `12,home 9,XA1201,much,${odd},all`,
        `13,home 9,XA1201,much,never,${other}`,
        '',
      ].join('\n');
    };
    const common = (isLoud: boolean) => `source: Watch group
instrument: household-28
id: { column: no }
observed: { date: 2026-11-01 }
indicators:
  debt: { column: debt, map: { some: 2, much: 3 } }
  family_violence: { column: violence, map: { ${isLoud ? 'beaten: 3, never: 1' : 'never: 1, shouted: 2'} } }
  legal_status: { column: papers, ${isLoud ? 'map: { none: 3, all: 1 }' : 'map: { all: 1, unsaid: refused }'} }
`;
    const people = (world: TwinWorld, basis: string) => ({
      kind: 'people',
      content: fileOf(world.loud),
      mapping: `kind: people\ncountry: XA\nbasis: ${basis}\nplace: { columns: [village] }\nhousehold: { column: home }\n${common(world.loud)}`,
    });
    const round = (world: TwinWorld) => ({
      kind: 'observations',
      content: `no,debt,violence,papers\n5,some,${world.loud ? 'beaten,none' : 'never,all'}\n`,
      mapping: `kind: observations\n${common(world.loud)}`,
    });
    const batches = new Map<TwinWorld, string[]>([quiet, loud].map((world) => [world, []]));
    for (const world of [quiet, loud]) {
      const { owner } = world.app.db;
      const dao = await world.app.as('other_coordinator');
      const { rows: bases } = await sql<{ id: string }>`select basis_id as id from waymark.lawful_basis`.execute(owner);
      for (const { kind, content, mapping, dryRun } of [
        { ...people(world, bases[0]!.id), dryRun: 'true' },
        { ...people(world, bases[0]!.id), dryRun: 'false' },
        { ...round(world), dryRun: 'false' },
      ]) {
        const file = { field: 'file', name: 'list.csv', content };
        const asked = await dao.upload<{ batchId: string }>('/api/imports', [file], { kind, mapping, dryRun });
        expect([asked.status, asked.text]).toEqual([202, asked.text]);
        batches.get(world)!.push(asked.body.batchId);
        // Not by asking the server, which would write down how often.
        const state = sql<{ state: string }>`select state from waymark.import_run where batch_id = ${asked.body.batchId}`;
        await expect.poll(async () => (await state.execute(owner)).rows[0]?.state, { timeout: 20_000, interval: 100 }).toBe('done');
      }
    }
    const plain =
      (ask: Ask): Ask =>
      async (world, client) => {
        const told = await ask(world, client);
        return { ...told, text: told.text.replace(/"milliseconds":\d+/g, '"milliseconds":0') };
      };
    const of = (at: number, rest: string) => plain(get((world) => `/api/imports/${batches.get(world)![at]}${rest}`));
    const reports: Record<string, Ask> = {
      'list of imports': plain(get('/api/imports?limit=100')),
      'list of dry runs': plain(get('/api/imports?state=dry-run')),
      'list of imports as a file': plain(get('/api/imports.csv')),
    };
    for (const [at, what] of ['trial', 'people', 'round'].entries()) {
      reports[what] = of(at, '');
      reports[`${what}, rejected rows`] = of(at, '/rejected.csv');
    }
    const mappings = Object.fromEntries(['trial', 'people', 'round'].map((what, at) => [`${what}, mapping`, of(at, '/mapping.yaml')]));
    expect(await compare('other_coordinator', reports)).toBe(8);
    // Whoever brought the file made the mapping of its values; others are not told them.
    expect(await compare('coordinator', { ...reports, ...mappings })).toBe(11);
    await compare('administrator', { ...reports, ...mappings, ...proof });
    await compare('data_protection_officer', { ...reports, ...mappings, ...proof });
    const kept = async ({ app: { db } }: TwinWorld): Promise<string> => {
      const { rows } = await sql<{ said: object }>`
        select jsonb_build_array(r.report - 'milliseconds' - 'rejectedFile', r.progress - 'phase', r.problem, b.report - 'milliseconds' - 'rejectedFile') as said
        from waymark.import_run r left join waymark.import_batch b using (batch_id) where r.kind in ('people', 'observations') order by batch_id`.execute(
        db.owner,
      );
      expect(rows).toHaveLength(3);
      return JSON.stringify(rows);
    };
    expectAlike(['kept of imports'], [0, withoutItsOwn(await kept(quiet), quiet)], [0, withoutItsOwn(await kept(loud), loud)]);
    const hidden = (values: number | null) => ({ values, empty: values && 0 });
    for (const world of [quiet, loud]) {
      const mali = await world.app.as('coordinator');
      const at = (nth: number) => `/api/imports/${batches.get(world)![nth]}`;
      // Twelve people are told of as answering, six households are not, nor is one person.
      expect((await mali.get<ImportState>(at(1))).body.report).toMatchObject({
        taken: 12,
        rejected: 2,
        indicators: [{ code: 'debt', scores: [0, 0, 0], unknown: 6 }],
        privateQuestions: [
          { code: 'family_violence', ...hidden(null) },
          { code: 'legal_status', ...hidden(12) },
        ],
      });
      expect((await mali.get<ImportState>(at(2))).body.report!.privateQuestions).toMatchObject([hidden(null), hidden(null)]);
      const { text } = await mali.get(`${at(2)}/mapping.yaml`);
      expect(text).toContain('column: violence');
      expect(text).not.toMatch(/beaten|never|none: 3|unsaid/);
    }
  });

  it('whoever sends answers that are refused, or that the database refuses, is told the same, and so is the log', async () => {
    const visit = (world: TwinWorld, more: object) => ({
      assessmentId: seededId('refused', JSON.stringify(more)),
      subjectKind: 'person',
      subjectId: world.reed[1]!.personId,
      regionId: world.reed[1]!.regionId,
      instrument: 'household-28',
      answers: privateAnswers(world.loud),
      observedAt: '2026-11-20T03:00:00.000Z',
      ...more,
    });
    const refused: Readonly<Record<string, readonly [more: (world: TwinWorld) => object, status: number]>> = {
      'an instrument that is not there': [() => ({ instrument: 'household-29' }), 404],
      'an answer that is none': [({ loud: isLoud }) => ({ answers: { ...privateAnswers(isLoud), exclusion: 7 } }), 400],
      'a visit to come': [() => ({ observedAt: '2027-01-01T03:00:00.000Z' }), 400],
      'a correction of what is not there': [() => ({ supersedes: seededId('nothing') }), 400],
      'a guess at what she said, right in the one world and wrong in the other': [
        () => ({
          assessmentId: seededId('reed', 'visit', 'person', 1),
          answers: answersOf('reed', 1, false, 'person'),
          observedAt: '2026-11-01T03:00:00.000Z',
        }),
        201,
      ],
      'the same about somebody else': [
        ({ reed }) => ({ assessmentId: seededId('reed', 'visit', 'person', 1), subjectId: reed[4]!.personId }),
        409,
      ],
    };
    const send =
      (status: number, more: (world: TwinWorld) => object): Ask =>
      async (world, client) => {
        const answer = await client.post('/api/assessments', visit(world, more(world)));
        expect([JSON.stringify(more(world)), answer.status, answer.text]).toEqual([JSON.stringify(more(world)), status, answer.text]);
        return answer;
      };
    const asks = Object.fromEntries(Object.entries(refused).map(([what, [more, status]]) => [what, send(status, more)]));
    await compare('district_officer', asks);
    const broken = (world: TwinWorld, act: 'add' | 'drop') =>
      sql`alter table waymark.assessment ${sql.raw(act)} constraint broken ${sql.raw(act === 'add' ? 'check (actor_id is null) not valid' : '')}`.execute(
        world.app.db.owner,
      );
    for (const world of [quiet, loud]) await broken(world, 'add');
    await compare('district_officer', { 'a fault of the database': send(500, () => ({})) });
    for (const world of [quiet, loud]) await broken(world, 'drop');
    const logged = ({ app }: TwinWorld) =>
      app.logLines.map((line) => {
        const {
          time: _time,
          pid: _pid,
          reqId: _id,
          responseTime: _took,
          ms: _ms,
          port: _port,
          ...rest
        } = JSON.parse(line) as Record<string, unknown>;
        return JSON.stringify(rest);
      });
    const [one, other] = [logged(quiet), logged(loud)];
    expect(one.filter((line) => line.includes('broken')).length).toBeGreaterThan(0);
    expectAlike(['log'], [0, withoutItsOwn(one.join('\n'), quiet)], [0, withoutItsOwn(other.join('\n'), loud)]);
  });

  it('the list of a backup, what is read of it and what doctor says are the same', async () => {
    const identity = await generateIdentity(),
      recipient = await identityToRecipient(identity);
    const told = async (world: TwinWorld): Promise<string> => {
      const { app } = world;
      const file = join(app.folder, 'out.backup');
      const written = await writeBackup({ ownerUrl: app.db.urls.owner, file, sealing: { recipient }, version: '0', now: twinNow });
      const { manifest } = await checkBackup(file, { identity }, () => {}, []);
      const counted = (tables: typeof manifest.tables) => tables.map(({ schema, name, rows }) => `${schema}.${name}: ${rows}`);
      const found = await examine(
        { urls: app.db.urls, dataFolder: app.folder, database: 'server', cluster: null, close: async () => {} },
        { full: true, keyFile: app.keyFile },
      );
      expect(found.filter(({ what }) => ['standings', 'lists of people', 'rollups'].includes(what)).map(({ state }) => state)).toEqual([
        'well',
        'well',
        'well',
      ]);
      // Room on the disk is the machine's; how long entries have waited for their seal is the clock's.
      const findings = found
        .filter(({ what }) => what !== 'disk')
        .map((each) =>
          each.what === 'record of use' ? (each.detail.match(/\d+ entries|\d+ seals|\d+ wait/g) ?? []).join() : JSON.stringify(each),
        );
      expect(findings).toContainEqual(expect.stringMatching(/^0 entries,0 seals,\d+ wait$/));
      return [...counted(written.tables), ...counted(manifest.tables), ...findings].join('\n');
    };
    const [one, other] = [await told(quiet), await told(loud)];
    expect(one).toContain('waymark.assessment: ');
    expectAlike(['kept'], [0, withoutItsOwn(one, quiet)], [0, withoutItsOwn(other, loud)]);
  });
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type PersonName, type TestApp } from '../../../test/support/app.ts';
import type { Client } from '../../../test/support/client.ts';
import type { ImportReport } from '../domain/import-report.ts';
import type { ImportState } from '../domain/imports-api.ts';

interface Page {
  rows: ImportState[];
  next: string | null;
}

let app: TestApp;
let nok: Client, mali: Client, dao: Client, ploy: Client;
beforeAll(async () => {
  app = await startApp({ jobs: false });
  [nok, mali, dao, ploy] = [
    await app.as('administrator'),
    await app.as('coordinator'),
    await app.as('other_coordinator'),
    await app.as('analyst'),
  ];
  for (const run of runs) await ask(run);
});
afterAll(() => app.close());

interface Run {
  readonly by: PersonName;
  readonly reach: 'province' | 'west' | 'everywhere';
  readonly file: string;
  readonly state?: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'undone';
  readonly kind?: 'places' | 'area-stats';
  readonly dryRun?: boolean;
}

/** Oldest first. */
const runs: readonly Run[] = [
  { by: 'administrator', reach: 'everywhere', file: 'Villages 2020.csv', kind: 'places' },
  { by: 'administrator', reach: 'everywhere', file: 'districts.geojson', kind: 'places', state: 'undone' },
  { by: 'coordinator', reach: 'province', file: 'poverty 100%.csv' },
  { by: 'coordinator', reach: 'province', file: '=HYPERLINK("x").csv', state: 'failed' },
  { by: 'coordinator', reach: 'province', file: 'poverty_trial.csv', dryRun: true },
  { by: 'other_coordinator', reach: 'west', file: 'poverty west.csv' },
  { by: 'other_coordinator', reach: 'west', file: 'cafe\u0301.csv', state: 'cancelled' },
  { by: 'coordinator', reach: 'province', file: 'later.csv', state: 'running' },
  { by: 'coordinator', reach: 'province', file: 'last.csv', state: 'waiting' },
];

const found = {
  mapping: 'm.yaml',
  dryRun: false,
  sameAs: null,
  batchId: null,
  rows: 12,
  taken: 10,
  rejected: 2,
  rejectedRows: [],
  rejectedFile: null,
  notes: [],
  levels: [],
  indicators: [],
  milliseconds: 1,
} satisfies Partial<ImportReport>;

async function ask({ by, reach, file, state = 'done', kind = 'area-stats', dryRun = false }: Run): Promise<void> {
  const batchId = uuidv7(),
    actorId = app.accountIds[by],
    path = reach === 'everywhere' ? '*' : app.land[reach].path,
    report = state === 'done' ? { ...found, kind, file } : null,
    problem = state === 'failed' ? { code: 'bad-mapping', detail: '+1 is no column', at: null } : null;
  await sql`insert into waymark.import_run (batch_id, kind, dry_run, file_name, mapping_name, actor_id, reach, state, report, problem)
    values (${batchId}, ${kind}, ${dryRun}, ${file}, 'm.yaml', ${actorId}, ${path}, ${state === 'undone' ? 'done' : state}, ${JSON.stringify(report)}::jsonb, ${JSON.stringify(problem)}::jsonb)`.execute(
    app.db.owner,
  );
  if (state === 'undone')
    await sql`insert into waymark.import_batch (batch_id, kind, file_name, file_sha256, mapping_name, mapping, mapping_sha256, state, actor_id, reach)
      values (${batchId}, ${kind}, ${file}, ${batchId}, 'm.yaml', '{}', ${batchId}, 'undone', ${actorId}, ${path})`.execute(app.db.owner);
}

async function files(client: Client, question = ''): Promise<string[]> {
  const { body, status, text } = await client.get<Page>(`/api/imports${question}`);
  if (status !== 200) throw new Error(text);
  return body.rows.map(({ fileName }) => fileName);
}

describe('The list of imports', () => {
  it.each([
    [
      '',
      [
        'last.csv',
        'later.csv',
        'cafe\u0301.csv',
        'poverty west.csv',
        '=HYPERLINK("x").csv',
        'poverty 100%.csv',
        'districts.geojson',
        'Villages 2020.csv',
      ],
    ],
    ['?kind=places', ['districts.geojson', 'Villages 2020.csv']],
    ['?kind=places&sort=oldest', ['Villages 2020.csv', 'districts.geojson']],
    ['?state=waiting', ['last.csv']],
    ['?state=running', ['later.csv']],
    ['?state=done&kind=area-stats', ['poverty west.csv', 'poverty 100%.csv']],
    ['?state=failed', ['=HYPERLINK("x").csv']],
    ['?state=cancelled', ['cafe\u0301.csv']],
    ['?state=undone', ['districts.geojson']],
    ['?state=dry-run', ['poverty_trial.csv']],
    ['?file=POVERTY', ['poverty west.csv', 'poverty 100%.csv']],
    ['?file=villages%20', ['Villages 2020.csv']],
    ['?file=%25', ['poverty 100%.csv']],
    ['?file=_', []],
    ['?file=caf%C3%A9', ['cafe\u0301.csv']],
    ["?file=' or true --", []],
  ])('%s', async (question, expected) => {
    expect(await files(nok, question)).toEqual(expected);
  });

  it.each(['?state=lost', '?kind=folk', '?sort=name', '?file=%00', '?after=1', `?file=${'x'.repeat(201)}`])(
    '%s is refused',
    async (question) => {
      expect((await nok.get(`/api/imports${question}`)).status).toBe(400);
    },
  );

  it.each(['newest', 'oldest'])('goes through pages, the %s first, without losing or repeating one', async (sort) => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { body }: { body: Page } = await nok.get<Page>(`/api/imports?sort=${sort}&file=csv&limit=2${after ? `&after=${after}` : ''}`);
      seen.push(...body.rows.map(({ fileName }) => fileName));
      after = body.next;
    } while (after !== null);
    expect(seen).toEqual(await files(nok, `?sort=${sort}&file=csv`));
    expect(seen).toHaveLength(7);
  });

  it('tells what waits from what runs', async () => {
    const { body } = await nok.get<Page>('/api/imports?limit=2');
    expect(body.rows.map(({ state, waiting }) => [state, waiting])).toEqual([
      ['running', true],
      ['running', false],
    ]);
  });

  it('shows nobody an import that she may not see, whatever she looks for', async () => {
    expect(await files(dao)).toEqual(['cafe\u0301.csv', 'poverty west.csv']);
    expect(await files(dao, '?file=100')).toEqual([]);
    expect(await files(dao, '?state=failed')).toEqual([]);
    expect(await files(mali, '?kind=places')).toEqual([]);
    expect(await files(mali, '?file=poverty')).toEqual(['poverty west.csv', 'poverty 100%.csv']);
    expect((await ploy.get('/api/imports?state=done')).status).toBe(403);
  });
});

describe('The list as a file', () => {
  const csv = async (client: Client, question: string) => (await client.get(`/api/imports.csv${question}`)).text.split('\r\n');

  it('holds what the list holds, and runs in no spreadsheet', async () => {
    const lines = await csv(nok, '?file=csv&sort=oldest');
    expect(lines[0]).toBe(
      'import,kind,file,mapping,state,dry_run,rows,taken,rejected,account,started_at,finished_at,undone_at,problem,detail',
    );
    expect(lines).toHaveLength(1 + 7 + 1);
    expect(lines[1]).toMatch(/^[0-9a-f-]{36},places,Villages 2020\.csv,m\.yaml,done,no,12,10,2,/);
    expect(lines[3]).toContain(',"\'=HYPERLINK(""x"").csv",m.yaml,failed,no,,,,');
    expect(lines[3]).toMatch(/,bad-mapping,'\+1 is no column$/);
    expect(lines[7]).toContain(',last.csv,m.yaml,waiting,no,');
  });

  it('stands behind the same wall, and its taking stands in the record without what was looked for', async () => {
    expect((await csv(dao, '?file=poverty')).slice(1, -1).map((line) => line.split(',')[2])).toEqual(['poverty west.csv']);
    expect(await csv(dao, '?state=failed')).toHaveLength(2);
    expect((await ploy.get('/api/imports.csv')).status).toBe(403);
    expect((await app.anonymous().get('/api/imports.csv')).status).toBe(401);
    const { rows } = await sql<{
      detail: unknown;
    }>`select detail from waymark.audit_entry where action = 'imports.export' and actor_id = ${app.accountIds.other_coordinator} order by at`.execute(
      app.db.owner,
    );
    expect(rows.map(({ detail }) => detail)).toEqual([
      { rows: 1, kind: null, state: null },
      { rows: 0, kind: null, state: 'failed' },
    ]);
  });
});

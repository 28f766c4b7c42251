// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import type { Client } from '../../../test/support/client.ts';
import { sharedData } from '../../../test/support/shared-data.ts';
import { aCountry, aPlace, aSquare } from '../builders.ts';
import type { FilePreview, ImportState } from '../domain/imports-api.ts';
import type { PlaceDetail, PlaceRef } from '../domain/place.ts';
import type { FoundPlace } from '../domain/places-api.ts';

interface Page<T> {
  rows: T[];
  next: string | null;
}

let app: TestApp;
let mali: Client, nok: Client, ploy: Client;
beforeAll(async () => {
  app = await startApp();
  [mali, nok, ploy] = [await app.as('coordinator'), await app.as('administrator'), await app.as('analyst')];
});
afterAll(() => app.close());

async function ended(client: Client, batchId: string): Promise<ImportState> {
  for (;;) {
    const { body, status, text } = await client.get<ImportState>(`/api/imports/${batchId}`);
    if (status !== 200) throw new Error(text);
    if (body.state !== 'running') return body;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const mapping =
  'country: XQ\nnames: { en: Quellaria }\nlevels: [{ en: country }, { en: province }]\nsteps: [{ level: 1, file: p.csv, code: code, names: { en: name } }]\n';
const file = (content: string) => [{ field: 'file', name: 'p.csv', content }];

describe('Cambodia over HTTP', () => {
  let cambodia: PlaceRef;
  beforeAll(async () => {
    const names = [
      'kh_provinces.csv',
      'kh_provinces.topojson',
      'kh_districts.csv',
      'kh_districts.topojson',
      'kh_communes.csv',
      'idpoor_2010.csv',
      'idpoor_2011.csv',
    ];
    const files = names.map((name) => ({ field: 'file', name, content: new Uint8Array(readFileSync(sharedData('cambodia', name))) }));
    const started = await nok.upload<{ batchId: string }>('/api/imports', files, {
      kind: 'places',
      mapping: readFileSync('mappings/cambodia/places.yaml', 'utf8'),
      mappingName: 'places.yaml',
    });
    expect(started.status).toBe(202);
    const done = await ended(nok, started.body.batchId);
    expect(done).toMatchObject({ state: 'done', problem: null, report: { taken: 12_677, rejected: 0 } });
    const { body } = await mali.get<PlaceRef[]>('/api/countries');
    cambodia = body.find(({ country }) => country === 'KH')!;
  });

  it.each([
    ['Phnom Penh', 'Phnom Penh', 1],
    ['phnom penh', 'Phnom Penh', 1],
    ['pnom pen', 'Phnom Penh', 1],
    ['PHNOM-PENH', 'Phnom Penh', 1],
    ['កម្ពុជា', 'Cambodia', 0],
    ['กัมพูชา', 'Cambodia', 0],
    ['0102', 'Mongkol Borei', 2],
    ['mongkol', 'Mongkol Borei', 2],
  ])('%s finds %s', async (search, name, level) => {
    const { body } = await mali.get<Page<FoundPlace>>(`/api/places?search=${encodeURIComponent(search)}&limit=5`);
    expect(body.rows.slice(0, 3)).toContainEqual(expect.objectContaining({ name, level }));
  });

  it('says where a found place lies, and pages through many without losing or repeating one', async () => {
    const seen: string[] = [];
    for (let after: string | null = ''; after !== null;) {
      const { body }: { body: Page<FoundPlace> } = await mali.get<Page<FoundPlace>>(
        `/api/places?search=prey&country=KH&limit=200${after ? `&after=${after}` : ''}`,
      );
      seen.push(...body.rows.map(({ placeId }) => placeId));
      after = body.next;
    }
    expect(seen.length).toBeGreaterThan(200);
    expect(new Set(seen).size).toBe(seen.length);
    const { body } = await mali.get<Page<FoundPlace>>('/api/places?search=01020101');
    expect(body.rows[0]).toMatchObject({ name: 'Ou Thum', within: 'Banteay Neang, Mongkol Borei, Banteay Meanchey, Cambodia' });
  });

  it('draws the districts of the country coarsely and a district of its own finely, with an ETag', async () => {
    const all = await mali.get<{ features: { id: string; geometry: { type: string }; properties: { code: string; names: unknown } }[] }>(
      `/api/places/${cambodia.placeId}/boundaries?level=2`,
    );
    expect(all.headers.get('content-type')).toMatch(/geo\+json/);
    expect(all.body.features).toHaveLength(194);
    expect(all.body.features[0]!.properties).toMatchObject({
      code: expect.any(String) as string,
      level: 2,
      names: { en: expect.any(String) as string },
    });
    expect(all.text.length).toBeLessThan(800_000);
    const again = await mali.get(`/api/places/${cambodia.placeId}/boundaries?level=2`, { 'if-none-match': all.headers.get('etag')! });
    expect(again.status).toBe(304);
    const fine = await mali.get(`/api/places/${cambodia.placeId}/boundaries?level=2&detail=2`);
    expect(fine.text.length).toBeGreaterThan(2 * all.text.length);
  });

  it('tells what lies in the country, by level', async () => {
    const { body } = await ploy.get<PlaceDetail>(`/api/places/${cambodia.placeId}`);
    expect(body.below.map(({ level, count, withBoundary }) => [level, count, withBoundary])).toEqual([
      [1, 24, 24],
      [2, 194, 194],
      [3, 1_621, 0],
      [4, 10_620, 0],
    ]);
    const children = await ploy.get<Page<PlaceRef>>(`/api/places/${cambodia.placeId}/children?limit=20`);
    const rest = await ploy.get<Page<PlaceRef>>(`/api/places/${cambodia.placeId}/children?limit=20&after=${children.body.next}`);
    expect([...children.body.rows, ...rest.body.rows]).toHaveLength(24);
    expect(rest.body.next).toBeNull();
  });
});

describe('Reading places', () => {
  it('gives a place with its ancestors; places without a boundary come as points, those without a point not at all', async () => {
    const country = await aCountry(app.db.owner),
      province = await aPlace(app.db.owner, { parent: country, names: { en: 'Dell' }, boundary: aSquare(100, 15, 2) });
    const drawn = await aPlace(app.db.owner, { parent: province, boundary: aSquare(100, 15, 1) }),
      dot = await aPlace(app.db.owner, { parent: province, latitude: 15.5, longitude: 101.5 });
    await aPlace(app.db.owner, { parent: province });
    const { body } = await ploy.get<PlaceDetail>(`/api/places/${drawn.placeId}`);
    expect(body).toMatchObject({
      hasBoundary: true,
      parentId: province.placeId,
      ancestors: [{ code: country.code }, { code: province.code }],
      below: [],
      levelNames: { en: 'district' },
    });
    const map = await ploy.get<{ features: { id: string; geometry: unknown }[] }>(`/api/places/${province.placeId}/boundaries`);
    expect(map.body.features.map(({ id, geometry }) => [id, geometry])).toEqual([
      [drawn.placeId, aSquare(100, 15, 1)],
      [dot.placeId, { type: 'Point', coordinates: [101.5, 15.5] }],
    ]);
  });

  it.each([
    ['/api/places/00000000-0000-7000-8000-000000000000', 404],
    ['/api/places/xyz', 400],
    ['/api/places?after=xyz', 400],
    ['/api/places?limit=0', 400],
    ['/api/places?level=11', 400],
    ['/api/places?search=%25', 200],
    ['/api/places?search=%00', 400],
  ])('GET %s answers %i', async (path, status) => {
    expect((await mali.get(path)).status).toBe(status);
  });

  it('needs a signed-in person', async () => {
    for (const path of [
      '/api/places',
      '/api/countries',
      `/api/places/${app.land.province.placeId}`,
      `/api/places/${app.land.province.placeId}/boundaries`,
      '/api/imports',
    ]) {
      expect((await app.anonymous().get(path)).status).toBe(401);
    }
  });
});

describe('Importing in the browser', () => {
  it('tries first: the report comes, nothing is written, and the rejected rows can be fetched', async () => {
    const { body } = await nok.upload<{ batchId: string }>('/api/imports', file('code,name\n01,Aran\n,Bela\n'), {
      kind: 'places',
      mapping,
      dryRun: 'true',
    });
    const state = await ended(nok, body.batchId);
    expect(state).toMatchObject({ state: 'done', dryRun: true, report: { rows: 2, taken: 1, rejected: 1, rejectedFile: 'rejected.csv' } });
    const csv = await nok.get(`/api/imports/${body.batchId}/rejected.csv`);
    expect(csv.text).toContain('p.csv,3,code,,the code is empty,code-empty');
    expect((await nok.get(`/api/imports/${body.batchId}/rejected.csv?language=th`)).text).toContain(
      'ไฟล์,แถว,คอลัมน์,รหัส,เหตุผล,reason_code\r\np.csv,3,code,,ไม่มีรหัส,code-empty',
    );
    expect((await nok.get<Page<FoundPlace>>('/api/places?country=XQ')).body.rows).toEqual([]);
    expect((await nok.get<Page<ImportState>>('/api/imports')).body.rows.map(({ batchId }) => batchId)).not.toContain(body.batchId);
  });

  it('imports, lists, undoes, and says so in the record', async () => {
    const started = await nok.upload<{ batchId: string }>(
      '/api/imports',
      [...file('code,name\n01,Aran\n'), { field: 'mapping', name: 'q.yaml', content: mapping }],
      { kind: 'places' },
    );
    const { batchId } = started.body;
    expect(await ended(nok, batchId)).toMatchObject({ state: 'done', mappingName: 'q.yaml', fileName: 'p.csv' });
    expect((await nok.get<Page<ImportState>>('/api/imports?limit=1')).body.rows[0]).toMatchObject({ batchId, state: 'done' });
    expect((await nok.post<ImportState>(`/api/imports/${batchId}/undo`)).body).toMatchObject({ batchId, state: 'undone' });
    expect((await nok.get<ImportState>(`/api/imports/${batchId}`)).body.state).toBe('undone');
    expect((await nok.post(`/api/imports/${batchId}/undo`)).status).toBe(409);
    const { rows } = await sql<{ action: string }>`select action from waymark.audit_entry where subject = ${batchId} order by at`.execute(
      app.db.owner,
    );
    expect(rows.map(({ action }) => action)).toEqual(['imports.start', 'imports.undo']);
  });

  it('a cancelled import keeps nothing', async () => {
    const many = Array.from({ length: 60_000 }, (_, i) => `${i},Ban ${i}`).join('\n');
    const { body } = await nok.upload<{ batchId: string }>('/api/imports', file(`code,name\n${many}\n`), { kind: 'places', mapping });
    expect((await nok.post(`/api/imports/${body.batchId}/cancel`)).status).toBe(200);
    expect(await ended(nok, body.batchId)).toMatchObject({ state: 'cancelled', report: null });
    expect((await nok.get<Page<FoundPlace>>('/api/places?country=XQ')).body.rows).toEqual([]);
  });

  it.each([
    ['no file', [], { kind: 'places', mapping }, 400],
    ['no mapping', file('code,name\n'), { kind: 'places' }, 400],
    ['an unknown kind', file('code,name\n'), { kind: 'folk', mapping }, 400],
    ['a mapping that does not fit', file('code,name\n'), { kind: 'places', mapping: 'country: thailand' }, 422],
  ] as const)('%s is refused at once', async (_what, files, fields, status) => {
    expect((await nok.upload('/api/imports', files, fields)).status).toBe(status);
  });

  it('an analyst may neither import, nor look at imports, nor undo one', async () => {
    expect((await ploy.upload('/api/imports', file('code,name\n01,A\n'), { kind: 'places', mapping })).status).toBe(403);
    expect((await ploy.get('/api/imports')).status).toBe(403);
    const { body } = await nok.get<Page<ImportState>>('/api/imports');
    expect((await ploy.post(`/api/imports/${body.rows[0]!.batchId}/undo`)).status).toBe(403);
    expect((await ploy.get(`/api/imports/${body.rows[0]!.batchId}`)).status).toBe(403);
    expect((await ploy.upload('/api/imports/preview', file('a,b\n1,2\n'))).status).toBe(403);
  });

  it('a coordinator of one province cannot bring in another country, and is told', async () => {
    const { body } = await mali.upload<{ batchId: string }>('/api/imports', file('code,name\n01,Aran\n'), { kind: 'places', mapping });
    expect(await ended(mali, body.batchId)).toMatchObject({ state: 'failed', problem: { code: 'outside-your-area' } });
  });

  it('shows columns and first rows of a file before there is a mapping', async () => {
    const { body } = await nok.upload('/api/imports/preview', file('\ufeffcode;name\r01;Aran\r'));
    expect(body).toMatchObject({ file: 'p.csv', columns: ['code', 'name'], rowCount: 1, rows: [{ row: 2, cells: ['01', 'Aran'] }] });
  });

  it('tries a mapping on the first rows, formulas too, and says which expression is wrong and which cell', async () => {
    const content = 'code,poor,all,note\n7,5,100,x\n8,n/a,100,y\n9,,50,z\n';
    const stats = (indicator: string) =>
      `country: XA\nlevel: 3\ninstrument: place-secondary-1\nsource: Made up\ncode: { column: code, pad: 2 }\nobserved: { date: "2024-01-01" }\nindicators: { poor_households: ${indicator} }\n`;
    const look = (indicator: string) =>
      mali.upload<FilePreview>('/api/imports/preview', file(content), {
        kind: 'area-stats',
        mapping: stats(indicator),
        mappingName: 's.yaml',
      });
    const good = (await look('{ value: "num(poor) / num(\\"all\\")" }')).body;
    expect(good.tried).toEqual([
      {
        what: 'code',
        indicator: null,
        problem: null,
        rows: [
          { row: 2, value: '07', reason: null },
          { row: 3, value: '08', reason: null },
          { row: 4, value: '09', reason: null },
        ],
      },
      {
        what: 'value',
        indicator: 'poor_households',
        problem: null,
        rows: [
          { row: 2, value: 0.05, reason: null },
          { row: 3, value: null, reason: '"n/a" is not a number' },
          { row: 4, value: null, reason: null },
        ],
      },
    ]);
    const wrong = (await look('{ part: num(poorr), whole: "getenv(\'HOME\')" }')).body.tried ?? [];
    expect(wrong.map(({ what, problem }) => [what, problem])).toEqual([
      ['code', null],
      ['part', expect.stringMatching(/^poor_households, part: no column poorr; did you mean poor\?/)],
      ['whole', expect.stringMatching(/^poor_households, whole: the function getenv may not be used/)],
    ]);
    expect((await look('{ valeu: poor }')).text).toContain('did you mean value?');
    expect(
      (await mali.upload<FilePreview>('/api/imports/preview', file('code,name\n01,Aran\n'), { kind: 'places', mapping })).body.tried?.map(
        ({ what, rows }) => [what, rows[0]?.value],
      ),
    ).toEqual([
      ['code', '01'],
      ['name en', 'Aran'],
    ]);
    expect(
      (await mali.upload<FilePreview>('/api/imports/preview', [{ field: 'file', name: 'other.csv', content }], { kind: 'places', mapping }))
        .body.tried,
    ).toBeUndefined();
    expect(
      (await ploy.upload('/api/imports/preview', file(content), { kind: 'area-stats', mapping: stats('{ value: poor }') })).status,
    ).toBe(403);
  });
});

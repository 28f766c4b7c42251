// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { importer, importMade, placesImport, type RunOptions } from '../../../test/support/places-import.ts';
import type { ImportReport } from '../domain/import-report.ts';
import { withActor } from '../../platform/server/db.ts';
import { findPlaceByCode, lockBatch, undoLocked } from './index.ts';
import { holdLifeline, reviveDead } from './queries-runs.ts';

const mapping = (more = ''): string => `
country: XQ
names: { en: Quellaria }
levels: [{ en: country }, { en: province }, { en: district }]
steps:
  - { level: 1, file: p.csv, code: code, names: { en: name }, population: people${more} }
  - { level: 2, file: d.csv, code: code, names: { en: name }, parent: { column: province } }
`;
const files = { 'p.csv': 'code,name,people\n01,Aran,10\n02,Bela,20\n', 'd.csv': 'code,name,province\n0101,Ka,01\n0201,Lu,02\n' };
const square = (west: number, size: number): string =>
  JSON.stringify({
    type: 'FeatureCollection',
    features: [
      {
        type: 'Feature',
        properties: { code: '01' },
        geometry: {
          type: 'Polygon',
          coordinates: [
            [
              [west, 0],
              [west + size, 0],
              [west + size, size],
              [west, size],
              [west, 0],
            ],
          ],
        },
      },
    ],
  });

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  await sql`truncate waymark.place, waymark.place_boundary, waymark.place_level, waymark.place_previous, waymark.import_batch cascade`.execute(
    db.owner,
  );
});

const bring = (text = mapping(), content: Record<string, string> = files, options: RunOptions = {}): Promise<ImportReport> =>
  importMade(db, text, content, options);

async function undo(report: ImportReport, actor = importer()): Promise<void> {
  await withActor(db.app, actor, async (tx) =>
    undoLocked(tx, actor, placesImport, (await lockBatch(tx, report.batchId!))!, { now: new Date(), newId: uuidv7 }),
  );
}

async function everything(): Promise<unknown> {
  const places =
    await sql`select code, names, name, search, population, level, version > 1 as changed from waymark.place order by code`.execute(
      db.owner,
    );
  const boundaries =
    await sql`select p.code, b.detail, b.geometry from waymark.place_boundary b join waymark.place p using (place_id) order by 1, 2`.execute(
      db.owner,
    );
  return { places: places.rows.map((row) => ({ ...(row as object), changed: undefined })), boundaries: boundaries.rows };
}

async function states(): Promise<string[]> {
  const { rows } = await sql<{ state: string }>`select state from waymark.import_batch order by batch_id`.execute(db.owner);
  return rows.map(({ state }) => state);
}

describe('Importing again', () => {
  it('the same files under the same mapping are taken once', async () => {
    const first = await bring(),
      again = await bring();
    expect(again).toMatchObject({ sameAs: first.batchId, rows: 4, taken: 4 });
    expect(await states()).toEqual(['done']);
  });

  it('leaves alone what did not change, and counts a version where something did', async () => {
    await bring();
    await bring(mapping(), { ...files, 'p.csv': 'code,name,people\n01,Aran,11\n02,Bela,20\n03,Caro,30\n' });
    const { rows } = await sql`select code, version, population from waymark.place where level = 1 order by code`.execute(db.owner);
    expect(rows).toEqual([
      { code: '01', version: 2, population: 11 },
      { code: '02', version: 1, population: 20 },
      { code: '03', version: 1, population: 30 },
    ]);
  });

  it('adds names in another language without losing the first', async () => {
    await bring();
    await bring(
      'country: XQ\nnames: { en: Quellaria, th: เควล }\nlevels: [{ th: ประเทศ }, { th: จังหวัด }]\nsteps: [{ level: 1, file: t.csv, code: c, names: { th: t } }]\n',
      { 't.csv': 'c,t\n01,อารัญ\n' },
    );
    expect(await findPlaceByCode(db.owner, 'XQ', '01')).toMatchObject({
      names: { en: 'Aran', th: 'อารัญ' },
      name: 'Aran',
      population: 10,
      version: 2,
    });
    expect(await findPlaceByCode(db.owner, 'XQ', 'XQ')).toMatchObject({ names: { en: 'Quellaria', th: 'เควล' } });
    const { rows } = await sql`select names from waymark.place_level where country = 'XQ' and level = 1`.execute(db.owner);
    expect(rows).toEqual([{ names: { en: 'province', th: 'จังหวัด' } }]);
  });

  it('does not move a place to another parent', async () => {
    await bring();
    const report = await bring(mapping(), { ...files, 'd.csv': 'code,name,province\n0101,Ka,02\n' });
    expect(report.rejectedRows).toEqual([
      expect.objectContaining({
        file: 'd.csv',
        row: 2,
        code: '0101',
        reason: 'this place is here already within 01; an import does not move it to 02',
      }),
    ]);
  });
});

describe('Undoing an import', () => {
  it('takes away all it brought', async () => {
    const before = await everything(),
      report = await bring();
    await undo(report);
    expect(await everything()).toEqual(before);
    expect(await states()).toEqual(['undone']);
    expect((await sql`select from waymark.place_level`.execute(db.owner)).rows).toEqual([]);
    await expect(undo(report)).rejects.toThrow(/undone already/);
  });

  it('after which the same files can be taken again', async () => {
    await undo(await bring());
    expect(await bring()).toMatchObject({ sameAs: null, taken: 4 });
  });

  it('gives changed places and boundaries back what stood before, also one import after the other', async () => {
    const withMap = mapping(', boundaries: { file: b.geojson, code: code }');
    await bring(withMap, { ...files, 'b.geojson': square(0, 1) });
    const before = await everything();
    const second = await bring(withMap, {
      'p.csv': 'code,name,people\n01,Aranya,99\n',
      'd.csv': 'code,name,province\n0102,Mo,01\n',
      'b.geojson': square(0, 2),
    });
    const between = await everything();
    const third = await bring(withMap, {
      'p.csv': 'code,name,people\n01,Aranyika,100\n',
      'd.csv': 'code,name,province\n',
      'b.geojson': square(0, 3),
    }).catch(() =>
      bring(withMap, {
        'p.csv': 'code,name,people\n01,Aranyika,100\n',
        'd.csv': 'code,name,province\n0101,Ka,01\n',
        'b.geojson': square(0, 3),
      }),
    );
    await expect(undo(second)).rejects.toThrow(/Aranyika \(01\) was changed again after this import\. Undo the later import first/);
    await undo(third);
    expect(await everything()).toEqual(between);
    await undo(second);
    expect(await everything()).toEqual(before);
  });

  it('is refused while places of a later import lie within its own', async () => {
    const first = await bring();
    await bring(mapping(), { ...files, 'd.csv': 'code,name,province\n0102,Mo,01\n' });
    await expect(undo(first)).rejects.toMatchObject({
      code: 'changed-meanwhile',
      message: expect.stringMatching(/places of a later import lie within Aran \(01\)/) as string,
    });
    expect(await states()).toEqual(['done', 'done']);
  });

  it('is refused while people are registered there, and changes nothing', async () => {
    const report = await bring(),
      before = await everything();
    await sql`insert into waymark.household (region_id, household_id, place_id) select region_id, ${uuidv7()}, place_id from waymark.place where code = '0101'`.execute(
      db.owner,
    );
    await expect(undo(report)).rejects.toMatchObject({
      code: 'changed-meanwhile',
      message: expect.stringMatching(/households are registered there/) as string,
    });
    expect(await everything()).toEqual(before);
  });
});

describe('Stopping an import', () => {
  it('keeps nothing of it and says that it was cancelled', async () => {
    const stop = new AbortController();
    await expect(
      bring(mapping(), files, {
        signal: stop.signal,
        onProgress: (phase) => {
          if (/Writing each district/.test(phase)) stop.abort();
        },
      }),
    ).rejects.toMatchObject({ code: 'cancelled' });
    expect(await everything()).toEqual({ places: [], boundaries: [] });
    expect(await states()).toEqual(['cancelled']);
  });

  it('a restart tells of those that were running, and leaves one alone that still runs at a command line', async () => {
    const [dead, alive] = [uuidv7(), uuidv7()];
    for (const id of [dead, alive]) {
      await sql`insert into waymark.import_batch (batch_id, kind, file_name, file_sha256, mapping_name, mapping, mapping_sha256, state, actor_id) values (${id}, 'places', 'f', ${id}, 'm', '{}', 'b', 'running', 'somchai')`.execute(
        db.owner,
      );
      await sql`insert into waymark.import_run (batch_id, kind, dry_run, file_name, mapping_name, actor_id, reach, state) values (${id}, 'places', false, 'f', 'm', 'somchai', '*', 'running')`.execute(
        db.owner,
      );
    }
    await db.app.transaction().execute(async (tx) => {
      await holdLifeline(tx, alive);
      expect(await reviveDead(db.jobs)).toBe(1);
    });
    const { rows } = await sql<{
      state: string;
      batch: string;
      detail: string | null;
    }>`select r.state, b.state as batch, problem ->> 'detail' as detail from waymark.import_run r join waymark.import_batch b using (batch_id) where batch_id in (${dead}, ${alive}) order by batch_id`.execute(
      db.owner,
    );
    expect(rows).toEqual([
      { state: 'failed', batch: 'failed', detail: expect.stringContaining('nothing was taken') as string },
      { state: 'running', batch: 'running', detail: null },
    ]);
    await sql`delete from waymark.import_run`.execute(db.owner);
  });

  it('a server that starts, again and again, never takes a living import of a command line for a dead one', async () => {
    const end = new AbortController();
    let looked = 0,
      found = 0;
    const looking = (async () => {
      while (!end.signal.aborted) {
        found += await reviveDead(db.jobs);
        looked++;
      }
    })();
    try {
      for (let i = 0; i < 4; i++)
        expect((await bring(mapping(), { ...files, 'd.csv': `${files['d.csv']}${'\n'.repeat(i)}` })).sameAs).toBeNull();
    } finally {
      end.abort();
      await looking;
    }
    expect([found, looked > 10, await states()]).toEqual([0, true, ['done', 'done', 'done', 'done']]);
  });

  it('says that it runs only while it holds its lifeline', async () => {
    const seen: unknown[] = [];
    const id = uuidv7();
    await bring(mapping(), files, {
      batchId: id,
      onProgress: (phase) => {
        if (/Opening p.csv/.test(phase))
          seen.push(reviveDead(db.jobs), sql`select state from waymark.import_batch where batch_id = ${id}`.execute(db.owner));
      },
    });
    expect(await Promise.all(seen)).toMatchObject([0, { rows: [{ state: 'running' }] }]);
  });

  it('two imports at once do not meet: one waits for the other', async () => {
    const [a, b] = await Promise.all([bring(), bring(mapping(), { ...files, 'd.csv': 'code,name,province\n0101,Ka,01\n0102,Mo,01\n' })]);
    expect([a.rejected, b.rejected]).toEqual([0, 0]);
    expect((await sql`select from waymark.place where country = 'XQ'`.execute(db.owner)).rows).toHaveLength(1 + 2 + 3);
  });
});

describe('Somebody who works in one province', () => {
  it('does not rename the country or its levels, and is told so', async () => {
    await bring();
    const aran = (await findPlaceByCode(db.owner, 'XQ', '01'))!;
    const other = mapping().replace('en: Quellaria', 'en: Aranland, th: ควา').replace('en: province', 'en: region');
    const report = await bring(other, files, { actor: importer([aran.path]) });
    expect(report.notes).toEqual(
      expect.arrayContaining([
        'The mapping calls the country Aranland (en), ควา (th); it is still called Quellaria: only somebody whose post reaches the whole installation may change that.',
        'The mapping calls level 1 region, which is called province here: only somebody whose post reaches the whole installation may change that.',
      ]),
    );
    expect(
      (await bring(mapping(), { ...files, 'd.csv': `${files['d.csv']}\n` }, { actor: importer([aran.path]) })).notes.filter((note) =>
        note.startsWith('The mapping'),
      ),
    ).toEqual([]);
  });

  it('cannot bring in a country', async () => {
    await expect(bring(mapping(), files, { actor: importer(['1']) })).rejects.toMatchObject({ code: 'outside-your-area' });
  });

  it('changes and adds places there; those elsewhere are refused, or passed over when nothing changes', async () => {
    await bring();
    const aran = (await findPlaceByCode(db.owner, 'XQ', '01'))!;
    const report = await bring(
      mapping(),
      {
        'p.csv': 'code,name,people\n01,Aran,11\n02,Bela,21\n03,Caro,1\n',
        'd.csv': 'code,name,province\n0101,Ka,01\n0102,Mo,01\n0201,Lu,02\n0202,Ni,02\n',
      },
      { actor: importer([aran.path]) },
    );
    expect(report.rejectedRows.map(({ file, row, reason }) => [file, row, reason])).toEqual([
      ['p.csv', 3, 'this lies outside the area you work in'],
      ['p.csv', 4, 'this lies outside the area you work in'],
      ['d.csv', 5, 'this lies outside the area you work in'],
    ]);
    expect(await findPlaceByCode(db.owner, 'XQ', '02')).toMatchObject({ population: 20 });
  });

  it('somebody without the right gets nothing through, whatever she calls', async () => {
    const reader = { ...importer(), rights: new Set(['risk.read']) };
    await expect(bring(mapping(), files, { actor: reader })).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(
      withActor(db.app, reader, (tx) => sql`insert into waymark.place_level values ('XQ', 0, '{}')`.execute(tx)),
    ).rejects.toMatchObject({ code: '42501' });
  });
});

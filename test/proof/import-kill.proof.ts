// SPDX-License-Identifier: AGPL-3.0-or-later
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImportState } from '../../src/places/domain/imports-api.ts';
import { recount } from '../../src/risk/server/index.ts';
import type { UploadFile } from '../support/client.ts';
import { Imports, Killable, victims } from './killable.ts';

const provinces = 20,
  districts = 10,
  villages = 200; // of each other: 40,000 villages, which keep a quick machine busy, too
const all = provinces * districts * villages;
const at = new Killable(4388),
  imports = new Imports(() => at.nok());
beforeAll(() => at.begin());
afterAll(() => at.end());

const ask = <T>(statement: ReturnType<typeof sql<T>>): Promise<T> => at.owner(async (db) => (await statement.execute(db)).rows[0]!);

describe('Places, killed in the midst of their import', () => {
  const code = (...parts: number[]): string => parts.map((part) => String(part + 1).padStart(3, '0')).join('');
  const mapping = (
    land: string,
  ): string => `country: ${land}\nnames: { en: Land ${land} }\nlevels: [{ en: country }, { en: province }, { en: district }, { en: village }]
steps:
  - { level: 1, file: p.csv, code: code, names: { en: name } }
  - { level: 2, file: d.csv, code: code, names: { en: name }, parent: { column: parent } }
  - { level: 3, file: v.csv, code: code, names: { en: name }, parent: { column: parent } }
`;
  function files(): UploadFile[] {
    const lines: string[][] = [[], [], []];
    for (let p = 0; p < provinces; p++) {
      lines[0]!.push(`${code(p)},Province ${p},`);
      for (let d = 0; d < districts; d++) {
        lines[1]!.push(`${code(p, d)},District ${p} ${d},${code(p)}`);
        for (let v = 0; v < villages; v++) lines[2]!.push(`${code(p, d, v)},Village ${p} ${d} ${v},${code(p, d)}`);
      }
    }
    return ['p.csv', 'd.csv', 'v.csv'].map((name, i) => ({ field: 'file', name, content: `code,name,parent\n${lines[i]!.join('\n')}\n` }));
  }
  const known = (land: string) => ask(sql<{ n: number }>`select count(*)::int as n from waymark.place where country = ${land}`);

  for (const [i, victim] of victims.entries()) {
    it(`${victim}, twice: each time nothing is there, and then all of it, once`, async () => {
      const land = ['XA', 'XB', 'XC'][i]!;
      const batchId = await imports.send(files(), 'places', mapping(land));
      for (const phase of [/Reading|Checking|Comparing/, /Writing|Checking/]) {
        await imports.reaches(batchId, phase);
        await at.kill(victim);
        expect(await known(land), 'nothing is half there').toEqual({ n: 0 });
      }
      expect(await imports.ends(batchId)).toMatchObject({
        state: 'done',
        problem: null,
        report: { rows: all + provinces * districts + provinces, rejected: 0 },
      });
      expect(await known(land)).toEqual({ n: 1 + provinces + provinces * districts + all });
      expect(await imports.ends(await imports.send(files(), 'places', mapping(land)))).toMatchObject({
        state: 'done',
        report: { sameAs: batchId },
      });
      expect(readdirSync(join(at.data, 'imports')), 'no file waits any more').toEqual([]);
    }, 900_000);
  }
});

describe('Statistics, killed in the midst of their import', () => {
  const poor = (row: number): number => (row * 7) % 50,
    households = (row: number): number => 50 + (row % 150);
  const rows = Array.from({ length: all }, (_, row) => row);
  const mapping = (
    land: string,
  ): string => `country: ${land}\nlevel: 3\ninstrument: place-secondary-1\nsource: Made up\ncode: { column: code }\nobserved: { date: "2024-01-01" }
indicators: { poor_households: { part: num(poor), whole: num(households), sumUp: true } }\n`;
  const code = (row: number): string =>
    [Math.floor(row / villages / districts), Math.floor(row / villages) % districts, row % villages]
      .map((part) => String(part + 1).padStart(3, '0'))
      .join('');
  const file = (land: string): UploadFile[] => [
    {
      field: 'file',
      name: `${land}.csv`,
      content: `code,poor,households\n${rows.map((row) => `${code(row)},${poor(row)},${households(row)}`).join('\n')}\n`,
    },
  ];
  const kept = (land: string) =>
    ask(sql<{ figures: number; answers: number; standings: number }>`
    select (select count(*)::int from waymark.area_statistic s join waymark.place p using (place_id) where p.country = ${land} and s.origin = 'measured') as figures,
           (select count(*)::int from waymark.assessment a join waymark.place p on p.place_id = a.subject_id where p.country = ${land}) as answers,
           (select count(*)::int from waymark.standing s join waymark.place p using (place_id) where p.country = ${land}) as standings`);

  for (const [i, victim] of victims.entries()) {
    it(`${victim}, twice: each time nothing is there, and then all of it, with sums that equal a recount`, async () => {
      const land = ['XA', 'XB', 'XC'][i]!;
      const batchId = await imports.send(file(land), 'area-stats', mapping(land));
      for (const phase of [/Writing figures|Scoring/, /Scoring/]) {
        await imports.reaches(batchId, phase);
        await at.kill(victim);
        expect(await kept(land), 'nothing is half there').toEqual({ figures: 0, answers: 0, standings: 0 });
      }
      expect(await imports.ends(batchId)).toMatchObject({ state: 'done', problem: null, report: { rows: all, taken: all, rejected: 0 } });
      expect(await kept(land)).toMatchObject({ figures: all, standings: 1 + provinces + provinces * districts + all });
      const [part, whole] = rows.reduce(([a, b], row) => [a! + poor(row), b! + households(row)], [0, 0]);
      expect(
        await ask(
          sql<object>`select part::int, whole::int, places_with from waymark.area_statistic s join waymark.place p using (place_id) where p.country = ${land} and p.level = 0`,
        ),
      ).toEqual({ part, whole, places_with: all });
      expect(await imports.ends(await imports.send(file(land), 'area-stats', mapping(land)))).toMatchObject({
        state: 'done',
        report: { sameAs: batchId },
      });
    }, 900_000);
  }

  it('leave standings and rollups that equal a recount of everything, and can be undone to the last place', async () => {
    expect(await at.owner((db) => db.transaction().execute((tx) => recount(tx)))).toEqual([]);
    const client = await at.nok();
    const {
      body: { rows: batches },
    } = await client.get<{ rows: ImportState[] }>('/api/imports?limit=100');
    for (const kind of ['area-stats', 'places']) {
      for (const { batchId } of batches.filter((batch) => batch.kind === kind && batch.state === 'done' && batch.report?.sameAs === null)) {
        const answer = await client.post(`/api/imports/${batchId}/undo`);
        expect([kind, answer.status, answer.text.slice(0, 300)]).toEqual([kind, 200, expect.any(String)]);
      }
    }
    expect(
      await ask(
        sql<object>`select (select count(*)::int from waymark.place) as places, (select count(*)::int from waymark.standing) as standings`,
      ),
    ).toEqual({ places: 0, standings: 0 });
  }, 900_000);
});

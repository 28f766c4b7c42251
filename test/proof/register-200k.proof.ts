// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRegister, type MadeRegister } from '../../scripts/make-register.ts';
import { searchByName } from '../../src/people/server/index.ts';
import { withActor } from '../../src/platform/server/db.ts';
import { withInstruments } from '../support/area-stats.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import startTestCluster from '../support/global-setup.ts';
import { coordinatorOf, importPeopleFile, keepPeople, testVault, undoPeopleImport } from '../support/people-import.ts';
import { importFolder } from '../support/places-import.ts';
import { figuresKept, figuresOfFile } from './village-figures.ts';

const people = Number(process.env['REGISTER_PEOPLE'] ?? 200_000);

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const done = await work();
  console.log(`${what}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return done;
}

describe(`A register of ${people.toLocaleString('en')} people with names in seven scripts`, () => {
  let db: TestDatabase, made: MadeRegister, batch: string, stop: (() => Promise<void>) | void;
  beforeAll(async () => {
    stop = await startTestCluster();
    made = await makeRegister({ people, folder: mkdtempSync(join(tmpdir(), 'waymark-register-')) });
    db = await testDatabase();
    await withInstruments(db);
    await importFolder(db, made.placesMapping, made.folder);
    await keepPeople(db, made.basis);
  }, 600_000);
  afterAll(async () => {
    await db.close();
    await stop?.();
    rmSync(made.folder, { recursive: true, force: true });
  });

  it('is taken whole, and every figure equals a count of the file', async () => {
    const report = await timed('import', () => importPeopleFile(db, made.register, made.mapping));
    batch = report.batchId!;
    expect(report).toMatchObject({ rows: people, taken: people, rejected: 0, people: { new: people, named: people } });
    const [, ...lines] = readFileSync(made.register, 'utf8').trimEnd().split('\n');
    const women = lines.filter((line) => line.includes(',f,')).length;
    const { rows } = await sql<{ sex: number; n: number }>`
      select r.sex, sum(r.n)::integer as n from waymark.rollup r join waymark.place p using (place_id)
      where p.level = 0 and r.instrument_code = 'household-28' group by 1 order by 1`.execute(db.owner);
    expect(rows).toEqual([
      { sex: 1, n: people - women },
      { sex: 2, n: women },
    ]);
  }, 3_600_000);

  it('and so do the figures of each village: people by sex, age and band, and what they answered', async () => {
    const { rows } = await sql<{ at: Date; zone: string }>`
      select i.time_zone as zone, b.started_at as at from waymark.installation i, waymark.import_batch b where b.batch_id = ${batch}`.execute(
      db.owner,
    );
    const [{ at, zone }] = rows as [{ at: Date; zone: string }];
    const counted = await timed('count of the file', () => figuresOfFile(made.register, at.getTime(), zone));
    const kept = await figuresKept(db);
    expect(Object.keys(kept).sort()).toEqual(Object.keys(counted).sort());
    expect(Object.keys(kept).length).toBeGreaterThan(Math.min(people / 20, 1000));
    for (const [village, figures] of Object.entries(counted)) expect([village, kept[village]]).toEqual([village, figures]);
  }, 600_000);

  it('finds somebody by name in each script', async () => {
    await sql`analyze`.execute(db.owner);
    const actor = await coordinatorOf(db);
    for (const [language, name] of Object.entries(made.samples)) {
      const hits = await timed(`search ${language}`, () =>
        withActor(db.app, actor, (tx) => searchByName(tx, testVault, { text: name, limit: 10 }, async () => {})),
      );
      expect([language, hits.map(({ identity }) => identity.names[0]?.full)]).toEqual([
        language,
        expect.arrayContaining([name.normalize('NFC')]),
      ]);
    }
  }, 600_000);

  it('is taken back whole, and leaves no name, no key and no figure', async () => {
    const back = await timed('undo', () => undoPeopleImport(db, batch));
    expect(back).toMatchObject({ people, stayAssessed: 0, stayChanged: 0 });
    for (const table of ['person', 'household', 'identity', 'identity_key', 'person_source', 'standing', 'assessment']) {
      const { rows } = await sql<{ n: number }>`select count(*)::integer as n from ${sql.table(`waymark.${table}`)}`.execute(db.owner);
      expect([table, rows[0]?.n]).toEqual([table, 0]);
    }
    const { rows } = await sql<{ n: number }>`select count(*)::integer as n from waymark.rollup where n <> 0`.execute(db.owner);
    expect(rows).toEqual([{ n: 0 }]);
  }, 3_600_000);
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withInstruments } from '../../../../test/support/area-stats.ts';
import { testDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { makeDemoLand, type DemoLand } from '../../../../test/support/demo-land.ts';
import { testFolder } from '../../../../test/support/folder.ts';
import { coordinatorOf, importMadePeople, keepPeople, testVault, undoPeopleImport } from '../../../../test/support/people-import.ts';
import { compareWaiting, openVault, readKeyFile, rotateMasterKey, searchByName } from '../../../people/server/index.ts';
import { withActor } from '../../../platform/server/db.ts';
import { recordAssessments } from '../record.ts';
import { recountRollups } from '../recount.ts';

const mapping = (extra = ''): string => `
kind: people
country: XA
source: Watch group of East Bay
basis: Task of the watch group
place: { columns: [village, district] }
household: { column: house }
id: { column: no }
sex: { column: sex, map: { หญิง: female, ชาย: male } }
born: { date: { column: born, era: buddhist } }
names: [{ full: name, language: th }]
phones: [phone]
instrument: household-28
observed: { column: asked, era: buddhist }
indicators:
  school_attendance: { column: school, map: { เรียน: 1, หยุด: 3 } }
  debt: { column: debt, map: { ไม่มี: 1, มาก: 3 }, empty: unknown }
${extra}`;
const head = 'no,house,village,district,name,sex,born,phone,asked,school,debt';
const rows = [
  '1,A,XA1101,XA11,สมศรี ใจดี,หญิง,12/3/2530,081 234 5678,1/10/2569,,มาก',
  '2,A,XA1101,XA11,มานะ ใจดี,ชาย,5/7/2552,,1/10/2569,หยุด,มาก',
  '3,B,XA1199,XA11,วันเพ็ญ ทองคำ,หญิง,1/1/2545,,1/10/2569,เรียน,ไม่มี',
  '4,B,XA1102,XA11,ชาลี ทองคำ,ชาย,,,1/10/2569,เรียน,มาก',
];
const csv = (...lines: string[]): string => `${[head, ...lines].join('\n')}\n`;
const count = async (db: TestDatabase, table: string): Promise<number> =>
  (await sql<{ n: number }>`select count(*)::integer as n from ${sql.table(`waymark.${table}`)}`.execute(db.owner)).rows[0]!.n;

describe('Mali brings in the list that the watch group of East Bay keeps', () => {
  let db: TestDatabase, land: DemoLand, batch: string;
  beforeAll(async () => {
    db = await testDatabase();
    land = await makeDemoLand(db.owner);
    await withInstruments(db);
    await keepPeople(db, 'Task of the watch group');
  });
  afterAll(() => db.close());

  it('tries it first: everything is checked and nothing is there afterwards', async () => {
    const report = await importMadePeople(db, csv(...rows), mapping(), { dryRun: true });
    expect(report).toMatchObject({
      rows: 4,
      taken: 4,
      rejected: 0,
      dryRun: true,
      batchId: null,
      people: { new: 4, known: 0, households: 2 },
    });
    for (const table of ['person', 'household', 'assessment', 'identity', 'person_source', 'import_batch'])
      expect([table, await count(db, table)]).toEqual([table, 0]);
  });

  it('takes people with household, village, age, names and answers', async () => {
    const report = await importMadePeople(db, csv(...rows), mapping());
    batch = report.batchId!;
    expect(report).toMatchObject({ rows: 4, taken: 4, rejected: 0, people: { new: 4, known: 0, households: 2, named: 4 } });
    // The two rows of house B differ, so nobody can tell; one village is not known, and its row stands at the district.
    expect(report.notes.join('\n')).toMatch(/debt in rows 4 and 5/);
    expect(report.notes.join('\n')).toMatch(/1 people stand at a larger area/);
    const { rows: people } = await sql<{ code: string; sex: number; born: string | null }>`
      select p.code, x.sex, x.born_on::text as born from waymark.person x join waymark.place p using (place_id) order by x.sex, born`.execute(
      db.owner,
    );
    expect(people).toEqual([
      { code: 'XA1101', sex: 1, born: '2009-07-05' },
      { code: 'XA1102', sex: 1, born: null },
      { code: 'XA1101', sex: 2, born: '1987-03-12' },
      { code: 'XA11', sex: 2, born: '2002-01-01' },
    ]);
    const { rows: standings } = await sql<{ known: number; excess: number }>`
      select known, excess from waymark.standing where subject_kind = 'person' order by known, excess`.execute(db.owner);
    expect(standings).toEqual([
      { known: 1, excess: 0 },
      { known: 1, excess: 0 },
      { known: 1, excess: 2 },
      { known: 2, excess: 4 },
    ]);
    expect(await recountRollups(db.owner)).toEqual([]);
  });

  it('finds her by name and by number, because they went to the vault and nowhere else', async () => {
    const actor = await coordinatorOf(db);
    // By her number, too, which no list of hits shows.
    for (const text of ['สมศรี ใจดี', '+66812345678']) {
      const hits = await withActor(db.app, actor, (tx) => searchByName(tx, testVault, { text, limit: 5 }, async () => {}));
      expect(hits[0]?.identity).toMatchObject({ names: [{ full: 'สมศรี ใจดี' }], phones: [] });
    }
  });

  it('says that the same file under the same mapping is here already', async () => {
    expect(await importMadePeople(db, csv(...rows), mapping())).toMatchObject({ sameAs: batch, taken: 4 });
    expect(await count(db, 'person')).toBe(4);
  });

  it('knows the same people again in another file, and puts a newborn into their household', async () => {
    const report = await importMadePeople(
      db,
      csv(rows[0]!.replace('1/10/2569', '1/11/2569'), rows[1]!, '9,A,XA1101,XA11,น้อย ใจดี,หญิง,1/10/2569,,1/11/2569,,มาก'),
      mapping(),
      { fileName: 'november.csv' },
    );
    expect(report).toMatchObject({ taken: 3, people: { new: 1, known: 2, households: 0 } });
    const { rows: homes } = await sql<{
      n: number;
    }>`select count(*)::integer as n from waymark.person group by household_id order by 1`.execute(db.owner);
    expect(homes).toEqual([{ n: 2 }, { n: 3 }]);
    expect(await count(db, 'standing')).toBe(5);
    expect(await undoPeopleImport(db, report.batchId!)).toMatchObject({ people: 1, households: 0, stayAssessed: 0 });
  });

  it('brings later answers of people of the list, and of nobody else', async () => {
    const report = await importMadePeople(
      db,
      'no,asked,school\n2,2026-11-01,1\n77,2026-11-01,3\n1,,1\n',
      `kind: observations\nsource: Watch group of East Bay\nid: { column: no }\ninstrument: household-28\nobserved: { column: asked }\nindicators:\n  school_attendance: { column: school }\n`,
      { kind: 'observations' },
    );
    expect(report).toMatchObject({ rows: 3, taken: 1, rejected: 2, people: { new: 0, known: 1 } });
    expect(report.rejectedRows.map(({ row, column, reason, code }) => [row, column, reason, code])).toEqual([
      [4, 'asked', 'the row has no date', null],
      [3, 'no', 'nobody of this source has this id here', null],
    ]);
    const answer = async (): Promise<number> =>
      (
        await sql<{
          a: number;
        }>`select get_byte(s.answers, 6) as a from waymark.standing s join waymark.person p on p.person_id = s.subject_id where p.born_on = '2009-07-05'`.execute(
          db.owner,
        )
      ).rows[0]!.a;
    expect(await answer()).toBe(1);
    await undoPeopleImport(db, report.batchId!);
    expect(await answer()).toBe(3);
  });

  it('takes the list back, but for a person who was visited since', async () => {
    const {
      rows: [visited],
    } = await sql<{
      personId: string;
      regionId: number;
    }>`select person_id as "personId", region_id as "regionId" from waymark.person where born_on = '1987-03-12'`.execute(db.owner);
    await db.owner.transaction().execute(async (tx) => {
      // Whatever a session says of itself: only an import counts its own answers.
      await sql`select set_config('waymark.importing', 'counted', true)`.execute(tx);
      await recordAssessments(
        tx,
        [
          {
            assessmentId: uuidv7(),
            instrument: 'household-28',
            subjectKind: 'person',
            regionId: visited!.regionId,
            subjectId: visited!.personId,
            answers: { identity_documents: 3 },
            observedAt: new Date('2026-11-02'),
            actorId: 'som',
          },
        ],
        new Date(),
      );
    });
    expect(await recountRollups(db.owner)).toEqual([]);
    expect(await undoPeopleImport(db, batch)).toMatchObject({ people: 3, households: 1, stayAssessed: 1, stayChanged: 0 });
    expect((await sql<{ id: string }>`select person_id as id from waymark.person`.execute(db.owner)).rows).toEqual([
      { id: visited!.personId },
    ]);
    // Who went left nothing behind: no key, no sealed name, no code, no answer, no standing. Who stays counts without what was taken back.
    for (const [table, n] of [
      ['identity_key', 1],
      ['identity', 1],
      ['person_source', 1],
      ['standing', 1],
    ] as const)
      expect([table, await count(db, table)]).toEqual([table, n]);
    expect((await sql<{ known: number; excess: number }>`select known, excess from waymark.standing`.execute(db.owner)).rows).toEqual([
      { known: 1, excess: 2 },
    ]);
    const { rows: rollups } = await sql<{
      n: number;
    }>`select sum(n)::integer as n from waymark.rollup where place_id = ${land.country.placeId}`.execute(db.owner);
    expect(rollups).toEqual([{ n: 1 }]);
  });
});

describe('The list of East Bay comes again after the master key was changed', () => {
  let db: TestDatabase;
  const folder = testFolder('waymark-changed-key-'),
    keyFile = join(folder, 'waymark.key');
  beforeAll(async () => {
    db = await testDatabase();
    await makeDemoLand(db.owner);
    await withInstruments(db);
    await keepPeople(db, 'Task of the watch group');
  });
  afterAll(() => db.close());

  it('and knows everybody again, also where nobody’s name came with it', async () => {
    const {
      rows: [installation],
    } = await sql<{ id: string }>`select installation_id as id from waymark.installation`.execute(db.owner);
    const place = { keyFile, installationId: installation!.id, notIn: [] };
    const { vault } = await openVault(db.owner, place);
    const nameless = mapping().replace(/^names:.*\nphones:.*\n/mu, '');
    expect(await importMadePeople(db, csv(...rows), nameless, { vault })).toMatchObject({ taken: 4, people: { new: 4, named: 0 } });
    // Whoever loses the key now loses by what they are known: no other is made in its place.
    await expect(openVault(db.owner, { ...place, keyFile: join(folder, 'other.key') })).rejects.toThrow('There is no master key in');
    const done = await rotateMasterKey({ owner: db.owner, keyFile, installationId: installation!.id });
    expect(done).toMatchObject({ people: 0, resumed: false });
    expect(readKeyFile(keyFile)!.map(({ id }) => id)).toEqual([done.to]);
    const later = `kind: observations\nsource: Watch group of East Bay\nid: { column: no }\ninstrument: household-28\nobserved: { column: asked }\nindicators:\n  school_attendance: { column: school }\n`;
    // By a server that was running meanwhile, and by one that started since.
    const since = (await openVault(db.owner, place)).vault;
    for (const [day, each] of [
      ['2', vault],
      ['3', since],
    ] as const) {
      const again = csv(...rows.map((row) => row.replace('1/10/2569', `${day}/10/2569`)));
      expect(await importMadePeople(db, again, nameless, { vault: each })).toMatchObject({
        sameAs: null,
        taken: 4,
        people: { new: 0, known: 4 },
      });
      const round = `no,asked,school\n2,2026-11-0${day},1\n3,2026-11-0${day},1\n`;
      expect(await importMadePeople(db, round, later, { kind: 'observations', vault: each })).toMatchObject({ taken: 2, rejected: 0 });
    }
    expect(await count(db, 'person')).toBe(4);
    expect(await count(db, 'own_id_key')).toBe(1);
  });
});

describe('A list with faults', () => {
  let db: TestDatabase, land: DemoLand;
  beforeAll(async () => {
    db = await testDatabase();
    land = await makeDemoLand(db.owner);
    await withInstruments(db);
    await keepPeople(db, 'Task of the watch group');
    await keepPeople(db, 'Her own word', { needsConsent: true });
  });
  afterAll(() => db.close());

  it('is accounted for row by row, and no cell of it is quoted anywhere', async () => {
    const secret = 'ลับสุดยอด';
    const rejectedFile = join(testFolder('waymark-rejected-'), 'rejected.csv');
    const bad = [
      `1,A,${secret},,${secret},หญิง,1/1/2545,,1/10/2569,เรียน,มาก`,
      `2,A,XA1101,,${secret},${secret},1/1/2545,,1/10/2569,เรียน,มาก`,
      `3,A,XA1101,,${secret},หญิง,${secret},,1/10/2569,เรียน,มาก`,
      `4,A,XA1101,,${secret},หญิง,1/1/2699,,1/10/2569,เรียน,มาก`,
      `5,A,XA1101,,${secret},หญิง,1/1/2545,,1/10/2699,เรียน,มาก`,
      `6,A,XA1101,,${secret},หญิง,1/1/2545,,1/10/2569,${secret},มาก`,
      `,A,XA1101,,${secret},หญิง,1/1/2545,,1/10/2569,เรียน,มาก`,
      `7,A,XA1101,,${secret},หญิง,1/1/2545,,1/10/2569,เรียน,มาก`,
      `7,A,XA1101,,${secret},ชาย,1/1/2545,,1/10/2569,เรียน,มาก`,
      `8,A,XA1101,,${secret.repeat(20)},หญิง,1/1/2545,,1/10/2569,เรียน,มาก`,
      `9,A,XA1101,,${secret},หญิง,1/1/2545,,1/10/2569,เรียน,มาก,${secret},${secret}`,
      `10,A,,,${secret},หญิง,1/1/2545,,1/10/2569,เรียน,มาก`,
      `11,A,XA1101,,${secret},หญิง,1/1/2545,,1/10/2569,เรียน,มาก`,
    ];
    const report = await importMadePeople(db, csv(...bad), mapping(), { rejectedFile });
    expect(report).toMatchObject({ rows: 13, taken: 1, rejected: 12 });
    expect(new Set(report.rejectedRows.map(({ reason }) => reason))).toEqual(
      new Set([
        'no place known here has this code',
        'the value is not one that the mapping knows',
        'the cell is not a date',
        'the birth date is still to come',
        'the date is still to come',
        'school_attendance: the value is not one that the mapping knows',
        'the id is empty',
        'this id comes more than once, in rows 9, 10',
        'the cell is longer than 120 letters',
        'the row cannot be read',
        'the row does not say where this person lives',
      ]),
    );
    const { rows: kept } = await sql`select * from waymark.import_batch b join waymark.import_run r using (batch_id)`.execute(db.owner);
    for (const text of [JSON.stringify(report), JSON.stringify(kept), readFileSync(rejectedFile, 'utf8')])
      expect(text).not.toContain(secret);
    const dump = await sql<{
      t: string;
    }>`select (select json_agg(x)::text from waymark.person x) || (select json_agg(x)::text from waymark.assessment x) ||
      (select json_agg(x)::text from waymark.person_source x) || (select json_agg(x)::text from waymark.audit_entry x) as t`.execute(
      db.owner,
    );
    expect(dump.rows[0]!.t ?? '').not.toContain(secret);
  });

  it('is told with no name of it where its encoding had to be guessed', async () => {
    const report = await importMadePeople(
      db,
      Buffer.from(csv('21,C,XA1101,,Ren\u00e9e Bj\u00f6rk Zo\u00eb,,,,1/10/2569,,'), 'latin1'),
      mapping(),
      { fileName: 'old.csv', dryRun: true },
    );
    expect(report.taken).toBe(1);
    expect(JSON.stringify(report)).not.toMatch(/Ren|rk|Zo/);
    // Nor how many letters are not plain ones: each cell has its part in that.
    expect(report.notes).toContain('The text was read as windows-1252, told from its letters.');
  });

  it('keeps names as they are meant: without marks of direction, and formulas as text', async () => {
    await importMadePeople(db, csv('31,D,XA1101,,\u202eevil\u202c =HYPERLINK("x"),,,,1/10/2569,,'.replaceAll('"', '')), mapping(), {
      fileName: 'odd.csv',
    });
    const actor = await coordinatorOf(db);
    const hits = await withActor(db.app, actor, (tx) => searchByName(tx, testVault, { text: 'evil', limit: 5 }, async () => {}));
    expect(hits.map(({ identity }) => identity.names[0]?.full)).toContain('evil =HYPERLINK(x)');
  });

  it.each([
    ['reaches beyond the row', 'school_attendance: { expression: "(select 1)" }', 'bad-mapping'],
    ['reads a file', 'school_attendance: { expression: "read_text(\'/etc/passwd\')" }', 'bad-mapping'],
    ['asks a place', 'place_shock: { column: school }', 'bad-mapping'],
    ['asks what nobody asks', 'favourite_colour: { column: school }', 'bad-mapping'],
    ['has a word that is no answer', 'school_attendance: { column: school, map: { a: 4 } }', 'bad-mapping'],
  ])('is refused where its mapping %s', async (_what, indicator, code) => {
    const other = mapping().replace(/indicators:[\s\S]*/, `indicators:\n  ${indicator}\n`);
    await expect(importMadePeople(db, csv(...rows), other)).rejects.toMatchObject({ code });
  });

  it('is refused with more columns than can be read', async () => {
    const wide = Array.from({ length: 10_000 }, (_, i) => `c${i}`).join(',');
    await expect(importMadePeople(db, `${wide}\n${wide}\n`, mapping())).rejects.toMatchObject({ code: 'too-large' });
  });

  it('is refused without a basis that is in force, and without consent where the basis asks for it', async () => {
    await expect(importMadePeople(db, csv(...rows), mapping().replace('Task of the watch group', 'No such basis'))).rejects.toMatchObject({
      code: 'no-lawful-basis',
    });
    await expect(importMadePeople(db, csv(...rows), mapping().replace('Task of the watch group', 'Her own word'))).rejects.toMatchObject({
      code: 'no-consent',
    });
  });

  it('records whoever agreed, and of a child only with her guardian', async () => {
    const asked = mapping(
      `consent: { given: "agreed = 'yes'", guardian: "guardian = 'yes'", assent: "agreed = 'yes'", way: on_file }\n`,
    ).replace('Task of the watch group', 'Her own word');
    const lines = [
      ['41', '1/1/2530', 'yes', ''],
      ['42', '1/1/2530', 'no', ''],
      ['43', '1/1/2555', 'yes', ''],
      ['44', '1/1/2555', 'yes', 'yes'],
      ['45', '1/1/2565', '', 'yes'],
    ].map(([no, born, agreed, guardian]) => `${no},E,XA1101,,${no} Person,,${born},,1/10/2569,,,${agreed},${guardian}`);
    const report = await importMadePeople(db, `${head},agreed,guardian\n${lines.join('\n')}\n`, asked, { fileName: 'agreed.csv' });
    expect(report).toMatchObject({ taken: 3, rejected: 2, people: { new: 3, agreed: 3 } });
    expect(report.rejectedRows.map(({ row, reason }) => [row, reason])).toEqual([
      [3, 'the file does not say that this person agreed'],
      [4, 'the file does not say that the guardian of this child agreed'],
    ]);
    const { rows: said } = await sql<{
      who: string;
      n: number;
    }>`select by_whom as who, count(*)::integer as n from waymark.consent_event group by 1 order by 1`.execute(db.owner);
    expect(said).toEqual([
      { who: 'assent', n: 1 },
      { who: 'guardian', n: 2 },
      { who: 'self', n: 1 },
    ]);
  });

  it('is taken from a coordinator within her area only, and from nobody else', async () => {
    const ofWest = { ...(await coordinatorOf(db, [land.west.path])), accountId: 'dao' };
    const report = await importMadePeople(db, csv(rows[0]!.replace('1,', '51,')), mapping(), { actor: ofWest, fileName: 'west.csv' });
    expect(report).toMatchObject({ taken: 0, rejected: 1, rejectedRows: [{ reason: 'the place lies outside the area you work in' }] });
    const known = await importMadePeople(db, csv('11,A,XA1201,,x,,,,1/10/2569,,'), mapping(), { actor: ofWest, fileName: 'known.csv' });
    expect(known).toMatchObject({
      taken: 0,
      rejectedRows: [{ reason: 'the record of this person lies outside the area you work in, or is closed' }],
    });
    const officer = { ...ofWest, rights: new Set([...ofWest.rights].filter((right) => right !== 'people.import')) };
    await expect(importMadePeople(db, csv(...rows), mapping(), { actor: officer })).rejects.toMatchObject({ code: 'not-allowed' });
  });

  it('is refused where the installation keeps no people', async () => {
    await sql`update waymark.installation set people_kept = false`.execute(db.owner);
    await expect(importMadePeople(db, csv('61,Z,XA1101,,x,,,,1/10/2569,,'), mapping(), { dryRun: true })).rejects.toMatchObject({
      code: 'people-not-kept',
    });
    await sql`update waymark.installation set people_kept = true`.execute(db.owner);
  });

  it('leaves nothing where it is stopped half-way', async () => {
    const before = await count(db, 'person');
    const stop = new AbortController();
    const lines = Array.from({ length: 12_000 }, (_, i) => `x${i},,XA1101,,Person ${i},,,,1/10/2569,,`);
    const running = importMadePeople(db, csv(...lines), mapping(), {
      fileName: 'long.csv',
      signal: stop.signal,
      onProgress: ({ phase }) => phase.startsWith('Writing') && stop.abort(),
    });
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect(await count(db, 'person')).toBe(before);
    expect(await count(db, 'identity_key')).toBe(
      (await sql<{ n: number }>`select count(*)::integer as n from waymark.identity`.execute(db.owner)).rows[0]!.n,
    );
  });
});

describe('A long list', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await testDatabase();
    await makeDemoLand(db.owner);
    await withInstruments(db);
    await keepPeople(db, 'Task of the watch group');
  });
  afterAll(() => db.close());

  it('is compared with itself in the order of its ids, after those written by hand; cut off, it goes on where it was', async () => {
    const lines = Array.from(
      { length: 90 },
      (_, n) => `${n},,XA1101,XA11,${n % 80 === 5 ? 'สมศรี ใจดี' : `Name Number${n}`},หญิง,12/3/2530,,1/10/2569,,`,
    );
    await importMadePeople(db, csv(...lines), mapping());
    const waits = async () =>
      (
        await sql<{ after: string; n: number }>`
      select after, (select count(*)::int from waymark.duplicate_check) as n from waymark.duplicate_sweep`.execute(db.owner)
      ).rows;
    expect(await waits()).toEqual([{ after: '00000000-0000-0000-0000-000000000000', n: 0 }]);
    const off = new AbortController();
    const job = (signal: AbortSignal) => ({ db: db.jobs, now: () => new Date(), newId: uuidv7, signal });
    const setup = (then: () => void) => ({
      vault: { forRequest: () => Promise.resolve(testVault) },
      writeDown: async () => then(),
      peopleAtOnce: 40,
    });
    // Somebody whose name is put right meanwhile comes first, and once more in her turn.
    await sql`insert into waymark.duplicate_check (region_id, person_id, bulk)
      select region_id, person_id, false from waymark.person order by person_id desc limit 1`.execute(db.owner);
    expect(
      (
        await compareWaiting(
          setup(() => off.abort()),
          job(off.signal),
        )
      ).people,
    ).toBe(1);
    const again = new AbortController();
    expect(
      (
        await compareWaiting(
          setup(() => again.abort()),
          job(again.signal),
        )
      ).people,
    ).toBe(40);
    const { rows: fortieth } = await sql<{
      id: string;
    }>`select person_id as id from waymark.person order by person_id limit 1 offset 39`.execute(db.owner);
    expect(await waits()).toEqual([{ after: fortieth[0]!.id, n: 0 }]);
    expect(
      (
        await compareWaiting(
          setup(() => {}),
          job(new AbortController().signal),
        )
      ).people,
    ).toBe(50);
    expect(await waits()).toEqual([]);
    const { rows: pair } = await sql`
      with listed as (select person_id as id, row_number() over (order by person_id) - 1 as n from waymark.person)
      select from waymark.duplicate_pair d join listed a on a.id = d.person_a and a.n = 5 join listed b on b.id = d.person_b and b.n = 85`.execute(
      db.owner,
    );
    expect(pair).toHaveLength(1);
  });
});

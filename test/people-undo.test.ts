// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { erasureLists } from '../src/app/erasures.ts';
import { told } from '../src/app/told.ts';
import type { PersonRecord } from '../src/people/domain/person-record.ts';
import { recordNumber } from '../src/platform/domain/record-number.ts';
import type { ErasureRow, PersonRequest, RequestPage } from '../src/people/domain/request.ts';
import { retentionJob } from '../src/people/server/erasure/retention-job.ts';
import type { ImportState } from '../src/places/domain/imports-api.ts';
import { installInstruments } from '../src/risk/server/index.ts';
import { startApp, type PersonName, type TestApp } from './support/app.ts';
import { aBasis } from './support/basis.ts';
import { rowsThatHold } from './support/everywhere.ts';
import { beforeTheRecordOfUse, heldUp, untilWaiting } from './support/held-up.ts';

/** Made names: nobody is called so. */
const names = ['Xanthippe', 'Yolanthe', 'Zenobia', 'Wilhelmine', 'Quirine', 'Ursuline'];
const source = 'Watch group of East Bay';
const people = (basisId: string) => `kind: people
country: XA
source: ${source}
basis: ${basisId}
place: { columns: [village] }
household: { column: house }
id: { column: no }
sex: { column: sex, map: { f: female } }
born: { date: { column: born } }
names: [{ full: name, language: en }]
instrument: household-28
observed: { column: asked }
indicators:
  debt: { column: debt }
`;
const later = `kind: observations
source: ${source}
id: { column: no }
instrument: household-28
observed: { column: asked }
indicators:
  intention_to_leave: { column: leave }
`;

let app: TestApp, basisId: string;
beforeAll(async () => {
  app = await startApp({ everyRole: true });
  await installInstruments(app.db.owner, uuidv7);
  basisId = await aBasis(app.db.owner);
}, 60_000);
afterAll(() => app?.close());

async function bring(
  kind: 'people' | 'observations',
  content: string,
  who: PersonName = 'coordinator',
  dryRun = false,
): Promise<ImportState> {
  const client = await app.as(who);
  const fields = { kind, mapping: kind === 'people' ? people(basisId) : later, dryRun: String(dryRun) };
  const asked = await client.upload<{ batchId: string }>('/api/imports', [{ field: 'file', name: 'list.csv', content }], fields);
  expect([asked.status, asked.text]).toEqual([202, expect.any(String)]);
  for (;;) {
    const { body } = await client.get<ImportState>(`/api/imports/${asked.body.batchId}`);
    if (body.state !== 'running') return body;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
let lists = 0;
interface Listed {
  readonly batchId: string;
  readonly no: readonly string[];
  readonly ids: readonly string[];
  readonly regionId: number;
  /** The list once more, with something of each row put right; `more` is a row of its own. */
  corrected(...more: string[]): string;
}
/** A list of her own for each test: `no` is what the source calls them. */
async function list(): Promise<Listed> {
  const mark = ++lists;
  const no = names.map((_, i) => `${mark}-${i}`);
  const village = app.land.eastVillages[0].code;
  const rows = names.map((name, i) => `${no[i]},H${mark}-${i},${village},${name} Quillfeather,f,19${70 + i}-05-17,2026-03-01,3`);
  const whole = (lines: readonly string[]) => ['no,house,village,name,sex,born,asked,debt', ...lines].join('\n');
  const corrected = (...more: string[]) => whole([...rows.map((row) => row.replace('2026-03-01', '2026-03-02')), ...more]);
  const state = await bring('people', whole(rows));
  expect(state).toMatchObject({ state: 'done', report: { taken: 6, rejected: 0 } });
  const { rows: found } = await sql<{ id: string; region: number }>`
    select person_id as id, region_id as region from waymark.person where batch_id = ${state.batchId} order by born_on`.execute(
    app.db.owner,
  );
  return { batchId: state.batchId, no, ids: found.map(({ id }) => id), regionId: found[0]!.region, corrected };
}
const isThere = async (ids: readonly string[]): Promise<boolean[]> => {
  const { rows } = await sql<{ id: string }>`select person_id as id from waymark.person where person_id = any (${ids}::uuid[])`.execute(
    app.db.owner,
  );
  return ids.map((id) => rows.some((row) => row.id === id));
};
async function ask(regionId: number, personId: string, kind: string): Promise<void> {
  const body = { requestId: uuidv7(), kind, byWhom: 'self', saidOn: '2026-03-02', ...(kind === 'correction' ? { about: 'birth' } : {}) };
  const asked = await (await app.as('watch_volunteer')).post<PersonRequest[]>(`/api/people/${regionId}/${personId}/requests`, body);
  expect(asked.status).toBe(201);
}

describe('Mali takes a list back that she brought in by mistake', () => {
  it('and everybody goes of whom nothing else is kept; put right, it may come again', async () => {
    const { batchId, ids, corrected } = await list();
    const undone = await (await app.as('coordinator')).post<ImportState>(`/api/imports/${batchId}/undo`);
    expect([undone.status, undone.body]).toMatchObject([200, { state: 'undone', tookBack: { people: 6, households: 6, stayHeld: 0 } }]);
    expect(await isThere(ids)).toEqual(ids.map(() => false));
    expect((await bring('people', corrected())).report).toMatchObject({ taken: 6, rejected: 0, people: { new: 6, known: 0 } });
  });

  it('and whoever is under a legal hold, or asked for something, stays; she is told how many, and of nobody who', async () => {
    const { batchId, ids, regionId } = await list();
    const kanya = await app.as('data_protection_officer');
    const hold = {
      holdId: uuidv7(),
      number: recordNumber(ids[0]!),
      citation: 'Court of the demo province, case 12',
      untilOn: '2099-01-01',
    };
    expect((await kanya.post('/api/data-protection/holds', hold)).status).toBe(201);
    await ask(regionId, ids[1]!, 'access');
    await ask(regionId, ids[2]!, 'erasure');
    await ask(regionId, ids[3]!, 'objection');
    const undone = await (await app.as('coordinator')).post<ImportState>(`/api/imports/${batchId}/undo`);
    expect([undone.status, undone.body.tookBack]).toMatchObject([200, { people: 2, stayHeld: 1, stayAsked: 3, stayChanged: 0 }]);
    expect(await isThere(ids)).toEqual([true, true, true, true, false, false]);
    for (const id of ids) expect(undone.text).not.toContain(id);
    expect(undone.text).not.toContain('Quillfeather');
    const { rows } = await sql<{ kind: string; state: string }>`
      select kind, state from waymark.person_request where person_id = any (${ids}::uuid[]) order by kind`.execute(app.db.owner);
    expect(rows.map(({ kind, state }) => [kind, state])).toEqual([
      ['access', 'open'],
      ['erasure', 'open'],
      ['objection', 'open'],
    ]);
    // Kanya's queue and her holds speak of them as before.
    const queue = await kanya.get<{ rows: { personId: string }[] }>('/api/data-protection/requests');
    expect(queue.body.rows.map(({ personId }) => personId)).toEqual(expect.arrayContaining([ids[1], ids[2], ids[3]]));
  });

  it('also where the hold was ended, or the request answered: what was decided about her is not lost with an import', async () => {
    const { batchId, ids, regionId } = await list();
    const kanya = await app.as('data_protection_officer');
    const hold = {
      holdId: uuidv7(),
      number: recordNumber(ids[0]!),
      citation: 'Court of the demo province, case 13',
      untilOn: '2099-01-01',
    };
    const placed = await kanya.post<{ holdId: string; regionId: number; version: number }[]>('/api/data-protection/holds', hold);
    const { version } = placed.body.find(({ holdId }) => holdId === hold.holdId)!;
    expect((await kanya.post(`/api/data-protection/holds/${regionId}/${hold.holdId}/end`, { version })).status).toBe(200);
    const undone = await (await app.as('coordinator')).post<ImportState>(`/api/imports/${batchId}/undo`);
    expect([undone.status, undone.body.tookBack]).toMatchObject([200, { people: 5, stayHeld: 1, stayAsked: 0 }]);
  });
});

describe('while Mali takes a list back', () => {
  /** What is written at this very moment about each of them, and about the household of the fifth: each in a request of its own. */
  async function writeOf(regionId: number, ids: readonly string[]): Promise<(() => Promise<number>)[]> {
    const [orn, mali, kanya] = [await app.as('watch_volunteer'), await app.as('coordinator'), await app.as('data_protection_officer')];
    const { rows } = await sql<{ id: string }>`select household_id as id from waymark.person where person_id = ${ids[4]}`.execute(
      app.db.owner,
    );
    const at = (n: number) => `/api/people/${regionId}/${ids[n]}`;
    const answer = (subjectKind: string, subjectId: string, answers: object) => {
      const observedAt = '2026-03-05T03:00:00Z';
      return { assessmentId: uuidv7(), subjectKind, subjectId, regionId, instrument: 'household-28', answers, observedAt };
    };
    const no = { eventId: uuidv7(), purpose: 'share', act: 'refused', byWhom: 'self', way: 'spoken', observedAt: '2026-03-05T03:00:00Z' };
    const each: [string, object][] = [
      ['/api/assessments', answer('person', ids[0]!, { intention_to_leave: 3 })],
      [`${at(1)}/consents`, no],
      [`${at(2)}/requests`, { requestId: uuidv7(), kind: 'access', byWhom: 'self', saidOn: '2026-03-05' }],
      ['/api/assessments', answer('household', rows[0]!.id, { debt: 2 })],
    ];
    const hold = { holdId: uuidv7(), number: ids[5]!, citation: 'Court of the demo province, case 14', untilOn: '2099-01-01' };
    const care = { assignmentId: uuidv7(), accountId: app.accountIds.case_worker };
    return [
      ...each.map(
        ([path, body]) =>
          async () =>
            (await orn.post(path, body)).status,
      ),
      async () => (await mali.post(`${at(3)}/assignments`, care)).status,
      async () => (await kanya.post('/api/data-protection/holds', hold)).status,
    ];
  }
  const undo = async (batchId: string) => (await app.as('coordinator')).post<ImportState>(`/api/imports/${batchId}/undo`);

  it('whatever is saved before she is through is seen: whom it is about stays, and so does what was saved', async () => {
    const { batchId, ids, regionId } = await list();
    const writes = await writeOf(regionId, ids);
    const { saved, undone } = await heldUp(app.db.owner, beforeTheRecordOfUse, async () => {
      const saved = Promise.all(writes.map((write) => write()));
      await untilWaiting(app.db.owner, writes.length);
      const undone = undo(batchId);
      await untilWaiting(app.db.owner, writes.length + 1);
      return { saved, undone };
    });
    expect(await saved).toEqual(writes.map(() => 201));
    const { status, body } = await undone;
    expect([status, body.tookBack]).toMatchObject([
      200,
      { people: 1, stayHeld: 1, stayAssessed: 1, stayAsked: 1, stayChanged: 0, staySaid: 1, stayAssigned: 1 },
    ]);
    expect(await isThere(ids)).toEqual([true, true, true, true, false, true]);
    // A household that was asked meanwhile stays, as one that was asked before does.
    expect(body.tookBack).toMatchObject({ households: 0 });
  });

  it('whatever comes after her finds nobody, and is told so instead of "saved"', async () => {
    const { batchId, ids, regionId } = await list();
    const writes = await writeOf(regionId, ids);
    const { saved, undone } = await heldUp(app.db.owner, beforeTheRecordOfUse, async () => {
      const undone = undo(batchId);
      await untilWaiting(app.db.owner, 1);
      const saved = Promise.all(writes.map((write) => write()));
      await untilWaiting(app.db.owner, 1 + writes.length);
      return { saved, undone };
    });
    expect((await undone).body.tookBack).toMatchObject({ people: 6, households: 6 });
    expect(await saved).toEqual(writes.map(() => 404));
    expect(await rowsThatHold(app.db.owner, ids[1]!)).toEqual([]);
  });
});

describe('Mali brings in a second round of answers', () => {
  it('without the rows of whoever objected, or took back that a record is kept; the others are taken', async () => {
    const { no, ids, regionId } = await list();
    await ask(regionId, ids[1]!, 'objection');
    const word = { eventId: uuidv7(), purpose: 'register', act: 'withdrawn', byWhom: 'self', way: 'spoken' };
    expect((await (await app.as('watch_volunteer')).post(`/api/people/${regionId}/${ids[4]}/consents`, word)).status).toBe(201);
    const round = await bring('observations', ['no,asked,leave', ...no.map((each) => `${each},2026-04-01,3`)].join('\n'));
    expect(round).toMatchObject({ state: 'done', report: { rows: 6, taken: 4, rejected: 2 } });
    const reason = 'nothing new may be recorded about this person until the data protection officer has decided';
    expect(round.report!.rejectedRows).toEqual(
      [3, 6].map((row) => expect.objectContaining({ file: 'list.csv', row, column: 'no', reason })),
    );
    expect(JSON.stringify(round)).not.toMatch(new RegExp(`Quillfeather|${ids.join('|')}`));
    const { rows } = await sql<{ id: string }>`
      select subject_id as id from waymark.assessment where batch_id = ${round.batchId} and subject_kind = 'person'`.execute(app.db.owner);
    expect(rows.map(({ id }) => id).sort()).toEqual(ids.filter((id) => id !== ids[1] && id !== ids[4]).sort());
  });

  it('and Dao of West Ridge learns of nobody whom East Bay calls so: not whether she is here, nor her sex, nor when she was born', async () => {
    const { no } = await list();
    const lines = ['no,asked,leave', `${no[0]},2026-04-01,3`, `nobody-${uuidv7()},2026-04-01,3`];
    const round = await bring('observations', lines.join('\n'), 'other_coordinator');
    expect(round.report!.rejectedRows.map(({ reason }) => reason)).toEqual(Array(2).fill('nobody of this source has this id here'));
    // As a list of people: the id is taken, and whether the rest agrees with what is kept is not said.
    const village = app.land.westVillages[0].code;
    const same = `${no[0]},H,${village},Xanthippe Quillfeather,f,1970-05-17,2026-04-01,3`;
    const other = `${no[1]},H,${village},Xanthippe Quillfeather,,1999-01-01,2026-04-01,3`;
    const again = await bring('people', ['no,house,village,name,sex,born,asked,debt', same, other].join('\n'), 'other_coordinator');
    expect(again.report).toMatchObject({ taken: 0, rejected: 2, notes: [] });
    expect(new Set(again.report!.rejectedRows.map(({ reason }) => reason))).toEqual(
      new Set(['the record of this person lies outside the area you work in, or is closed']),
    );
  });
});

const refused = 'this person was erased; ask the data protection officer';
/** Erased as Kanya erases, because the person asked for it. */
async function erase(regionId: number, personId: string): Promise<void> {
  await ask(regionId, personId, 'erasure');
  const kanya = await app.as('data_protection_officer');
  const { rows } = (await kanya.get<RequestPage>('/api/data-protection/requests')).body;
  const { requestId, version, number } = rows.find((each) => each.personId === personId)!;
  const done = await kanya.post(`/api/data-protection/requests/${regionId}/${requestId}/erase`, { version, number });
  expect([done.status, done.text]).toEqual([200, done.text]);
}
const erasures = async () => (await (await app.as('data_protection_officer')).get<ErasureRow[]>('/api/data-protection/erasures')).body;

describe('Mali brings a corrected list again after somebody of it was erased', () => {
  let her: string, listed: Listed;
  const tried = async (kind: 'people' | 'observations', content: string, dryRun: boolean, who: PersonName = 'coordinator') => {
    const { report } = await bring(kind, content, who, dryRun);
    return { taken: report!.taken, people: report!.people, why: report!.rejectedRows.map(({ row, reason }) => [row, reason]), report };
  };
  beforeAll(async () => {
    listed = await list();
    her = listed.ids[1]!;
    await erase(listed.regionId, her);
  });

  it('and that row is not taken, tried or run, of the list or of a later round; nothing more is told, and the others are taken', async () => {
    const village = app.land.eastVillages[0].code;
    const more = `new-1,N,${village},Philomena Quillfeather,f,1980-05-17,2026-03-02,3`;
    const round = ['no,asked,leave', ...listed.no.map((each) => `${each},2026-04-01,3`)].join('\n');
    for (const dryRun of [true, false]) {
      const again = await tried('people', listed.corrected(more), dryRun);
      expect(again).toMatchObject({ taken: 6, people: { new: 1, known: 5 }, why: [[3, refused]] });
      expect(await tried('observations', round, dryRun)).toMatchObject({ taken: 5, people: { known: 5 }, why: [[3, refused]] });
      expect(JSON.stringify(again.report)).not.toMatch(new RegExp(`Quillfeather|${her}|${recordNumber(her)}`));
    }
    expect(await rowsThatHold(app.db.owner, her)).toEqual(['audit_entry', 'erasure', 'erasure_source']);
    const { rows } = await sql`select from waymark.identity_key where person_id = ${her}`.execute(app.db.owner);
    expect(rows).toEqual([]);
  });

  it('and by a list of another source, or another id, nobody is kept out', async () => {
    const row = `other-${listed.no[1]},O,${app.land.eastVillages[0].code},Wilhelmine Marrowby,f,1980-05-17,2026-03-02,3`;
    const lines = ['no,house,village,name,sex,born,asked,debt', row].join('\n');
    expect(await tried('people', lines, true)).toMatchObject({ taken: 1, why: [] });
  });

  it('and Dao of West Ridge learns nothing of her from a later round', async () => {
    const round = ['no,asked,leave', `${listed.no[1]},2026-04-01,3`].join('\n');
    const found = await tried('observations', round, true, 'other_coordinator');
    expect(found.why).toEqual([[2, 'nobody of this source has this id here']]);
  });

  it('until Kanya lets lists bring her again, because she came back and agrees: then she is somebody new', async () => {
    const kanya = await app.as('data_protection_officer');
    const lift = () => kanya.post<ErasureRow[]>(`/api/data-protection/erasures/${listed.regionId}/${her}/lift`);
    const keptOut = (rows: readonly ErasureRow[]) => rows.find(({ personId }) => personId === her)?.keptOut;
    expect(keptOut(await erasures())).toBe(true);
    const lifted = await lift();
    expect([lifted.status, keptOut(lifted.body)]).toEqual([200, false]);
    expect((await lift()).status).toBe(409);
    const { rows } = await sql`select 1 from waymark.audit_entry where action = 'erasure.lifted' and subject = ${her}`.execute(
      app.db.owner,
    );
    expect(rows).toHaveLength(1);
    const again = await tried('people', listed.corrected(), false);
    expect(again).toMatchObject({ taken: 6, people: { new: 1, known: 5 }, why: [] });
    expect(await isThere([her])).toEqual([false]);
    // Erased again, she is kept out again.
    const { rows: back } = await sql<{ id: string }>`select person_id as id from waymark.person
      where batch_id = ${again.report!.batchId}`.execute(app.db.owner);
    await erase(listed.regionId, back[0]!.id);
    // Another file: one that is here already would only be told so.
    expect((await tried('people', listed.corrected(''), true)).why).toEqual([[3, refused]]);
  });

  it('also where the list knew a record of hers that had been joined to another and was tidied away since', async () => {
    const { no, ids, regionId, corrected } = await list();
    await sql`update waymark.person set state = 4, state_on = '2019-05-05', merged_region = region_id, merged_into = ${ids[0]}::uuid,
      created_at = '2019-01-01' where person_id = ${ids[1]}`.execute(app.db.owner);
    // And another record lately to that one.
    await sql`update waymark.person set state = 4, state_on = waymark.today(), merged_region = region_id, merged_into = ${ids[1]}::uuid
      where person_id = ${ids[2]}`.execute(app.db.owner);
    const kanya = await app.as('data_protection_officer');
    await kanya.send('PUT', '/api/data-protection/retention/merged', { months: 12, action: 'erase' });
    const names = erasureLists({ db: app.db.app, dataFolder: app.folder, keyFile: app.keyFile });
    const night = { db: app.db.jobs, now: () => new Date(), newId: uuidv7, signal: new AbortController().signal };
    await retentionJob({ lists: names, writeDown: told.writeDown }).handle({}, night);
    expect(await isThere(ids.slice(0, 2))).toEqual([true, false]);
    const { rows: joined } = await sql`select state, merged_into as "into" from waymark.person where person_id = ${ids[2]}`.execute(
      app.db.owner,
    );
    expect(joined).toEqual([{ state: 4, into: ids[0] }]);
    // By either number she is found where she is.
    const round = ['no,asked,leave', `${no[0]},2026-04-01,3`, `${no[1]},2026-04-02,3`].join('\n');
    expect(await tried('observations', round, true)).toMatchObject({ taken: 2, why: [] });
    await erase(regionId, ids[0]!);
    expect((await tried('people', corrected(), true)).why).toEqual([
      [2, refused],
      [3, refused],
      [4, refused],
    ]);
  });
});

describe('Orn opens the record of somebody who came with a list', () => {
  it('and what happened to it begins with whose list that was', async () => {
    const { ids, regionId, batchId } = await list();
    const orn = await app.as('watch_volunteer');
    await ask(regionId, ids[0]!, 'objection');
    const { body } = await orn.get<PersonRecord>(`/api/people/${regionId}/${ids[0]}`);
    expect(body.events.map(({ kind, source: from }) => [kind, from])).toEqual(
      expect.arrayContaining([
        ['objected', null],
        ['registered', source],
      ]),
    );
    const { body: other } = await orn.get<PersonRecord>(`/api/people/${regionId}/${ids[1]}`);
    expect(other.events).toEqual([
      expect.objectContaining({ eventId: batchId, kind: 'registered', source, recordedAt: other.registeredAt }),
    ]);
  });
});

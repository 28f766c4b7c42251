// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PersonRecord } from '../src/people/domain/person-record.ts';
import { recordNumber } from '../src/platform/domain/record-number.ts';
import type { PersonRequest } from '../src/people/domain/request.ts';
import type { ImportState } from '../src/places/domain/imports-api.ts';
import { installInstruments } from '../src/risk/server/index.ts';
import { startApp, type PersonName, type TestApp } from './support/app.ts';
import { aBasis } from './support/basis.ts';

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

async function bring(kind: 'people' | 'observations', content: string, who: PersonName = 'coordinator'): Promise<ImportState> {
  const client = await app.as(who);
  const mapping = kind === 'people' ? people(basisId) : later;
  const asked = await client.upload<{ batchId: string }>('/api/imports', [{ field: 'file', name: 'list.csv', content }], { kind, mapping });
  expect([asked.status, asked.text]).toEqual([202, expect.any(String)]);
  for (;;) {
    const { body } = await client.get<ImportState>(`/api/imports/${asked.body.batchId}`);
    if (body.state !== 'running') return body;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
let lists = 0;
/** A list of her own for each test: `no` is what the source calls them. */
async function list(): Promise<{ batchId: string; no: readonly string[]; ids: readonly string[]; regionId: number }> {
  const mark = ++lists;
  const no = names.map((_, i) => `${mark}-${i}`);
  const village = app.land.eastVillages[0].code;
  const rows = names.map((name, i) => `${no[i]},H${mark}-${i},${village},${name} Quillfeather,f,19${70 + i}-05-17,2026-03-01,3`);
  const state = await bring('people', ['no,house,village,name,sex,born,asked,debt', ...rows].join('\n'));
  expect(state).toMatchObject({ state: 'done', report: { taken: 6, rejected: 0 } });
  const { rows: found } = await sql<{ id: string; region: number }>`
    select person_id as id, region_id as region from waymark.person where batch_id = ${state.batchId} order by born_on`.execute(
    app.db.owner,
  );
  return { batchId: state.batchId, no, ids: found.map(({ id }) => id), regionId: found[0]!.region };
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
  it('and everybody goes of whom nothing else is kept', async () => {
    const { batchId, ids } = await list();
    const undone = await (await app.as('coordinator')).post<ImportState>(`/api/imports/${batchId}/undo`);
    expect([undone.status, undone.body]).toMatchObject([200, { state: 'undone', tookBack: { people: 6, households: 6, stayHeld: 0 } }]);
    expect(await isThere(ids)).toEqual(ids.map(() => false));
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

describe('Mali brings in a second round of answers', () => {
  it('without the row of somebody who objected; the others are taken', async () => {
    const { no, ids, regionId } = await list();
    await ask(regionId, ids[1]!, 'objection');
    const round = await bring('observations', ['no,asked,leave', ...no.map((each) => `${each},2026-04-01,3`)].join('\n'));
    expect(round).toMatchObject({ state: 'done', report: { rows: 6, taken: 5, rejected: 1 } });
    expect(round.report!.rejectedRows).toEqual([
      expect.objectContaining({
        file: 'list.csv',
        row: 3,
        column: 'no',
        reason: 'nothing new may be recorded about this person until the data protection officer has decided',
      }),
    ]);
    expect(JSON.stringify(round)).not.toMatch(new RegExp(`Quillfeather|${ids.join('|')}`));
    const { rows } = await sql<{ id: string }>`
      select subject_id as id from waymark.assessment where batch_id = ${round.batchId} and subject_kind = 'person'`.execute(app.db.owner);
    expect(rows.map(({ id }) => id).sort()).toEqual(ids.filter((id) => id !== ids[1]).sort());
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

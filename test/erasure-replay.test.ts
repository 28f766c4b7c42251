// SPDX-License-Identifier: AGPL-3.0-or-later
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { sql, type Kysely } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findActor } from '../src/access/server/index.ts';
import { replay } from '../src/app/erasures.ts';
import { examineErased } from '../src/app/examination-vault.ts';
import { openVault, searchByName, type Vault } from '../src/people/server/index.ts';
import { erasureText, ownIdKeyText, readErasure, readOwnIdKey } from '../src/people/domain/erasure-line.ts';
import type { RequestPage } from '../src/people/domain/request.ts';
import { withActor } from '../src/platform/server/db.ts';
import { writeBackup } from '../src/platform/server/backup.ts';
import { checkBackup, restoreBackup } from '../src/platform/server/restore.ts';
import { installInstruments, recount, recountRollups } from '../src/risk/server/index.ts';
import { startApp, type TestApp } from './support/app.ts';
import { aBasis } from './support/basis.ts';
import { testDatabase, type TestDatabase } from './support/database.ts';
import { rowsThatHold } from './support/everywhere.ts';
import { importMadePeople } from './support/people-import.ts';

/** An older backup never brings back whoever was erased. Made names: nobody is called so. */
const hers = 'Xanthippe Quillfeather',
  stays = 'Ottoline Marrowby';
let app: TestApp, folder: string, identity: string, backup: string, her: string, other: string, installationId: string;
/** Made before anybody was recorded. */
let firstBackup: string, basisId: string;

/** The list that both came with; each time as another file, because one that is here already is only told so. */
let times = 0;
async function bringList(db: TestDatabase, vault: Vault, dryRun = false) {
  const village = app.land.eastVillages[0].code;
  const file = `no,village,name,sex,born\n1,${village},${hers},f,1990-05-17\n2,${village},${stays},f,1990-05-17\n${'\n'.repeat(times++)}`;
  const mapping = `kind: people
country: XA
source: Watch group of East Bay
basis: ${basisId}
place: { columns: [village] }
id: { column: no }
sex: { column: sex, map: { f: female } }
born: { date: { column: born } }
names: [{ full: name, language: en }]
instrument: household-28
observed: { date: '2026-03-01' }
indicators:
  school_attendance: { column: sex, map: { f: 1 } }
`;
  const mali = await findActor(app.access, app.accountIds.coordinator);
  const { taken, people, rejectedRows } = await importMadePeople(db, file, mapping, { vault, dryRun, actor: mali! });
  return { taken, people, why: rejectedRows.map(({ row, reason }) => [row, reason]) };
}
const refused = 'this person was erased; ask the data protection officer';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-replay-'));
  identity = await generateIdentity();
  app = await startApp({ everyRole: true });
  await installInstruments(app.db.owner, uuidv7);
  basisId = await aBasis(app.db.owner);
  const orn = await app.as('watch_volunteer');
  const backUp = async (name: string): Promise<string> => {
    const file = join(folder, name);
    const sealing = { recipient: await identityToRecipient(identity) };
    await writeBackup({ ownerUrl: app.db.urls.owner, file, sealing, version: '1.2.3', now: new Date() });
    return file;
  };
  firstBackup = await backUp('first.backup');
  expect(await bringList(app.db, await app.server.vault.open())).toMatchObject({ taken: 2, people: { new: 2 } });
  const { rows: listed } = await sql<{ id: string; regionId: number }>`
    select person_id as id, region_id as "regionId" from waymark.person order by person_id`.execute(app.db.owner);
  [her, other] = listed.map(({ id }) => id) as [string, string];
  const { regionId } = listed[0]!;
  await orn.post('/api/assessments', {
    assessmentId: uuidv7(),
    subjectKind: 'person',
    subjectId: her,
    regionId,
    instrument: 'household-28',
    answers: { school_attendance: 3 },
    observedAt: '2026-03-01T09:00:00Z',
  });
  backup = await backUp('older.backup');
  await orn.post(`/api/people/${regionId}/${her}/requests`, { requestId: uuidv7(), kind: 'erasure', byWhom: 'self', saidOn: '2026-03-02' });
  const kanya = await app.as('data_protection_officer');
  const [request] = (await kanya.get<RequestPage>('/api/data-protection/requests')).body.rows;
  const { regionId: region, requestId, version, number } = request!;
  const done = await kanya.post(`/api/data-protection/requests/${region}/${requestId}/erase`, { version, number });
  expect([done.status, done.body]).toEqual([200, { rows: [], next: null }]);
  installationId = (await sql<{ id: string }>`select installation_id as id from waymark.installation`.execute(app.db.owner)).rows[0]!.id;
}, 90_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await app?.close();
});

/** The older backup, brought back into an empty database; the key is there, and a data folder of its own. */
async function broughtBack(file = backup): Promise<{ db: TestDatabase; dataFolder: string; keyFile: string }> {
  const db = await testDatabase('template0');
  await restoreBackup({ ownerUrl: db.urls.owner, file, opening: { identity }, backup: await checkBackup(file, { identity }) });
  const room = mkdtempSync(join(folder, 'room-'));
  const [dataFolder, keyFile] = [join(room, 'data'), join(room, 'keys', 'waymark.key')];
  for (const each of ['data', 'keys']) mkdirSync(join(room, each));
  copyFileSync(app.keyFile, keyFile);
  return { db, dataFolder, keyFile };
}
const there = async (owner: Kysely<unknown>) =>
  (await sql<{ id: string }>`select person_id as id from waymark.person`.execute(owner)).rows.map(({ id }) => id);

describe('a backup made before somebody was erased', () => {
  it('brings her back, until the list beside the key is replayed: then she is not there, nor her name, and figures are what a recount says', async () => {
    const { db, dataFolder, keyFile } = await broughtBack();
    try {
      expect((await there(db.owner)).sort()).toEqual([her, other].sort());
      copyFileSync(`${app.keyFile}.erasures`, `${keyFile}.erasures`);
      const first = await replay({ db: db.owner, dataFolder, keyFile, by: 'restore' });
      expect(first.done).toMatchObject({ known: 1, again: 1, torn: [] });
      expect(first.lines[0]).toContain('1 records of people who were erased had come back');
      expect(await there(db.owner)).toEqual([other]);
      expect(await rowsThatHold(db.owner, her)).toEqual(['audit_entry', 'erasure', 'erasure_source']);
      expect([await recountRollups(db.owner), await db.owner.transaction().execute((tx) => recount(tx))]).toEqual([[], []]);
      const { rows } = await sql<{
        n: number;
      }>`select count(*)::int as n from waymark.audit_entry where action = 'erasure.replayed' and subject = ${her}`.execute(db.owner);
      expect(rows[0]?.n).toBe(1);
      const { vault } = await openVault(db.app, { keyFile, installationId, notIn: [dataFolder] });
      const orn = await findActor(app.access, app.accountIds.watch_volunteer);
      const find = (text: string) => withActor(db.app, orn!, (tx) => searchByName(tx, vault, { text, limit: 20 }, async () => {}));
      expect((await find(hers)).map(({ personId }) => personId)).not.toContain(her);
      expect((await find(stays)).map(({ personId }) => personId)).toEqual([other]);
      const { rows: keys } = await sql`select person_id from waymark.identity_key`.execute(db.owner);
      expect(keys).toEqual([{ person_id: other }]);
      expect(await examineErased(db.owner, dataFolder, keyFile)).toMatchObject({
        state: 'well',
        detail: expect.stringContaining('1 records erased'),
      });
      expect(await bringList(db, vault, true)).toMatchObject({ taken: 1, people: { new: 0, known: 1 }, why: [[2, refused]] });
      const again = await replay({ db: db.owner, dataFolder, keyFile, by: 'start' });
      expect([again.done, again.lines]).toMatchObject([{ known: 1, again: 0, missing: [] }, []]);
      expect(readFileSync(join(dataFolder, 'erasures.log'), 'utf8')).toBe(readFileSync(`${keyFile}.erasures`, 'utf8'));
    } finally {
      await db.close();
    }
  }, 60_000);

  it('and before she was first recorded: the list that she came with does not bring her again, the others it does', async () => {
    const { db, dataFolder, keyFile } = await broughtBack(firstBackup);
    try {
      const list = `${keyFile}.erasures`;
      copyFileSync(`${app.keyFile}.erasures`, list);
      expect((await replay({ db: db.owner, dataFolder, keyFile, by: 'restore' })).done).toMatchObject({
        known: 1,
        again: 0,
        otherKeys: [],
      });
      // No other key is made in the place of the one by which she is kept out.
      const elsewhere = { keyFile: join(dataFolder, 'other.key'), installationId, notIn: [] };
      await expect(openVault(db.app, elsewhere)).rejects.toThrow('There is no master key in');
      const { vault } = await openVault(db.app, { keyFile, installationId, notIn: [dataFolder] });
      expect(await bringList(db, vault, true)).toMatchObject({ taken: 1, people: { new: 1 }, why: [[2, refused]] });
      expect(await bringList(db, vault)).toMatchObject({ taken: 1, people: { new: 1 }, why: [[2, refused]] });
      // A list that was written before digests were kept is completed.
      const whole = readFileSync(list, 'utf8');
      writeFileSync(list, `${erasureText({ ...readErasure(whole.trim().split('\n').at(-1)!)!, sources: [] })}\n`);
      expect(await examineErased(db.owner, dataFolder, keyFile)).toMatchObject({
        state: 'ill',
        detail: expect.stringContaining('lacks by which lists 1 of those erased were known'),
      });
      await replay({ db: db.owner, dataFolder, keyFile, by: 'start' });
      expect(readFileSync(list, 'utf8').split('\n').slice(1)).toEqual(whole.split('\n'));
      expect(await examineErased(db.owner, dataFolder, keyFile)).toMatchObject({ state: 'well' });
    } finally {
      await db.close();
    }
  }, 60_000);

  it('with a list that was cut off half way: that is told, and the whole lines are used; also of a list named by hand', async () => {
    const { db, dataFolder, keyFile } = await broughtBack();
    try {
      const [keyLine, line] = readFileSync(`${app.keyFile}.erasures`, 'utf8').split('\n') as [string, string];
      const kept = join(folder, 'kept.list');
      const strange = ownIdKeyText({ ...readOwnIdKey(keyLine)!, keyId: 'STRANGE1', masterKeyId: 'STRANGE2' });
      writeFileSync(kept, [keyLine, strange, line, line.slice(0, 60)].join('\n'));
      const { done, lines } = await replay({ db: db.owner, dataFolder, keyFile, more: kept, by: 'restore' });
      expect(done).toMatchObject({ again: 1, torn: [{ path: kept, lines: 1 }], otherKeys: ['STRANGE1'] });
      expect(lines.join('\n')).toContain('stands under the key STRANGE1, which belongs to another master key');
      expect(lines.join('\n')).toContain(`1 lines of ${kept} are cut off or changed`);
      expect(await there(db.owner)).toEqual([other]);
      appendFileSync(`${keyFile}.erasures`, line.slice(0, 40));
      expect(await examineErased(db.owner, dataFolder, keyFile)).toMatchObject({
        state: 'note',
        detail: expect.stringContaining('cut off or changed'),
      });
      rmSync(join(dataFolder, 'erasures.log'));
      expect(await examineErased(db.owner, dataFolder, keyFile)).toMatchObject({
        state: 'ill',
        detail: expect.stringContaining('lacks 1'),
      });
    } finally {
      await db.close();
    }
  }, 60_000);

  it('without any list says so, and keeps whom a hold placed since keeps', async () => {
    const { db, dataFolder, keyFile } = await broughtBack();
    try {
      const { lines } = await replay({ db: db.owner, dataFolder, keyFile, by: 'restore' });
      expect(lines.join('\n')).toContain('No list of erased people was found');
      await sql`insert into waymark.legal_hold (region_id, hold_id, person_id, citation, until_on, placed_by)
        select region_id, ${uuidv7()}, person_id, 'Court of the demo province', '2999-01-01', 'kanya' from waymark.person where person_id = ${her}`.execute(
        db.owner,
      );
      copyFileSync(`${app.keyFile}.erasures`, `${keyFile}.erasures`);
      const { done } = await replay({ db: db.owner, dataFolder, keyFile, by: 'start' });
      expect(done).toMatchObject({ again: 0, held: 1 });
      expect(await examineErased(db.owner, dataFolder, keyFile)).toMatchObject({
        state: 'ill',
        detail: expect.stringContaining('in the register again'),
      });
    } finally {
      await db.close();
    }
  }, 60_000);
});

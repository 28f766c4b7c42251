// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { writeBackup } from '../../platform/server/backup.ts';
import { migrate, readMigrations } from '../../platform/server/migrate.ts';
import { checkBackup, restoreBackup } from '../../platform/server/restore.ts';
import { examineRecord } from './examine-record.ts';
import { HeadLog } from './head-log.ts';
import { noteRestore } from './note-restore.ts';
import { Sealer } from './sealer.ts';

let folder: string, identity: string, recipient: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-sealed-'));
  identity = await generateIdentity();
  recipient = await identityToRecipient(identity);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const log = { error: () => {}, warn: () => {} };
const seal = (db: TestDatabase, dataFolder = folder) => new Sealer({ db: db.jobs, headLog: new HeadLog(dataFolder), log }).sealWaiting();
const write = (db: TestDatabase, n: number) =>
  sql`insert into waymark.audit_entry (entry_id, actor_id, action, subject, detail)
    select gen_random_uuid(), 'som', 'identity.read', gen_random_uuid()::text, '{"much": 12345678901234567890.10, "text": "ทุ่งแสง \\n \\"q\\""}' from generate_series(1, ${n}::integer)`.execute(
    db.owner,
  );

describe('a sealed record', () => {
  it('is brought back by a backup with its chain and what waited for it, beside the old notes and without any', async () => {
    const [db, target] = [await testDatabase(), await testDatabase('template0')];
    try {
      await write(db, 5);
      await seal(db);
      await write(db, 2);
      const file = join(folder, 'whole.backup');
      await writeBackup({ ownerUrl: db.urls.owner, file, sealing: { recipient }, version: '1.2.3', now: new Date() });
      await seal(db);
      await restoreBackup({ ownerUrl: target.urls.owner, file, opening: { identity }, backup: await checkBackup(file, { identity }) });
      await noteRestore(target.owner, folder);
      expect(await examineRecord(target.owner, folder)).toMatchObject({
        state: 'note',
        detail: expect.stringMatching(
          /^5 entries in 1 seals hold; a backup was brought back on \S+: it ended at seal 1, and 1 seals noted before are not in it$/,
        ),
      });
      expect(await seal(target)).toBe(2);
      expect(await examineRecord(target.owner, folder)).toMatchObject({
        state: 'note',
        detail: expect.stringMatching(/^7 entries in 2 seals hold; a backup/),
      });
      const elsewhere = join(folder, 'elsewhere');
      await noteRestore(target.owner, elsewhere);
      expect(await examineRecord(target.owner, elsewhere)).toMatchObject({
        state: 'note',
        detail: expect.stringMatching(/brought back on \S+, at seal 2$/),
      });
    } finally {
      await Promise.all([db.close(), target.close()]);
    }
  });

  it('begins with everything that was written before there were seals', async () => {
    const db = await testDatabase('template0');
    try {
      const migrations = readMigrations();
      await migrate(
        db.owner,
        migrations.filter(({ name }) => name < '0025'),
      );
      await write(db, 3);
      await migrate(db.owner, migrations);
      const upgraded = join(folder, 'upgraded');
      expect(await examineRecord(db.owner, upgraded)).toMatchObject({
        state: 'well',
        detail: expect.stringContaining('3 wait to be sealed'),
      });
      expect(await seal(db, upgraded)).toBe(3);
      expect(await examineRecord(db.owner, upgraded)).toMatchObject({
        state: 'well',
        detail: expect.stringMatching(/^3 entries in 1 seals/),
      });
      const { rows } = await sql`select from waymark.identity_read`.execute(db.owner);
      expect(rows).toHaveLength(3);
    } finally {
      await db.close();
    }
  });
});

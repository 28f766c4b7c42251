// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../test/support/database.ts';
import { makeDemoLand, type DemoLand } from '../../test/support/demo-land.ts';
import { appliedMigrations, migrate, readMigrations } from '../platform/server/migrate.ts';
import { checkBackup, emptyDatabase, restoreBackup } from '../platform/server/restore.ts';
import { installInstruments, recount } from '../risk/server/index.ts';
import { identityFrom } from './commands/backup-key.ts';
import { markOwn } from './installation.ts';
import { backUpBeforeUpgrade, upgradeDone, upgradeKeyFile } from './upgrade.ts';

/** The release before this one ended here. */
const before = readMigrations().filter(({ name }) => name < '0021');
let db: TestDatabase, folder: string, land: DemoLand;

/** An installation as the release before left it: accounts, places, people, a visit, figures. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-upgrade-'));
  db = await testDatabase();
  await emptyDatabase(db.urls.owner);
  await migrate(db.owner, before);
  await sql`insert into waymark.installation (installation_id, is_demo) values (${uuidv7()}, false)`.execute(db.owner);
  land = await makeDemoLand(db.owner);
  await installInstruments(db.owner, uuidv7);
  await sql`insert into waymark.account (account_id, user_name, display_name) values ('a1', 'malee', 'Malee')`.execute(db.owner);
  await sql`insert into waymark.post (post_id, account_id, role, place_id) values (${uuidv7()}, 'a1', 'coordinator', ${land.province.placeId})`.execute(
    db.owner,
  );
  await sql`insert into waymark.audit_entry (entry_id, actor_id, action) values (${uuidv7()}, 'a1', 'access.sign-in')`.execute(db.owner);
  const village = land.eastVillages[0];
  await sql`insert into waymark.person (region_id, person_id, place_id, sex, born_on)
    select ${village.regionId}, gen_random_uuid(), ${village.placeId}, 2, '2001-02-01' from generate_series(1, 40)`.execute(db.owner);
  await sql`insert into waymark.assessment (region_id, assessment_id, subject_kind, subject_id, instrument_id, answers, observed_at, valid_until, actor_id)
    select p.region_id, gen_random_uuid(), 'person', p.person_id, i.instrument_id, set_byte(decode(repeat('00', 28), 'hex'), 6, 3), now(),
           waymark.valid_untils(i.instrument_id, now()), 'a1'
    from waymark.person p cross join waymark.instrument i where i.code = 'household-28'`.execute(db.owner);
  await sql`select waymark.score_people_anew('household-28', array_agg(region_id), array_agg(person_id), now()) from waymark.person`.execute(
    db.owner,
  );
});
afterEach(async () => {
  await db.close();
  rmSync(folder, { recursive: true, force: true });
});

const options = () => ({
  ownerUrl: db.urls.owner,
  db: db.owner,
  dataFolder: folder,
  now: new Date('2026-11-22T04:05:06Z'),
  version: '0.2.0',
});
const countOf = async (on: TestDatabase, table: string) =>
  (await sql<{ n: number }>`select count(*)::int as n from waymark.${sql.raw(table)}`.execute(on.owner)).rows[0]?.n;

it('an installation of the release before is backed up, brought up to date, and counts as it did', async () => {
  const file = await backUpBeforeUpgrade(options());
  expect(file).toBe(join(folder, 'backups', 'before-0021-2026-11-22T04-05-06-000.backup'));
  expect(statSync(upgradeKeyFile(folder)).mode & 0o077).toBe(0);
  expect(readFileSync(file ?? '').includes('Malee')).toBe(false);
  await migrate(db.owner);
  expect((await appliedMigrations(db.owner)).length).toBe(readMigrations().length);
  expect(await recount(db.owner)).toEqual([]);
  expect([await countOf(db, 'person'), await countOf(db, 'standing'), await countOf(db, 'audit_unsealed')]).toEqual([40, 40, 1]);
  // Whoever kept people goes on keeping them; nobody new comes in before a basis is stated.
  const { rows } = await sql<{ kept: boolean }>`select people_kept as kept from waymark.installation`.execute(db.owner);
  expect(rows).toEqual([{ kept: true }]);
  expect(await backUpBeforeUpgrade(options())).toBeNull();
}, 60_000);

it('the backup of before the upgrade leads back, and forward again', async () => {
  const file = (await backUpBeforeUpgrade(options())) ?? '';
  const opening = { identity: identityFrom(upgradeKeyFile(folder)) };
  const other = await testDatabase();
  try {
    await emptyDatabase(other.urls.owner);
    const backup = await checkBackup(file, opening);
    expect(backup.header.migrations.map(({ name }) => name)).toEqual(before.map(({ name }) => name));
    await restoreBackup({ ownerUrl: other.urls.owner, file, opening, backup });
    await migrate(other.owner);
    expect([await countOf(other, 'person'), await countOf(other, 'account')]).toEqual([40, 1]);
    expect(await recount(other.owner)).toEqual([]);
  } finally {
    await other.close();
  }
}, 60_000);

it('where no backup can be written nothing is upgraded, and a new installation needs none', async () => {
  writeFileSync(join(folder, 'backups'), 'in the way');
  await expect(backUpBeforeUpgrade(options())).rejects.toThrow();
  expect((await appliedMigrations(db.owner)).length).toBe(before.length);
  rmSync(join(folder, 'backups'));
  // Killed and started again at once: the last two of the same moment.
  for (const minute of ['01', '02', '03', '03']) await backUpBeforeUpgrade({ ...options(), now: new Date(`2026-11-22T04:${minute}:00Z`) });
  expect(
    readdirSync(join(folder, 'backups'))
      .filter((name) => name.endsWith('.backup'))
      .sort(),
  ).toEqual(['02-00-000', '03-00-000', '03-00-001'].map((moment) => `before-0021-2026-11-22T04-${moment}.backup`));
}, 60_000);

it('cut off after its first change it goes on under the backup it began with, however often, and the next upgrade makes its own', async () => {
  const file = await backUpBeforeUpgrade(options());
  const upTo = (name: string) => readMigrations().filter((each) => each.name < name);
  for (const reached of ['0023', '0024', '0026', '0027', '0030']) {
    await migrate(db.owner, upTo(reached));
    expect(await backUpBeforeUpgrade({ ...options(), now: new Date(`2026-11-22T05:${reached.slice(2)}:00Z`) })).toBe(file);
  }
  expect(readdirSync(join(folder, 'backups')).filter((name) => name.endsWith('.backup'))).toHaveLength(1);
  upgradeDone(folder);
  const next = await backUpBeforeUpgrade({ ...options(), now: new Date('2026-12-01T00:00:00Z') });
  expect(next).toBe(join(folder, 'backups', 'before-0030-2026-12-01T00-00-00-000.backup'));
}, 60_000);

it('one whose settings were never written down gets them at its next start, and goes on keeping the people it holds', async () => {
  await sql`delete from waymark.installation`.execute(db.owner);
  await migrate(db.owner);
  const settings = async () =>
    (
      await sql<{
        demo: boolean;
        kept: boolean;
        id: string;
      }>`select is_demo as demo, people_kept as kept, installation_id as id from waymark.installation`.execute(db.owner)
    ).rows;
  await markOwn(db.owner, uuidv7);
  const first = await settings();
  expect(first).toEqual([{ demo: false, kept: true, id: expect.any(String) }]);
  await markOwn(db.owner, uuidv7);
  expect(await settings()).toEqual(first);
  const empty = await testDatabase();
  try {
    await markOwn(empty.owner, uuidv7);
    expect((await sql`select people_kept from waymark.installation`.execute(empty.owner)).rows).toEqual([{ people_kept: false }]);
  } finally {
    await empty.close();
  }
}, 60_000);

// SPDX-License-Identifier: AGPL-3.0-or-later
import { appendFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { sql, type Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { writeBackup } from './backup.ts';
import { checkBackup, refuseUsedDatabase, restoreBackup } from './restore.ts';
import { restoringMark } from './restoring-mark.ts';
import { schemaText } from './schema-text.ts';

const passphrase = 'seven plain words that nobody else knows';
const now = new Date('2026-11-22T04:00:00Z');
let folder: string, db: TestDatabase, file: string;
// A passphrase is slow to try by design; most tests open their files with a key.
let identity: string, recipient: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-backup-'));
  file = join(folder, 'whole.backup');
  identity = await generateIdentity();
  recipient = await identityToRecipient(identity);
  db = await testDatabase();
  await fill(db.owner);
  await writeBackup({ ownerUrl: db.urls.owner, file, sealing: { recipient }, version: '1.2.3', now });
});
afterAll(async () => {
  await db.close();
  rmSync(folder, { recursive: true, force: true });
});

const uuid = (n: number) => `01890000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** A little of everything that is hard to carry: self references, bytes, arrays, json, odd text, append-only tables, rollups. */
async function fill(owner: Kysely<unknown>): Promise<void> {
  await sql`insert into waymark.installation (installation_id, is_demo) values (${uuid(1)}, false)`.execute(owner);
  await sql`insert into waymark.place (place_id, country, code, level, parent_id, path, region_id, names, name, search) values
    (${uuid(11)}, 'XA', 'XA', 0, null, '1', 0, '{"en": "A\\tb\\n\\\\N \\"q\\"", "th": "ทุ่งแสง"}', E'line\nfeed\ttab\\N', 'x'),
    (${uuid(10)}, 'XA', 'XA01', 1, ${uuid(11)}, '1.2', 1, '{}', '', 'y')`.execute(owner);
  await sql`select nextval('waymark.place_label_seq'), nextval('waymark.place_label_seq')`.execute(owner);
  await sql`insert into auth."user" (id, name, email, username) values ('u1', 'Malee', 'malee@invalid', 'malee')`.execute(owner);
  await sql`insert into auth.session (id, "expiresAt", token, "userId") values ('s1', now(), 'secret-token', 'u1')`.execute(owner);
  await sql`insert into waymark.account (account_id, user_name, display_name) values ('u1', 'malee', 'Malee')`.execute(owner);
  await sql`insert into waymark.audit_entry (entry_id, actor_id, action) values (${uuid(20)}, 'u1', 'test.write')`.execute(owner);
  await sql`insert into waymark.instrument (instrument_id, code, version, scores, definition, indicators, state) values (${uuid(30)}, 'two', 1, 'person',
    '{"indicators": [{"code": "a", "unit": "person", "weight": 1, "bySex": false, "months": 12}, {"code": "b", "unit": "person", "weight": 2, "bySex": false, "months": 24}]}', '{a,b}', 'live')`.execute(
    owner,
  );
  await sql`insert into waymark.person (region_id, person_id, place_id, sex, born_on) select 1, ('01890000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid, ${uuid(10)}::uuid, 1, '2001-02-01' from generate_series(1, 2000) n`.execute(
    owner,
  );
  await sql`insert into waymark.assessment (region_id, assessment_id, subject_kind, subject_id, instrument_id, answers, observed_at, valid_until, actor_id)
    values (1, ${uuid(40)}, 'place', ${uuid(10)}, ${uuid(30)}, '\\x00ff0a5c', '2026-01-01T00:00:00.123456Z', '{2027-01-01T00:00:00Z,2028-01-01T00:00:00Z}', 'u1')`.execute(
    owner,
  );
  await sql`insert into waymark.standing (region_id, instrument_code, subject_kind, subject_id, place_id, sex, age_group, instrument_version, excess, known, applicable, band, answers, computed_at)
    select 1, 'two', 'person', person_id, place_id, 1, 3, 1, 2, 3, 4, 2, '\\x0203', now() from waymark.person`.execute(owner);
}

/** Who may run which function: what the logins live by, and no part of the schema as text. */
async function grants(owner: Kysely<unknown>): Promise<unknown[]> {
  return (
    await sql`select p.oid::regprocedure::text as name, (select array_agg(a::text order by a::text) from unnest(coalesce(p.proacl, acldefault('f', p.proowner))) a) as acl
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'waymark' order by 1`.execute(owner)
  ).rows;
}

/** Every row of every table as text, in an order of its own. */
async function everything(owner: Kysely<unknown>): Promise<Record<string, string>> {
  const { rows: tables } = await sql<{
    name: string;
  }>`select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('waymark', 'auth') order by 1`.execute(
    owner,
  );
  const all: Record<string, string> = {};
  for (const { name } of tables) {
    const { rows } = await sql<{
      sum: string;
    }>`select count(*) || ' ' || coalesce(md5(string_agg(t::text, E'\n' order by t::text collate "C")), '') as sum from ${sql.raw(name)} t`.execute(
      owner,
    );
    all[name] = rows[0]?.sum ?? '';
  }
  return all;
}

const markOf = async (owner: Kysely<unknown>): Promise<string | null | undefined> =>
  (
    await sql<{
      mark: string | null;
    }>`select shobj_description(oid, 'pg_database') as mark from pg_database where datname = current_database()`.execute(owner)
  ).rows[0]?.mark;

async function restoreInto(target: TestDatabase, from = file, opening: Parameters<typeof checkBackup>[1] = { identity }): Promise<void> {
  const backup = await checkBackup(from, opening);
  await restoreBackup({ ownerUrl: target.urls.owner, file: from, opening, backup });
}

describe('A backup restored into an empty database', () => {
  it('brings back every row, the schema and the next numbers, and keeps its triggers and walls', async () => {
    const target = await testDatabase('template0');
    try {
      await restoreInto(target);
      const before = await everything(db.owner);
      expect(before['auth.session']).not.toMatch(/^0 /);
      expect(await everything(target.owner)).toEqual({ ...before, 'auth.session': '0 ' });
      expect(await schemaText(target.owner)).toBe(await schemaText(db.owner));
      expect((await sql<{ n: number }>`select nextval('waymark.place_label_seq') as n`.execute(target.owner)).rows).toEqual([{ n: 3 }]);
      await expect(sql`delete from waymark.audit_entry`.execute(target.owner)).rejects.toThrow('append-only');
      await sql`delete from waymark.standing where subject_id in (select subject_id from waymark.standing limit 5)`.execute(target.owner);
      expect((await sql<{ n: number }>`select n from waymark.rollup where place_id = ${uuid(11)}`.execute(target.owner)).rows).toEqual([
        { n: 1995 },
      ]);
      await expect(restoreInto(target), 'a restore replaces nothing').rejects.toThrow('not empty');
    } finally {
      await target.close();
    }
  });

  it('holds what was there at its moment, though people go on writing', async () => {
    const target = await testDatabase('template0'),
      other = join(folder, 'moment.backup');
    try {
      let wrote: Promise<unknown> | null = null;
      await writeBackup({
        ownerUrl: db.urls.owner,
        file: other,
        sealing: { recipient },
        version: '1',
        now,
        onProgress: () => {
          wrote ??= sql`insert into waymark.person (region_id, person_id, place_id) values (1, ${uuid(99)}, ${uuid(10)})`.execute(db.owner);
        },
      });
      await wrote;
      await restoreInto(target, other);
      expect((await sql<{ n: number }>`select count(*) as n from waymark.person`.execute(target.owner)).rows).toEqual([{ n: 2000 }]);
    } finally {
      await sql`delete from waymark.person where person_id = ${uuid(99)}`.execute(db.owner);
      await target.close();
    }
  });

  it('can be sealed with a passphrase instead of a key, and only that one opens it', async () => {
    const other = join(folder, 'words.backup');
    await writeBackup({ ownerUrl: db.urls.owner, file: other, sealing: { passphrase }, version: '1', now });
    expect((await checkBackup(other, { passphrase })).header).toMatchObject({ waymark: '1', createdAt: now.toISOString() });
    await expect(checkBackup(other, { passphrase: 'another' })).rejects.toThrow(
      `The passphrase does not open ${other}. Nothing was changed.`,
    );
    await expect(checkBackup(other, { identity })).rejects.toThrow('The key does not open');
  });

  it('begins again after an attempt that was cut off half-way', async () => {
    const target = await testDatabase('template0');
    try {
      const backup = await checkBackup(file, { identity });
      const swapped = join(folder, 'swapped.backup');
      writeFileSync(swapped, readFileSync(file));
      await expect(
        restoreBackup({
          ownerUrl: target.urls.owner,
          file: swapped,
          opening: { identity },
          // The connection dies while rows are going in.
          backup,
          onProgress: (step) => {
            if (step.phase.includes('person')) throw new Error('killed');
          },
        }),
      ).rejects.toThrow();
      await refuseUsedDatabase(target.urls.owner);
      // Or after the rows, before what must be done ere anybody is served: whoever was erased since would be there again.
      const finish = () => Promise.reject(new Error('killed'));
      await expect(restoreBackup({ ownerUrl: target.urls.owner, file, opening: { identity }, backup, finish })).rejects.toThrow('killed');
      expect(await markOf(target.owner)).toBe(restoringMark);
      await restoreInto(target);
      expect(await markOf(target.owner)).toBeNull();
      expect((await sql<{ n: number }>`select count(*) as n from waymark.standing`.execute(target.owner)).rows).toEqual([{ n: 2000 }]);
      expect(await grants(target.owner)).toEqual(await grants(db.owner));
    } finally {
      await target.close();
    }
  });
});

describe('A backup', () => {
  it('holds nothing readable', () => {
    const text = readFileSync(file).toString('latin1');
    for (const word of ['malee', 'Malee', 'audit_entry', 'secret-token', 'XA01']) expect(text).not.toContain(word);
  });

  it('never replaces a file, and leaves none when it is stopped', async () => {
    await expect(writeBackup({ ownerUrl: db.urls.owner, file, sealing: { recipient }, version: '1', now })).rejects.toThrow(
      'is there already',
    );
    const cancel = new AbortController(),
      other = join(folder, 'stopped.backup');
    await expect(
      writeBackup({
        ownerUrl: db.urls.owner,
        file: other,
        sealing: { recipient },
        version: '1',
        now,
        signal: cancel.signal,
        onProgress: () => cancel.abort(),
      }),
    ).rejects.toThrow();
    expect(readdirSync(folder).filter((name) => name.startsWith('stopped'))).toEqual([]);
  });

  it('is refused for a key that is none', async () => {
    const other = join(folder, 'nokey.backup');
    await expect(
      writeBackup({ ownerUrl: db.urls.owner, file: other, sealing: { recipient: 'age1bad' }, version: '1', now }),
    ).rejects.toThrow('The recipient is no public age key');
    expect(existsSync(other)).toBe(false);
  });

  it('is refused when a table hides its rows from the owner', async () => {
    const blind = await testDatabase();
    try {
      await sql`create table waymark.hidden (x integer)`.execute(blind.owner);
      await sql`alter table waymark.hidden enable row level security, force row level security`.execute(blind.owner);
      await expect(
        writeBackup({ ownerUrl: blind.urls.owner, file: join(folder, 'blind.backup'), sealing: { recipient }, version: '1', now }),
      ).rejects.toThrow('would miss rows of waymark.hidden');
      expect(existsSync(join(folder, 'blind.backup'))).toBe(false);
    } finally {
      await blind.close();
    }
  });
});

describe('A file that must not be restored', () => {
  const copy = (name: string, change: (bytes: Buffer) => Buffer) => {
    const path = join(folder, name);
    writeFileSync(path, change(readFileSync(file)));
    return path;
  };
  const check = (path: string) => checkBackup(path, { identity });

  it('is told apart: a wrong key', async () => {
    await expect(checkBackup(file, { identity: await generateIdentity() })).rejects.toThrow(
      `The key does not open ${file}. Nothing was changed.`,
    );
  });
  it('a file cut short, by one byte or almost all', async () => {
    for (const keep of [-1, 100, 17, 5]) {
      const path = copy(`short${keep}`, (bytes) => bytes);
      truncateSync(path, keep < 0 ? readFileSync(file).length + keep : keep);
      await expect(check(path)).rejects.toThrow('is damaged or was changed');
    }
  });
  it('a byte changed anywhere, and bytes added', async () => {
    const size = readFileSync(file).length;
    for (const at of [30, 200, Math.floor(size / 2), size - 40, size - 1]) {
      await expect(
        check(
          copy(`flip${at}`, (bytes) => {
            bytes[at]! ^= 1;
            return bytes;
          }),
        ),
      ).rejects.toThrow('is damaged or was changed');
    }
    const longer = copy('longer', (bytes) => bytes);
    appendFileSync(longer, 'x');
    await expect(check(longer)).rejects.toThrow('is damaged or was changed');
  });
  it('a change whose checksum was made to fit', async () => {
    const { createHash } = await import('node:crypto');
    const path = copy('forged', (bytes) => {
      bytes[bytes.length - 60]! ^= 1;
      return Buffer.concat([bytes.subarray(0, -32), createHash('sha256').update(bytes.subarray(0, -32)).digest()]);
    });
    await expect(check(path)).rejects.toThrow('is damaged or was changed');
  });
  it('something else, nothing, and a folder', async () => {
    writeFileSync(join(folder, 'letter.txt'), 'Dear all, this is no backup at all.');
    await expect(check(join(folder, 'letter.txt'))).rejects.toThrow(`is no backup of Waymark's`);
    await expect(check(join(folder, 'missing'))).rejects.toThrow('There is no file');
    await expect(check(folder)).rejects.toThrow('is no file');
  });
  it('one that a newer Waymark wrote', async () => {
    await sql`insert into public.waymark_migrations (name, sha256) values ('9998_later.sql', 'x')`.execute(db.owner);
    const later = join(folder, 'later.backup');
    await writeBackup({ ownerUrl: db.urls.owner, file: later, sealing: { recipient }, version: '9.0.0', now });
    await sql`delete from public.waymark_migrations where name = '9998_later.sql'`.execute(db.owner);
    await expect(check(later)).rejects.toThrow(/written by another Waymark \(9\.0\.0\).*9998_later\.sql/);
  });
});

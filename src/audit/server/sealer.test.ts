// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { examineRecord } from './examine-record.ts';
import { HeadLog } from './head-log.ts';
import { noteRestore } from './note-restore.ts';
import { runSealer, Sealer, type SealStep } from './sealer.ts';

let db: TestDatabase, folder: string;
const errors: unknown[] = [];
const log = { error: (...said: unknown[]) => void errors.push(said), warn: () => {} };
const headLog = () => new HeadLog(folder);
const sealer = (onStep?: (step: SealStep) => void) => new Sealer({ db: db.jobs, headLog: headLog(), log, ...(onStep ? { onStep } : {}) });

async function write(n = 1, actor = 'som'): Promise<void> {
  await sql`insert into waymark.audit_entry (entry_id, actor_id, action, detail)
    select gen_random_uuid(), ${actor}, 'test.write', jsonb_build_object('n', n, 'x', 1.50) from generate_series(1, ${n}::integer) n`.execute(
    db.owner,
  );
}
const counted = async () =>
  (
    await sql<{ entries: number; sealed: number; waiting: number; seals: number }>`select
      (select count(*)::integer from waymark.audit_entry) as entries, (select count(*)::integer from waymark.audit_unsealed) as waiting,
      (select count(*)::integer from waymark.audit_seal) as seals,
      (select count(distinct id)::integer from waymark.audit_seal, unnest(entry_ids) id) as sealed`.execute(db.owner)
  ).rows[0];
const examined = () => examineRecord(db.owner, folder);
const notes = () =>
  readFileSync(join(folder, 'audit', 'head.log'), 'utf8')
    .trim()
    .split('\n');

beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db?.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-seal-'));
  errors.length = 0;
});
/** Each test begins with an empty record, which only somebody can make who takes the triggers off. */
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  for (const table of ['audit_entry', 'audit_seal', 'audit_unsealed', 'identity_read']) {
    await sql`alter table waymark.${sql.raw(table)} disable trigger user`.execute(db.owner);
    await sql`delete from waymark.${sql.raw(table)}`.execute(db.owner);
    await sql`alter table waymark.${sql.raw(table)} enable trigger user`.execute(db.owner);
  }
});

describe('sealing', () => {
  it('takes what was committed, chains it, and notes the end outside the database, readable by its owner only', async () => {
    expect(await examined()).toEqual({ state: 'well', detail: '0 entries in 0 seals hold and are the ones noted outside; nothing waits' });
    await write(3);
    expect((await examined()).detail).toMatch(/^0 entries in 0 seals .*; 3 wait to be sealed, the oldest for \d+ seconds$/);
    const one = sealer();
    expect(await one.sealWaiting()).toBe(3);
    expect(await one.sealWaiting()).toBe(0);
    await write(2);
    expect(await one.sealWaiting()).toBe(2);
    expect(await counted()).toEqual({ entries: 5, sealed: 5, waiting: 0, seals: 2 });
    expect(notes().map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { kind: 'sealed', seal: 1, database: expect.stringMatching(/^\d+\/\d+$/) },
      { kind: 'sealed', seal: 2 },
    ]);
    expect([statSync(join(folder, 'audit')).mode & 0o777, statSync(join(folder, 'audit', 'head.log')).mode & 0o777]).toEqual([
      0o700, 0o600,
    ]);
    expect(await examined()).toEqual({ state: 'well', detail: '5 entries in 2 seals hold and are the ones noted outside; nothing waits' });
  });

  it('takes a long queue in batches of two thousand', async () => {
    await write(4500);
    expect(await sealer().sealWaiting()).toBe(4500);
    expect(await counted()).toEqual({ entries: 4500, sealed: 4500, waiting: 0, seals: 3 });
    expect((await examined()).state).toBe('well');
  });

  it('loses and doubles nothing while people write and two servers seal', async () => {
    const other = mkdtempSync(join(tmpdir(), 'waymark-seal-'));
    const servers = [folder, other].map((path) => runSealer({ db: db.jobs, headLog: new HeadLog(path), log, restMs: 5 }));
    await Promise.all(
      ['som', 'dao', 'chai'].map(async (who) => {
        for (let i = 0; i < 40; i++) {
          await write(1 + (i % 3), who);
          // Who gives up half-way leaves neither an entry nor a place in the queue.
          await db.owner
            .transaction()
            .execute(async (tx) => {
              await sql`insert into waymark.audit_entry (entry_id, actor_id, action) values (${uuidv7()}, ${who}, 'test.undone')`.execute(
                tx,
              );
              throw new Error('changed her mind');
            })
            .catch(() => {});
        }
      }),
    );
    await Promise.all(servers.map((each) => each.close()));
    const { entries, sealed, waiting } = (await counted()) ?? {};
    expect({ entries, sealed, waiting }).toEqual({ entries: 237, sealed: 237, waiting: 0 });
    expect(errors).toEqual([]);
    for (const path of [folder, other]) expect((await examineRecord(db.owner, path)).state, path).not.toBe('ill');
    rmSync(other, { recursive: true, force: true });
  });

  it.each(['taken', 'made', 'inserted', 'committed', 'noted'] as const)(
    'broken off when %s leaves every entry waiting or sealed, once',
    async (at) => {
      await write(4);
      await sealer().sealWaiting();
      await write(3);
      const broken = sealer((step) => {
        if (step === at) throw new Error('broken off');
      });
      await expect(broken.sealWaiting()).rejects.toThrow('broken off');
      const after = await counted();
      expect((after?.sealed ?? 0) + (after?.waiting ?? 0)).toBe(7);
      expect((await examined()).state).toBe(at === 'committed' ? 'note' : 'well');
      await sealer().sealWaiting();
      expect(await counted()).toEqual({ entries: 7, sealed: 7, waiting: 0, seals: 2 });
      expect(await examined()).toMatchObject({ state: 'well' });
      expect(notes()).toHaveLength(2);
    },
  );

  it('is done soon by a server that runs, and once more when it stops', async () => {
    const running = runSealer({ db: db.jobs, headLog: headLog(), log });
    await pause(100);
    await write(1);
    await expect.poll(async () => (await counted())?.waiting, { timeout: 15_000, interval: 20 }).toBe(0);
    await write(1);
    await running.close();
    expect((await counted())?.waiting).toBe(0);
  });

  it('waits out a folder that cannot be written, says so once, and notes the end afterwards', async () => {
    writeFileSync(join(folder, 'audit'), 'a file where the folder should be');
    const running = runSealer({ db: db.jobs, headLog: headLog(), log, restMs: 5 });
    await write(2);
    await expect.poll(async () => (await counted())?.sealed).toBe(2);
    await expect.poll(() => errors.length).toBe(1);
    await pause(50);
    expect(errors).toHaveLength(1);
    rmSync(join(folder, 'audit'));
    await expect.poll(async () => (await headLog().read()).lines.length).toBe(1);
    await running.close();
    expect(await examined()).toMatchObject({ state: 'well' });
  });
});

describe('the note of the chain', () => {
  it('goes on behind a torn line, and is put aside when it is long', async () => {
    const short = new HeadLog(folder, 400);
    const line = (seal: number) => ({ kind: 'sealed', seal, digest: String(seal).padStart(64, '0'), at: 'now', database: '1/1' }) as const;
    await short.append(line(1));
    const path = join(folder, 'audit', 'head.log');
    writeFileSync(path, readFileSync(path, 'utf8') + '{"kind":"seal');
    for (let seal = 2; seal <= 40; seal++) await short.append(line(seal));
    const read = await short.read();
    expect(read.lines.map(({ seal }) => seal)).toEqual(read.lines.map((_, i) => 40 - read.lines.length + 1 + i));
    expect(readdirSync(join(folder, 'audit'))).toHaveLength(10);
    writeFileSync(path, '{"kind":"seal');
    await short.append(line(41));
    expect(await short.read()).toMatchObject({ torn: 1 });
    expect((await short.read()).lines.at(-1)).toMatchObject({ seal: 41 });
  });

  it('says where it begins when there were seals before it', async () => {
    for (let i = 0; i < 2; i++) {
      await write();
      await sealer().sealWaiting();
    }
    rmSync(join(folder, 'audit'), { recursive: true });
    expect(await examined()).toMatchObject({ state: 'ill', detail: expect.stringContaining('there is no audit/head.log') });
    await sealer().sealWaiting();
    expect(await examined()).toMatchObject({ state: 'note', detail: expect.stringContaining('begin at seal 2') });
  });

  it('tells a restore for what it is, and nothing as one that was cut later', async () => {
    for (let i = 0; i < 3; i++) {
      await write();
      await sealer().sealWaiting();
    }
    await withoutTriggers('audit_seal', sql`delete from waymark.audit_seal where seal_no > 1`);
    await withoutTriggers(
      'audit_entry',
      sql`delete from waymark.audit_entry where entry_id not in (select unnest(entry_ids) from waymark.audit_seal)`,
    );
    expect(await examined()).toMatchObject({ state: 'ill', detail: expect.stringContaining('its end was cut off') });
    await noteRestore(db.owner, folder);
    expect(await examined()).toMatchObject({
      state: 'note',
      detail: expect.stringMatching(/brought back on .*: it ended at seal 1, and 2 seals noted before are not in it/),
    });
    await write();
    await sealer().sealWaiting();
    expect(await examined()).toMatchObject({ state: 'note', detail: expect.stringContaining('2 entries in 2 seals hold') });
    expect(errors).toEqual([]);
    await withoutTriggers('audit_seal', sql`delete from waymark.audit_seal where seal_no > 1`);
    expect((await examined()).state).toBe('ill');
  });
});

async function withoutTriggers(table: string, statement: ReturnType<typeof sql>): Promise<void> {
  await db.owner.transaction().execute(async (tx) => {
    await sql`alter table waymark.${sql.raw(table)} disable trigger user`.execute(tx);
    await statement.execute(tx);
    await sql`alter table waymark.${sql.raw(table)} enable trigger user`.execute(tx);
  });
}

describe('an examination of the record', () => {
  type Plant = readonly [string, ReturnType<typeof sql>];
  const entryOf = (seal: number) => sql`(select entry_ids[2] from waymark.audit_seal where seal_no = ${seal})`;
  const plants: readonly (readonly [string, readonly Plant[], RegExp])[] = [
    [
      'another actor',
      [['audit_entry', sql`update waymark.audit_entry set actor_id = 'dao' where entry_id = ${entryOf(2)}`]],
      /^seal 2 or one of its entries was changed$/,
    ],
    [
      'a time a microsecond off',
      [['audit_entry', sql`update waymark.audit_entry set at = at + interval '1 microsecond' where entry_id = ${entryOf(1)}`]],
      /^seal 1 or/,
    ],
    [
      'a detail that means the same',
      [['audit_entry', sql`update waymark.audit_entry set detail = jsonb_set(detail, '{x}', '1.5') where entry_id = ${entryOf(1)}`]],
      /^seal 1 or/,
    ],
    [
      'an entry taken away',
      [['audit_entry', sql`delete from waymark.audit_entry where entry_id = ${entryOf(3)}`]],
      /^entry \S+ of seal 3 is gone$/,
    ],
    [
      'a seal taken away',
      [['audit_seal', sql`delete from waymark.audit_seal where seal_no = 2`]],
      /^seal 2 is missing \(after it comes 3\); entry \S+ is neither sealed nor waiting/,
    ],
    ['the first seal taken away', [['audit_seal', sql`delete from waymark.audit_seal where seal_no = 1`]], /^seal 1 is missing/],
    [
      'the last seal taken away, its entries too',
      [
        [
          'audit_entry',
          sql`delete from waymark.audit_entry where entry_id = any (select unnest(entry_ids) from waymark.audit_seal where seal_no = 3)`,
        ],
        ['audit_seal', sql`delete from waymark.audit_seal where seal_no = 3`],
      ],
      /^the chain ends at seal 2, but seal 3 was noted in head.log: its end was cut off$/,
    ],
    [
      'everything taken away',
      [
        ['audit_entry', sql`delete from waymark.audit_entry`],
        ['audit_seal', sql`delete from waymark.audit_seal`],
      ],
      /^the chain ends at seal 0, but seal 3 was noted/,
    ],
    [
      'a later moment of sealing',
      [['audit_seal', sql`update waymark.audit_seal set sealed_at = sealed_at + interval '1 second' where seal_no = 2`]],
      /^seal 2 or/,
    ],
    [
      'entries of a seal in another order',
      [['audit_seal', sql`update waymark.audit_seal set entry_ids = array[entry_ids[2], entry_ids[1]] where seal_no = 2`]],
      /^seal 2 or/,
    ],
    [
      'an entry slipped in past the queue',
      [['audit_entry', sql`insert into waymark.audit_entry (entry_id, actor_id, action) values (gen_random_uuid(), 'x', 'x.y')`]],
      /^entry \S+ is neither sealed nor waiting$/,
    ],
    [
      'an entry queued a second time',
      [['audit_unsealed', sql`insert into waymark.audit_unsealed select entry_ids[1] from waymark.audit_seal where seal_no = 1`]],
      /^entry \S+ is kept twice$/,
    ],
    [
      'a queue that waits for what is gone',
      [['audit_unsealed', sql`insert into waymark.audit_unsealed values (gen_random_uuid())`]],
      /^entry \S+ waits to be sealed and is gone$/,
    ],
  ];

  it.each(plants)('finds %s', async (_what, steps, words) => {
    for (let i = 0; i < 3; i++) {
      await write(2);
      await sealer().sealWaiting();
    }
    expect(await examined()).toMatchObject({ state: 'well' });
    for (const [table, statement] of steps) await withoutTriggers(table, statement);
    expect(await examined()).toEqual({ state: 'ill', detail: expect.stringMatching(words) });
  });

  it('finds a chain that was written anew over a changed entry, and the server says so by itself', async () => {
    await write(2);
    await sealer().sealWaiting();
    const mine = folder;
    await withoutTriggers('audit_entry', sql`update waymark.audit_entry set actor_id = 'nobody'`);
    await withoutTriggers('audit_seal', sql`delete from waymark.audit_seal`);
    await sql`insert into waymark.audit_unsealed select entry_id from waymark.audit_entry`.execute(db.owner);
    folder = mkdtempSync(join(tmpdir(), 'waymark-seal-'));
    await sealer().sealWaiting();
    expect(await examined()).toMatchObject({ state: 'well' }); // whole in itself
    rmSync(folder, { recursive: true });
    folder = mine;
    expect(await examined()).toEqual({ state: 'ill', detail: 'seal 1 is not the one noted in head.log: the chain was written anew' });
    const running = sealer();
    await running.sealWaiting();
    await running.sealWaiting();
    expect(errors).toHaveLength(1);
  });

  it('cannot be thwarted with the logins that people and jobs have', async () => {
    await write(1);
    await sealer().sealWaiting();
    for (const statement of ['delete from', 'update', 'truncate'])
      for (const table of ['audit_entry', 'audit_seal', 'identity_read']) {
        const text = statement === 'update' ? `update waymark.${table} set entry_id = null` : `${statement} waymark.${table}`;
        const whole = table === 'audit_seal' ? text.replace('entry_id', 'seal_no') : text;
        for (const login of [db.app, db.jobs]) await expect(sql.raw(whole).execute(login), whole).rejects.toMatchObject({ code: '42501' });
        await expect(sql.raw(whole).execute(db.owner), whole).rejects.toMatchObject({ code: '23001' });
      }
    await expect(sql`delete from waymark.audit_unsealed`.execute(db.jobs)).rejects.toMatchObject({ code: '42501' });
    await expect(sql`select * from waymark.take_unsealed(1)`.execute(db.app)).rejects.toMatchObject({ code: '42501' });
    await expect(sql`select * from waymark.audit_seal`.execute(db.app)).rejects.toMatchObject({ code: '42501' });
  });
});

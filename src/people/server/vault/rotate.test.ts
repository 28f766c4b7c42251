// SPDX-License-Identifier: AGPL-3.0-or-later
import { spawn } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { makeDemoLand, type DemoLand } from '../../../../test/support/demo-land.ts';
import { testFolder } from '../../../../test/support/folder.ts';
import type { Actor } from '../../../platform/domain/actor.ts';
import { withActor } from '../../../platform/server/db.ts';
import { aPerson } from '../../builders.ts';
import type { Person } from '../../domain/person.ts';
import { insertPeople } from '../queries.ts';
import { openVault } from './custody.ts';
import { getIdentities, putIdentities, searchByName } from './doors.ts';
import { examineVault } from './examine.ts';
import { readKeyFile, replaceKeyFile } from './key-file.ts';
import { MasterKey } from './master-key.ts';
import { ownIdKeys } from './queries-own-ids.ts';
import { rotateMasterKey } from './rotate.ts';
import type { Vault } from './vault.ts';

const folder = testFolder('waymark-rotate-'),
  keyFile = join(folder, 'waymark.key'),
  installationId = uuidv7(),
  place = { keyFile, installationId, notIn: [] };
const quiet = () => Promise.resolve();
let db: TestDatabase, land: DemoLand, people: Person[], actor: Actor, server: Vault, known: Buffer;

const syllables = ['ban', 'kep', 'mit', 'nok', 'dul', 'sar', 'rim', 'los', 'pet', 'vun'];
/** Two words that nobody else has both of, nor any that sound alike. */
const nameOf = (person: Person) => {
  const at = people.indexOf(person),
    of = (n: number) => syllables[n % 10]!;
  return `Somebody ${of(Math.floor(at / 100))}a${of(Math.floor(at / 10))}o${of(at)}`;
};
const identityOf = (person: Person) => ({ names: [{ kind: 'official' as const, full: nameOf(person) }], phones: [], documents: [] });
const states = async () =>
  Object.fromEntries(
    (await sql<{ id: string; state: string }>`select key_id as id, state from waymark.vault_key`.execute(db.owner)).rows.map((row) => [
      row.id,
      row.state,
    ]),
  );
const rotate = () => rotateMasterKey({ owner: db.owner, keyFile, installationId, batch: 50 });
/** What a list calls somebody, as it is kept. */
async function digests(vault: Vault): Promise<Buffer[]> {
  return (await ownIdKeys(db.owner)).map((key) => vault.ownIds(key, key.checkValue).digest('A list', '1-2345'));
}
/** Everybody can be read and found, by name and by what a list calls her, by the vault a server opened before, and by one opened now. */
async function everybodyIsThere(): Promise<void> {
  for (const vault of [server, (await openVault(db.owner, place)).vault]) {
    expect(await digests(vault)).toEqual([known]);
    const read = await withActor(db.app, actor, (tx) => getIdentities(tx, vault, people, quiet));
    expect(read.map(({ identity }) => identity.names[0]?.full)).toEqual(people.map(nameOf));
    for (const person of [people[0]!, people.at(-1)!]) {
      const found = await withActor(db.app, actor, (tx) => searchByName(tx, vault, { text: nameOf(person), limit: 1 }, quiet));
      expect(found[0]?.personId).toBe(person.personId);
    }
  }
}

beforeAll(async () => {
  db = await testDatabase();
  await sql`insert into waymark.installation (installation_id, is_demo, people_kept) values (${installationId}, false, true)`.execute(
    db.owner,
  );
  land = await makeDemoLand(db.owner);
  const { placeId, regionId } = land.eastVillages[0];
  people = Array.from({ length: 200 }, (_, i) => aPerson({ placeId, regionId }, i));
  const { rows } = await sql<{ path: string }>`select path::text as path from waymark.place where level = 0`.execute(db.owner);
  actor = {
    accountId: 'mali',
    userName: 'mali',
    displayName: 'Mali',
    locale: 'en',
    roles: ['coordinator'],
    rights: new Set(['identity.read', 'people.write']),
    scopes: rows.map((row) => row.path),
    posts: [],
  } as unknown as Actor;
  server = (await openVault(db.owner, place)).vault;
  await db.owner.transaction().execute((tx) => insertPeople(tx, people));
});
afterAll(() => db?.close());

describe('a change of the master key', () => {
  it('has nothing to do where nobody’s identity is kept', async () => {
    await expect(rotate()).rejects.toThrow('nothing to change');
  });

  it('puts everybody under a new key, while a server that knew only the old one goes on', async () => {
    await withActor(db.app, actor, (tx) =>
      putIdentities(
        tx,
        server,
        people.map((person) => ({ ...person, identity: identityOf(person), basedOn: 0 })),
      ),
    );
    const [old] = readKeyFile(keyFile)!;
    const first = server.makeOwnIdKey(old!);
    await sql`insert into waymark.own_id_key (key_id, master_key_id, wrapped) values (${first.keyId}, ${old!.id}, ${first.wrapped})`.execute(
      db.owner,
    );
    known = (await digests(server))[0]!;
    const codes = await sql<{ n: number }>`select sum(cardinality(codes)) as n from waymark.identity`.execute(db.owner);
    const done = await rotate();
    expect(done).toMatchObject({ from: old!.id, people: 200, resumed: false });
    expect(readKeyFile(keyFile)!.map(({ id }) => id)).toEqual([done.to]);
    expect(await states()).toEqual({ [old!.id]: 'gone', [done.to]: 'current' });
    await everybodyIsThere();
    const [key] = await ownIdKeys(db.owner);
    expect([key!.keyId, key!.masterKeyId, key!.wrapped.equals(first.wrapped)]).toEqual([first.keyId, done.to, false]);
    expect((await sql`select sum(cardinality(codes)) as n from waymark.identity`.execute(db.owner)).rows).toEqual(codes.rows);
    expect(await examineVault(db.owner, server)).toMatchObject({ identities: 200, wrong: [], notes: [] });
    // And writes under the new one from now on.
    await withActor(db.app, actor, (tx) => putIdentities(tx, server, [{ ...people[0]!, identity: identityOf(people[0]!), basedOn: 1 }]));
    const { rows } = await sql<{ id: string }>`select distinct master_key_id as id from waymark.identity_key`.execute(db.owner);
    expect(rows).toEqual([{ id: done.to }]);
  });

  it('is killed at any moment, loses nobody, and is taken up again', async () => {
    for (const lines of [1, 6, 21]) {
      const before = readKeyFile(keyFile)!.map(({ id }) => id);
      await killedAfter(lines);
      await everybodyIsThere();
      const held = readKeyFile(keyFile)!.map(({ id }) => id);
      expect(held.length).toBeGreaterThan(0);
      // Whoever writes meanwhile is not lost either, whichever key she is given.
      const person = people[lines]!;
      const { rows } = await sql<{ version: number }>`select version from waymark.identity where person_id = ${person.personId}`.execute(
        db.owner,
      );
      await withActor(db.app, actor, (tx) =>
        putIdentities(tx, server, [{ ...person, identity: identityOf(person), basedOn: rows[0]!.version }]),
      );
      await rotate();
      await everybodyIsThere();
      const left = readKeyFile(keyFile)!.map(({ id }) => id);
      expect(left).toHaveLength(1);
      expect(before).not.toContain(left[0]);
      expect(Object.values(await states()).filter((state) => state !== 'gone')).toEqual(['current']);
      expect(await examineVault(db.owner, server)).toMatchObject({ identities: 200, wrong: [], notes: [] });
    }
  });

  it('ends what it had begun when only the old line was left in the file, and begins no other', async () => {
    const old = MasterKey.make();
    const [current] = readKeyFile(keyFile)!;
    await sql`insert into waymark.vault_key (key_id, check_value, state) values (${old.id}, ${old.checkValue}, 'gone')`.execute(db.owner);
    replaceKeyFile(keyFile, [old, current!]);
    const held: string[][] = [];
    const beforeOldGoes = async () => void held.push(readKeyFile(keyFile)!.map(({ id }) => id));
    expect(await rotateMasterKey({ owner: db.owner, keyFile, installationId, beforeOldGoes })).toMatchObject({
      from: old.id,
      to: current!.id,
      people: 0,
      resumed: true,
    });
    expect(held).toEqual([[old.id, current!.id]]);
    expect(readKeyFile(keyFile)!.map(({ id }) => id)).toEqual([current!.id]);
  });
});

describe('a key that is not the one of the database', () => {
  it('is refused, as is none at all: no new one is made for people who are there', async () => {
    const [current] = readKeyFile(keyFile)!;
    const other = join(folder, 'other.key');
    await expect(openVault(db.owner, { ...place, keyFile: other })).rejects.toThrow(
      `There is no master key in ${other}, and the names in this database are sealed under one (${current!.id})`,
    );
    expect(() => readFileSync(other)).toThrow('ENOENT');
    copyFileSync(keyFile, other);
    replaceKeyFile(other, [MasterKey.make()]);
    await expect(openVault(db.owner, { ...place, keyFile: other })).rejects.toThrow(
      `is not the one under which the names were sealed (${current!.id})`,
    );
    await expect(rotateMasterKey({ owner: db.owner, keyFile: other, installationId })).rejects.toThrow('is not the one');
  });

  it('and rows that were tampered with are found by an examination, which names no name', async () => {
    const { vault } = await openVault(db.owner, place);
    const found = async () => (await examineVault(db.owner, vault)).wrong.join('; ');
    expect(await found()).toBe('');
    const [first, second] = people;
    await sql`update waymark.identity i set sealed = o.sealed from waymark.identity o
      where i.person_id = ${first!.personId} and o.person_id = ${second!.personId}`.execute(db.owner);
    await sql`update waymark.identity set kinds = '{}', codes = '{}' where person_id = ${second!.personId}`.execute(db.owner);
    await sql`delete from waymark.identity where person_id = ${people[2]!.personId}`.execute(db.owner);
    await sql`update waymark.own_id_key set wrapped = set_byte(wrapped, 20, get_byte(wrapped, 20) # 1)`.execute(db.owner);
    await sql`update waymark.identity_key set master_key_id = 'LOST' where person_id = ${people[3]!.personId}`.execute(db.owner);
    const said = await found();
    expect(said).toMatch(/^the key \w{8} of the ids of lists does not open with the master key \w{8}; /);
    expect(said).toMatch(/1 keys without an identity; 1 identities under a master key that is not in use; 2 of 199 looked at do not open/);
    expect(said).toContain(`1 of 199 looked at are not found by what they hold, such as ${second!.regionId}/${second!.personId}`);
    expect(said).not.toContain('Somebody');
  });
});

/** Runs a change of the key in a process of its own and ends it (kill -9) once it has said so many lines. */
function killedAfter(lines: number): Promise<void> {
  const child = spawn(
    process.execPath,
    [resolve(import.meta.dirname, '../../../../test/support/rotate-child.ts'), db.urls.owner, keyFile, installationId],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  return new Promise((done) => {
    let seen = 0;
    child.stdout.on('data', (data: Buffer) => {
      seen += data.toString().split('\n').length - 1;
      if (seen >= lines) child.kill('SIGKILL');
    });
    child.on('exit', () => done());
  });
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { rights } from '../src/access/domain/rights.ts';
import { insertPeople, makeKeyFile, MasterKey, openVault, putIdentities } from '../src/people/server/index.ts';
import { aPerson } from '../src/people/builders.ts';
import { household28 } from '../src/risk/domain/instruments/household-28.ts';
import { recordAssessments } from '../src/risk/server/index.ts';
import type { Actor } from '../src/platform/domain/actor.ts';
import { openDb, openPool, withActor } from '../src/platform/server/db.ts';
import { commandLineWorld, type CommandLineWorld, type Said } from './support/command-line.ts';
import { makeDemoLand } from './support/demo-land.ts';

/** The keeper of the machine and her master key: real processes on a real installation in which Sokha's name is sealed. */
vi.setConfig({ testTimeout: 180_000 }); // each step is a process of its own, slow on a machine with much else to do
const canary = 'Sokhacanary';
const phone = '+85512777888';
/** What she told in private: no command says so, in words, by name of the question or as it is packed. */
const privately = { intention_to_leave: 3, legal_status: 3, hiv_and_orphanhood: 2 } as const;
const secrets = household28.indicators
  .filter((each) => each.protected)
  .flatMap(({ code, title, reasons }) => [code, ...Object.values(title), ...Object.values(reasons[3]), ...Object.values(reasons[2])]);
/** What a command printed, without what every installation has of its own: its folder, ids, numbers, days. */
const bare = (text: string) =>
  text.replaceAll(at.folder, '').replace(/[0-9a-f]{64}|[0-9A-Z]{8}\b|\d{4}-\d\d-\d\dT[\d:.]+Z|\d+(\.\d+)?/g, '#');
let at: CommandLineWorld, keyFile: string, installationId: string;
const lastLine = (said: Said) => said.err.trim().split('\n').at(-1);
const idOf = (path: string) => MasterKey.read(readFileSync(path, 'utf8').split('\n').at(-2)!)!.id;

beforeAll(async () => {
  at = await commandLineWorld();
  keyFile = join(at.folder, 'keys', 'waymark.key');
  const land = await makeDemoLand(at.owner);
  const { placeId, regionId } = land.eastVillages[0];
  const sokha = aPerson({ placeId, regionId });
  const { rows } = await sql<{ id: string }>`update waymark.installation set people_kept = true returning installation_id as id`.execute(
    at.owner,
  );
  installationId = rows[0]!.id;
  await at.owner.transaction().execute((tx) => insertPeople(tx, [sokha]));
  const { vault } = await openVault(at.owner, { keyFile, installationId, notIn: [at.data] });
  const { rows: roots } = await sql<{ path: string }>`select path::text as path from waymark.place where level = 0`.execute(at.owner);
  const mali = { accountId: 'mali', rights: new Set(rights), scopes: roots.map(({ path }) => path), posts: [] } as unknown as Actor;
  const pool = openPool(at.urls.app, { max: 1 });
  await withActor(openDb(pool), mali, (tx) =>
    putIdentities(tx, vault, [
      { ...sokha, basedOn: 0, identity: { names: [{ kind: 'official', full: canary }], phones: [phone], documents: [] } },
    ]),
  );
  await pool.end();
  const visit = {
    assessmentId: uuidv7(),
    subjectKind: 'person' as const,
    subjectId: sokha.personId,
    regionId,
    instrument: 'household-28',
    answers: privately,
    observedAt: new Date('2026-10-01T03:00:00Z'),
    actorId: 'mali',
  };
  await recordAssessments(at.owner, [visit], new Date());
  // And somebody was erased whom a list knew.
  const key = vault.makeOwnIdKey(vault.newestKey),
    erased = uuidv7();
  await sql`insert into waymark.own_id_key (key_id, master_key_id, wrapped) values (${key.keyId}, ${key.masterKeyId}, ${key.wrapped})`.execute(
    at.owner,
  );
  await sql`insert into waymark.erasure (region_id, person_id, erased_at, ordered_by) values (${regionId}, ${erased}, now(), 'kanya')`.execute(
    at.owner,
  );
  await sql`insert into waymark.erasure_source (region_id, person_id, digest, key_id)
    values (${regionId}, ${erased}, decode(md5('1'), 'hex'), ${key.keyId})`.execute(at.owner);
}, 120_000);
afterAll(() => at?.close());

describe('./waymark key', () => {
  it('says which key is used, where it lies, and never the key', async () => {
    const said = await at.waymark('key', 'show-id', '--key-file', keyFile);
    expect(said).toMatchObject({ code: 0, out: `${keyFile}: ${idOf(keyFile)}\nIt is the key of this database.\n` });
  });

  it('refuses a key among the data, one that others may read, one that is missing and one that is another; makes none in its place', async () => {
    const among = join(at.data, 'waymark.key'),
      missing = join(at.folder, 'keys', 'missing.key'),
      other = join(at.folder, 'keys', 'other.key'),
      open = join(at.folder, 'keys', 'open.key');
    makeKeyFile(other, [MasterKey.make()]);
    writeFileSync(open, readFileSync(keyFile));
    chmodSync(open, 0o644);
    const said = await Promise.all([among, missing, other, open].map((path) => at.waymark('key', 'show-id', '--key-file', path)));
    expect(said.map(({ code }) => code)).not.toContain(0);
    expect(said.map(({ err }) => err.trim().split('\n').length)).toEqual(said.map(() => 1));
    for (const [i, words] of [
      'lies inside the data folder',
      'There is no master key in',
      'is not the one under which',
      'chmod 600',
    ].entries())
      expect(said[i]!.err).toContain(words);
    expect([existsSync(among), existsSync(missing)]).toEqual([false, false]);
  });

  it('makes a key before the first start, and never in place of another', async () => {
    const path = join(at.folder, 'keys', 'new.key');
    const made = await at.waymark('key', 'new', '--key-file', path, '--json');
    expect(made.json).toEqual({ keyFile: path, keyId: idOf(path) });
    const again = await at.waymark('key', 'new', '--key-file', path);
    expect([again.code, lastLine(again)]).toEqual([5, expect.stringContaining('is there already')]);
  });

  it('is divided on paper and made again from what keepers typed', async () => {
    const { json } = await at.waymark('key', 'escrow', '--shares', '3', '--needed', '2', '--key-file', keyFile, '--json');
    const { shares } = json as { shares: string[] };
    const files = [0, 2].map((i) => join(at.folder, `share-${i}.txt`));
    files.forEach((file, i) => writeFileSync(file, `Share of Mali\n${shares[2 * i]!.toLowerCase()}\n`));
    const joined = join(at.folder, 'keys', 'joined.key');
    expect((await at.waymark('key', 'join', files[0]!, '--key-file', joined)).err).toContain('2 different shares of the key');
    expect((await at.waymark('key', 'join', ...files, '--key-file', joined)).code).toBe(0);
    expect(readFileSync(joined, 'utf8')).toBe(readFileSync(keyFile, 'utf8'));
    const paper = await at.waymark('key', 'escrow', '--key-file', keyFile);
    expect(paper.out).toContain(readFileSync(keyFile, 'utf8').split('\n').at(-2));
    expect(paper.out).toContain('Kept by ____');
  });
});

describe('a backup with names in it', () => {
  const passphrase = 'a lamp for the heron';

  it('holds no name and no key, and is brought back only with its own key: said before anything is changed', async () => {
    const words = join(at.folder, 'passphrase'),
      file = join(at.folder, 'out.backup'),
      other = join(at.folder, 'keys', 'other.key');
    writeFileSync(words, passphrase);
    const written = await at.waymark('backup', file, '--passphrase-file', words, '--json');
    expect(written.code).toBe(0);
    for (const text of [written.out, written.err, readFileSync(file, 'latin1')]) expect(text).not.toContain(canary);
    const restore = (data: string, ...more: string[]) =>
      at.waymark('restore', file, '--data', join(at.folder, data), '--passphrase-file', words, ...more);
    const [checked, wrong, missing] = [
      await at.waymark('restore', file, '--check', '--passphrase-file', words),
      await restore('wrong', '--key-file', other),
      await restore('missing', '--key-file', join(at.folder, 'keys', 'nowhere.key')),
    ];
    expect(checked.out).toContain(`Names in it need the master key ${idOf(keyFile)}.`);
    expect([wrong.code, lastLine(wrong)]).toEqual([5, expect.stringContaining('is not the one under which the names were sealed')]);
    expect([missing.code, lastLine(missing)]).toEqual([5, expect.stringContaining('There is no master key in')]);
    for (const folder of ['wrong', 'missing']) expect(existsSync(join(at.folder, folder))).toBe(false);
    expect(await restore('back', '--key-file', keyFile)).toMatchObject({ code: 0 });
    const well = await at.waymark('doctor', '--data', join(at.folder, 'back'), '--key-file', keyFile, '--json');
    expect((well.json as { findings: { what: string }[] }).findings.find(({ what }) => what === 'identity vault')).toMatchObject({
      state: 'well',
      detail: expect.stringMatching(/^1 identities, each with one key; 1 looked at/),
    });
    for (const said of [well, checked]) expect(said.out + said.err).not.toContain(canary);
    const { rows: answered } = await sql<{ hex: string }>`select encode(answers, 'hex') as hex from waymark.assessment`.execute(at.owner);
    expect(answered).toHaveLength(1);
    for (const said of [written, checked, wrong, missing, well])
      for (const secret of [...secrets, answered[0]!.hex])
        expect([secret, (said.out + said.err).includes(secret)]).toEqual([secret, false]);
    // Tables and how many rows each has, and nothing of what stands in one.
    expect(Object.keys(written.json as object)).toEqual(['file', 'bytes', 'sha256', 'tables']);
    for (const table of (written.json as { tables: object[] }).tables)
      expect(table).toEqual({ table: expect.stringMatching(/^(auth|public|waymark)\.\w+$/), rows: expect.any(Number) });
    expect(bare(checked.out)).toBe('/out.backup is whole: # rows of # tables, made # by Waymark #.#. Names in it need the master key #.\n');
    for (const line of checked.err.trim().split('\n')) expect(line).toMatch(/^Checking (auth|public|waymark)\.\w+ \.\.\.$/);
  });
});

describe('a change of the master key at the terminal', () => {
  it('is told with what it means for older backups', async () => {
    const before = idOf(keyFile);
    const said = await at.waymark('key', 'rotate', '--key-file', keyFile);
    const after = idOf(keyFile);
    expect(said.out).toContain(`1 people are under the key ${after} now; ${before} is gone from ${keyFile}.`);
    expect(said.out).toContain(`Backups made before need ${before}`);
    expect(after).not.toBe(before);
    // The list of erased people outside goes on saying by what it keeps them out of lists, under the key that is there now.
    expect(readFileSync(`${keyFile}.erasures`, 'utf8')).toMatch(new RegExp(`^WAYMARK-OWN-IDS-1 \\w{8} ${after} `, 'm'));
  });
});

describe('./waymark start', () => {
  it('refuses, in one line and before it answers anybody, to serve names whose key is not there', async () => {
    await at.stop();
    mkdirSync(join(at.folder, 'elsewhere'));
    const start = (path: string) => at.waymark('start', '--no-demo', '--port', String(20_000 + (process.pid % 20_000)), '--key-file', path);
    const among = await start(join(at.data, 'waymark.key'));
    const missing = await start(join(at.folder, 'elsewhere', uuidv7()));
    expect([among.code, lastLine(among)]).toEqual([5, expect.stringContaining('lies inside the data folder')]);
    expect([missing.code, lastLine(missing)]).toEqual([5, expect.stringContaining('There is no master key in')]);
  });
});

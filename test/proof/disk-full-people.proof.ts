// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRegister } from '../../scripts/make-register.ts';
import { Client } from '../support/client.ts';
import { Imports, ill, Killable, until } from './killable.ts';
import { asRoot, must } from './support.ts';

/** A list of people with their names, brought in on a disk of its own that fills up meanwhile. Made names: nobody is called so. */
const people = 12_000;
const folder = mkdtempSync(join(tmpdir(), 'waymark-disk-')),
  disk = join(folder, 'disk'),
  ballast = join(disk, 'ballast'),
  before = process.env['TMPDIR'];
let at: Killable;
let mali: Promise<Client>;
let made: Awaited<ReturnType<typeof makeRegister>>;
const imports = new Imports(() => mali);

/** Takes what is left, while others take of it too. */
function fillUp(): void {
  const { bavail, bsize } = statfsSync(disk);
  try {
    writeFileSync(ballast, Buffer.alloc(bavail * bsize));
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  }
}

beforeAll(async () => {
  if (!asRoot) return;
  mkdirSync(disk);
  must('mount', '-t', 'tmpfs', '-o', 'size=900m,mode=0700', 'tmpfs', disk);
  process.env['TMPDIR'] = disk;
  at = new Killable(4388);
  await at.begin();
  made = await makeRegister({ people, folder: join(folder, 'made'), villages: 5 });
  const nok = await at.nok();
  const places = new Imports(() => at.nok());
  const files = ['provinces.csv', 'districts.csv', 'villages.csv'].map((name) => ({
    field: 'file',
    name,
    content: readFileSync(join(made.folder, name)),
  }));
  await places.ends(await places.send(files, 'places', readFileSync(made.placesMapping, 'utf8')));
  const land = await at.owner(async (db) => {
    await sql`update waymark.installation set people_kept = true`.execute(db);
    await sql`insert into waymark.lawful_basis (basis_id, title, ground, citation, purposes, needs_consent, from_on, created_by)
      values (${uuidv7()}, ${made.basis}, 'public_task', 'A made-up act, section 1', '{register}', false, '2020-01-01', 'set-up')`.execute(
      db,
    );
    return (await sql<{ id: string }>`select place_id as id from waymark.place where level = 0`.execute(db)).rows[0]!.id;
  });
  const asked = { userName: 'mali', displayName: 'Mali', role: 'coordinator', placeId: land };
  const { body } = await nok.post<{ password: string }>('/api/accounts', asked);
  mali = new Client(at.address).signIn('mali', body.password);
});
afterAll(async () => {
  if (!asRoot) return;
  await at.end();
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
  must('umount', '-l', disk);
  rmSync(folder, { recursive: true, force: true });
});

const kept = (): Promise<{ people: number; names: number; answers: number; standings: number }> =>
  at.owner(async (db) => {
    const { rows } = await sql<{ people: number; names: number; answers: number; standings: number }>`
      select (select count(*)::int from waymark.person) as people, (select count(*)::int from waymark.identity) as names,
             (select count(*)::int from waymark.assessment where subject_kind <> 'place') as answers,
             (select count(*)::int from waymark.standing where subject_kind = 'person') as standings`.execute(db);
    return rows[0]!;
  });

describe.runIf(asRoot)('A disk that fills up under an import of people', () => {
  it('leaves nobody half there; once there is room everybody is brought in, once, and is found by name', async () => {
    const file = [{ field: 'file', name: 'register.csv', content: readFileSync(made.register) }];
    const batchId = await imports.send(file, 'people', made.mapping);
    await imports.reaches(batchId, /Writing people/, 0.05);
    fillUp();
    // However it goes, nothing of the import may be seen while there is no room.
    await sleep(4_000);
    const seen = await kept().catch(() => null);
    if (seen) expect(seen).toEqual({ people: 0, names: 0, answers: 0, standings: 0 });
    rmSync(ballast);
    await until(at.healthy, 120_000);
    const first = await imports.ends(batchId);
    console.log(`the import ended ${first.state}: ${JSON.stringify(first.problem)}`);
    if (first.state !== 'done') {
      expect(first.problem).toMatchObject({ code: 'storage-full' });
      expect(await kept()).toEqual({ people: 0, names: 0, answers: 0, standings: 0 });
      const again = await imports.ends(await imports.send(file, 'people', made.mapping));
      expect(again).toMatchObject({ state: 'done', report: { taken: people, people: { new: people, named: people } } });
    }
    expect(await kept()).toMatchObject({ people, names: people, standings: people });
    for (const [language, name] of Object.entries(made.samples)) {
      const found = await (await mali).post<{ found: object[] }>('/api/people/search', { text: name });
      expect([language, found.status, found.text.normalize('NFC').includes(name.normalize('NFC'))]).toEqual([language, 200, true]);
    }
    expect(ill(await at.doctor('--full'))).toEqual([]);
  }, 900_000);
});

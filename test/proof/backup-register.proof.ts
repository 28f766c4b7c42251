// SPDX-License-Identifier: AGPL-3.0-or-later
import { copyFileSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MasterKey, makeKeyFile } from '../../src/people/server/index.ts';
import type { RequestPage } from '../../src/people/domain/request.ts';
import { runningCluster } from '../../src/platform/server/cluster.ts';
import { isAlive } from '../../src/platform/server/process-table.ts';
import { aBasis } from '../support/basis.ts';
import { Client } from '../support/client.ts';
import { makeDemoLand, type DemoLand } from '../support/demo-land.ts';
import { examined, ill, Killable, password, until } from './killable.ts';
import { root, run, type Run } from './support.ts';

/** A register with names, consents, requests, answers still to be followed and open codes: backed up while people write, killed, and brought back. */
const at = new Killable(4384),
  back = new Killable(4383);
const file = join(at.folder, 'register.backup'),
  words = join(at.folder, 'words');
const her = uuidv7(),
  hers = 'Xanthippe Quillfeather';
let land: DemoLand, basisId: string, regionId: number, mali: Client, kanya: Client, invited: { userName: string; code: string };
const saved: { personId: string; name: string }[] = [];

beforeAll(async () => {
  await at.begin();
  writeFileSync(words, 'seven plain words that nobody else knows\n', { mode: 0o600 });
  await at.owner(async (db) => {
    land = await makeDemoLand(db);
    basisId = await aBasis(db, { needsConsent: true });
    await sql`insert into waymark.installation (installation_id, is_demo) values (${uuidv7()}, false) on conflict do nothing`.execute(db);
    await sql`update waymark.installation set people_kept = true`.execute(db);
  });
  regionId = land.east.regionId;
  const nok = await at.nok();
  const signedIn = async (userName: string, role: string, placeId: string | null): Promise<Client> => {
    const made = await nok.post<{ password: string }>('/api/accounts', { userName, displayName: userName, role, placeId });
    return new Client(at.address).signIn(userName, made.body.password);
  };
  mali = await signedIn('mali', 'coordinator', land.province.placeId);
  kanya = await signedIn('kanya', 'data_protection_officer', null);
  const som = await signedIn('som', 'district_officer', land.east.placeId);
  const slip = await som.post<{ slip: { userName: string; code: string } }>('/api/volunteers', {
    displayName: 'Pim',
    placeId: land.eastVillages[0].placeId,
  });
  invited = slip.body.slip;
  await register(her, hers);
  for (let n = 0; n < 120; n++) await register(uuidv7(), nameOf(n));
  const ask = { requestId: uuidv7(), kind: 'correction', byWhom: 'self', saidOn: '2026-03-02', about: 'birth' };
  expect((await mali.post(`/api/people/${regionId}/${saved[1]?.personId}/requests`, ask)).status).toBe(201);
}, 300_000);
afterAll(async () => {
  await back.end();
  await at.end();
});

const first = ['Amarinta', 'Belisande', 'Corvalda', 'Dulcimira', 'Elspetha', 'Fiorabel', 'Gwendry', 'Hestrid', 'Isaura', 'Jorunn'];
const second = [
  'Ashwater',
  'Brackenfold',
  'Coldmarsh',
  'Dunhollow',
  'Elderbrook',
  'Fallowmere',
  'Greystone',
  'Hawksmoor',
  'Inkwell',
  'Juniper',
];
const nameOf = (n: number): string => `${first[n % 10]} ${second[Math.floor(n / 10) % 10]}${n >= 100 ? ` ${first[n % 7]}` : ''}`;

async function register(personId: string, name: string): Promise<void> {
  const consent = {
    eventId: uuidv7(),
    purpose: 'register',
    act: 'given',
    byWhom: 'self',
    way: 'spoken',
    observedAt: '2026-01-15T09:00:00Z',
  };
  const identity = { names: [{ kind: 'official', full: name }], phones: [], documents: [] };
  const member = { personId, sex: 2, bornOn: '1990-01-01', bornPrecision: 1, identity, consents: [consent] };
  const household = { householdId: uuidv7(), placeId: land.eastVillages[0].placeId, basisId, members: [member] };
  const made = await mali.post('/api/people', household);
  expect([made.status, made.text.slice(0, 200)]).toEqual([201, expect.any(String)]);
  const visit = {
    assessmentId: uuidv7(),
    subjectKind: 'person',
    subjectId: personId,
    regionId,
    instrument: 'household-28',
    answers: { school_attendance: 3 },
    observedAt: new Date().toISOString(),
  };
  expect((await mali.post('/api/assessments', visit)).status).toBe(201);
  saved.push({ personId, name });
}

/** Without the launcher, so that a kill meets the program itself. */
const bare = (...args: string[]): Run =>
  run(process.execPath, [join(root, 'src', 'app', 'cli.ts'), ...args], { env: { WAYMARK_ROOT: root } });
const backup = () => bare('backup', file, '--passphrase-file', words, '--data', at.data);
const restore = (...more: string[]) => bare('restore', file, '--passphrase-file', words, '--data', back.data, ...more);
const said = async (what: Run) => [await what.ended, what.lines.filter((line) => !/ \.\.\.$|%$/.test(line)).join('\n')];

async function kill(victim: Run, data: string, database: boolean): Promise<void> {
  const pid = database ? (runningCluster(data)?.pid ?? 0) : 0;
  victim.child.kill('SIGKILL');
  if (pid > 0) process.kill(pid, 'SIGKILL');
  await victim.ended;
  await until(async () => pid === 0 || !isAlive(pid), 60_000);
}

/** Stopped between two transactions: within one it would hold what the next lines write. Each that is open holds a lock on its own number. */
async function standStill(pid: number): Promise<void> {
  await until(async () => {
    process.kill(pid, 'SIGSTOP');
    const { rows } = await at.owner((db) =>
      sql`select from pg_locks where locktype = 'virtualxid' and pid <> pg_backend_pid()`.execute(db),
    );
    if (rows.length > 0) process.kill(pid, 'SIGCONT');
    return rows.length === 0;
  }, 60_000);
}

describe('A backup of a register', () => {
  it('that is killed while people write leaves no file, and is made again as of one moment', async () => {
    const stop = new AbortController();
    const writing = (async () => {
      for (let n = 200; !stop.signal.aborted; n++) await register(uuidv7(), `Wilhelmina Number ${n}`);
    })();
    for (const moment of [/ waymark\.consent_event/, / waymark\.identity/, / waymark\.person/]) {
      const killed = backup();
      await killed.waitFor(moment);
      await kill(killed, at.data, false);
      // A quick machine may have finished: then it is whole.
      if (!existsSync(file)) continue;
      const checked = await said(bare('restore', file, '--check', '--passphrase-file', words));
      expect(checked).toEqual([0, expect.stringContaining('is whole')]);
      rmSync(file);
    }
    // The application stands still, so that an answer waits in the backup which nobody has followed.
    const { pid } = JSON.parse(readFileSync(join(at.data, 'waymark.lock'), 'utf8')) as { pid: number };
    await standStill(pid);
    try {
      await at.owner(async (db) => {
        const waits = saved[2]?.personId;
        await sql`delete from waymark.standing where subject_id = ${waits}`.execute(db);
        await sql`insert into waymark.answer_to_follow (region_id, assessment_id)
          select region_id, assessment_id from waymark.assessment where subject_id = ${waits} on conflict do nothing`.execute(db);
      });
      expect(await said(backup())).toEqual([0, expect.stringContaining('SHA-256')]);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    stop.abort();
    await writing;
    expect(readdirSync(at.folder).filter((name) => name.startsWith('register.backup'))).toEqual(['register.backup']);
    for (const secret of [hers, 'Xanthippe', 'Amarinta']) expect(readFileSync(file, 'latin1')).not.toContain(secret);
  }, 300_000);

  it('is followed by what happens to people: somebody is erased, Pim comes in with her code and signs out', async () => {
    const asked = { requestId: uuidv7(), kind: 'erasure', byWhom: 'self', saidOn: '2026-03-02' };
    expect((await mali.post(`/api/people/${regionId}/${her}/requests`, asked)).status).toBe(201);
    const { body } = await kanya.get<RequestPage>('/api/data-protection/requests');
    const request = body.rows.find(({ requestId }) => requestId === asked.requestId);
    const { version, number } = request!;
    const done = await kanya.post(`/api/data-protection/requests/${regionId}/${asked.requestId}/erase`, { version, number });
    expect([done.status, done.text.slice(0, 200)]).toEqual([200, expect.any(String)]);
    const welcome = { userName: invited.userName, code: invited.code, password };
    expect((await new Client(at.address).post('/api/welcome', welcome)).status).toBe(200);
    expect(existsSync(`${at.keyFile}.erasures`)).toBe(true);
  });
});

describe('Its restore', () => {
  it('is refused with other words, another master key, none, a file cut short or changed: one line, and nothing is made', async () => {
    const other = join(at.folder, 'other-key'),
      wrong = join(at.folder, 'wrong'),
      short = join(at.folder, 'short.backup'),
      changed = join(at.folder, 'changed.backup');
    makeKeyFile(other, [MasterKey.make()]);
    writeFileSync(wrong, 'other words\n');
    const bytes = readFileSync(file);
    writeFileSync(short, bytes.subarray(0, bytes.length - 1));
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    writeFileSync(changed, bytes);
    const from = (path: string, opens = words) =>
      said(bare('restore', path, '--passphrase-file', opens, '--data', back.data, '--key-file', at.keyFile));
    expect(await said(restore('--key-file', other))).toEqual([5, expect.stringContaining('is not the one under which')]);
    expect(await said(restore('--key-file', join(at.folder, 'nowhere')))).toEqual([
      5,
      expect.stringContaining('There is no master key in'),
    ]);
    expect(await from(file, wrong)).toEqual([1, expect.stringContaining('The passphrase does not open')]);
    for (const path of [short, changed]) expect(await from(path)).toEqual([1, expect.stringContaining('is damaged or was changed')]);
    expect(existsSync(back.data)).toBe(false);
  }, 120_000);

  it('killed at many moments is nothing that starts, and the next takes it over', async () => {
    for (const name of ['', '.erasures']) copyFileSync(`${at.keyFile}${name}`, `${back.keyFile}${name}`);
    let killed = 0;
    for (const [moment, wait, database] of [
      [/Restoring waymark\.consent_event/, 0, false],
      [/Restoring waymark\.identity/, 0, true],
      [/Restoring waymark\.person/, 0, false],
      [/how the rows hang together/, 0, true],
      [/how the rows hang together/, 150, false],
      [/how the rows hang together/, 300, false],
      [/Erasing again/, 0, false],
      [/Erasing again/, 30, true],
    ] as const) {
      const restoring = restore('--key-file', back.keyFile);
      await restoring.waitFor(moment);
      await sleep(wait);
      await kill(restoring, back.data, database);
      const started = bare('start', '--no-demo', '--port', String(back.port), '--data', back.data, '--key-file', back.keyFile);
      expect(await said(started)).toEqual([4, expect.stringMatching(/^A restore into .* did not finish: run it again/)]);
      killed++;
    }
    const [code, text] = await said(restore('--key-file', back.keyFile));
    expect([code, text]).toEqual([0, expect.stringContaining('Everybody signs in anew.')]);
    for (const line of ['1 records of people who were erased', '1 invitations and recovery codes of then are void'])
      expect(text).toContain(line);
    console.log(`killed ${killed} times; then:\n${text}`);
  }, 600_000);

  it('is a register in which names open, nobody erased is, and doctor finds nothing ill', async () => {
    await back.start();
    expect((await back.owner((db) => sql`select from auth.session`.execute(db))).rows).toEqual([]);
    await until(async () => (await back.owner((db) => sql`select from waymark.answer_to_follow`.execute(db))).rows.length === 0, 90_000);
    const found = await examined(['--data', back.data, '--key-file', back.keyFile, '--full']);
    expect(ill(found)).toEqual([]);
    console.log(found.map(({ what, detail }) => `${what}: ${detail}`).join('\n'));
    // Nok made Mali's password; a session of before the restore opens nothing.
    for (const client of [mali, kanya, await at.nok()]) {
      const carried = new Client(back.address);
      for (const [name, value] of client.cookies) (carried.cookies as Map<string, string>).set(name, value);
      expect((await carried.get('/api/me')).status).toBe(401);
    }
    const nok = await new Client(back.address).signIn('nok', password);
    const made = await nok.post<{ password: string }>('/api/accounts', {
      userName: 'lamai',
      displayName: 'Lamai',
      role: 'coordinator',
      placeId: land.province.placeId,
    });
    const lamai = await new Client(back.address).signIn('lamai', made.body.password);
    for (const { personId, name } of saved.slice(1, 8)) {
      const hits = await lamai.post<{ found: { personId: string }[] }>('/api/people/search', { text: name });
      expect([name, hits.body.found.map((hit) => hit.personId)]).toEqual([name, expect.arrayContaining([personId])]);
    }
    expect((await lamai.get(`/api/people/${regionId}/${her}`)).status).toBe(404);
    expect((await lamai.get<{ requests?: unknown }>(`/api/people/${regionId}/${saved[1]?.personId}`)).status).toBe(200);
    const welcome = { userName: invited.userName, code: invited.code, password: 'other words entirely' };
    expect((await new Client(back.address).post('/api/welcome', welcome)).status).toBeGreaterThanOrEqual(400);
    const { rows } = await back.owner((db) =>
      sql<{ consents: number; requests: number }>`select (select count(*)::int from waymark.consent_event) as consents,
        (select count(*)::int from waymark.person_request where state = 'open') as requests`.execute(db),
    );
    expect(rows[0]?.requests).toBe(1);
    expect(rows[0]?.consents).toBeGreaterThanOrEqual(120);
  }, 300_000);
});

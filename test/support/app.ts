// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { sql } from 'kysely';
import { pino } from 'pino';
import { uuidv7 } from 'uuidv7';
import { reachOf } from '../../src/access/domain/roles.ts';
import { createAccount, type Access } from '../../src/access/server/index.ts';
import { startServer, type RunningServer, type ServerOptions } from '../../src/app/server.ts';
import { Client } from './client.ts';
import { testDatabase, type TestDatabase } from './database.ts';
import { passwordsAreEnough } from './second-proof.ts';
import { makeDemoLand, type DemoLand } from './demo-land.ts';

/** Everybody who works in Demo land, by the name tests call them. */
export const people = {
  administrator: { userName: 'nok', displayName: 'Nok', role: 'administrator', at: null },
  /** Of the whole province. */
  coordinator: { userName: 'mali', displayName: 'Mali', role: 'coordinator', at: 'province' },
  /** Of East Bay. */
  district_officer: { userName: 'som', displayName: 'Som', role: 'district_officer', at: 'east' },
  analyst: { userName: 'ploy', displayName: 'Ploy', role: 'analyst', at: 'province' },
  /** Of West Ridge alone. */
  other_coordinator: { userName: 'dao', displayName: 'Dao', role: 'coordinator', at: 'west' },
  other_district_officer: { userName: 'chai', displayName: 'Chai', role: 'district_officer', at: 'west' },
} as const;

/** The other roles of the field; they come with `everyRole`. */
export const more = {
  data_protection_officer: { userName: 'kanya', displayName: 'Kanya', role: 'data_protection_officer', at: null },
  /** Of Reed Pond in East Bay, and of High Field in West Ridge. */
  watch_volunteer: { userName: 'orn', displayName: 'Orn', role: 'watch_volunteer', at: 'reedPond' },
  other_watch_volunteer: { userName: 'lek', displayName: 'Lek', role: 'watch_volunteer', at: 'highField' },
  case_worker: { userName: 'ratana', displayName: 'Ratana', role: 'case_worker', at: null },
  partner_provider: { userName: 'duang', displayName: 'Duang', role: 'partner_provider', at: null },
  law_enforcement: { userName: 'prasit', displayName: 'Prasit', role: 'law_enforcement', at: 'province' },
  labour_inspector: { userName: 'wanna', displayName: 'Wanna', role: 'labour_inspector', at: 'province' },
  hotline_operator: { userName: 'noi', displayName: 'Noi', role: 'hotline_operator', at: 'province' },
  programme_manager: { userName: 'anan', displayName: 'Anan', role: 'programme_manager', at: 'province' },
  person: { userName: 'fah', displayName: 'Fah', role: 'person', at: null },
} as const;
/** Two of another organisation, Hill Lantern, with somebody of West Ridge in their care; they come with `otherOrganisation`. */
export const elsewhere = {
  other_case_worker: { userName: 'sunee', displayName: 'Sunee', role: 'case_worker', at: null },
  other_partner_provider: { userName: 'vichai', displayName: 'Vichai', role: 'partner_provider', at: null },
} as const;
export const everybody = { ...people, ...more, ...elsewhere };
export type PersonName = keyof typeof everybody;

export const testPassword = 'quiet-heron-lamp-7';

export interface TestApp {
  readonly url: string;
  readonly db: TestDatabase;
  readonly land: DemoLand;
  readonly access: Access;
  readonly server: RunningServer;
  /** Private to this test; removed with it. */
  readonly folder: string;
  /** The master key of the identity vault; a list of erased people lies beside it. */
  readonly keyFile: string;
  readonly accountIds: Readonly<Record<PersonName, string>>;
  /** Every line the server logged. */
  readonly logLines: readonly string[];
  /** Signed in; the same client each time it is asked for. */
  as(name: PersonName): Promise<Client>;
  /** Nobody, with an empty cookie jar of its own. */
  anonymous(): Client;
  close(): Promise<void>;
}

export interface TestAppOptions extends Partial<
  Pick<
    ServerOptions,
    'now' | 'webDir' | 'jobs' | 'signInsPerMinute' | 'tilesUrl' | 'publicUrl' | 'trustProxy' | 'demoAccounts' | 'uploadsGb' | 'singleSignOn'
  >
> {
  readonly demo?: boolean;
  /** False: an installation before its set-up, with nobody in it. */
  readonly accounts?: boolean;
  /** True: asked of the roles that ask for it; else a password is enough for everybody. */
  readonly secondProof?: boolean;
  /** True: also somebody in every other role, two of them in the organisation Safe Harbour. */
  readonly everyRole?: boolean;
  /** True: also those of Hill Lantern. */
  readonly otherOrganisation?: boolean;
  /** False: places and figures only, as every new installation begins. */
  readonly keepsPeople?: boolean;
}

/** A real server on a free port over a fresh database with Demo land and its people in it. */
export async function startApp(options: TestAppOptions = {}): Promise<TestApp> {
  const {
    secondProof = false,
    demo = false,
    accounts = true,
    everyRole = false,
    otherOrganisation = false,
    keepsPeople = true,
    ...server
  } = options;
  const db = await testDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'waymark-app-'));
  const keyFolder = await mkdtemp(join(tmpdir(), 'waymark-key-')); // never among the data
  const logLines: string[] = [];
  const log = pino(
    { level: 'info' },
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        logLines.push(chunk.toString());
        done();
      },
    }),
  );
  await sql`insert into waymark.installation (installation_id, is_demo, people_kept) values (${uuidv7()}, ${demo}, ${keepsPeople}) on conflict do nothing`.execute(
    db.owner,
  );
  if (!secondProof) await passwordsAreEnough(db.owner);
  const land = await makeDemoLand(db.owner);
  const running = await startServer({
    urls: db.urls,
    port: 0,
    host: '127.0.0.1',
    dataFolder: folder,
    keyFile: join(keyFolder, 'waymark.key'),
    webDir: null,
    jobs: 'asked',
    signInsPerMinute: 10_000,
    checkAnswers: true,
    log,
    ...server,
  });
  const accountIds = accounts
    ? await makeAccounts(running.access, db, land, { ...people, ...(everyRole ? more : {}), ...(otherOrganisation ? elsewhere : {}) })
    : {};
  const clients = new Map<PersonName, Promise<Client>>();
  return {
    url: running.url,
    db,
    land,
    access: running.access,
    server: running,
    folder,
    keyFile: join(keyFolder, 'waymark.key'),
    logLines,
    accountIds: accountIds as Record<PersonName, string>,
    as(name) {
      const signedIn = clients.get(name) ?? new Client(running.url).signIn(everybody[name].userName, testPassword);
      clients.set(name, signedIn);
      return signedIn;
    },
    anonymous: () => new Client(running.url),
    async close() {
      await running.close();
      await db.close();
      for (const each of [folder, keyFolder]) await rm(each, { recursive: true, force: true });
    },
  };
}

async function makeAccounts(
  access: Access,
  db: TestDatabase,
  land: DemoLand,
  who: Partial<typeof everybody>,
): Promise<Partial<Record<PersonName, string>>> {
  const [safeHarbour, hillLantern] = [uuidv7(), uuidv7()];
  await sql`insert into waymark.organisation (organisation_id, name, kind) values (${safeHarbour}, 'Safe Harbour', 'ngo')`.execute(
    db.owner,
  );
  if ('other_case_worker' in who)
    await sql`insert into waymark.organisation (organisation_id, name, kind) values (${hillLantern}, 'Hill Lantern', 'ngo')`.execute(
      db.owner,
    );
  const places = { ...land, reedPond: land.eastVillages[0], highField: land.westVillages[0] };
  const accountIds: Partial<Record<PersonName, string>> = {};
  for (const [name, { userName, displayName, role, at }] of Object.entries(who)) {
    const made = await createAccount(access, {
      userName,
      displayName,
      ...(role === 'person' ? {} : { role }),
      placeId: at === null ? null : places[at].placeId,
      organisationId: reachOf(role) !== 'organisation' ? null : name in elsewhere ? hillLantern : safeHarbour,
      password: testPassword,
    });
    accountIds[name as PersonName] = made.accountId;
    // Her post comes with the invitation of her case worker; Fah's record is said by the tests.
    if (role === 'person')
      await sql`insert into waymark.post (post_id, account_id, role) values (${uuidv7()}, ${made.accountId}, 'person')`.execute(db.owner);
  }
  return accountIds;
}

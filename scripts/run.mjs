// SPDX-License-Identifier: AGPL-3.0-or-later
// The way in: `npm start`, `npm test` and ./waymark come through here. Plain JavaScript without dependencies, because it
// runs before anything is installed and on older versions of Node: it installs what is missing, then hands over to Node 24.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const mark = join(modules, '.waymark-lock');
const wantedNode = 24;

const tasks = {
  cli: ['src/app/cli.ts'],
  start: ['src/app/cli.ts', 'start'],
  test: ['scripts/check.mjs'],
  proof: ['scripts/proof.mjs'],
  schema: ['scripts/schema.ts'],
  screens: ['scripts/screens.ts'],
  messages: ['scripts/messages.ts'],
  build: ['scripts/build-web.mjs'],
  bench: ['bench/run.ts'],
};

main(process.argv[2] ?? '', process.argv.slice(3));

function main(task, args) {
  refuseOldNode();
  if (!Object.hasOwn(tasks, task)) stop(`There is no task "${task}". There are: ${Object.keys(tasks).join(', ')}.`, 2);
  if (!installed()) install();
  const [script, ...fixed] = tasks[task];
  if (!existsSync(join(root, script))) stop(`${script} is missing from this copy of Waymark: get a whole copy.`);
  handOver([join(root, script), ...fixed, ...args]);
}

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    stop(
      `Waymark needs Node 20.19 or newer and this is ${process.versions.node}: install a newer one from your system's packages or nodejs.org.`,
    );
  }
}

function lockHash() {
  return createHash('sha256')
    .update(`${process.platform} ${process.arch}\n`)
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

/** The mark of our own last install, or, after an install by hand, npm's own list of what lies there. */
function installed() {
  try {
    if (readFileSync(mark, 'utf8').trim() === lockHash()) return true;
  } catch {
    /* no mark: look closer */
  }
  try {
    const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
    const there = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')).packages;
    const whole = Object.entries(wanted).every(
      ([path, { version, optional, devOptional, peer, link }]) =>
        path === '' ||
        link ||
        (there[path] ? there[path].version === version && existsSync(join(root, path)) : optional || devOptional || peer),
    );
    if (!whole || !bundled()) return false;
    try {
      writeFileSync(mark, lockHash() + '\n');
    } catch {
      /* a read-only folder is fine once all is there */
    }
    return true;
  } catch {
    return false;
  }
}

/** The two packages that npm treats as optional and Waymark needs, where they are made for this machine. */
function bundled() {
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.keys(optionalDependencies ?? {}).every(
    (name) => !name.endsWith(`${process.platform}-${process.arch}`) || existsSync(join(modules, name)),
  );
}

function install() {
  try {
    accessSync(root, constants.W_OK);
    if (existsSync(modules)) accessSync(modules, constants.W_OK);
  } catch {
    stop(`Waymark is not installed yet, and you may not write to ${root}: run this once as a user who may.`);
  }
  console.error('Installing what Waymark is made of (a minute or two; later starts skip this) ...');
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const cli = process.env.npm_execpath;
  const npm =
    cli && basename(cli) === 'npm-cli.js' && existsSync(cli)
      ? spawnSync(process.execPath, [cli, ...args], { cwd: root, stdio: ['ignore', 2, 2] })
      : spawnSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, {
          cwd: root,
          stdio: ['ignore', 2, 2],
          shell: process.platform === 'win32',
        });
  if (npm.error?.code === 'ENOENT')
    stop('Waymark installs itself with npm, and there is none on this machine: install npm (it comes with Node).');
  if (npm.signal) process.kill(process.pid, npm.signal);
  if (npm.status !== 0)
    stop('The installation did not finish; what npm said is above. Nothing else was changed: try again when that is solved.');
  if (!bundled())
    stop(
      `npm left out the packages made for ${process.platform}-${process.arch}: remove node_modules and start again without --omit=optional.`,
    );
  writeFileSync(mark, lockHash() + '\n');
}

function nodeProgram() {
  if (Number(process.versions.node.split('.')[0]) >= wantedNode) return process.execPath;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const program = join(modules, `node-${platform}-${process.arch}`, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const works = existsSync(program) && spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
  if (!works)
    stop(
      `Waymark runs on Node ${wantedNode}, and none that fits ${process.platform} ${process.arch} comes with it: install Node ${wantedNode} on this machine.`,
    );
  return program;
}

/** Runs it in the foreground; signals and the exit code pass through. */
function handOver(args) {
  // What Node made of our files it keeps for the next start, which is then twice as quick; where it may not write it goes without.
  const compiled = join(modules, '.cache', 'waymark-node');
  // The channel carries nothing: when this process is killed outright it closes, and the server then stops in order.
  const child = spawn(nodeProgram(), args, {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { NODE_COMPILE_CACHE: compiled, ...process.env, WAYMARK_ROOT: root },
  });
  const forward = (signal) => child.kill(signal);
  const signals = process.platform === 'win32' ? ['SIGINT', 'SIGTERM'] : ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'];
  for (const signal of signals) process.on(signal, forward);
  const orphaned = watchParent(() => child.kill('SIGTERM'));
  child.on('error', (error) => stop(`Node could not be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    clearInterval(orphaned);
    for (const name of signals) process.off(name, forward);
    if (signal) process.kill(process.pid, signal);
    else process.exitCode = code ?? 1;
  });
}

/** Started by npm and npm is gone: nobody can stop us any more, so stop. */
function watchParent(onGone) {
  if (!process.env.npm_lifecycle_event || process.platform === 'win32') return undefined;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, 500);
  timer.unref();
  return timer;
}

function stop(line, code = 1) {
  console.error(line);
  process.exit(code);
}

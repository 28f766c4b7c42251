// SPDX-License-Identifier: AGPL-3.0-or-later
// `npm test`: everything that must hold before a change goes in. Every step runs, so that one look shows all that is wrong.
// `npm test -- unit lint` runs only the steps whose names begin so.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const root = join(import.meta.dirname, '..');
const bin = (name, script) => [process.execPath, join(root, 'node_modules', name, script)];
const tsc = (project) => [...bin('typescript-7', 'bin/tsc'), '-p', `tsconfig.${project}.json`];
/** What each step of vitest leaves for the summary: one file, named after its project. */
const left = mkdtempSync(join(tmpdir(), 'waymark-check-'));
const leftBy = (project) => join(left, `${project}.json`);
const vitest = (project) => [
  ...bin('vitest', 'vitest.mjs'),
  'run',
  `--project=${project}`,
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${leftBy(project)}`,
];

/** Two of these run at a time, and what each says is shown when it has ended. */
const besides = ['types', 'layout', 'lint', 'shape', 'build'];
const steps = [
  ['types: domain', tsc('domain')],
  ['types: server', tsc('server')],
  ['types: web', tsc('web')],
  ['types: browser', tsc('browser')],
  ['layout', [...bin('oxfmt', 'bin/oxfmt'), '--check', '.']],
  ['lint', [...bin('oxlint', 'bin/oxlint')]],
  ['shape', [...bin('dependency-cruiser', 'bin/dependency-cruiser.mjs'), 'src', '--config', '.dependency-cruiser.cjs']],
  ['build', [process.execPath, join(root, 'scripts', 'build-web.mjs')]],
  ['unit', vitest('unit')],
  ['integration', vitest('integration')],
  ['browser', [process.execPath, join(root, 'scripts', 'browser.mjs')]],
  ['journeys', vitest('journeys')],
];

const began = performance.now();
const wanted = process.argv.slice(2);
const asked = steps.filter(([name]) => wanted.length === 0 || wanted.some((prefix) => name.startsWith(prefix)));
const results = [];
let stopped = false; // Ctrl-C
const [small, large] = [true, false].map((beside) => asked.filter(([name]) => besides.some((each) => name.startsWith(each)) === beside));
await Promise.all([1, 2].map(() => take(small, true)));
await take(large, false);

process.stdout.write('\n--- summary\n');
results.sort((one, other) => order(one) - order(other));
for (const { name, ok, seconds } of results)
  process.stdout.write(`${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(16)} ${seconds.toFixed(1).padStart(6)} s\n`);
process.stdout.write(`        ${'all of it'.padEnd(16)} ${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s\n`);
for (const line of results.filter(({ ok }) => !ok).flatMap(({ name }) => failedIn(name))) process.stdout.write(`${line}\n`);
rmSync(left, { recursive: true, force: true });
const whole = results.every((result) => result.ok) && results.length === asked.length && asked.length > 0;
process.stdout.write(whole ? 'Everything holds.\n' : 'Something does not hold; the first FAILED step above says what.\n');
process.exitCode = whole ? 0 : 1;

/** As the steps stand above, whichever ended first. */
function order({ name }) {
  return steps.findIndex(([each]) => each === name);
}

/**
 * Which tests of a failed step failed, and the first line of why: somebody who is shown the end of a long output only, as by a server
 * that runs the tests, learns from it what to look at.
 */
function failedIn(step) {
  let files;
  try {
    files = JSON.parse(readFileSync(leftBy(step), 'utf8')).testResults;
  } catch {
    return []; // not a step of vitest, or it ended before it could tell
  }
  return files
    .filter(({ status }) => status === 'failed')
    .flatMap(({ name, message, assertionResults }) => {
      const file = relative(root, name);
      const failed = assertionResults.filter(({ status }) => status === 'failed');
      if (failed.length === 0) return [`  ${file}\n      ${firstLine(message)}`];
      return failed.map(({ fullName, failureMessages }) => `  ${file}: ${fullName}\n      ${firstLine(failureMessages[0])}`);
    });
}

function firstLine(text = '') {
  return stripVTControlCharacters(text).trim().split('\n')[0].slice(0, 400);
}

async function take(queue, aside) {
  for (let step = queue.shift(); step && !stopped; step = queue.shift()) {
    const [name, command] = step;
    if (!aside) process.stdout.write(`\n--- ${name}\n`);
    const from = performance.now();
    const { code, said } = await run(command, aside);
    if (aside) process.stdout.write(`\n--- ${name}\n${said}`);
    results.push({ name, ok: code === 0, seconds: (performance.now() - from) / 1000 });
    stopped ||= code === 130;
  }
}

function run([program, ...args], aside) {
  return new Promise((resolve) => {
    const said = [];
    const child = spawn(program, args, {
      cwd: root,
      stdio: aside ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      env: { ...process.env, FORCE_COLOR: process.env.FORCE_COLOR ?? '0' },
    });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece) => said.push(piece));
    const forward = (signal) => child.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, forward);
    child.on('error', (error) => resolve({ code: 1, said: `${error.message}\n` }));
    child.on('close', (code, signal) => {
      for (const name of ['SIGINT', 'SIGTERM']) process.off(name, forward);
      resolve({ code: signal ? 130 : (code ?? 1), said: Buffer.concat(said).toString() });
    });
  });
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// `npm test`: everything that must hold before a change goes in. Every step runs, so that one look shows all that is wrong.
// `npm test -- unit lint` runs only the steps whose names begin so.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = (name, script) => [process.execPath, join(root, 'node_modules', name, script)];
const tsc = (project) => [...bin('typescript-7', 'bin/tsc'), '-p', `tsconfig.${project}.json`];
const vitest = (project) => [...bin('vitest', 'vitest.mjs'), 'run', '--project', project];

const steps = [
  ['types: domain', tsc('domain')],
  ['types: server', tsc('server')],
  ['types: web', tsc('web')],
  ['types: browser', tsc('browser')],
  ['layout', [...bin('oxfmt', 'bin/oxfmt'), '--check', '.']],
  ['lint', [...bin('oxlint', 'bin/oxlint')]],
  ['shape', [...bin('dependency-cruiser', 'bin/dependency-cruiser.mjs'), 'src', '--config', '.dependency-cruiser.cjs']],
  ['unit', vitest('unit')],
  ['integration', vitest('integration')],
  ['build', [process.execPath, join(root, 'scripts', 'build-web.mjs')]],
  ['browser', [process.execPath, join(root, 'scripts', 'browser.mjs')]],
  ['journeys', vitest('journeys')],
];

const wanted = process.argv.slice(2);
const results = [];
for (const [name, command] of steps) {
  if (wanted.length > 0 && !wanted.some((prefix) => name.startsWith(prefix))) continue;
  process.stdout.write(`\n--- ${name}\n`);
  const began = performance.now();
  const code = await run(command);
  results.push({ name, ok: code === 0, seconds: (performance.now() - began) / 1000 });
  if (code === 130) break; // Ctrl-C
}
process.stdout.write('\n--- summary\n');
for (const { name, ok, seconds } of results)
  process.stdout.write(`${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(16)} ${seconds.toFixed(1).padStart(6)} s\n`);
const whole = results.every((result) => result.ok) && results.length > 0;
process.stdout.write(whole ? 'Everything holds.\n' : 'Something does not hold; the first FAILED step above says what.\n');
process.exitCode = whole ? 0 : 1;

function run([program, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, FORCE_COLOR: process.env.FORCE_COLOR ?? '0' },
    });
    const forward = (signal) => child.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, forward);
    child.on('error', (error) => {
      process.stdout.write(`${error.message}\n`);
      resolve(1);
    });
    child.on('exit', (code, signal) => {
      for (const name of ['SIGINT', 'SIGTERM']) process.off(name, forward);
      resolve(signal ? 130 : (code ?? 1));
    });
  });
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// `npm run proof`: what is slow by nature (kill loops, a full disk, other users, other servers, large files), one file after the
// other in a process of its own, so that one look at the end shows all that is wrong. `npm run proof -- disk kill` runs some.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const wanted = process.argv.slice(2);
const files = readdirSync(join(root, 'test', 'proof'))
  .filter((name) => name.endsWith('.proof.ts'))
  .sort()
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
const vitest = [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--config', join(root, 'test', 'proof', 'vitest.config.ts')];

const results = [];
for (const name of files) {
  process.stdout.write(`\n--- ${name}\n`);
  const began = performance.now();
  const code = await run([...vitest, `test/proof/${name}`]);
  results.push({ name: name.replace('.proof.ts', ''), ok: code === 0, seconds: (performance.now() - began) / 1000 });
  if (code === 130) break; // Ctrl-C
}
process.stdout.write('\n--- summary\n');
for (const { name, ok, seconds } of results)
  process.stdout.write(`${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(16)} ${seconds.toFixed(0).padStart(5)} s\n`);
for (const name of files.slice(results.length)) process.stdout.write(`not run ${name.replace('.proof.ts', '')}\n`);
const whole = results.length > 0 && results.length === files.length && results.every((result) => result.ok);
process.stdout.write(
  files.length === 0
    ? `No proof is called ${wanted.join(' or ')}.\n`
    : whole
      ? 'Everything is proved.\n'
      : 'Something is not proved; the first FAILED file above says what.\n',
);
process.exitCode = whole ? 0 : 1;

function run(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
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

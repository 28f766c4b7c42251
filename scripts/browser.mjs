// SPDX-License-Identifier: AGPL-3.0-or-later
// A browser for the journeys: the one packed in npm, where its libraries are there; else the system's; else Debian's, installed
// when we are root, which brings those libraries. Otherwise one line says how to get one. test/journeys/support.ts opens what is found in the same order.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const systemBrowsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome-stable', '/usr/bin/google-chrome'];
const there = () =>
  process.env.WAYMARK_CHROMIUM ? existsSync(process.env.WAYMARK_CHROMIUM) : systemBrowsers.some((path) => existsSync(path));

if (!(await packedRuns()) && !there() && !process.env.WAYMARK_CHROMIUM && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
  process.stdout.write("No browser here yet: installing Debian's chromium ...\n");
  const apt = (...args) =>
    spawnSync('/usr/bin/apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0;
  if (apt('update', '-q')) apt('install', '-y', '-q', '--no-install-recommends', 'chromium');
}
if (there() || (await packedRuns())) {
  process.stdout.write('A browser is there.\n');
} else {
  process.stdout.write(
    'There is no browser to test with. Install one (Debian: apt-get install chromium) or name one in WAYMARK_CHROMIUM, then run this again.\n',
  );
  process.exitCode = 1;
}

async function packedRuns() {
  if (process.env.WAYMARK_CHROMIUM) return false;
  try {
    const { default: packed } = await import('@sparticuz/chromium');
    return spawnSync(await packed.executablePath(), ['--version']).status === 0;
  } catch {
    return false;
  }
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// `npm run messages`: collects the words of all screens into src/app/locales/{en,th,km}.po and counts, language by language, what is still to
// be translated. A test fails until every msgstr is filled.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const { status } = spawnSync(process.execPath, [`${root}node_modules/@lingui/cli/dist/lingui.js`, 'extract', '--clean'], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;

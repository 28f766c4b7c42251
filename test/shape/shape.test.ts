// SPDX-License-Identifier: AGPL-3.0-or-later
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const config = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')) as { forbidden: { name: string; comment?: string }[] };

/** One violation a rule: the file that breaks it, and what else must exist for the import to resolve. */
const planted: Record<string, { breaks: string; files: Record<string, string> }> = {
  'domain-is-pure': {
    breaks: 'src/risk/domain/impure.ts',
    files: { 'src/risk/domain/impure.ts': "import { readFileSync } from 'node:fs'; export const x = readFileSync;" },
  },
  'web-and-server-never-meet': {
    breaks: 'src/risk/web/secret.ts',
    files: {
      'src/risk/web/secret.ts': "import { q } from '../server/queries.ts'; export const x = q;",
      'src/risk/server/queries.ts': 'export const q = 1;',
    },
  },
  'server-and-web-never-meet': {
    breaks: 'src/risk/server/draws.ts',
    files: {
      'src/risk/server/draws.ts': "import { s } from '../web/screen.ts'; export const x = s;",
      'src/risk/web/screen.ts': 'export const s = 1;',
    },
  },
  'web-runs-in-a-browser': {
    breaks: 'src/risk/web/disk.ts',
    files: { 'src/risk/web/disk.ts': "import { join } from 'node:path'; export const x = join;" },
  },
  'platform-knows-no-feature': {
    breaks: 'src/platform/server/knows.ts',
    files: {
      'src/platform/server/knows.ts': "import { a } from '../../risk/domain/a.ts'; export const x = a;",
      'src/risk/domain/a.ts': 'export const a = 1;',
    },
  },
  'ground-never-calls-upward': {
    breaks: 'src/places/server/calls.ts',
    files: {
      'src/places/server/calls.ts': "import { b } from '../../risk/domain/b.ts'; export const x = b;",
      'src/risk/domain/b.ts': 'export const b = 1;',
    },
  },
  'ground-edges-are-listed': {
    breaks: 'src/places/server/peeks.ts',
    files: {
      'src/places/server/peeks.ts': "import { p } from '../../people/server/index.ts'; export const x = p;",
      'src/people/server/index.ts': 'export const p = 1;',
    },
  },
  'records-do-not-know-each-other': {
    breaks: 'src/cases/server/reads.ts',
    files: {
      'src/cases/server/reads.ts': "import { c } from '../../risk/server/index.ts'; export const x = c;",
      'src/risk/server/index.ts': 'export const c = 1;',
    },
  },
  'nobody-enters-app': {
    breaks: 'src/risk/server/starts.ts',
    files: {
      'src/risk/server/starts.ts': "import { s } from '../../app/server.ts'; export const x = s;",
      'src/app/server.ts': 'export const s = 1;',
    },
  },
  'rooms-are-entered-by-their-doors': {
    breaks: 'src/risk/server/burgles.ts',
    files: {
      'src/risk/server/burgles.ts': "import { h } from '../../places/server/hidden.ts'; export const x = h;",
      'src/places/server/hidden.ts': 'export const h = 1;',
    },
  },
  'privacy-wall': {
    breaks: 'src/release/server/publish.ts',
    files: {
      'src/release/server/publish.ts': "import { r } from '../../places/server/index.ts'; export const x = r;",
      'src/places/server/index.ts': "import { v } from '../../people/server/vault.ts'; export const r = v;",
      'src/people/server/vault.ts': 'export const v = 1;',
    },
  },
  'no-cycles': {
    breaks: 'src/access/domain/one.ts',
    files: {
      'src/access/domain/one.ts': "import { two } from './two.ts'; export const one = (): number => two();",
      'src/access/domain/two.ts': "import { one } from './one.ts'; export const two = (): number => one();",
    },
  },
  'only-declared-packages': {
    breaks: 'src/risk/server/stray.ts',
    files: { 'src/risk/server/stray.ts': "import stray from 'a-package-nobody-declared'; export const x = stray;" },
  },
  'tests-stay-out-of-the-product': {
    breaks: 'src/risk/server/ships.ts',
    files: {
      'src/risk/server/ships.ts': "import { f } from '../../../test/support/fixture.ts'; export const x = f;",
      'test/support/fixture.ts': 'export const f = 1;',
    },
  },
};

describe('the rules about imports bite', () => {
  const house = mkdtempSync(join(tmpdir(), 'waymark-shape-'));
  let violations: { rule: { name: string }; from: string }[] = [];

  beforeAll(() => {
    for (const file of ['.dependency-cruiser.cjs', 'package.json', 'tsconfig.base.json', 'tsconfig.web.json'])
      cpSync(join(root, file), join(house, file));
    symlinkSync(join(root, 'node_modules'), join(house, 'node_modules'));
    for (const { files } of Object.values(planted)) {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(house, path)), { recursive: true });
        writeFileSync(join(house, path), text);
      }
    }
    const run = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'),
        'src',
        '--config',
        '.dependency-cruiser.cjs',
        '--output-type',
        'json',
      ],
      { cwd: house, encoding: 'utf8', maxBuffer: 1 << 26 },
    );
    violations = (JSON.parse(run.stdout) as { summary: { violations: typeof violations } }).summary.violations;
  }, 60_000);
  afterAll(() => rmSync(house, { recursive: true }));

  it('has a planted violation for every rule, and a reason in every rule', () => {
    expect(Object.keys(planted).toSorted()).toEqual(config.forbidden.map((r) => r.name).toSorted());
    expect(config.forbidden.filter((r) => (r.comment ?? '').length < 30)).toEqual([]);
  });

  it.each(Object.keys(planted))('%s', (name) => {
    expect(violations.filter((v) => v.rule.name === name).map((v) => v.from)).toContain(planted[name]!.breaks);
  });
});

describe('the budgets and the file headers', () => {
  // By hand, because a machine that tests a copy of Waymark need not have git.
  const ours = readdirSync(root, { withFileTypes: true })
    .filter((entry) => !['node_modules', 'dist', 'data', 'screens', '.cache'].includes(entry.name) && !entry.name.startsWith('.git'))
    .flatMap((entry) =>
      entry.isDirectory()
        ? readdirSync(join(root, entry.name), { recursive: true, encoding: 'utf8' }).map((name) => join(entry.name, name))
        : [entry.name],
    );
  const tracked = ours.filter((name) => /\.(ts|tsx|mjs|cjs|sql)$/.test(name));

  it('every source file names its licence first', async () => {
    const { readFileSync, existsSync } = await import('node:fs');
    const bare = tracked
      .filter((f) => f !== 'db/schema.sql' && existsSync(join(root, f)))
      .filter((f) => !readFileSync(join(root, f), 'utf8').split('\n', 2).join('\n').includes('SPDX-License-Identifier: AGPL-3.0-or-later'));
    expect(bare).toEqual([]);
  });

  it('lint refuses a file over its budget and a function that goes on and on', () => {
    const folder = mkdtempSync(join(tmpdir(), 'waymark-lint-'));
    cpSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    writeFileSync(join(folder, 'long.ts'), Array.from({ length: 401 }, (_, i) => `export const a${i} = ${i};`).join('\n'));
    writeFileSync(join(folder, 'sprawl.ts'), `export function f(): number {\n  let a = 0;\n${'  a += 1;\n'.repeat(61)}  return a;\n}\n`);
    const run = spawnSync(
      process.execPath,
      [join(root, 'node_modules/oxlint/bin/oxlint'), '-c', '.oxlintrc.json', '--format', 'unix', '.'],
      { cwd: folder, encoding: 'utf8' },
    );
    rmSync(folder, { recursive: true });
    expect(run.status).not.toBe(0);
    expect(run.stdout).toMatch(/long\.ts.*max-lines|long\.ts.*too many lines/i);
    expect(run.stdout).toMatch(/sprawl\.ts.*(max-lines-per-function|too many lines|too long)/i);
  });

  it('every room has a README that fits on about one screen', async () => {
    const { readFileSync } = await import('node:fs');
    const rooms = readdirSync(join(root, 'src'), { withFileTypes: true })
      .filter((d) => d.isDirectory())
      .map((d) => d.name);
    for (const room of rooms) {
      const lines = readFileSync(join(root, 'src', room, 'README.md'), 'utf8').split('\n').length;
      expect(lines, `src/${room}/README.md`).toBeLessThanOrEqual(90);
    }
  });

  it('what is said to show a promise is there, and shows something', async () => {
    const { readFileSync } = await import('node:fs');
    const named = [...readFileSync(join(root, 'docs', 'shown.md'), 'utf8').matchAll(/`([^`\s]+\.[a-z]+)`/g)].map((match) => match[1]!);
    expect(named.length).toBeGreaterThan(50);
    for (const file of new Set(named)) expect(readFileSync(join(root, file), 'utf8').trim(), file).not.toBe('');
    // Nor is a proof forgotten there.
    const proofs = readdirSync(join(root, 'test', 'proof')).filter((file) => /register|people/.test(file) && file.endsWith('.proof.ts'));
    for (const file of proofs) expect(named).toContain(`test/proof/${file}`);
  });
});

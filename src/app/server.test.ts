// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../test/support/app.ts';
import { keepOlderFiles } from './build-web.ts';
import { lastMonthEnd } from '../risk/server/clock.ts';
import { startJobs } from './jobs.ts';
import { startServer } from './server.ts';

let app: TestApp;
let web: string;
beforeAll(async () => {
  web = mkdtempSync(join(tmpdir(), 'waymark-web-'));
  mkdirSync(join(web, 'assets'));
  writeFileSync(join(web, 'index.html'), '<!doctype html><title>Waymark</title>');
  writeFileSync(join(web, 'assets', 'start-abcdef12.js'), 'console.log(1)');
  writeFileSync(join(web, 'assets', 'start-abcdef12.js.br'), 'squeezed');
  writeFileSync(join(web, 'manifest.webmanifest'), '{}');
  app = await startApp({ webDir: web, jobs: true, tilesUrl: 'https://tiles.example.org/{z}/{x}/{y}.png' });
}, 120_000);
afterAll(async () => {
  await app?.close();
  rmSync(web, { recursive: true, force: true });
});

describe('the pages', () => {
  it('come from the built folder, and every address of a page is the one page', async () => {
    const anybody = app.anonymous();
    for (const path of ['/', '/map', '/places/01a201a5-0000-7000-8000-000000000000', '/a/b?c=d.e']) {
      const answer = await anybody.get(path);
      expect([path, answer.status, answer.text]).toEqual([path, 200, '<!doctype html><title>Waymark</title>']);
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'");
    }
  });

  it('keep what never changes for ever, and squeeze it', async () => {
    const answer = await fetch(`${app.url}/assets/start-abcdef12.js`, { headers: { 'accept-encoding': 'identity' } });
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(await answer.text()).toBe('console.log(1)');
    const squeezed = await fetch(`${app.url}/assets/start-abcdef12.js`, { method: 'GET', headers: { 'accept-encoding': 'br' } }).catch(
      (error: unknown) => error,
    );
    if (squeezed instanceof Response) expect(squeezed.headers.get('content-encoding')).toBe('br');
  });

  it('do not answer for a missing script, an unknown door of the API, or a path out of the folder', async () => {
    for (const path of [
      '/assets/gone-12345678.js',
      '/favicon.ico',
      '/api/nothing',
      '/..%2f..%2fpackage.json',
      '/assets/%2e%2e/%2e%2e/package.json',
    ]) {
      const answer = await app.anonymous().get(path);
      expect([path, answer.status === 404 || answer.status === 400]).toEqual([path, true]);
      expect(answer.text).not.toContain('optionalDependencies');
    }
    expect((await app.anonymous().post('/map', {})).status).toBe(404);
  });

  it('are those of now: what is built while the server runs is served, and a page opened before finds its own parts', async () => {
    const next = mkdtempSync(join(tmpdir(), 'waymark-web-next-'));
    mkdirSync(join(next, 'assets'));
    writeFileSync(join(next, 'index.html'), '<!doctype html><title>Waymark, newer</title>');
    writeFileSync(join(next, 'assets', 'start-12345678.js'), 'console.log(2)');
    keepOlderFiles(web, next, Date.now());
    renameSync(web, `${web}-old`);
    renameSync(next, web);
    try {
      for (const [path, text] of [
        ['/', '<!doctype html><title>Waymark, newer</title>'],
        ['/assets/start-12345678.js', 'console.log(2)'],
        ['/assets/start-abcdef12.js', 'console.log(1)'],
      ] as const) {
        const answer = await fetch(`${app.url}${path}`, { headers: { 'accept-encoding': 'identity' } });
        expect([path, answer.status, await answer.text()]).toEqual([path, 200, text]);
      }
      expect((await app.anonymous().get('/assets/start-abcdef12.js.br')).status).toBe(404);
    } finally {
      rmSync(web, { recursive: true });
      renameSync(`${web}-old`, web);
    }
  });

  it('let go of parts that no open page can still want', () => {
    const later = mkdtempSync(join(tmpdir(), 'waymark-web-later-'));
    mkdirSync(join(later, 'assets'));
    keepOlderFiles(web, later, Date.now() + 30 * 24 * 3_600_000);
    expect(readdirSync(join(later, 'assets'))).toEqual([]);
    rmSync(later, { recursive: true });
  });

  it("learn where the map's background comes from", async () => {
    const mali = await app.as('coordinator');
    expect((await mali.get<{ tiles: unknown }>('/api/me')).body.tiles).toEqual({
      url: 'https://tiles.example.org/{z}/{x}/{y}.png',
      attribution: '',
    });
    expect((await mali.get('/api/me')).headers.get('content-security-policy')).toContain("connect-src 'self' https://tiles.example.org");
  });
});

describe('health', () => {
  it('is told once everything runs', async () => {
    expect((await app.anonymous().get('/healthz')).body).toEqual({ ready: true });
  });
});

describe('starting and stopping', () => {
  it("a second server on the same port fails with the system's own word, and leaves nothing open", async () => {
    const port = Number(new URL(app.url).port);
    await expect(
      startServer({ urls: app.db.urls, port, host: '127.0.0.1', dataFolder: app.folder, webDir: null, log: pino({ level: 'silent' }) }),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('refuses addresses that are none', async () => {
    const start = (more: object) =>
      startServer({
        urls: app.db.urls,
        port: 0,
        host: '127.0.0.1',
        dataFolder: app.folder,
        webDir: null,
        log: pino({ level: 'silent' }),
        ...more,
      });
    await expect(start({ publicUrl: 'waymark.example.org' })).rejects.toThrow('WAYMARK_PUBLIC_URL');
    await expect(start({ tilesUrl: 'https://a.example.org; script-src *' })).rejects.toThrow('WAYMARK_TILES_URL');
  });
});

describe('work behind the answers', () => {
  it('runs once, again after a failure, and one piece for one key', async () => {
    const seen: unknown[] = [];
    let failures = 1;
    const jobs = await startJobs({
      url: app.db.urls.jobs,
      db: app.db.jobs,
      now: () => new Date(),
      newId: uuidv7,
      log: pino({ level: 'silent' }),
      handlers: [
        {
          name: 'test:note',
          async handle(payload, { db }) {
            const {
              rows: [row],
            } = await sql<{ role: string }>`select current_user as role`.execute(db);
            seen.push([payload, row?.role]);
          },
        },
        {
          name: 'test:stumble',
          attempts: 3,
          async handle() {
            if (failures-- > 0) throw new Error('not yet');
            seen.push('stood up');
          },
        },
      ],
    });
    try {
      await jobs.enqueue('test:note', { n: 1 });
      await jobs.enqueue('test:stumble', {});
      await expect(jobs.enqueue('test:unknown', {})).rejects.toThrow('no job');
      await expect.poll(() => seen, { timeout: 15_000 }).toEqual([[{ n: 1 }, 'waymark_jobs'], 'stood up']);
    } finally {
      await jobs.close();
    }
  });

  it('the clock runs in the server itself', async () => {
    const { rows } = await sql<{ identifier: string }>`select identifier from graphile_worker._private_known_crontabs order by 1`.execute(
      app.db.jobs,
    );
    expect(rows.map((row) => row.identifier)).toEqual([
      'access:sweep-sessions',
      'audit:close-reading-days',
      'people:compare',
      'people:count-codes',
      'people:learn-weights',
      'people:retention',
      'places:look-after-imports',
      'risk:close-month',
      'risk:tick',
    ]);
  });

  it('knows the month that has ended where the people live', () => {
    expect(lastMonthEnd(new Date('2026-02-28T16:59:59Z'), 'Asia/Bangkok')).toBe('2026-01-31');
    expect(lastMonthEnd(new Date('2026-02-28T17:00:00Z'), 'Asia/Bangkok')).toBe('2026-02-28');
    expect(lastMonthEnd(new Date('2026-01-01T00:00:00Z'), 'UTC')).toBe('2025-12-31');
  });
});

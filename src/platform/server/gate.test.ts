// SPDX-License-Identifier: AGPL-3.0-or-later
import { createReadStream, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { brotliDecompressSync } from 'node:zlib';
import { sql } from 'kysely';
import pg from 'pg';
import { pino } from 'pino';
import { Type } from 'typebox';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../../../test/support/client.ts';
import { testDatabase, type TestDatabase } from '../../../test/support/database.ts';
import type { Actor } from '../domain/actor.ts';
import { Problem } from '../domain/problem.ts';
import { endpoint, type Endpoint } from './endpoint.ts';
import { toProblem } from './gate-problem.ts';
import { registerEndpoints, type GatePorts } from './gate.ts';
import { openHttp } from './gate-http.ts';
import { mostFiles } from './gate-upload.ts';

const placeIn = uuidv7(),
  placeOut = uuidv7(),
  province = uuidv7();
const somsays: Actor = {
  accountId: 'som',
  userName: 'som',
  displayName: 'Som',
  locale: 'en',
  roles: ['officer'],
  rights: new Set(['read', 'write']),
  scopes: ['1.2'],
  posts: [{ role: 'officer', placeId: placeIn }],
};
const many = Array.from({ length: 200 }, (_, i) => ({ id: i, word: 'rice field' }));
let handled = 0;

const endpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/place/:placeId',
    tag: 't',
    summary: 's',
    rule: { may: 'read', place: { in: 'params', field: 'placeId' } },
    params: Type.Object({ placeId: Type.String({ format: 'uuid' }) }),
    response: Type.Object({ ok: Type.Boolean() }),
    async handle() {
      handled++;
      return { ok: true, secret: 'left out' };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/figures',
    tag: 't',
    summary: 's',
    rule: { may: 'read', place: { in: 'query', field: 'place', large: true } },
    query: Type.Object({
      place: Type.Optional(Type.String()),
      n: Type.Optional(Type.Integer()),
      kind: Type.Optional(Type.Union([Type.Literal('a'), Type.Literal('b')])),
    }),
    cacheSeconds: 60,
    response: Type.Object({
      n: Type.Union([Type.Integer(), Type.Null()]),
      many: Type.Array(Type.Object({ id: Type.Integer(), word: Type.String() })),
    }),
    handle: async ({ query }) => ({ n: query.n ?? null, many }),
  }),
  endpoint({
    method: 'GET',
    path: '/api/admin',
    tag: 't',
    summary: 's',
    rule: { may: 'rule' },
    response: Type.Null(),
    async handle() {
      handled++;
      return null;
    },
  }),
  endpoint({
    method: 'POST',
    path: '/api/write',
    tag: 't',
    summary: 's',
    rule: { may: 'write' },
    body: Type.Object({ what: Type.String(), deep: Type.Optional(Type.Object({ x: Type.Integer() })) }),
    status: 201,
    response: Type.Object({ actor: Type.Union([Type.String(), Type.Null()]) }),
    async handle({ tx, body, audit }) {
      await audit({ action: 'test.write', subject: body.what });
      if (body.what === 'fail') throw new Error('the inner secret: select * from waymark.person');
      if (body.what === 'problem')
        throw new Problem('rejected-rows', 'Row 3 has no code.', { at: { file: 'a.csv', row: 3, column: 'code' } });
      if (body.what === 'wall') await sql`insert into waymark.place_level (country, level, names) values ('XA', 0, '{}')`.execute(tx);
      if (body.what === 'twice')
        await sql`insert into waymark.audit_entry (entry_id, actor_id, action) select entry_id, 'som', 'x' from (values (${placeIn}::uuid), (${placeIn}::uuid)) v (entry_id)`.execute(
          tx,
        );
      if (body.what === 'full') throw Object.assign(new Error('could not extend file'), { code: '53100' });
      if (body.what === 'enospc') throw Object.assign(new Error('ENOSPC: no space left on device, write /srv/secret'), { code: 'ENOSPC' });
      const {
        rows: [row],
      } = await sql<{ actor: string | null }>`select waymark.actor_id() as actor`.execute(tx);
      return { actor: row?.actor ?? null };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/open',
    tag: 't',
    summary: 's',
    rule: { may: 'public' },
    response: Type.Object({ actor: Type.Union([Type.String(), Type.Null()]) }),
    async handle({ tx }) {
      const {
        rows: [row],
      } = await sql<{ actor: string | null }>`select waymark.actor_id() as actor`.execute(tx);
      return { actor: row?.actor ?? null };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/api/form',
    tag: 't',
    summary: 's',
    rule: { may: 'write' },
    upload: { maxBytes: 1024 * 1024 },
    body: Type.Object({ dryRun: Type.Boolean(), kind: Type.String() }),
    response: Type.Unknown(),
    async handle({ uploads, body }) {
      return {
        body,
        uploads: await Promise.all(
          uploads.map(async ({ path, ...rest }) => ({
            ...rest,
            text: (await readFile(path, 'utf8')).slice(0, 20),
            within: path.startsWith(folder),
          })),
        ),
      };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/file',
    tag: 't',
    summary: 's',
    rule: { may: 'read' },
    query: Type.Object({ name: Type.String() }),
    files: ['text/csv'],
    response: Type.Unknown(),
    handle: async ({ query }) => ({
      kind: 'file' as const,
      contentType: 'text/csv; charset=utf-8',
      fileName: query.name,
      body: createReadStream(new URL(import.meta.url)),
    }),
  }),
  endpoint({
    method: 'GET',
    path: '/api/wrong',
    tag: 't',
    summary: 's',
    rule: { may: 'read' },
    response: Type.Object({ n: Type.Integer() }),
    handle: async () => ({ n: 'five' as unknown as number }),
  }),
];

let db: TestDatabase;
let folder: string;
let url: string;
let close: () => Promise<void>;
let som: Client;
const lines: string[] = [];

beforeAll(async () => {
  db = await testDatabase();
  folder = mkdtempSync(join(tmpdir(), 'waymark-gate-'));
  const log = pino(
    { level: 'info' },
    new Writable({
      write: (chunk: Buffer, _e, done) => {
        lines.push(chunk.toString());
        done();
      },
    }),
  );
  const app = await openHttp({
    log,
    newId: uuidv7,
    publicOrigin: 'https://waymark.example.org',
    trustProxy: false,
    tilesUrl: 'https://{s}.tiles.example.org/{z}/{x}/{y}.png',
    isReady: async () => false,
  });
  const ports: GatePorts = {
    db: db.app,
    uploadFolder: folder,
    now: () => new Date(),
    newId: uuidv7,
    checkAnswers: true,
    authenticate: async (request) => ({ actor: request.headers['x-person'] === 'som' ? somsays : null, setCookies: ['renewed=1; Path=/'] }),
    findPlace: async (id) =>
      id === placeIn
        ? { path: '1.2.3', level: 3 }
        : id === placeOut
          ? { path: '1.20.4', level: 3 }
          : id === province
            ? { path: '1.20', level: 1 }
            : null,
    writeAudit: async (tx, actorId, entry, newId) => {
      await sql`insert into waymark.audit_entry (entry_id, actor_id, action, subject) values (${newId()}, ${actorId}, ${entry.action}, ${entry.subject ?? null})`.execute(
        tx,
      );
    },
    knownRight: (word) => ['read', 'write', 'rule'].includes(word),
  };
  registerEndpoints(app, endpoints, ports);
  expect(() => registerEndpoints(app, [{ ...endpoints[2]!, path: '/api/typo', rule: { may: 'raed' } }], ports)).toThrow('no right');
  url = await app.listen({ port: 0, host: '127.0.0.1' });
  close = () => app.close();
  som = new Client(url);
});
afterAll(async () => {
  await close?.();
  await db?.close();
  rmSync(folder, { recursive: true, force: true });
});

const asSom = { 'x-person': 'som' };
const problem = (code: string, status: number) =>
  expect.objectContaining({ type: `/problems/${code}`, status, instance: expect.stringMatching(/^[0-9a-f-]{36}$/) });
const audited = async (subject: string) =>
  (await sql`select from waymark.audit_entry where subject = ${subject}`.execute(db.owner)).rows.length;
const write = (what: unknown) => som.post<{ detail?: string }>('/api/write', typeof what === 'string' ? { what } : what, asSom);

describe('the gate asks who and where before anything else', () => {
  it('turns away nobody, and whoever lacks the right, before the handler and before the input is judged', async () => {
    handled = 0;
    expect((await som.get(`/api/place/${placeIn}`)).body).toEqual(problem('not-signed-in', 401));
    expect((await som.get('/api/place/not-a-place')).body).toEqual(problem('not-signed-in', 401));
    expect((await som.get('/api/admin', asSom)).body).toEqual(problem('not-allowed', 403));
    expect((await som.post('/api/write', '{ broken', {})).body).toEqual(problem('not-signed-in', 401));
    expect(handled).toBe(0);
  });

  it('keeps her to her area, and to large areas outside it where the rule says so', async () => {
    handled = 0;
    expect((await som.get(`/api/place/${placeOut}`, asSom)).body).toEqual(problem('outside-your-area', 403));
    expect((await som.get(`/api/place/${uuidv7()}`, asSom)).body).toEqual(problem('not-found', 404));
    expect(handled).toBe(0);
    const inside = await som.get(`/api/place/${placeIn}`, asSom);
    expect(inside.body).toEqual({ ok: true }); // and a field that the schema does not name stays here
    expect(inside.headers.get('cache-control')).toBe('no-store');
    expect(inside.headers.getSetCookie()).toEqual(['renewed=1; Path=/']);
    expect((await som.get(`/api/figures?place=${province}`, asSom)).status).toBe(200);
    expect((await som.get(`/api/figures?place=${placeOut}`, asSom)).status).toBe(403);
    expect((await som.get('/api/figures', asSom)).body).toEqual(problem('outside-your-area', 403)); // no place: only for posts without one
    expect((await som.get('/api/figures?place=1%27', asSom)).body).toEqual(problem('bad-input', 400));
  });

  it('lets everybody through a public door as nobody', async () => {
    expect((await som.get('/api/open', asSom)).body).toEqual({ actor: null });
  });
});

describe('input and refusals', () => {
  it('names the field that is missing, unknown or wrong, and never repeats what it held', async () => {
    expect((await write({})).body).toMatchObject({ detail: 'what: is missing in the body.' });
    expect((await write({ what: 'x', whatt: 'y' })).body).toMatchObject({ detail: 'whatt: is not known in the body.' });
    expect((await write({ what: 'x', deep: { x: 1, y: 2 } })).body).toMatchObject({ detail: 'deep.y: is not known in the body.' });
    expect((await write({ what: 5 })).body).toMatchObject({ detail: 'what: must be string (in the body).' });
    expect((await write({ what: 'x', deep: { x: '1' } })).body).toMatchObject({ detail: 'deep.x: must be integer (in the body).' });
    expect((await som.get(`/api/figures?place=${province}&n=many`, asSom)).body).toMatchObject({
      detail: 'n: must be integer (in the query).',
    });
    expect((await som.get(`/api/figures?place=${province}&kind=c`, asSom)).body).toMatchObject({
      detail: 'kind: must be one of a, b (in the query).',
    });
    expect((await som.get<{ n: number }>(`/api/figures?place=${province}&n=7`, asSom)).body.n).toBe(7);
  });

  it('refuses bodies that are no JSON, too long, or poisoned', async () => {
    expect((await som.post('/api/write', '{ broken', asSom)).body).toEqual(problem('bad-input', 400));
    expect((await som.post('/api/write', 'what=x', { ...asSom, 'content-type': 'text/plain' })).body).toEqual(problem('bad-input', 400));
    expect((await som.post('/api/write', '{"what":"x","__proto__":{"a":1}}', asSom)).body).toEqual(problem('bad-input', 400));
    expect((await som.post('/api/write', { what: 'x'.repeat(2 * 1024 * 1024) }, asSom)).body).toEqual(problem('too-large', 413));
    expect((await som.get('/api/nothing-here', asSom)).status).toBe(404);
  });

  it('tells what happened without telling how we are built', async () => {
    const failed = await write('fail');
    expect(failed.body).toEqual(problem('internal', 500));
    expect(failed.text).not.toMatch(/secret|select|waymark\.person/);
    expect(lines.join('')).toContain('the inner secret');
    expect((await write('wall')).body).toEqual(problem('not-allowed', 403));
    expect((await write('twice')).body).toEqual(problem('already-there', 409));
    expect((await write('full')).body).toEqual(problem('storage-full', 507));
    const full = await write('enospc');
    expect(full.body).toEqual(problem('storage-full', 507));
    expect(full.text).not.toContain('/srv');
    const told = await write('problem');
    expect(told.headers.get('content-type')).toMatch('application/problem+json');
    expect(told.body).toEqual({
      type: '/problems/rejected-rows',
      title: 'Some rows cannot be taken',
      status: 422,
      detail: 'Row 3 has no code.',
      at: { file: 'a.csv', row: 3, column: 'code' },
      instance: expect.any(String),
    });
    expect((await som.get('/api/wrong', asSom)).body).toEqual(problem('internal', 500));
  });

  it('writes the record with the change, and not without it', async () => {
    expect((await write('a-thing')).body).toEqual({ actor: 'som' });
    expect(await audited('a-thing')).toBe(1);
    for (const what of ['fail', 'problem', 'wall', 'twice', 'full']) expect([what, await audited(what)]).toEqual([what, 0]);
  });
});

describe('answers', () => {
  it("keep for as long as they say, in the reader's own browser, and are sent once", async () => {
    const first = await som.get(`/api/figures?place=${province}`, asSom);
    expect(first.headers.get('cache-control')).toBe('private, max-age=60, must-revalidate');
    const etag = first.headers.get('etag') ?? '';
    expect((await som.get(`/api/figures?place=${province}`, { ...asSom, 'if-none-match': etag })).status).toBe(304);
    expect((await som.get(`/api/figures?place=${province}&n=1`, { ...asSom, 'if-none-match': etag })).status).toBe(200);
    expect((await som.get(`/api/figures?place=${placeOut}`, { ...asSom, 'if-none-match': etag })).status).toBe(403);
  });

  it('are squeezed for slow lines', async () => {
    const raw = await rawGet(`/api/figures?place=${province}`, 'br');
    expect(raw.head).toMatch(/content-encoding: br/i);
    expect((JSON.parse(brotliDecompressSync(raw.body).toString()) as { many: unknown[] }).many).toHaveLength(200);
    expect((await rawGet(`/api/figures?place=${province}`, 'br;q=0, gzip')).head).toMatch(/content-encoding: gzip/i);
    expect((await rawGet(`/api/figures?place=${province}`, 'identity')).head).not.toMatch(/content-encoding/i);
  });

  it('stream files under names that can do no harm', async () => {
    const plain = await som.get(`/api/file?name=${encodeURIComponent('risk 2026.csv')}`, asSom);
    expect(plain.headers.get('content-disposition')).toBe('attachment; filename="risk 2026.csv"');
    expect(plain.text).toBe(await readFile(new URL(import.meta.url), 'utf8'));
    const thai = await som.get(`/api/file?name=${encodeURIComponent('แผนที่.csv')}`, asSom);
    expect(thai.headers.get('content-disposition')).toMatch(/^attachment; filename="_+\.csv"; filename\*=UTF-8''%E0%B9%81/);
    const evil = await som.get(`/api/file?name=${encodeURIComponent('../../=cmd|"\r\nset-cookie: a=b;.csv')}`, asSom);
    expect(evil.headers.get('content-disposition')).not.toMatch(/\.\.|"[^"]*"[^"]*"|[\r\n]/);
    expect(evil.headers.get('set-cookie')).not.toMatch(/a=b/);
  });

  it('carry a strict policy, and the one foreign host is the one that draws the map', async () => {
    const policy = (await som.get('/api/open')).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(policy).toContain("worker-src 'self' blob:");
    expect(policy).toContain("img-src 'self' data: blob: https://*.tiles.example.org");
    expect(policy).toContain("frame-ancestors 'none'");
    expect((await som.get('/api/open')).headers.get('strict-transport-security')).toMatch('max-age=');
  });

  it('come from the same site only, the public one of a proxy included', async () => {
    expect((await som.post('/api/write', { what: 'own' }, { ...asSom, origin: 'https://waymark.example.org' })).status).toBe(201);
    expect((await som.post('/api/write', { what: 'evil' }, { ...asSom, origin: 'https://waymark.example.org.evil.example' })).body).toEqual(
      problem('not-allowed', 403),
    );
    expect(await audited('evil')).toBe(0);
  });

  it('say that the house is not ready while it is not', async () => {
    expect((await som.get('/healthz')).body).toEqual(problem('not-ready', 503));
  });
});

describe('uploads', () => {
  const form = (files: Parameters<Client['upload']>[1], fields: Record<string, string> = { dryRun: 'true', kind: 'places' }) => {
    const client = new Client(url);
    return fetchForm(client, files, fields);
  };

  it('arrive on disk under names of ours, and are gone after the answer', async () => {
    const answer = await form([
      { field: 'file', name: '../../etc/=passwd.csv', content: 'a;b\n1;2' },
      { field: 'mapping', name: 'แผน.yaml', content: 'x: 1' },
    ]);
    expect(answer).toMatchObject({
      body: { dryRun: true, kind: 'places' },
      uploads: [
        { fieldName: 'file', fileName: 'passwd.csv', bytes: 7, text: 'a;b\n1;2', within: true },
        { fieldName: 'mapping', fileName: 'แผน.yaml', within: true },
      ],
    });
    await gone();
  });

  it('are refused when too large, without the right, or in the wrong shape, and leave nothing', async () => {
    expect(await form([{ field: 'file', name: 'big.csv', content: 'x'.repeat(1024 * 1024 + 1) }])).toEqual(problem('too-large', 413));
    expect(await form([], { dryRun: 'perhaps', kind: 'places' })).toMatchObject({ detail: 'dryRun: must be boolean (in the body).' });
    expect(await form(Array.from({ length: mostFiles + 1 }, (_, i) => ({ field: `f${i}`, name: 'a', content: 'a' })))).toEqual(
      problem('too-large', 413),
    );
    expect((await som.post('/api/form', { dryRun: true }, asSom)).body).toEqual(problem('bad-input', 400));
    expect((await som.upload('/api/form', [{ field: 'file', name: 'a', content: 'a' }])).body).toEqual(problem('not-signed-in', 401));
    await gone();
  });

  it('that break off leave nothing', async () => {
    await new Promise<void>((done) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1', () => {
        socket.write(
          'POST /api/form HTTP/1.1\r\nhost: x\r\nx-person: som\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 100000\r\n\r\n--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nhalf',
        );
        setTimeout(() => {
          socket.destroy();
          done();
        }, 200);
      });
    });
    await gone();
  });

  async function gone(): Promise<void> {
    await expect.poll(() => (existsSync(folder) ? readdirSync(folder) : []), { timeout: 5000 }).toEqual([]);
  }
});

describe('when more come at once than there are connections', () => {
  it('whoever waited too long is told to come again, and that nothing was changed', async () => {
    const pool = new pg.Pool({ connectionString: db.urls.app, max: 1, connectionTimeoutMillis: 3000 });
    const held = await pool.connect();
    expect(toProblem(await pool.connect().catch((error: unknown) => error))).toMatchObject({ code: 'busy', status: 503 });
    held.release();
    await pool.end();
  });
});

describe('the log', () => {
  it('knows the route and never the address', async () => {
    await som.get(`/api/figures?place=${province}&kind=a`, asSom);
    const all = lines.filter((line) => line.includes('reqId')).join('');
    expect(all).toContain('"route":"/api/figures"');
    expect(all).not.toContain(province);
    expect(all).not.toMatch(/127\.0\.0\.1|x-person|"url"/);
  });
});

async function fetchForm(client: Client, files: Parameters<Client['upload']>[1], fields: Record<string, string>): Promise<unknown> {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  for (const file of files) body.append(file.field, new Blob([file.content]), file.name);
  const response = await fetch(`${client.url}/api/form`, { method: 'POST', body, headers: asSom });
  return response.json();
}

/** Bytes as they travel: fetch would unpack them. */
function rawGet(path: string, encoding: string): Promise<{ head: string; body: Buffer }> {
  return new Promise((done, fail) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () =>
      socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nx-person: som\r\nconnection: close\r\naccept-encoding: ${encoding}\r\n\r\n`),
    );
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', fail);
    socket.on('end', () => {
      const all = Buffer.concat(chunks),
        at = all.indexOf('\r\n\r\n');
      done({ head: all.subarray(0, at).toString(), body: all.subarray(at + 4) });
    });
  });
}

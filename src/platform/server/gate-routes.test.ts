// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHttp } from './gate-http.ts';
import { describeApi, serveApiDescription, type ApiDocument } from './openapi.ts';

let app: FastifyInstance;
beforeEach(async () => {
  app = await openHttp({
    log: pino({ level: 'silent' }),
    newId: () => 'one',
    publicOrigin: null,
    trustProxy: false,
    tilesUrl: null,
    isReady: async () => true,
  });
  await describeApi(app, '1');
});
afterEach(() => app?.close());
const answer = async () => ({ ok: true });

describe('a route past the gate', () => {
  it.each(['/api/planted', '/api/people/:id', '/:room/planted', '/planted', '/api/openapi.json/x'])(
    'without a rule keeps the server from starting: %s',
    (url) => {
      expect(() => app.get(url, answer)).toThrow(`GET ${url} states no rule`);
    },
  );

  it('does so from within a plugin, by any method, and when it hides or claims a rule that nobody enforces', async () => {
    expect(() => app.route({ method: ['PUT', 'DELETE'], url: '/api/planted', handler: answer })).toThrow('PUT and DELETE /api/planted');
    expect(() => app.get('/api/planted', { schema: { hide: true }, config: { rule: { may: 'public' } } }, answer)).toThrow('is hidden');
    expect(() => app.get('/api/planted', { config: { rule: { may: 'people.read' } } }, answer)).toThrow('nothing enforces');
    void app.register(async (inner) => void inner.get('/planted', answer), { prefix: '/api' });
    await expect(app.ready()).rejects.toThrow('GET /api/planted states no rule');
  });

  it('with a rule for everybody stands in the description; the description itself needs none', async () => {
    app.get('/api/open', { config: { rule: { may: 'public' } } }, answer);
    serveApiDescription(app);
    await app.ready();
    expect(Object.keys((app.swagger() as unknown as ApiDocument).paths)).toEqual(['/api/open']);
  });
});

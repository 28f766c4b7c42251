// SPDX-License-Identifier: AGPL-3.0-or-later
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import rateLimit from '@fastify/rate-limit';
import '@fastify/swagger';
import fastify, { LogController, type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { Problem } from '../domain/problem.ts';
import { refuseOtherSites } from './gate.ts';
import { answerError } from './gate-problem.ts';
import { withoutRows } from './log-errors.ts';
import { refuseUnruled } from './gate-routes.ts';
import { validatorCompiler } from './gate-validate.ts';

export interface HttpOptions {
  readonly log: Logger;
  readonly newId: () => string;
  /** `https://waymark.example.org` behind a TLS proxy; null when this process is reached directly. */
  readonly publicOrigin: string | null;
  /** Addresses of proxies whose forwarding headers are believed, as Fastify's trustProxy takes them. */
  readonly trustProxy: string | false;
  /** Address template of map tiles; its host is the one foreign host that pages may load from. */
  readonly tilesUrl: string | null;
  /** True when everything that /healthz speaks for works. */
  isReady(): Promise<boolean>;
}

/** An HTTP server with everything that is the same for all addresses: headers, logging, problems, size limits, health. */
export async function openHttp(options: HttpOptions): Promise<FastifyInstance> {
  const app: FastifyInstance = fastify({
    loggerInstance: withoutRows(options.log),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: options.newId,
    requestIdHeader: false,
    trustProxy: options.trustProxy,
    bodyLimit: 1024 * 1024,
    exposeHeadRoutes: false,
    routerOptions: { caseSensitive: true, maxParamLength: 200 },
    forceCloseConnections: 'idle',
  }) as unknown as FastifyInstance;
  refuseUnruled(app);
  app.setValidatorCompiler(validatorCompiler(false));
  app.setErrorHandler(answerError);
  readJson(app);
  logRequests(app);
  app.addHook('onRequest', async (request) => {
    refuseOtherSites(request, options.publicOrigin);
  });
  await app.register(helmet, headers(options));
  await app.register(rateLimit, { global: false, errorResponseBuilder: () => new Problem('too-many-requests') });
  await app.register(multipart);
  answerHealth(app, options);
  letGoOfTheIdle(app);
  return app;
}

/**
 * When it closes, every line goes on which nothing is being answered: also one that falls idle only then, which its browser would keep for more than a
 * minute, and one that a browser opened ahead and never used, which Node waits for until the browser lets go.
 */
function letGoOfTheIdle(app: FastifyInstance): void {
  const idle = new Set<Socket>();
  app.server.on('connection', (socket: Socket) => {
    idle.add(socket);
    socket.once('close', () => idle.delete(socket));
  });
  app.server.on('request', ({ socket }: IncomingMessage, answer: ServerResponse) => {
    idle.delete(socket);
    answer.once('close', () => !socket.destroyed && idle.add(socket));
  });
  app.addHook('preClose', async () => {
    if (!app.server.listening) return;
    const timer = setInterval(() => idle.forEach((socket) => socket.destroy()), 50);
    app.server.once('close', () => clearInterval(timer));
  });
}

/** JSON only; a POST without a body is no mistake. Text bodies would let another site's form in without asking the browser. */
function readJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser(['text/plain', 'application/json']);
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else parse(request, body as string, done);
  });
}

/** One line a request: the route's pattern, never the address, which may hold an id, a search for a name, or worse. */
function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        method: request.method,
        route: request.routeOptions.url ?? '(none)',
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
      },
      'request',
    );
  });
}

function answerHealth(app: FastifyInstance, options: HttpOptions): void {
  app.get('/healthz', { schema: { hide: true } }, async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    if (!(await options.isReady())) throw new Problem('not-ready');
    return { ready: true };
  });
}

function headers(options: HttpOptions): Parameters<typeof helmet>[1] {
  const tiles = tilesOrigin(options.tilesUrl);
  const https = options.publicOrigin?.startsWith('https:') ?? false;
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'script-src': ["'self'"],
        'script-src-attr': ["'none'"],
        // Charts and the map set styles as they draw.
        'style-src': ["'self'", "'unsafe-inline'"],
        'img-src': ["'self'", 'data:', 'blob:', ...tiles],
        'font-src': ["'self'", 'data:'],
        'connect-src': ["'self'", ...tiles],
        'worker-src': ["'self'", 'blob:'],
        'child-src': ["'self'", 'blob:'],
        'manifest-src': ["'self'"],
        'object-src': ["'none'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
        ...(https ? { 'upgrade-insecure-requests': [] } : {}),
      },
    },
    strictTransportSecurity: https ? { maxAge: 31_536_000 } : false,
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginEmbedderPolicy: false,
    xFrameOptions: { action: 'deny' },
  };
}

/** `https://tiles.example.org/{z}/{x}/{y}.png` -> its origin; templates with a {s} for the host stand for any host of that domain. */
export function tilesOrigin(tilesUrl: string | null): string[] {
  if (!tilesUrl) return [];
  const match = /^(https?):\/\/([^/?#;,\s']+)(?:\/[^\s;,']*)?$/i.exec(tilesUrl);
  if (!match?.[1] || !match[2]) throw new Error('WAYMARK_TILES_URL must be an address such as https://tiles.example.org/{z}/{x}/{y}.png.');
  const host = match[2].replace(/^\{[^}]+\}\./, '*.');
  if (!/^(\*\.)?[a-z0-9.:[\]-]+$/i.test(host))
    throw new Error('WAYMARK_TILES_URL must be an address such as https://tiles.example.org/{z}/{x}/{y}.png.');
  return [`${match[1].toLowerCase()}://${host}`];
}

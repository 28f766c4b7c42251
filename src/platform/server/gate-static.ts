// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import staticFiles from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../domain/problem.ts';

/** Vite puts the hash of a file's contents into its name, so such a file never changes. */
const hashed = /-[\w-]{8,}\.(js|css|woff2?|svg|png|webp|wasm|json)(\.(br|gz))?$/;

/**
 * Serves the built pages, squeezed ones first, and index.html for every address that is a page of the application. What lies in
 * the folder now is served, not what lay there at the start: pages may be built anew under a running server. Without a built
 * folder (tests of the API) every such address is a plain "nothing here".
 */
export async function serveWeb(app: FastifyInstance, webDir: string | null): Promise<void> {
  const built = webDir !== null && existsSync(join(webDir, 'index.html'));
  if (built) {
    await app.register(staticFiles, {
      root: webDir,
      prefix: '/',
      preCompressed: true,
      cacheControl: false,
      index: ['index.html'],
      schemaHide: true,
      allowedPath: (path) => !/\.(br|gz|map)$/.test(path),
      setHeaders: (reply, path) => {
        const forEver = path.includes(`${sep}assets${sep}`) && hashed.test(path);
        reply.header('cache-control', forEver ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    if (built && isPage(request)) return reply.sendFile('index.html');
    throw new Problem('not-found');
  });
}

/** A page, not a missing script or picture: those must fail, or a browser would run the start page as a script. */
function isPage(request: FastifyRequest): boolean {
  const path = request.url.split('?')[0] ?? '';
  if (request.method !== 'GET') return false;
  if (path === '/api' || path.startsWith('/api/') || path.startsWith('/assets/')) return false;
  return !/\.[A-Za-z0-9]{1,8}$/.test(path);
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FileAnswer } from './endpoint.ts';
import { safeFileName } from './gate-upload.ts';

const gzipped = promisify(gzip);
const brotlied = promisify(brotliCompress);

/** Below this a packet is a packet: squeezing it costs more than it saves. */
const smallestToCompress = 1024;
const compressible = /^(application\/(.*\+)?json|application\/problem\+json|text\/)/;

export function isFileAnswer(answer: unknown): answer is FileAnswer {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'kind' in answer &&
    answer.kind === 'file' &&
    'contentType' in answer &&
    'body' in answer
  );
}

/**
 * The name a browser saves a file under. RFC 6266: a plain twin for old software, and the full name in any script beside it.
 * Control characters, quotes and folders are gone before either is written, so a name can never end the header.
 */
export function contentDisposition(fileName: string): string {
  const safe = safeFileName(fileName);
  const ascii = safe.replace(/[^\x20-\x7e]/g, '_').replace(/["\\]/g, '_');
  const encoded = encodeURIComponent(safe).replace(/['()*!]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return ascii === safe ? `attachment; filename="${ascii}"` : `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

export function sendFile(reply: FastifyReply, file: FileAnswer): FastifyReply {
  return reply.type(file.contentType).header('content-disposition', contentDisposition(file.fileName)).send(file.body);
}

/** Weak, because the same answer may travel plain or squeezed. */
function etagOf(payload: string | Buffer): string {
  return `W/"${createHash('sha256').update(payload).digest('base64url').slice(0, 27)}"`;
}

function knows(header: string | undefined, etag: string): boolean {
  return header !== undefined && (header === '*' || header.split(',').some((tag) => tag.trim() === etag));
}

/**
 * An onSend hook: caching as the endpoint declares it (nothing is kept unless it says so, and then by the reader's own browser
 * only), 304 when the reader has this very answer, and compression for slow lines.
 */
export async function finishAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  cacheSeconds: number | undefined,
): Promise<unknown> {
  const body = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : null;
  if (reply.statusCode === 200 && cacheSeconds !== undefined) {
    reply.header('cache-control', `private, max-age=${cacheSeconds}, must-revalidate`);
    reply.header('vary', 'Cookie, Accept-Encoding');
    if (body !== null) {
      const etag = etagOf(body);
      reply.header('etag', etag);
      if (knows(request.headers['if-none-match'], etag)) {
        reply.code(304).removeHeader('content-length').removeHeader('content-type');
        return null;
      }
    }
  } else if (!reply.hasHeader('cache-control')) {
    reply.header('cache-control', 'no-store');
  }
  return body === null ? payload : compress(request, reply, body);
}

async function compress(request: FastifyRequest, reply: FastifyReply, body: string | Buffer): Promise<string | Buffer> {
  const type = String(reply.getHeader('content-type') ?? '');
  if (body.length < smallestToCompress || !compressible.test(type) || reply.hasHeader('content-encoding')) return body;
  const accepted = String(request.headers['accept-encoding'] ?? '');
  const encoding = /\bbr\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accepted)
    ? 'br'
    : /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accepted)
      ? 'gzip'
      : null;
  if (encoding === null) return body;
  const squeezed =
    encoding === 'br'
      ? await brotlied(body, {
          params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(body) },
        })
      : await gzipped(body);
  reply.header('content-encoding', encoding).header('vary', 'Cookie, Accept-Encoding').header('content-length', squeezed.length);
  return squeezed;
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { problemCatalogue, type ProblemCode } from '../domain/problem.ts';
import type { Endpoint, Rule } from './endpoint.ts';
import { rightsNamed } from './gate-authorise.ts';
import { apiPage, problemPage, problemsPage } from './openapi-page.ts';

const codes = Object.keys(problemCatalogue) as ProblemCode[];

/** What GET /api/openapi.json answers, as far as this house reads it itself. */
export interface ApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> };
}
export interface ApiOperation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema?: unknown }[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: unknown }>> };
  readonly responses?: Readonly<
    Record<string, { readonly description?: string; readonly content?: Readonly<Record<string, { readonly schema?: unknown }>> }>
  >;
  /** Who may call it: the very rule that the gate enforces. */
  readonly 'x-waymark-rule'?: Rule;
}

const problemSchema = {
  title: 'Problem',
  description: 'RFC 9457. The last part of `type` is one of the codes below, each explained at its own address.',
  type: 'object',
  required: ['type', 'title', 'status', 'instance'],
  properties: {
    type: { type: 'string', enum: codes.map((code) => `/problems/${code}`) },
    title: { type: 'string', description: 'True of every occurrence of this type.' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What happened this time.' },
    at: {
      type: 'object',
      description: 'Where in a file; rows count from 1 with the header as row 1.',
      required: ['file'],
      properties: { file: { type: 'string' }, row: { type: 'integer' }, column: { type: 'string' } },
    },
    instance: { type: 'string', description: 'The request, as the log knows it.' },
  },
};

/** Must be registered before the routes it describes. */
export async function describeApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Waymark',
        version,
        license: { name: 'AGPL-3.0-or-later', identifier: 'AGPL-3.0-or-later' },
        description:
          'Sign in at /api/auth/sign-in/username; the session travels in a cookie. Every refusal is a problem document (RFC 9457).',
      },
      components: { securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'waymark.session_token' } } },
    },
    // Problem is the one schema with a name; the rest are written where they stand.
    refResolver: { buildLocalReference: (json, _base, _fragment, i) => (typeof json.$id === 'string' ? json.$id : `schema-${i}`) },
    transform: ({ schema, url, route }) => {
      const { endpoint, rule } = route.config ?? {};
      if (!rule) return { schema: { ...schema, hide: true }, url }; // one of the few that gate-routes.ts names
      return {
        schema: {
          ...schema,
          ...ruleWords(rule),
          response: { ...(schema as { response?: object } | undefined)?.response, ...problemResponses(endpoint, rule) },
        },
        url,
      };
    },
    transformObject: (found) => {
      if (!('openapiObject' in found)) return found.swaggerObject;
      const components = {
        ...found.openapiObject.components,
        schemas: { ...found.openapiObject.components?.schemas, Problem: problemSchema },
      };
      return { ...found.openapiObject, components } as typeof found.openapiObject;
    },
  });
}

/** The document and its readable twin; public, because it describes and tells nothing. */
export function serveApiDescription(app: FastifyInstance): void {
  const document = (): ApiDocument => app.swagger() as unknown as ApiDocument;
  const html = 'text/html; charset=utf-8';
  app.get('/api/openapi.json', { schema: { hide: true } }, async (_request, reply) =>
    reply.header('cache-control', 'no-cache').send(document()),
  );
  app.get('/api', { schema: { hide: true } }, async (_request, reply) => reply.type(html).send(apiPage(document())));
  app.get('/api/', { schema: { hide: true } }, async (_request, reply) => reply.redirect('/api', 308));
  app.get('/problems', { schema: { hide: true } }, async (_request, reply) => reply.type(html).send(problemsPage()));
  app.get<{ Params: { code: string } }>('/problems/:code', { schema: { hide: true } }, async (request, reply) => {
    const page = problemPage(request.params.code);
    return page === null ? reply.callNotFound() : reply.type(html).send(page);
  });
}

function ruleWords(rule: Rule): Record<string, unknown> {
  const who =
    rule.may === 'public'
      ? 'For everybody, without signing in.'
      : rule.may === 'signed-in'
        ? `For everybody who is signed in${'half' in rule && rule.half ? ', also before the second proof' : ''}.`
        : `For those with the right ${rightsNamed(rule)
            .map((right) => `\`${right}\``)
            .join(' or ')}.`;
  const where =
    'place' in rule && rule.place
      ? ` The place in \`${rule.place.field}\` must lie in the caller's area${rule.place.large ? ', or be a country, a province or a district' : ''}.`
      : '';
  return { 'x-waymark-rule': rule, description: who + where, security: rule.may === 'public' ? [] : [{ session: [] }] };
}

/** What the gate itself may answer under this rule, and what the endpoint says beyond. */
export function problemsOf(spec: Endpoint | undefined, rule: Rule): ReadonlySet<ProblemCode> {
  const found = new Set<ProblemCode>(['internal', 'busy', 'not-ready', ...(spec?.problems ?? [])]);
  if (rule.may !== 'public') found.add('not-signed-in');
  if (rule.may !== 'public' && !('half' in rule && rule.half)) found.add('second-proof-needed');
  if (rule.may !== 'public' && rule.may !== 'signed-in') found.add('not-allowed');
  if ('place' in rule && rule.place) found.add('outside-your-area').add('not-found');
  if (spec?.params || spec?.query || spec?.body || spec?.upload) found.add('bad-input');
  if (spec?.body || spec?.upload) found.add('too-large');
  if (spec && spec.method !== 'GET') found.add('storage-full').add('not-allowed');
  return found;
}

function problemResponses(spec: Endpoint | undefined, rule: Rule): Record<string, unknown> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of problemsOf(spec, rule)) {
    const { status } = problemCatalogue[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, found]) => [
      status,
      {
        description: found.map((code) => `\`${code}\`: ${problemCatalogue[code].title}.`).join(' '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}

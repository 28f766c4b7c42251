// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Kysely } from 'kysely';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Actor, Caller, Clock, NewId } from '../domain/actor.ts';
import { Problem } from '../domain/problem.ts';
import { withActor } from './db.ts';
import type { AuditEntry, Ctx, Endpoint, Rule, Tx } from './endpoint.ts';
import { finishAnswer, isFileAnswer, sendFile } from './gate-answer.ts';
import { checkPlace, checkRight, rightsNamed, type FindPlace } from './gate-authorise.ts';
import { cameSecond } from './gate-problem.ts';
import { serializerOf } from './gate-serialize.ts';
import { discardForm, receiveForm, type ReceivedForm } from './gate-upload.ts';
import { closed, validatorCompiler } from './gate-validate.ts';
import type { UploadRoom } from './upload-room.ts';

/** What the gate needs of the rooms above it; `app/server.ts` brings them together. */
export interface GatePorts {
  /** Connections of the restricted role that row security binds. */
  readonly db: Kysely<unknown>;
  /** Who is behind these cookies, and the cookies to send back where a session was renewed. */
  authenticate(request: FastifyRequest): Promise<{ readonly actor: Actor | null; readonly setCookies: readonly string[] }>;
  readonly findPlace: FindPlace;
  writeAudit(tx: Tx, actorId: string, entry: AuditEntry, newId: NewId): Promise<void>;
  /** A rule with a right that no role could have is a mistake, told at start. */
  knownRight(word: string): boolean;
  /** `https://waymark.example.org` behind a proxy; else the address that was asked for is the site's own. */
  readonly publicOrigin?: string | null;
  readonly uploadFolder: string;
  /** How much all uploads together may take; unlimited without it. */
  readonly uploadRoom?: UploadRoom;
  readonly now: Clock;
  readonly newId: NewId;
  /** Tests: an answer that does not keep the schema it is described by fails instead of leaving fields out. */
  readonly checkAnswers?: boolean;
}

interface GateState {
  actor: Actor | null;
  form: ReceivedForm | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    gate: GateState | null;
  }
  interface FastifyContextConfig {
    endpoint?: Endpoint;
    rule?: Rule;
  }
}

/** Nobody: what an unsigned request may do in the database, which is nothing. */
const nobody: Actor = { accountId: '', userName: '', displayName: '', locale: 'en', roles: [], rights: new Set(), scopes: [], posts: [] };

/** Puts endpoints behind the gate. Throws at once when one of them names a right that does not exist. */
export function registerEndpoints(app: FastifyInstance, endpoints: readonly Endpoint[], ports: GatePorts): void {
  if (!app.hasRequestDecorator('gate')) app.decorateRequest('gate', null);
  for (const spec of endpoints) {
    const typo = rightsNamed(spec.rule).find((right) => !ports.knownRight(right));
    if (typo !== undefined) throw new Error(`${spec.method} ${spec.path} asks for "${typo}", which is no right.`);
    app.route(routeOf(spec, ports));
  }
}

function routeOf(spec: Endpoint, ports: GatePorts): RouteOptions {
  const serialize = serializerOf(spec.response);
  let answerCheck: ReturnType<typeof Compile> | null = null; // made when something is answered: tests start many servers and ask few questions
  return {
    method: spec.method,
    url: spec.path,
    config: { endpoint: spec, rule: spec.rule },
    schema: schemaOf(spec),
    validatorCompiler: validatorCompiler(spec.upload !== undefined),
    serializerCompiler: () => serialize,
    onRequest: async (request, reply) => {
      const state: GateState = { actor: null, form: null };
      request.gate = state;
      if (spec.rule.may === 'public') return;
      const found = await ports.authenticate(request);
      if (found.setCookies.length > 0) reply.header('set-cookie', [...found.setCookies]);
      checkRight(spec.rule, found.actor);
      state.actor = found.actor;
    },
    preValidation: async (request, reply) => {
      if (!spec.upload || !request.gate) return;
      request.gate.form = await receiveForm(request, ports.uploadFolder, spec.upload.maxBytes, ports.uploadRoom).catch((error: unknown) => {
        reply.header('connection', 'close'); // the rest of the form may still be on its way
        throw error;
      });
      request.body = { ...request.gate.form.fields };
    },
    preHandler: async (request) => {
      await checkPlace(spec.rule, request.gate?.actor ?? null, request, ports.findPlace);
    },
    handler: async (request, reply) => {
      const answer = await run(spec, ports, request);
      if (isFileAnswer(answer)) return sendFile(reply.code(spec.status ?? 200), answer);
      if (ports.checkAnswers) answerCheck ??= Compile(spec.response);
      if (answerCheck && spec.status !== 204 && !answerCheck.Check(answer)) {
        const first = answerCheck.Errors(answer)[0];
        throw new Error(`${spec.method} ${spec.path} answered something else than it describes: ${first?.instancePath} ${first?.message}`);
      }
      return spec.status === 204 ? reply.code(204).send() : reply.code(spec.status ?? 200).send(answer);
    },
    onSend: (request, reply, payload) => finishAnswer(request, reply, payload, spec.cacheSeconds),
    onResponse: dropForm,
    onRequestAbort: async (request) => {
      await dropForm(request);
    },
  };
}

/**
 * The transaction: everything the handler wrote, its audit row included, is committed before the first byte of the answer leaves. Who comes second
 * of two that write the same at once (a phone that sent again before it was answered) is heard once more, and finds what the first has written.
 */
async function run(spec: Endpoint, ports: GatePorts, request: FastifyRequest): Promise<unknown> {
  const actor = request.gate?.actor ?? null;
  const committed = async (): Promise<Committed> => {
    try {
      return await once(spec, ports, request, actor);
    } catch (error) {
      if (spec.upload || !cameSecond(error)) throw error;
      return once(spec, ports, request, actor);
    }
  };
  const { answer, after } = await committed().catch(async (error: unknown) => {
    const entry = error instanceof Problem ? error.record : undefined;
    if (entry && actor) await withActor(ports.db, actor, (tx) => ports.writeAudit(tx, actor.accountId, entry, ports.newId));
    throw error;
  });
  for (const work of after) await work();
  return answer;
}

interface Committed {
  readonly answer: unknown;
  /** What is to be done now that it is. */
  readonly after: readonly (() => Promise<void>)[];
}

async function once(spec: Endpoint, ports: GatePorts, request: FastifyRequest, actor: Actor | null): Promise<Committed> {
  const after: (() => Promise<void>)[] = [];
  const answer = await withActor(ports.db, actor ?? nobody, (tx) => {
    const audit = async (entry: AuditEntry): Promise<void> => {
      if (!actor) throw new Error(`${spec.method} ${spec.path} is public and has nobody to write into the record.`);
      await ports.writeAudit(tx, actor.accountId, entry, ports.newId);
    };
    const ctx: Omit<Ctx, 'actor'> & { actor: Actor | null } = {
      tx,
      actor,
      params: request.params,
      query: request.query,
      body: request.body,
      now: ports.now(),
      newId: ports.newId,
      audit,
      afterCommit: (work) => void after.push(work),
      uploads: request.gate?.form?.uploads ?? [],
      caller: callerOf(request, ports.publicOrigin),
    };
    return spec.handle(ctx as Ctx);
  });
  return { answer, after };
}

export function callerOf(request: FastifyRequest, publicOrigin: string | null | undefined): Caller {
  return { address: request.ip, origin: publicOrigin ?? `${request.protocol}://${request.host}` };
}

function schemaOf(spec: Endpoint): Record<string, unknown> {
  const schema: Record<string, unknown> = { summary: spec.summary, tags: [spec.tag] };
  if (spec.params) schema['params'] = spec.params;
  if (spec.query) schema['querystring'] = spec.query;
  if (spec.body) schema['body'] = closed(spec.body);
  if (spec.upload) schema['consumes'] = ['multipart/form-data'];
  schema['response'] = spec.status === 204 ? {} : { [spec.status ?? 200]: readable(spec) };
  return schema;
}

/** A file is described by its content type alone; anything else by its schema, and fields that the schema does not name stay here. */
function readable(spec: Endpoint): TSchema | Record<string, unknown> {
  if (!spec.files) return spec.response;
  return {
    description: spec.summary,
    content: Object.fromEntries(spec.files.map((type) => [type, { schema: { type: 'string', format: 'binary' } }])),
  };
}

async function dropForm(request: FastifyRequest, _reply?: FastifyReply): Promise<void> {
  const form = request.gate?.form;
  if (!form || !request.gate) return;
  request.gate.form = null;
  await discardForm(form.folder);
}

/** For routes outside the gate that still must not be reached from another site's page. */
export function refuseOtherSites(request: FastifyRequest, ownOrigin: string | null): void {
  if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') return;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    throw new Problem('not-allowed', 'This request came from another site.');
  const origin = request.headers.origin;
  if (origin === undefined) return;
  if (ownOrigin !== null && origin === ownOrigin) return;
  if (!URL.canParse(origin) || new URL(origin).host !== request.host)
    throw new Problem('not-allowed', 'This request came from another site.');
}

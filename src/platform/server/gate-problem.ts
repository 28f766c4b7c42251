// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Problem, problemCatalogue, type JoinedRecord, type ProblemCode } from '../domain/problem.ts';
import { sentenceOf } from './gate-validate.ts';

/** RFC 9457, as it leaves the house. */
export interface ProblemAnswer {
  readonly type: `/problems/${ProblemCode}`;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly at?: { readonly file: string; readonly row?: number; readonly column?: string };
  readonly joined?: JoinedRecord;
  /** The request's id: what to tell the administrator. */
  readonly instance: string;
}

/** SQLSTATE -> what it means to the person who asked. Anything else is our fault and says nothing of the database. */
const bySqlState: Readonly<Record<string, ProblemCode>> = {
  '42501': 'not-allowed', // insufficient_privilege: the database's own wall
  '23505': 'already-there', // unique_violation
  '53100': 'storage-full', // disk_full
  '22P02': 'bad-input', // invalid_text_representation
  '22003': 'bad-input', // numeric_value_out_of_range
  '22007': 'bad-input', // invalid_datetime_format
  '22008': 'bad-input', // datetime_field_overflow
  '22021': 'bad-input', // character_not_in_repertoire: a zero byte in a text
  '40001': 'changed-meanwhile', // serialization_failure
  '40P01': 'changed-meanwhile', // deadlock_detected
  '57014': 'cancelled', // query_canceled
  '53300': 'not-ready', // too_many_connections
  '57P01': 'not-ready', // admin_shutdown
  '57P03': 'not-ready', // cannot_connect_now
  WM003: 'people-not-kept', // ours, whatever room asks (db/migrations/0022)
};

const byNodeCode: Readonly<Record<string, ProblemCode>> = {
  ENOSPC: 'storage-full',
  EDQUOT: 'storage-full',
  ECONNREFUSED: 'not-ready',
  ECONNRESET: 'not-ready', // the database's line broke, perhaps after it had committed: to be sent again; a reader who went away hears nothing either way
  ERR_STREAM_PREMATURE_CLOSE: 'cancelled',
};

const byFastifyCode: Readonly<Record<string, readonly [ProblemCode, string?]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['too-large'],
  FST_REQ_FILE_TOO_LARGE: ['too-large'],
  FST_FILES_LIMIT: ['too-large', 'Send fewer files at once.'],
  FST_PARTS_LIMIT: ['too-large', 'The form has too many parts.'],
  FST_FIELDS_LIMIT: ['too-large', 'The form has too many fields.'],
  FST_INVALID_MULTIPART_CONTENT_TYPE: ['bad-input', 'Send this as multipart/form-data.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['bad-input', 'Send the body as application/json.'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['bad-input', 'The body is not JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['bad-input', 'The body does not have the length that was announced.'],
  FST_ERR_BAD_URL: ['bad-input', 'The address cannot be read.'],
  FST_ERR_NOT_FOUND: ['not-found'],
};

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

const ofSecond: ReadonlySet<string> = new Set(['23505', '40001', '40P01']);
/** Whether somebody else wrote the same, or the same rows, at the same moment and was first. */
export const cameSecond = (error: unknown): boolean =>
  ofSecond.has(codeOf(error)) || (error instanceof Problem && ofSecond.has(codeOf(error.cause)));

/** The pool of connections tells it by its words alone. */
const isPoolExhausted = (error: unknown): boolean => error instanceof Error && error.message === 'timeout exceeded when trying to connect';

/** Every thrown thing becomes a Problem; what is not understood becomes `internal`, whose text never leaves the log. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const validation = (error as Partial<FastifyError> | null)?.validation;
  if (validation) return new Problem('bad-input', sentenceOf(validation, (error as FastifyError).validationContext), { cause: error });
  const code = codeOf(error);
  const fastify = byFastifyCode[code];
  if (fastify) return new Problem(fastify[0], fastify[1], { cause: error });
  const known = bySqlState[code] ?? byNodeCode[code] ?? (isPoolExhausted(error) ? 'busy' : undefined);
  if (known) return new Problem(known, undefined, { cause: error });
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  if (status === 429) return new Problem('too-many-requests', undefined, { cause: error });
  if (typeof status === 'number' && status >= 400 && status < 500) return new Problem('bad-input', undefined, { cause: error });
  return new Problem('internal', undefined, { cause: error });
}

export function problemAnswer(problem: Problem, requestId: string): ProblemAnswer {
  return {
    type: `/problems/${problem.code}`,
    title: problemCatalogue[problem.code].title,
    status: problem.status,
    ...(problem.detail === undefined ? {} : { detail: problem.detail }),
    ...(problem.at === undefined ? {} : { at: problem.at }),
    ...(problem.joined === undefined ? {} : { joined: problem.joined }),
    instance: requestId,
  };
}

/** The one error handler. Our own faults are logged with their cause; refusals are not, they are the system doing its work. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = toProblem(error);
  if (problem.status >= 500 && problem.cause !== undefined) request.log.error({ err: problem.cause, code: problem.code }, 'request failed'); // as log-errors.ts writes it
  if (problem.code === 'busy') reply.header('retry-after', '5');
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json; charset=utf-8')
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(problemAnswer(problem, request.id));
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Logger } from 'pino';

/** How far causes are followed, and how many of several errors thrown as one are told. */
const deepest = 4,
  mostOfMany = 5;

/** What a log may hold of an error: never the fields in which the database repeats the row that it refused, its words or the query. */
export interface LoggedError {
  readonly type?: string;
  readonly code?: string;
  readonly message: string;
  readonly stack?: string;
  readonly constraint?: string;
  readonly table?: string;
  readonly cause?: LoggedError;
  readonly errors?: readonly LoggedError[];
}

/** Names what is told, so that a field which a library adds tomorrow is left out too. */
export function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { message: typeof error === 'string' ? error : 'something was thrown that is no error' };
  const { code, constraint, table, errors } = error as { code?: unknown; constraint?: unknown; table?: unknown; errors?: unknown };
  const deeper = depth < deepest;
  return {
    type: error.name,
    ...text('code', code),
    message: messageOf(error, code),
    ...text('stack', framesOf(error)),
    ...text('constraint', constraint),
    ...text('table', table),
    ...(deeper && error.cause !== undefined ? { cause: loggedError(error.cause, depth + 1) } : {}),
    ...(deeper && Array.isArray(errors) ? { errors: errors.slice(0, mostOfMany).map((one) => loggedError(one, depth + 1)) } : {}),
  };
}

/** The database quotes what it could not read (`invalid input syntax for type uuid: "..."`), which is what somebody typed. */
function messageOf(error: Error, code: unknown): string {
  return typeof code === 'string' && /^22...$/.test(code) ? error.message.replace(/".*"/s, '"..."') : error.message;
}

/** Where it was thrown, without what stands above: the message once more, as it was. */
function framesOf({ stack, message }: Error): string | undefined {
  const after = stack?.slice(Math.max(0, stack.indexOf(message)) + message.length);
  return after
    ?.split('\n')
    .filter((line) => /^ {4}at /.test(line))
    .join('\n');
}

function text<Name extends string>(name: Name, value: unknown): { readonly [K in Name]?: string } {
  return typeof value === 'string' ? ({ [name]: value } as { readonly [K in Name]: string }) : {};
}

/** The same log, in which no error repeats rows. */
export const withoutRows = (log: Logger): Logger => log.child({}, { serializers: { err: (error: unknown) => loggedError(error) } });

// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FilePlace, JoinedRecord, ProblemCode } from '../domain/problem.ts';
import { signal } from '@preact/signals';
import { hearTime } from './clock.ts';
import { language } from './i18n.ts';

/** `offline`: no answer at all. `unreadable`: an answer, but not ours (a proxy's error page). */
export type FailureCode = ProblemCode | 'offline' | 'unreadable';

/** No answer, or none that says what became of what was asked for. */
export const unanswered: readonly FailureCode[] = ['offline', 'unreadable', 'not-ready', 'internal'];

/** Every way a request fails, as screens catch it. `title` and `detail` are the server's words, in English. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: FailureCode;
  readonly title: string;
  readonly detail: string | undefined;
  readonly at: FilePlace | undefined;
  readonly joined: JoinedRecord | undefined;

  constructor(status: number, code: FailureCode, title: string, detail?: string, at?: FilePlace, joined?: JoinedRecord) {
    super(detail ? `${title}: ${detail}` : title);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = code;
    this.title = title;
    this.detail = detail;
    this.at = at;
    this.joined = joined;
  }
}

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** Counts up whenever the server says that nobody is signed in any more; the app then asks for the password where one stands. */
export const signedOutByServer = signal(0);

/** Counts up whenever the server wants a second proof before it answers; the app then asks for it. */
export const proofAskedByServer = signal(0);

/** What is closed to the reader, or not there (any more). */
export const isClosed = ({ code }: ApiProblem): boolean => code === 'not-found' || code === 'not-allowed' || code === 'outside-your-area';

/** What the reader last asked for that is closed; a new object each time. A page that shows what it belongs to looks whether that is closed too. */
export const closedByServer = signal<{ readonly path: string } | null>(null);

/** Everything after `/api`, with the query spelled out; empty, null and undefined values are left out. */
export function apiPath(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query))
    if (value !== undefined && value !== null && value !== '') search.set(key, String(value));
  const text = search.toString();
  return `/api${path}${text ? `?${text}` : ''}`;
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const body = response.headers.get('content-type')?.includes('json')
    ? ((await response.json().catch(() => null)) as Record<string, unknown> | null)
    : null;
  if (!body) return new ApiProblem(response.status, 'unreadable', response.statusText || String(response.status));
  const text = (key: string) => (typeof body[key] === 'string' ? body[key] : undefined);
  const code = text('code') ?? text('type')?.split('/').pop() ?? 'unreadable';
  return new ApiProblem(
    response.status,
    code as FailureCode,
    text('title') ?? text('message') ?? String(response.status),
    text('detail'),
    body.at as FilePlace | undefined,
    body.joined as JoinedRecord | undefined,
  );
}

async function call<T>(method: string, path: string, body: unknown, query: Query | undefined, options: CallOptions): Promise<T> {
  const isForm = body instanceof FormData;
  const headers: Record<string, string> = { accept: 'application/json', 'accept-language': language().code };
  if (body !== undefined && !isForm) headers['content-type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(apiPath(path, query), {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiProblem(0, 'offline', 'No answer');
  }
  hearTime(response);
  if (!response.ok) {
    const problem = await problemOf(response);
    if (problem.code === 'not-signed-in') signedOutByServer.value++;
    if (problem.code === 'second-proof-needed') proofAskedByServer.value++;
    if (isClosed(problem)) closedByServer.value = { path };
    throw problem;
  }
  if (response.status === 204) return undefined as T;
  try {
    return (await response.json()) as T;
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiProblem(response.status, 'unreadable', 'Unreadable answer');
  }
}

/** The server's JSON. Paths start after `/api`. @throws ApiProblem; on abort the fetch's own AbortError. */
export const api = {
  get: <T>(path: string, query?: Query, options: CallOptions = {}): Promise<T> => call<T>('GET', path, undefined, query, options),
  post: <T = unknown>(path: string, body: unknown = {}, options: CallOptions = {}): Promise<T> =>
    call<T>('POST', path, body, undefined, options),
  put: <T = unknown>(path: string, body: unknown, options: CallOptions = {}): Promise<T> => call<T>('PUT', path, body, undefined, options),
  patch: <T = unknown>(path: string, body: unknown, options: CallOptions = {}): Promise<T> =>
    call<T>('PATCH', path, body, undefined, options),
  delete: <T = unknown>(path: string, options: CallOptions = {}): Promise<T> => call<T>('DELETE', path, undefined, undefined, options),
};

/** Sends a form with files and tells how far it has come (0 to 1); fetch cannot. @throws ApiProblem, also when `signal` aborts it (`cancelled`). */
export function upload<T>(path: string, form: FormData, onProgress: (share: number) => void, signal?: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', apiPath(path));
    request.setRequestHeader('accept', 'application/json');
    request.setRequestHeader('accept-language', language().code);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.onerror = () => reject(new ApiProblem(0, 'offline', 'No answer'));
    request.onabort = () => reject(new ApiProblem(0, 'cancelled', 'Cancelled'));
    request.onload = () => {
      const response = new Response(request.responseText || null, {
        status: request.status,
        headers: { 'content-type': request.getResponseHeader('content-type') ?? '' },
      });
      const answer = response.ok ? (response.json() as Promise<T>) : problemOf(response).then((problem) => Promise.reject(problem));
      answer.then(resolve, reject);
    };
    signal?.addEventListener('abort', () => request.abort());
    request.send(form);
  });
}

// SPDX-License-Identifier: AGPL-3.0-or-later

export interface Answer<T = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON of the answer, or null where it is none. Tests state what they expect it to be. */
  readonly body: T;
}

export interface UploadFile {
  readonly field: string;
  readonly name: string;
  readonly content: string | Uint8Array<ArrayBuffer>;
  readonly type?: string;
}

/** A browser as far as the API can tell: it keeps cookies and says which site it is on. */
export class Client {
  readonly url: string;
  readonly #cookies = new Map<string, string>();

  constructor(url: string) {
    this.url = url;
  }

  get<T = unknown>(path: string, headers: Record<string, string> = {}): Promise<Answer<T>> {
    return this.send<T>('GET', path, undefined, headers);
  }

  post<T = unknown>(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<T>> {
    return this.send<T>('POST', path, body, headers);
  }

  patch<T = unknown>(path: string, body?: unknown): Promise<Answer<T>> {
    return this.send<T>('PATCH', path, body);
  }

  delete<T = unknown>(path: string): Promise<Answer<T>> {
    return this.send<T>('DELETE', path);
  }

  /** A form with files, as a page sends it. */
  async upload<T = unknown>(path: string, files: readonly UploadFile[], fields: Readonly<Record<string, string>> = {}): Promise<Answer<T>> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    for (const file of files)
      form.append(file.field, new Blob([file.content], { type: file.type ?? 'application/octet-stream' }), file.name);
    return this.#finish<T>(await fetch(this.url + path, { method: 'POST', body: form, headers: this.#headers({}), redirect: 'manual' }));
  }

  async send<T = unknown>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<T>> {
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: this.#headers({ ...json, ...headers }),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return this.#finish<T>(response);
  }

  /** Signs in or fails the test with what the server said. */
  async signIn(username: string, password: string): Promise<this> {
    const answer = await this.post('/api/auth/sign-in/username', { username, password });
    if (answer.status !== 200) throw new Error(`${username} could not sign in: ${answer.status} ${answer.text}`);
    return this;
  }

  get cookies(): ReadonlyMap<string, string> {
    return this.#cookies;
  }

  #headers(more: Record<string, string>): Record<string, string> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return { origin: this.url, ...(cookie ? { cookie } : {}), ...more };
  }

  async #finish<T>(response: Response): Promise<Answer<T>> {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';');
      const at = pair.indexOf('=');
      if (attributes.some((each) => /max-age=0/i.test(each))) this.#cookies.delete(pair.slice(0, at).trim());
      else this.#cookies.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim());
    }
    const text = await response.text();
    const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, text, body: (isJson && text !== '' ? JSON.parse(text) : null) as T };
  }
}

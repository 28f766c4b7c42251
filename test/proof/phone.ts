// SPDX-License-Identifier: AGPL-3.0-or-later
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type Answer } from '../support/client.ts';

/** Somebody signed in, and signed in anew where the clock has let the session end. */
export class Phone {
  readonly #address: string;
  readonly #userName: string;
  readonly #password: string;
  #client: Client | null = null;
  #signing: Promise<Client | null> | null = null;
  signIns = 0;

  constructor(address: string, userName: string, password: string) {
    this.#address = address;
    this.#userName = userName;
    this.#password = password;
  }

  /** Null where no answer came, or where nobody was signed in any more. */
  async send(method: string, path: string, body?: object): Promise<Answer | null> {
    const client = this.#client ?? (await (this.#signing ??= this.#signIn()));
    const answer = (await client?.send(method, path, body).catch(() => null)) ?? null;
    if (answer?.status !== 401) return answer;
    if (this.#client === client) this.#client = null;
    return null;
  }

  async #signIn(): Promise<Client | null> {
    try {
      this.#client = await new Client(this.#address).signIn(this.#userName, this.#password);
      this.signIns++;
      return this.#client;
    } catch {
      return null;
    } finally {
      this.#signing = null;
    }
  }
}

/** The phones are put down, and what was being sent has had no answer. */
export class PutDown extends Error {}

export interface Write {
  readonly method?: 'POST' | 'PATCH';
  readonly path: string;
  readonly body?: object;
  /** `action subject` in the record of use. */
  readonly entry: string;
  /**
   * Looks whether it is written down, where an earlier try had no answer and this one is refused: as somebody does who is told that it changed
   * meanwhile, and loads the page again. Left out: the same sent again is once, and is never refused.
   */
  readonly look?: () => Promise<boolean>;
  /** What to send instead, where somebody else changed what it rests on. */
  readonly reload?: () => Promise<object>;
}

/** Sends each thing until it is answered, the very same each time, as a phone with a bad connection does. */
export class Sending {
  stopped = false;
  /** Sent, and no answer came, or one that said "not now". */
  sentAgain = 0;
  /** Refused at a later try, and found to be written down by an earlier one. */
  foundDone = 0;
  /** By `action subject`, how often it was acknowledged. */
  readonly entries = new Map<string, number>();
  /** Sent, and put down before an answer came. */
  readonly inTheAir = new Set<string>();

  async #rest(): Promise<void> {
    this.sentAgain++;
    if (this.stopped) throw new PutDown();
    await sleep(50 + Math.random() * 150);
  }

  /** Null where there is no such thing, or none for whoever asks. */
  async read<T>(who: Phone, path: string): Promise<T | null> {
    for (;;) {
      const answer = await who.send('GET', path);
      if (answer?.status === 200) return answer.body as T;
      if (answer?.status === 404) return null;
      if (answer && answer.status < 500 && answer.status !== 429) throw new Error(`${path}: ${answer.status} ${answer.text}`);
      await this.#rest();
    }
  }

  /** Answers with what the server said, or null where a later look found it written down. Throws PutDown. */
  async write<T = unknown>(who: Phone, { method = 'POST', path, body: first, entry, look, reload }: Write): Promise<T | null> {
    this.inTheAir.add(entry);
    let body = first;
    for (let tries = 0; ; tries++) {
      const answer = await who.send(method, path, body);
      const isDone = answer !== null && answer.status < 300;
      const isRefused = answer !== null && !isDone && answer.status < 500 && answer.status !== 429;
      const isFound = isRefused && tries > 0 && look !== undefined && (await look());
      if (isDone || isFound) {
        this.inTheAir.delete(entry);
        this.entries.set(entry, (this.entries.get(entry) ?? 0) + 1);
        if (isFound) this.foundDone++;
        return isDone ? (answer.body as T) : null;
      }
      if (isRefused && answer.status === 409 && reload && tries < 100) body = await reload();
      else if (isRefused) throw new Error(`${path}, try ${tries + 1}: ${answer.status} ${answer.text}`);
      await this.#rest();
    }
  }
}

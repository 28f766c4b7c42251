// SPDX-License-Identifier: AGPL-3.0-or-later
import { createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import { letteredId, readKey, writeKey } from './key-text.ts';

/** What a blind code is made of; kinds never share a key, so that a name and a telephone number can never fall on one another. */
export const codeKinds = { exact: 1, sound: 2, phone: 3, document: 4 } as const;
export type CodeKind = keyof typeof codeKinds;

/**
 * The installation's master key. It is held as a key object, outside the heap that a dump of JavaScript's memory shows, and prints as
 * nothing. Nothing is encrypted with it: each use has a key of its own, derived from it.
 */
export class MasterKey {
  readonly id: string;
  /** Wraps the keys of people, and of digests (own-ids.ts). */
  readonly wrapping: KeyObject;
  readonly #key: KeyObject;

  private constructor(key: KeyObject) {
    this.#key = key;
    this.id = letteredId(derive(this.#key, 'id', 5));
    this.wrapping = secret(derive(this.#key, 'wrap people’s keys', 32));
  }

  static make(): MasterKey {
    return new MasterKey(secret(randomBytes(32)));
  }

  /** Takes the 32 bytes and empties the buffer they came in. */
  static of(bytes: Buffer): MasterKey {
    return new MasterKey(secret(bytes));
  }

  /** In another thread of this process, from `shared`. */
  static ofShared(key: KeyObject): MasterKey {
    return new MasterKey(key);
  }

  /** For a thread of this process: the object can be handed over, and its bytes stay where they are. */
  get shared(): KeyObject {
    return this.#key;
  }

  /** Null when the line is no key. */
  static read(line: string): MasterKey | null {
    const read = readKey(line);
    return read ? new MasterKey(secret(read.key)) : null;
  }

  /** What the database keeps, to tell this key from any other: it follows from the key, and the key does not follow from it. */
  get checkValue(): Buffer {
    return derive(this.#key, 'check', 16);
  }

  /** The key of the blind codes of one kind in one region of registration of one installation. */
  codeKey(installationId: string, regionId: number, kind: CodeKind): KeyObject {
    return secret(derive(this.#key, `codes ${kind} ${regionId} ${installationId}`, 32));
  }

  /** The line that is kept, for the key file and for paper. */
  write(): string {
    return this.withBytes((bytes) => writeKey(this.id, bytes));
  }

  /** Lends the bytes, for dividing them into shares; they are gone afterwards. */
  withBytes<T>(fn: (bytes: Uint8Array) => T): T {
    const bytes = this.#key.export();
    try {
      return fn(bytes);
    } finally {
      bytes.fill(0);
    }
  }

  toJSON(): string {
    return `master key ${this.id}`;
  }
}

function derive(key: KeyObject, purpose: string, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', key, 'waymark vault 1', purpose, length));
}

function secret(bytes: Buffer): KeyObject {
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}

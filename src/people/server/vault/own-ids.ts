// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHmac, type KeyObject } from 'node:crypto';
import { cleanText } from '../../domain/identity-normal.ts';

/** The key of such digests as the database keeps it: under the master key, or under one that was. */
export interface WrappedOwnIdKey {
  readonly keyId: string;
  readonly masterKeyId: string;
  readonly wrapped: Buffer;
}

/**
 * What somebody is called in a list of somebody else's making: often the number of her identity card. It is kept as a keyed digest only, by
 * which the same list, or a later round of it, finds her again; nobody without the key goes back from one, or makes one. The key is one of its
 * own, so that a change of the master key leaves every digest as it is.
 */
export class OwnIds {
  readonly keyId: string;
  readonly #key: KeyObject;

  constructor(keyId: string, key: KeyObject) {
    this.keyId = keyId;
    this.#key = key;
  }

  /** 16 bytes; an id means somebody only within its source. */
  digest(source: string, id: string): Buffer {
    return createHmac('sha256', this.#key)
      .update(`${source}\0${cleanText(id)}`)
      .digest()
      .subarray(0, 16);
  }

  toJSON(): string {
    return `key of own ids ${this.keyId}`;
  }
}

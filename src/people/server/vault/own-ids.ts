// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHmac, type KeyObject } from 'node:crypto';
import { cleanText } from '../../domain/identity-normal.ts';
import type { MasterKey } from './master-key.ts';

/**
 * What somebody is called in a list of somebody else's making: often the number of her identity card. It is kept as a keyed digest only, by
 * which the same list, or a later round of it, finds her again; nobody without the master key goes back from one, or makes one.
 */
export class OwnIds {
  readonly keyId: string;
  readonly #key: KeyObject;

  constructor(key: MasterKey, installationId: string) {
    this.keyId = key.id;
    this.#key = key.ownIdKey(installationId);
  }

  /** 16 bytes; an id means somebody only within its source. */
  digest(source: string, id: string): Buffer {
    return createHmac('sha256', this.#key)
      .update(`${source}\0${cleanText(id)}`)
      .digest()
      .subarray(0, 16);
  }
}

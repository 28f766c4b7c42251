// SPDX-License-Identifier: AGPL-3.0-or-later
import { createSecretKey, type KeyObject } from 'node:crypto';
import { Problem } from '../../../platform/domain/problem.ts';
import type { Identity } from '../../domain/identity.ts';
import { CodeMaker, type AskedCode, type BlindCode } from './blind-codes.ts';
import { openBytes, padded, randomBytesOf, sealBytes, unpadded } from './envelope.ts';
import { MasterKey } from './master-key.ts';
import { letteredId } from './key-text.ts';
import { OwnIds, type WrappedOwnIdKey } from './own-ids.ts';

/** Who somebody is, as the database keeps it. */
export interface SealedIdentity {
  readonly regionId: number;
  readonly personId: string;
  readonly masterKeyId: string;
  /** The person's own key under the installation's. */
  readonly wrapped: Buffer;
  readonly sealed: Buffer;
}

/** Where the installation's keys come from: one, or two while the master key is being changed. */
export interface KeySource {
  readonly installationId: string;
  /** Newest last. */
  readonly keys: readonly MasterKey[];
  /** Looks again, because the database speaks of a key that is not among these. */
  reload(): readonly MasterKey[];
}

/** What a thread of this process needs to seal as a vault does. */
export interface SharedVault {
  readonly installationId: string;
  readonly key: KeyObject;
}

/** Seals and opens. It holds keys and no data; the doors of the room (doors.ts) bring it together with the database. */
export class Vault {
  readonly #source: KeySource;
  #keys: readonly MasterKey[];
  readonly #makers = new Map<string, CodeMaker>();

  constructor(source: KeySource) {
    this.#source = source;
    this.#keys = source.keys;
  }

  /** A vault of one key in another thread, from `share`. */
  static ofShared({ installationId, key }: SharedVault): Vault {
    const keys = [MasterKey.ofShared(key)];
    return new Vault({ installationId, keys, reload: () => keys });
  }

  share(key: MasterKey): SharedVault {
    return { installationId: this.#source.installationId, key: key.shared };
  }

  /** Of the key that new records are sealed under where the database names none yet. */
  get newestKey(): MasterKey {
    const key = this.#keys.at(-1);
    if (!key) throw new Problem('vault-closed');
    return key;
  }

  /** Throws Problem 'vault-closed' when the key is not in the key file, even now, or is another than the database knows by that number. */
  key(id: string, checkValue?: Buffer): MasterKey {
    let held = this.#keys.find((key) => key.id === id);
    if (!held) {
      this.#keys = this.#source.reload();
      held = this.#keys.find((key) => key.id === id);
    }
    if (!held || (checkValue && !held.checkValue.equals(checkValue)))
      throw new Problem('vault-closed', undefined, { cause: new Error(`The key file does not hold the master key ${id}.`) });
    return held;
  }

  /** Seals under a new key of the person's own: whatever was sealed before stays shut once that key is gone. */
  seal(regionId: number, personId: string, identity: Identity, key: MasterKey = this.newestKey): SealedIdentity {
    const bytes = randomBytesOf(32);
    const own = createSecretKey(bytes);
    const wrapped = sealBytes(key.wrapping, bytes, { table: 'identity_key', regionId, personId });
    bytes.fill(0);
    const plain = padded(JSON.stringify(identity));
    const sealed = sealBytes(own, plain, { table: 'identity', regionId, personId });
    plain.fill(0);
    return { regionId, personId, masterKeyId: key.id, wrapped, sealed };
  }

  /** Throws SealBroken for what was changed or moved, Problem 'vault-closed' where its key is missing. */
  open({ regionId, personId, masterKeyId, wrapped, sealed }: SealedIdentity): Identity {
    const bytes = openBytes(this.key(masterKeyId).wrapping, wrapped, { table: 'identity_key', regionId, personId });
    const plain = openBytes(createSecretKey(bytes), sealed, { table: 'identity', regionId, personId });
    bytes.fill(0);
    const identity = JSON.parse(unpadded(plain)) as Identity;
    plain.fill(0);
    return identity;
  }

  /** The person's own key under another master key; what is sealed with it stays as it is. */
  rewrap(row: Pick<SealedIdentity, 'regionId' | 'personId' | 'masterKeyId' | 'wrapped'>, to: MasterKey): Buffer {
    const belonging = { table: 'identity_key', regionId: row.regionId, personId: row.personId } as const;
    const bytes = openBytes(this.key(row.masterKeyId).wrapping, row.wrapped, belonging);
    const wrapped = sealBytes(to.wrapping, bytes, belonging);
    bytes.fill(0);
    return wrapped;
  }

  codesOf(identity: Identity, regionId: number, key: MasterKey = this.newestKey): BlindCode[] {
    return this.#maker(key).of(identity, regionId);
  }

  /** Under every key given: while keys are changed, codes of both stand in the index. */
  queryCodes(text: string, regionIds: readonly number[], keys: readonly MasterKey[] = [this.newestKey]): AskedCode[] {
    return keys.flatMap((key) => this.#maker(key).asked(text, regionIds));
  }

  /** A new key of digests by which a list's people are known again. */
  makeOwnIdKey(to: MasterKey): WrappedOwnIdKey {
    const keyId = letteredId(randomBytesOf(5)),
      bytes = randomBytesOf(32);
    const wrapped = sealBytes(to.wrapping, bytes, { table: 'own_id_key', keyId });
    bytes.fill(0);
    return { keyId, masterKeyId: to.id, wrapped };
  }

  /** Throws SealBroken for one that was changed, Problem 'vault-closed' where the master key is missing. */
  ownIds({ keyId, masterKeyId, wrapped }: WrappedOwnIdKey, checkValue?: Buffer): OwnIds {
    const bytes = openBytes(this.key(masterKeyId, checkValue).wrapping, wrapped, { table: 'own_id_key', keyId });
    const key = createSecretKey(bytes);
    bytes.fill(0);
    return new OwnIds(keyId, key);
  }

  /** The same key of digests under another master key. */
  rewrapOwnIdKey({ keyId, masterKeyId, wrapped }: WrappedOwnIdKey, to: MasterKey): Buffer {
    const bytes = openBytes(this.key(masterKeyId).wrapping, wrapped, { table: 'own_id_key', keyId });
    const anew = sealBytes(to.wrapping, bytes, { table: 'own_id_key', keyId });
    bytes.fill(0);
    return anew;
  }

  toJSON(): string {
    return 'vault';
  }

  #maker(key: MasterKey): CodeMaker {
    let maker = this.#makers.get(key.id);
    if (!maker) {
      maker = new CodeMaker(key, this.#source.installationId);
      this.#makers.set(key.id, maker);
    }
    return maker;
  }
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Kysely } from 'kysely';
import { Refusal, exitCode } from '../../../platform/server/refusal.ts';
import type { Tx } from '../../../platform/server/endpoint.ts';
import { refuseMissingKey, refuseOtherKey } from './custody.ts';
import { readKeyFile, replaceKeyFile } from './key-file.ts';
import { MasterKey } from './master-key.ts';
import { rewrapOwnIdKeys } from './queries-own-ids.ts';
import { knownKeys } from './queries-vault.ts';
import {
  addComingKey,
  cleanUpAfterRotation,
  countUnder,
  holdKeys,
  keysUnder,
  rewriteKeys,
  swapKeys,
  type KeyRow,
} from './queries-rotation.ts';
import { Vault } from './vault.ts';

export interface Rotation {
  readonly owner: Kysely<unknown>;
  readonly keyFile: string;
  readonly installationId: string;
  readonly onProgress?: (step: { done: number; total: number }) => void;
  /** People a transaction. */
  readonly batch?: number;
  /** Nothing is under the old key any more, and the file still holds it: what is kept elsewhere under it is kept under the new one from here on. */
  readonly beforeOldGoes?: () => Promise<void>;
}

export interface Rotated {
  readonly from: string;
  readonly to: string;
  readonly people: number;
  /** It had been begun before and was cut off. */
  readonly resumed: boolean;
}

/**
 * Gives the installation a new master key while people go on working: each person's key is wrapped anew, each blind code made anew, and last,
 * in the transaction in which the new key takes over, the key of digests of lists' own ids. Cut off at any moment it is begun again where it
 * was: until nobody is left under the old key, the key file holds both.
 */
export async function rotateMasterKey(rotation: Rotation): Promise<Rotated> {
  const { owner, keyFile, installationId } = rotation;
  const { current, coming, gone, held } = await whereItStands(rotation);
  const [old] = held.filter(({ id }) => gone.has(id));
  if (old) {
    // Everybody had been moved when it was cut off; only the old line was still there.
    await rotation.beforeOldGoes?.();
    replaceKeyFile(
      keyFile,
      held.filter(({ id }) => !gone.has(id)),
    );
    await cleanUpAfterRotation(owner);
    return { from: old.id, to: current.keyId, people: 0, resumed: true };
  }
  const resumed = held.length > 1;
  const next = nextKey(held, current.keyId, coming?.keyId ?? null);
  // On the disk before the database hears of it: a key that only the database knew of would be lost with this process.
  if (!held.includes(next)) replaceKeyFile(keyFile, [...held, next]);
  if (!coming) await addComingKey(owner, next);
  const keys = [...held.filter((key) => key !== next), next];
  const vault = new Vault({ installationId, keys, reload: () => readKeyFile(keyFile) ?? [] });
  const people = await moveEverybody(rotation, vault, current.keyId, next);
  await rotation.beforeOldGoes?.();
  replaceKeyFile(keyFile, [next]);
  await cleanUpAfterRotation(owner);
  return { from: current.keyId, to: next.id, people, resumed };
}

async function whereItStands({ owner, keyFile }: Rotation) {
  const known = await knownKeys(owner);
  const current = known.find(({ state, anybody }) => state === 'current' && anybody);
  if (!current)
    throw new Refusal('Nobody’s identity is kept yet, so there is nothing to change: remove the key file and a new one is made.', {
      exitCode: exitCode.notReady,
    });
  const coming = known.find(({ state }) => state === 'coming') ?? null;
  const held = readKeyFile(keyFile) ?? refuseMissingKey(keyFile, current.keyId);
  refuseOtherKey(keyFile, held, coming ? [current, coming] : [current]);
  return { current, coming, held, gone: new Set(known.filter(({ state }) => state === 'gone').map(({ keyId }) => keyId)) };
}

/** The one that was begun with, in the database or only in the file; else a new one. */
function nextKey(held: readonly MasterKey[], currentId: string, comingId: string | null): MasterKey {
  return held.find(({ id }) => (comingId === null ? id !== currentId : id === comingId)) ?? MasterKey.make();
}

async function moveEverybody(rotation: Rotation, vault: Vault, from: string, to: MasterKey): Promise<number> {
  const total = await countUnder(rotation.owner, from);
  let done = 0,
    after: KeyRow | null = null;
  const moveSome = async (tx: Tx): Promise<number> => {
    const rows: KeyRow[] = await keysUnder(tx, from, after, rotation.batch ?? 500);
    await rewriteKeys(
      tx,
      to.id,
      rows.map((row) => moved(row, vault, to)),
    );
    after = rows.at(-1) ?? after;
    return rows.length;
  };
  let some: number;
  do {
    some = await rotation.owner.transaction().execute(moveSome);
    done += some;
    rotation.onProgress?.({ done: Math.min(done, total), total });
  } while (some > 0);
  // Whoever wrote meanwhile with the old key is waited for; whoever comes now finds the new one.
  await rotation.owner.transaction().execute(async (tx) => {
    await holdKeys(tx);
    after = null;
    do done += some = await moveSome(tx);
    while (some > 0);
    await rewrapOwnIdKeys(tx, from, to.id, (key) => vault.rewrapOwnIdKey(key, to));
    await swapKeys(tx, from, to.id);
  });
  return done;
}

function moved(row: KeyRow, vault: Vault, to: MasterKey) {
  const codes = row.sealed === null ? [] : vault.codesOf(vault.open({ ...row, sealed: row.sealed }), row.regionId, to);
  return { ...row, wrapped: vault.rewrap(row, to), codes };
}

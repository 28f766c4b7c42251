// SPDX-License-Identifier: AGPL-3.0-or-later
// What runs in the thread of sealing-thread.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { cleanIdentity } from '../../domain/identity-normal.ts';
import { bytes, integers, lists, uuids } from '../../../platform/server/arrays.ts';
import type { SealedBlock, ToSeal } from './sealing-thread.ts';
import { Vault, type SharedVault } from './vault.ts';

const { vault: shared, country } = workerData as { readonly vault: SharedVault; readonly country: string };
const vault = Vault.ofShared(shared);

function sealBlock(people: readonly ToSeal[]): SealedBlock {
  const identities = people.map(([, , stated]) => cleanIdentity(stated, country));
  const sealed = people.map(([regionId, personId], i) => vault.seal(regionId, personId, identities[i]!));
  const codes = people.map(([regionId], i) => vault.codesOf(identities[i]!, regionId));
  return {
    count: people.length,
    regions: integers(people.map(([regionId]) => regionId)),
    persons: uuids(people.map(([, personId]) => personId)),
    wrapped: bytes(sealed.map((one) => one.wrapped)),
    sealed: bytes(sealed.map((one) => one.sealed)),
    kinds: lists(codes.map((each) => each.map(({ kind }) => kind))),
    codes: lists(codes.map((each) => each.map(({ code }) => code))),
  };
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
parentPort?.on('message', (people: string) => parentPort?.postMessage(sealBlock(JSON.parse(people) as ToSeal[])));

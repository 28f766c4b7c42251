// SPDX-License-Identifier: AGPL-3.0-or-later
export { insertHouseholds, insertPeople, movePerson } from './queries.ts';
export { countCodesJob } from './vault/count-codes.ts';
export { openVault, refuseMissingKey, refuseOtherKey, type KeyPlace, type OpenedVault } from './vault/custody.ts';
export {
  destroyIdentities,
  getIdentities,
  keyToSealWith,
  ownIdsOf,
  putIdentities,
  putImported,
  searchByName,
  type IdentityToPut,
  type KnownIdentity,
  type NameHit,
  type NameSearch,
  type WriteDown,
} from './vault/doors.ts';
export { SealBroken } from './vault/envelope.ts';
export { examineVault } from './vault/examine.ts';
export { makeKeyFile, readKeyFile, refuseKeyAmong } from './vault/key-file.ts';
export { divideKey, joinKey } from './vault/escrow.ts';
export { MasterKey } from './vault/master-key.ts';
export { knownKeys, type KnownKey, type PersonKey } from './vault/queries-vault.ts';
export type { OwnIds } from './vault/own-ids.ts';
export { rotateMasterKey } from './vault/rotate.ts';
export { SealingThread, type ToSeal } from './vault/sealing-thread.ts';
export { Vault, type SealedIdentity } from './vault/vault.ts';
export { compareWaiting, learnWeights, matchingJobs, type MatchingSetup } from './matching-jobs.ts';
export { orProblem } from './refusals.ts';
export type { PeopleSetup } from './setup.ts';
export type { PeopleFollower } from './register.ts';
export { peopleEndpoints } from './endpoints.ts';
export type { ToldByOthers } from './setup.ts';
export { examineErasures } from './erasure/examine.ts';
export { ErasureLists } from './erasure/lists.ts';
export { noteOwnIdKeys } from './erasure/own-id-lines.ts';
export { replayErasures, type Replayed } from './erasure/replay.ts';
export { retentionJob } from './erasure/retention-job.ts';

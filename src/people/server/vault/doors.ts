// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../../platform/domain/problem.ts';
import type { AuditEntry, Tx } from '../../../platform/server/endpoint.ts';
import { hasNumbers, identityLimits, withNumbersOf, withoutNumbers, type Identity } from '../../domain/identity.ts';
import { normalDocument } from '../../domain/identity-normal.ts';
import { readName, readNameSimilarity } from '../../domain/name-similarity.ts';
import { romanise } from '../romanise.ts';
import { brake } from './brake.ts';
import type { MasterKey } from './master-key.ts';
import type { OwnIds } from './own-ids.ts';
import { beginOwnIds, ownIdKeys } from './queries-own-ids.ts';
import {
  beginVault,
  deleteIdentityKeys,
  findByCodes,
  findNotToContact,
  insertIdentities,
  insertImported,
  knownKeys,
  regionsOfRegistration,
  sealedIdentities,
  type FoundPerson,
  type PersonKey,
} from './queries-vault.ts';
import type { SealedBlock } from './sealing-thread.ts';
import type { Vault } from './vault.ts';

/** What a caller hands in so that its reading leaves a trace: `ctx.audit` of an endpoint. */
export type WriteDown = (entry: AuditEntry) => Promise<void>;

export interface IdentityToPut extends PersonKey {
  readonly identity: Identity;
  /** The version it was based on; 0 for somebody who has none yet. */
  readonly basedOn: number;
}

/** What the database takes at once without holding the others up, or much memory. */
const atOnce = 2000;

/** Seals and writes identities of people who are in the register, as many as there are. Problems: 'outside-your-area', 'changed-meanwhile', 'vault-closed'. */
export async function putIdentities(tx: Tx, vault: Vault, rows: readonly IdentityToPut[]): Promise<void> {
  if (rows.length === 0) return;
  const key = await keyToSealWith(tx, vault);
  for (let from = 0; from < rows.length; from += atOnce) {
    const part = rows.slice(from, from + atOnce);
    const written = await insertIdentities(
      tx,
      key.id,
      part.map(({ regionId, personId, identity, basedOn }) => ({
        ...vault.seal(regionId, personId, identity, key),
        codes: vault.codesOf(identity, regionId, key),
        basedOn,
      })),
    );
    if (written !== part.length) throw new Problem('changed-meanwhile');
  }
}

/** Writes who people are whom this import brought and who have no identity yet, sealed by a SealingThread. Problems: 'outside-your-area', 'vault-closed'. */
export async function putImported(tx: Tx, batchId: string, key: MasterKey, block: SealedBlock): Promise<void> {
  await insertImported(tx, batchId, key.id, block);
}

export interface KnownIdentity extends PersonKey {
  readonly identity: Identity;
  /** Telephone numbers are kept and left out here. */
  readonly numbersWithheld: boolean;
  readonly version: number;
}

/**
 * Telephone numbers are for calling: they are told where she agrees to be called, and `all` only for what calls nobody (her own record
 * that is handed to her, putting two records together, lists of names).
 */
export interface WhichNumbers {
  readonly numbers?: 'agreed' | 'all';
}

/**
 * Who these people are, of those the asker may know, in the order asked. The record of use says for whom it was asked in the same
 * transaction, also of those who are not hers to know: without that row nothing is answered. Problem: 'too-many-requests'.
 */
export async function getIdentities(
  tx: Tx,
  vault: Vault,
  keys: readonly PersonKey[],
  writeDown: WriteDown,
  { numbers = 'agreed' }: WhichNumbers = {},
): Promise<KnownIdentity[]> {
  if (keys.length === 0) return [];
  await brake(
    tx,
    keys.map(({ personId }) => personId),
  );
  const [only] = keys;
  await writeDown(
    keys.length === 1 && only
      ? { action: 'identity.read', subject: only.personId }
      : { action: 'identity.list', detail: { people: keys.map(({ personId }) => personId) } },
  );
  const known = await opened(tx, vault, keys);
  return numbers === 'all' ? known : asAgreed(known, await findNotToContact(tx, known));
}

/** What whoever sets an identity right says of numbers. */
export interface SaidOfNumbers {
  /** Whether numbers were left out of the identity it is based on, as getIdentities told; undefined: not said. What holds now may be another thing. */
  readonly numbersWithheld: boolean | undefined;
  /** Those that were left out of it are taken out too. */
  readonly dropNumbers: boolean;
}

/**
 * Writes who somebody is, as set right by whoever may not have been told her numbers: what she was not told stays, what she was told is as she says,
 * whatever consent says by now. Problems: as putIdentities; 'bad-input' (more numbers than fit, or nobody can tell whether those kept were told).
 */
export async function putCorrected(
  tx: Tx,
  vault: Vault,
  row: IdentityToPut,
  { numbersWithheld, dropNumbers }: SaidOfNumbers,
): Promise<void> {
  const [stored] = dropNumbers || numbersWithheld === false ? [] : await opened(tx, vault, [row]);
  if (!stored || !hasNumbers(stored.identity)) return putIdentities(tx, vault, [row]);
  if (stored.version !== row.basedOn) throw new Problem('changed-meanwhile');
  if (numbersWithheld === undefined)
    throw new Problem('bad-input', 'numbersWithheld: say whether the telephone numbers were left out of what this is based on.');
  const identity = withNumbersOf(row.identity, stored.identity);
  if (identity.phones.length > identityLimits.phones)
    throw new Problem('bad-input', `phones: with those that are kept and not shown there are more than ${identityLimits.phones}.`);
  await putIdentities(tx, vault, [{ ...row, identity }]);
}

function asAgreed(known: readonly KnownIdentity[], not: ReadonlySet<string>): KnownIdentity[] {
  return known.map((each) =>
    not.has(each.personId) && hasNumbers(each.identity)
      ? { ...each, identity: withoutNumbers(each.identity), numbersWithheld: true }
      : each,
  );
}

export interface NameSearch {
  readonly text: string;
  /** Only people who live there; without one, in the whole area of whoever asks. */
  readonly placeId?: string | null;
  readonly limit: number;
}

export interface NameHit extends KnownIdentity {
  /** 0 to 1. */
  readonly likeness: number;
}

/** More than anybody reads. The database hands them out by how many codes fit, exact ones first; opening and comparing one takes 0.1 ms. */
const mostCandidates = 250;

/**
 * People whose name, telephone number or document fits what was typed, the most alike first, without their numbers. What was typed is never written down: the record
 * of use says where was searched and who was shown. Problem: 'too-many-requests'.
 */
export async function searchByName(
  tx: Tx,
  vault: Vault,
  { text, placeId = null, limit }: NameSearch,
  writeDown: WriteDown,
): Promise<NameHit[]> {
  await brake(tx);
  const keys = await keysInUse(tx, vault);
  const asked = vault.queryCodes(text, await regionsOfRegistration(tx), keys);
  const found = asked.length === 0 ? [] : await findByCodes(tx, placeId, asked, mostCandidates);
  const like = likenessTo(text, found);
  const hits = (await opened(tx, vault, found))
    .map((known) => ({ ...known, identity: withoutNumbers(known.identity), likeness: like(known) }))
    .sort((a, b) => b.likeness - a.likeness || (a.personId < b.personId ? -1 : 1))
    .slice(0, limit);
  await writeDown({ action: 'identity.search', placeId, detail: { people: hits.map(({ personId }) => personId) } });
  return hits;
}

/**
 * Digests of people's own ids in lists of others, for an import that runs: the first is the one to write under, all are looked for. The first
 * import that asks makes the key. Problem 'vault-closed' where one of them cannot be opened: whoever was erased could come back with a list.
 */
export async function ownIdsOf(tx: Tx, vault: Vault, batchId: string): Promise<readonly OwnIds[]> {
  const master = await keyToSealWith(tx, vault);
  if ((await ownIdKeys(tx)).length === 0) await beginOwnIds(tx, batchId, vault.makeOwnIdKey(master));
  return (await ownIdKeys(tx)).map((key) => vault.ownIds(key, key.checkValue));
}

/** Destroys the keys of people, and so all that the vault held of them. Answers with how many it held. The caller writes down why. */
export function destroyIdentities(tx: Tx, keys: readonly PersonKey[]): Promise<number> {
  return keys.length === 0 ? Promise.resolve(0) : deleteIdentityKeys(tx, keys);
}

/** By the name most like it; somebody found by her number comes first, because nobody types one by chance. */
function likenessTo(text: string, found: readonly FoundPerson[]): (known: KnownIdentity) => number {
  const typed = readName(text, romanise);
  const byNumber = typed.words.length === 0 ? new Set(found.map(({ personId }) => personId)) : new Set<string>();
  const number = normalDocument(text);
  return ({ personId, identity }) =>
    byNumber.has(personId) || identity.documents.some((each) => normalDocument(each.number) === number)
      ? 1
      : Math.max(...identity.names.map(({ full }) => readNameSimilarity(typed, readName(full, romanise))));
}

async function opened(tx: Tx, vault: Vault, keys: readonly PersonKey[]): Promise<KnownIdentity[]> {
  const rows = new Map((await sealedIdentities(tx, keys)).map((row) => [row.personId, row]));
  return keys.flatMap(({ regionId, personId }) => {
    const row = rows.get(personId);
    return row ? [{ regionId, personId, identity: vault.open(row), numbersWithheld: false, version: row.version }] : [];
  });
}

/** The newest key that is in use; where nobody's identity is kept yet, the vault's own from now on. */
export async function keyToSealWith(tx: Tx, vault: Vault): Promise<MasterKey> {
  const inUse = (await keysInUse(tx, vault)).at(-1);
  if (inUse) return inUse;
  await beginVault(tx, vault.newestKey);
  return vault.newestKey;
}

/** The current key, and while it is being changed the coming one after it; none while nobody's identity is kept. */
async function keysInUse(tx: Tx, vault: Vault): Promise<MasterKey[]> {
  return (await knownKeys(tx))
    .filter(({ state, anybody }) => state !== 'gone' && anybody)
    .sort((a, b) => Number(a.state === 'coming') - Number(b.state === 'coming'))
    .map(({ keyId, checkValue }) => vault.key(keyId, checkValue));
}

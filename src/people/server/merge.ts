// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../platform/domain/problem.ts';
import type { Identity } from '../domain/identity.ts';
import { mergedIdentity, strictestWords, withoutAdded, type MergeField } from '../domain/merge.ts';
import type { PersonKey } from '../domain/person-record.ts';
import {
  endReferralsOfMerge,
  findPair,
  findSaid,
  insertMerge,
  listMerges,
  undoMerge,
  type MergeRow,
  type PairRow,
} from './queries-duplicates.ts';
import { holdRecords } from './queries.ts';
import { insertConsents, type ConsentRow } from './queries-register.ts';
import type { PeopleFollower, Writing } from './register.ts';
import { getIdentities, putIdentities, type KnownIdentity, type WriteDown } from './vault/doors.ts';
import type { Vault } from './vault/vault.ts';

export interface MergeChoice {
  readonly version: number;
  readonly stays: 'a' | 'b';
  readonly take: readonly MergeField[];
  readonly versions: { readonly a: number; readonly b: number };
}

export interface Merging extends Writing {
  readonly vault: Vault;
  readonly follow: PeopleFollower;
  /** Both identities are opened to be put together. */
  readonly audit: WriteDown;
}

/** The pair, or Problem not-found: one of which she may not see both does not exist for whoever asks. */
export async function pairOf(tx: Writing['tx'], pairId: string): Promise<PairRow> {
  const found = await findPair(tx, pairId);
  if (!found) throw new Problem('not-found', 'There is no such pair, or one of the two lies outside your area.');
  return found;
}

const keyOf = ({ regionId, personId }: PersonKey): PersonKey => ({ regionId, personId });

async function identitiesOf({ tx, vault, audit }: Merging, stays: PersonKey, other: PersonKey): Promise<(KnownIdentity | null)[]> {
  const known = await getIdentities(tx, vault, [stays, other], audit, { numbers: 'all' });
  return [stays, other].map(
    (key) => known.find(({ regionId, personId }) => regionId === key.regionId && personId === key.personId) ?? null,
  );
}

/** Writes an identity where it is another than it was. */
async function keepIdentity({ tx, vault }: Merging, key: PersonKey, was: KnownIdentity | null, identity: Identity | null): Promise<void> {
  if (!identity || JSON.stringify(identity) === JSON.stringify(was?.identity)) return;
  await putIdentities(tx, vault, [{ ...key, identity, basedOn: was?.version ?? 0 }]);
}

/**
 * Two records become one: what was answered, said and agreed on either stands on the one that stays. Returns the id by which it is taken back.
 * Problems: not-found, changed-meanwhile, outside-your-area, bad-input.
 */
export async function mergePair(
  merging: Merging,
  pairId: string,
  choice: MergeChoice,
): Promise<{ mergeId: string; stays: PersonKey; other: PersonKey }> {
  const { tx, now, newId, follow } = merging;
  const pair = await pairOf(tx, pairId);
  const [stays, other] = choice.stays === 'a' ? [keyOf(pair.a), keyOf(pair.b)] : [keyOf(pair.b), keyOf(pair.a)];
  const versions =
    choice.stays === 'a' ? ([choice.versions.a, choice.versions.b] as const) : ([choice.versions.b, choice.versions.a] as const);
  const mergeId = newId();
  // What is being written on either is written before anything is read here, or finds them joined.
  await holdRecords(tx, [stays, other]);
  const [hers, others] = (await identitiesOf(merging, stays, other)) as [KnownIdentity | null, KnownIdentity | null];
  const { identity, added } = mergedIdentity(hers?.identity ?? null, others?.identity ?? null);
  const said = [await findSaid(tx, stays), await findSaid(tx, other)] as const;
  await keepIdentity(merging, stays, hers, identity);
  await insertMerge(
    tx,
    { mergeId, pairId, pairVersion: choice.version, staysA: choice.stays === 'a', versions, take: choice.take, added },
    now,
  );
  await copyWords(merging, mergeId, stays, said);
  await follow.peopleChanged(tx, [stays, other], now);
  return { mergeId, stays, other };
}

/** The other's words in the order in which they were said, and then whatever makes the stricter word stand. */
async function copyWords(
  { tx, now, newId, actor }: Merging,
  mergeId: string,
  stays: PersonKey,
  [hers, others]: readonly [Awaited<ReturnType<typeof findSaid>>, Awaited<ReturnType<typeof findSaid>>],
): Promise<void> {
  const copies = others.map(({ purpose, act, byWhom, way, language, wording, organisationId, observed }): ConsentRow => ({
    ...stays,
    eventId: newId(),
    purpose,
    act,
    byWhom,
    way,
    observedAt: observed,
    ...(language !== null && { language }),
    ...(wording !== null && { wording }),
    ...(organisationId !== null && { organisationId }),
  }));
  const strict = strictestWords(hers, others);
  const noes = strict.map(({ purpose, act, byWhom, organisationId }): ConsentRow => ({
    ...stays,
    eventId: newId(),
    purpose,
    act,
    byWhom,
    way: 'on_file',
    observedAt: now.toISOString(),
    ...(organisationId !== null && { organisationId }),
  }));
  await insertConsents(tx, [...copies, ...noes], actor.accountId, now, mergeId);
  for (const { purpose, organisationId } of strict)
    if (purpose === 'share') await endReferralsOfMerge(tx, stays.regionId, mergeId, organisationId, now);
}

/**
 * The two are two again, each as it was; what was added to the record that stayed since, stays with it.
 * Problems: not-found, changed-meanwhile (also where a later merge stands on this one), outside-your-area.
 */
export async function takeBack(merging: Merging, key: PersonKey, mergeId: string): Promise<MergeRow> {
  const { tx, now, follow } = merging;
  const merge = (await listMerges(tx, key)).find((each) => each.mergeId === mergeId);
  if (!merge) throw new Problem('not-found', 'There is no such merge, or one of the two lies outside your area.');
  const stays = { regionId: merge.regionId, personId: merge.personId };
  const other = { regionId: merge.otherRegion, personId: merge.otherId };
  await holdRecords(tx, [stays, other]);
  const [hers, others] = (await identitiesOf(merging, stays, other)) as [KnownIdentity | null, KnownIdentity | null];
  if (hers && merge.undoneAt === null)
    await keepIdentity(merging, stays, hers, withoutAdded(hers.identity, others?.identity ?? null, merge.added));
  await undoMerge(tx, merge.regionId, mergeId, now);
  await follow.peopleChanged(tx, [stays, other], now);
  return merge;
}

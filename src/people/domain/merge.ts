// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Act, ConsentEvent, Purpose, Speaker } from './consent.ts';
import { identityLimits, type Identity, type IdentityDocument, type PersonName } from './identity.ts';
import { cleanText, normalDocument, phoneKey } from './identity-normal.ts';

/** What may be taken from the other record; all else stays as it is on the record that stays. */
export const mergeFields = ['sex', 'bornOn', 'place', 'household'] as const;
export type MergeField = (typeof mergeFields)[number];

/**
 * Which entries of the other identity were added to the one that stays, by their places in its lists: enough to take them away again, and
 * nothing anybody could read. `whole`: there was no identity before.
 */
export interface AddedIdentity {
  readonly names: readonly number[];
  readonly phones: readonly number[];
  readonly documents: readonly number[];
  readonly address?: true;
  readonly guardian?: true;
  readonly whole?: true;
}

const sameText = (a: string, b: string): boolean => cleanText(a).toLowerCase() === cleanText(b).toLowerCase();
const samePhone = (a: string, b: string): boolean => phoneKey(a) === phoneKey(b);
const sameDocument = (a: IdentityDocument, b: IdentityDocument): boolean => normalDocument(a.number) === normalDocument(b.number);
const plain = (value: unknown): string => JSON.stringify(value);

/** A name of the other record on the one that stays: what she is called she is still called; any other was written down before. */
const asKept = (name: PersonName): PersonName => ({ ...name, kind: name.kind === 'called' ? 'called' : 'former' });

/** The places of entries that are not there yet, as many as there is room for. */
function missing<T>(there: readonly T[], others: readonly T[], same: (a: T, b: T) => boolean, room: number): number[] {
  const kept = [...there];
  const added: number[] = [];
  for (const [at, other] of others.entries()) {
    if (kept.length >= room || kept.some((each) => same(each, other))) continue;
    kept.push(other);
    added.push(at);
  }
  return added;
}

/** Both identities in one: that of the record that stays, and behind it whatever only the other has. */
export function mergedIdentity(stays: Identity | null, other: Identity | null): { identity: Identity | null; added: AddedIdentity } {
  if (!other) return { identity: stays, added: { names: [], phones: [], documents: [] } };
  if (!stays) return { identity: other, added: { names: [], phones: [], documents: [], whole: true } };
  const added: AddedIdentity = {
    names: missing(stays.names, other.names, (a, b) => sameText(a.full, b.full), identityLimits.names),
    phones: missing(stays.phones, other.phones, samePhone, identityLimits.phones),
    documents: missing(stays.documents, other.documents, sameDocument, identityLimits.documents),
    ...(stays.address === undefined && other.address !== undefined ? { address: true as const } : {}),
    ...(stays.guardian === undefined && other.guardian !== undefined ? { guardian: true as const } : {}),
  };
  const identity: Identity = {
    ...stays,
    names: [...stays.names, ...added.names.map((at) => asKept(other.names[at]!))],
    phones: [...stays.phones, ...added.phones.map((at) => other.phones[at]!)],
    documents: [...stays.documents, ...added.documents.map((at) => other.documents[at]!)],
    ...(added.address ? { address: other.address! } : {}),
    ...(added.guardian ? { guardian: other.guardian! } : {}),
  };
  return { identity, added };
}

/** Without one of each; what is no longer there is passed over. The last that fits, because what was added stands behind. */
function without<T>(list: readonly T[], taken: readonly T[]): T[] {
  const left = [...list];
  for (const each of taken) {
    const at = left.findLastIndex((one) => plain(one) === plain(each));
    if (at >= 0) left.splice(at, 1);
  }
  return left;
}

/**
 * The identity as it was before the merge; what was written into it since stays. Null where it was the other's altogether. Somebody must
 * have a name: where nothing else is left, the added ones stay.
 */
export function withoutAdded(merged: Identity, other: Identity | null, added: AddedIdentity): Identity | null {
  if (added.whole) return null;
  if (!other) return merged;
  const { address, guardian, ...rest } = merged;
  const at = <T>(list: readonly T[], places: readonly number[]): T[] => places.flatMap((place) => list.slice(place, place + 1));
  const names = without(merged.names, at(other.names, added.names).map(asKept));
  const keepsAddress = address !== undefined && !(added.address && address === other.address);
  const keepsGuardian = guardian !== undefined && !(added.guardian && plain(guardian) === plain(other.guardian));
  return {
    ...rest,
    names: names.length > 0 ? names : [...merged.names],
    phones: without(merged.phones, at(other.phones, added.phones)),
    documents: without(merged.documents, at(other.documents, added.documents)),
    ...(keepsAddress ? { address } : {}),
    ...(keepsGuardian ? { guardian } : {}),
  };
}

export interface SaidOf extends ConsentEvent {
  readonly organisationId: string | null;
}

export interface StrictWord {
  readonly purpose: Purpose;
  readonly byWhom: Speaker;
  readonly act: Exclude<Act, 'given'>;
  readonly organisationId: string | null;
}

const later = (a: ConsentEvent, b: ConsentEvent): boolean =>
  a.observedAt !== b.observedAt
    ? a.observedAt > b.observedAt
    : a.recordedAt !== b.recordedAt
      ? a.recordedAt > b.recordedAt
      : a.eventId > b.eventId;

/** The latest word about a purpose by a speaker, about one organisation or any: words that name none are about all. */
function latest(said: readonly SaidOf[], purpose: Purpose, byWhom: Speaker, organisationId: string | null): SaidOf | undefined {
  return said
    .filter(
      (each) =>
        each.purpose === purpose && each.byWhom === byWhom && (each.organisationId === null || each.organisationId === organisationId),
    )
    .reduce<SaidOf | undefined>((last, each) => (last && !later(each, last) ? last : each), undefined);
}

/**
 * The words to write down when two records become one: whoever said no, on either, and was not asked again there, said no. Otherwise a yes
 * that stood on the other record for longer would outweigh it.
 */
export function strictestWords(a: readonly SaidOf[], b: readonly SaidOf[]): StrictWord[] {
  const all = [...a, ...b];
  const keys = new Map(all.map((each) => [plain([each.purpose, each.byWhom, each.organisationId]), each]));
  return [...keys.values()].flatMap(({ purpose, byWhom, organisationId }): StrictWord[] => {
    const act = [a, b]
      .map((said) => latest(said, purpose, byWhom, organisationId)?.act)
      .find((word): word is 'refused' | 'withdrawn' => word !== undefined && word !== 'given');
    if (act === undefined || latest(all, purpose, byWhom, organisationId)?.act !== 'given') return [];
    return [{ purpose, byWhom, act, organisationId }];
  });
}

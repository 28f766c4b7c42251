// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { PlaceRef } from '../../places/domain/place.ts';
import { Problem } from '../../platform/domain/problem.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { DuplicatePair, PairReason } from '../domain/duplicate.ts';
import type { AddedIdentity, MergeField, SaidOf } from '../domain/merge.ts';
import type { PersonKey } from '../domain/person-record.ts';
import { orProblem } from './refusals.ts';

interface SideRow extends PersonKey {
  readonly place: PlaceRef;
  readonly sex: 0 | 1 | 2 | 9;
  readonly bornOn: string | null;
  readonly householdId: string | null;
  readonly others: number;
  readonly registeredAt: string;
  readonly version: number;
}

export interface PairRow {
  readonly pairId: string;
  readonly weight: number;
  readonly probability: number;
  readonly probable: boolean;
  readonly reasons: PairReason[];
  readonly state: DuplicatePair['state'];
  readonly foundAt: Date;
  readonly decidedAt: Date | null;
  readonly version: number;
  readonly a: SideRow;
  readonly b: SideRow;
}

const side = (person: string, place: string) => sql`jsonb_build_object(
  'regionId', ${sql.ref(`${person}.region_id`)}, 'personId', ${sql.ref(`${person}.person_id`)}, 'sex', ${sql.ref(`${person}.sex`)},
  'bornOn', ${sql.ref(`${person}.born_on`)}, 'householdId', ${sql.ref(`${person}.household_id`)}, 'registeredAt', ${sql.ref(`${person}.created_at`)},
  'version', ${sql.ref(`${person}.version`)},
  'others', (select count(*) from waymark.person m where m.region_id = ${sql.ref(`${person}.region_id`)} and m.household_id = ${sql.ref(`${person}.household_id`)}
     and m.state = 1 and m.person_id <> ${sql.ref(`${person}.person_id`)}),
  'place', jsonb_build_object('placeId', ${sql.ref(`${place}.place_id`)}, 'country', ${sql.ref(`${place}.country`)}, 'code', ${sql.ref(`${place}.code`)},
    'level', ${sql.ref(`${place}.level`)}, 'name', ${sql.ref(`${place}.name`)}, 'names', ${sql.ref(`${place}.names`)}))`;

const pairs = sql`select d.pair_id as "pairId", d.weight, d.probability, d.probable, d.reasons, d.state, d.found_at as "foundAt", d.decided_at as "decidedAt",
    d.version, ${side('pa', 'la')} as a, ${side('pb', 'lb')} as b
  from waymark.duplicate_pair d
  join waymark.person pa on pa.region_id = d.region_a and pa.person_id = d.person_a join waymark.place la on la.place_id = pa.place_id
  join waymark.person pb on pb.region_id = d.region_b and pb.person_id = d.person_b join waymark.place lb on lb.place_id = pb.place_id`;

/** Pairs that wait for a decision, the likeliest first. Row security leaves out those of which the asker may not see both. */
export async function listPairs(
  tx: Tx,
  { placeId, after, limit }: { placeId: string | null; after: readonly [string, string, string] | null; limit: number },
): Promise<PairRow[]> {
  const [probability, weight, pairId] = after ?? [null, null, null];
  const { rows } = await sql<PairRow>`${pairs}
    where d.state = 'open' and pa.state = 1 and pb.state = 1
      and (${placeId}::uuid is null or exists (select from waymark.place t where t.place_id = ${placeId}::uuid and (la.path <@ t.path or lb.path <@ t.path)))
      and (${pairId}::uuid is null or (d.probability, d.weight, d.pair_id) < (${probability}::real, ${weight}::real, ${pairId}::uuid))
    order by d.probability desc, d.weight desc, d.pair_id desc limit ${limit}`.execute(tx);
  return rows;
}

export async function findPair(tx: Tx, pairId: string): Promise<PairRow | null> {
  const { rows } = await sql<PairRow>`${pairs} where d.pair_id = ${pairId}`.execute(tx);
  return rows[0] ?? null;
}

export async function isComparing(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ comparing: boolean }>`select waymark.is_comparing() as comparing`.execute(tx);
  return rows[0]?.comparing ?? false;
}

/** False where the pair changed meanwhile. `open`: looked at, and not sure yet. */
export async function decidePair(
  tx: Tx,
  pairId: string,
  version: number,
  state: 'open' | 'different',
  actorId: string,
  now: Date,
): Promise<boolean> {
  const { numAffectedRows } = await orProblem(
    sql`update waymark.duplicate_pair set state = ${state}, decided_by = ${actorId}, decided_at = ${now}, version = version + 1
    where pair_id = ${pairId} and version = ${version} and state in ('open', 'different')`.execute(tx),
  );
  return (numAffectedRows ?? 0n) > 0n;
}

const mergeRefusals: Readonly<Record<string, () => Problem>> = {
  WM005: () => new Problem('changed-meanwhile'),
  WM006: () => new Problem('bad-input', 'take: that household is of another region of registration; move her there afterwards.'),
  WM007: () => new Problem('changed-meanwhile', 'A later merge stands on this one, or the record is gone: take the later one back first.'),
};

async function orRefusal<T>(work: Promise<T>): Promise<T> {
  try {
    return await orProblem(work);
  } catch (cause) {
    const refusal = mergeRefusals[(cause as { code?: string }).code ?? ''];
    throw refusal ? refusal() : cause;
  }
}

export interface NewMerge {
  readonly mergeId: string;
  readonly pairId: string;
  readonly pairVersion: number;
  readonly staysA: boolean;
  /** Of the record that stays, and of the other. */
  readonly versions: readonly [number, number];
  readonly take: readonly MergeField[];
  readonly added: AddedIdentity;
}

/** See db/migrations/0026. Problems: changed-meanwhile, outside-your-area, bad-input. */
export async function insertMerge(tx: Tx, merge: NewMerge, now: Date): Promise<void> {
  const { mergeId, pairId, pairVersion, staysA, versions, take, added } = merge;
  await orRefusal(
    sql`select waymark.merge_people(${mergeId}, ${pairId}, ${pairVersion}, ${staysA}, ${versions}::integer[], ${take}::text[], ${JSON.stringify(added)}::jsonb, ${now}::timestamptz)`.execute(
      tx,
    ),
  );
}

export async function endReferralsOfMerge(
  tx: Tx,
  regionId: number,
  mergeId: string,
  organisationId: string | null,
  now: Date,
): Promise<void> {
  await orRefusal(
    sql`select waymark.end_referrals_of_merge(${regionId}, ${mergeId}, ${organisationId}::uuid, ${now}::timestamptz)`.execute(tx),
  );
}

/** Problems: changed-meanwhile, outside-your-area. */
export async function undoMerge(tx: Tx, regionId: number, mergeId: string, now: Date): Promise<void> {
  await orRefusal(sql`select waymark.take_back_merge(${regionId}, ${mergeId}, ${now}::timestamptz)`.execute(tx));
}

export interface MergeRow {
  readonly regionId: number;
  readonly mergeId: string;
  readonly personId: string;
  readonly otherRegion: number;
  readonly otherId: string;
  readonly added: AddedIdentity;
  readonly mergedAt: Date;
  readonly undoneAt: Date | null;
  /** The last that stands on its record, so that it can be taken back. */
  readonly last: boolean;
}

/** Merges of a record, as the one that stayed or as the other, the newest first. */
export async function listMerges(tx: Tx, { regionId, personId }: PersonKey): Promise<MergeRow[]> {
  const { rows } = await sql<MergeRow>`
    select m.region_id as "regionId", m.merge_id as "mergeId", m.person_id as "personId", m.other_region as "otherRegion", m.other_id as "otherId",
           m.added, m.merged_at as "mergedAt", m.undone_at as "undoneAt",
           m.undone_at is null and not exists (select from waymark.person_merge l
             where l.region_id = m.region_id and l.person_id = m.person_id and l.undone_at is null and l.nth > m.nth) as last
    from waymark.person_merge m
    where (m.region_id = ${regionId} and m.person_id = ${personId}) or (m.other_region = ${regionId} and m.other_id = ${personId})
    order by m.nth desc limit 50`.execute(tx);
  return rows;
}

/** Everything somebody said, for the rule about the strictest word; with all that a copy needs. */
export interface SaidRow extends SaidOf {
  readonly way: 'spoken' | 'written' | 'thumbprint' | 'on_file';
  readonly language: string | null;
  readonly wording: string | null;
  readonly observed: string;
}

export async function findSaid(tx: Tx, { regionId, personId }: PersonKey): Promise<SaidRow[]> {
  const { rows } = await sql<Omit<SaidRow, 'observedAt' | 'recordedAt'> & { observedAt: Date; recordedAt: Date; observed: string }>`
    select event_id as "eventId", purpose, act, by_whom as "byWhom", way, language, wording, organisation_id as "organisationId",
           observed_at as "observedAt", recorded_at as "recordedAt", to_json(observed_at) #>> '{}' as observed
    from waymark.consent_event where region_id = ${regionId} and person_id = ${personId} order by observed_at, recorded_at, event_id`.execute(
    tx,
  );
  return rows.map((row) => ({ ...row, observedAt: row.observedAt.getTime(), recordedAt: row.recordedAt.getTime() }));
}

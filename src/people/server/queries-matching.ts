// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { LinkageReason, LinkageParameters } from '../domain/linkage-weights.ts';
import type { PersonKey } from '../domain/person-record.ts';
import type { BlindCode } from './vault/blind-codes.ts';
import type { SealedIdentity } from './vault/vault.ts';

// As waymark_jobs: nobody is behind this, and row security lets it read nothing but what these functions hand out (db/migrations/0026).

export interface Waiting extends PersonKey {
  /** Of somebody who waits by herself. */
  readonly ticket: number | null;
  /** Of those who wait in a sweep: an import's people, or everybody. */
  readonly sweepId: string | null;
}

/** Whom to compare next: whoever was written down by hand, then some of one sweep. */
export async function nextWaiting(tx: Tx, limit: number): Promise<Waiting[]> {
  const { rows } = await sql<Waiting>`
    select region_id as "regionId", person_id as "personId", ticket, sweep_id as "sweepId" from waymark.next_to_compare(${limit})`.execute(
    tx,
  );
  return rows;
}

/** Done with these, unless they changed again meanwhile. */
export async function endWaiting(tx: Tx, done: readonly Waiting[]): Promise<void> {
  const alone = done.filter((one) => one.ticket !== null);
  await sql`delete from waymark.duplicate_check c
    using unnest(${alone.map((d) => d.regionId)}::integer[], ${alone.map((d) => d.personId)}::uuid[], ${alone.map((d) => d.ticket)}::integer[]) x(region_id, person_id, ticket)
    where c.region_id = x.region_id and c.person_id = x.person_id and c.ticket = x.ticket`.execute(tx);
  const last = done.at(-1);
  if (!last?.sweepId) return;
  await sql`update waymark.duplicate_sweep set after = ${last.personId}::uuid
    where region_id = ${last.regionId} and sweep_id = ${last.sweepId}::uuid`.execute(tx);
}

export interface RowToMatch extends SealedIdentity {
  readonly householdId: string | null;
  readonly placeId: string;
  /** Labels of the places from the country down, with dots between. */
  readonly path: string;
  readonly sex: 0 | 1 | 2 | 9;
  readonly bornOn: string | null;
  /** Digest of what is compared. */
  readonly seen: string;
}

export async function findToMatch(tx: Tx, keys: readonly PersonKey[]): Promise<RowToMatch[]> {
  const { rows } = await sql<RowToMatch>`
    select region_id as "regionId", person_id as "personId", household_id as "householdId", place_id as "placeId", path, sex, born_on as "bornOn", seen,
           master_key_id as "masterKeyId", wrapped, sealed
    from waymark.people_to_match(${keys.map((k) => k.regionId)}::integer[], ${keys.map((k) => k.personId)}::uuid[])`.execute(tx);
  return rows;
}

export interface Member extends PersonKey {
  readonly householdId: string;
}

export async function findMembersToMatch(tx: Tx, households: readonly { regionId: number; householdId: string }[]): Promise<Member[]> {
  if (households.length === 0) return [];
  const { rows } = await sql<Member>`
    select region_id as "regionId", person_id as "personId", household_id as "householdId"
    from waymark.members_to_match(${households.map((h) => h.regionId)}::integer[], ${households.map((h) => h.householdId)}::uuid[])`.execute(
    tx,
  );
  return rows;
}

export interface CodeIn extends BlindCode {
  readonly regionId: number;
}

/** With whom each of some people is to be compared, of the last of them as if those before her had been compared already. Writes down their keys. */
export async function findCandidates(
  tx: Tx,
  asked: readonly { readonly key: PersonKey; readonly codes: readonly CodeIn[] }[],
  limit: number,
): Promise<PersonKey[][]> {
  const codes = asked.flatMap((one, at) => one.codes.map((code) => ({ ...code, number: at + 1 })));
  const { rows } = await sql<PersonKey & { number: number }>`
    select number, region_id as "regionId", person_id as "personId"
    from waymark.duplicate_candidates(${asked.map(({ key }) => key.regionId)}::integer[], ${asked.map(({ key }) => key.personId)}::uuid[],
      ${codes.map((c) => c.number)}::integer[], ${codes.map((c) => c.regionId)}::integer[], ${codes.map((c) => c.kind)}::smallint[],
      ${codes.map((c) => c.code)}::bigint[], ${limit})`.execute(tx);
  const found = asked.map((): PersonKey[] => []);
  for (const { number, regionId, personId } of rows) found[number - 1]!.push({ regionId, personId });
  return found;
}

/** Regions of registration that lie near each of these, and the one in which each place lies. */
export async function findRegionsNear(tx: Tx, regions: readonly number[]): Promise<{ regionId: number; near: number }[]> {
  const { rows } = await sql<{ regionId: number; near: number }>`
    select region_id as "regionId", near from waymark.regions_near(${regions}::integer[])`.execute(tx);
  return rows;
}

export async function findRegionsOfPlaces(tx: Tx, placeIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ placeId: string; regionId: number }>`
    select place_id as "placeId", region_id as "regionId" from waymark.place where place_id = any (${placeIds}::uuid[])`.execute(tx);
  return new Map(rows.map(({ placeId, regionId }) => [placeId, regionId]));
}

/** The newest weights; null until a register was learned from. */
export async function findEstimate(tx: Tx): Promise<{ estimateId: string; parameters: LinkageParameters; pairs: number } | null> {
  const { rows } = await sql<{ estimateId: string; pairs: number; prior: number; m: number[][]; u: number[][] }>`
    select estimate_id as "estimateId", pairs, prior, m, u from waymark.linkage_estimate order by made_at desc, estimate_id desc limit 1`.execute(
    tx,
  );
  const [row] = rows;
  return row ? { estimateId: row.estimateId, pairs: row.pairs, parameters: { prior: row.prior, m: row.m, u: row.u } } : null;
}

export async function insertEstimate(
  tx: Tx,
  estimate: { estimateId: string; madeAt: Date; pairs: number; decided: number; parameters: LinkageParameters },
): Promise<void> {
  const { estimateId, madeAt, pairs, decided, parameters } = estimate;
  await sql`insert into waymark.linkage_estimate (estimate_id, made_at, pairs, decided, prior, m, u)
    values (${estimateId}, ${madeAt}, ${pairs}, ${decided}, ${parameters.prior}, ${JSON.stringify(parameters.m)}, ${JSON.stringify(parameters.u)})`.execute(
    tx,
  );
}

export async function addPatterns(tx: Tx, counts: ReadonlyMap<string, number>): Promise<void> {
  if (counts.size === 0) return;
  const rows = [...counts].sort(([x], [y]) => (x < y ? -1 : 1));
  await sql`insert into waymark.linkage_pattern as p (pattern, n)
    select * from unnest(${rows.map(([pattern]) => pattern)}::text[], ${rows.map(([, n]) => n)}::bigint[])
    on conflict on constraint linkage_pattern_pkey do update set n = p.n + excluded.n`.execute(tx);
}

export async function listPatterns(tx: Tx): Promise<{ pattern: string; n: number }[]> {
  const { rows } = await sql<{ pattern: string; n: number }>`select pattern, n from waymark.linkage_pattern order by pattern`.execute(tx);
  return rows;
}

/** How decided pairs agreed, and how many so. */
export async function listDecided(tx: Tx): Promise<{ reasons: LinkageReason[]; state: 'same' | 'different'; n: number }[]> {
  const { rows } = await sql<{ reasons: LinkageReason[]; state: 'same' | 'different'; n: number }>`
    select reasons, state, count(*) as n from waymark.duplicate_pair where state in ('same', 'different') group by 1, 2`.execute(tx);
  return rows;
}

export interface FoundPair {
  readonly a: PersonKey & { readonly placeId: string; readonly seen: string };
  readonly b: PersonKey & { readonly placeId: string; readonly seen: string };
  readonly weight: number;
  readonly probability: number;
  readonly probable: boolean;
  readonly reasons: readonly LinkageReason[];
}

/** A pair somebody found different stays so until something about either changes; any other waits for a decision. Returns how many wait anew. */
export async function putPairs(tx: Tx, pairs: readonly FoundPair[], estimateId: string | null): Promise<number> {
  if (pairs.length === 0) return 0;
  const { rows } = await sql<{ n: number }>`
    with put as (
      insert into waymark.duplicate_pair as d (region_a, person_a, region_b, person_b, weight, probability, probable, reasons, place_a, place_b, seen_a, seen_b, estimate_id)
      select x.*, ${estimateId}::uuid from unnest(
        ${pairs.map((p) => p.a.regionId)}::integer[], ${pairs.map((p) => p.a.personId)}::uuid[],
        ${pairs.map((p) => p.b.regionId)}::integer[], ${pairs.map((p) => p.b.personId)}::uuid[],
        ${pairs.map((p) => p.weight)}::real[], ${pairs.map((p) => p.probability)}::real[], ${pairs.map((p) => p.probable)}::boolean[],
        ${pairs.map((p) => JSON.stringify(p.reasons))}::jsonb[], ${pairs.map((p) => p.a.placeId)}::uuid[], ${pairs.map((p) => p.b.placeId)}::uuid[],
        ${pairs.map((p) => p.a.seen)}::text[], ${pairs.map((p) => p.b.seen)}::text[]) x
      on conflict on constraint duplicate_pair_pkey do update set weight = excluded.weight, probability = excluded.probability,
        probable = excluded.probable, reasons = excluded.reasons, estimate_id = excluded.estimate_id, place_a = excluded.place_a, place_b = excluded.place_b,
        seen_a = excluded.seen_a, seen_b = excluded.seen_b, state = 'open', decided_by = null, decided_at = null, version = d.version + 1
      where d.state = 'gone' or (d.seen_a, d.seen_b) <> (excluded.seen_a, excluded.seen_b)
      returning 1)
    select count(*) as n from put`.execute(tx);
  return rows[0]?.n ?? 0;
}

/** Pairs of some people that were found before and no longer look alike. */
export async function dropPairs(tx: Tx, of: readonly PersonKey[], still: readonly Pick<FoundPair, 'a' | 'b'>[]): Promise<void> {
  await sql`with going as (
      select d.region_a, d.person_a, d.region_b, d.person_b from unnest(${of.map((p) => p.regionId)}::integer[], ${of.map((p) => p.personId)}::uuid[]) x(region_id, person_id)
      cross join lateral (
        select * from waymark.duplicate_pair d where d.region_a = x.region_id and d.person_a = x.person_id and d.state = 'open'
        union all select * from waymark.duplicate_pair d where d.region_b = x.region_id and d.person_b = x.person_id and d.state = 'open') d
      except select * from unnest(${still.map(({ a }) => a.regionId)}::integer[], ${still.map(({ a }) => a.personId)}::uuid[],
        ${still.map(({ b }) => b.regionId)}::integer[], ${still.map(({ b }) => b.personId)}::uuid[])
    )
    update waymark.duplicate_pair d set state = 'gone', version = version + 1 from going g
    where d.region_a = g.region_a and d.person_a = g.person_a and d.region_b = g.region_b and d.person_b = g.person_b and d.state = 'open'`.execute(
    tx,
  );
}

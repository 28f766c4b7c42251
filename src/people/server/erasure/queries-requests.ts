// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { PlaceRef } from '../../../places/domain/place.ts';
import { Problem } from '../../../platform/domain/problem.ts';
import type { Tx } from '../../../platform/server/endpoint.ts';
import type { PersonKey } from '../../domain/person-record.ts';
import { recordNumber } from '../../../platform/domain/record-number.ts';
import type { Hold, NewRequest, PersonRequest, QueuedRequest, RequestsAsked } from '../../domain/request.ts';
import { dueOn } from '../../domain/request.ts';
import { waitForOthers } from '../queries.ts';
import { orProblem } from '../refusals.ts';

const columns = sql`r.region_id as "regionId", r.request_id as "requestId", r.person_id as "personId", r.kind, r.by_whom as "byWhom", r.about, r.said_on as "saidOn",
  r.due_on as "dueOn", r.state, r.decided_at as "decidedAt", r.ground, r.citation, r.version`;
type Row = Omit<PersonRequest, 'decidedAt' | 'number'> & { readonly decidedAt: Date | null };
const view = <T extends Row>(row: T) => ({
  ...row,
  number: recordNumber(row.personId),
  decidedAt: row.decidedAt?.toISOString() ?? null,
});

export const districtOf = (
  alias: string,
) => sql`(select jsonb_build_object('placeId', near.place_id, 'country', near.country, 'code', near.code,
  'level', near.level, 'name', near.name, 'names', near.names) from waymark.place near
  where near.place_id = waymark.district_of_person(${sql.ref(`${alias}.region_id`)}, ${sql.ref(`${alias}.person_id`)}))`;
export const heldNow = (alias: string) => sql`exists (select from waymark.legal_hold h where h.region_id = ${sql.ref(`${alias}.region_id`)}
  and h.person_id = ${sql.ref(`${alias}.person_id`)} and h.ended_at is null and h.until_on >= (now() at time zone waymark.time_zone())::date)`;

/**
 * Once: the same id again, and a second open one of the same kind, change nothing. Who asks to see what is kept decides what is handed over, so
 * that what she asks herself is another request than what somebody asks for her. Returns whether it is new. Problems: 'outside-your-area';
 * 'already-there' (under this id something else was asked).
 */
export async function insertRequest(
  tx: Tx,
  { regionId, personId }: PersonKey,
  asked: NewRequest & { readonly saidOn: string },
  actorId: string,
  now: Date,
): Promise<boolean> {
  const same = sql`r.region_id = ${regionId} and r.person_id = ${personId} and r.kind = ${asked.kind} and r.about is not distinct from ${asked.about ?? null}
    and (r.kind <> 'access' or r.by_whom = ${asked.byWhom})`;
  await waitForOthers(tx, personId);
  const { numAffectedRows } = await orProblem(
    sql`insert into waymark.person_request (region_id, request_id, person_id, kind, by_whom, about, said_on, due_on, asked_by, asked_at)
    select ${regionId}, ${asked.requestId}, ${personId}, ${asked.kind}, ${asked.byWhom}, ${asked.about ?? null}, ${asked.saidOn}::date, ${dueOn(asked.saidOn)}::date,
           ${actorId}, ${now}::timestamptz
    where not exists (select from waymark.person_request r where ${same} and r.state = 'open')
    on conflict do nothing`.execute(tx),
  );
  if ((numAffectedRows ?? 0n) > 0n) return true;
  const { rows } =
    await sql`select from waymark.person_request r where ${same} and case when r.request_id = ${asked.requestId} then r.by_whom = ${asked.byWhom} else r.state = 'open' end`.execute(
      tx,
    );
  if (rows.length === 0) throw new Problem('already-there', 'Something else was written down under this id before.');
  return false;
}

export async function findRequests(tx: Tx, { regionId, personId }: PersonKey): Promise<PersonRequest[]> {
  const { rows } = await sql<Row>`select ${columns} from waymark.person_request r
    where r.region_id = ${regionId} and r.person_id = ${personId} order by r.state <> 'open', r.said_on desc, r.request_id limit 100`.execute(
    tx,
  );
  return rows.map(view);
}

export async function findRequest(tx: Tx, regionId: number, requestId: string): Promise<PersonRequest | null> {
  const { rows } =
    await sql<Row>`select ${columns} from waymark.person_request r where r.region_id = ${regionId} and r.request_id = ${requestId}`.execute(
      tx,
    );
  return rows[0] ? view(rows[0]) : null;
}

/** Where a page before ended. */
export interface RequestCursor {
  readonly dueOn: string;
  readonly requestId: string;
}

const inState = (state: NonNullable<RequestsAsked['state']>) => {
  if (state === 'all') return sql`true`;
  return state === 'answered' ? sql`r.state <> 'open'` : sql`r.state = ${state}`;
};

/** By the day they are due, as far as whoever asks may see them. */
export async function listRequests(tx: Tx, asked: RequestsAsked, after: RequestCursor | null, limit: number): Promise<QueuedRequest[]> {
  const { kind, state = 'open', latestFirst = false } = asked;
  const past = latestFirst ? sql`<` : sql`>`,
    way = latestFirst ? sql`desc` : sql`asc`;
  const { rows } = await sql<Row & { district: PlaceRef | null; held: boolean }>`
    select ${columns}, ${districtOf('r')} as district, ${heldNow('r')} as held
    from waymark.person_request r where ${inState(state)} and ${kind ? sql`r.kind = ${kind}` : sql`true`}
      and ${after ? sql`(r.due_on, r.request_id) ${past} (${after.dueOn}::date, ${after.requestId}::uuid)` : sql`true`}
    order by r.due_on ${way}, r.request_id ${way} limit ${limit}`.execute(tx);
  return rows.map(view);
}

/** See db/migrations/0032. The new version; null where there is no such open request of this version. */
export async function decideRequest(
  tx: Tx,
  asked: Pick<PersonRequest, 'regionId' | 'requestId' | 'version'>,
  decision: { readonly state: string; readonly ground?: string | undefined; readonly citation?: string | undefined },
  now: Date,
): Promise<number | null> {
  const { rows } = await orProblem(
    sql<{
      version: number | null;
    }>`select waymark.decide_request(${asked.regionId}, ${asked.requestId}, ${asked.version}, ${decision.state},
      ${decision.ground ?? null}, ${decision.citation ?? null}, ${now}::timestamptz) as version`.execute(tx),
  );
  return rows[0]?.version ?? null;
}

const holdColumns = sql`h.region_id as "regionId", h.hold_id as "holdId", h.person_id as "personId", h.citation, h.until_on as "untilOn",
  h.placed_at as "placedAt", h.ended_at as "endedAt", h.version`;

export async function listHolds(tx: Tx, limit: number): Promise<Hold[]> {
  const { rows } = await sql<Omit<Hold, 'placedAt' | 'endedAt' | 'number'> & { placedAt: Date; endedAt: Date | null }>`
    select ${holdColumns} from waymark.legal_hold h order by h.ended_at is not null, h.until_on, h.hold_id limit ${limit}`.execute(tx);
  return rows.map((row) => ({
    ...row,
    number: recordNumber(row.personId),
    placedAt: row.placedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  }));
}

/** Records whose number ends so, for whoever holds records. */
export async function findRecordsOfNumber(tx: Tx, group: string): Promise<PersonKey[]> {
  const { rows } =
    await sql<PersonKey>`select region_id as "regionId", person_id as "personId" from waymark.records_of_number(${group})`.execute(tx);
  return rows;
}

export interface NewHold extends PersonKey {
  readonly holdId: string;
  readonly citation: string;
  readonly untilOn: string;
}

/** Once. Returns whether it is new. Problem 'already-there': under this id another record was held, or for something else. */
export async function insertHold(tx: Tx, hold: NewHold, actorId: string, now: Date): Promise<boolean> {
  const { numAffectedRows } = await orProblem(
    sql`insert into waymark.legal_hold (region_id, hold_id, person_id, citation, until_on, placed_by, placed_at)
    values (${hold.regionId}, ${hold.holdId}, ${hold.personId}, ${hold.citation}, ${hold.untilOn}, ${actorId}, ${now}) on conflict do nothing`.execute(
      tx,
    ),
  ).catch((cause: unknown) => {
    if ((cause as { code?: string }).code !== '23503') throw cause;
    throw new Problem('not-found', 'There is no such record any more.', { cause });
  });
  if ((numAffectedRows ?? 0n) > 0n) return true;
  const { rows } = await sql`select from waymark.legal_hold where region_id = ${hold.regionId} and hold_id = ${hold.holdId}
    and person_id = ${hold.personId} and citation = ${hold.citation} and until_on = ${hold.untilOn}::date`.execute(tx);
  if (rows.length === 0) throw new Problem('already-there', 'Something else was written down under this id before.');
  return false;
}

export async function endHold(
  tx: Tx,
  regionId: number,
  holdId: string,
  version: number,
  actorId: string,
  now: Date,
): Promise<string | null> {
  const { rows } = await orProblem(
    sql<{ personId: string }>`update waymark.legal_hold set ended_at = ${now}, ended_by = ${actorId}, version = version + 1
    where region_id = ${regionId} and hold_id = ${holdId} and version = ${version} and ended_at is null returning person_id as "personId"`.execute(
      tx,
    ),
  );
  return rows[0]?.personId ?? null;
}

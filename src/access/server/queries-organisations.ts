// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { PlaceRef } from '../../places/domain/place.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { OrganisationKind } from '../domain/organisation-kinds.ts';
import { placeRef } from './queries.ts';

export interface StoredOrganisation {
  readonly organisationId: string;
  readonly name: string;
  readonly kind: OrganisationKind;
  readonly place: PlaceRef | null;
  readonly ended: boolean;
  readonly accounts: number;
  readonly version: number;
}

const columns = sql`g.organisation_id as "organisationId", g.name, g.kind, ${placeRef('p')} as place, g.ended_at is not null as ended,
  (select count(distinct o.account_id)::integer from waymark.post o
   where o.organisation_id = g.organisation_id and o.ended_at is null) as accounts, g.version`;

export async function listStoredOrganisations(tx: Tx): Promise<StoredOrganisation[]> {
  const { rows } = await sql<StoredOrganisation>`
    select ${columns} from waymark.organisation g left join waymark.place p using (place_id) order by g.ended_at nulls first, lower(g.name)`.execute(
    tx,
  );
  return rows;
}

/** Holds the row. */
export async function findOrganisationToChange(tx: Tx, organisationId: string): Promise<StoredOrganisation | null> {
  const { rows } = await sql<StoredOrganisation>`
    select ${columns} from waymark.organisation g left join waymark.place p using (place_id)
    where g.organisation_id = ${organisationId} for update of g`.execute(tx);
  return rows[0] ?? null;
}

/** False where one of this name is already there. */
export async function insertOrganisation(
  tx: Tx,
  given: { organisationId: string; name: string; kind: OrganisationKind; placeId: string | null },
): Promise<boolean> {
  const { rows } = await sql`
    insert into waymark.organisation (organisation_id, name, kind, place_id)
    values (${given.organisationId}, ${given.name}, ${given.kind}, ${given.placeId})
    on conflict (lower(name)) where ended_at is null do nothing returning organisation_id`.execute(tx);
  return rows.length > 0;
}

export async function isNameTaken(tx: Tx, name: string, besides: string): Promise<boolean> {
  const { rows } = await sql`
    select from waymark.organisation where lower(name) = lower(${name}) and ended_at is null and organisation_id <> ${besides}`.execute(tx);
  return rows.length > 0;
}

export async function updateOrganisation(
  tx: Tx,
  organisationId: string,
  change: { name: string; kind: OrganisationKind; endedAt: Date | null },
): Promise<void> {
  await sql`update waymark.organisation set name = ${change.name}, kind = ${change.kind}, ended_at = ${change.endedAt}, version = version + 1
            where organisation_id = ${organisationId}`.execute(tx);
}

/** Ends every post in it; answers whose. */
export async function endPostsOf(tx: Tx, organisationId: string, now: Date): Promise<string[]> {
  const { rows } = await sql<{ accountId: string }>`
    with ended as (
      update waymark.post set ended_at = ${now} where organisation_id = ${organisationId} and ended_at is null returning account_id
    )
    update waymark.account a set version = version + 1 from (select distinct account_id from ended) e where a.account_id = e.account_id
    returning a.account_id as "accountId"`.execute(tx);
  return rows.map(({ accountId }) => accountId);
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { Surroundings } from '../domain/user-import.ts';

/** Two who bring in the same file at the same moment wait for each other. */
export async function lockUserImports(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('waymark.user-imports', 0))`.execute(tx);
}

/** Places by code and by country and code, of those that a file names. */
export async function placesByCode(tx: Tx, codes: readonly string[]): Promise<Surroundings['places']> {
  const { rows } = await sql<{ placeId: string; level: number; written: string }>`
    with wanted as (select w as written, case when w ~ '^[A-Z]{2}:' then left(w, 2) end as country, regexp_replace(w, '^[A-Z]{2}:', '') as code
                    from unnest(${codes}::text[]) w)
    select p.place_id as "placeId", p.level, w.written from wanted w
    join waymark.place p on p.code = w.code and (w.country is null or p.country = w.country)`.execute(tx);
  const byCode = new Map<string, { placeId: string; level: number }[]>();
  for (const { written, placeId, level } of rows) byCode.set(written, [...(byCode.get(written) ?? []), { placeId, level }]);
  return byCode;
}

export async function organisationsByName(tx: Tx): Promise<Surroundings['organisations']> {
  const { rows } = await sql<{ id: string; name: string }>`
    select organisation_id as id, lower(name) as name from waymark.organisation where ended_at is null`.execute(tx);
  return new Map(rows.map(({ id, name }) => [name, id]));
}

export async function accountsAround(tx: Tx): Promise<Surroundings['accounts']> {
  const { rows } = await sql<Surroundings['accounts'][number]>`
    select a.account_id as "accountId", a.user_name as "userName", a.display_name as "displayName",
           a.disabled_at is null and exists (select from waymark.access_code c where c.account_id = a.account_id and c.kind = 'invitation'
                                             and c.used_at is null and c.voided_at is null) as invited,
           coalesce(jsonb_agg(jsonb_build_object('role', o.role, 'placeId', o.place_id, 'organisationId', o.organisation_id))
                    filter (where o.post_id is not null), '[]') as posts
    from waymark.account a left join waymark.post o on o.account_id = a.account_id and o.ended_at is null group by a.account_id`.execute(
    tx,
  );
  return rows;
}

export interface NewRow {
  readonly accountId: string;
  readonly userName: string;
  readonly displayName: string;
  readonly locale: string;
  readonly postId: string;
  readonly role: string;
  readonly placeId: string | null;
  readonly organisationId: string | null;
}

export async function insertAccounts(tx: Tx, rows: readonly NewRow[]): Promise<void> {
  const json = JSON.stringify(rows);
  await sql`insert into waymark.account (account_id, user_name, display_name, locale)
    select r."accountId", r."userName", r."displayName", r.locale
    from jsonb_to_recordset(${json}::jsonb) r ("accountId" text, "userName" text, "displayName" text, locale text)`.execute(tx);
  await sql`insert into waymark.post (post_id, account_id, role, place_id, organisation_id)
    select r."postId", r."accountId", r.role, r."placeId", r."organisationId"
    from jsonb_to_recordset(${json}::jsonb) r ("postId" uuid, "accountId" text, role text, "placeId" uuid, "organisationId" uuid)`.execute(
    tx,
  );
}

/** The sign-in library's half of many accounts at once, none with a password yet (queries-sign-in.ts, `insertLogin`). */
export async function insertLogins(auth: Tx, rows: readonly NewRow[]): Promise<void> {
  const ids = rows.map(({ accountId }) => accountId),
    names = rows.map(({ userName }) => userName);
  await sql`delete from auth."user" u where u.username = any (${names}::text[])
            and not exists (select from waymark.account a where a.account_id = u.id)`.execute(auth);
  await sql`insert into auth."user" ("id", "name", "email", "username", "displayUsername")
            select id, name, id || '@accounts.invalid', name, name from unnest(${ids}::text[], ${names}::text[]) t (id, name)`.execute(
    auth,
  );
  await sql`insert into auth."account" ("id", "accountId", "providerId", "userId")
            select id, id, 'credential', id from unnest(${ids}::text[]) id`.execute(auth);
}

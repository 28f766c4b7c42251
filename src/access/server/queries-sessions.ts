// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { prepared } from '../../platform/server/db.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import { signedIn, type SignedIn } from './queries.ts';

/** Statements on sessions and what was proved in them; all run as waymark_auth. */

export interface BehindSession extends SignedIn {
  readonly sessionId: string;
  readonly signedInAt: Date;
  readonly proved: boolean;
  readonly seenAt: Date | null;
  readonly hasFactor: boolean;
  readonly demo: boolean;
  readonly policy: Record<string, boolean>;
}

const behindSession = sql`${prepared}
  select ${signedIn}, s."id" as "sessionId", s."createdAt" as "signedInAt", st.proved_at is not null as proved, st.seen_at as "seenAt",
         exists (select from auth.totp t where t.account_id = a.account_id)
           or exists (select from auth.passkey k where k.account_id = a.account_id) as "hasFactor",
         coalesce((select is_demo from waymark.installation), false) as demo,
         coalesce((select jsonb_object_agg(role, second_proof) from waymark.role_policy), '{}') as policy
  from auth."session" s join waymark.account a on a.account_id = s."userId" left join auth.session_state st on st.session_id = s."id"`;

/** Who is behind a session that lasts beyond a moment; session, account and posts in one read, on the gate's own connections, for every request. */
export async function findBehindSession(auth: Tx, token: string, lastsBeyond: Date): Promise<BehindSession | null> {
  const { rows } = await sql<BehindSession>`
    ${behindSession} where s."token" = ${token} and s."expiresAt" > ${lastsBeyond} and a.disabled_at is null`.execute(auth);
  return rows[0] ?? null;
}

/** The same for a session that the sign-in library has just vouched for. */
export async function findBehindSessionId(auth: Tx, sessionId: string): Promise<BehindSession | null> {
  const { rows } = await sql<BehindSession>`${behindSession} where s."id" = ${sessionId} and a.disabled_at is null`.execute(auth);
  return rows[0] ?? null;
}

/** At most once in so many minutes a session: to know a forgotten one by, not to follow anybody. */
export async function noteSeen(auth: Tx, sessionId: string, minutes: number): Promise<void> {
  await sql`insert into auth.session_state as st (session_id) select "id" from auth."session" where "id" = ${sessionId}
    on conflict (session_id) do update set seen_at = now() where st.seen_at < now() - make_interval(mins => ${minutes})`.execute(auth);
}

export interface Opening {
  readonly through: 'password' | 'passkey' | 'oidc';
  readonly passwordAt: Date | null;
  readonly provedAt: Date | null;
  readonly how: string | null;
}

/** What is known of a session that was just opened; answers its id. */
export async function noteOpened(auth: Tx, token: string, opening: Opening): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    insert into auth.session_state (session_id, through, password_at, proved_at, how)
    select "id", ${opening.through}, ${opening.passwordAt}::timestamptz, ${opening.provedAt}::timestamptz, ${opening.how} from auth."session" where "token" = ${token}
    on conflict (session_id) do nothing returning session_id as id`.execute(auth);
  return rows[0]?.id ?? null;
}

export async function notePassword(auth: Tx, sessionId: string, now: Date): Promise<void> {
  await sql`insert into auth.session_state (session_id, password_at) values (${sessionId}, ${now})
    on conflict (session_id) do update set password_at = excluded.password_at`.execute(auth);
}

export async function noteProved(auth: Tx, sessionId: string, how: string, now: Date): Promise<void> {
  await sql`insert into auth.session_state (session_id, proved_at, how) values (${sessionId}, ${now}, ${how})
    on conflict (session_id) do update set proved_at = excluded.proved_at, how = excluded.how`.execute(auth);
}

export interface SessionState {
  readonly passwordAt: Date | null;
  readonly provedAt: Date | null;
  readonly through: string | null;
}

export async function findState(auth: Tx, sessionId: string): Promise<SessionState> {
  const { rows } = await sql<SessionState>`
    select password_at as "passwordAt", proved_at as "provedAt", through from auth.session_state where session_id = ${sessionId}`.execute(
    auth,
  );
  return rows[0] ?? { passwordAt: null, provedAt: null, through: null };
}

export interface StoredSession {
  readonly sessionId: string;
  readonly agent: string;
  readonly signedInAt: Date;
  readonly seenAt: Date | null;
}

export async function listSessions(auth: Tx, accountId: string, now: Date): Promise<StoredSession[]> {
  const { rows } = await sql<StoredSession>`
    select s."id" as "sessionId", coalesce(s."userAgent", '') as agent, s."createdAt" as "signedInAt", st.seen_at as "seenAt"
    from auth."session" s left join auth.session_state st on st.session_id = s."id"
    where s."userId" = ${accountId} and s."expiresAt" > ${now} order by coalesce(st.seen_at, s."updatedAt") desc, s."id" limit 200`.execute(
    auth,
  );
  return rows;
}

export async function deleteSession(auth: Tx, accountId: string, sessionId: string): Promise<boolean> {
  const { rows } = await sql`delete from auth."session" where "userId" = ${accountId} and "id" = ${sessionId} returning "id"`.execute(auth);
  return rows.length > 0;
}

/** How many there were beside this one. */
export async function deleteOtherSessions(auth: Tx, accountId: string, keptId: string): Promise<number> {
  const { rows } = await sql`delete from auth."session" where "userId" = ${accountId} and "id" <> ${keptId} returning "id"`.execute(auth);
  return rows.length;
}

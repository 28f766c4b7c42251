// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql, type Kysely } from 'kysely';
import { seededId } from '../../src/platform/builders.ts';

/** A lawful basis that asks nobody, for tests about something else; the same each time. */
export async function aBasis(owner: Kysely<unknown>, { needsConsent = false }: { needsConsent?: boolean } = {}): Promise<string> {
  const basisId = seededId('basis', needsConsent ? 'asked' : 'not asked');
  await sql`insert into waymark.lawful_basis (basis_id, title, ground, citation, purposes, needs_consent, from_on, created_by)
    values (${basisId}, ${needsConsent ? 'Consent' : 'Task of the district'}, ${needsConsent ? 'consent' : 'public_task'}, 'Act of the demo province, section 1',
            '{register,assist,contact}', ${needsConsent}, '2020-01-01', 'set-up') on conflict do nothing`.execute(owner);
  return basisId;
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type AuditEntry, type Endpoint, type Tx } from '../../platform/server/endpoint.ts';
import { AuditPage, AuditQuery } from '../domain/audit-entry.ts';
import { insertEntry, listEntries } from './queries.ts';

/**
 * Writes one audit row in the caller's transaction, so that a change and its record stand or fall together.
 * `actorId` must be the person the transaction acts for (row security compares them).
 */
export async function writeAudit(tx: Tx, actorId: string, entry: AuditEntry, newId: () => string): Promise<void> {
  await insertEntry(tx, {
    entryId: newId(),
    actorId,
    action: entry.action,
    placeId: entry.placeId ?? null,
    subject: entry.subject ?? null,
    detail: entry.detail ?? {},
  });
}

/** `2026-11-22T04:30:00.123456Z_<uuid>`: microseconds, because two entries of one millisecond must not fall between two pages. */
function readCursor(after: string | undefined): { at: string; entryId: string } | null {
  if (after === undefined) return null;
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)_([0-9a-f-]{36})$/.exec(after);
  if (!match?.[1] || !match[2] || Number.isNaN(Date.parse(match[1]))) throw new Problem('bad-input', 'after: use the value of "next" from the page before.');
  return { at: match[1], entryId: match[2] };
}

export const auditEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/audit',
    tag: 'audit',
    summary: 'What was done here, newest first',
    rule: { may: 'audit.read' },
    query: AuditQuery,
    response: AuditPage,
    async handle({ tx, query }) {
      const limit = query.limit ?? 50;
      const rows = await listEntries(tx, readCursor(query.after), limit + 1);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        rows: page.map(({ entryId, at, actorId, action, placeId, subject, detail }) => ({ entryId, at: at.toISOString(), actorId, action, placeId, subject, detail })),
        next: rows.length > limit && last ? `${last.cursorAt}_${last.entryId}` : null,
      };
    },
  }),
];

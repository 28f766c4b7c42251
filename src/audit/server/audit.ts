// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { Problem } from '../../platform/domain/problem.ts';
import { isWholeId, lastGroupOf, recordNumber } from '../../platform/domain/record-number.ts';
import { writeCsv } from '../../platform/server/csv.ts';
import type { Actor } from '../../platform/domain/actor.ts';
import { endpoint, type AuditEntry, type Endpoint, type Tx } from '../../platform/server/endpoint.ts';
import { isAboutRecord } from '../domain/about-record.ts';
import { AuditAsked, AuditPage, AuditQuery } from '../domain/audit-entry.ts';
import { readCursor } from './cursor.ts';
import { readsEndpoints } from './reads.ts';
import { recordsOf } from './records.ts';
import { insertEntry, listEntries, type Asked } from './queries.ts';

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

/** A file of more is nobody's reading; whoever needs older lines asks for the days before. */
const mostInFile = 20_000;

/** A record number is a subject too, since that is what people say; whatever else is no such number stands as it is. */
async function subjectOf(tx: Tx, subject: string, span: { readonly start: Date; readonly end: Date }): Promise<string> {
  if (lastGroupOf(subject) === null || isWholeId(subject)) return subject;
  const [id, second] = await recordsOf(tx, subject, span);
  if (second) throw new Problem('bad-input', 'subject: two records have this number; give the whole id.');
  return id ?? subject;
}

async function readAsked(tx: Tx, { actor, action, subject, from, until }: AuditAsked, reader: Actor, now: Date): Promise<Asked> {
  // From what was done on one record everybody else could learn whose it is.
  if (subject !== undefined && !reader.rights.has('audit.read-whole')) throw new Problem('not-allowed');
  const asked = {
    actor: actor ?? null,
    action: action ?? null,
    from: from === undefined ? null : new Date(from),
    until: until === undefined ? null : new Date(until),
  };
  if (asked.from && asked.until && asked.from >= asked.until) throw new Problem('bad-input', 'until: it lies before "from".');
  const end = asked.until ?? now;
  const span = { start: asked.from ?? new Date(end.getTime() - 92 * 86_400_000), end };
  return { ...asked, subject: subject === undefined ? null : await subjectOf(tx, subject, span) };
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
    async handle({ tx, query, actor, now }) {
      const limit = query.limit ?? 50;
      const rows = await listEntries(tx, await readAsked(tx, query, actor, now), readCursor(query.after), limit + 1);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        rows: page.map(({ entryId, at, actorId, action, placeId, subject, detail }) => ({
          entryId,
          at: at.toISOString(),
          actorId,
          action,
          placeId,
          subject,
          detail,
        })),
        next: rows.length > limit && last ? `${last.cursorAt}_${last.entryId}` : null,
      };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/audit.csv',
    tag: 'audit',
    summary: 'The same as a file',
    rule: { may: 'audit.read' },
    query: AuditAsked,
    response: Type.Any(),
    files: ['text/csv'],
    problems: ['too-large'],
    async handle({ tx, query, actor, now, audit }) {
      const asked = await readAsked(tx, query, actor, now);
      const rows = await listEntries(tx, asked, null, mostInFile + 1);
      if (rows.length > mostInFile) throw new Problem('too-large', `There are more than ${mostInFile} lines: ask for fewer days.`);
      await audit({
        action: 'audit.export',
        subject: asked.subject,
        detail: {
          rows: rows.length,
          actor: query.actor ?? null,
          action: query.action ?? null,
          from: query.from ?? null,
          until: query.until ?? null,
        },
      });
      const lines = rows.map((row) => [
        row.at.toISOString(),
        row.action,
        row.actorId,
        row.placeId,
        row.subject,
        JSON.stringify(row.detail),
        isAboutRecord(row) ? recordNumber(row.subject) : null,
      ]);
      return {
        kind: 'file',
        contentType: 'text/csv',
        fileName: 'record-of-use.csv',
        body: writeCsv([['at', 'action', 'account', 'place', 'subject', 'detail', 'record'], ...lines]),
      };
    },
  }),
  ...readsEndpoints,
];

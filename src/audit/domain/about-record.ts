// SPDX-License-Identifier: AGPL-3.0-or-later
import { isWholeId, recordNumber } from '../../platform/domain/record-number.ts';
import type { AuditRow } from './audit-entry.ts';

/** Acts on one person's record: what they are done on is spoken of by its number. */
const aboutOne: ReadonlySet<string> = new Set([
  'identity.read',
  'identity.print',
  'people.assign',
  'people.correct',
  'people.identity',
  'people.merge',
  'people.move',
  'people.own-account',
  'people.own-account-ended',
  'people.own-code',
  'people.read-consents',
  'people.state',
  'people.unassign',
  'people.unmerge',
  'retention.hold',
  'retention.hold-ended',
  'retention.kept',
  'retention.tidied',
  'audit.export-reads',
]);
/** Whole rooms of which every act is. */
const rooms: ReadonlySet<string> = new Set(['consent', 'erasure', 'requests']);
/** Acts on a person, a household or a place, which their `kind` tells. */
const ofKind: ReadonlySet<string> = new Set(['assessments.record', 'people.read-private']);

type Row = Pick<AuditRow, 'action' | 'subject' | 'detail'>;

/** Whether what an entry is about is a person's record: it has a number then, which is what people say of it. */
export function isAboutRecord(row: Row): row is Row & { readonly subject: string } {
  const { action, subject, detail } = row;
  if (subject === null || !isWholeId(subject)) return false;
  return aboutOne.has(action) || rooms.has(action.split('.')[0] ?? '') || (ofKind.has(action) && detail['kind'] === 'person');
}

/** What an entry says besides, with numbers in place of the ids of people. */
export function detailNumbers(detail: AuditRow['detail']): Record<string, unknown> {
  const numbered = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(numbered);
    return typeof value === 'string' && isWholeId(value) ? recordNumber(value) : value;
  };
  const said = Object.entries(detail).map(([key, value]) => [key, key === 'people' || key === 'other' ? numbered(value) : value]);
  return Object.fromEntries(said) as Record<string, unknown>;
}

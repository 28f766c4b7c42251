// SPDX-License-Identifier: AGPL-3.0-or-later
export { auditEndpoints, writeAudit } from './audit.ts';
export { examineRecord, type RecordFinding } from './examine-record.ts';
export { HeadLog } from './head-log.ts';
export { noteRestore } from './note-restore.ts';
export { runSealer } from './sealer.ts';
export { closeReadingDays } from './queries-reads.ts';

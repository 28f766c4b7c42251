// SPDX-License-Identifier: AGPL-3.0-or-later
import type { JobHandler } from '../../../platform/server/jobs.ts';
import type { AuditEntry, Tx } from '../../../platform/server/endpoint.ts';
import { note } from './erase.ts';
import type { ErasureLists } from './lists.ts';
import { eraseDue } from './queries-erasure.ts';
import { findDue, findToErase } from './queries-retention.ts';

export interface RetentionPorts {
  readonly lists: ErasureLists;
  /** Nobody is behind the clock: it writes down itself what it did. */
  writeDown(tx: Tx, actorId: string, entry: AuditEntry): Promise<void>;
}

const atOnce = 100;

/** Every night: whose time is over comes into the data protection officer's queue; where a rule says so, she is erased, one transaction each. */
export function retentionJob({ lists, writeDown }: RetentionPorts): JobHandler {
  return {
    name: 'people:retention',
    cron: '47 19 * * *',
    async handle(_payload, { db, now, signal }) {
      await db.transaction().execute(async (tx) => {
        const people = await findDue(tx, now());
        if (people > 0) await writeDown(tx, 'retention', { action: 'retention.due', detail: { people } });
      });
      for (;;) {
        const due = await findToErase(db, now(), atOnce);
        for (const key of due) {
          if (signal.aborted) return;
          await db.transaction().execute(async (tx) => {
            const at = now();
            const [first, ...more] = await eraseDue(tx, key, at);
            if (!first) return;
            const action = first.tidied ? 'retention.tidied' : 'erasure.done';
            await writeDown(tx, 'retention', { action, subject: key.personId, detail: first.tidied ? {} : first.counts });
            if (!first.tidied) await note(tx, lists, [first, ...more], { now: at, actorId: 'retention', requestId: null });
          });
        }
        if (due.length < atOnce) return;
      }
    },
  };
}

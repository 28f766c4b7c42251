// SPDX-License-Identifier: AGPL-3.0-or-later
import type { JobHandler } from '../../../platform/server/jobs.ts';
import { countFrequentCodes } from './queries-vault.ts';

/** What many people share changes slowly; an import counts for itself. */
export const countCodesJob: JobHandler = {
  name: 'people:count-codes',
  cron: '27 * * * *',
  handle: (_payload, { db }) => countFrequentCodes(db),
};

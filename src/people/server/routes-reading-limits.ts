// SPDX-License-Identifier: AGPL-3.0-or-later
import { endpoint, type Endpoint } from '../../platform/server/endpoint.ts';
import { ReadingLimits } from '../domain/reading-limits.ts';
import { getReadingLimits, setReadingLimits } from './vault/queries-brake.ts';

/** How many people one account may open in a while: a brake for whoever copies, not for whoever works. */
export const readingLimitEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/people/reading-limits',
    tag: 'People',
    summary: 'How many names one account may open, and how often it may search',
    rule: { may: 'settings.manage' },
    response: ReadingLimits,
    handle: ({ tx }) => getReadingLimits(tx),
  }),
  endpoint({
    method: 'PATCH',
    path: '/api/people/reading-limits',
    tag: 'People',
    summary: 'Change how many names one account may open, from now on',
    rule: { may: 'settings.manage' },
    body: ReadingLimits,
    response: ReadingLimits,
    async handle({ tx, body, audit }) {
      await setReadingLimits(tx, body);
      await audit({ action: 'settings.reading-limits', detail: { ...body } });
      return getReadingLimits(tx);
    },
  }),
];

// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { count } from '../../platform/web/format.ts';
import type { Reason } from '../domain/unusual.ts';

function usualWords(own: number | null, colleagues: number | null): string {
  if (own === null && colleagues === null) return t`What is usual here is not known yet.`;
  if (colleagues === null) return t`On this reader's other days: ${count(own ?? 0)}.`;
  if (own === null) return t`Colleagues on other days: ${count(colleagues)}.`;
  return t`On this reader's other days: ${count(own)}; colleagues: ${count(colleagues)}.`;
}

/** Why somebody may want to ask, as a sentence: what was counted and what is usual. Never what it means. */
export function reasonWords(reason: Reason): string {
  switch (reason.kind) {
    case 'many': {
      const people = plural(reason.people, { one: 'Looked at # person.', other: 'Looked at # people.' });
      return `${people} ${usualWords(reason.own, reason.colleagues)}`;
    }
    case 'night': {
      const people = plural(reason.people, {
        one: 'Looked at # person between ten in the evening and five in the morning.',
        other: 'Looked at # people between ten in the evening and five in the morning.',
      });
      return `${people} ${usualWords(reason.own, reason.colleagues)}`;
    }
    case 'refused':
      return plural(reason.refused, {
        one: 'Asked for the name of # person that was not theirs to know, and was not told.',
        other: 'Asked for the names of # people that were not theirs to know, and was not told.',
      });
    case 'once':
      return t`Opened ${count(reason.once)} of ${count(reason.opened)} records once each and wrote nothing about them, that day or in the week after.`;
    case 'repeated': {
      const times = plural(reason.times, { one: 'Opened the same record # time', other: 'Opened the same record # times' });
      const days = plural(reason.days, { one: 'on # day', other: 'on # days' });
      const writes =
        reason.writes === 0
          ? t`and wrote nothing about it`
          : plural(reason.writes, { one: 'and wrote # line about it', other: 'and wrote # lines about it' });
      return t`${times} ${days} ${writes}.`;
    }
  }
}

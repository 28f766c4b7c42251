// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { day, named } from '../../platform/web/format.ts';
import type { PersonEvent, PersonRecord } from '../domain/person-record.ts';
import { changedWord, eventWord, fromListOf } from './words.ts';

/** What happened to the record, the newest first. */
export function PersonTimeline({ record }: { readonly record: PersonRecord }) {
  return (
    <section class="section" aria-labelledby="timeline">
      <h2 id="timeline">{t`What happened`}</h2>
      {record.events.length === 0 ? (
        <p class="soft">{t`Moves, corrections and the like will stand here.`}</p>
      ) : (
        <ol role="list" class="life-line">
          {record.events.map((event) => (
            <li key={event.eventId}>
              <p class="strong">{eventWord(event.kind)}</p>
              <p class="soft small">
                {day(event.onDate)}
                <EventDetail event={event} />
              </p>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function EventDetail({ event: { kind, from, to, changed, source } }: { readonly event: PersonEvent }) {
  const fields = [...new Set(changed.map(changedWord))].filter(Boolean);
  if (kind === 'corrected' && fields.length > 0) return <> · {fields.join(', ')}</>;
  if (source) return <> · {fromListOf(source)}</>;
  if (kind !== 'moved' || !to) return null;
  return (
    <>
      {' · '}
      {from && (
        <>
          <bdi>{named(from)}</bdi> {t({ message: 'to', context: 'from one place to another' })}{' '}
        </>
      )}
      <bdi>{named(to)}</bdi>
    </>
  );
}

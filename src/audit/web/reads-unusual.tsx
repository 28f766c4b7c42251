// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { day } from '../../platform/web/format.ts';
import { useResource } from '../../platform/web/resource.ts';
import { Link } from '../../platform/web/router.tsx';
import { RecordNumber } from '../../platform/web/ui/record-number.tsx';
import { Loaded } from '../../platform/web/ui/states.tsx';
import type { Reason } from '../domain/unusual.ts';
import type { UnusualDays, UnusualRow } from '../domain/identity-read.ts';
import { Id, type Names } from './names.tsx';
import { reasonWords } from './reason-words.ts';

interface Props {
  readonly asked: Record<string, string>;
  readonly names: Names;
  /** The address of this page for one reader's day, or for one record. */
  readonly linkTo: (to: Record<string, string>) => string;
}

/** Days that somebody may want to ask about. Reasons and figures only: what they mean is for people to find out together. */
export function UnusualReading({ asked, names, linkTo }: Props) {
  const found = useResource((signal) => api.get<UnusualDays>('/audit/unusual-days', asked, { signal }), ['unusual', JSON.stringify(asked)]);
  return (
    <section class="stack-tight" aria-labelledby="unusual-reading">
      <h2 id="unusual-reading">{t`Out of the ordinary`}</h2>
      <p class="soft">{t`Often there is a good reason. Ask the reader first.`}</p>
      <Loaded of={found} isEmpty={({ rows }) => rows.length === 0} empty={<p>{t`Nothing in these days.`}</p>}>
        {({ rows }) => (
          <ul class="reading-days">
            {rows.map((row) => (
              <UnusualDay key={`${row.readerId} ${row.day}`} row={row} names={names} linkTo={linkTo} />
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  );
}

function UnusualDay({ row, names, linkTo }: { readonly row: UnusualRow } & Pick<Props, 'names' | 'linkTo'>) {
  return (
    <li class="stack-tight">
      <p class="row">
        <span class="strong">
          <Id id={row.readerId} names={names} />
        </span>
        <time dateTime={row.day}>{day(row.day, 'medium')}</time>
        <Link href={linkTo({ reader: row.readerId, from: row.day, to: row.day })}>{t`Show this day`}</Link>
      </p>
      <ul>
        {row.reasons.map((reason) => (
          <li key={JSON.stringify(reason)}>
            {reasonWords(reason)} <RecordLink reason={reason} linkTo={linkTo} />
          </li>
        ))}
      </ul>
    </li>
  );
}

function RecordLink({ reason, linkTo }: { readonly reason: Reason } & Pick<Props, 'linkTo'>) {
  if (reason.kind !== 'repeated') return null;
  return (
    <Link href={linkTo({ person: reason.personId })}>
      {t`Who else looked at it`} <RecordNumber id={reason.personId} />
    </Link>
  );
}

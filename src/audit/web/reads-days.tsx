// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { count, day } from '../../platform/web/format.ts';
import { useResource } from '../../platform/web/resource.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import { Loaded } from '../../platform/web/ui/states.tsx';
import { Table, type Column } from '../../platform/web/ui/table.tsx';
import type { ReadingDay, ReadingDays } from '../domain/identity-read.ts';
import { Id, type Names } from './names.tsx';

const shownAtFirst = 14;

function columns(names: Names): readonly Column<ReadingDay>[] {
  return [
    { key: 'reader', head: t`Reader`, rowHead: true, cell: (row) => <Id id={row.readerId} names={names} /> },
    {
      key: 'day',
      head: t`Day`,
      cell: (row) => (
        <time class="nowrap" dateTime={row.day}>
          {day(row.day, 'medium')}
        </time>
      ),
    },
    { key: 'people', head: t`People looked at`, number: true, cell: (row) => count(row.people) },
    { key: 'reads', head: t`Times in all`, number: true, cell: (row) => count(row.reads) },
    { key: 'night', head: t`People at night`, number: true, cell: (row) => count(row.atNight) },
  ];
}

/** How much each reader read on each day. */
export function DaysOfReading({ asked, names }: { readonly asked: Record<string, string>; readonly names: Names }) {
  const [all, setAll] = useState(false);
  const counted = useResource((signal) => api.get<ReadingDays>('/audit/reading-days', asked, { signal }), ['days', JSON.stringify(asked)]);
  return (
    <section class="stack-tight" aria-labelledby="days-of-reading">
      <h2 id="days-of-reading">{t`By reader and day`}</h2>
      <Loaded of={counted} isEmpty={({ rows }) => rows.length === 0} empty={<p>{t`Nobody looked at anybody in these days.`}</p>}>
        {({ rows }) => (
          <div class="stack">
            <Table
              caption={t`People looked at, by reader and day`}
              columns={columns(names)}
              rows={all ? rows : rows.slice(0, shownAtFirst)}
              rowKey={(row) => `${row.readerId} ${row.day}`}
            />
            {!all && rows.length > shownAtFirst && (
              <div class="row">
                <Button onClick={() => setAll(true)}>{t`Show all ${count(rows.length)} lines`}</Button>
              </div>
            )}
          </div>
        )}
      </Loaded>
    </section>
  );
}

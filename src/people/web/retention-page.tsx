// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { day } from '../../platform/web/format.ts';
import { useResource } from '../../platform/web/resource.ts';
import { Page } from '../../platform/web/ui/page.tsx';
import { Loaded } from '../../platform/web/ui/states.tsx';
import { Table, type Column } from '../../platform/web/ui/table.tsx';
import type { ErasureRow } from '../domain/request.ts';
import { HoldsPart } from './holds-part.tsx';
import { NumberWithWays } from './number-with-ways.tsx';
import './people.css';
import { RetentionPart } from './retention-part.tsx';

const erasedColumns = (): readonly Column<ErasureRow>[] => [
  { key: 'number', head: t`Record`, rowHead: true, cell: (row) => <NumberWithWays number={row.number} withoutConsents /> },
  { key: 'on', head: t`Erased on`, cell: (row) => day(row.erasedAt, 'medium') },
  { key: 'why', head: t`Why`, cell: (row) => (row.byRule ? t`The time to keep it was over` : t`The person asked for it`) },
];

/** How long records are kept, whose time is over, which must not be erased, and which were. */
export default function RetentionPage() {
  return (
    <Page
      wide
      title={t`How long records are kept`}
      lead={t`Rules, records whose time is over, legal holds, and what was erased. By record number: you see no names and no answers.`}
    >
      <div class="stack-wide">
        <RetentionPart />
        <HoldsPart />
        <Erased />
      </div>
    </Page>
  );
}

function Erased() {
  const erased = useResource((signal) => api.get<ErasureRow[]>('/data-protection/erasures', undefined, { signal }), ['erased']);
  return (
    <section class="stack" aria-labelledby="erased">
      <h2 id="erased">{t`Erased`}</h2>
      <Loaded of={erased} isEmpty={(rows) => rows.length === 0} empty={<p class="soft">{t`Nobody yet.`}</p>}>
        {(rows) => (
          <Table caption={t`Erased records`} columns={erasedColumns()} rows={rows} rowKey={(row) => `${row.number} ${row.erasedAt}`} />
        )}
      </Loaded>
    </section>
  );
}

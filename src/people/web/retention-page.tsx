// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { day } from '../../platform/web/format.ts';
import { useResource } from '../../platform/web/resource.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import { ConfirmDialog } from '../../platform/web/ui/dialog.tsx';
import { Page } from '../../platform/web/ui/page.tsx';
import { Loaded } from '../../platform/web/ui/states.tsx';
import { Table, type Column } from '../../platform/web/ui/table.tsx';
import type { ErasureRow } from '../domain/request.ts';
import { HoldsPart } from './holds-part.tsx';
import { NumberWithWays } from './number-with-ways.tsx';
import './people.css';
import { RetentionPart } from './retention-part.tsx';

const erasedColumns = (onLift: (row: ErasureRow) => void): readonly Column<ErasureRow>[] => [
  { key: 'number', head: t`Record`, rowHead: true, cell: (row) => <NumberWithWays number={row.number} withoutConsents /> },
  { key: 'on', head: t`Erased on`, cell: (row) => day(row.erasedAt, 'medium') },
  { key: 'why', head: t`Why`, cell: (row) => (row.byRule ? t`The time to keep it was over` : t`The person asked for it`) },
  {
    key: 'lists',
    head: t`In later lists`,
    cell: (row) =>
      row.keptOut && (
        <Button
          kind="quiet"
          label={t`May come with a list again: ${row.number}`}
          onClick={() => onLift(row)}
        >{t`May come with a list again`}</Button>
      ),
  },
];

/** How long records are kept, whose time is over, which must not be erased, and which were. */
export default function RetentionPage() {
  // What one part changes is said by the others too.
  const [round, setRound] = useState(0);
  const changed = () => setRound((before) => before + 1);
  return (
    <Page
      wide
      title={t`How long records are kept`}
      lead={t`Rules, records whose time is over, legal holds, and what was erased. By record number: you see no names and no answers.`}
    >
      <div class="stack-wide">
        <RetentionPart round={round} onChanged={changed} />
        <HoldsPart onChanged={changed} />
        <Erased round={round} />
      </div>
    </Page>
  );
}

function Erased({ round }: { readonly round: number }) {
  const erased = useResource((signal) => api.get<ErasureRow[]>('/data-protection/erasures', undefined, { signal }), ['erased', round]);
  const [lifting, lift] = useState<ErasureRow | null>(null);
  return (
    <section class="stack" aria-labelledby="erased">
      <h2 id="erased">{t`Erased`}</h2>
      <Loaded of={erased} isEmpty={(rows) => rows.length === 0} empty={<p class="soft">{t`Nobody yet.`}</p>}>
        {(rows) => (
          <Table caption={t`Erased records`} columns={erasedColumns(lift)} rows={rows} rowKey={(row) => `${row.number} ${row.erasedAt}`} />
        )}
      </Loaded>
      {lifting && (
        <ConfirmDialog
          title={t`May this person come with a list again?`}
          action={t`Lists may bring the person`}
          onClose={() => lift(null)}
          onConfirm={async () =>
            erased.put(await api.post<ErasureRow[]>(`/data-protection/erasures/${lifting.regionId}/${lifting.personId}/lift`))
          }
        >
          <p>
            <span class="record-number strong">{lifting.number}</span>
          </p>
          <p>{t`Only where the person came back and agrees to be recorded. Until now no row of a later list with this person is taken; from then on such a row makes a new record. What was erased does not come back.`}</p>
        </ConfirmDialog>
      )}
    </section>
  );
}

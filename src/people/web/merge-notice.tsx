// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { day } from '../../platform/web/format.ts';
import { useResource } from '../../platform/web/resource.ts';
import { Link } from '../../platform/web/router.tsx';
import { Button } from '../../platform/web/ui/button.tsx';
import { ConfirmDialog } from '../../platform/web/ui/dialog.tsx';
import { Notice } from '../../platform/web/ui/notice.tsx';
import type { MergeView } from '../domain/duplicate.ts';
import type { PersonRecord } from '../domain/person-record.ts';
import { personAddress } from './addresses.ts';

interface Merges {
  readonly merges: readonly MergeView[];
}

interface Props {
  readonly record: PersonRecord;
  /** The merge was taken back: the record is another one now. */
  readonly onReload: () => void;
}

/** On the page of a person: with which record hers was joined, and the way to take it back. Nothing where it never was. */
export function MergeNotice({ record, onReload }: Props) {
  const [asked, setAsked] = useState<MergeView | undefined>(undefined);
  const ever = record.events.some(({ kind }) => kind === 'merged');
  const address = `${personAddress(record)}/merges`;
  const found = useResource((signal) => api.get<Merges>(address, undefined, { signal }), ever ? [address, record.version] : [null]);
  const standing = (found.data?.merges ?? []).filter(({ undoneAt }) => undoneAt === null);
  return (
    <>
      {standing.map((merge) => {
        const on = day(merge.mergedAt);
        return (
          <Notice
            key={merge.mergeId}
            title={merge.stayed ? t`Joined with another record on ${on}` : t`Joined into another record on ${on}`}
          >
            <p>
              <Link href={personAddress(merge.withPerson)}>
                <bdi class="record-number">{merge.withPerson.number}</bdi>
              </Link>
            </p>
            {merge.mayTakeBack && <Button onClick={() => setAsked(merge)}>{t`Take this merge back`}</Button>}
          </Notice>
        );
      })}
      {asked && (
        <ConfirmDialog
          title={t`Take this merge back?`}
          action={t`Take this merge back`}
          kind="primary"
          onConfirm={async () => {
            await api.post(`${address}/${asked.mergeId}/take-back`);
            onReload();
          }}
          onClose={() => setAsked(undefined)}
        >
          <p>{t`Both records become what they were, with their own names, answers and consents. What was added since stays with the record that was kept. Both pages say that you took it back.`}</p>
          <p>{t`The pair then waits under Written down twice again. Say there that they are two different people, if that is so.`}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { Button } from '../../platform/web/ui/button.tsx';
import { Page } from '../../platform/web/ui/page.tsx';
import { useLostFocus } from '../../platform/web/ui/lost-focus.ts';
import { EmptyState } from '../../platform/web/ui/states.tsx';
import type { QueuedRequest } from '../domain/request.ts';
import { EndedCare } from './ended-care.tsx';
import { NumberWithWays } from './number-with-ways.tsx';
import { DecideDialog } from './request-dialogs.tsx';
import { QueueActions, RequestsQueue } from './requests-queue.tsx';

const path = '/data-protection/requests';

/** The data protection officer's queue: what people ask for. Numbers and districts, no names. */
export default function RequestsPage() {
  const [deciding, setDeciding] = useState<QueuedRequest | undefined>(undefined);
  const [decided, setDecided] = useState(0);
  useLostFocus(decided);
  return (
    <Page
      wide
      title={t`Requests`}
      lead={t`What people ask about their own records, by the day an answer is due. By record number: you see no names and no answers.`}
      actions={<QueueActions path={path} />}
    >
      <RequestsQueue
        key={decided}
        path={path}
        record={({ number }) => <NumberWithWays number={number} />}
        act={(row) => <Button label={t`Decide about ${row.number}`} onClick={() => setDeciding(row)}>{t`Decide`}</Button>}
        empty={
          <EmptyState title={t`Nothing to answer`}>
            {t`Whoever visits people writes down what they ask for on the person's page; it then stands here.`}
          </EmptyState>
        }
      />
      <EndedCare record={({ number }) => <NumberWithWays number={number} />} />
      {deciding && (
        <DecideDialog request={deciding} onClose={() => setDeciding(undefined)} onDecided={() => setDecided((before) => before + 1)} />
      )}
    </Page>
  );
}

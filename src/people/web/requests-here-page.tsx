// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { Link } from '../../platform/web/router.tsx';
import { Page } from '../../platform/web/ui/page.tsx';
import { EmptyState } from '../../platform/web/ui/states.tsx';
import { personAddress } from './addresses.ts';
import { EndedCare } from './ended-care.tsx';
import { QueueActions, RequestsQueue } from './requests-queue.tsx';

const path = '/people/requests';

/** What people of one's area, or in one's care, ask for: what is wrong in a record is for those who work there to set right. */
export default function RequestsHerePage() {
  return (
    <Page
      wide
      title={t`Requests`}
      lead={t`What people of your area, or in your care, ask about their records. Open a record to set something right or to hand over what is kept; the data protection officer decides about the rest.`}
      actions={<QueueActions path={path} />}
    >
      <RequestsQueue
        path={path}
        record={(row) => (
          <Link class="record-number" href={personAddress(row)}>
            {row.number}
          </Link>
        )}
        empty={
          <EmptyState title={t`Nothing to answer`}>
            {t`When somebody asks to see, set right or erase a record, open the person's page and write it down there; it then stands here.`}
          </EmptyState>
        }
      />
      <EndedCare
        record={(row) => (
          <Link class="record-number" href={personAddress(row)}>
            {row.number}
          </Link>
        )}
      />
    </Page>
  );
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { day } from '../../platform/web/format.ts';
import { useResource } from '../../platform/web/resource.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import { ConfirmDialog } from '../../platform/web/ui/dialog.tsx';
import { useLostFocus } from '../../platform/web/ui/lost-focus.ts';
import { Loaded } from '../../platform/web/ui/states.tsx';
import type { Hold } from '../domain/request.ts';
import { NumberWithWays } from './number-with-ways.tsx';
import { todayHere } from './register/draft.ts';
import { HoldDialog } from './request-dialogs.tsx';

/** Records that must be kept for now. `onChanged`: what may be erased is another list by then. */
export function HoldsPart({ onChanged }: { readonly onChanged: () => void }) {
  const holds = useResource((signal) => api.get<Hold[]>('/data-protection/holds', undefined, { signal }), ['holds']);
  const [open, setOpen] = useState<'new' | Hold | undefined>(undefined);
  const close = () => setOpen(undefined);
  const put = (rows: Hold[]) => {
    holds.put(rows);
    onChanged();
  };
  const head = useLostFocus(holds.data);
  return (
    <section class="stack" aria-labelledby="holds">
      <div class="row">
        <h2 id="holds" tabIndex={-1} ref={head}>{t`Legal holds`}</h2>
        <span class="push">
          <Button onClick={() => setOpen('new')}>{t`Hold a record`}</Button>
        </span>
      </div>
      <Loaded of={holds} isEmpty={(rows) => rows.length === 0} empty={<p class="soft">{t`No record is held.`}</p>}>
        {(rows) => (
          <ul role="list" class="people-list">
            {rows.map((hold) => (
              <HoldLine key={hold.holdId} hold={hold} onEnd={setOpen} />
            ))}
          </ul>
        )}
      </Loaded>
      {open === 'new' && <HoldDialog onClose={close} onPlaced={put} />}
      {typeof open === 'object' && (
        <ConfirmDialog
          title={t`End this hold?`}
          action={t`End it`}
          onClose={close}
          onConfirm={async () =>
            put(await api.post<Hold[]>(`/data-protection/holds/${open.regionId}/${open.holdId}/end`, { version: open.version }))
          }
        >
          <p>
            <span class="record-number strong">{open.number}</span>
          </p>
          <p>{t`From then on the record may be erased again. That the hold was there stays in the record of use.`}</p>
        </ConfirmDialog>
      )}
    </section>
  );
}

function HoldLine({ hold, onEnd }: { readonly hold: Hold; readonly onEnd: (hold: Hold) => void }) {
  const until = day(hold.untilOn, 'medium'),
    ended = hold.endedAt ? day(hold.endedAt, 'medium') : '';
  const over = hold.untilOn < todayHere();
  return (
    <li>
      <div class="stack-tight">
        <NumberWithWays number={hold.number} />
        <p>
          <bdi>{hold.citation}</bdi>
        </p>
        <p class="soft small">{ended ? t`Ended on ${ended}` : over ? t`Over since ${until}` : t`Until ${until}`}</p>
      </div>
      {!ended && !over && <Button kind="quiet" label={t`End it: hold on ${hold.number}`} onClick={() => onEnd(hold)}>{t`End it`}</Button>}
    </li>
  );
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { day } from '../../../platform/web/format.ts';
import type { Act } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import type { OutsideLink } from '../../domain/proof.ts';
import './proof.css';

export interface Links {
  readonly service: string | null;
  readonly rows: readonly OutsideLink[];
}

/** Who somebody is at the other sign-in service, and the end of it. */
export function LinkList({ rows, end }: { readonly rows: readonly OutsideLink[]; readonly end: Act<[string]> }) {
  return (
    <ul role="list" class="proof-list">
      {rows.map((row) => (
        <li key={row.linkId}>
          <span>
            <bdi class="strong">{row.subject}</bdi> <span class="soft">{t`linked on ${day(row.madeAt, 'medium')}`}</span>
          </span>
          <Button
            kind="quiet"
            busy={end.busy}
            label={t`End the link: ${row.subject}`}
            onClick={() => void end.run(row.linkId)}
          >{t`End the link`}</Button>
        </li>
      ))}
    </ul>
  );
}

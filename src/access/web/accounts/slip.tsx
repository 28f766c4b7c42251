// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { moment } from '../../../platform/web/format.ts';
import type { Slip } from '../../domain/invitation.ts';
import './slip.css';

/** Where people go with their code. */
export const welcomeAddress = (): string => `${location.origin}/welcome`;

/** What is handed over on paper: where to go, what to type, until when. */
export function SlipCard({ slip }: { readonly slip: Slip }) {
  return (
    <article class="slip keep" aria-label={t`Slip for ${slip.displayName}`}>
      <p class="strong">
        Waymark · <bdi>{slip.displayName}</bdi>
      </p>
      <dl>
        <div>
          <dt>{t`Open`}</dt>
          <dd>
            <code>{welcomeAddress()}</code>
          </dd>
        </div>
        <div>
          <dt>{t`User name`}</dt>
          <dd>
            <code>{slip.userName}</code>
          </dd>
        </div>
        <div>
          <dt>{t`Code`}</dt>
          <dd>
            <code class="slip-code">{slip.code}</code>
          </dd>
        </div>
      </dl>
      <p class="small">
        {slip.kind === 'invitation'
          ? t`Type both, then choose a password that only you know. The code works once, until ${moment(slip.expiresAt)}. Keep this paper to yourself.`
          : t`Type both, then choose a new password. The code works once, until ${moment(slip.expiresAt)}. Keep this paper to yourself.`}
      </p>
    </article>
  );
}

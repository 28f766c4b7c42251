// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { timeNow } from '../../../platform/web/clock.ts';
import { day, moment } from '../../../platform/web/format.ts';
import type { Account, AccountCode } from '../../domain/account.ts';
import { isLocked } from './accounts-data.ts';

export function AccountState({ account }: { readonly account: Account }) {
  if (account.disabled) return <span class="strong">{t`Disabled`}</span>;
  if (account.lockedUntil && isLocked(account, timeNow()))
    return <span class="strong">{t`Locked until ${moment(account.lockedUntil)}`}</span>;
  return account.code?.kind === 'invitation' ? <InvitedUntil code={account.code} /> : <span>{t`Active`}</span>;
}

/** Somebody who has not come in yet, and whether she still can. */
export function InvitedUntil({ code }: { readonly code: AccountCode }) {
  if (new Date(code.expiresAt) <= timeNow()) return <span class="strong">{t`The invitation has run out`}</span>;
  return <span>{t`Invited, until ${day(code.expiresAt, 'medium')}`}</span>;
}

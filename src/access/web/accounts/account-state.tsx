// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { moment } from '../../../platform/web/format.ts';
import type { Account } from '../../domain/account.ts';
import { isLocked } from './accounts-data.ts';

export function AccountState({ account }: { readonly account: Account }) {
  if (account.disabled) return <span class="strong">{t`Disabled`}</span>;
  if (account.lockedUntil && isLocked(account, new Date()))
    return <span class="strong">{t`Locked until ${moment(account.lockedUntil)}`}</span>;
  return <span>{t`Active`}</span>;
}

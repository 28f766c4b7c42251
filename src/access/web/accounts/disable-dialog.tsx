// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { useAct, type Act } from '../../../platform/web/resource.ts';
import { orReload } from '../../../platform/web/resource.ts';
import { ConfirmDialog } from '../../../platform/web/ui/dialog.tsx';

interface Account {
  readonly displayName: string;
  readonly version: number;
}

interface Props {
  readonly account: Account;
  /** Where this account is changed: an administrator and an officer have addresses of their own. */
  readonly path: string;
  readonly reload: () => void;
}

async function set({ account, path, reload }: Props, disabled: boolean): Promise<void> {
  await orReload(api.patch(path, { disabled, version: account.version }), reload);
  reload();
}

export const useLettingIn = (props: Props): Act<[]> => useAct(() => set(props, false));

export function DisableDialog({ onClose, ...props }: Props & { readonly onClose: () => void }) {
  const { displayName } = props.account;
  return (
    <ConfirmDialog title={t`Disable this account?`} action={t`Disable the account`} onClose={onClose} onConfirm={() => set(props, true)}>
      <p>{t`${displayName} is signed out at once and cannot sign in. Nothing they recorded is lost, and you can let them in again.`}</p>
    </ConfirmDialog>
  );
}

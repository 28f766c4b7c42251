// SPDX-License-Identifier: AGPL-3.0-or-later
import { KeyRound } from 'lucide';
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { timeNow } from '../../../platform/web/clock.ts';
import { moment } from '../../../platform/web/format.ts';
import { useResource } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { ConfirmDialog } from '../../../platform/web/ui/dialog.tsx';
import { Loaded } from '../../../platform/web/ui/states.tsx';
import type { Slip } from '../../domain/invitation.ts';
import type { OwnAccount, OwnAccountWithSlip } from '../../domain/own-account.ts';
import { SlipDialog } from '../accounts/slip-dialog.tsx';
import { GiveDialog } from './give-dialog.tsx';

interface Props {
  readonly regionId: number;
  readonly personId: string;
  /** What the person's age and words allow (people/domain/consent.ts). */
  readonly allowed: 'yes' | 'too-young' | 'not-agreed';
}
type Open = 'give' | 'end' | { readonly renew: OwnAccount };

/** The case worker's: whether the person reads the own record on a phone, and the way to it. */
export function AccountOfPerson({ regionId, personId, allowed }: Props) {
  const path = `/people/${regionId}/${personId}/account`;
  const accounts = useResource((signal) => api.get<OwnAccount[]>(path, undefined, { signal }), [path, allowed]);
  const [open, setOpen] = useState<Open | undefined>(undefined);
  const [slip, setSlip] = useState<Slip | undefined>(undefined);
  const close = () => setOpen(undefined);
  const given = (made: OwnAccountWithSlip) => {
    accounts.put(made.accounts);
    setSlip(made.slip);
  };
  return (
    <section class="section" aria-labelledby="own-account">
      <h2 id="own-account">{t`The person’s own account`}</h2>
      <p class="soft">
        {t`With it the person reads this record on a phone, sees who looked, takes back what was agreed to, and asks for something to be set right.`}
      </p>
      <Loaded of={accounts}>
        {(all) =>
          all.length === 0 ? (
            <NoneYet allowed={allowed} onGive={() => setOpen('give')} />
          ) : (
            <ul role="list" class="people-list">
              {all.map((account) => (
                <Row key={account.accountId} account={account} onOpen={setOpen} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {open === 'give' && <GiveDialog path={path} onClose={close} onGiven={given} />}
      {typeof open === 'object' && <GiveDialog path={path} account={open.renew} onClose={close} onGiven={given} />}
      {open === 'end' && (
        <ConfirmDialog
          title={t`End the own account?`}
          action={t`End the account`}
          onClose={close}
          onConfirm={async () => accounts.put(await api.delete<OwnAccount[]>(path))}
        >
          <p>{t`The person is signed out at once, and nobody comes in with it any more. The record stays as it is. You can give another account later.`}</p>
        </ConfirmDialog>
      )}
      {slip && (
        <SlipDialog
          slip={slip}
          onDone={() => setSlip(undefined)}
          handing={t`This code is shown once. Give it to the person alone, into the hand: not by phone, not by message, not through anybody else. Best type it in together now, and destroy the paper.`}
        />
      )}
    </section>
  );
}

function NoneYet({ allowed, onGive }: { readonly allowed: Props['allowed']; readonly onGive: () => void }) {
  if (allowed === 'too-young') return <p>{t`A child below seven has no account of its own.`}</p>;
  if (allowed === 'not-agreed')
    return (
      <p>{t`A child has one only if it and a parent or guardian both agree to being helped by a case worker. Ask them, and write it down above.`}</p>
    );
  return (
    <div class="row">
      <Button icon={KeyRound} onClick={onGive}>{t`Give the person an account`}</Button>
    </div>
  );
}

function stateOf({ disabled, cameIn, code }: OwnAccount): string {
  if (disabled) return t`Shut by an administrator`;
  const until = code ? moment(code.expiresAt) : '';
  const waits = code !== null && new Date(code.expiresAt) > timeNow();
  if (cameIn) return waits ? t`In use; a new code is good until ${until}` : t`In use`;
  return waits ? t`Not come in yet; the code is good until ${until}` : t`Not come in; the code has run out`;
}

function Row({ account, onOpen }: { readonly account: OwnAccount; readonly onOpen: (what: Open) => void }) {
  return (
    <li>
      <div>
        <p>
          {t`User name`}: <code>{account.userName}</code>
        </p>
        <p class="soft small">{stateOf(account)}</p>
      </div>
      <span class="row">
        {!account.disabled && <Button kind="quiet" onClick={() => onOpen({ renew: account })}>{t`New code`}</Button>}
        <Button kind="quiet" onClick={() => onOpen('end')}>{t`End the account`}</Button>
      </span>
    </li>
  );
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { Download, Printer } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import { plural, t } from '@lingui/core/macro';
import { Button } from '../../../platform/web/ui/button.tsx';
import { Checkbox } from '../../../platform/web/ui/field.tsx';
import { Notice } from '../../../platform/web/ui/notice.tsx';
import type { Slip } from '../../domain/invitation.ts';
import { saveFile } from './save-file.ts';
import { SlipCard } from './slip.tsx';

interface Props {
  readonly slips: readonly Slip[];
  /** How many of them are for accounts that were there before. */
  readonly again: number;
  readonly csv: string;
  readonly onDone: () => void;
}

/** All slips of one file, the only time they are seen: to print, eight on a sheet, or to take away. */
export function SlipSheet({ slips, again, csv, onDone }: Props) {
  const [noted, setNoted] = useState(false);
  useEffect(() => {
    // Whoever closes the window now loses the codes.
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, []);
  return (
    <section class="stack" aria-labelledby="slips-title">
      <div class="stack not-in-print">
        <h2 id="slips-title">
          {again < slips.length
            ? plural(slips.length - again, { one: '# account is made', other: '# accounts are made' })
            : plural(again, { one: '# new code is made', other: '# new codes are made' })}
        </h2>
        <Notice
          kind="warning"
          live
        >{t`These codes are shown once and cannot be looked up again. Print them or take the file now; a single one that is lost can be made anew on the page of its account.`}</Notice>
        <div class="row">
          <Button kind="primary" icon={Printer} onClick={() => print()}>{t`Print the slips`}</Button>
          <Button icon={Download} onClick={() => saveFile('slips.csv', new Blob([csv], { type: 'text/csv' }))}>{t`Take as CSV`}</Button>
        </div>
        <Checkbox label={t`I have printed or taken all codes`} checked={noted} onChange={setNoted} />
        <div class="row">
          <Button disabled={!noted} onClick={onDone}>{t`Done`}</Button>
        </div>
      </div>
      <div class="slips">
        {slips.map((slip) => (
          <SlipCard key={slip.accountId} slip={slip} />
        ))}
      </div>
    </section>
  );
}

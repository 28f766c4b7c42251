// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { Link } from '../../platform/web/router.tsx';
import { may } from '../../platform/web/session.ts';

interface Props {
  readonly number: string;
  /** Where nothing is said of it any more, or all that is said stands already. */
  readonly withoutConsents?: boolean;
}

/** A record number, and under it the ways to who looked at the record and what was said about its use, for whoever may ask that. */
export function NumberWithWays({ number, withoutConsents = false }: Props) {
  const looked = may('audit.read-whole'),
    said = may('consent.read') && !withoutConsents;
  return (
    <span class="number-with-ways">
      <bdi class="record-number strong">{number}</bdi>
      {(looked || said) && (
        <span class="row small not-in-print">
          {looked && <Link href={`/audit/reads?person=${number}`} aria-label={t`Who looked at ${number}`}>{t`Who looked`}</Link>}
          {said && <Link href={`/data-protection/consents?number=${number}`} aria-label={t`Consents of ${number}`}>{t`Consents`}</Link>}
        </span>
      )}
    </span>
  );
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import type { ComponentChildren } from 'preact';
import { count, day, decimal, percent } from '../../platform/web/format.ts';
import { BandChip } from '../../platform/web/ui/band.tsx';
import { DistributionBar } from '../../platform/web/ui/distribution-bar.tsx';
import type { Profile } from '../domain/profile.ts';
import { blankWords } from './words.ts';

function Figure({
  value,
  of,
  children,
}: {
  readonly value: ComponentChildren;
  readonly of: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="figure">
      <dt>{of}</dt>
      <dd>
        <span class="figure-value number">{value}</span>
        {children && <span class="small soft">{children}</span>}
      </dd>
    </div>
  );
}

/** The few numbers that are read first, each with what it counts, of how many, and when. */
export function KeyFigures({ profile }: { readonly profile: Profile }) {
  const { own, threshold } = profile;
  const { counts } = own;
  const known =
    counts && counts.low !== null && counts.medium !== null && counts.high !== null ? counts.low + counts.medium + counts.high : null;
  return (
    <section class="stack" aria-labelledby="figures-title">
      <h2 id="figures-title">{t`Where it stands`}</h2>
      <dl class="figures">
        {counts && typeof counts.n === 'number' && <Figure of={t`People assessed`} value={count(counts.n)} />}
        {counts && typeof counts.high === 'number' && known !== null && known > 0 && (
          <Figure
            of={t`At high risk`}
            value={count(counts.high)}
          >{t`${percent((counts.high / known) * 100, 1)} of ${plural(known, { one: '# person', other: '# people' })} with a known band`}</Figure>
        )}
        {counts && typeof counts.unknown === 'number' && counts.n !== null && counts.n > 0 && (
          <Figure
            of={t`Not known`}
            value={count(counts.unknown)}
          >{t`${percent((counts.unknown / counts.n) * 100, 1)}: too few answers, or answers that ran out`}</Figure>
        )}
        {!counts && <Figure of={t`Risk`} value={<BandChip band={own.band} />} />}
        {own.index !== null && (
          <Figure of={t`Index, 0 to 100`} value={decimal(own.index)}>
            {own.low !== null &&
              own.high !== null &&
              t`between ${decimal(own.low)} and ${decimal(own.high)}, whatever the missing answers are`}
          </Figure>
        )}
        {!counts && own.coverage !== null && <Figure of={t`Answers known`} value={percent(own.coverage)} />}
        {own.observedOn && (
          <Figure of={counts ? t`Figures of` : t`Newest answer`} value={<span class="figure-date">{day(own.observedOn, 'medium')}</span>}>
            {own.validUntil && t`renew by ${day(own.validUntil, 'medium')}`}
          </Figure>
        )}
      </dl>
      {counts && own.cover === 'shown' && <DistributionBar counts={counts} legend />}
      {own.cover !== 'shown' && <p class="soft">{blankWords(own, threshold)}</p>}
      {own.carriedFrom && <p class="small soft">{t`Figures of ${day(own.carriedFrom)}: the change since is too small to show.`}</p>}
    </section>
  );
}

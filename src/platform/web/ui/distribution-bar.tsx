// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { count, percent } from '../format.ts';
import { BandShape, bandWord } from './band.tsx';

/** How many stand in each band; null where a count may not be shown. */
export interface Distribution {
  readonly n: number | null;
  readonly unknown: number | null;
  readonly low: number | null;
  readonly medium: number | null;
  readonly high: number | null;
}

interface Props {
  readonly counts: Distribution;
  /** The counts in words and numbers under the bar. Without it the bar carries them for screen readers only. */
  readonly legend?: boolean;
}

const order = [3, 2, 1, 0] as const;
const keys = ['unknown', 'low', 'medium', 'high'] as const;

function spoken(counts: Distribution): string {
  const parts = order.map((band) => {
    const value = counts[keys[band]];
    return `${bandWord(band)}: ${value === null ? t`not shown` : count(value)}`;
  });
  return parts.join(', ');
}

/** High to unknown in one bar. When some count is withheld its share of the bar stays blank: what is drawn never tells more than what is written. */
export function DistributionBar({ counts, legend = false }: Props) {
  const known = order.map((band) => ({ band, value: counts[keys[band]] }));
  const sum = known.reduce((total, each) => total + (each.value ?? 0), 0);
  const complete = known.every((each) => each.value !== null);
  const whole = complete ? sum : (counts.n ?? 0);
  return (
    <div class="distribution">
      {whole > 0 && (
        <div class="distribution-bar" {...(legend ? { 'aria-hidden': true } : { role: 'img', 'aria-label': spoken(counts) })}>
          {known.map(
            ({ band, value }) =>
              value !== null &&
              value > 0 && <span key={band} class={`distribution-part band-fill-${band}`} style={{ flexGrow: value / whole }} />,
          )}
          {!complete && <span class="distribution-part band-fill-withheld" style={{ flexGrow: Math.max(0, 1 - sum / whole) }} />}
        </div>
      )}
      {whole === 0 && !legend && <span class="soft small">{complete ? t`nobody recorded` : t`too few to show`}</span>}
      {legend && (
        <dl class="distribution-legend">
          {known.map(({ band, value }) => (
            <div key={band}>
              <dt>
                <BandShape band={band} /> {bandWord(band)}
              </dt>
              <dd class="number">
                {value === null ? (
                  <span class="soft">{t`not shown`}</span>
                ) : (
                  <>
                    {count(value)}
                    {whole > 0 && complete && <span class="soft"> {percent((value / whole) * 100)}</span>}
                  </>
                )}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

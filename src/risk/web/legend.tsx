// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { Swatch } from '../../platform/web/map/swatch.tsx';
import { BandShape, bandWord } from '../../platform/web/ui/band.tsx';
import { count, percent } from '../../platform/web/format.ts';
import type { Indicator } from '../domain/instrument.ts';
import type { MapData } from '../domain/map-data.ts';
import { areaBands } from '../domain/ranking.ts';
import { legendOf, type LegendEntry } from './colours.ts';
import { borderOf, measureWords } from './words.ts';

interface Props {
  readonly data: MapData;
  readonly indicator: Indicator | undefined;
  readonly title: string;
}

function entryWords(entry: LegendEntry, { data, indicator }: Props): string {
  if (entry.tone === 'unknown') return t`Not known`;
  if (entry.tone === 'held') return t`Not shown`;
  if (entry.band !== null) return bandWord(entry.band);
  const write = (value: number) => borderOf(value, data.measure, indicator);
  if (entry.from === null) return '';
  return entry.below === null ? t`${write(entry.from)} and more` : t`${write(entry.from)} to below ${write(entry.below)}`;
}

/** What puts an area of people into a band. The borders are Waymark's own and say where to look first. */
function borderWords(band: number): string {
  if (band === 3) return t`${percent(areaBands.high)} and more at high risk`;
  if (band === 2) return t`${percent(areaBands.medium)} to below ${percent(areaBands.high)}`;
  return t`below ${percent(areaBands.medium)}`;
}

/** Every colour and hatching in words, with how many places have it. The same on screen and on paper. */
export function Legend(props: Props) {
  const { data, title } = props;
  const entries = legendOf(data);
  const has = (tone: string) => entries.some((entry) => entry.tone === tone);
  return (
    <section class="legend" aria-label={t`Legend`}>
      <h2 class="legend-title">{title || measureWords(data.measure, null)}</h2>
      <ul role="list">
        {entries.map((entry) => (
          <li key={`${entry.tone} ${entry.from ?? ''}`}>
            <Swatch tone={entry.tone} />
            {entry.band !== null && <BandShape band={entry.band} />}
            <span class="legend-words">
              {entryWords(entry, props)}
              {entry.band !== null && data.instrument.scores === 'person' && <span class="small soft"> {borderWords(entry.band)}</span>}
            </span>
            <span class="number soft">
              <span class="for-ears">{plural(entry.places, { one: '# place', other: '# places' })}</span>
              <span aria-hidden="true">{count(entry.places)}</span>
            </span>
          </li>
        ))}
      </ul>
      {has('unknown') && <p class="small soft">{t`Slanted lines: too little is recorded to say. It does not mean low risk.`}</p>}
      {has('held') && (
        <p class="small soft">{t`Dots: a figure exists but would point at fewer than ${data.threshold} people, or lies outside your area.`}</p>
      )}
    </section>
  );
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { ArrowRight, FileText, X } from 'lucide';
import type { Pointed } from '../../platform/web/map/types.ts';
import { day, decimal, named, percent } from '../../platform/web/format.ts';
import { language } from '../../platform/web/i18n.ts';
import { useResource } from '../../platform/web/resource.ts';
import { BandChip } from '../../platform/web/ui/band.tsx';
import { ButtonLink } from '../../platform/web/ui/button.tsx';
import { DistributionBar } from '../../platform/web/ui/distribution-bar.tsx';
import { Icon } from '../../platform/web/ui/icon.tsx';
import type { Indicator } from '../domain/instrument.ts';
import type { MapData, MapRow } from '../domain/map-data.ts';
import { loadReasons } from './view-data.ts';
import type { ViewState } from './view-state.ts';
import { blankWords, levelWord, valueWords } from './words.ts';

interface Props {
  readonly row: MapRow;
  readonly data: MapData;
  readonly view: ViewState;
  readonly indicator: Indicator | undefined;
  readonly at: Pointed;
  readonly room: { readonly width: number; readonly height: number };
  /** One level down, or null where there is none. */
  readonly downHref: string | null;
  readonly profileHref: string;
  readonly onClose: () => void;
}

/** Beside what is pointed at, on the side where there is room; a finger's card is docked at the foot, out of the way of the hand. */
function position({ at, room }: Pick<Props, 'at' | 'room'>): Record<string, string> {
  const gap = 16;
  const horizontally = at.x > room.width / 2 ? { right: `${Math.max(8, room.width - at.x + gap)}px` } : { left: `${at.x + gap}px` };
  const vertically =
    at.y > room.height / 2 ? { bottom: `${Math.max(8, room.height - at.y - 24)}px` } : { top: `${Math.max(8, at.y - 24)}px` };
  return { ...horizontally, ...vertically };
}

/** What is known of one place: name, how many, the split, the main reasons, the date. */
export function PlaceCard({ row, data, view, indicator, at, room, downHref, profileHref, onClose }: Props) {
  const asked = row.reasons || row.cover !== 'shown' ? null : row.placeId;
  const found = useResource(
    (signal) => loadReasons(view, data, asked ?? '', language().code, signal),
    asked === null ? [null] : [asked, data],
  ).data;
  const docked = at.via === 'touch' || room.width < 560;
  return (
    <div class={docked ? 'place-card place-card-docked' : 'place-card'} style={docked ? {} : position({ at, room })}>
      <div class="place-card-head">
        <p class="place-card-name">
          <bdi>{named(row)}</bdi> <span class="soft small">{levelWord(data.levelNames)}</span>
        </p>
        {docked && (
          <button type="button" class="icon-button" aria-label={t`Close`} onClick={onClose}>
            <Icon of={X} />
          </button>
        )}
      </div>
      <RowFacts row={found && found.placeId === asked ? { ...row, reasons: [...found.reasons] } : row} data={data} indicator={indicator} />
      {docked && (
        <div class="row">
          {downHref && <ButtonLink kind="primary" icon={ArrowRight} href={downHref}>{t`Show its parts`}</ButtonLink>}
          <ButtonLink icon={FileText} href={profileHref}>{t`Profile`}</ButtonLink>
        </div>
      )}
    </div>
  );
}

/** The facts of a row, for the card and for the whole area in the panel. */
export function RowFacts({ row, data, indicator }: Pick<Props, 'row' | 'data' | 'indicator'>) {
  const reasons = row.reasons?.slice(0, 3) ?? [];
  const blank = row.cover !== 'shown';
  return (
    <div class="stack-tight">
      {data.measure !== 'band' && row.value !== null && (
        <p class="place-card-value number">{valueWords(row.value, data.measure, indicator)}</p>
      )}
      {row.counts && row.counts.n !== null && (
        <p class="small">{plural(row.counts.n, { one: '# person assessed', other: '# people assessed' })}</p>
      )}
      {row.counts && row.cover === 'shown' && <DistributionBar counts={row.counts} legend />}
      {row.index !== null && (
        <p class="row">
          <BandChip band={row.band} /> <span class="number strong">{decimal(row.index)}</span>
          {row.low !== null && row.high !== null && (
            <span class="small soft number">{t`between ${decimal(row.low)} and ${decimal(row.high)}`}</span>
          )}
        </p>
      )}
      {row.coverage !== null && !row.counts && <p class="small soft number">{t`${percent(row.coverage)} of the answers are known`}</p>}
      {(blank || (row.counts === null && row.band === 0)) && <p class="small soft">{blankWords(row, data.threshold)}</p>}
      {reasons.length > 0 && (
        <div>
          <p class="small strong">{t`Main reasons`}</p>
          <ul class="place-card-reasons">
            {reasons.map((reason) => (
              <li key={reason.code ?? 'private'}>{reason.text}</li>
            ))}
          </ul>
        </div>
      )}
      <p class="small soft">
        {row.observedOn && (row.counts ? t`As of ${day(row.observedOn, 'medium')}` : t`Newest answer ${day(row.observedOn, 'medium')}`)}
        {row.carriedFrom && <> {t`Figures of ${day(row.carriedFrom, 'medium')}: the change since is too small to show.`}</>}
      </p>
    </div>
  );
}

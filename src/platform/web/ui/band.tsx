// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';

/** 0 unknown, 1 low, 2 medium, 3 high, as everywhere in the API. */
export type Band = 0 | 1 | 2 | 3;

export function bandWord(band: number): string {
  if (band === 3) return t`High`;
  if (band === 2) return t`Medium`;
  return band === 1 ? t`Low` : t`Unknown`;
}

/** The three steps as shapes: told apart without any colour. Circle low, diamond medium, square high, hatched square unknown. */
export function BandShape({ band, size = 14 }: { readonly band: number; readonly size?: number }) {
  return (
    <svg class={`band-shape band-shape-${band}`} width={size} height={size} viewBox="0 0 14 14" aria-hidden="true" focusable="false">
      {band === 1 && <circle cx="7" cy="7" r="5.5" />}
      {band === 2 && <path d="M7 .9 13.1 7 7 13.1.9 7Z" />}
      {band === 3 && <rect x="1.5" y="1.5" width="11" height="11" />}
      {(band < 1 || band > 3) && (
        <g>
          <rect x="1.5" y="1.5" width="11" height="11" />
          <path class="band-hatch" d="M1.5 7.5 7.5 1.5M1.5 12.5l11-11M6.5 12.5l6-6" />
        </g>
      )}
    </svg>
  );
}

/** Shape and word. `label` replaces the word ("High risk"). */
export function BandChip({ band, label }: { readonly band: number; readonly label?: string }) {
  return (
    <span class={`band-chip band-chip-${band}`}>
      <BandShape band={band} />
      <span>{label ?? bandWord(band)}</span>
    </span>
  );
}

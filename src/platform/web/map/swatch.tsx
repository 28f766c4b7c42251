// SPDX-License-Identifier: AGPL-3.0-or-later
import { useId } from 'preact/hooks';
import { HatchDefs } from './hatch-defs.tsx';
import { paintOf } from './paint.ts';
import type { Tone } from './types.ts';

/** A sample of a colour or hatching for legends, tables and bars. Drawn, not a background: printers leave those out. */
export function Swatch({ tone }: { tone: Tone }) {
  const id = `s${useId().replace(/[^\w-]/g, '')}`;
  return (
    <svg class="map-swatch" viewBox="0 0 20 14" width="20" height="14" aria-hidden="true">
      <HatchDefs prefix={id} />
      <rect x="0.5" y="0.5" width="19" height="13" rx="2" fill={paintOf(tone, id)} stroke="var(--map-edge)" />
    </svg>
  );
}

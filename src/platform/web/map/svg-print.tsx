// SPDX-License-Identifier: AGPL-3.0-or-later
import { anchorOf } from './geometry.ts';
import { fitWindow, projectIn } from './flat.ts';
import { labelled, placeLabels } from './labels.ts';
import { SvgShapes } from './svg-shapes.tsx';
import type { Bounds, MapFeature } from './types.ts';

interface Props {
  readonly features: readonly MapFeature[];
  readonly bounds: Bounds;
  readonly label: string;
  /** Size of the drawing in its own units; names are 12 of them high. */
  readonly width: number;
  readonly height: number;
}

/** The map as one still drawing with its names in it, for paper. */
export function PrintMap({ features, bounds, label, width, height }: Props) {
  const window = fitWindow(bounds, width, height, 8);
  const labels = placeLabels(
    labelled(
      features,
      features.map((feature) => anchorOf(feature.geometry)),
    ),
    { width, height, project: (lon, lat) => projectIn(window, lon, lat) },
  );
  return (
    <svg class="map-print" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <SvgShapes features={features} window={window} prefix="print" focused={null} />
      <g class="map-print-labels">
        {labels.map((each) => (
          <text
            key={each.id}
            class={each.tone ? `map-on-${each.tone}` : 'map-label-beside'}
            x={each.x.toFixed(1)}
            y={(each.y + 4).toFixed(1)}
            text-anchor={each.stands === 'middle' ? 'middle' : 'start'}
          >
            {each.text}
          </text>
        ))}
      </g>
    </svg>
  );
}

/** Whether a map of these bounds wants its sheet of paper lying or standing: beside a lying map stands its legend. */
export function liesFlat([west, south, east, north]: Bounds): boolean {
  return (east - west) * Math.cos((((south + north) / 2) * Math.PI) / 180) > 1.2 * (north - south);
}

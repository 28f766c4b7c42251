// SPDX-License-Identifier: AGPL-3.0-or-later
import { useMemo } from 'preact/hooks';
import { drawIn, projectIn, type Window } from './flat.ts';
import { HatchDefs } from './hatch-defs.tsx';
import { paintOf } from './paint.ts';
import type { MapFeature } from './types.ts';

export interface ShapesProps {
  readonly features: readonly MapFeature[];
  readonly window: Window;
  readonly prefix: string;
  readonly focused: string | null;
}

/** The places as SVG, used on the screen where WebGL is missing and for every print. `data-place` lets a parent tell what was touched. */
export function SvgShapes({ features, window, prefix, focused }: ShapesProps) {
  const drawn = useMemo(() => {
    const draw = drawIn(window);
    return features.map((feature) => (feature.geometry.type === 'Point' ? null : draw(feature.geometry)));
  }, [features, window]);
  const focusedAt = features.findIndex((feature) => feature.id === focused);
  const focusedFeature = features[focusedAt];
  return (
    <>
      <HatchDefs prefix={prefix} />
      <g class="map-areas">
        {features.map(
          (feature, i) =>
            drawn[i] !== null && <path key={feature.id} data-place={feature.id} d={drawn[i]!} fill={paintOf(feature.tone, prefix)} />,
        )}
      </g>
      <g class="map-dots">
        {features.map(
          (feature) => feature.geometry.type === 'Point' && <Dot key={feature.id} feature={feature} window={window} prefix={prefix} />,
        )}
      </g>
      {focusedFeature && (
        <g class="map-focus">
          {focusedFeature.geometry.type === 'Point' ? (
            <Dot feature={focusedFeature} window={window} prefix={prefix} />
          ) : (
            <>
              <path class="map-focus-halo" d={drawn[focusedAt]!} />
              <path class="map-focus-line" d={drawn[focusedAt]!} />
            </>
          )}
        </g>
      )}
    </>
  );
}

function Dot({ feature, window, prefix }: { feature: MapFeature; window: Window; prefix: string }) {
  if (feature.geometry.type !== 'Point') return null;
  const [x, y] = projectIn(window, feature.geometry.coordinates[0] ?? 0, feature.geometry.coordinates[1] ?? 0);
  return (
    <circle data-place={feature.id} cx={x.toFixed(1)} cy={y.toFixed(1)} r={feature.radius ?? 6} fill={paintOf(feature.tone, prefix)} />
  );
}

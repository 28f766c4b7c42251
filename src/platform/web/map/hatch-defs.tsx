// SPDX-License-Identifier: AGPL-3.0-or-later
import { hatchTile } from './hatch.ts';

/** The two hatchings as SVG patterns; `prefix` keeps ids apart when several drawings stand on one page. */
export function HatchDefs({ prefix }: { prefix: string }) {
  const quarter = hatchTile / 4;
  return (
    <defs>
      <pattern id={`${prefix}-unknown`} width={hatchTile} height={hatchTile} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width={hatchTile} height={hatchTile} fill="var(--map-unknown)" />
        <line x1={quarter} y1="0" x2={quarter} y2={hatchTile} stroke="var(--map-hatch)" stroke-width="1.2" />
        <line x1={quarter * 3} y1="0" x2={quarter * 3} y2={hatchTile} stroke="var(--map-hatch)" stroke-width="1.2" />
      </pattern>
      <pattern id={`${prefix}-held`} width={hatchTile} height={hatchTile} patternUnits="userSpaceOnUse">
        <rect width={hatchTile} height={hatchTile} fill="var(--map-held)" />
        <circle cx={quarter} cy={quarter} r="1" fill="var(--map-hatch)" />
        <circle cx={quarter * 3} cy={quarter * 3} r="1" fill="var(--map-hatch)" />
      </pattern>
    </defs>
  );
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { selfCrossings } from './crossing.ts';
import { boxOf, polygonsOf, show, type AreaGeometry, type Box, type Ring, type Rings } from './geometry.ts';
import { shareOutside } from './share.ts';

/** Less than this of a part in another is a border drawn twice. */
const touching = 0.001;

/**
 * What is wrong with an area that is otherwise well formed, said so that it follows "feature 3 ...": a border that crosses itself, parts that
 * overlap, a hole outside its shell or in another hole. Undefined when nothing is. Parts and holes may touch.
 */
export function areaFault(geometry: AreaGeometry): string | undefined {
  const parts = polygonsOf(geometry);
  for (const [p, rings] of parts.entries()) {
    const name = parts.length > 1 ? `polygon ${p + 1}: ` : '';
    const [crossing] = selfCrossings(rings);
    if (crossing) return `crosses itself near ${show(crossing.at)} (latitude, longitude)`;
    const fault = holeFault(rings);
    if (fault) return `${name}${fault}`;
  }
  const [crossing] = parts.length > 1 ? selfCrossings(parts.flat()) : [];
  return crossing ? `has parts that cross each other near ${show(crossing.at)} (latitude, longitude)` : overlapFault(parts);
}

const polygon = (...rings: Ring[]): AreaGeometry => ({ type: 'Polygon', coordinates: rings });

function holeFault([shell, ...holes]: Rings): string | undefined {
  for (const [h, hole] of holes.entries()) {
    if (shareOutside(polygon(hole), polygon(shell!)) > touching) return `hole ${h + 1} lies outside its shell`;
  }
  const pair = overlapping(holes.map((hole) => polygon(hole)));
  return pair && `holes ${pair[0] + 1} and ${pair[1] + 1} overlap`;
}

function overlapFault(parts: readonly Rings[]): string | undefined {
  const pair = overlapping(parts.map((rings) => polygon(...rings)));
  return pair && `has parts that overlap: polygons ${pair[0] + 1} and ${pair[1] + 1}`;
}

/** The first two areas of which one lies in the other, wholly or in part. Sorted from west to east, so that islands far apart are not compared. */
function overlapping(areas: readonly AreaGeometry[]): [number, number] | undefined {
  const extent = ({ west, south, east, north }: Box): number => (east - west) * (north - south);
  const sorted = areas
    .map((area, at) => ({ area, at, box: boxOf([area]) }))
    .filter(({ box }) => extent(box) > 0)
    .sort((a, b) => a.box.west - b.box.west);
  for (const [i, one] of sorted.entries())
    for (let j = i + 1; j < sorted.length && sorted[j]!.box.west < one.box.east; j++) {
      const two = sorted[j]!;
      if (two.box.south >= one.box.north || one.box.south >= two.box.north) continue;
      const [small, large] = extent(one.box) < extent(two.box) ? [one, two] : [two, one];
      if (shareOutside(small.area, large.area) < 1 - touching) return one.at < two.at ? [one.at, two.at] : [two.at, one.at];
    }
  return undefined;
}

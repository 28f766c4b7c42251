// SPDX-License-Identifier: AGPL-3.0-or-later
import { fold } from '../../platform/domain/fold.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import { areaFault } from '../domain/area-fault.ts';
import { bareCode, padCode } from '../domain/cells.ts';
import { readArea, type AreaGeometry } from '../domain/geometry.ts';
import type { BoundariesMapping } from '../domain/mapping.ts';
import { plainName } from '../domain/names.ts';
import { farthestOutside, shareOutside } from '../domain/share.ts';
import { propertyText, type MapFeature } from './map-file.ts';
import { boundaryOf, type JoinTarget } from './queries-boundaries.ts';

export interface BoundaryFault {
  readonly number: number;
  readonly column: string | null;
  readonly code: string | null;
  readonly reason: string;
}
export interface JoinedBoundaries {
  readonly areas: Map<string, AreaGeometry>;
  readonly faults: BoundaryFault[];
  /** How many were held against the boundary of the area they should lie in, and which lay outside but were kept. */
  checked: number;
  readonly keptOutside: string[];
  /** Those with more of their area outside than borders of different sources differ by; kept, and told. */
  readonly partlyOutside: string[];
}

/** Shares of an area outside the one it should lie in: more than the first is told, more than the second is refused. */
export const toldOutside = 0.05,
  refusedOutside = 0.5;

export interface JoinOptions {
  readonly by: BoundariesMapping;
  readonly pad: number | undefined;
  readonly tolerance: number;
  readonly keepOutside: boolean;
  readonly stagedOnly: boolean;
}

/** Joins features to the places of a level and checks each area: readable, closed, not crossing itself, within its parent. */
export async function joinBoundaries(
  tx: Tx,
  features: readonly MapFeature[],
  targets: readonly JoinTarget[],
  options: JoinOptions,
  each: (done: number) => void,
): Promise<JoinedBoundaries> {
  const find = options.by.code
    ? findByCode(options.by.code, options.by.pad ?? options.pad, targets)
    : findByNames(options.by.names!, targets);
  const joined: JoinedBoundaries = { areas: new Map(), faults: [], checked: 0, keptOutside: [], partlyOutside: [] };
  const parents = new ParentAreas(tx);
  for (const [i, feature] of features.entries()) {
    each(i);
    const found = find(feature);
    if ('bad' in found) {
      if (!options.stagedOnly)
        joined.faults.push({
          number: feature.number,
          column: found.column,
          code: found.code,
          reason: `feature ${feature.number} ${found.bad}`,
        });
      continue;
    }
    const { target } = found;
    if (options.stagedOnly && !target.staged) continue;
    const reason = await faultOf(feature, target, joined, options, parents);
    if (reason)
      joined.faults.push({
        number: feature.number,
        column: 'geometry',
        code: target.code,
        reason: `feature ${feature.number} (${target.code}) ${reason}`,
      });
  }
  return joined;
}

async function faultOf(
  feature: MapFeature,
  target: JoinTarget,
  joined: JoinedBoundaries,
  options: JoinOptions,
  parents: ParentAreas,
): Promise<string | null> {
  if (joined.areas.has(target.code)) return 'is the second boundary for this place';
  const area = readArea(feature.geometry);
  if ('bad' in area) return area.bad;
  const fault =
    areaFault(area.ok) ??
    (target.within_id ? outsideFault(feature, target, area.ok, await parents.get(target.within_id), joined, options) : null);
  if (fault) return fault;
  joined.areas.set(target.code, area.ok);
  return null;
}

/** By share of its area; one that is drawn beside its parent by no more than the tolerance is a matter of two sources, however small it is. */
function outsideFault(
  feature: MapFeature,
  target: JoinTarget,
  area: AreaGeometry,
  within: AreaGeometry,
  joined: JoinedBoundaries,
  options: JoinOptions,
): string | null {
  joined.checked++;
  const share = shareOutside(area, within),
    percent = `${Math.round(share * 100)} %`;
  if (share <= toldOutside) return null;
  const far = share > refusedOutside ? farthestOutside(area, within) : 0;
  if (far <= options.tolerance) {
    joined.partlyOutside.push(
      `feature ${feature.number} (${target.code} ${plainName(target.names)}): ${percent} outside ${target.within_code}`,
    );
    return null;
  }
  if (!options.keepOutside)
    return `does not lie within ${target.within_code}: ${percent} of its area lies outside, ${far.toFixed(2)} degrees away at the farthest`;
  joined.keptOutside.push(`${target.code}: ${percent} outside ${target.within_code}`);
  return null;
}

type Find = (feature: MapFeature) => { target: JoinTarget } | { bad: string; column: string; code: string | null };

function findByCode(property: string, pad: number | undefined, targets: readonly JoinTarget[]): Find {
  const byCode = new Map(targets.map((target) => [target.code, target]));
  const byBareCode = new Map(targets.map(({ code }) => [bareCode(code), code]));
  return ({ properties }) => {
    const stated = propertyText(properties[property]);
    if (stated === null)
      return {
        bad: `has no ${property}; ${Object.keys(properties).length === 0 ? 'it has no properties at all' : `its properties are ${Object.keys(properties).join(', ')}`}`,
        column: property,
        code: null,
      };
    const code = padCode(stated, pad),
      target = byCode.get(code),
      bare = bareCode(code),
      meant = bare && byBareCode.get(bare);
    if (target) return { target };
    return {
      bad: meant
        ? `belongs to ${code}, which is no place of this level, but ${meant} is: if that is meant, say pad: ${meant.length} under boundaries in the mapping`
        : `belongs to ${code}, and there is no such place at this level`,
      column: property,
      code,
    };
  };
}

function findByNames(names: Readonly<Record<string, string>>, targets: readonly JoinTarget[]): Find {
  const indexes = Object.entries(names).map(([language, property]) => {
    const index = new Map<string, JoinTarget | null>();
    for (const target of targets) {
      const name = target.names[language];
      if (name !== undefined) index.set(fold(name), index.has(fold(name)) ? null : target); // null: two places share the name
    }
    return { property, index };
  });
  return ({ properties }) => {
    const tried: string[] = [],
      hits = new Set<JoinTarget>();
    for (const { property, index } of indexes) {
      const name = propertyText(properties[property]);
      if (name === null) continue;
      tried.push(name);
      const target = index.get(fold(name));
      if (target) hits.add(target);
    }
    const [target] = hits,
      column = Object.values(names).join(', ');
    if (hits.size === 1) return { target: target! };
    if (hits.size > 1)
      return {
        bad: `is called ${tried.join(', ')}, and these are two different places (${[...hits].map(({ code }) => code).join(', ')})`,
        column,
        code: null,
      };
    return {
      bad:
        tried.length > 0
          ? `is called ${tried.join(', ')}; no place of this level, or more than one, has that name`
          : `has none of the names ${column}`,
      column,
      code: null,
    };
  };
}

/** The areas to check against, read once each. */
export class ParentAreas {
  readonly #tx: Tx;
  readonly #known = new Map<string, AreaGeometry>();

  constructor(tx: Tx) {
    this.#tx = tx;
  }

  async get(placeId: string): Promise<AreaGeometry> {
    const known = this.#known.get(placeId) ?? (await boundaryOf(this.#tx, placeId));
    this.#known.set(placeId, known);
    return known;
  }
}

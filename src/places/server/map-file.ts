// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFile, stat } from 'node:fs/promises';
import { feature } from 'topojson-client';
import { Problem } from '../../platform/domain/problem.ts';
import type { ImportFile } from './import-types.ts';

type Topology = Parameters<typeof feature>[0];

/** One feature as the file has it; `number` counts from 1. */
export interface MapFeature {
  readonly number: number;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly geometry: unknown;
}

/** Boundaries are simplified together, neighbours with neighbours, so they must fit into memory; more than this is nearly always too fine. */
const mostBytes = 400 * 1024 * 1024;

/**
 * Reads GeoJSON or TopoJSON. Throws `unreadable-file` when it is neither, `too-large` above 400 MB, and when its stated
 * coordinate system is not WGS 84.
 */
export async function readMapFile(file: ImportFile, object?: string): Promise<MapFeature[]> {
  const at = { file: file.name };
  const found = await stat(file.path).catch(() => undefined);
  if (!found?.isFile()) throw new Problem('unreadable-file', 'There is no such file.', { at });
  if (found.size > mostBytes)
    throw new Problem('too-large', 'Files with boundaries may have at most 400 MB: simplify them or give each level its own file.', { at });
  const refuse = (why: string, cause?: unknown, number?: number): never => {
    throw new Problem('unreadable-file', why, { at: number === undefined ? at : { ...at, row: number }, cause });
  };
  const text = (await readFile(file.path, 'utf8')).replace(/^\ufeff/, '');
  let parsed: { type?: unknown } | undefined;
  try {
    parsed = JSON.parse(text) as { type?: unknown };
  } catch (error) {
    return refuse(`This is not GeoJSON or TopoJSON: ${(error as Error).message}.`, error);
  }
  if (parsed?.type === 'Topology') return fromTopology(parsed as Topology, object, refuse);
  if (parsed?.type !== 'FeatureCollection')
    return refuse(`This holds a ${String(parsed?.type)}; a FeatureCollection or Topology is needed.`);
  const collection = parsed as { features?: unknown; crs?: { properties?: { name?: unknown } } };
  const system = collection.crs?.properties?.name;
  if (typeof system === 'string' && !/CRS:?84|EPSG:+4326/i.test(system))
    return refuse(`Its coordinates are in ${system}: convert them to WGS 84 (EPSG:4326) first.`);
  if (!Array.isArray(collection.features)) return refuse('It has no list of features.');
  return (collection.features as (Partial<MapFeature> | null)[]).map((one, i) => ({
    number: i + 1,
    properties: one?.properties ?? {},
    geometry: one?.geometry ?? null,
  }));
}

function fromTopology(topology: Topology, object: string | undefined, refuse: Refuse): MapFeature[] {
  const objects = (topology.objects ?? {}) as Readonly<Record<string, unknown>>,
    names = Object.keys(objects);
  const name =
    object ??
    (names.length === 1
      ? names[0]!
      : refuse(`It holds several objects (${names.join(', ')}): say which one in the mapping (object: ...).`));
  if (!Object.hasOwn(objects, name)) refuse(`It has no object "${name}"; it has ${names.join(', ')}.`);
  const arcs = countArcs(topology, refuse),
    chosen = objects[name] as Part | null;
  const parts = chosen?.type === 'GeometryCollection' ? chosen.geometries : [chosen];
  if (!Array.isArray(parts)) return refuse(`Its object "${name}" has no list of geometries.`);
  return (parts as (Part | null)[]).map((part, i) => {
    const number = i + 1,
      properties = (part?.properties ?? {}) as Record<string, unknown>;
    if (!part || part.type === null || part.type === undefined) return { number, properties, geometry: null };
    const wrong = wrongArc(part.arcs, arcs);
    if (wrong !== undefined)
      return refuse(
        `Feature ${number} speaks of arc ${wrong}, and the file has ${arcs}, counted from 0: it is damaged or was not copied whole.`,
        undefined,
        number,
      );
    try {
      const made = feature(topology, part as never) as { geometry?: unknown };
      return { number, properties, geometry: made.geometry ?? null };
    } catch (error) {
      return refuse(`Feature ${number} does not say what a ${String(part.type)} must say of its arcs.`, error, number);
    }
  });
}

type Refuse = (why: string, cause?: unknown, number?: number) => never;
interface Part {
  readonly type?: unknown;
  readonly geometries?: unknown;
  readonly arcs?: unknown;
  readonly properties?: unknown;
}

/** How many arcs there are, once all of them are lists of positions and what they are to be moved by is whole. */
function countArcs(topology: Topology, refuse: Refuse): number {
  const { arcs, transform } = topology as { arcs?: unknown; transform?: { scale?: unknown; translate?: unknown } | null };
  const isPair = (value: unknown): boolean =>
    Array.isArray(value) && value.length >= 2 && value.every((one) => typeof one === 'number' && Number.isFinite(one));
  if (transform !== undefined && !(isPair(transform?.scale) && isPair(transform?.translate)))
    refuse('Its "transform" does not give "scale" and "translate", two numbers each, so its arcs cannot be placed.');
  if (!Array.isArray(arcs)) return refuse('It has no list of arcs.');
  const bad = arcs.findIndex((arc) => !Array.isArray(arc) || !arc.every(isPair));
  return bad < 0 ? arcs.length : refuse(`Its arc ${bad} is not a list of positions.`);
}

/** The first arc that is not there; ~n stands for n run backwards. */
function wrongArc(part: unknown, arcs: number): string | undefined {
  if (!Array.isArray(part))
    return part === undefined || (Number.isInteger(part) && (part as number) < arcs && ~(part as number) < arcs)
      ? undefined
      : (JSON.stringify(part) ?? typeof part);
  for (const one of part as unknown[]) {
    const wrong = wrongArc(one, arcs);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

export function propertyText(value: unknown): string | null {
  const text = typeof value === 'string' ? value.trim() : typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
  return text === '' ? null : text;
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFile, stat } from 'node:fs/promises';
import { feature } from 'topojson-client';
import { Problem } from '../../platform/domain/problem.ts';
import type { ImportFile } from './import-types.ts';

type Topology = Parameters<typeof feature>[0];

/** One feature as the file has it; `number` counts from 1. */
export interface MapFeature { readonly number: number; readonly properties: Readonly<Record<string, unknown>>; readonly geometry: unknown }

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
  if (found.size > mostBytes) throw new Problem('too-large', 'Files with boundaries may have at most 400 MB: simplify them or give each level its own file.', { at });
  const refuse = (why: string, cause?: unknown): never => { throw new Problem('unreadable-file', why, { at, cause }); };
  const text = (await readFile(file.path, 'utf8')).replace(/^\ufeff/, '');
  let parsed: { type?: unknown } | undefined;
  try {
    parsed = JSON.parse(text) as { type?: unknown };
  } catch (error) {
    return refuse(`This is not GeoJSON or TopoJSON: ${(error as Error).message}.`, error);
  }
  if (parsed?.type === 'Topology') return fromTopology(parsed as Topology, object, refuse);
  if (parsed?.type !== 'FeatureCollection') return refuse(`This holds a ${String(parsed?.type)}; a FeatureCollection or Topology is needed.`);
  const collection = parsed as { features?: unknown; crs?: { properties?: { name?: unknown } } };
  const system = collection.crs?.properties?.name;
  if (typeof system === 'string' && !/CRS:?84|EPSG:+4326/i.test(system)) return refuse(`Its coordinates are in ${system}: convert them to WGS 84 (EPSG:4326) first.`);
  if (!Array.isArray(collection.features)) return refuse('It has no list of features.');
  return (collection.features as (Partial<MapFeature> | null)[]).map((one, i) => ({ number: i + 1, properties: one?.properties ?? {}, geometry: one?.geometry ?? null }));
}

function fromTopology(topology: Topology, object: string | undefined, refuse: (why: string, cause?: unknown) => never): MapFeature[] {
  const names = Object.keys(topology.objects ?? {});
  const name = object ?? (names.length === 1 ? names[0]! : refuse(`It holds several objects (${names.join(', ')}): say which one in the mapping (object: ...).`));
  const chosen = topology.objects[name] ?? refuse(`It has no object "${name}"; it has ${names.join(', ')}.`);
  try {
    const made = feature(topology, chosen);
    const features = made.type === 'FeatureCollection' ? made.features : [made];
    return features.map((one, i) => ({ number: i + 1, properties: one.properties ?? {}, geometry: one.geometry }));
  } catch (error) {
    return refuse(`Its arcs do not fit together: ${(error as Error).message}.`, error);
  }
}

export function propertyText(value: unknown): string | null {
  const text = typeof value === 'string' ? value.trim() : typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
  return text === '' ? null : text;
}

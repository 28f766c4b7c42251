// SPDX-License-Identifier: AGPL-3.0-or-later
import { api, type CallOptions, type Query } from '../../platform/web/api.ts';
import type { MapData, MapRow } from '../domain/map-data.ts';
import type { Profile } from '../domain/profile.ts';

const isEmpty = (row: MapRow): boolean => row.cover === 'no-data' || row.counts?.n === 0;

/** Whether a map has no figure at all: nobody visited, nothing loaded. */
export const nothingOn = (map: MapData): boolean => [map.total, ...map.rows].every(isEmpty);

async function otherInstruments(than: string, options: CallOptions): Promise<readonly string[]> {
  const all = await api.get<readonly { readonly code: string }[]>('/instruments', undefined, options);
  return all.map((each) => each.code).filter((code) => code !== than);
}

/**
 * The map that an address without an instrument means: the first instrument that knows something of the area, and the first of all where
 * none does. Whoever loaded statistics and has no visits yet opens on the statistics, not on an empty map of people.
 */
export async function openingMap(query: Query, options: CallOptions): Promise<MapData> {
  const first = await api.get<MapData>('/map', query, options);
  // A measure belongs to an instrument: who names one has chosen.
  if (query.instrument || (query.measure && query.measure !== 'band') || !nothingOn(first)) return first;
  for (const instrument of await otherInstruments(first.instrument.code, options)) {
    const other = await api.get<MapData>('/map', { ...query, instrument, sex: null, ageGroup: null }, options);
    if (!nothingOn(other)) return other;
  }
  return first;
}

/** The same for the profile of a place. */
export async function openingProfile(placeId: string, query: Query, options: CallOptions): Promise<Profile> {
  const address = `/places/${encodeURIComponent(placeId)}/profile`;
  const first = await api.get<Profile>(address, query, options);
  if (query.instrument || !isEmpty(first.own)) return first;
  for (const { code } of first.instruments) {
    if (code === first.instrument.code) continue;
    const other = await api.get<Profile>(address, { ...query, instrument: code }, options);
    if (!isEmpty(other.own)) return other;
  }
  return first;
}

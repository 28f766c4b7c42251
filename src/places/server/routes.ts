// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type Endpoint, type Tx } from '../../platform/server/endpoint.ts';
import { PlaceDetail, PlaceRef } from '../domain/place.ts';
import { detailFor } from '../domain/place-path.ts';
import { BoundariesQuery, FoundPlaces, PageOfPlaces, PlaceById, Places, PlaceSearch } from '../domain/places-api.ts';
import {
  ancestorsOf,
  boundariesText,
  childrenOf,
  countBelow,
  countries,
  findPlace,
  hasBoundary,
  levelNames,
  searchPlaces,
  type PlaceRow,
} from './queries.ts';

const tag = 'places';
/** Names and boundaries are reference data: everybody who is signed in may read all of them. */
const rule = { may: 'signed-in' } as const;
const fiveMinutes = 300;

export const placesEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/places',
    summary: 'Find places by name in any script, or by code',
    tag,
    rule,
    query: PlaceSearch,
    response: FoundPlaces,
    handle: ({ tx, query }) => searchPlaces(tx, query),
  }),
  endpoint({
    method: 'GET',
    path: '/api/countries',
    summary: 'The countries there are places of',
    tag,
    rule,
    response: Type.Array(PlaceRef),
    handle: ({ tx }) => countries(tx),
  }),
  endpoint({
    method: 'GET',
    path: '/api/places/:placeId',
    summary: 'One place, what it lies in and what lies in it',
    tag,
    rule,
    params: PlaceById,
    response: PlaceDetail,
    problems: ['not-found'],
    async handle({ tx, params }) {
      const { path, regionId: _region, ...place } = await getPlace(tx, params.placeId);
      const [ancestors, below, names, drawn] = [
        await ancestorsOf(tx, path),
        await countBelow(tx, path, place.level),
        await levelNames(tx, place.country, place.level),
        await hasBoundary(tx, place.placeId),
      ];
      return { ...place, ancestors, below, levelNames: names, hasBoundary: drawn };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/places/:placeId/children',
    summary: 'The places directly below one',
    tag,
    rule,
    params: PlaceById,
    query: PageOfPlaces,
    response: Places,
    problems: ['not-found'],
    async handle({ tx, params, query }) {
      await getPlace(tx, params.placeId);
      return childrenOf(tx, params.placeId, query.after, query.limit ?? 100);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/places/:placeId/boundaries',
    summary: 'Boundaries of the parts of a place, as GeoJSON',
    tag,
    rule,
    params: PlaceById,
    query: BoundariesQuery,
    response: Type.String(),
    files: ['application/geo+json'],
    cacheSeconds: fiveMinutes,
    problems: ['not-found'],
    async handle({ tx, params, query }) {
      const place = await getPlace(tx, params.placeId),
        level = query.level ?? place.level + 1;
      if (level < place.level) throw new Problem('bad-input', `level: a place of level ${place.level} has no parts of level ${level}.`);
      return {
        kind: 'file',
        contentType: 'application/geo+json',
        fileName: `${place.code}-level-${level}.geojson`,
        body: await boundariesText(tx, place.path, level, query.detail ?? detailFor(place.level)),
      };
    },
  }),
];

async function getPlace(tx: Tx, placeId: string): Promise<PlaceRow> {
  const place = await findPlace(tx, placeId);
  if (!place) throw new Problem('not-found', 'There is no such place.');
  return place;
}

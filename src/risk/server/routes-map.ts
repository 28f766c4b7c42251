// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Kysely } from 'kysely';
import { Type } from 'typebox';
import { detailFor } from '../../places/domain/place-path.ts';
import { endpoint, type Ctx, type Endpoint, type FileAnswer } from '../../platform/server/endpoint.ts';
import { MapData, MapQuery } from '../domain/map-data.ts';
import { Profile, ProfileParams, ProfileQuery } from '../domain/profile.ts';
import { asCsv, asGeoJson, asSpreadsheet } from './export.ts';
import { mapData } from './map.ts';
import { profileOf } from './profile.ts';
import { findPlace } from './queries-map.ts';

const getMap = (counting: Kysely<unknown>): Endpoint =>
  endpoint({
    method: 'GET',
    path: '/api/map',
    tag: 'Risk',
    summary: 'The parts of an area and how they stand: what a map or its table shows',
    rule: { may: 'risk.read', place: { in: 'query', field: 'place', large: true } },
    query: MapQuery,
    response: MapData,
    problems: ['not-found', 'bad-input'],
    async handle({ tx, actor, now, query }) {
      return mapData({ tx, counting }, { actor, now, protectAll: query.protect === true }, query, query.reasons ? 'all' : 'first');
    },
  });

const getProfile = (counting: Kysely<unknown>): Endpoint =>
  endpoint({
    method: 'GET',
    path: '/api/places/:placeId/profile',
    tag: 'Risk',
    summary: 'Everything known of an area under one instrument',
    rule: { may: 'risk.read', place: { in: 'params', field: 'placeId', large: true } },
    params: ProfileParams,
    query: ProfileQuery,
    response: Profile,
    problems: ['not-found', 'bad-input'],
    async handle({ tx, actor, now, params, query }) {
      return profileOf({ tx, counting }, { actor, now, protectAll: query.protect === true }, params.placeId, query);
    },
  });

type Format = 'csv' | 'xlsx' | 'geojson';
const types: Record<Format, string> = {
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  geojson: 'application/geo+json',
};

/** A file leaves the house, so it is protected for every reader, also for one who sees exact figures on screen. */
async function exported(
  counting: Kysely<unknown>,
  { tx, actor, now, query, audit }: Ctx<unknown, MapQuery>,
  format: Format,
): Promise<FileAnswer> {
  const data = await mapData({ tx, counting }, { actor, now, protectAll: true }, query, 'all');
  await audit({
    action: 'map.export',
    placeId: query.place,
    detail: {
      format,
      instrument: data.instrument.code,
      measure: data.measure,
      level: data.level,
      asOf: data.asOf,
      sex: query.sex ?? null,
      ageGroup: query.ageGroup ?? null,
      indicator: data.indicator,
    },
  });
  const locale = query.locale ?? actor.locale;
  if (format === 'csv') return asCsv(data, locale);
  if (format === 'xlsx') return asSpreadsheet(data, locale, now);
  const place = await findPlace(tx, query.place);
  return asGeoJson(tx, data, place!.path, detailFor(data.place.level));
}

const exportMap = (counting: Kysely<unknown>, format: Format, summary: string): Endpoint =>
  endpoint({
    method: 'GET',
    path: `/api/map.${format}`,
    tag: 'Risk',
    summary,
    rule: { may: 'export', place: { in: 'query', field: 'place', large: true } },
    query: MapQuery,
    response: Type.Any(),
    files: [types[format]],
    problems: ['not-found', 'bad-input'],
    handle: (ctx) => exported(counting, ctx, format),
  });

/** `counting`: connections that may count everybody for the disclosure function (waymark_jobs); the reader's own transaction may not. */
export const mapEndpoints = (counting: Kysely<unknown>): readonly Endpoint[] => [
  getMap(counting),
  getProfile(counting),
  exportMap(counting, 'csv', 'The map as a table with HXL hashtags'),
  exportMap(counting, 'xlsx', 'The map as a spreadsheet'),
  exportMap(counting, 'geojson', 'The map as GeoJSON with boundaries'),
];

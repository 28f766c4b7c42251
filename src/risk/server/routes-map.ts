// SPDX-License-Identifier: AGPL-3.0-or-later
import { endpoint, type Endpoint } from '../../platform/server/endpoint.ts';
import { MapData, MapQuery } from '../domain/map-data.ts';
import { mapData } from './map.ts';

const getMap = endpoint({
  method: 'GET', path: '/api/map', tag: 'Risk', summary: 'The parts of an area and how they stand: what a map or its table shows',
  rule: { may: 'risk.read', place: { in: 'query', field: 'place', large: true } },
  query: MapQuery, response: MapData, problems: ['not-found', 'bad-input'],
  async handle({ tx, actor, now, query }) {
    return mapData(tx, { actor, now, protectAll: false }, query);
  },
});

export const mapEndpoints: readonly Endpoint[] = [getMap];

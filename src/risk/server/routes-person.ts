// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { endpoint, type Endpoint } from '../../platform/server/endpoint.ts';
import { PersonKey } from '../domain/people-list.ts';
import { HouseholdRisk, PersonRisk, PlaceRisk, RiskQuery } from '../domain/person-risk.ts';
import { householdRisk, personRisk } from './person-risk.ts';
import { placeRisk } from './place-risk.ts';

const readers = { may: 'people.read', or: ['assigned.read', 'own.read'] } as const;

const getPersonRisk = endpoint({
  method: 'GET',
  path: '/api/people/:regionId/:personId/risk',
  tag: 'Risk',
  summary: 'How a person stands, or stood on a past day: index, reasons, what holds until when, and everything recorded',
  rule: readers,
  params: PersonKey,
  query: RiskQuery,
  response: PersonRisk,
  problems: ['not-found', 'bad-input'],
  async handle({ tx, actor, now, params, query, audit }) {
    const risk = await personRisk({ tx, actor, now }, params, query);
    // Reading protected answers leaves a trace, by whomever.
    if (risk.whole)
      await audit({
        action: 'people.read-private',
        placeId: risk.place.placeId,
        subject: params.personId,
        detail: { instrument: risk.instrument.code, kind: 'person' },
      });
    return risk;
  },
});

const HouseholdKey = Type.Object({ regionId: PersonKey.properties.regionId, householdId: Type.String({ format: 'uuid' }) });

const getHouseholdRisk = endpoint({
  method: 'GET',
  path: '/api/households/:regionId/:householdId/risk',
  tag: 'Risk',
  summary: 'A household: its answers, what holds until when, its members and how they stand',
  rule: readers,
  params: HouseholdKey,
  query: RiskQuery,
  response: HouseholdRisk,
  problems: ['not-found', 'bad-input'],
  async handle({ tx, actor, now, params, query, audit }) {
    const risk = await householdRisk({ tx, actor, now }, params.regionId, params.householdId, query);
    if (risk.whole)
      await audit({
        action: 'people.read-private',
        placeId: risk.place.placeId,
        subject: params.householdId,
        detail: { instrument: risk.instrument.code, kind: 'household' },
      });
    return risk;
  },
});

const getPlaceRisk = endpoint({
  method: 'GET',
  path: '/api/places/:placeId/risk',
  tag: 'Risk',
  summary: 'What is asked of a place itself: what was said of it, until when that holds, and how many people it concerns',
  rule: { may: 'assess.write' },
  params: Type.Object({ placeId: Type.String({ format: 'uuid' }) }),
  query: RiskQuery,
  response: PlaceRisk,
  problems: ['not-found', 'outside-your-area', 'bad-input'],
  async handle({ tx, actor, now, params, query }) {
    return placeRisk({ tx, actor, now }, params.placeId, query);
  },
});

export const personEndpoints: readonly Endpoint[] = [getPersonRisk, getHouseholdRisk, getPlaceRisk];

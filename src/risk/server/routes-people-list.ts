// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type Endpoint } from '../../platform/server/endpoint.ts';
import { HouseholdListQuery, HouseholdPage } from '../domain/household-list.ts';
import { ListPage, ListQuery, VisitList, VisitListBody, Waiting, WaitingQuery } from '../domain/people-list.ts';
import { householdList } from './household-list.ts';
import { peopleList, peopleWaiting, visitList } from './people-list.ts';
import { householdListFile, peopleListFile } from './people-list-file.ts';

/** The right that reaches person by person: whoever has it names no place. */
const personByPerson = ['assigned.read'] as const;

const getList = endpoint({
  method: 'GET',
  path: '/api/people/list',
  tag: 'Risk',
  summary: 'People of an area, or in one’s care, by urgency, renewal date or newest answer; without names',
  rule: { may: 'people.read', or: personByPerson, place: { in: 'query', field: 'place', unless: personByPerson } },
  query: ListQuery,
  response: ListPage,
  problems: ['not-found', 'bad-input'],
  handle: ({ tx, actor, now, query }) => peopleList({ tx, actor, now }, query),
});

const getWaiting = endpoint({
  method: 'GET',
  path: '/api/people/waiting',
  tag: 'Risk',
  summary: 'How many people of the list a warning holds for, and how many households need a visit this week',
  rule: { may: 'people.read', or: personByPerson, place: { in: 'query', field: 'place', unless: personByPerson } },
  query: WaitingQuery,
  response: Waiting,
  problems: ['not-found'],
  handle: ({ tx, actor, now, query }) => peopleWaiting({ tx, actor, now }, query),
});

const exportList = endpoint({
  method: 'GET',
  path: '/api/people/list.csv',
  tag: 'Risk',
  summary: 'The list of people as a file, without names and without protected answers',
  rule: { may: 'export', place: { in: 'query', field: 'place' } },
  query: ListQuery,
  response: Type.Any(),
  files: ['text/csv'],
  problems: ['not-found', 'bad-input', 'not-allowed'],
  async handle({ tx, actor, now, query, audit }) {
    if (!actor.rights.has('people.read')) throw new Problem('not-allowed');
    const { file, page, people } = await peopleListFile({ tx, actor, now }, query);
    await audit({
      action: 'people.export',
      placeId: query.place ?? null,
      detail: {
        instrument: page.instrument.code,
        people,
        bands: query.bands ?? null,
        sex: query.sex ?? null,
        ageGroup: query.ageGroup ?? null,
        renew: query.renew ?? null,
        warns: query.warns ?? null,
        sort: query.sort ?? 'urgency',
      },
    });
    return file;
  },
});

const getHouseholds = endpoint({
  method: 'GET',
  path: '/api/households/list',
  tag: 'Risk',
  summary: 'Households of an area, or of people in one’s care, by urgency or renewal date; without names',
  rule: { may: 'people.read', or: personByPerson, place: { in: 'query', field: 'place', unless: personByPerson } },
  query: HouseholdListQuery,
  response: HouseholdPage,
  problems: ['not-found', 'bad-input'],
  handle: ({ tx, actor, now, query }) => householdList({ tx, actor, now }, query),
});

const exportHouseholds = endpoint({
  method: 'GET',
  path: '/api/households/list.csv',
  tag: 'Risk',
  summary: 'The list of households as a file, without names and without protected answers',
  rule: { may: 'export', place: { in: 'query', field: 'place' } },
  query: HouseholdListQuery,
  response: Type.Any(),
  files: ['text/csv'],
  problems: ['not-found', 'bad-input', 'not-allowed'],
  async handle({ tx, actor, now, query, audit }) {
    if (!actor.rights.has('people.read')) throw new Problem('not-allowed');
    const { file, page, households } = await householdListFile({ tx, actor, now }, query);
    await audit({
      action: 'people.export',
      placeId: query.place ?? null,
      detail: {
        instrument: page.instrument.code,
        households,
        bands: query.bands ?? null,
        renew: query.renew ?? null,
        warns: query.warns ?? null,
        sort: query.sort ?? 'urgency',
      },
    });
    return file;
  },
});

const postVisitList = endpoint({
  method: 'POST',
  path: '/api/people/visit-list',
  tag: 'Risk',
  summary: 'People chosen for a round of visits, to be printed; kept in the record of use',
  rule: { may: 'people.read', or: ['assigned.read'] },
  body: VisitListBody,
  response: VisitList,
  problems: ['not-found', 'bad-input'],
  async handle({ tx, actor, now, body, audit }) {
    const page = await visitList({ tx, actor, now }, body);
    await audit({
      action: 'people.visit-list',
      placeId: page.rows[0]?.place.placeId ?? null,
      detail: { instrument: page.instrument.code, names: body.names, people: page.rows.map(({ personId }) => personId) },
    });
    return page;
  },
});

export const peopleListEndpoints: readonly Endpoint[] = [getList, getWaiting, exportList, getHouseholds, exportHouseholds, postVisitList];

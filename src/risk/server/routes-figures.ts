// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Kysely } from 'kysely';
import { Type } from 'typebox';
import { endpoint, type Endpoint } from '../../platform/server/endpoint.ts';
import { Report, ReportQuery } from '../domain/report.ts';
import { WhereFirst, WhereFirstQuery } from '../domain/where-first.ts';
import { reportFile, rankingFile } from './report-file.ts';
import { report } from './report.ts';
import { whereFirst } from './where-first.ts';

const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const readers = { may: 'risk.read', place: { in: 'query', field: 'place', large: true } } as const;
const takers = { may: 'export', place: { in: 'query', field: 'place', large: true } } as const;

const getReport = (counting: Kysely<unknown>): Endpoint =>
  endpoint({
    method: 'GET',
    path: '/api/people/report',
    tag: 'Risk',
    summary: 'How many people stand in each band, by age, sex or place',
    rule: readers,
    query: ReportQuery,
    response: Report,
    problems: ['not-found', 'bad-input'],
    handle: ({ tx, actor, now, query }) => report({ tx, counting }, { actor, now, protectAll: query.protect === true }, query),
  });

/** A file leaves the house, so it is protected for every reader. */
const exportReport = (counting: Kysely<unknown>, format: 'csv' | 'xlsx'): Endpoint =>
  endpoint({
    method: 'GET',
    path: `/api/people/report.${format}`,
    tag: 'Risk',
    summary: format === 'csv' ? 'The report as a table' : 'The report as a spreadsheet',
    rule: takers,
    query: ReportQuery,
    response: Type.Any(),
    files: [format === 'csv' ? 'text/csv' : xlsx],
    problems: ['not-found', 'bad-input'],
    async handle({ tx, actor, now, query, audit }) {
      const made = await report({ tx, counting }, { actor, now, protectAll: true }, query);
      await audit({
        action: 'people.export-report',
        placeId: query.place,
        detail: { format, by: query.by, instrument: made.instrument.code, sex: made.sex, ageGroup: made.ageGroup, asOf: made.asOf },
      });
      return reportFile(made, format, query.locale ?? actor.locale, now);
    },
  });

const getWhereFirst = (counting: Kysely<unknown>): Endpoint =>
  endpoint({
    method: 'GET',
    path: '/api/where-first',
    tag: 'Risk',
    summary: 'Areas by where help is worth most: share at high risk with its interval, reasons, change and neighbours',
    rule: readers,
    query: WhereFirstQuery,
    response: WhereFirst,
    problems: ['not-found', 'bad-input'],
    handle: ({ tx, actor, now, query }) => whereFirst({ tx, counting }, { actor, now, protectAll: query.protect === true }, query),
  });

const exportWhereFirst = (counting: Kysely<unknown>): Endpoint =>
  endpoint({
    method: 'GET',
    path: '/api/where-first.csv',
    tag: 'Risk',
    summary: 'The ranking of areas as a table',
    rule: takers,
    query: WhereFirstQuery,
    response: Type.Any(),
    files: ['text/csv'],
    problems: ['not-found', 'bad-input'],
    async handle({ tx, actor, now, query, audit }) {
      const ranking = await whereFirst({ tx, counting }, { actor, now, protectAll: true }, query);
      await audit({
        action: 'map.export',
        placeId: query.place,
        detail: {
          format: 'csv',
          ranking: true,
          instrument: ranking.instrument.code,
          level: ranking.level,
          sex: ranking.sex,
          ageGroup: ranking.ageGroup,
          asOf: ranking.asOf,
        },
      });
      return rankingFile(ranking, query.locale ?? actor.locale, now);
    },
  });

export const figureEndpoints = (counting: Kysely<unknown>): readonly Endpoint[] => [
  getReport(counting),
  exportReport(counting, 'csv'),
  exportReport(counting, 'xlsx'),
  getWhereFirst(counting),
  exportWhereFirst(counting),
];

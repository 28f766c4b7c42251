// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { Problem } from '../../../platform/domain/problem.ts';
import { writeCsv, type Cell } from '../../../platform/server/csv.ts';
import { endpoint, type Endpoint, type Tx } from '../../../platform/server/endpoint.ts';
import { RequestPage, RequestsAsked, RequestsQuery, type QueuedRequest } from '../../domain/request.ts';
import { listRequests, type RequestCursor } from './queries-requests.ts';

const usualPage = 50;
const mostInFile = 5000;

function readCursor(after: string | undefined): RequestCursor | null {
  if (after === undefined) return null;
  const match = /^(\d{4}-\d\d-\d\d)_([0-9a-f-]{36})$/.exec(after);
  if (!match?.[1] || !match[2] || Number.isNaN(Date.parse(match[1])))
    throw new Problem('bad-input', 'after: use the value of "next" from the page before.');
  return { dueOn: match[1], requestId: match[2] };
}

export async function requestPage(tx: Tx, { after, limit = usualPage, ...asked }: RequestsQuery): Promise<RequestPage> {
  const rows = await listRequests(tx, asked, readCursor(after), limit + 1);
  const page = rows.slice(0, limit),
    last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? `${last.dueOn}_${last.requestId}` : null };
}

const heads = [
  'record',
  'kind',
  'about',
  'said_by',
  'said_on',
  'due_on',
  'state',
  'decided_at',
  'ground',
  'citation',
  'district',
  'legal_hold',
];
const lineOf = (one: QueuedRequest): Cell[] => [
  one.number,
  one.kind,
  one.about,
  one.byWhom,
  one.saidOn,
  one.dueOn,
  one.state,
  one.decidedAt,
  one.ground,
  one.citation,
  one.district?.code ?? null,
  one.held ? 'yes' : 'no',
];

interface Queue {
  readonly path: `/api/${string}`;
  readonly tag: string;
  readonly right: 'erasure.order' | 'erasure.ask';
  readonly summary: string;
}

const queue = ({ path, tag, right, summary }: Queue): readonly Endpoint[] => [
  endpoint({
    method: 'GET',
    path,
    tag,
    summary: `${summary}, the most urgent first unless asked otherwise`,
    rule: { may: right },
    query: RequestsQuery,
    response: RequestPage,
    handle: ({ tx, query }) => requestPage(tx, query),
  }),
  endpoint({
    method: 'GET',
    path: `${path}.csv`,
    tag,
    summary: `${summary}, as a file: record numbers, no names`,
    rule: { may: right },
    query: RequestsAsked,
    response: Type.Any(),
    files: ['text/csv'],
    problems: ['too-large'],
    async handle({ tx, query, audit }) {
      const rows = await listRequests(tx, query, null, mostInFile + 1);
      if (rows.length > mostInFile) throw new Problem('too-large', `There are more than ${mostInFile} requests: ask for fewer.`);
      await audit({ action: 'requests.export', detail: { rows: rows.length, kind: query.kind ?? null, state: query.state ?? null } });
      return { kind: 'file', contentType: 'text/csv', fileName: 'requests.csv', body: writeCsv([heads, ...rows.map(lineOf)]) };
    },
  }),
];

/** What people asked for: to the data protection officer of everybody, to who works with people of those in her area or her care. */
export const queueEndpoints: readonly Endpoint[] = [
  ...queue({
    path: '/api/data-protection/requests',
    tag: 'Data protection',
    right: 'erasure.order',
    summary: 'What people asked about their records',
  }),
  ...queue({
    path: '/api/people/requests',
    tag: 'People',
    right: 'erasure.ask',
    summary: 'What people of one’s area, or in one’s care, asked about their records',
  }),
];

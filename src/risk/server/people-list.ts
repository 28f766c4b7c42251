// SPDX-License-Identifier: AGPL-3.0-or-later
import { readCursor, writeCursor } from '../../places/server/index.ts';
import type { Actor } from '../../platform/domain/actor.ts';
import { Problem } from '../../platform/domain/problem.ts';
import { dateAt, startOfDate } from '../../platform/domain/zoned-time.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import { shown } from '../domain/arithmetic.ts';
import { drivers, wordsIn } from '../domain/drivers.ts';
import type { Instrument } from '../domain/instrument.ts';
import { openSums } from '../domain/open-index.ts';
import {
  listPageSize,
  maxReasons,
  mostWaiting,
  type ListPage,
  type ListQuery,
  type ListRow,
  type ListSort,
  type PersonKey,
  type VisitList,
  type VisitListBody,
  type Waiting,
  type WaitingQuery,
} from '../domain/people-list.ts';
import { visitWeek, warningsInWords, warningsOf } from '../domain/warning.ts';
import { definitionsOf } from './map-question.ts';
import { countToVisit, findListed, findListedPeople, findRestricted, type ListedPerson, type ListQuestion } from './queries-people-list.ts';
import { findLive } from './queries-map.ts';

/** Who asks, and when. */
export interface Asking {
  readonly tx: Tx;
  readonly actor: Actor;
  readonly now: Date;
}

/** The instrument that is asked about, or the first for people; and the installation's time zone. Throws Problem `not-found`. */
export async function peopleInstrument(tx: Tx, code: string | undefined): Promise<{ instrument: Instrument; zone: string }> {
  const { zone, ids } = await findLive(tx);
  const live = (await definitionsOf(tx, ids)).filter(({ scores }) => scores === 'person');
  const instrument = code === undefined ? live[0] : live.find((each) => each.code === code);
  if (!instrument)
    throw new Problem('not-found', code === undefined ? 'There is no instrument in use.' : `There is no instrument ${code} in use.`);
  return { instrument, zone };
}

/** The moment by which answers must be renewed to be wanted. */
export function renewBy(renew: string | undefined, now: Date, zone: string): Date | null {
  if (renew === undefined) return null;
  if (renew === 'now') return now;
  if (renew === 'week' || renew === 'soon') return new Date(now.getTime() + (renew === 'week' ? 7 : 30) * 86_400_000);
  const start = startOfDate(renew, zone);
  if (dateAt(start, zone) !== renew) throw new Problem('bad-input', 'renew: there is no such day.');
  return new Date(start);
}

/** What the database takes a sort key of that order for. */
const soundKey = { urgency: /^\d{1,5}$/, moment: /^(-?infinity|\d{4,6}-\d\d-\d\d[ \d:.+-]{8,24})$/ };

/** Where a page ended: key, region, person or household. Anything else than what we wrote is refused before the database reads it. */
export function afterOf(text: string, sort: ListSort): { readonly key: string; readonly regionId: number; readonly id: string } {
  const [key, regionId, id] = readCursor(text, ['string', 'number', 'string'] as const);
  const sound =
    soundKey[sort === 'urgency' ? 'urgency' : 'moment'].test(key) &&
    Number.isInteger(regionId) &&
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
  if (!sound) throw new Problem('bad-input', 'after: is not where a page of ours ended.');
  return { key, regionId, id };
}

/** The bands asked for, each once; null: all. */
export const bandsOf = (bands: string | undefined): number[] | null => (bands === undefined ? null : [...new Set([...bands].map(Number))]);

function questionOf(query: ListQuery, code: string, zone: string, now: Date, limit: number): ListQuestion {
  const sort = query.sort ?? 'urgency',
    after = query.after === undefined ? null : afterOf(query.after, sort);
  return {
    code,
    placeId: query.place ?? null,
    bands: bandsOf(query.bands),
    sex: query.sex ?? null,
    ageGroup: query.ageGroup ?? null,
    renewBy: renewBy(query.renew, now, zone),
    warns: query.warns !== undefined,
    sort,
    after: after && { key: after.key, regionId: after.regionId, personId: after.id },
    limit,
  };
}

/** Reasons and warnings as sentences, and the index of the open answers: the same to every reader, because lists become files and paper. */
export function rowOf(person: ListedPerson, instrument: Instrument, locale: string): ListRow {
  const { answers, warnsPrivately, ...rest } = person;
  const { open } = warningsOf(instrument, answers);
  return {
    ...rest,
    ...shown(openSums(answers, instrument)),
    reasons: drivers(instrument, answers, locale, maxReasons),
    warnings: warningsInWords({ open, hidden: warnsPrivately }, locale),
  };
}

/** One page. Throws Problem `not-found` (instrument), `bad-input` (cursor, day). */
export async function peopleList({ tx, actor, now }: Asking, query: ListQuery, size = listPageSize): Promise<ListPage> {
  const { instrument, zone } = await peopleInstrument(tx, query.instrument);
  const locale = query.locale ?? actor.locale;
  const keys = await findListed(tx, questionOf(query, instrument.code, zone, now, size + 1));
  const page = keys.slice(0, size),
    last = page.at(-1);
  const people = await findListedPeople(tx, instrument.code, zone, page);
  return {
    instrument: { code: instrument.code, version: instrument.version, title: wordsIn(instrument.title, locale) },
    asOf: dateAt(now.getTime(), zone),
    rows: people.map((person) => rowOf(person, instrument, locale)),
    after: keys.length > size && last ? writeCursor([last.key, last.regionId, last.personId]) : null,
  };
}

/** Exactly these people, as far as the reader may see them. */
export async function peopleByKey(
  { tx, actor, now }: Asking,
  keys: readonly PersonKey[],
  code?: string,
  locale = actor.locale,
): Promise<ListPage> {
  const { instrument, zone } = await peopleInstrument(tx, code);
  const people = await findListedPeople(tx, instrument.code, zone, keys);
  return {
    instrument: { code: instrument.code, version: instrument.version, title: wordsIn(instrument.title, locale) },
    asOf: dateAt(now.getTime(), zone),
    rows: people.map((person) => rowOf(person, instrument, locale)),
    after: null,
  };
}

/** Those of them who may be visited, once each, and who was left off; of whom the reader may not see, nothing. */
export async function visitList(asking: Asking, { people, instrument, locale }: VisitListBody): Promise<VisitList> {
  const keyOf = ({ regionId, personId }: PersonKey): string => `${regionId} ${personId.toLowerCase()}`;
  const asked = new Map(people.map((key) => [keyOf(key), key]));
  const leftOff = await findRestricted(asking.tx, [...asked.values()]);
  for (const each of leftOff) asked.delete(keyOf(each));
  return { ...(await peopleByKey(asking, [...asked.values()], instrument, locale)), leftOff };
}

/**
 * How many people of the list a warning holds for, and how many households need a visit this week: what the list itself would show, counted,
 * for nobody but those who may read it. Whoever is not to be visited is counted nowhere here. Throws Problem `not-found` (instrument).
 */
export async function peopleWaiting({ tx, now }: Asking, query: WaitingQuery): Promise<Waiting> {
  const { instrument, zone } = await peopleInstrument(tx, query.instrument);
  const asOf = dateAt(now.getTime(), zone),
    week = visitWeek(asOf);
  const waiting = async (more: ListQuery) => {
    const listed = await findListed(tx, questionOf({ ...query, ...more }, instrument.code, zone, now, mostWaiting + 1));
    return { more: listed.length > mostWaiting, ...(await countToVisit(tx, listed)) };
  };
  const warned = await waiting({ warns: 'now' }),
    due = await waiting({ renew: week.before, sort: 'renewal' });
  // Beyond what was read there are others, of whose households some are counted already: a round number below says so.
  const counted = (n: number, more: boolean) => ({ n: more ? Math.max(1, Math.floor((n - 1) / 100) * 100) : n, more });
  return { asOf, ...week, warned: counted(warned.people, warned.more), households: counted(due.households, due.more) };
}

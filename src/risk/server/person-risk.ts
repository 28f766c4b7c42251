// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PlaceRef } from '../../places/domain/place.ts';
import { Problem } from '../../platform/domain/problem.ts';
import { dateAt, startOfDate } from '../../platform/domain/zoned-time.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import { shown } from '../domain/arithmetic.ts';
import { drivers, wordsIn } from '../domain/drivers.ts';
import type { Instrument } from '../domain/instrument.ts';
import { questionsOf, reasonsOfHeld, timelineOf, warningsIn, type Reading, type SeenAssessment } from '../domain/past-words.ts';
import { openSums, sumsFor } from '../domain/open-index.ts';
import type { PersonKey } from '../domain/people-list.ts';
import type { HouseholdRisk, MemberRow, PersonRisk, RiskQuery, ShownScore } from '../domain/person-risk.ts';
import { definitionsOf } from './map-question.ts';
import { rowOf, type Asking } from './people-list.ts';
import { findPrivateWarnings } from './queries-people-list.ts';
import { findPrivateCodes } from './queries-instruments.ts';
import { findLive } from './queries-map.ts';
import {
  findHouseholdFacts,
  findHouseholdPast,
  findMembersOn,
  findPersonFacts,
  findPersonPast,
  findScoredAt,
  findSeesHousehold,
  type PastRow,
  type ScoredAt,
} from './queries-person.ts';
import { findListedPeople, type ListedPerson } from './queries-people-list.ts';

/** So many visits back the line of the index is drawn. */
const mostPoints = 12;

interface Question {
  readonly instrument: Instrument;
  readonly live: readonly Instrument[];
  readonly zone: string;
  readonly locale: string;
  readonly asOf: string;
  readonly past: boolean;
  /** The moment asked about: now, or the last of a past day. */
  readonly at: number;
}

const ofPeople = ({ scores }: Instrument): boolean => scores === 'person';

/** One question about somebody, a household or a place, checked and completed. `wanted`: which instruments can be asked. */
export async function ask({ tx, actor, now }: Asking, query: RiskQuery, wanted = ofPeople): Promise<Question> {
  const { zone, ids } = await findLive(tx);
  const live = (await definitionsOf(tx, ids)).filter(wanted);
  const instrument = query.instrument === undefined ? live[0] : live.find(({ code }) => code === query.instrument);
  if (!instrument) throw new Problem('not-found', `There is no instrument ${query.instrument ?? 'for this'} in use.`);
  const today = dateAt(now.getTime(), zone),
    past = query.on !== undefined && query.on < today;
  if (query.on !== undefined && query.on > today) throw new Problem('bad-input', 'on: that day is still to come.');
  const next = new Date(`${query.on ?? today}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return {
    instrument,
    live,
    zone,
    past,
    locale: query.locale ?? actor.locale,
    asOf: past ? query.on! : today,
    at: past ? startOfDate(next.toISOString().slice(0, 10), zone) - 1 : now.getTime(),
  };
}

/** As the database masks it: a question that another version marks as private is private under this one too. */
function inConfidence(definition: Instrument, hidden: ReadonlySet<string> | undefined): Instrument {
  const open = (each: Instrument['indicators'][number]): boolean => !each.protected && (hidden?.has(each.code) ?? false);
  if (!definition.indicators.some((each) => open(each))) return definition;
  return { ...definition, indicators: definition.indicators.map((each) => (open(each) ? { ...each, protected: true } : each)) };
}

/** With the version of the instrument under which each was written. */
export async function seen(tx: Tx, rows: readonly PastRow[]): Promise<SeenAssessment[]> {
  const ids = [...new Set(rows.map((row) => row.instrumentId))];
  const definitions = await definitionsOf(tx, ids);
  const hidden = await findPrivateCodes(tx, [...new Set(definitions.map(({ code }) => code))]);
  const versions = new Map(definitions.map((definition, i) => [ids[i], inConfidence(definition, hidden.get(definition.code))]));
  return rows.map((row) => ({ ...row, instrument: versions.get(row.instrumentId)!, undone: false }));
}

/** By the account for her own record: what was said of herself, and nothing of what others said of the household they share (db/migrations/0028). */
const readsOnlyOwn = ({ rights }: Asking['actor']): boolean =>
  rights.has('own.read') && !rights.has('people.read') && !rights.has('assigned.read');

function scoreOf(scored: ScoredAt, instrument: Instrument): ShownScore {
  const { band, ...sums } = sumsFor(scored.whole, scored, instrument);
  return { band, ...shown(sums) };
}

/** What every answer begins with. */
export const frameOf = ({ instrument, live, locale, asOf, past }: Question) => ({
  instrument: { code: instrument.code, version: instrument.version, title: wordsIn(instrument.title, locale) },
  instruments: live.map(({ code, title }) => ({ code, title: wordsIn(title, locale) })),
  asOf,
  past,
});

/** Somebody as the reader may see her, and everything recorded of her up to the day asked about. Throws Problem `not-found`, `bad-input`. */
export async function recordedOf(asking: Asking, key: PersonKey, query: RiskQuery) {
  const { tx } = asking;
  const person = await findPersonFacts(tx, key);
  if (!person) throw new Problem('not-found', 'There is no such person, or this person is not in your care.');
  const question = await ask(asking, query);
  const history = await seen(tx, await findPersonPast(tx, question.instrument.code, key, question.asOf));
  return { person, question, history };
}

function historyOf(scored: readonly ScoredAt[], moments: readonly number[], { instrument, zone }: Question): PersonRisk['history'] {
  const byDay = new Map(
    scored.filter(({ moment }) => moments.includes(moment)).map((each) => [dateAt(each.moment, zone), scoreOf(each, instrument)]),
  );
  return [...byDay].map(([date, score]) => ({ date, ...score }));
}

/**
 * A person as she stands, or stood at the end of a past day: her standing, why, what holds until when, what is missing, and everything that
 * was recorded of her, her household and her place of that day. Throws Problem `not-found` (also for whom the reader may not see), `bad-input`.
 */
export async function personRisk(asking: Asking, key: PersonKey, query: RiskQuery): Promise<PersonRisk> {
  const { tx } = asking;
  const { person, question, history } = await recordedOf(asking, key, query),
    { instrument, zone, at, locale } = question;
  const visits = [...new Set(history.map(({ observedAt }) => observedAt))].filter((moment) => moment <= at).sort((a, b) => a - b);
  const points = [...visits.slice(-mostPoints), at];
  const scored = await findScoredAt(tx, instrument.code, key, points);
  const stands = scored.find(({ moment }) => moment === at),
    // Who died or left stands nowhere any more, and of whom she lived with before not all is told: her answers are read all the same.
    whole =
      (stands?.whole ?? false) ||
      history.some((each) => each.whole && (each.subjectKind === 'person' || (!stands && each.subjectKind === 'household')));
  const reading: Reading = {
    instrument,
    at,
    zone,
    locale,
    sex: person.sex,
    whole,
    units: readsOnlyOwn(asking.actor) ? ['person'] : ['person', 'household', 'place'],
  };
  const questions = questionsOf(history, reading);
  // Of a past day nobody is told whether a private answer warned: what could be done is done today.
  const alone = !whole && !question.past && (await findPrivateWarnings(tx, instrument.code, [key])).length > 0;
  return {
    ...key,
    ...frameOf(question),
    place: stands?.place ?? person.place,
    householdId: stands ? stands.householdId : person.householdId,
    whole,
    sex: person.sex,
    ageGroup: stands?.ageGroup ?? null,
    restricted: person.restricted,
    asksToSetRight: person.asksToSetRight,
    standing: stands
      ? {
          ...scoreOf(stands, instrument),
          ...sumsFor(stands.whole, stands, instrument),
          observedOn: stands.observedAt === null ? null : dateAt(stands.observedAt, zone),
          validUntil: stands.validUntil === null ? null : dateAt(stands.validUntil, zone),
        }
      : null,
    reasons: stands ? drivers(instrument, stands.answers, locale) : [],
    ...warningsIn(instrument, stands?.answers ?? [], { locale, whole: stands?.whole ?? whole }, alone),
    privateQuestions: instrument.indicators.filter((each) => each.protected).length - questions.filter((each) => each.private).length,
    questions,
    timeline: timelineOf(history, reading),
    history: historyOf(scored, points, question),
  };
}

const memberOf = (person: ListedPerson, instrument: Instrument, locale: string): MemberRow => ({
  ...rowOf(person, instrument, locale),
  ...openSums(person.answers, instrument),
});

/** Who lived in a household at the end of a past day and how each stood, in the words and figures of a list. */
async function membersThen(tx: Tx, regionId: number, householdId: string, question: Question): Promise<MemberRow[]> {
  const { instrument, zone, at, locale, asOf } = question;
  const rows: MemberRow[] = [];
  for (const { sex, ...key } of await findMembersOn(tx, regionId, householdId, asOf)) {
    const [stood] = await findScoredAt(tx, instrument.code, key, [at]);
    if (!stood) continue;
    const { place, ageGroup, band, answers, observedAt, validUntil } = stood;
    const day = (moment: number | null) => (moment === null ? null : dateAt(moment, zone));
    const known = { ...key, householdId, place, sex, ageGroup, band, answers, observedOn: day(observedAt), validUntil: day(validUntil) };
    // Whether anybody visits her is a matter of today; of a past day nobody is told whether a private answer warned.
    rows.push(memberOf({ ...known, restricted: null, warnsPrivately: false }, instrument, locale));
  }
  return rows;
}

/** Where a household lived: where most of its members did, because only they have events; where it is now, if that tells nothing. */
function placeThen(members: readonly MemberRow[], now: PlaceRef): PlaceRef {
  const living = (placeId: string): number => members.filter(({ place }) => place.placeId === placeId).length;
  const most = members.find(({ place }) => 2 * living(place.placeId) > members.length);
  return most?.place ?? now;
}

/** A household: its own answers and what became of them, and its members as they stand, or stood at the end of a past day. Throws Problem `not-found`, `bad-input`. */
export async function householdRisk(asking: Asking, regionId: number, householdId: string, query: RiskQuery): Promise<HouseholdRisk> {
  const { tx } = asking;
  const household = await findHouseholdFacts(tx, regionId, householdId);
  if (!household) throw new Problem('not-found', 'There is no such household, or it is not in your care.');
  const question = await ask(asking, query),
    { instrument, zone, at, locale } = question;
  const history = await seen(tx, await findHouseholdPast(tx, instrument.code, regionId, householdId));
  const whole = await findSeesHousehold(tx, regionId, householdId);
  const reading: Reading = { instrument, at, zone, locale, sex: 0, whole, units: ['household'] };
  const members = question.past
    ? await membersThen(tx, regionId, householdId, question)
    : (await findListedPeople(tx, instrument.code, zone, household.members)).map((person) => memberOf(person, instrument, locale));
  // Of the household or of somebody in it: which, nobody is told.
  const alone = !whole && !question.past && (await findPrivateWarnings(tx, instrument.code, household.members)).length > 0;
  return {
    regionId,
    householdId,
    ...frameOf(question),
    place: question.past ? placeThen(members, household.place) : household.place,
    whole,
    privateQuestions: whole ? 0 : instrument.indicators.filter((each) => each.protected && each.unit === 'household').length,
    questions: questionsOf(history, reading),
    timeline: timelineOf(history, reading),
    ...reasonsOfHeld(history, reading, alone),
    members,
  };
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../platform/domain/problem.ts';
import { asksOfPlaces } from '../domain/instrument.ts';
import { questionsOf, timelineOf, type Reading } from '../domain/past-words.ts';
import type { PlaceRisk, RiskQuery } from '../domain/person-risk.ts';
import type { Asking } from './people-list.ts';
import { ask, frameOf, seen } from './person-risk.ts';
import { findPeopleConcerned, findPlaceFacts, findPlacePast } from './queries-person.ts';

const women = 2,
  men = 1;

/**
 * What is asked of a place, what was said of it and of the areas around it, and how many people an answer concerns. For whoever may answer for
 * it. Throws Problem `not-found` (place; instrument that asks nothing of places), `outside-your-area`, `bad-input`.
 */
export async function placeRisk(asking: Asking, placeId: string, query: RiskQuery): Promise<PlaceRisk> {
  const { tx } = asking;
  const facts = await findPlaceFacts(tx, placeId);
  if (!facts) throw new Problem('not-found', 'There is no such place.');
  if (!facts.inside) throw new Problem('outside-your-area');
  const question = await ask(asking, query, asksOfPlaces),
    { instrument, zone, at, locale } = question;
  const history = await seen(tx, await findPlacePast(tx, instrument.code, placeId));
  const reading: Reading = { instrument, at, zone, locale, sex: 0, whole: true, units: ['place'] };
  const bySex = new Set(instrument.indicators.filter((each) => each.bySex).map(({ code }) => code));
  const statesOf = (sex: number, sided: boolean) =>
    questionsOf(history, { ...reading, sex }).filter(({ code }) => bySex.has(code) === sided);
  return {
    regionId: facts.regionId,
    placeId,
    ...frameOf(question),
    place: facts.place,
    whole: true,
    privateQuestions: 0,
    questions: statesOf(0, false),
    female: statesOf(women, true),
    male: statesOf(men, true),
    timeline: timelineOf(history, reading),
    people: instrument.scores === 'person' ? await findPeopleConcerned(tx, instrument.code, placeId) : null,
  };
}

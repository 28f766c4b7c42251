// SPDX-License-Identifier: AGPL-3.0-or-later
import { timelineOf, type Reading } from '../domain/past-words.ts';
import type { PersonKey } from '../domain/people-list.ts';
import { paperStanding, tellsOnPaper, withoutHouseholdsSecrets, type PersonOnPaper } from '../domain/person-paper.ts';
import type { RiskQuery } from '../domain/person-risk.ts';
import type { Asking } from './people-list.ts';
import { frameOf, recordedOf } from './person-risk.ts';
import { findScoredAt } from './queries-person.ts';

const notOfPlace = <T extends { readonly about: string }>(entry: T): entry is T & { readonly about: 'person' | 'household' } =>
  entry.about !== 'place';

/**
 * A person as the page says it that she is handed: her own answers as far as the reader may read them, the open ones about her household, and how
 * she stands by these. What is private about the household is neither there nor in any figure, whoever reads. Throws Problem `not-found`.
 */
export async function personOnPaper(
  asking: Asking,
  key: PersonKey,
  query: Pick<RiskQuery, 'instrument' | 'locale'>,
): Promise<PersonOnPaper> {
  const { person, question, history: all } = await recordedOf(asking, key, query);
  const { instrument, zone, at, locale } = question;
  const history = all.map(withoutHouseholdsSecrets);
  const [stands] = await findScoredAt(asking.tx, instrument.code, key, [at]);
  const whole = stands?.whole ?? history.some((each) => each.whole && each.subjectKind === 'person');
  const reading: Reading = { instrument, at, zone, locale, sex: person.sex, whole, units: ['person', 'household', 'place'] };
  const frame = frameOf(question);
  return {
    instrument: frame.instrument,
    instruments: frame.instruments,
    standing: stands ? paperStanding(history, reading) : null,
    hidden: instrument.indicators.filter((each) => !tellsOnPaper(each, whole)).length,
    timeline: timelineOf(history, reading).filter(notOfPlace),
  };
}

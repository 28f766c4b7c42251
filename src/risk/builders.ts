// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Indicator, Instrument } from './domain/instrument.ts';
import type { NewAssessment } from './server/record.ts';
import { seededId } from '../platform/builders.ts';

/** One indicator about people, weight 1, valid for a year, unless said. */
export function anIndicator(given: Partial<Indicator> & Pick<Indicator, 'code'>): Indicator {
  const en = (text: string): { en: string } => ({ en: text });
  return {
    unit: 'person',
    theme: 'test',
    weight: 1,
    months: 12,
    warns: false,
    protected: false,
    bySex: false,
    title: en(given.code),
    question: en(`${given.code}?`),
    answers: [en('one'), en('two'), en('three')],
    reasons: { 2: en(`${given.code} is 2`), 3: en(`${given.code} is 3`) },
    ...given,
  };
}

export function anInstrument(given: Partial<Instrument> & Pick<Instrument, 'indicators'>): Instrument {
  return {
    code: 'test-instrument',
    version: 1,
    scores: 'person',
    title: { en: 'Test' },
    description: { en: 'Made for a test' },
    bands: { medium: 33, high: 60, coverage: 60 },
    ...given,
  };
}

/** An assessment of region 1 by "tester", made from `seed`. */
export function anAssessment(
  given: Partial<NewAssessment> & Pick<NewAssessment, 'subjectKind' | 'subjectId' | 'instrument' | 'answers' | 'observedAt'>,
  seed: string | number = 1,
): NewAssessment {
  return { assessmentId: seededId('assessment', seed), regionId: 1, actorId: 'tester', ...given };
}

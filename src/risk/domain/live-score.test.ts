// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anIndicator, anInstrument } from '../builders.ts';
import { score } from './arithmetic.ts';
import { liveScore } from './live-score.ts';
import type { Answer, Answers } from './pack.ts';
import type { QuestionState } from './person-risk.ts';

const words: readonly Answer[] = [1, 2, 3, 'unknown', 'refused', 'not-applicable'];
const states = ['known', 'known', 'known', 'unknown', 'refused', 'not-applicable'] as const;

test('moves exactly as the arithmetic says of the answers that then hold, private questions aside', () => {
  const one = fc.record({ weight: fc.integer({ min: 1, max: 5 }), hidden: fc.boolean(), held: fc.nat(6), given: fc.option(fc.nat(5)) });
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 10 }), (all) => {
      const instrument = anInstrument({
        indicators: all.map(({ weight, hidden }, i) => anIndicator({ code: `q_${i}`, weight, protected: hidden })),
      });
      const held = all.map(({ held: code }) => code);
      const questions = all.flatMap(({ hidden, held: code }, i): QuestionState[] =>
        hidden
          ? []
          : [
              {
                code: `q_${i}`,
                unit: 'person',
                title: '',
                private: false,
                state: code === 0 ? 'never' : states[code - 1]!,
                score: code >= 1 && code <= 3 ? code : null,
                text: null,
                observedOn: null,
                validUntil: null,
              },
            ],
      );
      const given: Answers = Object.fromEntries(
        all.flatMap(({ given: answer }, i) => (answer === null ? [] : [[`q_${i}`, words[answer]!]])),
      );
      const then = all.map(({ hidden, given: answer }, i) => (answer === null || hidden ? held[i]! : answer + 1));
      expect(liveScore(instrument, score(held, instrument), questions, given)).toEqual(score(then, instrument));
    }),
  );
});

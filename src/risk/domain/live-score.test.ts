// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anIndicator, anInstrument } from '../builders.ts';
import { score } from './arithmetic.ts';
import { liveMembers, liveScore } from './live-score.ts';
import { openSums } from './open-index.ts';
import type { Answer, Answers } from './pack.ts';
import type { QuestionState } from './person-risk.ts';

const words: readonly Answer[] = [1, 2, 3, 'unknown', 'refused', 'not-applicable'];
const states = ['known', 'known', 'known', 'unknown', 'refused', 'not-applicable'] as const;

const stateOf = (code: string, unit: QuestionState['unit'], held: number): QuestionState => ({
  code,
  unit,
  title: '',
  private: false,
  state: held === 0 ? 'never' : states[held - 1]!,
  score: held >= 1 && held <= 3 ? held : null,
  text: null,
  observedOn: null,
  validUntil: null,
});

test('moves exactly as the arithmetic says of the answers that then hold, private questions aside', () => {
  const one = fc.record({ weight: fc.integer({ min: 1, max: 5 }), hidden: fc.boolean(), held: fc.nat(6), given: fc.option(fc.nat(5)) });
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 10 }), (all) => {
      const instrument = anInstrument({
        indicators: all.map(({ weight, hidden }, i) => anIndicator({ code: `q_${i}`, weight, protected: hidden })),
      });
      const held = all.map(({ held: code }) => code);
      const questions = all.flatMap(({ hidden, held: code }, i): QuestionState[] => (hidden ? [] : [stateOf(`q_${i}`, 'person', code)]));
      const given: Answers = Object.fromEntries(
        all.flatMap(({ given: answer }, i) => (answer === null ? [] : [[`q_${i}`, words[answer]!]])),
      );
      const then = all.map(({ hidden, given: answer }, i) => (answer === null || hidden ? held[i]! : answer + 1));
      expect(liveScore(instrument, score(held, instrument), questions, given)).toEqual(score(then, instrument));
    }),
  );
});

test('moves each member of a household as she stands once it is saved, but nobody whose record is used no further; a private answer moves nobody, whoever may read it', () => {
  const one = fc.record({
    weight: fc.integer({ min: 1, max: 5 }),
    hidden: fc.boolean(),
    ofHousehold: fc.boolean(),
    held: fc.tuple(fc.nat(6), fc.nat(6), fc.nat(6)),
    given: fc.option(fc.nat(5)),
  });
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 10 }), fc.boolean(), fc.nat(3), (all, whole, objects) => {
      const instrument = anInstrument({
        indicators: all.map(({ weight, hidden, ofHousehold }, i) =>
          anIndicator({ code: `q_${i}`, weight, protected: hidden, unit: ofHousehold ? 'household' : 'person' }),
        ),
      });
      // What is said of the household is each member's; what is said of a member, her own.
      const heldBy = (member: number) => all.map(({ ofHousehold, held }) => held[ofHousehold ? 0 : member]!);
      const thenOf = (member: number) =>
        all.map(({ ofHousehold, held, given }) =>
          ofHousehold && given !== null && member !== objects ? given + 1 : held[ofHousehold ? 0 : member]!,
        );
      const questions = all.flatMap(({ hidden, ofHousehold, held }, i) =>
        ofHousehold && (whole || !hidden) ? [stateOf(`q_${i}`, 'household', held[0])] : [],
      );
      const given: Answers = Object.fromEntries(
        all.flatMap(({ given: answer, ofHousehold }, i) => (answer === null || !ofHousehold ? [] : [[`q_${i}`, words[answer]!]])),
      );
      const members = [0, 1, 2].map((member) => ({
        member,
        restricted: member === objects ? ('objection' as const) : null,
        ...openSums(heldBy(member), instrument),
      }));
      for (const { member, score: moved } of liveMembers(instrument, members, questions, given))
        expect(moved).toMatchObject(openSums(thenOf(member.member), instrument));
    }),
  );
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anIndicator, anInstrument } from '../builders.ts';
import { score, shown } from './arithmetic.ts';
import { household28 } from './instruments/household-28.ts';
import { liveScore } from './live-score.ts';
import { openSums, sumsFor } from './open-index.ts';

const answers = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 28, maxLength: 28 });
const hidden = household28.indicators.flatMap((each, position) => (each.protected ? [position] : []));

test('whatever is said in private, the index of the open answers, its interval and its coverage are the same', () => {
  fc.assert(
    fc.property(
      answers,
      fc.array(fc.integer({ min: 0, max: 6 }), { minLength: hidden.length, maxLength: hidden.length }),
      (said, other) => {
        const world = said.map((answer, position) => (hidden.includes(position) ? other[hidden.indexOf(position)]! : answer));
        expect(shown(openSums(world, household28))).toEqual(shown(openSums(said, household28)));
      },
    ),
  );
});

test('it is the index of an instrument that does not ask the protected questions, beside the band of the one that does', () => {
  const one = fc.record({ weight: fc.integer({ min: 1, max: 5 }), hidden: fc.boolean(), answer: fc.nat(6) });
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 10 }), (all) => {
      const asks = (some: typeof all) =>
        anInstrument({ indicators: some.map((each, i) => anIndicator({ code: `q_${i}`, weight: each.weight, protected: each.hidden })) });
      const instrument = asks(all),
        open = all.filter((each) => !each.hidden);
      const given = all.map(({ answer }) => answer),
        whole = { ...score(given, instrument), answers: given };
      const { band: _band, ...sums } = score(
        open.map(({ answer }) => answer),
        asks(open),
      );
      expect(sumsFor(false, whole, instrument)).toEqual({ ...sums, band: whole.band });
      const { answers: _answers, ...all_ } = whole;
      expect(sumsFor(true, whole, instrument)).toEqual(all_);
    }),
  );
});

test('moves as one answers by the open answers alone', () => {
  const said = household28.indicators.map(() => 0);
  const given = Object.fromEntries(household28.indicators.filter(({ bySex }) => !bySex).map(({ code }) => [code, 3 as const]));
  const { known } = liveScore(household28, openSums(said, household28), [], given);
  expect(known).toBe(household28.indicators.filter((each) => !each.protected && !each.bySex).reduce((sum, { weight }) => sum + weight, 0));
});

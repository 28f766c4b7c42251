// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acts, consentStands, purposes, speakers, type Act, type Purpose, type Speaker } from './consent.ts';
import { standingOf, wordReasons, type Word, type WordStage } from './consent-standing.ts';

const word = (byWhom: Speaker, act: Act, at = 0, over: Partial<Word> = {}): Word => ({
  eventId: `${byWhom} ${act} ${at} ${over.organisationId ?? ''}`,
  purpose: 'register',
  act,
  byWhom,
  organisationId: null,
  observedAt: at,
  recordedAt: at,
  ...over,
});
const aged = (today: number | null, before = today): WordStage => ({ joined: false, before, today });
const of = (words: readonly Word[], stage: WordStage) =>
  words.map((each) => {
    const { state, why } = standingOf(each, words, stage);
    return why ?? state;
  });

describe('one word, among everything that was said of a record', () => {
  it('of an adult stands until it is taken back, refused or said again', () => {
    expect(of([word('self', 'given')], aged(18))).toEqual(['stands']);
    expect(of([word('self', 'given')], aged(null))).toEqual(['stands']);
    expect(of([word('self', 'given'), word('self', 'withdrawn', 1)], aged(18))).toEqual(['withdrawn', 'no']);
    expect(of([word('self', 'given'), word('self', 'refused', 1)], aged(18))).toEqual(['refused', 'no']);
    expect(of([word('self', 'refused'), word('self', 'given', 1)], aged(18))).toEqual(['said_again', 'stands']);
    expect(of([word('self', 'given'), word('self', 'withdrawn', 1, { purpose: 'contact' })], aged(18))).toEqual(['stands', 'no']);
  });

  it('of a guardian lapses when the child is seven and was not asked, and when it is of age', () => {
    const guardian = word('guardian', 'given');
    expect(of([guardian], aged(0))).toEqual(['stands']);
    expect(of([guardian], aged(7, 0))).toEqual(['turned_seven']);
    expect(of([guardian], aged(7))).toEqual(['child_not_asked']);
    expect(of([guardian, word('assent', 'given')], aged(7, 0))).toEqual(['stands', 'stands']);
    expect(of([guardian, word('assent', 'given')], aged(18, 7))).toEqual(['of_age', 'of_age']);
    expect(of([guardian, word('self', 'given')], aged(18, 7))).toEqual(['of_age', 'stands']);
  });

  it('of a guardian and of a child each need the other, and the child’s no holds against everybody', () => {
    expect(of([word('guardian', 'given'), word('assent', 'refused')], aged(7))).toEqual(['child_no', 'no']);
    expect(of([word('guardian', 'given'), word('self', 'withdrawn')], aged(0))).toEqual(['child_no', 'no']);
    expect(of([word('assent', 'given')], aged(7))).toEqual(['guardian_not_asked']);
    expect(of([word('assent', 'given'), word('guardian', 'refused')], aged(7))).toEqual(['guardian_no', 'no']);
  });

  it('about one organisation is ended by a later no in general, not by an earlier one, and is no word about another', () => {
    const share = (act: Act, at: number, organisationId: string | null = null) =>
      word('self', act, at, { purpose: 'share', organisationId });
    expect(of([share('given', 1, 'one'), share('withdrawn', 2)], aged(18))).toEqual(['withdrawn', 'no']);
    expect(of([share('refused', 1), share('given', 2, 'one')], aged(18))).toEqual(['no', 'stands']);
    expect(of([share('refused', 1, 'one'), share('given', 2)], aged(18))).toEqual(['no', 'stands']);
    expect(of([share('given', 1, 'one'), share('withdrawn', 2, 'other')], aged(18))).toEqual(['stands', 'no']);
  });

  it('of a record that was joined with another stands there', () => {
    expect(of([word('self', 'given')], { ...aged(18), joined: true })).toEqual(['joined']);
  });

  it('stands for some speaker exactly where the consent stands, whatever was said', () => {
    const aWord: fc.Arbitrary<Word> = fc.record({
      eventId: fc.uuid(),
      purpose: fc.constantFrom<Purpose>(...purposes),
      act: fc.constantFrom(...acts),
      byWhom: fc.constantFrom(...speakers),
      organisationId: fc.constant(null),
      observedAt: fc.integer({ min: 0, max: 20 }),
      recordedAt: fc.integer({ min: 0, max: 5 }),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(aWord, { selector: (each) => each.eventId, maxLength: 12 }),
        fc.constantFrom<number | null>(0, 7, 18, null),
        fc.constantFrom<number | null>(0, 7, 18, null),
        (words, today, before) => {
          for (const purpose of purposes) {
            const told = words.filter((each) => each.purpose === purpose).map((each) => standingOf(each, words, aged(today, before)));
            expect(told.some(({ state }) => state === 'stands')).toBe(consentStands(words, purpose, today));
            for (const { state, why } of told)
              expect(why === null ? ['stands', 'no'].includes(state) : (wordReasons[state] as readonly string[]).includes(why)).toBe(true);
          }
        },
      ),
    );
  });
});

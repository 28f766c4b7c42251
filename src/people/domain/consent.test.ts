// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acts, consentStands, consentState, purposes, speakers, whoIsAsked, type ConsentEvent } from './consent.ts';

const anEvent: fc.Arbitrary<ConsentEvent> = fc.record({
  eventId: fc.uuid(),
  purpose: fc.constantFrom(...purposes),
  act: fc.constantFrom(...acts),
  byWhom: fc.constantFrom(...speakers),
  observedAt: fc.integer({ min: 0, max: 20 }),
  recordedAt: fc.integer({ min: 0, max: 5 }),
});
const said = (byWhom: ConsentEvent['byWhom'], act: ConsentEvent['act'], observedAt = 0): ConsentEvent => ({
  eventId: `${byWhom}${act}${observedAt}`,
  purpose: 'register',
  act,
  byWhom,
  observedAt,
  recordedAt: observedAt,
});

describe('consent', () => {
  it('is an adult’s own, and a guardian cannot give it for her', () => {
    expect(consentStands([said('self', 'given')], 'register', 30)).toBe(true);
    expect(consentStands([said('guardian', 'given')], 'register', 30)).toBe(false);
    expect(consentStands([said('self', 'given')], 'register', null)).toBe(true);
    expect(consentStands([said('self', 'given')], 'share', 30)).toBe(false);
  });

  it('of a child takes a guardian and, from seven, the child', () => {
    expect(consentStands([said('guardian', 'given')], 'register', 5)).toBe(true);
    expect(consentStands([said('guardian', 'given')], 'register', 7)).toBe(false);
    expect(consentStands([said('guardian', 'given'), said('assent', 'given')], 'register', 12)).toBe(true);
    expect(consentStands([said('assent', 'given')], 'register', 12)).toBe(false);
    expect(consentStands([said('guardian', 'given'), said('assent', 'refused')], 'register', 4)).toBe(false);
  });

  it('ends with the word that withdraws it, and comes back with the next', () => {
    const events = [said('self', 'given', 1), said('self', 'withdrawn', 2)];
    expect(consentStands(events, 'register', 40)).toBe(false);
    expect(consentState(events, 'register', 40)).toBe('refused');
    expect(consentStands([...events, said('self', 'given', 3)], 'register', 40)).toBe(true);
  });

  it('says what is missing', () => {
    expect(consentState([], 'register', 12)).toBe('not-asked');
    expect(consentState([said('guardian', 'given')], 'register', 12)).toBe('partly');
    expect(whoIsAsked(12)).toEqual(['guardian', 'assent']);
  });

  it('does not depend on the order in which words arrive, and a no of anybody who is asked is never overheard', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anEvent, { selector: (e) => e.eventId, maxLength: 12 }),
        fc.option(fc.integer({ min: 0, max: 99 })),
        (events, age) => {
          const stands = consentStands(events, 'register', age);
          expect(consentStands([...events].reverse(), 'register', age)).toBe(stands);
          if (!stands) return;
          const last = events.reduce((at, e) => Math.max(at, e.observedAt), 0) + 1;
          for (const byWhom of whoIsAsked(age))
            expect(consentStands([...events, said(byWhom, 'withdrawn', last)], 'register', age)).toBe(false);
        },
      ),
    );
  });
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapQuery, monthEnds, movedTo, readView, viewAddress, type ViewState } from './view-state.ts';

const place = '0192f0aa-1111-7000-8000-000000000001';
const search = (address: string) => new URL(address, 'http://waymark.test').searchParams;
const someView: fc.Arbitrary<ViewState> = fc.record({
  place: fc.option(fc.uuid()),
  level: fc.option(fc.integer({ min: 0, max: 9 })),
  instrument: fc.option(fc.constantFrom('household-28', 'place-secondary-1')),
  measure: fc.constantFrom('band', 'share-high', 'number-high', 'index'),
  indicator: fc.constant(null),
  date: fc.option(fc.constantFrom('2026-10-31', '2024-02-29')),
  sex: fc.option(fc.constantFrom(1, 2)),
  age: fc.option(fc.integer({ min: 0, max: 6 })),
  at: fc.option(fc.uuid()),
});

describe('the view in the address', () => {
  it('comes back whole from the link a colleague was sent', () => {
    fc.assert(
      fc.property(someView, (view) => {
        expect(readView(search(viewAddress(view)))).toEqual(view);
      }),
    );
  });
  it('keeps the one indicator that is coloured', () => {
    const view = { ...readView(new URLSearchParams()), place, measure: 'indicator', indicator: 'debt' } as const;
    expect(readView(search(viewAddress(view)))).toEqual(view);
  });
  it('drops the filters that one indicator does not go with', () => {
    expect(readView(search('/map?measure=indicator&indicator=debt&sex=2&age=3'))).toMatchObject({
      indicator: 'debt',
      sex: null,
      age: null,
    });
  });
  it('is a short address when nothing was chosen', () => expect(viewAddress({})).toBe('/map'));
  it('survives whatever somebody typed', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('place', 'level', 'measure', 'indicator', 'date', 'sex', 'age', 'at'), fc.string()),
        (typed) => {
          const view = readView(new URLSearchParams(typed));
          expect(view.level === null || (view.level >= 0 && view.level <= 9)).toBe(true);
          expect(view.measure === 'indicator').toBe(view.indicator !== null);
        },
      ),
    );
  });
  it('falls back from an indicator that is not named', () => expect(readView(search('/map?measure=indicator')).measure).toBe('band'));
  it('keeps filters and colour when one goes down, and starts at the next level', () => {
    const view = { ...readView(search('/map?level=3&sex=2&measure=share-high')), at: place };
    expect(movedTo(view, place)).toMatchObject({ place, level: null, sex: 2, measure: 'share-high', at: null });
  });
  it('asks the server in the server’s own words', () => {
    expect(mapQuery(readView(search('/map?age=4&date=2026-10-31')), place, 'th')).toMatchObject({
      place,
      ageGroup: 4,
      date: '2026-10-31',
      locale: 'th',
      measure: 'band',
    });
  });
});

describe('the dates offered', () => {
  it('are month ends before today, newest first, leap years included', () => {
    expect(monthEnds('2026-11-22', 2)).toEqual(['2026-10-31', '2026-09-30']);
    expect(monthEnds('2024-03-01', 2)).toEqual(['2024-02-29', '2024-01-31']);
    expect(monthEnds('2026-01-31', 1)).toEqual(['2025-12-31']);
  });
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { least, median, unusualDay, usualOf, type ReaderDay, type Repeat, type Usual } from './unusual.ts';
import { unusualDays } from './unusual-days.ts';

const quiet: ReaderDay = { readerId: 'som', day: '2026-11-20', people: 6, reads: 9, atNight: 0, once: 2, opened: 6, refused: 0 };
const unknown: Usual = { own: null, colleagues: null };
const kinds = (day: ReaderDay, people: Usual = unknown, night: Usual = unknown, repeats: readonly Repeat[] = []) =>
  unusualDay(day, people, night, repeats).map(({ kind }) => kind);

const figure = fc.nat(300);
const aDay: fc.Arbitrary<ReaderDay> = fc
  .record({ people: figure, atNight: figure, once: figure, opened: figure })
  .map((some) => ({ ...quiet, ...some, once: Math.min(some.once, some.opened) }));
const aUsual: fc.Arbitrary<Usual> = fc.record({ own: fc.option(figure), colleagues: fc.option(figure) });

describe('unusual reading', () => {
  it('is nothing on an ordinary day, nor on the first busy one of a small office', () => {
    expect(kinds(quiet)).toEqual([]);
    expect(
      kinds({ ...quiet, people: least.many - 1, atNight: least.night - 1, once: least.once - 1, opened: 15, refused: least.refused - 1 }),
    ).toEqual([]);
  });

  it('is far more people than the reader and her colleagues usually read', () => {
    const day = { ...quiet, people: 61 };
    expect(kinds(day, { own: 20, colleagues: 8 })).toEqual(['many']);
    expect(kinds(day, { own: 8, colleagues: 20 })).toEqual(['many']);
    expect(kinds({ ...day, people: 60 }, { own: 20, colleagues: 8 })).toEqual([]);
    expect(kinds(day, { own: 8, colleagues: 40 })).toEqual([]); // what colleagues do every day is ordinary
  });

  it('is reading at night, unless nights are her work or that of her colleagues', () => {
    expect(kinds({ ...quiet, atNight: 6 })).toEqual(['night']);
    expect(kinds({ ...quiet, atNight: 6 }, unknown, { own: 0, colleagues: 5 })).toEqual([]);
  });

  it('is many people opened once about whom nothing was written', () => {
    expect(kinds({ ...quiet, once: 16, opened: 20 })).toEqual(['once']);
    expect(kinds({ ...quiet, once: 16, opened: 21 })).toEqual([]); // others were worked with
  });

  it('is asking for names that are not hers to know, one after the other', () => {
    expect(kinds({ ...quiet, refused: 5 })).toEqual(['refused']);
  });

  it('is one person opened again and again without anything written, told on the last day of it', () => {
    const again: Repeat = { readerId: 'som', personId: 'p', times: 12, days: 4, writes: 0, lastDay: quiet.day };
    expect(unusualDay(quiet, unknown, unknown, [again])).toEqual([{ kind: 'repeated', personId: 'p', times: 12, days: 4, writes: 0 }]);
    expect(kinds(quiet, unknown, unknown, [{ ...again, writes: 1 }])).toEqual([]); // her case worker at work
    expect(kinds(quiet, unknown, unknown, [{ ...again, readerId: 'dao' }])).toEqual([]);
    expect(kinds(quiet, unknown, unknown, [{ ...again, lastDay: '2026-11-19' }])).toEqual([]);
  });

  it('never grows less by more reading, nor more by a greater usual', () => {
    fc.assert(
      fc.property(aDay, aUsual, aUsual, fc.nat(50), fc.nat(50), (day, people, night, more, greater) => {
        const now = kinds(day, people, night);
        const read = kinds(
          { ...day, people: day.people + more, atNight: day.atNight + more, once: day.once + more, opened: day.opened + more },
          people,
          night,
        );
        for (const kind of now) expect(read).toContain(kind);
        const raise = (usual: Usual): Usual => ({ own: (usual.own ?? 0) + greater, colleagues: (usual.colleagues ?? 0) + greater });
        for (const kind of kinds(day, raise(people), raise(night))) expect(now).toContain(kind);
      }),
    );
  });

  it('is measured against the middle of at least five days, and of colleagues who have as many', () => {
    const days = fc.array(figure, { maxLength: 40 });
    fc.assert(
      fc.property(days, fc.array(days, { maxLength: 6 }), (own, colleagues) => {
        const usual = usualOf(own, colleagues);
        expect(usual.own === null).toBe(own.length < least.daysKnown);
        expect(usual.colleagues === null).toBe(colleagues.every((each) => each.length < least.daysKnown));
        if (usual.own !== null) expect(own.filter((each) => each <= (usual.own ?? 0)).length * 2).toBeGreaterThanOrEqual(own.length);
      }),
    );
    expect([median([]), median([3]), median([1, 9]), median([5, 1, 2])]).toEqual([null, 3, 9, 2]);
  });
});

describe('the days to ask about', () => {
  const days = (readerId: string, people: number, n = 10) =>
    Array.from({ length: n }, (_, i) => ({ ...quiet, readerId, people, day: `2026-11-${String(i + 1).padStart(2, '0')}` }));
  const burst = (readerId: string) => ({ ...quiet, readerId, people: 90, day: '2026-11-20' });
  const officers = ['som', 'dao', 'chai'].map((readerId) => ({ readerId, roles: ['district_officer'] }));

  it('compare a reader with herself before and with those of her role only', () => {
    const mali = { readerId: 'mali', roles: ['coordinator'] };
    const history = [...days('som', 5), ...days('dao', 6), ...days('chai', 7), ...days('mali', 80), burst('som'), burst('mali')];
    expect(unusualDays(history, '2026-11-15', [...officers, mali], [])).toEqual([
      { day: burst('som'), reasons: [{ kind: 'many', people: 90, own: 5, colleagues: 7 }] },
    ]);
  });

  it('take what came later for no usual, and say nothing of days before the first asked for', () => {
    expect(unusualDays([burst('som'), ...days('som', 5)], '2026-11-21', officers, [])).toEqual([]);
    const later = { ...burst('som'), day: '2026-11-21' };
    expect(unusualDays([later, burst('som'), ...days('som', 5)], '2026-11-20', officers, []).map(({ day }) => day.day)).toEqual([
      '2026-11-21',
      '2026-11-20',
    ]);
  });
});

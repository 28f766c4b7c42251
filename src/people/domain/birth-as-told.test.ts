// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ageOn } from './age-group.ts';
import { readBirth } from './birth-as-told.ts';

const today = '2026-11-22';
const told = (given: object) => readBirth({ day: '', month: '', year: '', age: '', ...given }, today);

describe('a birth as somebody tells it', () => {
  it('is kept as far as it is known', () => {
    expect(told({})).toEqual({ bornOn: null, bornPrecision: 2 });
    expect(told({ year: '1990' })).toEqual({ bornOn: '1990-01-01', bornPrecision: 1 });
    expect(told({ month: '5', year: '1990' })).toEqual({ bornOn: '1990-05-01', bornPrecision: 2 });
    expect(told({ day: '7', month: '5', year: '1990' })).toEqual({ bornOn: '1990-05-07', bornPrecision: 3 });
  });

  it('may be of the Buddhist era and in digits of any script', () => {
    expect(told({ day: '๗', month: '๐๕', year: '๒๕๓๓' })).toEqual({ bornOn: '1990-05-07', bornPrecision: 3 });
    expect(told({ year: '១៩៩០' })).toMatchObject({ bornOn: '1990-01-01' });
  });

  it('says what is wrong with it', () => {
    const wrongs: [object, string][] = [
      [{ year: '90' }, 'year'],
      [{ day: '3' }, 'year'],
      [{ month: '13', year: '1990' }, 'month'],
      [{ day: '7', year: '1990' }, 'day'],
      [{ day: '29', month: '2', year: '2023' }, 'day'],
      [{ year: '2027' }, 'to-come'],
      [{ year: '2570' }, 'to-come'],
      [{ year: '1800' }, 'too-long-ago'],
      [{ age: 'many' }, 'age'],
      [{ age: '131' }, 'age'],
    ];
    for (const [given, wrong] of wrongs) expect([given, told(given)]).toEqual([given, { wrong }]);
  });

  it('gives back the age that was told, and the same day in both eras', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 130 }), (age) => {
        const birth = told({ age: String(age) });
        expect('bornOn' in birth && birth.bornOn && ageOn(birth.bornOn, today)).toBe(age);
      }),
    );
    fc.assert(
      fc.property(fc.date({ min: new Date('1900-01-01'), max: new Date('2026-11-22'), noInvalidDate: true }), (at) => {
        const [year = '', month = '', day = ''] = at.toISOString().slice(0, 10).split('-');
        const one = told({ day, month, year });
        expect(told({ day, month, year: String(Number(year) + 543) })).toEqual(one);
        expect(one).toEqual({ bornOn: `${year}-${month}-${day}`, bornPrecision: 3 });
      }),
    );
  });
});

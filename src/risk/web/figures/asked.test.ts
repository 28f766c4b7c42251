// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, it } from 'vitest';
import { readAsked } from './asked.ts';

const of = (text: string) => readAsked(new URLSearchParams(text));

describe('what an address of a report or a ranking asks for', () => {
  it('is whose figures, of when, by which instrument', () => {
    expect(of('place=x&instrument=household-28&date=2026-10-31&sex=0&age=6')).toEqual({
      instrument: 'household-28',
      date: '2026-10-31',
      sex: 0,
      ageGroup: 6,
    });
  });

  it('is everybody and today where nothing stands there, or what nobody can mean', () => {
    const nothing = { instrument: null, date: null, sex: null, ageGroup: null };
    for (const text of [
      '',
      'sex=&age=&date=',
      'sex=9&age=7',
      'sex=1.5&age=-1',
      'sex=female&age=14',
      'date=2026-13-01',
      'date=2026-10-32',
      'instrument=%27--',
    ])
      expect(of(text), text).toEqual(nothing);
  });
});

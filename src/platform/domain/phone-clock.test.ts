// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, it } from 'vitest';
import { dayNotAfter } from './phone-clock.ts';

it('takes the day after today for today, also over the end of a month or year, and no later one', () => {
  for (const [today, tomorrow, after] of [
    ['2026-02-28', '2026-03-01', '2026-03-02'],
    ['2028-02-28', '2028-02-29', '2028-03-01'],
    ['2026-12-31', '2027-01-01', '2027-01-02'],
  ] as const) {
    expect([tomorrow, today, '2020-05-05'].map((told) => dayNotAfter(told, today, 'onDate'))).toEqual([today, today, '2020-05-05']);
    expect(() => dayNotAfter(after, today, 'onDate')).toThrow('onDate: that day is still to come.');
  }
});

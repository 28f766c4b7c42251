// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, it } from 'vitest';
import { HeardClock } from './clock.ts';

const second = 1000,
  hour = 3_600 * second,
  year = 8_766 * hour;
/** When it truly is; what the device believes is that much off. */
function device(off: number) {
  const state = { true: Date.parse('2026-11-23T05:00:00Z'), off, slept: 0 };
  const clock = new HeardClock(
    () => state.true + state.off,
    () => state.true - state.slept,
  );
  const late = (): number => (clock.now() - state.true) / second;
  return { state, clock, late, hear: () => clock.hear(state.true) };
}

describe('the time on a phone', () => {
  it('is its own before anything was heard, and while it is about right', () => {
    for (const off of [0, 90 * second, -90 * second]) {
      const { state, late, hear } = device(off);
      expect(late()).toBe(off / second);
      hear();
      state.true += 5 * hour;
      expect(late()).toBe(off / second);
    }
  });

  it.each([-56 * year, -2 * year, -3 * hour, 3 * hour, 4 * year])(
    'is what was heard and went by since, where its own is %i ms off',
    (off) => {
      const { state, late, hear, clock } = device(off);
      hear();
      expect(late()).toBe(0);
      state.true += 5 * hour;
      expect(late()).toBe(0);
      state.off = 0; // somebody sets it right, and nothing has been heard since
      expect(late()).toBe(0);
      state.true += hour;
      expect(late()).toBe(0);
      hear();
      expect(late()).toBe(0);
      clock.hear(Number.NaN); // an answer without a moment tells nothing
      expect(late()).toBe(0);
    },
  );

  it('goes on after a sleep in which no ticks are counted', () => {
    for (const off of [0, 4 * year]) {
      const { state, late, hear } = device(off);
      hear();
      state.true += 9 * hour;
      state.slept = 8 * hour;
      expect(late()).toBe(0);
    }
    const behind = device(-56 * year);
    behind.hear();
    behind.state.true += 9 * hour;
    behind.state.slept = 8 * hour;
    expect(behind.late()).toBe((-8 * hour) / second); // all that can be known, until the next answer
    behind.hear();
    expect(behind.late()).toBe(0);
  });
});

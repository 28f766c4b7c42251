// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networkOf, networksBeforeRest, restSeconds, rests } from './lockout.ts';

describe('rests', () => {
  it('begin at the fifth failure, double, and end', () => {
    expect([1, 4, 5, 6, 7, 8, 9, 10, 11, 500, 1e9].map((n) => restSeconds(n, 5))).toEqual([
      0, 0, 30, 60, 120, 240, 480, 900, 900, 900, 900,
    ]);
    expect([networksBeforeRest - 1, networksBeforeRest].map((n) => restSeconds(n, networksBeforeRest))).toEqual([0, 30]);
    const until = new Date(1000);
    expect([rests(null, until), rests(until, new Date(999)), rests(until, until)]).toEqual([false, true, false]);
  });
});

describe('one guesser', () => {
  it('is an address, or the whole of what one customer is given', () => {
    expect(
      ['203.0.113.9', '::ffff:203.0.113.9', '::1', '2001:db8:7::1', '2001:DB8:7:ffff:1:2:3:4', '2001:db8:0007::', 'fe80::1%eth0', ''].map(
        networkOf,
      ),
    ).toEqual(['203.0.113.9', '203.0.113.9', '0:0:0::/48', '2001:db8:7::/48', '2001:db8:7::/48', '2001:db8:7::/48', 'fe80:0:0::/48', '']);
  });

  it('cannot become another by writing the same address differently, nor by moving within what it was given', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(
        fc.tuple(group, group, group),
        fc.array(group, { minLength: 5, maxLength: 5 }),
        fc.array(group, { minLength: 5, maxLength: 5 }),
        (net, a, b) => {
          const write = (rest: number[], pad: boolean) =>
            [...net, ...rest].map((n) => (pad ? n.toString(16).padStart(4, '0').toUpperCase() : n.toString(16))).join(':');
          expect(networkOf(write(a, true))).toBe(networkOf(write(b, false)));
        },
      ),
    );
  });
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { divideSecret, joinShares } from './shamir.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
/** Some secret, how it is divided, and what chance gave. */
const divided = fc
  .record({
    secret: fc.uint8Array({ minLength: 1, maxLength: 40 }),
    needed: fc.integer({ min: 2, max: 8 }),
    more: fc.integer({ min: 0, max: 12 }),
  })
  .chain(({ secret, needed, more }) =>
    fc.record({
      secret: fc.constant(secret),
      needed: fc.constant(needed),
      count: fc.constant(needed + more),
      chance: fc.array(bytes(secret.length), { minLength: needed - 1, maxLength: needed - 1 }),
      order: fc.shuffledSubarray(
        Array.from({ length: needed + more }, (_, i) => i),
        { minLength: needed, maxLength: needed + more },
      ),
    }),
  );
const from = (given: readonly Uint8Array[]) => {
  let next = 0;
  return () => given[next++]!;
};

describe('a key divided among people', () => {
  it('comes back from any of the shares that are needed, or more, in whatever order', () => {
    fc.assert(
      fc.property(divided, ({ secret, needed, count, chance, order }) => {
        const shares = divideSecret(secret, { count, needed }, from(chance));
        expect(shares.map(({ number }) => number)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
        expect(joinShares(order.map((i) => shares[i]!))).toEqual(secret);
      }),
    );
  });

  it('says nothing with one share too few: every other secret fits them as well', () => {
    fc.assert(
      fc.property(divided, fc.integer({ min: 0, max: 255 }), ({ secret, needed, count, chance, order }, other) => {
        const shares = divideSecret(secret, { count, needed }, from(chance));
        const few = order.slice(0, needed - 1).map((i) => shares[i]!);
        // For each secret there is one share at a free place that leads to it: what the few hold favours none.
        const free = shares.find(({ number }) => !few.some((share) => share.number === number))!;
        const leads = Array.from({ length: 256 }, (_, value) => {
          const changed = free.bytes.slice();
          changed[0] = value;
          return joinShares([...few, { number: free.number, bytes: changed }])[0];
        });
        expect(new Set(leads).size).toBe(256);
        expect(leads).toContain(other);
      }),
      { numRuns: 30 },
    );
  });

  it('does not come back from a share that was changed', () => {
    fc.assert(
      fc.property(divided, fc.integer({ min: 1, max: 255 }), ({ secret, needed, count, chance }, flip) => {
        const shares = divideSecret(secret, { count, needed }, from(chance)).slice(0, needed);
        const bad = shares[0]!.bytes.slice();
        bad[0]! ^= flip;
        expect(joinShares([{ number: shares[0]!.number, bytes: bad }, ...shares.slice(1)])).not.toEqual(secret);
      }),
    );
  });

  it('agrees with the field of AES: 0x53 and 0xca are each other’s inverse', () => {
    // f(x) = 0x53 x, read at 0xca, is 1: the share itself.
    const shares = divideSecret(Uint8Array.of(0), { count: 0xca, needed: 2 }, () => Uint8Array.of(0x53));
    expect(shares[0xc9]).toEqual({ number: 0xca, bytes: Uint8Array.of(1) });
  });

  it('refuses what cannot be divided or joined', () => {
    const random = (n: number) => new Uint8Array(n);
    for (const [count, needed] of [
      [1, 1],
      [3, 1],
      [2, 3],
      [256, 2],
      [3, 1.5],
    ] as const)
      expect(() => divideSecret(Uint8Array.of(1), { count, needed }, random)).toThrow(RangeError);
    const [a, b] = divideSecret(Uint8Array.of(1, 2), { count: 2, needed: 2 }, random);
    expect(() => joinShares([a!])).toThrow(RangeError);
    expect(() => joinShares([a!, a!])).toThrow('twice');
    expect(() => joinShares([a!, { ...b!, bytes: Uint8Array.of(1) }])).toThrow('not of one secret');
  });
});

// SPDX-License-Identifier: AGPL-3.0-or-later

export interface Random {
  /** 0 <= x < 1 */
  next(): number;
  /** Integer in from..to, both included. */
  between(from: number, to: number): number;
  /** Roughly normal, mean 0, deviation 1. */
  normal(): number;
  pick<T>(items: readonly T[]): T;
}

/** A small seeded generator (mulberry32), so that the demo is the same for everybody and a test can make it again. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    between: (from, to) => from + Math.floor(next() * (to - from + 1)),
    // Four uniform draws, scaled: near enough to normal, fast, and without a logarithm the same bits on every machine.
    normal: () => (next() + next() + next() + next() - 2) * 1.7320508075688772,
    pick: (items) => items[Math.floor(next() * items.length)]!,
  };
}

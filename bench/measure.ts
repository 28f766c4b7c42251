// SPDX-License-Identifier: AGPL-3.0-or-later

export interface Times {
  readonly n: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Runs `fn` some times to warm up and then `n` times, one after the other; milliseconds. */
export async function times(n: number, fn: (i: number) => Promise<void>, warm = Math.min(20, Math.ceil(n / 5))): Promise<Times> {
  for (let i = 0; i < warm; i++) await fn(-1 - i);
  const all: number[] = [];
  for (let i = 0; i < n; i++) {
    const from = performance.now();
    await fn(i);
    all.push(performance.now() - from);
  }
  return timesOf(all);
}

export function timesOf(measured: readonly number[]): Times {
  const all = measured.toSorted((a, b) => a - b);
  const at = (share: number) => all[Math.min(all.length - 1, Math.ceil(share * all.length) - 1)]!;
  return { n: all.length, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** One line of a report: what, how long, and how that compares with doing it another way in the same run. */
export interface Line {
  readonly what: string;
  readonly figure: string;
  readonly against: string;
  readonly ratio: string;
}

export const ms = (x: number): string => (x >= 100 ? `${Math.round(x)} ms` : `${x.toFixed(1)} ms`);

export function line(
  what: string,
  value: Times,
  part: 'p50' | 'p95' | 'p99',
  other?: { readonly what: string; readonly value: Times },
): Line {
  return {
    what: `${what}, ${part} of ${value.n}`,
    figure: ms(value[part]),
    against: other ? `${other.what}: ${ms(other.value[part])}` : '',
    ratio: other ? `${(other.value[part] / value[part]).toFixed(1)} x faster` : '',
  };
}

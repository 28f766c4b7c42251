// SPDX-License-Identifier: AGPL-3.0-or-later

/** Sign-in failures in a row, from one network, before a name rests for that network. */
export const failuresBeforeRest = 5;
/** Networks that came to rest over one name before it rests for everybody: one guesser with one address never gets there. */
export const networksBeforeRest = 20;
const firstRestSeconds = 30;
const longestRestSeconds = 15 * 60;

/**
 * How long a name rests after its n-th failure in a row, in seconds: 0 before the `allowed`-th, then 30, 60, 120 ... 900.
 * Short at first, because most failures are a tired person; never for ever, because a lock is also a way to shut somebody out.
 */
export function restSeconds(failures: number, allowed: number): number {
  if (failures < allowed) return 0;
  return Math.min(longestRestSeconds, firstRestSeconds * 2 ** Math.min(10, failures - allowed));
}

export function rests(until: Date | null, now: Date): boolean {
  return until !== null && until.getTime() > now.getTime();
}

/**
 * What counts as one guesser: an IPv4 address, or the 48 bits of an IPv6 address that a customer is given whole. Anything else is
 * taken as it is.
 */
export function networkOf(address: string): string {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (mapped) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.toLowerCase().replace(/%.*$/, '').split('::');
  const before = head === '' ? [] : head.split(':'),
    after = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return `${[...before, ...gap, ...after]
    .slice(0, 3)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/48`;
}

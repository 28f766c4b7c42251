// SPDX-License-Identifier: AGPL-3.0-or-later

/** One part of a divided secret. `number` (1..255) is where its polynomials were read; parts without it are worth nothing. */
export interface Share {
  readonly number: number;
  readonly bytes: Uint8Array;
}

/**
 * Divides a secret so that any `needed` of `count` shares give it back and fewer say nothing about it (Shamir, over the field of 256
 * elements that AES uses). `randomBytes` must be a source fit for keys.
 */
export function divideSecret(
  secret: Uint8Array,
  { count, needed }: { readonly count: number; readonly needed: number },
  randomBytes: (n: number) => Uint8Array,
): Share[] {
  if (!Number.isInteger(needed) || !Number.isInteger(count) || needed < 2 || needed > count || count > 255)
    throw new RangeError('A secret is divided into 2 to 255 shares, of which at least 2 and at most all are needed.');
  const higher = Array.from({ length: needed - 1 }, () => randomBytes(secret.length));
  return Array.from({ length: count }, (_, i) => {
    const number = i + 1;
    const bytes = secret.map((constant, at) => add(times(higherTerms(higher, at, number), number), constant));
    return { number, bytes };
  });
}

/**
 * The secret of these shares. With too few, or with one of another secret, it answers with other bytes: whoever joins shares must be able
 * to tell (the key's own number does).
 */
export function joinShares(shares: readonly Share[]): Uint8Array {
  const [first] = shares;
  if (!first || shares.length < 2) throw new RangeError('At least two shares are needed.');
  if (new Set(shares.map(({ number }) => number)).size !== shares.length) throw new RangeError('A share is given twice.');
  if (shares.some(({ bytes }) => bytes.length !== first.bytes.length)) throw new RangeError('The shares are not of one secret.');
  return first.bytes.map((_, at) =>
    shares.reduce((sum, { number, bytes }) => add(sum, times(bytes[at]!, weightAtZero(number, shares))), 0),
  );
}

/** a1 + a2 x + a3 x^2 ..., from the highest term down. */
function higherTerms(higher: readonly Uint8Array[], at: number, x: number): number {
  return higher.reduceRight((sum, coefficients) => add(times(sum, x), coefficients[at]!), 0);
}

/** Lagrange's weight of one share where the polynomial holds the secret. */
function weightAtZero(number: number, shares: readonly Share[]): number {
  return shares.reduce(
    (weight, other) => (other.number === number ? weight : times(weight, times(other.number, inverse(add(other.number, number))))),
    1,
  );
}

const add = (a: number, b: number): number => a ^ b;

/** Product modulo x^8 + x^4 + x^3 + x + 1, the same steps whatever the numbers are: no table, no branch on a secret. */
function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 0; bit < 8; bit++) {
    product ^= -((b >> bit) & 1) & a;
    a = (a << 1) ^ (-((a >> 7) & 1) & 0x11b);
  }
  return product & 0xff;
}

/** a^254, which is 1/a. */
function inverse(a: number): number {
  let power = a,
    result = 1;
  for (let bit = 1; bit < 8; bit++) {
    power = times(power, power);
    result = times(result, power);
  }
  return result;
}

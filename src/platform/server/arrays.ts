// SPDX-License-Identifier: AGPL-3.0-or-later

// Arrays for PostgreSQL as the wire has them (array_recv): the driver sends a Buffer as it is. As text each element is quoted here and read
// there on its own, which takes longer than all the rest of a large statement. The statement has to say the type: ${integers(of)}::integer[].

const types = { smallint: 21, integer: 23, bytea: 17, date: 1082, timestamptz: 1184, uuid: 2950 } as const;
const headBytes = 20;

/** `bytesOf`: what the elements that are not null take, together. */
function begun(type: keyof typeof types, values: readonly unknown[], bytesOf: number): Buffer {
  const whole = Buffer.allocUnsafe(headBytes + values.length * 4 + bytesOf);
  whole.writeInt32BE(values.length > 0 ? 1 : 0, 0); // dimensions
  whole.writeInt32BE(values.includes(null) ? 1 : 0, 4);
  whole.writeInt32BE(types[type], 8);
  whole.writeInt32BE(values.length, 12);
  whole.writeInt32BE(1, 16); // counted from
  return values.length > 0 ? whole : whole.subarray(0, 12);
}

/** Elements of one size; `put` writes one and nothing else. */
function sized<T>(
  type: keyof typeof types,
  size: number,
  values: readonly (T | null)[],
  put: (into: Buffer, at: number, value: T) => void,
): Buffer {
  const array = begun(type, values, values.length * size);
  let at = headBytes;
  for (const value of values) {
    at = array.writeInt32BE(value === null ? -1 : size, at);
    if (value === null) continue;
    put(array, at, value);
    at += size;
  }
  return values.length > 0 ? array.subarray(0, at) : array;
}

/** A Buffer takes whatever is no number for 0. */
function whole(value: number): number {
  if (!Number.isInteger(value)) throw new Error('not a whole number');
  return value;
}

export const integers = (values: readonly (number | null)[]): Buffer =>
  sized('integer', 4, values, (into, at, value) => void into.writeInt32BE(whole(value), at));

export const smallints = (values: readonly (number | null)[]): Buffer =>
  sized('smallint', 2, values, (into, at, value) => void into.writeInt16BE(whole(value), at));

/** Ids as text, with or without capitals. Throws for what is none. */
export const uuids = (values: readonly (string | null)[]): Buffer =>
  sized('uuid', 16, values, (into, at, value) => {
    if (into.write(value.replaceAll('-', ''), at, 16, 'hex') !== 16) throw new Error('not a uuid');
  });

const before2000 = Date.UTC(2000, 0, 1);

/** Moments in milliseconds; parts of one are left out. */
export const moments = (values: readonly (number | null)[]): Buffer =>
  sized('timestamptz', 8, values, (into, at, value) => void into.writeBigInt64BE(BigInt(Math.floor(value) - before2000) * 1_000n, at));

/** ISO dates. */
export const dates = (values: readonly (string | null)[]): Buffer =>
  sized('date', 4, values, (into, at, value) => void into.writeInt32BE(whole((Date.parse(value) - before2000) / 86_400_000), at));

export function bytes(values: readonly (Uint8Array | null)[]): Buffer {
  const whole = begun(
    'bytea',
    values,
    values.reduce((sum, value) => sum + (value?.byteLength ?? 0), 0),
  );
  let at = headBytes;
  for (const value of values) {
    at = whole.writeInt32BE(value ? value.byteLength : -1, at);
    if (!value) continue;
    whole.set(value, at);
    at += value.byteLength;
  }
  return whole;
}

/** Of texts that need no quoting, as text: codes and words of ours. */
export const words = (values: readonly string[]): string => `{${values.join(',')}}`;

/** Each element is a list of numbers itself, as text[] takes it: cast it back, x::bigint[]. */
export const lists = (values: readonly (readonly (string | number)[])[]): string =>
  `{${values.map((value) => `"{${value.join(',')}}"`).join(',')}}`;

// SPDX-License-Identifier: AGPL-3.0-or-later

// Arrays for PostgreSQL, written as text at once: the driver quotes each element on its own, which takes longer than all the rest of a large
// statement. Only for what needs no quoting (numbers, ids, codes, dates) and for bytes.

type Plain = string | number | null;

export const list = (values: readonly Plain[]): string => `{${values.map((value) => value ?? 'null').join(',')}}`;

/** Each element is a list itself, as text[] takes it: cast it back, x::bigint[]. */
export const lists = (values: readonly (readonly (string | number)[])[]): string =>
  `{${values.map((value) => `"{${value.join(',')}}"`).join(',')}}`;

export const moments = (values: readonly (number | null)[]): string =>
  list(values.map((value) => (value === null ? null : `"${new Date(value).toISOString()}"`)));

const byteaType = 17;

/** As the wire has it (array_recv): the driver sends a Buffer as it is. Half of the bytes, and a tenth of the work, of hexadecimal text. */
export function bytes(values: readonly (Uint8Array | null)[]): Buffer {
  const whole = Buffer.allocUnsafe(20 + values.reduce((sum, value) => sum + 4 + (value?.byteLength ?? 0), 0));
  whole.writeInt32BE(1, 0); // dimensions
  whole.writeInt32BE(values.includes(null) ? 1 : 0, 4);
  whole.writeInt32BE(byteaType, 8);
  whole.writeInt32BE(values.length, 12);
  whole.writeInt32BE(1, 16); // counted from
  let at = 20;
  for (const value of values) {
    at = whole.writeInt32BE(value ? value.byteLength : -1, at);
    if (!value) continue;
    whole.set(value, at);
    at += value.byteLength;
  }
  return whole;
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Narrowed } from '../../domain/report.ts';

/** Whose figures are asked for, and of when; it stands in the address, under the names that map and list of people have for it. */
export interface Asked extends Narrowed {
  readonly instrument: string | null;
  readonly date: string | null;
}

/** Reads an address. What somebody mistyped falls back to everybody and today instead of breaking the page. */
export function readAsked(query: URLSearchParams): Asked {
  const fit = (key: string, shape: RegExp): string | null => {
    const value = query.get(key);
    return value !== null && shape.test(value) ? value : null;
  };
  const digit = (key: string, shape: RegExp): number | null => {
    const value = fit(key, shape);
    return value === null ? null : Number(value);
  };
  return {
    instrument: fit('instrument', /^[a-z][a-z0-9-]{1,62}$/),
    date: fit('date', /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/),
    sex: digit('sex', /^[0-2]$/),
    ageGroup: digit('age', /^[0-6]$/),
  };
}

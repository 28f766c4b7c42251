// SPDX-License-Identifier: AGPL-3.0-or-later
import { foldLabel, nearest } from '../domain/nearest.ts';

export type HeaderMatch = { readonly index: number; readonly exact: boolean } | { readonly index: -1; readonly why: string };

/** Finds a column by its exact header, else by the folded one when only one answers; else says what was probably meant. */
export function matchHeader(wanted: string, headers: readonly string[]): HeaderMatch {
  const exact = headers.indexOf(wanted);
  if (exact >= 0) return { index: exact, exact: true };
  const folded = foldLabel(wanted);
  const alike = headers.flatMap((header, index) => (foldLabel(header) === folded ? [index] : []));
  if (alike.length === 1) return { index: alike[0]!, exact: false };
  if (alike.length > 1) return { index: -1, why: `no column ${wanted}; these are all like it: ${alike.map((i) => headers[i]).join(', ')}` };
  const near = nearest(wanted, headers);
  return { index: -1, why: near === undefined ? `no column ${wanted}` : `no column ${wanted}; did you mean ${near}?` };
}

/** Makes headers usable as names: trimmed, none empty, none twice. Returns what had to be changed as notes. */
export function cleanHeaders(raw: readonly (string | null)[]): { headers: string[]; notes: string[] } {
  const headers: string[] = [],
    notes: string[] = [],
    taken = new Set<string>();
  raw.forEach((text, i) => {
    const base = text?.replace(/\s+/gu, ' ').trim() || `column ${columnLetters(i)}`;
    let name = base;
    for (let n = 2; taken.has(name); n++) name = `${base} (${n})`;
    if (name !== base) notes.push(`Two columns are called "${base}"; the later one (column ${columnLetters(i)}) goes by "${name}".`);
    taken.add(name);
    headers.push(name);
  });
  return { headers, notes };
}

/** 0 -> A, 25 -> Z, 26 -> AA: how spreadsheets call columns. */
export function columnLetters(index: number): string {
  let letters = '';
  for (let n = index + 1; n > 0; n = Math.floor((n - 1) / 26)) letters = String.fromCharCode(65 + ((n - 1) % 26)) + letters;
  return letters;
}

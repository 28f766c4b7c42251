// SPDX-License-Identifier: AGPL-3.0-or-later

/** A header as it is compared once the exact text was not found: case, spaces, dashes and accents do not count. */
export function foldHeader(name: string): string {
  return name.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLowerCase().replace(/[\s_.-]+/g, '');
}

/** Edits (one letter put in, left out, changed, or two swapped) between two short texts, up to `limit` + 1. */
export function editDistance(a: string, b: string, limit = 3): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [], row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(row[j - 1]! + (same ? 0 : 1), row[j]! + 1, next[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1);
      next.push(cost);
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}

/** The closest of `names` to `wanted`, when close enough that a person would have meant it. */
export function suggestion(wanted: string, names: readonly string[]): string | undefined {
  const folded = foldHeader(wanted);
  let best: string | undefined, bestDistance = Math.max(1, Math.floor(folded.length / 3)) + 1;
  for (const name of names) {
    const distance = editDistance(folded, foldHeader(name));
    if (distance < bestDistance) { best = name; bestDistance = distance; }
  }
  return best;
}

export type HeaderMatch =
  | { readonly index: number; readonly exact: boolean }
  | { readonly index: -1; readonly why: string };

/** Finds a column by its exact header, else by the folded one when only one answers; else says what was probably meant. */
export function matchHeader(wanted: string, headers: readonly string[]): HeaderMatch {
  const exact = headers.indexOf(wanted);
  if (exact >= 0) return { index: exact, exact: true };
  const folded = foldHeader(wanted);
  const alike = headers.flatMap((header, index) => (foldHeader(header) === folded ? [index] : []));
  if (alike.length === 1) return { index: alike[0]!, exact: false };
  if (alike.length > 1) return { index: -1, why: `no column ${wanted}; these are all like it: ${alike.map((i) => headers[i]).join(', ')}` };
  const near = suggestion(wanted, headers);
  return { index: -1, why: near === undefined ? `no column ${wanted}` : `no column ${wanted}; did you mean ${near}?` };
}

/** Makes headers usable as names: trimmed, none empty, none twice. Returns what had to be changed as notes. */
export function cleanHeaders(raw: readonly (string | null)[]): { headers: string[]; notes: string[] } {
  const headers: string[] = [], notes: string[] = [], taken = new Set<string>();
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

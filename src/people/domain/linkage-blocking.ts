// SPDX-License-Identifier: AGPL-3.0-or-later
import type { LinkageRecord } from './linkage.ts';

/** A year in the Buddhist era as the common one. */
const commonYear = (year: number): number => (year > 2400 ? year - 543 : year);

/**
 * Under which keys a record is compared with others: two are compared when they share one. Somebody's phone or document; or how her name
 * sounds together with her year of birth or with the sub-district (the last place but one) she lives in.
 */
export function blockingKeys(record: LinkageRecord): string[] {
  const near = record.places.length > 1 ? record.places.at(-2) : record.places[0];
  const beside = [
    ...(record.bornOn === null ? [] : [`y${commonYear(Number(record.bornOn.slice(0, 4)))}`]),
    ...(near === undefined ? [] : [`p${near}`]),
  ];
  return [
    ...record.phones.map((phone) => `phone ${phone}`),
    ...record.documents.map((document) => `document ${document}`),
    ...record.sound.flatMap((code) => beside.map((other) => `${code} ${other}`)),
  ];
}

/** A key that more records share is no reason to compare each with each; those few that matter share another. */
export const largestBlock = 150;

/** The pairs to compare, each once, as places in `records`. */
export function* candidatePairs(records: readonly LinkageRecord[], largest = largestBlock): Generator<readonly [number, number]> {
  const blocks = new Map<string, number[]>();
  records.forEach((record, at) => {
    for (const key of blockingKeys(record)) {
      const block = blocks.get(key);
      if (block) block.push(at);
      else blocks.set(key, [at]);
    }
  });
  const seen = new Set<number>();
  for (const block of blocks.values()) {
    if (block.length > largest) continue;
    for (const [at, first] of block.entries()) {
      for (const second of block.slice(at + 1)) {
        const pair = first * records.length + second;
        if (first === second || seen.has(pair)) continue;
        seen.add(pair);
        yield [first, second];
      }
    }
  }
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { anIndicator, anInstrument } from '../../src/risk/builders.ts';
import type { Instrument } from '../../src/risk/domain/instrument.ts';
import type { SubjectKind } from '../../src/risk/domain/pack.ts';

/** Two versions of one instrument, the second live: codes come and go, weights, months, sides and bands change. */
export function versions(scores: 'person' | 'place'): fc.Arbitrary<[Instrument, Instrument]> {
  const unit =
    scores === 'place' ? fc.constant('place' as const) : fc.constantFrom('person' as const, 'household' as const, 'place' as const);
  const one = fc.uniqueArray(
    fc.record({
      code: fc.constantFrom(...'abcdefghij'.split('').map((c) => `q_${c}`)),
      unit,
      weight: fc.integer({ min: 1, max: 5 }),
      months: fc.constantFrom(1, 3, 6, 12, 13),
      bySex: fc.boolean(),
      protected: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8, selector: (i) => i.code },
  );
  const bands = fc.record({
    medium: fc.integer({ min: 1, max: 50 }),
    high: fc.integer({ min: 50, max: 100 }),
    coverage: fc.integer({ min: 0, max: 100 }),
  });
  return fc.tuple(one, one, bands, bands).map(([first, second, b1, b2]) => [
    anInstrument({ scores, version: 1, bands: b1, indicators: first.map(anIndicator) }),
    // What was asked in confidence once stays so: a version that opens it is refused (src/risk/domain/instrument-change.ts).
    anInstrument({
      scores,
      version: 2,
      bands: b2,
      indicators: second.map((i) => anIndicator({ ...i, protected: i.protected || closed(first, i) })),
    }),
  ]);
}

const closed = (before: readonly { code: string; protected: boolean }[], { code }: { code: string }): boolean =>
  before.some((one) => one.code === code && one.protected);

export interface Visit {
  readonly subject: number;
  readonly version: 0 | 1;
  /** Hours after the beginning of the history: ties are wanted. */
  readonly hour: number;
  readonly recorded: number;
  readonly bytes: readonly number[];
  /** Which earlier visit to the same subject it supersedes, if there is one. */
  readonly supersedes: number | null;
  readonly batch: 'none' | 'done' | 'undone';
  readonly summed: boolean;
}

/** Random histories over `subjects`; bytes are shaped to the instrument by `shaped`. */
export function visits(subjects: number): fc.Arbitrary<Visit[]> {
  const code = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 3 }) },
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.integer({ min: 4, max: 7 }) },
  );
  return fc.array(
    fc.record({
      subject: fc.nat(subjects - 1),
      version: fc.constantFrom(0 as const, 1 as const),
      hour: fc.oneof(fc.nat(24 * 500), fc.constantFrom(0, 24, 720, 8760)),
      recorded: fc.nat(3),
      bytes: fc.array(
        fc.tuple(code, code).map(([f, m]) => f | (m << 4)),
        { minLength: 8, maxLength: 8 },
      ),
      supersedes: fc.option(fc.nat(20), { freq: 3 }),
      batch: fc.constantFrom('none' as const, 'none' as const, 'done' as const, 'undone' as const),
      summed: fc.boolean(),
    }),
    { maxLength: 25 },
  );
}

/** Random bytes as this instrument would hold them: answers only of this kind of subject, one side where there is one, no withdrawal out of nothing. */
export function shaped(instrument: Instrument, kind: SubjectKind, bytes: readonly number[], corrects: boolean): Uint8Array {
  return Uint8Array.from(instrument.indicators, (indicator, i) => {
    if (indicator.unit !== kind) return 0;
    const allowed = (code: number): number => (code === 7 && !corrects ? 0 : code);
    const byte = bytes[i] ?? 0;
    const [f, m] = [allowed(byte & 15), allowed(byte >> 4)];
    return indicator.bySex ? f | (m << 4) : f;
  });
}

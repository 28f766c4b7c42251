// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shaped, versions, visits } from '../../../test/support/risk-histories.ts';
import { type BatchAssessment, cellsFor, type Holder, holderOf, planOf } from './batch.ts';
import { joinPicked, pickFrom } from './batch-person.ts';
import { foldPerson, type PastAssessment } from './fold.ts';
import { validUntils } from './valid-until.ts';

const begin = Date.UTC(2024, 0, 31, 17, 30);
/** Person, household, village, district, country. */
const subjects = [
  ['person', null],
  ['household', null],
  ['place', 3],
  ['place', 2],
  ['place', 0],
] as const;

test('the batch engine holds the same answers as the fold, over versions, sides, corrections and ends', () => {
  fc.assert(
    fc.property(versions('person'), visits(subjects.length), fc.constantFrom(0, 1, 2, 9), fc.nat(24 * 600), (pair, given, sex, hour) => {
      const history: (PastAssessment & { subject: number; version: number })[] = [];
      given.forEach((v, n) => {
        const [kind, level] = subjects[v.subject] ?? ['person', null];
        const earlier = history.filter((h) => h.subject === v.subject);
        const old = v.supersedes === null ? undefined : earlier[v.supersedes % Math.max(1, earlier.length)];
        const instrument = pair[v.version];
        const observedAt = begin + v.hour * 3_600_000;
        history.push({
          subject: v.subject,
          version: v.version,
          assessmentId: String(n).padStart(3, '0'),
          subjectKind: kind,
          level,
          origin: 'measured',
          instrument,
          answers: shaped(instrument, kind, v.bytes, old !== undefined),
          observedAt,
          recordedAt: v.recorded,
          validUntil: validUntils(instrument, observedAt, 'Asia/Bangkok'),
          supersedes: old?.assessmentId ?? null,
          undone: v.batch === 'undone',
        });
      });
      const at = begin + hour * 3_600_000;
      const plan = planOf(pair[1], pair);
      const cells = cellsFor(plan);
      const holders = subjects.map(([kind], i): Holder =>
        holderOf(
          plan,
          kind,
          history.filter((h) => h.subject === i && !h.undone).map((h): BatchAssessment => h),
        ),
      );
      const [person, household, ...places] = holders.map((h) => [h]);
      const picked = joinPicked(
        plan,
        [person ?? [], household ?? [], places.flat()].map((chain) => pickFrom(plan, cells, chain, sex, at)),
      );
      const expected = foldPerson(history, pair[1], sex, at);
      expect([...picked.answer]).toEqual(expected.map((e) => e.answer));
      expect([...picked.changesAt]).toEqual(expected.map((e) => e.changesAt ?? 0));
      expect([...picked.observedAt]).toEqual(expected.map((e) => e.observedAt ?? 0));
    }),
    { numRuns: 1000 },
  );
});

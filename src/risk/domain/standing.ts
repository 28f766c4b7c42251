// SPDX-License-Identifier: AGPL-3.0-or-later
import { type AgeGroup, ageGroupOn, nextAgeGroupDate } from '../../people/domain/age-group.ts';
import { dateAt, startOfDate } from '../../platform/domain/zoned-time.ts';
import { score, type Score } from './arithmetic.ts';
import type { Effective, PastAssessment } from './fold.ts';
import type { Instrument } from './instrument.ts';

/** What is kept of a subject under one instrument (waymark.standing); instants in milliseconds. */
export interface Standing extends Score {
  /** One plain byte an indicator: 1 2 3, 4 unknown, 5 refused, 6 not applicable, 0 missing. */
  readonly answers: Uint8Array;
  /** The newest answer that counted (1 2 3 and "not applicable"). */
  readonly observedAt: number | null;
  /** The earliest end among them: renew by then. */
  readonly validUntil: number | null;
  /** When the clock alone may change this standing. */
  readonly nextChange: number | null;
}

function earliest(moments: readonly (number | null)[]): number | null {
  const known = moments.filter((m) => m !== null);
  return known.length ? Math.min(...known) : null;
}

/** The standing of a place, or of a person apart from her age. */
export function standingOf(effective: readonly Effective[], instrument: Instrument): Standing {
  const answers = Uint8Array.from(effective, (e) => e.answer);
  const counted = effective.filter((e) => (e.answer >= 1 && e.answer <= 3) || e.answer === 6);
  const seen = counted.map((e) => e.observedAt).filter((m) => m !== null);
  return {
    ...score(answers, instrument),
    answers,
    observedAt: seen.length ? Math.max(...seen) : null,
    validUntil: earliest(counted.map((e) => e.validUntil)),
    nextChange: earliest(effective.map((e) => e.changesAt)),
  };
}

/** When the first of these counts that a clock ahead of ours has told: nothing but time makes it count. */
function nextTold(history: readonly PastAssessment[], at: number): number | null {
  return earliest(history.filter((a) => a.observedAt > at && a.origin === 'measured' && !a.undone).map((a) => a.observedAt));
}

/**
 * The same for a person, whose next birthday into another age group moves her from one figure to another. `bornOn`: ISO date; `history`: what
 * was ever answered of her, her household and the places around her.
 */
export function personStandingOf(
  effective: readonly Effective[],
  instrument: Instrument,
  bornOn: string | null,
  at: number,
  timeZone: string,
  history: readonly PastAssessment[],
): Standing & { readonly ageGroup: AgeGroup } {
  const standing = standingOf(effective, instrument);
  const today = dateAt(at, timeZone);
  const birthday = nextAgeGroupDate(bornOn, today);
  return {
    ...standing,
    ageGroup: ageGroupOn(bornOn, today),
    nextChange: earliest([standing.nextChange, birthday === null ? null : startOfDate(birthday, timeZone), nextTold(history, at)]),
  };
}

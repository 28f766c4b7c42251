// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ImportReport } from '../../../places/domain/import-report.ts';
import { threshold } from '../../../platform/domain/disclosure.ts';
import type { Instrument } from '../../domain/instrument.ts';
import type { AnyPeopleMapping } from '../../domain/people-mapping.ts';
import { fresh, type Gathered } from './gathered.ts';
import type { Homes } from './homes.ts';

/** How many of each packed answer (answerCodes of instrument.ts) the people or households of a file have. */
function countAnswers(position: number, ofHouseholds: boolean, gathered: Gathered, visits: Homes['visits']): number[] {
  const counts = new Array<number>(7).fill(0);
  const count = (byte: number): void => {
    counts[byte]!++;
  };
  if (ofHouseholds) for (let at = 0; at < visits.count; at++) count(visits.answers(at)[position]!);
  else for (let i = 0; i < gathered.count; i++) if (!gathered.dropped[i]) count(gathered.answers[i * gathered.width + position]!);
  return counts;
}

const isFew = (n: number): boolean => n > 0 && n < threshold;

/**
 * By indicator: how many people (or households) have an answer, how many were not asked, and what was answered. Of private questions the report, which
 * others read and which is kept, never says what: of a file of one person it would be her answer.
 */
export function indicatorsOf(
  mapping: AnyPeopleMapping,
  { indicators }: Instrument,
  gathered: Gathered,
  { visits }: Homes,
): Pick<ImportReport, 'indicators'> & Required<Pick<ImportReport, 'privateQuestions'>> {
  const open: ImportReport['indicators'] = [],
    hidden: NonNullable<ImportReport['privateQuestions']> = [];
  for (const [position, { code, title, unit, protected: isPrivate }] of indicators.entries()) {
    if (!(code in mapping.indicators)) continue;
    const [empty = 0, one = 0, two = 0, three = 0, unknown = 0, refused = 0, notApplicable = 0] = countAnswers(
      position,
      unit === 'household',
      gathered,
      visits,
    );
    const values = one + two + three + unknown + refused + notApplicable;
    if (isPrivate) hidden.push({ code, title, ...(isFew(values) || isFew(empty) ? { values: null, empty: null } : { values, empty }) });
    else open.push({ code, title, values, empty, cuts: null, scores: [one, two, three], unknown, refused, notApplicable, summedTo: [] });
  }
  return { indicators: open, privateQuestions: hidden };
}

export interface Counts {
  readonly taken: number;
  readonly people: NonNullable<ImportReport['people']>;
}

export function countsOf(mapping: AnyPeopleMapping, gathered: Gathered, homes: Homes, named: number | null): Counts {
  let fresher = 0,
    known = 0,
    agreed = 0;
  for (let i = 0; i < gathered.count; i++) {
    if (gathered.dropped[i]) continue;
    if (gathered.known[i] !== fresh) known++;
    else {
      fresher++;
      if (gathered.consent[i]) agreed++;
    }
  }
  const households = mapping.kind === 'people' ? homes.list.filter((home) => home?.hasNew && !home.known).length : 0;
  return { taken: fresher + known, people: { new: fresher, known, households, agreed, ...(named === null ? {} : { named }) } };
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ImportReport } from '../../../places/domain/import-report.ts';
import type { Instrument } from '../../domain/instrument.ts';
import type { AnyPeopleMapping } from '../../domain/people-mapping.ts';
import { fresh, type Gathered } from './gathered.ts';
import type { Homes } from './homes.ts';

/** By indicator: how many people (or households) have an answer, how many were not asked, and what was answered. */
export function indicatorsOf(
  mapping: AnyPeopleMapping,
  { indicators }: Instrument,
  gathered: Gathered,
  { visits }: Homes,
): ImportReport['indicators'] {
  return indicators.flatMap(({ code, title, unit }, position) => {
    if (!(code in mapping.indicators)) return [];
    const counts = new Array<number>(7).fill(0);
    const count = (byte: number): void => {
      counts[byte]!++;
    };
    if (unit === 'household') for (let at = 0; at < visits.count; at++) count(visits.answers(at)[position]!);
    else for (let i = 0; i < gathered.count; i++) if (!gathered.dropped[i]) count(gathered.answers[i * gathered.width + position]!);
    const [notAsked = 0, one = 0, two = 0, three = 0, unknown = 0, refused = 0, notApplicable = 0] = counts;
    return [
      {
        code,
        title,
        values: one + two + three + unknown + refused + notApplicable,
        empty: notAsked,
        cuts: null,
        scores: [one, two, three] as [number, number, number],
        unknown,
        refused,
        notApplicable,
        summedTo: [],
      },
    ];
  });
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

// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ImportKind } from '../../places/server/index.ts';
import { expressionsOf, readAreaStatsMapping } from './area-stats-mapping.ts';

/** What a mapping works out of each row, so that it can be tried on the first rows: `poor_households: value` and the like. */
export const trialOfStatistics: NonNullable<ImportKind['trial']> = (text, name) => {
  const mapping = readAreaStatsMapping(text, name);
  const { encoding, delimiter, sheet, skipRows, headerRows, decimal } = mapping;
  return {
    options: { encoding, delimiter, sheet, skipRows, headerRows, decimal },
    expressions: Object.entries(expressionsOf(mapping)).map(([key, expression]) => {
      const [part, indicator] = key.split(':');
      return { what: part ?? key, indicator: indicator ?? null, expression };
    }),
  };
};

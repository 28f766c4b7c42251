// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { ageGroups } from '../../people/domain/age-group.ts';
import type { Restriction } from '../../people/domain/restriction.ts';
import { count, decimal, percent } from '../../platform/web/format.ts';
import { language } from '../../platform/web/i18n.ts';
import { bandWord } from '../../platform/web/ui/band.tsx';
import type { Indicator } from '../domain/instrument.ts';
import type { Cover, MapData, MapRow, Measure } from '../domain/map-data.ts';

/** Words of one thing in many languages, as instruments hold them. */
export const inWords = (words: Readonly<Record<string, string>>): string =>
  words[language().code] ?? words.en ?? Object.values(words)[0] ?? '';

/** "Districts" cannot be made from "district" in every language, so levels are named in the singular, with a capital where there is one. */
export function levelWord(names: Readonly<Record<string, string>>): string {
  const word = inWords(names) || t`place`;
  return word.charAt(0).toLocaleUpperCase(language().format) + word.slice(1);
}

/** What a figure that is not there says instead. */
export function coverWords(cover: Cover, threshold: number): string {
  switch (cover) {
    case 'shown':
      return '';
    case 'small':
      return t`fewer than ${threshold}, or held back`;
    case 'held-back':
      return t`not shown, to protect people`;
    case 'outside':
      return t`outside your area`;
    case 'no-data':
      return t`nothing recorded`;
  }
}

/** The name of what is coloured. */
export function measureWords(measure: Measure, indicator: string | null): string {
  switch (measure) {
    case 'band':
      return t`Risk: high, medium, low`;
    case 'share-high':
      return t`Share of people at high risk`;
    case 'number-high':
      return t`Number of people at high risk`;
    case 'index':
      return t`Risk index, 0 to 100`;
    case 'indicator':
      return indicator ?? t`One indicator`;
  }
}

/** How a figure under a measure is written: per cent, a number, an index, or as its indicator is measured. */
export function valueWords(value: number, measure: Measure, indicator: Pick<Indicator, 'measure'> | undefined): string {
  if (measure === 'number-high') return count(value);
  if (measure === 'share-high') return percent(value, 1);
  if (measure === 'index' || measure === 'band') return decimal(value);
  // Shares come as per cent, like every figure of a map.
  if (indicator?.measure?.kind === 'share') return percent(value, 1);
  if (indicator?.measure?.kind === 'rate') return t`${decimal(value)} per ${count(indicator.measure.per)}`;
  // People's answers are shown in steps of five per cent.
  return percent(value);
}

/** A border of a class, without decimals that say nothing: 20 %, not 20.0 %. */
export function borderOf(value: number, measure: Measure, indicator: Pick<Indicator, 'measure'> | undefined): string {
  if (!Number.isInteger(value) || measure === 'indicator') return valueWords(value, measure, indicator);
  return measure === 'share-high' ? percent(value) : count(value);
}

/** One row in a sentence, for screen readers on the map. */
export function rowSentence(name: string, row: MapRow, data: MapData, indicator: Pick<Indicator, 'measure'> | undefined): string {
  const parts = [name];
  if (data.measure === 'band') parts.push(row.band === 0 ? blankWords(row, data.threshold) : t`${bandWord(row.band)} risk`);
  else parts.push(row.value === null ? blankWords(row, data.threshold) : valueWords(row.value, data.measure, indicator));
  if (typeof row.counts?.n === 'number') parts.push(plural(row.counts.n, { one: '# person', other: '# people' }));
  return parts.join(', ');
}

/** Why a place is hatched. */
export function blankWords(row: MapRow, threshold: number): string {
  return row.cover === 'shown' ? t`not known: too little is recorded` : coverWords(row.cover, threshold);
}

export function sexWords(sex: number | null): string {
  switch (sex) {
    case null:
      return t`All`;
    case 1:
      return t`Male`;
    case 2:
      return t`Female`;
    default:
      return t`Not known`;
  }
}

export function ageWords(group: number | null): string {
  if (group === null) return t`All ages`;
  const ages = ageGroups.find((each) => each.group === group);
  if (!ages || ages.from === null) return t`Age not known`;
  if (ages.to === null) return t`${ages.from} and over`;
  return t`${ages.from} to ${ages.to}`;
}

/** Why a record is used no further, and until when. */
export const restrictionWords = (restricted: NonNullable<Restriction>): string =>
  restricted === 'objection'
    ? t`The person objected. Nobody visits this person and nothing new is recorded, unless the data protection officer refuses the objection or it is taken back.`
    : t`The consent to keep the record was taken back. Nobody visits this person and nothing new is recorded, unless consent is given again or the data protection officer decides otherwise.`;

/** The same where there is room for a few words only: in place of the button that begins a visit. */
export const noVisitWords = (restricted: NonNullable<Restriction>): string =>
  restricted === 'objection' ? t`No visit: the person objected` : t`No visit: consent was taken back`;

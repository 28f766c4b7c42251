// SPDX-License-Identifier: AGPL-3.0-or-later
import { exportWords, type ExportWords } from './export-words.ts';
import type { MapData, MapRow } from './map-data.ts';

/** One column of an exported map: its heading, its HXL hashtag, and what stands in a row. Null is an empty cell. */
export interface Column {
  readonly heading: string;
  readonly tag: string;
  readonly kind: 'text' | 'number';
  readonly of: (row: MapRow) => string | number | null;
}

const text = (heading: string, tag: string, of: Column['of']): Column => ({ heading, tag, kind: 'text', of });
const number = (heading: string, tag: string, of: Column['of']): Column => ({ heading, tag, kind: 'number', of });

function peopleColumns({ headings }: ExportWords): Column[] {
  return [
    number(headings.people, '#affected+ind+total', (row) => row.counts?.n ?? null),
    number(headings.low, '#affected+ind+risk_low', (row) => row.counts?.low ?? null),
    number(headings.medium, '#affected+ind+risk_medium', (row) => row.counts?.medium ?? null),
    number(headings.high, '#affected+ind+risk_high', (row) => row.counts?.high ?? null),
    number(headings.unknown, '#affected+ind+risk_unknown', (row) => row.counts?.unknown ?? null),
  ];
}

function placeColumns({ headings }: ExportWords): Column[] {
  return [
    number(headings.index, '#indicator+index+num', (row) => row.index),
    number(headings.atLeast, '#indicator+index+min+num', (row) => row.low),
    number(headings.atMost, '#indicator+index+max+num', (row) => row.high),
    number(headings.coverage, '#indicator+coverage+pct', (row) => row.coverage),
    text(headings.validUntil, '#date+end', (row) => row.validUntil),
  ];
}

/** The figure coloured on the map, where it is not among the other columns already. */
function valueColumn({ measure, indicator }: MapData, { headings }: ExportWords): Column[] {
  if (measure === 'share-high') return [number(headings.share, '#affected+risk_high+pct', (row) => row.value)];
  // An indicator's code is its heading in every language: it is how instruments and mappings name it.
  return measure === 'indicator' ? [number(indicator ?? headings.value, '#indicator+value+num', (row) => row.value)] : [];
}

const tagOfReasons = '#meta+reasons';

/** The columns of a map as a table, in the order in which they are written. Hashtags, order and codes are the same in every language. */
export function columnsOf(data: MapData, locale: string): Column[] {
  const words = exportWords(locale),
    { headings } = words;
  return [
    text(headings.code, '#adm+code', (row) => row.code),
    text(headings.name, '#adm+name', (row) => row.names[locale] ?? row.name),
    number(headings.level, '#adm+level', (row) => row.level),
    text(headings.band, '#indicator+band', (row) => words.bands[row.band as 0 | 1 | 2 | 3]),
    ...(data.instrument.scores === 'person' ? peopleColumns(words) : placeColumns(words)),
    ...valueColumn(data, words),
    text(headings.notShown, '#meta+cover', (row) => words.covers[row.cover]),
    text(headings.reasons, tagOfReasons, (row) => (row.reasons ?? []).map((reason) => reason.text).join('; ')),
    text(headings.date, '#date', (row) => row.observedOn ?? data.asOf),
    text(headings.source, '#meta+source', () => data.sources.join('; ') || data.instrument.title),
  ];
}

/** The members of a feature: programs read them, so their names are English whoever asks, and reasons stand apart as a list. */
export const membersOf = (data: MapData): Column[] => columnsOf(data, 'en').filter(({ tag }) => tag !== tagOfReasons);

/** What must travel with the figures: a list of facts for a second sheet, or for the members of a feature collection. */
export function factsOf(data: MapData, locale: string): readonly (readonly [string, string | number])[] {
  const words = exportWords(locale),
    { facts } = words;
  const shown = data.rows.filter((row) => row.cover === 'shown').length;
  return [
    [facts.area, data.place.names[locale] ?? data.place.name],
    [facts.instrument, `${data.instrument.title} (${data.instrument.code}, ${words.version(data.instrument.version)})`],
    [facts.shown, data.indicator ? `${words.measures[data.measure]}: ${data.indicator}` : words.measures[data.measure]],
    [facts.asOf, data.asOf],
    [facts.areas, data.rows.length],
    [facts.withFigures, shown],
    [facts.without, data.rows.length - shown],
    ...(data.total.counts?.n === undefined || data.total.counts.n === null ? [] : [[facts.people, data.total.counts.n] as const]),
    [facts.smallest, data.threshold],
    [facts.heldBack, words.heldBack(data.threshold)],
    [facts.source, data.sources.join('; ') || words.ownAnswers],
  ];
}

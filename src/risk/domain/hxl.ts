// SPDX-License-Identifier: AGPL-3.0-or-later
import type { MapData, MapRow } from './map-data.ts';

/** One column of an exported map: its heading, its HXL hashtag, and what stands in a row. Null is an empty cell. */
export interface Column {
  readonly heading: string;
  readonly tag: string;
  readonly kind: 'text' | 'number';
  readonly of: (row: MapRow) => string | number | null;
}

const bandWords = ['unknown', 'low', 'medium', 'high'] as const;

/** Why a number is missing, in words: an empty cell alone would read as nobody. */
export const coverWords: Record<MapRow['cover'], string> = {
  shown: '',
  small: 'held back: fewer than 11, or needed to protect a figure of fewer than 11',
  'held-back': 'split held back: fewer than 11, all alike, or needed to protect a figure of fewer than 11',
  outside: 'outside your area',
  'no-data': 'nothing recorded',
};

const text = (heading: string, tag: string, of: Column['of']): Column => ({ heading, tag, kind: 'text', of });
const number = (heading: string, tag: string, of: Column['of']): Column => ({ heading, tag, kind: 'number', of });

function peopleColumns(): Column[] {
  return [
    number('People', '#affected+ind+total', (row) => row.counts?.n ?? null),
    number('Risk low', '#affected+ind+risk_low', (row) => row.counts?.low ?? null),
    number('Risk medium', '#affected+ind+risk_medium', (row) => row.counts?.medium ?? null),
    number('Risk high', '#affected+ind+risk_high', (row) => row.counts?.high ?? null),
    number('Risk not known', '#affected+ind+risk_unknown', (row) => row.counts?.unknown ?? null),
  ];
}

function placeColumns(): Column[] {
  return [
    number('Index', '#indicator+index+num', (row) => row.index),
    number('Index at least', '#indicator+index+min+num', (row) => row.low),
    number('Index at most', '#indicator+index+max+num', (row) => row.high),
    number('Per cent of indicators known', '#indicator+coverage+pct', (row) => row.coverage),
    text('Valid until', '#date+end', (row) => row.validUntil),
  ];
}

const valueHeadings: Record<MapData['measure'], { heading: string; tag: string } | null> = {
  band: null,
  index: null,
  'number-high': null,
  'share-high': { heading: 'Per cent at high risk', tag: '#affected+risk_high+pct' },
  indicator: { heading: 'Value', tag: '#indicator+value+num' },
};

/** The columns of a map as a table, in the order in which they are written. */
export function columnsOf(data: MapData): Column[] {
  const value = valueHeadings[data.measure];
  return [
    text('Code', '#adm+code', (row) => row.code),
    text('Name', '#adm+name', (row) => row.name),
    number('Level', '#adm+level', (row) => row.level),
    text('Band', '#indicator+band', (row) => bandWords[row.band as 0 | 1 | 2 | 3]),
    ...(data.instrument.scores === 'person' ? peopleColumns() : placeColumns()),
    ...(value ? [number(data.measure === 'indicator' ? data.indicator ?? value.heading : value.heading, value.tag, (row) => row.value)] : []),
    text('Not shown', '#meta+cover', (row) => coverWords[row.cover]),
    text('Main reasons', '#meta+reasons', (row) => (row.reasons ?? []).map((reason) => reason.text).join('; ')),
    text('Date', '#date', (row) => row.observedOn ?? data.asOf),
    text('Source', '#meta+source', () => data.sources.join('; ') || data.instrument.title),
  ];
}

/** What must travel with the figures: a list of facts for a second sheet, or for the members of a feature collection. */
export function factsOf(data: MapData): readonly (readonly [string, string | number])[] {
  const shown = data.rows.filter((row) => row.cover === 'shown').length;
  return [
    ['Area', data.place.name], ['Instrument', `${data.instrument.title} (${data.instrument.code}, version ${data.instrument.version})`],
    ['Shown', data.indicator ? `${data.measure}: ${data.indicator}` : data.measure], ['Figures of', data.asOf], ['Areas', data.rows.length],
    ['Areas with figures', shown], ['Areas without', data.rows.length - shown],
    ...(data.total.counts?.n === undefined || data.total.counts.n === null ? [] : [['People', data.total.counts.n] as const]),
    ['Smallest number of people shown', data.threshold],
    ['Held back', `No figure of 1 to ${data.threshold - 1} people is shown, nor one from which such a figure could be worked out.`],
    ['Source', data.sources.join('; ') || 'Answers recorded in this installation'],
  ];
}

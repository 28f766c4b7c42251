// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { Link } from 'wouter';
import { count, day, decimal, named, percent } from '../../platform/web/format.ts';
import { BandChip } from '../../platform/web/ui/band.tsx';
import type { Column } from '../../platform/web/ui/table.tsx';
import type { Indicator } from '../domain/instrument.ts';
import type { MapData, MapRow } from '../domain/map-data.ts';
import { blankWords, coverWords, levelWord, measureWords, valueWords } from './words.ts';

export interface TwinProps {
  readonly data: MapData;
  readonly indicator: Indicator | undefined;
  readonly indicatorTitle: string | null;
  /** Where a row's name leads: one level down, or to its profile at the lowest level. */
  readonly hrefOf: (row: MapRow) => string;
  readonly profileOf: (row: MapRow) => string;
}

/** A count, or that it is not there; why stands once in its row, under the risk. */
function figure(value: number | null | undefined, row: MapRow, threshold: number) {
  if (typeof value === 'number') return count(value);
  return <span class="soft small nowrap">{row.cover === 'no-data' ? coverWords(row.cover, threshold) : t`not shown`}</span>;
}

/** Why nothing stands here. */
function blank(row: MapRow, { threshold }: MapData) {
  return <span class="soft small">{blankWords(row, threshold)}</span>;
}

function placeColumns({ data, hrefOf }: TwinProps): Column<MapRow>[] {
  return [
    {
      key: 'name',
      head: levelWord(data.levelNames),
      rowHead: true,
      sortable: true,
      cell: (row) => (
        <Link href={hrefOf(row)}>
          <bdi>{named(row)}</bdi>
        </Link>
      ),
    },
    { key: 'code', head: t`Code`, sortable: true, cell: (row) => <span class="number soft small">{row.code}</span> },
    {
      key: 'band',
      head: t`Risk`,
      sortable: true,
      cell: (row) => (row.band === 0 && row.cover !== 'shown' ? blank(row, data) : <BandChip band={row.band} />),
    },
  ];
}

/** What the map is coloured by, unless it has a column of its own anyway. */
function measureColumns({ data, indicator, indicatorTitle }: TwinProps): Column<MapRow>[] {
  if (data.measure === 'band' || data.measure === 'index') return [];
  return [
    {
      key: 'value',
      head: measureWords(data.measure, indicatorTitle),
      number: true,
      sortable: true,
      cell: (row) => {
        if (row.value !== null) return valueWords(row.value, data.measure, indicator);
        return row.cover === 'shown' ? blank(row, data) : figure(null, row, data.threshold);
      },
    },
  ];
}

/** Under an instrument for people: how many stand in each band. */
function peopleColumns(data: MapData): Column<MapRow>[] {
  const counted = (key: 'n' | 'high' | 'medium' | 'low' | 'unknown', head: string): Column<MapRow> => ({
    key,
    head,
    number: true,
    sortable: true,
    cell: (row) => figure(row.counts?.[key], row, data.threshold),
  });
  return [
    counted('n', t`People`),
    counted('high', t`High`),
    counted('medium', t`Medium`),
    counted('low', t`Low`),
    counted('unknown', t`Unknown`),
  ];
}

/** The index, with the interval it may lie in where not everything is known. */
function Index({ index, low, high }: { readonly index: number; readonly low: number | null; readonly high: number | null }) {
  return (
    <>
      {decimal(index)}
      {low !== null && high !== null && (
        <span class="soft small">
          {' '}
          ({decimal(low)}–{decimal(high)})
        </span>
      )}
    </>
  );
}

/** Under an instrument for places: the index, and how much of it is known. */
function indexColumns(data: MapData): Column<MapRow>[] {
  return [
    {
      key: 'index',
      head: t`Index`,
      number: true,
      sortable: true,
      cell: (row) => (row.index === null ? blank(row, data) : <Index index={row.index} low={row.low} high={row.high} />),
    },
    {
      key: 'coverage',
      head: t`Known`,
      number: true,
      sortable: true,
      cell: (row) => (row.coverage === null ? blank(row, data) : percent(row.coverage)),
    },
  ];
}

/** How fresh it is, and where more is said. */
function furtherColumns(people: boolean, profileOf: TwinProps['profileOf']): Column<MapRow>[] {
  return [
    {
      key: 'observedOn',
      head: people ? t`As of` : t`Newest answer`,
      sortable: true,
      cell: (row) => (row.observedOn ? <span class="nowrap">{day(row.observedOn, 'medium')}</span> : ''),
    },
    {
      key: 'profile',
      head: '',
      cell: (row) => (
        <Link href={profileOf(row)}>
          {t`Profile`}
          <span class="for-ears"> {named(row)}</span>
        </Link>
      ),
    },
  ];
}

export function twinColumns(props: TwinProps): Column<MapRow>[] {
  const people = props.data.instrument.scores === 'person';
  return [
    ...placeColumns(props),
    ...measureColumns(props),
    ...(people ? peopleColumns(props.data) : indexColumns(props.data)),
    ...furtherColumns(people, props.profileOf),
  ];
}

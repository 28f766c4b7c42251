// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { Link } from 'wouter';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { count, decimal, named, percent } from '../../platform/web/format.ts';
import { language } from '../../platform/web/i18n.ts';
import { BandChip } from '../../platform/web/ui/band.tsx';
import { Button } from '../../platform/web/ui/button.tsx';
import { DistributionBar } from '../../platform/web/ui/distribution-bar.tsx';
import { Table, type Column, type Sort } from '../../platform/web/ui/table.tsx';
import type { MapRow } from '../domain/map-data.ts';
import type { Profile } from '../domain/profile.ts';
import { sortRows, type SortKey } from './rows.ts';
import { blankWords, levelWord } from './words.ts';

/** Per cent at high risk of those whose band is known, or the index; null when it may not be shown or is not known. */
export function headline(row: MapRow): number | null {
  if (row.index !== null) return row.index;
  const { counts } = row;
  if (!counts || counts.high === null || counts.medium === null || counts.low === null) return null;
  const known = counts.high + counts.medium + counts.low;
  return known > 0 ? (counts.high / known) * 100 : null;
}

const write = (value: number, people: boolean): string => (people ? percent(value, 1) : decimal(value));

/** Where this place stands between its neighbours and the area around it, in one or two sentences. */
export function Compared({ profile, hrefOf }: { readonly profile: Profile; readonly hrefOf: (id: string) => string }) {
  const { own, compare } = profile;
  const people = profile.instrument.scores === 'person';
  const mine = headline(own);
  const around = compare.parent ? headline(compare.parent) : null;
  const known = compare.siblings
    .filter((row) => row.placeId !== own.placeId)
    .map(headline)
    .filter((value) => value !== null);
  if (mine === null || (around === null && known.length === 0)) return null;
  const higher = known.filter((value) => value > mine).length;
  return (
    <section class="stack" aria-labelledby="compare-title">
      <h2 id="compare-title">{t`Beside others`}</h2>
      <p>
        {people ? t`${write(mine, true)} of people with a known band are at high risk here.` : t`The index is ${write(mine, false)} here.`}{' '}
        {around !== null && compare.parent && (
          <>
            {t`In the whole of`}{' '}
            <Link href={hrefOf(compare.parent.placeId)}>
              <bdi>{named(compare.parent)}</bdi>
            </Link>
            : <span class="number">{write(around, people)}</span>.{' '}
          </>
        )}
        {known.length > 0 &&
          (higher === 0
            ? t`It is the highest of ${count(known.length + 1)} places side by side.`
            : plural(higher, {
                one: `# of ${count(known.length)} places beside it stands higher.`,
                other: `# of ${count(known.length)} places beside it stand higher.`,
              }))}
      </p>
    </section>
  );
}

type Cell = (row: MapRow) => ComponentChildren;

/** Under an instrument for people: how many there are, and how they are divided. */
function peopleColumns(blank: Cell): Column<MapRow>[] {
  return [
    {
      key: 'n',
      head: t`People`,
      number: true,
      sortable: true,
      cell: (row) => (typeof row.counts?.n === 'number' ? count(row.counts.n) : blank(row)),
    },
    {
      key: 'high',
      head: t`At high risk`,
      number: true,
      sortable: true,
      cell: (row) => (typeof row.counts?.high === 'number' ? count(row.counts.high) : blank(row)),
    },
    {
      key: 'split',
      head: t`High to unknown`,
      cell: (row) => (row.counts && row.cover === 'shown' ? <DistributionBar counts={row.counts} /> : ''),
    },
  ];
}

/** Under an instrument for places: the band, the index, and how much of it is known. */
function indexColumns(blank: Cell): Column<MapRow>[] {
  return [
    { key: 'band', head: t`Risk`, sortable: true, cell: (row) => <BandChip band={row.band} /> },
    {
      key: 'index',
      head: t`Index`,
      number: true,
      sortable: true,
      cell: (row) => (row.index === null ? blank(row) : decimal(row.index)),
    },
    {
      key: 'coverage',
      head: t`Known`,
      number: true,
      sortable: true,
      cell: (row) => (row.coverage === null ? '' : percent(row.coverage)),
    },
  ];
}

function partColumns({ instrument, parts, threshold }: Profile, hrefOf: (id: string) => string): Column<MapRow>[] {
  const blank: Cell = (row) => <span class="soft small">{blankWords(row, threshold)}</span>;
  return [
    {
      key: 'name',
      head: levelWord(parts.levelName),
      rowHead: true,
      sortable: true,
      cell: (row) => (
        <Link href={hrefOf(row.placeId)}>
          <bdi>{named(row)}</bdi>
        </Link>
      ),
    },
    ...(instrument.scores === 'person' ? peopleColumns(blank) : indexColumns(blank)),
  ];
}

const first = 20;

/** The places one level down, each leading to its own profile. */
export function Parts({ profile, hrefOf }: { readonly profile: Profile; readonly hrefOf: (id: string) => string }) {
  const { instrument, parts } = profile;
  const [all, setAll] = useState(false);
  const [sort, setSort] = useState<Sort>({ key: instrument.scores === 'person' ? 'high' : 'index', down: true });
  const rows = sortRows(parts.rows, { key: sort.key as SortKey, down: sort.down }, named, language().format);
  return (
    <section class="stack" aria-labelledby="parts-title">
      <h2 id="parts-title">
        {levelWord(parts.levelName)} <span class="soft number">{count(parts.rows.length)}</span>
      </h2>
      <Table
        caption={t`One level down`}
        columns={partColumns(profile, hrefOf)}
        rows={all ? rows : rows.slice(0, first)}
        rowKey={(row) => row.placeId}
        sort={sort}
        onSort={setSort}
      />
      {rows.length > first && (
        <div class="not-in-print">
          <Button kind="quiet" expanded={all} onClick={() => setAll(!all)}>
            {all ? t`Show fewer` : t`Show all ${count(rows.length)}`}
          </Button>
        </div>
      )}
    </section>
  );
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { useEffect, useRef, useState } from 'preact/hooks';
import { count, day, decimal, percent } from '../../platform/web/format.ts';
import { language } from '../../platform/web/i18n.ts';
import { scheme } from '../../platform/web/preferences.ts';
import { BandChip } from '../../platform/web/ui/band.tsx';
import { Table, type Column } from '../../platform/web/ui/table.tsx';
import { useSize } from '../../platform/web/map/use-size.ts';
import type { HistoryPoint, Profile } from '../domain/profile.ts';
import { historyLine, type LinePoint } from './history-line.ts';
import { coverWords } from './words.ts';
import './history-box.css';

function columnsOf(people: boolean, threshold: number): Column<HistoryPoint>[] {
  const blank = (point: HistoryPoint) => (
    <span class="soft small">{coverWords(point.cover === 'shown' ? 'no-data' : point.cover, threshold)}</span>
  );
  const counted = (key: 'n' | 'high' | 'medium' | 'low' | 'unknown', head: string): Column<HistoryPoint> => ({
    key,
    head,
    number: true,
    cell: (point) => (typeof point.counts?.[key] === 'number' ? count(point.counts[key]) : blank(point)),
  });
  const date: Column<HistoryPoint> = {
    key: 'date',
    head: t`Date`,
    rowHead: true,
    cell: (point) => (
      <>
        {day(point.date, 'medium')}
        {point.carriedFrom && <span class="soft small"> {t`as on ${day(point.carriedFrom, 'medium')}`}</span>}
      </>
    ),
  };
  if (people)
    return [
      date,
      counted('n', t`People`),
      counted('high', t`High`),
      counted('medium', t`Medium`),
      counted('low', t`Low`),
      counted('unknown', t`Unknown`),
    ];
  return [
    date,
    { key: 'band', head: t`Risk`, cell: (point) => <BandChip band={point.band} /> },
    { key: 'index', head: t`Index`, number: true, cell: (point) => (point.index === null ? blank(point) : decimal(point.index)) },
    {
      key: 'between',
      head: t`Between`,
      number: true,
      cell: (point) => (point.low === null || point.high === null ? '' : `${decimal(point.low)}–${decimal(point.high)}`),
    },
    { key: 'coverage', head: t`Known`, number: true, cell: (point) => (point.coverage === null ? '' : percent(point.coverage)) },
  ];
}

/** How it changed: a thin line with its interval as a band, and the same as a table. */
export function History({ profile }: { readonly profile: Profile }) {
  const people = profile.instrument.scores === 'person';
  const line = historyLine(profile.history);
  return (
    <section class="stack" aria-labelledby="history-title">
      <h2 id="history-title">{t`How it changed`}</h2>
      {line.length > 1 ? (
        <Chart points={line} label={people ? t`Share of people at high risk, per cent` : t`Risk index, 0 to 100`} />
      ) : (
        <p class="soft">
          {profile.history.some(({ cover }) => cover !== 'shown' && cover !== 'no-data')
            ? t`Too few of these figures can be shown to draw a line.`
            : t`A line appears here once figures of two dates are known.`}
        </p>
      )}
      {profile.history.length > 0 && (
        <details class="history-table">
          <summary>{t`The same as a table`}</summary>
          <Table
            caption={t`How it changed`}
            columns={columnsOf(people, profile.threshold)}
            rows={[...profile.history].reverse()}
            rowKey={(point) => point.date}
          />
        </details>
      )}
    </section>
  );
}

/** The drawing comes with its own code, fetched when it is near. Colours come from the tokens through CSS. */
function Chart({ points, label }: { readonly points: readonly LinePoint[]; readonly label: string }) {
  const box = useRef<HTMLDivElement>(null);
  const { width } = useSize(box);
  const [failed, setFailed] = useState(false);
  // Its dates are in the language of the screen.
  const locale = language().code;
  useEffect(() => {
    const place = box.current;
    if (!place || width === 0) return undefined;
    let wanted = true;
    import('./history-chart.ts').then(
      ({ drawHistory }) => {
        if (wanted) place.replaceChildren(drawHistory(points, { width }));
      },
      () => {
        if (wanted) setFailed(true);
      },
    );
    return () => {
      wanted = false;
    };
  }, [points.map((each) => each.value).join(), width, locale, scheme.value]);
  return (
    <figure class="history">
      <figcaption class="small soft">{label}</figcaption>
      <div ref={box} class="history-box" role="img" aria-label={t`${label}. The table below holds the same figures.`} />
      {failed && <p class="soft">{t`The drawing could not be fetched. The table below holds the same figures.`}</p>}
    </figure>
  );
}

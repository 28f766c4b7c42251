// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import type { ComponentChildren } from 'preact';
import { ClipboardPen, TriangleAlert } from 'lucide';
import { recordNumber } from '../../../platform/domain/record-number.ts';
import { day, decimal, named, percent } from '../../../platform/web/format.ts';
import { Link } from '../../../platform/web/router.tsx';
import { may } from '../../../platform/web/session.ts';
import { BandChip } from '../../../platform/web/ui/band.tsx';
import { ButtonLink } from '../../../platform/web/ui/button.tsx';
import { Icon } from '../../../platform/web/ui/icon.tsx';
import { Notice } from '../../../platform/web/ui/notice.tsx';
import type { Column } from '../../../platform/web/ui/table.tsx';
import type { ListRow } from '../../domain/people-list.ts';
import { ageWords, noVisitWords, sexWords } from '../words.ts';
import { keyOf, personHref } from './people-data.ts';

/** Who it is, as far as the reader may and wants to know: the name, or the number of the record. */
export function Who({ row, names }: { readonly row: ListRow; readonly names: ReadonlyMap<string, string> }) {
  const name = names.get(keyOf(row));
  return (
    <>
      <bdi>{name ?? <span class="number">{recordNumber(row.personId)}</span>}</bdi>
      <span class="soft small">
        {' '}
        {sexWords(row.sex)}, {ageWords(row.ageGroup)}
      </span>
    </>
  );
}

/** So many warnings a line of a list says in words; her page says them all. */
const fewWarnings = 2;

interface Warned extends Pick<ListRow, 'warnings'> {
  readonly restricted?: ListRow['restricted'];
}

/** That somebody should go there today, and why: a mark and words, in a list. Where nobody is to be visited it calls nobody, and says so. */
export function Warns({ row: { warnings, restricted = null } }: { readonly row: Warned }) {
  if (warnings.length === 0) return null;
  const said = warnings.slice(0, fewWarnings).join('; '),
    more = warnings.length - fewWarnings;
  if (restricted !== null)
    return (
      <p class="soft small">
        {more > 0
          ? plural(more, {
              one: `A warning is known, and nobody is sent: ${said}; and # more`,
              other: `A warning is known, and nobody is sent: ${said}; and # more`,
            })
          : t`A warning is known, and nobody is sent: ${said}`}
      </p>
    );
  return (
    <p class="people-warns">
      <Icon of={TriangleAlert} size={18} />
      <span>
        {more > 0
          ? plural(more, { one: `Needs somebody today: ${said}; and # more`, other: `Needs somebody today: ${said}; and # more` })
          : t`Needs somebody today: ${said}`}
      </span>
    </p>
  );
}

interface WarningsProps {
  readonly texts: readonly string[];
  readonly past: boolean;
  /** Nobody there is to be visited. */
  readonly nobody: boolean;
}

/** The same at the head of a page about a person or a household; of a past day, what warned then. */
export function Warnings({ texts, past, nobody }: WarningsProps) {
  if (texts.length === 0) return null;
  if (nobody && !past) return <Notice title={t`A warning is known, and nobody is sent`}>{texts.join('; ')}</Notice>;
  return (
    <Notice kind="danger" title={past ? t`Warned on this day, whatever the index` : t`Needs somebody today, whatever the index`}>
      {texts.join('; ')}
    </Notice>
  );
}

/** Said beside every index that leaves protected answers out. */
export function OpenIndex() {
  return (
    <p class="soft small">
      {t`Private answers count in the risk band. The index, its interval and how much is known leave them out, so that nobody can work them out.`}
    </p>
  );
}

/** What the figures of a list are, behind one line: whoever comes back each day knows it, and comes for the rows. */
export function HowToRead({ children }: { readonly children?: ComponentChildren }) {
  return (
    <details class="not-in-print">
      <summary>{t`How to read this list`}</summary>
      <div class="stack-tight">
        {children}
        <OpenIndex />
      </div>
    </details>
  );
}

export function Standing({ row }: { readonly row: Pick<ListRow, 'band' | 'index' | 'low' | 'high' | 'coverage'> }) {
  return (
    <span class="people-standing">
      <BandChip band={row.band} />
      {row.index !== null && <span class="number strong">{decimal(row.index)}</span>}
      {row.low !== null && row.high !== null && (
        <span class="soft small number">{t`between ${decimal(row.low)} and ${decimal(row.high)}`}</span>
      )}
      {row.coverage !== null && <span class="soft small number">{t`${percent(row.coverage)} known`}</span>}
    </span>
  );
}

export function Reasons({ row }: { readonly row: Pick<ListRow, 'reasons'> }) {
  if (row.reasons.length === 0) return <span class="soft">–</span>;
  return (
    <ul class="people-reasons">
      {row.reasons.map(({ code, text }) => (
        <li key={code ?? 'private'}>{text}</li>
      ))}
    </ul>
  );
}

/** A box that puts one row on the visit list. */
export function ForTheVisit({ on, onChoose }: { readonly on: boolean; readonly onChoose: (on: boolean) => void }) {
  return (
    <label class="people-choose">
      <input type="checkbox" checked={on} onChange={(event) => onChoose(event.currentTarget.checked)} />
      <span class="people-choose-word">{t`For the visit list`}</span>
    </label>
  );
}

/** "Nothing known" instead of a date that is not there. */
export const renewWords = (row: Pick<ListRow, 'validUntil'>): string =>
  row.validUntil ? day(row.validUntil, 'medium') : t`now: nothing is known`;

export function columnsOf(
  names: ReadonlyMap<string, string>,
  chosen: ReadonlySet<string>,
  choose: (row: ListRow, on: boolean) => void,
  instrument: string,
): Column<ListRow>[] {
  return [
    {
      key: 'choose',
      head: '',
      cell: (row) => row.restricted === null && <ForTheVisit on={chosen.has(keyOf(row))} onChoose={(on) => choose(row, on)} />,
    },
    {
      key: 'who',
      head: t`Person`,
      rowHead: true,
      cell: (row) => (
        <>
          <Link href={personHref(row)} class="people-who">
            <Who row={row} names={names} />
          </Link>
          <Warns row={row} />
        </>
      ),
    },
    { key: 'risk', head: t`Risk`, cell: (row) => <Standing row={row} /> },
    { key: 'reasons', head: t`Main reasons`, cell: (row) => <Reasons row={row} /> },
    { key: 'place', head: t`Place`, cell: (row) => <bdi>{named(row.place)}</bdi> },
    {
      key: 'renew',
      head: t`Ask again by`,
      cell: (row) =>
        row.restricted === null ? <span class="number">{renewWords(row)}</span> : <span class="soft">{t`nobody is to be asked`}</span>,
    },
    {
      key: 'seen',
      head: t`Newest answer`,
      cell: (row) => (row.observedOn ? <span class="number">{day(row.observedOn, 'medium')}</span> : <span class="soft">{t`none`}</span>),
    },
    ...(may('assess.write')
      ? [
          {
            key: 'visit',
            head: '',
            cell: (row: ListRow) =>
              row.restricted === null ? (
                <ButtonLink icon={ClipboardPen} href={`${personHref(row)}/assess?instrument=${instrument}`}>{t`Visit`}</ButtonLink>
              ) : (
                <span class="soft small">{noVisitWords(row.restricted)}</span>
              ),
          },
        ]
      : []),
  ];
}

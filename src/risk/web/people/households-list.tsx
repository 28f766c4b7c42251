// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { ClipboardPen, Printer } from 'lucide';
import { useState } from 'preact/hooks';
import { recordNumber } from '../../../platform/domain/record-number.ts';
import { day, decimal, named } from '../../../platform/web/format.ts';
import type { useAct } from '../../../platform/web/resource.ts';
import { Link } from '../../../platform/web/router.tsx';
import { may } from '../../../platform/web/session.ts';
import { BandChip } from '../../../platform/web/ui/band.tsx';
import { Button, ButtonLink } from '../../../platform/web/ui/button.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { Table, type Column } from '../../../platform/web/ui/table.tsx';
import { isVisited, notVisited, type HouseholdPage, type HouseholdRow } from '../../domain/household-list.ts';
import { noVisitWords } from '../words.ts';
import { ForTheVisit, HowToRead, Reasons, renewWords, Warns } from './columns.tsx';
import { householdKeyOf } from './people-data.ts';
import type { Shown } from './use-listed.ts';
import { VisitListDialog } from './visit-list.tsx';

const hrefOf = ({ regionId, householdId }: HouseholdRow): string => `/households/${regionId}/${householdId}`;

/** Who of the household is not to be visited, in the words of a person's own line. */
function NoVisit({ row }: { readonly row: HouseholdRow }) {
  return (
    <>
      {notVisited(row).map(({ restricted, n }) => (
        <p key={restricted} class="soft small people-no-visit">
          {noVisitWords(restricted)} ({n})
        </p>
      ))}
    </>
  );
}

function Who({ row }: { readonly row: HouseholdRow }) {
  return (
    <>
      <Link href={hrefOf(row)} class="people-who">
        <bdi class="number">{recordNumber(row.householdId)}</bdi>
        <span class="soft small">{plural(row.members.length, { one: '# person', other: '# people' })}</span>
      </Link>
      <Warns row={row} />
      <NoVisit row={row} />
    </>
  );
}

function Standing({ row }: { readonly row: HouseholdRow }) {
  return (
    <span class="people-standing">
      <BandChip band={row.band} />
      {row.index !== null && <span class="number strong">{decimal(row.index)}</span>}
      {row.high > 0 && <span class="soft small">{plural(row.high, { one: '# person at high risk', other: '# people at high risk' })}</span>}
    </span>
  );
}

function columnsOf(
  chosen: ReadonlySet<string>,
  choose: (row: HouseholdRow, on: boolean) => void,
  instrument: string,
): Column<HouseholdRow>[] {
  return [
    {
      key: 'choose',
      head: '',
      cell: (row) => isVisited(row) && <ForTheVisit on={chosen.has(householdKeyOf(row))} onChoose={(on) => choose(row, on)} />,
    },
    { key: 'who', head: t`Household`, rowHead: true, cell: (row) => <Who row={row} /> },
    { key: 'risk', head: t`Risk`, cell: (row) => <Standing row={row} /> },
    { key: 'reasons', head: t`Main reasons`, cell: (row) => <Reasons row={row} /> },
    { key: 'place', head: t`Place`, cell: (row) => <bdi>{named(row.place)}</bdi> },
    {
      key: 'renew',
      head: t`Ask again by`,
      cell: (row) =>
        isVisited(row) ? <span class="number">{renewWords(row)}</span> : <span class="soft">{t`nobody is to be asked`}</span>,
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
            cell: (row: HouseholdRow) =>
              isVisited(row) && (
                <ButtonLink icon={ClipboardPen} href={`${hrefOf(row)}/assess?instrument=${instrument}`}>{t`Visit`}</ButtonLink>
              ),
          },
        ]
      : []),
  ];
}

interface Props {
  readonly shown: Shown<HouseholdRow, HouseholdPage>;
  readonly instrument: string | null;
  readonly next: ReturnType<typeof useAct>;
}

/** Households in the order in which to go to them, and the paper for a round. */
export function HouseholdsList({ shown: { rows, page }, instrument, next }: Props) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [printing, setPrinting] = useState(false);
  const choose = (row: HouseholdRow, on: boolean) => {
    const after = new Set(chosen);
    if (on) after.add(householdKeyOf(row));
    else after.delete(householdKeyOf(row));
    setChosen(after);
  };
  const forPaper = rows.filter((row) => (chosen.size === 0 ? isVisited(row) : chosen.has(householdKeyOf(row))));
  return (
    <div class="stack">
      <div class="row not-in-print">
        <Button icon={Printer} onClick={() => setPrinting(true)}>
          {chosen.size > 0
            ? plural(chosen.size, { one: 'Print a visit list of # household', other: 'Print a visit list of # households' })
            : t`Print a visit list`}
        </Button>
        <span class="soft small push">
          {page.instrument.title} · {day(page.asOf, 'medium')}
        </span>
      </div>
      <HowToRead>
        <p class="soft small">{t`The band, the index and the reasons are of whoever is worst off among those who may be visited. The day is the first on which anybody there is to be asked again.`}</p>
      </HowToRead>
      <Table
        caption={t`Households, and where to go next`}
        columns={columnsOf(chosen, choose, page.instrument.code)}
        rows={rows}
        rowKey={householdKeyOf}
        rowClass={() => 'people-row'}
      />
      {next.problem && <ProblemNotice problem={next.problem} />}
      <div class="row not-in-print">
        <span class="soft small">{plural(rows.length, { one: '# household shown', other: '# households shown' })}</span>
        {page.after && (
          <Button busy={next.busy} onClick={() => void next.run()}>
            {t`Show more`}
          </Button>
        )}
      </div>
      {printing && (
        <VisitListDialog
          rows={forPaper.flatMap(({ members }) => members).slice(0, 200)}
          names={new Map()}
          instrument={instrument}
          onClose={() => setPrinting(false)}
        />
      )}
    </div>
  );
}

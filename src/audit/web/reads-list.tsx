// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { plural, t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { moment } from '../../platform/web/format.ts';
import { useAct, useResource } from '../../platform/web/resource.ts';
import { Link } from '../../platform/web/router.tsx';
import { Button } from '../../platform/web/ui/button.tsx';
import { ProblemNotice } from '../../platform/web/ui/notice.tsx';
import { RecordNumber, saidNumber } from '../../platform/web/ui/record-number.tsx';
import { Loaded } from '../../platform/web/ui/states.tsx';
import { Table, type Column } from '../../platform/web/ui/table.tsx';
import type { Reading, ReadingPage } from '../domain/identity-read.ts';
import { actionWords } from './action-words.ts';
import { Id, type Names } from './names.tsx';

const pageSize = 50;
type LinkTo = (to: Record<string, string>) => string;

function Records({ row, linkTo }: { readonly row: Reading; readonly linkTo: LinkTo }) {
  const [first] = row.personIds;
  if (row.people === 1 && first !== undefined)
    return (
      <Link href={linkTo({ person: first })}>
        <RecordNumber id={first} />
      </Link>
    );
  const more = row.people - row.personIds.length;
  return (
    <details>
      <summary>{plural(row.people, { one: '# record', other: '# records' })}</summary>
      <ul>
        {row.personIds.map((id) => (
          <li key={id}>
            <Link href={linkTo({ person: id })}>
              <RecordNumber id={id} />
            </Link>
          </li>
        ))}
        {more > 0 && <li>{plural(more, { one: 'and # more', other: 'and # more' })}</li>}
      </ul>
    </details>
  );
}

function columns(names: Names, linkTo: LinkTo): readonly Column<Reading>[] {
  return [
    {
      key: 'at',
      head: t`When`,
      cell: (row) => (
        <time class="nowrap" dateTime={row.at}>
          {moment(row.at)}
        </time>
      ),
    },
    { key: 'reader', head: t`Reader`, rowHead: true, cell: (row) => <Id id={row.readerId} names={names} /> },
    { key: 'action', head: t`How`, cell: (row) => <span title={row.action}>{actionWords(row.action)}</span> },
    { key: 'record', head: t`Whose record`, cell: (row) => <Records row={row} linkTo={linkTo} /> },
  ];
}

/** That nobody looked is only said of a record that there is: a number may have been heard wrongly. */
function Nothing({ records, asked }: { readonly records: readonly string[] | null; readonly asked: string | undefined }) {
  if (records?.length !== 0 || asked === undefined) return <p>{t`Nobody looked at what is chosen above.`}</p>;
  const number = saidNumber(asked);
  return <p>{t`No record has the number ${number}, and none that was erased had it. Ask for it once more.`}</p>;
}

interface Props {
  readonly asked: Record<string, string>;
  readonly names: Names;
  readonly linkTo: LinkTo;
}

/** Every act of reading, newest first. */
export function ListOfReadings({ asked, names, linkTo }: Props) {
  const [older, setOlder] = useState<readonly Reading[]>([]);
  const [next, setNext] = useState<string | null | undefined>(undefined);
  const ask = (more: Record<string, string>, signal?: AbortSignal) =>
    api.get<ReadingPage>('/audit/reads', { ...asked, ...more, limit: pageSize }, signal ? { signal } : {});
  const first = useResource((signal) => ask({}, signal), ['reads', JSON.stringify(asked)]);
  const after = next === undefined ? (first.data?.next ?? null) : next;
  const more = useAct(async () => {
    const answer = await ask({ after: after ?? '' });
    setOlder([...older, ...answer.rows]);
    setNext(answer.next);
  });
  return (
    <section class="stack-tight" aria-labelledby="list-of-readings">
      <h2 id="list-of-readings">{t`Every look, newest first`}</h2>
      <Loaded
        of={first}
        isEmpty={({ rows }) => rows.length === 0}
        empty={<Nothing records={first.data?.records ?? null} asked={asked['person']} />}
      >
        {(data) => (
          <div class="stack">
            <Table
              caption={t`Who looked at whom`}
              columns={columns(names, linkTo)}
              rows={[...data.rows, ...older]}
              rowKey={(row) => row.entryId}
            />
            {more.problem && <ProblemNotice problem={more.problem} />}
            {after && (
              <div class="row">
                <Button busy={more.busy} onClick={() => void more.run()}>{t`Show older lines`}</Button>
              </div>
            )}
          </div>
        )}
      </Loaded>
    </section>
  );
}

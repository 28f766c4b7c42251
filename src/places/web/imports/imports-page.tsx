// SPDX-License-Identifier: AGPL-3.0-or-later
import { Download, FileDown } from 'lucide';
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api, apiPath } from '../../../platform/web/api.ts';
import { useAct, useResource } from '../../../platform/web/resource.ts';
import { useQuery } from '../../../platform/web/router.tsx';
import { Button, ButtonLink } from '../../../platform/web/ui/button.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { Page } from '../../../platform/web/ui/page.tsx';
import { EmptyState, Loaded } from '../../../platform/web/ui/states.tsx';
import { Table } from '../../../platform/web/ui/table.tsx';
import { columns } from './imports-columns.tsx';
import type { Batch } from './imports-data.ts';
import { askedOf, ImportsFilters, isFiltered, noFilters, type Asked } from './imports-filters.tsx';
import { TookBackNotice, type TookBack } from './took-back.tsx';
import { UndoDialog } from './undo-dialog.tsx';

/** With what it answers: an answer to the question before stays in view until the next one comes. */
interface Answer {
  readonly asked: string;
  readonly filtered: boolean;
  readonly rows: readonly Batch[];
  readonly next: string | null;
}

/** The imports that were asked for, page by page. */
function useImports(asked: Asked) {
  const key = JSON.stringify(asked);
  const load = async (after: string | null, signal?: AbortSignal): Promise<Answer> => ({
    ...(await api.get<Pick<Answer, 'rows' | 'next'>>('/imports', { ...asked, after }, signal ? { signal } : {})),
    asked: key,
    filtered: isFiltered(asked),
  });
  const first = useResource((signal) => load(null, signal), ['imports', key]);
  const [more, setMore] = useState<Answer | undefined>(undefined);
  const further = more?.asked === first.data?.asked ? more : undefined;
  const next = further ? further.next : (first.data?.next ?? null);
  const show = useAct(async () => {
    const answer = await load(next);
    setMore({ ...answer, rows: [...(further?.rows ?? []), ...answer.rows] });
  });
  return {
    first,
    rows: [...(first.data?.rows ?? []), ...(further?.rows ?? [])],
    next,
    show,
    again() {
      setMore(undefined);
      first.reload();
    },
  };
}

type Imports = ReturnType<typeof useImports>;

function NoneLikeThat({ onClear }: { readonly onClear: () => void }) {
  return (
    <EmptyState title={t`No import fits`} action={<Button onClick={onClear}>{t`Show all imports`}</Button>}>
      {t`No import among those that you may see fits what is chosen above.`}
    </EmptyState>
  );
}

function LoadAFile() {
  return <ButtonLink kind="primary" icon={FileDown} href="/imports/new">{t`Load a file`}</ButtonLink>;
}

function NothingYet() {
  return (
    <EmptyState
      title={t`Nothing has been loaded yet`}
      action={<LoadAFile />}
    >{t`Load your places first, then statistics about them: the map appears at once. Nothing is changed before you have seen a report.`}</EmptyState>
  );
}

function ImportsTable({ of: { rows, next, show, again }, oldestFirst }: { readonly of: Imports; readonly oldestFirst: boolean }) {
  const [undoing, setUndoing] = useState<Batch | undefined>(undefined);
  const [tookBack, setTookBack] = useState<TookBack | undefined>(undefined);
  const undone = (counts: TookBack) => {
    setTookBack(counts);
    again();
  };
  return (
    <div class="stack">
      {tookBack && <TookBackNotice tookBack={tookBack} />}
      <Table caption={t`Imports`} columns={columns(setUndoing)} rows={rows} rowKey={(row) => row.batchId} />
      {show.problem && <ProblemNotice problem={show.problem} />}
      {next && (
        <div class="row">
          <Button busy={show.busy} onClick={() => void show.run()}>
            {oldestFirst ? t`Show later imports` : t`Show older imports`}
          </Button>
        </div>
      )}
      {undoing && <UndoDialog batch={undoing} onClose={() => setUndoing(undefined)} onDone={undone} />}
    </div>
  );
}

export default function ImportsPage() {
  const [query, setQuery] = useQuery();
  const asked = askedOf(query);
  const imports = useImports(asked);
  const { data } = imports.first;
  const none = data?.rows.length === 0,
    nothingYet = none && !data.filtered;
  const clear = () => setQuery(noFilters, { replace: true });
  return (
    <Page
      wide
      title={t`Imports`}
      lead={t`What was loaded from files: places, boundaries, statistics. Each can be undone.`}
      actions={
        !nothingYet && (
          <>
            <ButtonLink icon={Download} href={apiPath('/imports.csv', asked)}>{t`Take as CSV`}</ButtonLink>
            <LoadAFile />
          </>
        )
      }
    >
      {(!nothingYet || isFiltered(asked)) && <ImportsFilters onClear={isFiltered(asked) && !none ? clear : undefined} />}
      <Loaded of={imports.first} isEmpty={() => none} empty={nothingYet ? <NothingYet /> : <NoneLikeThat onClear={clear} />}>
        {() => <ImportsTable of={imports} oldestFirst={asked.sort === 'oldest'} />}
      </Loaded>
    </Page>
  );
}

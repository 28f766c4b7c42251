// SPDX-License-Identifier: AGPL-3.0-or-later
import { FileDown, Undo2 } from 'lucide';
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { moment } from '../../../platform/web/format.ts';
import { Link, type PageProps } from '../../../platform/web/router.tsx';
import { Button, ButtonLink } from '../../../platform/web/ui/button.tsx';
import { Page } from '../../../platform/web/ui/page.tsx';
import { Loaded } from '../../../platform/web/ui/states.tsx';
import { BatchProgress } from './batch-progress.tsx';
import { canBeUndone, useBatch } from './imports-data.ts';
import { kindWord, stateWord } from './state-words.ts';
import { TookBackNotice, type TookBack } from './took-back.tsx';
import { UndoDialog } from './undo-dialog.tsx';

/** One import: how far it is, or what it found. */
export default function ImportPage({ params }: PageProps) {
  const batch = useBatch(params.id);
  const [undoing, setUndoing] = useState(false);
  const [tookBack, setTookBack] = useState<TookBack | undefined>(undefined);
  const undone = (counts: TookBack) => {
    setTookBack(counts);
    batch.reload();
  };
  const data = batch.data;
  return (
    <Page
      wide
      title={data?.fileName ?? t`Import`}
      lead={data ? `${kindWord(data.kind)}. ${stateWord(data)}.` : undefined}
      actions={<Link href="/imports">{t`All imports`}</Link>}
    >
      <Loaded of={batch}>
        {(loaded) => (
          <div class="stack-wide">
            <p class="soft">{t`Started ${moment(loaded.startedAt)}; mapping ${loaded.mappingName}.`}</p>
            {tookBack && <TookBackNotice tookBack={tookBack} />}
            <BatchProgress batch={loaded} reload={batch.reload} />
            {loaded.report?.sameAs && (
              <div class="row not-in-print">
                <ButtonLink href={`/imports/${loaded.report.sameAs}`}>{t`Open that import`}</ButtonLink>
              </div>
            )}
            {canBeUndone(loaded) && (
              <div class="row not-in-print">
                <Button icon={Undo2} onClick={() => setUndoing(true)}>{t`Undo this import`}</Button>
              </div>
            )}
            {['failed', 'cancelled', 'undone'].includes(loaded.state) && (
              <div class="row not-in-print">
                <ButtonLink icon={FileDown} href={`/imports/new?kind=${loaded.kind}`}>{t`Load a file`}</ButtonLink>
              </div>
            )}
            {undoing && <UndoDialog batch={loaded} onClose={() => setUndoing(false)} onDone={undone} />}
          </div>
        )}
      </Loaded>
    </Page>
  );
}

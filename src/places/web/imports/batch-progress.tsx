// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { count } from '../../../platform/web/format.ts';
import { useAct } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { Notice, ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { Progress } from '../../../platform/web/ui/progress.tsx';
import { failureOf, type Batch } from './imports-data.ts';
import { Report } from './report.tsx';
import { phaseWord } from './state-words.ts';

/** A batch as it is now: the bar and a way to stop it, its report, or why it failed. */
export function BatchProgress({ batch, reload }: { readonly batch: Batch; readonly reload: () => void }) {
  const cancel = useAct(async () => {
    await api.post(`/imports/${batch.batchId}/cancel`);
    reload();
  });
  if (batch.state === 'running') {
    const { done = 0, total = 0, phase = '' } = batch.progress ?? {};
    return (
      <div class="stack">
        <Progress
          label={phaseWord(phase)}
          share={total > 0 ? done / total : undefined}
          detail={total > 0 ? t`${count(done)} of ${count(total)}` : ''}
        />
        <p class="soft">{t`You can leave this page; it goes on. Until it is done, nothing is changed.`}</p>
        {cancel.problem && <ProblemNotice problem={cancel.problem} />}
        <div class="row">
          <Button busy={cancel.busy} onClick={() => void cancel.run()}>{t`Cancel`}</Button>
        </div>
      </div>
    );
  }
  const failure = failureOf(batch);
  return (
    <div class="stack-wide">
      {batch.state === 'cancelled' && <Notice title={t`This was cancelled; nothing was changed`} />}
      {batch.state === 'undone' && !batch.report && <Notice title={t`This import was undone`} />}
      {batch.state === 'failed' &&
        (failure ? <ProblemNotice problem={failure} /> : <Notice kind="danger" title={t`The import failed; nothing was changed`} />)}
      {batch.report && <Report report={batch.report} batchId={batch.batchId} undone={batch.state === 'undone'} />}
    </div>
  );
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { upload } from '../../../platform/web/api.ts';
import { useAct } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { Progress } from '../../../platform/web/ui/progress.tsx';
import { ErrorState } from '../../../platform/web/ui/states.tsx';
import { BatchProgress } from './batch-progress.tsx';
import { useBatch, type Batch, type ImportKind } from './imports-data.ts';

export interface Order {
  readonly kind: ImportKind;
  readonly files: readonly File[];
  readonly mapping: string;
  readonly mappingName: string;
}

interface Props {
  readonly order: Order;
  readonly dryRun: boolean;
  /** The text of the button that begins. */
  readonly begin: string;
  readonly onRunning?: (running: boolean) => void;
  /** What can be done once it is over. */
  readonly after: (batch: Batch) => preact.ComponentChildren;
}

function formOf({ kind, files, mapping, mappingName }: Order, dryRun: boolean): FormData {
  const form = new FormData();
  // Text first: the server knows what it is to do before the first byte of a large file.
  form.set('kind', kind);
  form.set('mapping', mapping);
  form.set('mappingName', mappingName);
  form.set('dryRun', String(dryRun));
  for (const file of files) form.append('file', file, file.name);
  return form;
}

/** Sends the files, follows the batch, shows what came of it. */
export function RunStep({ order, dryRun, begin, onRunning, after }: Props) {
  const [sent, setSent] = useState<number | undefined>(undefined);
  const [batchId, setBatchId] = useState<string | undefined>(undefined);
  const aborter = useRef<AbortController | undefined>(undefined);
  const batch = useBatch(batchId);
  const start = useAct(async () => {
    aborter.current = new AbortController();
    setBatchId(undefined);
    setSent(0);
    try {
      setBatchId((await upload<{ batchId: string }>('/imports', formOf(order, dryRun), setSent, aborter.current.signal)).batchId);
    } finally {
      setSent(undefined);
    }
  });
  const running = start.busy || batch.data?.state === 'running';
  useEffect(() => onRunning?.(running), [running]);
  const ended = batch.data && batch.data.state !== 'running' ? batch.data : undefined;
  return (
    <div class="stack-wide">
      {start.problem && <ProblemNotice problem={start.problem} />}
      {sent !== undefined && (
        <div class="stack">
          <Progress label={t`Sending the file`} share={sent} />
          <div class="row">
            <Button onClick={() => aborter.current?.abort()}>{t`Cancel`}</Button>
          </div>
        </div>
      )}
      {batchId && batch.data && <BatchProgress batch={batch.data} reload={batch.reload} />}
      {batchId && batch.problem && <ErrorState problem={batch.problem} onRetry={batch.reload} />}
      {!running && (
        <div class="row">
          {ended && after(ended)}
          {(!ended || ended.state !== 'done') && (
            <Button kind="primary" onClick={() => void start.run()}>
              {ended || start.problem ? t`Try again` : begin}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { ConfirmDialog } from '../../../platform/web/ui/dialog.tsx';
import type { Batch } from './imports-data.ts';
import type { TookBack } from './took-back.tsx';

interface Props {
  readonly batch: Batch;
  readonly onClose: () => void;
  readonly onDone: (tookBack: TookBack) => void;
}

export function UndoDialog({ batch, onClose, onDone }: Props) {
  return (
    <ConfirmDialog
      title={t`Undo this import?`}
      action={t`Undo the import`}
      onClose={onClose}
      onConfirm={async () => {
        const { tookBack = {} } = await api.post<Batch>(`/imports/${batch.batchId}/undo`);
        onDone(tookBack);
      }}
    >
      <div class="stack-tight">
        <p class="strong">
          <bdi>{batch.fileName}</bdi>
        </p>
        <p>
          {batch.kind === 'people'
            ? t`The people it brought are taken out of the register with their answers, and the keys of their names are destroyed. Whoever was visited, corrected or assigned since stays, and so does whoever is under a legal hold or asked for something; you are told how many.`
            : batch.kind === 'places'
              ? t`The places and boundaries it brought are taken out again, unless something else already hangs on them; then you are told what, and nothing changes.`
              : batch.kind === 'observations'
                ? t`The answers it brought count no more, and everybody stands as without them. The people stay.`
                : t`The figures it brought are taken back and the map returns to what was known before.`}
        </p>
        <p>{t`The import stays in the list, marked as undone. You can load the file again.`}</p>
      </div>
    </ConfirmDialog>
  );
}

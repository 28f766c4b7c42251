// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { api, apiPath } from '../../../platform/web/api.ts';
import { day } from '../../../platform/web/format.ts';
import { useResource } from '../../../platform/web/resource.ts';
import { Select } from '../../../platform/web/ui/field.tsx';
import type { Batch, ImportKind } from './imports-data.ts';

interface Props {
  readonly kind: ImportKind;
  readonly onText: (text: string, name: string) => void;
}

/** The mapping of an import that was made before: it is kept with it. */
export function EarlierMapping({ kind, onText }: Props) {
  const earlier = useResource(
    (signal) => api.get<{ rows: Batch[] }>('/imports', { kind, state: 'done', limit: '20' }, { signal }),
    ['earlier', kind],
  );
  const rows = earlier.data?.rows ?? [];
  if (rows.length === 0) return null;
  const take = async (batchId: string) => {
    const found = rows.find((row) => row.batchId === batchId);
    if (found) onText(await (await fetch(apiPath(`/imports/${batchId}/mapping.yaml`))).text(), found.mappingName);
  };
  return (
    <Select
      label={t`Mapping of an earlier import`}
      optional
      value=""
      onChange={(batchId) => void take(batchId)}
      options={[
        { value: '', label: t`none` },
        ...rows.map((row) => ({ value: row.batchId, label: `${row.mappingName} (${day(row.startedAt, 'medium')})` })),
      ]}
    />
  );
}

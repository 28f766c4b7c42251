// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { ConfirmDialog } from '../../platform/web/ui/dialog.tsx';
import { Segmented } from '../../platform/web/ui/segmented.tsx';
import type { DuplicatePair } from '../domain/duplicate.ts';
import { mergeFields, type MergeField } from '../domain/merge.ts';
import type { PersonKey } from '../domain/person-record.ts';
import { differs, fieldLabel, fieldValue } from './duplicate-words.ts';

type Which = 'a' | 'b';

interface Props {
  readonly pair: DuplicatePair;
  readonly onMerged: (stays: PersonKey) => void;
  readonly onClose: () => void;
}

/** A household is of one region of registration: that of a record registered elsewhere cannot be taken over. */
const choosable = (field: MergeField, pair: DuplicatePair): boolean =>
  differs(field, pair) && (field !== 'household' || pair.a.regionId === pair.b.regionId);

/** Which record stays and what is right where they differ; then what will happen, in plain words. */
export function MergeDialog({ pair, onMerged, onClose }: Props) {
  const [stays, setStays] = useState<Which>(pair.a.registeredAt <= pair.b.registeredAt ? 'a' : 'b');
  const [right, setRight] = useState<Readonly<Partial<Record<MergeField, Which>>>>({});
  const fields = mergeFields.filter((field) => choosable(field, pair));
  const take = fields.filter((field) => (right[field] ?? stays) !== stays);
  const number = pair[stays].number;
  return (
    <ConfirmDialog
      title={t`They are the same person`}
      action={t`Join the two records`}
      kind="primary"
      onConfirm={async () => {
        const { a, b, pairId, version } = pair;
        onMerged(
          await api.post<PersonKey>(`/people/duplicates/${pairId}/merge`, {
            version,
            stays,
            take,
            versions: { a: a.version, b: b.version },
          }),
        );
      }}
      onClose={onClose}
    >
      <div class="stack">
        <Segmented<Which>
          label={t`Which record stays?`}
          value={stays}
          onChange={setStays}
          options={[
            { value: 'a', label: `A · ${pair.a.number}` },
            { value: 'b', label: `B · ${pair.b.number}` },
          ]}
        />
        {fields.map((field) => (
          <Segmented<Which>
            key={field}
            label={fieldLabel(field)}
            value={right[field] ?? stays}
            onChange={(value) => setRight({ ...right, [field]: value })}
            options={[
              { value: 'a', label: `A · ${fieldValue(field, pair.a)}` },
              { value: 'b', label: `B · ${fieldValue(field, pair.b)}` },
            ]}
          />
        ))}
        <div>
          <h3>{t`What will happen`}</h3>
          <ul>
            <li>{t`From now on there is one record, ${number}. It keeps the names, numbers and answers of both.`}</li>
            <li>{t`Where either record says no, it stays a no.`}</li>
            <li>{t`Whoever accompanies the person goes on doing so.`}</li>
            <li>{t`The person is counted once. Both pages say what you decided, and you can take it back there.`}</li>
          </ul>
        </div>
      </div>
    </ConfirmDialog>
  );
}

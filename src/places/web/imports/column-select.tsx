// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { Select } from '../../../platform/web/ui/field.tsx';
import type { FilePreview } from '../../domain/imports-api.ts';

interface Props {
  readonly label: string;
  readonly hint?: string;
  readonly preview: FilePreview;
  readonly value: string;
  readonly onChange: (column: string) => void;
  readonly optional?: boolean;
  readonly error?: string | undefined;
}

/** Which column of the file; each is shown with what stands in its first filled cell. */
export function ColumnSelect({ label, hint, preview, value, onChange, optional = false, error }: Props) {
  const sample = (index: number) => preview.rows.find((row) => row.cells[index])?.cells[index]?.slice(0, 20);
  const options = preview.columns.map((column, index) => {
    const first = sample(index);
    return { value: column, label: first ? `${column} (${first})` : column };
  });
  return (
    <Select
      label={label}
      hint={hint}
      optional={optional}
      error={error}
      value={value}
      onChange={onChange}
      options={[{ value: '', label: optional ? t`none` : t`Choose a column` }, ...options]}
    />
  );
}

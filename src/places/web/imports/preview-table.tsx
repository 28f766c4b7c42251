// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { inReadersWords } from '../../../platform/web/details.ts';
import type { FilePreview } from '../../domain/imports-api.ts';

const shown = 6;

/** The file's first rows as they were read; columns in use are tinted. */
export function PreviewTable({ preview, chosen }: { readonly preview: FilePreview; readonly chosen: readonly string[] }) {
  const tint = (column: string) => (chosen.includes(column) ? 'chosen' : undefined);
  return (
    <figure class="stack-tight">
      <figcaption class="soft small">
        <bdi>{preview.file}</bdi>
        {': '}
        {plural(preview.rowCount, { one: '# row', other: '# rows' })},{' '}
        {plural(preview.columns.length, { one: '# column', other: '# columns' })}
      </figcaption>
      <div class="preview" tabIndex={0} role="region" aria-label={t`First rows of ${preview.file}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span class="for-ears">{t`Row`}</span>
              </th>
              {preview.columns.map((column) => (
                <th key={column} scope="col" class={tint(column)}>
                  <bdi>{column}</bdi>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {preview.rows.slice(0, shown).map((row) => (
              <tr key={row.row}>
                <th scope="row">{row.row}</th>
                {preview.columns.map((column, index) => (
                  <td key={column} class={tint(column)}>
                    <bdi>{row.cells[index] ?? ''}</bdi>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {preview.notes.map((note) => (
        <p key={note} class="soft small">
          <bdi>{inReadersWords(note)}</bdi>
        </p>
      ))}
    </figure>
  );
}

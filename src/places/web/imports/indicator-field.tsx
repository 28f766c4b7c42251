// SPDX-License-Identifier: AGPL-3.0-or-later
import { useId } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { count } from '../../../platform/web/format.ts';
import { Select, TextArea, type Option } from '../../../platform/web/ui/field.tsx';
import type { FilePreview, TriedExpression } from '../../domain/imports-api.ts';
import { ColumnSelect } from './column-select.tsx';
import { looksPercent, saysSomething, type IndicatorDraft } from './draft.ts';
import { inWords, measureOf, type IndicatorWords } from './instrument-words.ts';
import { TriedBox } from './tried-box.tsx';

export function IndicatorTitle({ words }: { readonly words: IndicatorWords }) {
  return (
    <div>
      <h3>{inWords(words.title)}</h3>
      <p class="soft small">{inWords(words.question)}</p>
      <p class="soft small">{measureOf(words) === 'rate' ? t`A rate per ${count(words.measure?.per ?? 1000)}.` : t`A share of all.`}</p>
    </div>
  );
}

interface Props {
  readonly words: IndicatorWords;
  readonly value: IndicatorDraft;
  readonly set: (value: IndicatorDraft) => void;
  readonly preview: FilePreview;
  readonly tried: readonly TriedExpression[];
  readonly busy: boolean;
}

/** How the file says one indicator, and what that gives on its first rows. */
export function IndicatorField({ words, value, set, preview, tried, busy }: Props) {
  const outcome = useId();
  const measure = measureOf(words),
    complete = saysSomething(value);
  const ways: readonly Option<IndicatorDraft['how']>[] = [
    { value: 'none', label: t`Not in this file` },
    { value: 'value', label: t`A column holds it` },
    { value: 'part', label: t`A part of a whole, in two columns` },
    { value: 'formula', label: t`A formula` },
  ];
  return (
    <div class="indicator">
      <IndicatorTitle words={words} />
      <div class="indicator-how">
        <Select label={t`How this file says it`} value={value.how} options={ways} onChange={(how) => set({ ...value, how })} />
        {(value.how === 'value' || value.how === 'part') && (
          <ColumnSelect
            label={value.how === 'part' ? t`The part` : t`Column`}
            preview={preview}
            value={value.column}
            onChange={(column) => set({ ...value, column, unit: looksPercent(column, preview) ? 'percent' : 'share' })}
          />
        )}
        {value.how === 'part' && (
          <ColumnSelect label={t`The whole`} preview={preview} value={value.whole} onChange={(whole) => set({ ...value, whole })} />
        )}
        {value.how === 'value' && measure === 'share' && (
          <Select
            label={t`Written as`}
            value={value.unit}
            onChange={(unit) => set({ ...value, unit })}
            options={[
              { value: 'share', label: t`share, 0 to 1` },
              { value: 'percent', label: t`per cent, 0 to 100` },
            ]}
          />
        )}
        {value.how === 'formula' && (
          <TextArea
            label={t`Formula`}
            exact
            rows={2}
            value={value.formula}
            onInput={(formula) => set({ ...value, formula })}
            outcome={complete ? outcome : undefined}
            invalid={complete && !busy && tried.some(({ problem }) => problem !== null)}
            hint={t`A scalar SQL expression over the columns, in double quotes, such as: num("poor") / num("households"). It is tried on the first rows as you write.`}
          />
        )}
        {complete && <TriedBox id={outcome} tried={tried} measure={measure} busy={busy} />}
      </div>
    </div>
  );
}

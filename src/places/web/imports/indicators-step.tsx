// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { count, decimal as decimalText, percent } from '../../../platform/web/format.ts';
import { language } from '../../../platform/web/i18n.ts';
import { useResource } from '../../../platform/web/resource.ts';
import { Select, TextArea, type Option } from '../../../platform/web/ui/field.tsx';
import { Loaded } from '../../../platform/web/ui/states.tsx';
import type { FilePreview } from '../../domain/imports-api.ts';
import { ColumnSelect } from './column-select.tsx';
import { noIndicator, type IndicatorDraft, type StatsDraft } from './draft.ts';
import { looksPercent, tryIndicator, type Tried } from './tried.ts';

/** As much of an instrument as this page shows; the room of risk owns the whole. */
interface InstrumentWords {
  readonly code: string;
  readonly scores: string;
  readonly title: Readonly<Record<string, string>>;
  readonly indicators: readonly { readonly code: string; readonly title: Readonly<Record<string, string>>; readonly question: Readonly<Record<string, string>>; readonly measure?: { readonly kind: string; readonly per?: number } }[];
}
type IndicatorWords = InstrumentWords['indicators'][number];

interface Props { readonly draft: StatsDraft; readonly set: (change: Partial<StatsDraft>) => void; readonly preview: FilePreview }

const inWords = (words: Readonly<Record<string, string>>): string => words[language().code] ?? words.en ?? '';

export function usesOf(draft: StatsDraft): number {
  return Object.values(draft.indicators).filter((each) => (each.how === 'formula' ? each.formula.trim() : each.how === 'part' ? each.column && each.whole : each.how === 'value' && each.column)).length;
}

function triedText({ value }: Tried, rate: boolean): string {
  if (value === null) return t`empty`;
  if (typeof value === 'string') return t`"${value}" is not a number`;
  if (rate) return decimalText(value, 2);
  return value > 1 || value < 0 ? t`${percent(value * 100, 1)}: not a share` : percent(value * 100, 1);
}

function TriedRows({ rows, rate }: { readonly rows: readonly Tried[]; readonly rate: boolean }) {
  return <p class="tried number" role="status">{t`On the first rows:`} {rows.map((row) => triedText(row, rate)).join(' · ')}</p>;
}

function Indicator({ words, value, set, preview, decimal }: { readonly words: IndicatorWords; readonly value: IndicatorDraft; readonly set: (value: IndicatorDraft) => void; readonly preview: FilePreview; readonly decimal: '.' | ',' }) {
  const rate = words.measure?.kind === 'rate';
  const ways: readonly Option<IndicatorDraft['how']>[] = [
    { value: 'none', label: t`Not in this file` }, { value: 'value', label: t`A column holds it` },
    { value: 'part', label: t`A part of a whole, in two columns` }, { value: 'formula', label: t`A formula` },
  ];
  const tried = tryIndicator(value, preview, decimal);
  return (
    <div class="indicator">
      <div>
        <h3>{inWords(words.title)}</h3>
        <p class="soft small">{inWords(words.question)}</p>
        <p class="soft small">{rate ? t`A rate per ${count(words.measure?.per ?? 1000)}.` : t`A share of all.`}</p>
      </div>
      <div class="indicator-how">
        <Select label={t`How this file says it`} value={value.how} options={ways} onChange={(how) => set({ ...value, how })} />
        {(value.how === 'value' || value.how === 'part') && <ColumnSelect label={value.how === 'part' ? t`The part` : t`Column`} preview={preview} value={value.column} onChange={(column) => set({ ...value, column, unit: looksPercent(column, preview, decimal) ? 'percent' : 'share' })} />}
        {value.how === 'part' && <ColumnSelect label={t`The whole`} preview={preview} value={value.whole} onChange={(whole) => set({ ...value, whole })} />}
        {value.how === 'value' && !rate && (
          <Select label={t`Written as`} value={value.unit} onChange={(unit) => set({ ...value, unit })} options={[{ value: 'share', label: t`share, 0 to 1` }, { value: 'percent', label: t`per cent, 0 to 100` }]} />
        )}
        {value.how === 'formula' && (
          <TextArea label={t`Formula`} exact rows={2} value={value.formula} onInput={(formula) => set({ ...value, formula })}
            hint={t`A scalar SQL expression over the columns, in double quotes, such as: num("poor") / num("households"). The dry run tries it.`} />
        )}
        {tried && <TriedRows rows={tried} rate={rate} />}
      </div>
    </div>
  );
}

async function loadInstruments(signal: AbortSignal): Promise<InstrumentWords[]> {
  const answer = await api.get<{ code: string; scores: string }[] | { rows: { code: string; scores: string }[] }>('/instruments', undefined, { signal });
  const list = 'rows' in answer ? answer.rows : answer;
  return Promise.all(list.filter((each) => each.scores === 'place').map((each) => api.get<InstrumentWords>(`/instruments/${each.code}`, undefined, { signal })));
}

/** What the file answers: each indicator is tried on the first rows as soon as it is chosen. */
export function IndicatorsStep({ draft, set, preview }: Props) {
  const instruments = useResource(loadInstruments, ['instruments']);
  return (
    <Loaded of={instruments}>
      {(list) => {
        const instrument = list.find((each) => each.code === draft.instrument) ?? list[0];
        if (!instrument) return <p>{t`No list of indicators for places is installed.`}</p>;
        return (
          <div class="stack">
            <p>{t`Choose what this file can answer. What it does not say stays unknown; nothing is guessed.`}</p>
            {list.length > 1 && <Select label={t`List of indicators`} value={instrument.code} onChange={(code) => set({ instrument: code, indicators: {} })} options={list.map((each) => ({ value: each.code, label: inWords(each.title) }))} />}
            <p class="soft" role="status">{plural(usesOf(draft), { one: '# indicator chosen', other: '# indicators chosen' })}</p>
            <div>
              {instrument.indicators.map((words) => (
                <Indicator key={words.code} words={words} preview={preview} decimal={draft.decimal} value={draft.indicators[words.code] ?? noIndicator}
                  set={(value) => set({ indicators: { ...draft.indicators, [words.code]: value } })} />
              ))}
            </div>
          </div>
        );
      }}
    </Loaded>
  );
}

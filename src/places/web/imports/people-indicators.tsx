// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { Button } from '../../../platform/web/ui/button.tsx';
import { Select } from '../../../platform/web/ui/field.tsx';
import type { FilePreview, TriedExpression } from '../../domain/imports-api.ts';
import { ColumnSelect } from './column-select.tsx';
import { inWords, type IndicatorWords, type InstrumentWords } from './instrument-words.ts';
import {
  answersOf,
  noAnswer,
  saysAnswer,
  suggestAnswer,
  withValues,
  type AnswerChoice,
  type AnswerDraft,
  type PeopleDraft,
} from './people-draft.ts';
import { TriedBox } from './tried-box.tsx';
import type { Trial } from './use-trial.ts';

interface QuestionProps {
  readonly words: IndicatorWords;
  readonly value: AnswerDraft;
  readonly set: (value: AnswerDraft) => void;
  readonly preview: FilePreview;
  readonly tried: readonly TriedExpression[];
  readonly busy: boolean;
}

function choices({ answers }: IndicatorWords): { value: AnswerChoice; label: string }[] {
  return [
    ...(['1', '2', '3'] as const).map((value, i) => ({ value, label: answers?.[i] ? `${value}: ${inWords(answers[i])}` : value })),
    { value: 'unknown', label: t`not known` },
    { value: 'refused', label: t`would not say` },
    { value: 'not-applicable', label: t`does not apply` },
    { value: 'not-asked', label: t`as if not asked` },
  ];
}

/** How one question is read: its column, and what each value means. */
function Question({ words, value, set, preview, tried, busy }: QuestionProps) {
  const reject = { value: 'reject' as const, label: t`do not take the row` };
  return (
    <div class="indicator">
      <div>
        <h3>{inWords(words.title)}</h3>
        <p class="soft small">{inWords(words.question)}</p>
      </div>
      <div class="indicator-how">
        <ColumnSelect
          label={t`Column`}
          optional
          preview={preview}
          value={value.column}
          onChange={(column) => set(column ? withValues({ ...value, column, map: {} }, preview) : noAnswer)}
        />
        {saysAnswer(value) && (
          <>
            {Object.entries(value.map).map(([cell, choice]) => (
              <Select
                key={cell}
                label={t`“${cell}” means`}
                value={choice}
                onChange={(chosen) => set({ ...value, map: { ...value.map, [cell]: chosen } })}
                options={[...choices(words), reject]}
              />
            ))}
            <Select
              label={t`Any other value`}
              value={value.otherwise}
              onChange={(otherwise) => set({ ...value, otherwise })}
              options={[reject, ...choices(words)]}
            />
            <TriedBox tried={tried} measure="plain" busy={busy} />
          </>
        )}
      </div>
    </div>
  );
}

interface Props {
  readonly draft: PeopleDraft;
  readonly set: (change: Partial<PeopleDraft>) => void;
  readonly preview: FilePreview;
  readonly trial: Trial;
  readonly list: readonly InstrumentWords[];
}

/** The questions of an instrument for people: what the file answers is chosen; what it does not say stays not asked. */
export function PeopleIndicators({ draft, set, preview, trial, list }: Props) {
  const instrument = list.find(({ code }) => code === draft.instrument) ?? list[0];
  if (!instrument) return <p>{t`No list of questions for people is installed.`}</p>;
  const asked = instrument.indicators.filter(({ unit }) => unit !== 'place' && (unit !== 'household' || draft.household !== ''));
  const tried = trial.files[0]?.tried ?? [];
  const suggest = () =>
    set({
      answers: Object.fromEntries(
        asked.map((words) => {
          const held = draft.answers[words.code];
          return [words.code, held && saysAnswer(held) ? held : suggestAnswer(words.code, Object.values(words.title), preview)];
        }),
      ),
    });
  return (
    <>
      <p>{t`Choose what this file can answer, and what its values mean. What it does not ask stays not asked; nothing is guessed.`}</p>
      {list.length > 1 && (
        <Select
          label={t`List of questions`}
          value={instrument.code}
          onChange={(code) => set({ instrument: code, answers: {} })}
          options={list.map((each) => ({ value: each.code, label: inWords(each.title) }))}
        />
      )}
      <div class="row">
        <Button onClick={suggest}>{t`Suggest columns by their heads`}</Button>
        <p class="soft" role="status">
          {plural(answersOf(draft), { one: '# question answered', other: '# questions answered' })}
        </p>
      </div>
      <div>
        {asked.map((words) => (
          <Question
            key={words.code}
            words={words}
            preview={preview}
            value={draft.answers[words.code] ?? noAnswer}
            tried={tried.filter(({ indicator }) => indicator === words.code)}
            busy={trial.busy}
            set={(value) => set({ answers: { ...draft.answers, [words.code]: value } })}
          />
        ))}
      </div>
    </>
  );
}

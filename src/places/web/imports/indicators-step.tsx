// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { useResource } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { Select } from '../../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { Loaded } from '../../../platform/web/ui/states.tsx';
import type { FilePreview, TriedExpression } from '../../domain/imports-api.ts';
import { noIndicator, ofPeople, usesOf, type Draft, type StatsDraft } from './draft.ts';
import { IndicatorField, IndicatorTitle } from './indicator-field.tsx';
import { inWords, loadInstruments, measureOf, type IndicatorWords, type InstrumentWords } from './instrument-words.ts';
import type { PeopleDraft } from './people-draft.ts';
import { PeopleIndicators } from './people-indicators.tsx';
import type { Order } from './run-step.tsx';
import { TriedBox } from './tried-box.tsx';
import { expressionWord } from './tried-words.ts';
import { useTrial, type Trial } from './use-trial.ts';

const of =
  (indicator: string | null) =>
  (each: TriedExpression): boolean =>
    each.indicator === indicator;

/** What is no indicator: codes, names, dates. */
function Others({ tried, busy }: { readonly tried: readonly TriedExpression[]; readonly busy: boolean }) {
  return (
    <>
      {tried.filter(of(null)).map((each) => (
        <div key={each.what} class="indicator">
          <h3>{expressionWord(each)}</h3>
          <TriedBox tried={[each]} measure="plain" busy={busy} />
        </div>
      ))}
    </>
  );
}

/** A mapping that exists already: what it says is not changed here, only shown at work. */
function AsMapped({ trial, known }: { readonly trial: Trial; readonly known: readonly IndicatorWords[] }) {
  return (
    <>
      {trial.files.length === 0 && !trial.problem && <TriedBox tried={[]} measure="plain" busy={trial.busy} />}
      {trial.files.map(({ file, tried }) => (
        <section key={file} class="stack">
          {trial.files.length > 1 && (
            <h3>
              <bdi>{file}</bdi>
            </h3>
          )}
          <div>
            {[...new Set(tried.flatMap(({ indicator }) => indicator ?? []))].map((code) => {
              const words = known.find((each) => each.code === code);
              return (
                <div key={code} class="indicator">
                  {words ? (
                    <IndicatorTitle words={words} />
                  ) : (
                    <div>
                      <h3>
                        <code>{code}</code>
                      </h3>
                      <p class="soft small">{t`No list of indicators here has this one.`}</p>
                    </div>
                  )}
                  <TriedBox tried={tried.filter(of(code))} measure={measureOf(words)} busy={trial.busy} />
                </div>
              );
            })}
            <Others tried={tried} busy={trial.busy} />
          </div>
        </section>
      ))}
    </>
  );
}

interface ChooseProps {
  readonly draft: StatsDraft;
  readonly set: (change: Partial<StatsDraft>) => void;
  readonly preview: FilePreview;
  readonly trial: Trial;
  readonly list: readonly InstrumentWords[];
}

function Choose({ draft, set, preview, trial, list }: ChooseProps) {
  const instrument = list.find((each) => each.code === draft.instrument) ?? list[0];
  if (!instrument) return <p>{t`No list of indicators for places is installed.`}</p>;
  const tried = trial.files[0]?.tried ?? [];
  return (
    <>
      <p>{t`Choose what this file can answer. What it does not say stays unknown; nothing is guessed.`}</p>
      {list.length > 1 && (
        <Select
          label={t`List of indicators`}
          value={instrument.code}
          onChange={(code) => set({ instrument: code, indicators: {} })}
          options={list.map((each) => ({ value: each.code, label: inWords(each.title) }))}
        />
      )}
      <p class="soft" role="status">
        {plural(usesOf(draft), { one: '# indicator chosen', other: '# indicators chosen' })}
      </p>
      <div>
        {instrument.indicators.map((words) => (
          <IndicatorField
            key={words.code}
            words={words}
            preview={preview}
            value={draft.indicators[words.code] ?? noIndicator}
            tried={tried.filter(of(words.code))}
            busy={trial.busy}
            set={(value) => set({ indicators: { ...draft.indicators, [words.code]: value } })}
          />
        ))}
        <Others tried={tried} busy={trial.busy} />
      </div>
    </>
  );
}

interface Props {
  readonly draft: Draft;
  readonly order: Order;
  readonly set: (change: Partial<StatsDraft>) => void;
  readonly setPeople: (change: Partial<PeopleDraft>) => void;
  readonly previews: readonly FilePreview[];
}

/** What the file answers: everything the mapping works out is tried on the first rows, by the server, as soon as it is chosen or written. */
export function IndicatorsStep({ draft, order, set, setPeople, previews }: Props) {
  const people = ofPeople(draft.kind);
  const scores = people ? 'person' : 'place';
  const instruments = useResource((signal) => loadInstruments(signal, scores), ['instruments', scores]);
  const chosen = draft.kind === 'area-stats' && draft.way === 'columns';
  const trial = useTrial(chosen && usesOf(draft.stats) === 0 ? undefined : order);
  const [preview] = previews;
  return (
    <Loaded of={instruments}>
      {(list) => (
        <div class="stack">
          {people && draft.way === 'columns' && preview ? (
            <PeopleIndicators draft={draft.people} set={setPeople} preview={preview} trial={trial} list={list} />
          ) : chosen && preview ? (
            <Choose draft={draft.stats} set={set} preview={preview} trial={trial} list={list} />
          ) : (
            <AsMapped trial={trial} known={list.flatMap(({ indicators }) => indicators)} />
          )}
          {trial.problem && (
            <>
              <ProblemNotice problem={trial.problem} />
              {trial.problem.code !== 'bad-mapping' && (
                <div class="row">
                  <Button onClick={trial.retry}>{t`Try again`}</Button>
                </div>
              )}
            </>
          )}
        </div>
      )}
    </Loaded>
  );
}

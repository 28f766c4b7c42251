// SPDX-License-Identifier: AGPL-3.0-or-later
import { Plus } from 'lucide';
import { t } from '@lingui/core/macro';
import { languages } from '../../../platform/web/i18n.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { Select, TextField } from '../../../platform/web/ui/field.tsx';
import type { FilePreview } from '../../domain/imports-api.ts';
import { ColumnSelect } from './column-select.tsx';
import { isMapFile, noStep, type PlacesDraft, type PlacesStepDraft } from './draft.ts';
import { PreviewTable } from './preview-table.tsx';

interface Props {
  readonly draft: PlacesDraft;
  readonly set: (change: Partial<PlacesDraft>) => void;
  readonly previews: readonly FilePreview[];
}

const nameLanguages = languages.filter((each) => !each.pseudo);

function Country({ draft, set }: Omit<Props, 'previews'>) {
  const setLevel = (index: number, text: string) => set({ levels: draft.levels.map((each, at) => (at === index ? text : each)) });
  return (
    <div class="stack-wide">
      <div class="fields">
        <TextField
          label={t`Country code`}
          hint={t`Two capital letters, such as KH.`}
          exact
          maxLength={2}
          value={draft.country}
          onInput={(text) => set({ country: text.toUpperCase() })}
        />
        <TextField label={t`Name of the country`} value={draft.countryName} onInput={(countryName) => set({ countryName })} />
        <TextField
          label={t`Source`}
          optional
          hint={t`Who made the lists and boundaries; readers see it.`}
          value={draft.source}
          onInput={(source) => set({ source })}
        />
      </div>
      <fieldset class="stack-tight">
        <legend class="field-label">{t`What the levels are called, from the country down`}</legend>
        <div class="fields">
          {draft.levels.map((level, index) => (
            <TextField key={index} label={t`Level ${index}`} value={level} onInput={(text) => setLevel(index, text)} />
          ))}
        </div>
        <div class="row">
          {draft.levels.length < 8 && (
            <Button kind="quiet" icon={Plus} onClick={() => set({ levels: [...draft.levels, ''] })}>{t`One more level`}</Button>
          )}
          {draft.levels.length > 2 && (
            <Button kind="quiet" onClick={() => set({ levels: draft.levels.slice(0, -1) })}>{t`One level less`}</Button>
          )}
        </div>
      </fieldset>
    </div>
  );
}

interface FileProps {
  readonly step: PlacesStepDraft;
  readonly set: (change: Partial<PlacesStepDraft>) => void;
  readonly preview: FilePreview;
  readonly others: readonly FilePreview[];
  readonly levels: readonly string[];
}

function CodeAndNames({ step, set, preview }: Omit<FileProps, 'others' | 'levels'>) {
  return (
    <>
      <ColumnSelect label={t`Code`} preview={preview} value={step.code} onChange={(code) => set({ code })} />
      <TextField
        label={t`Digits of a code`}
        optional
        hint={t`Only if leading zeros were lost: 6 turns 10203 into 010203.`}
        value={step.pad}
        onInput={(pad) => set({ pad: pad.replace(/\D/g, '').slice(0, 2) })}
      />
      {nameLanguages.map((each) => (
        <ColumnSelect
          key={each.code}
          label={t`Name in ${each.name}`}
          optional
          preview={preview}
          value={step.names[each.code] ?? ''}
          onChange={(value) => set({ names: { ...step.names, [each.code]: value } })}
        />
      ))}
    </>
  );
}

function Particulars({ step, set, preview }: Omit<FileProps, 'others' | 'levels'>) {
  const column = (label: string, key: 'parent' | 'latitude' | 'longitude' | 'population', optional: boolean) => (
    <ColumnSelect label={label} optional={optional} preview={preview} value={step[key]} onChange={(value) => set({ [key]: value })} />
  );
  return (
    <>
      {Number(step.level) > 1 && column(t`Code of the area it lies in`, 'parent', false)}
      {column(t`Latitude`, 'latitude', true)}
      {column(t`Longitude`, 'longitude', true)}
      {column(t`Population`, 'population', true)}
      {step.population && (
        <TextField
          label={t`Population is of`}
          optional
          type="date"
          value={step.populationOn}
          onInput={(populationOn) => set({ populationOn })}
        />
      )}
    </>
  );
}

function Boundaries({ step, set, preview, others }: Omit<FileProps, 'levels'>) {
  const shapes = others.find((each) => each.file === step.boundaryFile);
  return (
    <>
      <Select
        label={t`Boundaries`}
        value={step.boundaryFile}
        onChange={(boundaryFile) => set({ boundaryFile })}
        options={[
          { value: '', label: t`none` },
          ...(isMapFile(preview.file) ? [{ value: 'own', label: t`in this file` }] : []),
          ...others.filter((each) => isMapFile(each.file)).map((each) => ({ value: each.file, label: each.file })),
        ]}
      />
      {shapes && (
        <ColumnSelect
          label={t`Code in ${shapes.file}`}
          preview={shapes}
          value={step.boundaryCode}
          onChange={(boundaryCode) => set({ boundaryCode })}
        />
      )}
    </>
  );
}

function FileFields({ step, set, preview, others, levels }: FileProps) {
  return (
    <div class="fields">
      <Select
        label={t`Each row is one`}
        value={step.level}
        onChange={(level) => set({ level })}
        options={[
          { value: '', label: t`Not a list: boundaries only` },
          ...levels.slice(1).map((label, index) => ({ value: String(index + 1), label: label || t`Level ${index + 1}` })),
        ]}
      />
      {step.level !== '' && (
        <>
          <CodeAndNames step={step} set={set} preview={preview} />
          <Particulars step={step} set={set} preview={preview} />
          <Boundaries step={step} set={set} preview={preview} others={others} />
        </>
      )}
    </div>
  );
}

/** The country, its levels, and for each file which column is what. */
export function PlacesColumns({ draft, set, previews }: Props) {
  return (
    <>
      <Country draft={draft} set={set} />
      {previews.map((preview) => {
        const step = draft.steps[preview.file] ?? noStep;
        const chosen = [step.code, step.parent, step.latitude, step.longitude, step.population, ...Object.values(step.names)];
        return (
          <section key={preview.file} class="stack">
            <h3>
              <bdi>{preview.file}</bdi>
            </h3>
            <PreviewTable preview={preview} chosen={chosen} />
            <FileFields
              step={step}
              preview={preview}
              others={previews.filter((each) => each !== preview)}
              levels={draft.levels}
              set={(change) => set({ steps: { ...draft.steps, [preview.file]: { ...step, ...change } } })}
            />
          </section>
        );
      })}
    </>
  );
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { Contact, Download, Map as MapIcon } from 'lucide';
import { useState } from 'preact/hooks';
import { plural, t } from '@lingui/core/macro';
import { upload } from '../../../platform/web/api.ts';
import { useAct } from '../../../platform/web/resource.ts';
import { Link, useQuery } from '../../../platform/web/router.tsx';
import { Button, ButtonLink } from '../../../platform/web/ui/button.tsx';
import { Notice, ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { Page } from '../../../platform/web/ui/page.tsx';
import type { FilePreview } from '../../domain/imports-api.ts';
import {
  emptyDraft,
  missingInPlaces,
  missingInStats,
  ofPeople,
  placesMapping,
  statsMapping,
  suggestStats,
  suggestStep,
  usesOf,
  type Draft,
} from './draft.ts';
import { FileStep } from './file-step.tsx';
import { missingInPeople, peopleMapping, suggestPeople } from './people-draft.ts';
import './imports.css';
import type { Batch, ImportKind } from './imports-data.ts';
import { IndicatorsStep } from './indicators-step.tsx';
import { MappingStep } from './mapping-step.tsx';
import { RunStep, type Order } from './run-step.tsx';
import { kindWord } from './state-words.ts';
import { Step } from './step.tsx';
import { toYaml } from './yaml.ts';

async function readPreview(file: File): Promise<FilePreview> {
  const form = new FormData();
  form.set('file', file, file.name);
  return upload<FilePreview>('/imports/preview', form, () => undefined);
}

/** Suggestions for what has just been read; what was chosen before and still fits stays. */
function withSuggestions(draft: Draft, previews: readonly FilePreview[]): Draft {
  const [first] = previews;
  if (ofPeople(draft.kind)) return first ? { ...draft, people: suggestPeople(draft.people, first) } : draft;
  if (draft.kind === 'area-stats') return first ? { ...draft, stats: suggestStats(draft.stats, first) } : draft;
  const steps = previews.map(
    (preview, index) =>
      [
        preview.file,
        draft.places.steps[preview.file] ?? suggestStep(preview, Math.min(index + 1, draft.places.levels.length - 1)),
      ] as const,
  );
  return { ...draft, places: { ...draft.places, steps: Object.fromEntries(steps) } };
}

function orderOf(draft: Draft): Order {
  const people = ofPeople(draft.kind);
  const written = toYaml(
    people ? peopleMapping(draft.people, people) : draft.kind === 'places' ? placesMapping(draft.places) : statsMapping(draft.stats),
  );
  const own = draft.way === 'text';
  return {
    kind: draft.kind,
    files: draft.files,
    mapping: own ? draft.text : written,
    mappingName: own ? draft.textName || 'mapping.yaml' : `${draft.files[0]?.name ?? 'file'}.mapping.yaml`,
  };
}

const columnsReady = (draft: Draft): boolean =>
  draft.way === 'text'
    ? draft.text.trim() !== ''
    : ofPeople(draft.kind)
      ? missingInPeople(draft.people, ofPeople(draft.kind)!, false).length === 0
      : draft.kind === 'places'
        ? !missingInPlaces(draft.places)
        : missingInStats(draft.stats).length === 0;
const choosesIndicators = (draft: Draft): boolean => draft.way === 'columns' && draft.kind === 'area-stats';

function Mapping({ order }: { readonly order: Order }) {
  const save = () => {
    const address = URL.createObjectURL(new Blob([order.mapping], { type: 'application/yaml' }));
    const link = Object.assign(document.createElement('a'), { href: address, download: order.mappingName });
    link.click();
    URL.revokeObjectURL(address);
  };
  return (
    <details>
      <summary>{t`The mapping, to keep for the next time`}</summary>
      <div class="stack">
        <pre class="mapping" dir="ltr" tabIndex={0}>
          {order.mapping}
        </pre>
        <div class="row">
          <Button icon={Download} onClick={save}>{t`Save the mapping`}</Button>
        </div>
      </div>
    </details>
  );
}

function Tried({ batch, onNext }: { readonly batch: Batch; readonly onNext: () => void }) {
  const { report } = batch;
  if (batch.state !== 'done' || !report) return null;
  if (report.sameAs) return <ButtonLink href={`/imports/${report.sameAs}`}>{t`Open that import`}</ButtonLink>;
  if (report.taken === 0)
    return (
      <Notice
        kind="warning"
        title={t`There is nothing to take`}
      >{t`Go back a step: perhaps the column with the code or the country is another.`}</Notice>
    );
  return <Button kind="primary" onClick={onNext}>{t`Go on to the import`}</Button>;
}

/** What the five steps share: what was chosen so far, and which of them is open. */
function useNewImport(kind: ImportKind) {
  const [draft, setDraft] = useState<Draft>({ ...emptyDraft, kind });
  const [previews, setPreviews] = useState<readonly FilePreview[]>([]);
  const [current, setCurrent] = useState(1);
  const [running, setRunning] = useState(false);
  const read = useAct(async () => {
    const found: FilePreview[] = [];
    // One after the other: previews of large files should not compete for the line.
    for (const file of draft.files) found.push(await readPreview(file));
    setPreviews(found);
    setDraft(withSuggestions(draft, found));
    setCurrent(2);
  });
  return {
    draft,
    set: (change: Partial<Draft>) => setDraft((before) => ({ ...before, ...change })),
    previews,
    read,
    order: orderOf(draft),
    current,
    setCurrent,
    setRunning,
    /** Nothing is chosen otherwise while an import runs. */
    back: (to: number) => (running ? undefined : () => setCurrent(to)),
  };
}
type NewImport = ReturnType<typeof useNewImport>;

function ColumnsStep({ work: { draft, set, previews, order, current, setCurrent, back } }: { readonly work: NewImport }) {
  const [checked, setChecked] = useState(false);
  const goOn = () => {
    setChecked(true);
    if (columnsReady(draft)) setCurrent(3);
  };
  return (
    <Step number={2} current={current} title={t`Columns`} summary={draft.way === 'text' ? order.mappingName : t`chosen`} onChange={back(2)}>
      <MappingStep draft={draft} set={set} previews={previews} checked={checked} />
      {checked && !columnsReady(draft) && (
        <p class="field-error" role="alert">
          {draft.way === 'text' ? t`The mapping is empty` : t`Something is still missing above`}
        </p>
      )}
      <div class="row">
        <Button kind="primary" onClick={goOn}>{t`Go on`}</Button>
      </div>
    </Step>
  );
}

/** What the mapping makes of the first rows; for statistics, the choice of indicators too. */
function FirstRowsStep({ work: { draft, set, previews, order, current, setCurrent, back } }: { readonly work: NewImport }) {
  return (
    <Step
      number={3}
      current={current}
      title={draft.kind === 'places' ? t`First rows` : t`Indicators`}
      onChange={back(3)}
      summary={
        choosesIndicators(draft)
          ? plural(usesOf(draft.stats), { one: '# indicator chosen', other: '# indicators chosen' })
          : t`as the mapping says`
      }
    >
      <IndicatorsStep
        draft={draft}
        order={order}
        previews={previews}
        set={(change) => set({ stats: { ...draft.stats, ...change } })}
        setPeople={(change) => set({ people: { ...draft.people, ...change } })}
      />
      <div class="row">
        <Button
          kind="primary"
          disabled={choosesIndicators(draft) && usesOf(draft.stats) === 0}
          onClick={() => setCurrent(4)}
        >{t`Go on`}</Button>
      </div>
    </Step>
  );
}

function DryRunStep({ work: { order, current, setCurrent, setRunning, back } }: { readonly work: NewImport }) {
  return (
    <Step number={4} current={current} title={t`Dry run`} summary={t`looked at`} onChange={back(4)}>
      <p>{t`The whole file is read and checked as in the real import, and nothing is kept. You get a report.`}</p>
      <Mapping order={order} />
      <RunStep
        key={order.mapping}
        order={order}
        dryRun
        begin={t`Try it`}
        onRunning={setRunning}
        after={(batch) => <Tried batch={batch} onNext={() => setCurrent(5)} />}
      />
    </Step>
  );
}

function ImportStep({ work: { order, current, setRunning } }: { readonly work: NewImport }) {
  const taken = ({ batchId, kind }: Batch) => (
    <>
      {kind === 'people' ? (
        <ButtonLink kind="primary" icon={Contact} href="/people">{t`See the people`}</ButtonLink>
      ) : (
        <ButtonLink kind="primary" icon={MapIcon} href="/map">{t`Open the map`}</ButtonLink>
      )}
      <ButtonLink href={`/imports/${batchId}`}>{t`Open this import`}</ButtonLink>
    </>
  );
  return (
    <Step number={5} current={current} title={t`Import`}>
      <p>{t`Now the file is taken. The map changes when it is done. You can undo the import later.`}</p>
      <RunStep
        order={order}
        dryRun={false}
        begin={t`Import now`}
        onRunning={setRunning}
        after={(batch) => batch.state === 'done' && taken(batch)}
      />
    </Step>
  );
}

const kindAsked = (word: string | null): ImportKind =>
  word === 'places' || word === 'people' || word === 'observations' ? word : 'area-stats';

export default function NewImportPage() {
  const [query] = useQuery();
  const work = useNewImport(kindAsked(query.get('kind')));
  const { draft, set, read, current, back } = work;
  const fileNames = draft.files.map((each) => each.name).join(', ');
  return (
    <Page
      wide
      title={t`Load a file`}
      lead={t`Five steps. Nothing is changed before the last one, and the last one can be undone.`}
      actions={<Link href="/imports">{t`All imports`}</Link>}
    >
      <div class="steps">
        <Step number={1} current={current} title={t`File`} summary={`${kindWord(draft.kind)}: ${fileNames}`} onChange={back(1)}>
          {read.problem && <ProblemNotice problem={read.problem} />}
          <FileStep draft={draft} set={set} busy={read.busy} onNext={() => void read.run()} />
        </Step>
        <ColumnsStep work={work} />
        <FirstRowsStep work={work} />
        <DryRunStep work={work} />
        <ImportStep work={work} />
      </div>
    </Page>
  );
}

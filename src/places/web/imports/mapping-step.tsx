// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { FileField, TextArea } from '../../../platform/web/ui/field.tsx';
import { Segmented } from '../../../platform/web/ui/segmented.tsx';
import type { FilePreview } from '../../domain/imports-api.ts';
import { ofPeople, type Draft } from './draft.ts';
import { EarlierMapping } from './earlier-mapping.tsx';
import { PeopleColumns } from './people-columns.tsx';
import { PlacesColumns } from './places-columns.tsx';
import { PreviewTable } from './preview-table.tsx';
import { StatsColumns } from './stats-columns.tsx';

interface Props {
  readonly draft: Draft;
  readonly set: (change: Partial<Draft>) => void;
  readonly previews: readonly FilePreview[];
  readonly checked: boolean;
}

function MappingText({ draft, set }: Pick<Props, 'draft' | 'set'>) {
  const read = async (file: File | undefined) => {
    if (file) set({ text: await file.text(), textName: file.name });
  };
  return (
    <div class="stack">
      <EarlierMapping kind={draft.kind} onText={(text, textName) => set({ text, textName })} />
      <FileField label={t`Mapping file`} button={t`Choose a file`} accept=".yaml,.yml,.json" onFiles={([file]) => void read(file)} />
      {draft.textName && (
        <p class="soft">
          <bdi>{draft.textName}</bdi>
        </p>
      )}
      <TextArea
        label={t`Mapping`}
        hint={t`YAML, as the handbook describes it. Paste it here or choose a file above.`}
        exact
        rows={16}
        value={draft.text}
        onInput={(text) => set({ text })}
      />
    </div>
  );
}

/** Which column is what: chosen here, or said by a mapping that already exists. */
export function MappingStep({ draft, set, previews, checked }: Props) {
  const [preview] = previews;
  const people = ofPeople(draft.kind);
  return (
    <>
      <Segmented
        label={t`How do you want to say which column is what?`}
        value={draft.way}
        onChange={(way) => set({ way })}
        options={[
          { value: 'columns', label: t`Choose columns` },
          { value: 'text', label: t`Use a mapping file` },
        ]}
      />
      {draft.way === 'text' && (
        <>
          <MappingText draft={draft} set={set} />
          {previews.map((each) => (
            <PreviewTable key={each.file} preview={each} chosen={[]} />
          ))}
        </>
      )}
      {draft.way === 'columns' && draft.kind === 'area-stats' && preview && (
        <>
          <PreviewTable preview={preview} chosen={[draft.stats.code, draft.stats.name]} />
          <StatsColumns
            draft={draft.stats}
            set={(change) => set({ stats: { ...draft.stats, ...change } })}
            preview={preview}
            checked={checked}
          />
        </>
      )}
      {draft.way === 'columns' && people && preview && (
        <>
          <PreviewTable preview={preview} chosen={[draft.people.place, draft.people.name, draft.people.id]} />
          <PeopleColumns
            kind={people}
            draft={draft.people}
            set={(change) => set({ people: { ...draft.people, ...change } })}
            preview={preview}
            checked={checked}
          />
        </>
      )}
      {draft.way === 'columns' && draft.kind === 'places' && (
        <PlacesColumns draft={draft.places} set={(change) => set({ places: { ...draft.places, ...change } })} previews={previews} />
      )}
    </>
  );
}

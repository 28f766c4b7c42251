// SPDX-License-Identifier: AGPL-3.0-or-later
import { FileUp, X } from 'lucide';
import { useId, useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { bytes } from '../../../platform/web/format.ts';
import { may } from '../../../platform/web/session.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { FileField } from '../../../platform/web/ui/field.tsx';
import { Icon } from '../../../platform/web/ui/icon.tsx';
import type { Draft } from './draft.ts';
import type { ImportKind } from './imports-data.ts';
import { kindWord } from './state-words.ts';

interface Props {
  readonly draft: Draft;
  readonly set: (change: Partial<Draft>) => void;
  readonly busy: boolean;
  readonly onNext: () => void;
}

function Kinds({ draft, set }: Pick<Props, 'draft' | 'set'>) {
  const name = useId();
  const kinds: readonly (readonly [ImportKind, string])[] = [
    ['area-stats', t`A table with a row for each place: poverty, schools, water, migration and the like.`],
    ['places', t`Provinces, districts, villages: their codes, names and boundaries. Needed once, before anything else.`],
    ...(may('people.import')
      ? ([
          ['people', t`A list of people, a row for each: a village register, a census, a survey. Names go sealed into the vault.`],
          ['observations', t`Later answers of people who came with an earlier list.`],
        ] as const)
      : []),
  ];
  return (
    <fieldset>
      <legend class="field-label kinds-title">{t`What is in the file?`}</legend>
      <div class="kinds">
        {kinds.map(([kind, words]) => (
          <label key={kind} class="kind">
            <input
              type="radio"
              name={name}
              checked={draft.kind === kind}
              onChange={() => set({ kind, files: kind === 'places' ? draft.files : draft.files.slice(0, 1) })}
            />
            <span>
              <span class="strong">{kindWord(kind)}</span>
              <br />
              <span class="soft">{words}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Chooser({ draft, set }: Pick<Props, 'draft' | 'set'>) {
  const [over, setOver] = useState(false);
  const many = draft.kind === 'places';
  const add = (fresh: readonly File[]) => {
    if (fresh.length === 0) return;
    // The same name again replaces the old one: somebody corrected the file and chose it anew.
    set({ files: many ? [...draft.files.filter((old) => !fresh.some((each) => each.name === old.name)), ...fresh] : fresh.slice(0, 1) });
  };
  return (
    <div
      class={over ? 'drop drop-over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        add([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <FileField
        label={many ? t`Files` : t`File`}
        button={many ? t`Choose files` : t`Choose a file`}
        many={many}
        onFiles={add}
        hint={
          many
            ? t`CSV, Excel, Parquet, GeoJSON or TopoJSON. Choose all levels at once if they lie in several files.`
            : t`CSV, Excel or Parquet, as it is: odd line ends, encodings and decimal commas are understood.`
        }
        accept={many ? '.csv,.tsv,.txt,.xlsx,.parquet,.geojson,.json,.topojson' : '.csv,.tsv,.txt,.xlsx,.parquet'}
      />
      <p class="soft small only-desk-words">{t`Or drop it here.`}</p>
    </div>
  );
}

/** What the file is about, and the file. */
export function FileStep({ draft, set, busy, onNext }: Props) {
  return (
    <>
      <Kinds draft={draft} set={set} />
      <Chooser draft={draft} set={set} />
      {draft.files.length > 0 && (
        <ul role="list" class="file-list">
          {draft.files.map((file) => (
            <li key={file.name}>
              <span>
                <span class="strong">
                  <bdi>{file.name}</bdi>
                </span>{' '}
                <span class="soft number">{bytes(file.size)}</span>
              </span>
              <button
                type="button"
                class="icon-button"
                aria-label={t`Take ${file.name} away`}
                onClick={() => set({ files: draft.files.filter((each) => each !== file) })}
              >
                <Icon of={X} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <div class="row">
        <Button
          kind="primary"
          icon={FileUp}
          disabled={draft.files.length === 0}
          busy={busy}
          onClick={onNext}
        >{t`Read the first rows`}</Button>
      </div>
    </>
  );
}

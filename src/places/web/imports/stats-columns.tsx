// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { named } from '../../../platform/web/format.ts';
import { useResource } from '../../../platform/web/resource.ts';
import { Select, TextField } from '../../../platform/web/ui/field.tsx';
import { Loaded } from '../../../platform/web/ui/states.tsx';
import type { FilePreview } from '../../domain/imports-api.ts';
import type { PlaceDetail, PlaceRef } from '../../domain/place.ts';
import { ColumnSelect } from './column-select.tsx';
import type { StatsDraft } from './draft.ts';

interface Props {
  readonly draft: StatsDraft;
  readonly set: (change: Partial<StatsDraft>) => void;
  readonly preview: FilePreview;
  readonly checked: boolean;
}

/** The countries this installation holds, each with its levels. */
async function loadCountries(signal: AbortSignal): Promise<PlaceDetail[]> {
  const countries = await api.get<PlaceRef[] | { rows: PlaceRef[] }>('/countries', undefined, { signal });
  return Promise.all(
    ('rows' in countries ? countries.rows : countries).map((each) =>
      api.get<PlaceDetail>(`/places/${each.placeId}`, undefined, { signal }),
    ),
  );
}

/** What is still missing, once somebody has tried to go on. */
type Need = (key: keyof StatsDraft, words: string) => string | undefined;
type Part = Pick<Props, 'draft' | 'set'> & { readonly need: Need };

function CountryAndLevel({ draft, set, need, countries }: Part & { readonly countries: readonly PlaceDetail[] }) {
  const country = countries.find((each) => each.country === draft.country);
  return (
    <>
      <Select
        label={t`Country`}
        value={draft.country}
        error={need('country', t`Choose a country`)}
        onChange={(value) => set({ country: value, level: '' })}
        options={[{ value: '', label: t`Choose a country` }, ...countries.map((each) => ({ value: each.country, label: named(each) }))]}
      />
      <Select
        label={t`Each row is about one`}
        value={draft.level}
        disabled={!country}
        error={need('level', t`Choose a level`)}
        onChange={(level) => set({ level })}
        options={[
          { value: '', label: t`Choose a level` },
          ...(country?.below ?? []).map((each) => ({ value: String(each.level), label: named(each) })),
        ]}
      />
    </>
  );
}

function PlaceFields({ draft, set, need, preview }: Part & Pick<Props, 'preview'>) {
  return (
    <>
      <ColumnSelect
        label={t`Column with the place's code`}
        preview={preview}
        value={draft.code}
        onChange={(code) => set({ code })}
        error={need('code', t`Choose the column with the code`)}
      />
      <TextField
        label={t`Digits of a code`}
        optional
        hint={t`Only if leading zeros were lost: 6 turns 10203 into 010203.`}
        value={draft.pad}
        onInput={(pad) => set({ pad: pad.replace(/\D/g, '').slice(0, 2) })}
      />
      <ColumnSelect
        label={t`Column with the place's name`}
        optional
        hint={t`Compared with the known name, to find codes that mean another place.`}
        preview={preview}
        value={draft.name}
        onChange={(name) => set({ name })}
      />
    </>
  );
}

function FigureFields({ draft, set, need }: Part) {
  return (
    <>
      <TextField
        label={t`Figures are of`}
        type="date"
        value={draft.date}
        onInput={(date) => set({ date })}
        error={need('date', t`Enter the day the figures speak of`)}
      />
      <TextField
        label={t`Source`}
        hint={t`Who made the figures; readers see it.`}
        value={draft.source}
        onInput={(source) => set({ source })}
        error={need('source', t`Enter who made the figures`)}
      />
      <Select
        label={t`Decimals in the file`}
        value={draft.decimal}
        onChange={(decimal) => set({ decimal })}
        options={[
          { value: '.', label: t`0.25 (point)` },
          { value: ',', label: t`0,25 (comma)` },
        ]}
      />
    </>
  );
}

/** Which place each row speaks of, when, and who says so. */
export function StatsColumns({ draft, set, preview, checked }: Props) {
  const countries = useResource(loadCountries, ['countries']);
  const need: Need = (key, words) => (checked && String(draft[key]).trim() === '' ? words : undefined);
  const part = { draft, set, need };
  return (
    <Loaded of={countries}>
      {(list) => (
        <div class="fields">
          <CountryAndLevel {...part} countries={list} />
          <PlaceFields {...part} preview={preview} />
          <FigureFields {...part} />
        </div>
      )}
    </Loaded>
  );
}

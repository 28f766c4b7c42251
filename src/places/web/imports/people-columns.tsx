// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { dayHere } from '../../../platform/web/clock.ts';
import { named } from '../../../platform/web/format.ts';
import { useResource } from '../../../platform/web/resource.ts';
import { Checkbox, Select, TextField } from '../../../platform/web/ui/field.tsx';
import { Notice } from '../../../platform/web/ui/notice.tsx';
import { Loaded } from '../../../platform/web/ui/states.tsx';
import type { FilePreview } from '../../domain/imports-api.ts';
import type { PlaceRef } from '../../domain/place.ts';
import { ColumnSelect } from './column-select.tsx';
import { missingInPeople, suggestYes, valuesOf, type PeopleDraft } from './people-draft.ts';

interface Props {
  readonly kind: 'people' | 'observations';
  readonly draft: PeopleDraft;
  readonly set: (change: Partial<PeopleDraft>) => void;
  readonly preview: FilePreview;
  readonly checked: boolean;
}

/** As much of a lawful basis as is chosen by. */
export interface BasisWords {
  readonly basisId: string;
  readonly title: string;
  readonly citation: string;
  readonly needsConsent: boolean;
  readonly fromOn: string;
  readonly endedAt: string | null;
}

async function loadGround(signal: AbortSignal): Promise<{ countries: PlaceRef[]; bases: BasisWords[]; kept: boolean }> {
  const countries = await api.get<PlaceRef[] | { rows: PlaceRef[] }>('/countries', undefined, { signal });
  const settings = await api.get<{ peopleKept: boolean; bases: BasisWords[] }>('/people/settings', undefined, { signal });
  return {
    countries: 'rows' in countries ? countries.rows : countries,
    bases: settings.bases.filter(({ fromOn, endedAt }) => endedAt === null && fromOn <= dayHere()),
    kept: settings.peopleKept,
  };
}

type Part = Omit<Props, 'checked'> & { readonly need: (key: keyof PeopleDraft, words: string) => string | undefined };

/** On what ground, and who has agreed: said before a single name is read. */
function Ground({ draft, set, preview, need, bases }: Part & { readonly bases: readonly BasisWords[] }) {
  const basis = bases.find(({ basisId }) => basisId === draft.basis);
  return (
    <section class="stack">
      <Notice
        kind="warning"
        title={t`Before you bring people in`}
      >{t`Nobody is recorded without a lawful basis. You answer for it that these people may be recorded, and that whoever had to be asked has agreed. Names go sealed into the vault; no name stands in the report.`}</Notice>
      {bases.length === 0 && (
        <Notice
          kind="danger"
          title={t`No lawful basis is stated on which people may be recorded`}
        >{t`The data protection officer states it under Data protection.`}</Notice>
      )}
      <div class="fields">
        <Select
          label={t`On which lawful basis?`}
          value={draft.basis}
          error={need('basis', t`Choose the lawful basis`)}
          hint={basis?.citation}
          onChange={(value) => set({ basis: value })}
          options={[{ value: '', label: t`Choose a basis` }, ...bases.map(({ basisId, title }) => ({ value: basisId, label: title }))]}
        />
        <ColumnSelect
          label={t`Column that says who agreed`}
          optional={!basis?.needsConsent}
          hint={
            basis?.needsConsent
              ? t`This basis asks every person; rows without a yes are not taken.`
              : t`Where the file says it, rows without a yes are not taken.`
          }
          preview={preview}
          value={draft.agreed}
          error={need('agreed', t`Choose the column, and below it the value that means yes`)}
          onChange={(agreed) => set({ agreed, agreedValue: suggestYes(valuesOf(agreed, preview)) })}
        />
        {draft.agreed && (
          <>
            <TextField label={t`Value that means yes`} value={draft.agreedValue} onInput={(agreedValue) => set({ agreedValue })} />
            <ColumnSelect
              label={t`Column that says the guardian of a child agreed`}
              optional
              hint={t`Children are taken only with it, and from seven with their own yes.`}
              preview={preview}
              value={draft.guardian}
              onChange={(guardian) => set({ guardian })}
            />
          </>
        )}
      </div>
    </section>
  );
}

function WhereFields({ draft, set, preview, need, countries }: Part & { readonly countries: readonly PlaceRef[] }) {
  return (
    <>
      <Select
        label={t`Country`}
        value={draft.country}
        error={need('country', t`Choose a country`)}
        onChange={(country) => set({ country })}
        options={[{ value: '', label: t`Choose a country` }, ...countries.map((each) => ({ value: each.country, label: named(each) }))]}
      />
      <ColumnSelect
        label={t`Column with the code of the village`}
        optional
        preview={preview}
        value={draft.place}
        error={need('place', t`Choose the column, or enter one place for everybody`)}
        onChange={(place) => set({ place })}
      />
      {!draft.place && (
        <TextField
          label={t`Code of the place for everybody`}
          hint={t`For a survey that asked nobody where they live, such as the country's own code.`}
          exact
          value={draft.placeForAll}
          onInput={(placeForAll) => set({ placeForAll })}
        />
      )}
      <ColumnSelect
        label={t`Column that tells households apart`}
        optional
        preview={preview}
        value={draft.household}
        onChange={(household) => set({ household })}
      />
    </>
  );
}

function WhoFields({ draft, set, preview }: Part) {
  const columns: readonly (readonly ['name' | 'given' | 'family' | 'phone' | 'document', string])[] = [
    ['name', t`Column with the whole name`],
    ['given', t`Column with the given name`],
    ['family', t`Column with the family name`],
    ['phone', t`Column with the telephone number`],
    ['document', t`Column with the number of the identity card`],
  ];
  return (
    <>
      {columns.map(([key, label]) => (
        <ColumnSelect key={key} label={label} optional preview={preview} value={draft[key]} onChange={(column) => set({ [key]: column })} />
      ))}
      <ColumnSelect
        label={t`Column with the sex`}
        optional
        preview={preview}
        value={draft.sex}
        onChange={(sex) =>
          set({ sex, sexes: Object.fromEntries(valuesOf(sex, preview).map((value) => [value, draft.sexes[value] ?? 'unknown'])) })
        }
      />
      {Object.entries(draft.sexes).map(([value, sex]) => (
        <Select
          key={value}
          label={t`“${value}” means`}
          value={sex}
          onChange={(chosen) => set({ sexes: { ...draft.sexes, [value]: chosen } })}
          options={[
            { value: 'female', label: t`female` },
            { value: 'male', label: t`male` },
            { value: 'unknown', label: t`not known` },
          ]}
        />
      ))}
      <Select
        label={t`Age in the file`}
        value={draft.bornHow}
        onChange={(bornHow) => set({ bornHow })}
        options={[
          { value: 'none', label: t`Not in this file` },
          { value: 'date', label: t`as a birth date` },
          { value: 'year', label: t`as a year of birth` },
          { value: 'age', label: t`as full years` },
        ]}
      />
      {draft.bornHow !== 'none' && (
        <ColumnSelect label={t`Column with it`} preview={preview} value={draft.born} onChange={(born) => set({ born })} />
      )}
    </>
  );
}

function WhenFields({ draft, set, preview, need, kind }: Part) {
  return (
    <>
      <ColumnSelect
        label={t`Column with each person's own number in this list`}
        optional={kind === 'people'}
        hint={t`By it the same list, or a later round, finds the same people again. It is kept as a keyed digest only.`}
        preview={preview}
        value={draft.id}
        error={need('id', t`Choose the column with the number`)}
        onChange={(id) => set({ id })}
      />
      <TextField
        label={t`Whose list it is`}
        hint={t`The same words each time: numbers mean somebody only within one list.`}
        value={draft.source}
        onInput={(source) => set({ source })}
        error={need('source', t`Enter whose list it is`)}
      />
      <ColumnSelect
        label={t`Column with the day people were asked`}
        optional
        preview={preview}
        value={draft.observed}
        onChange={(observed) => set({ observed })}
      />
      {!draft.observed && (
        <TextField
          label={t`Day people were asked`}
          type="date"
          value={draft.observedOn}
          onInput={(observedOn) => set({ observedOn })}
          error={need('observedOn', t`Enter the day, or choose its column`)}
        />
      )}
      <Checkbox label={t`Years are of the Buddhist era`} checked={draft.buddhist} onChange={(buddhist) => set({ buddhist })} />
    </>
  );
}

/** Which column says what about a person; guessed from heads and values, and open to correction. */
export function PeopleColumns({ kind, draft, set, preview, checked }: Props) {
  const ground = useResource(loadGround, ['import-ground']);
  return (
    <Loaded of={ground}>
      {({ countries, bases, kept }) => {
        if (!kept)
          return (
            <Notice
              kind="warning"
              title={t`This installation keeps no people`}
            >{t`An administrator switches records of people on, once the data protection officer has stated a lawful basis.`}</Notice>
          );
        const asks = bases.find(({ basisId }) => basisId === draft.basis)?.needsConsent ?? false;
        const missing = missingInPeople(draft, kind, asks);
        const part: Part = { kind, draft, set, preview, need: (key, words) => (checked && missing.includes(key) ? words : undefined) };
        return (
          <div class="stack-wide">
            {kind === 'people' && <Ground {...part} bases={bases} />}
            <div class="fields">
              {kind === 'people' && <WhereFields {...part} countries={countries} />}
              {kind === 'people' && <WhoFields {...part} />}
              <WhenFields {...part} />
            </div>
          </div>
        );
      }}
    </Loaded>
  );
}

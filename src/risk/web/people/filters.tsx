// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { TriangleAlert } from 'lucide';
import { ageGroups } from '../../../people/domain/age-group.ts';
import { PlaceSearch } from '../../../places/web/index.ts';
import { BandShape, bandWord } from '../../../platform/web/ui/band.tsx';
import { Select, TextField } from '../../../platform/web/ui/field.tsx';
import { Icon } from '../../../platform/web/ui/icon.tsx';
import { Segmented } from '../../../platform/web/ui/segmented.tsx';
import { useWide } from '../../../platform/web/ui/use-wide.ts';
import type { SetQuery } from '../../../platform/web/router.tsx';
import { may } from '../../../platform/web/session.ts';
import type { ListedInstrument } from '../view-data.ts';
import { named } from '../../../platform/web/format.ts';
import { ageWords, sexWords } from '../words.ts';
import type { ListView } from './people-data.ts';

interface Props {
  readonly view: ListView;
  readonly set: SetQuery;
  readonly instruments: readonly ListedInstrument[];
}

/** A choice that can be switched on and off by itself. */
function Chip({
  on,
  onToggle,
  children,
}: {
  readonly on: boolean;
  readonly onToggle: () => void;
  readonly children: preact.ComponentChildren;
}) {
  return (
    <button type="button" class="chip" aria-pressed={on} onClick={onToggle}>
      {children}
    </button>
  );
}

function Bands({ view, set }: Pick<Props, 'view' | 'set'>) {
  const toggle = (band: string) => set({ bands: view.bands.includes(band) ? view.bands.replace(band, '') : view.bands + band });
  return (
    <fieldset class="chips">
      <legend class="field-label">{t`Risk`}</legend>
      {['3', '2', '1', '0'].map((band) => (
        <Chip key={band} on={view.bands.includes(band)} onToggle={() => toggle(band)}>
          <BandShape band={Number(band)} /> {bandWord(Number(band))}
        </Chip>
      ))}
    </fieldset>
  );
}

function Warning({ view, set }: Pick<Props, 'view' | 'set'>) {
  return (
    <fieldset class="chips">
      <legend class="field-label">{t`Warnings`}</legend>
      <Chip on={view.warns !== null} onToggle={() => set({ warns: view.warns ? null : 'now' })}>
        <Icon of={TriangleAlert} size={18} /> {t`Needs somebody today`}
      </Chip>
    </fieldset>
  );
}

function Renewal({ view, set }: Pick<Props, 'view' | 'set'>) {
  const day = view.renew !== null && /^\d/.test(view.renew) ? view.renew : '';
  const toggle = (value: string) => set({ renew: view.renew === value ? null : value });
  return (
    <fieldset class="chips">
      <legend class="field-label">{t`Ask again`}</legend>
      <Chip on={view.renew === 'now'} onToggle={() => toggle('now')}>{t`Nothing holds any more`}</Chip>
      <Chip on={view.renew === 'week'} onToggle={() => toggle('week')}>{t`Within 7 days`}</Chip>
      <Chip on={view.renew === 'soon'} onToggle={() => toggle('soon')}>{t`Within 30 days`}</Chip>
      <TextField type="date" label={t`Before this day`} value={day} onInput={(value) => set({ renew: value || null })} />
    </fieldset>
  );
}

function SexAndAge({ view, set }: Pick<Props, 'view' | 'set'>) {
  return (
    <>
      <Select
        label={t`Sex`}
        value={view.sex ?? ''}
        options={[{ value: '', label: t`All` }, ...['2', '1', '0'].map((value) => ({ value, label: sexWords(Number(value)) }))]}
        onChange={(sex) => set({ sex })}
      />
      <Select
        label={t`Age`}
        value={view.ageGroup ?? ''}
        options={[
          { value: '', label: t`All ages` },
          ...[...ageGroups.slice(1), ageGroups[0]].map(({ group }) => ({ value: String(group), label: ageWords(group) })),
        ]}
        onChange={(age) => set({ age })}
      />
    </>
  );
}

/** How many of the choices below narrow the list. */
const narrowing = ({ bands, sex, ageGroup, renew, warns }: ListView): number =>
  [bands, sex, ageGroup, renew, warns].filter((each) => each !== null && each !== '').length;

/** On a phone whoever is to be visited comes first, and what narrows the list waits behind one line that says how many do. */
function Folded({ view, children }: { readonly view: ListView; readonly children: preact.ComponentChildren }) {
  const wide = useWide('(min-width: 560px)');
  const n = narrowing(view);
  if (wide) return <>{children}</>;
  return (
    <details>
      <summary>{n > 0 ? plural(n, { one: 'Narrow the list: # choice', other: 'Narrow the list: # choices' }) : t`Narrow the list`}</summary>
      <div class="people-filters people-folded">{children}</div>
    </details>
  );
}

/** What the list is narrowed to; everything stands in the address. */
export function Filters({ view, set, instruments }: Props) {
  const households = view.of === 'households';
  return (
    <div class="people-filters not-in-print">
      <Segmented
        label={t`What to list`}
        value={view.of}
        options={[
          { value: 'people', label: t`People` },
          { value: 'households', label: t`Households` },
        ]}
        onChange={(of) => set(of === 'people' ? { of: null } : { of, sex: null, age: null, sort: view.sort === 'seen' ? null : view.sort })}
      />
      <Folded view={view}>
        {may('people.read') && (
          <div class="people-place">
            <PlaceSearch label={t`Village, sub-district, district or province`} onChoose={(place) => set({ place: place.placeId })} />
          </div>
        )}
        <Segmented
          label={t`In which order`}
          value={households && view.sort === 'seen' ? 'urgency' : view.sort}
          options={[
            { value: 'urgency', label: t`Most urgent` },
            { value: 'renewal', label: t`To ask again` },
            ...(households ? [] : [{ value: 'seen' as const, label: t`Newest answer` }]),
          ]}
          onChange={(sort) => set({ sort: sort === 'urgency' ? null : sort })}
        />
        <Warning view={view} set={set} />
        <Bands view={view} set={set} />
        <Renewal view={view} set={set} />
        <div class="people-selects">
          {!households && <SexAndAge view={view} set={set} />}
          {instruments.length > 1 && (
            <Select
              label={t`Scored with`}
              value={view.instrument ?? instruments[0]!.code}
              options={instruments.map(({ code, title }) => ({ value: code, label: named({ names: title }) }))}
              onChange={(instrument) => set({ instrument })}
            />
          )}
        </div>
      </Folded>
    </div>
  );
}

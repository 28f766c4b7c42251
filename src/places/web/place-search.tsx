// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { named } from '../../platform/web/format.ts';
import { language } from '../../platform/web/i18n.ts';
import { Combobox } from '../../platform/web/ui/combobox.tsx';
import type { PlaceRef } from '../domain/place.ts';

type Found = PlaceRef & { readonly within: string };

/** Names of a place in the other scripts it is known by, so that whoever typed Thai sees Thai. */
function otherNames(place: PlaceRef): string {
  const first = named(place);
  return [...new Set(Object.values(place.names))]
    .filter((each) => each !== first)
    .slice(0, 2)
    .join(' · ');
}

interface Props {
  readonly label?: string;
  readonly hideLabel?: boolean;
  readonly inputId?: string;
  readonly onChoose: (place: PlaceRef) => void;
}

/** Finds a place by its name in any script, or by its code. */
export function PlaceSearch({ label, hideLabel = false, inputId, onChoose }: Props) {
  const search = async (text: string, signal: AbortSignal) =>
    (await api.get<{ rows: Found[] }>('/places', { search: text, limit: 12 }, { signal })).rows;
  return (
    <Combobox<Found>
      label={label ?? t`Find a place`}
      hideLabel={hideLabel}
      placeholder={t`Place or code`}
      search={search}
      keyOf={(each) => each.placeId}
      onChoose={onChoose}
      {...(inputId ? { inputId } : {})}
      show={(place) => (
        <>
          <span class="strong">
            <bdi>{named(place)}</bdi>
          </span>
          {otherNames(place) && (
            <span class="soft">
              {' '}
              <bdi lang={language().code === 'th' ? 'en' : undefined}>{otherNames(place)}</bdi>
            </span>
          )}
          <br />
          <span class="soft small">
            <bdi>{place.within || place.code}</bdi>
          </span>
        </>
      )}
    />
  );
}

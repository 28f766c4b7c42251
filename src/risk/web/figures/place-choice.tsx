// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import type { PlaceDetail } from '../../../places/domain/place.ts';
import { PlaceSearch } from '../../../places/web/index.ts';
import { api } from '../../../platform/web/api.ts';
import { named } from '../../../platform/web/format.ts';
import { useResource } from '../../../platform/web/resource.ts';
import { usePlaceCrumbs, type SetQuery } from '../../../platform/web/router.tsx';
import { me } from '../../../platform/web/session.ts';
import { Segmented } from '../../../platform/web/ui/segmented.tsx';
import { openingPlace } from '../view-data.ts';

/** The area a page of figures is about: that of the address, else one's own. Null: there are no places. */
export function useArea(asked: string | null, page: string): PlaceDetail | null | undefined {
  const home = me.value?.home?.placeId ?? null;
  const area = useResource(
    async (signal) => {
      const place = asked ?? (await openingPlace(home, signal));
      return place === null ? null : api.get<PlaceDetail>(`/places/${place}`, undefined, { signal });
    },
    ['area', asked, home],
  ).data;
  usePlaceCrumbs(area ? [...area.ancestors, area].map((each) => ({ label: named(each), href: `${page}?place=${each.placeId}` })) : []);
  return area;
}

interface Props {
  readonly area: PlaceDetail;
  readonly level: number;
  readonly set: SetQuery;
}

/** Which area, and the places of which level below it. */
export function AreaChoice({ area, level, set }: Props) {
  return (
    <>
      <div class="people-place">
        <PlaceSearch label={t`Another area`} onChoose={({ placeId }) => set({ place: placeId, level: null })} />
      </div>
      {area.below.length > 1 && (
        <Segmented
          label={t`By which places`}
          value={String(level)}
          options={area.below.map((each) => ({ value: String(each.level), label: named(each) || String(each.level) }))}
          onChange={(value) => set({ level: value })}
        />
      )}
    </>
  );
}

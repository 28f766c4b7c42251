// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import type { Tx } from '../platform/server/endpoint.ts';
import type { AreaGeometry } from './domain/geometry.ts';
import { plainName, searchText, type Names } from './domain/names.ts';

/** What the tests and the demo get back of a place they made. */
export interface MadePlace {
  readonly placeId: string;
  readonly country: string;
  readonly code: string;
  readonly level: number;
  readonly path: string;
  readonly regionId: number;
  readonly names: Names;
  readonly name: string;
}

export interface CountryWish {
  readonly country?: string;
  readonly names?: Names;
  readonly levels?: readonly Names[];
}

/** A fictional country with the names of its levels: country, province, district, village unless told otherwise. */
export async function aCountry(tx: Tx, wish: CountryWish = {}): Promise<MadePlace> {
  const country = wish.country ?? 'XB',
    names = wish.names ?? { en: 'Bannaria', th: 'บรรณาเรีย' };
  const levels = wish.levels ?? [{ en: 'country' }, { en: 'province' }, { en: 'district' }, { en: 'village' }];
  await sql`insert into waymark.place_level (country, level, names)
    select ${country}, (nth - 1)::smallint, names from jsonb_array_elements(${JSON.stringify(levels)}::jsonb) with ordinality as l(names, nth) on conflict do nothing`.execute(
    tx,
  );
  return insert(tx, { country, code: country, level: 0, parent: null, names });
}

export interface PlaceWish {
  readonly parent: MadePlace;
  readonly code?: string;
  readonly names?: Names;
  readonly latitude?: number;
  readonly longitude?: number;
  readonly population?: number;
  /** Drawn the same at every detail. */
  readonly boundary?: AreaGeometry;
}

let made = 0;

/** A place one level below `parent`. Codes count up within one run unless given. */
export async function aPlace(tx: Tx, wish: PlaceWish): Promise<MadePlace> {
  const { parent } = wish,
    code = wish.code ?? `${parent.country}${String(++made).padStart(6, '0')}`;
  const place = await insert(tx, {
    ...wish,
    country: parent.country,
    code,
    level: parent.level + 1,
    names: wish.names ?? { en: `Ban ${code}` },
  });
  if (wish.boundary) {
    await sql`insert into waymark.place_boundary (place_id, detail, geometry)
      select ${place.placeId}, detail, ${JSON.stringify(wish.boundary)}::json from generate_series(0, 2) detail`.execute(tx);
  }
  return place;
}

/** A square of `size` degrees whose south-west corner lies at (west, south). */
export function aSquare(west: number, south: number, size: number): AreaGeometry {
  return {
    type: 'Polygon',
    coordinates: [
      [
        [west, south],
        [west + size, south],
        [west + size, south + size],
        [west, south + size],
        [west, south],
      ],
    ],
  };
}

type Wanted = Omit<PlaceWish, 'parent'> & { country: string; code: string; level: number; parent: MadePlace | null; names: Names };

async function insert(tx: Tx, w: Wanted): Promise<MadePlace> {
  const placeId = uuidv7(),
    name = plainName(w.names),
    above = w.parent ? `${w.parent.path}.` : '';
  const {
    rows: [row],
  } = await sql<{ path: string; regionId: number }>`
    insert into waymark.place (place_id, country, code, level, parent_id, path, region_id, names, name, search, latitude, longitude, population)
    values (${placeId}, ${w.country}, ${w.code}, ${w.level}, ${w.parent?.placeId ?? null}, (${above} || nextval('waymark.place_label_seq'))::public.ltree,
      ${w.level === 0 ? sql`0` : w.level === 1 ? sql`nextval('waymark.region_seq')` : sql`${w.parent!.regionId}`},
      ${JSON.stringify(w.names)}::jsonb, ${name}, ${searchText(w.names, w.code)}, ${w.latitude ?? null}, ${w.longitude ?? null}, ${w.population ?? null})
    returning path::text as path, region_id as "regionId"`.execute(tx);
  return { placeId, country: w.country, code: w.code, level: w.level, path: row!.path, regionId: row!.regionId, names: w.names, name };
}

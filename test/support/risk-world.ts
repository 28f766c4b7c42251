// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql, type Kysely } from 'kysely';
import { seededId } from '../../src/platform/builders.ts';

export interface WorldPlace {
  readonly placeId: string;
  readonly code: string;
  readonly level: number;
  readonly path: string;
  readonly regionId: number;
  readonly parent: string | null;
}

/**
 * A country of two provinces with two districts each and two villages in each district (15 places), put in as the owner.
 * Codes: XT, XT1, XT11, XT111 ...; the region of a place is the number of its province.
 */
export async function makeWorld(owner: Kysely<unknown>, country = 'XT', timeZone = 'Asia/Bangkok'): Promise<Map<string, WorldPlace>> {
  const places: WorldPlace[] = [];
  const add = (code: string, level: number, parent: WorldPlace | null, region: number): WorldPlace => {
    const label = String(1000 + places.length);
    const place = {
      placeId: seededId('place', code),
      code,
      level,
      path: parent ? `${parent.path}.${country}${label}` : `${country}${label}`,
      regionId: region,
      parent: parent?.placeId ?? null,
    };
    places.push(place);
    return place;
  };
  const root = add(country, 0, null, 0);
  for (const p of [1, 2]) {
    const province = add(`${country}${p}`, 1, root, p);
    for (const d of [1, 2]) {
      const district = add(`${province.code}${d}`, 2, province, p);
      for (const v of [1, 2]) add(`${district.code}${v}`, 3, district, p);
    }
  }
  for (const p of places) {
    await sql`insert into waymark.place (place_id, country, code, level, parent_id, path, region_id, names, name, search)
      values (${p.placeId}, ${country}, ${p.code}, ${p.level}, ${p.parent}, ${p.path}::ltree, ${p.regionId}, ${JSON.stringify({ en: p.code })}, ${p.code}, ${p.code.toLowerCase()})`.execute(
      owner,
    );
  }
  await sql`insert into waymark.installation (installation_id, is_demo, time_zone, people_kept) values (${seededId('installation')}, false, ${timeZone}, true)
    on conflict (only_row) do update set time_zone = excluded.time_zone`.execute(owner);
  return new Map(places.map((p) => [p.code, p]));
}

/** A place of the world by code; throws when there is none. */
export function placeOf(world: Map<string, WorldPlace>, code: string): WorldPlace {
  const place = world.get(code);
  if (!place) throw new Error(`the test world has no place ${code}`);
  return place;
}

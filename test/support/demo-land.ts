// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql, type Kysely } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { fold } from '../../src/platform/domain/fold.ts';

export interface TestPlace {
  readonly placeId: string;
  readonly code: string;
  readonly name: string;
  readonly level: number;
  readonly path: string;
  readonly regionId: number;
}

/** Demo land: one province, two districts, two villages in each. Nothing of it exists. */
export interface DemoLand {
  readonly country: TestPlace;
  readonly province: TestPlace;
  readonly east: TestPlace;
  readonly west: TestPlace;
  readonly eastVillages: readonly [TestPlace, TestPlace];
  readonly westVillages: readonly [TestPlace, TestPlace];
}

/** Makes the places with the owner's connection; `country` is a code such as `XA`, so that a test may have several lands. */
export async function makeDemoLand(owner: Kysely<unknown>, country = 'XA'): Promise<DemoLand> {
  const levels = ['country', 'province', 'district', 'village'];
  for (const [level, name] of levels.entries()) {
    await sql`insert into waymark.place_level (country, level, names) values (${country}, ${level}, ${JSON.stringify({ en: name })}::jsonb)`.execute(
      owner,
    );
  }
  const make = (code: string, name: string, thai: string, parent: TestPlace | null): Promise<TestPlace> =>
    insertPlace(owner, { country, code, names: { en: name, th: thai }, parent });
  const root = await make(country, 'Demo land', 'แดนสาธิต', null);
  const province = await make(`${country}1`, 'Ban Fa', 'บ้านฟ้า', root);
  const east = await make(`${country}11`, 'East Bay', 'อ่าวตะวันออก', province);
  const west = await make(`${country}12`, 'West Ridge', 'สันตะวันตก', province);
  return {
    country: root,
    province,
    east,
    west,
    eastVillages: [await make(`${country}1101`, 'Reed Pond', 'หนองกก', east), await make(`${country}1102`, 'Stone Well', 'บ่อหิน', east)],
    westVillages: [await make(`${country}1201`, 'High Field', 'นาสูง', west), await make(`${country}1202`, 'Old Ferry', 'ท่าเก่า', west)],
  };
}

/** One place below `parent`, with the labels and regions that an import would give it. */
export async function insertPlace(
  owner: Kysely<unknown>,
  place: { country: string; code: string; names: Record<string, string>; parent: TestPlace | null },
): Promise<TestPlace> {
  const { country, code, names, parent } = place;
  const level = parent === null ? 0 : parent.level + 1;
  const placeId = uuidv7();
  const name = names['en'] ?? code;
  const {
    rows: [row],
  } = await sql<{ path: string; regionId: number }>`
    insert into waymark.place (place_id, country, code, level, parent_id, path, region_id, names, name, search, population)
    select ${placeId}, ${country}, ${code}, ${level}, ${parent?.placeId ?? null},
           (${parent === null ? '' : `${parent.path}.`} || nextval('waymark.place_label_seq'))::public.ltree,
           case when ${level} = 0 then 0 when ${level} = 1 then nextval('waymark.region_seq') else ${parent?.regionId ?? 0} end,
           ${JSON.stringify(names)}::jsonb, ${name}, ${fold([...Object.values(names), code].join(' '))}, 1000
    returning path::text as path, region_id as "regionId"`.execute(owner);
  if (!row) throw new Error(`The place ${code} was not made.`);
  return { placeId, code, name, level, path: row.path, regionId: row.regionId };
}

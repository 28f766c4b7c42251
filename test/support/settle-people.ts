// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import type { TestApp } from './app.ts';
import type { TestPlace } from './demo-land.ts';

/**
 * Standings of so many people of one kind at a place, put in as the owner: the tests that use it are about how people are shown, not how they
 * come about. All told of violence at home, which no figure may say; those at high risk see no work after school.
 */
export async function settlePeople(app: TestApp, place: TestPlace, bands: readonly number[], sex = 2, ageGroup = 3): Promise<void> {
  for (const [band, many] of bands.entries()) {
    await sql`insert into waymark.standing (region_id, instrument_code, subject_kind, subject_id, place_id, sex, age_group, instrument_version, excess, known, applicable, band, answers, computed_at)
      select ${place.regionId}, 'household-28', 'person', gen_random_uuid(), ${place.placeId}, ${sex}, ${ageGroup}, 1, 0, 1, 1, ${band},
             overlay(overlay(decode(repeat('00', 28), 'hex') placing ${band === 3 ? sql`'\\x03'::bytea` : sql`'\\x01'::bytea`} from 8) placing '\\x03'::bytea from 4), now()
      from generate_series(1, ${many}::integer)`.execute(app.db.owner);
  }
}

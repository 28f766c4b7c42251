// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { household28 } from '../../src/risk/domain/instruments/household-28.ts';
import type { World } from './authorisation-world.ts';

/** Where in a row of answers the protected ones stand. */
export const protectedPositions: readonly number[] = household28.indicators.flatMap((each, at) => (each.protected ? [at] : []));

/** Answers in which every private one is other than the one before: what is masked shows. */
export const answersOfEverybody: Buffer = Buffer.from(
  household28.indicators.map((_, at) => (protectedPositions.includes(at) ? 1 + (protectedPositions.indexOf(at) % 2) * 2 : 2)),
);
/** The same as whoever may not read private answers gets them: each as bad as the worst, so that none tells which. */
export const answersMasked: Buffer = Buffer.from(answersOfEverybody.map((byte, at) => (protectedPositions.includes(at) ? 3 : byte)));

/** Puts something about each of the twenty-four, and of their households, into every table about people that the application may read. */
export async function fillTables(world: World): Promise<void> {
  const { app, households } = world;
  const { owner } = app.db;
  const { regionId } = app.land.east;
  const people = sql`unnest(${[...world.eastPeople, ...world.westPeople]}::uuid[]) id`;
  const assess = (kind: string, subjects: ReturnType<typeof sql>) =>
    sql`insert into waymark.assessment (region_id, assessment_id, subject_kind, subject_id, instrument_id, answers, observed_at, valid_until, actor_id)
      select ${regionId}, gen_random_uuid(), ${kind}, id, i.instrument_id, ${answersOfEverybody}, now() - interval '1 day', array_fill(now() + interval '1 month', array[${household28.indicators.length}::integer]), 'set-up'
      from waymark.instrument i, ${subjects} where i.code = 'household-28'`.execute(owner);
  await assess('person', people);
  await assess('household', sql`unnest(${Object.values(households)}::uuid[]) id`);
  await sql`update waymark.standing set answers = ${answersOfEverybody} where subject_kind = 'person'`.execute(owner);
  await sql`insert into waymark.consent_event (region_id, event_id, person_id, purpose, act, by_whom, way, observed_at, actor_id)
    select ${regionId}, gen_random_uuid(), id, 'contact', 'refused', 'self', 'spoken', '2026-01-09', 'set-up' from ${people}`.execute(
    owner,
  );
  await sql`insert into waymark.person_event (region_id, event_id, person_id, kind, on_date, actor_id)
    select ${regionId}, gen_random_uuid(), id, 'corrected', '2026-01-09', 'set-up' from ${people}`.execute(owner);
  await sql`insert into waymark.person_request (region_id, request_id, person_id, kind, by_whom, said_on, due_on, asked_by)
    select ${regionId}, gen_random_uuid(), id, 'access', 'self', '2026-01-09', '2026-02-08', 'set-up' from ${people}`.execute(owner);
  await sql`insert into waymark.legal_hold (region_id, hold_id, person_id, citation, until_on, placed_by)
    select ${regionId}, gen_random_uuid(), id, 'Act, section 9', '2099-01-01', 'set-up' from ${people}`.execute(owner);
  await sql`insert into waymark.retention_due (region_id, person_id, category, since_on, found_at)
    select ${regionId}, id, 'not_assessed', '2026-01-09', now() from ${people}`.execute(owner);
  // As the ledger keeps whoever was erased and came back with an older copy.
  await sql`insert into waymark.erasure (region_id, person_id, erased_at, ordered_by) select ${regionId}, id, now(), 'set-up' from ${people}`.execute(
    owner,
  );
  await sql`insert into waymark.erasure_lifted (region_id, person_id, lifted_at, lifted_by) select ${regionId}, id, now(), 'set-up' from ${people}`.execute(
    owner,
  );
  await sql`insert into waymark.audit_entry (entry_id, actor_id, action, detail)
    select gen_random_uuid(), ${app.accountIds.coordinator}, 'identity.list', jsonb_build_object('people', jsonb_agg(id)) from ${people}`.execute(
    owner,
  );
  const batchId = uuidv7();
  await sql`insert into waymark.import_batch (batch_id, kind, file_name, file_sha256, mapping_name, mapping, mapping_sha256, state, actor_id, finished_at)
    values (${batchId}, 'people', 'list.csv', ${batchId}, 'list.yaml', '{"source": "List of the school"}', ${batchId}, 'done', 'set-up', now())`.execute(
    owner,
  );
  await sql`update waymark.person set batch_id = ${batchId} where person_id in (select id from ${people})`.execute(owner);
  await pairsAndMerges(world);
}

/** Two of Reed Pond, two of High Field, one of each; and somebody in care whose other record is in nobody's. */
async function pairsAndMerges({ app, eastPeople, westPeople }: World): Promise<void> {
  const { owner } = app.db;
  const { regionId, placeId: east } = app.land.eastVillages[0];
  const west = app.land.westVillages[0].placeId;
  const alike: [string | undefined, string | undefined, string, string][] = [
    [eastPeople[7], eastPeople[8], east, east],
    [westPeople[7], westPeople[8], west, west],
    [eastPeople[10], westPeople[10], east, west],
    [eastPeople[3], eastPeople[9], east, east],
  ];
  for (const [one = '', two = '', ofOne, ofTwo] of alike) {
    const turned = one > two;
    const [a, b, placeA, placeB] = turned ? [two, one, ofTwo, ofOne] : [one, two, ofOne, ofTwo];
    await sql`insert into waymark.duplicate_pair (region_a, person_a, region_b, person_b, weight, probability, probable, reasons, place_a, place_b, seen_a, seen_b)
      values (${regionId}, ${a}, ${regionId}, ${b}, 12, 0.95, true, '[{"field": "name", "level": "same", "weight": 6}]', ${placeA}, ${placeB}, '', '')`.execute(
      owner,
    );
    const mergeId = uuidv7();
    await sql`insert into waymark.import_batch (batch_id, kind, file_name, file_sha256, mapping_name, mapping, mapping_sha256, state, actor_id, finished_at, undone_at)
      values (${mergeId}, 'merge', '', ${mergeId}, '', '{}', ${mergeId}, 'undone', 'set-up', now(), now())`.execute(owner);
    await sql`insert into waymark.person_merge (region_id, merge_id, person_id, other_region, other_id, pair_id, taken, before, after, added, merged_by, merged_at, undone_by, undone_at)
      values (${regionId}, ${mergeId}, ${one}, ${regionId}, ${two}, gen_random_uuid(), '{}', '{}', '{}', '{}', 'set-up', now(), 'set-up', now())`.execute(
      owner,
    );
  }
}

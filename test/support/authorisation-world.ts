// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { findActor } from '../../src/access/server/index.ts';
import { putIdentities } from '../../src/people/server/index.ts';
import { withActor } from '../../src/platform/server/db.ts';
import { installInstruments } from '../../src/risk/server/index.ts';
import { aBasis } from './basis.ts';
import { everybody, startApp, testPassword, type PersonName, type TestApp } from './app.ts';
import { Passing } from './authorisation-passing.ts';
import type { Client } from './client.ts';
import type { TestPlace } from './demo-land.ts';

/** Demo land with people in it: twelve in a village of East Bay, twelve in one of West Ridge, each with a standing. */
export interface World {
  readonly app: TestApp;
  readonly eastPeople: readonly string[];
  readonly westPeople: readonly string[];
  /** What each of them is called. */
  readonly names: ReadonlyMap<string, string>;
  /** Three of Reed Pond and three of High Field who live together; and two of Reed Pond who were in somebody's care once, and are no more. */
  readonly households: { readonly east: string; readonly west: string; readonly past: string };
  /** A lawful basis that asks everybody. */
  readonly basisId: string;
  /** A finished import of the whole province, by its coordinator. */
  readonly batchId: string;
  /** One of West Ridge alone, by the coordinator of West Ridge. */
  readonly westBatchId: string;
  /** Others, each for one call that changes somebody for good. */
  readonly passing: Passing;
  /** A number never used before, for names that must be new. */
  next(): number;
  /** A throw-away account with one post, for whatever an administrator does to it. */
  spareAccount(): Promise<{ accountId: string; postId: string; version: number }>;
}

export async function makeWorld(): Promise<World> {
  const app = await startApp({ everyRole: true, otherOrganisation: true });
  let n = 0;
  await installInstruments(app.db.owner, uuidv7);
  const eastPeople = await settle(app, app.land.eastVillages[0], 3);
  const westPeople = await settle(app, app.land.westVillages[0], 1);
  const names = await name(app, [...eastPeople, ...westPeople]);
  const households = {
    east: await together(app, app.land.eastVillages[0], eastPeople.slice(2, 5)),
    west: await together(app, app.land.westVillages[0], westPeople.slice(2, 5)),
    past: await together(app, app.land.eastVillages[0], eastPeople.slice(0, 2)),
  };
  await assign(app, eastPeople, westPeople);
  const batchId = await measure(app, 'coordinator', app.land.province, [
    app.land.east,
    app.land.west,
    ...app.land.eastVillages,
    ...app.land.westVillages,
  ]);
  const westBatchId = await measure(app, 'other_coordinator', app.land.west, [app.land.westVillages[1]]);
  const nok = await app.as('administrator');
  const basisId = await aBasis(app.db.owner, { needsConsent: true });
  return {
    app,
    eastPeople,
    westPeople,
    names,
    households,
    basisId,
    batchId,
    westBatchId,
    passing: new Passing(app, basisId, names),
    next: () => ++n,
    async spareAccount() {
      const answer = await nok.post<{ account: { accountId: string; version: number; posts: { postId: string }[] } }>('/api/accounts', {
        userName: `spare.${++n}`,
        displayName: 'Spare',
        role: 'analyst',
        placeId: app.land.east.placeId,
      });
      const { account } = answer.body;
      return { accountId: account.accountId, version: account.version, postId: account.posts[0]?.postId ?? '' };
    },
  };
}

/** Twelve people of one village, all standing in `band`; the rollups follow by themselves. */
async function settle(app: TestApp, village: TestPlace, band: number): Promise<string[]> {
  const ids = Array.from({ length: 12 }, () => uuidv7());
  for (const id of ids) {
    await sql`insert into waymark.person (region_id, person_id, place_id, sex, born_on) values (${village.regionId}, ${id}, ${village.placeId}, 2, '2006-03-15')`.execute(
      app.db.owner,
    );
    await sql`insert into waymark.standing (region_id, instrument_code, subject_kind, subject_id, place_id, sex, age_group, instrument_version, excess, known, applicable, band, answers, computed_at)
      values (${village.regionId}, 'household-28', 'person', ${id}, ${village.placeId}, 2, 4, 1, 20, 20, 28, ${band}, ${Buffer.alloc(28, band)}, now())`.execute(
      app.db.owner,
    );
  }
  return ids;
}

/** Everybody has a name that is hers alone, so that it can be looked for in whatever anybody is answered. */
async function name(app: TestApp, ids: readonly string[]): Promise<Map<string, string>> {
  const names = new Map(ids.map((id, n) => [id, `Canary ${'ABCDEFGHIJKLMNOPQRSTUVWX'[n]}ilvanova`]));
  const mali = await findActor(app.access, app.accountIds.coordinator);
  if (!mali) throw new Error('the coordinator is nobody');
  const vault = await app.server.vault.forRequest();
  const rows = ids.map((personId) => ({
    regionId: app.land.east.regionId,
    personId,
    identity: { names: [{ kind: 'official' as const, full: names.get(personId) ?? '' }], phones: [], documents: [] },
    basedOn: 0,
  }));
  await withActor(app.db.app, mali, (tx) => putIdentities(tx, vault, rows));
  return names;
}

async function together(app: TestApp, village: TestPlace, people: readonly string[]): Promise<string> {
  const householdId = uuidv7();
  await sql`insert into waymark.household (region_id, household_id, place_id) values (${village.regionId}, ${householdId}, ${village.placeId})`.execute(
    app.db.owner,
  );
  await sql`update waymark.person set household_id = ${householdId} where person_id = any (${[...people]}::uuid[])`.execute(app.db.owner);
  return householdId;
}

/**
 * The third person of Reed Pond is Fah herself; the fourth has Ratana as her case worker; the fifth was referred to Safe Harbour. The
 * first was referred there and the second had Ratana until yesterday; the sixth was referred and took her word back. In High Field
 * likewise Sunee and Hill Lantern, an organisation of its own. The eighth of either had a case worker and said no to that.
 */
async function assign(app: TestApp, east: readonly string[], west: readonly string[]): Promise<void> {
  const { regionId } = app.land.east;
  const insert = (personId: string | undefined, to: PersonName | 'Safe Harbour' | 'Hill Lantern', untilAt: string | null = null) => {
    const accountId = to in everybody ? app.accountIds[to as PersonName] : null;
    return sql`insert into waymark.assignment (region_id, assignment_id, person_id, kind, account_id, organisation_id, given_by, until_at)
    select ${regionId}, ${uuidv7()}, ${personId}, ${to === 'person' ? 'self' : accountId === null ? 'referral' : 'case_worker'}, ${accountId},
           case when ${accountId}::text is null then (select organisation_id from waymark.organisation where name = ${to}) end, 'set-up', ${untilAt}::timestamptz`.execute(
      app.db.owner,
    );
  };
  const share = (personId: string | undefined, act: 'given' | 'withdrawn' = 'given') =>
    sql`insert into waymark.consent_event (region_id, event_id, person_id, purpose, act, by_whom, way, observed_at, actor_id)
    values (${regionId}, ${uuidv7()}, ${personId}, 'share', ${act}, 'self', 'spoken', ${act === 'given' ? '2026-01-10' : '2026-01-11'}, 'set-up')`.execute(
      app.db.owner,
    );
  const yesterday = new Date(Date.now() - 86_400_000).toISOString();
  for (const personId of [east[0], east[4], east[5], west[4]]) await share(personId);
  await insert(east[0], 'Safe Harbour', yesterday);
  await insert(east[1], 'case_worker', yesterday);
  await insert(east[2], 'person');
  await insert(east[3], 'case_worker');
  await insert(east[4], 'Safe Harbour');
  await insert(east[5], 'Safe Harbour');
  await share(east[5], 'withdrawn');
  await insert(west[3], 'other_case_worker');
  await insert(west[4], 'Hill Lantern');
  await insert(east[7], 'case_worker');
  await insert(west[7], 'other_case_worker');
  await sql`update waymark.assignment set ended_at = now(), ended_by = 'set-up', taken_back_by = 'self' where person_id in (${east[7]}, ${west[7]})`.execute(
    app.db.owner,
  );
}

/** Where on their side somebody stands whom these know one by one. */
const known: Partial<Record<string, number>> = { person: 2, case_worker: 3, partner_provider: 4 };

/** Somebody whom this role may know: one of her area, the one in her care, herself. */
export function whom({ eastPeople, westPeople }: World, who: PersonName | 'anonymous', otherwise = 6): string {
  return (isWest(who) ? westPeople : eastPeople)[known[who.replace('other_', '')] ?? otherwise] ?? '';
}

/**
 * Somebody of East Bay whom she must not know and is nearest to knowing: in her care or referred to her house until yesterday, in the
 * care of another house, of her own household, or of the next district.
 */
export function outsider({ eastPeople }: World, who: PersonName | 'anonymous'): string {
  const nearest: Partial<Record<string, number>> = {
    case_worker: 1,
    partner_provider: 0,
    person: 3,
    other_case_worker: 3,
    other_partner_provider: 4,
  };
  return eastPeople[nearest[who] ?? 6] ?? '';
}

/** The household of whoever these know one by one, on their side. */
export const householdOf = ({ households }: World, who: PersonName | 'anonymous'): string =>
  isWest(who) ? households.west : households.east;

/** Whose area or people are those of West Ridge. */
export const isWest = (who: string): boolean => who.startsWith('other_');

/** Ids of the people that somebody may come to know of, one by one; all others must never stand in an answer to her. */
export function knownTo(world: World, who: PersonName): readonly string[] {
  const { eastPeople, westPeople } = world;
  switch (who) {
    case 'coordinator':
      return [...eastPeople, ...westPeople];
    case 'district_officer':
    case 'watch_volunteer':
      return eastPeople;
    case 'other_coordinator':
    case 'other_district_officer':
    case 'other_watch_volunteer':
      return westPeople;
    case 'case_worker':
      return eastPeople.slice(3, 4);
    case 'partner_provider':
      return eastPeople.slice(4, 5);
    case 'other_case_worker':
      return westPeople.slice(3, 4);
    case 'other_partner_provider':
      return westPeople.slice(4, 5);
    case 'person':
      return eastPeople.slice(2, 3);
    // By record number alone, and only what was done with the record.
    case 'data_protection_officer':
      return [...eastPeople, ...westPeople];
    default:
      return [];
  }
}

/** The same of those who are there for one call each: whoever works with an area knows who lives there. */
export function passingKnownTo({ passing }: World, who: PersonName): readonly string[] {
  const everywhere = who === 'coordinator' || who === 'data_protection_officer';
  const area = ['district_officer', 'watch_volunteer', 'other_coordinator', 'other_district_officer', 'other_watch_volunteer'].includes(
    who,
  );
  return [...passing.sides].flatMap(([id, side]) => (everywhere || (area && isWest(who) === (side === 'west')) ? [id] : []));
}

/** The same of households; Fah knows the number of her own from her record, and may not open it (test/own-household.test.ts). */
export function householdsKnownTo({ households: { east, west, past } }: World, who: PersonName): readonly string[] {
  switch (who) {
    case 'coordinator':
    case 'data_protection_officer':
      return [east, past, west];
    case 'district_officer':
    case 'watch_volunteer':
      return [east, past];
    case 'case_worker':
    case 'partner_provider':
    case 'person':
      return [east];
    case 'other_coordinator':
    case 'other_district_officer':
    case 'other_watch_volunteer':
    case 'other_case_worker':
    case 'other_partner_provider':
      return [west];
    default:
      return [];
  }
}

/** One import of statistics by somebody whose post is at `post`, with a figure for each of these places. */
export async function measure(app: TestApp, by: PersonName, post: TestPlace, places: readonly TestPlace[]): Promise<string> {
  const batchId = uuidv7(),
    actorId = app.accountIds[by];
  await sql`insert into waymark.import_run (batch_id, kind, dry_run, file_name, mapping_name, actor_id, reach, state, finished_at)
    values (${batchId}, 'area-stats', false, 'figures.csv', 'figures.yaml', ${actorId}, ${post.path}, 'done', now())`.execute(app.db.owner);
  await sql`insert into waymark.import_batch (batch_id, kind, file_name, file_sha256, mapping_name, mapping, mapping_sha256, state, actor_id, reach, finished_at)
    values (${batchId}, 'area-stats', 'figures.csv', ${batchId}, 'figures.yaml', '{}', ${batchId}, 'done', ${actorId}, ${post.path}, now())`.execute(
    app.db.owner,
  );
  for (const place of places) {
    await sql`insert into waymark.area_statistic (region_id, place_id, instrument_code, indicator, batch_id, observed_on, value, origin)
      values (${place.regionId}, ${place.placeId}, 'place-secondary-1', 'poor_households', ${batchId}, '2025-01-01', 0.25, 'measured')`.execute(
      app.db.owner,
    );
  }
  return batchId;
}

/** A client of one's own for a person, so that signing out or changing a password disturbs nobody else. */
export function ownSession(app: TestApp, name: PersonName): Promise<Client> {
  return app.anonymous().signIn(everybody[name].userName, testPassword);
}

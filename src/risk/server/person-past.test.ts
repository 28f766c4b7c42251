// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { shaped, versions, visits, type Visit } from '../../../test/support/risk-histories.ts';
import { makeWorld, placeOf, type WorldPlace } from '../../../test/support/risk-world.ts';
import { aHousehold, aPerson } from '../../people/builders.ts';
import type { Household, Person } from '../../people/domain/person.ts';
import { insertHouseholds, insertPeople } from '../../people/server/index.ts';
import { seededId } from '../../platform/builders.ts';
import { dateAt } from '../../platform/domain/zoned-time.ts';
import { foldPerson, type PastAssessment } from '../domain/fold.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { SubjectKind } from '../domain/pack.ts';
import { personStandingOf } from '../domain/standing.ts';
import { validUntils } from '../domain/valid-until.ts';
import { insertInstrument } from './queries-instruments.ts';
import { findScoredAt } from './queries-person.ts';

const zone = 'Asia/Bangkok';
const begin = Date.UTC(2024, 0, 31, 17, 30);
/** Malee moved from XT111 to XT211 on that day, and into another household; Dao stayed. */
const movedOn = '2024-08-15';
let database: TestDatabase, world: Map<string, WorldPlace>, households: Household[], dao: Person, malee: Person;

beforeAll(async () => {
  database = await testDatabase();
  const { owner } = database;
  world = await makeWorld(owner, 'XT', zone);
  const at = (code: string): string => placeOf(world, code).placeId;
  households = [aHousehold({ placeId: at('XT111') }, 'a'), aHousehold({ placeId: at('XT211') }, 'b')];
  dao = aPerson({ placeId: at('XT111'), householdId: households[0]!.householdId, sex: 0, bornOn: '2010-07-01' }, 'dao');
  malee = aPerson({ placeId: at('XT211'), householdId: households[1]!.householdId, sex: 2, bornOn: '2004-02-29' }, 'malee');
  await insertHouseholds(owner, households);
  await insertPeople(owner, [dao, malee]);
  const before = { placeId: at('XT111'), householdId: households[0]!.householdId },
    after = { placeId: at('XT211'), householdId: households[1]!.householdId };
  await sql`insert into waymark.person_event (region_id, event_id, person_id, kind, on_date, before, after, actor_id)
    values (1, ${seededId('move')}, ${malee.personId}, 'moved', ${movedOn}, ${JSON.stringify(before)}, ${JSON.stringify(after)}, 'tester')`.execute(
    owner,
  );
});
afterAll(() => database?.close());

type Recorded = PastAssessment & { readonly subjectId: string; readonly regionId: number };

function subjects(): { kind: SubjectKind; id: string; level: number | null; regionId: number }[] {
  return [
    ...[dao, malee].map((p) => ({ kind: 'person' as const, id: p.personId, level: null, regionId: 1 })),
    ...households.map((h) => ({ kind: 'household' as const, id: h.householdId, level: null, regionId: 1 })),
    ...['XT', 'XT1', 'XT11', 'XT111', 'XT2', 'XT211'].map((code) => {
      const place = placeOf(world, code);
      return { kind: 'place' as const, id: place.placeId, level: place.level, regionId: place.regionId };
    }),
  ];
}

function historyOf(pair: readonly [Instrument, Instrument], given: readonly Visit[], seed: string): Recorded[] {
  const all = subjects(),
    history: Recorded[] = [];
  given.forEach((visit, n) => {
    const subject = all[visit.subject % all.length]!,
      instrument = pair[visit.version];
    const earlier = history.filter((each) => each.subjectId === subject.id);
    const old = visit.supersedes === null ? undefined : earlier[visit.supersedes % Math.max(1, earlier.length)];
    const observedAt = begin + visit.hour * 3_600_000;
    history.push({
      assessmentId: seededId(seed, n),
      subjectKind: subject.kind,
      subjectId: subject.id,
      regionId: subject.regionId,
      level: subject.level,
      origin: 'measured',
      instrument,
      answers: shaped(instrument, subject.kind, visit.bytes, old !== undefined),
      observedAt,
      recordedAt: begin + visit.recorded * 86_400_000 * 400,
      validUntil: validUntils(instrument, observedAt, zone),
      supersedes: old?.assessmentId ?? null,
      undone: false,
    });
  });
  return history;
}

async function store(code: string, pair: readonly [Instrument, Instrument], history: readonly Recorded[]): Promise<void> {
  const iso = (ms: number): string => new Date(ms).toISOString();
  for (const v of [0, 1] as const) await insertInstrument(database.owner, seededId(code, v), { ...pair[v], code });
  for (const h of history) {
    await sql`insert into waymark.assessment (region_id, assessment_id, subject_kind, subject_id, instrument_id, answers, observed_at, recorded_at, valid_until, supersedes, actor_id)
      values (${h.regionId}, ${h.assessmentId}, ${h.subjectKind}, ${h.subjectId}, ${seededId(code, h.instrument.version - 1)}, ${Buffer.from(h.answers)},
              ${iso(h.observedAt)}, ${iso(h.recordedAt)}, ${h.validUntil.map(iso)}::timestamptz[], ${h.supersedes}, 'tester')`.execute(
      database.owner,
    );
  }
}

/** What the definition says of a person at a moment, in the place and household of that day. */
function defined(person: Person, live: Instrument, history: readonly Recorded[], at: number) {
  const still = person === malee && dateAt(at, zone) < movedOn;
  const path = placeOf(world, still || person === dao ? 'XT111' : 'XT211').path;
  const household = still || person === dao ? households[0]! : households[1]!;
  const around = new Set([...world.values()].filter((place) => `${path}.`.startsWith(`${place.path}.`)).map((place) => place.placeId));
  const mine = history.filter((h) => h.subjectId === person.personId || h.subjectId === household.householdId || around.has(h.subjectId));
  const { nextChange: _later, ...standing } = personStandingOf(foldPerson(mine, live, person.sex, at), live, person.bornOn, at, zone, mine);
  return { moment: at, ...standing, answers: Buffer.from(standing.answers).toString('hex'), householdId: household.householdId };
}

describe('a person on a past day', () => {
  test('stands as the definition says, where she lived then, and as score_people says of whoever never moved', async () => {
    let n = 0;
    await fc.assert(
      fc.asyncProperty(
        versions('person'),
        visits(12),
        fc.array(fc.nat(600 * 24), { minLength: 3, maxLength: 3 }),
        async (pair, given, hours) => {
          const code = `past-${++n}`,
            history = historyOf(pair, given, code);
          await store(code, pair, history);
          const edges = history.flatMap((h) => [h.observedAt, ...h.validUntil]);
          const moments = [
            ...new Set(
              hours.map((hour, i) => (i > 0 && edges.length > 0 ? edges[hour % edges.length]! + i - 2 : begin + hour * 3_600_000)),
            ),
          ].sort((a, b) => a - b);
          for (const person of [dao, malee]) {
            const rows = await findScoredAt(database.owner, code, { regionId: 1, personId: person.personId }, moments);
            const plain = rows.map(({ place: _place, whole: _whole, ...row }) => ({
              ...row,
              answers: Buffer.from(row.answers).toString('hex'),
            }));
            expect(plain).toEqual(moments.map((at) => defined(person, pair[1], history, at)));
          }
          for (const at of moments) {
            const { rows } = await sql<Record<string, unknown>>`
            select s.excess = x.excess and s.known = x.known and s.applicable = x.applicable and s.band = x.band and s.answers = x.answers
                   and s.observed_at is not distinct from x.observed_at and s.valid_until is not distinct from x.valid_until as same
            from waymark.score_people(${code}, '{1}', ${[dao.personId]}::uuid[], ${new Date(at)}) s,
                 waymark.person_scored_at(${code}, 1, ${dao.personId}, array[${new Date(at)}::timestamptz]) x`.execute(database.owner);
            expect(rows).toEqual([{ same: true }]);
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});

// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { shaped, type Visit, versions, visits } from '../../../test/support/risk-histories.ts';
import { makeWorld, placeOf, type WorldPlace } from '../../../test/support/risk-world.ts';
import { aHousehold, aPerson } from '../../people/builders.ts';
import { seededId } from '../../platform/builders.ts';
import type { Household, Person } from '../../people/domain/person.ts';
import { insertHouseholds, insertPeople } from '../../people/server/index.ts';
import { bandOf, score, shown } from '../domain/arithmetic.ts';
import { deepestMeasured, foldPerson, foldPlace, type PastAssessment } from '../domain/fold.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { SubjectKind } from '../domain/pack.ts';
import { personStandingOf, standingOf } from '../domain/standing.ts';
import { validUntils } from '../domain/valid-until.ts';
import { insertInstrument } from './queries-instruments.ts';

let database: TestDatabase, world: Map<string, WorldPlace>;
let households: Household[], people: Person[];
const batches = { done: seededId('batch', 'done'), undone: seededId('batch', 'undone') };
const begin = Date.UTC(2024, 0, 31, 17, 30); // 1 February in Bangkok, 31 January in New York

beforeAll(async () => {
  database = await testDatabase();
  const { owner } = database;
  world = await makeWorld(owner);
  households = [
    aHousehold({ placeId: placeOf(world, 'XT111').placeId }, 'a'),
    aHousehold({ placeId: placeOf(world, 'XT112').placeId }, 'b'),
  ];
  const [a, b] = households.map((h) => h.householdId) as [string, string];
  people = (
    [
      { placeId: 'XT111', householdId: a, sex: 2, bornOn: '2004-02-29' },
      { placeId: 'XT111', householdId: a, sex: 1, bornOn: '2010-07-01' },
      { placeId: 'XT112', householdId: b, sex: 0, bornOn: null },
      { placeId: 'XT211', householdId: b, sex: 9, bornOn: '1990-12-31' },
      { placeId: 'XT111', householdId: null, sex: 2, bornOn: '2015-01-31' },
    ] as const
  ).map((p, i) => aPerson({ ...p, placeId: placeOf(world, p.placeId).placeId }, i));
  await insertHouseholds(owner, households);
  await insertPeople(owner, people);
  for (const [state, id] of Object.entries(batches)) {
    await sql`insert into waymark.import_batch (batch_id, kind, file_name, file_sha256, mapping_name, mapping, mapping_sha256, state, actor_id)
      values (${id}, 'area-stats', 'f.csv', ${state}, 'm', '{}', ${state}, ${state}, 'tester')`.execute(owner);
  }
});
afterAll(() => database?.close());

interface Subject {
  kind: SubjectKind;
  regionId: number;
  id: string;
  level: number | null;
  path: string;
}

function subjectsFor(scores: 'person' | 'place'): Subject[] {
  const places = [...world.values()]
    .filter((p) => p.regionId < 2)
    .map((p) => ({ kind: 'place' as const, regionId: p.regionId, id: p.placeId, level: p.level, path: p.path }));
  if (scores === 'place') return places;
  return [
    ...people.map((p) => ({ kind: 'person' as const, regionId: 1, id: p.personId, level: null, path: '' })),
    ...households.map((h) => ({ kind: 'household' as const, regionId: 1, id: h.householdId, level: null, path: '' })),
    ...places,
  ];
}

type Recorded = PastAssessment & { subject: Subject; batchId: string | null };

function historyOf(
  pair: readonly [Instrument, Instrument],
  given: readonly Visit[],
  subjects: readonly Subject[],
  zone: string,
  seed: string,
): Recorded[] {
  const history: Recorded[] = [];
  given.forEach((v, n) => {
    const subject = subjects[v.subject % subjects.length] as Subject;
    const earlier = history.filter((h) => h.subject === subject);
    const old = v.supersedes === null ? undefined : earlier[v.supersedes % Math.max(1, earlier.length)];
    const instrument = pair[v.version];
    const observedAt = begin + v.hour * 3_600_000;
    history.push({
      assessmentId: seededId(seed, n),
      subjectKind: subject.kind,
      level: subject.level,
      origin: v.summed && subject.kind === 'place' ? 'summed' : 'measured',
      instrument,
      answers: shaped(instrument, subject.kind, v.bytes, old !== undefined),
      observedAt,
      recordedAt: begin + v.recorded * 86_400_000 * 400,
      validUntil: validUntils(instrument, observedAt, zone),
      supersedes: old?.assessmentId ?? null,
      undone: v.batch === 'undone',
      subject,
      batchId: v.batch === 'none' ? null : batches[v.batch],
    });
  });
  return history;
}

async function store(code: string, pair: readonly [Instrument, Instrument], history: readonly Recorded[]): Promise<void> {
  const ids = [seededId(code, 1), seededId(code, 2)] as const;
  for (const v of [0, 1] as const) await insertInstrument(database.owner, ids[v], { ...pair[v], code });
  const iso = (ms: number): string => new Date(ms).toISOString();
  for (const h of history) {
    await sql`insert into waymark.assessment (region_id, assessment_id, subject_kind, subject_id, instrument_id, origin, answers, observed_at, recorded_at, valid_until, supersedes, batch_id, actor_id)
      values (${h.subject.regionId}, ${h.assessmentId}, ${h.subjectKind}, ${h.subject.id}, ${ids[h.instrument.version === 1 ? 0 : 1]}, ${h.origin}, ${Buffer.from(h.answers)},
              ${iso(h.observedAt)}, ${iso(h.recordedAt)}, ${h.validUntil.map(iso)}::timestamptz[], ${h.supersedes}, ${h.batchId}, 'tester')`.execute(
      database.owner,
    );
  }
}

/** Moments worth asking about: any time, and the very instants at which answers begin and end. */
function momentsOf(history: readonly Recorded[], picks: readonly number[]): number[] {
  const edges = history.flatMap((h) => [h.observedAt, ...h.validUntil]);
  return picks.map((pick, i) =>
    i === 0 || edges.length === 0 ? begin + (pick % (600 * 24)) * 3_600_000 : (edges[pick % edges.length] ?? begin) + (i % 3) - 1,
  );
}

const ms = (date: Date | null): number | null => date?.getTime() ?? null;
const numbers = sql`excess, known, applicable, band, encode(answers, 'hex') as answers, observed_at, valid_until, next_change`;
interface Row {
  id: string;
  age_group?: number;
  excess: number;
  known: number;
  applicable: number;
  band: number;
  answers: string;
  sources?: string;
  observed_at: Date | null;
  valid_until: Date | null;
  next_change: Date | null;
}
const plain = (r: Row) => ({ ...r, observed_at: ms(r.observed_at), valid_until: ms(r.valid_until), next_change: ms(r.next_change) });
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

async function peopleAgree(code: string, live: Instrument, history: readonly Recorded[], at: number, zone: string): Promise<void> {
  const { rows } = await sql<Row>`
    select person_id as id, age_group, ${numbers} from waymark.score_people(${code}, ${people.map(() => 1)}::integer[], ${people.map((p) => p.personId)}::uuid[], ${new Date(at)})
    order by person_id`.execute(database.owner);
  const expected = people
    .map((p) => {
      const path = [...world.values()].find((w) => w.placeId === p.placeId)?.path ?? '';
      const mine = history.filter(
        (h) =>
          h.subject.id === p.personId ||
          h.subject.id === p.householdId ||
          (h.subjectKind === 'place' && `${path}.`.startsWith(`${h.subject.path}.`)),
      );
      const s = personStandingOf(foldPerson(mine, live, p.sex, at), live, p.bornOn, at, zone, mine);
      return {
        id: p.personId,
        age_group: s.ageGroup,
        excess: s.excess,
        known: s.known,
        applicable: s.applicable,
        band: s.band,
        answers: hex(s.answers),
        observed_at: s.observedAt,
        valid_until: s.validUntil,
        next_change: s.nextChange,
      };
    })
    .sort((x, y) => (x.id < y.id ? -1 : 1));
  expect(rows.map(plain)).toEqual(expected);
}

async function placesAgree(code: string, live: Instrument, history: readonly Recorded[], at: number): Promise<void> {
  const places = [...world.values()];
  const { rows } = await sql<Row>`
    select place_id as id, encode(sources, 'hex') as sources, ${numbers} from waymark.score_places(${code}, ${places.map((p) => p.placeId)}::uuid[], ${new Date(at)})
    order by place_id`.execute(database.owner);
  const deepest = deepestMeasured(history, live, at);
  const expected = places
    .map((p) => {
      const mine = history.filter((h) => `${p.path}.`.startsWith(`${h.subject.path}.`));
      const effective = foldPlace(mine, live, p.level, deepest, at);
      const s = standingOf(effective, live);
      const sources = Uint8Array.from(effective, ({ from }) =>
        from === null ? 0 : from === 'measured' ? 1 : from === 'summed' ? 2 : 16 + from.level,
      );
      return {
        id: p.placeId,
        sources: hex(sources),
        excess: s.excess,
        known: s.known,
        applicable: s.applicable,
        band: s.band,
        answers: hex(s.answers),
        observed_at: s.observedAt,
        valid_until: s.validUntil,
        next_change: s.nextChange,
      };
    })
    .sort((x, y) => (x.id < y.id ? -1 : 1));
  expect(rows.map(plain)).toEqual(expected);
}

describe('one arithmetic, wherever it runs', () => {
  let n = 0;
  for (const [scores, zone] of [
    ['person', 'Asia/Bangkok'],
    ['person', 'America/New_York'],
    ['place', 'Asia/Bangkok'],
  ] as const) {
    test(
      `the domain and the database score random histories of ${scores === 'person' ? 'people' : 'places'} alike in ${zone}`,
      { timeout: 120_000 },
      async () => {
        await sql`update waymark.installation set time_zone = ${zone}`.execute(database.owner);
        const subjects = subjectsFor(scores);
        await fc.assert(
          fc.asyncProperty(
            versions(scores),
            visits(subjects.length),
            fc.array(fc.nat(1_000_000), { minLength: 4, maxLength: 4 }),
            async (pair, given, picks) => {
              const code = `${scores}-${++n}`;
              const history = historyOf(pair, given, subjects, zone, code);
              await store(code, pair, history);
              for (const at of momentsOf(history, picks)) {
                if (scores === 'person') await peopleAgree(code, pair[1], history, at, zone);
                else await placesAgree(code, pair[1], history, at);
              }
            },
          ),
          { numRuns: 150, endOnFailure: true },
        );
      },
    );
  }

  test('the ends of answers are the same instants, over months of unequal length and clock changes', async () => {
    const pair = fc.sample(versions('person'), { numRuns: 1, seed: 7 })[0] as [Instrument, Instrument];
    const instrument = { ...pair[1], code: 'ends' };
    await insertInstrument(database.owner, seededId('ends'), instrument);
    for (const zone of ['Asia/Bangkok', 'America/New_York', 'Europe/London', 'Australia/Lord_Howe', 'Asia/Kathmandu']) {
      await sql`update waymark.installation set time_zone = ${zone}`.execute(database.owner);
      const instants = fc.sample(fc.integer({ min: Date.UTC(2019, 0, 1), max: Date.UTC(2030, 0, 1) }), { numRuns: 1500, seed: 11 });
      const { rows } = await sql<{ ends: number[] }>`
        select array(select (extract(epoch from e) * 1000)::float8 from unnest(waymark.valid_untils(${seededId('ends')}, to_timestamp(t / 1000.0))) e) as ends
        from unnest(${instants}::float8[]) with ordinality u(t, i) order by i`.execute(database.owner);
      expect(rows.map((r) => r.ends.map(Math.round))).toEqual(instants.map((t) => validUntils(instrument, t, zone)));
    }
  });

  test('rounding and bands agree on every small fraction', async () => {
    const bands = { medium: 33, high: 60, coverage: 60 };
    const { rows } = await sql<{
      e: number;
      k: number;
      a: number;
      band: number;
      index: number | null;
      low: number;
      high: number;
      coverage: number;
    }>`
      select e, k, a, waymark.band_of(e, k, a, 33, 60, 60) as band, case when k > 0 then waymark.per_cent(e, 2 * k) end as index,
             waymark.per_cent(e, 2 * a) as low, waymark.per_cent(e + 2 * (a - k), 2 * a) as high, waymark.per_cent(k, a) as coverage
      from generate_series(1, 30) a, generate_series(0, a) k, generate_series(0, 2 * k) e`.execute(database.owner);
    expect(rows.length).toBeGreaterThan(10_000);
    for (const r of rows) {
      expect({ index: r.index, low: r.low, high: r.high, coverage: r.coverage }).toEqual(
        shown({ excess: r.e, known: r.k, applicable: r.a }),
      );
      expect(r.band).toBe(bandOf(r.e, r.k, r.a, bands));
    }
    const weights = anyInstrument(bands);
    expect(score([3, 2, 0, 6], weights)).toEqual({ excess: 3, known: 2, applicable: 3, band: 3 });
  });
});

function anyInstrument(bands: Instrument['bands']): Pick<Instrument, 'bands' | 'indicators'> {
  const [pair] = fc.sample(versions('person'), { numRuns: 1, seed: 3 });
  const first = pair?.[0].indicators[0];
  if (!first) throw new Error('no indicator');
  return { bands, indicators: [0, 1, 2, 3].map(() => ({ ...first, weight: 1 })) };
}

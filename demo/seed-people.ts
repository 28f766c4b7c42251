// SPDX-License-Identifier: AGPL-3.0-or-later
import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { uuidv7 } from 'uuidv7';
import { ageGroupOn, nextAgeGroupDate } from '../src/people/domain/age-group.ts';
import { dateAt, startOfDate } from '../src/platform/domain/zoned-time.ts';
import type { Instrument } from '../src/risk/domain/instrument.ts';
import { standingOf } from '../src/risk/domain/standing.ts';
import { latestAt, packer, quickBand, quickFold, type Packed } from './history.ts';
import { makeVillage, monthsBefore, type MadePerson, type MadeVillage, type MadeVisit } from './people.ts';

export interface SeedVillage extends MadeVillage {
  readonly placeId: string;
  readonly regionId: number;
  readonly seed: number;
  readonly placeVisits: readonly { readonly visit: MadeVisit; readonly bySex: Readonly<Record<string, number>> }[];
}
export interface SeedPeople {
  readonly instrumentId: string;
  readonly instrument: Instrument;
  /** The lawful basis everybody is recorded on. */
  readonly basisId: string;
  readonly villages: readonly SeedVillage[];
  readonly now: Date;
  readonly timeZone: string;
  readonly onProgress: (done: number, total: number) => void;
}

const columns = {
  household: 'region_id, household_id, place_id',
  person: 'region_id, person_id, household_id, place_id, sex, born_on, basis_id',
  assessment: 'region_id, assessment_id, subject_kind, subject_id, instrument_id, answers, observed_at, recorded_at, valid_until, actor_id',
  standing:
    'region_id, instrument_code, subject_kind, subject_id, place_id, sex, age_group, instrument_version, excess, known, applicable, band, answers, observed_at, valid_until, next_change, computed_at',
} as const;
interface MonthEnd {
  readonly on: string;
  readonly at: number;
}
type Table = keyof typeof columns;
type Rows = Record<Table, string[]>;

/**
 * Writes the demo's households, people, visits and standings in the client's transaction, village by village, and the figures of past month
 * ends. Rollups follow by themselves. Returns how many people there are.
 */
export async function seedPeople(client: pg.ClientBase, input: SeedPeople): Promise<number> {
  const today = dateAt(input.now.getTime(), input.timeZone);
  const standings: string[] = [];
  const making: Making = {
    input,
    today,
    ends: monthEnds(today, 24, input.timeZone),
    pack: packer(input.instrument, input.timeZone),
    fold: quickFold(input.instrument),
    band: quickBand(input.instrument),
    birthdays: new Map(),
    months: new Map(),
  };
  // COPY cannot write tables whose row security binds their owner too; so into temporary ones, and from there in one statement each.
  for (const [table, list] of Object.entries(columns))
    await client.query(`create temp table made_${table} on commit drop as select ${list} from waymark.${table} limit 0`);
  let people = 0;
  for (const [done, village] of input.villages.entries()) {
    const rows: Rows = { household: [], person: [], assessment: [], standing: standings };
    people += addVillage(rows, village, making);
    for (const table of ['household', 'person', 'assessment'] as const) await copy(client, table, rows[table]);
    input.onProgress(done + 1, input.villages.length);
  }
  await copy(client, 'standing', standings);
  for (const [table, list] of Object.entries(columns))
    await client.query(`insert into waymark.${table} (${list}) select ${list} from made_${table}`);
  await writeMonths(client, making.months);
  return people;
}

interface Making {
  readonly input: SeedPeople;
  readonly today: string;
  readonly ends: readonly MonthEnd[];
  readonly pack: ReturnType<typeof packer>;
  readonly fold: ReturnType<typeof quickFold>;
  readonly band: ReturnType<typeof quickBand>;
  /** When each birthday begins: thousands share one. */
  readonly birthdays: Map<string, number>;
  readonly months: Map<string, number>;
}

function addVillage(rows: Rows, village: SeedVillage, making: Making): number {
  const { pack, input } = making;
  const place = village.placeVisits.map(({ visit, bySex }) => pack(visit, bySex));
  place.forEach((v) => rows.assessment.push(assessmentRow(village, 'place', village.placeId, input.instrumentId, v)));
  let people = 0;
  for (const made of makeVillage(village, village.seed, making.today)) {
    const householdId = uuidv7();
    rows.household.push([village.regionId, householdId, village.placeId].join('\t'));
    const household = made.visits.map((v) => pack(v));
    household.forEach((v) => rows.assessment.push(assessmentRow(village, 'household', householdId, input.instrumentId, v)));
    for (const person of made.people) {
      people++;
      const personId = uuidv7();
      rows.person.push([village.regionId, personId, householdId, village.placeId, person.sex, person.bornMonth, input.basisId].join('\t'));
      const own = person.visits.map((v) => pack(v));
      own.forEach((v) => rows.assessment.push(assessmentRow(village, 'person', personId, input.instrumentId, v)));
      rows.standing.push(standingRow(village, personId, person, { own, household, place }, making));
      countMonths(village, person, { own, household, place }, making);
    }
  }
  return people;
}

interface Visits {
  readonly own: readonly Packed[];
  readonly household: readonly Packed[];
  readonly place: readonly Packed[];
}

function standingRow(
  village: SeedVillage,
  personId: string,
  person: MadePerson,
  { own, household, place }: Visits,
  { input, today, fold, birthdays }: Making,
): string {
  const now = input.now.getTime();
  const standing = standingOf(fold(own, household, place, person.sex, now), input.instrument);
  const birthday = nextAgeGroupDate(person.bornMonth, today);
  if (birthday !== null && !birthdays.has(birthday)) birthdays.set(birthday, startOfDate(birthday, input.timeZone));
  const changes = [standing.nextChange, birthday === null ? null : birthdays.get(birthday)!].filter((m) => m !== null);
  return [
    village.regionId,
    input.instrument.code,
    'person',
    personId,
    village.placeId,
    person.sex,
    ageGroupOn(person.bornMonth, today),
    input.instrument.version,
    standing.excess,
    standing.known,
    standing.applicable,
    standing.band,
    hex(standing.answers),
    instant(standing.observedAt),
    instant(standing.validUntil),
    instant(changes.length ? Math.min(...changes) : null),
    instant(now),
  ].join('\t');
}

/** Adds the person to the figures of every month end since she was born. */
function countMonths(
  village: SeedVillage,
  person: MadePerson,
  { own, household, place }: Visits,
  { input, ends, band, months }: Making,
): void {
  let group: number = 0,
    birthday: string | null = person.bornMonth;
  for (const end of ends) {
    if (person.bornMonth > end.on) continue;
    if (birthday !== null && end.on >= birthday) {
      group = ageGroupOn(person.bornMonth, end.on);
      birthday = nextAgeGroupDate(person.bornMonth, end.on);
    }
    const held = band(latestAt(own, end.at), latestAt(household, end.at), latestAt(place, end.at), person.sex, end.at);
    const key = `${village.placeId}\t${input.instrument.code}\t${end.on}\t${person.sex}\t${group}\t${held}`;
    months.set(key, (months.get(key) ?? 0) + 1);
  }
}

function assessmentRow(village: SeedVillage, kind: string, subjectId: string, instrumentId: string, v: Packed): string {
  return [village.regionId, uuidv7(), kind, subjectId, instrumentId, hex(v.answers), v.moments, 'demo'].join('\t');
}

const hex = (bytes: Uint8Array) => `\\\\x${Buffer.from(bytes).toString('hex')}`;
const instant = (ms: number | null) => (ms === null ? '\\N' : new Date(ms).toISOString());

async function copy(client: pg.ClientBase, table: Table, lines: readonly string[]): Promise<void> {
  const stream = client.query(copyFrom(`copy made_${table} from stdin`));
  for (let at = 0; at < lines.length; at += 2000) {
    if (!stream.write(`${lines.slice(at, at + 2000).join('\n')}\n`))
      await new Promise((resolve) => {
        stream.once('drain', resolve);
      });
  }
  stream.end();
  await finished(stream);
}

/** The last days of the `count` months that are over, newest last, with the moment each ends. */
function monthEnds(today: string, count: number, timeZone: string): MonthEnd[] {
  return Array.from({ length: count }, (_, i) => {
    const first = monthsBefore(today, count - 1 - i, 1);
    const on = new Date(Date.parse(`${first}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
    return { on, at: startOfDate(first, timeZone) - 1 };
  });
}

async function writeMonths(client: pg.ClientBase, months: ReadonlyMap<string, number>): Promise<void> {
  await client.query(
    'create temp table made_month (place_id uuid, instrument_code text, month_end date, sex smallint, age_group smallint, band smallint, n integer) on commit drop',
  );
  const stream = client.query(copyFrom('copy made_month from stdin'));
  for (const [key, n] of months)
    if (!stream.write(`${key}\t${n}\n`))
      await new Promise((resolve) => {
        stream.once('drain', resolve);
      });
  stream.end();
  await finished(stream);
  await client.query(`
    insert into waymark.rollup_month (region_id, place_id, instrument_code, month_end, sex, age_group, band, n)
    select a.region_id, a.place_id, m.instrument_code, m.month_end, m.sex, m.age_group, m.band, sum(m.n)
    from made_month m join waymark.place p using (place_id) join waymark.place a on p.path <@ a.path
    group by 1, 2, 3, 4, 5, 6, 7`);
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql, type Kysely } from 'kysely';
import type { Instrument } from '../../src/risk/domain/instrument.ts';

/**
 * Everything that is kept of people and places, worked out once more from the rows that were written, in the plainest way: no function of the
 * database, nothing of the rooms' own folding or arithmetic, every indicator of everybody by itself. Clocks are Bangkok's: seven hours ahead, always.
 */
export interface Rows {
  readonly places: ReadonlyMap<string, PlaceFact>;
  readonly people: readonly PersonFact[];
  /** What was said of somebody or some place, by its id; what undone imports said is left out. */
  readonly said: ReadonlyMap<string, readonly Said[]>;
  /** What corrects an assessment, by the id of what is corrected. */
  readonly corrections: ReadonlyMap<string, readonly Said[]>;
  readonly live: readonly Instrument[];
}
export interface PlaceFact {
  readonly placeId: string;
  readonly parentId: string | null;
  readonly country: string;
  readonly code: string;
  readonly level: number;
}
export interface PersonFact {
  readonly personId: string;
  readonly householdId: string | null;
  readonly placeId: string;
  readonly sex: number;
  readonly bornOn: string | null;
  /** 1: lives here; everybody else has no standing. */
  readonly state: number;
}
export interface Said {
  readonly assessmentId: string;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly origin: 'measured' | 'summed';
  readonly answers: Buffer;
  readonly observedAt: Date;
  readonly recordedAt: Date;
  readonly supersedes: string | null;
  readonly batchId: string | null;
  readonly instrument: Instrument;
}

function grouped<T>(list: readonly T[], key: (one: T) => string | null): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const at = key(one);
    if (at !== null) groups.set(at, [...(groups.get(at) ?? []), one]);
  }
  return groups;
}

/** Reads the raw rows as the owner, who sees them all; of one country's places where it is named. */
export async function readRows(owner: Kysely<unknown>, country: string | null = null): Promise<Rows> {
  const { rows: instruments } = await sql<{
    id: string;
    state: string;
    definition: Instrument;
  }>`select instrument_id as id, state, definition from waymark.instrument`.execute(owner);
  const { rows: places } =
    await sql<PlaceFact>`select place_id as "placeId", parent_id as "parentId", country, code, level from waymark.place where ${country}::text is null or country = ${country}`.execute(
      owner,
    );
  const { rows: people } = await sql<PersonFact>`
    select person_id as "personId", household_id as "householdId", place_id as "placeId", sex, born_on::text as "bornOn", state from waymark.person`.execute(
    owner,
  );
  const { rows } = await sql<Omit<Said, 'instrument'> & { id: string }>`
    select instrument_id as id, assessment_id as "assessmentId", subject_kind as "subjectKind", subject_id as "subjectId", origin, answers, observed_at as "observedAt",
           recorded_at as "recordedAt", supersedes, batch_id as "batchId" from waymark.assessment
    where ${country}::text is null or subject_id in (select place_id from waymark.place where country = ${country})`.execute(owner);
  const { rows: undone } = await sql<{ id: string }>`select batch_id as id from waymark.import_batch where state = 'undone'`.execute(owner);
  const gone = new Set(undone.map(({ id }) => id));
  const said = rows
    .filter(({ batchId }) => batchId === null || !gone.has(batchId))
    .map((row): Said => ({ ...row, instrument: instruments.find(({ id }) => id === row.id)!.definition }));
  return {
    places: new Map(places.map((place) => [place.placeId, place])),
    people,
    said: grouped(said, ({ subjectId }) => subjectId),
    corrections: grouped(said, ({ supersedes }) => supersedes),
    live: instruments.filter(({ state }) => state === 'live').map(({ definition }) => definition),
  };
}

const sevenHours = 7 * 3_600_000;

/** The same time of day so many months later, or the month's last day where it has no such day. */
function monthsLater(from: Date, months: number): number {
  const wall = new Date(from.getTime() + sevenHours);
  const last = new Date(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth() + months + 1, 0)).getUTCDate();
  const day = Math.min(wall.getUTCDate(), last);
  return Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth() + months, day) + (wall.getTime() % 86_400_000) - sevenHours;
}

type Sex = 'female' | 'male';

/** What an assessment answers to a question, as four bits; 0 where it was not asked. */
export function answerIn(said: Said, code: string, sex: Sex): number {
  const at = said.instrument.indicators.findIndex((one) => one.code === code);
  if (at < 0) return 0;
  const byte = said.answers[at]!;
  return !said.instrument.indicators[at]!.bySex ? byte : sex === 'female' ? byte % 16 : Math.floor(byte / 16);
}

interface Answer {
  readonly answer: number;
  readonly since: number;
  readonly until: number;
  readonly source: number;
}

/** The latest answer that was not corrected, if it has not ended. */
function standsAt(
  rows: Rows,
  subjectId: string,
  kind: string,
  instrument: string,
  code: string,
  sex: Sex,
  at: number,
  summedToo: boolean,
): Answer | null {
  const valid = (rows.said.get(subjectId) ?? []).filter(
    (said) =>
      said.instrument.code === instrument &&
      said.subjectKind === kind &&
      (summedToo || said.origin === 'measured') &&
      said.observedAt.getTime() <= at &&
      [1, 2, 3, 4, 5, 6].includes(answerIn(said, code, sex)) &&
      !(rows.corrections.get(said.assessmentId) ?? []).some((correction) => answerIn(correction, code, sex) !== 0),
  );
  const key = (said: Said): string => `${said.observedAt.toISOString()} ${said.recordedAt.toISOString()} ${said.assessmentId}`;
  const latest = valid.sort((a, b) => (key(a) < key(b) ? -1 : 1)).at(-1);
  if (!latest) return null;
  const until = monthsLater(latest.observedAt, latest.instrument.indicators.find((one) => one.code === code)!.months);
  return until <= at
    ? null
    : { answer: answerIn(latest, code, sex), since: latest.observedAt.getTime(), until, source: latest.origin === 'measured' ? 1 : 2 };
}

/** A place and everything around it, the nearest first. */
export function around(rows: Pick<Rows, 'places'>, placeId: string): PlaceFact[] {
  const place = rows.places.get(placeId)!;
  return place.parentId === null ? [place] : [place, ...around(rows, place.parentId)];
}

/** What is kept of somebody or of a place; moments in milliseconds, answers and sources as lists. */
export interface Kept {
  readonly id: string;
  readonly place: string;
  readonly sex: number | null;
  readonly ageGroup: number | null;
  readonly version: number;
  readonly excess: number;
  readonly known: number;
  readonly applicable: number;
  readonly band: number;
  readonly answers: readonly number[];
  readonly sources: readonly number[] | null;
  readonly observedAt: number | null;
  readonly validUntil: number | null;
  readonly nextChange: number | null;
}

const smallest = (list: readonly number[]): number | null => (list.length ? Math.min(...list) : null);

/** Both sexes must say the same where both are asked; then the figures from the answers one by one. */
function figuresOf(
  instrument: Instrument,
  found: readonly (readonly (Answer | null)[])[],
): Omit<Kept, 'id' | 'place' | 'sex' | 'ageGroup'> {
  const answers = found.map((sides) => (sides.every((side) => side !== null && side.answer === sides[0]!.answer) ? sides[0]!.answer : 0));
  const weights = instrument.indicators.map(({ weight }) => weight);
  const total = (of: (answer: number) => number): number => answers.reduce((sum, answer, i) => sum + weights[i]! * of(answer), 0);
  const known = total((a) => (a >= 1 && a <= 3 ? 1 : 0)),
    applicable = total((a) => (a === 6 ? 0 : 1)),
    excess = total((a) => (a === 2 ? 1 : a === 3 ? 2 : 0));
  const { medium, high, coverage } = instrument.bands;
  const band =
    known === 0 || known * 100 < coverage * applicable ? 0 : excess * 50 >= high * known ? 3 : excess * 50 >= medium * known ? 2 : 1;
  const counted = found
    .filter((_, i) => [1, 2, 3, 6].includes(answers[i]!))
    .flat()
    .filter((side) => side !== null);
  return {
    version: instrument.version,
    excess,
    known,
    applicable,
    band,
    answers,
    sources: found.map(([side], i) => (answers[i]! > 0 ? side!.source : 0)),
    observedAt: counted.length ? Math.max(...counted.map(({ since }) => since)) : null,
    validUntil: smallest(counted.map(({ until }) => until)),
    nextChange: smallest(found.flat().flatMap((side) => (side ? [side.until] : []))),
  };
}

/** 0 not known, then 0-9, 10-13, 14-17, 18-25, 26-35, 36 and over; and the day on which the next begins. */
function ageOf(bornOn: string | null, at: number): { group: number; next: number | null } {
  if (bornOn === null) return { group: 0, next: null };
  const [year, month, day] = bornOn.split('-').map(Number) as [number, number, number];
  const birthdays = [10, 14, 18, 26, 36].map((age) => Date.UTC(year + age, month - 1, day) - sevenHours);
  return { group: 1 + birthdays.filter((birthday) => birthday <= at).length, next: birthdays.find((birthday) => birthday > at) ?? null };
}

/** What must be kept of everybody under an instrument about people. */
export function peopleByHand(rows: Rows, instrument: Instrument, at: number): Kept[] {
  const here = rows.people.filter(({ state }) => state === 1);
  return here.map((person) => {
    const sexes: Sex[] = person.sex === 2 ? ['female'] : person.sex === 1 ? ['male'] : ['female', 'male'];
    const places = around(rows, person.placeId);
    const found = instrument.indicators.map(({ code, unit }) =>
      sexes.map((sex) => {
        const ask = (id: string): Answer | null => standsAt(rows, id, unit, instrument.code, code, sex, at, false);
        if (unit === 'person') return ask(person.personId);
        if (unit === 'household') return person.householdId === null ? null : ask(person.householdId);
        return places.map(({ placeId }) => ask(placeId)).find((answer) => answer !== null) ?? null;
      }),
    );
    const { group, next } = ageOf(person.bornOn, at),
      figures = figuresOf(instrument, found);
    const nextChange = smallest([figures.nextChange, next].filter((moment) => moment !== null));
    return { ...figures, id: person.personId, place: person.placeId, sex: person.sex, ageGroup: group, sources: null, nextChange };
  });
}

/** What must be kept of every place under an instrument that scores places. */
export function placesByHand(rows: Rows, instrument: Instrument, at: number): Kept[] {
  // Corrected or ended, an answer still says at which level its country has figures.
  const deepest = new Map<string, number>();
  for (const said of [...rows.said.values()].flat()) {
    if (said.instrument.code !== instrument.code || said.origin !== 'measured' || said.observedAt.getTime() > at) continue;
    const { country, level } = rows.places.get(said.subjectId)!;
    for (const { code } of instrument.indicators) {
      const says = [answerIn(said, code, 'female'), answerIn(said, code, 'male')].some((answer) => answer >= 1 && answer <= 6);
      if (says) deepest.set(`${country} ${code}`, Math.max(level, deepest.get(`${country} ${code}`) ?? 0));
    }
  }
  return [...rows.places.values()].map((place) => {
    const found = instrument.indicators.map(({ code }) =>
      (['female', 'male'] as const).map((sex) => {
        const own = standsAt(rows, place.placeId, 'place', instrument.code, code, sex, at, true);
        const level = deepest.get(`${place.country} ${code}`);
        if (own || level === undefined || level >= place.level) return own;
        const above = around(rows, place.placeId).find((one) => one.level === level);
        const given = above ? standsAt(rows, above.placeId, 'place', instrument.code, code, sex, at, false) : null;
        return given && { ...given, source: 16 + level };
      }),
    );
    return { ...figuresOf(instrument, found), id: place.placeId, place: place.placeId, sex: null, ageGroup: null };
  });
}

/** How many people stand in each cell, at each place and all around it: "place sex age-group band" and "place indicator answer". */
export function rollupsByHand(
  rows: Rows,
  instrument: Instrument,
  people: readonly Kept[],
): { bands: Map<string, number>; answers: Map<string, number> } {
  const bands = new Map<string, number>(),
    answers = new Map<string, number>();
  const count = (map: Map<string, number>, key: string): void => {
    map.set(key, (map.get(key) ?? 0) + 1);
  };
  for (const person of people) {
    for (const { placeId } of around(rows, person.place)) {
      count(bands, `${placeId} ${person.sex} ${person.ageGroup} ${person.band}`);
      person.answers.forEach((answer, i) => {
        const { code, protected: hidden } = instrument.indicators[i]!;
        if (!hidden && answer >= 1 && answer <= 3) count(answers, `${placeId} ${code} ${answer}`);
      });
    }
  }
  return { bands, answers };
}

/** What is kept under an instrument, to be compared. */
export async function readKept(owner: Kysely<unknown>, code: string, kind: 'person' | 'place'): Promise<Kept[]> {
  const { rows } = await sql<
    Omit<Kept, 'answers' | 'sources' | 'observedAt' | 'validUntil' | 'nextChange'> & {
      answers: Buffer;
      sources: Buffer | null;
      observedAt: Date | null;
      validUntil: Date | null;
      nextChange: Date | null;
    }
  >`
    select subject_id as id, place_id as place, sex, age_group as "ageGroup", instrument_version as version, excess, known, applicable, band, answers, sources,
           observed_at as "observedAt", valid_until as "validUntil", next_change as "nextChange"
    from waymark.standing where instrument_code = ${code} and subject_kind = ${kind}`.execute(owner);
  const ms = (date: Date | null): number | null => date?.getTime() ?? null;
  return rows.map((row) => ({
    ...row,
    answers: [...row.answers],
    sources: row.sources && [...row.sources],
    observedAt: ms(row.observedAt),
    validUntil: ms(row.validUntil),
    nextChange: ms(row.nextChange),
  }));
}

/** The rollups kept under an instrument, without cells in which nobody stands any more. */
export async function readRollups(
  owner: Kysely<unknown>,
  code: string,
): Promise<{ bands: Map<string, number>; answers: Map<string, number> }> {
  const { rows: bands } = await sql<{
    key: string;
    n: number;
  }>`select concat_ws(' ', place_id, sex, age_group, band) as key, n from waymark.rollup where instrument_code = ${code} and n <> 0`.execute(
    owner,
  );
  const { rows: answers } = await sql<{
    key: string;
    n: number;
  }>`select concat_ws(' ', place_id, indicator, score) as key, n from waymark.rollup_answer where instrument_code = ${code} and n <> 0`.execute(
    owner,
  );
  return { bands: new Map(bands.map(({ key, n }) => [key, n])), answers: new Map(answers.map(({ key, n }) => [key, n])) };
}

/** In one order, so that two lists can be compared. */
export const inOrder = (list: readonly Kept[]): Kept[] => [...list].sort((a, b) => (a.id < b.id ? -1 : 1));

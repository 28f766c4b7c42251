// SPDX-License-Identifier: AGPL-3.0-or-later
import type { AnswerCode } from '../src/risk/domain/instrument.ts';
import { household28 } from '../src/risk/domain/instruments/household-28.ts';
import { seededRandom, type Random } from './random.ts';

/** An invented person: no name, as everywhere in this release. */
export interface MadePerson {
  readonly sex: 1 | 2;
  readonly bornMonth: string;
  readonly visits: readonly MadeVisit[];
}
export interface MadeVisit {
  readonly on: string;
  readonly answers: Readonly<Record<string, AnswerCode>>;
}
export interface MadeHousehold {
  readonly visits: readonly MadeVisit[];
  readonly people: readonly MadePerson[];
}

export interface MadeVillage {
  readonly population: number;
  /** -1 .. 1.5: how hard life is here, the same for everybody in the village. */
  readonly hardship: number;
  /** 0.4 .. 1: how faithfully the watch group goes round. */
  readonly diligence: number;
  /** Months before today in which something bad befell the village (a flood), or null. */
  readonly shockMonthsAgo: number | null;
  /** What somebody told yesterday that warns by itself, by the question; null: nobody did. */
  readonly warning: string | null;
}

// Per indicator: how common a 2-or-3 and a 3 are at average hardship, as places on the normal curve; and how much of the
// answer comes from the household's or person's lot rather than from chance.
type Tendency = readonly [two: number, three: number, lot: number];
export const householdTendencies: Readonly<Record<string, Tendency>> = {
  household_load: [0.5, 1.5, 0.7],
  family_violence: [0.9, 1.7, 0.7],
  family_crisis: [0.8, 1.7, 0.7],
  basic_needs: [0.4, 1.4, 0.9],
  income_adequacy: [0.1, 1.1, 0.9],
  income_shock: [0.6, 1.4, 0.8],
  debt: [0.3, 1.2, 0.8],
  land_and_livelihood: [0.3, 1.1, 0.8],
  new_money: [0.9, 1.7, 0.5],
  illness_or_disability: [0.7, 1.6, 0.7],
  service_access: [0.5, 1.5, 0.8],
  household_migration: [0.4, 1.3, 0.7],
};
export const personTendencies: Readonly<Record<string, Tendency>> = {
  guardianship: [0.6, 1.8, 0.7],
  school_attendance: [0.7, 1.3, 0.8],
  school_to_work: [0.2, 1.1, 0.8],
  hiv_and_orphanhood: [1.3, 2.1, 0.5],
  identity_documents: [0.8, 1.6, 0.8],
  legal_status: [1.2, 1.8, 0.7],
  exclusion: [0.8, 1.8, 0.8],
  stigma_or_past_exploitation: [1.3, 2.2, 0.6],
  intention_to_leave: [0.6, 1.4, 0.8],
  recruiter_contact: [0.9, 1.7, 0.7],
  migration_knowledge: [-0.1, 1.0, 0.8],
};

const warns: ReadonlySet<string> = new Set(household28.indicators.filter((each) => each.warns).map(({ code }) => code));

/** Two years of one village, household by household; `today` is an ISO date, the history ends there. */
export function* makeVillage(village: MadeVillage, seed: number, today: string): Generator<MadeHousehold> {
  const random = seededRandom(seed);
  const rounds = visitRounds(village, random);
  let left = village.population,
    warning = village.warning;
  while (left > 0) {
    const size = Math.min(left, 1 + Math.floor(2.2 + (2.4 * (random.next() + random.next())) / 1.4 - 0.6));
    left -= size;
    const household = makeHousehold(village, rounds, size, random, today);
    yield warning === null ? household : warned(household, warning, today);
    warning = null;
  }
}

/** Whoever said something that warns was visited yesterday; all else is as it was. */
function warned(household: MadeHousehold, code: string, today: string): MadeHousehold {
  const on = new Date(Date.parse(today) - 86_400_000).toISOString().slice(0, 10);
  const again = (visits: readonly MadeVisit[]) => [...visits, { on, answers: { ...visits.at(-1)?.answers, [code]: 3 as const } }];
  if (code in householdTendencies) return { ...household, visits: again(household.visits) };
  return { ...household, people: household.people.map((each, i) => (i === 0 ? { ...each, visits: again(each.visits) } : each)) };
}

/** The months ago in which the watch group goes round: about every six months, later where it is tired. */
function visitRounds(village: MadeVillage, random: Random): number[] {
  const rounds: number[] = [];
  for (let ago = 23 - random.between(0, 4); ago > 0; ago -= random.between(4, 6) + Math.round((1 - village.diligence) * 9))
    rounds.push(ago);
  return rounds;
}

function makeHousehold(village: MadeVillage, rounds: readonly number[], size: number, random: Random, today: string): MadeHousehold {
  const lot = 0.95 * random.normal() + village.hardship;
  const fate = 0.12 * random.normal();
  const visited = rounds.filter(() => random.next() < 0.55 + 0.45 * village.diligence).map((ago) => ({ ago, day: random.between(1, 27) }));
  const noise = drawNoise(householdTendencies, random);
  const hard = (ago: number) =>
    lot +
    (fate * (23 - ago)) / 12 +
    (village.shockMonthsAgo !== null && ago <= village.shockMonthsAgo && ago > village.shockMonthsAgo - 9 ? 0.5 : 0);
  const people = Array.from({ length: size }, (_, i) => makePerson(i, visited, hard, random, today));
  const visits = visited.map(({ ago, day }) => ({
    on: monthsBefore(today, ago, day),
    answers: draw(householdTendencies, noise, hard(ago), random),
  }));
  return { visits, people };
}

function makePerson(
  place: number,
  visited: readonly { ago: number; day: number }[],
  hard: (ago: number) => number,
  random: Random,
  today: string,
): MadePerson {
  const age =
    place < 2
      ? 19 + Math.floor(45 * random.next() ** 1.3)
      : Math.floor(random.next() < 0.75 ? 22 * random.next() : 30 + 50 * random.next());
  const bornMonth = monthsBefore(today, age * 12 + random.between(0, 11), 1);
  const own = 0.5 * random.normal() + (age >= 14 && age <= 25 ? 0.35 : 0) - (age > 45 ? 0.3 : 0);
  const noise = drawNoise(personTendencies, random);
  const visits = visited
    .filter(() => random.next() < 0.93)
    .map(({ ago, day }) => ({
      on: monthsBefore(today, ago, day),
      answers: { ...draw(personTendencies, noise, hard(ago) + own, random), ...byAge(age - ago / 12, random) },
    }));
  return { sex: random.next() < 0.505 ? 2 : 1, bornMonth, visits };
}

/** What age alone decides. */
function byAge(age: number, random: Random): Record<string, AnswerCode> {
  const young = age < 10 || age >= 36,
    middle = age < 14 || age >= 26;
  return {
    life_stage: young ? 1 : middle ? 2 : 3,
    ...(age < 6
      ? {
          school_attendance: 6 as const,
          intention_to_leave: 6 as const,
          recruiter_contact: 6 as const,
          migration_knowledge: 6 as const,
          school_to_work: 6 as const,
        }
      : {}),
    ...(age >= 26 ? { school_attendance: 1 as const } : {}),
    ...(age >= 18 ? { guardianship: random.next() < 0.9 ? (1 as const) : (2 as const) } : {}),
  };
}

function drawNoise(tendencies: Readonly<Record<string, Tendency>>, random: Random): number[] {
  return Object.keys(tendencies).map(() => random.normal());
}

function draw(
  tendencies: Readonly<Record<string, Tendency>>,
  noise: readonly number[],
  lot: number,
  random: Random,
): Record<string, AnswerCode> {
  const answers: Record<string, AnswerCode> = {};
  Object.entries(tendencies).forEach(([code, [two, three, weight]], i) => {
    const chance = random.next();
    // chance of an answer that is not given; then the answer itself, mostly lasting, a little of the day
    const x = weight * lot + Math.sqrt(1 - weight * weight) * (0.9 * noise[i]! + 0.43 * random.normal());
    // Of what warns somebody was told long ago, and it holds no more: only what `warned` says needs somebody today.
    answers[code] = chance < 0.025 ? 4 : chance < 0.035 ? 5 : x > three && !warns.has(code) ? 3 : x > two ? 2 : 1;
  });
  return answers;
}

/** The given day of the month that lies `ago` months before `today`'s month; never after `today`. */
export function monthsBefore(today: string, ago: number, day: number): string {
  const [year, month] = today.split('-').map(Number) as [number, number];
  const index = year * 12 + (month - 1) - ago;
  const on = `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  return on < today ? on : today;
}

// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Cells, cellsFor, type Holder, holdInto, type Plan, type Sums, sumsOf } from './batch.ts';
import { sidesOf } from './fold.ts';

/** What was picked for each indicator from one or several holders; answer 0 where nothing holds. */
export interface Picked {
  readonly answer: Uint8Array;
  readonly observedAt: Float64Array;
  /** When time alone may change it; 0: never. Set also where two sides disagree and nothing counts. */
  readonly changesAt: Float64Array;
}

function emptyPicked(plan: Plan): Picked {
  const n = plan.weights.length;
  return { answer: new Uint8Array(n), observedAt: new Float64Array(n), changesAt: new Float64Array(n) };
}

// Takes over what `from` holds wherever nothing has been picked yet: call it with the nearest holder first.
function nearestInto(picked: Picked, from: Cells | Picked): void {
  const ends = 'validUntil' in from ? from.validUntil : from.changesAt;
  for (let i = 0; i < picked.answer.length; i++) {
    if (picked.answer[i] || picked.changesAt[i]) continue;
    const answer = from.answer[i] ?? 0;
    if (answer === 0 && 'validUntil' in from) continue;
    picked.answer[i] = answer;
    picked.observedAt[i] = from.observedAt[i] ?? 0;
    picked.changesAt[i] = ends[i] ?? 0;
  }
}

// One side: as it is. Both sides (sex not known): an answer counts only if both are there and equal.
function combine(plan: Plan, sides: readonly Picked[]): Picked {
  const [first, second] = sides;
  if (!first || !second) return first ?? emptyPicked(plan);
  const both = emptyPicked(plan);
  for (let i = 0; i < both.answer.length; i++) {
    const ends = [first.changesAt[i] ?? 0, second.changesAt[i] ?? 0].filter((end) => end > 0);
    if (ends.length) both.changesAt[i] = Math.min(...ends);
    if (!first.answer[i] || first.answer[i] !== second.answer[i]) continue;
    both.answer[i] = first.answer[i] ?? 0;
    both.observedAt[i] = Math.max(first.observedAt[i] ?? 0, second.observedAt[i] ?? 0);
  }
  return both;
}

/** What holds for somebody of this sex (ISO 5218) from holders of one kind, nearest first: a person, a household, or a place and those around it. */
export function pickFrom(plan: Plan, cells: ReturnType<typeof cellsFor>, chain: readonly Holder[], sex: number, at: number): Picked {
  return combine(
    plan,
    sidesOf(sex).map((side) => {
      const picked = emptyPicked(plan);
      for (const holder of chain) {
        holdInto(cells, plan, holder, side, at);
        nearestInto(picked, cells);
      }
      return picked;
    }),
  );
}

/**
 * What holds for one person: from her own answers, her household's, and what was picked from the places for her sex. Everything but the answers
 * is written into `scratch`, which the next person takes over.
 */
export function pickPerson(
  plan: Plan,
  cells: ReturnType<typeof cellsFor>,
  holders: readonly (Holder | undefined)[],
  fromPlace: Picked | undefined,
  sex: number,
  at: number,
  scratch: Pick<Picked, 'observedAt' | 'changesAt'>,
): Picked {
  const [side, second] = sidesOf(sex);
  scratch.observedAt.fill(0);
  scratch.changesAt.fill(0);
  const all: Picked = { ...scratch, answer: new Uint8Array(plan.weights.length) };
  for (const holder of holders) {
    if (!holder) continue;
    if (side === undefined || second !== undefined) nearestInto(all, pickFrom(plan, cells, [holder], sex, at));
    else {
      holdInto(cells, plan, holder, side, at);
      nearestInto(all, cells);
    }
  }
  if (fromPlace) nearestInto(all, fromPlace);
  return all;
}

/** Joins what was picked from the person, the household and the places: each indicator belongs to one of them. */
export function joinPicked(plan: Plan, parts: readonly Picked[]): Picked {
  const all = emptyPicked(plan);
  for (const part of parts) nearestInto(all, part);
  return all;
}

/** The sums of one holder alone, without allocating where the sex is known. */
export function holderSums(plan: Plan, cells: ReturnType<typeof cellsFor>, holder: Holder | undefined, sex: number, at: number): Sums {
  if (!holder) return { excess: 0, known: 0, notApplicable: 0 };
  const [side, second] = sidesOf(sex);
  if (side === undefined || second !== undefined) return sumsOf(plan, pickFrom(plan, cells, [holder], sex, at).answer);
  holdInto(cells, plan, holder, side, at);
  return sumsOf(plan, cells.answer);
}

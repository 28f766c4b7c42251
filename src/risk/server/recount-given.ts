// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Lattice } from '../../platform/domain/disclosure-lattice.ts';
import { cellOf, cellsOf, type PublishedState } from '../../platform/domain/disclosure-series.ts';
import { sumOf } from '../../platform/domain/disclosure.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import { layOut, loadTree, peopleShape } from './map-lattice.ts';
import { countPeople, findState } from './queries-published.ts';
import { findPublishedMonths, findSumDifferences, findTakenOut, type Difference } from './queries-recount.ts';

const enough = 100,
  bands = peopleShape.bands,
  width = bands + 1;

const everySlot = Array.from({ length: width }, (_, slot) => slot);
const choices = (many: number): (number | null)[] => [null, ...Array.from({ length: many }, (_, i) => i)];
const filters = choices(peopleShape.first).flatMap((first) =>
  choices(peopleShape.second).map((second) => ({ first, second, cell: cellOf(peopleShape, first, second) })),
);

/**
 * Whether a cell says what was counted (given anew), or what the month before said (repeated). Nothing shown is always right. Of people erased
 * since, so many were taken out of small cells of the place and month; what was given out stays as it was given.
 */
function holds(
  state: PublishedState,
  before: PublishedState | null,
  at: number,
  counted: readonly number[],
  slots: readonly number[],
  takenOut: number,
): boolean {
  const ago = state.ago[at]!,
    line = (of: PublishedState, slot: number): number => of.lines[at * width + slot]!;
  if (ago < 0) return true;
  if (ago === 0)
    return slots.every((slot) => {
      const more = line(state, slot) - counted[slot]!;
      return more >= 0 && more <= takenOut;
    });
  return before !== null && before.ago[at] === ago - 1 && slots.every((slot) => line(state, slot) === line(before, slot));
}

function wrongAt(state: PublishedState, before: PublishedState | null, exact: Lattice, place: number, takenOut: number): string | null {
  const cells = cellsOf(peopleShape),
    own = place * cells;
  for (const { first, second, cell } of filters) {
    const { n, bands: split } = sumOf(exact, place, first, second),
      all = [...split, n];
    const named = [first === null ? '' : ` sex ${first}`, second === null ? '' : ` age group ${second}`].join('');
    if (!holds(state, before, own + cell, all, everySlot, takenOut)) return `people${named}`;
    if (cell === 0 && !holds(state, before, own + cells - 1, all, [bands], takenOut)) return 'how many people';
  }
  return null;
}

/**
 * Compares what was published of closed months with the exact figures kept of them: what was given anew must be what was counted, what was
 * repeated must be what the month before said. As the owner or waymark_jobs.
 */
export async function recountPublished(tx: Tx): Promise<Difference[]> {
  const found: Difference[] = [];
  for (const { code, country, months } of await findPublishedMonths(tx)) {
    // Months keep the sums of their own day, also where places have been moved since: nothing is summed over today's tree.
    const { at, parent } = await loadTree(tx, country),
      apart = { at, parent: parent.map(() => -1) };
    let before: PublishedState | null = null;
    for (const month of months) {
      const exact = layOut(apart, peopleShape, await countPeople(tx, code, country, month));
      const takenOut = await findTakenOut(tx, code, month);
      const state = await findState(tx, code, month, peopleShape, at);
      for (const [placeId, place] of at) {
        if (found.length >= enough) return found;
        const wrong = wrongAt(state, before, exact, place, takenOut.get(placeId) ?? 0);
        if (wrong)
          found.push({ what: 'published figure', instrument: code, key: `${placeId} of ${month}: ${wrong}`, kept: null, counted: null });
      }
      before = state;
    }
  }
  return found;
}

/** Compares statistics summed for areas with the sums of what was measured in them. As the owner or waymark_jobs. */
export function recountSums(tx: Tx): Promise<Difference[]> {
  return findSumDifferences(tx, enough);
}

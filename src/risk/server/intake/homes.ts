// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Instrument } from '../../domain/instrument.ts';
import { answerCodes } from '../../domain/instrument.ts';
import { fresh, type Gathered } from './gathered.ts';
import type { KnownPerson } from './queries-people.ts';
import { Visits } from './visits.ts';

/** A household of the file, or of somebody who is known. `first`: its first row that is taken. */
export interface Home {
  readonly first: number;
  /** The one it is in the register already. */
  readonly known: { readonly regionId: number; readonly householdId: string } | null;
  /** Somebody new lives in it. */
  hasNew: boolean;
}

export interface Homes {
  /** By position of Gathered.homes; of rounds, of known households. */
  readonly list: readonly (Home | undefined)[];
  readonly visits: Visits;
  readonly notes: readonly string[];
}

const notesKept = 20;

/**
 * Answers asked of a household are said by the rows of its members. Where they differ on one day nobody can tell which is right: the answer is
 * then "unknown", and the rows are told; of a private question not even whether there are any.
 */
export function gatherHomes(
  gathered: Gathered,
  known: readonly KnownPerson[],
  instrument: Instrument,
  asked: Readonly<Record<string, unknown>>,
): Homes {
  const positions = instrument.indicators.flatMap(({ unit }, position) => (unit === 'household' ? [position] : []));
  const byFile = homesOf(gathered, known);
  const visits = new Visits(gathered.count, byFile.list.length, gathered.width);
  const clashes: string[] = [];
  let clashing = 0,
    lost = 0;
  for (let i = 0; i < gathered.count; i++) {
    if (gathered.dropped[i]) continue;
    const said = gathered.answers.subarray(i * gathered.width, (i + 1) * gathered.width);
    if (!positions.some((position) => said[position] !== 0)) continue;
    const home = byFile.homeOf(i);
    if (home === null) {
      lost++;
      continue;
    }
    const at = visits.of(home, gathered.days[i]!, gathered.rows[i]!),
      answers = visits.answers(at);
    for (const position of positions) {
      const byte = said[position]!,
        before = answers[position]!;
      if (byte === 0 || byte === before || before === clash) continue;
      answers[position] = before === 0 ? byte : clash;
      if (before === 0 || instrument.indicators[position]!.protected) continue;
      clashing++;
      if (clashes.length < notesKept)
        clashes.push(`${instrument.indicators[position]!.code} in rows ${visits.row(at)} and ${gathered.rows[i]}`);
    }
  }
  visits.close();
  for (let at = 0; at < visits.count; at++) {
    const answers = visits.answers(at);
    for (const position of positions) if (answers[position] === clash) answers[position] = answerCodes.unknown;
  }
  const notes: string[] = [];
  if (clashing)
    notes.push(
      `${clashing} answers of households differ between the rows of one household and count as unknown: ${clashes.join('; ')}${clashing > notesKept ? ' ...' : ''}.`,
    );
  if (positions.some((position) => instrument.indicators[position]!.protected && instrument.indicators[position]!.code in asked))
    notes.push('Where rows of one household differ in a private answer, it counts as unknown; which rows those are is not told.');
  if (lost) notes.push(`${lost} rows answer for a household that they do not name; those answers are left out.`);
  return { list: byFile.list, visits, notes };
}

/** No answer of a file: two rows of one household that differ. */
const clash = 15;

function homesOf(gathered: Gathered, known: readonly KnownPerson[]): { list: (Home | undefined)[]; homeOf(i: number): number | null } {
  const list: (Home | undefined)[] = [];
  // Members of rounds are found by the household they have; the file names none.
  const registered = new Map<string, number>();
  const position = new Int32Array(gathered.count).fill(-1);
  for (let i = 0; i < gathered.count; i++) {
    if (gathered.dropped[i]) continue;
    const person = known[gathered.known[i]!];
    const is = person?.householdId ? { regionId: person.regionId, householdId: person.householdId } : null;
    let at = gathered.homes[i]!;
    if (at < 0 && is) {
      at = registered.get(is.householdId) ?? gathered.homeCount + registered.size;
      registered.set(is.householdId, at);
    }
    if (at < 0) continue;
    position[i] = at;
    const home = list[at];
    const isNew = gathered.known[i] === fresh;
    if (!home) list[at] = { first: i, known: is, hasNew: isNew };
    else list[at] = { first: home.first, known: home.known ?? is, hasNew: home.hasNew || isNew };
  }
  return { list, homeOf: (i) => (position[i]! < 0 ? null : position[i]!) };
}

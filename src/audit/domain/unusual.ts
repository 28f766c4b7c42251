// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';

/** What one reader opened on one day of the installation's own calendar. */
export interface ReaderDay {
  readonly readerId: string;
  readonly day: string;
  /** How many people's identities, however often each. */
  readonly people: number;
  readonly reads: number;
  /** Of these people, how many between ten in the evening and five in the morning. */
  readonly atNight: number;
  /** People opened one by one, exactly once, about whom this reader wrote nothing on that day or in the week after. */
  readonly once: number;
  /** People opened one by one. */
  readonly opened: number;
  /** People whose names were asked for and were not this reader's to know (`identity.refused`). */
  readonly refused: number;
}

/** How often one reader opened one person's record within the days looked at. */
export interface Repeat {
  readonly readerId: string;
  readonly personId: string;
  readonly times: number;
  readonly days: number;
  /** What this reader wrote about the person in those days. */
  readonly writes: number;
  readonly lastDay: string;
}

/** What a reader does on other days, and what colleagues of the same role do; null where too little is known to say. */
export interface Usual {
  readonly own: number | null;
  readonly colleagues: number | null;
}

const number = Type.Integer({ minimum: 0 });
const usual = Type.Union([Type.Number(), Type.Null()]);

/** Why somebody may want to ask about a day of reading. A reason is a fact with its measure, never a verdict. */
export const Reason = Type.Union([
  Type.Object({ kind: Type.Literal('many'), people: number, own: usual, colleagues: usual }),
  Type.Object({ kind: Type.Literal('night'), people: number, own: usual, colleagues: usual }),
  Type.Object({ kind: Type.Literal('once'), once: number, opened: number }),
  Type.Object({ kind: Type.Literal('refused'), refused: number }),
  Type.Object({ kind: Type.Literal('repeated'), personId: Type.String(), times: number, days: number, writes: number }),
]);
export type Reason = Static<typeof Reason>;

/** Below these a day is never unusual: a quiet office must not see a note for every busy morning. */
export const least = { many: 20, night: 5, once: 15, onceShare: 0.8, refused: 5, repeated: 10, daysKnown: 5 } as const;
const timesUsual = 3;

/** The middle of some figures; of an even number, the higher of the two middles, so that fewer days are called unusual. */
export function median(figures: readonly number[]): number | null {
  if (figures.length === 0) return null;
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? null;
}

/** A reader's usual needs a few days to be one; a colleague's counts when she has one herself. */
export function usualOf(ownDays: readonly number[], colleagues: readonly (readonly number[])[]): Usual {
  const known = (days: readonly number[]) => (days.length < least.daysKnown ? null : median(days));
  return { own: known(ownDays), colleagues: median(colleagues.map(known).filter((each) => each !== null)) };
}

/** Three times what this reader or her colleagues usually do, whichever is more. */
function farBeyond(figure: number, { own, colleagues }: Usual, from: number): boolean {
  return figure >= from && figure > timesUsual * Math.max(own ?? 0, colleagues ?? 0);
}

/** The reasons to ask about one day of one reader, the clearest first; none for almost every day. */
export function unusualDay(day: ReaderDay, people: Usual, night: Usual, repeats: readonly Repeat[]): readonly Reason[] {
  const reasons: Reason[] = [];
  // A link from yesterday that leads nowhere today is ordinary; one number after the other is not.
  if (day.refused >= least.refused) reasons.push({ kind: 'refused', refused: day.refused });
  if (farBeyond(day.people, people, least.many)) reasons.push({ kind: 'many', people: day.people, ...people });
  if (farBeyond(day.atNight, night, least.night)) reasons.push({ kind: 'night', people: day.atNight, ...night });
  if (day.once >= least.once && day.once >= least.onceShare * day.opened)
    reasons.push({ kind: 'once', once: day.once, opened: day.opened });
  for (const { readerId, personId, times, days, writes, lastDay } of repeats)
    if (readerId === day.readerId && lastDay === day.day && times >= least.repeated * (1 + writes))
      reasons.push({ kind: 'repeated', personId, times, days, writes });
  return reasons;
}
